"""Writes whiten.json: what NumPy and SciPy make of the definition of the filter in src/signal/whiten.rs.

    python -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python tests/data/whiten.py > tests/data/whiten.json

The noise's autoregressive model and the first filter are solutions of the normal equations (no recursion),
spectra are made by freqz, products at each lag by an inverse Fourier transform, and each step towards the best
filter is a linear system that NumPy solves.
"""
import json

import numpy as np
from scipy import signal
from scipy.linalg import solve_toeplitz, toeplitz

ORDER, HEARD, POINTS, SNR = 4, 16, 33, 0.5


def prediction_error(r, ridge):
    r = np.array(r, float)
    r[0] *= 1 + ridge
    return np.concatenate([[1.0], solve_toeplitz(r[:-1], -r[1:])])


def taps(x, sos, rate):
    n = np.arange(HEARD, len(x))
    r = [float(np.dot(x[n], x[n - lag])) for lag in range(HEARD + 1)]
    hz, h = signal.sosfreqz(sos, np.linspace(0, rate / 2, POINTS), fs=rate)
    burst = hz**2 / ((hz**2 + 60**2) * (hz**2 + 120**2) ** 2) * np.abs(h) ** 2
    angles = np.linspace(0, np.pi, POINTS)
    noise = np.abs(signal.freqz([1], prediction_error(r, 0.01), angles)[1]) ** 2
    scaled = np.maximum(burst, 1e-9 * burst.max()) * SNR * noise.sum() / burst.sum()
    fluctuation = noise * (noise + scaled)
    model = fluctuation / scaled
    model = np.minimum(model, model[burst >= 0.02 * burst.max()].max())
    a = prediction_error(np.fft.irfft(model)[: ORDER + 1], 0.05)
    wanted = toeplitz(np.fft.irfft(scaled)[: ORDER + 1])
    for _ in range(12):
        gain = np.abs(signal.freqz(a, [1], angles)[1]) ** 2
        held = toeplitz(np.fft.irfft(gain * fluctuation)[: ORDER + 1])
        held[np.diag_indices(ORDER + 1)] *= 1 + 1e-9
        towards = np.linalg.solve(held, wanted @ a)
        a = 0.5 * (a / np.linalg.norm(a) + towards / np.linalg.norm(towards))
    # The noise keeps its power.
    power = a @ toeplitz(r[: ORDER + 1]) @ a
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
