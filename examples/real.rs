//! The detector on real recordings, file by file, against what is known of them.
//!
//!     cargo run --release --example real -- [FOLDER] [--list] [--numbers]
//!
//! FOLDER holds WAV files; without it, `$TWITCHSCOPE_SHARED/recordings`. Files of which nothing is
//! known are reported without a verdict, those called `…ecg…` or `…rest…` must give no twitch.
//! `--list` tells every candidate with its reason, `--numbers` the evidence behind each.

#[path = "shared/load.rs"]
mod load;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use twitchscope::block::Block;
use twitchscope::pipeline::{ChannelReport, Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::units::SampleIndex;

/// What is known of a recording.
struct Known {
    stem: &'static str,
    /// Twitches that must be found once each, s.
    twitches: &'static [f64],
    /// Twitches that may be found: human opinion differs, s.
    doubtful: &'static [f64],
    /// Voluntary efforts, s; `None` where nobody counted.
    efforts: Option<&'static [f64]>,
    /// Heart beats, from and to; none for a recording that has no ECG.
    beats: Option<[u64; 2]>,
}

const KNOWN: [Known; 5] = [
    Known {
        stem: "plux_thumb_flicks",
        twitches: &[3.6, 7.7, 11.95, 15.15, 18.05, 21.4, 25.45, 29.27, 31.95, 34.6, 37.2, 40.3],
        doubtful: &[],
        efforts: None,
        beats: None,
    },
    Known {
        stem: "plux_biceps_efforts",
        twitches: &[],
        doubtful: &[],
        efforts: Some(&[2.0, 5.0, 8.3, 12.2, 15.0, 17.8, 20.8, 24.0, 27.0]),
        beats: None,
    },
    Known {
        stem: "biosppy_emg_1",
        twitches: &[25.75, 26.5],
        doubtful: &[1.6],
        efforts: Some(&[16.2]),
        beats: None,
    },
    Known {
        stem: "emggo_ecg_8ch",
        twitches: &[],
        doubtful: &[],
        efforts: Some(&[4.2, 7.8, 9.6, 13.3, 18.7]),
        beats: Some([28, 42]),
    },
    Known { stem: "openbci_S02_rest", twitches: &[], doubtful: &[], efforts: None, beats: None },
];

/// A found twitch may lie so far from a known time, s.
const NEAR_S: f64 = 0.15;

fn main() {
    let (mut folder, mut list, mut numbers) = (None, false, false);
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--list" => list = true,
            "--numbers" => numbers = true,
            _ => folder = Some(PathBuf::from(arg)),
        }
    }
    let folder = load::folder(folder);
    let entries = std::fs::read_dir(&folder).expect("a folder of recordings");
    let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "wav"));
    files.sort();
    let bad = files.iter().filter(|file| !report(file, list, numbers)).count();
    println!("\n{} of {} files as known", files.len() - bad, files.len());
}

/// Prints what was found; whether it is as known.
fn report(file: &Path, list: bool, numbers: bool) -> bool {
    let loaded = load::load(file);
    let (rate, frames) = (loaded.format.rate, loaded.channels[0].len());
    let mut pipeline = Pipeline::new(&loaded.format, &Settings::default()).expect("settings");
    let (mut twitches, mut candidates) = (Vec::new(), Vec::new());
    let mut sink = |event| match event {
        Event::Twitch(f) => twitches.push(f),
        Event::Candidate(f) => candidates.push(f),
        _ => {}
    };
    let samples =
        Array2::from_shape_fn((frames, loaded.channels.len()), |(i, c)| loaded.channels[c][i] as f32);
    pipeline.push(&Block { first: SampleIndex::new(0), frames: samples, marks: Vec::new() }, &mut sink);
    let channels = pipeline.finish(&mut sink);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    println!(
        "\n## {stem}: {:.1} s, {} Hz, {} channel(s)",
        frames as f64 / rate.hz(),
        rate.hz(),
        loaded.channels.len()
    );
    println!("{}", classes(&candidates, &channels));
    let span = |f: &Found| [f.span.start, f.span.end].map(|at| rate.time(at).s());
    for f in if list { &candidates } else { &twitches } {
        let c = &f.candidate;
        println!(
            "  {:8.3} s  {}  {:4.0} ms  {:5.1} dB  {}: {}",
            rate.time(f.span.start).s(),
            loaded.format.channels[f.channel],
            rate.seconds(f.span.len()).ms(),
            c.snr_db,
            c.class.name(),
            c.reason
        );
        if numbers {
            println!("{:?}", c.evidence);
        }
    }
    let efforts: Vec<[f64; 2]> =
        candidates.iter().filter(|f| f.candidate.class.name() == "effort").map(span).collect();
    let wrong = wrong(&stem, &twitches.iter().map(span).collect::<Vec<_>>(), &efforts, &channels);
    match &wrong {
        None => println!("nothing is known of it"),
        Some(all) if all.is_empty() => println!("OK"),
        Some(all) => println!("NOT OK: {}", all.join("; ")),
    }
    wrong.is_none_or(|all| all.is_empty())
}

fn classes(candidates: &[Found], channels: &[ChannelReport]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for f in candidates {
        *counts.entry(f.candidate.class.name()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let beats: Vec<u64> = beats(channels);
    let mains: Vec<&Vec<f64>> = channels.iter().map(|c| &c.mains_hz).collect();
    format!("candidates: {}; beats {beats:?}; mains Hz {mains:.1?}", counts.join(", "))
}

fn beats(channels: &[ChannelReport]) -> Vec<u64> {
    channels.iter().map(|c| c.quality.as_ref().map_or(0, |q| q.beats.count)).collect()
}

/// What is not as known; `None` where nothing is known.
fn wrong(
    stem: &str,
    twitches: &[[f64; 2]],
    efforts: &[[f64; 2]],
    channels: &[ChannelReport],
) -> Option<Vec<String>> {
    let near = |[a, b]: &[f64; 2], at: f64| a - NEAR_S <= at && at <= b + NEAR_S;
    let Some(known) = KNOWN.iter().find(|k| k.stem == stem) else {
        let silent = stem.contains("ecg") || stem.contains("rest");
        let found = format!("{} twitches where there are none", twitches.len());
        return silent.then(|| if twitches.is_empty() { Vec::new() } else { vec![found] });
    };
    let mut all = Vec::new();
    for at in known.twitches {
        match twitches.iter().filter(|t| near(t, *at)).count() {
            1 => {}
            n => all.push(format!("the twitch at {at} s was found {n} times")),
        }
    }
    let expected = known.twitches.iter().chain(known.doubtful);
    for t in twitches.iter().filter(|t| !expected.clone().any(|at| near(t, *at))) {
        all.push(format!("a false twitch at {:.3} s", t[0]));
    }
    for at in known.efforts.unwrap_or_default() {
        if !efforts.iter().any(|e| near(e, *at)) {
            all.push(format!("the effort at {at} s is not reported"));
        }
    }
    if let Some([least, most]) = known.beats {
        let wrong = beats(channels).iter().filter(|n| !(least..=most).contains(*n)).count();
        if wrong > 0 {
            all.push(format!("{wrong} channels do not report {least} to {most} beats"));
        }
    }
    Some(all)
}
