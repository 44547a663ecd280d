//! `monitor --replay`: a recording that is played gives what `analyze` gives of it.
#![cfg(unix)]

mod port;
mod terminal;

use port::{Monitored, command};
use serde_json::Value;
use terminal::Desk;

fn replay(line: &str) -> Monitored {
    Monitored::of(command(&format!("monitor --headless --replay {line}")).output().unwrap())
}

/// What `analyze` gives of the same.
fn counts(line: &str) -> Vec<(Value, Value, Value, usize)> {
    let ran = Desk::new().run(&format!("analyze {line} --json")).succeeds();
    let session: Value = serde_json::from_str(&ran.out).unwrap();
    let of = |i: &Value| {
        (i["label"].clone(), i["onset"].clone(), i["dwell"].clone(), i["twitches"].as_array().unwrap().len())
    };
    session["insertions"].as_array().unwrap().iter().map(of).collect()
}

#[track_caller]
fn is_the_same(line: &str, more: &str) -> Monitored {
    let played = replay(&format!("{line} {more}"));
    assert_eq!(played.code, 0, "{}", played.err);
    let of = |i: &Value| {
        let twitches = i["twitches"].as_u64().unwrap() as usize;
        (i["label"].clone(), i["onset"].clone(), i["dwell"].clone(), twitches)
    };
    let insertions = played.totals()["insertions"].as_array().unwrap();
    assert_eq!(insertions.iter().map(of).collect::<Vec<_>>(), counts(line), "{line}");
    played
}

#[test]
fn a_recording_that_is_played_gives_the_counts_of_analyze() {
    for name in ["four-insertions", "four-channels", "heart"] {
        let played = is_the_same(&format!("samples/{name}.wav"), "--speed max");
        assert_eq!(played.totals()["ended"], "the end of the recording");
        assert!(played.all("twitch").count() > 0);
    }
    // However it is cut: at this speed it comes in blocks of 20 ms of the wall.
    is_the_same("samples/four-channels.wav", "--speed 60");
    is_the_same(
        "samples/four-channels.wav --insertion 3..9 --channels 2,1 --false-alarms 1/min",
        "--speed max",
    );
}

#[test]
fn needles_within_one_another_keep_their_own_dwell() {
    let played = is_the_same(
        "samples/strokes.wav --insertion 3..50 --insertion 8..20 --insertion 10..30",
        "--speed max",
    );
    let dwells: Vec<f64> = played.totals()["insertions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["dwell"].as_f64().unwrap())
        .collect();
    assert_eq!(dwells, [47.0, 12.0, 20.0]);
    // Those that go in at one moment, too.
    is_the_same(
        "samples/strokes.wav --insertion 8..20,a --insertion 8..40,b --insertion 8..30,c",
        "--speed max",
    );
}

#[test]
fn a_recording_without_marks_is_one_dwell_as_in_analyze() {
    let desk = Desk::new();
    let wav = std::fs::read(format!("{}/samples/heart.wav", env!("CARGO_MANIFEST_DIR"))).unwrap();
    desk.file("bare.wav", &wav);
    let played = is_the_same(&desk.path("bare.wav").display().to_string(), "--speed max");
    assert_eq!(played.totals()["insertions"][0]["label"], "whole recording");
}

#[test]
fn gaps_of_a_recording_are_told_as_they_are_passed() {
    let desk = Desk::new();
    let wav = std::fs::read(format!("{}/samples/rest.wav", env!("CARGO_MANIFEST_DIR"))).unwrap();
    desk.file("gaps.wav", &wav);
    desk.file("gaps_events.tsv", b"onset\tduration\ttrial_type\n10\t0.5\tgap\n20\t2\tgap\n");
    let played = is_the_same(&desk.path("gaps.wav").display().to_string(), "--speed max");
    let gaps: Vec<f64> = played.all("gap").map(|gap| gap["onset"].as_f64().unwrap()).collect();
    assert_eq!(gaps, [10.0, 20.0]);
    assert_eq!(played.totals()["lost"], 2500);
}
