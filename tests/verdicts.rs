//! Verdicts that once were wrong: what two things at once may not do to one another.

use twitchscope::block::Block;
use twitchscope::pipeline::{Event, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate;
use twitchscope::units::SampleIndex;

/// Onsets of the twitches that are found, and of the true ones, s.
fn onsets(scenario: &str, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let made = simulate::render(&simulate::scenario(scenario, seed).unwrap()).unwrap();
    let mut pipeline = Pipeline::new(&made.format, &Settings::default()).unwrap();
    let rate = made.format.rate;
    let mut found = Vec::new();
    let mut sink = |event| {
        if let Event::Twitch(twitch) = event {
            found.push(rate.time(twitch.span.start).s());
        }
    };
    let truth = made.twitches().map(|t| rate.time(t.span.start).s()).collect();
    pipeline.push(
        &Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() },
        &mut sink,
    );
    pipeline.finish(&mut sink);
    (found, truth)
}

#[test]
fn a_twitch_just_before_a_stronger_stroke_is_told_though_the_stroke_is_judged_first() {
    let (found, truth) = onsets("pistoning", 1002);
    let near = |times: &[f64]| times.iter().any(|t| (t - 12.304).abs() < 0.02);
    assert!(near(&truth), "the simulator has changed: find another such twitch");
    assert!(near(&found), "{found:?}");
}

#[test]
fn windows_that_reach_into_a_strong_burst_find_nothing_before_it() {
    let mut before = 0;
    for seed in 43_000..43_020 {
        let (found, truth) = onsets("quiet-20db", seed);
        let ahead = |t: &f64, by: f64| truth.iter().any(|onset| (0.025..by).contains(&(onset - t)));
        before += found.iter().filter(|t| ahead(t, 0.15)).count();
    }
    assert!(before <= 1, "{before} were found where a strong burst had not yet begun");
}
