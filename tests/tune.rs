//! Tuning: what it chooses, what it shows, and what it refuses to promise.

mod terminal;

use terminal::Desk;
use twitchscope::settings::Settings;
use twitchscope::tune::{Alarms, Counts, choices, choose_budget, f1, validate};

fn counts(matched: u64, found: u64) -> Counts {
    Counts { truth: 30, found, matched }
}

#[test]
fn the_default_is_the_first_choice_and_every_choice_is_a_settings_file() {
    let all = choices(&Settings::default(), f64::INFINITY);
    assert!(all[0].lines.is_empty() && all[0].settings == Settings::default());
    for choice in &all {
        assert_eq!(Settings::from_toml(&choice.lines.join("\n")).unwrap(), choice.settings);
    }
    let strict = choices(&Settings::default(), 0.1);
    assert!(strict.len() < all.len() && strict.iter().all(|c| c.settings.false_alarms_per_min <= 0.1));
}

#[test]
fn a_gain_on_every_recording_is_shown() {
    let (before, after) = (vec![counts(20, 20); 8], vec![counts(28, 28); 8]);
    let validation = validate(&[before, after]);
    assert_eq!(validation.best, 1);
    assert_eq!(validation.shown(8, 240), Ok(()));
    assert!((validation.held_out_f1.unwrap() - f1([counts(28, 28)])).abs() < 1e-12);
    assert!((validation.chance.unwrap() - 1.0 / 256.0).abs() < 1e-12);
}

#[test]
fn a_choice_is_judged_on_recordings_that_it_was_not_made_on() {
    // Each of these is better than the default on one recording and far worse on all others, so
    // that held out it can only lose.
    let recordings = 6;
    let mut all = vec![vec![counts(20, 22); recordings]];
    for k in 0..recordings {
        all.push((0..recordings).map(|r| if r == k { counts(30, 30) } else { counts(20, 23) }).collect());
    }
    let validation = validate(&all);
    assert!(validation.best > 0 && validation.fitted_f1 > validation.default_f1);
    assert!(validation.held_out_f1.unwrap() < validation.default_f1);
    assert!(validation.shown(recordings, 180).is_err());
}

#[test]
fn a_gain_on_half_of_the_recordings_is_within_chance() {
    let better = |r: usize| if r.is_multiple_of(2) { counts(24, 24) } else { counts(19, 20) };
    let validation = validate(&[vec![counts(21, 22); 8], (0..8).map(better).collect()]);
    assert!(validation.chance.unwrap() > 0.05, "{validation:?}");
    assert!(validation.shown(8, 240).unwrap_err().contains("within chance"));
}

#[test]
fn too_few_recordings_or_twitches_promise_nothing() {
    let validation = validate(&[vec![counts(10, 10); 4], vec![counts(30, 30); 4]]);
    assert!(validation.shown(4, 120).unwrap_err().contains("5 or more are needed"));
    assert!(validation.shown(8, 12).unwrap_err().contains("12 labelled twitches are too few"));
    let alone = validate(&[vec![counts(10, 10)], vec![counts(30, 30)]]);
    assert_eq!((alone.held_out_f1, alone.gain, alone.chance), (None, None, None));
    assert_eq!(validate(&[vec![], vec![]]).held_out_f1, None);
}

fn at(budget_per_min: f64, count: u64, minutes: f64) -> Alarms {
    Alarms { budget_per_min, count, watched_s: 60.0 * minutes }
}

#[test]
fn the_largest_budget_that_rest_shows_to_keep_to_it_is_chosen() {
    let alarms = [at(0.01, 0, 60.0), at(0.1, 3, 60.0), at(1.0, 20, 60.0), at(10.0, 500, 60.0)];
    let choice = choose_budget(&alarms, 0.6, 1).unwrap();
    assert!(choice.budget_per_min == 1.0 && choice.shown, "{choice:?}");
    // 3 in an hour allow up to 0.146 a minute, 20 up to 0.515.
    assert_eq!(choose_budget(&alarms, 0.5, 1).unwrap().budget_per_min, 0.1);
    assert_eq!(choose_budget(&alarms, 0.07, 1).unwrap().budget_per_min, 0.01);
}

#[test]
fn where_rest_is_too_short_the_minutes_that_it_takes_are_told() {
    let alarms = [at(0.01, 0, 1.0), at(0.1, 0, 1.0), at(1.0, 1, 1.0)];
    let choice = choose_budget(&alarms, 0.1, 1).unwrap();
    assert!(!choice.shown && choice.budget_per_min == 0.1, "{choice:?}");
    assert!((choice.minutes_needed - 36.9).abs() < 0.1, "{choice:?}");
    // Four channels share what was asked for.
    assert_eq!(choose_budget(&alarms, 0.1, 4).unwrap().budget_per_min, 0.01);
}

