//! The power spectrum, by Welch's method on a planned real FFT.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use crate::units::{Hertz, SampleRate};

/// Welch's estimate (1967): Hann windows, half overlapped, means of |X|². One-sided density in
/// the samples' unit squared a hertz, the same as `scipy.signal.welch(detrend=False)`.
pub struct Welch {
    plan: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    /// The sum of its squares.
    power: f64,
    rate: SampleRate,
    work: Vec<f64>,
    bins: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    density: Vec<f64>,
}

impl Welch {
    /// Segments of `segment` samples (at least 2): bins lie `rate / segment` apart.
    pub fn new(segment: usize, rate: SampleRate) -> Self {
        let segment = segment.max(2);
        let plan = RealFftPlanner::<f64>::new().plan_fft_forward(segment);
        // The periodic window, as SciPy's `hann` for spectra.
        let window: Vec<f64> =
            (0..segment).map(|n| 0.5 - 0.5 * (TAU * n as f64 / segment as f64).cos()).collect();
        Self {
            power: window.iter().map(|w| w * w).sum(),
            window,
            rate,
            work: plan.make_input_vec(),
            bins: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            density: vec![0.0; segment / 2 + 1],
            plan,
        }
    }

    /// How far apart two bins lie.
    pub fn bin(&self) -> Hertz {
        Hertz::new(self.rate.hz() / self.window.len() as f64)
    }

    /// The rate of the signals it was made for.
    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    /// The density of `x`, a bin each from 0 to half the rate; zeros where `x` is shorter than
    /// one segment. Nothing is allocated.
    pub fn density(&mut self, x: &[f64]) -> &[f64] {
        let segment = self.window.len();
        self.density.fill(0.0);
        let mut segments = 0;
        let mut start = 0;
        while start + segment <= x.len() {
            for ((work, x), w) in self.work.iter_mut().zip(&x[start..]).zip(&self.window) {
                *work = x * w;
            }
            let done = self.plan.process_with_scratch(&mut self.work, &mut self.bins, &mut self.scratch);
            debug_assert!(done.is_ok(), "the buffers come from the plan");
            for (density, bin) in self.density.iter_mut().zip(&self.bins) {
                *density += bin.norm_sqr();
            }
            segments += 1;
            start += segment - segment / 2;
        }
        let scale = 1.0 / (self.rate.hz() * self.power * f64::from(segments.max(1)));
        let last = self.density.len() - 1;
        for (k, density) in self.density.iter_mut().enumerate() {
            let alone = k == 0 || (k == last && segment.is_multiple_of(2));
            *density *= if alone { scale } else { 2.0 * scale };
        }
        &self.density
    }
}

impl std::fmt::Debug for Welch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Welch").field("segment", &self.window.len()).field("rate", &self.rate).finish()
    }
}
