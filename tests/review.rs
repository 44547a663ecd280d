//! The laws of a review: what a person decides is kept, undone, found again in another run, and
//! never mixed up with what the detector said.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use twitchscope::detect::Class;
use twitchscope::evaluate::{Event, Verdicts};
use twitchscope::report::tables;
use twitchscope::review::{
    Action, Answer, Command, Decision, Desk, Edits, Error, Extent, Header, Judged, Kind, Mode, Writer,
    applied, between, file_name, items, order, pair, parse, read, row, stretches, with_events, zones,
};
use twitchscope::session::{Origin, Session, Verdict};
use twitchscope::settings::{Preset, Settings};
use twitchscope::source::{Options, Recording};

mod sessions;
use sessions::{insert, many, mask, quiet, reject};

fn header(mode: Mode) -> Header {
    let sha256 = "00".repeat(32);
    Header { recording: "small.wav".into(), sha256, reviewer: "ann".into(), mode }
}

/// Two needles with three twitches, a heart beat, a pop, a gap.
fn small() -> Session {
    let mut session = quiet("small.wav", 40.0, &["UT"]);
    insert(&mut session, Some("left"), 2.0, 20.0, &[1.25, 3.5, 9.0]);
    insert(&mut session, None, 25.0, 10.0, &[]);
    reject(&mut session, Class::Ecg, 0, 12.0, 0.05);
    reject(&mut session, Class::Pop, 0, 30.0, 0.02);
    mask(&mut session, None, 15.0, 2.0);
    session
}

fn open_desk(session: &Session) -> Desk {
    Desk::new(session, &header(Mode::Open), Edits::default(), &[])
}

/// Asks, and takes the decision if there is one.
fn ask(desk: &mut Desk, command: Command) -> Option<Decision> {
    match desk.ask(command, "2026-11-24T15:04:05Z") {
        Answer::Decision(decision) => {
            desk.take(decision.clone());
            Some(decision)
        }
        _ => None,
    }
}

/// Whatever a person may type, small and large.
fn commands() -> impl Strategy<Value = Vec<Command>> {
    let one = prop_oneof![
        3 => Just(Command::Next),
        2 => Just(Command::Previous),
        1 => Just(Command::NextUnjudged),
        6 => Just(Command::Accept),
        4 => Just(Command::Reject),
        2 => Just(Command::Move),
        2 => (0.0..40.0f64).prop_map(|at| Command::Add(at, "UT".into())),
        2 => Just(Command::Turn),
        4 => (-0.5..0.5f64).prop_map(Command::Shift),
        4 => Just(Command::Take),
        1 => Just(Command::Cancel),
        4 => Just(Command::Undo),
    ];
    proptest::collection::vec(one, 0..60)
}

fn file_of(header: &Header, decisions: &[Decision]) -> String {
    header.text() + &decisions.iter().map(row).collect::<String>()
}

