"""How much of the simulated bursts in plain noise could be found by a detector that is told more than
any detector can know: the spectrum of the noise, the mean spectrum and the mean envelope of the
bursts, and the length of each, with the whole budget for that length alone.

    python oracle.py --twitchscope target/release/twitchscope

It is the likelihood ratio of Gaussian bursts in Gaussian noise (Van Trees 1971, vol. 3, chapter 2): the
signal is filtered with a gain of S / (N (N + S)) in power, squared, and averaged under the envelope.
Thresholds are those that noise alone passes as often as the budget says. Prints a table."""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, fftconvolve, find_peaks, sosfiltfilt, welch

RATE = 2000
BAND = (20, 450)
SNRS_DB = (6, 3, 0)
BUDGETS_PER_MIN = (0.1, 2.0)
LENGTHS_S = np.geomspace(0.020, 0.150, 8)
SHAPE = (np.arange(50) + 0.5) / 50
STEP = 4  # a look each 2 ms


def read(path):
    """Samples, µV."""
    counts = wavfile.read(path)[1]
    sidecar = json.loads(path.with_name(path.stem + "_emg.json").read_text())
    return counts * (sidecar["FullScale_uV"] / -np.iinfo(counts.dtype).min)


def bursts(path):
    lines = path.with_name(path.stem + "_truth.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(round(float(r[0]) * RATE), round(float(r[1]) * RATE)) for r in rows]


def recordings(binary, folder, scenario, seeds, minutes):
    for seed in seeds:
        command = [binary, "simulate", "--out", folder, "--seed", str(seed), "--scenario", scenario,
                   "--duration", f"{minutes}min", "--name", f"{scenario}-{seed}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield Path(folder) / f"{scenario}-{seed}.wav"


def seen_strong(paths):
    """Mean spectrum and mean envelope of strong bursts, of any size."""
    f = np.fft.rfftfreq(512, 1 / RATE)
    band = butter(2, BAND, "band", fs=RATE, output="sos")
    spectrum, envelope = np.zeros(len(f)), np.zeros(len(SHAPE))
    for path in paths:
        x = read(path)
        clean = sosfiltfilt(band, x)
        for onset, length in bursts(path):
            window = np.hanning(length)
            power = np.abs(np.fft.rfft(x[onset:onset + length] * window, 1024)) ** 2
            spectrum += np.interp(f, np.fft.rfftfreq(1024, 1 / RATE), power / power.mean())
            energy = np.convolve(clean[onset:onset + length] ** 2, np.ones(8) / 8, "same")
            envelope += np.interp(SHAPE, (np.arange(length) + 0.5) / length, energy / energy.mean())
    return f, np.where(f < 15, 0, spectrum), envelope


def statistic(energy, length, envelope):
    kernel = np.interp((np.arange(length) + 0.5) / length, SHAPE, envelope)
    return fftconvolve(energy, kernel[::-1] / kernel.sum(), "valid")[::STEP]


def thresholds(energies, envelope):
    """Budget × length."""
    table = np.zeros((len(BUDGETS_PER_MIN), len(LENGTHS_S)))
    minutes = sum(map(len, energies)) / RATE / 60
    for k, seconds in enumerate(LENGTHS_S):
        length = round(seconds * RATE)
        looks = [statistic(e, length, envelope) for e in energies]
        peaks = [s[find_peaks(s, distance=max(length // STEP, 10))[0]] for s in looks]
        highest = np.sort(np.concatenate(peaks))[::-1]
        table[:, k] = [highest[int(b * minutes)] for b in BUDGETS_PER_MIN]
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twitchscope", required=True)
    binary = parser.parse_args().twitchscope
    with tempfile.TemporaryDirectory() as folder:
        f, spectrum, envelope = seen_strong(recordings(binary, folder, "quiet-20db", range(501, 513), 5))
        noises = [read(p) for p in recordings(binary, folder, "quiet-0db-only", range(101, 121), 30)]
        noise = np.mean([welch(x, RATE, nperseg=512)[1] for x in noises], axis=0)
        inside = (f >= BAND[0]) & (f <= BAND[1])
        print("| SNR | budget /min | recall | F1 at 30 bursts a minute |\n|---|---|---|---|")
        for snr_db in SNRS_DB:
            scale = noise[inside].sum() / spectrum[inside].sum() * 10 ** (snr_db / 10)
            power = scale * spectrum
            gain = np.sqrt(power / (noise * (noise + power)))
            form = np.roll(np.fft.irfft(gain), 256) * np.hanning(512)
            heard = [fftconvolve(x, form, "same") ** 2 for x in noises]
            needed, hits, count = thresholds(heard, envelope), np.zeros(len(BUDGETS_PER_MIN)), 0
            for path in recordings(binary, folder, f"quiet-{snr_db}db", range(1, 13), 10):
                energy = fftconvolve(read(path), form, "same") ** 2
                for onset, length in bursts(path):
                    around = energy[max(onset - 20, 0):onset + length + 20]
                    best = statistic(around, length, envelope).max()
                    at = np.log(length / RATE)
                    hits += [best > np.interp(at, np.log(LENGTHS_S), row) for row in needed]
                    count += 1
            for budget, recall in zip(BUDGETS_PER_MIN, hits / count):
                f1 = 2 * 30 * recall / (30 + 30 * recall + budget)
                print(f"| {snr_db} dB | {budget:g} | {recall:.3f} | {f1:.3f} |", flush=True)


if __name__ == "__main__":
    main()
