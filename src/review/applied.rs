//! A review laid over a session: which of its decisions are about what this run found.
//!
//! Decisions carry the place that was judged, so they outlive the run that was looked at: another
//! run's happening is the same where [`Extent::is_same`] says so. An accepted twitch stays one
//! whether or not the new run has it; what the new run has and nobody judged is unjudged.

use std::collections::BTreeMap;

use crate::detect::Class;
use crate::insertion::{Insertion, owner};
use crate::session::{Origin, Review, ReviewedInsertion, ReviewedTwitch, Session, Verdict};
use crate::units::{SampleRate, Seconds};

use super::decision::{Action, Decision, Edits};
use super::text::{Header, Mode};
use super::{Extent, Item, Kind, items, pair};

/// For each of `items`, the decision about it that holds.
pub fn judged<'a>(items: &[Item], edits: &'a Edits) -> Vec<Option<&'a Decision>> {
    let decisions: Vec<&Decision> = edits.all().collect();
    let places: Vec<Extent> = items.iter().map(|i| i.extent).collect();
    let keys: Vec<Extent> = decisions.iter().map(|d| d.item).collect();
    let mut judged = vec![None; items.len()];
    for (item, key) in pair(&places, &keys) {
        judged[item] = Some(decisions[key]);
    }
    judged
}

/// What `edits`, which are those of `file`, say of `session`.
pub fn applied(session: &Session, header: &Header, edits: &Edits, file: &str) -> Review {
    let items = items(session);
    let judged = judged(&items, edits);
    let mut review = Review {
        reviewer: header.reviewer.clone(),
        file: file.to_owned(),
        blind: header.mode != Mode::Open,
        stretches: edits.all().filter(|d| d.kind == Kind::Stretch).count() as u64,
        twitches: vec![Verdict::Unjudged; session.twitches.len()],
        candidates: vec![Verdict::Unjudged; session.candidates.len()],
        reviewed: reviewed(session, &items, &judged, edits),
        insertions: vec![ReviewedInsertion::default(); session.insertions.len()],
        unjudged_control: 0,
    };
    for (item, decision) in items.iter().zip(&judged) {
        let verdict = decision.map_or(Verdict::Unjudged, |d| match d.action {
            Action::Move => Verdict::Moved,
            action if action.is_twitch() => Verdict::Accepted,
            _ => Verdict::Rejected,
        });
        item.twitch.into_iter().for_each(|n| review.twitches[n] = verdict);
        item.candidates.iter().for_each(|n| review.candidates[*n] = verdict);
    }
    for twitch in &review.reviewed {
        if let (Some(place), Some(dwell)) = (twitch.insertion, twitch.dwell) {
            review.insertions[place].twitches.push(dwell);
        }
    }
    for (twitch, _) in session.twitches.iter().zip(&review.twitches).filter(|(_, v)| **v == Verdict::Unjudged)
    {
        match twitch.insertion.and_then(|place| review.insertions.get_mut(place)) {
            Some(insertion) => insertion.unjudged += 1,
            None => review.unjudged_control += 1,
        }
    }
    review
}

/// The twitches as the person has them, in order of onset.
fn reviewed(
    session: &Session,
    items: &[Item],
    judged: &[Option<&Decision>],
    edits: &Edits,
) -> Vec<ReviewedTwitch> {
    let known = items.iter().zip(judged).filter_map(|(item, d)| Some((d.as_ref()?.item, item.class?)));
    let classes: BTreeMap<Extent, Class> = known.collect();
    let mut accepted: Vec<&Decision> = edits.all().filter(|d| d.action.is_twitch()).collect();
    accepted.sort_by_key(|d| d.extent);
    let needles = needles(session);
    let mut counts = vec![0u32; session.insertions.len()];
    accepted
        .into_iter()
        .map(|d| {
            let onset = d.extent.onset();
            let place = needles.as_ref().and_then(|(all, rate)| owner(all, rate.index(Seconds::new(onset))));
            let order = place.map(|p| {
                counts[p] += 1;
                counts[p]
            });
            ReviewedTwitch {
                onset,
                duration: d.extent.duration(),
                channel: d.channel.clone(),
                insertion: place,
                dwell: place.map(|p| ((onset - session.insertions[p].onset) * 1e6).round().max(0.0) / 1e6),
                order,
                origin: match (d.kind, d.action) {
                    (Kind::Added, _) => Origin::Added,
                    (_, Action::Move) => Origin::Moved,
                    _ => Origin::Accepted,
                },
                automatic: classes.get(&d.item).copied(),
            }
        })
        .collect()
}

/// The session's insertions on the recording's clock; `None` without a sample rate.
fn needles(session: &Session) -> Option<(Vec<Insertion>, SampleRate)> {
    let rate = SampleRate::new(session.source.sampling_frequency_hz).ok()?;
    let index = |s: f64| rate.index(Seconds::new(s));
    let needle = |i: &crate::session::InsertionRecord| Insertion {
        label: i.label.clone(),
        entered: index(i.onset),
        left: index(i.onset + i.dwell),
        still_in: i.still_in,
    };
    Some((session.insertions.iter().map(needle).collect(), rate))
}
