"""How much of the simulated bursts in plain noise could be found by a detector that is told more than
any detector can know: the spectrum of the noise, the mean spectrum and the mean envelope of the
bursts, and the length of each, with the whole budget for that length alone; and by one that is told all
of this but the lengths, and so must try each and share the budget among them.

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


def peaks(energies, envelope, most=20_000):
    """For each length the `most` highest peaks of the statistic in noise: values, falling, and places on one
    clock, s. Budgets ask for some hundreds of them."""
    ranked = []
    for seconds in LENGTHS_S:
        length = round(seconds * RATE)
        values, places, start = [], [], 0
        for energy in energies:
            looks = statistic(energy, length, envelope)
            at = find_peaks(looks, distance=max(length // STEP, 10))[0]
            values.append(looks[at])
            places.append((start + at * STEP + length / 2) / RATE)
            start += len(energy)
        values, places = np.concatenate(values), np.concatenate(places)
        order = np.argsort(values)[::-1][:most]
        ranked.append((values[order], places[order]))
    return ranked


def shared(ranked, alarms):
    """How many peaks each length may have so that they are `alarms` events in all."""
    def events(each):
        places = np.sort(np.concatenate([p[:each] for _, p in ranked]))
        return 1 + np.count_nonzero(np.diff(places) > 0.15)

    return max(each for each in range(1, alarms + 1) if events(each) <= alarms)


def thresholds(energies, envelope):
    """Budget × length, where the length is told and where it is not."""
    ranked = peaks(energies, envelope)
    minutes = sum(map(len, energies)) / RATE / 60
    told = [[values[int(b * minutes)] for values, _ in ranked] for b in BUDGETS_PER_MIN]
    each = [shared(ranked, int(b * minutes)) for b in BUDGETS_PER_MIN]
    untold = [[values[e] for values, _ in ranked] for e in each]
    return np.array(told), np.array(untold)


def best_of_each(energy, onset, length, envelope):
    """For each length the largest statistic whose middle is within the burst, give or take 10 ms."""
    found = []
    for tried in (round(seconds * RATE) for seconds in LENGTHS_S):
        first = max(onset - 20 - tried // 2, 0)
        around = energy[first:onset + length + 20 + tried // 2]
        found.append(statistic(around, tried, envelope).max())
    return np.array(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twitchscope", required=True)
    binary = parser.parse_args().twitchscope
    with tempfile.TemporaryDirectory() as folder:
        f, spectrum, envelope = seen_strong(recordings(binary, folder, "quiet-20db", range(501, 513), 5))
        noises = [read(p) for p in recordings(binary, folder, "quiet-0db-only", range(101, 121), 30)]
        noise = np.mean([welch(x, RATE, nperseg=512)[1] for x in noises], axis=0)
        inside = (f >= BAND[0]) & (f <= BAND[1])
        print("| SNR | budget /min | recall | F1 at 30 bursts a minute | the same without lengths | |")
        print("|---|---|---|---|---|---|")
        for snr_db in SNRS_DB:
            scale = noise[inside].sum() / spectrum[inside].sum() * 10 ** (snr_db / 10)
            power = scale * spectrum
            gain = np.sqrt(power / (noise * (noise + power)))
            form = np.roll(np.fft.irfft(gain), 256) * np.hanning(512)
            heard = [fftconvolve(x, form, "same") ** 2 for x in noises]
            told, untold = thresholds(heard, envelope)
            hits, hits_untold, count = np.zeros(len(BUDGETS_PER_MIN)), np.zeros(len(BUDGETS_PER_MIN)), 0
            for path in recordings(binary, folder, f"quiet-{snr_db}db", range(1, 13), 10):
                energy = fftconvolve(read(path), form, "same") ** 2
                for onset, length in bursts(path):
                    around = energy[max(onset - 20, 0):onset + length + 20]
                    best = statistic(around, length, envelope).max()
                    at = np.log(length / RATE)
                    hits += [best > np.interp(at, np.log(LENGTHS_S), row) for row in told]
                    hits_untold += np.any(best_of_each(energy, onset, length, envelope) > untold, axis=1)
                    count += 1
            for budget, *recalls in zip(BUDGETS_PER_MIN, hits / count, hits_untold / count):
                cells = [f"{r:.3f} | {2 * 30 * r / (30 + 30 * r + budget):.3f}" for r in recalls]
                print(f"| {snr_db} dB | {budget:g} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
