//! Which of the marks that are there count.
//!
//! Insertions are taken from one place: typed by hand, else the file of marks, else the cue
//! points. Masks are taken from all that is read, because a gap stays a gap whoever marked the
//! needles.

use std::path::Path;

use super::super::riff::Notes;
use super::settle::masked;
use super::{Extent, Marks, cue, from_file};
use crate::insertion::Insertion;
use crate::source::{Companions, Error, Options, Warning};
use crate::units::{SampleIndex, Span};

/// What the marks of a recording come to.
#[derive(Debug)]
pub(in crate::source) struct Chosen {
    pub insertions: Vec<Insertion>,
    /// Where the insertions are from; `None` where there are none.
    pub origin: Option<String>,
    pub masks: Vec<Span>,
    /// Where samples were lost.
    pub gaps: Vec<Span>,
    /// What a person noted within the recording, in order of time.
    pub notes: Vec<(SampleIndex, String)>,
}

/// Reads all marks of the recording `path` and takes those that count.
pub(in crate::source) fn choose(
    notes: &Notes,
    companions: &Companions,
    recording: Extent,
    options: &Options,
    path: &Path,
    warnings: &mut Vec<Warning>,
) -> Result<Chosen, Error> {
    let by_hand = !options.insertions.is_empty();
    let mut chosen = by_hand.then(|| Marks::from_options(&options.insertions));
    let (mut masks, mut gaps, mut noted) = (Vec::new(), Vec::new(), Vec::new());
    for companion in &companions.marks {
        if let Some(used) = chosen.as_ref().filter(|_| !by_hand) {
            let unused = companion.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            warnings.push(Warning::TwoMarksFiles { used: used.origin.name(), unused });
            continue;
        }
        let mut marks = match from_file(&companion.bytes, &companion.path, options) {
            Err(error) if by_hand => {
                warnings.push(Warning::MarksUnread { problem: error.to_string() });
                continue;
            }
            marks => marks?,
        };
        masks.append(&mut marks.masks);
        gaps.append(&mut marks.gaps);
        noted.extend(marks.notes.drain(..).map(|(at, text)| (recording.rate.index(at), text)));
        if by_hand {
            continue;
        }
        warnings.append(&mut marks.warnings);
        if marks.has_insertions() || !marks.points.is_empty() {
            chosen = Some(marks);
        } else if options.events.is_some() && masks.is_empty() && gaps.is_empty() {
            return Err(Error::NoInsertions { place: marks.origin.to_string(), cure: marks.cure });
        } else {
            warnings.push(Warning::NoInsertions { place: marks.origin.name(), cure: marks.cure });
        }
    }
    let mut cues = cue::from_notes(notes, path, recording.rate);
    masks.append(&mut cues.masks);
    if chosen.is_none() && (cues.has_insertions() || !cues.points.is_empty()) {
        chosen = Some(cues);
    } else if chosen.is_none() && !notes.cues.is_empty() {
        warnings.push(Warning::NoInsertions { place: cues.origin.name(), cure: cues.cure });
    }
    let insertions = match &chosen {
        Some(marks) => marks.settle(recording, warnings)?,
        None => Vec::new(),
    };
    let origin = chosen.filter(|_| !insertions.is_empty()).map(|marks| marks.origin.name());
    let (masks, gaps) = (masked(&masks, recording), masked(&gaps, recording));
    noted.retain(|note: &(SampleIndex, String)| note.0.get() < recording.frames);
    noted.sort_by_key(|note| note.0);
    Ok(Chosen { insertions, origin, masks, gaps, notes: noted })
}
