//! From the rate at which a recording is made to the rate at which it is kept.
//!
//! EMG reaches 450 Hz, so everything is made at 2 kHz or more; slower recordings are what an
//! anti-aliasing filter leaves of it.

use std::f64::consts::PI;

/// The least rate at which signals are made, Hz.
pub(super) const LEAST_HZ: f64 = 2000.0;

/// Pass band of the anti-aliasing filter, as a share of the output rate; its stop band starts at
/// half the output rate.
const PASS: f64 = 0.42;

/// A symmetric low-pass of no delay that keeps one sample in `factor`.
pub(super) struct Decimator {
    factor: usize,
    taps: Vec<f64>,
}

impl Decimator {
    /// For recordings of `rate_hz`; does nothing at [`LEAST_HZ`] and above.
    ///
    /// The taps are a sinc under a Blackman window (Harris 1978; side lobes below -74 dB), cut in
    /// the middle of the transition, whose width of 0.08 output rates sets the length 5.5 / width.
    pub(super) fn new(rate_hz: f64) -> Self {
        let factor = (LEAST_HZ / rate_hz).ceil().max(1.0) as usize;
        if factor == 1 {
            return Self { factor, taps: vec![1.0] };
        }
        let half = (5.5 / (0.5 - PASS) / 2.0 * factor as f64).ceil();
        let cut = (PASS + 0.5) / 2.0 / factor as f64;
        let taps: Vec<f64> = (0..=2 * half as usize)
            .map(|i| {
                let t = i as f64 - half;
                let sinc = if t == 0.0 { 2.0 * cut } else { (2.0 * PI * cut * t).sin() / (PI * t) };
                let turn = PI * (t / half + 1.0);
                sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
            })
            .collect();
        let sum: f64 = taps.iter().sum();
        Self { factor, taps: taps.iter().map(|t| t / sum).collect() }
    }

    /// How many made samples become one kept sample.
    pub(super) fn factor(&self) -> usize {
        self.factor
    }

    /// Kept samples by which the filter reaches beyond either end of a wave.
    pub(super) fn reach(&self) -> usize {
        (self.taps.len() / 2).div_ceil(self.factor)
    }

    /// The kept samples `from..from + count`, where made sample 0 is kept sample 0.
    pub(super) fn keep(&self, made: &[f64], from: i64, count: usize) -> Vec<f64> {
        let half = (self.taps.len() / 2) as i64;
        (0..count as i64)
            .map(|k| {
                let first = (from + k) * self.factor as i64 - half;
                let skip = (-first).clamp(0, self.taps.len() as i64) as usize;
                let start = first.max(0) as usize;
                let signal = made.get(start..).unwrap_or_default();
                self.taps[skip..].iter().zip(signal).map(|(t, x)| t * x).sum()
            })
            .collect()
    }

    /// Power gain at `turns` cycles a made sample.
    pub(super) fn gain(&self, turns: f64) -> f64 {
        let half = self.taps.len() / 2;
        let side: f64 = (1..=half).map(|i| self.taps[half + i] * (2.0 * PI * turns * i as f64).cos()).sum();
        (self.taps[half] + 2.0 * side).powi(2)
    }
}
