//! The study room: what it takes out of sessions, and what follows.

use std::path::Path;

use twitchscope::analysis::analyze;
use twitchscope::settings::Settings;
use twitchscope::source;
use twitchscope::statistics::{Dice, Shape, Watched, fit};
use twitchscope::study::{Finding, Findings, Insertion, Recording, Study, Twitch};

#[test]
fn a_recording_holds_the_insertions_and_twitches_of_its_session() {
    let path = Path::new("samples/four-insertions.wav");
    let mut opened = source::Recording::open(path, &source::Options::default()).unwrap();
    let session = analyze(&mut opened, &Settings::default(), String::new(), &mut |_| {}).unwrap();
    let kept = Recording::from_session("four".into(), &session);
    assert_eq!(kept.insertions.len(), session.insertions.len());
    for (kept, record) in kept.insertions.iter().zip(&session.insertions) {
        let ages: Vec<f64> = kept.twitches.iter().map(|t| t.dwell_s).collect();
        assert_eq!(ages, record.twitches);
        let orders: Vec<u32> = kept.twitches.iter().map(|t| t.order).collect();
        assert_eq!(orders, (1..=record.twitches.len() as u32).collect::<Vec<_>>());
        assert_eq!((kept.dwell_s, &kept.masked_s), (record.dwell, &record.masked));
        assert_eq!(kept.at_80_s.as_ref(), record.sensitivity.as_ref().map(|s| &s.at_80));
    }
    assert!(kept.insertions.iter().any(|i| !i.twitches.is_empty()));
    assert_eq!(kept.control_twitches, session.control.twitches);
    assert_eq!(kept.control_s, session.control.observed_s);
    // Without marks nobody knows when a needle was in, and so neither when none was.
    let unmarked = twitchscope::session::Session { marked: false, ..session };
    let kept = Recording::from_session("unmarked".into(), &unmarked);
    assert_eq!((kept.control_s, kept.control_twitches), (0.0, 0));
}

fn insertion(dwell_s: f64, ages: &[f64]) -> Insertion {
    let twitch = |(k, t): (usize, &f64)| {
        let rms = 60.0 * 0.8f64.powi(k.min(2) as i32);
        let (peak_uv, rms_uv) = (Some(4.0 * rms), Some(rms));
        Twitch { dwell_s: *t, order: k as u32 + 1, peak_uv, rms_uv, snr_db: 12.0 }
    };
    let twitches = ages.iter().enumerate().map(twitch).collect();
    let beside = Some(ages.to_vec());
    Insertion { dwell_s, twitches, at_80_s: beside.clone(), at_120_s: beside, ..Insertion::default() }
}

fn recording(subject: usize, group: &str, insertions: Vec<Insertion>) -> Recording {
    Recording {
        name: format!("{subject}-{group}"),
        subject: Some(format!("s{subject}")),
        group: Some(group.into()),
        marked: true,
        calibrated: true,
        control_s: 60.0,
        control_twitches: u64::from(subject.is_multiple_of(7)),
        smallest_rms_uv: Some(20.0),
        insertions,
    }
}

/// Twenty subjects, each in three groups of rates 1 : 0.7 : 1.5, falling with a time constant of 40 s.
fn drawn(seed: u64, each: usize) -> Study {
    let mut dice = Dice::new(seed);
    let mut recordings = Vec::new();
    for subject in 0..20 {
        let level = 0.5 + dice.unit();
        for (group, rate) in [("a", 0.1), ("b", 0.07), ("c", 0.15)] {
            let insertions = (0..each).map(|_| {
                let dwell = 10.0 + 110.0 * dice.unit();
                let mut ages = Vec::new();
                let mut reached = 0.0;
                // A Poisson process on the clock on which the rate is even.
                loop {
                    reached -= (1.0 - dice.unit()).ln() / (level * rate * 40.0);
                    let age = -40.0 * (1.0f64 - reached).ln();
                    if reached >= 1.0 || age > dwell {
                        break insertion(dwell, &ages);
                    }
                    ages.push(age);
                }
            });
            recordings.push(recording(subject, group, insertions.collect()));
        }
    }
    Study { recordings, group_column: Some("condition".into()), amplitude_floor_uv: None }
}

fn all(findings: &Findings) -> Vec<&Finding> {
    let ratios = findings.comparison.ratios.iter().flat_map(|r| [&r.ratio, &r.ratio_common_dwell]);
    let parts = findings.parts.iter().flat_map(|p| p.findings());
    parts.chain(ratios).chain([&findings.comparison.alpha]).collect()
}

fn holds(finding: &Finding, truth: f64) {
    let within = finding.low.is_some_and(|l| l <= truth) && finding.high.is_some_and(|h| truth <= h);
    assert!(within, "{truth} is not within {finding:?}");
}

