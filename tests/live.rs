//! A virtual board on a pseudo-terminal and `monitor` on its port: the whole way of a live
//! sample, and everything that goes wrong on it.
#![cfg(unix)]

mod port;
mod terminal;

use std::io::{BufRead, BufReader};
use std::process::Command;

use port::{Board, command, monitor, play_and_monitor};
use serde_json::Value;
use terminal::Desk;

fn analyzed(recording: &str) -> Value {
    let ran = Desk::new().run(&format!("analyze {recording} --json")).succeeds();
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn our_board_gives_just_what_the_recording_gives() {
    for name in ["samples/four-channels.wav", "samples/heart.wav"] {
        let session = analyzed(name);
        let live = play_and_monitor(&format!("--as native --play {name} --speed max"), "--board native");
        let twitches: Vec<&Value> = live.all("twitch").collect();
        let expected = session["twitches"].as_array().unwrap();
        assert!(!expected.is_empty() && twitches.len() == expected.len(), "{name}: {}", live.totals());
        for (live, offline) in twitches.into_iter().zip(expected) {
            for key in ["onset", "duration", "dwell", "order", "discharges"] {
                assert_eq!(live[key], offline[key], "{name}, {key}");
            }
            assert_eq!(live["insertion"].as_u64(), offline["insertion"].as_u64().map(|n| n + 1), "{name}");
            // The wire tells the scale in whole picovolts, here to 1 part in 6000.
            let [a, b] = [live, offline].map(|t| t["peak_uv"].as_f64().unwrap());
            assert!((a / b - 1.0).abs() < 2e-4, "{name}: {a} µV, {b} µV");
        }
        let candidates = session["candidates"].as_array().unwrap();
        assert_eq!(live.all("candidate").count(), candidates.len(), "{name}");
        // How late events were told is measured, and is no part of what a session says.
        let latency = &live.totals()["latency_ms"];
        let told = live.all("candidate").count() + live.all("twitch").count();
        let [events, p50, p99, max] =
            ["events", "p50", "p99", "max"].map(|key| latency[key].as_f64().unwrap());
        assert!(0.0 < p50 && p50 <= p99 && p99 <= max, "{latency}");
        // What is told at the end of the board waits for nothing.
        assert!(events > 0.0 && events <= told as f64, "{latency}, {told}");
        let totals = live.totals();
        assert_eq!(totals["frames"], session["source"]["frames"], "{name}");
        assert_eq!((&totals["lost"], &totals["skipped_bytes"]), (&Value::from(0), &Value::from(0)), "{name}");
    }
}

#[test]
fn every_board_gives_the_twitches_of_the_recording_as_far_as_its_rate_and_bits_allow() {
    let session = analyzed("samples/heart.wav");
    let expected: Vec<f64> =
        session["twitches"].as_array().unwrap().iter().map(|t| t["onset"].as_f64().unwrap()).collect();
    for (name, more) in [
        ("spikerbox", ""),
        ("cyton", ""),
        ("bitalino", ""),
        ("chords", ""),
        ("olimex", ""),
        ("ascii", "--rate 1000"),
    ] {
        let play = format!("--as {name} --play samples/heart.wav --speed max");
        let live = play_and_monitor(&play, &format!("--board {name} {more}"));
        let found: Vec<f64> = live.all("twitch").map(|t| t["onset"].as_f64().unwrap()).collect();
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        let slow = ["cyton", "chords", "olimex"].contains(&name);
        // A slow board has only the low end of a twitch, which rises more gently.
        let tolerance_s = if slow { 0.04 } else { 0.01 };
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < tolerance_s, "{name}: {found} s, {expected} s");
        }
        let totals = live.totals();
        assert_eq!(totals["lost"], 0, "{name}");
        assert_eq!(live.warns("samples a second carry nothing above"), slow, "{name}");
        // A switch or an event of the board marks the needle.
        let marked = !["cyton", "chords"].contains(&name);
        assert_eq!(live.all("insertion_closed").count(), usize::from(marked), "{name}");
        assert_eq!(live.warns("no needle was marked"), !marked, "{name}");
    }
}

