//! Laws of the simulator.

use twitchscope::simulate::{
    Bits, CONDITIONS, Contaminant, Kind, Options, Recipe, SCENARIOS, SUBJECTS, Simulation, StudyTruth,
    TruthEvent, Written, render, scenario, study, write,
};

fn made(name: &str, seed: u64) -> Simulation {
    render(&scenario(name, seed).unwrap()).unwrap()
}

fn twitches(simulation: &Simulation) -> Vec<TruthEvent> {
    simulation.twitches().cloned().collect()
}

#[test]
fn every_scenario_can_be_rendered_and_is_finite() {
    for s in SCENARIOS {
        let mut recipe = scenario(s.name, 1).unwrap();
        recipe.duration_s = 20.0;
        let simulation = render(&recipe).unwrap();
        assert!(simulation.frames.iter().all(|x| x.is_finite()), "{}", s.name);
        assert_eq!(simulation.frames.ncols(), simulation.format.channels.len());
        assert_eq!(simulation.frames.nrows(), (20.0 * recipe.rate_hz) as usize);
    }
}

#[test]
fn two_runs_of_a_seed_are_identical_and_two_seeds_are_not() {
    let (a, b, c) = (made("session", 5), made("session", 5), made("session", 6));
    assert_eq!(a, b);
    assert_ne!(a.frames, c.frames);
}

#[test]
fn a_contaminant_switched_on_leaves_the_twitches_where_they_were() {
    use Contaminant::*;
    let quiet = made("clear", 3);
    for contaminant in [
        Mains50,
        Mains60,
        MainsDrift,
        Ecg,
        Pistoning,
        Pops,
        Efforts,
        FloorSteps,
        FloorWander,
        Clipping,
        Knocks,
    ] {
        let mut recipe = scenario("clear", 3).unwrap();
        contaminant.add_to(&mut recipe);
        let dirty = render(&recipe).unwrap();
        assert_eq!(twitches(&dirty), twitches(&quiet), "{contaminant:?}");
        assert_ne!(dirty.frames, quiet.frames, "{contaminant:?}");
    }
}

#[test]
fn truth_lies_in_the_insertions() {
    for seed in 0..5 {
        let simulation = made("session", seed);
        assert!(simulation.twitches().count() > 10);
        for twitch in simulation.twitches() {
            let dwell = simulation.insertions[twitch.insertion.unwrap()].span();
            assert_eq!(dwell.overlap(twitch.span), twitch.span.len());
        }
    }
}

#[test]
fn without_twitches_there_is_none_and_the_contaminant_stays() {
    let only = made("ecg-only", 4);
    assert_eq!(only.twitches().count(), 0);
    assert!(only.truth.iter().filter(|t| t.kind == Kind::Ecg).count() > 100);
}

/// SciPy's `butter(2, 20, 'high', fs=2000)` and `butter(4, 450, fs=2000)`, output `sos`.
const BAND_AT_2_KHZ: [[f64; 6]; 3] = [
    [
        0.9565432255568767,
        -1.9130864511137533,
        0.9565432255568767,
        1.0,
        -1.911197067426073,
        0.9149758348014336,
    ],
    [
        0.0675048060163732,
        0.1350096120327464,
        0.0675048060163732,
        1.0,
        -0.16359116611362662,
        0.045748876831938456,
    ],
    [1.0, 2.0, 1.0, 1.0, -0.2270502870808349, 0.4514083390923059],
];

/// Forwards and backwards through the band, the plain way.
fn in_band(signal: &[f64]) -> Vec<f64> {
    let mut y = signal.to_vec();
    for _ in 0..2 {
        for [b0, b1, b2, _, a1, a2] in BAND_AT_2_KHZ {
            let (mut s1, mut s2) = (0.0, 0.0);
            for x in &mut y {
                let out = b0 * *x + s1;
                s1 = b1 * *x - a1 * out + s2;
                s2 = b2 * *x - a2 * out;
                *x = out;
            }
        }
        y.reverse();
    }
    y
}

fn mean_square(signal: &[f64]) -> f64 {
    signal.iter().map(|x| x * x).sum::<f64>() / signal.len() as f64
}

