//! Bursts added to a background at known times.

use twitchscope::evaluate::Event;

use super::background::Background;
use super::bank::Bank;
use super::chance::Chance;
use super::dsp::{in_band, power, quantile};

/// How long a burst is, s.
const LENGTH_S: [f64; 2] = [0.010, 0.160];
/// Its power over the local noise, dB.
const SNR_DB: [f64; 2] = [8.0, 22.0];
/// The least time from burst to burst, and the mean of what comes on top, s.
const GAP_S: [f64; 2] = [0.25, 0.8];
/// The least time to activity of the background's own, s.
const BESIDE_S: f64 = 0.15;
/// Nothing is added before this time and so close to the end, s: a detector needs to hear noise.
const ENDS_S: [f64; 2] = [2.0, 0.3];
/// Noise is measured in windows so long, so far to either side, s.
const WINDOW_S: f64 = 0.05;
const AROUND_S: f64 = 1.0;
const NEAR_S: f64 = 0.15;

/// A recording with known truth.
pub struct Mix {
    /// Samples.
    pub samples: Vec<f64>,
    /// What was added.
    pub truth: Vec<Event>,
    /// Where each was cut.
    pub from: Vec<String>,
    /// Activity that is neither truth nor false alarm, s.
    pub unknown: Vec<[f64; 2]>,
    /// The converter's end, where there is one.
    pub full_scale: Option<f64>,
}

/// Adds bursts to `background`, which is kept with `bits` bits where some are given.
pub fn mix(background: Background, bank: &Bank, rate_hz: f64, bits: Option<u32>, chance: &mut Chance) -> Mix {
    let Background { mut samples, unknown, efforts } = background;
    let level = samples.iter().sum::<f64>() / samples.len() as f64;
    samples.iter_mut().for_each(|x| *x -= level);
    let largest = samples.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    // Twice the background's peak leaves room for bursts.
    let full_scale = bits.map(|_| 2.0 * largest);
    let step = full_scale.zip(bits).map_or(0.0, |(end, bits)| end / f64::from(1u32 << (bits - 1)));
    let heard: Vec<f64> = samples.iter().map(|x| kept(*x, step)).collect();
    let noise = Noise::of(&heard, step, rate_hz);
    let mut made = Mix { samples, truth: Vec::new(), from: Vec::new(), unknown, full_scale };
    let whole_s = made.samples.len() as f64 / rate_hz;
    let mut onset = ENDS_S[0] + chance.unit();
    while onset < whole_s - ENDS_S[1] - LENGTH_S[1] {
        let seconds = chance.within(LENGTH_S[0].ln(), LENGTH_S[1].ln()).exp();
        let own = made.unknown.iter().chain(&efforts);
        let clash = |[a, b]: &&[f64; 2]| *a < onset + seconds + BESIDE_S && onset < *b + BESIDE_S;
        if let Some([_, end]) = own.clone().find(clash) {
            onset = end + BESIDE_S + chance.within(0.01, 0.5);
            continue;
        }
        let burst = bank.draw(chance, seconds, rate_hz);
        let first = (onset * rate_hz).round() as usize;
        let snr_db = chance.within(SNR_DB[0], SNR_DB[1]);
        let gain = (noise.at(first, burst.samples.len()) * 10f64.powf(snr_db / 10.0)).sqrt();
        for (x, b) in made.samples[first..].iter_mut().zip(&burst.samples) {
            *x += gain * b;
        }
        let duration = burst.samples.len() as f64 / rate_hz;
        made.truth.push(Event { onset: first as f64 / rate_hz, duration, snr_db: Some(snr_db) });
        made.from.push(burst.from);
        onset += duration + GAP_S[0] - GAP_S[1] * (1.0 - chance.unit()).ln();
    }
    let end = full_scale.unwrap_or(f64::INFINITY);
    made.samples.iter_mut().for_each(|x| *x = kept(x.clamp(-end, (end - step).max(0.0)), step));
    made
}

/// What a converter of this step makes of `x`.
fn kept(x: f64, step: f64) -> f64 {
    if step > 0.0 { (x / step).round() * step } else { x }
}

/// The power of the background in the band, window by window.
struct Noise {
    powers: Vec<f64>,
    window: usize,
    around: usize,
    near: usize,
    least: f64,
}

impl Noise {
    fn of(x: &[f64], step: f64, rate_hz: f64) -> Self {
        let band = in_band(x, rate_hz);
        let window = (WINDOW_S * rate_hz) as usize;
        let windows = |s: f64| (s / WINDOW_S).round() as usize;
        let powers = band.chunks_exact(window).map(power).collect();
        // A silent converter still rounds: its error has a power of step² / 12.
        Self { powers, window, around: windows(AROUND_S), near: windows(NEAR_S), least: step * step / 12.0 }
    }

    /// The quiet power around a burst: a low quantile of what is around, so that a beat does not
    /// count, but no less than the median close by, so that activity that goes on does.
    fn at(&self, first: usize, count: usize) -> f64 {
        let share = |reach: usize, share: f64| {
            let from = (first / self.window).saturating_sub(reach);
            let to = ((first + count) / self.window + reach + 1).min(self.powers.len());
            quantile(self.powers[from.min(to - 1)..to].to_vec(), share)
        };
        share(self.around, 0.3).max(share(self.near, 0.5)).max(self.least)
    }
}
