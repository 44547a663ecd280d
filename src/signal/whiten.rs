//! A short filter that weighs each frequency by how far a burst stands out there.
//!
//! Noise of a muscle that is held a little is strong at low frequencies, and a burst stands out most
//! where noise is weak. In noise of spectrum N, a burst of spectrum S is found best by its energy behind
//! a filter with a gain of S / (N (N + S)) in power (the likelihood ratio of one Gaussian process in
//! another: Van Trees 1971, vol. 3). Where S is much stronger than N that whitens the noise, which is known
//! to help with EMG (Clancy and Hogan 1994; following the signal: Clancy and Farry 2000), and where S fades
//! it lets go. The filter that comes nearest to that with few taps is the one behind which the energy of a burst
//! is largest against the fluctuations of the noise's. It is sought from the prediction error of an
//! autoregressive model (Levinson and Durbin) of the inverse on. Knows of filters that lie before it, of nothing
//! else.

use std::f64::consts::PI;
use std::sync::LazyLock;

use super::biquad::Cascade;
use crate::units::{Hertz, SampleRate};

/// The order of the filter: enough for a slope and one peak.
pub const ORDER: usize = 4;
/// The order of the model of the noise: enough for the edges of the band as well.
pub const HEARD: usize = 16;
/// Frequencies at which a spectrum is known, from 0 to half the rate.
const POINTS: usize = 33;
/// White noise that the model of the noise is made to see, a share of its power: what rounding and the skirts
/// of the band leave is not raised.
const FLOOR: f64 = 0.01;
/// The same for the model of the inverse, which makes the filter smoother.
const SMOOTH: f64 = 0.05;
/// What keeps a matrix of products from being singular by rounding, a share of its diagonal.
const ROUNDING: f64 = 1e-9;
/// Steps towards the best filter: further ones gain nothing.
const STEPS: usize = 12;
/// The power of the burst over that of the noise, a ratio: -3 dB. With 2 in place of it as much is found.
const SNR: f64 = 0.5;
/// The spectrum of EMG (Stulen and De Luca 1981, after Shwedyk 1977): its two corners, Hz.
const LOW_HZ: f64 = 60.0;
const HIGH_HZ: f64 = 120.0;
/// Where a burst has less than this share of its largest power, no frequency is held down further than the
/// worst of the others: from 450 Hz on.
const LEAST: f64 = 0.02;

/// The products of samples at lags of 0 to [`HEARD`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lags([f64; HEARD + 1]);

impl Lags {
    /// Adds those of `samples`, of which the first [`HEARD`] only come before, times `weight`.
    pub fn add(&mut self, samples: &[f32], weight: f64) {
        for window in samples.windows(HEARD + 1) {
            let newest = f64::from(window[HEARD]);
            for (lag, sum) in self.0.iter_mut().enumerate() {
                *sum += weight * newest * f64::from(window[HEARD - lag]);
            }
        }
    }

    /// All of them and of `newer`, these times `kept`.
    pub fn fade(&mut self, newer: &Self, kept: f64) {
        self.0.iter_mut().zip(newer.0).for_each(|(sum, newer)| *sum = kept * *sum + newer);
    }
}

/// The spectrum of EMG at `hz` behind filters, each with the rate at which it runs, of any size.
pub fn emg_behind(hz: f64, filters: &[(&Cascade, SampleRate)]) -> f64 {
    let (f, low, high) = (hz.powi(2), LOW_HZ.powi(2), HIGH_HZ.powi(2));
    let through = |(c, rate): &(&Cascade, SampleRate)| c.response(Hertz::new(hz), *rate).norm_sqr();
    f / ((f + low) * (f + high).powi(2)) * filters.iter().map(through).product::<f64>()
}

/// The spectrum of a burst behind a band's filters, of any size.
#[derive(Debug, Clone, Copy)]
pub struct Expected([f64; POINTS]);

impl Expected {
    /// For samples of `rate` behind filters, each with the rate at which it runs.
    pub fn behind(filters: &[(&Cascade, SampleRate)], rate: SampleRate) -> Self {
        Self(std::array::from_fn(|n| {
            emg_behind(n as f64 / (POINTS - 1) as f64 * rate.nyquist().hz(), filters)
        }))
    }
}

/// The filter, with a gain at which the noise that it was made of keeps its power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whitener([f32; ORDER + 1]);

impl Default for Whitener {
    /// Changes nothing.
    fn default() -> Self {
        let mut taps = [0.0; ORDER + 1];
        taps[0] = 1.0;
        Self(taps)
    }
}

