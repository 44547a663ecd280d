//! By which weighting of the band a burst is judged.
//!
//! By weights that follow the noise, a burst stands out further than without; and so do pieces of an effort.
//! What tells these from twitches, how far a crest stands over what is beside it, was measured without. So a
//! burst within an effort is judged without weights, and one near an effort must be loud without them, too,
//! or stand out clearly.

use super::bursts::Burst;
use super::scene::Scene;
use super::tape::Weighting;
use crate::units::Seconds;

/// A burst that has more activity than this beside it lies within an effort.
const WITHIN: f32 = 0.9;
/// One that has more than this beside it, begins so soon after the end of an effort, s, or stays over the low
/// threshold for more than this share of the longest twitch is near one.
const NEAR: f32 = 0.3;
const NEAR_S: f64 = 1.5;
const LONG: f64 = 0.75;
/// There it must reach so many times the threshold with weights, or the threshold without: the false ones
/// of real efforts that are near one reach up to 1.64 times.
const MARGIN: f32 = 1.8;

impl Scene<'_> {
    /// How a burst is to be judged, and the score that it has so at most.
    pub fn weigh(&self, burst: &Burst) -> (Weighting, f32) {
        let [flat, white] = burst.heard;
        let active = self.weighted(Weighting::Flat).active_beside(burst);
        if active > WITHIN {
            return (Weighting::Flat, flat.score);
        }
        let long = self.clock.time(burst.last + 1 - burst.first).s() > LONG * self.limits.longest.s();
        let soon = self.clock.hops(Seconds::new(NEAR_S));
        let after = self.effort_ended.is_some_and(|ended| burst.first < ended + soon);
        if active > NEAR || long || after {
            return (Weighting::White, white.score.min(flat.score.max(white.score / MARGIN)));
        }
        (Weighting::White, white.score)
    }

    /// The share of the time before or after a burst, the larger, that is over the low threshold.
    fn active_beside(&self, burst: &Burst) -> f32 {
        let ground = self.score.long_floor() * self.below_long(self.score.floor());
        self.flanks(burst.first, burst.last, ground).0
    }
}
