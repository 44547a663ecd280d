//! Hum is found where it is, taken out as far as the noise hides the rest, and nothing else is.

use std::f64::consts::TAU;

use twitchscope::signal::canceller::Canceller;
use twitchscope::signal::mains::search;
use twitchscope::signal::spectrum::Welch;
use twitchscope::units::{Hertz, SampleRate};

const RATE_HZ: f64 = 2000.0;
const SEARCHED: usize = 4000;
const HIGHEST: Hertz = Hertz::new(450.0);

fn rate() -> SampleRate {
    SampleRate::new(RATE_HZ).unwrap()
}

/// Normal numbers of variance 1: sums of twelve of a linear congruence (Knuth, MMIX).
fn noise(seed: u64, length: usize) -> Vec<f64> {
    let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut roll = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..length).map(|_| (0..12).map(|_| roll()).sum::<f64>() - 6.0).collect()
}

/// Hum of these amplitudes, a harmonic each, whose frequency at time t is `hz(t)`.
fn hum(length: usize, amplitudes: &[f64], hz: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut phase = 0.7;
    let wave = |phase: f64| -> f64 {
        let parts = amplitudes.iter().zip(1u32..).map(|(a, k)| a * (f64::from(k) * phase).cos());
        parts.sum()
    };
    (0..length)
        .map(|n| {
            phase += TAU * hz(n as f64 / RATE_HZ) / RATE_HZ;
            wave(phase)
        })
        .collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn power(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64
}

/// A canceller as the pipeline drives it: searched at the start, and again every four seconds.
fn cancelled(x: &[f64]) -> Vec<f64> {
    let (mut canceller, mut welch) = (Canceller::new(rate()), Welch::new(SEARCHED, rate()));
    let found = search(&x[..SEARCHED], &mut welch, HIGHEST);
    canceller.learn(found.as_ref(), &x[..SEARCHED], true);
    let mut y = x.to_vec();
    for (n, part) in y.chunks_mut(2 * SEARCHED).enumerate() {
        canceller.run(part);
        let end = 2 * SEARCHED * n + part.len();
        let last = &x[end - SEARCHED.min(end)..end];
        let found = search(last, &mut welch, HIGHEST);
        canceller.learn(found.as_ref(), last, false);
    }
    y
}

#[test]
fn both_grids_are_found_to_a_twentieth_of_a_hertz_with_their_harmonics() {
    let mut welch = Welch::new(SEARCHED, rate());
    for grid_hz in [50.0, 60.0] {
        for off_hz in [-0.5, -0.2, 0.0, 0.3, 0.5] {
            let x =
                sum(&hum(SEARCHED, &[3.0, 0.0, 1.0, 0.0, 0.8], |_| grid_hz + off_hz), &noise(5, SEARCHED));
            let found = search(&x, &mut welch, HIGHEST).unwrap();
            assert!((found.fundamental.hz() - grid_hz - off_hz).abs() < 0.05, "{grid_hz} {off_hz} {found:?}");
            assert_eq!(found.harmonics(), [1, 3, 5]);
        }
    }
}

#[test]
fn a_line_that_two_grids_share_leads_to_the_one_that_has_the_others() {
    let mut welch = Welch::new(SEARCHED, rate());
    let sixty = sum(&hum(SEARCHED, &[2.0, 0.0, 0.5, 0.0, 4.0], |_| 60.1), &noise(9, SEARCHED));
    let found = search(&sixty, &mut welch, HIGHEST).unwrap();
    assert!((found.fundamental.hz() - 60.1).abs() < 0.05, "{found:?}");
    assert_eq!(found.harmonics(), [1, 3, 5]);
    let fifty = sum(&hum(SEARCHED, &[2.0, 0.0, 0.5, 0.0, 0.0, 4.0], |_| 50.1), &noise(9, SEARCHED));
    let found = search(&fifty, &mut welch, HIGHEST).unwrap();
    assert!((found.fundamental.hz() - 50.1).abs() < 0.05, "{found:?}");
    assert_eq!(found.harmonics(), [1, 3, 6]);
}

#[test]
fn a_grid_is_kept_while_only_a_line_is_seen_that_another_has_too() {
    let (mut canceller, mut welch) = (Canceller::new(rate()), Welch::new(SEARCHED, rate()));
    let mut hear = |amplitudes: &[f64], first: bool| {
        let x = sum(&hum(SEARCHED, amplitudes, |_| 60.1), &noise(10, SEARCHED));
        let found = search(&x, &mut welch, HIGHEST);
        canceller.learn(found.as_ref(), &x, first);
        canceller.lines_hz().map(|hz| hz.round() as u32).collect::<Vec<_>>()
    };
    let all = [2.0, 0.0, 1.0, 0.0, 4.0];
    assert_eq!(hear(&all, true), [60, 180, 301]);
    for _ in 0..4 {
        let left = hear(&[0.0, 0.0, 0.0, 0.0, 4.0], false);
        assert!(left.contains(&301), "{left:?}");
    }
    assert_eq!(hear(&all, false), [60, 180, 301], "at once, and not when 300 Hz as a sixth is given up");
}

#[test]
fn harmonics_without_their_fundamental_are_found() {
    let x = sum(&hum(SEARCHED, &[0.0, 0.0, 2.0], |_| 50.2), &noise(6, SEARCHED));
    let found = search(&x, &mut Welch::new(SEARCHED, rate()), HIGHEST).unwrap();
    assert!((found.fundamental.hz() - 50.2).abs() < 0.05);
    assert_eq!(found.harmonics(), [3]);
}

#[test]
fn nothing_is_found_in_noise() {
    let mut welch = Welch::new(SEARCHED, rate());
    for seed in 0..500 {
        assert_eq!(search(&noise(seed, SEARCHED), &mut welch, HIGHEST), None, "seed {seed}");
    }
    assert_eq!(search(&[0.0; SEARCHED], &mut welch, HIGHEST), None);
}

#[test]
fn nothing_is_found_beside_the_grids() {
    let x = sum(&hum(SEARCHED, &[5.0], |_| 55.0), &noise(7, SEARCHED));
    assert_eq!(search(&x, &mut Welch::new(SEARCHED, rate()), HIGHEST), None);
}

#[test]
fn noise_passes_bit_by_bit() {
    let x = noise(1, 60_000);
    assert_eq!(cancelled(&x), x);
}

/// What is left of hum, dB under it, from a second after the start on.
fn taken_out_db(amplitudes: &[f64], hz: impl Fn(f64) -> f64) -> f64 {
    let length = 80_000;
    let (hum, noise) = (hum(length, amplitudes, hz), noise(2, length));
    let left: Vec<f64> = cancelled(&sum(&hum, &noise)).iter().zip(&noise).map(|(y, n)| y - n).collect();
    10.0 * (power(&hum[2000..]) / power(&left[2000..])).log10()
}

#[test]
fn steady_hum_is_taken_down_by_35_db() {
    for hz in [49.5, 50.0, 60.0, 60.5] {
        let db = taken_out_db(&[14.0, 0.5, 4.0, 0.0, 2.5], |_| hz);
        assert!(db > 35.0, "{hz} Hz: {db} dB");
    }
}

#[test]
fn drifting_hum_is_taken_down_by_25_db() {
    let db = taken_out_db(&[14.0, 0.5, 4.0], |t| 50.0 + 0.3 * (TAU * t / 40.0).sin());
    assert!(db > 25.0, "{db} dB");
}

#[test]
fn faint_hum_is_taken_down_by_10_db() {
    for amplitude in [0.3, 1.0] {
        let db = taken_out_db(&[amplitude], |_| 50.1);
        assert!(db > 10.0, "{amplitude}: {db} dB");
    }
}

#[test]
fn a_burst_on_hum_keeps_its_energy() {
    let length = 40_000;
    let (hum, floor, burst) = (hum(length, &[10.0, 0.0, 3.0], |_| 49.8), noise(3, length), noise(4, length));
    for (from, frames, times) in [(20_000, 40, 60.0), (25_000, 200, 20.0), (31_000, 500, 20.0)] {
        let mut x = floor.clone();
        for n in from..from + frames {
            x[n] += times * burst[n];
        }
        let y = cancelled(&sum(&x, &hum));
        let kept = power(&y[from..from + frames]) / power(&x[from..from + frames]);
        assert!((kept - 1.0).abs() < 0.05, "{frames} samples: {kept}");
        let after =
            power(&y[from + frames..from + frames + 1000]) / power(&x[from + frames..from + frames + 1000]);
        assert!((after - 1.0).abs() < 0.25, "after {frames} samples: {after}");
    }
}

#[test]
fn runs_of_any_length_give_the_same_numbers() {
    let x = sum(&hum(20_000, &[10.0, 0.0, 3.0], |_| 60.2), &noise(8, 20_000));
    let mut welch = Welch::new(SEARCHED, rate());
    let found = search(&x[..SEARCHED], &mut welch, HIGHEST);
    let by = |size: usize| {
        let mut canceller = Canceller::new(rate());
        canceller.learn(found.as_ref(), &x[..SEARCHED], true);
        let mut y = x.clone();
        y.chunks_mut(size).for_each(|part| canceller.run(part));
        y
    };
    assert!(by(1) == by(20_000) && by(37) == by(1));
}
