//! Activity that goes on is no twitch: a motor unit that fires, a contraction that rises slowly.

use std::f64::consts::PI;

use twitchscope::block::Block;
use twitchscope::detect::{Class, Reason};
use twitchscope::pipeline::{Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{Simulation, render, scenario};
use twitchscope::units::SampleIndex;

#[path = "support/dice.rs"]
mod dice;

use dice::Dice;

/// Two minutes of noise of 5 µV at 2 kHz.
fn noise(seed: u64) -> (Simulation, Dice) {
    (render(&scenario("rest-quiet", seed).unwrap()).unwrap(), Dice::new(seed))
}

const RATE_HZ: f64 = 2000.0;
const SECONDS: f64 = 120.0;

/// Adds `wave(t)`, t in seconds from `at_s`, from `from_s` to `to_s` of it, µV.
fn add(made: &mut Simulation, at_s: f64, [from_s, to_s]: [f64; 2], mut wave: impl FnMut(f64) -> f64) {
    let sample = |s: f64| ((at_s + s) * RATE_HZ) as usize;
    for n in sample(from_s)..sample(to_s) {
        made.frames[[n, 0]] += wave(n as f64 / RATE_HZ - at_s) as f32;
    }
}

/// A unit fires nine times a second, as regularly as units do; its potentials of some 10 ms are
/// always alike, and at times larger than usual: most do not cross the threshold, some do.
fn fire(made: &mut Simulation, dice: &mut Dice) {
    let mut at = 0.2;
    while at < SECONDS - 0.2 {
        let peak = 22.0 * (0.3 * dice.normal()).exp();
        add(made, at, [-0.01, 0.01], |t| {
            let x = (t / 0.0015).powi(2);
            peak * (1.0 - x) * (-x / 2.0).exp()
        });
        at += (1.0 + 0.15 * dice.normal()).max(0.4) / 9.0;
    }
}

/// A burst of `ms` as strong as noise of `rms_uv`, at once.
fn burst(made: &mut Simulation, dice: &mut Dice, at_s: f64, ms: f64, rms_uv: f64) {
    add(made, at_s, [0.0, ms / 1e3], |t| rms_uv * 1.4 * (PI * t * 1e3 / ms).sin().abs() * dice.normal());
}

fn heard(made: &Simulation) -> Vec<Found> {
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

fn twitches(found: &[Found]) -> usize {
    found.iter().filter(|f| f.candidate.class == Class::Twitch).count()
}

#[test]
fn a_motor_unit_that_goes_on_firing_is_no_volley_of_twitches() {
    let (mut counted, mut told) = (0, 0);
    for seed in 61_000..61_010 {
        let (mut made, mut dice) = noise(seed);
        fire(&mut made, &mut dice);
        let found = heard(&made);
        counted += twitches(&found);
        let one = |f: &&Found| matches!(f.candidate.reason, Reason::Discharge { .. });
        told += found.iter().filter(one).count();
    }
    println!("twenty minutes: {counted} counted as twitches, {told} told as discharges");
    assert!(told > 500, "{told}");
    assert!(counted < 60, "{counted}");
}

#[test]
fn a_twitch_while_a_motor_unit_fires_still_counts() {
    let (mut found, mut added) = (0, 0);
    for seed in 61_100..61_110 {
        let (mut made, mut dice) = noise(seed);
        fire(&mut made, &mut dice);
        let times: Vec<f64> = (3..39).map(|k| 3.0 * f64::from(k) + dice.roll()).collect();
        times.iter().for_each(|at| burst(&mut made, &mut dice, *at, 50.0, 40.0));
        let all = heard(&made);
        let near = |at: &&f64| {
            all.iter().filter(|f| f.candidate.class == Class::Twitch).any(|f| {
                let onset = f.span.start.get() as f64 / RATE_HZ;
                (onset - **at).abs() < 0.03
            })
        };
        found += times.iter().filter(near).count();
        added += times.len();
    }
    println!("{found} of {added}");
    assert!(found * 100 >= 97 * added, "{found} of {added}");
}

#[test]
fn a_contraction_that_rises_slowly_is_one_also_where_its_strong_part_is_short() {
    let counts = [400.0, 5.0].map(|rise_ms| {
        (61_200..61_210)
            .map(|seed| {
                let (mut made, mut dice) = noise(seed);
                for k in 3..38 {
                    let at = 3.0 * f64::from(k) + dice.roll();
                    add(&mut made, at, [-rise_ms / 1e3, 0.0], |t| {
                        16.0 * (1.0 + t * 1e3 / rise_ms).powi(2) * dice.normal()
                    });
                    add(&mut made, at, [0.0, 0.18], |_| 30.0 * dice.normal());
                }
                twitches(&heard(&made))
            })
            .sum::<usize>()
    });
    println!("of 350: {} that rise slowly and {} that rise at once are counted", counts[0], counts[1]);
    assert!(counts[0] <= 130, "{}", counts[0]);
    assert!(counts[1] >= 340, "{}", counts[1]);
}
