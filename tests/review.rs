//! The laws of a review: what a person decides is undone, found again in another run, and never
//! mixed up with what the detector said.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use twitchscope::detect::Class;
use twitchscope::report::tables;
use twitchscope::review::{Action, Answer, Command, Desk, Edits, Extent, Kind, Mode, applied, items, pair};
use twitchscope::session::{Origin, Session, Verdict};
use twitchscope::settings::Preset;

mod judging;
mod sessions;
use judging::{ask, commands, header, open_desk, sample, small};
use sessions::{insert, many, quiet, reject};

proptest! {
    #[test]
    fn undo_is_the_inverse_of_every_decision(commands in commands()) {
        let mut desk = open_desk(&small());
        for command in commands {
            let before = (desk.edits().clone(), desk.places().to_vec());
            let decision = ask(&mut desk, command);
            if decision.is_some_and(|d| d.action != Action::Undo) {
                ask(&mut desk, Command::Undo).unwrap();
                prop_assert_eq!((desk.edits().clone(), desk.places().to_vec()), before);
            }
        }
    }

    #[test]
    fn no_twitch_is_ever_counted_twice(commands in commands()) {
        let mut desk = open_desk(&small());
        commands.into_iter().for_each(|c| { ask(&mut desk, c); });
        let twitches: Vec<Extent> =
            desk.edits().all().filter(|d| d.action.is_twitch()).map(|d| d.extent).collect();
        for (n, a) in twitches.iter().enumerate() {
            prop_assert!(twitches[..n].iter().all(|b| !a.overlaps_half(*b)), "{:?}", twitches);
        }
        let session = small();
        let review = applied(&session, &header(Mode::Open), desk.edits(), "x");
        prop_assert_eq!(review.reviewed.len(), twitches.len());
    }

    #[test]
    fn pairs_are_the_same_happening_and_each_is_used_once(
        a in proptest::collection::vec((0.0..20.0f64, 0.0..2.0f64), 0..20),
        b in proptest::collection::vec((0.0..20.0f64, 0.0..2.0f64), 0..20),
    ) {
        let extents = |all: Vec<(f64, f64)>| all.into_iter().map(|(t, d)| Extent::new(t, d)).collect::<Vec<_>>();
        let (a, b) = (extents(a), extents(b));
        let pairs = pair(&a, &b);
        prop_assert!(pairs.iter().all(|(n, m)| a[*n].is_same(b[*m])));
        let [left, right]: [HashSet<usize>; 2] =
            [pairs.iter().map(|p| p.0).collect(), pairs.iter().map(|p| p.1).collect()];
        prop_assert_eq!([left.len(), right.len()], [pairs.len(); 2]);
        // None that could be a pair is left over.
        for n in (0..a.len()).filter(|n| !left.contains(n)) {
            prop_assert!((0..b.len()).all(|m| right.contains(&m) || !a[n].is_same(b[m])));
        }
        // Whoever comes first does not matter.
        let mut back: Vec<_> = pair(&b, &a).into_iter().map(|(m, n)| (n, m)).collect();
        back.sort_unstable();
        let shared = |pairs: &[(usize, usize)]| pairs.iter().map(|(n, m)| a[*n].overlap(b[*m])).sum::<f64>();
        prop_assert!((shared(&back) - shared(&pairs)).abs() < 1e-9);
    }
}

#[test]
fn what_several_channels_saw_is_judged_once() {
    let mut session = quiet("x.wav", 40.0, &["a", "b", "c"]);
    insert(&mut session, None, 2.0, 20.0, &[1.0, 5.0]);
    // The first twitch on another channel, as a twitch and as movement; a knock on all three.
    let twitch = session.twitches[0].clone();
    reject(&mut session, Class::Twitch, 1, twitch.onset + 0.005, 0.08);
    reject(&mut session, Class::Movement, 2, twitch.onset - 0.004, 0.09);
    (0..3).for_each(|c| reject(&mut session, Class::Pop, c, 30.0 + 0.001 * c as f64, 0.04));
    // An effort around the second twitch is another matter, and so are two beats of one channel.
    reject(&mut session, Class::Effort, 1, 6.0, 4.0);
    reject(&mut session, Class::Ecg, 0, 33.0, 0.06);
    reject(&mut session, Class::Ecg, 0, 33.02, 0.06);
    let all = items(&session);
    let classes: Vec<_> = all.iter().map(|i| (i.class.unwrap(), i.candidates.len())).collect();
    assert_eq!(
        classes,
        [
            (Class::Twitch, 3),
            (Class::Effort, 1),
            (Class::Twitch, 1),
            (Class::Pop, 3),
            (Class::Ecg, 1),
            (Class::Ecg, 1)
        ]
    );
    let candidates: usize = all.iter().map(|i| i.candidates.len()).sum();
    assert_eq!(candidates, session.candidates.len(), "each candidate belongs to one item");
}

