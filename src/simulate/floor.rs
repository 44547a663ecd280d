//! The background and its level.

use std::f64::consts::TAU;

use super::band::Band;
use super::canvas::{Canvas, ramp};
use super::decimate::Decimator;
use super::recipe::Background;
use super::spectrum::Emg;
use super::streams::{Component, Stream};

/// How long a jump of the floor takes, s.
const JUMP_S: f64 = 0.02;

/// Gains that give the background its power and its mix.
pub(super) struct Mix {
    tonic: f64,
    white: f64,
    /// Mean square in the band of the recording as it is kept, µV².
    pub power: f64,
}

impl Mix {
    /// `noise_uv` is met exactly in the band at the rate at which signals are made; what a slower
    /// recording keeps of it is what its anti-aliasing filter leaves.
    pub(super) fn new(
        canvas: &Canvas,
        plan: &Background,
        emg: &Emg,
        decimator: &Decimator,
        band: &Band,
    ) -> Self {
        let made = Band::new(canvas.made_hz);
        let power = plan.noise_uv.powi(2);
        let tonic_power = plan.tonic_share * power / made.noise_power(|turns| emg.gain(turns));
        let white_power = (1.0 - plan.tonic_share) * power / made.noise_power(|_| 1.0);
        let factor = canvas.factor as f64;
        // Each frequency of the kept signal carries its aliases in the made one.
        let kept = band.noise_power(|turns| {
            let fold = (0..canvas.factor).map(|i| {
                let alias = (turns + i as f64) / factor;
                let through = if canvas.factor == 1 { 1.0 } else { decimator.gain(alias) };
                (tonic_power * emg.gain(alias) + white_power) * through
            });
            fold.sum::<f64>() / factor
        });
        Self { tonic: tonic_power.sqrt(), white: white_power.sqrt(), power: kept }
    }

    /// The background of one channel, made.
    pub(super) fn render(&self, canvas: &Canvas, emg: &Emg, channel: usize) -> Vec<f64> {
        let mut tonic = Stream::new(canvas.seed, Component::Background, 2 * channel as u64);
        let mut white = Stream::new(canvas.seed, Component::Background, 2 * channel as u64 + 1);
        let mut lane = emg.noise(canvas.made(), &mut tonic);
        lane.iter_mut().for_each(|x| *x = self.tonic * *x + self.white * white.normal());
        lane
    }
}

/// The level of the floor over time.
pub(super) struct Floor {
    /// Times at which the level begins to change, with the level after it; the first is 1.
    jumps: Vec<(f64, f64)>,
    /// Factor, period and phase.
    wander: Option<(f64, f64, f64)>,
}

impl Floor {
    pub(super) fn new(canvas: &Canvas, plan: &Background) -> Self {
        let mut jumps = Vec::new();
        if let Some(steps) = &plan.steps {
            let mut stream = Stream::new(canvas.seed, Component::FloorSteps, 0);
            let (mut now, mut up) = (stream.within(steps.hold_s), false);
            while now < canvas.duration_s() {
                up = !up;
                jumps.push((now, if up { steps.factor } else { 1.0 }));
                now += stream.within(steps.hold_s);
            }
        }
        let wander = plan.wander.as_ref().map(|w| {
            let phase = Stream::new(canvas.seed, Component::FloorWander, 0).within([0.0, TAU]);
            (w.factor, w.period_s, phase)
        });
        Self { jumps, wander }
    }

    /// Whether the level ever changes.
    pub(super) fn moves(&self) -> bool {
        !self.jumps.is_empty() || self.wander.is_some()
    }

    /// The times of its jumps, s.
    pub(super) fn jumps(&self) -> impl Iterator<Item = f64> {
        self.jumps.iter().map(|(s, _)| *s)
    }

    /// The gain at `s` seconds.
    pub(super) fn gain(&self, s: f64) -> f64 {
        let past = self.jumps.partition_point(|(at, _)| *at <= s);
        let jumped = if past == 0 {
            1.0
        } else {
            let (at, to) = self.jumps[past - 1];
            let from = if past == 1 { 1.0 } else { self.jumps[past - 2].1 };
            from + (to - from) * ramp(s - at, JUMP_S)
        };
        let wandered = self
            .wander
            .map_or(1.0, |(factor, period, phase)| factor.powf(0.5 + 0.5 * (TAU * s / period + phase).sin()));
        jumped * wandered
    }

    /// Mean square of the gain between two frames.
    pub(super) fn mean_square(&self, canvas: &Canvas, from: u64, to: u64) -> f64 {
        if !self.moves() {
            return 1.0;
        }
        let square = |frame: u64| self.gain(frame as f64 / canvas.rate_hz).powi(2);
        (from..to).map(square).sum::<f64>() / to.saturating_sub(from).max(1) as f64
    }
}
