//! The counts at 80 % and 120 % of the threshold, against runs whose threshold is set there.

use twitchscope::block::Block;
use twitchscope::detect::Threshold;
use twitchscope::pipeline::{Event, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{Simulation, render, scenario};
use twitchscope::units::{SampleIndex, Span};

/// What a run tells: twitches at the threshold in force, at 80 % and at 120 % of it, and the
/// threshold over the noise floor, dB.
struct Run {
    set: Vec<Span>,
    lower: Vec<Span>,
    upper: Vec<Span>,
    threshold_db: f64,
}

fn run(made: &Simulation, budget_per_min: f64) -> Run {
    let settings = Settings { false_alarms_per_min: budget_per_min, ..Settings::default() };
    let mut pipeline = Pipeline::new(&made.format, &settings).unwrap();
    let (mut set, mut lower, mut upper) = (Vec::new(), Vec::new(), Vec::new());
    let mut sink = |event| match event {
        Event::Twitch(found) => set.push(found.span),
        Event::Beside(found) if found.candidate.threshold == Threshold::Lower => lower.push(found.span),
        Event::Beside(found) => upper.push(found.span),
        _ => {}
    };
    let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
    pipeline.push(&block, &mut sink);
    let reports = pipeline.finish(&mut sink);
    let threshold_db = reports[0].quality.unwrap().threshold_db;
    Run { set, lower, upper, threshold_db }
}

/// The budget whose threshold lies `by_db` from that of the default, by bisection.
fn budget(made: &Simulation, by_db: f64) -> f64 {
    let wanted = run(made, 0.1).threshold_db + by_db;
    let (mut low, mut high) = (1e-4f64.ln(), 60f64.ln());
    for _ in 0..12 {
        let middle = 0.5 * (low + high);
        if run(made, middle.exp()).threshold_db > wanted { low = middle } else { high = middle }
    }
    (0.5 * (low + high)).exp()
}

fn made(name: &str, seed: u64) -> Simulation {
    render(&scenario(name, seed).unwrap()).unwrap()
}

/// How many of `some` have no partner among `others`.
fn alone(some: &[Span], others: &[Span]) -> usize {
    some.iter().filter(|s| others.iter().all(|o| o.overlap(**s) == 0)).count()
}

#[test]
fn a_twitch_at_120_percent_is_one_at_100_and_at_80() {
    for (name, seed) in [("quiet-6db", 61), ("session", 62), ("four-channels", 63)] {
        let run = run(&made(name, seed), 0.1);
        assert!(run.upper.len() <= run.set.len() && run.set.len() <= run.lower.len(), "{name}");
        // A longer run of activity may be cut otherwise, and a knock be told by one channel more.
        let off = alone(&run.upper, &run.set) + alone(&run.set, &run.lower);
        assert!(off * 20 <= run.lower.len(), "{name}: {off} of {}", run.lower.len());
    }
}

#[test]
fn the_counts_beside_the_threshold_are_those_of_runs_at_thresholds_there() {
    let (mut told, mut true_there, mut off) = (0, 0, 0);
    let faint = (0..4).flat_map(|k| [("quiet-6db", 71 + 100 * k), ("quiet-3db", 72 + 100 * k)]);
    for (name, seed) in faint.chain([("ecg", 73), ("efforts", 74)]) {
        let made = made(name, seed);
        let here = run(&made, 0.1);
        for (beside, factor) in [(&here.lower, 0.8f64), (&here.upper, 1.2)] {
            let there = run(&made, budget(&made, 10.0 * factor.log10()));
            let apart = alone(beside, &there.set) + alone(&there.set, beside);
            println!("{name} {factor}: told {}, there {}, apart {apart}", beside.len(), there.set.len());
            (told, true_there, off) = (told + beside.len(), true_there + there.set.len(), off + apart);
        }
    }
    // A budget moves the thresholds of short windows further than those of long ones, so that the
    // two are near and not the same.
    assert!(off * 7 <= true_there, "{off} of {true_there}");
    assert!(told.abs_diff(true_there) * 16 <= true_there, "{told} against {true_there}");
}

#[test]
fn what_lies_below_the_threshold_is_in_no_list_of_what_was_found() {
    let made = made("quiet-3db", 81);
    let settings = Settings::default();
    let mut pipeline = Pipeline::new(&made.format, &settings).unwrap();
    let mut weakest = f32::INFINITY;
    let (mut candidates, mut beside) = (0, 0);
    let mut sink = |event| match event {
        Event::Candidate(found) | Event::Twitch(found) => {
            assert_eq!(found.candidate.threshold, Threshold::Set);
            weakest = weakest.min(found.candidate.score);
            candidates += 1;
        }
        Event::Beside(_) => beside += 1,
        _ => {}
    };
    let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
    pipeline.push(&block, &mut sink);
    pipeline.finish(&mut sink);
    assert!(weakest >= 1.0 && candidates > 10 && beside > candidates, "{weakest} {candidates} {beside}");
}
