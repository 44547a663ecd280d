//! What is clipped is no signal, also where nobody says at which value the converter ends.

use ndarray::Array2;
use twitchscope::block::Block;
use twitchscope::pipeline::{Event, Mask, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{self, Simulation, scenario};
use twitchscope::units::SampleIndex;

/// The seconds that are told as clipped, on all channels together, and how many twitches there are.
fn heard(made: &Simulation) -> (f64, usize) {
    let mut pipeline = Pipeline::new(&made.format, &Settings::default()).unwrap();
    let (mut clipped, mut twitches) = (0, 0);
    let mut sink = |event| match event {
        Event::Masked { span, why: Mask::Clipped, .. } => clipped += span.len(),
        Event::Twitch(_) => twitches += 1,
        _ => {}
    };
    let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
    pipeline.push(&block, &mut sink);
    pipeline.finish(&mut sink);
    (made.format.rate.seconds(clipped).s(), twitches)
}

fn made(name: &str, seed: u64) -> Simulation {
    simulate::render(&scenario(name, seed).unwrap()).unwrap()
}

#[test]
fn what_is_clipped_is_masked_where_nobody_says_where_the_converter_ends() {
    let (mut known, mut unknown) = ((0.0, 0), (0.0, 0));
    for seed in 65_000..65_006 {
        let mut made = made("clipping", seed);
        let (seconds, twitches) = heard(&made);
        known = (known.0 + seconds, known.1 + twitches);
        made.format.full_scale = None;
        let (seconds, twitches) = heard(&made);
        unknown = (unknown.0 + seconds, unknown.1 + twitches);
    }
    println!("{known:.2?} where it is known, {unknown:.2?} where it is not");
    assert!(known.0 > 5.0 && unknown.0 > 0.9 * known.0 && unknown.0 <= known.0, "{unknown:?} of {known:?}");
    assert!(unknown.1.abs_diff(known.1) * 50 <= known.1, "{unknown:?} for {known:?}");
}

#[test]
fn where_nothing_is_clipped_nothing_is_masked() {
    for name in ["efforts", "ecg", "pops", "mains-50"] {
        let mut made = made(name, 65_100);
        made.format.full_scale = None;
        assert_eq!(heard(&made).0, 0.0, "{name}");
        // Of few steps, as of a converter of eight bits, it is not clipped either.
        let most = made.frames.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        made.frames.mapv_inplace(|x| (x / most * 127.0).round());
        assert_eq!(heard(&made).0, 0.0, "{name} of eight bits");
    }
}

#[test]
fn a_recording_that_repeats_each_of_its_samples_is_not_clipped() {
    let mut made = made("clear", 65_200);
    made.format.full_scale = None;
    let frames = &made.frames;
    let repeated = Array2::from_shape_fn(frames.dim(), |(n, channel)| frames[(n / 25 * 25, channel)]);
    made.frames = repeated;
    let (seconds, _) = heard(&made);
    assert!(seconds < 0.1, "{seconds}");
}
