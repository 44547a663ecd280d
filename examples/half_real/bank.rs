//! Short bursts cut from real recordings.

use std::f64::consts::PI;
use std::path::Path;

use super::chance::Chance;
use super::dsp::{above, in_band, power, resample};
use super::load::load;

/// A stretch of muscle activity in a recording.
struct Activity {
    /// From, to, s.
    span: [f64; 2],
    /// Which of the bank's signals.
    signal: usize,
}

/// Every real activity that bursts are cut from.
pub struct Bank {
    /// Signals and their rates, Hz.
    signals: Vec<(Vec<f64>, f64)>,
    /// By recording, so that each gives as many bursts as the others.
    kinds: Vec<(&'static str, Vec<Activity>)>,
}

/// A burst of power 1 in the band of the SNR.
pub struct Burst {
    /// The samples, at the rate asked for.
    pub samples: Vec<f64>,
    /// Where it is from.
    pub from: String,
}

/// What is cut: recording, channel, high-pass Hz, the stretches in s. The corner of the ECG
/// recording is so high that no beat comes along.
const CUTS: [(&str, usize, f64, &[[f64; 2]]); 5] = [
    (
        "plux_thumb_flicks",
        0,
        20.0,
        &[
            [3.56, 3.66],
            [7.67, 7.78],
            [11.90, 12.02],
            [15.11, 15.23],
            [18.0, 18.14],
            [21.34, 21.44],
            [25.44, 25.53],
            [29.25, 29.32],
            [31.94, 32.02],
            [34.56, 34.66],
            [37.18, 37.33],
            [40.24, 40.37],
        ],
    ),
    ("biosppy_emg_1", 0, 20.0, &[[1.49, 1.80], [25.68, 25.82], [26.44, 26.60]]),
    (
        "plux_biceps_efforts",
        0,
        20.0,
        &[
            [1.5, 2.25],
            [4.75, 5.6],
            [7.8, 8.7],
            [11.9, 12.6],
            [14.6, 15.5],
            [17.4, 18.2],
            [20.4, 21.3],
            [23.4, 24.5],
            [26.6, 27.6],
        ],
    ),
    ("emggo_ecg_8ch", 0, 70.0, &[[1.3, 1.7], [3.8, 4.5], [5.6, 6.4], [7.4, 8.3], [9.0, 9.9]]),
    ("emggo_ecg_8ch", 4, 70.0, &[[11.1, 11.7], [13.0, 13.7], [14.6, 15.1], [16.4, 17.1], [18.3, 18.9]]),
];

/// Edges of a burst: a twentieth of a second is a twitch, so they are much shorter.
const EDGE_S: f64 = 0.004;

impl Bank {
    /// Reads the recordings of `folder`.
    pub fn new(folder: &Path) -> Self {
        let mut bank = Self { signals: Vec::new(), kinds: Vec::new() };
        for (stem, channel, corner_hz, spans) in CUTS {
            let loaded = load(&folder.join(format!("{stem}.wav")));
            let rate_hz = loaded.format.rate.hz();
            bank.signals.push((above(&loaded.channels[channel], corner_hz, rate_hz), rate_hz));
            let signal = bank.signals.len() - 1;
            let all = spans.iter().map(|span| Activity { span: *span, signal });
            match bank.kinds.iter_mut().find(|(name, _)| *name == stem) {
                Some((_, there)) => there.extend(all),
                None => bank.kinds.push((stem, all.collect())),
            }
        }
        bank
    }

    /// A piece of `seconds` of one of the activities, or all of it where it is shorter.
    pub fn draw(&self, chance: &mut Chance, seconds: f64, rate_hz: f64) -> Burst {
        // Short activities cannot give long bursts: try another.
        loop {
            let (name, all) = chance.one_of(&self.kinds);
            let activity = chance.one_of(all);
            let room = activity.span[1] - activity.span[0] - seconds;
            if room < 0.0 {
                continue;
            }
            let start = activity.span[0] + room * chance.unit();
            let (signal, from_hz) = &self.signals[activity.signal];
            let sign = if chance.unit() < 0.5 { -1.0 } else { 1.0 };
            let samples = piece(signal, *from_hz, start, seconds, rate_hz);
            let scale = sign / (band_energy(&samples, rate_hz) / samples.len() as f64).sqrt();
            let samples = samples.iter().map(|x| x * scale).collect();
            return Burst { samples, from: format!("{name} {start:.2} s") };
        }
    }
}

/// The piece at `rate_hz`, with smooth edges.
fn piece(signal: &[f64], from_hz: f64, start: f64, seconds: f64, rate_hz: f64) -> Vec<f64> {
    let margin = 0.1;
    let first = ((start - margin).max(0.0) * from_hz) as usize;
    let last = (((start + seconds + margin) * from_hz) as usize).min(signal.len());
    let around = resample(&signal[first..last], from_hz, rate_hz);
    let skip = ((start - first as f64 / from_hz) * rate_hz).round() as usize;
    let count = ((seconds * rate_hz).round() as usize).max(2).min(around.len() - skip);
    let edge = (EDGE_S * rate_hz).min(count as f64 / 4.0);
    let weight = |i: usize| {
        let depth = (i as f64 + 0.5).min(count as f64 - 0.5 - i as f64);
        if depth < edge { 0.5 - 0.5 * (PI * depth / edge).cos() } else { 1.0 }
    };
    (0..count).map(|i| around[skip + i] * weight(i)).collect()
}

/// The energy in the band of the SNR; silence around it, where a filter's tail belongs to it.
fn band_energy(samples: &[f64], rate_hz: f64) -> f64 {
    let margin = (0.2 * rate_hz) as usize;
    let mut x = vec![0.0; margin];
    x.extend(samples);
    x.extend(vec![0.0; margin]);
    power(&in_band(&x, rate_hz)) * x.len() as f64
}