#[test]
fn a_budget_that_rest_contradicts_is_not_taken() {
    let alarms = [at(0.01, 0, 10.0), at(0.1, 30, 10.0), at(1.0, 60, 10.0)];
    assert_eq!(choose_budget(&alarms, 0.2, 1).unwrap().budget_per_min, 0.01);
    assert_eq!(choose_budget(&alarms.map(|a| Alarms { count: 50, ..a }), 0.2, 1), None);
    assert_eq!(choose_budget(&alarms.map(|a| Alarms { watched_s: 0.0, ..a }), 0.2, 1), None);
}

fn simulated(desk: &Desk, name: &str, options: &str) {
    desk.run(&format!("simulate --out . --name {name} {options}")).succeeds();
}

fn settings(desk: &Desk, name: &str) -> Settings {
    Settings::from_toml(std::str::from_utf8(&desk.read(name)).unwrap()).unwrap()
}

#[test]
fn faint_twitches_ask_for_a_larger_budget_and_analyze_takes_the_file() {
    let desk = Desk::new();
    let names: Vec<String> = (1..=6).map(|seed| format!("r{seed}.wav")).collect();
    for seed in 1..=6 {
        simulated(&desk, &format!("r{seed}"), &format!("--scenario quiet-0db --duration 90s --seed {seed}"));
    }
    let ran = desk.run(&format!("tune {} --out t.toml", names.join(" "))).succeeds();
    assert!(ran.out.contains("held out") && ran.out.contains("The gain is outside chance"), "{}", ran.out);
    assert!(settings(&desk, "t.toml").false_alarms_per_min > 0.1);
    desk.run("analyze r1.wav --settings t.toml").succeeds();
}

#[test]
fn one_recording_leaves_the_default_and_says_why() {
    let desk = Desk::new();
    simulated(&desk, "r", "--scenario quiet-3db --seed 3");
    let ran = desk.run("tune r.wav --out t.toml").succeeds();
    assert!(ran.out.contains("The default stays") && ran.out.contains("5 or more"), "{}", ran.out);
    assert_eq!(settings(&desk, "t.toml"), Settings::default());
}

#[test]
fn rest_gives_a_budget_with_its_interval_and_the_minutes_that_were_missing() {
    let desk = Desk::new();
    simulated(&desk, "r", "--scenario rest-quiet --insertions 0 --seed 3");
    std::fs::remove_file(desk.path("r_truth.tsv")).unwrap();
    let ran = desk.run("tune r.wav --out t.toml --false-alarms 0.1/min").succeeds();
    assert!(ran.out.contains("to show that takes 37 min of rest"), "{}", ran.out);
    assert!(settings(&desk, "t.toml").false_alarms_per_min <= 0.1);
    let ran = desk.run("tune r.wav --out u.toml --false-alarms 20/min").succeeds();
    assert!(ran.out.contains("shown to give no more than 20"), "{}", ran.out);
    desk.run("analyze r.wav --settings u.toml").succeeds();
}

#[test]
fn labels_that_name_no_twitch_say_that_it_is_rest() {
    let desk = Desk::new();
    simulated(&desk, "r", "--scenario rest-quiet --insertions 0 --duration 2min --seed 3");
    assert!(desk.path("r_truth.tsv").is_file());
    let ran = desk.run("tune r.wav --out t.toml --false-alarms 0.5/min").succeeds();
    assert!(ran.out.contains("2.0 min of rest") && !ran.out.contains("F1"), "{}", ran.out);
    desk.refuses("tune r.wav --out u.toml", 1, "no twitch is labelled");
}

#[test]
fn what_cannot_be_tuned_is_refused_with_the_cure() {
    let desk = Desk::new();
    simulated(&desk, "a", "--scenario clear --duration 20s");
    simulated(&desk, "b", "--scenario clear --duration 20s");
    std::fs::remove_file(desk.path("b_truth.tsv")).unwrap();
    desk.refuses("tune b.wav --out t.toml", 1, "--false-alarms");
    desk.refuses("tune a.wav b.wav --out t.toml", 1, "tune labelled recordings and rest apart");
    desk.file("t.toml", b"false_alarms_per_min = 3.0\n");
    desk.refuses("tune a.wav --out t.toml", 1, "--force");
    assert_eq!(settings(&desk, "t.toml").false_alarms_per_min, 3.0);
    desk.refuses("tune missing.wav --out n.toml", 1, "missing.wav");
    desk.refuses("tune a.wav --out none/t.toml", 1, "none/t.toml");
}
