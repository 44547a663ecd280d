//! Whether the intervals of a study hold: studies with known truth, through recordings, detector,
//! `batch` and statistics. Prints how many of the intervals cover the truth.
//!
//!     cargo run --release --example studies -- [--studies N] [--first SEED]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use twitchscope::batch::{Batch, run};
use twitchscope::simulate::{Options, StudyRecording, StudyTruth, render, study, study_table, write};

/// What was found of one number over the studies.
#[derive(Default)]
struct Covered {
    truth: f64,
    estimates: Vec<f64>,
    inside: usize,
    /// Studies that gave no number, or none with an interval.
    none: usize,
}

fn main() {
    let (mut studies, mut first) = (40u64, 1u64);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let number: u64 = args.next().and_then(|v| v.parse().ok()).expect("a number after each option");
        match arg.as_str() {
            "--studies" => studies = number,
            "--first" => first = number,
            other => panic!("there is no option {other}"),
        }
    }
    let mut all: BTreeMap<(String, String), Covered> = BTreeMap::new();
    for seed in first..first + studies {
        let folder = tempfile::tempdir().expect("a folder");
        let truth = make(seed, &folder.path().join("in"));
        let found = found(folder.path());
        for row in truth.table().lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let key = (cells[0].to_owned(), cells[1].to_owned());
            let truth: f64 = cells[2].parse().expect("a number");
            let [estimate, low, high] = found.get(&key).copied().unwrap_or([f64::NAN; 3]);
            let covered = all.entry(key).or_default();
            covered.truth += truth / studies as f64;
            if low.is_nan() && high.is_nan() {
                covered.none += 1;
                continue;
            }
            covered.estimates.push(estimate);
            // An end that is not known does not exclude anything.
            covered.inside += usize::from((low.is_nan() || low <= truth) && (high.is_nan() || truth <= high));
        }
        eprintln!("study {seed}");
    }
    print(&all);
}

fn print(all: &BTreeMap<(String, String), Covered>) {
    println!("| number | group | truth | mean estimate | intervals that cover it | no interval |");
    println!("|---|---|---|---|---|---|");
    let (mut inside, mut of) = (0, 0);
    for ((name, group), c) in all {
        let n = c.estimates.len();
        let mean = c.estimates.iter().sum::<f64>() / n.max(1) as f64;
        println!("| `{name}` | {group} | {:.3} | {mean:.3} | {} of {n} | {} |", c.truth, c.inside, c.none);
        (inside, of) = (inside + c.inside, of + n);
    }
    let share = 100.0 * f64::from(inside as u32) / f64::from(of.max(1) as u32);
    println!("| all | | | | {inside} of {of}, {share:.1} % | |");
}

/// Writes the recordings of a study and their table.
fn make(seed: u64, folder: &Path) -> StudyTruth {
    let recordings = study(seed);
    let made: Vec<_> = recordings
        .par_iter()
        .map(|recording| {
            let simulation = render(&recording.recipe).expect("a recipe that can be rendered");
            let folder = folder.join(&recording.subject);
            write(&simulation, &folder, recording.condition, Options::default()).expect("a folder");
            let mut own = StudyTruth::default();
            own.add(recording, &simulation);
            own
        })
        .collect();
    let name = |r: &StudyRecording| format!("{}/{}.wav", r.subject, r.condition);
    let names: Vec<String> = recordings.iter().map(name).collect();
    let table = study_table(recordings.iter().zip(names.iter().map(String::as_str)));
    fs::write(folder.join("table.tsv"), table).expect("a folder");
    made.into_iter().fold(StudyTruth::default(), StudyTruth::and)
}

/// What `statistics.tsv` says: name and group, estimate and interval.
fn found(folder: &Path) -> BTreeMap<(String, String), [f64; 3]> {
    let batch = Batch {
        paths: vec![folder.join("in")],
        out: folder.join("out"),
        table: Some(folder.join("in/table.tsv")),
        ..Batch::default()
    };
    let outcome = run(&batch, &AtomicBool::new(false), &|_| {}).expect("a batch");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    let text = fs::read_to_string(folder.join("out/statistics.tsv")).expect("a table");
    let rows = text.lines().skip(1).map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let number = |place: usize| cells[place].parse().unwrap_or(f64::NAN);
        ((cells[0].to_owned(), cells[1].to_owned()), [number(2), number(3), number(4)])
    });
    rows.collect()
}
