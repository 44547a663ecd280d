//! The recording: outline, insertions, twitches, rejected candidates, and where there is no signal.

use std::collections::BTreeSet;

use super::axis::{self, Scale, Ticks, TimeUnit};
use super::envelope::{self, Columns};
use super::marker;
use super::sheet::{Anchor, Pen, Point, Rect, Sheet, Type};
use super::theme::{self, *};
use crate::detect::Class;
use crate::session::{InsertionRecord, MaskedSpan, Session, TwitchRecord};

mod caption;

const LEFT: f64 = 58.0;
const RIGHT: f64 = PAGE - 8.0;
/// More rows than these would be too low to read; the caption says how many are left out.
const MOST_ROWS: usize = 32;
/// 1200 pixels of the PNG, points.
const LEAST_SHEET: f64 = 300.0;
/// All rows together are at least this high, and each of them at least that, points.
const LEAST_HIGH: f64 = 232.0;
const LEAST_ROW: f64 = 36.0;
/// Numbers on an axis closer than this from line to line, points, read as one: digits are 0.73 of
/// the size high, and half of it is clear between them. The lowest row has room for two.
const NUMBERS_APART: f64 = 1.2 * SMALL;
/// Room above an outline for one line of signs, points.
const LANE: f64 = 6.4;
/// Lines of names above the rows, for needles that are in together.
const MOST_LANES: usize = 3;
const NAME_LANE: f64 = 9.0;

/// More hair lines than these would hide the signal.
const CROWD: usize = 300;

const OUTLINE: Colour = (72, 72, 72);

/// Lays the figure out.
pub fn sheet(session: &Session) -> Sheet {
    let frame = Frame::new(session);
    let mut sheet = Sheet::new(PAGE, 0.0, PAGE_FINENESS, &caption::title(session));
    sheet.text((4.0, 10.5), &caption::heading(session), Type::new(TITLE).bold());
    frame.insertions(&mut sheet, session);
    for row in 0..frame.rows {
        frame.row(&mut sheet, session, row);
    }
    let area = frame.area;
    let name = format!("Time ({})", frame.unit.symbol());
    let ticks = axis::times(frame.duration / frame.unit.seconds(), 10, frame.unit);
    axis::below(&mut sheet, area, frame.x, &ticks, &name);
    let foot = caption::legend(&mut sheet, area.bottom + 22.0, session);
    sheet.end(foot - 3.0, &caption::text(session, frame.rows));
    sheet.least_height = LEAST_SHEET;
    sheet
}

/// Where things are.
struct Frame {
    /// All rows together.
    area: Rect,
    rows: usize,
    /// Seconds shown.
    duration: f64,
    unit: TimeUnit,
    /// In `unit`.
    x: Scale,
    /// For each insertion, the line of names that it has.
    lanes: Vec<usize>,
}

impl Frame {
    fn new(session: &Session) -> Self {
        let rows = session.channels.len().max(session.overview.low.len()).clamp(1, MOST_ROWS);
        let known = session.source.duration_s;
        let duration = if axis::SHOWABLE.contains(&known) { known } else { 1.0 };
        let lanes = lanes(session);
        let top = 16.0 + NAME_LANE * (lanes.iter().max().map_or(0, |most| most + 1)) as f64;
        let high = LEAST_HIGH.max(LEAST_ROW * rows as f64);
        let area = Rect { left: LEFT, top, right: RIGHT, bottom: top + high };
        let unit = TimeUnit::of(duration);
        let x = Scale::new(duration / unit.seconds(), area.left, area.right);
        Self { area, rows, duration, unit, x, lanes }
    }

    /// The place of a time since the start, s, within the frame.
    fn at(&self, s: f64) -> f64 {
        let s = if s.is_finite() { s.clamp(0.0, self.duration) } else { 0.0 };
        self.x.at(s / self.unit.seconds())
    }

    /// A bar with the name above, a light band below, and hair lines where the needle moved.
    fn insertions(&self, sheet: &mut Sheet, session: &Session) {
        // Ten thousand needles share the same few places: each place is drawn once.
        let grain = |x: f64| (x * f64::from(PAGE_FINENESS)).round() as i64;
        let place = |n: i64| n as f64 / f64::from(PAGE_FINENESS);
        let (mut bands, mut edges, mut bars) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (insertion, lane) in session.insertions.iter().zip(&self.lanes) {
            let left = grain(self.at(insertion.onset));
            let right = grain(self.at(insertion.onset + insertion.dwell)).max(left + 2);
            bands.insert((left, right));
            bars.insert((*lane, left, right));
            edges.insert(left);
            if !insertion.still_in {
                edges.insert(right);
            }
        }
        let (top, bottom) = (self.area.top, self.area.bottom);
        for (left, right) in bands {
            sheet.rect(Rect { left: place(left), top, right: place(right), bottom }, DWELLING);
        }
        // So many that they would hide the signal tell nothing apart.
        if edges.len() > CROWD {
            edges.clear();
        }
        for x in edges.into_iter().map(place) {
            sheet.line(&[(x, top), (x, bottom)], Pen::new(DWELLING_EDGE, 0.4));
        }
        for (lane, left, right) in bars {
            let y = self.bar(lane);
            sheet.line(&[(place(left), y), (place(right), y)], Pen::new(DWELLING_EDGE, 1.6));
        }
        self.names(sheet, session);
    }

