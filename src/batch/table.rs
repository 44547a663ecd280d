//! What a person knows of each recording: a table with a row a recording and columns of their
//! choice, joined to the results.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::Error;
use super::find::{Found, listed};
use super::journal::Stamp;
use crate::source::sha256_of;

/// The column that says which recording a row is about.
const KEY: &str = "recording";
/// What stands where nothing is known.
pub(super) const UNKNOWN: &str = "n/a";

/// A table as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    path: PathBuf,
    /// Of the file.
    pub sha256: String,
    /// The columns beside `recording`, in order.
    pub columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: usize,
    /// As the table calls the recording.
    recording: String,
    /// One cell a column.
    cells: Vec<String>,
}

/// A table, held against the recordings of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// The cells of each recording that has a row, by its name.
    cells: HashMap<String, Vec<String>>,
    /// What the person should know.
    pub warnings: Vec<String>,
}

impl Joined {
    /// The cells of a recording, unknown ones where it has no row.
    pub fn cells(&self, name: &str) -> Vec<String> {
        self.cells.get(name).cloned().unwrap_or_else(|| vec![UNKNOWN.to_owned(); self.columns.len()])
    }

    /// What a column says of a recording, unless that is unknown.
    pub fn cell(&self, name: &str, column: &str) -> Option<String> {
        let place = self.columns.iter().position(|own| own == column)?;
        self.cells.get(name)?.get(place).filter(|cell| *cell != UNKNOWN).cloned()
    }
}

impl Table {
    /// Reads `path`: tab separated, a header with the column `recording`, a line a recording.
    /// `taken` are columns that results have themselves.
    ///
    /// # Errors
    /// [`Error::Table`] with the line and the cure.
    pub fn read(path: &Path, taken: &BTreeSet<&str>) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Table { path: path.to_owned(), problem };
        let bytes = std::fs::read(path)
            .map_err(|e| wrong(format!("the table cannot be read: {e}; check the name and the folder")))?;
        let sha256 = sha256_of(&bytes);
        let text = String::from_utf8(bytes).map_err(|_| {
            wrong("the table is not UTF-8 text; save it as tab separated text in UTF-8".into())
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let mut lines =
            text.lines().enumerate().map(|(n, l)| (n + 1, l)).filter(|(_, l)| !l.trim().is_empty());
        let Some((_, header)) = lines.next() else { return Err(wrong("the table is empty".into())) };
        let names = header_names(header, taken).map_err(wrong)?;
        let key = names.iter().position(|name| name == KEY).ok_or_else(|| {
            let tabs = if header.contains('\t') { "" } else { ", and its columns must be separated by tabs" };
            wrong(format!("the header must name the column {KEY}{tabs}"))
        })?;
        let mut rows = Vec::new();
        for (line, text) in lines {
            rows.push(row(line, text, key, names.len()).map_err(wrong)?);
        }
        let columns = names.into_iter().filter(|name| name != KEY).collect();
        Ok(Self { path: path.to_owned(), sha256, columns, rows })
    }

    /// Its file name and what it holds.
    pub fn stamp(&self) -> Stamp {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned();
        Stamp { name, sha256: self.sha256.clone() }
    }

    /// Finds the recording of each row. A row may call it by its file name or by its path below
    /// the set's folder, with or without the ending.
    ///
    /// # Errors
    /// [`Error::Table`] for two rows of one recording, and for a name that several have.
    pub fn join(&self, set: &[Found]) -> Result<Joined, Error> {
        let wrong = |problem: String| Error::Table { path: self.path.clone(), problem };
        let names = Names::of(set);
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        let mut joined = Joined { columns: self.columns.clone(), ..Joined::default() };
        let mut unknown = Vec::new();
        for row in &self.rows {
            let name = match names.find(&row.recording).as_slice() {
                [] => {
                    unknown.push(format!("{} (line {})", row.recording, row.line));
                    row.recording.as_str()
                }
                [name] => *name,
                several => {
                    return Err(wrong(format!(
                        "line {}: “{}” names more than one recording ({}); write its path below the set's folder, as ./{}",
                        row.line,
                        row.recording,
                        listed(several.iter().copied()),
                        several[0]
                    )));
                }
            };
            if let Some(before) = lines.insert(name, row.line) {
                return Err(wrong(format!(
                    "lines {before} and {} are both about {name}; keep the right one",
                    row.line
                )));
            }
            joined.cells.insert(name.to_owned(), row.cells.clone());
        }
        joined.warnings = self.told(set, &unknown, &joined);
        Ok(joined)
    }

    fn told(&self, set: &[Found], unknown: &[String], joined: &Joined) -> Vec<String> {
        let file = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy();
        let mut told = Vec::new();
        if !unknown.is_empty() {
            let names = listed(unknown.iter().map(String::as_str));
            told.push(format!("{file} has rows for recordings that are not in the set: {names}"));
        }
        let missing: Vec<&str> =
            set.iter().map(|f| f.name.as_str()).filter(|name| !joined.cells.contains_key(*name)).collect();
        if !missing.is_empty() {
            let names = listed(missing.into_iter());
            told.push(format!("{file} has no row for {names}: their columns from it are {UNKNOWN}"));
        }
        told
    }
}

/// The columns of the header.
fn header_names(header: &str, taken: &BTreeSet<&str>) -> Result<Vec<String>, String> {
    let names: Vec<String> = header.split('\t').map(|name| name.trim().to_owned()).collect();
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} has no name in the header; give it one", place + 1));
        }
        if names[..place].contains(name) {
            return Err(format!("two columns are called {name}; rename one"));
        }
        if name != KEY && taken.contains(name.as_str()) {
            return Err(format!("the results have a column {name} of their own; rename yours"));
        }
    }
    Ok(names)
}

