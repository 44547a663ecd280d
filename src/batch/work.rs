//! One recording: what its results hang on, and how they are made.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::find::Found;
use super::journal::{EACH, Record, Stamp, VERSION};
use super::pool::Part;
use super::{Choices, Error, Step};
use crate::analysis;
use crate::report::{self, Flush};
use crate::session::Session;
use crate::source::{self, Companions, Recording, sha256, sha256_of};

/// What became of one recording.
#[derive(Debug)]
pub(super) enum Became {
    /// Its results were there already.
    Kept(Record),
    /// Its results were made; `replaced`: in place of others that were no longer right.
    Made { record: Record, part: Box<Part>, replaced: bool },
    /// They could not be, and why.
    Failed(String),
    /// The batch was stopped before its end.
    Stopped,
}

/// What is the same for all recordings.
pub(super) struct Workshop<'a> {
    pub out: &'a Path,
    pub choices: &'a Choices,
    pub figures: bool,
    /// Set when the batch is to end.
    pub stop: &'a AtomicBool,
    /// Hears how far the work is.
    pub tell: &'a (dyn Fn(Step) + Sync),
}

impl Workshop<'_> {
    /// Makes the results of `found`, unless `known` says that they are there.
    ///
    /// # Errors
    /// [`Error`] where results cannot be written, which no other recording could either.
    pub fn work(&self, found: &Found, known: Option<&Record>) -> Result<Became, Error> {
        let read = Cell::new(0);
        let became = match self.attempt(found, known, &read) {
            Err(Trouble::Batch(error)) => return Err(error),
            // Whatever went wrong, it may have been the end.
            Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(Became::Stopped),
            Err(Trouble::Recording(reason)) => Became::Failed(reason),
            Ok(became) => became,
        };
        let failed = matches!(became, Became::Failed(_));
        (self.tell)(Step::Done { bytes: found.bytes.saturating_sub(read.get()), failed });
        Ok(became)
    }

    /// `read` is how much of the file was told as read.
    fn attempt(&self, found: &Found, known: Option<&Record>, read: &Cell<u64>) -> Result<Became, Trouble> {
        let before = self.input(found)?;
        let whole = known.filter(|record| self.is_whole(found, record, &before));
        if let Some(record) = whole.filter(|record| record.figures || !self.figures) {
            return Ok(Became::Kept(record.clone()));
        }
        let session = self.session(found, &before, read);
        // Whatever came of it, it is of no recording that ever was.
        if self.input(found).ok().as_ref() != Some(&before) {
            return Err(CHANGED.to_owned().into());
        }
        let session = session?;
        let part = Box::new(Part::new(&found.name, &session));
        let results = report::results(&session, self.figures)?;
        let replaced = known.is_some() && whole.is_none();
        Ok(Became::Made { record: self.write(found, before, &results)?, part, replaced })
    }

    fn session(&self, found: &Found, input: &Input, read: &Cell<u64>) -> Result<Session, Trouble> {
        let through = |file| Stoppable { file, stop: self.stop };
        let mut recording =
            Recording::open_through(&found.path, &input.beside, &self.choices.options, through)?;
        let frames = recording.frames().max(1);
        let mut progress = |done: u64| {
            let bytes = (u128::from(found.bytes) * u128::from(done) / u128::from(frames)) as u64;
            (self.tell)(Step::Read { bytes: bytes.saturating_sub(read.replace(bytes)) });
        };
        let sha256 = input.sha256.clone();
        Ok(analysis::analyze(&mut recording, &self.choices.settings, sha256, &mut progress)?)
    }

    /// What the results of a recording are made from, as it is on the disk now.
    fn input(&self, found: &Found) -> Result<Input, Trouble> {
        let beside = Companions::find(&found.path, &self.choices.options)?;
        Ok(Input { sha256: sha256(&found.path)?, beside })
    }

    /// Whether the results that a record tells of are those of `input` and all there.
    fn is_whole(&self, found: &Found, record: &Record, input: &Input) -> bool {
        let folder = self.out.join(EACH).join(found.folder_and_stem().0);
        record.key == input.key(found, self.choices) && record.files.iter().all(|file| file.holds(&folder))
    }

    fn write(
        &self,
        found: &Found,
        input: Input,
        results: &[(&'static str, Vec<u8>)],
    ) -> Result<Record, Trouble> {
        let (folder, stem) = found.folder_and_stem();
        let names: Vec<String> = results.iter().map(|(what, _)| format!("{stem}_{what}")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().zip(results).map(|(name, (_, bytes))| (name.as_str(), bytes.as_slice())).collect();
        let folder = self.out.join(EACH).join(folder);
        report::write_files(&folder, &files, Flush::Never)?;
        if !self.figures {
            for what in report::DRAWN {
                report::remove(&folder.join(format!("{stem}_{what}")))?;
            }
        }
        Ok(Record {
            recording: found.name.clone(),
            key: input.key(found, self.choices),
            sha256: input.sha256,
            figures: self.figures,
            files: files.iter().map(|(name, bytes)| Stamp::of(name, bytes)).collect(),
        })
    }
}

const CHANGED: &str = "it changed while it was read: is it still being recorded or copied? run the batch again when that is done";

/// What the results of a recording are made from.
#[derive(Debug, PartialEq, Eq)]
struct Input {
    /// Of the recording.
    sha256: String,
    beside: Companions,
}

impl Input {
    /// Everything that the results hang on, as one checksum: samples, what lies beside them, the
    /// recording's name, the choices, the version.
    fn key(&self, found: &Found, choices: &Choices) -> String {
        let beside = self.beside.sidecar.iter().chain(&self.beside.marks);
        let beside = beside.map(|file| {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, sha256_of(&file.bytes))
        });
        // Debug text quotes strings, so that no two inputs give one text.
        let all = (VERSION, &found.name, &self.sha256, beside.collect::<Vec<_>>(), choices);
        sha256_of(format!("{all:?}").as_bytes())
    }
}

/// What went wrong, and whose trouble it is.
enum Trouble {
    Recording(String),
    Batch(Error),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Recording(reason)
    }
}

impl From<source::Error> for Trouble {
    fn from(error: source::Error) -> Self {
        Self::Recording(error.to_string())
    }
}

impl From<analysis::Error> for Trouble {
    fn from(error: analysis::Error) -> Self {
        Self::Recording(error.to_string())
    }
}

impl From<report::Error> for Trouble {
    /// A full disk ends the batch; a name too long for the disk is the recording's own trouble.
    fn from(error: report::Error) -> Self {
        match &error {
            report::Error::Write { problem, .. } if problem.kind() != io::ErrorKind::InvalidFilename => {
                Self::Batch(error.into())
            }
            report::Error::NotAFolder { .. } => Self::Batch(error.into()),
            _ => Self::Recording(error.to_string()),
        }
    }
}

/// A file that ends with an error when the batch is to end, so that not even a day's recording
/// keeps a person waiting.
struct Stoppable<'a> {
    file: File,
    stop: &'a AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("the batch was stopped"));
        }
        self.file.read(into)
    }
}

impl Seek for Stoppable<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
