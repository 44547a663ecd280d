//! A needle stroke with a twitch in it: the form of a pulse is fitted, taken off, and what remains
//! is judged.

use std::f64::consts::PI;

use twitchscope::simulate::{Kind, scenario};

use crate::heard::{Heard, filters, hear};
use crate::paper::{BLUE, GREY, INK, Panel, RED, line};

const SEED: u64 = 5;
/// Edges of strokes and pops as the detector knows them, ms.
const EDGES_MS: [f64; 5] = [1.5, 3.0, 5.0, 8.0, 12.0];
/// What a form holds, and how far it is moved to fit, ms.
const FORM_MS: f64 = 60.0;
const REACH_MS: f64 = 5.0;

pub fn panels() -> Vec<Panel> {
    let heard = hear(&scenario("pistoning", SEED).expect("a scenario"));
    let (stroke, twitch) = together(&heard);
    let x = [stroke[0] - 0.15, twitch[1] + 0.2];
    let (band, raw) = (heard.delay_s(4), heard.piece(&heard.raw, x, 0.0));
    let signal = heard.piece(&heard.detect, x, band);
    let form = fitted(&signal, stroke, &heard);
    let rest: Vec<(f64, f64)> = signal.iter().zip(&form).map(|(s, f)| (s.0, s.1 - f.1)).collect();
    let panel = |title: &str, lines: Vec<_>, most: f64| Panel {
        title: title.to_owned(),
        y_label: "µV",
        x,
        y: [-most, most],
        shades: vec![twitch],
        lines,
        ..Panel::default()
    };
    let most = |all: &[(f64, f64)]| all.iter().map(|p| p.1.abs()).fold(0.0, f64::max) * 1.1;
    let (raw_most, band_most) = (most(&raw), most(&signal));
    let mut all = vec![
        panel(
            "as it came: a stroke of the needle, and a twitch (shaded)",
            vec![line("", INK, 1, raw)],
            raw_most,
        ),
        panel(
            "detection band, and the form of an edge that fits its crest best",
            vec![line("signal", GREY, 2, signal), line("form", RED, 2, form)],
            band_most,
        ),
        panel("what remains once the form is taken off", vec![line("", BLUE, 1, rest)], band_most),
    ];
    all[2].x_label = "time, s";
    all
}

/// A stroke whose twitch began within it or just after and was found.
fn together(heard: &Heard) -> ([f64; 2], [f64; 2]) {
    let strokes: Vec<_> = heard.made.truth.iter().filter(|e| e.kind == Kind::Movement).collect();
    let pairs = heard.made.twitches().filter(|t| heard.twitches.iter().any(|f| f.span.overlap(t.span) > 0));
    let pairs = pairs.filter_map(|t| {
        let t = heard.s(t.span);
        let within = |s: &[f64; 2]| s[0] < t[0] + 0.02 && t[0] < s[1] + 0.02;
        Some((strokes.iter().map(|s| heard.s(s.span)).find(within)?, t))
    });
    pairs.max_by(|a, b| (a.1[1] - a.1[0]).total_cmp(&(b.1[1] - b.1[0]))).expect("a twitch in a stroke")
}

/// The form that takes the most energy off the signal with its crest near the stroke's.
fn fitted(signal: &[(f64, f64)], stroke: [f64; 2], heard: &Heard) -> Vec<(f64, f64)> {
    let hz = heard.made.format.rate.hz();
    let near = |p: &&(f64, f64)| p.0 > stroke[0] - 0.01 && p.0 < stroke[1] + 0.02;
    let largest = signal.iter().filter(near).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let crest_s = largest.map_or(stroke[0], |p| p.0);
    let crest = signal.iter().position(|p| p.0 >= crest_s).unwrap_or(0);
    let reach = (REACH_MS / 1000.0 * hz) as usize;
    let mut best = (0.0, 0, Vec::new());
    for form in EDGES_MS.map(|ms| form(ms, heard)) {
        let size = |n: &usize| form[*n].abs();
        let own = (0..form.len()).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(0);
        for begin in (crest - reach..=crest + reach).filter_map(|c| c.checked_sub(own)) {
            let part = signal.iter().skip(begin);
            let gain: f64 = form.iter().zip(part).map(|(f, s)| f * s.1).sum();
            if gain.abs() > f64::abs(best.0) {
                best = (gain, begin, form.clone());
            }
        }
    }
    let (gain, begin, form) = best;
    let value = |n: usize| n.checked_sub(begin).and_then(|k| form.get(k)).map_or(0.0, |f| gain * f);
    signal.iter().enumerate().map(|(n, p)| (p.0, value(n))).collect()
}

/// Half a turn of a cosine as the filters of the detection band leave it, of unit energy.
fn form(ms: f64, heard: &Heard) -> Vec<f64> {
    let rate = heard.made.format.rate;
    let edge = |n: usize| (n as f64 / (ms / 1000.0 * rate.hz())).min(1.0);
    let length = (FORM_MS / 1000.0 * rate.hz()) as usize;
    let mut x: Vec<f64> = (0..length).map(|n| 0.5 - 0.5 * (PI * edge(n)).cos()).collect();
    for filter in filters(rate) {
        filter.run(&mut filter.silent(), &mut x);
    }
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    x.iter().map(|v| v / norm).collect()
}
