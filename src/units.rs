//! Units of measure. The only room where a bare number becomes a quantity.
//!
//! Time is counted in samples ([`SampleIndex`], exact); seconds are for people. Nothing here
//! knows signals, files or twitches, and every other room may use it.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A frequency in hertz.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hertz(f64);

impl Hertz {
    /// A frequency of `hz` hertz.
    pub const fn new(hz: f64) -> Self {
        Self(hz)
    }

    /// The number of hertz.
    pub const fn hz(self) -> f64 {
        self.0
    }
}

/// A duration or a time since the start of the recording, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(f64);

impl Seconds {
    /// A duration of `s` seconds.
    pub const fn new(s: f64) -> Self {
        Self(s)
    }

    /// A duration of `ms` milliseconds.
    pub const fn from_ms(ms: f64) -> Self {
        Self(ms / 1000.0)
    }

    /// The number of seconds.
    pub const fn s(self) -> f64 {
        self.0
    }

    /// The number of milliseconds.
    pub const fn ms(self) -> f64 {
        self.0 * 1000.0
    }
}

/// A voltage in microvolts.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Microvolts(f64);

impl Microvolts {
    /// A voltage of `uv` microvolts.
    pub const fn new(uv: f64) -> Self {
        Self(uv)
    }

    /// The number of microvolts.
    pub const fn uv(self) -> f64 {
        self.0
    }
}

/// A sample rate: finite and above zero.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct SampleRate(f64);

/// A number that is no sample rate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a sample rate of {0} Hz is not possible: it must be a finite number above zero")]
pub struct BadRate(pub f64);

impl SampleRate {
    /// A rate of `hz` samples a second.
    ///
    /// # Errors
    /// [`BadRate`] unless `hz` is finite and above zero.
    pub fn new(hz: f64) -> Result<Self, BadRate> {
        if hz.is_finite() && hz > 0.0 { Ok(Self(hz)) } else { Err(BadRate(hz)) }
    }

    /// Samples a second.
    pub const fn hz(self) -> f64 {
        self.0
    }

    /// The highest frequency this rate can carry: half of it.
    pub const fn nyquist(self) -> Hertz {
        Hertz(self.0 / 2.0)
    }

    /// How long `n` samples last.
    pub fn seconds(self, n: u64) -> Seconds {
        Seconds(n as f64 / self.0)
    }

    /// How many samples fit `t`, rounded to the nearest; 0 for a negative `t`.
    pub fn samples(self, t: Seconds) -> u64 {
        (t.s() * self.0).round().max(0.0) as u64
    }

    /// When sample `at` was taken.
    pub fn time(self, at: SampleIndex) -> Seconds {
        self.seconds(at.get())
    }

    /// The sample taken nearest to `t`; the first for a negative `t`.
    pub fn index(self, t: Seconds) -> SampleIndex {
        SampleIndex(self.samples(t))
    }
}

impl<'de> Deserialize<'de> for SampleRate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hz = f64::deserialize(deserializer)?;
        Self::new(hz).map_err(serde::de::Error::custom)
    }
}

/// A place on the recording's clock: how many frames came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SampleIndex(u64);

impl SampleIndex {
    /// The place after `n` frames.
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// How many frames came before.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Add<u64> for SampleIndex {
    type Output = Self;
    fn add(self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }
}

impl Sub for SampleIndex {
    type Output = u64;
    /// The frames from `earlier` to `self`; 0 where `earlier` is later.
    fn sub(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for SampleIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A half-open stretch of the recording: `start` belongs to it, `end` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first sample within.
    pub start: SampleIndex,
    /// The first sample after.
    pub end: SampleIndex,
}

impl Span {
    /// From sample `start` up to, not including, sample `end`.
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start: SampleIndex(start), end: SampleIndex(end) }
    }

    /// How many samples it holds.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether it holds no sample.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `at` lies within.
    pub fn contains(self, at: SampleIndex) -> bool {
        self.start <= at && at < self.end
    }

    /// The samples that both hold.
    pub fn overlap(self, other: Self) -> u64 {
        self.end.min(other.end) - self.start.max(other.start)
    }
}

/// How many samples of `within` the union of `spans` covers; `spans` need not be sorted.
pub fn covered(within: Span, spans: &[Span]) -> u64 {
    let mut inside: Vec<Span> = spans.iter().copied().filter(|s| within.overlap(*s) > 0).collect();
    inside.sort();
    let mut reached = within.start;
    let mut total = 0;
    for span in inside {
        let end = span.end.min(within.end);
        total += end - span.start.max(reached);
        reached = reached.max(end);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_finite_and_positive() {
        for hz in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(SampleRate::new(hz).is_err(), "{hz}");
        }
        assert_eq!(SampleRate::new(2000.0).map(|r| r.samples(Seconds::from_ms(2.0))), Ok(4));
    }

    #[test]
    fn overlapping_spans_are_counted_once() {
        let spans = [Span::new(5, 10), Span::new(0, 6), Span::new(8, 9), Span::new(30, 40)];
        assert_eq!(covered(Span::new(2, 35), &spans), 8 + 5);
        assert_eq!(covered(Span::new(11, 20), &spans), 0);
    }
}
