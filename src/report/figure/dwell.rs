//! Twitch count against needle dwell time.
//!
//! A step line an insertion; over them the mean over the insertions still in, with its 95 % band,
//! and under the axis how many needles are still in, for the mean means little where they are few.

use super::axis::{self, Scale, Ticks, TimeUnit};
use super::chart;
use super::curves::{self, Banded, Curve};
use super::labels::{self, Label};
use super::sheet::{Anchor, Pen, Point, Rect, Sheet, Type};
use super::theme::{self, *};
use crate::session::Session;
use crate::statistics::{History, at_risk};
use crate::study::Study;

mod caption;

pub use caption::Words;

/// What is drawn, before it has a place.
pub struct Content {
    curves: Vec<Curve>,
    /// The mean with its band; for one insertion, its own line with the band of its count.
    banded: Option<Banded>,
    /// The mean at 80 % and at 120 % of the threshold, as steps.
    sensitivity: Option<[Vec<Point>; 2]>,
}

impl Content {
    pub fn of_sessions(sessions: &[&Session]) -> Self {
        Self::new(curves::of(sessions))
    }

    pub fn of_study(study: &Study) -> Self {
        Self::new(study.recordings.iter().flat_map(curves::of_recording).collect())
    }

    fn new(curves: Vec<Curve>) -> Self {
        let any = curves.iter().any(|c| c.count() > 0);
        let end = curves.iter().map(|c| c.end).fold(0.0, f64::max);
        let banded = match curves.as_slice() {
            [only] if any => Some(Banded::single(only)),
            [_, _, ..] if any => Some(Banded::mean(&curves, end)),
            _ => None,
        };
        let sensitivity = curves::sensitivity(&curves);
        Self { curves, banded, sensitivity }
    }

    fn few(&self) -> bool {
        self.curves.len() <= FEW
    }

    fn crowd(&self) -> bool {
        self.curves.len() >= CROWD
    }

    fn twitches(&self) -> usize {
        self.curves.iter().map(Curve::count).sum()
    }

    fn longest(&self) -> f64 {
        let longest = self.curves.iter().map(|c| c.end).fold(0.0, f64::max);
        if longest > 0.0 { longest } else { 1.0 }
    }

    /// The highest count to make room for. A band that is far wider than the counts is cut at the
    /// plot's edge rather than flattening them.
    fn highest(&self) -> f64 {
        let count = self.curves.iter().map(Curve::count).max().unwrap_or(0).max(1) as f64;
        let band = self.banded.as_ref().map_or(0.0, Banded::highest);
        let lower = self.sensitivity.iter().filter_map(|[lower, _]| lower.last()).map(|s| s.1);
        let band = lower.fold(band, f64::max);
        count.max(if self.curves.len() == 1 { band } else { band.min(count * 1.6) })
    }

    /// What stands at the end of a line.
    fn label(&self, curve: &Curve) -> String {
        let count = format!(": {}", curve.count());
        let room = if self.curves.len() == 1 { 150.0 } else { 62.0 };
        theme::fit(&curve.name, SMALL, false, room) + &count
    }
}

/// Lays the figure out.
pub fn sheet(content: Content, words: Words) -> Sheet {
    let title = format!("Twitches against needle dwell, {}", words.source);
    let mut sheet = chart::column(&title, "Twitches against needle dwell");
    let plot = Plot::new(&content);
    plot.axes(&mut sheet);
    plot.lines(&mut sheet, &content);
    if content.twitches() == 0 {
        plot.nothing(&mut sheet, &content, &words);
    }
    plot.masked(&mut sheet, &content);
    let foot = plot.risk(&mut sheet, &content);
    sheet.end(foot, &caption::text(&words, &content));
    sheet
}

/// Where things are.
struct Plot {
    area: Rect,
    x: Scale,
    y: Scale,
    unit: TimeUnit,
    x_ticks: Ticks,
    y_ticks: Ticks,
}

