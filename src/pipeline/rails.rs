//! Where the converter of a channel ends: as its format says, or as its own samples show. Knows nothing else.
//!
//! Many files do not say it: samples were scaled, an offset was taken off, or a board of ten bits was written
//! as sixteen. What is clipped shows it: a signal that was on its way holds one value exactly, and never goes
//! beyond.

/// A value this close to the known end is at the end: a part in two thousand, one step of 11 bits, and the rounding
/// of 12 and more.
const AT_END: f32 = 0.9995;
/// A plateau is so many samples at least. Of noise of ten converter steps two neighbours are the same 3 times in
/// 100 (1 / (2 √π · 10)), so five come once in a million samples, and at an end of what was seen hardly ever.
const LEAST_HELD: u64 = 5;
/// A plateau is reached by a change of so many of the converter's steps: slow signals of few steps stand still.
const REACHED_BY: f32 = 8.0;

/// The ends of one channel's converter.
#[derive(Debug, Clone)]
pub struct Rails {
    /// The end on either side that is known beforehand; infinite, if none is.
    known: f32,
    /// The lowest and the highest value so far.
    seen: [f32; 2],
    /// The ends that plateaus have shown; infinite, where none has.
    shown: [f32; 2],
    held: u64,
    /// By how much the last value that was another changed to the one that is held now.
    reached_by: f32,
    /// Values are held where there is no end: the recording repeats them.
    repeats: bool,
}

const NONE: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];

impl Rails {
    /// For a converter that ends at `full_scale` on either side, if that is known. A plateau is held for
    /// `held` samples.
    pub fn new(full_scale: Option<f32>, held: u64) -> Self {
        Self {
            known: full_scale.map_or(f32::INFINITY, |f| f * AT_END),
            seen: [f32::INFINITY, f32::NEG_INFINITY],
            shown: NONE,
            held: held.max(LEAST_HELD),
            reached_by: 0.0,
            repeats: false,
        }
    }

    /// Whether `x` is at an end.
    #[inline]
    pub fn reached(&self, x: f32) -> bool {
        x.abs() >= self.known || x <= self.shown[0] || x >= self.shown[1]
    }

    /// Whether `x` is at an end that is known beforehand.
    pub fn is_known(&self, x: f32) -> bool {
        x.abs() >= self.known
    }

    /// Takes a value that is not the one before it, `change` away from that, where `step` is the smallest change
    /// so far. What goes beyond an end that was shown was none.
    pub fn change(&mut self, x: f32, change: f32, step: f32) {
        // Nothing comes before the first sample.
        self.reached_by = if change.is_finite() { change } else { 0.0 };
        if x < self.shown[0] - step {
            self.shown[0] = NONE[0];
        }
        if x > self.shown[1] + step {
            self.shown[1] = NONE[1];
        }
        self.seen = [self.seen[0].min(x), self.seen[1].max(x)];
    }

    /// Notices that `x` has been held for `samples`; whether that has just shown it to be an end.
    pub fn hold(&mut self, x: f32, samples: u64, step: f32) -> bool {
        if samples != self.held || self.reached_by < REACHED_BY * step || self.repeats || self.reached(x) {
            return false;
        }
        if x <= self.seen[0] + step {
            self.shown[0] = x;
        } else if x >= self.seen[1] - step {
            self.shown[1] = x;
        } else {
            (self.repeats, self.shown) = (true, NONE);
        }
        !self.repeats
    }

    /// Whether all of `run` lies within what was seen and off the ends, and no value of it, the first of which
    /// was held for `same` samples already if it is `last`, is held for as long as a plateau.
    pub fn is_within(&self, run: &[f32], last: f32, same: u64) -> bool {
        let [low, high] = self.seen;
        let within = |x: &f32| (*x >= low) & (*x <= high) & !self.reached(*x);
        if !run.iter().fold(true, |all, x| all & within(x)) {
            return false;
        }
        let (mut before, mut held) = (last, same + 1);
        run.iter().all(|x| {
            held = if *x == before { held + 1 } else { 1 };
            before = *x;
            held < self.held
        })
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        *self = Self {
            seen: [f32::INFINITY, f32::NEG_INFINITY],
            shown: NONE,
            reached_by: 0.0,
            repeats: false,
            ..*self
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends that `x` shows, of a converter whose smallest step is 1, with plateaus of five samples.
    fn shown(x: &[f32]) -> [f32; 2] {
        let mut rails = Rails::new(None, 5);
        let (mut last, mut held) = (f32::NAN, 0);
        for x in x {
            if *x == last {
                held += 1;
                rails.hold(*x, held, 1.0);
            } else {
                rails.change(*x, (x - last).abs(), 1.0);
                (last, held) = (*x, 1);
            }
        }
        rails.shown
    }

    #[test]
    fn a_plateau_shows_where_the_converter_ends_on_its_side() {
        assert_eq!(shown(&[0.0, 20.0, 20.0, 20.0, 20.0, 20.0, 3.0]), [NONE[0], 20.0]);
        assert_eq!(shown(&[0.0, -20.0, -20.0, -20.0, -20.0, -20.0, 3.0]), [-20.0, NONE[1]]);
        // As long as four samples the crest of any signal may be.
        assert_eq!(shown(&[0.0, 20.0, 20.0, 20.0, 20.0, 3.0]), NONE);
    }

    #[test]
    fn a_crest_that_is_reached_slowly_is_no_plateau() {
        assert_eq!(shown(&[0.0, 7.0, 14.0, 20.0, 20.0, 20.0, 20.0, 20.0, 3.0]), NONE);
    }

    #[test]
    fn what_the_signal_goes_beyond_is_no_end() {
        let plateau = [0.0, 20.0, 20.0, 20.0, 20.0, 20.0, 3.0];
        // Two codes at the end are one end.
        assert_eq!(shown(&[&plateau[..], &[21.0, 3.0]].concat()), [NONE[0], 20.0]);
        assert_eq!(shown(&[&plateau[..], &[22.0, 3.0]].concat()), NONE);
        assert_eq!(shown(&[&[40.0], &plateau[..]].concat()), NONE);
    }

    #[test]
    fn a_recording_that_repeats_its_samples_shows_no_end() {
        let plateau = [0.0, 20.0, 20.0, 20.0, 20.0, 20.0];
        assert_eq!(shown(&[&plateau[..], &[10.0; 5], &plateau[..]].concat()), NONE);
    }
}
