//! A recording in several files, because a WAV ends at 4 GiB: the same as one file in everything.
#![cfg(unix)]

mod port;
mod terminal;

use std::fs;
use std::time::Duration;

use port::{Board, Monitored, command};
use serde_json::Value;
use terminal::Desk;
use twitchscope::block::Block;
use twitchscope::excerpt::{Band, Error, Excerpts};
use twitchscope::report::read_session;
use twitchscope::source::{Flow, Options, Recording, Source};
use twitchscope::units::SampleIndex;

/// A session recorded in parts of 64 KiB: 8 s of this board.
fn record(desk: &Desk, play: &str, line: &str) -> Monitored {
    let out = desk.path("out");
    for _ in 0..10 {
        let board = Board::plays(&format!("--as native --play samples/four-channels.wav --speed max {play}"));
        let line = format!(
            "monitor --port {} --board native --headless --wait 0s --record {} --no-figures {line}",
            board.port,
            out.display()
        );
        let heard = Monitored::of(command(&line).output().unwrap());
        // Numbers of pseudo-terminals come again: that of a test beside this one may still be read.
        if !heard.err.contains("another program is reading this port") {
            return heard;
        }
    }
    panic!("every port is read by another");
}

const IN_PARTS: &str = "--part-size 64KiB";

fn analyzed(desk: &Desk, name: &str) -> Value {
    serde_json::from_str(&desk.run(&format!("analyze out/{name}.wav --json")).succeeds().out).unwrap()
}

/// The samples that the WAV `name` holds by its header.
fn samples(desk: &Desk, name: &str) -> Vec<u8> {
    let wav = desk.read(name);
    let at = wav.windows(4).position(|w| w == b"data").unwrap();
    let stated = u32::from_le_bytes(wav[at + 4..at + 8].try_into().unwrap()) as usize;
    assert_eq!(wav.len(), at + 8 + stated, "{name}");
    assert_eq!(u32::from_le_bytes(wav[4..8].try_into().unwrap()) as usize, wav.len() - 8, "{name}");
    assert!(wav.len() <= 65_536, "{name}");
    wav[at + 8..].to_vec()
}

#[test]
fn a_recording_in_parts_gives_what_was_seen_and_what_one_file_gives() {
    for faults in ["", "--loss 0.01 --seed 3"] {
        let desk = Desk::new();
        record(&desk, faults, IN_PARTS);
        record(&desk, faults, "");
        let names = ["", "_part2", "_part3", "_part4"].map(|part| format!("out/native-001{part}.wav"));
        let data: Vec<u8> = names.iter().flat_map(|name| samples(&desk, name)).collect();
        let whole = desk.read("out/native-002.wav");
        assert!(data == whole[44..], "the samples differ");
        let [parts, one] = ["native-001", "native-002"].map(|name| analyzed(&desk, name));
        assert!(!one["twitches"].as_array().unwrap().is_empty());
        for key in ["twitches", "candidates", "insertions", "masked", "channels", "overview", "control"] {
            assert_eq!(parts[key], one[key], "{faults}: {key}");
        }
        assert!(parts["source"]["format"].as_str().unwrap().contains("4 parts"), "{}", parts["source"]);
        // The session of the monitor is that of the whole.
        let live: Value = serde_json::from_slice(&desk.read("out/native-001_session.json")).unwrap();
        for key in ["source", "twitches", "insertions", "masked"] {
            assert_eq!(live[key], parts[key], "{faults}: {key}");
        }
    }
}

#[test]
fn whoever_goes_back_reads_the_same_again_over_the_ends_of_parts() {
    let desk = Desk::new();
    record(&desk, "", IN_PARTS);
    let mut recording = Recording::open(&desk.path("out/native-001.wav"), &Options::default()).unwrap();
    let mut read = |from: u64| {
        let (mut block, mut all) = (Block::empty(4), Vec::new());
        recording.go_to(SampleIndex::new(from)).unwrap();
        while recording.next(&mut block).unwrap() == Flow::Frames {
            all.extend(block.frames.iter().copied());
        }
        all
    };
    let once = read(0);
    assert!(!once.is_empty() && read(0) == once);
    // From within the second part, and then from the first.
    assert!(read(10_000) == once[4 * 10_000..] && read(100) == once[4 * 100..]);
}

