//! The filter that weighs frequencies by the noise, against NumPy and SciPy (`tests/data/whiten.py` made the
//! vectors), and what the detector finds by it.

use std::f64::consts::TAU;

use serde::Deserialize;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::signal::whiten::{Expected, Lags, ORDER, Whitener};
use twitchscope::simulate::Simulation;
use twitchscope::units::{Hertz, SampleRate};

#[path = "support/dice.rs"]
mod dice;
#[path = "support/quiet.rs"]
mod quiet;

use dice::Dice;
use quiet::{RATE_HZ, SECONDS, add, burst, heard, noise, twitches};

#[derive(Deserialize)]
struct Row {
    rate_hz: f64,
    high_hz: f64,
    x: Vec<f32>,
    taps: Vec<f64>,
}

#[test]
fn the_filter_is_the_one_that_the_normal_equations_give() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("data/whiten.json")).unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let rate = SampleRate::new(row.rate_hz).unwrap();
        let band = Shape::BandPass(Hertz::new(20.0), Hertz::new(row.high_hz));
        let expected = Expected::behind(&[(&butterworth(2, band, rate).unwrap(), rate)], rate);
        let mut lags = Lags::default();
        lags.add(&row.x, 1.0);
        let mut impulse = [0.0; ORDER + 1];
        impulse[0] = 1.0;
        Whitener::of(&lags, &expected).unwrap().run(&mut impulse);
        for (ours, theirs) in impulse.into_iter().zip(row.taps) {
            assert!((f64::from(ours) - theirs).abs() < 1e-4, "{} Hz: {ours} {theirs}", row.rate_hz);
        }
    }
}

/// Adds noise of 20 µV around 90 Hz, as of a muscle that is held.
fn hold(made: &mut Simulation, dice: &mut Dice) {
    let (radius, mut x) = (0.97f64, [0.0; 2]);
    let power = (1.0 + radius * radius)
        / (1.0 - radius * radius)
        / (1.0 + radius.powi(4) - 2.0 * radius * radius * (2.0 * TAU * 90.0 / RATE_HZ).cos());
    let scale = 20.0 / f64::sqrt(power);
    add(made, 0.0, [0.0, SECONDS], |_| {
        let next =
            2.0 * radius * (TAU * 90.0 / RATE_HZ).cos() * x[0] - radius * radius * x[1] + dice.normal();
        x = [next, x[0]];
        scale * next
    });
}

#[test]
fn bursts_stand_out_where_the_noise_of_a_held_muscle_is_weak() {
    let times: Vec<f64> = (0..25).map(|k| 10.0 + 4.4 * f64::from(k)).collect();
    let (mut found, mut alone) = (0, 0);
    for seed in 65_000..65_004 {
        let (mut made, mut dice) = noise(seed);
        hold(&mut made, &mut dice);
        alone += twitches(&heard(&made));
        times.iter().for_each(|at| burst(&mut made, &mut dice, *at, 50.0, 40.0));
        found += twitches(&heard(&made));
    }
    println!("{found} of 100, {alone} without a burst");
    assert!(found >= 45 && alone <= 4, "{found} of 100, {alone} without a burst");
}