#[test]
fn a_review_is_laid_over_a_session_and_changes_nothing_of_it() {
    let session = small();
    let mut desk = open_desk(&session);
    // Twitch, twitch, twitch, beat, pop come at 3.25, 5.5, 11, 12 and 30 s.
    ask(&mut desk, Command::Accept);
    ask(&mut desk, Command::Reject);
    ask(&mut desk, Command::Move);
    ask(&mut desk, Command::Shift(0.01));
    ask(&mut desk, Command::Take);
    ask(&mut desk, Command::Accept);
    ask(&mut desk, Command::Add(26.0, "UT".into()));
    ask(&mut desk, Command::Take);
    let review = applied(&session, &header(Mode::Open), desk.edits(), "x_review-ann.tsv");
    assert_eq!(review.twitches, [Verdict::Accepted, Verdict::Rejected, Verdict::Moved]);
    let candidates =
        [Verdict::Accepted, Verdict::Rejected, Verdict::Moved, Verdict::Accepted, Verdict::Unjudged];
    assert_eq!(review.candidates, candidates);
    let seen: Vec<_> = review.reviewed.iter().map(|t| (t.onset, t.origin, t.automatic, t.order)).collect();
    assert_eq!(
        seen,
        [
            (3.25, Origin::Accepted, Some(Class::Twitch), Some(1)),
            (11.01, Origin::Moved, Some(Class::Twitch), Some(2)),
            (12.0, Origin::Accepted, Some(Class::Ecg), Some(3)),
            (25.975, Origin::Added, None, Some(1)),
        ]
    );
    assert_eq!(review.insertions[0].count(), Some(3));
    assert_eq!(review.insertions[1].twitches, [0.975]);
    // The detector's own numbers stay, each in its column.
    let reviewed = Session { review: Some(review), ..session.clone() };
    for (table, columns) in [(tables::twitches as fn(&Session) -> String, 13), (tables::candidates, 6)] {
        let first = |s: &Session| -> Vec<String> {
            table(s).lines().map(|l| l.split('\t').take(columns).collect::<Vec<_>>().join("\t")).collect()
        };
        assert_eq!(first(&reviewed), first(&session));
        assert!(table(&reviewed).lines().next().unwrap().ends_with("\treview"));
    }
}

