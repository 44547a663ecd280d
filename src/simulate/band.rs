//! The band in which truth is stated, and the definition of onset, offset and SNR.
//!
//! **Band**: 20-450 Hz by Butterworth filters run forwards and backwards (no delay): a high-pass
//! of order 2 at 20 Hz and a low-pass of order 4 at 450 Hz, bilinear; where the recording's
//! Nyquist frequency is below 475 Hz the low-pass is left out. It is what SciPy's `sosfiltfilt`
//! of `butter(2, 20, 'high')` and `butter(4, 450)` does, so anyone can measure it again.
//!
//! **Onset and offset**: where the running sum of the noiseless burst's squares in the band
//! passes 1 % and 99 % of its total.
//!
//! **SNR**: mean square of the noiseless burst in the band from onset to offset, over the mean
//! square of the background in the band (contaminants not counted), as 10 log10.

use std::f64::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// The band's corners, Hz (De Luca 1997, 2010).
const LOW_HZ: f64 = 20.0;
const HIGH_HZ: f64 = 450.0;
/// Shares of the energy that come before the onset and after the offset.
const EDGE: f64 = 0.01;
/// Quiet kept around a burst while it is filtered, s: three time constants of the high-pass and
/// more, so that the circular filter does not meet its own tail.
const MARGIN_S: f64 = 0.1;

/// The band at one rate.
pub(super) struct Band {
    rate_hz: f64,
    planner: RealFftPlanner<f64>,
}

/// Where a burst starts and ends in the samples it was measured in, and its power in between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub onset: i64,
    pub offset: i64,
    pub power: f64,
}

impl Band {
    /// For signals of `rate_hz`.
    pub(super) fn new(rate_hz: f64) -> Self {
        Self { rate_hz, planner: RealFftPlanner::new() }
    }

    /// Amplitude gain at `turns` cycles a sample, forwards and backwards together.
    pub(super) fn gain(&self, turns: f64) -> f64 {
        let warped = (PI * turns).tan();
        let low = (PI * LOW_HZ / self.rate_hz).tan();
        let rise = 1.0 / (1.0 + (low / warped).powi(4));
        if HIGH_HZ > 0.475 * self.rate_hz {
            return rise;
        }
        let high = (PI * HIGH_HZ / self.rate_hz).tan();
        rise / (1.0 + (warped / high).powi(8))
    }

    /// Mean square in the band of noise with this power gain over white noise of unit variance.
    pub(super) fn noise_power(&self, gain: impl Fn(f64) -> f64) -> f64 {
        const BINS: usize = 4096;
        let at = |i: usize| (i as f64 + 0.5) / (2 * BINS) as f64;
        (0..BINS).map(|i| gain(at(i)) * self.gain(at(i)).powi(2)).sum::<f64>() / BINS as f64
    }

    /// Onset, offset and power of a noiseless burst; `None` for a burst of nothing.
    pub(super) fn measure(&mut self, burst: &[f64]) -> Option<Measured> {
        let margin = (MARGIN_S * self.rate_hz).ceil() as usize;
        let filtered = self.filter(burst, margin)?;
        let total: f64 = filtered.iter().map(|x| x * x).sum();
        if !(total.is_finite() && total > 0.0) {
            return None;
        }
        let mut sum = 0.0;
        let (mut onset, mut offset) = (None, filtered.len());
        for (i, x) in filtered.iter().enumerate() {
            sum += x * x;
            if onset.is_none() && sum >= EDGE * total {
                onset = Some(i);
            }
            if sum >= (1.0 - EDGE) * total {
                offset = i + 1;
                break;
            }
        }
        let onset = onset.unwrap_or(0);
        let inside: f64 = filtered[onset..offset].iter().map(|x| x * x).sum();
        let place = |i: usize| i as i64 - margin as i64;
        Some(Measured { onset: place(onset), offset: place(offset), power: inside / (offset - onset) as f64 })
    }

    /// The burst in the band, with `margin` samples before it and at least as many after.
    fn filter(&mut self, burst: &[f64], margin: usize) -> Option<Vec<f64>> {
        let len = (burst.len() + 2 * margin).next_power_of_two();
        let forward: Arc<dyn RealToComplex<f64>> = self.planner.plan_fft_forward(len);
        let backward: Arc<dyn ComplexToReal<f64>> = self.planner.plan_fft_inverse(len);
        let mut signal = vec![0.0; len];
        signal[margin..margin + burst.len()].copy_from_slice(burst);
        let mut bins: Vec<Complex<f64>> = forward.make_output_vec();
        forward.process(&mut signal, &mut bins).ok()?;
        let last = bins.len() - 1;
        for (i, bin) in bins.iter_mut().enumerate() {
            *bin *= if i == 0 || i == last { 0.0 } else { self.gain(i as f64 / len as f64) / len as f64 };
        }
        backward.process(&mut bins, &mut signal).ok()?;
        Some(signal)
    }
}
