//! Which recordings there are: found in folders by what files hold, not by their names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::Error;
use crate::source::{HEAD, Looks, first_part, looks};

/// A recording of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is called in every table: its path below the set's folder, with `/` between.
    pub name: String,
    /// Where to open it.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
}

impl Found {
    /// Its folder below the set's folder, and its name without ending: what its results are
    /// called.
    pub fn folder_and_stem(&self) -> (&Path, &str) {
        Self::parts(&self.name)
    }

    /// The same of a name alone.
    pub(super) fn parts(name: &str) -> (&Path, &str) {
        let path = Path::new(name);
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or(name);
        (path.parent().unwrap_or(Path::new("")), stem)
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Set {
    /// The recordings, in order of their names.
    pub found: Vec<Found>,
    /// What cannot be one of the set, and why: name and reason.
    pub refused: BTreeMap<String, String>,
    /// What the person should know.
    pub warnings: Vec<String>,
}

/// Looks for recordings in `paths`: files as they are, folders with all that is below them, but for
/// hidden files and the folder `results`. Links are followed; what is reached twice counts once.
///
/// # Errors
/// [`Error::NoSuchPath`], and [`Error::NoRecordings`] where there is nothing to work on.
pub fn find(paths: &[PathBuf], results: &Path) -> Result<Set, Error> {
    let mut search = Search { results: fs::canonicalize(results).ok(), ..Search::default() };
    let roots = paths.iter().map(|path| Root::new(path)).collect::<Result<Vec<_>, _>>()?;
    let base = common(roots.iter().map(Root::folder));
    for root in &roots {
        search.root(root, &base);
    }
    let set = search.set();
    if set.found.is_empty() && set.refused.is_empty() {
        return Err(Error::NoRecordings {
            paths: paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "),
            others: set.warnings.join("; "),
        });
    }
    Ok(set)
}

/// A path that was asked for.
struct Root<'a> {
    /// As it was typed.
    typed: &'a Path,
    /// Where it is; of a file that is a link, where the link is.
    place: PathBuf,
    is_folder: bool,
}

impl<'a> Root<'a> {
    fn new(typed: &'a Path) -> Result<Self, Error> {
        let problem = |problem| Error::NoSuchPath { path: typed.to_owned(), problem };
        let is_folder = fs::metadata(typed).map_err(problem)?.is_dir();
        let place = match (is_folder, typed.file_name()) {
            (false, Some(name)) => {
                let parent = typed.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                fs::canonicalize(parent).map_err(problem)?.join(name)
            }
            _ => fs::canonicalize(typed).map_err(problem)?,
        };
        Ok(Self { typed, place, is_folder })
    }

    fn folder(&self) -> &Path {
        if self.is_folder { &self.place } else { self.place.parent().unwrap_or(&self.place) }
    }
}

/// The deepest folder that holds all `folders`: the set's folder, from which names count.
fn common<'a>(mut folders: impl Iterator<Item = &'a Path>) -> PathBuf {
    let first = folders.next().map(Path::to_owned).unwrap_or_default();
    folders.fold(first, |shared, folder| {
        let both = shared.components().zip(folder.components()).take_while(|(a, b)| a == b);
        both.map(|(a, _)| a).collect()
    })
}

#[derive(Default)]
struct Search {
    results: Option<PathBuf>,
    /// By name.
    found: BTreeMap<String, Found>,
    refused: BTreeMap<String, String>,
    /// Recordings of other kinds, by what they are.
    foreign: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Search {
    fn root(&mut self, root: &Root, base: &Path) {
        let below = root.place.strip_prefix(base).unwrap_or(Path::new("")).to_owned();
        if !root.is_folder {
            // Whoever names a file means it, whatever it holds.
            return self.take(&below, root.typed.to_owned());
        }
        let results = self.results.clone();
        let wanted = |entry: &DirEntry| {
            let hidden = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
            let own = entry.file_type().is_dir()
                && results
                    .as_ref()
                    .is_some_and(|own| fs::canonicalize(entry.path()).is_ok_and(|p| p == *own));
            !hidden && !own
        };
        for entry in WalkDir::new(root.typed).follow_links(true).into_iter().filter_entry(wanted) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let inside = entry.path().strip_prefix(root.typed).unwrap_or(entry.path());
                    self.look(&below.join(inside), entry.path().to_owned());
                }
                Ok(_) => {}
                Err(problem) => self.unseen(&problem, root.typed),
            }
        }
    }

    /// What cannot be looked into may hold recordings, so it is told; but for links that lead
    /// nowhere and are not called as a recording is.
    fn unseen(&mut self, problem: &walkdir::Error, root: &Path) {
        let place = problem.path().unwrap_or(root);
        let gone = problem.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound);
        if gone && !called_so(place) {
            return;
        }
        let why = problem.io_error().map_or_else(
            || "a link that leads back to its own folder; remove the link".to_owned(),
            |e| format!("cannot be looked into: {e}"),
        );
        self.refused.insert(place.display().to_string(), why);
    }

    /// Takes the file if it is a recording, or is called as one.
    fn look(&mut self, below: &Path, path: PathBuf) {
        let mut head = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
        let called_so = called_so(&path);
        match (read, looks(&head)) {
            (Err(_), _) | (_, Looks::Other) if !called_so => {}
            (_, Looks::Foreign(kind)) if !called_so => {
                self.foreign.entry(kind).or_default().insert(below.display().to_string());
            }
            // A later part is read with its first.
            _ if first_part(&path).is_some() => {}
            _ => self.take(below, path),
        }
    }

    fn take(&mut self, below: &Path, path: PathBuf) {
        let Some(name) = readable(below) else {
            let why = "its name holds control characters or is no text; rename it".to_owned();
            self.refused.insert(below.to_string_lossy().escape_debug().to_string(), why);
            return;
        };
        let bytes = fs::metadata(&path).map_or(0, |m| m.len());
        self.found.insert(name.clone(), Found { name, path, bytes });
    }

    fn set(mut self) -> Set {
        self.refuse_twins();
        let warnings = self.foreign.iter().map(|(kind, names)| {
            let names = listed(names.iter().map(String::as_str));
            format!("not read, because each is {kind}: {names}; save as WAV (PCM or float) what belongs to the set")
        });
        Set { warnings: warnings.collect(), found: self.found.into_values().collect(), refused: self.refused }
    }

    /// Recordings of one folder that differ in their endings alone would share their results, and
    /// already share what lies beside them.
    fn refuse_twins(&mut self) {
        let mut same: HashMap<(PathBuf, String), Vec<String>> = HashMap::new();
        for found in self.found.values() {
            let (folder, stem) = found.folder_and_stem();
            same.entry((folder.to_owned(), stem.to_owned())).or_default().push(found.name.clone());
        }
        for twins in same.into_values().filter(|names| names.len() > 1) {
            for name in &twins {
                let others = listed(twins.iter().filter(|n| *n != name).map(String::as_str));
                let why = format!(
                    "it differs from {others} in the ending alone, so their results and marks would be mixed up; rename one of them"
                );
                self.found.remove(name);
                self.refused.insert(name.clone(), why);
            }
        }
    }
}

/// Whether a file is called as recordings are.
fn called_so(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav"))
}

/// A path as a name for tables; `None` where it cannot be one.
fn readable(below: &Path) -> Option<String> {
    let parts = below.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let name = parts.collect::<Option<Vec<_>>>()?.join("/");
    (!name.is_empty() && !name.contains(char::is_control)).then_some(name)
}

/// Names that are listed before the rest is counted.
const LISTED: usize = 5;

/// Names in a sentence: the first few, and how many more there are.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