#[test]
fn the_checksum_of_a_recording_covers_its_parts() {
    let desk = Desk::new();
    record(&desk, "", IN_PARTS);
    let before = analyzed(&desk, "native-001")["source"]["sha256"].clone();
    let mut last = desk.read("out/native-001_part4.wav");
    let end = last.len() - 1;
    last[end] ^= 1;
    fs::write(desk.path("out/native-001_part4.wav"), last).unwrap();
    assert_ne!(analyzed(&desk, "native-001")["source"]["sha256"], before);
}

#[test]
fn a_recording_in_parts_is_reviewed_as_one_and_a_part_that_changed_is_seen() {
    let desk = Desk::new();
    record(&desk, "", IN_PARTS);
    record(&desk, "", "");
    let open = |name: &str| {
        let session = read_session(&desk.path(&format!("out/{name}_session.json"))).unwrap();
        Excerpts::open(&desk.path(&format!("out/{name}.wav")), &Options::default(), &session)
    };
    // The second part begins at 8 s.
    let around = |name: &str| open(name).unwrap().read(6.0, 10.0, Band::Detection).unwrap();
    let shown = around("native-001");
    assert!(shown.iter().flatten().all(|x| x.is_finite()) && shown == around("native-002"));
    let mut last = desk.read("out/native-001_part4.wav");
    *last.last_mut().unwrap() ^= 1;
    desk.file("out/native-001_part4.wav", &last);
    assert!(matches!(open("native-001"), Err(Error::Changed { .. })));
}

#[test]
fn in_a_set_a_recording_in_parts_counts_once_and_whole() {
    let desk = Desk::new();
    record(&desk, "", IN_PARTS);
    desk.run("batch out --out results --no-figures").succeeds();
    desk.run("analyze out/native-001.wav --out alone --no-figures").succeeds();
    assert_eq!(desk.names("results/by-recording"), desk.names("alone"));
    for name in desk.names("alone") {
        assert!(desk.read(&format!("results/by-recording/{name}")) == desk.read(&format!("alone/{name}")));
    }
    // A part that changed makes another recording of it, and one that is missing none.
    let mut last = desk.read("out/native-001_part4.wav");
    *last.last_mut().unwrap() ^= 1;
    desk.file("out/native-001_part4.wav", &last);
    let again = desk.run("batch out --out results --no-figures").succeeds().out;
    assert!(again.starts_with("1 recording: 1 analysed\n"), "{again}");
    fs::remove_file(desk.path("out/native-001_part2.wav")).unwrap();
    let failed = desk.run("batch out --out results --no-figures");
    assert_eq!(failed.code, 3);
    assert!(failed.out.contains("part 2 of this recording is missing"), "{}", failed.out);
}

#[test]
fn a_part_that_is_missing_or_named_alone_gets_a_clear_word() {
    let desk = Desk::new();
    record(&desk, "", IN_PARTS);
    let ran = desk.run("analyze out/native-001_part3.wav");
    assert!(ran.code == 1 && ran.err.contains("part 3 of a recording"), "{}", ran.err);
    assert!(ran.err.contains("name out/native-001.wav"), "{}", ran.err);
    for (gone, number) in [("native-001_part4.wav", 4), ("native-001_part2.wav", 2)] {
        let (path, aside) = (desk.path(&format!("out/{gone}")), desk.path("aside"));
        fs::rename(&path, &aside).unwrap();
        let ran = desk.run("analyze out/native-001.wav");
        let words = format!("part {number} of this recording is missing: put out/{gone} beside it");
        assert!(ran.code == 1 && ran.err.contains(&words), "{}", ran.err);
        // Without its sidecar, too, the hole in the middle is seen.
        if number == 2 {
            let sidecar = desk.path("out/native-001_emg.json");
            fs::rename(&sidecar, desk.path("sidecar")).unwrap();
            let ran = desk.run("analyze out/native-001.wav");
            assert!(ran.code == 1 && ran.err.contains(&words), "{}", ran.err);
            fs::rename(desk.path("sidecar"), sidecar).unwrap();
        }
        fs::rename(aside, path).unwrap();
    }
    // Parts of two recordings do not mix.
    fs::copy(desk.path("out/native-001_part4.wav"), desk.path("out/native-001_part3.wav")).unwrap();
    let ran = desk.run("analyze out/native-001.wav");
    assert!(ran.code == 1 && ran.err.contains("part 3 of this recording is missing"), "{}", ran.err);
}

