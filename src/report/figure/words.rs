//! Words that captions of several figures share.

use super::theme::{CAPTION, COLUMN, fit, plain};
use crate::report::counted;
use crate::session::Session;
use crate::study::{Recording, Study};

/// The study in a few words: the name of its recording, or how many there are.
pub fn source(study: &Study) -> String {
    named(study.recordings.iter().map(|r| r.name.as_str()))
}

/// The same of sessions.
pub fn source_of(sessions: &[&Session]) -> String {
    named(sessions.iter().map(|s| s.source.name.as_str()))
}

fn named<'a>(mut names: impl ExactSizeIterator<Item = &'a str>) -> String {
    match (names.len(), names.next()) {
        (1, Some(only)) => fit(&plain(only), CAPTION, false, COLUMN / 2.0),
        (several, _) => counted(several, "recording"),
    }
}

/// How many insertions and twitches there are, of what.
pub fn size(study: &Study) -> String {
    let insertions = study.recordings.iter().flat_map(|r| &r.insertions);
    let (number, twitches) = insertions.fold((0, 0), |(n, t), i| (n + 1, t + i.twitches.len()));
    format!("{} and {} in {}.", counted(number, "insertion"), counted(twitches, "twitch"), source(study))
}

/// What the groups are called as a whole.
pub fn groups_name(study: &Study) -> String {
    study.group_column.as_deref().map(plain).filter(|n| !n.is_empty()).unwrap_or_else(|| "group".into())
}

/// The names of the groups, in order; one that is `None` holds recordings without a group.
pub fn groups(study: &Study) -> Vec<Option<&str>> {
    let mut all: Vec<Option<&str>> = study.recordings.iter().map(group).collect();
    all.sort_unstable();
    all.dedup();
    // Those without come last, as in no one's order of names.
    let without = usize::from(all.first() == Some(&None));
    all.rotate_left(without);
    all
}

/// The group of a recording, if it has a name.
pub fn group(recording: &Recording) -> Option<&str> {
    recording.group.as_deref().filter(|g| !g.trim().is_empty())
}

/// A group in a legend.
pub fn group_name(group: Option<&str>) -> String {
    group.map_or_else(|| "no group".into(), plain)
}

/// Without marks the whole recording is a dwell, and every figure says so.
pub fn unmarked(study: &Study) -> Option<&'static str> {
    study.recordings.iter().any(|r| !r.marked).then_some("No marks: the whole recording counts as one dwell.")
}
