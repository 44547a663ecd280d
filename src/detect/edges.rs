//! How much of a burst is faster than muscle: the edges of a contact that opens and closes.
//!
//! A contact switches within a sample. What it leaves above the band falls as the square of the frequency,
//! and potentials of muscle, smoothed by tissue and electrodes, fall much faster. One edge
//! may coincide with a twitch; many are a contact that chatters.

use super::tape::{Clock, Tape};
use crate::signal::floor::quantile;
use crate::units::Seconds;

/// What is above the band is heard where samples come so fast, Hz: the third difference of samples half a
/// millisecond apart has its half power at 790 Hz.
const LEAST_HZ: f64 = 1900.0;
const ORDER: usize = 3;
/// Looked at before the burst and after it, ms: the filters of the band are late by about 4.
const BEFORE_MS: f64 = 8.0;
const AFTER_MS: f64 = 2.0;
/// The fastest of it, which may be one edge, is left out, ms; what is shorter than twice that is one edge.
const ONE_MS: f64 = 6.0;
/// The noise is heard so long on either side, s.
const AROUND_S: f64 = 0.15;
/// The square of normal noise has its median at this share of its mean.
const MEDIAN: f32 = 0.455;
/// What does not stand out of the noise by this factor says nothing.
const HEARD: f32 = 2.0;
/// Room for 320 ms at the fastest rate after thinning; of what lasts longer, the beginning is looked at.
const SAMPLES: usize = 1280;

/// The power of samples `onset..offset` above the band over that in it, both without the fastest 6 ms;
/// 0 where that can't be told.
pub fn edges(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> f32 {
    let step = (clock.rate.hz() / LEAST_HZ) as usize;
    let samples = |s: f64| clock.samples(Seconds::new(s));
    let (around, one) = (samples(AROUND_S), samples(ONE_MS / 1e3) as usize);
    if step == 0 {
        return 0.0;
    }
    let (from, to) = (onset.saturating_sub(samples(BEFORE_MS / 1e3)), offset + samples(AFTER_MS / 1e3));
    let mut fast = [0.0f32; SAMPLES];
    let mut noise = [0.0f32; 2 * SAMPLES];
    let before = squares(tape, step, from.saturating_sub(around), from, &mut noise);
    let heard = before + squares(tape, step, to, to + around, &mut noise[before..]);
    let Some(median) = quantile(&mut noise[..heard], 0.5) else { return 0.0 };
    let count = squares(tape, step, from, to, &mut fast);
    if count < 2 * one {
        return 0.0;
    }
    let first = strongest(&fast[..count], one);
    let outside = |n: usize| n < first || n >= first + one;
    let sum = |values: &mut dyn Iterator<Item = f32>| {
        values.enumerate().filter(|(n, _)| outside(*n)).map(|(_, x)| x).sum::<f32>()
    };
    let above = sum(&mut fast[..count].iter().copied());
    let band = sum(&mut tape.samples.range(from, from + count as u64).map(|f| f.detect * f.detect));
    let noise = (count - one) as f32 * median / MEDIAN;
    if band <= 0.0 || above <= HEARD * noise {
        return 0.0;
    }
    // An edge is one, however many samples there are to a burst.
    let samples_a_step = (clock.rate.hz() / step as f64 / 2000.0) as f32;
    (above - noise) / band * samples_a_step
}

/// The squares of the third differences around samples `from..to`, as many as are held and fit.
fn squares(tape: &Tape, step: usize, from: u64, to: u64, out: &mut [f32]) -> usize {
    let half = (ORDER * step) as u64 / 2;
    let mut raw = [0.0f32; 2 * SAMPLES];
    let samples = tape.samples.range(from.saturating_sub(half), to + (ORDER * step) as u64 - half);
    let count = raw.iter_mut().zip(samples).map(|(x, f)| *x = f.unfiltered).count();
    let third = |w: &[f32]| (w[3 * step] - w[0]) - 3.0 * (w[2 * step] - w[step]);
    let all = raw[..count].windows(ORDER * step + 1).map(third);
    out.iter_mut().zip(all).map(|(x, d)| *x = d * d).count()
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