fn row(line: usize, text: &str, key: usize, columns: usize) -> Result<Row, String> {
    let mut cells: Vec<String> = text.split('\t').map(cell).collect();
    if cells.len() != columns {
        return Err(format!(
            "line {line} has {} columns where the header has {columns}; write {UNKNOWN} where nothing is known",
            cells.len()
        ));
    }
    // The place was found in the header, which has as many columns.
    let recording = cells.remove(key);
    if recording == UNKNOWN {
        return Err(format!("line {line} names no recording"));
    }
    Ok(Row { line, recording: recording.replace('\\', "/"), cells })
}

fn cell(raw: &str) -> String {
    let clean: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let trimmed = clean.trim();
    if trimmed.is_empty() { UNKNOWN.to_owned() } else { trimmed.to_owned() }
}

/// What recordings may be called.
struct Names<'a> {
    /// By path, with and without the ending.
    paths: HashMap<String, Vec<&'a str>>,
    /// By file name, with and without the ending.
    files: HashMap<String, Vec<&'a str>>,
}

impl<'a> Names<'a> {
    fn of(set: &'a [Found]) -> Self {
        let mut names = Self { paths: HashMap::new(), files: HashMap::new() };
        for found in set {
            let (folder, stem) = found.folder_and_stem();
            let bare = folder.join(stem).to_string_lossy().replace('\\', "/");
            let file = found.name.rsplit('/').next().unwrap_or(&found.name);
            for path in BTreeSet::from([found.name.as_str(), &bare]) {
                names.paths.entry(path.to_owned()).or_default().push(&found.name);
            }
            for file in BTreeSet::from([file, stem]) {
                names.files.entry(file.to_owned()).or_default().push(&found.name);
            }
        }
        names
    }

    /// The recordings that may be meant; `./a.wav` is the one in the set's folder itself.
    fn find(&self, called: &str) -> Vec<&'a str> {
        let found = match called.strip_prefix("./") {
            Some(path) => self.paths.get(path),
            None if called.contains('/') => self.paths.get(called),
            None => self.files.get(called),
        };
        found.cloned().unwrap_or_default()
    }
}
