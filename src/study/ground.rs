//! The insertions that findings rest on, as the statistics take them.

use std::collections::BTreeMap;

use super::words::many;
use super::{Insertion, Recording, Study};
use crate::statistics::Watched;

/// One insertion with where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// Place of the recording in the study, and of the insertion in the recording.
    pub(super) place: [usize; 2],
    pub(super) recording: &'a Recording,
    pub(super) insertion: &'a Insertion,
    pub(super) watched: Watched,
}

impl Row<'_> {
    /// The same insertion with other events.
    pub(super) fn with(&self, ages: &[f64]) -> Watched {
        Watched::new(self.watched.cluster(), self.insertion.dwell_s, &self.insertion.masked_s, ages)
    }

    pub(super) fn group(&self) -> Option<&str> {
        self.recording.group.as_deref()
    }
}

/// What a study can be asked about, and what was left out of it.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) remarks: Vec<String>,
}

impl<'a> Ground<'a> {
    pub(super) fn of(study: &'a Study) -> Self {
        let some_marked = study.recordings.iter().any(|r| r.marked);
        let used = |r: &Recording| r.marked || !some_marked;
        let clusters = clusters(study);
        let (mut rows, mut dark) = (Vec::new(), 0);
        for (k, recording) in study.recordings.iter().enumerate().filter(|(_, r)| used(r)) {
            for (place, insertion) in recording.insertions.iter().enumerate() {
                let ages: Vec<f64> = insertion.twitches.iter().map(|t| t.dwell_s).collect();
                let watched = Watched::new(clusters[k], insertion.dwell_s, &insertion.masked_s, &ages);
                if watched.observed_s() > 0.0 {
                    rows.push(Row { place: [k, place], recording, insertion, watched });
                } else {
                    dark += 1;
                }
            }
        }
        Self { remarks: remarks(study, &rows, dark, some_marked), rows }
    }
}

/// A number for the subject of each recording; a recording without one has its own.
fn clusters(study: &Study) -> Vec<usize> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let recordings = study.recordings.iter().enumerate();
    // A subject has the number of its first recording.
    recordings.map(|(k, r)| r.subject.as_deref().map_or(k, |name| *known.entry(name).or_insert(k))).collect()
}

fn remarks(study: &Study, rows: &[Row], dark: usize, some_marked: bool) -> Vec<String> {
    let mut all = Vec::new();
    let unmarked = study.recordings.iter().filter(|r| !r.marked).count();
    if unmarked > 0 && some_marked {
        all.push(format!(
            "{} without needle marks left out: how long a needle was in is not known there.",
            many(unmarked, "recording")
        ));
    } else if unmarked > 0 {
        all.push("No recording has needle marks: each counts as one dwell from its beginning to its end, so nothing here is about needles.".into());
    }
    if dark > 0 {
        all.push(format!("{} without any watched time left out.", many(dark, "insertion")));
    }
    let nameless = study.recordings.iter().filter(|r| r.subject.is_none()).count();
    if nameless > 0 {
        all.push(format!(
            "{} without a subject: each counts as a person of its own. Where one person was recorded more than once, intervals are then too narrow.",
            many(nameless, "recording")
        ));
    }
    let still_in = rows.iter().filter(|r| r.insertion.still_in && r.recording.marked).count();
    if still_in > 0 {
        all.push(format!(
            "{} still in at the end of its recording: watched up to there, though the true dwell is longer.",
            many(still_in, "needle")
        ));
    }
    if !rows.is_empty() {
        all.push("All of this takes it that needles were not taken out because of what the muscle did. Where they were, rates, trends and curves are bent (informative stopping): see the number of insertions at risk, and the results cut to the common dwell.".into());
    }
    all
}
