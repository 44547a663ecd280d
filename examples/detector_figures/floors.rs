//! Energies against the long floor, the short one and the threshold, over twitches, an effort and a
//! floor that steps.

use twitchscope::signal::envelope::WINDOWS;
use twitchscope::signal::floor::SlidingQuantile;
use twitchscope::simulate::{Contaminant, Kind, scenario};

use crate::heard::{HOP, Heard, hear};
use crate::paper::{BLUE, GREEN, GREY, INK, Line, PURPLE, Panel, RED, line};

/// This seed has twitches, an effort and a step of the floor within what is shown.
const SEED: u64 = 12;
const SHOWN_S: f64 = 14.0;
/// The window whose energy is the floor (64 ms), and the spread of the cube root of its energy in
/// noise of 150 Hz effective bandwidth (Wilson & Hilferty 1931: σ² = 2 / (9 × 2BT)).
const FLOOR_WINDOW: usize = 2;
const WINDOW_S: [f64; WINDOWS] = [0.016, 0.032, 0.064, 0.128];
const NAMES: [&str; WINDOWS] = ["16 ms", "32 ms", "64 ms", "128 ms"];
/// How often floors take a value, hops: 16 ms, the long one every second time.
const STEP: u64 = 8;
/// After so many of them, 2.5 s, the long floor forgets what was before the noise stepped down.
const FORGETS: u32 = 156;

fn sigma(window: usize) -> f64 {
    (2.0 / (9.0 * 2.0 * 150.0 * WINDOW_S[window])).sqrt()
}

pub fn panels() -> Vec<Panel> {
    let mut recipe = scenario("efforts", SEED).expect("a scenario");
    recipe.duration_s = 90.0;
    Contaminant::FloorSteps.add_to(&mut recipe);
    let heard = hear(&recipe);
    let x = shown(&heard);
    let threshold_db = heard.reports[0].quality.as_ref().expect("a floor").threshold_db;
    let [long, short] = floors(&heard, x);
    let force: Vec<(f64, f64)> = long.iter().zip(&short).map(|(l, s)| (l.0, in_force(l.1, s.1))).collect();
    let threshold = force.iter().map(|(t, db)| (*t, db + threshold_db)).collect();
    let signal = heard.piece(&heard.detect, x, heard.delay_s(4));
    let most = signal.iter().map(|p| p.1.abs()).fold(0.0, f64::max) * 1.1;
    let spans = |kind: Kind| heard.made.truth.iter().filter(move |e| e.kind == kind).map(|e| heard.s(e.span));
    let twitches: Vec<[f64; 2]> = spans(Kind::Twitch).filter(|s| s[0] > x[0] && s[1] < x[1]).collect();
    vec![
        Panel {
            title: "detection band; shaded: where the true twitches are".into(),
            y_label: "µV",
            x,
            y: [-most, most],
            shades: twitches.clone(),
            lines: vec![line("", INK, 1, signal)],
            ..Panel::default()
        },
        Panel {
            title: "energy of 64 ms, the two floors, and the threshold on the larger".into(),
            x_label: "time, s",
            y_label: "dB over 1 µV²",
            x,
            y: [5.0, 60.0],
            shades: twitches.clone(),
            lines: vec![
                line("energy of 64 ms", GREY, 1, heard.energy(FLOOR_WINDOW, x)),
                line("long floor", BLUE, 2, long),
                line("short floor", GREEN, 2, short),
                line("threshold", RED, 2, threshold),
            ],
        },
        zoom(&heard, &twitches, &force, threshold_db),
    ]
}

