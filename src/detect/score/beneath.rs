//! Floors beneath bursts. Bursts lift every quantile of the energies they lie among, thirty twitches a minute the
//! long floor by 0.1 dB, and with it what a faint one must reach. So it is found how much of the time they fill,
//! and the quantile is taken of the rest.

use super::{FLOOR_WINDOW, Score};
use crate::signal::floor::SlidingQuantile;

/// The share of noise that lies above the low threshold.
const LOW_SHARE: f64 = 0.05;
/// Thirty bursts a minute fill 7 % of the time. What fills more than a tenth of it is less and less held to be bursts,
/// and from a fifth on not at all: efforts fill so much, and motor units that fire on and on.
pub(super) const OF_SECONDS: Filled = Filled { all: 0.1, none: 0.2 };
/// The same of one second: a twitch of 150 ms in it fills a fifth.
pub(super) const OF_ONE_SECOND: Filled = Filled { all: 0.25, none: 0.45 };

/// Which share of the time bursts may fill.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    /// Up to this share, all of it is bursts.
    all: f64,
    /// From this share on, none.
    none: f64,
}

impl Filled {
    /// The quantile of `window` that is the `quantile` of the noise beneath bursts, if noise seldom passes `low`.
    fn beneath(self, window: &SlidingQuantile, quantile: f64, low: f32) -> f64 {
        quantile * (1.0 - self.by_bursts(filled(window, low)))
    }

    /// How much of the share that is `filled` is bursts.
    fn by_bursts(self, filled: f64) -> f64 {
        let Self { all, none } = self;
        if filled <= all { filled } else { filled * ((none - filled) / (none - all)).max(0.0) }
    }
}

impl Score {
    /// The quantile of `window` that is the `quantile` of the noise beneath bursts, if the floor is about `floor`.
    /// Where frequencies are not weighted, which is where efforts are told, bursts stay in it.
    pub(super) fn beneath(&self, window: &SlidingQuantile, quantile: f64, floor: f32, most: Filled) -> f64 {
        match self.is_white() {
            true => most.beneath(window, quantile, floor * self.lows[FLOOR_WINDOW]),
            false => quantile,
        }
    }

    /// The median of the last two seconds without the bursts in them.
    pub(super) fn local_floor(&self) -> f32 {
        let median = self.local.quantile(0.5).unwrap_or(0.0);
        let filled = filled(&self.local, median * self.lows[FLOOR_WINDOW]);
        self.local.quantile(0.5 * (1.0 - filled)).unwrap_or(0.0)
    }
}

/// The share of `window` that bursts fill, if noise seldom passes `low`.
fn filled(window: &SlidingQuantile, low: f32) -> f64 {
    (window.share_above(low) - LOW_SHARE).max(0.0) / (1.0 - LOW_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn what_fills_more_than_bursts_can_is_noise_or_an_effort() {
        let most = Filled { all: 0.25, none: 0.45 };
        assert_eq!([0.0, 0.1, 0.25].map(|filled| most.by_bursts(filled)), [0.0, 0.1, 0.25]);
        assert_eq!([0.45, 0.6, 1.0].map(|filled| most.by_bursts(filled)), [0.0; 3]);
        assert!((most.by_bursts(0.35) - 0.175).abs() < 1e-12);
    }

    #[test]
    fn the_floor_among_bursts_is_that_of_the_noise_beneath_them() {
        // A cube root of 1 and its deviation of 0.15 are those of noise in 64 ms; of ten seconds, bursts fill 7 %.
        let sigma = 0.15;
        let noise = |i: usize| {
            let z = Normal::standard().inverse_cdf((i as f64 + 0.5) / 1000.0);
            (1.0 + sigma * z).powi(3) as f32
        };
        let (mut alone, mut among) = (SlidingQuantile::new(1000), SlidingQuantile::new(1000));
        for i in 0..1000 {
            alone.push(noise(i));
            among.push(if i % 100 < 7 { 10.0 } else { noise(i) });
        }
        let low = (1.0 + 1.65 * sigma).powi(3) as f32;
        let beneath = OF_SECONDS.beneath(&among, 0.35, low);
        let over = |q: f64| among.quantile(q).unwrap() / alone.quantile(0.35).unwrap();
        assert!((over(beneath) - 1.0).abs() < 0.005, "{} times the floor", over(beneath));
        assert!(over(0.35) > 1.02, "bursts lift the floor to {}", over(0.35));
    }
}
