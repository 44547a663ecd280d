//! What swings, rings or snaps is no twitch, however strong it is; muscle of the same length is.

use std::f64::consts::{PI, TAU};

use twitchscope::detect::{Class, Reason};
use twitchscope::pipeline::Found;
use twitchscope::simulate::Simulation;

#[path = "support/dice.rs"]
mod dice;
#[path = "support/quiet.rs"]
mod quiet;

use dice::Dice;
use quiet::{RATE_HZ, SECONDS, add, burst, heard, noise, twitches};

/// Ten recordings with `put` about every three seconds: how many there were, and how many twitches were
/// counted.
fn among(first_seed: u64, mut put: impl FnMut(&mut Simulation, &mut Dice, f64)) -> (usize, usize) {
    let (mut there, mut counted) = (0, 0);
    for seed in first_seed..first_seed + 10 {
        let (mut made, mut dice) = noise(seed);
        let last = (SECONDS / 3.0) as u32 - 1;
        for k in 1..last {
            let at = 3.0 * f64::from(k) + dice.roll();
            put(&mut made, &mut dice, at);
            there += 1;
        }
        counted += twitches(&heard(&made));
    }
    println!("{counted} counted of {there}");
    (there, counted)
}

/// From `low` to `high`, as often in each octave.
fn between(dice: &mut Dice, low: f64, high: f64) -> f64 {
    low * (high / low).powf(dice.roll())
}

#[test]
fn a_cable_that_was_struck_rings_and_is_no_twitch() {
    let (there, counted) = among(62_000, |made, dice, at| {
        let (hz, tau) = (between(dice, 26.0, 58.0), between(dice, 0.04, 0.12));
        let (peak, phase) = (between(dice, 60.0, 240.0), TAU * dice.roll());
        add(made, at, [0.0, 0.5], |t| peak * (-t / tau).exp() * (TAU * hz * t + phase).sin());
    });
    assert!(counted * 10 <= there, "{counted} of {there}");
}

#[test]
fn a_burst_of_muscle_as_long_as_a_cable_rings_counts() {
    let (there, counted) = among(62_100, |made, dice, at| {
        let ms = between(dice, 45.0, 150.0);
        burst(made, dice, at, ms, 25.0);
    });
    assert!(counted * 100 >= 98 * there, "{counted} of {there}");
}

#[test]
fn a_blink_is_no_twitch_though_its_edges_are_steep() {
    let (there, counted) = among(62_200, |made, dice, at| {
        let (peak, ms) = (between(dice, 500.0, 1500.0), between(dice, 80.0, 150.0));
        let closing = 0.2 + 0.3 * dice.roll();
        // The lid closes faster than it opens; it begins, turns and ends at once.
        add(made, at, [0.0, ms / 1e3], |t| {
            let part = t * 1e3 / ms;
            peak * if part < closing { part / closing } else { (1.0 - part) / (1.0 - closing) }
        });
    });
    assert!(counted * 20 <= there, "{counted} of {there}");
}

#[test]
fn a_spike_is_no_twitch_however_strong_it_is() {
    let (there, counted) = among(62_300, |made, dice, at| {
        let (peak, sigma) = (between(dice, 100.0, 900.0), between(dice, 0.000_4, 0.001));
        let both_ways = dice.roll() < 0.5;
        add(made, at, [-0.01, 0.01], |t| {
            let x = t / sigma;
            peak * (-x * x / 2.0).exp() * if both_ways { 1.65 * x } else { 1.0 }
        });
    });
    assert!(counted * 50 <= there, "{counted} of {there}");
}

#[test]
fn a_contact_that_chatters_is_no_twitch() {
    let (there, counted) = among(62_500, |made, dice, at| {
        let (seconds, level) = (between(dice, 0.02, 0.12), between(dice, 60.0, 600.0));
        let mut toggles: Vec<f64> =
            (0..4 + (dice.roll() * 12.0) as usize).map(|_| seconds * dice.roll()).collect();
        toggles.sort_by(f64::total_cmp);
        // Each time it opens it opens to another level, and ends closed.
        let levels: Vec<f64> = toggles.iter().map(|_| level * (0.3 + 0.7 * dice.roll())).collect();
        add(made, at, [0.0, seconds], |t| match toggles.iter().filter(|toggle| **toggle <= t).count() {
            open if open % 2 == 1 => levels[open - 1],
            _ => 0.0,
        });
    });
    assert!(counted * 4 <= there, "{counted} of {there}");
}

