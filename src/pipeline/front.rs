//! What of a channel is signal: finite, not at the converter's end, not dead, not masked.

use super::rails::Rails;
use crate::block::Format;
use crate::units::{SampleIndex, Seconds, Span};

/// Why a stretch of a channel is not signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mask {
    /// Frames were lost.
    Gap,
    /// Samples that are not finite.
    NotFinite,
    /// The converter was at its end.
    Clipped,
    /// The very same value for long: nothing is connected.
    Flat,
    /// A mark or a side file says so.
    Marked,
    /// The filters settle.
    Settling,
}

impl Mask {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::NotFinite => "not finite",
            Self::Clipped => "clipped",
            Self::Flat => "flat",
            Self::Marked => "marked",
            Self::Settling => "settling",
        }
    }
}

/// At the converter's end for this long, the signal is lost; for less, only its crests are.
const CLIPPED_S: f64 = 0.010;
/// The same value for this long means a dead channel; slow quantised noise repeats for less.
const FLAT_S: f64 = 0.5;

/// Looks at each sample of one channel as it comes.
#[derive(Debug, Clone)]
pub struct Front {
    rails: Rails,
    clipped_after: u64,
    flat_after: u64,
    last: f32,
    same: u64,
    at_end: u64,
    step: f32,
    open: Option<(Mask, u64)>,
}

impl Front {
    /// For a channel of `format`.
    pub fn new(format: &Format) -> Self {
        let clipped_after = format.rate.samples(Seconds::new(CLIPPED_S)).max(3);
        Self {
            rails: Rails::new(format.full_scale, clipped_after),
            clipped_after,
            flat_after: format.rate.samples(Seconds::new(FLAT_S)).max(8),
            last: f32::NAN,
            same: 0,
            at_end: 0,
            step: f32::INFINITY,
            open: None,
        }
    }

    /// Why sample `x` is not signal, if it is not.
    #[inline]
    pub fn look(&mut self, x: f32) -> Option<Mask> {
        if !x.is_finite() {
            return Some(Mask::NotFinite);
        }
        if x == self.last {
            self.same += 1;
            if self.rails.hold(x, self.same + 1, self.step) {
                self.at_end = self.same;
            }
        } else {
            let change = (x - self.last).abs();
            self.step = self.step.min(change);
            self.rails.change(x, change, self.step);
            (self.same, self.last) = (0, x);
        }
        self.at_end = if self.rails.reached(x) { self.at_end + 1 } else { 0 };
        if self.at_end >= self.clipped_after {
            Some(Mask::Clipped)
        } else if self.same >= self.flat_after {
            Some(Mask::Flat)
        } else {
            None
        }
    }

    /// Looks at many samples at once: true if all are signal and, like the one before them, far
    /// from any doubt. Otherwise nothing is noted, and they are to be looked at one by one.
    pub fn pass(&mut self, run: &[f32]) -> bool {
        let Some(tail) = run.last().copied() else { return true };
        let plain = self.rails.is_within(run, self.last, self.same);
        if !plain || self.open.is_some() || self.same + run.len() as u64 >= self.flat_after {
            return false;
        }
        let smaller = |least: f32, step: f32| if step > 0.0 && step < least { step } else { least };
        let first = (run[0] - self.last).abs();
        let steps = run.iter().zip(&run[1..]).map(|(x, next)| (next - x).abs());
        self.step = steps.fold(self.step, smaller);
        self.step = smaller(self.step, first);
        let same = run.iter().rev().take_while(|x| **x == tail).count();
        let goes_on = same == run.len() && tail == self.last;
        self.same = if goes_on { self.same + same as u64 } else { same as u64 - 1 };
        if !goes_on {
            let before = run.len().checked_sub(same + 1).map_or(self.last, |at| run[at]);
            self.rails.change(tail, (tail - before).abs(), self.step);
        }
        (self.last, self.at_end) = (tail, 0);
        true
    }

    /// Whether the last sample was at the converter's end, where that is known beforehand: bursts on strong hum
    /// that touch an end which only plateaus have shown are bursts still.
    pub fn railed(&self) -> bool {
        self.at_end > 0 && self.rails.is_known(self.last)
    }

    /// Why the last sample was not signal, if it was not.
    pub fn open(&self) -> Option<Mask> {
        self.open.map(|(why, _)| why)
    }

    /// The smallest step seen between two samples: the converter's.
    pub fn step(&self) -> f32 {
        if self.step.is_finite() { self.step } else { 0.0 }
    }

    /// Notes why the sample at `at` is masked, or that it is not; a masked span that has ended.
    #[inline]
    pub fn note(&mut self, at: u64, mask: Option<Mask>) -> Option<(Mask, Span)> {
        if self.open.map(|o| o.0) == mask {
            return None;
        }
        let ended = self.open.map(|(why, start)| (why, Span::new(start, at)));
        self.open = mask.map(|why| {
            // A dead or clipped stretch began when the value first came.
            let back = match why {
                Mask::Flat => self.flat_after,
                Mask::Clipped => self.clipped_after - 1,
                _ => 0,
            };
            (why, at.saturating_sub(back))
        });
        ended.filter(|(_, span)| !span.is_empty())
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        (self.last, self.same, self.at_end) = (f32::NAN, 0, 0);
        (self.step, self.open) = (f32::INFINITY, None);
        self.rails.clear();
    }

    /// Closes what is open at `end`.
    pub fn close(&mut self, end: SampleIndex) -> Option<(Mask, Span)> {
        self.note(end.get(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Scale;
    use crate::units::SampleRate;
    use proptest::prelude::*;

    /// What the front said of every sample, and the converter's step as it saw it.
    fn seen(front: &mut Front, x: &[f32]) -> (Vec<Option<Mask>>, bool, f32) {
        let said = x.iter().zip(0..).map(|(x, at)| {
            let mask = front.look(*x);
            front.note(at, mask);
            mask
        });
        (said.collect(), front.railed(), front.step())
    }

    proptest! {
        #[test]
        fn a_run_that_passes_leaves_the_front_as_looking_one_by_one_does(
            counts in prop::collection::vec((prop_oneof![3 => -3i16..3, 1 => -9i16..10], 1usize..18), 1..40),
            size in 1usize..12,
            full_scale in prop_oneof![Just(Some(8.0f32)), Just(None)],
        ) {
            let value = |c: i16| if c == 9 { f32::NAN } else { f32::from(c) };
            let x: Vec<f32> = counts.iter().flat_map(|(c, n)| std::iter::repeat_n(value(*c), *n)).collect();
            let rate = SampleRate::new(30.0).unwrap();
            let format =
                Format { rate, channels: vec!["a".into()], scale: Scale::Unknown, full_scale };
            let (mut plain, mut fast) = (Front::new(&format), Front::new(&format));
            for run in x.chunks(size) {
                let expected = seen(&mut plain, run);
                let found = if fast.pass(run) {
                    (vec![None; run.len()], fast.railed(), fast.step())
                } else {
                    seen(&mut fast, run)
                };
                prop_assert_eq!(found, expected);
            }
        }
    }
}
