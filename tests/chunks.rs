//! However a recording is cut into blocks, what is said of it is the same.

#[path = "support/cases.rs"]
mod cases;

use std::io::Cursor;

use cases::{CASES, Case, files, hear, simulated};
use proptest::prelude::*;
use twitchscope::analysis;
use twitchscope::block::{Block, Mark, MarkKind};
use twitchscope::detect::Class;
use twitchscope::pipeline::Event;
use twitchscope::report::session_json;
use twitchscope::settings::Settings;
use twitchscope::simulate::{self, Bits};
use twitchscope::source::{Companions, Options, Recording};
use twitchscope::units::SampleIndex;

#[test]
fn the_cases_have_something_to_find() {
    for case in CASES.iter() {
        let heard = case.whole();
        let found = heard.events.iter().filter(|e| matches!(e, Event::Candidate(_))).count();
        eprintln!("{}: {} frames, {found} candidates", case.name, case.frames.nrows());
    }
    let twitches = |c: &Case| c.whole().events.iter().filter(|e| matches!(e, Event::Twitch(_))).count();
    assert!(CASES.iter().filter(|c| twitches(c) > 0).count() >= 6);
}

#[test]
fn blocks_of_any_size_give_the_same_events() {
    for case in CASES.iter() {
        let whole = case.whole();
        for size in [1, 7, 64, 1009, 65_536] {
            assert!(case.cut(std::iter::repeat(size)) == whole, "{} by {size}", case.name);
        }
    }
}

/// Efforts go on for as long as they do, and what is told late is known late.
#[test]
fn nothing_is_told_later_that_began_before_what_is_judged() {
    for case in CASES.iter() {
        let mut pipeline = case.pipeline();
        let (mut judged, mut told) = (SampleIndex::new(0), 0);
        for from in (0..case.frames.nrows()).step_by(61) {
            let block = case.block(from, (from + 61).min(case.frames.nrows()));
            pipeline.push(&block, &mut |event| {
                if let Event::Candidate(found) = event
                    && found.candidate.class != Class::Effort
                    && !found.candidate.late
                {
                    let began = found.span.start;
                    assert!(began >= judged, "{}: {began:?}, judged {judged:?}", case.name);
                    told += 1;
                }
            });
            judged = pipeline.judged();
        }
        // It comes along, or the law would say nothing.
        let behind = case.frames.nrows() as u64 - judged.get();
        let behind_s = case.format.rate.seconds(behind).s();
        println!("{}: {told} told, {behind_s:.1} s behind at the end", case.name);
        assert!(behind_s < 8.0, "{}: {behind_s:.1} s", case.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_random_sizes_give_the_same_events(
        which in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1usize..5000, 1..40),
    ) {
        let case = which.get(&CASES);
        prop_assert!(case.cut(sizes.iter().copied().cycle()) == case.whole(), "{}", case.name);
    }
}

#[test]
fn a_file_gives_the_same_session_bytes_however_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = files();
    for (name, seed) in [("session", 2), ("four-channels", 3), ("clipping", 5)] {
        let mut recipe = simulate::scenario(name, seed).unwrap();
        recipe.duration_s = 25.0;
        recipe.needles = simulate::Needles { count: 1, rest_s: 2.0 };
        let made = simulate::render(&recipe).unwrap();
        let options = simulate::Options { bits: Bits::Sixteen, replace: false };
        paths.push(simulate::write(&made, folder.path(), name, options).unwrap().recording);
    }
    for path in paths {
        let session = |frames: u64| {
            let mut recording = Recording::open(&path, &Options::default()).unwrap();
            recording.set_block_frames(frames);
            let settings = Settings::default();
            let session = analysis::analyze(&mut recording, &settings, String::new(), &mut |_| {}).unwrap();
            session_json(&session).unwrap()
        };
        let usual = session(4096);
        for frames in [1, 61, u64::MAX] {
            assert!(session(frames) == usual, "{} by {frames}", path.display());
        }
    }
}

#[test]
fn a_file_in_memory_gives_the_session_of_the_file_on_disk() {
    let Some(path) = files().into_iter().next() else { return };
    let options = Options::default();
    let settings = Settings::default();
    let bytes = std::fs::read(&path).unwrap();
    let companions = Companions::find(&path, &options).unwrap();
    let mut memory = Recording::read(Cursor::new(bytes), &path, &companions, &options).unwrap();
    let mut disk = Recording::open(&path, &options).unwrap();
    let from_memory = analysis::analyze(&mut memory, &settings, String::new(), &mut |_| {}).unwrap();
    assert_eq!(from_memory, analysis::analyze(&mut disk, &settings, String::new(), &mut |_| {}).unwrap());
}

#[test]
fn a_pipeline_that_was_reset_is_a_new_one() {
    for case in CASES.iter() {
        let (frames, expected) = (case.frames.nrows(), case.whole());
        for used in [1, frames / 10, frames * 3 / 4, frames] {
            let mut pipeline = case.pipeline();
            let mut before = case.block(0, used);
            // Somewhere else on the clock, within a mask, then after a gap: all of it is forgotten.
            before.first = SampleIndex::new(12_345);
            before.marks = vec![Mark { at: before.first, kind: MarkKind::MaskStart }];
            pipeline.push(&before, &mut |_| {});
            pipeline.push(&case.block(used / 2, used), &mut |_| {});
            pipeline.reset();
            assert!(
                hear(pipeline, &[case.block(0, frames)]) == expected,
                "{} after {used} frames of it",
                case.name
            );
        }
        let mut pipeline = case.pipeline();
        pipeline.push(&case.block(0, frames), &mut |_| {});
        pipeline.reset();
        assert!(hear(pipeline, &[case.block(0, frames)]) == expected, "{} after all of it", case.name);
    }
}

#[test]
fn what_was_pushed_before_is_passed_over() {
    let case = simulated("session", 2, 20.0);
    let frames = case.frames.nrows();
    let half = frames / 2;
    let blocks: Vec<Block> = vec![
        case.block(0, half),
        case.block(0, half),
        case.block(half / 2, half + 100),
        case.block(100, 50 + 100),
        case.block(half - 3, frames),
    ];
    assert_eq!(hear(case.pipeline(), &blocks), case.whole());
}

#[test]
fn empty_blocks_say_nothing() {
    let case = simulated("session", 2, 20.0);
    let frames = case.frames.nrows();
    let empty = |at: usize| case.block(at, at);
    let blocks =
        [empty(0), case.block(0, 999), empty(999), empty(10), case.block(999, frames), empty(frames)];
    assert_eq!(hear(case.pipeline(), &blocks), case.whole());
    assert!(hear(case.pipeline(), &[]).events.is_empty());
    assert!(hear(case.pipeline(), &[empty(0), Block::empty(0)]).events.is_empty());
}
