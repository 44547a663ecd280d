//! The statistics room against SciPy and textbook sums: `tests/data/statistics.py`.

use serde_json::Value;
use twitchscope::statistics::{
    History, Psychometric, Variance, at_risk, mean_cumulative, poisson_interval, rate,
};

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/statistics.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Within `tolerance` of `wanted`, relative to it, or of zero where it is zero.
fn close(got: f64, wanted: f64, tolerance: f64) -> bool {
    (got - wanted).abs() <= tolerance * wanted.abs().max(1e-3)
}

#[test]
fn poisson_intervals_are_scipys() {
    for row in vectors()["poisson"].as_array().unwrap() {
        let row = numbers(row);
        let got = poisson_interval(row[0] as u64);
        assert!(close(got.low, row[1], 1e-9) && close(got.high, row[2], 1e-9), "{row:?} {got:?}");
    }
}

#[test]
fn mean_cumulative_is_the_textbook_sum() {
    for case in vectors()["mean_cumulative"].as_array().unwrap() {
        let name = &case["name"];
        let events: Vec<Vec<f64>> = case["events"].as_array().unwrap().iter().map(numbers).collect();
        let dwells = numbers(&case["dwells"]);
        let pairs = dwells.iter().zip(&events);
        let histories: Vec<History> = pairs.map(|(&dwell, events)| History { dwell, events }).collect();
        let got = mean_cumulative(&histories);
        let wanted: Vec<Vec<f64>> = case["steps"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(got.steps.len(), wanted.len(), "{name}");
        for (got, wanted) in got.steps.iter().zip(&wanted) {
            let flat =
                [got.age, got.at_risk as f64, got.mean, got.variance, got.interval.low, got.interval.high];
            // Alike insertions have a variance of zero, of which the root of rounding remains.
            let all = flat.iter().zip(wanted).all(|(g, w)| close(*g, *w, 1e-7));
            assert!(all, "{name}: {flat:?} is not {wanted:?}");
        }
    }
}

#[test]
fn a_single_insertion_says_that_its_variance_is_poissons() {
    let one = [History { dwell: 10.0, events: &[1.0, 2.0] }];
    let got = mean_cumulative(&one);
    assert_eq!((got.variance, got.steps[1].variance), (Variance::Poisson, 2.0));
    let two = [one[0], one[0]];
    assert_eq!(mean_cumulative(&two).variance, Variance::Robust);
}

#[test]
fn the_risk_set_holds_needles_up_to_their_end() {
    let all = [History { dwell: 10.0, events: &[] }, History { dwell: 20.0, events: &[] }];
    assert_eq!([0.0, 10.0, 10.1, 20.0, 20.1].map(|t| at_risk(&all, t)), [2, 2, 1, 1, 0]);
}

#[test]
fn a_rate_needs_exposure() {
    for exposure in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(rate(3, exposure), None, "{exposure}");
    }
    let got = rate(5, 30.0).unwrap();
    assert_eq!(got.per_min, 10.0);
    assert!(close(got.interval.high, 2.0 * 11.668_331_5, 1e-7), "{got:?}");
}

#[test]
fn times_that_are_none_do_no_harm() {
    let hostile = [
        History { dwell: f64::NAN, events: &[1.0, f64::NAN] },
        History { dwell: -5.0, events: &[f64::INFINITY, -1.0] },
        History { dwell: 10.0, events: &[10.000_05] },
    ];
    let got = mean_cumulative(&hostile);
    let ages: Vec<f64> = got.steps.iter().map(|s| s.age).collect();
    assert_eq!(ages, [0.0, 10.0]);
    assert!(got.steps.iter().all(|s| s.mean.is_finite() && s.variance >= 0.0));
    assert_eq!(mean_cumulative(&[]).steps, []);
}

#[test]
fn the_size_found_with_a_chance_is_that_of_a_general_optimiser() {
    for case in vectors()["psychometric"].as_array().unwrap() {
        let pair = |t: &Value| (t[0].as_f64().unwrap(), t[1].as_bool().unwrap());
        let trials: Vec<(f64, bool)> = case["trials"].as_array().unwrap().iter().map(pair).collect();
        let curve = Psychometric::fit(&trials).unwrap();
        for row in case["levels"].as_array().unwrap().iter().map(numbers) {
            let got = curve.level(row[0]);
            let got = [got.value, got.interval.low, got.interval.high];
            for (got, wanted) in got.iter().zip(&row[1..]) {
                assert!((got - wanted).abs() < 2e-3, "{}: {got} for {row:?}", case["name"]);
            }
        }
    }
}

#[test]
fn finds_that_do_not_grow_with_the_level_give_no_size() {
    let all = |found: fn(usize) -> bool| (0..50).map(|n| (n as f64, found(n))).collect::<Vec<_>>();
    assert_eq!(Psychometric::fit(&all(|_| true)), None);
    assert_eq!(Psychometric::fit(&all(|_| false)), None);
    assert_eq!(Psychometric::fit(&all(|n| n < 20)), None);
    assert_eq!(Psychometric::fit(&[]), None);
    assert_eq!(Psychometric::fit(&[(f64::NAN, true), (1.0, false)]), None);
}

#[test]
fn a_clean_cut_between_misses_and_finds_is_where_the_half_lies() {
    let trials: Vec<(f64, bool)> = (0..50).map(|n| (n as f64, n >= 25)).collect();
    if let Some(curve) = Psychometric::fit(&trials) {
        assert!((curve.level(0.5).value - 24.5).abs() < 0.1);
        assert!(curve.level(0.9).value < 26.0);
    }
}
