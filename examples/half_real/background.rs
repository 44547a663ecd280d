//! Real recordings, and hum, that bursts are added to.

use std::f64::consts::TAU;
use std::path::Path;

use super::chance::Chance;
use super::dsp::{above, power, resample};
use super::load::load;

/// What a background is made of.
pub struct Plan {
    /// Its name in the table.
    pub name: &'static str,
    /// Recording, channel, and from where to where, s.
    pub from: Option<(&'static str, usize, [f64; 2])>,
    /// Activity of its own that is neither truth nor false alarm: real flicks, s of the recording.
    pub unknown: &'static [[f64; 2]],
    /// Activity of its own that is certainly no twitch, near which nothing is added, s.
    pub efforts: &'static [[f64; 2]],
    /// Mains that is added, Hz, and its share of the power.
    pub hum: Option<(f64, f64)>,
    /// Bursts lie on its efforts too.
    pub on_efforts: bool,
    /// Rates that it is tried at, Hz.
    pub rates: &'static [f64],
    /// Converters of so few bits, each at the first rate.
    pub bits: &'static [u32],
}

/// The same, made.
pub struct Background {
    /// The samples.
    pub samples: Vec<f64>,
    /// As [`Plan::unknown`], s of the samples.
    pub unknown: Vec<[f64; 2]>,
    /// As [`Plan::efforts`], s of the samples.
    pub efforts: Vec<[f64; 2]>,
}

/// The twelve flicks, with the weak activity just before and after them and a weak burst before the
/// first.
const FLICKS: &[[f64; 2]] = &[
    [1.5, 2.1],
    [3.15, 4.20],
    [7.25, 8.30],
    [11.45, 12.50],
    [14.65, 15.70],
    [17.55, 18.60],
    [20.95, 22.00],
    [24.95, 26.00],
    [28.75, 29.80],
    [31.45, 32.50],
    [34.15, 35.20],
    [36.75, 37.80],
    [39.75, 40.80],
];
const NINE_EFFORTS: &[[f64; 2]] = &[
    [0.6, 2.8],
    [4.1, 6.0],
    [7.3, 9.5],
    [11.2, 13.1],
    [13.8, 16.0],
    [16.8, 18.8],
    [19.7, 21.8],
    [22.6, 25.0],
    [25.6, 28.5],
];
const TEN_EFFORTS: &[[f64; 2]] = &[
    [1.1, 1.65],
    [3.65, 4.75],
    [5.55, 6.4],
    [7.25, 8.3],
    [9.05, 10.2],
    [10.85, 12.0],
    [12.75, 14.05],
    [14.55, 15.5],
    [16.45, 17.25],
    [18.25, 19.1],
];
/// Short bursts, and weak activity of which nobody can say what it is.
const BIOSPPY_OWN: &[[f64; 2]] = &[
    [1.3, 2.0],
    [9.4, 9.9],
    [10.5, 10.9],
    [23.0, 24.2],
    [25.5, 26.0],
    [26.2, 26.8],
    [35.7, 41.1],
    [44.8, 45.3],
];
const ALL_RATES: &[f64] = &[1000.0, 500.0, 2000.0, 4000.0];
const ECG_RATES: &[f64] = &[2048.0, 500.0, 1000.0, 4000.0];
const COARSE: &[u32] = &[10, 8];

const fn plan(name: &'static str, stem: &'static str, channel: usize, span: [f64; 2]) -> Plan {
    let from = Some((stem, channel, span));
    Plan {
        name,
        from,
        unknown: &[],
        efforts: &[],
        hum: None,
        on_efforts: false,
        rates: ALL_RATES,
        bits: COARSE,
    }
}

const fn hum(name: &'static str, hz: f64, share: f64) -> Plan {
    Plan { hum: Some((hz, share)), from: None, ..plan(name, "", 0, [0.0, 0.0]) }
}

/// Every background.
pub const PLANS: &[Plan] = &[
    Plan {
        efforts: TEN_EFFORTS,
        rates: ECG_RATES,
        ..plan("ecg 1, beside efforts", "emggo_ecg_8ch", 0, [0.5, 19.9])
    },
    Plan {
        efforts: TEN_EFFORTS,
        rates: ECG_RATES,
        ..plan("ecg 5, beside efforts", "emggo_ecg_8ch", 4, [0.5, 19.9])
    },
    Plan { on_efforts: true, rates: ECG_RATES, ..plan("ecg 1, anywhere", "emggo_ecg_8ch", 0, [0.5, 19.9]) },
    Plan { on_efforts: true, rates: ECG_RATES, ..plan("ecg 8, anywhere", "emggo_ecg_8ch", 7, [0.5, 19.9]) },
    Plan { efforts: NINE_EFFORTS, ..plan("efforts, beside", "plux_biceps_efforts", 0, [0.0, 28.5]) },
    Plan { on_efforts: true, ..plan("efforts, anywhere", "plux_biceps_efforts", 0, [0.0, 28.5]) },
    Plan { rates: &[200.0, 500.0], ..plan("rest 1", "openbci_S02_rest", 0, [0.0, 32.0]) },
    Plan { rates: &[200.0, 500.0], ..plan("rest 2", "openbci_S02_rest", 1, [0.0, 32.0]) },
    Plan { unknown: FLICKS, ..plan("tonic", "plux_thumb_flicks", 0, [15.5, 40.4]) },
    Plan { unknown: FLICKS, ..plan("quiet, then tonic", "plux_thumb_flicks", 0, [0.0, 40.4]) },
    Plan { unknown: BIOSPPY_OWN, ..plan("quiet with an effort", "biosppy_emg_1", 0, [0.0, 63.5]) },
    Plan { hum: Some((50.0, 0.97)), ..plan("quiet, 97 % hum", "biosppy_emg_1", 0, [46.0, 63.5]) },
    hum("hum 50 Hz 95 %", 50.0, 0.95),
    hum("hum 60 Hz 99 %", 60.0, 0.99),
];

/// How long the seams of a repeated recording overlap, s.
const SEAM_S: f64 = 0.3;
/// How long a synthetic background is, s.
const SYNTHETIC_S: f64 = 60.0;

impl Plan {
    /// The background at `rate_hz`. Odd seeds hear it three times over, so that detectors have
    /// settled for the greater part; even ones as it is.
    pub fn make(&self, folder: &Path, rate_hz: f64, seed: u64, chance: &mut Chance) -> Background {
        let mut made = match self.from {
            Some((stem, channel, span)) => {
                let loaded = load(&folder.join(format!("{stem}.wav")));
                let from_hz = loaded.format.rate.hz();
                let place = |s: f64| ((s * from_hz) as usize).min(loaded.channels[channel].len());
                let cut = &loaded.channels[channel][place(span[0])..place(span[1])];
                let samples = resample(cut, from_hz, rate_hz);
                let inside = |all: &[[f64; 2]]| -> Vec<[f64; 2]> {
                    all.iter()
                        .filter(|a| a[1] > span[0] && a[0] < span[1])
                        .map(|a| a.map(|s| s - span[0]))
                        .collect()
                };
                let one =
                    Background { samples, unknown: inside(self.unknown), efforts: inside(self.efforts) };
                if seed % 2 == 1 { one.repeated(3, rate_hz) } else { one }
            }
            None => Background {
                samples: (0..(SYNTHETIC_S * rate_hz) as usize).map(|_| chance.normal()).collect(),
                unknown: Vec::new(),
                efforts: Vec::new(),
            },
        };
        if let Some((hz, share)) = self.hum {
            add_hum(&mut made.samples, hz, share, rate_hz, chance);
        }
        made
    }
}

impl Background {
    /// Once more and once more, with seams that fade over into each other.
    fn repeated(self, times: usize, rate_hz: f64) -> Self {
        let seam = (SEAM_S * rate_hz) as usize;
        let period = self.samples.len() - seam;
        let level = self.samples.iter().sum::<f64>() / self.samples.len() as f64;
        let mut samples = vec![0.0; period * times + seam];
        for round in 0..times {
            for (i, x) in self.samples.iter().enumerate() {
                let fade_in = if round > 0 { share(i, seam) } else { 1.0 };
                let fade_out = if round + 1 < times { share(self.samples.len() - 1 - i, seam) } else { 1.0 };
                // Two independent noises keep their power when the squares of the weights add up to 1.
                samples[round * period + i] += (x - level) * (fade_in * fade_out).sqrt();
            }
        }
        let shift = |all: &[[f64; 2]]| -> Vec<[f64; 2]> {
            let rounds = (0..times).map(|r| (r * period) as f64 / rate_hz);
            rounds.flat_map(|later| all.iter().map(move |a| a.map(|s| s + later))).collect()
        };
        Self { samples, unknown: shift(&self.unknown), efforts: shift(&self.efforts) }
    }
}

fn share(i: usize, seam: usize) -> f64 {
    ((i as f64 + 0.5) / seam as f64).min(1.0)
}

/// Mains with harmonics that fall off, a little off its nominal frequency and slowly drifting, as
/// `share` of the whole power above 10 Hz.
fn add_hum(x: &mut [f64], hz: f64, share: f64, rate_hz: f64, chance: &mut Chance) {
    let quiet = power(&above(x, 10.0, rate_hz));
    let hz = hz + chance.within(-0.1, 0.1);
    let harmonics: Vec<(f64, f64, f64)> = [1.0, 0.1, 0.25, 0.05, 0.12, 0.04, 0.06]
        .iter()
        .enumerate()
        .map(|(i, a)| (i as f64 + 1.0, a * chance.within(0.5, 1.0), chance.within(0.0, TAU)))
        .filter(|(times, _, _)| times * (hz + 1.0) < rate_hz / 2.0)
        .collect();
    let (wobble_s, wobble_at) = (chance.within(20.0, 60.0), chance.within(0.0, TAU));
    let total: f64 = harmonics.iter().map(|(_, a, _)| a * a / 2.0).sum();
    let gain = (quiet * share / (1.0 - share) / total).sqrt();
    let mut turn = 0.0;
    for (i, sample) in x.iter_mut().enumerate() {
        let now = hz + 0.02 * (TAU * i as f64 / rate_hz / wobble_s + wobble_at).sin();
        turn += TAU * now / rate_hz;
        *sample += gain * harmonics.iter().map(|(n, a, late)| a * (n * turn + late).sin()).sum::<f64>();
    }
}
