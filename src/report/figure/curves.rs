//! From sessions to curves: the twitches of each insertion as they add up with dwell.

use std::collections::{BTreeMap, BTreeSet};

use super::axis;
use super::sheet::{Pen, Point, Rect, Sheet};
use super::theme::{WHITE, plain};
use crate::session::Session;
use crate::statistics::{History, mean_cumulative, poisson_interval};
use crate::study;

/// One insertion, its times cleaned of what is no time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The insertion's label, or its number within its session.
    pub name: String,
    /// Its dwell, s.
    pub end: f64,
    /// The needle was still in at the end of the recording.
    pub still_in: bool,
    /// Twitches since needle in, s, in order, none after the end.
    pub events: Vec<f64>,
    /// Spans without a valid signal since needle in, s.
    pub masked: Vec<[f64; 2]>,
    /// As `events`, at 80 % and at 120 % of the threshold; `None` where that is not known.
    pub beside: Option<[Vec<f64>; 2]>,
}

impl Curve {
    pub fn count(&self) -> usize {
        self.events.len()
    }

    pub fn history(&self) -> History<'_> {
        History { dwell: self.end, events: &self.events }
    }

    /// The corners of the step line, as (s, count).
    pub fn steps(&self) -> Vec<Point> {
        let mut corners = vec![(0.0, 0.0)];
        for (n, age) in self.events.iter().enumerate() {
            corners.push((*age, n as f64));
            corners.push((*age, n as f64 + 1.0));
        }
        corners.push((self.end, self.count() as f64));
        corners
    }
}

/// An insertion as it was read: its numbers may be anything.
struct Raw<'a> {
    label: Option<&'a str>,
    /// Its number within its recording, from 1; `None` where the recording has no marks.
    number: Option<usize>,
    dwell: f64,
    still_in: bool,
    events: Vec<f64>,
    masked: &'a [[f64; 2]],
    beside: Option<[&'a [f64]; 2]>,
}

impl Raw<'_> {
    fn curve(self) -> Curve {
        let end = if axis::SHOWABLE.contains(&self.dwell) { self.dwell } else { 0.0 };
        let ages = |times: &[f64]| {
            let times = times.iter().filter(|t| t.is_finite());
            let mut ages: Vec<f64> = times.map(|t| t.clamp(0.0, end)).collect();
            ages.sort_by(f64::total_cmp);
            ages
        };
        let label = self.label.map(plain).filter(|l| !l.is_empty());
        let name = match (label, self.number) {
            (Some(label), _) => label,
            (None, Some(number)) => format!("Insertion {number}"),
            (None, None) => "Whole recording".into(),
        };
        let spans = self.masked.iter().map(|m| m.map(|t| t.clamp(0.0, end)));
        Curve {
            name,
            end,
            still_in: self.still_in,
            events: ages(&self.events),
            masked: spans.filter(|[from, to]| to > from).collect(),
            beside: self.beside.map(|[at_80, at_120]| [ages(at_80), ages(at_120)]),
        }
    }
}

/// The curves of all insertions of a recording of a study, in order.
pub fn of_recording(recording: &study::Recording) -> Vec<Curve> {
    let curve = |(n, insertion): (usize, &study::Insertion)| {
        let beside = insertion.at_80_s.as_deref().zip(insertion.at_120_s.as_deref());
        Raw {
            label: insertion.label.as_deref(),
            number: recording.marked.then_some(n + 1),
            dwell: insertion.dwell_s,
            still_in: insertion.still_in,
            events: insertion.twitches.iter().map(|t| t.dwell_s).collect(),
            masked: &insertion.masked_s,
            beside: beside.map(|(at_80, at_120)| [at_80, at_120]),
        }
        .curve()
    };
    recording.insertions.iter().enumerate().map(curve).collect()
}

/// The curves of all insertions of all sessions, in order.
pub fn of(sessions: &[&Session]) -> Vec<Curve> {
    let mut curves = Vec::new();
    for session in sessions {
        for (n, insertion) in session.insertions.iter().enumerate() {
            let raw = Raw {
                label: insertion.label.as_deref(),
                number: session.marked.then_some(n + 1),
                dwell: insertion.dwell,
                still_in: insertion.still_in,
                events: insertion.twitches.clone(),
                masked: &insertion.masked,
                beside: insertion.sensitivity.as_ref().map(|s| [&s.at_80[..], &s.at_120[..]]),
            };
            curves.push(raw.curve());
        }
    }
    curves
}

