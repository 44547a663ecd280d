//! What keeps a blind rater blind.
//!
//! The rater is asked of a zone of the signal whether a twitch lies in it. Nothing about the zone
//! may tell what the detector said:
//!
//! - The order is shuffled, so that neither time nor needle can be read off it; the view shows no
//!   time, needle, name or threshold.
//! - A zone holds its candidate at a place that chance chose, and ends halfway to what else crossed
//!   the threshold, so that the question is about one thing.
//! - Half as many zones hold nothing that crossed the threshold, and are as long as the others: who
//!   says yes to everything is found out, and that something is asked proves nothing.
//!
//! The same session and seed give the same zones to every rater, and each name its own order.

use super::{Extent, Item};
use crate::session::Session;
use crate::statistics::Dice;

/// Zones are one of these lengths, s: the shortest that holds the candidate and [`MARGIN_S`];
const SHORTEST_S: f64 = 0.4;
/// each twice as long as the one before.
const MARGIN_S: f64 = 0.1;
/// Stretches with nothing keep this far from what crossed the threshold, s.
const AWAY_S: f64 = 0.1;
/// At least so many stretches with nothing, where there is room.
const LEAST_STRETCHES: usize = 5;

/// The zone in which each of `items` lies; they must be in order of onset. `end` is the
/// recording's, s.
pub fn zones(items: &[Item], end: f64, seed: u64) -> Vec<Extent> {
    let mut reached = 0.0;
    let mut zones = Vec::with_capacity(items.len());
    for (n, item) in items.iter().enumerate() {
        let (onset, until) = (item.extent.onset(), item.extent.end());
        // Halfway to the neighbours, but never into the candidate itself.
        let from = if n == 0 { 0.0 } else { f64::midpoint(reached, onset).min(onset) };
        let next = items.get(n + 1).map_or(end, |next| f64::midpoint(until, next.extent.onset()).max(until));
        reached = until.max(reached);
        let long = length(item.extent.duration());
        let mut dice = Dice::new(seed ^ item.extent.onset().to_bits());
        let before = dice.unit() * (long - item.extent.duration());
        let start = (onset - before).max(from);
        zones.push(Extent::between(start, (start + long).min(next).min(end).max(until)));
    }
    zones
}

/// How long a zone is that has room for what lasts `duration`, s.
fn length(duration: f64) -> f64 {
    let mut long = SHORTEST_S;
    while long < duration + MARGIN_S {
        long *= 2.0;
    }
    long
}

/// Stretches of valid signal in which nothing crossed the threshold, in order of time: half as many
/// as there are items, as long as `zones` are, and none on another. Fewer where there is no room.
pub fn stretches(session: &Session, items: &[Item], zones: &[Extent], seed: u64) -> Vec<Extent> {
    let mut free = free(session, items);
    let wanted = (items.len() / 2).max(LEAST_STRETCHES);
    let mut dice = Dice::new(seed);
    let mut found = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let long = match zones {
            [] => SHORTEST_S,
            zones => zones[dice.below(zones.len())].duration(),
        };
        let room = |[from, to]: &[f64; 2]| (to - from - long).max(0.0);
        let mut place = dice.unit() * free.iter().map(room).sum::<f64>();
        let hit = free.iter().position(|span| {
            let here = place < room(span);
            if !here {
                place -= room(span);
            }
            here
        });
        let Some(n) = hit else { continue };
        let [from, to] = free[n];
        found.push(Extent::between(from + place, from + place + long));
        free[n] = [from, from + place];
        free.insert(n + 1, [from + place + long, to]);
    }
    found.sort_unstable();
    found
}

/// Where nothing crossed the threshold and the signal is valid, s.
fn free(session: &Session, items: &[Item]) -> Vec<[f64; 2]> {
    let of = |onset: f64, duration: f64, away: f64| [onset - away, onset + duration + away];
    let candidates = items.iter().map(|i| of(i.extent.onset(), i.extent.duration(), AWAY_S));
    let masked = session.masked.iter().map(|m| of(m.onset, m.duration, 0.0));
    let mut taken: Vec<[f64; 2]> =
        candidates.chain(masked).filter(|t| t.iter().all(|s| s.is_finite())).collect();
    taken.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let (mut free, mut reached) = (Vec::new(), 0.0f64);
    for [from, to] in taken {
        if from > reached {
            free.push([reached, from]);
        }
        reached = reached.max(to);
    }
    if session.source.duration_s > reached {
        free.push([reached, session.source.duration_s]);
    }
    free
}

/// The order in which `reviewer` sees `count` things: each once (Fisher & Yates 1938, as Durstenfeld
/// 1964 has it).
pub fn order(count: usize, seed: u64, reviewer: &str) -> Vec<usize> {
    // FNV-1a, 64 bit: a name becomes a number that is the same everywhere.
    let name = reviewer
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut dice = Dice::new(seed ^ name);
    let mut order: Vec<usize> = (0..count).collect();
    for n in (1..count).rev() {
        order.swap(n, dice.below(n + 1));
    }
    order
}
