//! What there is to judge in a review: what this run found, what was judged before, and for a blind
//! rater stretches with nothing.

use super::decision::{Decision, Edits};
use super::text::Mode;
use super::{Extent, Item, Kind, items, pair, stretches, zones};
use crate::session::Session;

/// One thing to judge, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// What it is.
    pub item: Item,
    /// What ties decisions about it together: where it lay when it was judged first.
    pub key: Extent,
    /// What the reviewer is asked about: the item, or a blind rater's zone around it.
    pub zone: Extent,
}

/// What there is to judge: what this run found, stretches with nothing for a blind rater, and what
/// was judged before and this run has not.
pub fn places(session: &Session, mode: Mode, edits: &Edits) -> Vec<Place> {
    let mut all = items(session);
    let end = session.source.duration_s;
    let zones_of = |items: &[Item]| match mode {
        Mode::Open => items.iter().map(|i| i.extent).collect(),
        Mode::Blind { seed } => zones(items, end, seed),
    };
    let mut asked: Vec<Extent> = zones_of(&all);
    if let Mode::Blind { seed } = mode {
        let nothing = stretches(session, &all, &asked, seed);
        all.extend(nothing.iter().map(|e| Item::without_verdict(*e, Kind::Stretch, "n/a")));
        asked.extend(nothing);
    }
    let decisions: Vec<&Decision> = edits.all().collect();
    let extents = |items: &[Item]| items.iter().map(|i| i.extent).collect::<Vec<_>>();
    let pairs = pair(&extents(&all), &decisions.iter().map(|d| d.item).collect::<Vec<_>>());
    let mut keys = extents(&all);
    let mut left = vec![true; decisions.len()];
    for (item, decision) in pairs {
        keys[item] = decisions[decision].item;
        left[decision] = false;
    }
    for (d, _) in decisions.iter().zip(left).filter(|(_, left)| *left) {
        let item = Item::without_verdict(d.item, d.kind, &d.channel);
        asked.extend(zones_of(std::slice::from_ref(&item)));
        keys.push(d.item);
        all.push(item);
    }
    all.into_iter().zip(keys).zip(asked).map(|((item, key), zone)| Place { item, key, zone }).collect()
}
