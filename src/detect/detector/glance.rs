//! What a detector can tell at once, before anything is decided, and what it could have seen: for views.

use super::{Detector, Quality};
use crate::detect::score::FLOOR_WINDOW;
use crate::signal::envelope::WINDOWS;
use crate::units::Seconds;

impl Detector {
    /// Up to which hop [`Detector::level`] can tell.
    pub fn reached(&self) -> u64 {
        let later = self.tape.detect.length(WINDOWS - 1) / 2 + 1 + self.tape.low.late();
        self.tape.hops().saturating_sub(later)
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

    /// What could be seen; `None` if no floor was ever found.
    pub fn quality(&self) -> Option<Quality> {
        let power = f64::from(self.flat().typical_power()?);
        let gain = self.tape.low.gain(self.tape.whitener().gain(self.noise.expected()));
        let smallest = |ms: f64| {
            let hops = self.clock.hops(Seconds::from_ms(ms));
            (self.white().detectable(&self.tape, hops) * power / gain).sqrt()
        };
        let threshold = f64::from(self.white().threshold(FLOOR_WINDOW));
        Some(Quality {
            noise_rms: power.sqrt(),
            threshold_db: 10.0 * threshold.log10(),
            smallest_rms: [smallest(20.0), smallest(50.0), smallest(100.0)],
            beats: self.heart.beats(),
        })
    }
}
