//! Where bursts begin: also those that rise slowly, which one power for all of a burst finds late.

use std::f64::consts::PI;

use twitchscope::detect::Class;
use twitchscope::simulate::Simulation;

#[path = "support/dice.rs"]
mod dice;
#[path = "support/quiet.rs"]
mod quiet;

use dice::Dice;
use quiet::{RATE_HZ, add, heard, noise};

/// The errors of the onsets of 350 bursts that `put` adds at a time, ms, late ones positive; a burst
/// that is not found within 60 ms has none.
fn errors(seeds: std::ops::Range<u64>, put: impl Fn(&mut Simulation, &mut Dice, f64)) -> Vec<f64> {
    let mut errors = Vec::new();
    for seed in seeds {
        let (mut made, mut dice) = noise(seed);
        let times: Vec<f64> = (3..38).map(|k| 3.0 * f64::from(k) + dice.roll()).collect();
        times.iter().for_each(|at| put(&mut made, &mut dice, *at));
        let found = heard(&made);
        let onsets = found.iter().filter(|f| f.candidate.class == Class::Twitch);
        let onsets: Vec<f64> = onsets.map(|f| f.span.start.get() as f64 / RATE_HZ).collect();
        let error = |at: &f64| {
            let nearest = onsets.iter().map(|onset| onset - at).min_by(|a, b| a.abs().total_cmp(&b.abs()));
            nearest.filter(|e| e.abs() < 0.06).map(|e| e * 1e3)
        };
        errors.extend(times.iter().filter_map(error));
    }
    errors
}

fn share(errors: &[f64], is: impl Fn(f64) -> bool) -> f64 {
    errors.iter().filter(|e| is(**e)).count() as f64 / errors.len() as f64
}

fn median(mut errors: Vec<f64>) -> f64 {
    errors.sort_by(f64::total_cmp);
    errors[errors.len() / 2]
}

/// Where a sine squared reaches 15 % of its crest, as a share of its length.
const VISIBLE: f64 = 0.1274;

#[test]
fn a_burst_that_rises_slowly_is_found_within_20_ms_of_where_it_can_be_seen() {
    let errors = errors(63_000..63_010, |made, dice, at| {
        // Some 8 dB over the noise in the band, from where it can be seen to where it no longer can.
        let long = 0.16;
        add(made, at - VISIBLE * long, [0.0, long], |t| 30.0 * (PI * t / long).sin().powi(2) * dice.normal());
    });
    let late = share(&errors, |e| e > 20.0);
    println!("{} found, {:.1} % late, median {:.1} ms", errors.len(), 100.0 * late, median(errors.clone()));
    assert!(errors.len() > 330, "{}", errors.len());
    assert!(late < 0.15, "{late}");
}

#[test]
fn a_burst_that_begins_at_once_is_not_found_early() {
    let errors = errors(63_100..63_110, |made, dice, at| {
        add(made, at, [0.0, 0.06], |_| 25.0 * dice.normal());
    });
    let early = share(&errors, |e| e < -8.0);
    println!("{} found, {:.1} % early, median {:.1} ms", errors.len(), 100.0 * early, median(errors.clone()));
    assert!(errors.len() > 340, "{}", errors.len());
    assert!(early < 0.05, "{early}");
    assert!(median(errors).abs() < 1.5);
}
