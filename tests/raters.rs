//! Raters: what a blind one is shown, and how far two agree.

use std::collections::HashSet;

use proptest::prelude::*;
use twitchscope::evaluate::{Event, Verdicts};
use twitchscope::review::{
    Answer, Command, Desk, Edits, Extent, Header, Judged, Mode, applied, between, items, order, stretches,
    with_events, zones,
};
use twitchscope::settings::Preset;

mod judging;
mod sessions;
use judging::{ask, header, open_desk, sample, small};
use sessions::many;

proptest! {
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
