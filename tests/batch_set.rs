//! Which recordings a batch takes for its set, what is known of them, and what is told of the rest.

mod set;
mod terminal;

use std::fs;

use set::{Place, done, refused};
use terminal::Desk;
use twitchscope::batch::Batch;

#[test]
fn results_inside_the_folder_of_recordings_are_not_taken_for_recordings() {
    let place = Place::with(&["a", "sub/b"]);
    let batch = Batch { out: place.path("in/results"), ..place.batch() };
    let first = done(&batch);
    assert_eq!(first.recordings, 2);
    let second = done(&batch);
    assert_eq!((second.recordings, second.kept), (2, 2));
    // A recording that someone puts beside the results is found all the same.
    fs::copy(place.path("in/a.wav"), place.path("in/results/late.wav")).unwrap();
    assert_eq!(done(&batch).recordings, 3);
}

#[test]
fn recordings_are_told_by_what_they_hold() {
    let place = Place::with(&["a"]);
    fs::rename(place.path("in/a.wav"), place.path("in/a.data")).unwrap();
    place.write("in/b.edf", b"0       and so on");
    place.write("in/.hidden.wav", b"");
    place.write("in/list.txt", "a list");
    let outcome = place.done();
    assert_eq!((outcome.recordings, outcome.made), (1, 1));
    assert!(outcome.warnings[0].contains("each is an EDF recording: b.edf"), "{:?}", outcome.warnings);
}

#[test]
fn a_recording_that_is_reached_twice_counts_once() {
    let place = Place::with(&["a", "sub/b"]);
    let paths = ["in", "in/sub", "in/sub/b.wav"].map(|name| place.path(name)).to_vec();
    assert_eq!(done(&Batch { paths, ..place.batch() }).recordings, 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_those_that_lead_nowhere_are_told() {
    let place = Place::with(&["a"]);
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(place.path(to), place.path(name)).unwrap();
    fs::create_dir(place.path("disk")).unwrap();
    fs::copy(place.path("in/a.wav"), place.path("disk/b.wav")).unwrap();
    link("disk", "in/more");
    link("gone.wav", "in/gone.wav");
    link("gone.txt", "in/gone.txt");
    link("in", "in/more/again");
    let outcome = place.done();
    assert_eq!(outcome.made, 2);
    let told: Vec<&str> = outcome.failed.iter().map(|f| f.reason.as_str()).collect();
    assert_eq!(told.len(), 2, "{:?}", outcome.failed);
    assert!(told.iter().any(|why| why.starts_with("cannot be looked into")), "{told:?}");
    assert!(told.iter().any(|why| why.starts_with("a link that leads back")), "{told:?}");
}

#[test]
fn copies_of_a_recording_are_told() {
    let place = Place::with(&["a"]);
    fs::copy(place.path("in/a.wav"), place.path("in/b.wav")).unwrap();
    let told = place.done().warnings;
    assert!(told.iter().any(|w| w.contains("byte for byte") && w.contains("a.wav, b.wav")), "{told:?}");
}

#[test]
fn recordings_that_would_share_their_results_are_refused_by_name() {
    let place = Place::with(&["a", "b"]);
    fs::copy(place.path("in/a.wav"), place.path("in/a.WAV")).unwrap();
    let outcome = place.done();
    assert_eq!(outcome.made, 1);
    let names: Vec<&str> = outcome.failed.iter().map(|f| f.recording.as_str()).collect();
    assert_eq!(names, ["a.WAV", "a.wav"]);
    assert!(outcome.failed[0].reason.contains("rename one"), "{:?}", outcome.failed);
}

#[test]
fn recordings_without_marks_are_not_mixed_with_insertions() {
    let place = Place::with(&["a", "b"]);
    fs::remove_file(place.path("in/b_events.tsv")).unwrap();
    let told = place.done().warnings;
    assert!(told.iter().any(|w| w.starts_with("without needle marks") && w.contains("b.wav")), "{told:?}");
}

#[test]
fn results_of_a_recording_that_is_gone_are_told_and_in_no_table() {
    let place = Place::with(&["a", "b"]);
    place.done();
    fs::remove_file(place.path("in/b.wav")).unwrap();
    let outcome = place.done();
    assert_eq!(outcome.recordings, 1);
    assert!(outcome.warnings.iter().any(|w| w.contains("b_session.json")), "{:?}", outcome.warnings);
    assert!(!place.text("out/insertions.tsv").contains("b.wav"));
}

#[test]
fn nothing_to_work_on_is_a_clear_word() {
    let place = Place::with(&[]);
    place.write("in/b.bdf", b"\xffBIOSEMI");
    let why = place.refused();
    assert!(why.contains("no recordings in") && why.contains("a BDF recording: b.bdf"), "{why}");
    assert!(!place.path("out").exists());
    let desk = Desk::new();
    desk.refuses("batch nowhere --out out", 1, "nowhere: ");
    desk.refuses("batch --out out", 2, "PATH");
}

#[test]
fn one_file_of_marks_is_not_taken_for_many_recordings() {
    let place = Place::with(&["a", "b"]);
    let mut batch = place.batch();
    batch.choices.options.events = Some(place.path("in/a_events.tsv"));
    assert!(refused(&batch).contains("cannot belong to 2 recordings"));
    batch.paths = vec![place.path("in/a.wav")];
    assert_eq!(done(&batch).made, 1);
}

#[test]
fn a_table_that_does_not_fit_is_refused_with_its_line() {
    let place = Place::with(&["a", "x/b", "y/b"]);
    for (table, wanted) in [
        ("recording\tsubject\na.wav\ts1\nx/b.wav\ts1\na\ts2\n", "lines 2 and 4 are both about a.wav"),
        ("recording\tsubject\ngone.wav\t1\ngone.wav\t2\n", "lines 2 and 3 are both about gone.wav"),
        (
            "recording\tsubject\nb.wav\ts1\n",
            "line 2: “b.wav” names more than one recording (x/b.wav, y/b.wav)",
        ),
        ("recording\tsubject\na.wav\n", "line 2 has 1 columns where the header has 2"),
        ("recording,subject\na.wav,s1\n", "must be separated by tabs"),
        ("file\tsubject\na.wav\ts1\n", "must name the column recording"),
        ("recording\tdwell\na.wav\t1\n", "a column dwell of their own"),
        ("recording\tsite\tsite\na.wav\t1\t2\n", "two columns are called site"),
        ("recording\t\na.wav\t1\n", "column 2 has no name"),
        ("recording\tsubject\n\ts1\n", "line 2 names no recording"),
        ("", "the table is empty"),
    ] {
        place.write("t.tsv", table);
        let why = refused(&Batch { table: Some(place.path("t.tsv")), ..place.batch() });
        assert!(why.contains(wanted) && why.contains("t.tsv"), "{table:?}: {why}");
        assert!(!place.path("out").exists(), "{table:?}");
    }
    let missing = refused(&Batch { table: Some(place.path("none.tsv")), ..place.batch() });
    assert!(missing.contains("none.tsv"), "{missing}");
    place.write("t.tsv", "\u{feff}recording\tsubject\r\n./a\ts1\r\nx/b\ts2\r\ny/b.wav\t\r\ngone\ts4\r\n");
    let batch = Batch { table: Some(place.path("t.tsv")), ..place.batch() };
    let told = done(&batch).warnings;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("gone (line 5)"), "{told:?}");
    let group = refused(&Batch { group: Some("dose".into()), ..batch });
    assert!(group.contains("a column dose"), "{group}");
}
