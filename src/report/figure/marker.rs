//! The signs for what was found: a filled one for a twitch, a hollow one of its own shape for each
//! kind of rejected candidate, so that they differ without colour too.

use super::sheet::{Pen, Point, Sheet};
use super::theme::{BLUE, Colour, GREEN, INK, ORANGE, PURPLE, SKY, SOFT, VERMILLION, WHITE};
use crate::detect::Class;

/// The class in plain words.
pub const fn words(class: Class) -> &'static str {
    match class {
        Class::Twitch => "twitch",
        Class::Ecg => "heart beat",
        Class::Movement => "movement",
        Class::Pop => "electrode pop",
        Class::Mains => "mains",
        Class::Effort => "effort",
        Class::Clipped => "clipped",
        Class::Uncertain => "uncertain",
    }
}

pub const fn colour(class: Class) -> Colour {
    match class {
        Class::Twitch => VERMILLION,
        Class::Ecg => BLUE,
        Class::Movement => PURPLE,
        Class::Pop => ORANGE,
        Class::Mains => SKY,
        Class::Effort => GREEN,
        Class::Clipped => INK,
        Class::Uncertain => SOFT,
    }
}

/// Half of a sign's width, points.
pub const RADIUS: f64 = 2.4;

/// The shape of a point, another for each group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Disc,
    Square,
    Diamond,
    Triangle,
    Ring,
    Cross,
}

impl Mark {
    /// That of group number `n`.
    pub fn of(n: usize) -> Self {
        [Self::Disc, Self::Square, Self::Diamond, Self::Triangle, Self::Ring, Self::Cross][n % 6]
    }
}

/// A point of a group.
pub fn mark(sheet: &mut Sheet, mark: Mark, at: Point, colour: Colour) {
    const R: f64 = 1.5;
    let (x, y) = at;
    match mark {
        Mark::Disc => sheet.disc(at, R, colour),
        Mark::Square => {
            let s = R * 0.88;
            sheet.area(vec![(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)], colour);
        }
        Mark::Diamond => {
            let s = R * 1.25;
            sheet.area(vec![(x - s, y), (x, y - s), (x + s, y), (x, y + s)], colour);
        }
        Mark::Triangle => {
            let s = R * 1.15;
            sheet.area(vec![(x - s, y + s * 0.8), (x, y - s), (x + s, y + s * 0.8)], colour);
        }
        Mark::Ring => {
            sheet.disc(at, R * 1.1, colour);
            sheet.disc(at, R * 0.6, WHITE);
        }
        Mark::Cross => {
            let s = R * 0.9;
            sheet.line(&[(x - s, y - s), (x + s, y + s)], Pen::new(colour, 0.8));
            sheet.line(&[(x - s, y + s), (x + s, y - s)], Pen::new(colour, 0.8));
        }
    }
}

/// The sign of `class` around `at`. An effort lasts: its sign is a bar that reaches to `until`.
pub fn draw(sheet: &mut Sheet, class: Class, at: Point, until: f64) {
    let (x, y) = at;
    let r = RADIUS;
    let pen = Pen::new(colour(class), 0.8);
    match class {
        Class::Twitch => {
            sheet.area(vec![(x - r, y - r), (x + r, y - r), (x, y + r)], colour(class));
        }
        Class::Ecg => {
            sheet.disc(at, r * 0.95, pen.colour);
            sheet.disc(at, r * 0.95 - pen.width, WHITE);
        }
        Class::Movement => outline(sheet, &[(x - r, y), (x, y - r), (x + r, y), (x, y + r)], pen),
        Class::Pop => outline(sheet, &[(x - r, y + r * 0.8), (x, y - r), (x + r, y + r * 0.8)], pen),
        Class::Mains => {
            let s = r * 0.85;
            outline(sheet, &[(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)], pen);
        }
        Class::Effort => {
            let until = until.max(x + 2.0 * pen.width);
            sheet.line(&[(x, y - r * 0.8), (x, y + r * 0.8)], pen);
            sheet.line(&[(until, y - r * 0.8), (until, y + r * 0.8)], pen);
            sheet.line(&[(x, y), (until, y)], Pen::new(pen.colour, 1.4));
        }
        Class::Clipped => {
            let s = r * 0.8;
            sheet.line(&[(x - s, y - s), (x + s, y + s)], pen);
            sheet.line(&[(x - s, y + s), (x + s, y - s)], pen);
        }
        Class::Uncertain => {
            sheet.line(&[(x - r, y), (x + r, y)], pen);
            sheet.line(&[(x, y - r), (x, y + r)], pen);
        }
    }
}

/// A closed outline with a white inside, as one area on another: plotters' closed lines have a gap
/// where they begin.
fn outline(sheet: &mut Sheet, corners: &[Point], pen: Pen) {
    let count = corners.len() as f64;
    let middle = corners.iter().fold((0.0, 0.0), |m, c| (m.0 + c.0 / count, m.1 + c.1 / count));
    let nearest = |c: &Point| (c.0 - middle.0).hypot(c.1 - middle.1);
    let size = corners.iter().map(nearest).fold(f64::INFINITY, f64::min);
    // The sides of a triangle and a square lie nearer to the middle than their corners.
    let inside = size * if corners.len() == 3 { 0.5 } else { 0.707 };
    let shrink = 1.0 - pen.width / inside;
    let inner = |c: &Point| (middle.0 + (c.0 - middle.0) * shrink, middle.1 + (c.1 - middle.1) * shrink);
    sheet.area(corners.to_vec(), pen.colour);
    sheet.area(corners.iter().map(inner).collect(), WHITE);
}