#[test]
fn a_recording_of_someone_else_that_is_only_named_so_is_none_of_its_parts() {
    let desk = Desk::new();
    let own = fs::read(format!("{}/samples/rest.wav", env!("CARGO_MANIFEST_DIR"))).unwrap();
    desk.file("x.wav", &own);
    let alone = desk.run("analyze x.wav --json").succeeds().out;
    desk.file("x_part2.wav", &own);
    assert!(desk.run("analyze x.wav --json").succeeds().out == alone);
    desk.run("analyze x_part2.wav").succeeds();
}

#[test]
fn a_board_that_was_away_for_longer_than_a_part_lasts_leaves_whole_parts() {
    let desk = Desk::new();
    let socket = desk.path("socket");
    let plug = |play: &str| {
        let board = Board::plays(&format!("--as native --play samples/four-channels.wav --speed max {play}"));
        std::os::unix::fs::symlink(&board.port, &socket).unwrap();
        board
    };
    let board = plug("");
    let line = format!(
        "monitor --port {} --board native --headless --record {} --no-figures {IN_PARTS}",
        socket.display(),
        desk.path("out").display()
    );
    let child = command(&line).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    fs::remove_file(&socket).unwrap();
    board.ended();
    // A part lasts 8 s.
    std::thread::sleep(Duration::from_millis(9500));
    let board = plug("");
    std::thread::sleep(Duration::from_millis(2500));
    fs::remove_file(&socket).unwrap();
    board.ended();
    std::thread::sleep(Duration::from_millis(300));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let live = Monitored::of(child.wait_with_output().unwrap());
    let away_s = live.all("board_back").next().unwrap()["away"].as_f64().unwrap();
    assert!(away_s > 9.0, "{away_s}");
    let session = analyzed(&desk, "native-001");
    assert_eq!(session["source"]["frames"], live.totals()["sample"]);
    let told: Vec<&Value> = live.all("twitch").map(|t| &t["onset"]).collect();
    let found: Vec<&Value> = session["twitches"].as_array().unwrap().iter().map(|t| &t["onset"]).collect();
    assert!(!told.is_empty() && told == found, "{told:?} {found:?}");
}

#[test]
fn whoever_is_killed_while_parts_change_leaves_a_recording_that_is_whole() {
    for round in 0..10u64 {
        let desk = Desk::new();
        let board = Board::plays("--as native --play samples/four-channels.wav --speed 16");
        let line = format!(
            "monitor --port {} --board native --headless --record {} {IN_PARTS}",
            board.port,
            desk.path("out").display()
        );
        let lines = fs::File::create(desk.path("lines")).unwrap();
        let mut child = command(&line).stdout(lines).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(600 + 151 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = String::from_utf8(desk.read("lines")).unwrap();
        let times = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let seen = times.filter(|l| l["type"] == "status").filter_map(|l| l["time"].as_f64()).next_back();
        let session = analyzed(&desk, "native-001");
        let recorded = session["source"]["duration_s"].as_f64().unwrap();
        // At 16 times the speed a second of the wall is 16 of the board.
        assert!(recorded > seen.unwrap_or_default() - 16.0, "round {round}: {recorded} s of {seen:?} s");
    }
}
