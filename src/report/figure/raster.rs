//! Every twitch of every insertion: a row an insertion, aligned at needle in.

use std::collections::BTreeMap;

use super::axis::{self, TimeUnit};
use super::chart::{Axis, Chart, column};
use super::curves::{self, Curve};
use super::sheet::{Anchor, Pen, Rect, Sheet, Type};
use super::theme::{self, Colour, DWELLING, DWELLING_EDGE, INK, MASKED, SMALL, SOFT, VERMILLION, WHITE};
use super::words;
use crate::study::Study;

/// Rows up to this many have their names beside them.
const NAMED: usize = 40;
/// More rows than these are too low to tell apart: several insertions share one.
const MOST_ROWS: usize = 150;
/// All rows together are at most this high, and one of them at most that, points.
const MOST_HIGH: f64 = 300.0;
const ROW: f64 = 7.4;
const TOP: f64 = 19.0;
/// Room for names left of the rows, points.
const NAMES: f64 = 58.0;
/// From line to line of a name, points.
const LINE: f64 = SMALL * 1.15;
/// Where insertions share a row, how wide a place is that is shaded, points.
const CELL: f64 = 1.5;

/// A row's curve and the place of its group.
struct Row {
    curve: Curve,
    name: String,
    group: usize,
}

/// Lays the figure out.
pub fn sheet(study: &Study) -> Sheet {
    let title = format!("Every twitch of every insertion, {}", words::source(study));
    let mut sheet = column(&title, "Twitches of each insertion since needle in");
    let rows = rows(study);
    let shared = rows.len().div_ceil(MOST_ROWS).max(1);
    let lines = rows.len().div_ceil(shared).max(1);
    let high = (ROW * lines as f64).min(MOST_HIGH);
    let longest = rows.iter().map(|r| r.curve.end).fold(0.0, f64::max);
    let longest = if longest > 0.0 { longest } else { 1.0 };
    let unit = TimeUnit::of(longest);
    let name = format!("Needle dwell time ({})", unit.symbol());
    let ticks = axis::times(longest / unit.seconds() * 1.03, 6, unit);
    let x = Axis { range: (0.0, longest / unit.seconds()), ticks, name: &name };
    // The first row on top.
    let y = Axis { range: (lines as f64, 0.0), ticks: Vec::new(), name: "" };
    let left = if lines > NAMED && !grouped(&rows) { 12.0 } else { NAMES };
    let chart = Chart::at_left(&mut sheet, left, (TOP, high), 8.0, &x, &y);
    let frame = Frame { chart, unit, pitch: high / lines as f64 };
    if shared == 1 {
        rows.iter().enumerate().for_each(|(n, row)| frame.row(&mut sheet, n, row));
        frame.marks(&mut sheet, &rows);
    } else {
        frame.shaded(&mut sheet, &rows, shared);
    }
    frame.names(&mut sheet, study, &rows, shared);
    if rows.is_empty() {
        let at = ((frame.chart.area.left + frame.chart.area.right) / 2.0, TOP + high / 2.0 + 2.0);
        sheet.text(at, "No insertion", Type::new(SMALL).at(Anchor::Middle));
    }
    sheet.end(frame.chart.below(), &caption(study, &rows, shared));
    sheet
}

/// In order of groups; where rows are shared, the longest dwell first, so that those who share one
/// are alike.
fn rows(study: &Study) -> Vec<Row> {
    let groups = words::groups(study);
    let mut all = Vec::new();
    for recording in &study.recordings {
        let group = groups.iter().position(|g| *g == words::group(recording)).unwrap_or(0);
        let several = recording.insertions.len() > 1 || study.recordings.len() == 1;
        for (n, curve) in curves::of_recording(recording).into_iter().enumerate() {
            let name = match (study.recordings.len(), several) {
                (1, _) => curve.name.clone(),
                (_, true) => format!("{} · {}", theme::plain(&recording.name), n + 1),
                (_, false) => theme::plain(&recording.name),
            };
            all.push(Row { curve, name, group });
        }
    }
    all.sort_by_key(|row| row.group);
    if all.len() > MOST_ROWS {
        all.sort_by(|a, b| a.group.cmp(&b.group).then(b.curve.end.total_cmp(&a.curve.end)));
    }
    all
}

fn grouped(rows: &[Row]) -> bool {
    rows.iter().any(|r| r.group > 0)
}

struct Frame {
    chart: Chart,
    unit: TimeUnit,
    /// From row to row, points.
    pitch: f64,
}

impl Frame {
    fn x(&self, s: f64) -> f64 {
        self.chart.x.at(s / self.unit.seconds())
    }

    /// The dwell as a bar, what is masked in it, and its end.
    fn row(&self, sheet: &mut Sheet, n: usize, row: &Row) {
        let top = self.chart.area.top + self.pitch * n as f64;
        let inset = (self.pitch * 0.14).min(1.0);
        let place = |from: f64, to: f64| {
            let (left, right) = (self.x(from), self.x(to));
            Rect { left, top: top + inset, right: right.max(left + 0.4), bottom: top + self.pitch - inset }
        };
        sheet.rect(place(0.0, row.curve.end), DWELLING);
        for [from, to] in &row.curve.masked {
            let rect = place(*from, *to);
            sheet.rect(rect, (226, 226, 226));
            if self.pitch > 4.0 {
                sheet.hatch(rect, 2.4, Pen::new(MASKED, 0.35));
            }
        }
        let end = place(row.curve.end, row.curve.end);
        if row.curve.still_in {
            // Open: nobody knows when it came out.
            let (x, y, r) = (end.left, top + self.pitch / 2.0, (self.pitch * 0.3).min(1.6));
            sheet.area(vec![(x, y - r), (x + 1.6 * r, y), (x, y + r)], DWELLING_EDGE);
            let s = r * 0.45;
            sheet.area(vec![(x + 0.2, y - s), (x + 1.6 * s, y), (x + 0.2, y + s)], WHITE);
        } else {
            sheet.line(&[(end.left, end.top), (end.left, end.bottom)], Pen::new(DWELLING_EDGE, 0.6));
        }
    }

