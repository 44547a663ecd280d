//! Bursts that lay on what may have been an effort, and what is known of it some seconds later: it
//! has gone on for longer than an effort does, as steadily as noise. Then the noise had stepped up, and
//! what lay before the step and after it is judged anew, each against its own side.

use std::ops::Range;

use super::beside::Threshold;
use super::bursts::Burst;
use super::classify::NO_FLOOR;
use super::score::{FLOOR_WINDOW, STEPPED_DOWN};
use super::tape::{Clock, Tape};
use crate::signal::floor::quantile;
use crate::units::Seconds;

/// Efforts last up to about this long, s (guarding: 0.4 to 3 s); what lasts longer is a new floor.
pub const LONGEST_EFFORT_S: f64 = 3.3;
/// How long after activity began it is asked whether it was a step of the noise, s.
pub const KNOWN_S: f64 = 3.65;
/// The step lies at most this long before what is over the long floor, and after its beginning, ms: a twitch
/// just before it may have been the beginning.
const BEFORE_MS: f64 = 350.0;
const AFTER_MS: f64 = 600.0;
/// The window that is looked at reaches so far, ms.
const REACH_MS: f64 = 40.0;
/// Noise is steady: a tenth of its energies of 64 ms lies below this share of their median, at most, and
/// a fifth above so many times it. Of noise alone they would be 0.62 and 1.3; bursts may lie in it.
const LEAST: f32 = 0.6;
const MOST: f32 = 1.7;
/// What lies less than this over the noise before is no step; what lies further over it than
/// [`NO_FLOOR`], no noise.
const STEP: f32 = 1.5;
/// Room for bursts in doubt: those of three seconds.
const ROOM: usize = 64;

/// Where the noise stepped up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The first hop after it.
    pub at: u64,
    /// The noise after it over that before it, a ratio of powers.
    pub level: f32,
}

/// The bursts in doubt, at each threshold.
#[derive(Debug, Clone)]
pub struct Doubts {
    waiting: Vec<(Burst, Threshold)>,
    known: u64,
    before: u64,
    floor: f32,
    noise_since: Option<u64>,
}

impl Doubts {
    /// None yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            known: clock.hops(Seconds::new(KNOWN_S)),
            before: clock.hops(Seconds::from_ms(BEFORE_MS)),
            floor: 0.0,
            noise_since: None,
        }
    }

    /// Takes a burst that was judged to be a part of an effort; where there is no room, it stays one.
    pub fn push(&mut self, burst: Burst, threshold: Threshold) {
        if self.waiting.len() < ROOM {
            self.waiting.push((burst, threshold));
        }
    }

    /// One of them.
    pub fn pop(&mut self) -> Option<(Burst, Threshold)> {
        self.waiting.pop()
    }

    /// Follows the activity on the long floor, which has gone on since hop `since`, to hop `at`; the hop
    /// since which, and the long floor before, when it has gone on for so long that it can be known what
    /// it is.
    pub fn follow(&mut self, at: u64, since: Option<u64>, long_floor: f32) -> Option<(u64, f32)> {
        let Some(since) = since else {
            self.waiting.retain(|(burst, _)| burst.last + self.before >= at);
            return None;
        };
        if since == at {
            self.floor = long_floor;
        }
        (at == since + self.known).then_some((since, self.floor))
    }

    /// The activity that has gone on since hop `since` is known to be noise.
    pub fn resolve(&mut self, since: u64) {
        self.noise_since = Some(since);
    }

    /// Whether the activity that went on since hop `since` is known to have been noise.
    pub fn is_noise(&self, since: u64) -> bool {
        self.noise_since == Some(since)
    }

    /// None of them is in doubt any more.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.noise_since = None;
    }
}

/// Where the noise stepped up from the floor `before`, if it did so where activity began at hop `since`, and
/// all that followed up to hop `until` was noise.
pub fn step(tape: &Tape, clock: Clock, (since, until): (u64, u64), before: f32) -> Option<Step> {
    let hops = |ms: f64| clock.hops(Seconds::from_ms(ms));
    let first = since + hops(AFTER_MS);
    let level = energies(tape, first, until, [0.5])?[0];
    if !(STEP * before..=NO_FLOOR * before).contains(&level) {
        return None;
    }
    let at = split(tape, since.saturating_sub(hops(BEFORE_MS))..first, (level * before).sqrt(), true);
    is_steady(tape, at + hops(REACH_MS), until).then_some(Step { at, level: level / before })
}

/// The hop from which on the noise is at `floor` again, if it stepped down to it shortly before hop `first`
/// from `before`, and was noise for as long as no effort lasts.
pub fn step_down(tape: &Tape, clock: Clock, first: u64, floor: f32, before: f32) -> Option<u64> {
    let hops = |ms: f64| clock.hops(Seconds::from_ms(ms));
    if floor >= STEPPED_DOWN * before {
        return None;
    }
    let at = split(tape, first.saturating_sub(hops(BEFORE_MS))..first, (floor * before).sqrt(), false);
    let begun = at.saturating_sub(clock.hops(Seconds::new(LONGEST_EFFORT_S)));
    is_steady(tape, begun, at.saturating_sub(hops(REACH_MS))).then_some(at)
}

/// Whether what lies at hops `from..to` is as steady as noise is.
fn is_steady(tape: &Tape, from: u64, to: u64) -> bool {
    let quantiles = energies(tape, from, to, [0.1, 0.5, 0.8]);
    quantiles.is_some_and(|[low, median, high]| low >= LEAST * median && high <= MOST * median)
}

/// The hop of `within` that divides it best: most energies of 16 ms before it are below `between`, most after
/// it above, where it goes `up`; else the other way round.
fn split(tape: &Tape, within: Range<u64>, between: f32, up: bool) -> u64 {
    let (mut best, mut most, mut sum) = (within.start, 0, 0i32);
    for at in within {
        let low = tape.detect.around(0, at).is_some_and(|e| e < between);
        sum += if low == up { 1 } else { -1 };
        if sum > most {
            (best, most) = (at + 1, sum);
        }
    }
    best
}

/// Quantiles of the energies of 64 ms around hops `from..to`; `None` where there are none.
fn energies<const N: usize>(tape: &Tape, from: u64, to: u64, quantiles: [f64; N]) -> Option<[f32; N]> {
    let mut values = [0.0f32; 512];
    let every = to.saturating_sub(from) as usize / values.len() + 1;
    let energies = (from..to).step_by(every).filter_map(|at| tape.detect.around(FLOOR_WINDOW, at));
    let count = values.iter_mut().zip(energies).map(|(v, e)| *v = e).count();
    let mut found = [0.0; N];
    for (found, q) in found.iter_mut().zip(quantiles) {
        *found = quantile(&mut values[..count], q)?;
    }
    Some(found)
}
