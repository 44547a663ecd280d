//! Bursts of mains are told as such, and muscle never is.

#[path = "support/cases.rs"]
mod cases;

use std::f64::consts::TAU;

use cases::{Case, simulated};
use twitchscope::detect::Class;
use twitchscope::pipeline::{Event, Found};

/// Where bursts of hum begin, s, and how they are apart.
const FIRST_S: f64 = 8.0;
const EVERY_S: f64 = 1.37;
const BURSTS: usize = 12;

/// The quiet recording with bursts of hum of `ms`, `db` over its noise.
fn with_hum(seed: u64, grid_hz: f64, ms: f64, db: f64) -> (Case, Vec<u64>) {
    let mut case = simulated("rest-quiet", seed, 26.0);
    case.format.full_scale = None;
    let rate_hz = case.format.rate.hz();
    let noise = case.frames.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / case.frames.len() as f64;
    let rms = (noise * 10f64.powf(db / 10.0)).sqrt();
    let wave = |t: f64| -> f64 {
        let parts = [(1.0, 0.5), (2.0, 0.3), (3.0, 1.0), (5.0, 0.6), (7.0, 0.3)];
        parts.iter().map(|(k, a)| a * (TAU * k * grid_hz * t + k * k).sin()).sum()
    };
    let scale = rms / (0.5f64 * (0.25 + 0.09 + 1.0 + 0.36 + 0.09)).sqrt();
    let onsets: Vec<u64> = (0..BURSTS).map(|n| ((FIRST_S + EVERY_S * n as f64) * rate_hz) as u64).collect();
    for onset in &onsets {
        for n in 0..(ms / 1000.0 * rate_hz) as u64 {
            let t = (onset + n) as f64 / rate_hz;
            case.frames[((onset + n) as usize, 0)] += (scale * wave(t)) as f32;
        }
    }
    (case, onsets)
}

fn near(case: &Case, onsets: &[u64]) -> Vec<Found> {
    let reach = (0.05 * case.format.rate.hz()) as u64;
    let candidate = |e: &Event| match e {
        Event::Candidate(f) if onsets.iter().any(|o| f.span.start.get().abs_diff(*o) < reach) => Some(*f),
        _ => None,
    };
    case.whole().events.iter().filter_map(candidate).collect()
}

/// How many candidates at the bursts were taken for hum, and how many for twitches.
fn taken(grid_hz: f64, ms: f64, db: f64) -> (usize, usize) {
    let (mut hum, mut twitches) = (0, 0);
    for seed in 1..4 {
        let (case, onsets) = with_hum(seed, grid_hz, ms, db);
        let found = near(&case, &onsets);
        let count = |class: Class| found.iter().filter(|f| f.candidate.class == class).count();
        hum += count(Class::Mains);
        twitches += count(Class::Twitch);
    }
    (hum, twitches)
}

#[test]
fn bursts_of_hum_of_four_periods_and_more_are_no_twitches() {
    for (grid_hz, shortest_ms) in [(50.0, 80.0), (60.0, 70.0), (49.7, 80.0), (60.3, 70.0)] {
        for ms in [shortest_ms, 120.0, 200.0] {
            for db in [10.0, 15.0, 20.0] {
                let (hum, twitches) = taken(grid_hz, ms, db);
                println!("{grid_hz} Hz, {ms} ms, {db} dB: {hum} hum, {twitches} twitches");
                assert!(
                    hum > 0 && twitches * 8 <= 3 * BURSTS,
                    "{grid_hz} Hz, {ms} ms, {db} dB: {hum} {twitches}"
                );
            }
        }
    }
}

/// Two periods are not told from muscle: half of any burst lies on the harmonics by chance.
#[test]
fn bursts_of_two_periods_are_not_judged_by_them() {
    for grid_hz in [50.0, 60.0] {
        assert_eq!(taken(grid_hz, 36.0, 15.0).0, 0);
    }
}

#[test]
fn no_burst_of_muscle_is_taken_for_hum() {
    for name in ["quiet-20db", "fast", "mains-50", "mains-60", "mains-drift", "session", "rate-500"] {
        for seed in 9000..9003 {
            let case = simulated(name, seed, 60.0);
            let hum = |e: &Event| matches!(e, Event::Candidate(f) if f.candidate.class == Class::Mains);
            assert_eq!(case.whole().events.iter().filter(|e| hum(e)).count(), 0, "{name} {seed}");
        }
    }
}
