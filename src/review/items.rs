//! What there is to judge in a session: each happening once, on however many channels it was seen.

use super::{Extent, pair};
use crate::detect::Class;
use crate::session::Session;

/// What a person judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something that crossed the detector's threshold.
    Candidate,
    /// A stretch in which the detector saw nothing, shown to a blind rater among the others.
    Stretch,
    /// What a person put there.
    Added,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Candidate, Self::Stretch, Self::Added];

    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Stretch => "stretch",
            Self::Added => "added",
        }
    }
}

/// One happening to judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where the detector has it, on the channel where it is strongest.
    pub extent: Extent,
    /// What it is.
    pub kind: Kind,
    /// The name of the channel where it is strongest.
    pub channel: String,
    /// What the detector took it for; `None` where it saw nothing.
    pub class: Option<Class>,
    /// Why, in plain words; empty where it saw nothing.
    pub reason: String,
    /// Power of the burst over that of the noise floor, dB.
    pub snr_db: Option<f64>,
    /// Its place in [`Session::twitches`].
    pub twitch: Option<usize>,
    /// The places in [`Session::candidates`] that belong to it.
    pub candidates: Vec<usize>,
}

impl Item {
    /// Something that is no candidate of the detector's.
    pub fn without_verdict(extent: Extent, kind: Kind, channel: &str) -> Self {
        Self {
            extent,
            kind,
            channel: channel.to_owned(),
            class: None,
            reason: String::new(),
            snr_db: None,
            twitch: None,
            candidates: Vec::new(),
        }
    }
}

/// Twitches on two channels whose spans come this close were told as one, s (the pipeline's rule).
const TOGETHER_S: f64 = 0.02;

/// Everything that crossed the threshold, in order of onset: a twitch is one item whatever the
/// channels that saw it; what was set aside on several channels is one item where it is the same
/// happening.
pub fn items(session: &Session) -> Vec<Item> {
    let mut items: Vec<Item> = session
        .twitches
        .iter()
        .enumerate()
        .map(|(place, t)| Item {
            class: Some(Class::Twitch),
            snr_db: Some(t.snr_db),
            twitch: Some(place),
            ..Item::without_verdict(Extent::new(t.onset, t.duration), Kind::Candidate, &t.channel)
        })
        .collect();
    let twitches = items.len();
    join_twitches(session, &mut items);
    join_others(session, &mut items, twitches);
    items.sort_by_key(|item| item.extent);
    items
}

/// Gives each twitch its candidates, and the reason of the one it was told as.
fn join_twitches(session: &Session, items: &mut [Item]) {
    let longest = items.iter().map(|i| i.extent.duration()).fold(0.0, f64::max) + TOGETHER_S;
    for (place, c) in session.candidates.iter().enumerate().filter(|(_, c)| c.class == Class::Twitch) {
        let extent = Extent::new(c.onset, c.duration);
        let from = items.partition_point(|i| i.extent.onset() + longest < extent.onset());
        let near = items[from..].iter_mut().take_while(|i| i.extent.onset() <= extent.end() + TOGETHER_S);
        let apart = |i: &Item| (i.extent.onset() - extent.onset()).abs();
        let touching = near.filter(|i| extent.onset() <= i.extent.end() + TOGETHER_S);
        let Some(item) = touching.min_by(|a, b| apart(a).total_cmp(&apart(b))) else { continue };
        item.candidates.push(place);
        if item.channel == c.channel && item.extent == extent {
            item.reason.clone_from(&c.reason);
        }
    }
}

/// Adds what was set aside; what is the same happening as an item of another channel joins it.
fn join_others(session: &Session, items: &mut Vec<Item>, twitches: usize) {
    let set_aside: Vec<usize> =
        (0..session.candidates.len()).filter(|n| session.candidates[*n].class != Class::Twitch).collect();
    let extent = |n: usize| Extent::new(session.candidates[n].onset, session.candidates[n].duration);
    let extents: Vec<Extent> = set_aside.iter().map(|n| extent(*n)).collect();
    let known: Vec<Extent> = items.iter().map(|i| i.extent).collect();
    let mut joined = vec![None; set_aside.len()];
    for (a, b) in pair(&extents, &known) {
        let other_channel = items[b].channel != session.candidates[set_aside[a]].channel;
        joined[a] = other_channel.then_some(b);
    }
    for (k, place) in set_aside.into_iter().enumerate() {
        let (c, extent) = (&session.candidates[place], extents[k]);
        // Candidates come in order of onset, so that what this one may join came a moment ago.
        let recent = items[twitches..].iter().enumerate().rev().take(64);
        let same = |i: &Item| {
            let once = i.candidates.iter().all(|n| session.candidates[*n].channel != c.channel);
            once && i.extent.is_same(extent)
        };
        let place_of =
            joined[k].or_else(|| recent.into_iter().find(|(_, i)| same(i)).map(|(n, _)| twitches + n));
        let fresh = Item {
            class: Some(c.class),
            reason: c.reason.clone(),
            snr_db: Some(c.snr_db),
            ..Item::without_verdict(extent, Kind::Candidate, &c.channel)
        };
        match place_of {
            None => items.push(Item { candidates: vec![place], ..fresh }),
            Some(n) => {
                let mut candidates = std::mem::take(&mut items[n].candidates);
                candidates.push(place);
                // Of those that were set aside, the strongest stands for all.
                let stronger = items[n].twitch.is_none() && items[n].snr_db < fresh.snr_db;
                if stronger {
                    items[n] = fresh;
                }
                items[n].candidates = candidates;
            }
        }
    }
}
