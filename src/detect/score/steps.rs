//! Steps of the noise: the long floor follows them at once where it is known that they are none of an effort.

use super::{STEPPED_DOWN, Score};

/// When the short floor has been believed for so long, the long floor forgets what was before, or for seconds
/// efforts would not stand out from it. Pauses between efforts are shorter: with 0.5 s, bursts beside real efforts
/// are lost.
pub(super) const FORGETS_S: f64 = 2.5;

impl Score {
    /// Notices that the noise has stepped down.
    pub(super) fn follow_down(&mut self) {
        self.below = if self.short_floor < STEPPED_DOWN * self.long_floor { self.below + 1 } else { 0 };
        if self.below >= self.forgets {
            self.step_to(self.short_floor);
        }
    }

    /// The noise is known to have stepped to `level`, up or down: the long floors forget what was before.
    pub fn step_to(&mut self, level: f32) {
        if level <= 0.0 || self.long_floor <= 0.0 {
            return;
        }
        let down = level < self.long_floor;
        self.amplitude_floor *= level / self.long_floor;
        self.long_floor = level;
        self.long.bound(level / self.lift, down);
        self.amplitude.bound(self.amplitude_floor / self.lift, down);
        self.below = 0;
    }
}
