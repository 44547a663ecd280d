//! The commands as a person types them.

mod terminal;

use terminal::{Desk, wav};

#[test]
fn a_recording_gives_a_summary_and_says_how_to_keep_the_results() {
    let ran = Desk::new().run("analyze samples/four-insertions.wav").succeeds();
    assert!(ran.out.contains(" in 4 insertions:"), "{}", ran.out);
    assert!(ran.out.contains("The smallest burst that is found 9 times in 10"), "{}", ran.out);
    assert!(ran.out.contains("control: "), "{}", ran.out);
    assert!(ran.err.contains("--out DIR"), "{}", ran.err);
}

#[test]
fn no_twitch_is_never_told_without_what_could_have_been_seen() {
    let desk = Desk::new();
    // A stretch without a twitch, whatever the detector does with the rest.
    let ran = desk.run("analyze samples/rest.wav --insertion 20..20.01").succeeds();
    assert!(ran.out.contains("No twitch above the threshold in 1 insertion; what could have been seen"));
    assert!(ran.out.contains("found 9 times in 10"), "{}", ran.out);
}

#[test]
fn a_recording_too_short_for_a_noise_floor_says_that_nothing_could_be_seen() {
    let desk = Desk::new();
    desk.file("short.wav", &wav(1, 1000, 500));
    let ran = desk.run("analyze short.wav").succeeds();
    assert!(ran.out.contains("nothing can be found: too little signal for a noise floor"), "{}", ran.out);
}

#[test]
fn with_out_every_result_is_written_under_its_name() {
    let desk = Desk::new();
    let ran = desk.run("analyze samples/rest.wav --out a/b").succeeds();
    assert!(ran.err.contains("19 files named rest_… are in a/b"), "{}", ran.err);
    let tables = ["rest_candidates.tsv", "rest_insertions.tsv", "rest_session.json", "rest_twitches.tsv"];
    let figures = ["amplitude", "dwell", "exposure", "overlay", "raster", "rate", "trace"];
    let mut all: Vec<String> = tables.map(str::to_owned).to_vec();
    all.extend(figures.iter().flat_map(|f| [format!("rest_{f}.png"), format!("rest_{f}.svg")]));
    all.push("rest_report.html".into());
    all.sort_unstable();
    assert_eq!(desk.names("a/b"), all);
    desk.run("analyze samples/rest.wav --out c --no-figures").succeeds();
    assert_eq!(desk.names("c"), tables);
}

#[test]
fn two_runs_give_the_same_bytes() {
    let desk = Desk::new();
    for folder in ["a", "b"] {
        desk.run(&format!("analyze samples/four-channels.wav --out {folder}")).succeeds();
    }
    for name in desk.names("a") {
        assert!(desk.read(&format!("a/{name}")) == desk.read(&format!("b/{name}")), "{name}");
    }
}

#[test]
fn json_is_all_that_stands_on_standard_output() {
    let ran = Desk::new().run("analyze samples/rest.wav --json").succeeds();
    let session: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(session["schema"], 1);
    assert!(ran.err.contains("rest.wav: "), "{}", ran.err);
}

