//! When needles are in and when twitches come.

use super::canvas::Canvas;
use super::recipe::{Needles, Twitches};
use super::streams::{Component, Stream};
use crate::insertion::Insertion;
use crate::units::SampleIndex;

/// No twitch starts within this time of needle in, nor ends within it of needle out, s.
const MARGIN_S: f64 = 0.2;
/// The most of a recording that rests may take.
const MOST_REST: f64 = 0.4;

/// The insertions in order: equal shares of the recording, each end moved by up to a fifth of
/// the rest.
pub(super) fn insertions(canvas: &Canvas, needles: &Needles) -> Vec<Insertion> {
    let (count, duration_s) = (needles.count, canvas.duration_s());
    let rest_s = needles.rest_s.min(MOST_REST * duration_s / (count + 1) as f64);
    let dwell_s = (duration_s - rest_s * (count + 1) as f64) / count.max(1) as f64;
    let mut stream = Stream::new(canvas.seed, Component::Insertions, 0);
    let mut frame = |s: f64| {
        let moved = s + rest_s * stream.within([-0.2, 0.2]);
        SampleIndex::new((moved * canvas.rate_hz).round().max(0.0) as u64)
    };
    (0..count)
        .map(|i| {
            let start = rest_s + i as f64 * (dwell_s + rest_s);
            let (entered, left) = (frame(start), frame(start + dwell_s));
            Insertion { label: Some(format!("needle {}", i + 1)), entered, left, still_in: false }
        })
        .collect()
}

/// A twitch that is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Planned {
    /// The frame of its onset.
    pub onset: u64,
    /// Onset to offset, s.
    pub duration_s: f64,
    /// The place of its insertion, and the end of the dwell in which it must end.
    pub insertion: Option<usize>,
    /// The first frame after the dwell.
    pub until: u64,
    /// How many came before it in its insertion.
    pub order: u32,
}

/// All twitches in order of onset: a Poisson process with a dead time of each twitch and the gap
/// after it. The hazard is raised for the dead time, so that the rate is the one asked for as
/// long as there is room for it.
pub(super) fn twitches(
    canvas: &Canvas,
    plan: &Twitches,
    insertions: &[Insertion],
    rest_s: f64,
) -> Vec<Planned> {
    let mut stream = Stream::new(canvas.seed, Component::TwitchTimes, 0);
    let second = |at: SampleIndex| at.get() as f64 / canvas.rate_hz;
    let mut dwells: Vec<_> =
        insertions.iter().enumerate().map(|(i, n)| (Some(i), second(n.entered), second(n.left))).collect();
    if insertions.is_empty() {
        let duration_s = canvas.duration_s();
        dwells.push((None, rest_s.min(MOST_REST * duration_s), duration_s));
    }
    let mut planned = Vec::new();
    for (insertion, start, end) in dwells {
        dwell(canvas, plan, &mut stream, [start, end], insertion, &mut planned);
    }
    planned
}

/// The hazard that gives `plan`'s rate at needle in in spite of the dead time, a second, and the
/// dead time itself, s.
fn hazard(plan: &Twitches) -> (f64, f64) {
    let per_s = plan.per_min / 60.0;
    let durations = plan.duration_ms.map(|ms| ms / 1000.0);
    let dead_s = (durations[0] + durations[1]) / 2.0 + plan.gap_ms / 1000.0;
    // Above this share the process would be a clockwork.
    (per_s / (1.0 - (per_s * dead_s).min(0.9)), dead_s)
}

/// How many twitches an insertion of `dwell_s` seconds is expected to hold: the integral of the
/// renewal rate `h / (1 + h dead)` (Cox DR 1962, Renewal Theory) under the falling hazard `h`, over
/// the part of the dwell in which a twitch may begin.
pub(super) fn expected(plan: &Twitches, dwell_s: f64) -> f64 {
    const STEPS: u32 = 1000;
    let (hazard, dead_s) = hazard(plan);
    let end_s = dwell_s - MARGIN_S - (dead_s - plan.gap_ms / 1000.0);
    let step_s = (end_s - MARGIN_S).max(0.0) / f64::from(STEPS);
    let rate = |place: u32| {
        let age_s = MARGIN_S + (f64::from(place) + 0.5) * step_s;
        let now = hazard * plan.rate_decay_s.map_or(1.0, |tau| (-age_s / tau).exp());
        now / (1.0 + now * dead_s)
    };
    (0..STEPS).map(rate).sum::<f64>() * step_s
}

fn dwell(
    canvas: &Canvas,
    plan: &Twitches,
    stream: &mut Stream,
    [start, end]: [f64; 2],
    insertion: Option<usize>,
    planned: &mut Vec<Planned>,
) {
    if plan.per_min <= 0.0 {
        return;
    }
    let durations = plan.duration_ms.map(|ms| ms / 1000.0);
    let gap_s = plan.gap_ms / 1000.0;
    let (hazard, _) = hazard(plan);
    let mut now = start + MARGIN_S;
    let mut order = 0;
    loop {
        now += stream.waiting(1.0 / hazard);
        let duration_s = stream.log_within(durations);
        let kept = plan.rate_decay_s.is_none_or(|tau| stream.chance((-(now - start) / tau).exp()));
        if now + duration_s + MARGIN_S > end {
            return;
        }
        if kept {
            let onset = (now * canvas.rate_hz).round() as u64;
            let until = (end * canvas.rate_hz).round() as u64;
            planned.push(Planned { onset, duration_s, insertion, until, order });
            order += 1;
            now += duration_s + gap_s;
        }
    }
}
