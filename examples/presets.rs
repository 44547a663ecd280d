//! The operating points of the presets: recall at five signal-to-noise ratios, false alarms at rest.
//!
//!     cargo run --release --example presets -- [--seeds N] [--first SEED] [--rest-hours N]

use twitchscope::block::Block;
use twitchscope::evaluate::{Event, matching};
use twitchscope::pipeline::{self, Pipeline};
use twitchscope::settings::{Preset, Settings};
use twitchscope::simulate::{self, Simulation};
use twitchscope::statistics::rate;
use twitchscope::units::{SampleIndex, Span};

const SNR_DB: [u32; 5] = [20, 10, 6, 3, 0];
const RESTS: [&str; 2] = ["rest-quiet", "rest-dirty"];
/// One recording of rest, s.
const REST_S: f64 = 600.0;
/// A found twitch may be so far from the true one, s.
const TOLERANCE_S: f64 = 0.02;

fn main() {
    let (mut seeds, mut first, mut hours) = (20u64, 5000u64, 4.0f64);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let number: f64 = args.next().and_then(|v| v.parse().ok()).expect("a number after each option");
        match arg.as_str() {
            "--seeds" => seeds = number as u64,
            "--first" => first = number as u64,
            "--rest-hours" => hours = number,
            other => panic!("there is no option {other}"),
        }
    }
    let recall = SNR_DB.map(|db| recall(&format!("quiet-{db}db"), first..first + seeds));
    let recordings = (hours * 3600.0 / REST_S).ceil() as u64;
    let alarms = RESTS.map(|name| alarms(name, first..first + recordings));
    let snr: String = SNR_DB.iter().map(|db| format!(" recall at {db} dB |")).collect();
    println!("| preset | budget |{snr} false alarms a minute, quiet rest | the same, dirty rest |");
    println!("|---|---|{}---|---|", "---|".repeat(SNR_DB.len()));
    for (k, preset) in Preset::ALL.into_iter().enumerate() {
        let recall: String = recall.iter().map(|of| format!(" {:.3} |", of[k])).collect();
        let alarms: String = alarms.iter().map(|of| format!(" {} |", of[k])).collect();
        println!("| `{}` | {} |{recall}{alarms}", preset.name(), preset.false_alarms_per_min());
    }
}

fn made(name: &str, seed: u64, duration_s: Option<f64>) -> Simulation {
    let mut recipe = simulate::scenario(name, seed).expect("a scenario");
    recipe.duration_s = duration_s.unwrap_or(recipe.duration_s);
    simulate::render(&recipe).expect("a recording")
}

/// What each preset finds.
fn found(made: &Simulation) -> [Vec<Event>; 3] {
    Preset::ALL.map(|preset| {
        let budget = preset.false_alarms_per_min();
        let settings = Settings { false_alarms_per_min: budget, ..Settings::default() };
        let mut pipeline = Pipeline::new(&made.format, &settings).expect("settings");
        let mut twitches = Vec::new();
        let mut hear = |event| {
            if let pipeline::Event::Twitch(twitch) = event {
                twitches.push(seconds(made, twitch.span));
            }
        };
        let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
        pipeline.push(&block, &mut hear);
        pipeline.finish(&mut hear);
        twitches
    })
}

fn seconds(made: &Simulation, span: Span) -> Event {
    let rate = made.format.rate;
    Event { onset: rate.time(span.start).s(), duration: rate.seconds(span.len()).s(), snr_db: None }
}

/// The share of true twitches that each preset finds.
fn recall(name: &str, seeds: std::ops::Range<u64>) -> [f64; 3] {
    let (mut hits, mut all) = ([0usize; 3], 0usize);
    for seed in seeds {
        let made = made(name, seed, None);
        let truth: Vec<Event> = made.twitches().map(|t| seconds(&made, t.span)).collect();
        all += truth.len();
        for (hits, found) in hits.iter_mut().zip(found(&made)) {
            *hits += matching(&found, &truth, TOLERANCE_S).len();
        }
    }
    hits.map(|h| h as f64 / all as f64)
}

/// False alarms a minute of each preset, with their exact 95 % interval.
fn alarms(name: &str, seeds: std::ops::Range<u64>) -> [String; 3] {
    let (mut counts, mut watched_s) = ([0u64; 3], 0.0);
    for seed in seeds {
        let made = made(name, seed, Some(REST_S));
        watched_s += REST_S;
        for (count, found) in counts.iter_mut().zip(found(&made)) {
            *count += found.len() as u64;
        }
    }
    counts.map(|count| match rate(count, watched_s) {
        Some(r) => format!("{:.3} ({:.3} to {:.3})", r.per_min, r.interval.low, r.interval.high),
        None => "n/a".to_owned(),
    })
}
