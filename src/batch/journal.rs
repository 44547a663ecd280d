//! What was done already: `batch.json` of a batch that came to its end, and the journal of one
//! that did not.
//!
//! A result is believed only if its files hold, byte for byte, what is written of them here. So
//! nothing need be on the disk at any certain moment: whatever a kill or a power cut left behind is
//! either whole or made again.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use walkdir::WalkDir;

use super::{Choices, Error};
use crate::report;
use crate::source::sha256_of;

/// The version of the JSON form.
pub const SCHEMA: u32 = 1;
/// The version of twitchscope.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The report on a batch that came to its end.
pub const REPORT: &str = "batch.json";
/// The journal of a batch that is at work or was stopped.
pub const JOURNAL: &str = "batch.unfinished";
/// The folder of the results of each recording.
pub const EACH: &str = "by-recording";

/// A file and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its name.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Stamp {
    /// Of a file that holds `bytes`.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256_of(bytes) }
    }

    /// Whether the file in `folder` holds just that.
    pub fn holds(&self, folder: &Path) -> bool {
        fs::read(folder.join(&self.name)).is_ok_and(|bytes| sha256_of(&bytes) == self.sha256)
    }
}

/// One recording whose results are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name in the set.
    pub recording: String,
    /// What its results hang on: its samples, what lies beside it, the choices, the version.
    pub key: String,
    /// Of the recording itself.
    pub sha256: String,
    /// Whether figures are among the results.
    pub figures: bool,
    /// The results, in the folder [`EACH`] and there in the recording's own.
    pub files: Vec<Stamp>,
}

/// A recording that could not be analysed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Its name in the set.
    pub recording: String,
    /// Why.
    pub reason: String,
}

/// `batch.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of twitchscope that made it.
    pub version: String,
    /// With which choices.
    pub choices: Value,
    /// The table of `--table`.
    pub table: Option<Stamp>,
    /// Which of its columns makes the groups.
    pub group_column: Option<String>,
    /// The recordings that were analysed, in order of their names.
    pub recordings: Vec<Record>,
    /// Those that could not be.
    pub failed: Vec<Failed>,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// What was found, in sentences.
    pub found: Vec<String>,
    /// What the pooled results hang on.
    pub pooled_key: String,
    /// The pooled results.
    pub pooled: Vec<Stamp>,
}

/// The first line of the journal, and what a report begins with.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    schema: u32,
    version: String,
    choices: Value,
}

/// What was done already, and where what is done now is noted.
#[derive(Debug)]
pub struct Journal {
    out: PathBuf,
    /// Locked as long as this batch is at work.
    file: Mutex<File>,
    /// By name.
    pub done: HashMap<String, Record>,
    /// The report of the batch before, if it came to its end.
    pub report: Option<Report>,
}

impl Journal {
    /// Takes `out` as the folder of results, and reads what an earlier batch left there; with
    /// `fresh` it is forgotten.
    ///
    /// # Errors
    /// [`Error::Foreign`], [`Error::NoBatch`], [`Error::Busy`]; [`Error::OtherVersion`] and
    /// [`Error::OtherChoices`] unless `fresh`.
    pub fn open(out: &Path, choices: &Choices, fresh: bool, pooled: &[&str]) -> Result<Self, Error> {
        let head = Head { schema: SCHEMA, version: VERSION.into(), choices: choices.json()? };
        let (report, journal) = (out.join(REPORT), out.join(JOURNAL));
        if !report.exists() && !journal.exists() {
            refuse_foreign(out, pooled)?;
        }
        let (known, before) = read(&report)?.unzip();
        // Before anything is touched.
        known.iter().filter(|_| !fresh).try_for_each(|known| same(out, known, &head))?;
        fs::create_dir_all(out).map_err(|problem| Error::Write { path: out.to_owned(), problem })?;
        let (file, notes) = lock(out, &journal)?;
        let (noted, records) = parse(&notes);
        noted.iter().filter(|_| !fresh).try_for_each(|noted| same(out, noted, &head))?;
        if noted.is_some() {
            sweep(out);
        }
        let mut this =
            Self { out: out.to_owned(), file: Mutex::new(file), done: HashMap::new(), report: None };
        let failed = |problem| Error::Write { path: journal.clone(), problem };
        if fresh {
            report::remove(&report)?;
        } else {
            let before = before.flatten();
            let known = before.iter().flat_map(|r| r.recordings.iter().cloned()).chain(records);
            this.done = known.map(|record| (record.recording.clone(), record)).collect();
            this.report = before;
        }
        if noted.is_none() || fresh {
            this.with(|file| file.rewind()).map_err(failed)?;
            this.with(|file| file.set_len(0)).map_err(failed)?;
            this.line(&head).map_err(failed)?;
        } else if !notes.ends_with('\n') {
            // A line that was cut off must not swallow the next one.
            this.with(|file| file.write_all(b"\n")).map_err(failed)?;
        }
        Ok(this)
    }

