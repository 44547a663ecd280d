//! The view as a person uses it: keys on a terminal become marks of the session and of its
//! recording, whatever the terminal does.
#![cfg(unix)]

mod port;
mod pty;
mod terminal;

use std::fs;

use port::{Board, command};
use pty::Person;
use serde_json::Value;
use terminal::Desk;

/// The rows of the file of marks: its text, and each row's kind with its label.
fn rows(desk: &Desk) -> Vec<(String, String)> {
    let text = fs::read_to_string(desk.path("out/native-001_events.tsv")).unwrap_or_default();
    let row = |line: &str| {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        (fields[2].clone(), fields[3].clone())
    };
    text.lines().skip(1).map(row).collect()
}

fn has(desk: &Desk, kind: &str, label: &str) -> bool {
    rows(desk).iter().any(|row| row.0 == kind && row.1 == label)
}

/// A session of a board that plays `play`, recorded to `out` of the desk.
fn session(desk: &Desk, play: &str, more: &str, looks: bool) -> (Board, Person) {
    let board = Board::plays(&format!("--as native --play {play}"));
    let out = desk.path("out");
    let line = format!(
        "monitor --port {} --board native --record {} --no-figures --wait 0s {more}",
        board.port,
        out.display()
    );
    let person = Person::runs(command(&line), (80, 24), looks);
    (board, person)
}

/// What was seen live is what `analyze` gives of the recording.
fn offline_is_the_same(desk: &Desk) -> Value {
    desk.run("analyze out/native-001.wav --out offline --no-figures").succeeds();
    for table in ["twitches.tsv", "insertions.tsv", "candidates.tsv"] {
        let [live, offline] = ["out", "offline"].map(|f| desk.read(&format!("{f}/native-001_{table}")));
        assert!(live == offline, "{table} differs");
    }
    let [live, offline] = ["out", "offline"].map(|folder| -> Value {
        serde_json::from_slice(&desk.read(&format!("{folder}/native-001_session.json"))).unwrap()
    });
    for part in ["insertions", "twitches", "notes", "control", "marked"] {
        assert_eq!(live[part], offline[part], "{part}");
    }
    offline
}

#[test]
fn keys_are_marks_of_the_session_and_of_its_recording_and_undo_takes_them_back() {
    let desk = Desk::new();
    let (_board, mut person) = session(&desk, "samples/strokes.wav --speed 4", "--sites left,right", true);
    person.waits_for("the picture", || person.seen().contains("NEEDLE"));
    // Out before in is left aside, and told.
    person.types("o");
    person.waits_for("a needle out without one in", || has(&desk, "left_aside", "n/a"));
    person.types("si");
    person.waits_for("the needle in", || has(&desk, "needle_in", "left"));
    person.types("nquiet so far\r");
    person.waits_for("the note", || has(&desk, "note", "quiet so far"));
    // A second needle, which was a mistake.
    person.types("s");
    std::thread::sleep(std::time::Duration::from_millis(900));
    person.types("i");
    person.waits_for("the second needle", || has(&desk, "needle_in", "right"));
    person.types("u");
    person.waits_for("undo", || has(&desk, "undone_needle_in", "right"));
    assert!(!has(&desk, "needle_in", "right"));
    std::thread::sleep(std::time::Duration::from_millis(900));
    person.types("o");
    person.waits_for("the needle out", || has(&desk, "needle_out", "n/a"));
    person.waits_for("twitches", || person.seen().contains("▼"));
    person.types("q");
    person.waits_for("the question", || person.seen().contains("session?"));
    person.types("q");
    let (status, said, seen) = person.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("insertion") && said.contains("files named native-001"), "{said}");
    // The terminal is given back: the other screen is left, and the cursor shown.
    assert!(seen.contains("\u{1b}[?1049l") && seen.contains("\u{1b}[?25h"));
    let session = offline_is_the_same(&desk);
    let insertions = session["insertions"].as_array().unwrap();
    // That of the board's own switch in the recording is there, too.
    assert!(insertions.iter().any(|i| i["label"] == "left" && i["still_in"] == false), "{insertions:?}");
    assert_eq!(session["notes"][0]["text"], "quiet so far");
}

