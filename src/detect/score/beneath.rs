//! Floors beneath bursts. Bursts lift every quantile of the energies they lie among: thirty twitches a minute the
//! long floor by 0.1 dB, and that is a third of the false alarms which a budget allows. So it is found how much of
//! the time they fill, and the quantile is taken of the rest.

use super::{FLOOR_WINDOW, Score};
use crate::signal::floor::SlidingQuantile;

/// The share of noise that lies above the low threshold.
const LOW_SHARE: f64 = 0.05;
/// Bursts fill so much of the time at most, thirty a minute 7 % of it, and what fills more is held to be noise or an
/// effort more and more: from the second of these shares on it is. Where units fire on and on, a quarter is as much
/// over the low threshold.
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
    /// How much of the share that is `filled` is bursts.
    fn by_bursts(self, filled: f64) -> f64 {
        let Self { all, none } = self;
        if filled <= all { filled } else { filled * ((none - filled) / (none - all)).max(0.0) }
    }
}

impl Score {
    /// The share of `window` that bursts over a `floor` fill.
    fn filled(&self, window: &SlidingQuantile, floor: f32) -> f64 {
        let above = window.share_above(floor * self.lows[FLOOR_WINDOW]);
        (above - LOW_SHARE).max(0.0) / (1.0 - LOW_SHARE)
    }

    /// The quantile of `window` that is the `quantile` of the noise beneath bursts, if the floor is about `floor`.
    /// Where frequencies are not weighted, which is where efforts are told, bursts stay in it.
    pub(super) fn beneath(&self, window: &SlidingQuantile, quantile: f64, floor: f32, most: Filled) -> f64 {
        match self.is_white() {
            true => quantile * (1.0 - most.by_bursts(self.filled(window, floor))),
            false => quantile,
        }
    }

    /// The median of the last two seconds without the bursts in them.
    pub(super) fn local_floor(&self) -> f32 {
        let filled = self.filled(&self.local, self.local.quantile(0.5).unwrap_or(0.0));
        self.local.quantile(0.5 * (1.0 - filled)).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_more_than_bursts_can_is_noise_or_an_effort() {
        let most = Filled { all: 0.25, none: 0.45 };
        assert_eq!([0.0, 0.1, 0.25].map(|filled| most.by_bursts(filled)), [0.0, 0.1, 0.25]);
        assert_eq!([0.45, 0.6, 1.0].map(|filled| most.by_bursts(filled)), [0.0; 3]);
        assert!((most.by_bursts(0.35) - 0.175).abs() < 1e-12);
    }
}
