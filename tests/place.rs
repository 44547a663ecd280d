//! The folder of a recording is moved, deleted or replaced in the middle of a session.
#![cfg(unix)]

mod port;
mod terminal;

use std::fs;
use std::path::Path;
use std::time::Duration;

use port::{Board, Monitored, command};
use serde_json::Value;
use terminal::Desk;

/// A session until its board is over, in the middle of which `happens`.
fn session(desk: &Desk, part_size: &str, happens: impl FnOnce(&Path)) -> Monitored {
    let board = Board::plays("--as native --play samples/four-channels.wav --speed 4");
    let out = desk.path("out");
    let line = format!(
        "monitor --port {} --board native --headless --wait 0s --no-figures --raw --part-size {part_size} --record {}",
        board.port,
        out.display()
    );
    let child = command(&line).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(3200));
    happens(&out);
    Monitored::of(child.wait_with_output().unwrap())
}

fn pause() {
    std::thread::sleep(Duration::from_millis(1500));
}

/// Nothing of the session is missing, and its trouble was told with these words.
fn all_is_there(desk: &Desk, live: &Monitored, words: &[&str]) {
    let told: Vec<&str> = live.all("recording_trouble").map(|l| l["text"].as_str().unwrap()).collect();
    assert_eq!(told.len(), words.len(), "{told:?}");
    for (text, words) in told.iter().zip(words) {
        assert!(text.contains(words) && live.err.contains(text), "{text}");
    }
    desk.run("analyze out/native-001.wav --out offline --no-figures").succeeds();
    for table in ["twitches.tsv", "insertions.tsv", "candidates.tsv"] {
        let [live, offline] = ["out", "offline"].map(|f| desk.read(&format!("{f}/native-001_{table}")));
        assert!(live == offline, "{table} differs");
    }
    let session: Value = serde_json::from_slice(&desk.read("offline/native-001_session.json")).unwrap();
    assert_eq!(session["source"]["frames"], live.totals()["frames"]);
    assert!(!session["twitches"].as_array().unwrap().is_empty());
    assert_eq!(desk.read("out/native-001_raw.bin").len() as u64, live.totals()["bytes"].as_u64().unwrap());
}

const NOT_SAFE: &str = "the recording is no longer in";
const AGAIN: &str = "again, with all that was recorded";
/// Parts of 10 s, and one file.
const PARTS: &str = "80KiB";
const ONE: &str = "1MiB";

#[test]
fn a_folder_that_is_deleted_and_made_again_has_the_whole_recording() {
    let desk = Desk::new();
    let live = session(&desk, PARTS, |out| {
        fs::remove_dir_all(out).unwrap();
        pause();
        fs::create_dir(out).unwrap();
    });
    all_is_there(&desk, &live, &[NOT_SAFE, AGAIN]);
}

#[test]
fn a_folder_that_is_moved_away_and_back_keeps_the_recording() {
    let desk = Desk::new();
    let aside = desk.path("aside");
    let live = session(&desk, PARTS, |out| {
        fs::rename(out, &aside).unwrap();
        pause();
        fs::rename(&aside, out).unwrap();
    });
    all_is_there(&desk, &live, &[NOT_SAFE, AGAIN]);
}

#[test]
fn a_folder_that_stays_away_is_made_again_at_the_end() {
    let desk = Desk::new();
    let live = session(&desk, ONE, |out| fs::remove_dir_all(out).unwrap());
    all_is_there(&desk, &live, &[NOT_SAFE, AGAIN]);
}

#[test]
fn a_part_for_which_there_is_no_folder_is_told_as_lost_and_the_parts_before_it_are_kept() {
    let desk = Desk::new();
    let live = session(&desk, PARTS, |out| fs::remove_dir_all(out).unwrap());
    let lost = live.all("recording_trouble").last().unwrap()["text"].as_str().unwrap();
    assert!(lost.contains("what came after 20.") && lost.contains("is lost"), "{lost}");
    let session: Value =
        serde_json::from_str(&desk.run("analyze out/native-001.wav --json").succeeds().out).unwrap();
    assert!((20.0..21.0).contains(&session["source"]["duration_s"].as_f64().unwrap()));
}

#[test]
fn a_disk_that_comes_back_as_it_was_is_written_on() {
    let desk = Desk::new();
    let aside = desk.path("aside");
    let live = session(&desk, PARTS, |out| {
        // As it was at this instant, in other files.
        fs::create_dir(&aside).unwrap();
        for name in desk.names("out") {
            fs::copy(out.join(&name), aside.join(&name)).unwrap();
        }
        pause();
        fs::remove_dir_all(out).unwrap();
        fs::rename(&aside, out).unwrap();
    });
    all_is_there(&desk, &live, &[NOT_SAFE, AGAIN]);
}

#[test]
fn a_file_of_someone_else_is_not_written_over() {
    let desk = Desk::new();
    let live = session(&desk, PARTS, |out| {
        fs::remove_dir_all(out).unwrap();
        fs::create_dir(out).unwrap();
        fs::write(out.join("native-001.wav"), b"something else").unwrap();
    });
    assert_eq!(desk.read("out/native-001.wav"), b"something else");
    assert!(live.err.contains(NOT_SAFE) && live.err.contains("cannot be put back"), "{}", live.err);
}