#[test]
fn a_view_that_is_stuck_costs_no_sample_and_its_session_is_written() {
    let desk = Desk::new();
    let (board, person) = session(&desk, "samples/four-channels.wav --speed 4", "", false);
    let said = board.ended();
    let sent: u64 = said.split("; of ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let session = desk.path("out/native-001_session.json");
    person.waits_for("the session", || session.exists());
    let session: Value = serde_json::from_slice(&fs::read(session).unwrap()).unwrap();
    assert_eq!(session["source"]["frames"].as_u64().unwrap(), sent, "{said}");
    drop(person);
    let offline = offline_is_the_same(&desk);
    assert!(!offline["twitches"].as_array().unwrap().is_empty());
}

#[test]
fn sigterm_ends_with_everything_written_and_the_terminal_as_it_was() {
    let desk = Desk::new();
    let (_board, person) = session(&desk, "samples/heart.wav --speed 4", "", true);
    person.waits_for("the picture", || person.seen().contains("RECORDING"));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let killed = std::process::Command::new("kill").args(["-TERM", &person.child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let (status, said, seen) = person.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("files named native-001"), "{said}");
    assert!(seen.contains("\u{1b}[?1049l"));
    offline_is_the_same(&desk);
}

#[test]
fn a_window_that_is_closed_ends_the_session_with_everything_written() {
    let desk = Desk::new();
    let (_board, mut person) = session(&desk, "samples/heart.wav --speed 4", "", true);
    person.waits_for("the picture", || person.seen().contains("RECORDING"));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    person.closes_the_window("");
    let (status, said, _) = person.ended();
    assert!(status.success() && said.contains("files named native-001"), "{said}");
    offline_is_the_same(&desk);
}

#[test]
fn a_foot_switch_that_bounces_is_one_step_of_the_foot() {
    let desk = Desk::new();
    let wav = fs::read(format!("{}/samples/strokes.wav", env!("CARGO_MANIFEST_DIR"))).unwrap();
    desk.file("bounce.wav", &wav);
    let rows = "onset\tduration\ttrial_type\n5\t0\tneedle_in\n5.006\t0\tneedle_out\n5.02\t0\tneedle_in\n\
                20\t0\tneedle_out\n20.01\t0\tneedle_in\n20.03\t0\tneedle_out\n";
    desk.file("bounce_events.tsv", rows.as_bytes());
    let play = format!("--as native --play {} --speed max", desk.path("bounce.wav").display());
    let board = Board::plays(&play);
    let line = format!(
        "monitor --port {} --board native --headless --wait 0s --no-figures --record {}",
        board.port,
        desk.path("out").display()
    );
    let live = port::Monitored::of(command(&line).output().unwrap());
    let insertions = live.totals()["insertions"].as_array().unwrap();
    assert_eq!(insertions.len(), 1, "{insertions:?}");
    assert_eq!((&insertions[0]["onset"], &insertions[0]["dwell"]), (&Value::from(5.0), &Value::from(15.0)));
    assert!(live.warns("bounced"));
    // Nothing is lost: the bounces have their rows.
    assert_eq!(
        fs::read_to_string(desk.path("out/native-001_events.tsv")).unwrap().matches("bounce").count(),
        4
    );
    offline_is_the_same(&desk);
}

#[test]
fn without_a_terminal_the_port_is_left_alone_and_headless_is_named() {
    let desk = Desk::new();
    desk.refuses("monitor --port /dev/there-is-no-such-port", 1, "--headless");
    desk.refuses("monitor --replay samples/rest.wav", 1, "--headless");
    desk.refuses("monitor", 2, "--port");
    desk.refuses("monitor --replay samples/rest.wav --record out --headless", 2, "--record");
}
