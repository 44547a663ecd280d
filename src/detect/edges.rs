//! How much of a burst is faster than muscle: the edges of a contact that opens and closes.
//!
//! A contact switches within a sample. What it leaves above the band falls as the square of the frequency,
//! and potentials of muscle, smoothed by tissue and electrodes, fall much faster. One edge
//! may coincide with a twitch; many are a contact that chatters.

use super::shape::PULSE_MS;
use super::tape::{Clock, Tape};
use crate::signal::floor::quantile;
use crate::units::Seconds;

/// What is above the band is heard where samples come so fast, Hz: the third difference of samples half a
/// millisecond apart has its half power at 700 Hz.
const LEAST_HZ: f64 = 1900.0;
/// Looked at before the burst and after it, ms: the filters of the band are late by about 4.
const BEFORE_MS: f64 = 8.0;
const AFTER_MS: f64 = 2.0;
/// The noise is heard so long on either side, ms.
const AROUND_MS: f64 = 150.0;
/// The square of normal noise has its median at this share of its mean.
const MEDIAN: f32 = 0.455;
/// What does not stand out of the noise by this factor says nothing.
const HEARD: f32 = 2.0;
/// Room for 320 ms at the fastest rate after thinning; of what lasts longer, the beginning is looked at.
const SAMPLES: usize = 1280;

/// The power of samples `onset..offset` above the band over that in it, both without the fastest pulse,
/// which may be one edge; 0 where that can't be told, and of what is shorter than two.
pub fn edges(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> f32 {
    let step = (clock.rate.hz() / LEAST_HZ) as u64;
    let samples = |ms: f64| clock.samples(Seconds::from_ms(ms));
    let (from, to) = (onset.saturating_sub(samples(BEFORE_MS)), offset + samples(AFTER_MS));
    let (around, pulse) = (samples(AROUND_MS), samples(PULSE_MS) as usize);
    let count = ((to - from) as usize).min(SAMPLES);
    if step == 0 || count < 2 * pulse {
        return 0.0;
    }
    // Where there is no signal there is no noise either: zeros would make a contact of every burst.
    let sides = (from.saturating_sub(around)..from).chain(to..to + around);
    let signal = sides.filter(|at| tape.is_valid(at / clock.hop));
    let mut noise = [0.0f32; 2 * SAMPLES];
    let heard = noise.iter_mut().zip(signal).map(|(x, at)| *x = above(tape, step, at)).count();
    let Some(median) = quantile(&mut noise[..heard], 0.5) else { return 0.0 };
    let mut fast = [0.0f32; SAMPLES];
    fast[..count].iter_mut().zip(from..).for_each(|(x, at)| *x = above(tape, step, at));
    let first = strongest(&fast[..count], pulse);
    let others = || (0..first).chain(first + pulse..count);
    let rest: f32 = others().map(|n| fast[n]).sum();
    let band: f32 = others().map(|n| tape.samples.get(from + n as u64).detect.powi(2)).sum();
    let noise = (count - pulse) as f32 * median / MEDIAN;
    if band <= 0.0 || rest <= HEARD * noise {
        return 0.0;
    }
    // An edge is one, however many samples there are to a burst.
    let samples_a_step = (clock.rate.hz() / step as f64 / 2000.0) as f32;
    (rest - noise) / band * samples_a_step
}

/// The power above the band at sample `at`: the square of the third difference around it.
fn above(tape: &Tape, step: u64, at: u64) -> f32 {
    let x = |n: u64| tape.samples.get((at + n * step).saturating_sub(3 * step / 2)).unfiltered;
    ((x(3) - x(0)) - 3.0 * (x(2) - x(1))).powi(2)
}

/// Where the `length` values with the largest sum begin.
fn strongest(values: &[f32], length: usize) -> usize {
    let (mut sum, mut best, mut first) = (0.0f64, 0.0, 0);
    for (n, value) in values.iter().enumerate() {
        sum += f64::from(*value);
        if n >= length {
            sum -= f64::from(values[n - length]);
        }
        if sum > best {
            (best, first) = (sum, (n + 1).saturating_sub(length));
        }
    }
    first
}