#[test]
fn the_stated_snr_onset_and_offset_are_the_measured_ones() {
    let simulation = made("quiet-6db", 2);
    let rest = made("quiet-6db-only", 2);
    let noise: Vec<f64> = in_band(&rest.frames.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
    let power = simulation.noise_uv.powi(2);
    // Two minutes of noise of some 300 Hz bandwidth tell its power to 1 %.
    assert!((mean_square(&noise) / power - 1.0).abs() < 0.03);
    let bursts: Vec<f64> =
        simulation.frames.iter().zip(&rest.frames).map(|(x, r)| f64::from(*x) - f64::from(*r)).collect();
    let bursts = in_band(&bursts);
    for twitch in simulation.twitches() {
        let (from, to) = (twitch.span.start.get() as usize, twitch.span.end.get() as usize);
        let snr = 10.0 * (mean_square(&bursts[from..to]) / power).log10();
        assert!((snr - twitch.snr_db.unwrap()).abs() < 0.02, "{snr}");
        let energy = |r: std::ops::Range<usize>| bursts[r].iter().map(|x| x * x).sum::<f64>();
        let total = energy(from - 160..to + 160);
        assert!(energy(from - 160..from) < 0.0101 * total && energy(from - 160..from + 1) > 0.0099 * total);
        assert!(energy(to..to + 160) < 0.0101 * total && energy(to - 1..to + 160) > 0.0099 * total);
    }
}

#[test]
fn bursts_last_as_long_as_asked_and_come_as_often() {
    let (mut count, mut durations) = (0, Vec::new());
    for seed in 0..10 {
        let simulation = made("quiet-10db", seed);
        count += simulation.twitches().count();
        durations.extend(simulation.twitches().map(|t| t.span.len() as f64 / 2.0));
    }
    // 30 a minute in 100 s of dwell; the dead time makes it steadier than Poisson.
    assert!((440..560).contains(&count), "{count}");
    durations.sort_by(f64::total_cmp);
    let quantile = |q: f64| durations[(q * (durations.len() - 1) as f64) as usize];
    // Log-uniform between 20 and 150 ms: 33, 55 and 91.
    for (q, ms) in [(0.25, 33.1), (0.5, 54.8), (0.75, 90.6)] {
        assert!((quantile(q) / ms).ln().abs() < 0.15, "{q}: {} ms", quantile(q));
    }
    assert!(durations[0] > 12.0 && durations[durations.len() - 1] < 190.0);
}

#[test]
fn what_a_slow_recording_keeps_is_not_aliased() {
    let mut recipe = scenario("rate-250-only", 1).unwrap();
    let mut fast = recipe.clone();
    fast.rate_hz = 2000.0;
    (recipe.background.tonic_share, fast.background.tonic_share) = (0.0, 0.0);
    let power = |r: &_| {
        let frames = render(r).unwrap().frames;
        mean_square(&frames.iter().map(|x| f64::from(*x)).collect::<Vec<_>>())
    };
    // White noise: an eighth of the bandwidth, less what the filter's slope takes (8 % of it).
    let kept = power(&recipe) / power(&fast) * 8.0;
    assert!((0.88..0.96).contains(&kept), "{kept}");
}

#[test]
fn efforts_keep_away_from_twitches() {
    for seed in 0..5 {
        let simulation = made("efforts", seed);
        let efforts: Vec<_> = simulation.truth.iter().filter(|t| t.kind == Kind::Effort).collect();
        assert!(efforts.len() > 4, "{}", efforts.len());
        for effort in efforts {
            let (from, to) = (effort.span.start.get().saturating_sub(600), effort.span.end.get() + 600);
            let around = twitchscope::units::Span::new(from, to);
            assert!(simulation.twitches().all(|t| around.overlap(t.span) == 0));
        }
    }
}

#[test]
fn efforts_last_as_long_as_the_recipe_says_by_the_definition_of_the_truth() {
    for seed in 0..20 {
        let simulation = made("efforts", seed);
        for effort in simulation.truth.iter().filter(|t| t.kind == Kind::Effort) {
            let long_s = effort.span.len() as f64 / simulation.format.rate.hz();
            assert!((0.38..3.15).contains(&long_s), "seed {seed}: {long_s} s");
        }
    }
}

#[test]
fn the_heart_beats_at_its_rate() {
    let recipe = scenario("ecg-only", 7).unwrap();
    let bpm = recipe.ecg.as_ref().unwrap().bpm;
    let beats = render(&recipe).unwrap().truth.len() as f64;
    assert!((beats / 2.0 / bpm - 1.0).abs() < 0.03, "{beats} beats in two minutes at {bpm} a minute");
}

#[test]
fn nothing_is_above_full_scale_and_clipping_is_in_the_truth() {
    let simulation = made("clipping", 1);
    let end = simulation.format.full_scale.unwrap();
    let mut at_end = simulation.frames.iter().enumerate().filter(|(_, x)| x.abs() >= end).peekable();
    assert!(at_end.peek().is_some());
    let clipped: Vec<_> = simulation.truth.iter().filter(|t| t.kind == Kind::Clipped).collect();
    for (i, x) in at_end {
        assert_eq!(x.abs(), end);
        let at = twitchscope::units::SampleIndex::new(i as u64);
        assert!(clipped.iter().any(|c| c.span.contains(at)));
    }
    let roomy = made("quiet-20db", 1);
    assert!(roomy.frames.iter().all(|x| x.abs() < roomy.format.full_scale.unwrap()));
}

#[test]
fn an_impossible_recipe_is_refused_by_name() {
    let refused = |change: fn(&mut Recipe)| {
        let mut recipe = scenario("session", 1).unwrap();
        change(&mut recipe);
        render(&recipe).unwrap_err().to_string()
    };
    assert!(refused(|r| r.rate_hz = f64::NAN).contains("rate_hz"));
    assert!(refused(|r| r.channels = 0).contains("channels"));
    assert!(refused(|r| r.twitches.snr_db = [20.0, 8.0]).contains("lower end first"));
    assert!(refused(|r| (r.duration_s, r.channels) = (86_400.0, 64)).contains("shorter"));
    assert!(scenario("none", 1).unwrap_err().to_string().contains("quiet-20db"));
}

#[test]
fn written_files_read_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let simulation = made("four-channels", 1);
    for (bits, name) in [(Bits::Sixteen, "a"), (Bits::TwentyFour, "b")] {
        let options = Options { bits, replace: false };
        let written = write(&simulation, folder.path(), name, options).unwrap();
        let mut reader = hound::WavReader::open(&written.recording).unwrap();
        let counts = 2f64.powi(i32::from(reader.spec().bits_per_sample) - 1);
        let sidecar = std::fs::read_to_string(&written.sidecar).unwrap();
        let sidecar: serde_json::Value = serde_json::from_str(&sidecar).unwrap();
        let lsb = sidecar["FullScale_uV"].as_f64().unwrap() / counts;
        assert_eq!(reader.len() as usize, simulation.frames.len());
        for (count, x) in reader.samples::<i32>().zip(&simulation.frames) {
            assert!((f64::from(count.unwrap()) * lsb - f64::from(*x)).abs() <= 0.5 * lsb + 1e-4);
        }
        let truth = twitchscope::evaluate::read(&written.truth).unwrap();
        let rate = simulation.format.rate;
        assert_eq!(truth.len(), simulation.twitches().count());
        for (read, twitch) in truth.iter().zip(simulation.twitches()) {
            assert_eq!(rate.samples(twitchscope::units::Seconds::new(read.onset)), twitch.span.start.get());
            assert!((read.snr_db.unwrap() - twitch.snr_db.unwrap()).abs() < 0.006);
        }
        let events = std::fs::read_to_string(&written.events).unwrap();
        assert_eq!(events.lines().count(), 1 + simulation.insertions.len());
    }
}

