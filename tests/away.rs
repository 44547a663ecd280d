//! A board that is unplugged and plugged in again while it is watched and recorded.
#![cfg(unix)]

mod port;
mod terminal;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::process::{Child, ChildStdout, Command};
use std::time::{Duration, Instant};

use port::{Board, Monitored, command};
use serde_json::Value;
use terminal::Desk;

/// `monitor` that runs, on a socket into which boards are plugged.
struct Watching {
    desk: Desk,
    child: Child,
    out: BufReader<ChildStdout>,
    lines: Vec<String>,
}

impl Watching {
    /// Begins with a board that plays `board`.
    fn begin(board: &str, line: &str) -> (Self, Board) {
        let desk = Desk::new();
        let board = Board::plays(board);
        let socket = desk.path("socket");
        symlink(&board.port, &socket).unwrap();
        let out = desk.path("out");
        let line = format!(
            "monitor --port {} --headless --record {} --no-figures {line}",
            socket.display(),
            out.display()
        );
        let mut child = command(&line).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut watching = Self { desk, child, out, lines: Vec::new() };
        watching.until("format");
        watching.unplug();
        (watching, board)
    }

    /// Reads lines up to one of this type.
    fn until(&mut self, kind: &str) -> Value {
        loop {
            let mut text = String::new();
            assert!(self.out.read_line(&mut text).unwrap() > 0, "no {kind}: {:?}", self.lines);
            self.lines.push(text);
            let line: Value = serde_json::from_str(self.lines.last().unwrap()).unwrap();
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// Nothing is in the socket: who opens it now finds no other test's board.
    fn unplug(&self) {
        let _ = fs::remove_file(self.desk.path("socket"));
    }

    fn plug(&self, board: &str) -> Board {
        let board = Board::plays(board);
        symlink(&board.port, self.desk.path("socket")).unwrap();
        board
    }

    /// Ctrl-C.
    fn stop(mut self) -> (Desk, Monitored) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut text = String::new();
        while self.out.read_line(&mut text).unwrap() > 0 {
            self.lines.push(std::mem::take(&mut text));
        }
        let mut output = self.child.wait_with_output().unwrap();
        output.stdout = self.lines.concat().into_bytes();
        (self.desk, Monitored::of(output))
    }
}

/// The tables of the session are those that `analyze` of its recording gives.
fn live_is_offline(desk: &Desk, stem: &str) {
    desk.run(&format!("analyze out/{stem}.wav --out offline --no-figures")).succeeds();
    for table in ["twitches.tsv", "insertions.tsv", "candidates.tsv"] {
        let [live, offline] = ["out", "offline"].map(|f| desk.read(&format!("{f}/{stem}_{table}")));
        assert!(live == offline, "{stem}: {table} differs");
    }
    let [live, offline] = ["out", "offline"].map(|folder| {
        let bytes = desk.read(&format!("{folder}/{stem}_session.json"));
        serde_json::from_slice::<Value>(&bytes).unwrap()
    });
    for part in ["source", "masked", "channels", "overview", "control"] {
        assert_eq!(live[part], offline[part], "{stem}: {part}");
    }
}

#[test]
fn a_board_that_is_plugged_in_again_goes_on_in_the_same_recording_behind_a_gap() {
    let play = "--as native --play samples/four-channels.wav --speed max";
    let (mut watching, first) =
        Watching::begin(&format!("{play} --unplug 12s"), "--board native --insertion 3..5000,left");
    let gone = watching.until("board_gone");
    first.ended();
    let since = Instant::now();
    std::thread::sleep(Duration::from_millis(1200));
    let second = watching.plug(play);
    let back = watching.until("board_back");
    let away_s = since.elapsed().as_secs_f64();
    watching.unplug();
    second.ended();
    watching.until("board_gone");
    let (desk, live) = watching.stop();
    assert_eq!((live.code, &live.totals()["ended"]), (0, &Value::from("stopped")), "{}", live.err);
    assert!((11.9..12.1).contains(&gone["onset"].as_f64().unwrap()), "{gone}");
    // The port is looked for twice a second, and the board is woken.
    let told_s = back["away"].as_f64().unwrap();
    assert!((away_s - 0.7..away_s + 0.3).contains(&told_s), "{back}, {away_s} s");
    let gap = live.all("gap").find(|gap| gap["duration"] == back["away"]).unwrap();
    assert_eq!(gap["counted"], false);
    let [end, length] = [&gap["sample"], &gap["frames"]].map(|n| n.as_u64().unwrap());
    assert_eq!(back["sample"], end + length);
    // The needle that was in is in.
    let insertions = live.totals()["insertions"].as_array().unwrap();
    assert_eq!((insertions.len(), &insertions[0]["still_in"]), (1, &Value::from(true)));
    let found = |after: bool| {
        let after = |t: &&Value| (t["sample"].as_u64() > back["sample"].as_u64()) == after;
        live.all("twitch").filter(after).count()
    };
    assert!(found(false) > 0 && found(true) > 0);
    assert!(live.err.contains("plug it in again") && live.err.contains("is back on"), "{}", live.err);
    live_is_offline(&desk, "native-001");
}

#[test]
fn every_board_comes_back() {
    for (name, more) in [
        ("native", ""),
        ("spikerbox", ""),
        ("bitalino", ""),
        ("cyton", ""),
        ("chords", ""),
        ("olimex", ""),
        ("ascii", "--rate 1000"),
    ] {
        let play = format!("--as {name} --play samples/four-channels.wav --speed max");
        let line = format!("--board {name} {more}");
        // In the middle of the insertion.
        let (mut watching, first) = Watching::begin(&format!("{play} --unplug 15s"), &line);
        watching.until("board_gone");
        first.ended();
        let second = watching.plug(&play);
        let back = watching.until("board_back");
        watching.unplug();
        second.ended();
        watching.until("board_gone");
        let (desk, live) = watching.stop();
        let end = live.totals()["sample"].as_u64().unwrap();
        let after = end - back["sample"].as_u64().unwrap();
        let before = live.all("board_gone").next().unwrap()["sample"].as_u64().unwrap();
        assert!(after as f64 > 1.5 * before as f64, "{name}: {before}, {after}");
        assert!(!live.warns("not the one"), "{name}: {:?}", live.all("warning").collect::<Vec<_>>());
        if ["bitalino", "olimex", "ascii"].contains(&name) {
            // The switch was closed and is open: the needle came out meanwhile.
            let closed = live.all("insertion_closed").next().unwrap();
            assert_eq!(closed["sample"], back["sample"], "{name}");
        }
        live_is_offline(&desk, &format!("{name}-001"));
    }
}

#[test]
fn of_another_board_nothing_is_taken_and_the_first_one_may_still_come_back() {
    let play = "--as native --play samples/four-channels.wav --speed max";
    let (mut watching, first) = Watching::begin(&format!("{play} --unplug 10s"), "--board native");
    watching.until("board_gone");
    first.ended();
    let other = watching.plug("--as native --play samples/rest.wav --speed max");
    let warning = watching.until("warning");
    let text = warning["text"].as_str().unwrap();
    assert!(text.contains("has 1 channels, not 4") && text.contains("nothing of it was taken"), "{text}");
    // It is looked at again each 5 s, and does not describe itself anew.
    std::thread::sleep(Duration::from_secs(12));
    watching.unplug();
    drop(other);
    let again = watching.plug(play);
    let back = watching.until("board_back");
    // It was away while the other one was there.
    assert!(back["away"].as_f64().unwrap() > 12.0, "{back}");
    watching.unplug();
    again.ended();
    watching.until("board_gone");
    let (desk, live) = watching.stop();
    assert_eq!(live.code, 0, "{}", live.err);
    live_is_offline(&desk, "native-001");
}

#[test]
fn whoever_does_not_wait_or_waits_in_vain_gets_totals_and_a_message() {
    for (wait, least_s, most_s) in [("0s", 0.0, 1.5), ("2s", 1.8, 4.0)] {
        let (mut watching, board) = Watching::begin(
            "--as native --play samples/four-channels.wav --speed max --unplug 10s",
            &format!("--board native --wait {wait}"),
        );
        board.ended();
        let since = Instant::now();
        let totals = watching.until("totals");
        assert!(totals["ended"].as_str().unwrap().contains("unplugged"), "{totals}");
        let took_s = since.elapsed().as_secs_f64();
        assert!((least_s..most_s).contains(&took_s), "{wait}: {took_s} s");
        assert_eq!(watching.child.wait().unwrap().code(), Some(1));
        live_is_offline(&watching.desk, "native-001");
    }
}
