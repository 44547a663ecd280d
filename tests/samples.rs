//! The samples are what `samples/make` makes, and hold what `samples/README.md` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use twitchscope::analysis::analyze;
use twitchscope::evaluate::{Event, Tally, read};
use twitchscope::session::Session;
use twitchscope::settings::Settings;
use twitchscope::source::{Options, Recording, sha256};

/// Most time between a found and a true twitch, s.
const TOLERANCE: f64 = 0.02;
/// Twitches that may be found where nothing is there.
const MOST_AT_REST: usize = 1;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// A row of the table in the samples' README.
struct Row {
    name: String,
    insertions: usize,
    twitches: usize,
    recall: Option<f64>,
    precision: Option<f64>,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(samples().join("README.md")).unwrap();
    let rows: Vec<Row> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            Row {
                name: cells[0].trim_matches('`').to_owned(),
                insertions: cells[2].parse().unwrap(),
                twitches: cells[3].parse().unwrap(),
                recall: cells[4].parse().ok(),
                precision: cells[5].parse().ok(),
            }
        })
        .collect();
    assert!(rows.len() >= 7, "the table has {} rows", rows.len());
    rows
}

/// The names in a folder, with what the files hold, but for what is no recording.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e != "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn the_samples_are_what_their_script_makes() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("bash")
        .arg(samples().join("make"))
        .arg(folder.path())
        .env("TWITCHSCOPE", env!("CARGO_BIN_EXE_twitchscope"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (kept, made) = (files(&samples()), files(folder.path()));
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&kept), names(&made));
    for ((name, kept), (_, made)) in kept.iter().zip(&made) {
        assert!(kept == made, "{name} is not what samples/make makes");
    }
}

#[test]
fn every_sample_has_a_row_and_every_row_a_sample() {
    let mut named: Vec<String> = rows().into_iter().map(|row| row.name).collect();
    named.sort();
    let there: Vec<String> = files(&samples())
        .iter()
        .filter_map(|(name, _)| name.strip_suffix(".wav").map(str::to_owned))
        .collect();
    assert_eq!(named, there);
}

#[test]
fn the_samples_are_small() {
    let all: usize = files(&samples()).iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(all < 2_000_000, "{all} bytes");
}

fn analysed(name: &str) -> Session {
    let path = samples().join(format!("{name}.wav"));
    let mut recording = Recording::open(&path, &Options::default()).unwrap();
    analyze(&mut recording, &Settings::default(), sha256(&path).unwrap(), &mut |_| {}).unwrap()
}

#[test]
fn every_sample_holds_what_its_row_says() {
    for row in rows() {
        let session = analysed(&row.name);
        assert!(session.marked && session.source.calibrated, "{}", row.name);
        assert_eq!(session.insertions.len(), row.insertions, "{}", row.name);
        let truth = read(&samples().join(format!("{}_truth.tsv", row.name))).unwrap();
        assert_eq!(truth.len(), row.twitches, "{}", row.name);
    }
}

#[test]
fn every_sample_is_found_as_well_as_its_row_says() {
    for row in rows() {
        let session = analysed(&row.name);
        let truth = read(&samples().join(format!("{}_truth.tsv", row.name))).unwrap();
        let found: Vec<Event> = session
            .twitches
            .iter()
            .map(|t| Event { onset: t.onset, duration: t.duration, snr_db: None })
            .collect();
        let mut tally = Tally::default();
        tally.add(&found, &truth, TOLERANCE, None);
        let score = tally.score();
        let told =
            format!("{}: {} of {} found, {} false", row.name, score.matched, score.truth, score.false_alarms);
        match (row.recall, row.precision) {
            (Some(recall), Some(precision)) => {
                assert!(score.recall.is_some_and(|r| r >= recall), "{told}");
                assert!(score.precision.is_some_and(|p| p >= precision), "{told}");
            }
            _ => assert!(score.found <= MOST_AT_REST, "{told}"),
        }
        println!("{told}");
    }
}
