//! A needle that goes up and down is no heart, and no knock where a twitch comes with it.

use twitchscope::block::Block;
use twitchscope::detect::{Class, Reason};
use twitchscope::pipeline::{Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{Recipe, Simulation, render, scenario};
use twitchscope::units::{SampleIndex, Span};

/// The needle scenario, changed.
fn pistoning(name: &str, seed: u64, change: impl Fn(&mut Recipe)) -> Simulation {
    let mut recipe = scenario(name, seed).unwrap();
    change(&mut recipe);
    render(&recipe).unwrap()
}

/// Every candidate, and how many heart beats each channel shows.
fn heard(made: &Simulation) -> (Vec<Found>, Vec<u64>) {
    let mut pipeline = Pipeline::new(&made.format, &Settings::default()).unwrap();
    let mut candidates = Vec::new();
    let mut sink = |event| {
        if let Event::Candidate(found) = event {
            candidates.push(found);
        }
    };
    let frames = made.frames.clone();
    pipeline.push(&Block { first: SampleIndex::new(0), frames, marks: Vec::new() }, &mut sink);
    let channels = pipeline.finish(&mut sink);
    let beats = channels.iter().map(|c| c.quality.map_or(0, |q| q.beats.count)).collect();
    (candidates, beats)
}

#[test]
fn strokes_are_not_taken_for_a_heart() {
    let (mut strokes, mut beats) = (0, 0);
    for seed in 42_000..42_010 {
        let (candidates, heart) = heard(&pistoning("pistoning-only", seed, |_| ()));
        strokes += candidates.iter().filter(|f| f.candidate.class == Class::Movement).count();
        beats += heart[0] as usize;
        beats += candidates.iter().filter(|f| f.candidate.class == Class::Ecg).count();
    }
    println!("{strokes} strokes, {beats} taken for beats");
    assert!(strokes > 1000, "{strokes}");
    assert!(beats * 100 < strokes, "{beats} of {strokes} taken for a heart");
}

#[test]
fn a_heart_beside_strokes_keeps_its_beats() {
    for seed in 42_010..42_014 {
        let made = pistoning("pistoning-only", seed, |recipe| {
            recipe.ecg = scenario("ecg", recipe.seed).unwrap().ecg;
            recipe.pistoning.iter_mut().for_each(|p| p.times_noise = 8.0);
        });
        let true_beats = made.truth.iter().filter(|t| t.kind.name() == "ecg").count() as f64;
        let found = heard(&made).1[0] as f64;
        assert!(found > 0.7 * true_beats && found < 1.05 * true_beats, "{found} of {true_beats}");
    }
}

#[test]
fn a_twitch_on_strokes_that_every_channel_sees_is_no_knock() {
    let (mut all, mut knocked) = (0, 0);
    for seed in 42_020..42_030 {
        let made = pistoning("pistoning", seed, |recipe| recipe.channels = 4);
        let wide = 40;
        let meets = |a: Span, b: Span| a.start < b.end + wide && b.start < a.end + wide;
        let (candidates, _) = heard(&made);
        for twitch in made.twitches() {
            let near = |f: &&Found| meets(f.span, twitch.span);
            let knock = |f: Found| matches!(f.candidate.reason, Reason::Knock { .. });
            all += 1;
            knocked += usize::from(candidates.iter().filter(near).any(|f| knock(*f)));
        }
    }
    println!("{knocked} of {all} taken for knocks");
    // 17, before it was looked at what is left without the pulse.
    assert!(all > 400 && knocked <= 12, "{knocked} of {all} twitches were taken for knocks");
}