#[test]
fn without_a_verdict_on_every_twitch_there_is_no_reviewed_count() {
    let session = small();
    let mut desk = open_desk(&session);
    ask(&mut desk, Command::Accept);
    ask(&mut desk, Command::Accept);
    let review = applied(&session, &header(Mode::Open), desk.edits(), "x");
    assert_eq!((review.insertions[0].count(), review.insertions[0].unjudged), (None, 1));
    assert_eq!(review.insertions[1].count(), Some(0));
    let with = Session { review: Some(review), ..session };
    let table = tables::insertions(&with);
    let column = |name: &str| {
        let place = table.lines().next().unwrap().split('\t').position(|c| c == name).unwrap();
        table.lines().skip(1).map(|l| l.split('\t').nth(place).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(column("twitches"), ["3", "0"]);
    assert_eq!(column("reviewed"), ["n/a", "0"]);
    assert_eq!(column("unjudged"), ["1", "0"]);
}

#[test]
fn edits_outlive_a_run_with_other_settings() {
    for name in ["four-insertions", "four-channels", "heart", "strokes"] {
        let first = sample(name, Preset::Balanced);
        let mut desk = open_desk(&first);
        // Every third is rejected; what was set aside is rejected but for one.
        let mut said: BTreeMap<Extent, bool> = BTreeMap::new();
        let mut n = 0;
        while let Some(place) = desk.place().filter(|p| desk.decision(p).is_none()).cloned() {
            let accept = if place.item.twitch.is_some() { n % 3 != 0 } else { n == 1 };
            n += 1;
            let command = if accept { Command::Accept } else { Command::Reject };
            ask(&mut desk, command).unwrap();
            said.insert(place.item.extent, accept);
        }
        assert!(said.len() > 10 || name == "four-channels", "{name}: {}", said.len());
        let accepted = said.values().filter(|a| **a).count();
        for preset in Preset::ALL {
            let run = sample(name, preset);
            let review = applied(&run, &header(Mode::Open), desk.edits(), "x");
            assert_eq!(review.reviewed.len(), accepted, "{name} {preset:?}: accepted twitches stay");
            for (twitch, verdict) in run.twitches.iter().zip(&review.twitches) {
                let extent = Extent::new(twitch.onset, twitch.duration);
                let known: Vec<bool> =
                    said.iter().filter(|(e, _)| e.is_same(extent)).map(|(_, a)| *a).collect();
                match known[..] {
                    [] => assert_eq!(*verdict, Verdict::Unjudged, "{name} {preset:?} {extent}"),
                    [true] => assert_eq!(*verdict, Verdict::Accepted, "{name} {preset:?} {extent}"),
                    [false] => assert_eq!(*verdict, Verdict::Rejected, "{name} {preset:?} {extent}"),
                    _ => assert_ne!(*verdict, Verdict::Unjudged, "{name} {preset:?} {extent}"),
                }
            }
            if preset == Preset::Balanced {
                assert!(review.twitches.iter().all(|v| *v != Verdict::Unjudged));
            }
        }
    }
}

#[test]
fn a_later_verdict_on_the_same_happening_replaces_the_first_whatever_the_run() {
    let (first, second) =
        (sample("four-insertions", Preset::Specific), sample("four-insertions", Preset::Sensitive));
    // The surest twitch is in every run.
    let loudest = first.twitches.iter().max_by(|a, b| a.snr_db.total_cmp(&b.snr_db)).unwrap();
    let shown = Extent::new(loudest.onset, loudest.duration);
    let step_to = |desk: &mut Desk| {
        while !desk.place().is_some_and(|p| p.item.twitch.is_some() && p.item.extent.is_same(shown)) {
            assert_eq!(desk.ask(Command::Next, ""), Answer::Done, "the run has no {shown}");
        }
    };
    let mut desk = open_desk(&first);
    step_to(&mut desk);
    ask(&mut desk, Command::Accept);
    let mut desk = Desk::new(&second, &header(Mode::Open), desk.edits().clone(), &[]);
    step_to(&mut desk);
    ask(&mut desk, Command::Reject);
    assert_eq!(desk.edits().all().count(), 1, "{:?}", desk.edits());
    assert!(applied(&second, &header(Mode::Open), desk.edits(), "x").reviewed.is_empty());
}

#[test]
fn nothing_to_judge_is_said() {
    let mut desk = open_desk(&quiet("x.wav", 10.0, &["UT"]));
    assert_eq!(desk.progress(), [0, 0, 0]);
    for command in [Command::Accept, Command::Move, Command::Undo, Command::Next, Command::NextUnjudged] {
        assert!(matches!(desk.ask(command, ""), Answer::Word(_)));
    }
    // Yet one may be added.
    ask(&mut desk, Command::Add(5.0, "UT".into()));
    assert!(ask(&mut desk, Command::Take).is_some());
    assert_eq!(desk.progress(), [1, 1, 1]);
}

#[test]
fn only_the_classes_that_were_asked_for_are_shown() {
    let session = small();
    let desk = Desk::new(&session, &header(Mode::Open), Edits::default(), &[Class::Ecg, Class::Pop]);
    assert_eq!(desk.progress()[1], 2);
    assert_eq!(desk.places().len(), 5);
}

#[test]
fn ten_thousand_insertions_are_reviewed_as_two_are() {
    let session = many(10_000, 4);
    let header = header(Mode::Blind { seed: 1 });
    let mut desk = Desk::new(&session, &header, Edits::default(), &[]);
    for n in 0..50 {
        let _ = ask(&mut desk, if n % 2 == 0 { Command::Accept } else { Command::Reject });
    }
    let review = applied(&session, &header, desk.edits(), "x");
    assert_eq!(review.insertions.len(), 10_000);
    assert_eq!(
        desk.edits().all().filter(|d| d.kind == Kind::Candidate).count() as u64,
        50 - review.stretches
    );
}
