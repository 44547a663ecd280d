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
    /// The lesser of the peaks up and down over the larger, 0 to 1: a spike goes one way, muscle
    /// both.
    pub balance: f32,
    /// The peak above 5 Hz over the peak in the band: what swings slowly beneath a burst.
    pub swing: f32,
    /// The peak above 20 Hz over the peak in the band: the same, and deaf to what is slower than
    /// the burst itself.
    pub lurch: f32,
    /// The root mean square frequency of the best pulse, Hz.
    pub frequency_hz: f32,
    /// Whether the samples come fast enough to tell a spike from a potential.
    pub sharp: bool,
    /// The share of samples at the converter's end.
    pub railed: f32,
}

/// The impulse response of the detection band is about this long.
pub const PULSE_MS: f64 = 6.0;
/// A spike of a millisecond needs this many samples a second.
const SHARP_HZ: f64 = 1000.0;
const EXTREMUM: f32 = 0.25;
/// The level before and after a pulse is the mean over this much, from these distances on.
const LEVEL_MS: f64 = 8.0;
const NEAR_MS: f64 = 8.0;
const FAR_MS: f64 = 24.0;
const MARGIN_MS: f64 = 4.0;

/// Looks at samples `onset..offset` with a small margin.
pub fn shape(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> Shape {
    let margin = clock.samples(Seconds::from_ms(MARGIN_MS));
    let (from, to) = (onset.saturating_sub(margin), offset + margin);
    let x = |at: u64| tape.samples.get(at).detect;
    let pulse = clock.samples(Seconds::from_ms(PULSE_MS));
    let (mut total, mut window, mut best, mut centre) = (0.0f64, 0.0f64, 0.0f64, from);
    let (mut peak, mut swing, mut up, mut down) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
    let mut lurch = 0.0f32;
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
        up = up.max(x(at));
        down = down.max(-x(at));
        lurch = lurch.max(tape.samples.get(at).amplitude.abs());
        swing = swing.max(tape.samples.get(at).wide.abs());
    }
    let extremum = |at: &u64| {
        let (l, m, r) = (x(at.saturating_sub(1)).abs(), x(*at).abs(), x(at + 1).abs());
        m >= EXTREMUM * peak && m >= l && m > r
    };
    Shape {
        share: if total > 0.0 { (best / total) as f32 } else { 0.0 },
        centre,
        extrema: (from..to).filter(extremum).count() as u32,
        jump: if peak > 0.0 { jump(tape, clock, centre) / peak } else { 0.0 },
        sharp: clock.rate.hz() >= SHARP_HZ,
        balance: if peak > 0.0 { up.min(down) / peak } else { 1.0 },
        swing: if peak > 0.0 { swing / peak } else { 0.0 },
        lurch: if peak > 0.0 { lurch / peak } else { 0.0 },
        frequency_hz: frequency(tape, clock, centre),
        railed: railed(tape, clock, onset, offset),
    }
}

/// How far the unfiltered level jumps across the pulse at `centre`, beyond its slope: the mean of
/// 8 ms after less that of 8 ms before, less the mean of the slopes on both sides.
pub fn jump(tape: &Tape, clock: Clock, centre: u64) -> f32 {
    let samples = |ms: f64| clock.samples(Seconds::from_ms(ms));
    let (long, near, far) = (samples(LEVEL_MS), samples(NEAR_MS), samples(FAR_MS));
    let level = |from: u64| {
        let (sum, n) =
            tape.samples.range(from, from + long).fold((0.0, 0), |(s, n), f| (s + f64::from(f.raw), n + 1));
        if n > 0 { sum / f64::from(n) } else { 0.0 }
    };
    let before = level(centre.saturating_sub(near + long));
    let long_before = level(centre.saturating_sub(far + long));
    let (after, long_after) = (level(centre + near), level(centre + far));
    let slope = ((before - long_before) + (long_after - after)) / (2.0 * (far - near).max(1) as f64);
    (after - before - slope * (2 * near + long) as f64).abs() as f32
}

/// The root mean square frequency of the pulse at `centre`, Hz: the RMS of its slope over 2π times
/// that of itself.
fn frequency(tape: &Tape, clock: Clock, centre: u64) -> f32 {
    let samples = |ms: f64| clock.samples(Seconds::from_ms(ms));
    let (from, to) = (centre.saturating_sub(samples(6.0)), centre + samples(8.0));
    let (mut energy, mut slope, mut last) = (0.0f64, 0.0f64, None);
    for forms in tape.samples.range(from, to) {
        let x = f64::from(forms.detect);
        if let Some(last) = last {
            energy += x * x;
            slope += (x - last) * (x - last);
        }
        last = Some(x);
    }
    if energy > 0.0 {
        ((slope / energy).sqrt() / std::f64::consts::TAU * clock.rate.hz()) as f32
    } else {
        0.0
    }
}

fn railed(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> f32 {
    let (first, last) = (onset / clock.hop, offset / clock.hop + 1);
    let sum: u32 = tape.railed.range(first, last).map(u32::from).sum();
    sum as f32 / ((last - first) * clock.hop) as f32
}
