//! Movement: strokes of the needle, knocks on the cable, slow surges.

use std::f64::consts::TAU;

use super::canvas::{Canvas, Wave, ramp};
use super::recipe::{Clipping, Knocks, Pistoning};
use super::render::{Kind, TruthEvent};
use super::streams::{Component, Stream};
use crate::insertion::Insertion;
use crate::units::Span;

/// Strokes while a needle is in: each a sharp edge, then a slow way back.
pub(super) fn strokes(
    canvas: &Canvas,
    plan: &Pistoning,
    insertions: &[Insertion],
) -> (Vec<Wave>, Vec<TruthEvent>) {
    let (mut waves, mut truth) = (Vec::new(), Vec::new());
    let whole = [(0.0, canvas.duration_s())];
    let dwells = insertions.iter().map(|i| (seconds(canvas, i.entered.get()), seconds(canvas, i.left.get())));
    let dwells: Vec<_> = if insertions.is_empty() { whole.to_vec() } else { dwells.collect() };
    for (place, (start, end)) in dwells.into_iter().enumerate() {
        let mut stream = Stream::new(canvas.seed, Component::Pistoning, place as u64);
        let period = 1.0 / stream.log_within(plan.hz);
        let polarity = stream.sign();
        let leads: Vec<f64> =
            (0..canvas.channels).map(|c| if c == 0 { 1.0 } else { stream.within([0.3, 1.1]) }).collect();
        let mut now = start + period * stream.unit();
        loop {
            // A hand keeps its rhythm to about a tenth.
            let this = period * (1.0 + 0.08 * stream.normal()).clamp(0.7, 1.3);
            let edge = stream.log_within(plan.edge_ms) / 1000.0;
            let back = this * stream.within([0.35, 0.7]);
            let height = polarity * plan.times_noise * canvas.noise_uv * stream.within([0.7, 1.0]);
            if now + edge + back > end {
                break;
            }
            let values = canvas.draw(edge + back, |s| height * ramp(s, edge) * ramp(edge + back - s, back));
            waves.push(Wave { at: canvas.at(now), values, gains: leads.clone(), stays: false });
            truth.push(TruthEvent::of(Kind::Movement, span(canvas, now, now + edge)));
            now += this;
        }
    }
    (waves, truth)
}

/// Knocks: on all channels at once, an edge and a damped swing.
pub(super) fn knocks(canvas: &Canvas, plan: &Knocks) -> (Vec<Wave>, Vec<TruthEvent>) {
    let mut stream = Stream::new(canvas.seed, Component::Knocks, 0);
    let (mut waves, mut truth) = (Vec::new(), Vec::new());
    for now in times(canvas, plan.per_min, &mut stream) {
        let height = stream.sign() * canvas.noise_uv * stream.log_within(plan.times_noise);
        let (rise, hz) = (stream.log_within([0.001, 0.006]), stream.log_within([15.0, 60.0]));
        let decay = stream.within([0.02, 0.06]);
        let gains = (0..canvas.channels).map(|_| stream.within([0.7, 1.3])).collect();
        let values = canvas
            .draw(rise + 7.0 * decay, |s| height * ramp(s, rise) * (-s / decay).exp() * (TAU * hz * s).cos());
        waves.push(Wave { at: canvas.at(now), values, gains, stays: false });
        truth.push(TruthEvent::of(Kind::Knock, span(canvas, now, now + rise + 2.0 * decay)));
    }
    (waves, truth)
}

/// Slow surges that reach the end of the converter.
pub(super) fn surges(canvas: &Canvas, plan: &Clipping) -> Vec<Wave> {
    let mut stream = Stream::new(canvas.seed, Component::Surges, 0);
    let mut waves = Vec::new();
    for now in times(canvas, plan.surges_per_min, &mut stream) {
        let height = stream.sign() * canvas.noise_uv * plan.full_scale * stream.within([2.0, 3.0]);
        let long = stream.log_within([0.1, 0.6]);
        let values = canvas.draw(long, |s| height * ramp(s, long / 2.0) * ramp(long - s, long / 2.0));
        waves.push(Wave { at: canvas.at(now), values, gains: vec![1.0; canvas.channels], stays: false });
    }
    waves
}

/// Times of a Poisson process over the whole recording, s.
pub(super) fn times(canvas: &Canvas, per_min: f64, stream: &mut Stream) -> Vec<f64> {
    let mut all = Vec::new();
    if per_min <= 0.0 {
        return all;
    }
    let mut now = stream.waiting(60.0 / per_min);
    while now < canvas.duration_s() {
        all.push(now);
        now += stream.waiting(60.0 / per_min);
    }
    all
}

/// From `start` to `end`, s, as frames; at least one.
pub(super) fn span(canvas: &Canvas, start: f64, end: f64) -> Span {
    let frame = |s: f64| (s * canvas.rate_hz).round().max(0.0) as u64;
    Span::new(frame(start), frame(end).max(frame(start) + 1))
}

fn seconds(canvas: &Canvas, frame: u64) -> f64 {
    frame as f64 / canvas.rate_hz
}
