//! One twitch between heart beats: as it came, in the amplitude band, in the detection band.

use twitchscope::simulate::{Kind, scenario};

use crate::heard::{Heard, hear};
use crate::paper::{BLUE, INK, Panel, RED, line};

/// This seed has beats of twelve times the noise and a twitch of middling strength between two.
const SEED: u64 = 3;
/// How much is shown around the twitch, s.
const AROUND_S: f64 = 0.9;

pub fn panels() -> Vec<Panel> {
    let heard = hear(&scenario("ecg", SEED).expect("a scenario"));
    let (true_span, found_span) = between_beats(&heard);
    let x = [found_span[0] - AROUND_S, found_span[1] + AROUND_S];
    let panel = |title: &str, values: &[f64], filters: usize| {
        let delay_s = heard.delay_s(filters);
        let points = heard.piece(values, x, delay_s);
        let most = points.iter().map(|p| p.1.abs()).fold(0.0, f64::max) * 1.15;
        let edge = |at: f64, name: &str, colour| line(name, colour, 2, vec![(at, -most), (at, most)]);
        Panel {
            title: title.to_owned(),
            y_label: "µV",
            x,
            y: [-most, most],
            shades: vec![true_span],
            lines: vec![
                line("", INK, 1, points),
                edge(found_span[0], "onset found", BLUE),
                edge(found_span[1], "offset found", RED),
            ],
            ..Panel::default()
        }
    };
    let mut all = vec![
        panel("as it came: two heart beats and a twitch (where it truly is, shaded)", &heard.raw, 0),
        panel("amplitude band, 20-450 Hz: what is measured", &heard.amplitude, 3),
        panel("detection band, 60-450 Hz: what is looked at", &heard.detect, 4),
    ];
    all[2].x_label = "time, s";
    all
}

/// A found twitch that no beat touches, and that is not the strongest.
fn between_beats(heard: &Heard) -> ([f64; 2], [f64; 2]) {
    let free = |span: [f64; 2]| {
        let beats = heard.made.truth.iter().filter(|e| e.kind == Kind::Ecg).map(|e| heard.s(e.span));
        beats.into_iter().all(|b| b[0] > span[1] + 0.1 || b[1] < span[0] - 0.1)
    };
    let pairs = heard.made.twitches().filter_map(|truth| {
        let found = heard.twitches.iter().find(|f| f.span.overlap(truth.span) > 0)?;
        Some((truth, found))
    });
    let fitting = pairs.filter(|(truth, _)| free(heard.s(truth.span)));
    let nearest = fitting.min_by(|a, b| {
        let off = |t: Option<f64>| (t.unwrap_or(0.0) - 13.0).abs();
        off(a.0.snr_db).total_cmp(&off(b.0.snr_db))
    });
    let (truth, found) = nearest.expect("a twitch between two beats");
    (heard.s(truth.span), heard.s(found.span))
}
