//! The simple form as judge of the fast one: sample by sample, sums made anew, floors by sorting.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;
use twitchscope::signal::biquad::Cascade;
use twitchscope::signal::canceller::Canceller;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::signal::envelope::{Energies, WINDOWS};
use twitchscope::signal::floor::SlidingQuantile;
use twitchscope::signal::mains::search;
use twitchscope::signal::overview::Outline;
use twitchscope::signal::spectrum::Welch;
use twitchscope::units::{Hertz, SampleRate};

fn noise(length: usize) -> Vec<f64> {
    let mut dice = 9u64;
    let mut roll = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    (0..length).map(|_| 100.0 * roll()).collect()
}

/// The recurrence as it stands in every book, each section over its own past.
fn plainly(filter: &Cascade, x: &[f64]) -> Vec<f64> {
    let mut x = x.to_vec();
    for section in filter.sections() {
        let ([b0, b1, b2], [a1, a2]) = (section.b, section.a);
        let mut y = vec![0.0; x.len()];
        for n in 0..x.len() {
            let past = |of: &[f64], k: usize| if n >= k { of[n - k] } else { 0.0 };
            y[n] = b0 * x[n] + b1 * past(&x, 1) + b2 * past(&x, 2) - a1 * past(&y, 1) - a2 * past(&y, 2);
        }
        x = y;
    }
    x
}

#[test]
fn a_run_through_a_filter_is_its_steps_one_by_one_and_the_recurrence_of_books() {
    let rate = SampleRate::new(2000.0).unwrap();
    let x = noise(5000);
    for order in 1..=8 {
        let filter = butterworth(order, Shape::HighPass(Hertz::new(60.0)), rate).unwrap();
        let mut state = filter.silent();
        let steps: Vec<f64> = x.iter().map(|x| filter.step(&mut state, *x)).collect();
        for size in [1, 7, 5000] {
            let (mut state, mut run) = (filter.silent(), x.clone());
            run.chunks_mut(size).for_each(|part| filter.run(&mut state, part));
            assert!(run == steps, "order {order} by {size}");
        }
        for (fast, plain) in steps.iter().zip(plainly(&filter, &x)) {
            assert!((fast - plain).abs() < 1e-7, "order {order}: {fast} {plain}");
        }
    }
}

#[test]
fn filters_that_overlap_give_what_they_give_one_after_the_other() {
    let rate = SampleRate::new(2000.0).unwrap();
    let x = noise(5000);
    let high_pass = |order| butterworth(order, Shape::HighPass(Hertz::new(60.0)), rate).unwrap();
    for orders in [[1, 2, 4], [3, 2, 4], [1, 2, 6]] {
        let [a, b, c] = orders.map(high_pass);
        let run = |filter: &Cascade, x: &[f64]| {
            let (mut state, mut y) = (filter.silent(), x.to_vec());
            filter.run(&mut state, &mut y);
            y
        };
        let one = run(&a, &x);
        let two = run(&b, &one);
        let three = run(&c, &two);
        let narrow = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        for size in [1, 7, 5000] {
            let (mut s, mut t, mut u) = (a.silent(), b.silent(), c.silent());
            let (mut y, mut first, mut second) = (x.clone(), Vec::new(), Vec::new());
            for part in y.chunks_mut(size) {
                Cascade::run_three([(&a, &mut s), (&b, &mut t), (&c, &mut u)], part, &mut first, &mut second);
            }
            assert!(first == one && second == narrow(&two) && y == three, "{orders:?} by {size}");
            let (mut t, mut u) = (b.silent(), c.silent());
            let (mut y, mut second) = (one.clone(), Vec::new());
            for part in y.chunks_mut(size) {
                Cascade::run_both((&b, &mut t), (&c, &mut u), part, &mut second);
            }
            assert!(second == narrow(&two) && y == three, "{orders:?} by {size}");
        }
    }
}

#[test]
fn energies_are_the_means_of_squares() {
    let hop = 4;
    let x = noise(8000);
    let mut energies = Energies::new(8, 4096);
    for (at, samples) in x.chunks(hop).enumerate() {
        energies.push((samples.iter().map(|x| x * x).sum::<f64>() / hop as f64) as f32);
        for w in 0..WINDOWS {
            let length = (8 << w) * hop;
            let end = (at + 1) * hop;
            if end >= length {
                let plain = x[end - length..end].iter().map(|x| x * x).sum::<f64>() / length as f64;
                let fast = f64::from(energies.around(w, (at - (4 << w)) as u64).unwrap());
                assert!((fast / plain - 1.0).abs() < 1e-5, "window {w} at {at}: {fast} {plain}");
            }
        }
    }
}

