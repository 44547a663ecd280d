//! Gaussian noise with the spectrum of surface EMG.
//!
//! Stulen & De Luca (1981), after Shwedyk et al. (1977):
//! P(f) = k f_h⁴ f² / ((f² + f_l²)(f² + f_h²)²), which is white noise through
//! H(s) = s / ((s + ω_l)(s + ω_h)²). f_l = 60 Hz and f_h = 120 Hz are the values that simulation
//! studies of onset detection use (Staude et al. 2001 and others after them).

use std::f64::consts::TAU;

use super::streams::Stream;

const LOW_HZ: f64 = 60.0;
const HIGH_HZ: f64 = 120.0;

/// The shaping filter at one rate: bilinear transform of H(s), as three first-order sections
/// y = b0 x + b1 x1 - a1 y1.
pub(super) struct Emg {
    sections: [[f64; 3]; 3],
    rate_hz: f64,
}

impl Emg {
    /// For signals of `rate_hz`.
    pub(super) fn new(rate_hz: f64) -> Self {
        let c = 2.0 * rate_hz;
        let (low, high) = (TAU * LOW_HZ, TAU * HIGH_HZ);
        let rise = [c / (c + low), -c / (c + low), (low - c) / (low + c)];
        let fall = [high / (c + high), high / (c + high), (high - c) / (high + c)];
        Self { sections: [rise, fall, fall], rate_hz }
    }

    /// Power gain at `turns` cycles a sample.
    pub(super) fn gain(&self, turns: f64) -> f64 {
        let cos = (TAU * turns).cos();
        let gain = |[b0, b1, a1]: &[f64; 3]| {
            (b0 * b0 + b1 * b1 + 2.0 * b0 * b1 * cos) / (1.0 + a1 * a1 + 2.0 * a1 * cos)
        };
        self.sections.iter().map(gain).product()
    }

    /// `count` samples of white noise of unit variance through the filter, settled.
    pub(super) fn noise(&self, count: usize, stream: &mut Stream) -> Vec<f64> {
        // 20 time constants of the slower pole.
        let settle = (20.0 / (TAU * LOW_HZ) * self.rate_hz).ceil() as usize;
        let mut state = [[0.0; 2]; 3];
        let mut made = Vec::with_capacity(count);
        for i in 0..settle + count {
            let mut x = stream.normal();
            for ([b0, b1, a1], [x1, y1]) in self.sections.iter().zip(&mut state) {
                let y = b0 * x + b1 * *x1 - a1 * *y1;
                (*x1, *y1) = (x, y);
                x = y;
            }
            if i >= settle {
                made.push(x);
            }
        }
        made
    }
}
