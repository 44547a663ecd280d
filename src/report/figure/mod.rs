//! The figures: what a person sees first.
//!
//! A figure is laid out once, as shapes on a sheet in points of print, and then printed
//! as SVG or PNG, so both show the same. Each figure has one file; `theme` holds what they share.
//! plotters is known to `theme` and `print` only.

mod axis;
mod control;
mod curves;
mod dwell;
mod envelope;
mod labels;
mod marker;
mod print;
mod reviewed;
mod sheet;
mod theme;
mod trace;

use super::Error;
use crate::session::Session;

/// A figure, ready to be printed: the same sessions give the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure(sheet::Sheet);

impl Figure {
    /// The figure as SVG, its text as text.
    ///
    /// # Errors
    /// [`Error::Draw`] where the font that comes with the program cannot be read.
    pub fn svg(&self) -> Result<String, Error> {
        print::svg(&self.0)
    }

    /// The figure as PNG, at least 1920 × 1200 and with its resolution in it.
    ///
    /// # Errors
    /// [`Error::Draw`] where the font that comes with the program cannot be read.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        print::png(&self.0)
    }
}

/// Twitch count against needle dwell time: a line an insertion, and the mean over the insertions
/// still in. For one print column, 85 mm wide. The insertions of several sessions are pooled.
pub fn dwell(sessions: &[&Session]) -> Figure {
    Figure(dwell::sheet(sessions))
}

/// As [`dwell`], of the twitches that persons have in the insertions they judged to the end; `None`
/// unless every session has such a review. The figure says so, and what the detector has.
pub fn dwell_reviewed(sessions: &[&Session]) -> Option<Figure> {
    reviewed::sheet(sessions).map(Figure)
}

/// The recording with its insertions, twitches and rejected candidates, of any length. For a whole
/// page's width, 174 mm.
pub fn trace(session: &Session) -> Figure {
    Figure(trace::sheet(session))
}
