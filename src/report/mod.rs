//! What a reader gets of a session: tables, the session as JSON, figures; and the session back.
//!
//! Everything here is made from a [`Session`], never from a recording, so that any view can be made
//! again later. This room knows sessions, settings, detections' classes, studies and statistics. It
//! must never know sources, the pipeline or threads.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::session::Session;

pub mod columns;
mod condition;
pub mod figure;
mod json;
pub mod page;
pub mod pooled;
mod sets;
pub mod tables;
mod words;

pub use condition::Condition;
pub use json::{json, read_session, session_json};
pub use sets::{DRAWN, of_study};
pub use words::{counted, duration};

/// Why a result could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder for results is a file.
    #[error("{} is a file, but results need a folder: give another one with --out", path.display())]
    NotAFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// A folder lies where a result should go.
    #[error("{} is a folder and in the way of a result: move it, or give another folder with --out", path.display())]
    FolderInTheWay {
        /// The result's path.
        path: PathBuf,
    },
    /// A result could not be written. Nothing half-written is left behind.
    #[error("cannot write {}: {}{}", path.display(), problem, cure(problem))]
    Write {
        /// The result's path.
        path: PathBuf,
        /// What the system said.
        problem: io::Error,
    },
    /// A session could not be read.
    #[error("cannot read {}: {}", path.display(), problem)]
    Read {
        /// The session's path.
        path: PathBuf,
        /// What the system said.
        problem: io::Error,
    },
    /// A file that is no session.
    #[error("{}, line {line}, column {column}: {problem}: this is no session of twitchscope, or it was changed by hand; `twitchscope analyze` makes one", path.display())]
    Json {
        /// The file's path.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What was expected there.
        problem: String,
    },
    /// A session in a form that this version does not know.
    #[error("{} is a session of schema {found}, but this version reads schema {known}: run `twitchscope analyze` again on the recording, or use the version that made it", path.display())]
    Schema {
        /// The file's path.
        path: PathBuf,
        /// The file's schema.
        found: u32,
        /// [`crate::session::SCHEMA`].
        known: u32,
    },
    /// A session that cannot be put into JSON.
    #[error("cannot put the session into JSON: {0}")]
    Encode(String),
    /// A figure that could not be drawn.
    #[error("cannot draw the figure: {0}")]
    Draw(String),
}

/// What to do about a failed write, where that can be told.
fn cure(problem: &io::Error) -> &'static str {
    match problem.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": give a folder that you may write to with --out"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ": make room, or give a folder on another disk with --out"
        }
        io::ErrorKind::InvalidFilename => ": rename the recording to something shorter",
        _ => "",
    }
}

/// Writes every result of `session` into `folder`, each named `stem` and what it is; makes the
/// folder where there is none. The paths: the tables, the session, the figures, the page.
///
/// All or nothing: each result is first written whole to a temporary file beside its place, and
/// only when all of them are on the disk do they take their names.
///
/// # Errors
/// [`Error`] with path and cure; then no result has been left half-written and no temporary file
/// remains.
pub fn write_all(folder: &Path, stem: &str, session: &Session, figures: bool) -> Result<Vec<PathBuf>, Error> {
    let mut all = results(session, false)?;
    if figures {
        all.extend(sets::of_recording(session, true)?);
    }
    write_named(folder, stem, &all)
}

/// Every result of `session` as one of many: what it is called behind the recording's name, and
/// what it holds. With `figures`, those of dwell and trace and the page, which has all of them.
///
/// # Errors
/// [`Error::Encode`], [`Error::Draw`].
pub fn results(session: &Session, figures: bool) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let mut results = vec![
        ("twitches.tsv", tables::twitches(session).into_bytes()),
        ("candidates.tsv", tables::candidates(session).into_bytes()),
        ("insertions.tsv", tables::insertions(session).into_bytes()),
        ("session.json", session_json(session)?.into_bytes()),
    ];
    if session.review.is_some() {
        results.push(("reviewed.tsv", tables::reviewed(session).into_bytes()));
    }
    if figures {
        results.extend(sets::of_recording(session, false)?);
    }
    Ok(results)
}

