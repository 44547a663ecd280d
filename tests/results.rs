//! Results on the disk: whole or absent, named after the recording, and sessions read back.

use std::fs;
use std::path::Path;

use twitchscope::report::figure;
use twitchscope::report::{Error, read_session, session_json, tables, write_all};

mod sessions;
use sessions::{many, small};

#[test]
fn a_session_of_version_0_1_is_still_read_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old_session.json");
    let mut old: serde_json::Value = serde_json::from_str(&session_json(&small()).unwrap()).unwrap();
    let drop = |value: &mut serde_json::Value, keys: &[&str]| {
        let fields = value.as_object_mut().unwrap();
        keys.iter().for_each(|key| assert!(fields.remove(*key).is_some(), "{key}"));
    };
    drop(&mut old, &["sensitivity", "self_test", "waveforms"]);
    drop(&mut old["control"], &["per_min", "low_per_min", "high_per_min"]);
    let each = |of: &mut serde_json::Value, keys: &[&str]| {
        of.as_array_mut().unwrap().iter_mut().for_each(|record| drop(record, keys));
    };
    each(&mut old["insertions"], &["sensitivity"]);
    each(&mut old["twitches"], &["discharge_density", "interval"]);
    fs::write(&path, old.to_string()).unwrap();
    let session = read_session(&path).unwrap();
    assert!(tables::insertions(&session).lines().nth(1).unwrap().contains("n/a"));
    for figure in [figure::dwell(&[&session]), figure::trace(&session)] {
        assert!(figure.svg().is_ok());
    }
}

#[test]
fn a_session_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = many(12, 4);
    // The session's maker rounds; numbers of 17 digits may come back with another last bit.
    let rounded = |t: f64| (t * 1e6).round() / 1e6;
    session.twitches.iter_mut().for_each(|t| t.onset = rounded(t.onset));
    session.candidates.iter_mut().for_each(|c| c.onset = rounded(c.onset));
    session.twitches.iter_mut().for_each(|t| t.interval = t.interval.map(rounded));
    let paths = write_all(folder.path(), "a", &session, false).unwrap();
    assert_eq!(read_session(&paths[3]).unwrap(), session);
}

#[test]
fn results_are_named_after_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("new/deeper");
    let paths = write_all(&deep, "Müller 3", &small(), true).unwrap();
    let names: Vec<_> = paths.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
    let wanted = [
        "twitches.tsv",
        "candidates.tsv",
        "insertions.tsv",
        "session.json",
        "dwell.svg",
        "dwell.png",
        "raster.svg",
        "raster.png",
        "trace.svg",
        "trace.png",
        "rate.svg",
        "rate.png",
        "exposure.svg",
        "exposure.png",
        "amplitude.svg",
        "amplitude.png",
        "overlay.svg",
        "overlay.png",
        "report.html",
    ];
    assert_eq!(names, wanted.map(|w| format!("Müller 3_{w}")));
    assert!(paths.iter().all(|p| fs::metadata(p).unwrap().len() > 0));
    assert_eq!(listing(&deep).len(), wanted.len(), "and nothing else is left behind");
}

fn listing(folder: &Path) -> Vec<String> {
    let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_result_that_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("x_session.json")).unwrap();
    let error = write_all(folder.path(), "x", &small(), false).unwrap_err();
    assert!(matches!(error, Error::FolderInTheWay { .. }), "{error}");
    assert_eq!(listing(folder.path()), ["x_session.json"]);
}

#[test]
fn earlier_results_survive_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_all(folder.path(), "x", &small(), false).unwrap();
    let before = fs::read(&paths[0]).unwrap();
    fs::remove_file(&paths[3]).unwrap();
    fs::create_dir(&paths[3]).unwrap();
    write_all(folder.path(), "x", &many(3, 3), false).unwrap_err();
    assert_eq!(fs::read(&paths[0]).unwrap(), before);
}

#[test]
fn a_file_is_no_folder_for_results() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "precious").unwrap();
    for out in [file.clone(), file.join("below")] {
        let error = write_all(&out, "x", &small(), false).unwrap_err();
        assert!(matches!(error, Error::NotAFolder { .. }), "{error}");
        assert!(error.to_string().contains("--out"));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

/// A full disk takes a mount, so a name that no system takes stands for every failure of the system
/// while writing.
#[test]
fn a_failure_of_the_system_names_the_result() {
    let folder = tempfile::tempdir().unwrap();
    let error = write_all(folder.path(), &"x".repeat(300), &small(), false).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert!(error.to_string().contains("shorter"), "{error}");
    assert_eq!(listing(folder.path()), [""; 0]);
}

#[test]
fn a_session_of_another_version_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.json");
    fs::write(&path, "{\"schema\": 7, \"whatever\": []}").unwrap();
    let error = read_session(&path).unwrap_err();
    assert!(matches!(error, Error::Schema { found: 7, known: 1, .. }), "{error}");
}

#[test]
fn a_broken_session_is_told_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.json");
    for (text, line) in
        [("", 1), ("{\n\"schema\": 1,\n \"version\": 3}", 3), ("{\n\"schema\": 1,\n", 3), ("[]", 1)]
    {
        fs::write(&path, text).unwrap();
        let Err(Error::Json { line: got, problem, .. }) = read_session(&path) else { panic!("{text}") };
        assert_eq!(got, line, "{text}: {problem}");
        assert!(!problem.contains(" at line "), "the place is said once: {problem}");
    }
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(read_session(&path), Err(Error::Json { .. })));
    assert!(matches!(read_session(&folder.path().join("none.json")), Err(Error::Read { .. })));
}
