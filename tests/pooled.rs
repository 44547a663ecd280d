//! Statistics of many insertions against R (`tests/data/study.R`) and SciPy
//! (`tests/data/statistics.py`).

use serde_json::Value;
use twitchscope::statistics::{
    Counted, Interval, NegativeBinomial, Rate, Shape, Watched, bins, dispersion, first_event, fit, laplace,
    less, mean_by_cluster, mean_cumulative_of, median, power, power_at, rate, rate_by_cluster,
    share_interval, silence_chance, since_last_s,
};

fn by_scipy() -> Value {
    serde_json::from_str(include_str!("data/statistics.json")).unwrap()
}

fn by_r() -> Value {
    serde_json::from_str(include_str!("data/study.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn all_close(got: &[f64], wanted: &[f64], tolerance: f64) -> bool {
    let close = |(g, w): (&f64, &f64)| (g - w).abs() <= tolerance * w.abs().max(1e-3);
    got.len() == wanted.len() && got.iter().zip(wanted).all(close)
}

fn insertions(rows: &Value) -> Vec<Watched> {
    let one = |row: &Value| {
        let who = if row["cluster"].is_null() { &row["subject"] } else { &row["cluster"] };
        let masked: Vec<[f64; 2]> =
            row["masked"].as_array().unwrap().iter().map(|m| numbers(m).try_into().unwrap()).collect();
        let (dwell, events) = (row["dwell"].as_f64().unwrap(), numbers(&row["events"]));
        Watched::new(who.as_u64().unwrap() as usize, dwell, &masked, &events)
    };
    rows.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn mean_cumulative_of_clusters_is_rs_survival() {
    for case in by_r()["cases"].as_array().unwrap() {
        let got = mean_cumulative_of(&insertions(&case["rows"]));
        let wanted: Vec<Vec<f64>> = case["mean_cumulative"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(got.steps.len(), wanted.len(), "{}", case["name"]);
        for (step, wanted) in got.steps.iter().zip(&wanted) {
            let got = [step.age, step.mean, step.variance, step.at_risk as f64];
            assert!(all_close(&got, wanted, 1e-9), "{}: {got:?} is not {wanted:?}", case["name"]);
        }
    }
}

#[test]
fn time_to_the_first_is_rs_survival() {
    for case in by_r()["cases"].as_array().unwrap() {
        let got = first_event(&insertions(&case["rows"]));
        let wanted: Vec<Vec<f64>> = case["first"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(got.len(), wanted.len(), "{}", case["name"]);
        for (step, wanted) in got.iter().zip(&wanted) {
            let got = [step.age, step.share, step.interval.low, step.interval.high, step.at_risk as f64];
            assert!(all_close(&got, wanted, 1e-8), "{}: {got:?} is not {wanted:?}", case["name"]);
        }
    }
}

#[test]
fn half_have_twitched_where_the_curve_and_its_ends_pass_a_half() {
    let one = |k: usize, event: f64| Watched::new(k, 100.0, &[], &[event]);
    let all: Vec<Watched> = (0..20).map(|k| one(k, 1.0 + k as f64)).collect();
    let steps = first_event(&all);
    let got = median(&steps).unwrap();
    assert_eq!(got.value, 10.0);
    assert!(steps.iter().all(|s| (s.interval.low <= 0.5) == (s.age >= got.low)));
    assert!(steps.iter().all(|s| (s.interval.high <= 0.5) == (s.age >= got.high.unwrap())));
    let never: Vec<Watched> = (0..20).map(|k| Watched::new(k, 100.0, &[], &[])).collect();
    assert_eq!(median(&first_event(&never)), None);
}

#[test]
fn what_a_mask_may_have_hidden_is_not_known_to_be_the_first() {
    let hidden = Watched::new(0, 50.0, &[[10.0, 20.0]], &[30.0]);
    let seen = Watched::new(1, 50.0, &[[10.0, 20.0]], &[5.0, 30.0]);
    let ages: Vec<f64> = first_event(&[hidden, seen]).iter().map(|s| s.age).collect();
    assert_eq!(ages, [5.0]);
}

fn counted(rows: &Value) -> Vec<Counted> {
    let groups = rows.as_array().unwrap().iter().map(|r| r["group"].as_u64().unwrap() as usize);
    let one = |(i, group): (&Watched, usize)| Counted {
        count: i.events().len(),
        exposure_s: i.observed_s(),
        group,
        cluster: i.cluster(),
    };
    insertions(rows).iter().zip(groups).map(one).collect()
}

/// Student's 97.5 % quantiles for the three cases: one degree less than subjects.
const T_975: [f64; 3] = [2.364_624_251_592_785, 2.200_985_160_082_949, 2.022_690_911_734_728];

#[test]
fn groups_are_those_of_mass_and_sandwich() {
    for (case, t) in by_r()["cases"].as_array().unwrap().iter().zip(T_975) {
        let wanted = |name: &str| case["groups"][name].as_f64().unwrap();
        let model = NegativeBinomial::fit(&counted(&case["rows"]), 2).unwrap();
        let ratio = model.ratio(1, 0).unwrap();
        let got = [model.alpha(), model.per_min(0).unwrap(), ratio.value];
        assert!(
            all_close(&got, &[wanted("alpha"), wanted("rate"), wanted("ratio")], 1e-7),
            "{}: {got:?}",
            case["name"]
        );
        let error = (ratio.interval.high / ratio.value).ln() / t;
        assert!(all_close(&[error], &[wanted("error")], 2e-3), "{}: {error}", case["name"]);
        // Each subject left out in turn, which the other is a short form of.
        assert!(
            all_close(&[error], &[case["jackknife"].as_f64().unwrap()], 0.15),
            "{}: {error}",
            case["name"]
        );
        let chance = dispersion(&insertions(&case["rows"])).unwrap().value;
        assert!(all_close(&[chance], &[wanted("dispersion")], 1e-9), "{}: {chance}", case["name"]);
    }
}

#[test]
fn counts_that_vary_less_than_chance_are_taken_for_poisson() {
    let row = |k: usize| Counted { count: 5, exposure_s: 30.0, group: k % 2, cluster: k / 2 };
    let model = NegativeBinomial::fit(&(0..20).map(row).collect::<Vec<_>>(), 2).unwrap();
    assert_eq!(model.alpha(), 0.0);
    assert!(all_close(&[model.per_min(0).unwrap()], &[10.0], 1e-12));
}

#[test]
fn groups_without_events_have_no_ratio() {
    let row = |k: usize| Counted { count: 5 * (k % 2), exposure_s: 30.0, group: k % 2, cluster: k };
    let rows: Vec<Counted> = (0..20).map(row).collect();
    assert_eq!(NegativeBinomial::fit(&rows, 2), None);
    assert_eq!(NegativeBinomial::fit(&rows, 3), None);
    assert_eq!(NegativeBinomial::fit(&[], 1), None);
    let one_subject: Vec<Counted> = rows.iter().map(|r| Counted { count: 3, cluster: 0, ..*r }).collect();
    assert_eq!(NegativeBinomial::fit(&one_subject, 2).unwrap().ratio(1, 0), None);
}

#[test]
fn shares_are_rs_binom_test() {
    for row in by_r()["shares"].as_array().unwrap().iter().map(numbers) {
        let got = share_interval(row[0] as usize, row[1] as usize).unwrap();
        assert!(all_close(&[got.low, got.high], &row[2..], 1e-8), "{row:?} {got:?}");
    }
    assert_eq!(share_interval(0, 0), None);
    assert_eq!(share_interval(3, 2), None);
}

#[test]
fn trends_are_those_of_a_general_optimiser() {
    for case in by_scipy()["trends"].as_array().unwrap() {
        let shape = if case["shape"] == "power law" { Shape::PowerLaw } else { Shape::LogLinear };
        let got = fit(&insertions(&case["rows"]), shape).unwrap();
        let robust = got.robust.unwrap();
        let flat = [got.estimate, got.model.low, got.model.high, robust.low, robust.high];
        let wanted = numbers(&case["fit"]);
        // The judge's slopes are differences.
        assert!(all_close(&flat, &wanted, 1e-5), "{}: {flat:?} is not {wanted:?}", case["name"]);
    }
}

#[test]
fn a_rate_that_does_not_change_has_no_trend_whatever_is_masked() {
    let dense: Vec<f64> = (0..4000).map(|k| 0.05 + k as f64 / 40.0).collect();
    let masked = [[20.0, 60.0], [90.0, 95.0]];
    let seen: Vec<f64> =
        dense.iter().copied().filter(|t| !masked.iter().any(|m| m[0] < *t && *t < m[1])).collect();
    let all = [Watched::new(0, 100.0, &masked, &seen), Watched::new(1, 100.0, &[], &dense)];
    assert!(laplace(&all).unwrap().statistic.abs() < 0.2);
    let theta = fit(&all, Shape::LogLinear).unwrap().estimate;
    assert!(theta.abs() < 1e-4, "{theta}");
    let beta = fit(&all, Shape::PowerLaw).unwrap().estimate;
    assert!((beta - 1.0).abs() < 0.01, "{beta}");
}

#[test]
fn laplace_and_rates_by_cluster_are_the_textbook_sums() {
    for case in by_scipy()["clustered"].as_array().unwrap() {
        let all = insertions(&case["rows"]);
        let test = laplace(&all).unwrap();
        assert!(all_close(&[test.statistic, test.p], &numbers(&case["laplace"]), 1e-7), "{test:?}");
        let got = rate_by_cluster(&all).unwrap();
        let flat = [got.value, got.interval.low, got.interval.high];
        assert!(all_close(&flat, &numbers(&case["rate"]), 1e-9), "{flat:?}");
        let got = dispersion(&all).unwrap();
        assert!(all_close(&[got.value, got.p], &numbers(&case["dispersion"]), 1e-9));
    }
}

#[test]
fn an_insertion_that_is_cut_is_as_if_the_needle_had_come_out() {
    let masked = [[20.0, 30.0], [60.0, 70.0]];
    let whole = Watched::new(3, 100.0, &masked, &[5.0, 35.0, 50.0, 80.0]);
    for dwell in [0.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0] {
        let events: Vec<f64> = whole.events().iter().copied().filter(|t| *t <= dwell).collect();
        let cut = whole.until(dwell);
        assert_eq!(cut.events(), events);
        let sooner = Watched::new(3, dwell.min(100.0), &masked, &events);
        assert_eq!((cut.observed_s(), cut.dwell_s()), (sooner.observed_s(), sooner.dwell_s()));
    }
}

/// The 95 % quantile of the standard normal distribution.
const Z_95: f64 = 1.644_853_626_951_472_2;

#[test]
fn power_is_what_drawn_data_show() {
    for row in by_scipy()["power"].as_array().unwrap().iter().map(numbers) {
        let events: Vec<f64> = (0..row[0] as usize).map(|k| k as f64).collect();
        let got = power_at(&[Watched::new(0, 60.0, &[], &events)], 60.0 / row[1], Z_95).unwrap();
        // U is nearly normal: the fewer events, the less.
        let tolerance = if row[0] < 8.0 { 0.035 } else { 0.02 };
        assert!((got.power - row[2]).abs() < tolerance, "{row:?}: {got:?}");
    }
}

#[test]
fn as_many_events_as_are_needed_show_a_decay_four_times_in_five() {
    let with = |n: f64| {
        let events: Vec<f64> = (0..n.round() as usize).map(|k| k as f64 / 100.0).collect();
        power(&[Watched::new(0, 60.0, &[], &events)], 50.0).unwrap()
    };
    let needed = with(10.0).events_needed;
    assert!((with(needed).power - 0.8).abs() < 0.01, "{needed}");
    assert_eq!(power(&[], 50.0), None);
}

#[test]
fn false_alarms_are_taken_off_with_both_intervals() {
    for row in by_scipy()["less"].as_array().unwrap().iter().map(numbers) {
        let [found, alarms]: [Rate; 2] = [0, 2].map(|k| rate(row[k] as u64, 60.0 * row[k + 1]).unwrap());
        let got = less(found, alarms);
        let flat = [got.per_min, got.interval.low, got.interval.high];
        assert!(all_close(&flat, &row[4..], 1e-9), "{row:?}: {flat:?}");
    }
}

#[test]
fn bins_hold_all_that_was_watched_and_all_that_happened() {
    let all = insertions(&by_scipy()["clustered"][1]["rows"]);
    let edges: Vec<f64> = (0..=10).map(|k| 9.0 * f64::from(k)).collect();
    let got = bins(&all, &edges);
    let observed: f64 = got.iter().map(|b| b.observed_s).sum();
    assert!(all_close(&[observed], &[all.iter().map(Watched::observed_s).sum()], 1e-12));
    assert_eq!(
        got.iter().map(|b| b.events).sum::<usize>(),
        all.iter().map(|i| i.events().len()).sum::<usize>()
    );
    let edge = Watched::new(0, 20.0, &[], &[10.0, 20.0]);
    let got = bins(&[edge], &[0.0, 10.0, 20.0]);
    assert_eq!((got[0].events, got[1].events, got[1].observed_s), (0, 2, 10.0));
    assert_eq!(bins(&all, &[1.0]), []);
}

#[test]
fn silence_is_as_likely_as_the_largest_of_even_draws_is_small() {
    let one = Watched::new(0, 50.0, &[], &[2.0, 5.0]);
    assert!(all_close(&[silence_chance(&one).unwrap()], &[0.01], 1e-12));
    assert_eq!(since_last_s(&one), Some(45.0));
    // A mask is no silence.
    let masked = Watched::new(0, 50.0, &[[10.0, 50.0]], &[2.0, 5.0]);
    assert!(all_close(&[silence_chance(&masked).unwrap()], &[0.25], 1e-12));
    assert_eq!(since_last_s(&masked), Some(5.0));
    let before = Watched::new(0, 50.0, &[[0.0, 40.0]], &[45.0]);
    assert!(all_close(&[silence_chance(&before).unwrap()], &[0.5], 1e-12));
    assert_eq!(silence_chance(&Watched::new(0, 50.0, &[], &[])), None);
    assert_eq!(silence_chance(&Watched::new(0, 0.0, &[], &[0.0])), None);
}

#[test]
fn a_mean_by_cluster_of_lone_values_is_students() {
    let values = [1.0, 2.0, 4.0, 7.0, 11.0];
    let got = mean_by_cluster(&values.into_iter().enumerate().collect::<Vec<_>>()).unwrap();
    // Mean 5, standard error √(16.5/5), t of four degrees 2.776: with shares of a fifth, leaving each
    // out in turn is the usual standard error.
    let spread = 2.776_445_105_197_8 * (16.5f64 / 5.0).sqrt();
    assert!(all_close(&[got.value, got.interval.high - got.value], &[5.0, spread], 1e-9), "{got:?}");
    assert_eq!(mean_by_cluster(&[(0, 1.0), (0, 2.0)]), None);
}

#[test]
fn what_is_no_time_does_no_harm() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 0.0, 1e300, 5e-324];
    let mut all = Vec::new();
    for (k, a) in odd.into_iter().enumerate() {
        for b in odd {
            all.push(Watched::new(k, a, &[[b, a], [a, b], [-1.0, 2.0]], &[a, b, 1.0]));
            all.push(Watched::new(usize::MAX - k, a, &[[b, a]], &[b, b]));
        }
    }
    for set in [&all[..], &all[..1], &[]] {
        let curve = mean_cumulative_of(set);
        assert!(curve.steps.iter().all(|s| s.at_risk > 0 && s.mean.is_finite() && s.variance >= 0.0));
        let sound = |i: Interval| i.low <= i.high;
        assert!(curve.steps.iter().all(|s| sound(s.interval)));
        assert!(first_event(set).iter().all(|s| (0.0..=1.0).contains(&s.share)));
        assert!(rate_by_cluster(set).is_none_or(|r| r.value.is_finite()));
        assert!(dispersion(set).is_none_or(|d| d.value.is_finite()));
        for shape in [Shape::LogLinear, Shape::PowerLaw] {
            assert!(fit(set, shape).is_none_or(|f| f.estimate.is_finite() && sound(f.model)), "{shape:?}");
        }
        assert!(laplace(set).is_none_or(|t| t.statistic.is_finite()));
        assert!(power(set, 10.0).is_none_or(|p| p.power.is_finite()));
        bins(set, &[0.0, 5.0, 10.0]);
    }
}
