//! SpikeRecorder's markers, `X-events.txt`: `ID,<TAB>seconds` a line, `#` before remarks.
//!
//! IDs are the keys 0 to 9 that were pressed, or any text; spike trains of the same recording
//! stand in the file too (`_ch0_neuron0`, one line a spike) and are none of our business.

use std::path::Path;

use super::{Error, Marks, Options, Origin, Point, Warning, lines, number};
use crate::units::Seconds;

/// Whether a line looks like a marker or the first line like SpikeRecorder's remark.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|l| !l.trim().is_empty());
    lines.any(|line| {
        let marker = |(_, time): (&str, &str)| time.trim_start().starts_with(|c: char| c.is_ascii_digit());
        line.trim_start().starts_with('#') || line.split_once(',').is_some_and(marker)
    })
}

/// Reads SpikeRecorder's markers; `options` say which mean needle in and needle out.
///
/// # Errors
/// [`Error::MarksLine`] where such a marker's time is no number, [`Error::SameIds`] where one
/// marker should mean both.
pub fn from_spikerecorder(bytes: &[u8], path: &Path, options: &Options) -> Result<Marks, Error> {
    let (inside, outside) = (options.needle_in_id.trim(), options.needle_out_id.trim());
    if inside == outside {
        return Err(Error::SameIds { id: inside.into() });
    }
    let mut marks = Marks::new(Origin::File(path.into()), "");
    let mut others: Vec<String> = Vec::new();
    let text = String::from_utf8_lossy(bytes);
    for (line, row) in lines(&text, path)? {
        let row = row.split('#').next().unwrap_or_default();
        let (id, time) = row.split_once(',').map_or((row, None), |(id, time)| (id, Some(time)));
        let id = id.trim();
        if id != inside && id != outside {
            if !id.is_empty() && !id.starts_with('_') && others.len() < 9 && !others.iter().any(|o| o == id) {
                others.push(id.to_owned());
            }
            continue;
        }
        let Some(time) = time.filter(|t| !t.trim().is_empty()) else {
            marks.warnings.push(Warning::NoTime { place: marks.origin.short_place(line) });
            continue;
        };
        let at = Seconds::new(number(time, "the time", &marks, line)?);
        marks.points.push(Point { at, enters: id == inside, label: None, line });
    }
    let found =
        if others.is_empty() { String::new() } else { format!(" (other IDs: {})", others.join(", ")) };
    marks.cure = format!("no marker “{inside}”{found}; choose the IDs with --needle-in and --needle-out");
    Ok(marks)
}
