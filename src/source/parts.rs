//! A recording in several files: `X.wav`, `X_part2.wav`, `X_part3.wav`, …, because a WAV ends at
//! 4 GiB.
//!
//! A later part says so itself, in a note of the WAV, with its number and its first frame, so that
//! a file that only has such a name is never taken for one. How many there are stands in the
//! sidecar, too.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::riff::{Contents, Notes, walk};
use super::{Error, companions};

/// What a later part says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number; the first file is 1.
    pub number: u64,
    /// Its first frame within the recording.
    pub first: u64,
}

/// The note of a WAV by which its recorder says that it is a later part.
pub(super) fn place(notes: &Notes) -> Option<Place> {
    let said = |text: &String| {
        let rest = text.strip_prefix("twitchscope part ")?;
        let (number, first) = rest.split_once(" from frame ")?;
        let number = number.parse().ok().filter(|number| *number > 1)?;
        Some(Place { number, first: first.parse().ok()? })
    };
    notes.info.iter().filter(|(id, _)| id == b"ICMT").find_map(|(_, text)| said(text))
}

/// The file of part `number` of the recording `path`.
fn file(path: &Path, number: u64) -> PathBuf {
    let part = |name: Option<&std::ffi::OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    let dot = if ending.is_empty() { "" } else { "." };
    path.with_file_name(format!("{stem}_part{number}{dot}{ending}"))
}

/// The first part of the recording of which `path` is part `number`.
fn first_of(path: &Path, number: u64) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own = stem.strip_suffix(&format!("_part{number}")).unwrap_or(&stem).to_owned();
    path.with_file_name(own).with_extension(path.extension().unwrap_or_default())
}

/// Whether `path` is part `number` of a recording.
fn is_part(path: &Path, number: u64) -> bool {
    let contents = File::open(path).ok().and_then(|mut file| walk(&mut file, path).ok());
    contents.and_then(|found| place(&found.notes)).is_some_and(|place| place.number == number)
}

/// The first part of the recording of which the file `path` is a later part, by its name and by
/// what it says of itself; `None` where it is none, or where the first is not there.
pub fn first_part(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?;
    let number = stem.rsplit_once("_part")?.1.parse().ok().filter(|number| *number > 1)?;
    let first = first_of(path, number);
    (first != path && first.is_file() && is_part(path, number)).then_some(first)
}

/// The parts that follow the recording `path`, in order.
pub(super) fn later(path: &Path) -> Vec<PathBuf> {
    let numbers = (2..).map(|number| (number, file(path, number)));
    numbers
        .take_while(|(number, path)| path.is_file() && is_part(path, *number))
        .map(|(_, path)| path)
        .collect()
}

/// All files of the recording `path`, itself first.
///
/// # Errors
/// [`Error::LaterPart`] where `path` is not the first of them, [`Error::PartMissing`] where one
/// between them is missing, and what keeps `path` from being read.
pub fn parts(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let contents = walk(&mut companions::open_file(path)?, path)?;
    refuse_later(path, &contents)?;
    let later = later(path);
    none_missing(path, later.len(), None)?;
    Ok(std::iter::once(path.to_owned()).chain(later).collect())
}

/// Refuses to read a recording from its middle.
pub(super) fn refuse_later(path: &Path, contents: &Contents) -> Result<(), Error> {
    place(&contents.notes).map_or(Ok(()), |place| {
        let (number, first) = (place.number, first_of(path, place.number));
        Err(Error::LaterPart { path: path.into(), number, first })
    })
}

/// Refuses a recording of which a part is missing, of `later` that follow it: the sidecar says how
/// many parts it has, or the one after the next is there.
pub(super) fn none_missing(path: &Path, later: usize, promised: Option<u64>) -> Result<(), Error> {
    let next = later as u64 + 2;
    if promised.is_some_and(|parts| parts >= next) || is_part(&file(path, next + 1), next + 1) {
        return Err(Error::PartMissing { path: path.into(), missing: file(path, next), number: next });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_after_the_first() {
        let first = Path::new("out/native-001.wav");
        assert_eq!(file(first, 2), Path::new("out/native-001_part2.wav"));
        assert_eq!(first_of(&file(first, 12), 12), first);
    }

    #[test]
    fn only_the_recorders_own_note_makes_a_part() {
        let notes = |text: &str| Notes { info: vec![(*b"ICMT", text.into())], ..Notes::default() };
        let part = place(&notes("twitchscope part 3 from frame 5000"));
        assert_eq!(part, Some(Place { number: 3, first: 5000 }));
        for text in ["", "part 3", "twitchscope part x from frame 5", "twitchscope part 1 from frame 0"] {
            assert_eq!(place(&notes(text)), None, "{text}");
        }
    }
}
