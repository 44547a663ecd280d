//! What cannot be done is refused: one message with the cure, and nothing half-written.

mod terminal;

use terminal::{Desk, wav};

/// A desk on which lies every kind of bad input.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("empty.wav", b"");
    desk.file("text.wav", b"dear diary, today I recorded nothing\n");
    desk.file("no-channels.wav", &wav(0, 1000, 100));
    desk.file("no-rate.wav", &wav(1, 0, 100));
    desk.file("unknown.toml", b"high_hertz = 3\n");
    desk.file("corner.toml", b"high_hz = 900.0\n");
    desk.file("range.toml", b"shortest_ms = 0.0\n");
    desk.file("no.toml", b"dear diary\n");
    let header = "onset\tduration\ttrial_type\n";
    desk.file("other.tsv", format!("{header}500\t20\tinsertion\n").as_bytes());
    desk.file("out.tsv", format!("{header}5\tn/a\tneedle_out\n").as_bytes());
    desk.file("comma.tsv", format!("{header}5,5\t3\tinsertion\n").as_bytes());
    desk.file("prose.tsv", b"dear diary\n");
    desk
}

#[test]
fn what_is_no_recording_is_refused() {
    let desk = desk();
    for (path, wanted) in [
        ("missing.wav", "missing.wav: there is no such file; check the name and the folder"),
        (".", "this is a folder, not a recording; name the recordings in it"),
        ("empty.wav", "empty.wav: the file is empty"),
        ("text.wav", "text.wav: this is a text file, not a WAV recording; name the recording itself"),
        ("no-channels.wav", "the header says 0 channels; the file is damaged"),
        ("no-rate.wav", "give the rate as SamplingFrequency in no-rate_emg.json"),
    ] {
        desk.refuses(&format!("analyze {path} --out r"), 1, wanted);
    }
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let desk = desk();
    for (file, wanted) in [
        ("missing.toml", "cannot read the settings file missing.toml; check the name"),
        ("unknown.toml", "unknown field `high_hertz`, expected one of `false_alarms_per_min`"),
        (
            "corner.toml",
            "corner.toml: high_hz = 900 Hz is not possible at 1000 samples a second, which carry no more than 500 Hz: choose a lower corner",
        ),
        ("range.toml", "shortest_ms = 0 is not possible: it must lie between 1 and 100"),
        ("no.toml", "the settings file no.toml"),
    ] {
        desk.refuses(&format!("analyze samples/rest.wav --settings {file} --out r"), 1, wanted);
    }
}

#[test]
fn marks_that_do_not_fit_are_refused_with_file_and_line() {
    let desk = desk();
    for (options, wanted) in [
        (
            "--events other.tsv",
            "other.tsv: every mark lies beyond the end of the recording at 60 s; do the marks belong to another recording?",
        ),
        (
            "--events out.tsv",
            "out.tsv, line 2: needle out without a needle in before it; add the needle in, or remove this mark",
        ),
        (
            "--events comma.tsv",
            "comma.tsv, line 2: the onset is “5,5”, not a number of seconds (write a point, not a comma)",
        ),
        ("--events prose.tsv", "prose.tsv: neither BIDS events"),
        ("--events missing.tsv", "missing.tsv: there is no such file"),
        ("--insertion 10..900", "--insertion number 1: 900 s is outside the recording, which ends at 60 s"),
        ("--insertion 5..6 --insertion 70..90", "--insertion number 2: 70 s is outside the recording"),
    ] {
        desk.refuses(&format!("analyze samples/rest.wav {options} --out r"), 1, wanted);
    }
}

#[test]
fn a_folder_that_cannot_take_results_is_refused() {
    let desk = desk();
    for folder in ["text.wav", "text.wav/inside"] {
        let line = format!("analyze samples/rest.wav --out {folder}");
        desk.refuses(&line, 1, "text.wav is a file, but results need a folder: give another one with --out");
    }
    desk.refuses("plot samples/rest.wav", 1, "this is no session of twitchscope");
    desk.refuses("simulate --duration 5s --out text.wav", 1, "cannot write text.wav");
}

