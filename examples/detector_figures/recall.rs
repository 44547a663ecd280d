//! The share of bursts found against their SNR, at the three presets, beside the energy detector's
//! limit.

use twitchscope::block::Block;
use twitchscope::evaluate::{Event, matching};
use twitchscope::pipeline::{self, Pipeline};
use twitchscope::settings::{Preset, Settings};
use twitchscope::simulate::{Simulation, render, scenario};
use twitchscope::units::{SampleIndex, Span};

use crate::limit;
use crate::paper::{BLUE, GREEN, Panel, RED, line};

const DURATIONS_MS: [f64; 3] = [20.0, 50.0, 100.0];
/// From the faintest to the strongest, dB, and how many classes lie between.
const SNR_DB: [f64; 2] = [-2.0, 18.0];
const CLASSES: usize = 10;
/// So many recordings of so many seconds a duration.
const SEEDS: std::ops::Range<u64> = 6000..6003;
const LENGTH_S: f64 = 600.0;
const TOLERANCE_S: f64 = 0.02;

#[derive(Clone, Copy, Default)]
struct Class {
    bursts: f64,
    found: [f64; 3],
    limit: [f64; 3],
}

pub fn panels() -> Vec<Panel> {
    DURATIONS_MS.map(panel).into()
}

fn panel(duration_ms: f64) -> Panel {
    let mut classes = [Class::default(); CLASSES];
    for seed in SEEDS {
        let mut recipe = scenario("quiet-0db", seed).expect("a scenario");
        recipe.duration_s = LENGTH_S;
        recipe.twitches.snr_db = SNR_DB;
        recipe.twitches.duration_ms = [duration_ms, duration_ms];
        count(&render(&recipe).expect("a recording"), &mut classes);
    }
    let width = (SNR_DB[1] - SNR_DB[0]) / CLASSES as f64;
    let curve = |value: &dyn Fn(&Class) -> f64| {
        let middle = |k: usize| SNR_DB[0] + (k as f64 + 0.5) * width;
        classes.iter().enumerate().map(|(k, c)| (middle(k), value(c) / c.bursts)).collect()
    };
    let colours = [GREEN, BLUE, RED];
    let found = |k: usize| {
        let preset = Preset::ALL[k];
        let name = if duration_ms > 60.0 { preset.name() } else { "" };
        line(name, colours[k], 3, curve(&|c| c.found[k]))
    };
    let limit = |k: usize| line("", colours[k], 1, curve(&|c| c.limit[k]));
    Panel {
        title: format!("bursts of {duration_ms:.0} ms (thin: limit)"),
        x_label: "SNR in 20-450 Hz, dB",
        y_label: "share found",
        x: SNR_DB,
        y: [0.0, 1.0],
        lines: (0..3).flat_map(|k| [found(k), limit(k)]).collect(),
        ..Panel::default()
    }
}

fn count(made: &Simulation, classes: &mut [Class; CLASSES]) {
    let class = |snr_db: f64| {
        let place = (snr_db - SNR_DB[0]) / (SNR_DB[1] - SNR_DB[0]) * CLASSES as f64;
        (place.max(0.0) as usize).min(CLASSES - 1)
    };
    let event = |span: Span, snr_db| {
        let rate = made.format.rate;
        Event { onset: rate.time(span.start).s(), duration: rate.seconds(span.len()).s(), snr_db }
    };
    let truth: Vec<Event> = made.twitches().map(|t| event(t.span, t.snr_db)).collect();
    for (k, preset) in Preset::ALL.into_iter().enumerate() {
        let budget = preset.false_alarms_per_min();
        let settings = Settings { false_alarms_per_min: budget, ..Settings::default() };
        let mut pipeline = Pipeline::new(&made.format, &settings).expect("settings");
        let mut found = Vec::new();
        let mut hear = |said| {
            if let pipeline::Event::Twitch(twitch) = said {
                found.push(event(twitch.span, None));
            }
        };
        let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
        pipeline.push(&block, &mut hear);
        pipeline.finish(&mut hear);
        for (_, t) in matching(&found, &truth, TOLERANCE_S) {
            classes[class(truth[t].snr_db.unwrap_or(0.0))].found[k] += 1.0;
        }
        for burst in &truth {
            let snr_db = burst.snr_db.unwrap_or(0.0);
            classes[class(snr_db)].limit[k] += limit::recall(burst.duration, snr_db, budget);
        }
    }
    truth.iter().for_each(|t| classes[class(t.snr_db.unwrap_or(0.0))].bursts += 1.0);
}
