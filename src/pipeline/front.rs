//! What of a channel is signal: finite, not at the converter's end, not dead, not masked.

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

/// A value this close to the converter's end is at its end (a part in two thousand: one step of
/// 8 to 11 bits, and the rounding of 12 and more).
const AT_END: f32 = 0.9995;
/// At the converter's end for this long, the signal is lost; for less, only its crests are.
const CLIPPED_S: f64 = 0.010;
/// The same value for this long means a dead channel; slow quantised noise repeats for less.
const FLAT_S: f64 = 0.5;

/// Looks at each sample of one channel as it comes.
#[derive(Debug, Clone)]
pub struct Front {
    end: f32,
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
        Self {
            end: format.full_scale.map_or(f32::INFINITY, |f| f * AT_END),
            clipped_after: format.rate.samples(Seconds::new(CLIPPED_S)).max(3),
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
        } else {
            self.step = self.step.min((x - self.last).abs());
            (self.same, self.last) = (0, x);
        }
        self.at_end = if x.abs() >= self.end { self.at_end + 1 } else { 0 };
        if self.at_end >= self.clipped_after {
            Some(Mask::Clipped)
        } else if self.same >= self.flat_after {
            Some(Mask::Flat)
        } else {
            None
        }
    }

    /// Whether the last sample was at the converter's end.
    pub fn railed(&self) -> bool {
        self.at_end > 0
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
    }

    /// Closes what is open at `end`.
    pub fn close(&mut self, end: SampleIndex) -> Option<(Mask, Span)> {
        self.note(end.get(), None)
    }
}
