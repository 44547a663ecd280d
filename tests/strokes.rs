//! A needle that goes up and down makes no knock of a twitch that comes with it.

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
    let beats = channels.iter().map(|c| c.quality.map_or(0, |q| q.beats)).collect();
    (candidates, beats)
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