/// A step function with a band: for each step its age (s), value, and the band's ends.
pub struct Banded {
    pub steps: Vec<[f64; 4]>,
    /// From when on the band is known, s; never where it is infinite.
    from: f64,
    /// Until when it is known, s.
    pub end: f64,
}

impl Banded {
    /// The mean over insertions, known while any needle is in. How needles differ shows once two of them
    /// have twitched: from one alone no band can be made.
    pub fn mean(curves: &[Curve], end: f64) -> Self {
        let histories: Vec<History> = curves.iter().map(Curve::history).collect();
        let row = |s: &crate::statistics::MeanCount| [s.age, s.mean, s.interval.low, s.interval.high];
        let mut firsts: Vec<f64> = curves.iter().filter_map(|c| c.events.first().copied()).collect();
        firsts.sort_by(f64::total_cmp);
        let from = firsts.get(1).copied().unwrap_or(f64::INFINITY);
        Self { steps: mean_cumulative(&histories).steps.iter().map(row).collect(), from, end }
    }

    /// The exact Poisson interval around one insertion's own count.
    pub fn single(curve: &Curve) -> Self {
        let row = |(k, age): (u64, f64)| {
            let interval = poisson_interval(k);
            [age, k as f64, interval.low, interval.high]
        };
        let ages = std::iter::once(0.0).chain(curve.events.iter().copied());
        Self { steps: (0..).zip(ages).map(row).collect(), from: 0.0, end: curve.end }
    }

    pub fn highest(&self) -> f64 {
        let banded = self.steps.iter().filter(|s| s[0] >= self.from);
        banded.map(|s| s[3]).fold(0.0, f64::max)
    }

    /// The corners of the value, from the first step to the end.
    pub fn values(&self) -> Vec<Point> {
        self.corners(1, 0.0)
    }

    /// The corners of the band's ends, from where it is known to the end.
    pub fn ends(&self) -> [Vec<Point>; 2] {
        [2, 3].map(|which| self.corners(which, self.from))
    }

    fn corners(&self, which: usize, from: f64) -> Vec<Point> {
        let mut corners: Vec<Point> = Vec::new();
        for step in self.steps.iter().filter(|step| step[0] >= from) {
            if let Some(last) = corners.last() {
                corners.push((step[0], last.1));
            }
            corners.push((step[0], step[which]));
        }
        if let Some(last) = corners.last() {
            corners.push((self.end, last.1));
        }
        corners
    }
}

/// The mean count at 80 % and at 120 % of the threshold, each as its steps (age, mean); `None`
/// unless it is known for every insertion.
pub fn sensitivity(curves: &[Curve]) -> Option<[Vec<Point>; 2]> {
    let mean_of = |which: usize| -> Option<Vec<Point>> {
        let events = |c: &'_ Curve| c.beside.as_ref().map(|b| b[which].clone());
        let all: Vec<Vec<f64>> = curves.iter().map(events).collect::<Option<_>>()?;
        let histories: Vec<History> =
            curves.iter().zip(&all).map(|(c, events)| History { dwell: c.end, events }).collect();
        Some(mean_cumulative(&histories).steps.iter().map(|s| (s.age, s.mean)).collect())
    };
    let known = !curves.is_empty();
    known.then(|| Some([mean_of(0)?, mean_of(1)?])).flatten()
}

/// The corners of a step line from nothing at 0 over `steps` to `end`.
pub fn from_nothing(steps: &[Point], end: f64) -> Vec<Point> {
    let mut corners = vec![(0.0, 0.0)];
    for (age, value) in steps {
        let before = corners[corners.len() - 1].1;
        corners.extend([(*age, before), (*age, *value)]);
    }
    corners.push((end, corners[corners.len() - 1].1));
    corners
}

