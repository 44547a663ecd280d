//! BIDS events, `X_events.tsv`: a header line, then one line a mark, separated by tabs.
//!
//! `insertion` rows span needle in to needle out; `needle_in` and `needle_out` are its moments;
//! `gap` and `mask` rows are stretches without a valid signal, `note` rows what a person noted.
//! Other rows belong to others.

use std::path::Path;

use super::{Error, Marks, Origin, Point, Stretch, lines, number};
use crate::units::Seconds;

/// Whether the first line is a header of events.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let first =
        text.trim_start_matches('\u{feff}').lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    first.split(['\t', ',', ';']).any(|name| name.trim() == "onset")
}

/// Reads BIDS events.
///
/// # Errors
/// [`Error::MarksLine`] for a line that cannot be understood.
pub fn from_events(bytes: &[u8], path: &Path) -> Result<Marks, Error> {
    let cure = "insertion rows (or needle_in and needle_out) in the column trial_type make one";
    let mut marks = Marks::new(Origin::File(path.into()), cure);
    let text = String::from_utf8_lossy(bytes);
    let lines = lines(&text, path)?;
    let wrong = |line, problem: String| Error::MarksLine {
        place: format!("{}, line {line}", path.display()),
        problem,
    };
    let Some(((first, header), rows)) = lines.split_first() else {
        return Err(wrong(1, "the header line with onset and duration is missing".into()));
    };
    let names: Vec<&str> = header.split('\t').map(str::trim).collect();
    let column = |name: &str| names.iter().position(|own| *own == name);
    let (Some(onset), Some(duration)) = (column("onset"), column("duration")) else {
        let tabs = if header.contains('\t') { "" } else { ", separated by tabs" };
        return Err(wrong(*first, format!("the header must name the columns onset and duration{tabs}")));
    };
    let (kind, label) = (column("trial_type"), column("label"));
    for (line, row) in rows {
        let fields: Vec<&str> = row.split('\t').map(str::trim).collect();
        let field = |place: Option<usize>| place.and_then(|p| fields.get(p)).copied().unwrap_or("n/a");
        let known = |text: &str| (text != "n/a" && !text.is_empty()).then(|| text.to_owned());
        let trial_type = field(kind);
        if !matches!(trial_type, "insertion" | "needle_in" | "needle_out" | "gap" | "mask" | "note") {
            // Also a row that was cut off before its type: what it was nobody knows.
            if kind.is_some_and(|place| place >= fields.len()) {
                let problem = format!("{} columns where the header has {}", fields.len(), names.len());
                return Err(wrong(*line, problem));
            }
            continue;
        }
        let start = number(field(Some(onset)), "the onset", &marks, *line)?;
        let at = Seconds::new(start);
        let label = known(field(label));
        if trial_type == "note" {
            marks.notes.extend(label.map(|text| (at, text)));
            continue;
        }
        if let "needle_in" | "needle_out" = trial_type {
            marks.points.push(Point { at, enters: trial_type == "needle_in", label, line: *line });
            continue;
        }
        let end = match known(field(Some(duration))) {
            Some(text) => Some(start + number(&text, "the duration", &marks, *line)?),
            None => None,
        };
        if end.is_some_and(|end| end < start) {
            return Err(wrong(*line, "the duration is below zero".into()));
        }
        let stretch = Stretch { start: at, end: end.map(Seconds::new), label, line: *line };
        match trial_type {
            "insertion" => marks.insertions.push(stretch),
            "gap" => marks.gaps.push(stretch),
            _ => marks.masks.push(stretch),
        }
    }
    Ok(marks)
}
