//! A beat alone and a twitch on a beat: the signal, and the energy of 16 ms against what beats
//! usually leave.

use twitchscope::detect::Class;
use twitchscope::pipeline::Found;
use twitchscope::simulate::{Kind, scenario};

use crate::heard::{Heard, hear};
use crate::paper::{BLUE, GREEN, GREY, INK, Panel, RED, line};

const SEED: u64 = 8;
/// R waves so many times the noise: smaller ones seldom reach the threshold in the detection band.
const TIMES_NOISE: f64 = 100.0;
/// How much is shown on either side of a beat, s.
const AROUND_S: f64 = 0.25;

pub fn panels() -> Vec<Panel> {
    let mut recipe = scenario("ecg", SEED).expect("a scenario");
    recipe.ecg.iter_mut().for_each(|ecg| ecg.times_noise = TIMES_NOISE);
    let heard = hear(&recipe);
    let beats: Vec<[f64; 2]> = spans(&heard, Kind::Ecg);
    let lone = |b: &[f64; 2]| free(&heard, *b);
    let usual = usual(&heard, beats.iter().copied().filter(lone));
    let alone = heard.candidates.iter().find(|f| f.candidate.class == Class::Ecg && lone(&heard.s(f.span)));
    let on_beat = heard.twitches.iter().filter(|f| f.candidate.evidence.beat.is_some());
    let on_beat = on_beat.max_by(|a, b| a.candidate.score.total_cmp(&b.candidate.score));
    let both = [alone, on_beat].map(|found| found.expect("a beat alone and a twitch on one"));
    let beat = both.map(|found| nearest(&heard, found, &beats));
    let titles = ["a beat alone, taken for", "a twitch on a beat, taken for"];
    let signals = [0, 1].map(|k| signal(&heard, titles[k], both[k], beat[k]));
    let energies = [0, 1].map(|k| energy(&heard, beat[k], &usual));
    signals.into_iter().chain(energies).collect()
}

fn spans(heard: &Heard, kind: Kind) -> Vec<[f64; 2]> {
    heard.made.truth.iter().filter(|e| e.kind == kind).map(|e| heard.s(e.span)).collect()
}

/// Whether no true twitch is within a third of a second.
fn free(heard: &Heard, span: [f64; 2]) -> bool {
    spans(heard, Kind::Twitch).iter().all(|t| t[0] > span[1] + 0.3 || t[1] < span[0] - 0.3)
}

/// The start of the beat that a candidate lies on, s.
fn nearest(heard: &Heard, found: &Found, beats: &[[f64; 2]]) -> f64 {
    let at = heard.s(found.span);
    let far = |b: &[f64; 2]| (b[0] - at[1]).max(at[0] - b[1]).max(0.0);
    beats.iter().min_by(|a, b| far(a).total_cmp(&far(b))).expect("a beat")[0]
}

/// The mean energy of 16 ms, µV², at each time after a beat's start.
fn usual(heard: &Heard, beats: impl Iterator<Item = [f64; 2]>) -> Vec<(f64, f64)> {
    let mut sum: Vec<(f64, f64)> = Vec::new();
    let mut count = 0.0;
    for [start, _] in beats {
        let trace = heard.energy(0, [start - AROUND_S, start + AROUND_S]);
        if sum.is_empty() {
            sum = trace.iter().map(|(t, _)| (t - start, 0.0)).collect();
        }
        sum.iter_mut().zip(trace).for_each(|(s, (_, db))| s.1 += 10f64.powf(db / 10.0));
        count += 1.0;
    }
    sum.iter().map(|(t, e)| (*t, e / count)).collect()
}

fn signal(heard: &Heard, title: &str, found: &Found, beat: f64) -> Panel {
    let x = [beat - AROUND_S, beat + AROUND_S];
    let lines = vec![
        line("amplitude band", GREY, 1, heard.piece(&heard.amplitude, x, heard.delay_s(3))),
        line("detection band", BLUE, 1, heard.piece(&heard.detect, x, heard.delay_s(4))),
    ];
    let most = lines[0].points.iter().map(|p| p.1.abs()).fold(0.0, f64::max) * 1.4;
    Panel {
        title: format!("{title}: {}", found.candidate.class.name()),
        y_label: "µV",
        x,
        y: [-most, most],
        shades: spans(heard, Kind::Twitch),
        lines,
        ..Panel::default()
    }
    .within()
}

fn energy(heard: &Heard, beat: f64, usual: &[(f64, f64)]) -> Panel {
    let x = [beat - AROUND_S, beat + AROUND_S];
    let twice = |(t, e): &(f64, f64)| (beat + t, 10.0 * (2.0 * e).log10());
    let noise = heard.reports[0].quality.as_ref().expect("a floor").noise_rms;
    let floor = 20.0 * noise.log10();
    Panel {
        title: "energy of 16 ms, detection band".into(),
        x_label: "time, s",
        y_label: "dB over 1 µV²",
        x,
        y: [5.0, 65.0],
        shades: spans(heard, Kind::Twitch),
        lines: vec![
            line("here", INK, 2, heard.energy(0, x)),
            line("twice what beats leave", RED, 2, usual.iter().map(twice).collect()),
            line("noise", GREEN, 1, vec![(x[0], floor), (x[1], floor)]),
        ],
    }
    .within()
}