    /// The height of the bars of a lane.
    fn bar(&self, lane: usize) -> f64 {
        self.area.top - 2.0 - NAME_LANE * lane as f64
    }

    /// The names above the bars; one that has no room is left out.
    fn names(&self, sheet: &mut Sheet, session: &Session) {
        let mut next = [self.area.right; MOST_LANES];
        for (n, insertion) in session.insertions.iter().enumerate().rev() {
            let (lane, left) = (self.lanes[n], self.at(insertion.onset));
            // A name may reach beyond its bar up to the next one of its line.
            let room = next[lane] - left;
            next[lane] = left - 3.0;
            let own = insertion.label.as_deref().map(plain).filter(|l| !l.is_empty());
            let name = match own {
                Some(label) => label,
                None if session.marked => (n + 1).to_string(),
                None => "whole recording (no marks)".into(),
            };
            if room < 3.0 {
                continue;
            }
            let name = theme::fit(&name, SMALL, false, room);
            if theme::width(&name, SMALL, false) <= room {
                sheet.text((left, self.bar(lane) - 2.2), &name, Type::new(SMALL).colour(SOFT));
            }
        }
    }

    fn row(&self, sheet: &mut Sheet, session: &Session, row: usize) {
        let high = self.area.height() / self.rows as f64;
        let top = self.area.top + high * row as f64;
        let all = Rect { left: self.area.left, top, right: self.area.right, bottom: top + high };
        let name = session.channels.get(row).map_or_else(|| (row + 1).to_string(), |c| plain(&c.name));
        let plot = Rect { top: top + 2.0 * LANE + 2.0, bottom: all.bottom - 2.5, ..all };
        if row > 0 {
            sheet.line(&[(all.left, top), (all.right, top)], Pen::new(GRID, 0.5));
        }
        self.masked(sheet, session, &name, all);
        let columns = self.columns(session, row);
        let twitching = self.twitching(session, &name, columns.len());
        let reach = envelope::reach(&columns, |n| twitching[n]);
        let y = Scale { zero: (plot.top + plot.bottom) / 2.0, per_one: -plot.height() / 2.0 / reach };
        self.signs(sheet, session, &name, all);
        draw_outline(sheet, &columns, plot, y);
        if columns.iter().all(Option::is_none) {
            let middle = ((plot.left + plot.right) / 2.0, y.zero + SMALL * 0.36);
            sheet.text(middle, "no signal", Type::new(SMALL).colour(SOFT).at(Anchor::Middle));
        }
        self.labels(sheet, session, &name, plot, y, reach);
    }

    /// The outline at the PNG's fineness.
    fn columns(&self, session: &Session, row: usize) -> Columns {
        let columns = (self.area.width() * f64::from(PAGE_FINENESS)) as usize;
        envelope::columns(&session.overview, row, self.duration, columns)
    }

    /// Whether a twitch of this channel lies in each column.
    fn twitching(&self, session: &Session, name: &str, columns: usize) -> Vec<bool> {
        let mut all = vec![false; columns];
        let place = |s: f64| (s / self.duration * columns as f64).max(0.0) as usize;
        for t in session.twitches.iter().filter(|t| plain(&t.channel) == name) {
            let (from, to) = (place(t.onset), place(t.onset + t.duration.max(0.0)));
            all.iter_mut().take(to.saturating_add(1)).skip(from).for_each(|c| *c = true);
        }
        all
    }

    fn masked(&self, sheet: &mut Sheet, session: &Session, name: &str, row: Rect) {
        let here = |m: &&MaskedSpan| m.channel.as_deref().is_none_or(|c| plain(c) == name);
        for span in session.masked.iter().filter(here) {
            let (left, right) = (self.at(span.onset), self.at(span.onset + span.duration));
            let rect = Rect { left, right: right.max(left + 0.4), ..row };
            sheet.rect(rect, (236, 236, 236));
            sheet.hatch(rect, 3.0, Pen::new(MASKED, 0.35));
        }
    }