impl Whitener {
    /// For noise with these products; `None` where there is no noise.
    pub fn of(lags: &Lags, expected: &Expected) -> Option<Self> {
        let Lags(r) = lags;
        if r[0] <= 0.0 || !r.iter().all(|r| r.is_finite()) {
            return None;
        }
        let a = refined(r, expected);
        let pairs =
            a.iter().enumerate().flat_map(|(i, x)| a.iter().enumerate().map(move |(k, y)| (i, k, x * y)));
        let power: f64 = pairs.map(|(i, k, product)| product * r[i.abs_diff(k)]).sum();
        let gain = (r[0] / power).sqrt();
        (power > 0.0 && gain.is_finite()).then(|| Self(a.map(|a| (gain * a) as f32)))
    }

    /// How much more power a burst has behind it, a ratio; that of the noise is the same.
    pub fn gain(&self, Expected(signal): &Expected) -> f64 {
        let taps = self.0.map(f64::from);
        let behind: f64 = signal.iter().enumerate().map(|(n, s)| s * power_at(&taps, n)).sum();
        behind / signal.iter().sum::<f64>()
    }

    /// The sum of squares of what it makes of `samples`, of which the first [`ORDER`] only come before.
    #[inline]
    pub fn energy(&self, samples: &[f32]) -> f64 {
        samples.windows(ORDER + 1).map(|window| f64::from(self.at(window)).powi(2)).sum()
    }

    /// What it makes of the last of `ORDER + 1` samples, or of fewer, before which there was nothing.
    #[inline]
    fn at(&self, window: &[f32]) -> f32 {
        self.0.iter().zip(window.iter().rev()).map(|(tap, x)| tap * x).sum()
    }

    /// Filters `samples`, before which there was nothing.
    pub fn run(&self, samples: &mut [f32]) {
        for n in (0..samples.len()).rev() {
            samples[n] = self.at(&samples[n.saturating_sub(ORDER)..=n]);
        }
    }
}

/// The filter a of gain G behind which the energy of a burst of spectrum S, the sum of G S, is largest against
/// the fluctuations of the energy of what is there, the root of the sum of G² N (N + S). At the best filter a is
/// what solves D a = B a to scale, for the products B of a process of spectrum S and D of one of G N (N + S);
/// half of every step goes there.
fn refined(r: &[f64; HEARD + 1], Expected(signal): &Expected) -> [f64; ORDER + 1] {
    let a = prediction_error(r, FLOOR);
    let noise: [f64; POINTS] = std::array::from_fn(|n| power_at(&a, n).recip());
    let most = signal.iter().copied().fold(0.0, f64::max);
    let scale = SNR * noise.iter().sum::<f64>() / signal.iter().sum::<f64>();
    let burst = signal.map(|s| scale * s.max(1e-9 * most));
    let fluctuation: [f64; POINTS] = std::array::from_fn(|n| noise[n] * (noise[n] + burst[n]));
    let divided = |n: usize| fluctuation[n] / burst[n];
    let inside = (0..POINTS).filter(|n| signal[*n] >= LEAST * most).map(divided).fold(0.0, f64::max);
    let model: [f64; POINTS] = std::array::from_fn(|n| divided(n).min(inside));
    let mut a: [f64; ORDER + 1] = prediction_error(&products(&model), SMOOTH);
    let wanted = products(&burst);
    for _ in 0..STEPS {
        let held: [f64; POINTS] = std::array::from_fn(|n| power_at(&a, n) * fluctuation[n]);
        let behind = |i: usize| (0..=ORDER).map(|k| wanted[i.abs_diff(k)] * a[k]).sum();
        let next = solve(&products(&held), std::array::from_fn(behind));
        let (size, before) = (length(&next), length(&a));
        a = std::array::from_fn(|k| 0.5 * (a[k] / before + next[k] / size));
    }
    a
}

fn length(a: &[f64; ORDER + 1]) -> f64 {
    a.iter().map(|a| a * a).sum::<f64>().sqrt()
}

/// The products at each lag of a process of this spectrum.
fn products(spectrum: &[f64; POINTS]) -> [f64; ORDER + 1] {
    std::array::from_fn(|lag| {
        let at = |n: usize| {
            let weight = if n == 0 || n == POINTS - 1 { 0.5 } else { 1.0 };
            weight * spectrum[n] * cosine(lag * n)
        };
        (0..POINTS).map(at).sum()
    })
}

/// What times the symmetric Toeplitz matrix of `r` is `b`, by elimination: it is positive definite.
fn solve(r: &[f64; ORDER + 1], mut b: [f64; ORDER + 1]) -> [f64; ORDER + 1] {
    let mut m: [[f64; ORDER + 1]; ORDER + 1] = std::array::from_fn(|i| {
        std::array::from_fn(|k| r[i.abs_diff(k)] * if i == k { 1.0 + ROUNDING } else { 1.0 })
    });
    for i in 0..=ORDER {
        let (pivot, head) = (m[i], b[i]);
        for k in i + 1..=ORDER {
            let factor = m[k][i] / pivot[i];
            m[k].iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
            b[k] -= factor * head;
        }
    }
    for i in (0..=ORDER).rev() {
        let rest: f64 = (i + 1..=ORDER).map(|k| m[i][k] * b[k]).sum();
        b[i] = (b[i] - rest) / m[i][i];
    }
    b
}

