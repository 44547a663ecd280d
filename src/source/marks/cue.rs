//! Cue points of a WAV: points named `needle in…` and `needle out…`, and stretches (`ltxt`).
//!
//! A stretch is an insertion, whatever its name, but for one named `gap` or `mask`. What follows
//! `needle in` in a name is the needle's own name: `Needle in: left trapezius`.

use std::path::Path;

use super::super::riff::Notes;
use super::{Marks, Origin, Point, Stretch};
use crate::units::SampleRate;

/// Reads the cue points of the recording `path`.
pub(super) fn from_notes(notes: &Notes, path: &Path, rate: SampleRate) -> Marks {
    let cure = "cue points named “needle in” and “needle out” make one";
    let mut marks = Marks::new(Origin::Cues(path.into()), cure);
    let name =
        |id: u32| notes.labels.iter().find(|(own, _)| *own == id).map_or("", |(_, text)| text.as_str());
    for (place, (id, frame)) in notes.cues.iter().enumerate() {
        let line = place + 1;
        let start = rate.seconds(*frame);
        if let Some((_, frames, text)) = notes.spans.iter().find(|(own, ..)| own == id) {
            let text = if text.is_empty() { name(*id) } else { text };
            let end = Some(rate.seconds(frame.saturating_add(*frames)));
            let own = ["needle in", "needle", "insertion"].iter().find_map(|start| after(text, start));
            let label = own.unwrap_or_else(|| Some(text.to_owned()).filter(|t| !t.is_empty()));
            let stretch = Stretch { start, end, label, line };
            let mask = ["gap", "mask"].iter().any(|start| after(text, start).is_some());
            if mask {
                marks.masks.push(stretch)
            } else {
                marks.insertions.push(stretch)
            }
            continue;
        }
        let point = |enters| move |label| Point { at: start, enters, label, line };
        let entering = after(name(*id), "needle in").map(point(true));
        marks.points.extend(entering.or_else(|| after(name(*id), "needle out").map(point(false))));
    }
    marks
}

/// What follows `start` in `text`, if `text` begins so, in letters of any case and as whole
/// words: nothing, or a name.
fn after(text: &str, start: &str) -> Option<Option<String>> {
    let (head, rest) = text.split_at_checked(start.len())?;
    if !head.eq_ignore_ascii_case(start) || rest.starts_with(char::is_alphabetic) {
        return None;
    }
    let rest = rest
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | ',' | ';' | '.' | '='));
    let name = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')).unwrap_or(rest);
    Some((!name.is_empty()).then(|| name.to_owned()))
}