proptest! {
    #[test]
    fn a_file_that_is_read_again_is_the_state_it_was_written_from(
        commands in commands(),
        blind in any::<bool>(),
    ) {
        let session = small();
        let header = header(if blind { Mode::Blind { seed: 3 } } else { Mode::Open });
        let mut desk = Desk::new(&session, &header, Edits::default(), &[]);
        let written: Vec<Decision> = commands.into_iter().filter_map(|c| ask(&mut desk, c)).collect();
        let read = parse(file_of(&header, &written).as_bytes(), Path::new("x")).unwrap();
        prop_assert_eq!(&read.edits, desk.edits());
        prop_assert_eq!(&read.header, &header);
        // And what is laid out from it again is what was there.
        let again = Desk::new(&session, &header, read.edits, &[]);
        let keys = |d: &Desk| d.places().iter().map(|p| p.key).collect::<Vec<_>>();
        prop_assert_eq!(keys(&again), keys(&desk));
    }

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
    fn a_review_that_is_killed_at_any_byte_loses_at_most_the_line_it_was_writing(
        commands in commands(),
        share in 0.0..1.0f64,
    ) {
        let mut desk = open_desk(&small());
        let written: Vec<Decision> = commands.into_iter().filter_map(|c| ask(&mut desk, c)).collect();
        let text = file_of(&header(Mode::Open), &written);
        let begun = header(Mode::Open).text().len();
        let at = begun + ((text.len() - begun) as f64 * share) as usize;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x_review-ann.tsv");
        fs::write(&path, &text[..at]).unwrap();
        let whole = text[begun..at].matches('\n').count();
        let mut edits = Edits::default();
        written[..whole].iter().for_each(|d| { edits.take(d.clone()).unwrap(); });
        prop_assert_eq!(read(&path).unwrap().cut, !text[..at].ends_with('\n'));
        let (mut writer, review) = Writer::open(&path, &header(Mode::Open)).unwrap();
        prop_assert_eq!(&review.edits, &edits);
        // And it goes on from there.
        let next = open_desk(&small()).ask(Command::Accept, "now");
        let Answer::Decision(next) = next else { panic!("{next:?}") };
        writer.append(&next).unwrap();
        drop(writer);
        edits.take(next).unwrap();
        let again = read(&path).unwrap();
        prop_assert!(!again.cut);
        prop_assert_eq!(again.edits, edits);
    }

    #[test]
    fn any_bytes_are_a_review_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = header(Mode::Open).text().into_bytes();
        file.extend(&bytes);
        let _ = parse(&file, Path::new("x"));
        let _ = parse(&bytes, Path::new("x"));
    }

    #[test]
    fn the_blind_order_shows_each_once(count in 0usize..300, seed in any::<u64>(), name in "[a-z]{1,8}") {
        let order = order(count, seed, &name);
        prop_assert_eq!(order.len(), count);
        prop_assert_eq!(order.iter().collect::<HashSet<_>>().len(), count);
        prop_assert!(order.iter().all(|n| *n < count));
    }

    #[test]
    fn zones_hold_their_item_and_nothing_else(seed in any::<u64>(), count in 1usize..12) {
        let session = many(count, seed);
        let items = items(&session);
        let zones = zones(&items, session.source.duration_s, seed);
        prop_assert_eq!(zones.len(), items.len());
        for (n, (item, zone)) in items.iter().zip(&zones).enumerate() {
            prop_assert!(zone.onset() <= item.extent.onset() && item.extent.end() <= zone.end());
            for (_, other) in items.iter().enumerate().filter(|(m, _)| *m != n) {
                prop_assert!(zone.overlap(other.extent) <= item.extent.overlap(other.extent) + 1e-6);
            }
        }
        for stretch in stretches(&session, &items, &zones, seed) {
            prop_assert!(items.iter().all(|i| i.extent.overlap(stretch) == 0.0));
            prop_assert!(stretch.end() <= session.source.duration_s + 1e-6);
            // Where there is nothing to be like, they have the least length.
            let alike = |long: f64| (long - stretch.duration()).abs() < 2e-6;
            prop_assert!(zones.iter().any(|z| alike(z.duration())) || zones.is_empty() && alike(0.4));
        }
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

/// Both said yes, the first alone, the second alone, neither; kappa and its interval.
type Case = ((u64, u64, u64, u64), [f64; 3]);

#[test]
fn kappa_and_its_interval_are_those_of_statsmodels() {
    // python tests/data/kappa.py
    const JUDGED: [Case; 6] = [
        ((20, 5, 10, 15), [0.400000000000, 0.151092290477, 0.648907709523]),
        ((45, 15, 25, 15), [0.130434782609, -0.062938277793, 0.323807843010]),
        ((25, 35, 5, 35), [0.259259259259, 0.108028963983, 0.410489554535]),
        ((30, 2, 1, 110), [0.938932384342, 0.870608250213, 1.000000000000]),
        ((3, 0, 1, 2), [0.666666666667, 0.104377194719, 1.000000000000]),
        ((0, 4, 6, 0), [-0.923076923077, -1.000000000000, -0.473910776847]),
    ];
    for ((both, only_first, only_second, neither), [value, low, high]) in JUDGED {
        let kappa = Verdicts { both, only_first, only_second, neither }.kappa().unwrap();
        for (found, wanted) in [(kappa.value, value), (kappa.low, low), (kappa.high, high)] {
            assert!((found - wanted).abs() < 1e-9, "{both} {only_first} {only_second} {neither}: {kappa:?}");
        }
    }
    for none in [Verdicts::default(), Verdicts { both: 9, ..Verdicts::default() }] {
        assert_eq!(none.kappa(), None);
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

fn sample(name: &str, preset: Preset) -> Session {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.wav"));
    let mut recording = Recording::open(&path, &Options::default()).unwrap();
    let settings = Settings { false_alarms_per_min: preset.false_alarms_per_min(), ..Settings::default() };
    twitchscope::analysis::analyze(&mut recording, &settings, "00".repeat(32), &mut |_| {}).unwrap()
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
fn two_blind_raters_see_the_same_things_in_orders_of_their_own() {
    let session = sample("four-insertions", Preset::Balanced);
    let shown = |reviewer: &str, seed: u64| {
        let header = Header { reviewer: reviewer.into(), ..header(Mode::Blind { seed }) };
        let mut desk = Desk::new(&session, &header, Edits::default(), &[]);
        let mut zones = Vec::new();
        loop {
            zones.push(desk.place().unwrap().zone);
            if desk.ask(Command::Next, "") != Answer::Done {
                return zones;
            }
        }
    };
    let (ann, again, bob, other) = (shown("ann", 1), shown("ann", 1), shown("bob", 1), shown("ann", 2));
    assert_eq!(ann, again);
    assert_ne!(ann, bob);
    let sorted = |mut zones: Vec<Extent>| {
        zones.sort_unstable();
        zones
    };
    assert_ne!(ann, sorted(ann.clone()), "the order of time is hidden");
    assert_eq!(sorted(ann.clone()), sorted(bob));
    assert_ne!(sorted(ann.clone()), sorted(other));
    let nothing = ann.len() - items(&session).len();
    assert_eq!(nothing, items(&session).len() / 2, "half as many hold nothing");
}

#[test]
fn a_blind_rater_who_says_yes_to_everything_is_found_out() {
    let session = small();
    let header = header(Mode::Blind { seed: 1 });
    let mut desk = Desk::new(&session, &header, Edits::default(), &[]);
    while desk.place().is_some_and(|p| desk.decision(p).is_none()) {
        ask(&mut desk, Command::Accept).unwrap();
    }
    let detector: Vec<Event> = session
        .twitches
        .iter()
        .map(|t| Event { onset: t.onset, duration: t.duration, snr_db: None })
        .collect();
    let agreement = with_events(&Judged::of(desk.edits()), &detector, true);
    assert_eq!(agreement.verdicts, Verdicts { both: 3, only_first: 2 + 5, ..Verdicts::default() });
    assert_eq!(agreement.kappa.unwrap().value, 0.0);
    // What was accepted in a stretch with nothing stands in the tables as such, without a class.
    let review = applied(&session, &header, desk.edits(), "x");
    assert_eq!((review.stretches, review.blind), (5, true));
    assert_eq!(review.reviewed.iter().filter(|t| t.automatic.is_none()).count(), 5);
}

#[test]
fn agreement_is_over_what_both_judged() {
    let session = many(4, 3);
    let mut desk = open_desk(&session);
    let total = desk.places().len();
    assert!(total > 6);
    let mut other = desk.clone();
    (0..4).for_each(|_| drop(ask(&mut desk, Command::Accept)));
    ask(&mut other, Command::Accept);
    ask(&mut other, Command::Reject);
    let [a, b] = [&desk, &other].map(|d| Judged::of(d.edits()));
    let agreement = between(&a, &b);
    assert_eq!((agreement.judged, agreement.left_out), (2, 2));
    assert_eq!(agreement.verdicts, Verdicts { both: 1, only_first: 1, ..Verdicts::default() });
    assert_eq!(between(&b, &a).verdicts, Verdicts { both: 1, only_second: 1, ..Verdicts::default() });
}

#[test]
fn a_file_of_something_else_is_refused_with_a_clear_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x_review-ann.tsv");
    let own = header(Mode::Open);
    let refused = |bytes: &str| {
        fs::write(&path, bytes).unwrap();
        let error = Writer::open(&path, &own).err().map(|e| e.to_string());
        assert_eq!(fs::read_to_string(&path).unwrap(), bytes, "it was touched");
        error.unwrap_or_default()
    };
    let text = own.text();
    for (bytes, wanted) in [
        ("onset\tduration\n1\t2\n".to_owned(), "is no review"),
        (text.replace("review 1", "review 2"), "form 2, but this version reads form 1"),
        (text.replace("00", "11"), "another recording (small.wav)"),
        (text.replace("reviewer: ann", "reviewer: bob"), "the review of bob"),
        (text.replace("open", "blind, seed 1"), "do not mix"),
        (text.replace("open", "blindly"), "line 5: “blindly” is neither"),
        (text.replace("decision\t", ""), "line 6: the columns"),
        (format!("{text}1\t2\ttwitch\n"), "line 7: 3 columns, but 9"),
        (format!("{text}1\tx\ttwitch\tUT\taccept\tcandidate\t1\t2\tnow\n"), "line 7: duration “x”"),
        (format!("{text}1\t2\ttwitch\tUT\tnod\tcandidate\t1\t2\tnow\n"), "line 7: decision “nod”"),
        (format!("{text}1\t2\tn/a\tUT\tundo\tcandidate\t1\t2\tnow\n"), "line 7: an undo without"),
    ] {
        let error = refused(&bytes);
        assert!(error.contains(wanted), "{error}");
    }
    let blind = Header { mode: Mode::Blind { seed: 2 }, ..own.clone() };
    fs::write(&path, text.replace("open", "blind, seed 1")).unwrap();
    let error = Writer::open(&path, &blind).unwrap_err().to_string();
    assert!(error.contains("go on with --seed 1"), "{error}");
}

#[test]
fn two_reviews_never_write_into_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x_review-ann.tsv");
    let first = Writer::open(&path, &header(Mode::Open)).unwrap();
    assert!(matches!(Writer::open(&path, &header(Mode::Open)), Err(Error::InUse { .. })));
    drop(first);
    Writer::open(&path, &header(Mode::Open)).unwrap();
}

#[test]
fn any_name_makes_a_file_in_the_folder() {
    for (name, file) in [
        ("ann", "x_review-ann.tsv"),
        ("Ann Lee", "x_review-Ann-Lee.tsv"),
        ("../../etc/passwd", "x_review-..-..-etc-passwd.tsv"),
        ("Zoë", "x_review-Zoë.tsv"),
    ] {
        assert_eq!(file_name("x", name, Mode::Open), file);
    }
    assert_eq!(file_name("x", "ann", Mode::Blind { seed: 1 }), "x_review-ann-blind.tsv");
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
