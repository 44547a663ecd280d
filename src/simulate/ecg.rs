//! The heart as an electrode at the shoulder hears it: P, QRS and T at nearly regular intervals.

use std::f64::consts::TAU;

use super::canvas::{Canvas, Wave};
use super::recipe::Ecg;
use super::render::{Kind, TruthEvent};
use super::streams::{Component, Stream};
use crate::units::Span;

/// Centre (s before or after R at 60 beats a minute), height relative to R, and width (standard
/// deviation, s) of P, Q, S and T: McSharry et al. 2003, table 1, with Q and S at the widths of a
/// QRS of 80-100 ms.
const P: [f64; 3] = [-0.167, 0.12, 0.025];
const Q: [f64; 3] = [-0.026, -0.12, 0.008];
const S: [f64; 3] = [0.028, -0.25, 0.009];
const T: [f64; 3] = [0.25, 0.3, 0.055];
/// Width of R, s. R is a hyperbolic secant, which has the long spectral tail that makes R waves
/// reach into the band of EMG; these give 12-20 ms at half height. Chest leads in an 8-channel
/// EMG recording (emgGO's example, 2048 Hz) measured 17-18 ms, with 0.11-0.13 of the peak left
/// above 60 Hz; these leave 0.09-0.19.
const R_WIDTH_S: [f64; 2] = [0.0045, 0.0075];
/// The breath that swings rate and height: a breath in four seconds, 5 % of the height.
const BREATH_HZ: f64 = 0.25;
const BREATH_SHARE: f64 = 0.05;
/// A beat's wave before and after R, s.
const BEFORE_S: f64 = 0.28;
const AFTER_S: f64 = 0.5;
/// The part of it that truth lists: QRS, s.
const QRS_S: [f64; 2] = [-0.045, 0.055];

/// All beats.
pub(super) fn beats(canvas: &Canvas, plan: &Ecg) -> (Vec<Wave>, Vec<TruthEvent>) {
    let mut stream = Stream::new(canvas.seed, Component::Ecg, 0);
    let width = stream.log_within(R_WIDTH_S);
    let polarity = stream.sign();
    let leads: Vec<f64> =
        (0..canvas.channels).map(|c| if c == 0 { 1.0 } else { stream.within([0.4, 1.2]) }).collect();
    let interval = 60.0 / plan.bpm;
    // P and T come nearer to R as the heart beats faster (Bazett 1920).
    let pace = interval.sqrt();
    let height = polarity * plan.times_noise * canvas.noise_uv;
    let beat = canvas.draw(BEFORE_S + AFTER_S, |s| {
        let t = s - BEFORE_S;
        let bell =
            |[at, size, wide]: [f64; 3], pace: f64| size * (-((t - at * pace) / wide).powi(2) / 2.0).exp();
        let edge = super::canvas::ramp(s, 0.05) * super::canvas::ramp(BEFORE_S + AFTER_S - s, 0.05);
        edge * height
            * (bell(P, pace) + bell(Q, 1.0) + 1.0 / (t / width).cosh() + bell(S, 1.0) + bell(T, pace))
    });
    let (mut waves, mut truth) = (Vec::new(), Vec::new());
    let mut now = stream.within([0.0, interval]);
    while now < canvas.duration_s() {
        let breath = (TAU * BREATH_HZ * now).sin();
        let size = 1.0 + BREATH_SHARE * breath;
        let at = canvas.at(now - BEFORE_S);
        let values = beat.iter().map(|x| x * size).collect();
        waves.push(Wave { at, values, gains: leads.clone(), stays: false });
        let frame = |s: f64| ((now + s) * canvas.rate_hz).round().max(0.0) as u64;
        truth.push(TruthEvent::of(Kind::Ecg, Span::new(frame(QRS_S[0]), frame(QRS_S[1]))));
        // Half of the variance is the breath's: a sine of amplitude a has variance a² / 2.
        now += interval
            * (1.0 + plan.jitter * (breath + stream.normal() * std::f64::consts::FRAC_1_SQRT_2)).max(0.3);
    }
    (waves, truth)
}
