//! What a burst looks like: one pulse that rings, or many discharges; a jump beneath it; hum.

use super::tape::{Clock, Tape};
use crate::units::Seconds;

/// The numbers that tell a twitch from what only looks like one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// The share of the energy in the best 6 ms, 0 to 1.
    pub share: f32,
    /// The middle of those 6 ms.
    pub centre: u64,
    /// Extrema of at least a quarter of the largest.
    pub extrema: u32,
    /// The largest change of the unfiltered level around the burst, over the peak in the band.
    pub jump: f32,
    /// The share of samples at the converter's end.
    pub railed: f32,
}

/// The impulse response of the detection band is about this long.
const PULSE_MS: f64 = 6.0;
const EXTREMUM: f32 = 0.25;
/// The level before and after is the mean over this much.
const LEVEL_MS: f64 = 16.0;
const MARGIN_MS: f64 = 4.0;

/// Looks at samples `onset..offset` with a small margin.
pub fn shape(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> Shape {
    let margin = clock.samples(Seconds::from_ms(MARGIN_MS));
    let (from, to) = (onset.saturating_sub(margin), offset + margin);
    let x = |at: u64| tape.samples.get(at).detect;
    let pulse = clock.samples(Seconds::from_ms(PULSE_MS));
    let (mut total, mut window, mut best, mut centre, mut peak) = (0.0f64, 0.0f64, 0.0f64, from, 0.0f32);
    for at in from..to {
        let e = f64::from(x(at)).powi(2);
        total += e;
        window += e;
        if at >= from + pulse {
            window -= f64::from(x(at - pulse)).powi(2);
        }
        if window > best {
            (best, centre) = (window, at.saturating_sub(pulse / 2));
        }
        peak = peak.max(x(at).abs());
    }
    let extremum = |at: &u64| {
        let (l, m, r) = (x(at.saturating_sub(1)).abs(), x(*at).abs(), x(at + 1).abs());
        m >= EXTREMUM * peak && m >= l && m > r
    };
    Shape {
        share: if total > 0.0 { (best / total) as f32 } else { 0.0 },
        centre,
        extrema: (from..to).filter(extremum).count() as u32,
        jump: if peak > 0.0 { jump(tape, clock, onset, offset) / peak } else { 0.0 },
        railed: railed(tape, clock, onset, offset),
    }
}

/// The level after less the level before, or the largest excursion between, whichever is larger.
fn jump(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> f32 {
    let long = clock.hops(Seconds::from_ms(LEVEL_MS));
    let gap = clock.hops(Seconds::from_ms(2.0 * MARGIN_MS));
    let (first, last) = (onset / clock.hop, offset / clock.hop);
    let level = |from: u64| {
        let (sum, n) = tape.level.range(from, from + long).fold((0.0f32, 0), |(s, n), v| (s + v, n + 1));
        if n > 0 { sum / n as f32 } else { 0.0 }
    };
    let before = level(first.saturating_sub(gap + long));
    (first..=last + gap).map(|at| (level(at) - before).abs()).fold(0.0, f32::max)
}

fn railed(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> f32 {
    let (first, last) = (onset / clock.hop, offset / clock.hop + 1);
    let sum: u32 = tape.railed.range(first, last).map(u32::from).sum();
    sum as f32 / ((last - first) * clock.hop) as f32
}
