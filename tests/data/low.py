"""Writes low.tsv: what SciPy makes of the band below the detection band in src/detect/low.rs.

    python -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python tests/data/low.py > tests/data/low.tsv

How much later a burst comes there (the delay of 30 Hz there less that of 120 Hz in the detection band, by the
slope of the unwrapped phase) and its power there over its power in the detection band, for EMG of the spectrum of
Stulen and De Luca (1981). Columns: samples a second, the delay in ms, the quotient of powers.
"""
import numpy as np
from scipy import signal


def response(filters, hz):
    return np.prod([signal.sosfreqz(sos, hz, fs=fs)[1] for sos, fs in filters], axis=0)


def delay_s(filters, hz):
    around = np.array([hz - 0.01, hz + 0.01])
    phase = np.unwrap(np.angle(response(filters, around)))
    return -(phase[1] - phase[0]) / (2 * np.pi * 0.02)


for rate in (500, 1000, 2000):
    high = lambda order, hz: (signal.butter(order, hz, "high", fs=rate, output="sos"), rate)
    drift, amplitude, detect = high(1, 5), high(2, 20), high(4, 60)
    low = (signal.butter(2, 50, "low", fs=rate, output="sos"), rate)
    hz = np.arange(1, rate // 2, dtype=float)
    emg = hz**2 / ((hz**2 + 60**2) * (hz**2 + 120**2) ** 2)
    power = lambda filters: float(np.sum(emg * np.abs(response(filters, hz)) ** 2))
    late = delay_s([drift, amplitude, low], 30.0) - delay_s([drift, amplitude, detect], 120.0)
    print(rate, 1000 * float(late), power([drift, amplitude, low]) / power([drift, amplitude, detect]), sep="\t")
