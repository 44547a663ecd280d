//! `monitor --record`: what is on the disk, whatever happens, and that it gives what was seen.
#![cfg(unix)]

mod port;
mod terminal;

use std::fs;
use std::path::Path;
use std::time::Duration;

use port::{Board, Monitored, command};
use serde_json::Value;
use terminal::Desk;

/// A session of `board`, recorded into the folder `out` of the desk.
fn record(desk: &Desk, board: &str, line: &str) -> Monitored {
    let board = Board::plays(board);
    let out = desk.path("out");
    let line = format!(
        "monitor --port {} --headless --wait 0s --record {} --no-figures {line}",
        board.port,
        out.display()
    );
    Monitored::of(command(&line).output().unwrap())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_was_seen_live_is_what_the_recording_gives() {
    for (name, more, faults) in [
        ("native", "", "--loss 0.002"),
        ("native", "--channels 2,1", "--flip 1e-5 --hole 1e-6"),
        ("cyton", "--insertion 3..20,left", "--loss 0.01"),
        ("spikerbox", "", ""),
        ("bitalino", "", "--loss 0.005"),
        ("chords", "", "--drop 1e-4"),
        ("ascii", "--rate 1000", ""),
        ("ascii", "--rate 1000 --lsb 0.5uV", ""),
    ] {
        let desk = Desk::new();
        let play = format!("--as {name} --play samples/four-channels.wav --speed max --seed 5 {faults}");
        let live = record(&desk, &play, &format!("--board {name} {more}"));
        let stem = format!("{name}-001");
        desk.run(&format!("analyze out/{stem}.wav --out offline --no-figures")).succeeds();
        for table in ["twitches.tsv", "insertions.tsv", "candidates.tsv"] {
            let [live, offline] = ["out", "offline"].map(|f| desk.read(&format!("{f}/{stem}_{table}")));
            assert!(live == offline, "{name} {more} {faults}: {table} differs");
        }
        let session = json(&desk.path(&format!("offline/{stem}_session.json")));
        let told: Vec<&Value> = live.all("twitch").map(|t| &t["onset"]).collect();
        let found: Vec<&Value> =
            session["twitches"].as_array().unwrap().iter().map(|t| &t["onset"]).collect();
        assert!(!told.is_empty() && told == found, "{name}: {told:?} {found:?}");
        let live = json(&desk.path(&format!("out/{stem}_session.json")));
        for part in ["source", "masked", "channels", "overview", "control"] {
            assert_eq!(live[part], session[part], "{name} {more} {faults}: {part}");
        }
    }
}

#[test]
fn the_samples_are_the_boards_own_counts_and_another_session_takes_another_name() {
    let desk = Desk::new();
    let play = "--as native --play samples/four-channels.wav --speed max";
    let first = record(&desk, play, "--board native --raw");
    assert!(first.err.contains("unplugged"), "{}", first.err);
    let own = fs::read(format!("{}/samples/four-channels.wav", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let recorded = desk.read("out/native-001.wav");
    let data = |wav: &[u8]| {
        let at = wav.windows(4).position(|w| w == b"data").unwrap();
        wav[at + 8..].to_vec()
    };
    let whole = first.totals()["frames"].as_u64().unwrap() as usize * 4 * 2;
    assert_eq!(data(&recorded).len(), whole);
    assert!(data(&own).starts_with(&data(&recorded)));
    assert_eq!(desk.read("out/native-001_raw.bin").len() as u64, first.totals()["bytes"].as_u64().unwrap());
    record(&desk, play, "--board native");
    assert!(desk.read("out/native-002.wav") == recorded);
    assert!(desk.read("out/native-001.wav") == recorded);
}

#[test]
fn whoever_is_killed_leaves_all_but_the_last_second_and_every_older_mark() {
    for round in 0..12u64 {
        let desk = Desk::new();
        // Real time, with a needle that goes in and out.
        let board = Board::plays("--as native --play samples/strokes.wav --speed 4 --loss 0.01");
        let out = desk.path("out");
        let line = format!(
            "monitor --port {} --board native --headless --record {} --insertion 0.5..1.5 --insertion 2..3 --insertion 4..50",
            board.port,
            out.display()
        );
        let lines = fs::File::create(desk.path("lines")).unwrap();
        let mut child = command(&line).stdout(lines).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1500 + 137 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = String::from_utf8(desk.read("lines")).unwrap();
        let seen: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let last =
            seen.iter().filter(|l| l["type"] == "status").filter_map(|l| l["time"].as_f64()).next_back();
        let last = last.unwrap_or_else(|| panic!("{text}"));
        // At four times the speed a second of the wall is four of the board.
        let wav = desk.read("out/native-001.wav");
        let stated = u32::from_le_bytes(wav[40..44].try_into().unwrap()) as usize;
        assert!(wav.len() >= 44 + stated, "round {round}");
        // Any other program believes the header.
        let byte_rate = u32::from_le_bytes(wav[28..32].try_into().unwrap());
        let opens_s = stated as f64 / f64::from(byte_rate);
        assert!(opens_s > last - 4.0, "round {round}: {opens_s} s of {last} s");
        let session: Value =
            serde_json::from_str(&desk.run("analyze out/native-001.wav --json").succeeds().out).unwrap();
        let recorded = session["source"]["duration_s"].as_f64().unwrap();
        assert!(recorded > last - 4.0, "round {round}: {recorded} s of {last} s");
        let events = String::from_utf8(desk.read("out/native-001_events.tsv")).unwrap();
        for told in seen.iter().filter(|l| l["type"].as_str().unwrap_or_default().starts_with("insertion_")) {
            let onset = told["onset"].as_f64().unwrap();
            assert!(
                onset > last - 4.0 || events.contains(&format!("{onset:.6}\t0\tneedle_")),
                "round {round}: {events}"
            );
        }
    }
}

#[test]
fn ctrl_c_and_sigterm_end_with_everything_written() {
    for signal in ["-INT", "-TERM"] {
        let desk = Desk::new();
        let board = Board::plays("--as native --play samples/heart.wav --speed 10");
        let line = format!(
            "monitor --port {} --board native --headless --record {}",
            board.port,
            desk.path("out").display()
        );
        let child = command(&line).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(3000));
        let killed =
            std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let live = Monitored::of(child.wait_with_output().unwrap());
        assert_eq!((live.code, &live.totals()["ended"]), (0, &Value::from("stopped")), "{}", live.err);
        let names = desk.names("out");
        for ending in [
            ".wav",
            "_candidates.tsv",
            "_dwell.png",
            "_dwell.svg",
            "_emg.json",
            "_events.tsv",
            "_insertions.tsv",
            "_report.html",
            "_session.json",
            "_trace.png",
            "_trace.svg",
            "_twitches.tsv",
        ] {
            assert!(names.contains(&format!("native-001{ending}")), "{signal}: {names:?}");
        }
        assert_eq!(names.len(), 22, "{names:?}");
    }
}

#[test]
fn a_session_of_which_nobody_hears_a_word_is_recorded_and_written() {
    let desk = Desk::new();
    let board = Board::plays("--as native --play samples/four-channels.wav --speed max");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let line = format!(
        "monitor --port {} --board native --headless --wait 0s --no-figures --record {}",
        board.port,
        desk.path("out").display()
    );
    let ended = command(&line).stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
    assert_eq!(ended.code(), Some(1), "the board was unplugged");
    desk.run("analyze out/native-001.wav --out again --no-figures").succeeds();
    let [live, again] = ["out", "again"].map(|f| json(&desk.path(&format!("{f}/native-001_session.json"))));
    assert!(!live["twitches"].as_array().unwrap().is_empty() && live["twitches"] == again["twitches"]);
}

#[test]
fn a_folder_that_cannot_be_recorded_to_is_refused_before_anything_is_heard() {
    let desk = Desk::new();
    desk.file("out", b"no folder");
    let live = record(&desk, "--as native --play samples/rest.wav --speed max", "--board native");
    assert_eq!((live.code, live.lines.len()), (1, 0));
    assert!(live.err.contains("--record"), "{}", live.err);
}

#[test]
fn a_disk_that_takes_no_more_is_told_and_the_session_goes_on() {
    let desk = Desk::new();
    let board = Board::plays("--as native --play samples/rest.wav --speed 20");
    // No file may grow beyond 32 KiB: 16 s of this board.
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec {} monitor --port {} --board native --headless --wait 0s --no-figures --record {}",
        env!("CARGO_BIN_EXE_twitchscope"),
        board.port,
        desk.path("out").display()
    );
    let live = Monitored::of(std::process::Command::new("sh").args(["-c", &script]).output().unwrap());
    let told: Vec<&str> = live.all("recording_trouble").map(|l| l["text"].as_str().unwrap()).collect();
    assert!(
        told.iter().any(|text| text.contains("NOT RECORDED: from 16.") && text.contains("cannot be written"))
    );
    assert!(told.iter().any(|text| text.contains("is lost from the recording")), "{told:?}");
    assert!(live.err.contains("NOT RECORDED"), "{}", live.err);
    assert!(live.totals()["frames"].as_u64().unwrap() > 59_000, "{}", live.totals());
    let session: Value =
        serde_json::from_str(&desk.run("analyze out/native-001.wav --json").succeeds().out).unwrap();
    assert!((15.9..16.4).contains(&session["source"]["duration_s"].as_f64().unwrap()));
}
