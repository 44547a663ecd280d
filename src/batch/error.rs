//! What stops a whole set: what, where, and the cure.

use std::io;
use std::path::PathBuf;

use crate::report;

/// Why a set of recordings cannot be worked on. What is wrong with one recording is no error of
/// the set: see [`super::Outcome::failed`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum Error {
    #[error("{}: {problem}; check the name and the folder", path.display())]
    NoSuchPath { path: PathBuf, problem: io::Error },

    #[error("no recordings in {paths}: WAV files are looked for by what they hold, in all folders below but hidden ones{}{others}", if others.is_empty() { "" } else { "; " })]
    NoRecordings { paths: String, others: String },

    #[error(
        "one file of marks cannot belong to {recordings} recordings: put an events file beside each of them, or give --events with one recording"
    )]
    EventsForMany { recordings: usize },

    #[error("no table has a column {column}: give --table with one, or another --group")]
    NoGroup { column: String },

    #[error("{} is there already, and no batch of twitchscope made it: move it away, or give another folder with --out", path.display())]
    Foreign { path: PathBuf },

    #[error("{}: {problem}: this is not what a batch of twitchscope wrote, or it was changed by hand; move it away, or give another folder with --out", path.display())]
    NoBatch { path: PathBuf, problem: String },

    #[error("the results in {} were made by twitchscope {found}, and this is {this}: give another folder with --out, or --fresh to make all of them anew in their place", out.display())]
    OtherVersion { out: PathBuf, found: String, this: String },

    #[error("the results in {} were made with other choices ({what}): choose as before, give another folder with --out, or --fresh to make all of them anew in their place", out.display())]
    OtherChoices { out: PathBuf, what: String },

    #[error("another batch is at work in {}: wait for its end, or give another folder with --out", out.display())]
    Busy { out: PathBuf },

    #[error("{}: {problem}", path.display())]
    Table { path: PathBuf, problem: String },

    #[error("cannot write {}: {problem}: is there room, and may you write there?", path.display())]
    Write { path: PathBuf, problem: io::Error },

    #[error("cannot start {jobs} jobs: {problem}; give fewer with --jobs")]
    Jobs { jobs: usize, problem: String },

    #[error(transparent)]
    Report(#[from] report::Error),
}
