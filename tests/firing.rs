//! Activity that goes on is no twitch: a motor unit that fires, a contraction that rises slowly.

use twitchscope::detect::{Class, Reason};
use twitchscope::pipeline::Found;
use twitchscope::simulate::Simulation;

#[path = "support/dice.rs"]
mod dice;
#[path = "support/quiet.rs"]
mod quiet;

use dice::Dice;
use quiet::{RATE_HZ, SECONDS, add, burst, heard, noise, twitches};

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
