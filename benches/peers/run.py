"""Scores the peers, each at its best threshold, and twitchscope at its default on the same sets.

    python run.py --twitchscope target/release/twitchscope --out docs/peers.md NAME=FOLDER [NAME=FOLDER …]

A FOLDER holds X.wav with X_truth.tsv; the part of X before its seed is the group it belongs to."""

import argparse
import subprocess
import tempfile
from collections import defaultdict
from importlib.metadata import version
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from methods import METHODS, SWEEP
from score import Recording, count, f1, join


def sweep(path):
    """Counts of one recording: peer × threshold."""
    recording = Recording(path)
    table = np.zeros((len(METHODS), len(SWEEP), 3), int)
    for m, method in enumerate(METHODS):
        prepared = [method.prepare(x, recording.rate) for x in recording.channels]
        for s, k in enumerate(SWEEP):
            try:
                found = [e for p in prepared for e in method.events(p, k)]
            except (IndexError, ValueError):
                found = []  # some raise where nothing crosses the threshold
            table[m, s] = count(join(found, 0.02) if len(prepared) > 1 else found, recording)
    return table


def ours(folder, recordings, binary):
    """Counts of twitchscope at its default."""
    counts = []
    with tempfile.TemporaryDirectory() as out:
        files = [str(r.path) for r in recordings]
        command = [binary, "analyze", "--no-figures", "--out", out, *files]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for r in recordings:
            lines = (Path(out) / f"{r.stem}_twitches.tsv").read_text().splitlines()
            columns = lines[0].split("\t")
            rows = [dict(zip(columns, line.split("\t"))) for line in lines[1:]]
            found = [(float(w["onset"]), float(w["onset"]) + float(w["duration"])) for w in rows]
            counts.append(count(found, r))
    return np.array(counts)


def by_group(counts, recordings):
    """F1 of each group that has truth, and false alarms a minute of each that has none."""
    sums, seconds = defaultdict(lambda: np.zeros(3, int)), defaultdict(float)
    for c, r in zip(counts, recordings):
        sums[r.group] += c
        seconds[r.group] += r.seconds
    scores = {g: f1(c) for g, c in sums.items() if c[2] > 0}
    alarms = {g: c[1] / seconds[g] * 60.0 for g, c in sums.items() if c[2] == 0}
    return scores, alarms


def mean(scores):
    return float(np.mean(list(scores.values())))


def swept(folder, recordings, jobs):
    """Counts of all peers; kept beside the set, because only twitchscope changes between runs."""
    kept = Path(folder) / "peers.npy"
    newest = max(p.stat().st_mtime for r in recordings for p in [r.path, Path(__file__).parent / "methods.py"])
    shape = (len(recordings), len(METHODS), len(SWEEP), 3)
    if kept.exists() and kept.stat().st_mtime > newest and np.load(kept).shape == shape:
        return np.load(kept)
    with Pool(jobs) as pool:
        table = np.array(pool.map(sweep, [r.path for r in recordings], chunksize=1))
    np.save(kept, table)
    return table


def section(name, folder, binary, jobs):
    recordings = [Recording(p) for p in sorted(Path(folder).glob("*.wav"))]
    table = swept(folder, recordings, jobs)
    columns = []
    for m, method in enumerate(METHODS):
        results = [by_group(table[:, m, s], recordings) for s in range(len(SWEEP))]
        best = max(range(len(SWEEP)), key=lambda s: mean(results[s][0]))
        columns.append((method.name, f"{SWEEP[best]:g}", method.note, *results[best]))
    columns.append(("**twitchscope**", "—", "default, nothing tuned", *by_group(ours(folder, recordings, binary), recordings)))
    minutes = sum(r.seconds for r in recordings) / 60.0
    lines = [f"## {name}: {len(recordings)} recordings, {minutes:.0f} minutes, "
             f"{sum(len(r.truth) for r in recordings)} twitches", "",
             "| detector | best k | which is | mean F1 | worst F1 | worst at |", "|---|---|---|---|---|---|"]
    for title, k, note, scores, _ in columns:
        worst = min(scores, key=scores.get)
        lines.append(f"| {title} | {k} | {note} | {mean(scores):.3f} | {scores[worst]:.3f} | {worst} |")
    heads = " | ".join(c[0].strip("*") for c in columns)
    lines += ["", f"| F1 at | {heads} |", "|---|" + "---|" * len(columns)]
    for group in columns[0][3]:
        lines.append(f"| {group} | " + " | ".join(f"{c[3][group]:.3f}" for c in columns) + " |")
    if columns[0][4]:
        lines += ["", f"| false alarms a minute at | {heads} |", "|---|" + "---|" * len(columns)]
        for group in columns[0][4]:
            lines.append(f"| {group} | " + " | ".join(f"{c[4][group]:.1f}" for c in columns) + " |")
    return lines + [""]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--twitchscope", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--times", help="a table made by times.py, put at the end")
    args = parser.parse_args()
    packages = ", ".join(f"{p} {version(p)}" for p in ("biosppy", "neurokit2", "myonset", "scipy", "numpy"))
    intro = (Path(__file__).parent / "intro.md").read_text().replace("{packages}", packages)
    lines = [intro]
    for item in args.sets:
        name, folder = item.split("=", 1)
        lines += section(name, folder, args.twitchscope, args.jobs)
        Path(args.out).write_text("\n".join(lines) + "\n")
    if args.times:
        lines.append(Path(args.times).read_text())
    Path(args.out).write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