#[test]
fn a_floor_is_what_sorting_says() {
    // Coarse values, so that many are equal.
    let values: Vec<f32> = noise(3000).iter().map(|x| (x.abs() / 4.0).floor() as f32).collect();
    let mut sliding = SlidingQuantile::new(625);
    for (n, value) in values.iter().enumerate() {
        sliding.push(*value);
        let mut last = values[(n + 1).saturating_sub(625)..=n].to_vec();
        last.sort_by(f32::total_cmp);
        for q in [0.0, 0.1, 0.5, 1.0] {
            let place = (q * (last.len() - 1) as f64).round() as usize;
            assert_eq!(sliding.quantile(q), Some(last[place]));
        }
    }
}

#[test]
fn an_outline_does_not_depend_on_how_it_came() {
    let values: Vec<f32> = noise(9973).iter().map(|x| *x as f32).collect();
    let by = |size: usize| {
        let mut outline = Outline::new(50);
        values.chunks(size).for_each(|some| outline.run(some));
        (outline.low().to_vec(), outline.high().to_vec())
    };
    assert!(by(1) == by(9973) && by(64) == by(1));
}

/// A harmonic and where it stands.
type Weights = (i32, Complex<f64>);

/// The adaptive filter of books: two weights a line, taught by every sample, and every tenth of a
/// second the frequency corrected by how far the weights have turned.
fn plainly_without_hum(x: &[f64], rate_hz: f64, fundamental_hz: f64, lines: &[Weights]) -> Vec<f64> {
    let (mut lines, mut hz, mut mean, mut y) = (lines.to_vec(), fundamental_hz, 0.0, Vec::new());
    let mut before = lines.clone();
    let mut reference = Complex::new(1.0, 0.0);
    for (n, x) in x.iter().enumerate() {
        let hum: f64 = lines.iter().map(|(k, a)| (a * reference.powi(*k)).re).sum();
        let left: f64 = x - hum;
        mean += (left.abs() - mean) / (0.25 * rate_hz);
        let taught = left.clamp(-3.0 * mean, 3.0 * mean) * 2.0 / (0.25 * rate_hz);
        lines.iter_mut().for_each(|(k, a)| *a += reference.powi(*k).conj() * taught);
        reference *= Complex::from_polar(1.0, TAU * hz / rate_hz);
        y.push(left);
        if (n + 1) % (0.1 * rate_hz) as usize == 0 {
            let weight = |l: &Weights| f64::from(l.0 * l.0) * l.1.norm_sqr();
            let turned = |(l, b): (&Weights, &Weights)| weight(l) * (l.1 * b.1.conj()).arg() / f64::from(l.0);
            let sum: f64 = lines.iter().zip(&before).map(turned).sum();
            hz += 0.2 * (sum / lines.iter().map(weight).sum::<f64>() / TAU / 0.1).clamp(-0.75, 0.75);
            before = lines.clone();
        }
    }
    y
}

#[test]
fn hum_is_taken_out_as_an_adaptive_filter_does_sample_by_sample() {
    let (rate_hz, searched) = (2000.0, 4000);
    let rate = SampleRate::new(rate_hz).unwrap();
    let hum = |n: usize| {
        let phase = TAU * 50.2 * n as f64 / rate_hz;
        300.0 * phase.cos() + 80.0 * (3.0 * phase + 1.0).cos()
    };
    let x: Vec<f64> = noise(12_000).iter().enumerate().map(|(n, x)| x + hum(n)).collect();
    let (past, x) = x.split_at(searched);
    let found = search(past, &mut Welch::new(searched, rate), Hertz::new(450.0)).unwrap();
    let mut canceller = Canceller::new(rate);
    canceller.learn(Some(&found), past, false);
    let fundamental_hz = canceller.lines_hz().next().unwrap();
    // The first weights: what a Hann window sees of each line, as it stands after the last sample.
    let line = |k: i32| {
        let turn = |n: usize| TAU * fundamental_hz * f64::from(k) * (n as f64 - searched as f64) / rate_hz;
        let hann = |n: usize| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / searched as f64).cos();
        let seen = |(n, x): (usize, &f64)| Complex::from_polar(hann(n) * x, -turn(n));
        let weight: f64 = (0..searched).map(hann).sum();
        (k, past.iter().enumerate().map(seen).sum::<Complex<f64>>() * (2.0 / weight))
    };
    let mut fast = x.to_vec();
    canceller.run(&mut fast);
    for (fast, plain) in fast.iter().zip(plainly_without_hum(x, rate_hz, fundamental_hz, &[line(1), line(3)]))
    {
        assert!((fast - plain).abs() < 1e-7, "{fast} {plain}");
    }
}
