"""Writes filters.json: what SciPy says about the filters that src/signal/design.rs designs.

    python -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python tests/data/filters.py > tests/data/filters.json
"""
import json

import numpy as np
from scipy import signal

rows = []
for rate in (250, 1000, 2000, 10000, 48000):
    nyquist = rate / 2
    low, high = 20.0, min(450.0, 0.8 * nyquist)
    for order in range(1, 9):
        for kind, corners in (
            ("lowpass", [high]),
            ("highpass", [low]),
            ("bandpass", [low, high]),
            ("bandstop", [48.0, 52.0]),
        ):
            sos = signal.butter(order, corners if len(corners) > 1 else corners[0], kind, fs=rate, output="sos")
            rows.append((kind, order, corners, None, rate, sos))
    for f, q in ((50.0, 30.0), (60.0, 5.0), (100.0, 30.0)):
        b, a = signal.iirnotch(f, q, fs=rate)
        rows.append(("notch", 0, [f], q, rate, signal.tf2sos(b, a)))

out = []
for kind, order, corners, q, rate, sos in rows:
    freqs = np.linspace(0.01, 0.99, 12) * rate / 2
    # From poles and zeros, not from expanded polynomials: those lose digits at order 8.
    _, h = signal.sosfreqz(sos, freqs, fs=rate)
    x = np.zeros(64)
    x[0] = 1.0
    out.append(
        {
            "kind": kind, "order": order, "corners_hz": corners, "quality": q, "rate_hz": rate,
            "freqs_hz": [float(f) for f in freqs],
            "re": [float(v) for v in h.real], "im": [float(v) for v in h.imag],
            "impulse": [float(v) for v in signal.sosfilt(sos, x)],
        }
    )

rng = np.random.default_rng(7)
x = rng.standard_normal(4096) + 3 * np.sin(2 * np.pi * 50 / 1000 * np.arange(4096))
f, p = signal.welch(x, fs=1000, window="hann", nperseg=512, noverlap=256, detrend=False)
welch = {"rate_hz": 1000, "segment": 512, "x": [float(v) for v in x], "psd": [float(v) for v in p]}
print(json.dumps({"filters": out, "welch": welch}, separators=(",", ":")))
