//! Marks that come with a recording: which needle was in from when to when, and which stretches
//! of the signal are not valid.
//!
//! Each form is read by its own file into [`Marks`], in seconds as written; [`Marks::settle`]
//! holds them against the recording and makes insertions of them, the same from every form.

mod choose;
mod cue;
mod events;
mod settle;
mod spikerecorder;

pub(super) use choose::choose;
pub use events::from_events;
pub use settle::Extent;
pub(super) use settle::joined;
pub use spikerecorder::from_spikerecorder;

use std::path::{Path, PathBuf};

use super::{Error, InsertionOption, Options, Warning};
use crate::units::Seconds;

/// More lines than these are no marks of a person.
const MOST_MARKS: usize = 1 << 20;

/// What a form of marks says, not yet held against a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Marks {
    /// Where they were written.
    pub origin: Origin,
    /// Insertions from needle in to needle out.
    pub insertions: Vec<Stretch>,
    /// Moments of needle in and needle out, as written, in any order.
    pub points: Vec<Point>,
    /// Stretches without a valid signal.
    pub masks: Vec<Stretch>,
    /// Stretches whose samples were lost: what stands there was never measured.
    pub gaps: Vec<Stretch>,
    /// What a person noted, and when.
    pub notes: Vec<(Seconds, String)>,
    /// What was odd about them.
    pub warnings: Vec<Warning>,
    /// What to do where there should be an insertion and is none.
    pub cure: String,
}

/// Where marks were written.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// `--insertion` on the command line.
    Options,
    /// A file of lines.
    File(PathBuf),
    /// The cue points of the WAV itself.
    Cues(PathBuf),
}

/// A stretch of time that a mark names.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Its start.
    pub start: Seconds,
    /// Its end; `None` where it was never seen.
    pub end: Option<Seconds>,
    /// Needle or site.
    pub label: Option<String>,
    /// The line or the number of the mark, from 1.
    pub line: usize,
}

/// A needle that goes in or out.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub at: Seconds,
    /// In; else out.
    pub enters: bool,
    /// Needle or site.
    pub label: Option<String>,
    /// The line or the number of the mark, from 1.
    pub line: usize,
}

impl Marks {
    pub(super) fn new(origin: Origin, cure: impl Into<String>) -> Self {
        let (insertions, points, masks, gaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (notes, warnings) = (Vec::new(), Vec::new());
        Self { origin, insertions, points, masks, gaps, notes, warnings, cure: cure.into() }
    }

    /// The insertions that a person typed.
    pub(super) fn from_options(insertions: &[InsertionOption]) -> Self {
        let mut marks = Self::new(Origin::Options, "");
        marks.insertions = insertions
            .iter()
            .enumerate()
            .map(|(place, typed)| Stretch {
                start: typed.start,
                end: Some(typed.end),
                label: typed.label.clone(),
                line: place + 1,
            })
            .collect();
        marks
    }

    /// Whether an insertion is marked.
    pub fn has_insertions(&self) -> bool {
        !self.insertions.is_empty() || self.points.iter().any(|p| p.enters)
    }

    /// Where these marks were written, for messages that may name the folder.
    pub(super) fn place(&self, line: usize) -> String {
        self.origin.place(line)
    }
}

impl Origin {
    /// Mark `line` of it, for error messages.
    fn place(&self, line: usize) -> String {
        match self {
            Self::Options => format!("--insertion number {line}"),
            Self::File(path) => format!("{}, line {line}", path.display()),
            Self::Cues(path) => format!("{}, cue {line}", path.display()),
        }
    }

    /// Where marks come from, for people; the same wherever the recording lies.
    pub(super) fn name(&self) -> String {
        let own = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match self {
            Self::Options => "--insertion".into(),
            Self::File(path) => own(path),
            Self::Cues(path) => format!("cue points of {}", own(path)),
        }
    }

    /// Mark `line` of it, the same wherever the recording lies.
    fn short_place(&self, line: usize) -> String {
        match self {
            Self::Options => self.place(line),
            Self::File(_) => format!("{}, line {line}", self.name()),
            Self::Cues(_) => format!("{}, cue {line}", self.name()),
        }
    }
}

/// Reads a file of marks, told by its content: BIDS events have a header with `onset`, anything
/// else must look like SpikeRecorder's markers.
///
/// # Errors
/// [`Error`] where it is neither, or a line of it cannot be understood.
pub fn from_file(bytes: &[u8], path: &Path, options: &Options) -> Result<Marks, Error> {
    if events::looks_like(bytes) {
        from_events(bytes, path)
    } else if spikerecorder::looks_like(bytes) {
        from_spikerecorder(bytes, path, options)
    } else {
        Err(Error::UnknownMarks { path: path.into() })
    }
}

/// The lines of a file and their numbers from 1, whatever their ends; blank ones are left out.
fn lines<'a>(text: &'a str, path: &Path) -> Result<Vec<(usize, &'a str)>, Error> {
    let lines: Vec<_> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(place, line)| (place + 1, line.trim_end_matches('\r')))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect();
    if lines.len() > MOST_MARKS {
        let (found, limit) = (lines.len() as u64, MOST_MARKS as u64);
        return Err(Error::Limit { path: path.into(), what: "marks", found, limit });
    }
    Ok(lines)
}

/// The number of seconds that `field` of a line is.
fn number(field: &str, what: &str, marks: &Marks, line: usize) -> Result<f64, Error> {
    super::options::seconds(field).ok_or_else(|| {
        let comma = if field.contains(',') { " (write a point, not a comma)" } else { "" };
        let problem = format!("{what} is “{}”, not a number of seconds{comma}", field.trim());
        Error::MarksLine { place: marks.place(line), problem }
    })
}
