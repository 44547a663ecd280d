//! Butterworth filters and notches as second-order sections, by the bilinear transform.
//!
//! Poles of the analogue prototype (Butterworth 1930) → frequency transform → bilinear with
//! prewarped corners → conjugate poles kept as pairs, unit gain a section at the reference
//! frequency. Judged by SciPy's `butter` and `iirnotch` in `tests/filters.rs`.

use std::f64::consts::{PI, TAU};

use rustfft::num_complex::Complex;

use super::biquad::{Cascade, Section};
use crate::units::{Hertz, SampleRate};

/// What a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// What lies below the corner.
    LowPass(Hertz),
    /// What lies above the corner.
    HighPass(Hertz),
    /// What lies between the corners.
    BandPass(Hertz, Hertz),
    /// What lies outside of the corners.
    BandStop(Hertz, Hertz),
}

/// A filter that cannot be designed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Order 0, or above 8.
    #[error("a filter of order {0} is not possible: choose 1 to 8")]
    Order(usize),
    /// A corner at or below 0, or at or above half the sample rate.
    #[error("a corner at {corner_hz} Hz is not possible: it must lie between 0 and {nyquist_hz} Hz")]
    Corner {
        /// The corner, Hz.
        corner_hz: f64,
        /// Half the sample rate, Hz.
        nyquist_hz: f64,
    },
    /// The lower corner is not below the upper one.
    #[error("a band from {low_hz} to {high_hz} Hz is empty")]
    EmptyBand {
        /// Lower corner, Hz.
        low_hz: f64,
        /// Upper corner, Hz.
        high_hz: f64,
    },
    /// A quality that is not above zero.
    #[error("a notch of quality {0} is not possible: it must be above zero")]
    Quality(f64),
}

/// A Butterworth filter of `order` 1 to 8 (a band filter has twice as many poles).
///
/// # Errors
/// [`Error`] for an order or a corner that cannot be.
pub fn butterworth(order: usize, shape: Shape, rate: SampleRate) -> Result<Cascade, Error> {
    if !(1..=8).contains(&order) {
        return Err(Error::Order(order));
    }
    let fs2 = 2.0 * rate.hz();
    let warp = |f: Hertz| -> Result<f64, Error> {
        check_corner(f, rate)?;
        Ok(fs2 * (PI * f.hz() / rate.hz()).tan())
    };
    let digital = |s: Complex<f64>| (fs2 + s) / (fs2 - s);
    let one = Complex::new(1.0, 0.0);
    // Half of the prototype's poles: the upper one of each conjugate pair, and the real one.
    let prototype = (0..order.div_ceil(2)).map(|k| {
        let pole = Complex::from_polar(1.0, PI / 2.0 + PI * (2 * k + 1) as f64 / (2 * order) as f64);
        (pole, 2 * k + 1 == order)
    });
    let mut sections = Vec::new();
    match shape {
        Shape::LowPass(corner) | Shape::HighPass(corner) => {
            let low = matches!(shape, Shape::LowPass(_));
            let w = warp(corner)?;
            let (zero, reference) = if low { (-one, one) } else { (one, -one) };
            for (pole, real) in prototype {
                let p = digital(if low { pole * w } else { w / pole });
                sections.push(if real {
                    first_order(zero, p, reference)
                } else {
                    second_order([zero, zero], [p, p.conj()], reference)
                });
            }
        }
        Shape::BandPass(low, high) | Shape::BandStop(low, high) => {
            let (w1, w2) = (warp(low)?, warp(high)?);
            if w1 >= w2 {
                return Err(Error::EmptyBand { low_hz: low.hz(), high_hz: high.hz() });
            }
            let (centre, width) = ((w1 * w2).sqrt(), w2 - w1);
            let middle = Complex::from_polar(1.0, 2.0 * (centre / fs2).atan());
            let pass = matches!(shape, Shape::BandPass(..));
            let (zeros, reference) =
                if pass { ([one, -one], middle) } else { ([middle, middle.conj()], one) };
            for (pole, real) in prototype {
                let half = (if pass { pole * width } else { width / pole }) / 2.0;
                let root = (half * half - centre * centre).sqrt();
                let (p, q) = (digital(half + root), digital(half - root));
                if real {
                    sections.push(second_order(zeros, [p, q], reference));
                } else {
                    sections.push(second_order(zeros, [p, p.conj()], reference));
                    sections.push(second_order(zeros, [q, q.conj()], reference));
                }
            }
        }
    }
    Ok(Cascade::new(sections))
}

/// A notch at `f` whose -3 dB width is `f / quality` (the definition of SciPy's `iirnotch`;
/// Orfanidis, Introduction to Signal Processing, 1996, eq. 11.3.4).
///
/// # Errors
/// [`Error`] for a frequency or a quality that cannot be.
pub fn notch(f: Hertz, quality: f64, rate: SampleRate) -> Result<Cascade, Error> {
    check_corner(f, rate)?;
    if !(quality.is_finite() && quality > 0.0) {
        return Err(Error::Quality(quality));
    }
    let w = TAU * f.hz() / rate.hz();
    let gain = 1.0 / (1.0 + (w / quality / 2.0).tan());
    let c = -2.0 * w.cos();
    Ok(Cascade::new(vec![Section { b: [gain, gain * c, gain], a: [gain * c, 2.0 * gain - 1.0] }]))
}

fn check_corner(f: Hertz, rate: SampleRate) -> Result<(), Error> {
    let nyquist_hz = rate.nyquist().hz();
    if f.hz() > 0.0 && f.hz() < nyquist_hz {
        Ok(())
    } else {
        Err(Error::Corner { corner_hz: f.hz(), nyquist_hz })
    }
}

fn first_order(zero: Complex<f64>, pole: Complex<f64>, reference: Complex<f64>) -> Section {
    let gain = ((reference - pole) / (reference - zero)).norm();
    Section { b: [gain, -gain * zero.re, 0.0], a: [-pole.re, 0.0] }
}

/// The section of these zeros and poles (each conjugate or both real), with unit gain at
/// `reference` on the unit circle.
fn second_order(zeros: [Complex<f64>; 2], poles: [Complex<f64>; 2], reference: Complex<f64>) -> Section {
    let expand = |[r, s]: [Complex<f64>; 2]| [-(r + s).re, (r * s).re];
    let at = |[c1, c2]: [f64; 2]| (reference * (reference + c1) + c2).norm();
    let (b, a) = (expand(zeros), expand(poles));
    let gain = at(a) / at(b);
    Section { b: [gain, gain * b[0], gain * b[1]], a }
}
