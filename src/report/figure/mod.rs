//! The figures: what a person sees first.
//!
//! A figure is laid out once, as shapes on a sheet in points of print, and then printed
//! as SVG or PNG, so both show the same. Each figure has one file; `theme` holds what they share.
//! plotters is known to `theme` and `print` only.

mod amplitude;
mod axis;
mod chart;
mod control;
mod curves;
mod dwell;
mod envelope;
mod exposure;
mod groups;
mod labels;
mod legend;
mod marker;
mod overlay;
mod print;
mod quality;
mod raster;
mod rate;
mod reviewed;
mod sheet;
mod theme;
mod trace;
mod words;

use super::{Condition, Error};
use crate::detect::Class;
use crate::session::Session;
use crate::study::{Findings, Study};

pub(super) use theme::plain;

/// The class in plain words.
pub(super) const fn class_words(class: Class) -> &'static str {
    marker::words(class)
}

/// A figure, ready to be printed: the same sessions give the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure(sheet::Sheet);

impl Figure {
    /// The figure with its caption as SVG, its text as text.
    ///
    /// # Errors
    /// [`Error::Draw`] where the font that comes with the program cannot be read.
    pub fn svg(&self) -> Result<String, Error> {
        print::svg(&self.0.captioned())
    }

    /// The figure with its caption as PNG, at least 1920 pixels wide and with its resolution in it.
    ///
    /// # Errors
    /// [`Error::Draw`] where the font that comes with the program cannot be read.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        print::png(&self.0.captioned())
    }

    /// The figure as SVG without its caption, for a page that sets the caption itself.
    ///
    /// # Errors
    /// [`Error::Draw`] where the font that comes with the program cannot be read.
    pub fn bare_svg(&self) -> Result<String, Error> {
        print::svg(&self.0)
    }

    /// What it shows, in one sentence, for who cannot see it.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// What stands below it.
    pub fn caption(&self) -> &str {
        &self.0.caption
    }

    /// Whether it takes a page's whole width, 174 mm; else one print column, 85 mm.
    pub fn wide(&self) -> bool {
        self.0.width > theme::COLUMN
    }
}

/// Twitch count against needle dwell time: a line an insertion, and the mean over the insertions
/// still in. The insertions of several sessions are pooled.
pub fn dwell(sessions: &[&Session]) -> Figure {
    Figure(dwell::sheet(dwell::Content::of_sessions(sessions), dwell::Words::of_sessions(sessions)))
}

/// The same over all insertions of a study.
pub fn pooled_dwell(study: &Study) -> Figure {
    Figure(dwell::sheet(dwell::Content::of_study(study), dwell::Words::of_study(study)))
}

/// As [`dwell`], of the twitches that persons have in the insertions they judged to the end; `None`
/// unless every session has such a review. The figure says so, and what the detector has.
pub fn dwell_reviewed(sessions: &[&Session]) -> Option<Figure> {
    reviewed::sheet(sessions).map(Figure)
}

/// The recording with its insertions, twitches and rejected candidates, of any length. For a whole
/// page's width.
pub fn trace(session: &Session) -> Figure {
    Figure(trace::sheet(session))
}

/// Mean twitch count against needle dwell time: a line a group.
pub fn groups(study: &Study) -> Figure {
    Figure(groups::sheet(study))
}

/// Every twitch: a row an insertion, aligned at needle in, with what is masked.
pub fn raster(study: &Study) -> Figure {
    Figure(raster::sheet(study))
}

/// Count against total dwell, a point an insertion with its exact interval, and the pooled rate.
pub fn exposure(study: &Study) -> Figure {
    Figure(exposure::sheet(study))
}

/// Rate against dwell in bins, with their exact intervals.
pub fn rate(study: &Study, findings: &Findings) -> Figure {
    Figure(rate::sheet(study, findings))
}

/// Size of twitches against their order within the insertion.
pub fn amplitude(study: &Study) -> Figure {
    Figure(amplitude::sheet(study))
}

/// Twitches over one another, aligned at onset, with their mean.
pub fn overlay(sessions: &[&Session]) -> Figure {
    Figure(overlay::sheet(sessions))
}

/// What the recordings of a set were like: noise floor, hum, losses. For a whole page's width.
pub fn quality(conditions: &[Condition]) -> Figure {
    Figure(quality::sheet(conditions))
}