#[test]
fn a_recording_that_is_there_is_replaced_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut recipe = scenario("clear", 1).unwrap();
    recipe.duration_s = 5.0;
    let (one, two) = (render(&recipe).unwrap(), render(&Recipe { seed: 2, ..recipe }).unwrap());
    let bytes = |w: &Written| std::fs::read(&w.recording).unwrap();
    let (careful, force) = (Options::default(), Options { replace: true, ..Options::default() });
    let first = write(&one, folder.path(), "x", careful).unwrap();
    let before = bytes(&first);
    assert!(write(&two, folder.path(), "x", careful).unwrap_err().to_string().contains("--force"));
    assert_eq!(bytes(&first), before);
    assert_ne!(bytes(&write(&two, folder.path(), "x", force).unwrap()), before);
    assert_eq!(bytes(&write(&one, folder.path(), "x", force).unwrap()), before, "same recipe, same bytes");
    assert!(write(&one, folder.path(), "../x", careful).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing half-written is left");
}

#[test]
fn a_study_has_each_subject_under_each_condition() {
    let recordings = study(4);
    assert_eq!(recordings.len(), SUBJECTS * CONDITIONS.len());
    assert_eq!(recordings, study(4));
    assert_ne!(recordings[0].recipe, study(5)[0].recipe);
    let mut seeds: Vec<u64> = recordings.iter().map(|r| r.recipe.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), recordings.len(), "two recordings are drawn from one seed");
    // A subject is as lively under each condition, compared with the others.
    for own in recordings.chunks(CONDITIONS.len()) {
        let liveliness: Vec<f64> = own
            .iter()
            .zip(CONDITIONS)
            .map(|(r, (name, per_min))| {
                assert_eq!(r.condition, name);
                r.recipe.twitches.per_min / per_min
            })
            .collect();
        assert!(liveliness.iter().all(|l| (l - liveliness[0]).abs() < 1e-9), "{liveliness:?}");
    }
}

#[test]
fn true_twitches_are_as_many_as_the_truth_of_a_study_expects() {
    let mut recording = study(1).remove(2);
    let (name, per_min) = CONDITIONS[2];
    assert_eq!(recording.condition, name);
    // The average subject, again and again.
    recording.recipe.twitches.per_min = per_min;
    let (mut truth, mut count, mut minutes) = (StudyTruth::default(), 0.0, 0.0);
    for seed in 0..12 {
        recording.recipe.seed = seed;
        let made = render(&recording.recipe).unwrap();
        truth.add(&recording, &made);
        count += made.twitches().count() as f64;
        let dwell = made.insertions.iter().map(|i| made.format.rate.seconds(i.span().len()).s());
        minutes += dwell.sum::<f64>() / 60.0;
    }
    let expected = truth.rate_per_min(2) * minutes;
    // Below the rate at needle in, and within four standard errors of what was drawn.
    assert!(truth.rate_per_min(2) < 0.95 * per_min);
    assert!((count - expected).abs() < 4.0 * expected.sqrt(), "{count} drawn, {expected:.1} expected");
}