#[test]
fn a_burst_beside_samples_that_are_no_signal_is_no_contact() {
    let (mut there, mut contacts) = (0, 0);
    for seed in 62_800..62_810 {
        let (mut made, mut dice) = noise(seed);
        for k in 3..38 {
            let (at, before) = (3.0 * f64::from(k) + dice.roll(), k % 2 == 0);
            let units: Vec<[f64; 2]> = (0..12).map(|_| [60.0 * dice.roll(), 14.0 * dice.normal()]).collect();
            add(&mut made, at, [-0.02, 0.1], |t| {
                units.iter().map(|[late, size]| size * potential(t * 1e3 - late, 9.0)).sum::<f64>()
            });
            let lost = if before { [-0.3, -0.13] } else { [0.09, 0.3] };
            add(&mut made, at, lost, |_| f64::NAN);
            there += 1;
        }
        let contact = |f: &&Found| matches!(f.candidate.reason, Reason::Edges { .. });
        contacts += heard(&made).iter().filter(contact).count();
    }
    println!("{contacts} of {there}");
    assert!(contacts * 100 <= there, "{contacts} of {there}");
}

#[test]
fn a_step_with_another_a_moment_later_is_no_twitch() {
    let (there, counted) = among(62_900, |made, dice, at| {
        let mut later = 0.0;
        for least in [100.0, 60.0] {
            let (size, rise, heal) =
                (between(dice, least, 2.5 * least), between(dice, 0.002, 0.009), between(dice, 0.2, 0.6));
            let size = if dice.roll() < 0.5 { -size } else { size };
            add(made, at + later, [0.0, 4.0 * heal], |t| {
                size * (1.0 - (PI * (t / rise).min(1.0)).cos()) / 2.0 * (-t / heal).exp()
            });
            later = between(dice, 0.012, 0.045);
        }
    });
    assert!(counted * 10 <= there, "{counted} of {there}");
}

/// A polyphasic potential of `ms`, t in ms from its middle, at most 1.
fn potential(t: f64, ms: f64) -> f64 {
    let x = 2.6 * t / ms;
    (1.0 - 2.0 * x * x) * (-x * x).exp()
}

#[test]
fn two_potentials_a_moment_apart_are_no_tone() {
    let (there, counted) = among(62_600, |made, dice, at| {
        let (peak, ms, apart) =
            (between(dice, 100.0, 200.0), between(dice, 11.0, 14.0), between(dice, 20.0, 26.0));
        add(made, at, [-0.05, 0.1], |t| {
            peak * (potential(t * 1e3, ms) + 0.8 * potential(t * 1e3 - apart, ms))
        });
    });
    assert!(counted * 100 >= 90 * there, "{counted} of {there}");
}

#[test]
fn the_reason_of_a_tone_says_how_high_it_is() {
    for (seed, tone_hz) in [(62_400, 40.0), (62_401, 43.0), (62_402, 46.0), (62_403, 50.0), (62_404, 54.0)] {
        let (mut made, _) = noise(seed);
        add(&mut made, 60.0, [0.0, 0.5], |t| 150.0 * (-t / 0.08).exp() * (TAU * tone_hz * t).sin());
        let found = heard(&made);
        let near = |at: u64| (at as f64 / RATE_HZ - 60.0).abs() < 0.1;
        let one = found.iter().find(|f| near(f.span.start.get()) && f.candidate.class == Class::Movement);
        let Some(Reason::Tone { hz, alike }) = one.map(|f| f.candidate.reason) else {
            panic!("{found:?}");
        };
        assert!((hz - tone_hz).abs() < 0.07 * tone_hz, "{hz} of {tone_hz}");
        assert!(alike > 0.8, "{alike}");
    }
}