#[test]
fn a_folder_in_the_way_of_one_result_keeps_all_of_them_away() {
    let desk = desk();
    std::fs::create_dir_all(desk.path("r/rest_trace.png")).unwrap();
    desk.run("analyze samples/rest.wav --out r").fails(1, "rest_trace.png is a folder and in the way");
    assert_eq!(desk.names("r"), ["rest_trace.png"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    // /proc takes no files from anybody, root or not.
    if cfg!(target_os = "linux") {
        let ran = desk().run("analyze samples/rest.wav --out /proc/none");
        ran.fails(1, "cannot write /proc/none");
    }
}

#[test]
fn results_that_cannot_be_printed_are_a_failure() {
    let full = std::path::Path::new("/dev/full");
    if full.exists() {
        for line in ["analyze samples/rest.wav", "analyze samples/rest.wav --json", "simulate --list"] {
            let ran = desk().run_into(line, full);
            assert_eq!(ran.code, 1, "{line}");
            assert!(ran.err.contains("cannot print the results: No space left"), "{line}: {}", ran.err);
        }
    }
}

#[test]
fn wrong_usage_says_how_it_is_typed_and_ends_with_2() {
    let desk = desk();
    for (options, wanted) in [
        ("--full-scale 5", "such as 5mV, 500uV, 0.5µV or 1V"),
        ("--lsb 0uV", "is not a voltage above zero"),
        ("--full-scale 5mV --lsb 1uV", "cannot be used with"),
        ("--insertion 9..3", "it ends before it starts; write START..END or START..END,LABEL"),
        ("--insertion soon", "such as 12.5..40,left"),
        ("--channels x", "give channels by number, counted from 1, as in 1,3"),
        ("--channels 0", "give channels by number, counted from 1, as in 1,3"),
        ("--preset brave", "[possible values: sensitive, balanced, specific]"),
        ("--false-alarms -1", "give how many a minute, above 0, as in 0.1/min"),
        ("--loud", "unexpected argument '--loud'"),
    ] {
        desk.refuses(&format!("analyze samples/rest.wav --out r {options}"), 2, wanted);
    }
    desk.refuses("analyze", 2, "<RECORDING>");
    desk.refuses("analyse x.wav", 2, "a similar subcommand exists: 'analyze'");
    desk.refuses("simulate", 2, "--out <DIR>");
    desk.refuses("evaluate a b --tolerance 20", 2, "as in 20ms");
}

#[test]
fn a_wish_that_does_not_fit_the_recording_says_what_would() {
    let desk = desk();
    let one = "there is no channel 3; the recording has 1, counted from 1";
    desk.refuses("analyze samples/rest.wav --channels 3 --out r", 1, one);
    desk.refuses("analyze samples/rest.wav --channels 1,1 --out r", 1, "name each channel once");
    let budget = "false_alarms_per_min = 1000 is not possible: it must lie between 0.0001 and 60";
    desk.refuses("analyze samples/rest.wav --false-alarms 1000 --out r", 1, budget);
    let twice = "two recordings are called rest: analyse them into different folders";
    desk.refuses("analyze samples/rest.wav samples/rest.wav --out r", 1, twice);
    desk.refuses(
        "simulate --out s --scenario noisy",
        1,
        "there is no scenario “noisy”; there are: quiet-20db",
    );
    desk.refuses("simulate --out s --snr 20..12", 1, "give the lower end first");
    // Else a study without hum would pass for one with it.
    desk.refuses("simulate --study --out s --mains 60", 2, "cannot be used with");
}

#[test]
fn tables_that_are_none_are_refused_with_file_and_line() {
    let desk = desk();
    desk.refuses("evaluate missing.tsv missing.tsv", 1, "cannot read missing.tsv");
    desk.refuses("evaluate text.wav text.wav", 1, "text.wav, line 1: no column “onset”");
    desk.file("bad.tsv", b"onset\tduration\n1\t0.1\nsoon\t0.1\n");
    desk.refuses("evaluate bad.tsv bad.tsv", 1, "bad.tsv, line 3: onset “soon” is not a time in seconds");
    desk.refuses("plot missing.json", 1, "cannot read missing.json");
}

#[test]
fn a_study_never_replaces_a_table_that_lies_there() {
    let desk = Desk::new();
    for name in ["table.tsv", "truth.tsv"] {
        desk.file(name, b"mine");
        desk.refuses("simulate --study --out .", 1, &format!("{name} is there already"));
        assert_eq!(desk.read(name), b"mine");
        std::fs::remove_file(desk.path(name)).unwrap();
    }
}