/// The first stretch with a step of the floor and, apart from it, an effort and twitches.
fn shown(heard: &Heard) -> [f64; 2] {
    let of = |kind: Kind| -> Vec<[f64; 2]> {
        heard.made.truth.iter().filter(|e| e.kind == kind).map(|e| heard.s(e.span)).collect()
    };
    let (steps, efforts) = (of(Kind::FloorStep), of(Kind::Effort));
    let inside =
        |all: &[[f64; 2]], from: f64| all.iter().any(|e| e[0] > from + 1.5 && e[1] < from + SHOWN_S - 3.0);
    let starts = (15..70).map(f64::from);
    let mut fitting = starts.filter(|from| inside(&steps, *from) && inside(&efforts, *from));
    let from = fitting.next().expect("a step and an effort close to each other");
    [from, from + SHOWN_S]
}

/// The long floor and the short one, dB over 1 µV², as the detector has them for a moment that it
/// judges half a second later.
fn floors(heard: &Heard, [from, to]: [f64; 2]) -> [Vec<(f64, f64)>; 2] {
    let hz = heard.made.format.rate.hz() / HOP as f64;
    let (mut long, mut short) = (SlidingQuantile::new(312), SlidingQuantile::new(62));
    let lift = (1.0 - 0.385 * sigma(FLOOR_WINDOW)).powi(-3) as f32;
    let mut all = [Vec::new(), Vec::new()];
    let mut below = 0;
    for at in (4 * STEP..heard.energies.end()).step_by(STEP as usize) {
        let middle = at - 1 - heard.energies.length(FLOOR_WINDOW) / 2;
        let energy = heard.energies.around(FLOOR_WINDOW, middle).unwrap_or(0.0);
        if at.is_multiple_of(2 * STEP) {
            long.push(energy);
        }
        short.push(energy);
        let judged_s = at as f64 / hz - 0.5 - heard.delay_s(4);
        let floor = |long: &SlidingQuantile| long.quantile(0.35).unwrap_or(0.0) * lift;
        let short_floor = short.quantile(0.5).unwrap_or(0.0);
        below = if short_floor < 0.6 * floor(&long) { below + 1 } else { 0 };
        if below == FORGETS {
            long.bound(short_floor / lift, true);
            below = 0;
        }
        for (points, value) in all.iter_mut().zip([floor(&long), short_floor]) {
            if value > 0.0 && (from..to).contains(&judged_s) {
                points.push((judged_s, 10.0 * f64::from(value).log10()));
            }
        }
    }
    all
}

/// The larger of both, dB, unless the noise has stepped down to less than 0.6 of the long one.
fn in_force(long_db: f64, short_db: f64) -> f64 {
    if short_db < long_db + 10.0 * 0.6f64.log10() { short_db } else { long_db.max(short_db) }
}

/// The four windows over one twitch, each against its own threshold.
fn zoom(heard: &Heard, twitches: &[[f64; 2]], force: &[(f64, f64)], threshold_db: f64) -> Panel {
    let brief = |t: &&[f64; 2]| (t[1] - t[0] - 0.05).abs();
    let one = twitches.iter().min_by(|a, b| brief(a).total_cmp(&brief(b))).expect("a twitch");
    let x = [one[0] - 0.3, one[1] + 0.5];
    let floor = force.iter().find(|p| p.0 >= one[0]).map_or(0.0, |p| p.1);
    // As many standard deviations above the median as the 64 ms have.
    let sigmas = (10f64.powf(threshold_db / 30.0) - 1.0) / sigma(FLOOR_WINDOW);
    let own_db = |w: usize| 30.0 * (1.0 + sigmas * sigma(w)).log10();
    let over = |w: usize| heard.energy(w, x).into_iter().map(move |(t, db)| (t, db - floor - own_db(w)));
    let colours = [RED, GREEN, GREY, PURPLE];
    let lines = (0..WINDOWS).map(|w| line(NAMES[w], colours[w], 2, over(w).collect()));
    let zero: Line = line("threshold", INK, 1, vec![(x[0], 0.0), (x[1], 0.0)]);
    Panel {
        title: "one twitch in four windows, each over its own threshold".into(),
        x_label: "time, s",
        y_label: "dB",
        x,
        y: [-15.0, 20.0],
        shades: vec![*one],
        lines: lines.chain([zero]).collect(),
    }
}