#[test]
fn the_lines_come_in_order_and_each_second_has_its_status() {
    let live = play_and_monitor("--as native --play samples/rest.wav --speed max", "--board native");
    let kinds: Vec<&str> = live.lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["hello", "format"]);
    assert_eq!(kinds.last(), Some(&"totals"));
    let format = &live.lines[1];
    assert_eq!((&format["rate_hz"], &format["unit"]), (&Value::from(1000.0), &Value::from("uV")));
    let times: Vec<f64> = live.all("status").map(|s| s["time"].as_f64().unwrap()).collect();
    assert!((58..=60).contains(&times.len()), "{times:?}");
    assert!(times.is_sorted());
}

#[test]
fn samples_that_are_lost_are_gaps_and_no_others_come() {
    for name in ["native", "cyton", "chords"] {
        let board =
            Board::plays(&format!("--as {name} --play samples/rest.wav --speed max --loss 0.01 --seed 4"));
        let live = monitor(&board.port, &format!("--board {name}"));
        let said = board.ended();
        let totals = live.totals();
        let (frames, lost) = (totals["frames"].as_u64().unwrap(), totals["lost"].as_u64().unwrap());
        let gaps: u64 = live.all("gap").map(|gap| gap["frames"].as_u64().unwrap()).sum();
        assert_eq!(gaps, lost, "{name}");
        assert!(live.all("gap").all(|gap| gap["counted"] == true), "{name}");
        let words: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let (sent, dropped) = (words[words.len() - 2], words[words.len() - 1]);
        assert!(dropped > 100, "{name}: {said}");
        // What was lost after the last sample that came nobody can tell.
        assert!(sent - (frames + lost) < 20, "{name}: {said} {totals}");
        // A board without a check costs a good frame more at each gap.
        let most = if name == "native" { dropped } else { 2 * dropped };
        assert!((dropped.saturating_sub(20)..=most).contains(&lost), "{name}: {lost} {said}");
    }
}

#[test]
fn a_line_that_damages_bytes_costs_frames_and_invents_none() {
    let play =
        "--as native --play samples/rest.wav --speed max --flip 1e-4 --drop 1e-4 --insert 1e-4 --hole 2e-5";
    let live = play_and_monitor(play, "--board native");
    let totals = live.totals();
    let (frames, lost) = (totals["frames"].as_u64().unwrap(), totals["lost"].as_u64().unwrap());
    assert!(lost > 0 && totals["skipped_bytes"].as_u64().unwrap() > 0, "{totals}");
    assert!(frames + lost <= 60_000 && frames + lost > 59_900, "{totals}");
}

#[test]
fn a_cable_that_is_pulled_ends_with_totals_and_a_message() {
    let live =
        play_and_monitor("--as native --play samples/rest.wav --speed max --unplug 20s", "--board native");
    assert_eq!(live.code, 1);
    assert!(live.err.contains("unplugged or switched off"), "{}", live.err);
    assert!(live.totals()["ended"].as_str().unwrap().contains("unplugged"));
    let time = live.totals()["time"].as_f64().unwrap();
    assert!((19.9..=20.1).contains(&time), "{time}");
}

#[test]
fn a_board_that_starts_again_is_started_again_and_the_gap_is_told() {
    for name in ["native", "cyton"] {
        let play = format!("--as {name} --play samples/rest.wav --speed max --reset 20s");
        let live = play_and_monitor(&play, &format!("--board {name}"));
        let totals = live.totals();
        let frames = totals["frames"].as_u64().unwrap();
        let all = if name == "native" { 60_000 } else { 15_000 };
        assert!(frames > all - 200, "{name}: {totals}");
        assert!(live.all("gap").count() > 0, "{name}: {totals}");
        let said = if name == "native" { "started again" } else { "nothing has come from the board" };
        assert!(live.warns(said), "{name}: {:?}", live.all("warning").collect::<Vec<_>>());
    }
}

