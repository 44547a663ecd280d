//! The same detector at thresholds beside the one in force: how much a count depends on it.
//!
//! A threshold decides where a burst opens and what a verdict holds scores against. Floors,
//! spreads, the heart, onsets and offsets do not depend on it. So everything is heard once, and
//! only bursts and verdicts are made again. Nothing found here may change what is told at the
//! threshold in force.

use super::bursts::{Burst, Bursts};
use super::verdict::Candidate;

/// At which threshold something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// At 80 % of the one in force, in energy: 1.0 dB below it.
    Lower,
    /// At the one in force.
    Set,
    /// At 120 % of the one in force, in energy: 0.8 dB above it.
    Upper,
}

impl Threshold {
    /// Those beside the one in force.
    pub const BESIDE: [Self; 2] = [Self::Lower, Self::Upper];

    /// Its energy over that of the one in force.
    pub const fn factor(self) -> f32 {
        match self {
            Self::Lower => 0.8,
            Self::Set => 1.0,
            Self::Upper => 1.2,
        }
    }
}

/// What is followed for one threshold beside the one in force.
#[derive(Debug, Clone)]
pub struct Beside {
    pub threshold: Threshold,
    pub bursts: Bursts,
    last_offset: u64,
}

impl Beside {
    /// As the bursts of the threshold in force, which are bridged and closed so.
    pub fn new(threshold: Threshold, bridge: u64, most: u64) -> Self {
        Self { threshold, bursts: Bursts::new(bridge, most, threshold.factor()), last_offset: 0 }
    }

    /// Whether a candidate of this threshold was not told yet. Efforts do not depend on the threshold and
    /// are told by the one in force.
    pub fn is_new(&mut self, found: &Candidate) -> bool {
        let new = found.offset > self.last_offset;
        self.last_offset = self.last_offset.max(found.offset);
        new
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.bursts.clear();
        self.last_offset = 0;
    }
}

/// A burst is taken apart into at most so many candidates.
pub const PARTS: usize = 6;

/// The candidates of the bursts that ended with this hop: other thresholds see most of the very
/// same bursts.
#[derive(Debug, Default)]
pub struct Known([Option<(Burst, Candidate)>; PARTS]);

impl Known {
    /// The candidate of `burst`: the one that is known of the very same burst, or what `judge` says.
    pub fn or(&mut self, burst: Burst, judge: impl FnOnce(Burst) -> Candidate) -> Candidate {
        let place = |b: &Burst| (b.first, b.last, b.heard.map(|heard| heard.peak));
        let mut all = self.0.iter().flatten();
        if let Some((_, known)) = all.find(|(b, _)| place(b) == place(&burst)) {
            return *known;
        }
        let found = judge(burst);
        if let Some(free) = self.0.iter_mut().find(|known| known.is_none()) {
            *free = Some((burst, found));
        }
        found
    }
}
