//! What is at the end of a recording is told, and efforts where they were, whatever the floor does.

#[path = "support/cases.rs"]
mod cases;

use cases::dice::Dice;
use cases::{Case, hear, span};
use twitchscope::detect::Class;
use twitchscope::pipeline::{Event, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::units::Span;

const RATE_HZ: f64 = 2000.0;

/// White noise of these standard deviations, each for so many seconds.
fn noise(seed: u64, stretches: &[(f64, f64)]) -> Case {
    let mut dice = Dice::new(seed);
    let mut samples = Vec::new();
    for (seconds, rms) in stretches {
        samples.extend((0..(seconds * RATE_HZ) as usize).map(|_| (rms * dice.normal()) as f32));
    }
    Case::of(format!("noise {seed}"), RATE_HZ, samples)
}

fn efforts(case: &Case) -> Vec<Span> {
    let effort = |e: &Event| match e {
        Event::Candidate(f) if f.candidate.class == Class::Effort => Some(span(e)),
        _ => None,
    };
    case.whole().events.iter().filter_map(effort).collect()
}

fn twitches(case: &Case) -> Vec<Span> {
    case.whole().events.iter().filter(|e| matches!(e, Event::Twitch(_))).map(span).collect()
}

fn about(found: Span, from_s: f64, to_s: f64) -> bool {
    let near = |frame: u64, s: f64| (frame as f64 / RATE_HZ - s).abs() < 0.15;
    near(found.start.get(), from_s) && near(found.end.get(), to_s)
}

#[test]
fn an_effort_at_the_end_of_a_recording_is_told() {
    for seed in 0..8 {
        for after_s in [0.0, 0.02, 0.1, 0.4] {
            let found = efforts(&noise(seed, &[(20.0, 1.0), (0.7, 5.0), (after_s, 1.0)]));
            assert!(matches!(found[..], [one] if about(one, 20.0, 20.7)), "{seed} {after_s} s: {found:?}");
        }
    }
}

/// Where the noise has stepped down, what is long and faint stands over the floor in force but not
/// over the long one.
#[test]
fn an_effort_after_the_noise_has_stepped_down_is_told_where_it_was() {
    for seed in 0..8 {
        let quiet = [(20.0, 3.0), (2.0, 1.0), (0.4, 2.5)];
        for rest_s in [0.0, 0.2, 1.0] {
            let case = noise(seed, &[&quiet[..], &[(rest_s, 1.0)]].concat());
            let found = efforts(&case);
            assert!(matches!(found[..], [one] if about(one, 22.0, 22.4)), "{seed} {rest_s} s: {found:?}");
        }
        let case = noise(seed, &[&quiet[..], &[(12.0, 1.0), (0.7, 5.0), (2.0, 1.0)]].concat());
        let found = efforts(&case);
        let [first, second] = found[..] else { panic!("{seed}: {found:?}") };
        assert!(about(first, 22.0, 22.4) && about(second, 34.4, 35.1), "{seed}: {found:?}");
    }
}

/// What noise does as it comes back it does within this, s: floors follow in two.
const SOON_S: f64 = 4.0;

/// A channel that lay at its rail for a second, or was short-circuited, comes back.
#[test]
fn noise_that_comes_back_after_a_pause_is_no_twitch() {
    for seed in 0..8 {
        for (pause_s, rms) in [(0.8, 0.1), (1.5, 0.1), (4.0, 0.3)] {
            let case = noise(seed, &[(20.0, 10.0), (pause_s, rms), (8.0, 10.0)]);
            // Later the budget may have its own: these are eleven minutes of noise.
            let (from, to) = (20.0 * RATE_HZ, (20.0 + pause_s + SOON_S) * RATE_HZ);
            let soon = |found: &&Span| (from..to).contains(&(found.start.get() as f64));
            let found = twitches(&case);
            assert!(!found.iter().any(|f| soon(&f)), "{seed} {pause_s} s: {found:?}");
        }
    }
}

#[test]
fn a_twitch_at_the_end_of_a_recording_is_told_whatever_pause_is_bridged() {
    for merge_gap_ms in [0.0, 60.0, 500.0] {
        let case = noise(1, &[(10.0, 1.0), (0.1, 6.0), (0.02, 1.0)]);
        let settings = Settings { merge_gap_ms, ..Settings::default() };
        let pipeline = Pipeline::new(&case.format, &settings).unwrap();
        let heard = hear(pipeline, &[case.block(0, case.frames.nrows())]);
        let twitches = heard.events.iter().filter(|e| matches!(e, Event::Twitch(_))).count();
        assert_eq!(twitches, 1, "{merge_gap_ms} ms: {:?}", heard.events);
    }
}

/// Of the first seconds all is decided at once: what follows a moment is what follows it, not what comes
/// at their end.
#[test]
fn an_effort_at_the_end_of_the_first_seconds_hides_no_twitch_before_it() {
    for seed in 0..8 {
        let before = [(2.0, 1.0), (0.05, 5.0), (1.0, 1.0), (0.05, 5.0), (1.9, 1.0)];
        let case = noise(seed, &[&before[..], &[(2.5, 20.0), (6.0, 1.0)]].concat());
        let found = twitches(&case);
        assert!(
            matches!(found[..], [a, b] if about(a, 2.0, 2.05) && about(b, 3.05, 3.1)),
            "{seed}: {found:?}"
        );
    }
}

/// Nobody knows how it went on.
#[test]
fn the_beginning_of_an_effort_that_runs_into_a_gap_is_no_twitch() {
    let mut counted = 0;
    for seed in 0..8 {
        let mut case = noise(seed, &[(20.0, 1.0), (1.5, 6.0), (10.0, 1.0)]);
        let frame = |s: f64| (s * RATE_HZ) as usize;
        (frame(20.1)..frame(20.28)).for_each(|n| case.frames[[n, 0]] = f32::NAN);
        counted += twitches(&case).len();
    }
    assert!(counted <= 1, "{counted}");
}