/// A quarter of a turn, in steps from one point of a spectrum to the next: half the rate is half a turn.
const QUARTER: usize = (POINTS - 1) / 2;
/// The cosines of one turn.
static COSINES: LazyLock<[f64; 4 * QUARTER]> =
    LazyLock::new(|| std::array::from_fn(|n| (PI * n as f64 / (2 * QUARTER) as f64).cos()));

/// The cosine of so many steps.
fn cosine(steps: usize) -> f64 {
    COSINES[steps % COSINES.len()]
}

/// The gain in power of the filter `a` at point `n` of a spectrum.
fn power_at(a: &[f64], n: usize) -> f64 {
    let real: f64 = a.iter().enumerate().map(|(k, a)| a * cosine(k * n)).sum();
    let imaginary: f64 = a.iter().enumerate().map(|(k, a)| a * cosine(k * n + QUARTER)).sum();
    real * real + imaginary * imaginary
}

/// The filter of the prediction error, by the recursion of Levinson and Durbin.
fn prediction_error<const N: usize>(r: &[f64; N], ridge: f64) -> [f64; N] {
    let mut a = [0.0; N];
    a[0] = 1.0;
    let mut error = r[0] * (1.0 + ridge);
    for order in 1..N {
        let sum: f64 = (0..order).map(|k| a[k] * r[order - k]).sum();
        let reflection = -sum / error;
        let before = a;
        for k in 1..=order {
            a[k] = before[k] + reflection * before[order - k];
        }
        error *= 1.0 - reflection * reflection;
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::design::{Shape, butterworth};

    /// Noise of an autoregressive process with poles at radius 0.8, some 250 Hz of 2000.
    fn coloured(count: usize) -> Vec<f32> {
        let (mut state, mut x) = (1u64, vec![0.0f32; count]);
        for n in 2..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let dice = (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
            x[n] = 1.13 * x[n - 1] - 0.64 * x[n - 2] + dice;
        }
        x
    }

    fn lags(samples: &[f32]) -> Lags {
        let mut lags = Lags::default();
        lags.add(samples, 1.0);
        lags
    }

    fn expected() -> Expected {
        let rate = SampleRate::new(2000.0).unwrap();
        let band = butterworth(2, Shape::BandPass(Hertz::new(20.0), Hertz::new(450.0)), rate).unwrap();
        Expected::behind(&[(&band, rate)], rate)
    }

    #[test]
    fn noise_keeps_its_power_and_a_burst_gains() {
        let noise = coloured(100_000);
        let before = lags(&noise);
        let whitener = Whitener::of(&before, &expected()).unwrap();
        let mut behind = noise.clone();
        whitener.run(&mut behind);
        let after = lags(&behind);
        assert!((after.0[0] / before.0[0] - 1.0).abs() < 0.001);
        assert!((whitener.energy(&noise) / after.0[0] - 1.0).abs() < 0.001);
        let gain = whitener.gain(&expected());
        assert!(gain > 1.3, "{gain}");
        let flat = Whitener::default().gain(&expected());
        assert!((flat - 1.0).abs() < 1e-9, "{flat}");
    }

    /// The gain in power of a filter at `hz`.
    fn gain_at(whitener: &Whitener, hz: f64) -> f64 {
        let mut taps = [0.0; ORDER + 1];
        taps[0] = 1.0;
        whitener.run(&mut taps);
        power_at(&taps.map(f64::from), (hz / 1000.0 * (POINTS - 1) as f64) as usize)
    }

    #[test]
    fn what_a_low_pass_took_off_before_thinning_is_not_raised() {
        let (fast, rate) = (SampleRate::new(8000.0).unwrap(), SampleRate::new(2000.0).unwrap());
        let low_pass = butterworth(4, Shape::LowPass(Hertz::new(450.0)), fast).unwrap();
        let mut noise: Vec<f64> = coloured(400_000).iter().map(|x| f64::from(*x)).collect();
        low_pass.run(&mut low_pass.silent(), &mut noise);
        let thinned: Vec<f32> = noise.iter().step_by(4).map(|x| *x as f32).collect();
        let raised = |filters: &[(&Cascade, SampleRate)]| {
            let whitener = Whitener::of(&lags(&thinned), &Expected::behind(filters, rate)).unwrap();
            gain_at(&whitener, 750.0) / gain_at(&whitener, 187.5)
        };
        let (known, unknown) = (raised(&[(&low_pass, fast)]), raised(&[]));
        assert!(known < 2.0 && unknown > 4.0 * known, "{known}, {unknown} where it is not known");
    }

    #[test]
    fn silence_and_what_is_no_number_make_no_filter() {
        assert_eq!(Whitener::of(&Lags::default(), &expected()), None);
        assert_eq!(Whitener::of(&lags(&[f32::NAN; 20]), &expected()), None);
    }
}