/// The segments of a path as boxes that labels should keep off.
pub fn boxes(path: &[Point], pen: f64) -> Vec<Rect> {
    let segment = |p: &[Point]| Rect {
        left: p[0].0.min(p[1].0) - pen / 2.0,
        top: p[0].1.min(p[1].1) - pen / 2.0,
        right: p[0].0.max(p[1].0) + pen / 2.0,
        bottom: p[0].1.max(p[1].1) + pen / 2.0,
    };
    path.windows(2).map(segment).collect()
}

/// Draws many step lines in one colour so that each stretch is drawn once, however many lines share
/// it: ten thousand insertions make a figure no heavier than the paper is fine.
pub fn draw_merged(sheet: &mut Sheet, lines: &[Vec<Point>], pen: Pen) {
    /// To how much of a point places are rounded: what no eye tells apart.
    const GRAIN: f64 = 0.05;
    let grain = |v: f64| (v / GRAIN).round() as i64;
    let (mut across, mut upright) = (BTreeMap::new(), BTreeMap::new());
    for pair in lines.iter().flat_map(|l| l.windows(2)) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]].map(|(x, y)| (grain(x), grain(y)));
        if y0 == y1 {
            across.entry(y0).or_insert_with(Vec::new).push((x0.min(x1), x0.max(x1)));
        } else {
            upright.entry(x0).or_insert_with(Vec::new).push((y0.min(y1), y0.max(y1)));
        }
    }
    let point = |v: i64| v as f64 * GRAIN;
    for (y, spans) in across {
        for (from, to) in union(spans) {
            sheet.line(&[(point(from), point(y)), (point(to), point(y))], pen);
        }
    }
    for (x, spans) in upright {
        for (from, to) in union(spans) {
            sheet.line(&[(point(x), point(from)), (point(x), point(to))], pen);
        }
    }
}

fn union(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut all: Vec<(i64, i64)> = Vec::new();
    for (from, to) in spans {
        match all.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => all.push((from, to)),
        }
    }
    all
}

/// The end of a line: filled where the needle came out, open where it was still in.
pub fn draw_end(sheet: &mut Sheet, at: Point, still_in: bool, radius: f64, pen: Pen) {
    sheet.disc(at, radius, pen.colour);
    if still_in {
        sheet.disc(at, radius - pen.width.min(radius * 0.45), WHITE);
    }
}

/// Ends of many lines, each place once.
pub fn draw_ends(sheet: &mut Sheet, ends: &[(Point, bool)], radius: f64, pen: Pen) {
    let grain = |(x, y): Point| ((x * 10.0).round() as i64, (y * 10.0).round() as i64);
    let mut seen = BTreeSet::new();
    for (at, still_in) in ends {
        if seen.insert((grain(*at), *still_in)) {
            draw_end(sheet, *at, *still_in, radius, pen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_stretches_are_drawn_once() {
        assert_eq!(union(vec![(5, 9), (0, 3), (2, 4), (9, 12)]), [(0, 4), (5, 12)]);
        let line = vec![(0.0, 5.0), (10.0, 5.0), (10.0, 0.0)];
        let mut sheet = Sheet::new(20.0, 20.0, 8, "");
        draw_merged(&mut sheet, &vec![line; 10_000], Pen::new(WHITE, 1.0));
        assert_eq!(sheet.shapes.len(), 2);
    }

    #[test]
    fn the_band_begins_where_two_needles_have_twitched() {
        let curve = |events: &[f64]| {
            let label = Some("needle");
            Raw {
                label,
                number: None,
                dwell: 9.0,
                still_in: false,
                events: events.to_vec(),
                masked: &[],
                beside: None,
            }
            .curve()
        };
        let banded = |all: &[&[f64]]| Banded::mean(&all.iter().map(|e| curve(e)).collect::<Vec<_>>(), 9.0);
        let two = banded(&[&[1.0, 1.2], &[2.0], &[], &[]]);
        assert_eq!(two.ends().map(|end| end[0].0), [2.0, 2.0]);
        assert_eq!(two.values()[0].0, 1.0);
        assert!(two.highest() < two.steps[1][3], "{} of {:?}", two.highest(), two.steps);
        let one = banded(&[&[1.0, 1.2], &[], &[], &[]]);
        assert_eq!((one.ends(), one.highest()), ([Vec::new(), Vec::new()], 0.0));
    }
}
