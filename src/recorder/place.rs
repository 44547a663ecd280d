//! Whether the files of a recording are still where they were begun, and putting them back.
//!
//! A folder may be moved, deleted or unmounted while files in it are open; the system then lets
//! writing go on into what nobody will find. While they are open they can still be read, so that
//! they are whole again once their place is there again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::files::create;

/// Whether `file` is what lies at `path`.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |m: &fs::Metadata| (m.dev(), m.ino());
        matches!((fs::metadata(path), file.metadata()), (Ok(a), Ok(b)) if id(&a) == id(&b))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

/// The file at `path` again, with all that `old` holds, if that can still be read; else with what
/// is there. `same` says whether a file that is there is this one, as it was earlier.
pub(super) fn put_back(
    old: &mut File,
    path: &Path,
    same: impl Fn(&mut File) -> io::Result<bool>,
) -> io::Result<File> {
    if is_at(old, path) {
        return old.try_clone();
    }
    let mut file = match create(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let mut there = OpenOptions::new().read(true).write(true).open(path)?;
            if !same(&mut there)? {
                return Err(other(path));
            }
            there
        }
        made => made?,
    };
    let from = file.seek(SeekFrom::End(0))?;
    let copied = old.seek(SeekFrom::Start(from)).and_then(|_| io::copy(old, &mut file));
    match copied {
        // Its disk is gone, and nothing of it is here: nothing is to be left of the attempt.
        Err(problem) if from == 0 => {
            drop(file);
            let _ = fs::remove_file(path);
            Err(problem)
        }
        // What the disk that was gone had is what there is.
        _ => file.sync_all().map(|()| file),
    }
}

/// The file of `text` again: one that is there must be the beginning of it.
pub(super) fn write_back(text: &str, path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let mut there = Vec::new();
    file.read_to_end(&mut there)?;
    let rest = text.as_bytes().strip_prefix(there.as_slice()).ok_or_else(|| other(path))?;
    file.write_all(rest)?;
    file.sync_all()?;
    Ok(file)
}

fn other(path: &Path) -> io::Error {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    io::Error::new(io::ErrorKind::AlreadyExists, format!("another file is called {name} now"))
}