/// Draws the figures of saved sessions into `folder`, with their page: those of the recording for
/// one alone, those of all together for several; that of their reviews where all have one. All or
/// nothing, as [`write_all`].
///
/// # Errors
/// [`Error`] with path and cure.
pub fn write_figures(folder: &Path, stem: &str, sessions: &[Session]) -> Result<Vec<PathBuf>, Error> {
    let all = match sessions {
        [only] => sets::of_recording(only, true)?,
        several => sets::of_sessions(several)?,
    };
    write_named(folder, stem, &all)
}

fn write_named(folder: &Path, stem: &str, results: &[(&str, Vec<u8>)]) -> Result<Vec<PathBuf>, Error> {
    let names: Vec<String> = results.iter().map(|(what, _)| format!("{stem}_{what}")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(results).map(|(name, (_, bytes))| (name.as_str(), bytes.as_slice())).collect();
    write_files(folder, &files, Flush::Each)
}

/// Removes a result of an earlier run, so that it does not pass for one of this; there may be none.
///
/// # Errors
/// [`Error::Write`] where it is there and stays.
pub fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), problem })
        }
        _ => Ok(()),
    }
}

/// Whether files are on the disk when a write returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Each is, before any of them takes its name.
    Each,
    /// When the system likes. A power cut may leave names with nothing behind them, so this is for
    /// what is checked before it is believed, and can be made again.
    Never,
}

/// Writes files by name into `folder`, which is made where it is missing. All or nothing: each is
/// first written whole beside its place, and only then do they take their names. The paths.
///
/// # Errors
/// [`Error`] with path and cure.
pub fn write_files(folder: &Path, files: &[(&str, &[u8])], flush: Flush) -> Result<Vec<PathBuf>, Error> {
    make_folder(folder)?;
    let mut staged = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        if path.is_dir() {
            return Err(Error::FolderInTheWay { path });
        }
        let file =
            stage(folder, bytes, flush).map_err(|problem| Error::Write { path: path.clone(), problem })?;
        staged.push((file, path));
    }
    publish(staged, folder, flush)
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    let not_a_folder = folder.ancestors().find(|a| a.exists() && !a.is_dir());
    if let Some(path) = not_a_folder {
        return Err(Error::NotAFolder { path: path.to_owned() });
    }
    fs::create_dir_all(folder).map_err(|problem| Error::Write { path: folder.to_owned(), problem })
}

/// How the name of a file begins and ends that is not whole yet.
const STAGED: (&str, &str) = (".twitchscope-", ".part");

/// Whether a file of this name is what is left of a write that was killed.
pub fn is_staged(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(STAGED.0) && name.ends_with(STAGED.1)
}

/// A temporary file in `folder` that holds `bytes`; dropped, it is gone.
fn stage(folder: &Path, bytes: &[u8], flush: Flush) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED.0).suffix(STAGED.1);
    // A temporary file is private by default; a result is as readable as any other new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // The reader knows the result's name; that of a file which is gone again would only puzzle.
    let unnamed = |e: io::Error| io::Error::new(e.kind(), e.kind().to_string());
    let mut file = builder.tempfile_in(folder).map_err(unnamed)?;
    file.as_file_mut().write_all(bytes)?;
    if flush == Flush::Each {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

/// Gives every staged file its name.
fn publish(
    staged: Vec<(NamedTempFile, PathBuf)>,
    folder: &Path,
    flush: Flush,
) -> Result<Vec<PathBuf>, Error> {
    let mut done: Vec<PathBuf> = Vec::new();
    for (file, path) in staged {
        if let Err(failed) = file.persist(&path) {
            // Half a set would pass for a whole one. What cannot be removed is at least whole.
            for path in &done {
                let _ = fs::remove_file(path);
            }
            return Err(Error::Write { path, problem: failed.error });
        }
        done.push(path);
    }
    if flush == Flush::Each {
        // So that the names survive a power cut; not every system can do this, and the files are whole.
        let _ = fs::File::open(folder).and_then(|f| f.sync_all());
    }
    Ok(done)
}
