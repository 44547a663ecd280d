//! Sets of recordings: what is found, what is made, what is kept, what is told.

mod set;
mod terminal;

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use set::{Place, assert_same, done, refused, tree};
use terminal::{Desk, wav};
use twitchscope::batch::{Batch, Step, run};
use twitchscope::settings::Settings;

#[test]
fn one_broken_recording_never_stops_the_rest() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    desk.file("in/good.wav", &wav(1, 1000, 8000));
    desk.file("in/empty.wav", b"");
    desk.file("in/text.wav", b"no samples at all");
    desk.file("in/notes.txt", b"no recording, and not called one");
    let ran = desk.run("batch in --out out --no-figures");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.out.starts_with("3 recordings: 1 analysed, 2 failed\n"), "{}", ran.out);
    assert!(ran.out.contains("  empty.wav: in/empty.wav: the file is empty"), "{}", ran.out);
    assert!(ran.out.contains("  text.wav: in/text.wav: this is a text file"), "{}", ran.out);
    let summary = String::from_utf8(desk.read("out/summary.tsv")).unwrap();
    let status: Vec<&str> = summary.lines().map(|row| row.split('\t').nth(1).unwrap()).collect();
    assert_eq!(status, ["status", "failed", "done", "failed"]);
    assert_eq!(desk.run("batch in --out out --no-figures").code, 3, "a broken one is tried again");
    fs::remove_file(desk.path("in/empty.wav")).unwrap();
    fs::remove_file(desk.path("in/text.wav")).unwrap();
    desk.run("batch in --out out --no-figures").succeeds();
}

