"""Recordings with known truth, and how good found events are: as `twitchscope evaluate` matches."""

from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

TOLERANCE_S = 0.02


class Recording:
    """One WAV with its truth beside it; `group` is the scenario or background it belongs to."""

    def __init__(self, path):
        self.path = Path(path)
        self.stem = self.path.stem
        separator = "_" if "Hz" in self.stem else "-"
        self.group = self.stem.split("_")[0] if separator == "_" else self.stem.rsplit("-", 1)[0]
        self.rate, samples = wavfile.read(self.path)
        # 24 bits come in the upper bytes of 32.
        samples = samples / float(-int(np.iinfo(samples.dtype).min))
        self.channels = np.ascontiguousarray(samples.reshape(len(samples), -1).T)
        self.truth, self.unknown = [], []
        lines = (self.path.parent / f"{self.stem}_truth.tsv").read_text().splitlines()
        columns = lines[0].split("\t")
        for line in lines[1:]:
            row = dict(zip(columns, line.split("\t")))
            span = (float(row["onset"]), float(row["onset"]) + float(row["duration"]))
            if row["trial_type"] == "twitch":
                self.truth.append(span)
            elif row["trial_type"] == "unknown":
                self.unknown.append(span)

    @property
    def seconds(self):
        return self.channels.shape[1] / self.rate - sum(b - a for a, b in self.unknown)


def join(events, gap):
    """Events closer than `gap` seconds, from whichever channels, as one."""
    joined = []
    for on, off in sorted(events):
        if joined and on - joined[-1][1] <= gap:
            joined[-1][1] = max(joined[-1][1], off)
        else:
            joined.append([on, off])
    return [tuple(e) for e in joined]


def count(found, recording):
    """Matched, found and true events; what lies in unknown activity counts for nothing."""
    known = [f for f in found if not any(f[0] <= b and a <= f[1] for a, b in recording.unknown)]
    truth = recording.truth
    if not known or not truth:
        return np.array([0, len(known), len(truth)])
    f, t = np.array(known), np.array(truth)
    near = (f[:, None, 0] - t[None, :, 1] <= TOLERANCE_S) & (t[None, :, 0] - f[:, None, 1] <= TOLERANCE_S)
    pairs = maximum_bipartite_matching(csr_matrix(near), perm_type="column")
    return np.array([int((pairs >= 0).sum()), len(known), len(truth)])


def f1(counts):
    matched, found, truth = counts
    return 1.0 if found + truth == 0 else 2.0 * matched / (found + truth)