impl Plot {
    fn new(content: &Content) -> Self {
        let high = content.highest();
        let y_ticks = axis::counts(high * 1.04, 7);
        let digits = y_ticks.iter().map(|t| theme::width(&t.1, SMALL, false)).fold(0.0, f64::max);
        let area = Rect {
            left: 17.0 + digits,
            top: chart::TOP,
            right: COLUMN - 9.0,
            bottom: chart::TOP + chart::HIGH,
        };
        let unit = TimeUnit::of(content.longest());
        let longest = content.longest() / unit.seconds();
        let end = area.right - end_room(content);
        let x = Scale::new(longest, area.left, end);
        // A tick a little past the longest dwell rounds the axis off; one far past it says nothing.
        let x_ticks = axis::times(longest * 1.03, 6, unit);
        let y = Scale::new(high * 1.04, area.bottom, area.top);
        Self { area, x, y, unit, x_ticks, y_ticks }
    }

    /// The place of a dwell of `s` seconds and a count, kept within the plot.
    fn at(&self, (s, count): Point) -> Point {
        (self.x.at(s / self.unit.seconds()), self.y.at(count).max(self.area.top))
    }

    fn path(&self, corners: &[Point]) -> Vec<Point> {
        corners.iter().map(|c| self.at(*c)).collect()
    }

    fn axes(&self, sheet: &mut Sheet) {
        let area = self.area;
        for (value, _) in self.y_ticks.iter().skip(1) {
            let y = self.y.at(*value);
            sheet.line(&[(area.left, y), (area.right, y)], Pen::new(GRID, 0.35));
        }
        axis::left(sheet, area, self.y, &self.y_ticks);
        let middle = (area.top + area.bottom) / 2.0;
        let set = Type::new(AXIS).at(Anchor::Middle).turned();
        sheet.text((9.5, middle), "Cumulative twitch count", set);
        let name = format!("Needle dwell time ({})", self.unit.symbol());
        axis::below(sheet, area, self.x, &self.x_ticks, &name);
    }

    fn lines(&self, sheet: &mut Sheet, content: &Content) {
        if content.crowd() {
            self.many_lines(sheet, content);
        }
        let band = content.banded.as_ref().map(|b| b.ends().map(|end| self.path(&end)));
        if let Some([low, high]) = &band {
            sheet.area(high.iter().chain(low.iter().rev()).copied().collect(), BAND);
        }
        if let Some(steps) = content.sensitivity.as_ref().filter(|_| content.twitches() > 0) {
            self.sensitivity(sheet, steps, content.longest());
        }
        // The interval's edges last, so that one can see how far it reaches below the darker band.
        for edge in band.iter().flatten() {
            sheet.line(edge, Pen::new(BAND_EDGE, 0.4));
        }
        let mut labels = Vec::new();
        let mut obstacles = Vec::new();
        if content.few() {
            self.few_lines(sheet, content, &mut labels, &mut obstacles);
        } else if !content.crowd() {
            self.many_lines(sheet, content);
        }
        if let (Some(banded), [_, _, ..]) = (&content.banded, content.curves.as_slice()) {
            let mut corners = vec![(0.0, 0.0)];
            corners.extend(banded.steps.first().map(|s| (s[0], 0.0)));
            corners.extend(banded.values());
            let path = self.path(&corners);
            // A white rim sets the mean off from the lines below it.
            sheet.line(&path, Pen::new(WHITE, 2.6));
            sheet.line(&path, Pen::new(BLUE, 1.7));
            obstacles.extend(curves::boxes(&path, 1.7));
            let at = *path.last().unwrap_or(&(0.0, 0.0));
            labels.insert(0, Label { at, text: "Mean".into(), colour: BLUE, line: BLUE, bold: true });
        }
        labels::draw(sheet, &labels, self.area, &obstacles);
    }

    /// Between the mean at 120 % and that at 80 % of the threshold.
    fn sensitivity(&self, sheet: &mut Sheet, steps: &[Vec<Point>; 2], end: f64) {
        let [lower, upper] = steps.each_ref().map(|s| self.path(&curves::from_nothing(s, end)));
        sheet.area(lower.iter().chain(upper.iter().rev()).copied().collect(), SENSITIVITY);
    }

