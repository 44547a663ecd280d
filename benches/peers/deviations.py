"""How much of faint bursts an energy detector finds behind one filter or another, by large deviations.

    python deviations.py --twitchscope target/release/twitchscope

The spectra of simulated noise and bursts are measured as in oracle.py; level and length are known. The energy
of a process of spectrum Q over T seconds has the cumulants -T Σ ln(1 - sQ) df, so where a chance passes follows
by a saddle point (Bahadur & Ranga Rao 1960); of a burst the gamma law of its mean and variance. A chance of one
in a million for 30 ms is about the default budget. Each row is a filter: what `src/signal/whiten.rs` would make
with one number changed. Columns: recall at 0 dB in the simulated noise, and where a muscle is held, ten times
the noise with the spectrum of bursts."""

import argparse
import tempfile

import numpy as np
from oracle import BAND, RATE, read, recordings, seen_strong
from scipy.linalg import solve, solve_toeplitz, toeplitz
from scipy.optimize import brentq
from scipy.signal import butter, sosfreqz, welch
from scipy.stats import gamma

LENGTHS_S = (0.02, 0.035, 0.06, 0.1, 0.15)
CHANCE, LOOK_S = 1e-6, 0.03


def threshold(q, seconds, log_chance, df):
    """The energy that noise passes with this chance."""
    def beyond(s):
        mean = seconds * df * np.sum(q / (1 - s * q))
        size = seconds * df * np.sum((q / (1 - s * q)) ** 2)
        cumulant = -seconds * df * np.sum(np.log1p(-s * q))
        return cumulant - s * mean - np.log(max(s * np.sqrt(2 * np.pi * size), 1e-300)) - log_chance

    s = brentq(beyond, 1e-6 / q.max(), (1 - 1e-9) / q.max())
    return seconds * df * np.sum(q / (1 - s * q))


def recall(f, gain, noise, burst):
    found = []
    for seconds in LENGTHS_S:
        q, r, df = gain * noise + 1e-12, gain * (noise + burst), f[1] - f[0]
        needed = threshold(q, seconds, np.log(CHANCE * seconds / LOOK_S), df)
        mean, variance = seconds * df * r.sum(), seconds * df * (r**2).sum()
        shape = mean**2 / variance
        found.append(gamma.sf(needed, shape, scale=mean / shape))
    return np.mean(found)


def prediction_error(r, ridge):
    r = r.copy()
    r[0] *= 1 + ridge
    return np.concatenate([[1], solve_toeplitz(r[:-1], -r[1:])])


def power(a, angles):
    return np.abs(np.exp(-1j * np.outer(angles, np.arange(len(a)))) @ a) ** 2


def taps(f, heard, corner, order=4, lags=16, points=33, floor=0.01, steps=12):
    """The filter of src/signal/whiten.rs for noise of spectrum `heard` behind the band."""
    angles = np.linspace(0, np.pi, points)
    hz = angles / np.pi * RATE / 2
    band = np.abs(sosfreqz(corner, hz, fs=RATE)[1]) ** 2
    known = np.fft.irfft(np.interp(np.linspace(0, RATE / 2, 513), f, heard))[: lags + 1]
    noise = 1 / power(prediction_error(known, floor), angles)
    burst = hz**2 / ((hz**2 + 60**2) * (hz**2 + 120**2) ** 2) * band
    burst *= 0.5 * noise.sum() / burst.sum()
    held, ends = noise * (noise + burst), np.ones(points)
    ends[[0, -1]] = 0.5
    products = lambda x: (np.cos(np.outer(np.arange(order + 1), angles)) * ends) @ x
    inverse = held / np.maximum(burst, 1e-9 * burst.max())
    inverse = np.minimum(inverse, inverse[burst >= 0.02 * burst.max()].max())
    a = prediction_error(products(inverse), 0.05)
    for _ in range(steps):
        towards = solve(toeplitz(products(power(a, angles) * held)), toeplitz(products(burst)) @ a)
        a = (a / np.linalg.norm(a) + towards / np.linalg.norm(towards)) / 2
    return a


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--twitchscope", required=True)
    binary = parser.parse_args().twitchscope
    with tempfile.TemporaryDirectory() as folder:
        f, spectrum, _ = seen_strong(recordings(binary, folder, "quiet-20db", range(501, 513), 5))
        quiet = recordings(binary, folder, "quiet-0db-only", range(101, 109), 10)
        noise = np.mean([welch(read(p), RATE, nperseg=512)[1] for p in quiet], axis=0)
    inside = (f >= BAND[0]) & (f <= BAND[1])
    muscle = spectrum * noise[inside].sum() / spectrum[inside].sum()
    cases = [(n, spectrum * n[inside].sum() / spectrum[inside].sum()) for n in (noise, noise + 10 * muscle)]

    def row(name, gain):
        print(f"| {name} | " + " | ".join(f"{recall(f, gain(n, b), n, b):.3f}" for n, b in cases) + " |", flush=True)

    def gain_of(low_hz, high_hz):
        corner = butter(2, [low_hz, high_hz], "band", fs=RATE, output="sos")
        return corner, np.abs(sosfreqz(corner, f, fs=RATE)[1]) ** 2

    def weighed(noise, low=60, **changed):
        corner, band = gain_of(low, 450)
        return band * power(taps(f, noise * band, corner, **changed), f / RATE * 2 * np.pi)

    def filtered(name, **changed):
        row(name, lambda n, _: weighed(n, **changed))

    def both(name, corner_hz=50, weight=0.15):
        # With the band below (src/detect/low.rs): powers of both, of no common frequency, add up.
        _, below = gain_of(20, corner_hz)

        def gain(n, _):
            own = weighed(n)
            return own / (own * n).sum() + weight * below / (below * n).sum()

        row(name, gain)

    print("| filter | 0 dB | 0 dB, held |\n|---|---|---|")
    row("all frequencies, best weights", lambda n, b: b / (n * (n + b)))
    row("from 60 Hz on, best weights", lambda n, b: b / (n * (n + b)) * (f >= 60))
    filtered("as it is")
    for name, changed in [
        ("5 lags of the noise", {"lags": 4}), ("33 lags", {"lags": 32}), ("65 points", {"points": 65, "lags": 24}),
        ("floor 0.05", {"floor": 0.05}), ("no steps", {"steps": 0}), ("6 steps", {"steps": 6}),
        ("30 steps", {"steps": 30}), ("9 taps", {"order": 8}),
        ("9 taps, 65 points", {"order": 8, "lags": 24, "points": 65}),
        ("17 taps, 65 points", {"order": 16, "lags": 32, "points": 65}), ("a corner of 20 Hz", {"low": 20}),
    ]:
        filtered(name, **changed)
    both("with the band below")
    for name, changed in [
        ("below 40 Hz", {"corner_hz": 40}), ("below 70 Hz", {"corner_hz": 70}),
        ("weight 0.1", {"weight": 0.1}), ("weight 0.2", {"weight": 0.2}),
    ]:
        both(f"with the band below, {name}", **changed)


if __name__ == "__main__":
    main()
