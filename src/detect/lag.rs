//! How late a burst is seen to begin and to end: what the filters, and chance, make of its edges.
//!
//! The filters answer a burst of power P not at once but with the share E(t) of it, the energy of
//! their impulse response up to then. Its edges are found where the expected power passes what noise
//! and burst are told apart by (see the extent of a burst), a share of P that falls with its SNR. So
//! a strong burst is seen to begin almost at once and to end late, and a weak one the other way round.
//! On top of that, chance hides the first discharge of a weak burst. It may hide the last one as well,
//! but the last potentials, slower than the rest, ring for as much longer: offsets are left as they are.

use statrs::function::erf::erf;

use super::extent::LEAST_RATIO;
use crate::units::{Hertz, Seconds};

/// An edge that chance hides is seen at the next discharge, and those come so far apart, ms. Measured
/// on simulated bursts of 3 to 20 dB.
const NEXT_MS: f64 = 2.2;

/// The lags of one set of filters.
#[derive(Debug, Clone)]
pub struct Lag {
    /// E(t) after each sample.
    shares: Vec<f64>,
    sample_s: f64,
    next_s: f64,
}

impl Lag {
    /// For filters that answer one sample with `response`, a value each `sample`, and leave a band of
    /// `bandwidth`.
    pub fn new(response: &[f64], sample: Seconds, bandwidth: Hertz) -> Self {
        let mut sum = 0.0;
        let sums = response.iter().map(|x| {
            sum += x * x;
            sum
        });
        let sums: Vec<f64> = sums.collect();
        let shares = sums.into_iter().map(|part| part / sum).collect();
        Self { shares, sample_s: sample.s(), next_s: NEXT_MS / 1000.0 + 0.5 / bandwidth.hz().max(1.0) }
    }

    /// How much later than they are the onset and the offset of a burst are found that has `ratio`
    /// times the power of the noise.
    pub fn of(&self, ratio: f64) -> (Seconds, Seconds) {
        let ratio = ratio.max(LEAST_RATIO);
        // A sample counts for the burst when its square is over ln r × r / (r - 1) of the noise.
        let over = ratio.ln() / (ratio - 1.0);
        let edge = (over * ratio - 1.0) / (ratio - 1.0);
        // The chance that the square of a normal value is below `over` of its mean.
        let hidden = erf((over / 2.0).sqrt());
        let chance = self.next_s * hidden / (1.0 - hidden);
        (Seconds::new(self.time(edge) + chance), Seconds::new(self.time(1.0 - edge)))
    }

    /// When the share `wanted` is reached, s, on the line between two samples.
    fn time(&self, wanted: f64) -> f64 {
        let after = self.shares.partition_point(|share| *share < wanted);
        let Some(before) = after.checked_sub(1) else { return 0.0 };
        let (from, to) = (self.shares[before], self.shares.get(after).copied().unwrap_or(1.0));
        let part = if to > from { (wanted - from) / (to - from) } else { 0.0 };
        (before as f64 + part) * self.sample_s
    }
}
