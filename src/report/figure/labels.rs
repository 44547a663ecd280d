//! Places labels at the ends of lines so that they hide neither each other nor the lines.

use super::sheet::{Anchor, Pen, Point, Rect, Sheet, Type};
use super::theme::{Colour, SMALL, WHITE, width};

/// A text that belongs to a point.
pub struct Label {
    pub at: Point,
    pub text: String,
    pub colour: Colour,
    pub bold: bool,
}

/// Points between a line's end and its label.
const GAP: f64 = 3.6;
/// Points from baseline to baseline.
const LEADING: f64 = SMALL * 1.2;

/// Draws every label within `room`, at the place that costs least: lying on another label is worst,
/// then crossing a line (`obstacles`), then being far away. A label that had to move gets a leader.
pub fn draw(sheet: &mut Sheet, labels: &[Label], room: Rect, obstacles: &[Rect]) {
    let mut taken: Vec<Rect> = Vec::new();
    let mut placed: Vec<(Rect, &Label)> = Vec::new();
    for label in labels {
        let own = || candidates(label, room);
        let costs = own().map(|(rect, moved)| cost(rect, moved, room, &taken, obstacles));
        let best = own().zip(costs).min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some(((rect, _), _)) = best {
            taken.push(rect);
            placed.push((rect, label));
        }
    }
    for (rect, label) in &placed {
        leader(sheet, *rect, label);
    }
    for (rect, label) in placed {
        sheet.rect(Rect { top: rect.top + 0.8, bottom: rect.bottom - 0.4, ..rect }, WHITE);
        let mut set = Type::new(SMALL).colour(label.colour).at(Anchor::Left);
        set.bold = label.bold;
        sheet.text((rect.left, rect.bottom - SMALL * 0.27), &label.text, set);
    }
}

/// Where a label could lie, and how far that is from beside its point, points.
fn candidates(label: &Label, room: Rect) -> impl Iterator<Item = (Rect, f64)> {
    let wide = width(&label.text, SMALL, label.bold);
    let (x, y) = label.at;
    let steps = (0..24).flat_map(|n| [f64::from(n), -f64::from(n)]);
    steps.flat_map(move |n| {
        let dy = n * LEADING / 2.0;
        let beside = [(x + GAP, 0.0), (x - wide / 2.0, 5.0), (x - wide - GAP, 2.0)];
        beside.map(|(left, extra)| {
            // Nothing is gained by reaching out of the room sideways.
            let left = left.min(room.right - wide).max(room.left);
            let top = y + dy - LEADING / 2.0;
            let rect = Rect { left, top, right: left + wide, bottom: top + LEADING };
            (rect, dy.abs() + extra)
        })
    })
}

fn cost(rect: Rect, moved: f64, room: Rect, taken: &[Rect], obstacles: &[Rect]) -> f64 {
    let area = rect.width() * rect.height();
    let outside = area - rect.overlap(room);
    let on_labels: f64 = taken.iter().map(|t| rect.overlap(*t)).sum();
    let on_lines: f64 = obstacles.iter().map(|o| rect.overlap(*o)).sum();
    outside * 50.0 + on_labels * 50.0 + on_lines * 6.0 + moved
}

/// A hair line from the point to a label that does not lie beside it.
fn leader(sheet: &mut Sheet, rect: Rect, label: &Label) {
    let (x, y) = label.at;
    let near = (x.clamp(rect.left, rect.right), y.clamp(rect.top + 1.0, rect.bottom - 1.0));
    if (near.0 - x).hypot(near.1 - y) > LEADING {
        sheet.line(&[label.at, near], Pen::new(label.colour, 0.35));
    }
}