    /// Twitches in the lower line above the outline, with a stroke through it; the rejected in the
    /// upper line. Twitches come last: none is hidden.
    fn signs(&self, sheet: &mut Sheet, session: &Session, name: &str, row: Rect) {
        let (upper, lower) = (row.top + 0.6 + LANE / 2.0, row.top + 0.9 + 1.5 * LANE);
        // Signs closer than this are one blot; the legend still counts them.
        let apart = marker::RADIUS * 0.7;
        for class in Class::ALL.into_iter().filter(|c| *c != Class::Twitch) {
            let mut reached = f64::NEG_INFINITY;
            let own = session.candidates.iter().filter(|c| c.class == class && plain(&c.channel) == name);
            for c in own {
                let (x, until) = (self.at(c.onset), self.at(c.onset + c.duration));
                if x - reached >= apart {
                    marker::draw(sheet, class, (x, upper), until);
                    reached = if class == Class::Effort { until } else { x };
                }
            }
        }
        let own = session.twitches.iter().filter(|t| plain(&t.channel) == name);
        // Two twitches within a pixel of the PNG are one sign.
        let pixel = |t: &TwitchRecord| (self.at(t.onset) * f64::from(PAGE_FINENESS)).round() as i64;
        let places: BTreeSet<i64> = own.map(pixel).collect();
        let stems = places.len() <= CROWD;
        for x in places.into_iter().map(|n| n as f64 / f64::from(PAGE_FINENESS)) {
            if stems {
                sheet.line(&[(x, lower), (x, row.bottom - 1.0)], Pen::new((240, 178, 140), 0.5));
            }
            marker::draw(sheet, Class::Twitch, (x, lower), x);
        }
    }

    fn labels(&self, sheet: &mut Sheet, session: &Session, name: &str, plot: Rect, y: Scale, reach: f64) {
        axis::left(sheet, plot, y, &readable(axis::around_zero(reach, (plot.height() / 60.0) as usize), y));
        let unit = if session.source.calibrated { "µV" } else { "counts" };
        let name = theme::fit(name, SMALL, true, LEFT - 8.0);
        sheet.text((4.0, plot.top - LANE), &name, Type::new(SMALL).bold());
        let set = Type::new(SMALL).colour(SOFT);
        sheet.text((4.0, (plot.top + plot.bottom) / 2.0 + SMALL * 0.36), unit, set);
    }
}

/// The ticks that fit a row: without the zero between, or none but the upper, where it is low.
fn readable(mut ticks: Ticks, y: Scale) -> Ticks {
    let apart = ticks.last().map_or(0.0, |t| (y.at(t.0) - y.at(0.0)).abs());
    if apart < NUMBERS_APART {
        ticks.retain(|t| t.0 != 0.0);
    }
    if apart < NUMBERS_APART / 2.0 {
        ticks.retain(|t| t.0 > 0.0);
    }
    ticks
}

/// The line of names for each insertion: the lowest that is free, or the one that is free first.
fn lanes(session: &Session) -> Vec<usize> {
    let mut free_at = [f64::NEG_INFINITY; MOST_LANES];
    let mut lane_of = |i: &InsertionRecord| {
        let free = free_at.iter().position(|f| *f <= i.onset);
        let soonest = || (0..MOST_LANES).min_by(|a, b| free_at[*a].total_cmp(&free_at[*b])).unwrap_or(0);
        let lane = free.unwrap_or_else(soonest);
        free_at[lane] = i.onset + i.dwell;
        lane
    };
    session.insertions.iter().map(&mut lane_of).collect()
}

/// The outline as one area a stretch of signal, at least a hair thick, cut at the plot's edges.
fn draw_outline(sheet: &mut Sheet, columns: &Columns, plot: Rect, y: Scale) {
    const HAIR: f64 = 0.35;
    let wide = plot.width() / columns.len().max(1) as f64;
    let mut upper: Vec<Point> = Vec::new();
    let mut lower: Vec<Point> = Vec::new();
    for (n, column) in columns.iter().chain([&None]).enumerate() {
        let Some((low, high)) = column else {
            lower.reverse();
            upper.append(&mut lower);
            sheet.area(std::mem::take(&mut upper), OUTLINE);
            continue;
        };
        let (left, right) = (plot.left + n as f64 * wide, plot.left + (n + 1) as f64 * wide);
        let (top, bottom) = (y.at(*high), y.at(*low));
        let grow = ((HAIR - (bottom - top)) / 2.0).max(0.0);
        let (top, bottom) = (top - grow, bottom + grow);
        let within = |v: f64| v.clamp(plot.top, plot.bottom);
        upper.extend([(left, within(top)), (right, within(top))]);
        lower.extend([(left, within(bottom)), (right, within(bottom))]);
    }
}