    /// The twitches, over all bars: none is hidden.
    fn marks(&self, sheet: &mut Sheet, rows: &[Row]) {
        let inset = (self.pitch * 0.14).min(1.0);
        let pen = Pen::new(VERMILLION, (self.pitch * 0.13).clamp(0.35, 0.8));
        for (n, row) in rows.iter().enumerate() {
            let top = self.chart.area.top + self.pitch * n as f64;
            for age in &row.curve.events {
                let x = self.x(*age);
                sheet.line(&[(x, top + inset), (x, top + self.pitch - inset)], pen);
            }
        }
    }

    /// Rows of several insertions: the more of their twitches fall to a place, the darker it is.
    fn shaded(&self, sheet: &mut Sheet, rows: &[Row], shared: usize) {
        let cell = |age: &f64| (self.x(*age) / CELL) as i64;
        let mut cells: BTreeMap<(usize, i64), usize> = BTreeMap::new();
        for (line, row) in rows.iter().enumerate().map(|(n, row)| (n / shared, row)) {
            row.curve.events.iter().for_each(|age| *cells.entry((line, cell(age))).or_default() += 1);
        }
        let most = cells.values().copied().max().unwrap_or(1);
        let bar = |line: usize, left: f64, right: f64| {
            let top = self.chart.area.top + self.pitch * line as f64;
            Rect { left, top, right, bottom: top + self.pitch }
        };
        for (line, together) in rows.chunks(shared).enumerate() {
            let end = together.iter().map(|r| r.curve.end).fold(0.0, f64::max);
            sheet.rect(bar(line, self.x(0.0), self.x(end)), DWELLING);
        }
        for ((line, cell), count) in cells {
            let left = cell as f64 * CELL;
            sheet.rect(bar(line, left, left + CELL), shade(count, most));
        }
    }

    /// What each row is, or each group of rows.
    fn names(&self, sheet: &mut Sheet, study: &Study, rows: &[Row], shared: usize) {
        let left = self.chart.area.left;
        let named = rows.len() <= NAMED;
        if named {
            for (n, row) in rows.iter().enumerate() {
                let y = self.chart.area.top + self.pitch * (n as f64 + 0.5) + SMALL * 0.36;
                let name = theme::fit(&row.name, SMALL, false, left - 8.0);
                sheet.text((left - 3.0, y), &name, Type::new(SMALL).colour(SOFT).at(Anchor::Right));
            }
        }
        let groups = words::groups(study);
        for (place, group) in groups.iter().enumerate().filter(|_| groups.len() > 1) {
            let own = |row: &Row| row.group == place;
            let (Some(first), Some(last)) = (rows.iter().position(own), rows.iter().rposition(own)) else {
                continue;
            };
            let at = |n: usize| self.chart.area.top + self.pitch * (n as f64 / shared as f64);
            let (top, bottom) = (at(first), at(last + 1));
            if place > 0 {
                sheet.line(&[(left, top), (self.chart.area.right, top)], Pen::new(INK, 0.5));
            }
            let name = words::group_name(*group);
            let text = theme::fit(&name, SMALL, true, left - 8.0);
            if named {
                // Names of rows take the left: the group stands at the right, above its first row.
                let set = Type::new(SMALL).bold().at(Anchor::Right);
                sheet.text((self.chart.area.right, top + SMALL * 0.86), &text, set);
            } else if bottom - top > SMALL {
                // Bold is about a tenth wider.
                let lines = theme::wrap(&name, SMALL * 1.1, left - 8.0);
                let most = ((bottom - top) / LINE) as usize;
                let lines = &lines[..lines.len().min(most.max(1))];
                let first = (top + bottom - LINE * (lines.len() - 1) as f64) / 2.0 + SMALL * 0.36;
                for (n, line) in lines.iter().enumerate() {
                    let at = (left - 4.0, first + LINE * n as f64);
                    sheet.text(at, line, Type::new(SMALL).bold().at(Anchor::Right));
                }
            }
        }
    }
}

/// Four steps up to the `most` that any place holds, which differ in greyscale too.
fn shade(count: usize, most: usize) -> Colour {
    const STEPS: [Colour; 4] = [(250, 214, 190), (240, 160, 110), VERMILLION, (120, 40, 0)];
    // Where no place holds more than one twitch, one is as dark as a stroke.
    let of = if most > 1 { 4 } else { 3 };
    STEPS[(of * count).div_ceil(most.max(1)).clamp(1, 4) - 1]
}

fn caption(study: &Study, rows: &[Row], shared: usize) -> String {
    let mut all = words::size(study);
    if shared == 1 {
        all.push_str(" Each row: one insertion; stroke: a twitch; bar: the needle is in.");
    } else {
        all.push_str(&format!(
            " Each row: {shared} insertions of like dwell, the longest of each group on top; the darker, the more \
             twitches; pale green: a needle is in.",
        ));
    }
    if shared == 1 && rows.iter().any(|r| !r.curve.masked.is_empty()) {
        all.push_str(" Grey: no valid signal.");
    }
    if shared == 1 && rows.iter().any(|r| r.curve.still_in) {
        all.push_str(" Arrow: still in when the recording ended.");
    }
    all.extend(words::unmarked(study).map(|w| format!(" {w}")));
    all
}
