//! Whether a burst is hum: mains that came and went, as when a hand touches the electrode or an
//! appliance is switched.
//!
//! Over a whole number of periods the harmonics of a frequency are orthogonal, so their share of
//! the energy is a sum of squares. Of noise in `n` periods, one part in `n` lies on them by chance.

use std::f64::consts::TAU;

use super::tape::{Clock, Tape};

/// The grid frequencies of the world, Hz.
const GRIDS_HZ: [f64; 2] = [50.0, 60.0];
/// How far the grid, or the clock of a cheap board, may be off, Hz.
const OFF_HZ: [f64; 3] = [0.0, -0.4, 0.4];
/// Fewer periods tell nothing: at two, half of any burst lies on the harmonics by chance.
const FEWEST: u64 = 3;
/// More need not be looked at; over them a grid that is off would drift out of its harmonics.
const MOST: u64 = 6;
/// The highest harmonic that is looked at, Hz: the detection band ends here.
const HIGHEST_HZ: f64 = 450.0;
/// The correlation of a burst with itself a period later is at least this for hum.
const LEAST_ALIKE: f64 = 0.5;

/// Mains in a burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hum {
    /// The fundamental, Hz.
    pub hz: f64,
    /// The share of the energy on its harmonics, 0 to 1.
    pub share: f64,
    /// In how many periods that was measured.
    pub periods: u64,
}

impl Hum {
    /// The share beyond what noise has there: 0 for noise, 1 for nothing but hum.
    pub fn beyond_chance(&self) -> f64 {
        let chance = 1.0 / self.periods as f64;
        (self.share - chance) / (1.0 - chance)
    }
}

/// The grid that samples `onset..offset` of the detection band fit best; `None` where they are too
/// short to tell, or differ from one period to the next.
pub fn hum(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> Option<Hum> {
    let x = |at: u64| f64::from(tape.samples.get(at).detect);
    let mut best: Option<Hum> = None;
    for grid_hz in GRIDS_HZ {
        let period = clock.rate.hz() / grid_hz;
        let periods = ((offset - onset) as f64 / period).floor().min(MOST as f64) as u64;
        if periods < FEWEST || alike(&x, onset, offset, period.round() as u64) < LEAST_ALIKE {
            continue;
        }
        for off_hz in OFF_HZ {
            let hz = grid_hz + off_hz;
            let length = (periods as f64 * clock.rate.hz() / hz).round() as u64;
            let from = onset + (offset - onset).saturating_sub(length) / 2;
            let share = share(&x, from, from + length, hz, clock.rate.hz());
            if best.is_none_or(|b| share > b.share) {
                best = Some(Hum { hz, share, periods });
            }
        }
    }
    best
}

/// The normalised correlation of samples `from..to` with those `later`.
fn alike(x: &impl Fn(u64) -> f64, from: u64, to: u64, later: u64) -> f64 {
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for at in from..to.saturating_sub(later) {
        let (a, b) = (x(at), x(at + later));
        both += a * b;
        one += a * a;
        other += b * b;
    }
    if one > 0.0 && other > 0.0 { both / (one * other).sqrt() } else { 0.0 }
}

/// The share of the energy of samples `from..to` on the harmonics of `hz`.
fn share(x: &impl Fn(u64) -> f64, from: u64, to: u64, hz: f64, rate_hz: f64) -> f64 {
    let energy: f64 = (from..to).map(|at| x(at) * x(at)).sum();
    let highest = (HIGHEST_HZ.min(0.475 * rate_hz) / hz) as u32;
    let on_line = |k: u32| {
        let step = TAU * f64::from(k) * hz / rate_hz;
        let (mut re, mut im) = (0.0, 0.0);
        for at in from..to {
            let (sin, cos) = (step * (at - from) as f64).sin_cos();
            re += cos * x(at);
            im += sin * x(at);
        }
        2.0 * (re * re + im * im) / (to - from) as f64
    };
    let lines: f64 = (1..=highest).map(on_line).sum();
    if energy > 0.0 { (lines / energy).min(1.0) } else { 0.0 }
}
