//! What the heart leaves in a recording is no twitch, from its first beat on, with or without a
//! rhythm, whatever the floor does.

#[path = "support/cases.rs"]
mod cases;

use cases::Case;
use cases::dice::Dice;
use twitchscope::detect::Class;
use twitchscope::pipeline::Event;
use twitchscope::simulate::{Contaminant, Kind, render, scenario};

const RATE_HZ: f64 = 1000.0;
const SECONDS: f64 = 90.0;
/// Of R: a sharp one, which a swing of the unfiltered signal does not betray.
const WIDTH_S: f64 = 0.0035;

/// QRS and T as a chest electrode hears them, `t` s after R (McSharry et al. 2003; R is a
/// hyperbolic secant, which reaches into the band of EMG).
fn beat(t: f64) -> f64 {
    let bell = |at: f64, width: f64| (-((t - at) / width).powi(2) / 2.0).exp();
    1.0 / (t / WIDTH_S).cosh() - 0.12 * bell(-0.026, 0.008) - 0.25 * bell(0.028, 0.009)
        + 0.3 * bell(0.25, 0.05)
}

/// White noise whose RMS at `t` s is `noise(t)` µV, and beats of `height` µV at `times`, s.
fn heart(seed: u64, times: &[f64], height: f64, noise: impl Fn(f64) -> f64) -> Case {
    heart_of(seed, times, |t| height * beat(t), noise)
}

/// The same of beats that are `wave(t)` µV, t in s after R.
fn heart_of(seed: u64, times: &[f64], wave: impl Fn(f64) -> f64, noise: impl Fn(f64) -> f64) -> Case {
    let mut dice = Dice::new(seed);
    let value = |n: usize| {
        let t = n as f64 / RATE_HZ;
        let beats: f64 = times.iter().map(|at| t - at).filter(|t| t.abs() < 0.5).map(&wave).sum();
        (noise(t) * dice.normal() + beats) as f32
    };
    let samples = (0..(SECONDS * RATE_HZ) as usize).map(value).collect();
    Case::of(format!("heart {seed}"), RATE_HZ, samples)
}

/// Beats `interval(dice)` s apart, to the end.
fn beats(seed: u64, mut interval: impl FnMut(&mut Dice) -> f64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    let mut times = vec![0.7];
    while times[times.len() - 1] < SECONDS - 1.0 {
        times.push(times[times.len() - 1] + interval(&mut dice));
    }
    times
}

fn twitches(case: &Case) -> usize {
    case.whole().events.iter().filter(|e| matches!(e, Event::Twitch(_))).count()
}

#[test]
fn a_heart_without_a_rhythm_gives_no_twitch() {
    for seed in 1..4 {
        let times = beats(seed, |dice| 0.4 + 0.8 * dice.roll());
        let found = twitches(&heart(seed, &times, 400.0, |_| 5.0));
        assert!(found <= 3, "{found} of {} beats counted", times.len());
    }
}

#[test]
fn a_heart_is_told_as_a_heart_however_loud_it_is() {
    let times = beats(14, |dice| 0.8 + 0.04 * dice.roll());
    // Of a wide R, little reaches into the band.
    for (height, wider) in [(400.0, 1.0), (2000.0, 2.0), (8000.0, 2.5)] {
        let found = heart_of(14, &times, |t| height * beat(t / wider), |_| 5.0).whole();
        let ecg = |e: &&Event| matches!(e, Event::Candidate(f) if f.candidate.class == Class::Ecg);
        let told = found.events.iter().filter(ecg).count();
        println!("{told} of {} beats of {height} uV, {wider} times as wide", times.len());
        assert!(10 * told >= 8 * times.len(), "{told} of {} beats of {height} µV", times.len());
    }
}

#[test]
fn the_first_beats_of_a_slow_heart_give_no_twitch() {
    for seed in 1..4 {
        let times = beats(seed, |dice| 1.25 + 0.05 * dice.roll());
        let found = twitches(&heart(seed, &times, 400.0, |_| 5.0));
        assert_eq!(found, 0);
    }
}

/// As an electrode hears it that moves with the breath: the height of R changes threefold.
#[test]
fn a_heart_whose_beats_differ_in_height_gives_no_twitch() {
    let (mut found, mut there) = (0, 0);
    for seed in 1..7 {
        let times = beats(seed, |dice| 0.85 + 0.05 * dice.roll());
        let mut case = heart(seed, &times, 0.0, |_| 5.0);
        let mut dice = Dice::new(seed + 100);
        for at in &times {
            let height = 130.0 * 3.0f64.powf(dice.roll().powi(3));
            let first = ((at - 0.5) * RATE_HZ).max(0.0) as usize;
            let part = case.frames.column_mut(0).into_iter().enumerate().skip(first).take(1000);
            part.for_each(|(n, x)| *x += (height * beat(n as f64 / RATE_HZ - at)) as f32);
        }
        found += twitches(&case);
        there += times.len();
    }
    println!("{found} of {there} beats counted");
    assert!(found * 100 <= there, "{found} of {there} beats counted");
}

#[test]
fn a_beat_right_at_the_beginning_is_one_of_the_heart() {
    for first in [0.1, 0.105, 0.12, 0.125, 0.13] {
        let times: Vec<f64> = (0..100).map(|n| first + 0.8 * f64::from(n)).collect();
        for offset in [0.0, 3000.0] {
            let mut case = heart(1, &times, 400.0, |_| 5.0);
            case.frames.iter_mut().for_each(|x| *x += offset);
            let found = twitches(&case);
            assert!(found == 0, "{found} beats counted where the first is at {first} s, {offset} µV up");
        }
    }
}

#[test]
fn a_floor_that_falls_makes_no_twitch_of_the_beats() {
    for seed in 1..4 {
        let times = beats(seed, |dice| 0.8 + 0.1 * dice.roll());
        let noise = |t: f64| if t < 45.0 { 25.0 } else { 5.0 };
        let found = twitches(&heart(seed, &times, 500.0, noise));
        assert!(found <= 3, "{found} of {} beats counted", times.len());
    }
}

#[test]
fn the_rate_of_a_heart_is_that_of_its_intervals_though_efforts_hide_beats() {
    let (mut hidden, mut all) = (0, 0);
    for seed in 44_000..44_008 {
        let mut recipe = scenario("ecg-only", seed).unwrap();
        Contaminant::Efforts.add_to(&mut recipe);
        let made = render(&recipe).unwrap();
        let there = made.truth.iter().filter(|e| e.kind == Kind::Ecg).count();
        let case = Case::of(format!("ecg {seed}"), recipe.rate_hz, made.frames.column(0).to_vec());
        let beats = case.whole().reports[0].quality.as_ref().unwrap().beats;
        let (told, truth) = (beats.per_min.unwrap(), 60.0 * there as f64 / recipe.duration_s);
        assert!((told / truth - 1.0).abs() < 0.03, "{seed}: {told} for {truth} a minute");
        (hidden, all) = (hidden + there - beats.count as usize, all + there);
    }
    println!("{hidden} of {all} beats were hidden");
    assert!(hidden * 10 > all, "only {hidden} of {all} beats were hidden");
}