#[test]
fn known_rates_decay_and_ratios_lie_within_their_intervals() {
    let findings = drawn(1, 4).findings();
    let [whole, a, ..] = &findings.parts[..] else { panic!("too few parts") };
    assert_eq!(whole.size.subjects, 20);
    assert_eq!(
        findings.parts.iter().map(|p| p.group.as_deref()).collect::<Vec<_>>(),
        [None, Some("a"), Some("b"), Some("c")]
    );
    holds(&whole.trend.time_constant, 40.0);
    holds(&whole.saturation.half, 40.0 * 2f64.ln());
    holds(&whole.trend.left_after_min, (-60f64 / 40.0).exp());
    holds(&findings.comparison.ratios[0].ratio, 0.7);
    holds(&findings.comparison.ratios[1].ratio, 1.5);
    let dwell = a.mean_count.common_dwell_s.unwrap();
    holds(&a.mean_count.at_common_dwell, 4.0 * (1.0 - (-dwell / 40.0).exp()));
    holds(&a.amplitude.third_to_first, 0.64);
    assert!(whole.trend.p.value.unwrap() < 1e-6);
    let exhausted = &a.silence.exhausted;
    assert!(exhausted.low > Some(0.05) && exhausted.value < Some(0.5), "{exhausted:?}");
    let [recording, place] = a.silence.insertions[0];
    let silent = &drawn(1, 4).recordings[recording].insertions[place];
    assert!(silent.twitches.last().unwrap().dwell_s < 0.9 * silent.dwell_s);
}

