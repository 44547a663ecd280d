//! Who looks on while a board is watched: a printer of lines, or a view with keys.

use std::io;

use super::needles::Needles;
use super::{Line, Status};
use crate::block::Format;
use crate::pipeline::Pipeline;
use crate::units::SampleIndex;

/// What a person at the keys wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// A needle goes in now.
    NeedleIn,
    /// A needle comes out now: the one that has been in longest.
    NeedleOut,
    /// Something to remember.
    Note(String),
    /// The last mark was a mistake.
    Undo,
    /// Needles that go in from now on are at this site.
    Site(Option<String>),
}

/// How it stands after a run of samples.
pub struct Sight<'a> {
    /// `None` once it has ended.
    pub(super) pipeline: Option<&'a Pipeline>,
    pub(super) needles: &'a Needles,
    pub(super) format: &'a Format,
    pub(super) end: SampleIndex,
    pub(super) site: Option<&'a str>,
    /// What comes reaches the disk.
    pub(super) recorded: bool,
    pub(super) status: &'a dyn Fn() -> Status,
}

/// Who looks on. Nothing here may wait: samples do not.
pub trait Onlooker {
    /// Something happened.
    ///
    /// # Errors
    /// Where it cannot be told on; the board is then let go.
    fn hear(&mut self, line: &Line) -> io::Result<()>;

    /// Some samples were taken.
    fn look(&mut self, sight: &Sight<'_>) {
        let _ = sight;
    }

    /// What a person wants since this was asked last.
    fn orders(&mut self) -> Vec<Order> {
        Vec::new()
    }
}
