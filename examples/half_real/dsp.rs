//! What is done to real signals before they are put together: filters without delay, other rates,
//! powers.

use std::f64::consts::PI;

use twitchscope::signal::biquad::Cascade;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::units::{Hertz, SampleRate};

/// Where the SNR is measured, Hz.
const BAND_HZ: [f64; 2] = [20.0, 450.0];
/// The share of the rate that a filter may reach.
const REACH: f64 = 0.45;

/// The band of the SNR at `rate_hz`, by a filter that adds no delay.
pub fn in_band(x: &[f64], rate_hz: f64) -> Vec<f64> {
    let high = BAND_HZ[1].min(REACH * rate_hz);
    zero_phase(x, &design(Shape::BandPass(Hertz::new(BAND_HZ[0]), Hertz::new(high)), rate_hz), rate_hz)
}

/// What lies above `corner_hz`, by a filter that adds no delay.
pub fn above(x: &[f64], corner_hz: f64, rate_hz: f64) -> Vec<f64> {
    zero_phase(x, &design(Shape::HighPass(Hertz::new(corner_hz)), rate_hz), rate_hz)
}

fn design(shape: Shape, rate_hz: f64) -> Cascade {
    SampleRate::new(rate_hz)
        .ok()
        .and_then(|rate| butterworth(2, shape, rate).ok())
        .expect("a filter that fits the rate")
}

/// Forwards and backwards, the ends mirrored for 0.3 s so that they do not ring.
fn zero_phase(x: &[f64], filter: &Cascade, rate_hz: f64) -> Vec<f64> {
    let margin = ((0.3 * rate_hz) as usize).min(x.len().saturating_sub(1));
    let mut y: Vec<f64> = x[1..=margin].iter().rev().copied().collect();
    y.extend(x);
    y.extend(x[x.len() - 1 - margin..x.len() - 1].iter().rev());
    for _ in 0..2 {
        let mut state = filter.silent();
        filter.prime(&mut state, y[0]);
        y.iter_mut().for_each(|v| *v = filter.step(&mut state, *v));
        y.reverse();
    }
    y[margin..margin + x.len()].to_vec()
}

/// Zero crossings of the sinc on each side.
const LOBES: f64 = 24.0;

/// `x` at another rate: a sinc under a Blackman window (Harris 1978), cut below half of the lower
/// rate.
pub fn resample(x: &[f64], from_hz: f64, to_hz: f64) -> Vec<f64> {
    if from_hz == to_hz {
        return x.to_vec();
    }
    let cut = 0.46 * from_hz.min(to_hz) / from_hz;
    let half = LOBES / (2.0 * cut);
    let count = (x.len() as f64 * to_hz / from_hz) as usize;
    let at = |k: usize| {
        let place = k as f64 * from_hz / to_hz;
        let first = (place - half).ceil().max(0.0) as usize;
        let last = ((place + half).floor() as usize).min(x.len() - 1);
        (first..=last).map(|i| x[i] * tap(i as f64 - place, cut, half)).sum()
    };
    (0..count).map(at).collect()
}

fn tap(t: f64, cut: f64, half: f64) -> f64 {
    let sinc = if t.abs() < 1e-9 { 2.0 * cut } else { (2.0 * PI * cut * t).sin() / (PI * t) };
    let turn = PI * (t / half + 1.0);
    sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
}

/// Mean power.
pub fn power(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>() / x.len().max(1) as f64
}

/// The `share` quantile.
pub fn quantile(mut x: Vec<f64>, share: f64) -> f64 {
    x.sort_by(f64::total_cmp);
    x[((x.len() - 1) as f64 * share) as usize]
}
