//! Events from any of the tables, or from two columns without a header.

use std::path::Path;

use super::Event;

/// The `trial_type` that counts where a table has that column.
pub const TWITCH: &str = "twitch";

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file could not be read.
    #[error("cannot read {file}: {error}")]
    Io {
        /// Which file.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The header has no onset.
    #[error(
        "{file}, line {line}: no column “onset”: give a table with a header (onset, duration, …) or two columns of seconds without one"
    )]
    NoOnset {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
    },
    /// A field that is no time.
    #[error("{file}, line {line}: {column} “{text}” is not {wanted}")]
    BadField {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// Which column.
        column: &'static str,
        /// What is there.
        text: String,
        /// What should be there.
        wanted: &'static str,
    },
}

/// Reads the events of a table: rows of `trial_type` `twitch` where it has that column, all rows
/// else.
///
/// # Errors
/// [`TableError`], with file and line.
pub fn read(path: &Path) -> Result<Vec<Event>, TableError> {
    let file = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => parse(&String::from_utf8_lossy(&bytes), &file),
        Err(error) => Err(TableError::Io { file, error }),
    }
}

/// As [`read`], from text; `file` is what errors call it. Empty lines and lines that start with
/// `#` are skipped; fields are parted by tabs where there are any, else by commas or spaces.
///
/// # Errors
/// [`TableError`], with file and line.
pub fn parse(text: &str, file: &str) -> Result<Vec<Event>, TableError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .peekable();
    let Some(&(line, first)) = lines.peek() else { return Ok(Vec::new()) };
    let columns = if fields(first)[0].parse::<f64>().is_ok() {
        Columns { onset: 0, duration: Some(1), kind: None, snr: None }
    } else {
        lines.next();
        let columns = Columns::of(first);
        columns.ok_or_else(|| TableError::NoOnset { file: file.to_owned(), line })?
    };
    let mut events = Vec::new();
    for (line, text) in lines {
        let row = Row { fields: fields(text), file, line };
        if let Some(event) = row.event(&columns)? {
            events.push(event);
        }
    }
    Ok(events)
}

fn fields(line: &str) -> Vec<&str> {
    if line.contains('\t') {
        line.split('\t').map(str::trim).collect()
    } else if line.contains(',') {
        line.split(',').map(str::trim).collect()
    } else {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() { vec![line] } else { words }
    }
}

/// Where in a row its fields are.
struct Columns {
    onset: usize,
    duration: Option<usize>,
    kind: Option<usize>,
    snr: Option<usize>,
}

impl Columns {
    fn of(header: &str) -> Option<Self> {
        let names = fields(header);
        let place = |name: &str| names.iter().position(|n| *n == name);
        let (duration, kind, snr) = (place("duration"), place("trial_type"), place("snr_db"));
        Some(Self { onset: place("onset")?, duration, kind, snr })
    }
}

struct Row<'a> {
    fields: Vec<&'a str>,
    file: &'a str,
    line: usize,
}

impl Row<'_> {
    /// The row's event, unless it is of another kind.
    fn event(&self, columns: &Columns) -> Result<Option<Event>, TableError> {
        let known = |place: usize| self.fields.get(place).copied().filter(|f| !f.is_empty() && *f != "n/a");
        if columns.kind.is_some_and(|place| known(place) != Some(TWITCH)) {
            return Ok(None);
        }
        let finite = |text: &str| text.parse().ok().filter(|x: &f64| x.is_finite());
        let bad = |column, text: &str, wanted| {
            let (file, line, text) = (self.file.to_owned(), self.line, text.to_owned());
            TableError::BadField { file, line, column, text, wanted }
        };
        let text = self.fields.get(columns.onset).copied().unwrap_or_default();
        let onset = finite(text).ok_or_else(|| bad("onset", text, "a time in seconds"))?;
        let duration = match columns.duration.and_then(known) {
            None => 0.0,
            Some(text) => finite(text)
                .filter(|d| *d >= 0.0)
                .ok_or_else(|| bad("duration", text, "seconds, 0 or more"))?,
        };
        let snr_db = match columns.snr.and_then(known) {
            None => None,
            Some(text) => Some(finite(text).ok_or_else(|| bad("snr_db", text, "a number of decibels"))?),
        };
        Ok(Some(Event { onset, duration, snr_db }))
    }
}
