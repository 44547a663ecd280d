//! Where something lies in a recording, exactly as tables have it.

use std::fmt;

/// From onset to end, in whole microseconds since the start of the recording: what is written with
/// six decimals and read again is the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extent {
    onset_us: u64,
    end_us: u64,
}

/// Two places are the same happening if they share at least this part of the shorter one,
const SHARED: f64 = 0.5;
/// and if the longer one is at most so many times as long: a twitch within an effort of seconds is
/// not that effort.
const LONGER: f64 = 5.0;

impl Extent {
    /// From `onset` for `duration`, both s. What is no time counts as 0.
    pub fn new(onset: f64, duration: f64) -> Self {
        Self::between(onset, onset + duration.max(0.0))
    }

    /// From `onset` to `end`, both s; an end before the onset is at the onset.
    pub fn between(onset: f64, end: f64) -> Self {
        // Casts of floats to integers saturate, and NaN gives 0.
        let micro = |s: f64| (s * 1e6).round() as u64;
        let onset_us = micro(onset);
        Self { onset_us, end_us: micro(end).max(onset_us) }
    }

    /// When it begins, s.
    pub fn onset(self) -> f64 {
        self.onset_us as f64 / 1e6
    }

    /// When it ends, s.
    pub fn end(self) -> f64 {
        self.end_us as f64 / 1e6
    }

    /// How long it lasts, s.
    pub fn duration(self) -> f64 {
        (self.end_us - self.onset_us) as f64 / 1e6
    }

    /// Halfway between onset and end, s.
    pub fn middle(self) -> f64 {
        (self.onset() + self.end()) / 2.0
    }

    /// How long both last at once, s.
    pub fn overlap(self, other: Self) -> f64 {
        let from = self.onset_us.max(other.onset_us);
        self.end_us.min(other.end_us).saturating_sub(from) as f64 / 1e6
    }

    /// Whether both are the same happening: they share at least half of the shorter one, and the
    /// longer one lasts at most five times as long. What lasts no time is the same as what it lies
    /// in.
    pub fn is_same(self, other: Self) -> bool {
        let (a, b) = (self.duration(), other.duration());
        if a == 0.0 || b == 0.0 {
            return self.onset_us.max(other.onset_us) <= self.end_us.min(other.end_us);
        }
        self.overlaps_half(other) && a.max(b) <= LONGER * a.min(b)
    }

    /// Whether they share at least half of the shorter one.
    pub fn overlaps_half(self, other: Self) -> bool {
        let shared = self.overlap(other);
        shared > 0.0 && shared >= SHARED * self.duration().min(other.duration())
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} to {:.3} s", self.onset(), self.end())
    }
}

/// Pairs of places in `a` and `b` that are the same happening, each used at most once: those that
/// share most come first, then those whose onsets are nearest. In order of `a`.
pub fn pair(a: &[Extent], b: &[Extent]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..b.len()).collect();
    order.sort_by_key(|n| b[*n]);
    let longest = b.iter().map(|e| e.end_us - e.onset_us).max().unwrap_or(0);
    let mut same: Vec<(usize, usize)> = Vec::new();
    for (n, one) in a.iter().enumerate() {
        let from = order.partition_point(|m| b[*m].onset_us.saturating_add(longest) < one.onset_us);
        let near = order[from..].iter().take_while(|m| b[**m].onset_us <= one.end_us);
        same.extend(near.filter(|m| one.is_same(b[**m])).map(|m| (n, *m)));
    }
    same.sort_by(|(n, m), (k, l)| {
        let apart = |n: usize, m: usize| a[n].onset_us.abs_diff(b[m].onset_us);
        let shared = |n: usize, m: usize| a[n].overlap(b[m]);
        shared(*k, *l)
            .total_cmp(&shared(*n, *m))
            .then(apart(*n, *m).cmp(&apart(*k, *l)))
            .then((n, m).cmp(&(k, l)))
    });
    let (mut used_a, mut used_b) = (vec![false; a.len()], vec![false; b.len()]);
    same.retain(|(n, m)| {
        let free = !used_a[*n] && !used_b[*m];
        if free {
            (used_a[*n], used_b[*m]) = (true, true);
        }
        free
    });
    same.sort_unstable();
    same
}
