//! Laws of the evaluation.

use proptest::prelude::*;
use twitchscope::evaluate::{Event, Tally, matching, parse};

fn event(onset: f64, duration: f64) -> Event {
    Event { onset, duration, snr_db: None }
}

/// The largest number of pairs, by trying every way.
fn most_pairs(found: &[Event], truth: &[Event], tolerance: f64, free: u32) -> usize {
    let Some((first, others)) = truth.split_first() else { return 0 };
    let without = most_pairs(found, others, tolerance, free);
    let with = (0..found.len()).filter(|f| free & (1 << f) != 0 && found[*f].meets(first, tolerance));
    with.map(|f| 1 + most_pairs(found, others, tolerance, free & !(1 << f))).max().unwrap_or(0).max(without)
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let one = (0u32..40, 0u32..12).prop_map(|(onset, duration)| event(f64::from(onset), f64::from(duration)));
    proptest::collection::vec(one, 0..7)
}

proptest! {
    #[test]
    fn matching_is_as_large_as_it_can_be(found in events(), truth in events(), tolerance in 0u32..4) {
        let tolerance = f64::from(tolerance);
        let pairs = matching(&found, &truth, tolerance);
        prop_assert_eq!(pairs.len(), most_pairs(&found, &truth, tolerance, u32::MAX));
        for (f, t) in &pairs {
            prop_assert!(found[*f].meets(&truth[*t], tolerance));
        }
        let distinct = |side: fn(&(usize, usize)) -> usize| {
            pairs.iter().map(side).collect::<std::collections::HashSet<_>>().len()
        };
        prop_assert_eq!([distinct(|p| p.0), distinct(|p| p.1)], [pairs.len(); 2]);
    }

    #[test]
    fn swapping_found_and_truth_swaps_precision_and_recall(found in events(), truth in events()) {
        let score = |a: &[Event], b: &[Event]| {
            let mut tally = Tally::default();
            tally.add(a, b, 1.0, None);
            tally.score()
        };
        let (there, back) = (score(&found, &truth), score(&truth, &found));
        prop_assert_eq!((there.precision, there.recall, there.f1), (back.recall, back.precision, back.f1));
        prop_assert_eq!(there.count_error, -back.count_error);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\PC\t\n,# ]{0,80}") {
        let _ = parse(&text, "x");
    }
}

#[test]
fn one_long_event_stands_for_one_twitch() {
    let truth = [event(1.0, 0.1), event(2.0, 0.1), event(3.0, 0.1)];
    let mut tally = Tally::default();
    tally.add(&[event(0.0, 10.0)], &truth, 0.02, Some(60.0));
    let score = tally.score();
    assert_eq!((score.matched, score.missed, score.false_alarms), (1, 2, 0));
    assert_eq!((score.precision, score.recall, score.f1), (Some(1.0), Some(1.0 / 3.0), 0.5));
}

#[test]
fn what_is_not_defined_is_not_a_number() {
    let mut nothing = Tally::default();
    nothing.add(&[], &[], 0.02, Some(60.0));
    let score = nothing.score();
    assert_eq!((score.precision, score.recall, score.f1), (None, None, 1.0));
    assert_eq!((score.false_alarms_per_min, score.onset), (Some(0.0), None));
    let mut alarms = Tally::default();
    alarms.add(&[event(1.0, 0.1), event(2.0, 0.1)], &[], 0.02, Some(30.0));
    let score = alarms.score();
    assert_eq!((score.precision, score.recall, score.f1), (Some(0.0), None, 0.0));
    assert_eq!(score.false_alarms_per_min, Some(4.0));
    alarms.add(&[], &[], 0.02, None);
    assert_eq!(alarms.score().false_alarms_per_min, None, "one recording of unknown length");
    nothing.add(&[], &[], 0.02, Some(60.0));
    assert_eq!(nothing.score().observed_s, Some(120.0));
}

#[test]
fn a_late_onset_is_a_positive_error() {
    let truth = [event(1.0, 0.1), event(2.0, 0.1), event(3.0, 0.1)];
    let found = [event(1.002, 0.1), event(2.004, 0.1), event(3.0, 0.1)];
    let mut tally = Tally::default();
    tally.add(&found, &truth, 0.02, None);
    let onset = tally.score().onset.unwrap();
    assert!((onset.median_absolute - 0.002).abs() < 1e-9 && (onset.mean - 0.002).abs() < 1e-9);
    assert!((onset.upper_quartile - 0.003).abs() < 1e-9);
}

#[test]
fn recall_is_told_by_snr() {
    let snr = |onset, db| Event { snr_db: Some(db), ..event(onset, 0.1) };
    let mut tally = Tally::default();
    tally.add(
        &[event(1.0, 0.1)],
        &[snr(1.0, 10.0), snr(2.0, 9.9), snr(3.0, -8.0), snr(4.0, 30.0)],
        0.0,
        None,
    );
    let bins = tally.score().by_snr;
    let of: Vec<_> = bins.iter().map(|b| (b.from_db, b.to_db, b.matched, b.truth)).collect();
    assert_eq!(
        of,
        [
            (None, Some(-3.0), 0, 1),
            (Some(6.0), Some(10.0), 0, 1),
            (Some(10.0), Some(15.0), 1, 1),
            (Some(20.0), None, 0, 1)
        ]
    );
}

#[test]
fn tables_give_their_twitches_and_plain_columns_all_they_have() {
    let table = "onset\tduration\ttrial_type\tchannel\tsnr_db\r\n1.5\t0.1\ttwitch\tE1\t9.5\r\n2\t0.1\tecg\tE1\tn/a\r\n";
    assert_eq!(parse(table, "x").unwrap(), [Event { onset: 1.5, duration: 0.1, snr_db: Some(9.5) }]);
    let insertions = "onset\tduration\tlabel\n1\tn/a\ta\n";
    assert_eq!(parse(insertions, "x").unwrap(), [event(1.0, 0.0)]);
    for plain in ["1.5 0.1\n2 0.2", "\u{feff}1.5\t0.1\n2\t0.2\n", "# mine\n1.5, 0.1\n\n2, 0.2\n"] {
        assert_eq!(parse(plain, "x").unwrap(), [event(1.5, 0.1), event(2.0, 0.2)], "{plain}");
    }
    assert_eq!(parse("", "x").unwrap(), []);
}

#[test]
fn an_error_names_file_and_line() {
    for (text, place) in [
        ("1 0.1\n2 x\n", "a.tsv, line 2: duration “x”"),
        ("1 0.1\n\nnan 0.1\n", "a.tsv, line 3: onset “nan”"),
        ("1 -0.1\n", "a.tsv, line 1: duration “-0.1”"),
        ("time\tduration\n1\t2\n", "a.tsv, line 1: no column “onset”"),
        ("onset\tsnr_db\n1\tloud\n", "a.tsv, line 2: snr_db “loud”"),
    ] {
        let error = parse(text, "a.tsv").unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
    }
}
