//! Two minutes of quiet, what is put into them, and what is heard.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::f64::consts::PI;

use twitchscope::block::Block;
use twitchscope::detect::Class;
use twitchscope::pipeline::{Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{Simulation, render, scenario};
use twitchscope::units::SampleIndex;

use crate::dice::Dice;

/// Two minutes of noise of 5 µV at 2 kHz, from a converter without an end.
pub fn noise(seed: u64) -> (Simulation, Dice) {
    let mut made = render(&scenario("rest-quiet", seed).unwrap()).unwrap();
    made.format.full_scale = None;
    (made, Dice::new(seed))
}

pub const RATE_HZ: f64 = 2000.0;
pub const SECONDS: f64 = 120.0;

/// Adds `wave(t)`, t in seconds from `at_s`, from `from_s` to `to_s` of it, µV.
pub fn add(made: &mut Simulation, at_s: f64, [from_s, to_s]: [f64; 2], mut wave: impl FnMut(f64) -> f64) {
    let sample = |s: f64| ((at_s + s) * RATE_HZ) as usize;
    for n in sample(from_s)..sample(to_s) {
        made.frames[[n, 0]] += wave(n as f64 / RATE_HZ - at_s) as f32;
    }
}

/// A burst of `ms` as strong as noise of `rms_uv`, at once.
pub fn burst(made: &mut Simulation, dice: &mut Dice, at_s: f64, ms: f64, rms_uv: f64) {
    add(made, at_s, [0.0, ms / 1e3], |t| rms_uv * 1.4 * (PI * t * 1e3 / ms).sin().abs() * dice.normal());
}

pub fn heard(made: &Simulation) -> Vec<Found> {
    let mut pipeline = Pipeline::new(&made.format, &Settings::default()).unwrap();
    let mut found = Vec::new();
    let mut sink = |event| {
        if let Event::Candidate(one) = event {
            found.push(one);
        }
    };
    let frames = made.frames.clone();
    pipeline.push(&Block { first: SampleIndex::new(0), frames, marks: Vec::new() }, &mut sink);
    pipeline.finish(&mut sink);
    found
}

pub fn twitches(found: &[Found]) -> usize {
    found.iter().filter(|f| f.candidate.class == Class::Twitch).count()
}