#[test]
fn every_number_has_words_and_lies_within_its_interval() {
    let studies = [drawn(1, 4), drawn(2, 1), Study::default()];
    for findings in studies.iter().map(Study::findings) {
        for finding in all(&findings) {
            assert!(finding.words.ends_with('.') && !finding.method.is_empty(), "{finding:?}");
            let value = finding.value.unwrap_or(0.0);
            assert!(value.is_finite() && (finding.value.is_some() || finding.high.is_none()), "{finding:?}");
            assert!(finding.low.is_none_or(|l| l <= value || finding.value.is_none()), "{finding:?}");
            assert!(finding.high.is_none_or(|h| h >= value), "{finding:?}");
        }
        let mut names: Vec<&str> = findings.parts[0].findings().iter().map(|f| f.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

#[test]
fn the_order_of_recordings_changes_no_number() {
    let study = drawn(3, 3);
    let mut turned = study.clone();
    turned.recordings.reverse();
    let (one, other) = (study.findings(), turned.findings());
    for (one, other) in all(&one).into_iter().zip(all(&other)) {
        assert_eq!(one, other);
    }
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&study.findings()).unwrap());
}

#[test]
fn insertions_without_a_twitch_count() {
    let mut study = drawn(4, 3);
    let before = study.findings();
    for recording in &mut study.recordings {
        recording.insertions.push(insertion(60.0, &[]));
    }
    let after = study.findings();
    let rate = |f: &Findings| f.parts[0].rates.exact.value.unwrap();
    assert!(rate(&after) < 0.85 * rate(&before));
    assert_eq!(after.parts[0].size.never_twitched, before.parts[0].size.never_twitched + 60);
    let median = |f: &Findings| f.parts[0].first_twitch.median.value.unwrap();
    assert!(median(&after) > median(&before));
}

#[test]
fn recordings_without_marks_are_left_out_and_said_to_be() {
    let mut study = drawn(5, 2);
    let wanted = study.findings();
    let mut unmarked = recording(3, "a", vec![insertion(600.0, &[5.0, 300.0])]);
    unmarked.marked = false;
    study.recordings.push(unmarked.clone());
    let got = study.findings();
    assert_eq!(got.parts, wanted.parts);
    assert!(got.remarks.iter().any(|r| r.contains("1 recording without needle marks")), "{:?}", got.remarks);
    let alone = Study { recordings: vec![unmarked], ..Study::default() }.findings();
    assert_eq!(alone.parts[0].size.insertions, 1);
    assert!(alone.remarks[0].contains("No recording has needle marks"), "{:?}", alone.remarks);
}

#[test]
fn masked_time_is_no_exposure() {
    let mut masked = insertion(60.0, &[3.0, 50.0]);
    masked.masked_s = vec![[10.0, 40.0]];
    let mut dark = insertion(30.0, &[]);
    dark.masked_s = vec![[0.0, 30.0]];
    let study = Study { recordings: vec![recording(0, "a", vec![masked, dark])], ..Study::default() };
    let findings = study.findings();
    let whole = &findings.parts[0];
    assert_eq!((whole.size.insertions, whole.size.observed_s), (1, 30.0));
    assert_eq!(whole.rates.exact.value, Some(4.0));
    let observed: Vec<f64> = whole.bins.iter().map(|b| b.observed_s).collect();
    assert_eq!(observed.iter().sum::<f64>(), 30.0);
    assert!(findings.remarks.iter().any(|r| r.contains("without any watched time")));
}

#[test]
fn what_data_cannot_bear_has_a_reason_in_place_of_a_number() {
    let few = vec![recording(0, "a", vec![insertion(30.0, &[4.0, 20.0]), insertion(20.0, &[])])];
    let findings = Study { recordings: few, ..Study::default() }.findings();
    let whole = &findings.parts[0];
    for (finding, reason) in [
        (&whole.rates.by_subject, "1 subject"),
        (&whole.saturation.ninety, "too few"),
        (&whole.trend.time_constant, "not shown to fall"),
        (&whole.amplitude.third_to_first, "too few"),
        (&findings.comparison.alpha, "One group alone"),
    ] {
        assert!(finding.value.is_none() && finding.words.contains(reason), "{finding:?}");
    }
    // What a null result would mean.
    let [two, many] = [&whole.trend.words, &drawn(6, 4).findings().parts[0].trend.words];
    assert!(two.contains("with 2 twitches;") && two.contains("does not mean that there is none"), "{two}");
    assert!(many.contains("A fall to 75 % or less would show in at least 4 of 5"), "{many}");
    // Without a scale there is no floor, and so nothing above one.
    let mut unscaled = drawn(6, 4);
    for recording in &mut unscaled.recordings {
        (recording.calibrated, recording.smallest_rms_uv) = (false, None);
    }
    let above = unscaled.findings().parts[0].amplitude.clone();
    for finding in [&above.rate_above, &above.left_after_min_above] {
        assert!(finding.value.is_none() && finding.words.contains("there is no floor"), "{finding:?}");
    }
    // A decay that is slower than any dwell saturates beyond the data.
    let mut long = drawn(6, 4);
    for recording in &mut long.recordings {
        recording.insertions.retain(|i| i.dwell_s < 60.0);
    }
    let ninety = long.findings().parts[0].saturation.ninety.clone();
    assert!(
        ninety.value.is_none() && ninety.low > Some(40.0) && ninety.words.contains("beyond the data"),
        "{ninety:?}"
    );
}

#[test]
fn one_person_in_many_recordings_is_one_subject() {
    let mut study = drawn(7, 3);
    let many = study.findings();
    study.recordings.iter_mut().for_each(|r| r.subject = None);
    let nameless = study.findings();
    assert_eq!(nameless.parts[0].size.subjects, 60);
    assert!(nameless.remarks.iter().any(|r| r.contains("60 recordings without a subject")));
    let width = |f: &Findings| {
        let rate = &f.parts[0].rates.by_subject;
        rate.high.unwrap() / rate.low.unwrap()
    };
    assert!(width(&nameless) < width(&many));
}

fn near(finding: &Finding, wanted: f64) {
    let value = finding.value.unwrap_or(f64::NAN);
    assert!((value - wanted).abs() <= 1e-4 * wanted.abs(), "{wanted} is not {finding:?}");
}

#[test]
fn a_trend_is_told_with_how_subjects_differ_where_there_are_enough() {
    let mut study = drawn(9, 3);
    let watched: Vec<Watched> = study
        .recordings
        .iter()
        .flat_map(|r| r.insertions.iter().map(move |i| (r, i)))
        .map(|(r, i)| {
            let subject = r.subject.as_ref().unwrap()[1..].parse().unwrap();
            let ages: Vec<f64> = i.twitches.iter().map(|t| t.dwell_s).collect();
            Watched::new(subject, i.dwell_s, &[], &ages)
        })
        .collect();
    let fit = fit(&watched, Shape::LogLinear).unwrap();
    let left = |f: &Findings| f.parts[0].trend.left_after_min.clone();
    let told = left(&study.findings());
    assert!((told.low.unwrap() / (60.0 * fit.robust.unwrap().low).exp() - 1.0).abs() < 1e-4);
    assert!(!told.words.contains("Few subjects"));
    study.recordings.truncate(9);
    assert!(left(&study.findings()).words.contains("Few subjects"));
}

#[test]
fn the_floor_is_that_of_the_noisiest_recording_unless_another_is_asked_for() {
    let mut study = drawn(10, 3);
    study.recordings[5].smallest_rms_uv = Some(35.0);
    let whole = |s: &Study| s.findings().parts[0].clone();
    // Times 1.2 it is 42: the first and second twitch have 60 and 48, later ones 38.
    let (first, above) = (whole(&study).first_twitch, whole(&study).amplitude);
    assert_eq!(above.floor_uv, Some(42.0));
    let early = |n: u32| {
        let twitches = study.recordings.iter().flat_map(|r| r.insertions.iter().flat_map(|i| &i.twitches));
        twitches.filter(|t| t.order <= n).count()
    };
    assert_eq!(above.rate_above.n, early(2));
    study.amplitude_floor_uv = Some(60.0);
    let above = whole(&study).amplitude;
    assert_eq!((above.floor_uv, above.rate_above.n), (Some(60.0), early(1)));
    assert!(above.curve_above.last().unwrap().value <= 1.0 - first.curve.last().unwrap().value + 0.2);
}

#[test]
fn other_choices_are_made_of_their_own_counts() {
    let mut study = drawn(11, 3);
    let before = study.findings();
    let (same, rate) = (&before.parts[0].sensitivity.at_80, &before.parts[0].rates.by_subject);
    assert_eq!((same.value, same.low, same.high), (rate.value, rate.low, rate.high));
    for insertion in study.recordings.iter_mut().flat_map(|r| &mut r.insertions) {
        insertion.at_80_s.as_mut().unwrap().push(1.0);
        insertion.at_120_s.as_mut().unwrap().pop();
    }
    let findings = study.findings();
    let whole = &findings.parts[0];
    let (n, other) = (whole.size.twitches, &whole.sensitivity);
    let twitched = whole.size.insertions - whole.size.never_twitched;
    assert_eq!([other.at_80.n, other.at_120.n], [n + whole.size.insertions, n - twitched]);
    // A minute of control for each recording, however many insertions it has.
    let alarms: u64 = study.recordings.iter().map(|r| r.control_twitches).sum();
    assert_eq!(other.control.n as u64, alarms);
    near(&other.control, alarms as f64 / 60.0);
    near(&other.less_control, whole.rates.by_subject.value.unwrap() - alarms as f64 / 60.0);
    let common = whole.mean_count.common_dwell_s.unwrap();
    let ages = study.recordings.iter().flat_map(|r| r.insertions.iter().flat_map(|i| &i.twitches));
    assert_eq!(other.common_dwell.n, ages.filter(|t| t.dwell_s <= common).count());
    let reached = study.recordings.iter().flat_map(|r| &r.insertions).filter(|i| i.dwell_s >= common);
    assert_eq!(reached.count(), 162);
}

#[test]
fn longer_dwells_of_a_group_are_told_and_the_common_dwell_sets_its_ratio_right() {
    let mut study = drawn(12, 12);
    for recording in &mut study.recordings {
        let late = recording.group.as_deref() == Some("c");
        recording.insertions.retain(|i| (i.dwell_s > 65.0) == late);
    }
    let comparison = study.findings().comparison;
    assert!(comparison.words.contains("Median dwells differ"), "{}", comparison.words);
    let [_, c] = &comparison.ratios[..] else { panic!("{comparison:?}") };
    assert!(c.ratio.high.unwrap() < 1.5, "{:?}", c.ratio);
    holds(&c.ratio_common_dwell, 1.5);
}

#[test]
fn nothing_is_too_odd() {
    let odd = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, 1e-300, 30.0];
    let mut recordings = Vec::new();
    for (k, a) in odd.into_iter().enumerate() {
        let insertions = odd.into_iter().map(|b| {
            let mut one = insertion(a, &[b, a, b, 12.0]);
            one.masked_s = vec![[b, a], [a, b]];
            one.twitches.iter_mut().for_each(|t| (t.peak_uv, t.rms_uv) = (Some(b), Some(a)));
            one
        });
        let mut one = recording(k, if k % 2 == 0 { "a" } else { "b" }, insertions.collect());
        (one.control_s, one.smallest_rms_uv) = (a, Some(a));
        recordings.push(one);
    }
    let study = |recordings: &[Recording]| Study { recordings: recordings.to_vec(), ..Study::default() };
    for part in [&recordings[..], &recordings[..1], &recordings[6..]] {
        let findings = study(part).findings();
        assert!(findings.parts[0].bins.iter().all(|b| b.observed_s.is_finite() && b.from_s < b.to_s));
        for finding in all(&findings) {
            assert!(finding.value.is_none_or(f64::is_finite), "{finding:?}");
        }
    }
}

#[test]
fn ten_thousand_insertions_give_short_curves() {
    let findings = drawn(8, 170).findings();
    let whole = &findings.parts[0];
    assert_eq!(whole.size.insertions, 10_200);
    assert_eq!(whole.mean_count.curve.len(), 500);
    assert!(whole.first_twitch.curve.len() <= 500);
    let risen =
        whole.mean_count.curve.windows(2).all(|w| w[0].value <= w[1].value && w[0].dwell_s < w[1].dwell_s);
    assert!(risen);
    holds(&whole.trend.time_constant, 40.0);
}
