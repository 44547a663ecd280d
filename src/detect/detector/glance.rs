//! What a detector can tell at once, before anything is decided: for views.

use super::Detector;
use crate::signal::envelope::WINDOWS;

impl Detector {
    /// Up to which hop [`Detector::level`] can tell.
    pub fn reached(&self) -> u64 {
        self.tape.hops().saturating_sub(self.tape.detect.length(WINDOWS - 1) / 2 + 1)
    }

    /// How far hop `at` stands over the threshold that is in force now: the strongest window, a
    /// ratio of powers, 1 is just found. 0 where there is no signal; `None` before anything is
    /// decided, and for hops that are not kept.
    pub fn level(&self, at: u64) -> Option<f32> {
        let kept = at >= self.tape.start() && at < self.reached();
        (self.started && kept)
            .then(|| self.scores.iter().map(|s| s.moment(&self.tape, at).score).fold(0.0, f32::max))
    }

    /// The least and the largest value of hop `at` in the amplitude band, in the samples' unit;
    /// `None` where there is no signal.
    pub fn range(&self, at: u64) -> Option<(f32, f32)> {
        if !self.tape.is_valid(at) {
            return None;
        }
        let values =
            self.tape.samples.range(at * self.clock.hop, (at + 1) * self.clock.hop).map(|f| f.amplitude);
        values.fold(None, |range, x| Some(range.map_or((x, x), |(low, high)| (x.min(low), x.max(high)))))
    }

    /// Noise RMS in the detection band as it is now, in the samples' unit; `None` before anything
    /// is decided.
    pub fn noise_rms(&self) -> Option<f64> {
        let power = self.flat().mean_power(self.flat().floor());
        (self.started && power > 0.0).then(|| f64::from(power).sqrt())
    }
}
