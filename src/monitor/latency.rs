//! How long after the last sample that an event needed it was told.
//!
//! The detector needs a second or two of signal after a twitch before it is sure. That is its
//! look-ahead and not counted here: the clock starts when the bytes arrive that complete the last
//! sample the detector waited for, and stops when the line has been told. It measures this machine
//! and stays out of sessions and recordings.

use serde::Serialize;

/// Times so far: how often each of them came, in bins that grow by [`STEP`].
#[derive(Debug, Default)]
pub(super) struct Latencies {
    bins: Vec<u64>,
    events: u64,
    max_s: f64,
}

/// What is shorter is all one, s.
const LEAST_S: f64 = 10e-6;
/// Two times that differ by less than this factor are one.
const STEP: f64 = 1.02;
/// Bins up to more than an hour; what takes longer is in the last.
const BINS: usize = 1024;

/// How late events were told, ms, to within 2 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// How many events: twitches and candidates.
    pub events: u64,
    /// Half of them were told within this time.
    pub p50: f64,
    /// 99 of 100 were.
    pub p99: f64,
    /// All were.
    pub max: f64,
}

impl Latencies {
    /// An event was told `after_s` seconds after its last bytes had come.
    pub fn note(&mut self, after_s: f64) {
        let bin = ((after_s / LEAST_S).max(1.0).ln() / STEP.ln()).ceil() as usize;
        let bin = bin.min(BINS - 1);
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
        self.events += 1;
        self.max_s = self.max_s.max(after_s);
    }

    /// What is known; `None` before the first event.
    pub fn known(&self) -> Option<Latency> {
        let ms = |s: f64| (s * 1e6).round() / 1e3;
        let within = |share: f64| ms(self.within_s(share));
        (self.events > 0).then(|| Latency {
            events: self.events,
            p50: within(0.5),
            p99: within(0.99),
            max: ms(self.max_s),
        })
    }

    /// The least time within which this share was told, s.
    fn within_s(&self, share: f64) -> f64 {
        let wanted = (share * self.events as f64).ceil() as u64;
        let mut seen = 0;
        let place = self.bins.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        place.map_or(self.max_s, |bin| LEAST_S * STEP.powi(bin as i32)).min(self.max_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentiles_are_those_of_the_times_within_a_bin() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.known(), None);
        let mut all: Vec<f64> = (1..=1000).map(|n| f64::from(n * n % 1009) * 1e-4 + 1e-5).collect();
        all.iter().for_each(|s| latencies.note(*s));
        all.sort_by(f64::total_cmp);
        let known = latencies.known().unwrap();
        for (found, exact_s) in [(known.p50, all[499]), (known.p99, all[989])] {
            let ratio = found / (exact_s * 1e3);
            assert!((1.0 - 1e-3..=STEP + 1e-3).contains(&ratio), "{found} ms, {exact_s} s");
        }
        assert_eq!((known.events, known.max), (1000, (all[999] * 1e6).round() / 1e3));
    }
}
