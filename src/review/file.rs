//! Review files on the disk: appended to and synced at each decision, so that a review that is
//! killed loses nothing.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Error;
use super::decision::Decision;
use super::text::{Header, Mode, Review, parse, row};

/// Reads a review file.
///
/// # Errors
/// [`Error`] for a file that cannot be read or is no review.
pub fn read(path: &Path) -> Result<Review, Error> {
    let bytes = fs::read(path).map_err(|problem| Error::Read { path: path.to_owned(), problem })?;
    parse(&bytes, path)
}

/// What the review file of `reviewer` is called, beside the session of recording `stem`.
pub fn file_name(stem: &str, reviewer: &str, mode: Mode) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = reviewer.chars().map(plain).collect();
    let blind = if mode == Mode::Open { "" } else { "-blind" };
    format!("{stem}_review-{name}{blind}.tsv")
}

/// The review files of recording `stem` in `folder`, by name.
///
/// # Errors
/// [`Error::Read`] where the folder cannot be listed.
pub fn beside(folder: &Path, stem: &str) -> Result<Vec<PathBuf>, Error> {
    let failed = |problem| Error::Read { path: folder.to_owned(), problem };
    let start = format!("{stem}_review-");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if name.starts_with(&start) && name.ends_with(".tsv") {
            found.push(folder.join(name));
        }
    }
    found.sort();
    Ok(found)
}

/// A review that is being written.
#[derive(Debug)]
pub struct Writer {
    file: File,
    path: PathBuf,
    /// Bytes of whole lines.
    whole: u64,
}

impl Writer {
    /// Begins the review `path`, or goes on with the one that is there; nobody else can until it is
    /// dropped.
    ///
    /// # Errors
    /// [`Error`] for a file that cannot be written, is no review, belongs to another recording,
    /// reviewer or way of reviewing, or in which someone else writes.
    pub fn open(path: &Path, header: &Header) -> Result<(Self, Review), Error> {
        let failed = |problem| Error::Write { path: path.to_owned(), problem };
        let options = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = options.map_err(failed)?;
        // A file system without locks is no reason not to review.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(Error::InUse { path: path.to_owned() });
        }
        let unread = |problem| Error::Read { path: path.to_owned(), problem };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unread)?;
        let text = header.text();
        // Killed while it was begun: nothing was decided yet.
        if text.as_bytes().starts_with(&bytes) && bytes.len() < text.len() {
            file.write_all(&text.as_bytes()[bytes.len()..]).and_then(|()| file.sync_all()).map_err(failed)?;
            bytes = text.into_bytes();
            // So that its name survives a power cut; not every system can do this.
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let _ = File::open(folder).and_then(|f| f.sync_all());
        }
        let review = parse(&bytes, path)?;
        review.header.fits(header, path)?;
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end as u64 + 1);
        let mut writer = Self { file, path: path.to_owned(), whole };
        writer.drop_the_rest().map_err(failed)?;
        Ok((writer, review))
    }

    /// Writes a decision and waits until it is on the disk.
    ///
    /// # Errors
    /// [`Error::Write`]; then the decision is not in the file, nor a part of it.
    pub fn append(&mut self, decision: &Decision) -> Result<(), Error> {
        let line = row(decision);
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.whole += line.len() as u64;
                Ok(())
            }
            Err(problem) => {
                // What is left of it is dropped again at the next opening, too.
                let _ = self.drop_the_rest();
                Err(Error::Write { path: self.path.clone(), problem })
            }
        }
    }

    /// Where it is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn drop_the_rest(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.whole)?;
        self.file.seek(SeekFrom::End(0)).map(|_| ())
    }
}

impl Header {
    /// Whether a file with this header may be gone on with under `wanted`.
    fn fits(&self, wanted: &Self, path: &Path) -> Result<(), Error> {
        self.is_of(&wanted.sha256, &wanted.recording, path)?;
        let path = || path.to_owned();
        if self.reviewer != wanted.reviewer {
            return Err(Error::OtherReviewer { path: path(), found: self.reviewer.clone() });
        }
        match (self.mode, wanted.mode) {
            (a, b) if a == b => Ok(()),
            (Mode::Blind { seed }, Mode::Blind { .. }) => Err(Error::OtherSeed { path: path(), seed }),
            _ => Err(Error::OtherMode { path: path() }),
        }
    }

    /// Checks that the review is of the recording with this checksum, which is called `recording`.
    ///
    /// # Errors
    /// [`Error::OtherRecording`].
    pub fn is_of(&self, sha256: &str, recording: &str, path: &Path) -> Result<(), Error> {
        if self.sha256 == sha256 {
            return Ok(());
        }
        Err(Error::OtherRecording {
            path: path.to_owned(),
            found: self.recording.clone(),
            wanted: recording.to_owned(),
        })
    }
}