    fn few_lines(
        &self,
        sheet: &mut Sheet,
        content: &Content,
        labels: &mut Vec<Label>,
        obstacles: &mut Vec<Rect>,
    ) {
        let several = content.curves.len() > 1;
        // Lines at the same count would hide each other: each is raised by its own hair.
        let raise = (self.y.per_one.abs() / 9.0).min(1.1);
        for (n, (curve, (colour, dash))) in content.curves.iter().zip(SERIES).enumerate() {
            let lift = raise * n as f64;
            let path: Vec<Point> = self.path(&curve.steps()).iter().map(|(x, y)| (*x, y - lift)).collect();
            let (colour, width) = if several { (colour, 0.9) } else { (BLUE, 1.5) };
            let pen = Pen { colour, width, dash: if several { dash } else { &[] } };
            sheet.line(&path, pen);
            obstacles.extend(curves::boxes(&path, 1.0));
            let at = path[path.len() - 1];
            curves::draw_end(sheet, at, curve.still_in, 1.9, pen);
            obstacles.push(Rect { left: at.0 - 2.0, top: at.1 - 2.0, right: at.0 + 2.0, bottom: at.1 + 2.0 });
            labels.push(Label { at, text: content.label(curve), colour: INK, line: colour, bold: false });
        }
    }

    fn many_lines(&self, sheet: &mut Sheet, content: &Content) {
        // The more lines, the thinner, so that the mean stays in front.
        let width = (8.0 / content.curves.len() as f64).clamp(0.3, 0.6);
        let pen = Pen::new(if content.crowd() { CROWDED } else { MUTED }, width);
        let paths: Vec<Vec<Point>> = content.curves.iter().map(|c| self.path(&c.steps())).collect();
        curves::draw_merged(sheet, &paths, pen);
        if content.crowd() {
            return;
        }
        let last = |p: &Vec<Point>| p[p.len() - 1];
        let ends: Vec<(Point, bool)> =
            paths.iter().map(last).zip(content.curves.iter().map(|c| c.still_in)).collect();
        curves::draw_ends(sheet, &ends, 1.3, Pen::new((120, 120, 120), 0.5));
    }

    /// Without a twitch the figure says what could have been seen.
    fn nothing(&self, sheet: &mut Sheet, content: &Content, words: &Words) {
        let middle = (self.area.left + self.area.right) / 2.0;
        let y = self.area.top + self.area.height() * 0.4;
        let set = Type::new(AXIS).bold().at(Anchor::Middle);
        sheet.text((middle, y), caption::nothing_found(content), set);
        let room = self.area.width() - 12.0;
        let mut lines = theme::wrap(&words.could_be_seen, SMALL, room);
        lines.extend(caption::could_have_happened(content));
        for (n, line) in lines.iter().enumerate() {
            let at = (middle, y + (n + 1) as f64 * SMALL * 1.45);
            sheet.text(at, line, Type::new(SMALL).colour(SOFT).at(Anchor::Middle));
        }
    }

    /// A row of bars above the plot where some insertion had no valid signal.
    fn masked(&self, sheet: &mut Sheet, content: &Content) {
        let (top, bottom) = (self.area.top - 3.6, self.area.top - 1.8);
        for [from, to] in content.curves.iter().flat_map(|c| &c.masked) {
            let (left, right) = (self.at((*from, 0.0)).0, self.at((*to, 0.0)).0);
            sheet.rect(Rect { left, top, right: right.max(left + 0.5), bottom }, MASKED);
        }
    }

    /// How many needles are still in, at each tick. Gives where the caption may begin.
    fn risk(&self, sheet: &mut Sheet, content: &Content) -> f64 {
        let histories: Vec<History> = content.curves.iter().map(Curve::history).collect();
        let heading = self.area.bottom + axis::TICK + SMALL + AXIS + 13.0;
        sheet.text((4.0, heading), "Needles still in", Type::new(SMALL).colour(SOFT));
        let y = heading + SMALL * 1.3;
        for (value, _) in &self.x_ticks {
            let inside = at_risk(&histories, value * self.unit.seconds()).to_string();
            sheet.text((self.x.at(*value), y), &inside, Type::new(SMALL).at(Anchor::Middle));
        }
        y
    }
}

/// Room to the right of the longest lines for their labels, points.
fn end_room(content: &Content) -> f64 {
    let mean = if content.banded.is_some() { 26.0 } else { 4.0 };
    if !content.few() {
        return mean;
    }
    // A lone label finds room above its own line.
    if content.curves.len() == 1 {
        return 6.0;
    }
    let late = content.curves.iter().filter(|c| c.end > 0.8 * content.longest());
    late.map(|c| theme::width(&content.label(c), SMALL, false) + 6.0).fold(mean, f64::max)
}
