//! What is stated of each burst: peak, RMS, SNR, discharges.

use super::tape::{Clock, Tape};
use crate::signal::envelope::teager_kaiser;
use crate::units::Seconds;

/// The field's numbers for one burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Largest absolute value, amplitude band, in the samples' unit.
    pub peak: f32,
    /// RMS from onset to offset, amplitude band, in the samples' unit.
    pub rms: f32,
    /// Power of the burst alone over that of the noise, dB.
    pub snr_db: f32,
    /// Discharges that can be told apart.
    pub discharges: u32,
}

/// Two discharges are told apart from this distance on: the refractory period and the width of a
/// surface potential (5-17 ms, Westling 1990) leave no more.
const APART_MS: f64 = 5.0;
/// A discharge reaches this share of the burst's largest Teager–Kaiser energy.
const LEAST_SHARE: f32 = 0.15;
/// A burst no stronger than a tenth of the noise is given as -10 dB.
const LEAST_SNR: f64 = 0.1;

/// Measures samples `onset..offset`; `noise` is the noise power in the amplitude band.
pub fn measure(tape: &Tape, clock: Clock, onset: u64, offset: u64, noise: f32) -> Measures {
    let (mut peak, mut sum) = (0.0f32, 0.0f64);
    for forms in tape.samples.range(onset, offset) {
        peak = peak.max(forms.amplitude.abs());
        sum += f64::from(forms.amplitude).powi(2);
    }
    let power = sum / (offset - onset).max(1) as f64;
    let noise = f64::from(noise);
    let ratio = if noise > 0.0 { ((power - noise) / noise).max(LEAST_SNR) } else { 1e6 };
    Measures {
        peak,
        rms: power.sqrt() as f32,
        snr_db: (10.0 * ratio.log10()) as f32,
        discharges: discharges(tape, clock, onset, offset),
    }
}

/// Counts peaks of the Teager–Kaiser energy that stand apart.
fn discharges(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> u32 {
    let x = |at: u64| tape.samples.get(at).detect;
    let energy = |at: u64| teager_kaiser(x(at.saturating_sub(1)), x(at), x(at + 1));
    let largest = (onset..offset).map(energy).fold(0.0f32, f32::max);
    let apart = clock.samples(Seconds::from_ms(APART_MS));
    let mut count = 0;
    let mut best: Option<(u64, f32)> = None;
    for at in onset..offset {
        let e = energy(at);
        if e < LEAST_SHARE * largest {
            continue;
        }
        match best {
            Some((place, height)) if at - place < apart => {
                if e > height {
                    best = Some((at, e));
                }
            }
            _ => {
                count += 1;
                best = Some((at, e));
            }
        }
    }
    count.max(1)
}
