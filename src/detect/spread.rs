//! How widely energies of noise spread around their median, learnt from those below it.
//!
//! The cube root of an energy of noise is close to normal (Wilson & Hilferty 1931), so its spread is
//! one number, and the lower half says it: what lies above the median may be more than noise.

use crate::units::Hertz;

/// The tenth percentile of a normal distribution, in standard deviations below its median.
pub const TENTH: f64 = 1.2816;
/// How many energies what is expected is worth.
pub const EXPECTED_WEIGHT: f64 = 20.0;
/// The widest spread that is believed.
const WIDEST: f64 = 0.6;
const BINS_AN_OCTAVE: f64 = 32.0;
const BINS: usize = 512;
/// At this many values the past begins to count half: after 21 minutes of noise (one value in two
/// lies below the median), then every 11.
const HALVE_AT: u32 = 40_000;

/// The standard deviation of the cube root of an energy over its mean, for `window_s` seconds of white
/// noise of this `bandwidth`: √(2 / (9 × 2BT)) (Wilson & Hilferty 1931).
pub fn spread(bandwidth: Hertz, window_s: f64) -> f64 {
    (2.0 / (9.0 * (2.0 * bandwidth.hz() * window_s).max(1.0))).sqrt()
}

/// The energies of one window over their median, as a histogram of log₂ of those below it.
#[derive(Debug, Clone)]
pub struct Spread {
    counts: Vec<u32>,
    total: u32,
    sigma: f64,
    least: f64,
}

impl Spread {
    /// Of noise whose spread is at `least` this.
    pub fn new(least: f64) -> Self {
        Self { counts: vec![0; BINS], total: 0, sigma: least, least }
    }

    /// Takes an energy over its median; what lies above may be more than noise and is not taken.
    pub fn push(&mut self, ratio: f32) {
        if ratio > 0.0 && ratio < 1.0 {
            // What is below the first bin becomes 0 there.
            let bin = (f64::from(ratio).log2() * BINS_AN_OCTAVE + BINS as f64) as usize;
            self.counts[bin.min(BINS - 1)] += 1;
            self.total += 1;
        }
        if self.total >= HALVE_AT {
            self.counts.iter_mut().for_each(|c| *c /= 2);
            self.total = self.counts.iter().sum();
        }
    }

    fn quantile(&self, q: f64) -> f64 {
        let wanted = q * f64::from(self.total);
        let mut below = 0;
        for (bin, count) in self.counts.iter().enumerate() {
            if f64::from(below + count) >= wanted && *count > 0 {
                let place = bin as f64 + (wanted - f64::from(below)) / f64::from(*count) - BINS as f64;
                return (place / BINS_AN_OCTAVE).exp2();
            }
            below += count;
        }
        1.0
    }

    /// Makes a spread of what was taken, and of what is `expected` while that is little. What is expected is
    /// worth so many energies, and `at_least` so many where the spread would be less than it.
    pub fn settle(&mut self, expected: f64, at_least: f64) {
        // A fifth of the lower half is a tenth of the whole.
        let (found, taken) = ((1.0 - self.quantile(0.2).cbrt()) / TENTH, f64::from(self.total));
        let both = |weight: f64| (taken * found + weight * expected) / (taken + weight);
        self.sigma = both(EXPECTED_WEIGHT).max(both(at_least)).clamp(self.least, WIDEST.max(self.least));
    }

    /// The standard deviation of the cube root of an energy over its median.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// For a cube root that is normal, mean / median = 1 + 3 σ².
    pub fn mean_over_median(&self) -> f64 {
        1.0 + 3.0 * self.sigma.powi(2)
    }

    /// Forgets what was taken.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.total = 0;
        self.sigma = self.least;
    }
}
