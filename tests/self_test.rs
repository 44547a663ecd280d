//! Bursts of known size added to a recording, and what is found of them.

mod terminal;

use serde_json::Value;
use terminal::Desk;
use twitchscope::session::SelfTestRow;

/// A recording on the desk, `options` of `simulate`.
fn simulated(desk: &Desk, name: &str, options: &str) {
    desk.run(&format!("simulate --out . --name {name} {options}")).succeeds();
}

fn rows(desk: &Desk, line: &str) -> Vec<SelfTestRow> {
    let ran = desk.run(&format!("analyze {line} --self-test --json")).succeeds();
    let session: Value = serde_json::from_str(&ran.out).unwrap();
    serde_json::from_value(session["self_test"]["rows"].clone()).unwrap()
}

#[test]
fn in_plain_noise_the_test_agrees_with_what_was_computed() {
    let desk = Desk::new();
    simulated(&desk, "quiet", "--scenario rest-quiet --duration 3min --seed 11");
    let rows = rows(&desk, "quiet.wav");
    assert_eq!(rows.iter().map(|r| r.ms).collect::<Vec<_>>(), [20.0, 50.0, 100.0]);
    for row in rows {
        let (half, most) = (row.found_half_rms.unwrap(), row.found_90_rms.unwrap());
        let ratio = most.value / row.computed_90_rms.unwrap();
        // What is computed is the part of a burst above 60 Hz, a little less than all of it.
        assert!((0.9..1.5).contains(&ratio), "{} ms: {ratio}", row.ms);
        assert!(half.value < most.value && most.low < most.value && most.value < most.high);
        assert!(row.added >= 100 && row.found < row.added, "{row:?}");
    }
}

#[test]
fn in_louder_noise_a_larger_burst_is_needed() {
    let desk = Desk::new();
    simulated(&desk, "quiet", "--scenario rest-quiet --duration 2min --seed 12");
    // A count that is worth twice as much.
    let sidecar = String::from_utf8(desk.read("quiet_emg.json")).unwrap();
    let mut sidecar: Value = serde_json::from_str(&sidecar).unwrap();
    let once = rows(&desk, "quiet.wav");
    sidecar["FullScale_uV"] = (sidecar["FullScale_uV"].as_f64().unwrap() * 2.0).into();
    desk.file("quiet_emg.json", sidecar.to_string().as_bytes());
    for (one, two) in once.iter().zip(rows(&desk, "quiet.wav")) {
        let ratio = two.found_90_rms.unwrap().value / one.found_90_rms.unwrap().value;
        assert!((ratio - 2.0).abs() < 0.02, "{} ms: {ratio}", one.ms);
    }
}

#[test]
fn the_same_seed_gives_the_same_answer_and_another_seed_one_that_agrees() {
    let desk = Desk::new();
    simulated(&desk, "quiet", "--scenario rest-quiet --duration 2min --seed 13");
    let (one, same, other) =
        (rows(&desk, "quiet.wav"), rows(&desk, "quiet.wav"), rows(&desk, "quiet.wav --seed 2"));
    assert!(one == same && one != other);
    for (a, b) in one.iter().zip(&other) {
        let (a, b) = (a.found_90_rms.unwrap(), b.found_90_rms.unwrap());
        assert!(a.low < b.high && b.low < a.high, "{a:?} {b:?}");
    }
}

#[test]
fn a_heart_makes_short_bursts_harder_to_find() {
    let desk = Desk::new();
    for name in ["rest-quiet", "ecg-only"] {
        simulated(&desk, name, &format!("--scenario {name} --duration 2min --seed 14"));
    }
    let share = |name: &str| {
        let row = &rows(&desk, &format!("{name}.wav"))[0];
        row.found as f64 / row.added as f64
    };
    assert!(share("ecg-only") < share("rest-quiet"));
}

#[test]
fn a_recording_without_a_quiet_place_says_so() {
    let desk = Desk::new();
    desk.file("flat.wav", &terminal::wav(1, 1000, 30_000));
    let ran = desk.run("analyze flat.wav --self-test").succeeds();
    assert!(ran.out.contains("no place was quiet enough"), "{}", ran.out);
}

#[test]
fn counts_do_not_change_by_testing() {
    let desk = Desk::new();
    let table = |options: &str| {
        desk.run(&format!("analyze samples/four-insertions.wav --out r --no-figures {options}")).succeeds();
        desk.read("r/four-insertions_twitches.tsv")
    };
    assert!(table("") == table("--self-test"));
}

#[test]
fn the_bursts_that_are_added_have_the_size_and_length_that_is_said() {
    use twitchscope::signal::design::{Shape, butterworth};
    use twitchscope::simulate::Bursts;
    use twitchscope::units::{Hertz, SampleRate, Seconds};

    for rate_hz in [500.0, 1000.0, 2000.0, 10_000.0] {
        let rate = SampleRate::new(rate_hz).unwrap();
        let mut maker = Bursts::new(rate, 5);
        let high_pass = butterworth(2, Shape::HighPass(Hertz::new(20.0)), rate).unwrap();
        for (index, ms) in [(0, 20.0), (1, 50.0), (2, 100.0), (3, 100.0)] {
            let burst = maker.make(index, Seconds::from_ms(ms)).unwrap();
            let long = rate.seconds((burst.offset - burst.onset) as u64).ms();
            assert!((long / ms - 1.0).abs() < 0.35, "{rate_hz} Hz: {long} for {ms} ms");
            let mut samples: Vec<f64> = burst.values.iter().map(|x| f64::from(*x)).collect();
            samples.resize(samples.len() + rate_hz as usize / 10, 0.0);
            high_pass.run(&mut high_pass.silent(), &mut samples);
            let energy: f64 = samples.iter().map(|x| x * x).sum();
            let rms = (energy / (burst.offset - burst.onset) as f64).sqrt();
            assert!((0.85..1.15).contains(&rms), "{rate_hz} Hz, {ms} ms: {rms}");
        }
    }
}
