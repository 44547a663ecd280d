//! The form of a review file: five lines that say whose it is and of what, then a table to which
//! every decision adds a row. `docs/formats.md` states it.

use std::path::Path;

use super::decision::{Action, Decision, Edits};
use super::{Error, Extent, Kind};

/// How a review is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The reviewer sees what the detector said.
    Open,
    /// The rater sees the signal alone, in an order that `seed` decides.
    Blind {
        /// Of the order, the places and the stretches with nothing.
        seed: u64,
    },
}

/// Whose review it is, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The recording's name.
    pub recording: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// Who decides.
    pub reviewer: String,
    /// How.
    pub mode: Mode,
}

/// A review as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whose it is, and of what.
    pub header: Header,
    /// What holds.
    pub edits: Edits,
    /// The last line was cut off, by a kill or a power cut, and is left out.
    pub cut: bool,
}

/// How every review file begins, before the number of its form.
const SIGN: &str = "# twitchscope review ";
/// The form that this version writes and reads.
const FORM: &str = "1";
/// The columns; more may follow.
const COLUMNS: [&str; 9] = [
    "onset",
    "duration",
    "trial_type",
    "channel",
    "decision",
    "item",
    "item_onset",
    "item_duration",
    "decided",
];

/// Whether `bytes` are those of a review file, of whatever form.
pub fn is_review(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGN.as_bytes())
}

impl Header {
    /// The first lines of the file, with the names of the columns.
    pub fn text(&self) -> String {
        let mode = match self.mode {
            Mode::Open => "open".to_owned(),
            Mode::Blind { seed } => format!("blind, seed {seed}"),
        };
        format!(
            "{SIGN}{FORM}\n# recording: {}\n# sha256: {}\n# reviewer: {}\n# mode: {mode}\n{}\n",
            cell(&self.recording),
            self.sha256,
            cell(&self.reviewer),
            COLUMNS.join("\t")
        )
    }
}

/// Text that stays within its cell.
fn cell(raw: &str) -> String {
    let line: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let trimmed = line.trim();
    if trimmed.is_empty() { "n/a".into() } else { trimmed.into() }
}

/// The row of a decision, with its line end.
pub fn row(d: &Decision) -> String {
    let what = match d.action {
        Action::Undo => "n/a",
        action if action.is_twitch() => "twitch",
        _ => "none",
    };
    let s = |seconds: f64| format!("{seconds:.6}");
    let cells = [
        s(d.extent.onset()),
        s(d.extent.duration()),
        what.into(),
        cell(&d.channel),
        d.action.name().into(),
        d.kind.name().into(),
        s(d.item.onset()),
        s(d.item.duration()),
        cell(&d.decided),
    ];
    cells.join("\t") + "\n"
}

/// Reads a review from the bytes of its file; `path` is for messages.
///
/// # Errors
/// [`Error`] with the line, for what is no review, one of another form, or one with a line that
/// makes no sense. A last line that was cut off is left out instead.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Review, Error> {
    let text = String::from_utf8_lossy(bytes);
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let cut = whole < text.len();
    let lines: Vec<&str> = text[..whole].lines().collect();
    let header = header(&lines, path)?;
    let bad = |line: usize, problem: String| Error::Line { path: path.to_owned(), line, problem };
    let mut edits = Edits::default();
    for (n, line) in lines.iter().enumerate().skip(6).filter(|(_, line)| !line.trim().is_empty()) {
        let decision = decision(line).map_err(|problem| bad(n + 1, problem))?;
        edits.take(decision).map_err(|_| bad(n + 1, "an undo without a decision before it".into()))?;
    }
    Ok(Review { header, edits, cut })
}

fn header(lines: &[&str], path: &Path) -> Result<Header, Error> {
    let none = || Error::NotAReview { path: path.to_owned() };
    let form = lines.first().and_then(|l| l.strip_prefix(SIGN)).ok_or_else(none)?;
    if form.trim() != FORM {
        let (found, known) = (form.trim().to_owned(), FORM);
        return Err(Error::Form { path: path.to_owned(), found, known });
    }
    let bad = |line: usize, problem: String| Error::Line { path: path.to_owned(), line, problem };
    let value = |n: usize, name: &str| {
        let start = format!("# {name}: ");
        let value = lines.get(n).and_then(|l| l.strip_prefix(&start)).map(str::trim);
        value.ok_or_else(|| bad(n + 1, format!("“{}” is missing", start.trim())))
    };
    let mode = value(4, "mode")?;
    let mode = match mode.strip_prefix("blind, seed ").map(|seed| seed.trim().parse()) {
        Some(Ok(seed)) => Mode::Blind { seed },
        None if mode == "open" => Mode::Open,
        _ => return Err(bad(5, format!("“{mode}” is neither “open” nor “blind, seed N”"))),
    };
    let columns: Vec<&str> =
        lines.get(5).map(|l| l.split('\t').take(COLUMNS.len()).collect()).unwrap_or_default();
    if columns != COLUMNS {
        return Err(bad(6, format!("the columns {} are missing", COLUMNS.join(", "))));
    }
    Ok(Header {
        recording: value(1, "recording")?.to_owned(),
        sha256: value(2, "sha256")?.to_owned(),
        reviewer: value(3, "reviewer")?.to_owned(),
        mode,
    })
}

fn decision(line: &str) -> Result<Decision, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let cell = |n: usize| {
        cells
            .get(n)
            .map(|c| c.trim())
            .ok_or_else(|| format!("{} columns, but {} are needed", cells.len(), COLUMNS.len()))
    };
    let s = |n: usize| {
        let text = cell(n)?;
        let number = text.parse().ok().filter(|s: &f64| s.is_finite() && *s >= 0.0);
        number.ok_or_else(|| format!("{} “{text}” is not a time in seconds", COLUMNS[n]))
    };
    let named = |n: usize| format!("{} “{}” is not known", COLUMNS[n], cells[n].trim());
    let (action, kind) = (cell(4)?, cell(5)?);
    Ok(Decision {
        action: Action::ALL.into_iter().find(|a| a.name() == action).ok_or_else(|| named(4))?,
        item: Extent::new(s(6)?, s(7)?),
        kind: Kind::ALL.into_iter().find(|k| k.name() == kind).ok_or_else(|| named(5))?,
        extent: Extent::new(s(0)?, s(1)?),
        channel: cell(3)?.to_owned(),
        decided: cell(8)?.to_owned(),
    })
}