#[test]
fn each_recording_has_the_results_of_analyze() {
    let place = Place::with(&["a/x", "b/x", "мышца 4"]);
    let batch = Batch { figures: true, ..place.batch() };
    done(&batch);
    for (folder, stem) in [("a", "x"), ("b", "x"), ("", "мышца 4")] {
        let alone = place.path("alone").join(folder);
        let recording = place.path("in").join(folder).join(format!("{stem}.wav"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_twitchscope"));
        let ran = command.arg("analyze").arg(recording).arg("--out").arg(alone).output().unwrap();
        assert!(ran.status.success());
        // In a set these stand on the page alone.
        for figure in ["raster", "rate", "exposure", "amplitude", "overlay"] {
            for ending in ["svg", "png"] {
                let file = place.path("alone").join(folder).join(format!("{stem}_{figure}.{ending}"));
                fs::remove_file(file).unwrap();
            }
        }
    }
    assert_same(&place.path("out/by-recording"), &place.path("alone"));
}

#[test]
fn a_set_has_figures_and_a_page_that_tells_what_failed() {
    let place = Place::with(&["a", "b", "c", "d"]);
    place.write("in/broken.wav", "RIFF");
    place.write("t.tsv", "recording\tcondition\na\t<b>sham\nb\t<b>sham\nc\tdeep\nd\tdeep\n");
    let batch = Batch { figures: true, table: Some(place.path("t.tsv")), ..place.batch() };
    assert_eq!(done(&batch).failed.len(), 1);
    for figure in ["dwell", "groups", "raster", "rate", "exposure", "amplitude", "quality"] {
        for ending in ["svg", "png"] {
            assert!(place.path(&format!("out/{figure}.{ending}")).exists(), "{figure}.{ending}");
        }
    }
    let page = place.text("out/report.html");
    assert!(page.contains("4 recordings") && page.contains("broken.wav"));
    assert!(page.contains("&lt;b&gt;sham") && !page.contains("<b>sham"));
    fs::remove_file(place.path("out/report.html")).unwrap();
    done(&batch);
    assert_eq!(place.text("out/report.html"), page, "made again, and the same");
}

#[test]
fn pooled_rows_are_the_rows_of_each_recording_with_its_name_and_what_is_known_of_it() {
    let place = Place::with(&["a", "b", "c"]);
    // An insertion without a twitch keeps its row.
    place.write("in/c_events.tsv", "onset\tduration\ttrial_type\n0.5\t0.5\tinsertion\n");
    place.write("t.tsv", "muscle\trecording\tsubject\ntrapezius\ta.wav\ts1\nmasseter\tc\ts2\n");
    let outcome = done(&Batch { table: Some(place.path("t.tsv")), ..place.batch() });
    assert_eq!(outcome.warnings.len(), 1, "{:?}", outcome.warnings);
    assert!(outcome.warnings[0].contains("t.tsv has no row for b.wav"), "{:?}", outcome.warnings);
    for (table, numbered) in [("twitches.tsv", false), ("insertions.tsv", true)] {
        let mut wanted = Vec::new();
        for (name, known) in [("a", "trapezius\ts1"), ("b", "n/a\tn/a"), ("c", "masseter\ts2")] {
            let own = place.text(&format!("out/by-recording/{name}_{table}"));
            for (n, row) in own.lines().skip(1).enumerate() {
                let number = if numbered { format!("{}\tyes\t", n + 1) } else { String::new() };
                wanted.push(format!("{name}.wav\t{number}{row}\t{known}"));
            }
        }
        let pooled = place.text(&format!("out/{table}"));
        assert!(pooled.lines().next().unwrap().ends_with("\tmuscle\tsubject"), "{pooled}");
        assert_eq!(pooled.lines().skip(1).collect::<Vec<_>>(), wanted, "{table}");
    }
    let zero = place.text("out/insertions.tsv");
    let zero = zero.lines().last().unwrap();
    assert!(zero.contains("\t0.500000\t0.500000\t0\t0.0000\t"), "{zero}");
}

#[test]
fn every_table_has_a_file_that_says_what_its_columns_are() {
    let place = Place::with(&["a"]);
    place.write("t.tsv", "recording\tmuscle\na\ttrapezius\n");
    done(&Batch { table: Some(place.path("t.tsv")), ..place.batch() });
    for table in ["twitches", "insertions", "summary", "statistics"] {
        let text = place.text(&format!("out/{table}.tsv"));
        let columns: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
        let described: serde_json::Value =
            serde_json::from_str(&place.text(&format!("out/{table}.json"))).unwrap();
        for column in &columns {
            let words = described[column]["Description"].as_str().unwrap_or_default();
            assert!(!words.is_empty(), "{table}: {column}");
        }
        assert_eq!(described.as_object().unwrap().len(), columns.len(), "{table}");
    }
}

#[test]
fn what_is_done_is_not_done_again() {
    let place = Place::with(&["a", "b"]);
    let first = place.done();
    assert_eq!((first.made, first.kept), (2, 0));
    let before = tree(&place.path("out"));
    // Who touches a file shows.
    let old = SystemTime::now() - Duration::from_secs(1000);
    for name in before.keys() {
        File::options().write(true).open(place.path("out").join(name)).unwrap().set_modified(old).unwrap();
    }
    let second = place.done();
    assert_eq!((second.made, second.kept), (0, 2));
    assert_eq!(second.warnings, first.warnings);
    assert_eq!(second.found, first.found);
    for name in before.keys() {
        assert_eq!(fs::metadata(place.path("out").join(name)).unwrap().modified().unwrap(), old, "{name}");
    }
}

#[test]
fn what_changed_is_seen_whatever_its_time_says_and_made_again() {
    let place = Place::with(&["a", "b", "c"]);
    place.done();
    let unchanged = |name: &str, change: &dyn Fn()| {
        let path = place.path(name);
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        change();
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        let outcome = place.done();
        assert_eq!((outcome.made, outcome.kept, outcome.remade), (1, 2, 1), "{name}");
    };
    unchanged("in/a.wav", &|| {
        let mut bytes = fs::read(place.path("in/a.wav")).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        place.write("in/a.wav", bytes);
    });
    unchanged("in/b_events.tsv", &|| {
        place.write("in/b_events.tsv", "onset\tduration\ttrial_type\n2\t5\tinsertion\n");
    });
    unchanged("in/c_emg.json", &|| place.write("in/c_emg.json", "{\"FullScale_uV\": 1000}"));
    // A result that was changed by hand, or by a dying disk, is no result.
    unchanged("out/by-recording/a_twitches.tsv", &|| {
        place.write("out/by-recording/a_twitches.tsv", "onset\n");
    });
    fs::remove_file(place.path("out/by-recording/b_session.json")).unwrap();
    assert_eq!(place.done().made, 1);
    fs::remove_file(place.path("out/insertions.tsv")).unwrap();
    assert_eq!(place.done().made, 0);
    // After all of that it is as if it had been made at once.
    done(&Batch { out: place.path("anew"), ..place.batch() });
    assert_same(&place.path("out"), &place.path("anew"));
}

#[test]
fn figures_that_are_missing_are_made_and_those_that_are_there_are_kept() {
    let place = Place::with(&["a"]);
    place.done();
    let drawn = done(&Batch { figures: true, ..place.batch() });
    assert_eq!((drawn.made, drawn.remade), (1, 0), "nothing had changed");
    assert!(place.path("out/by-recording/a_dwell.png").exists());
    assert_eq!(place.done().made, 0);
}

#[test]
fn no_figure_of_an_earlier_run_stays_beside_tables_that_it_does_not_show() {
    let place = Place::with(&["a", "b"]);
    place.write("t.tsv", "recording\tcondition\na\tdeep\nb\tcontrol\n");
    let table = Some(place.path("t.tsv"));
    done(&Batch { figures: true, table, ..place.batch() });
    assert!(place.path("out/groups.png").exists());
    done(&Batch { figures: true, ..place.batch() });
    assert!(!place.path("out/groups.png").exists() && place.path("out/dwell.png").exists());
    place.write("in/b_events.tsv", "onset\tduration\ttrial_type\n2\t5\tinsertion\n");
    assert_eq!(place.done().made, 1);
    let drawn = |name: &&String| !name.ends_with(".tsv") && !name.ends_with(".json");
    let left = tree(&place.path("out"));
    let left: Vec<&String> = left.keys().filter(drawn).collect();
    assert!(!left.is_empty() && left.iter().all(|name| name.starts_with("by-recording/a_")), "{left:?}");
}

#[test]
fn killed_at_any_moment_it_ends_with_the_same_bytes() {
    let names: Vec<String> = (0..12).map(|n| format!("{}/r{n}", n % 3)).collect();
    let place = Place::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    done(&Batch { out: place.path("unbroken"), ..place.batch() });
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twitchscope"));
        command.arg("batch").arg(place.path("in")).arg("--out").arg(place.path("out")).arg("--no-figures");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let noted =
        || fs::read_to_string(place.path("out/batch.unfinished")).map_or(0, |text| text.lines().count());
    // Moments that look random and are the same everywhere.
    let mut dice = 7u64;
    let mut hits = 0;
    for round in 0..12 {
        let mut child = command().spawn().unwrap();
        // Not before this run began its own work, and then at any moment of it, up to the end.
        let before = noted();
        while round % 4 > 0 && noted() <= before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis((dice >> 33) % 40));
        // SIGKILL: nothing can be tidied up.
        child.kill().unwrap();
        hits += usize::from(!child.wait().unwrap().success());
    }
    assert!(hits > 0, "no kill hit a batch at work");
    assert!(command().status().unwrap().success());
    assert_same(&place.path("out"), &place.path("unbroken"));
}

#[test]
fn a_line_of_the_journal_that_was_cut_off_costs_one_recording_and_no_more() {
    let place = Place::with(&["a", "b", "c"]);
    let stop = AtomicBool::new(false);
    let batch = Batch { jobs: NonZeroUsize::new(1), ..place.batch() };
    let done_so_far = AtomicUsize::new(0);
    let outcome = run(&batch, &stop, &|step| {
        if matches!(step, Step::Done { .. }) && done_so_far.fetch_add(1, Ordering::Relaxed) == 1 {
            stop.store(true, Ordering::Relaxed);
        }
    })
    .unwrap();
    assert!(outcome.stopped);
    assert_eq!((outcome.made, outcome.recordings), (2, 3));
    let journal = place.text("out/batch.unfinished");
    place.write("out/batch.unfinished", &journal[..journal.len() - 40]);
    let outcome = place.done();
    assert_eq!((outcome.kept, outcome.made), (1, 2));
    assert!(!place.path("out/batch.unfinished").exists());
}

#[test]
fn one_job_and_many_give_the_same_bytes() {
    let place = Place::with(&["a", "b", "c", "d"]);
    for (jobs, out) in [(1, "one"), (3, "three")] {
        done(&Batch { jobs: NonZeroUsize::new(jobs), out: place.path(out), ..place.batch() });
    }
    assert_same(&place.path("one"), &place.path("three"));
}

#[test]
fn a_recording_that_changes_while_it_is_read_is_told_and_not_counted() {
    let place = Place::with(&["a", "b"]);
    let outcome = run(&place.batch(), &AtomicBool::new(false), &|step| {
        if matches!(step, Step::Read { .. }) {
            // Still being written: it grows, and is never gone.
            let mut file = fs::OpenOptions::new().append(true).open(place.path("in/b.wav")).unwrap();
            std::io::Write::write_all(&mut file, &[0; 64]).unwrap();
        }
    })
    .unwrap();
    assert_eq!(outcome.made, 1);
    assert_eq!(outcome.failed.len(), 1);
    assert!(outcome.failed[0].reason.contains("changed while it was read"), "{:?}", outcome.failed);
    assert!(!place.path("out/by-recording/b_session.json").exists());
}

#[test]
fn other_choices_or_another_version_never_overwrite_results_in_silence() {
    let place = Place::with(&["a"]);
    place.done();
    let mut other = place.batch();
    other.choices.settings = Settings { false_alarms_per_min: 0.5, ..Settings::default() };
    let before = tree(&place.path("out"));
    assert!(refused(&other).contains("false_alarms_per_min was 0.1, is now 0.5"));
    let report = place.text("out/batch.json");
    let version = env!("CARGO_PKG_VERSION");
    place.write("out/batch.json", report.replace(version, "0.0.9"));
    assert!(place.refused().contains("were made by twitchscope 0.0.9"), "{}", place.refused());
    place.write("out/batch.json", &report);
    assert!(before == tree(&place.path("out")), "something was overwritten");
    let outcome = done(&Batch { fresh: true, ..other.clone() });
    assert_eq!(outcome.made, 1);
    assert!(place.text("out/batch.json").contains("\"false_alarms_per_min\": 0.5"));
    assert_eq!(done(&other).made, 0);
}

#[test]
fn what_no_batch_made_is_never_overwritten() {
    for name in ["insertions.tsv", "batch.json", "by-recording"] {
        let place = Place::with(&["a"]);
        fs::create_dir_all(place.path("out")).unwrap();
        place.write(&format!("out/{name}"), "mine");
        let why = refused(&Batch { fresh: true, ..place.batch() });
        assert!(why.contains(name) && why.contains("--out"), "{why}");
        assert_eq!(place.text(&format!("out/{name}")), "mine");
    }
}

#[test]
fn two_batches_never_work_in_one_folder() {
    let place = Place::with(&["a"]);
    fs::create_dir_all(place.path("out")).unwrap();
    place.write("out/batch.unfinished", "");
    let journal = File::options().write(true).open(place.path("out/batch.unfinished")).unwrap();
    journal.lock().unwrap();
    assert!(place.refused().contains("another batch is at work"), "{}", place.refused());
    drop(journal);
    place.done();
}

#[test]
fn another_table_pools_again_and_analyses_nothing() {
    let place = Place::with(&["a", "b"]);
    place.done();
    place.write("t.tsv", "recording\tcondition\na\tdeep\nb\tcontrol\n");
    let batch = Batch { table: Some(place.path("t.tsv")), ..place.batch() };
    assert_eq!(done(&batch).made, 0);
    assert!(place.text("out/insertions.tsv").contains("\tdeep\n"));
}

#[test]
fn a_disk_that_cannot_be_written_ends_the_batch_with_one_word() {
    let desk = Desk::new();
    desk.file("a.wav", &wav(1, 1000, 8000));
    desk.file("out", b"a file");
    desk.refuses("batch a.wav --out out --no-figures", 1, "out");
}
