"""Whole-process times: from the start of the process to the events written, ten minutes at 2 kHz.

    python times.py --twitchscope target/release/twitchscope --out times.md

`python times.py --one PEER FILE` is one peer as a script of its own."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
# NeuroKit2 walks a data frame row by row: minutes for eight channels, which nobody needs to wait for.
ONE_CHANNEL = ["NeuroKit2 `emg_process`"]
PEERS = ["SciPy script", "myonset", "BioSPPy `emg`", "NeuroKit2 `emg_process`"]


def one(peer, path):
    """Reads, detects and writes; each imports only what it needs, as a script would."""
    from scipy.io import wavfile

    rate, samples = wavfile.read(path)
    samples = samples.reshape(len(samples), -1).T.astype(float)
    for channel in samples:
        if peer == "SciPy script":
            events = script(channel, rate)
        elif peer == "myonset":
            import myonset
            import numpy as np

            times = np.arange(len(channel)) / rate - 1.0
            y = myonset.hpfilter(channel, sf=rate, cutoff=10)
            events = list(zip(*myonset.get_onsets(y, times, sf=rate)))
        elif peer == "BioSPPy `emg`":
            from biosppy.signals import emg

            events = emg.emg(channel, sampling_rate=rate, show=False)["onsets"]
        else:
            import neurokit2

            events = neurokit2.emg_process(channel, sampling_rate=rate)[1]["EMG_Onsets"]
        with open(os.devnull, "w") as out:
            out.writelines(f"{event}\n" for event in events)


def script(x, rate):
    import numpy as np
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import butter, sosfiltfilt

    y = sosfiltfilt(butter(4, [80.0, 450.0], "band", fs=rate, output="sos"), x)
    rms = np.sqrt(uniform_filter1d(y**2, int(0.02 * rate)))
    median = np.median(rms)
    active = rms > median + 5.0 * 1.4826 * np.median(np.abs(rms - median))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    return edges.reshape(-1, 2) / rate


def timed(command):
    """Medians of wall and user seconds, after one run that warms the caches."""
    wall, user = [], []
    for _ in range(RUNS + 1):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall.append(time.perf_counter() - start)
        user.append(os.times().children_user - before.children_user)
    return statistics.median(wall[1:]), statistics.median(user[1:])


def main():
    if sys.argv[1:2] == ["--one"]:
        return one(*sys.argv[2:4])
    parser = argparse.ArgumentParser()
    parser.add_argument("--twitchscope", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    lines = ["## Time", "", f"From the start of the process to the events written: ten minutes at 2 kHz, 16 bit, "
             f"median of {RUNS} runs, on {os.cpu_count()} cores. "
             "twitchscope writes tables and session, without figures.", "",
             "| detector | 1 channel: wall s | user s | 8 channels: wall s | user s |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for channels in (1, 8):
            subprocess.run([args.twitchscope, "simulate", "--scenario", "clear", "--seed", "9001", "--duration", "10min",
                            "--channels", str(channels), "--name", f"ten-{channels}", "--out", folder],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            files.append(str(Path(folder) / f"ten-{channels}.wav"))
        ours = [args.twitchscope, "analyze", "--no-figures", "--out", str(Path(folder) / "out")]
        rows = [("**twitchscope**", lambda file: [*ours, file])]
        rows += [(p, lambda file, p=p: [sys.executable, __file__, "--one", p, file]) for p in PEERS]
        for title, command in rows:
            cells = [f"{x:.2f}" for x in timed(command(files[0]))]
            cells += ["not run"] * 2 if title in ONE_CHANNEL else [f"{x:.2f}" for x in timed(command(files[1]))]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
            print(lines[-1], flush=True)
    Path(args.out).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
