//! A plot of one print column with two axes: what most figures begin with.

use super::axis::{self, Scale, Ticks};
use super::sheet::{Anchor, Pen, Point, Rect, Sheet, Type};
use super::theme::{AXIS, COLUMN, COLUMN_FINENESS, GRID, SMALL, SOFT, TITLE, width};

/// Where a plot begins, points.
pub const TOP: f64 = 19.0;
/// How high it is, points.
pub const HIGH: f64 = 116.0;

/// A sheet of one print column with its heading.
pub fn column(title: &str, heading: &str) -> Sheet {
    let mut sheet = Sheet::new(COLUMN, 0.0, COLUMN_FINENESS, title);
    sheet.text((4.0, 9.5), heading, Type::new(TITLE).bold());
    sheet
}

/// One axis: what it reaches from and to, its ticks, its name with the unit.
pub struct Axis<'a> {
    pub range: (f64, f64),
    pub ticks: Ticks,
    pub name: &'a str,
}

/// Where numbers lie on the sheet.
pub struct Chart {
    pub area: Rect,
    pub x: Scale,
    pub y: Scale,
}

impl Chart {
    /// Draws the axes of a plot that is `high` points high and begins at `top`, with `room` points
    /// to its right for labels.
    pub fn new(sheet: &mut Sheet, (top, high): (f64, f64), room: f64, x: &Axis, y: &Axis) -> Self {
        let digits = y.ticks.iter().map(|t| width(&t.1, SMALL, false)).fold(0.0, f64::max);
        Self::at_left(sheet, 17.0 + digits, (top, high), room, x, y)
    }

    /// The same, with the vertical axis at `left`.
    pub fn at_left(
        sheet: &mut Sheet,
        left: f64,
        (top, high): (f64, f64),
        room: f64,
        x: &Axis,
        y: &Axis,
    ) -> Self {
        let area = Rect { left, top, right: COLUMN - 9.0, bottom: top + high };
        let across = Scale::between(x.range, area.left, area.right - room);
        let up = Scale::between(y.range, area.bottom, area.top);
        for (value, _) in y.ticks.iter().filter(|t| t.0 > y.range.0) {
            let y = up.at(*value);
            sheet.line(&[(area.left, y), (area.right, y)], Pen::new(GRID, 0.35));
        }
        axis::left(sheet, area, up, &y.ticks);
        let set = Type::new(AXIS).at(Anchor::Middle).turned();
        sheet.text((9.5, (area.top + area.bottom) / 2.0), y.name, set);
        axis::below(sheet, area, across, &x.ticks, x.name);
        Self { area, x: across, y: up }
    }

    /// The place of a pair of numbers; what lies beyond the plot's upper or lower end lies on it.
    pub fn at(&self, (x, y): Point) -> Point {
        (self.x.at(x), self.y.at(y).clamp(self.area.top, self.area.bottom))
    }

    /// Where the way from one pair to another ends: there, or where it leaves the plot through the
    /// top.
    pub fn inside(&self, from: Point, to: Point) -> Point {
        let ((x0, y0), (x1, y1)) =
            ((self.x.at(from.0), self.y.at(from.1)), (self.x.at(to.0), self.y.at(to.1)));
        let part = if y1 < self.area.top { (y0 - self.area.top) / (y0 - y1) } else { 1.0 };
        (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)
    }

    /// The places of many pairs.
    pub fn path(&self, points: &[Point]) -> Vec<Point> {
        points.iter().map(|p| self.at(*p)).collect()
    }

    /// Where the first row of numbers below the axis begins.
    pub fn below(&self) -> f64 {
        self.area.bottom + axis::TICK + SMALL + AXIS + 4.0
    }

    /// A heading with a row of numbers below it, each under its place on the axis, from `y` on;
    /// gives where it ends. A number without room beside the one before it is left out.
    pub fn row(&self, sheet: &mut Sheet, y: f64, heading: &str, numbers: &[(f64, String)]) -> f64 {
        let heading_y = y + SMALL * 1.5;
        sheet.text((4.0, heading_y), heading, Type::new(SMALL).colour(SOFT));
        let y = heading_y + SMALL * 1.3;
        let mut reached = f64::NEG_INFINITY;
        for (x, text) in numbers {
            let (x, half) = (self.x.at(*x), width(text, SMALL, false) / 2.0);
            if x - half > reached + 1.5 {
                sheet.text((x, y), text, Type::new(SMALL).at(Anchor::Middle));
                reached = x + half;
            }
        }
        y
    }
}

/// A whisker from `low` to `high` at `x`, with a bar at each end that lies within the plot, and an
/// arrow head at an end that lies beyond it.
pub fn whisker(sheet: &mut Sheet, chart: &Chart, x: f64, (low, high): Point, half: f64, pen: Pen) {
    let (x, bottom) = chart.at((x, low));
    let top = chart.y.at(high);
    let cut = top < chart.area.top - 0.05;
    let top = top.max(chart.area.top);
    sheet.line(&[(x, bottom), (x, top)], pen);
    sheet.line(&[(x - half, bottom), (x + half, bottom)], pen);
    if cut {
        let wide = half.max(1.2);
        sheet.area(vec![(x - wide, top + 2.0 * wide), (x + wide, top + 2.0 * wide), (x, top)], pen.colour);
    } else {
        sheet.line(&[(x - half, top), (x + half, top)], pen);
    }
}

/// A text in the middle of a plot that holds nothing, saying why.
pub fn nothing(sheet: &mut Sheet, chart: &Chart, why: &str) {
    let middle = ((chart.area.left + chart.area.right) / 2.0, (chart.area.top + chart.area.bottom) / 2.0);
    sheet.text(middle, why, Type::new(AXIS).bold().at(Anchor::Middle));
}
