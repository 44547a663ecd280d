//! The check before a session, as a person reads it.

mod terminal;

use terminal::Desk;

fn check(options: &str, name: &str) -> String {
    let desk = Desk::new();
    desk.run(&format!("simulate --out . --name {name} --seed 21 {options}")).succeeds();
    desk.run(&format!("check {name}.wav")).succeeds().out
}

/// The line of a finding.
fn line<'a>(text: &'a str, what: &str) -> &'a str {
    text.lines().skip(1).find(|l| l.contains(what)).unwrap_or_else(|| panic!("no {what}: {text}"))
}

#[test]
fn quiet_rest_is_good_enough() {
    let text = check("--scenario rest-quiet --duration 60s", "quiet");
    assert!(text.contains("\nGood enough for a session."), "{text}");
    for what in ["noise floor", "hum", "heart", "clipping", "false alarms", "smallest twitch"] {
        assert!(line(&text, what).trim().starts_with("good"), "{text}");
    }
    assert!(line(&text, "smallest twitch").contains("tested"), "{text}");
    assert!(line(&text, "false alarms").contains("95 % interval"), "{text}");
}

#[test]
fn a_converter_that_clips_is_not() {
    let text = check("--scenario clipping-only --duration 60s", "clipped");
    assert!(!line(&text, "clipping").trim().starts_with("good"), "{text}");
    assert!(!text.contains("\nGood enough"), "{text}");
    assert!(text.contains("lower the gain"), "{text}");
}

#[test]
fn hum_is_measured_in_microvolts() {
    let text = check("--scenario mains-50-only --duration 60s", "hum");
    let hum = line(&text, "hum");
    assert!(hum.contains("µV RMS") && hum.contains("at 50"), "{text}");
    let uv: f64 = hum.split("EMG1: ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    // 3 to 15 times a noise of 5 µV, and harmonics.
    assert!((10.0..120.0).contains(&uv), "{text}");
}

#[test]
fn a_heart_is_told_with_its_rate() {
    let text = check("--scenario ecg-only --duration 60s", "heart");
    let heart = line(&text, "heart");
    let words: Vec<&str> = heart.split(' ').collect();
    let at = words.iter().position(|w| *w == "beats").unwrap();
    let per_min: f64 = words[at - 1].parse().unwrap();
    assert!((40.0..130.0).contains(&per_min), "{heart}");
}

#[test]
fn twitches_at_rest_are_false_alarms_and_bad() {
    let text = check("--scenario clear --duration 60s --insertions 0", "restless");
    assert!(line(&text, "false alarms").trim().starts_with("bad"), "{text}");
    assert!(text.contains("Not good enough"), "{text}");
}

#[test]
fn a_short_check_says_that_it_is_short() {
    let text = check("--scenario rest-quiet --duration 12s", "short");
    assert!(line(&text, "length").trim().starts_with("doubtful"), "{text}");
}
