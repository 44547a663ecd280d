//! The files that lie beside a recording, found by its name, and opening files at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Error, Options, parts};

/// A file beside the recording that is larger than this is no list of marks.
const LARGEST_COMPANION: u64 = 64 << 20;

/// A file that lies beside a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The files that lie beside a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Companions {
    /// `X_emg.json`.
    pub sidecar: Option<Companion>,
    /// Files of marks, the one to prefer first.
    pub marks: Vec<Companion>,
}

impl Companions {
    /// The files that belong to the recording `path`: those that its name calls for, and the
    /// marks that `options` name instead of the ones beside it.
    ///
    /// # Errors
    /// [`Error`] where a file is there but cannot be read, or the marks named are not there.
    pub fn find(path: &Path, options: &Options) -> Result<Self, Error> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        // BIDS names the recording itself X_emg, and its companions X_emg and X_events.
        let stems = [Some(&*stem), stem.strip_suffix("_emg")];
        let beside = |ending: &str| -> Result<Option<Companion>, Error> {
            for stem in stems.iter().flatten() {
                let path = path.with_file_name(format!("{stem}{ending}"));
                if path.is_file() {
                    return companion(path).map(Some);
                }
            }
            Ok(None)
        };
        let sidecar = match beside("_emg.json")? {
            None if stem.ends_with("_emg") => beside(".json")?,
            found => found,
        };
        let marks = match &options.events {
            Some(named) => vec![companion(named.clone())?],
            None => [beside("_events.tsv")?, beside("-events.txt")?].into_iter().flatten().collect(),
        };
        Ok(Self { sidecar, marks })
    }
}

fn companion(path: PathBuf) -> Result<Companion, Error> {
    let file = open_file(&path)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_COMPANION + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::Read { path: path.clone(), source })?;
    if bytes.len() as u64 > LARGEST_COMPANION {
        let found = bytes.len() as u64;
        return Err(Error::Limit { path, what: "bytes of marks", found, limit: LARGEST_COMPANION });
    }
    Ok(Companion { path, bytes })
}

/// Opens a file, with a clear word where that cannot be.
pub(super) fn open_file(path: &Path) -> Result<File, Error> {
    if path.is_dir() {
        return Err(Error::Directory { path: path.into() });
    }
    File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.into() },
        _ => Error::Open { path: path.into(), source },
    })
}

/// The SHA-256 of a recording, hexadecimal: of its file, and of its parts behind each other where
/// it has several. They are streamed.
///
/// # Errors
/// [`Error`] where it cannot be opened or read.
pub fn sha256(path: &Path) -> Result<String, Error> {
    let (mut hash, mut part) = (Sha256::new(), vec![0; PART]);
    for path in std::iter::once(path.to_owned()).chain(parts::later(path)) {
        let mut file = open_file(&path)?;
        loop {
            match file.read(&mut part) {
                Ok(0) => break,
                Ok(read) => hash.update(&part[..read]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { path, source }),
            }
        }
    }
    Ok(hexadecimal(hash))
}

/// The SHA-256 of `bytes`, hexadecimal.
pub fn sha256_of(bytes: &[u8]) -> String {
    hexadecimal(Sha256::new_with_prefix(bytes))
}

/// How much of a file is read at once: the system is asked rarely.
const PART: usize = 1 << 17;

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