#[test]
fn two_programs_cannot_read_one_port_and_ctrl_c_ends_with_totals() {
    let board = Board::plays("--as native --play samples/rest.wav --speed 20");
    let line = format!("monitor --port {} --board native --headless", board.port);
    let mut first = command(&line).spawn().unwrap();
    let mut out = BufReader::new(first.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("\"status\"") {
        assert!(out.read_line(&mut text).unwrap() > 0, "{text}");
    }
    let second = monitor(&board.port, "--board native");
    assert_eq!((second.code, second.lines.len()), (1, 0));
    assert!(second.err.contains("another program is reading this port"), "{}", second.err);
    let killed = Command::new("kill").args(["-INT", &first.id().to_string()]).status().unwrap();
    assert!(killed.success());
    std::io::Read::read_to_string(&mut out, &mut text).unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(0));
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["ended"]), (&Value::from("totals"), &Value::from("stopped")));
}

#[test]
fn the_wrong_board_the_wrong_speed_and_no_board_are_told_apart() {
    let play = "--as spikerbox --play samples/rest.wav --speed max";
    let live = play_and_monitor(play, "--board olimex");
    assert_eq!((live.code, live.lines.len()), (1, 0));
    assert!(live.err.contains("--board spikerbox"), "{}", live.err);
    let live = play_and_monitor(&format!("{play} --wrong-baud"), "--board spikerbox");
    assert!(live.err.contains("the speed is wrong") && live.err.contains("--baud"), "{}", live.err);
    for (port, words) in [
        ("/dev/there-is-no-such-port", "there is no such port"),
        ("/dev/null", "this is no serial port"),
        ("/tmp", "this is no serial port"),
    ] {
        let live = monitor(port, "--board ascii");
        assert_eq!((live.code, live.lines.len()), (1, 0));
        assert!(live.err.contains(words), "{port}: {}", live.err);
    }
}

#[test]
fn the_board_that_is_heard_is_the_one_that_plays() {
    for name in ["native", "spikerbox", "olimex", "ascii"] {
        let play = format!("--as {name} --play samples/rest.wav --speed max");
        let live = play_and_monitor(&play, "--rate 1000");
        assert!(!live.lines.is_empty(), "{name}: {}", live.err);
        assert_eq!(live.lines[0]["board"], name, "{}", live.err);
        assert!(live.totals()["frames"].as_u64().unwrap() > 14_000, "{name}");
    }
}

#[test]
fn bytes_that_make_no_sense_at_any_speed_are_told_after_all_were_tried() {
    let board = Board::plays("--as spikerbox --play samples/rest.wav --wrong-baud");
    let live = monitor(&board.port, "");
    assert_eq!((live.code, live.lines.len()), (1, 0));
    assert!(live.err.contains("make no sense at any speed"), "{}", live.err);
}

#[test]
fn what_a_person_says_about_the_signal_is_followed() {
    let play = "--as spikerbox --play samples/four-channels.wav --speed max";
    let more = "--board spikerbox --lsb 0.5uV --channels 2,1 --insertion 5..20,left";
    let live = play_and_monitor(play, more);
    let format = &live.lines[1];
    assert_eq!(format["channels"], serde_json::json!(["EMG2", "EMG1"]));
    assert_eq!((&format["unit"], &format["uv_per_count"]), (&Value::from("uV"), &Value::from(0.5)));
    let insertions = live.totals()["insertions"].as_array().unwrap().clone();
    assert_eq!(insertions.len(), 1);
    assert_eq!(
        (&insertions[0]["label"], &insertions[0]["still_in"]),
        (&Value::from("left"), &Value::from(false))
    );
    assert!((insertions[0]["dwell"].as_f64().unwrap() - 15.0).abs() < 1e-3);
    let live = play_and_monitor(play, "--board spikerbox --channels 9");
    assert!(live.err.contains("no channel 9"), "{}", live.err);
}
