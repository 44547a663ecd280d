//! Hum: the mains and its harmonics, with drift.

use std::f64::consts::TAU;

use super::canvas::Canvas;
use super::recipe::Mains;
use super::streams::{Component, Stream};

/// Adds hum to the made samples of one channel. All channels hear the same mains, each as loud
/// and as late as its leads pick it up.
pub(super) fn add(canvas: &Canvas, plan: &Mains, channel: usize, lane: &mut [f64]) {
    let mut common = Stream::new(canvas.seed, Component::Mains, 0);
    let (period_s, swing_at) = (common.within([40.0, 90.0]), common.within([0.0, TAU]));
    let (pulse_s, pulse_at) = (common.within([7.0, 30.0]), common.within([0.0, TAU]));
    let harmonic_phases: Vec<f64> = plan.harmonics.iter().map(|_| common.within([0.0, TAU])).collect();
    let mut own = Stream::new(canvas.seed, Component::Mains, 1 + channel as u64);
    let phase = own.within([0.0, TAU]);
    let loudness = if channel == 0 { 1.0 } else { own.within([0.6, 1.4]) };
    let peak = plan.times_noise * canvas.noise_uv * std::f64::consts::SQRT_2 * loudness;
    let lines: Vec<(f64, f64, f64)> = std::iter::once((1.0, 1.0, 0.0))
        .chain(
            plan.harmonics.iter().zip(harmonic_phases).enumerate().map(|(i, (a, p))| (i as f64 + 2.0, *a, p)),
        )
        .filter(|(times, share, _)| *share > 0.0 && times * (plan.hz + plan.drift_hz) < canvas.made_hz / 2.0)
        .collect();
    for (i, sample) in lane.iter_mut().enumerate() {
        let s = i as f64 / canvas.made_hz;
        // The phase is the integral of hz + drift_hz sin(2π s / period + swing_at).
        let swing = (swing_at.cos() - (TAU * s / period_s + swing_at).cos()) * period_s / TAU;
        let turn = TAU * (plan.hz * s + plan.drift_hz * swing) + phase;
        let level = peak * (1.0 + plan.drift_share * (TAU * s / pulse_s + pulse_at).sin());
        let hum: f64 = lines.iter().map(|(times, share, late)| share * (times * turn + late).sin()).sum();
        *sample += level * hum;
    }
}
