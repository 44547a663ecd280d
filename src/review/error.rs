//! Why a review cannot be read or written.

use std::io;
use std::path::PathBuf;

/// Why a review cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum Error {
    #[error("cannot read {}: {problem}", path.display())]
    Read { path: PathBuf, problem: io::Error },

    #[error("cannot write the review {}: {problem}; make room or allow writing there, what was decided before is safe", path.display())]
    Write { path: PathBuf, problem: io::Error },

    #[error("{} is no review: it does not begin with “# twitchscope review”; move it away, or give another --reviewer", path.display())]
    NotAReview { path: PathBuf },

    #[error("{} is a review of form {found}, but this version reads form {known}: use the version that made it", path.display())]
    Form { path: PathBuf, found: String, known: &'static str },

    #[error("{}, line {line}: {problem}; correct the line or take it out", path.display())]
    Line { path: PathBuf, line: usize, problem: String },

    #[error("{} is a review of another recording ({found}) than {wanted}, or that recording has changed since; move the review away", path.display())]
    OtherRecording { path: PathBuf, found: String, wanted: String },

    #[error("{} is the review of {found}: choose another name with --reviewer", path.display())]
    OtherReviewer { path: PathBuf, found: String },

    #[error("{} was begun with seed {seed}: go on with --seed {seed}, or move it away to begin anew", path.display())]
    OtherSeed { path: PathBuf, seed: u64 },

    #[error("{}: a blind review and an open one do not mix; choose another name with --reviewer", path.display())]
    OtherMode { path: PathBuf },

    #[error("{}: someone is reviewing with this file; end that review, or choose another name with --reviewer", path.display())]
    InUse { path: PathBuf },
}
