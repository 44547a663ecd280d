"""The peers. Each has `prepare(x, rate)`, the part that does not hang on the threshold, and
`events(prepared, k)`, spans in seconds at `k` times the peer's own default threshold.

Filters and windows are the peers' defaults. What the defaults cannot do is changed, and said."""

import warnings

import biosppy.signals.emg as bs
import myonset
import neurokit2 as nk
import numpy as np
from biosppy.signals import tools as st
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, iirnotch, sosfiltfilt, tf2sos, welch

from score import join

warnings.filterwarnings("ignore")
SWEEP = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0,
         15.0, 22.0, 33.0, 50.0]


def spans(active, rate, merge=0.0, shortest=0.0, longest=np.inf):
    """The runs of `active`, in seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    runs = join([(a / rate, b / rate) for a, b in edges.reshape(-1, 2)], merge)
    return [(a, b) for a, b in runs if shortest <= b - a <= longest]


def highpass(x, rate, corner, order=4):
    return sosfiltfilt(butter(order, min(corner, 0.3 * rate), "high", fs=rate, output="sos"), x)


def quietest_second(x, rate):
    """Where a person would put the rest segment."""
    n = int(rate)
    power = np.convolve(x**2, np.ones(n), "valid")[:: n // 10 or 1]
    return int(np.argmin(power)) * (n // 10 or 1)


class BiosppyDefault:
    """`emg()`: high-pass 100 Hz, and as `find_onsets` k × (1.2 mean + 2 SD) of the whole envelope.

    `find_onsets` makes its envelope anew at each call and gives onsets and offsets in one list
    without saying which is which: the same runs of the same envelope are taken here directly."""

    name, note = "BioSPPy `emg`", "k × its default threshold"
    least = 0.0

    def prepare(self, x, rate):
        y = highpass(x, rate, 100.0)
        size = max(2, int(rate * 0.05))
        envelope = np.abs(st.smoother(np.abs(y), kernel="boxzen", size=size, mirror=True)[0])
        return rate, envelope, 1.2 * envelope.mean() + 2.0 * envelope.std(ddof=1)

    def events(self, prepared, k):
        rate, envelope, default = prepared
        return spans(envelope > k * default, rate, merge=self.least, shortest=self.least)


class BiosppyBonato:
    """`bonato_onset_detector` with the quietest second as rest; windows of Bonato 1998 in samples."""

    name, note = "BioSPPy `bonato`", "k × 10, rest = quietest second"

    def prepare(self, x, rate):
        y = sosfiltfilt(butter(2, [20.0, min(450.0, 0.45 * rate)], "band", fs=rate, output="sos"), x)
        start = quietest_second(y, rate)
        return y, rate, y[start:start + int(rate)]

    def events(self, prepared, k):
        y, rate, rest = prepared
        length = lambda s: max(2, int(s * rate / 2))
        edges = bs.bonato_onset_detector(
            signal=y, rest=rest, sampling_rate=rate, threshold=10.0 * k,
            active_state_duration=length(0.015), samples_above_fail=2, fail_size=length(0.004))[0]
        return [(a / rate, b / rate) for a, b in zip(edges[::2], edges[1::2])]


class NeurokitThreshold:
    """`emg_clean`, `emg_amplitude`, k × SD / 10, and its 50 ms rule for bursts and gaps.

    `emg_activation` itself walks a data frame row by row (10 s for ten minutes), which a sweep
    cannot afford: the rule is done on the array, with its numbers."""

    name, note = "NeuroKit2 `threshold`", "k × its default threshold"

    def prepare(self, x, rate):
        # Its high-pass at 100 Hz does not fit a rate of 200 Hz.
        y = nk.emg_clean(x, sampling_rate=rate) if rate > 220 else highpass(x, rate, 60.0)
        amplitude = np.asarray(nk.emg_amplitude(y))
        return amplitude, rate, 0.1 * amplitude.std()

    def events(self, prepared, k):
        amplitude, rate, default = prepared
        return spans(amplitude > k * default, rate, merge=0.05, shortest=0.05)


class NeurokitBiosppy(BiosppyDefault):
    """NeuroKit2's way of calling BioSPPy: bursts and gaps of at least 50 ms."""

    name = "NeuroKit2 `biosppy`"
    least = 0.05


class Myonset:
    """myonset's single threshold on the signal and its Teager-Kaiser energy, at k × 3.5 and 8 SD,
    with the quietest second as baseline; high-pass 10 Hz as in its examples."""

    name, note = "myonset `single_threshold`", "k × its default thresholds"

    def prepare(self, x, rate):
        y = highpass(x, rate, 10.0, order=3)
        start = quietest_second(y, rate)
        times = np.arange(len(y)) / rate
        return y, rate, times, [times[start], times[min(start + int(rate), len(y)) - 1]]

    def events(self, prepared, k):
        y, rate, times, baseline = prepared
        sections = myonset.get_active_sections(
            y, times, method="single_threshold", baseline=baseline, sf=rate,
            params={"th_raw": 3.5 * k, "th_tkeo": 8.0 * k})
        return join([(a / rate, b / rate) for a, b in np.asarray(sections).reshape(-1, 2)], 0.025)


class Script:
    """What a careful person writes in SciPy: mains notches where the spectrum shows a line,
    band-pass 80-450 Hz, RMS of 20 ms, median + k × 5 MAD, merged over 60 ms, 8-330 ms long."""

    name, note = "SciPy script", "k × 5 MAD"

    def prepare(self, x, rate):
        x = self.without_mains(x - np.median(x), rate)
        band = [min(80.0, 0.2 * rate), min(450.0, 0.45 * rate)]
        y = sosfiltfilt(butter(4, band, "band", fs=rate, output="sos"), x)
        rms = np.sqrt(uniform_filter1d(y**2, max(1, int(0.02 * rate))))
        median = np.median(rms)
        return rms, rate, median, 5.0 * 1.4826 * np.median(np.abs(rms - median))

    def without_mains(self, x, rate):
        f, p = welch(x, rate, nperseg=int(4 * rate))
        for nominal in (50.0, 60.0):
            around = (np.abs(f - nominal) > 1.5) & (np.abs(f - nominal) < 8.0)
            if p[np.abs(f - nominal) < 1.0].max() > 10.0 * np.median(p[around]):
                for line in np.arange(nominal, min(460.0, 0.48 * rate), nominal):
                    x = sosfiltfilt(tf2sos(*iirnotch(line, line / 2.0, rate)), x)
        return x

    def events(self, prepared, k):
        rms, rate, median, step = prepared
        return spans(rms > median + k * step, rate, merge=0.06, shortest=0.008, longest=0.33)


METHODS = [Script(), BiosppyDefault(), BiosppyBonato(), NeurokitThreshold(), NeurokitBiosppy(), Myonset()]