#[test]
fn nothing_is_coloured_where_no_terminal_is() {
    let desk = Desk::new();
    for line in ["analyze samples/rest.wav", "--help", "analyze", "analyze missing.wav"] {
        let ran = desk.run(line);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn insertions_by_hand_override_the_file() {
    let ran = Desk::new().run("analyze samples/four-insertions.wav --insertion 11..40,mine").succeeds();
    assert!(ran.out.contains(" in 1 insertion:"), "{}", ran.out);
    assert!(ran.out.contains("1 mine"), "{}", ran.out);
}

#[test]
fn a_long_label_keeps_the_columns_apart() {
    let label = "a-very-long-name-of-a-needle-in-a-muscle";
    let line = format!("analyze samples/rest.wav --insertion 10..20,{label} --insertion 30..40,b");
    let ran = Desk::new().run(&line).succeeds();
    let rows: Vec<&str> = ran.out.lines().filter(|line| line.contains("10.0 s")).collect();
    let column = |row: &str| row.chars().take_while(|c| *c != '.').count();
    assert_eq!(rows.len(), 2);
    assert!(rows[0].contains('…') && column(rows[0]) == column(rows[1]), "{}", ran.out);
}

#[test]
fn scales_channels_and_budgets_are_taken_as_typed() {
    let desk = Desk::new();
    desk.file("plain.wav", &wav(2, 1000, 8000));
    for (options, wanted) in [
        ("", "scale unknown"),
        ("--full-scale 5mV", "in µV"),
        ("--lsb 0.5uV", "in µV"),
        ("--channels 2", "1 channel at"),
        ("--preset specific", "at 0.01 false alarms a minute"),
        ("--false-alarms 0.5/min", "at 0.5 false alarms a minute"),
    ] {
        let ran = desk.run(&format!("analyze plain.wav {options}")).succeeds();
        assert!(ran.out.contains(wanted), "{options}: {}", ran.out);
    }
}

#[test]
fn an_option_overrides_the_settings_file() {
    let desk = Desk::new();
    desk.file("s.toml", b"false_alarms_per_min = 1.5\n");
    let ran = desk.run("analyze samples/rest.wav --settings s.toml").succeeds();
    assert!(ran.out.contains("at 1.5 false alarms"), "{}", ran.out);
    let ran = desk.run("analyze samples/rest.wav --settings s.toml --false-alarms 0.2").succeeds();
    assert!(ran.out.contains("at 0.2 false alarms"), "{}", ran.out);
}

#[test]
fn what_was_analysed_can_be_plotted_and_evaluated() {
    let desk = Desk::new();
    desk.run("analyze samples/four-insertions.wav samples/rest.wav --out r --no-figures").succeeds();
    let ran = desk.run("plot r/four-insertions_session.json --out f").succeeds();
    assert_eq!(ran.out.lines().count(), 15, "{}", ran.out);
    desk.run("plot r/four-insertions_session.json r/rest_session.json --out f --name both").succeeds();
    for name in ["both_dwell.svg", "both_quality.png", "both_report.html"] {
        assert!(desk.names("f").contains(&name.to_owned()), "{name}");
    }
    let line = "evaluate r/four-insertions_twitches.tsv samples/four-insertions_truth.tsv";
    let ran = desk.run(line).succeeds();
    assert!(ran.out.contains("false alarms a minute") && !ran.out.contains("minute  n/a"), "{}", ran.out);
    let ran = desk.run(&format!("{line} --json --tolerance 5ms")).succeeds();
    let score: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(score["truth"], 37);
}

#[test]
fn a_simulation_prints_where_it_lies_and_is_not_overwritten() {
    let desk = Desk::new();
    let line =
        "simulate --out s --name x --scenario clear --duration 10s --rate 1000 --snr 20 --insertions 2";
    assert_eq!(desk.run(line).succeeds().out, "s/x.wav\n");
    assert_eq!(desk.names("s"), ["x.wav", "x_emg.json", "x_events.tsv", "x_truth.tsv"]);
    let before = desk.read("s/x.wav");
    desk.run(&format!("{line} --seed 2")).fails(1, "--force");
    assert!(desk.read("s/x.wav") == before);
    desk.run(&format!("{line} --seed 2 --force")).succeeds();
    assert!(desk.read("s/x.wav") != before);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let desk = Desk::new();
    let long = "completions zsh";
    for line in ["analyze samples/rest.wav --json", "analyze samples/rest.wav", "simulate --list", long] {
        let ran = desk.run_into_closed_pipe(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    }
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Desk::new().run(&format!("completions {shell}")).succeeds();
        assert!(ran.out.contains("twitchscope") && ran.out.contains("evaluate"), "{shell}");
    }
}

#[test]
fn help_reads_as_kept() {
    let desk = Desk::new();
    let commands = [
        "",
        "analyze",
        "check",
        "tune",
        "monitor",
        "ports",
        "board",
        "simulate",
        "evaluate",
        "plot",
        "completions",
    ];
    let help = commands.map(|command| {
        let ran = desk.run(format!("{command} --help").trim()).succeeds();
        assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{command}");
        format!("$ twitchscope {command} --help\n{}", ran.out)
    });
    insta::assert_snapshot!("help", help.join("\n"));
}
