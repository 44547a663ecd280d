//! How far two reviewers agree, or a reviewer and the detector, on what was judged.

use serde::Serialize;

use super::decision::{Decision, Edits};
use super::{Extent, Kind, pair};
use crate::evaluate::{Event, Kappa, Verdicts};

/// One thing that was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Where it was when it was judged first.
    pub item: Extent,
    /// Whether it was found to be a twitch.
    pub twitch: bool,
}

impl Judged {
    /// Everything that was shown and judged; what a person added was not shown to anyone.
    pub fn of(edits: &Edits) -> Vec<Self> {
        let shown = edits.all().filter(|d| d.kind != Kind::Added);
        shown.map(|d: &Decision| Self { item: d.item, twitch: d.action.is_twitch() }).collect()
    }
}

/// Verdicts on the same things. `first` and `second` are FOUND and TRUTH, as they were given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// How many things both have a verdict on.
    pub judged: u64,
    /// How many only one of them judged; they are left out.
    pub left_out: u64,
    /// The verdicts.
    pub verdicts: Verdicts,
    /// The share on which both agree.
    pub agreement: Option<f64>,
    /// Cohen's kappa; `None` where it is not defined.
    pub kappa: Option<Kappa>,
}

impl Agreement {
    fn of(verdicts: Verdicts, left_out: usize) -> Self {
        Self {
            judged: verdicts.count(),
            left_out: left_out as u64,
            verdicts,
            agreement: verdicts.agreement(),
            kappa: verdicts.kappa(),
        }
    }
}

/// Two reviews, on what both judged.
pub fn between(first: &[Judged], second: &[Judged]) -> Agreement {
    let places = |all: &[Judged]| all.iter().map(|j| j.item).collect::<Vec<_>>();
    let pairs = pair(&places(first), &places(second));
    let mut verdicts = Verdicts::default();
    for (a, b) in &pairs {
        verdicts.add(first[*a].twitch, second[*b].twitch);
    }
    Agreement::of(verdicts, first.len() + second.len() - 2 * pairs.len())
}

/// A review and a list of twitches, on what the review judged: the list says yes where it has a
/// twitch that is the same happening. `review_first` tells which of the two is the first.
pub fn with_events(review: &[Judged], events: &[Event], review_first: bool) -> Agreement {
    let places: Vec<Extent> = review.iter().map(|j| j.item).collect();
    let listed: Vec<Extent> = events.iter().map(|e| Extent::new(e.onset, e.duration)).collect();
    let pairs = pair(&places, &listed);
    let mut has = vec![false; review.len()];
    pairs.iter().for_each(|(n, _)| has[*n] = true);
    let mut verdicts = Verdicts::default();
    for (judged, has) in review.iter().zip(has) {
        let (first, second) = if review_first { (judged.twitch, has) } else { (has, judged.twitch) };
        verdicts.add(first, second);
    }
    Agreement::of(verdicts, events.len() - pairs.len())
}