    /// Notes that the results of a recording are there.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn note(&self, record: &Record) -> Result<(), Error> {
        self.line(record).map_err(|problem| Error::Write { path: self.out.join(JOURNAL), problem })
    }

    /// Ends the batch: from here on the report says what was done.
    ///
    /// # Errors
    /// [`Error::Report`], [`Error::Write`].
    pub fn end(self, report: &Report) -> Result<(), Error> {
        if self.report.as_ref() != Some(report) {
            let text = report::json(report)?;
            report::write_files(&self.out, &[(REPORT, text.as_bytes())], report::Flush::Each)?;
        }
        let path = self.out.join(JOURNAL);
        fs::remove_file(&path).map_err(|problem| Error::Write { path, problem })
    }

    fn line(&self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        // One write, so that another's line never gets in between.
        self.with(|file| file.write_all(&line))
    }

    fn with<T>(&self, work: impl FnOnce(&mut File) -> T) -> T {
        work(&mut self.file.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Removes what a kill left half-written. What cannot be removed is in nobody's way.
fn sweep(out: &Path) {
    let each = WalkDir::new(out.join(EACH));
    let all = WalkDir::new(out).max_depth(1).into_iter().chain(each);
    for entry in all.flatten().filter(|e| e.file_type().is_file() && report::is_staged(e.path())) {
        let _ = fs::remove_file(entry.path());
    }
}

/// Nothing of another's making may be overwritten.
fn refuse_foreign(out: &Path, pooled: &[&str]) -> Result<(), Error> {
    let names = pooled.iter().copied().chain([EACH]);
    let there = names.map(|name| out.join(name)).find(|path| path.exists());
    there.map_or(Ok(()), |path| Err(Error::Foreign { path }))
}

/// The report of an earlier batch; `None` beside its head for one in a form of another version.
fn read(path: &Path) -> Result<Option<(Head, Option<Report>)>, Error> {
    let wrong = |problem: String| Error::NoBatch { path: path.to_owned(), problem };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(wrong(e.to_string())),
    };
    let head: Head = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    match serde_json::from_str(&text) {
        Ok(report) => Ok(Some((head, Some(report)))),
        Err(_) if head.schema != SCHEMA || head.version != VERSION => Ok(Some((head, None))),
        Err(e) => Err(wrong(e.to_string())),
    }
}

/// The journal, locked, and what it holds; the next line goes behind that.
fn lock(out: &Path, path: &Path) -> Result<(File, String), Error> {
    let failed = |problem| Error::Write { path: path.to_owned(), problem };
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Error::Busy { out: out.to_owned() }),
        // A disk that knows no locks: then nobody else can be told from oneself.
        Err(TryLockError::Error(_)) => {}
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok((file, String::from_utf8_lossy(&bytes).into_owned()))
}

/// The head and the records of a journal. Lines that a kill cut off are no records.
fn parse(notes: &str) -> (Option<Head>, Vec<Record>) {
    let mut lines = notes.lines();
    let head = lines.next().and_then(|line| serde_json::from_str(line).ok());
    (head, lines.filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Refuses what was made otherwise.
fn same(out: &Path, known: &Head, now: &Head) -> Result<(), Error> {
    let out = out.to_owned();
    if (known.schema, &known.version) != (now.schema, &now.version) {
        return Err(Error::OtherVersion { out, found: known.version.clone(), this: now.version.clone() });
    }
    let mut what = Vec::new();
    differences("", &known.choices, &now.choices, &mut what);
    if what.is_empty() { Ok(()) } else { Err(Error::OtherChoices { out, what: what.join(", ") }) }
}

/// What differs, as `name was 1, now 2`.
fn differences(name: &str, before: &Value, now: &Value, into: &mut Vec<String>) {
    match (before, now) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(key, a, b, into);
            }
        }
        _ if before != now => into.push(format!("{name} was {before}, is now {now}")),
        _ => {}
    }
}
