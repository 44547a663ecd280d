//! What an effort on one channel may do to another: its faint pieces are no twitches there, and it
//! hides hardly any.

use ndarray::{Axis, concatenate};
use twitchscope::block::{Block, Format};
use twitchscope::detect::{Class, Reason};
use twitchscope::pipeline::{Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{Contaminant, Kind, Simulation, render, scenario};
use twitchscope::units::SampleIndex;

#[path = "support/dice.rs"]
mod dice;
#[path = "support/quiet.rs"]
mod quiet;

use dice::Dice;
use quiet::{add, burst, noise};

/// Twitches and rejected candidates of several simulations as the channels of one recording.
fn heard(all: &[&Simulation]) -> (Vec<Found>, Vec<Found>) {
    let frames: Vec<_> = all.iter().map(|made| made.frames.view()).collect();
    let frames = concatenate(Axis(1), &frames).unwrap();
    let channels = (1..=frames.ncols()).map(|k| format!("EMG{k}")).collect();
    let format = Format { channels, ..all[0].format.clone() };
    let mut pipeline = Pipeline::new(&format, &Settings::default()).unwrap();
    let (mut twitches, mut rejected) = (Vec::new(), Vec::new());
    let mut sink = |event| match event {
        Event::Twitch(found) => twitches.push(found),
        Event::Candidate(found) if found.candidate.class != Class::Twitch => rejected.push(found),
        _ => {}
    };
    pipeline.push(&Block { first: SampleIndex::new(0), frames, marks: Vec::new() }, &mut sink);
    pipeline.finish(&mut sink);
    (twitches, rejected)
}

#[test]
fn the_faint_pieces_of_an_effort_on_the_channels_beside_it_are_no_twitches() {
    let (mut minutes, mut alarms, mut spread) = (0.0, 0, 0);
    for seed in 41_000..41_020 {
        let recipe = scenario("rest-dirty", seed).unwrap();
        let made = render(&recipe).unwrap();
        let (twitches, rejected) = heard(&[&made]);
        minutes += recipe.duration_s / 60.0;
        alarms += twitches.len();
        let during = |f: &&Found| matches!(f.candidate.reason, Reason::Spread { over_db } if over_db < 3.1);
        spread += rejected.iter().filter(during).count();
    }
    let rate = alarms as f64 / minutes;
    println!("{rate} a minute, {spread} taken for pieces");
    assert!(spread > 25, "only {spread} pieces of efforts were told as such");
    assert!(rate < 1.3, "{rate} twitches a minute where there are none");
}

#[test]
fn an_effort_on_one_channel_hides_hardly_a_twitch_on_a_quiet_one() {
    let (mut all, mut lost) = (0, 0);
    for seed in 41_020..41_030 {
        let effort = render(&scenario("efforts-only", seed).unwrap()).unwrap();
        let quiet = render(&scenario("quiet-10db", seed + 100).unwrap()).unwrap();
        let alone: Vec<_> = heard(&[&quiet]).0.iter().map(|f| f.span).collect();
        let beside = heard(&[&quiet, &effort]).0;
        let beside: Vec<_> = beside.iter().filter(|f| f.channel == 0).map(|f| f.span).collect();
        all += alone.len();
        lost += alone.iter().filter(|span| !beside.contains(span)).count();
    }
    println!("{lost} of {all}");
    // A faint one that has others close by looks like a piece of what surrounds it.
    assert!(all > 400 && lost * 100 < all, "{lost} of {all}");
}

#[test]
fn in_a_whole_session_the_order_of_channels_decides_nothing() {
    for seed in 41_040..41_056 {
        let name = if seed % 2 == 0 { "rest-dirty" } else { "session" };
        let made = render(&scenario(name, seed).unwrap()).unwrap();
        let mut turned = made.clone();
        let channels = made.frames.ncols();
        for c in 0..channels {
            turned.frames.column_mut(channels - 1 - c).assign(&made.frames.column(c));
        }
        let sorted = |all: (Vec<Found>, Vec<Found>), channel: &dyn Fn(usize) -> usize| {
            let both = all.0.into_iter().chain(all.1);
            let mut all: Vec<_> = both.map(|f| (f.span, channel(f.channel), f.candidate.class)).collect();
            all.sort_unstable();
            all
        };
        let (as_made, as_turned) = (heard(&[&made]), heard(&[&turned]));
        let turn = |c: usize| channels - 1 - c;
        assert!(sorted(as_made, &|c| c) == sorted(as_turned, &turn), "seed {seed}");
    }
}

/// Of what `put` puts on one channel, every three seconds: how much there is, and how many twitches are counted
/// there, alone and with strokes of a needle at the same times on another.
fn beside_strokes(put: impl Fn(&mut Simulation, &mut Dice, f64)) -> [usize; 3] {
    let mut all = [0; 3];
    for seed in 41_100..41_110 {
        let (mut here, mut dice) = noise(seed);
        let (mut there, mut other) = noise(seed + 100);
        for k in 1..39 {
            let at = 3.0 * f64::from(k) + dice.roll();
            put(&mut here, &mut dice, at);
            let (size, rise) = (150.0 + 150.0 * other.roll(), 0.003 + 0.004 * other.roll());
            add(&mut there, at, [0.0, 0.4], |t| size * (t / rise).min(1.0) * (1.0 - t / 0.4));
            all[0] += 1;
        }
        let counted = |found: Vec<Found>| found.iter().filter(|f| f.channel == 0).count();
        all[1] += counted(heard(&[&here]).0);
        all[2] += counted(heard(&[&here, &there]).0);
    }
    println!("of {} {} alone, {} beside strokes", all[0], all[1], all[2]);
    all
}

#[test]
fn a_single_pulse_with_a_stroke_on_another_channel_is_a_part_of_that() {
    let [there, alone, beside] = beside_strokes(|made, dice, at| {
        let (peak, ms) = (30.0 + 15.0 * dice.roll(), 9.0 + 4.0 * dice.roll());
        add(made, at, [-0.02, 0.02], |t| {
            let x = 2.6e3 * t / ms;
            peak * (1.0 - 2.0 * x * x) * (-x * x).exp()
        });
    });
    assert!(alone * 2 > there, "only {alone} of {there} alone");
    assert!(beside * 5 < alone, "{beside} of {alone}");
}

#[test]
fn a_burst_with_a_stroke_on_another_channel_counts() {
    let [_, alone, beside] = beside_strokes(|made, dice, at| burst(made, dice, at, 60.0, 20.0));
    assert!(beside * 100 >= 98 * alone, "{beside} of {alone}");
}

#[test]
fn a_twitch_on_a_stroke_that_all_channels_see_is_no_knock() {
    let (mut all, mut knocks) = (0, 0);
    for seed in 41_200..41_220 {
        let mut recipe = scenario("four-channels", seed).unwrap();
        Contaminant::Pistoning.add_to(&mut recipe);
        let made = render(&recipe).unwrap();
        let (told, rejected) = heard(&[&made]);
        let is_knock = |f: &&Found| matches!(f.candidate.reason, Reason::Knock { .. });
        for twitch in made.truth.iter().filter(|e| e.kind == Kind::Twitch) {
            let lost = told.iter().all(|f| f.span.overlap(twitch.span) == 0);
            let knock = rejected.iter().filter(is_knock).any(|f| f.span.overlap(twitch.span) > 0);
            all += 1;
            knocks += usize::from(lost && knock);
        }
    }
    println!("{knocks} of {all} were taken for knocks");
    assert!(all > 800 && knocks * 200 < all, "{knocks} of {all}");
}
