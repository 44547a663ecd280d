"""Writes whiten.json: what NumPy and SciPy make of the definition of the filter in src/signal/whiten.rs.

    python -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python tests/data/whiten.py > tests/data/whiten.json

The noise's autoregressive model and the filter are solutions of the normal equations (no recursion), spectra
are made by freqz, and the products at each lag of the model N (N + S) / S by an inverse Fourier transform.
"""
import json

import numpy as np
from scipy import signal
from scipy.linalg import solve_toeplitz

ORDER, POINTS, RIDGE, SNR = 4, 33, 0.05, 0.5


def prediction_error(r):
    r = np.array(r[: ORDER + 1], float)
    r[0] *= 1 + RIDGE
    return np.concatenate([[1.0], solve_toeplitz(r[:ORDER], -r[1:])])


def taps(x, sos, rate):
    n = np.arange(ORDER, len(x))
    r = [float(np.dot(x[n], x[n - lag])) for lag in range(ORDER + 1)]
    hz, h = signal.sosfreqz(sos, np.linspace(0, rate / 2, POINTS), fs=rate)
    burst = hz**2 / ((hz**2 + 60**2) * (hz**2 + 120**2) ** 2) * np.abs(h) ** 2
    _, answer = signal.freqz([1], prediction_error(r), np.linspace(0, np.pi, POINTS))
    noise = np.abs(answer) ** 2
    scaled = np.maximum(burst, 1e-9 * burst.max()) * SNR * noise.sum() / burst.sum()
    model = noise * (noise + scaled) / scaled
    model = np.minimum(model, model[burst >= 0.02 * burst.max()].max())
    a = prediction_error(np.fft.irfft(model))
    # The noise keeps its power.
    power = sum(a[i] * a[k] * r[abs(i - k)] for i in range(ORDER + 1) for k in range(ORDER + 1))
    return a * np.sqrt(r[0] / power)


rng = np.random.default_rng(11)
rows = []
for rate, high in ((500, 200.0), (2000, 450.0), (4000, 450.0)):
    sos = signal.butter(2, [20.0, high], "bandpass", fs=rate, output="sos")
    for poles in (None, 0.5, 0.9):
        x = rng.standard_normal(600)
        if poles is not None:
            x = signal.lfilter([1], [1, -2 * poles * np.cos(0.5), poles**2], x)
        x = signal.sosfilt(sos, x).astype(np.float32)
        rows.append({"rate_hz": rate, "high_hz": high, "x": [float(v) for v in x],
                     "taps": [float(v) for v in taps(x.astype(float), sos, rate)]})
print(json.dumps(rows, separators=(",", ":")))
