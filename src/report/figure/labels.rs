//! Places labels at the ends of lines so that they hide neither each other nor the lines.

use super::sheet::{Pen, Point, Rect, Sheet, Type};
use super::theme::{Colour, SMALL, width};

/// A text that belongs to a point.
pub struct Label {
    pub at: Point,
    pub text: String,
    pub colour: Colour,
    /// The colour of the line that it belongs to.
    pub line: Colour,
    pub bold: bool,
}

/// Points between a line's end and its label.
const GAP: f64 = 3.6;
/// Points from baseline to baseline.
const LEADING: f64 = SMALL * 1.16;
/// How often every label may move again once the others have moved.
const ROUNDS: usize = 4;

/// Draws every label within `room`, each at the place that costs least given the others: lying on
/// another label is worst, then crossing a line (`obstacles`), then being far away. A label that
/// had to move away gets a leader.
pub fn draw(sheet: &mut Sheet, labels: &[Label], room: Rect, obstacles: &[Rect]) {
    let mut places: Vec<Option<Rect>> = vec![None; labels.len()];
    for _ in 0..ROUNDS {
        for n in 0..labels.len() {
            places[n] = None;
            let cost = |(rect, moved): (Rect, f64)| {
                (rect, moved + cost(&labels[n], rect, room, labels, &places, obstacles))
            };
            let best = candidates(&labels[n], room).map(cost).min_by(|a, b| a.1.total_cmp(&b.1));
            places[n] = best.map(|(rect, _)| rect);
        }
    }
    for (label, rect) in labels.iter().zip(places) {
        let Some(rect) = rect else { continue };
        if let Some((from, to)) = leader(label, rect) {
            sheet.line(&[from, to], Pen::new(label.line, 0.5));
        }
        let mut set = Type::new(SMALL).colour(label.colour);
        set.bold = label.bold;
        sheet.text((rect.left, rect.bottom - SMALL * 0.24), &label.text, set);
    }
}

/// Where a label could lie, and how far that is from beside its point, points.
fn candidates(label: &Label, room: Rect) -> impl Iterator<Item = (Rect, f64)> {
    let wide = width(&label.text, SMALL, label.bold);
    let (x, y) = label.at;
    let steps = (0..32).flat_map(|n| [f64::from(n), -f64::from(n)]);
    steps.flat_map(move |n| {
        let dy = n * LEADING / 4.0;
        let beside = [(x + GAP, 0.0), (x - wide / 2.0, 12.0), (x - wide - GAP, 10.0)];
        beside.map(|(left, extra)| {
            // Nothing is gained by reaching out of the room sideways.
            let left = left.min(room.right - wide).max(room.left);
            let top = y + dy - LEADING / 2.0;
            let rect = Rect { left, top, right: left + wide, bottom: top + LEADING };
            (rect, dy.abs() + extra)
        })
    })
}

fn cost(
    label: &Label,
    rect: Rect,
    room: Rect,
    labels: &[Label],
    places: &[Option<Rect>],
    obstacles: &[Rect],
) -> f64 {
    let outside = rect.width() * rect.height() - rect.overlap(room);
    let on_lines: f64 = obstacles.iter().map(|o| rect.overlap(*o)).sum();
    let mut on_labels = 0.0;
    let own = leader(label, rect);
    for (other, place) in labels.iter().zip(places) {
        let Some(place) = *place else { continue };
        // Two texts on one line need a gap between them.
        on_labels += rect.overlap(Rect { left: place.left - GAP, right: place.right + GAP, ..place });
        on_labels += crossing(own, place) + crossing(leader(other, place), rect);
    }
    outside * 50.0 + on_labels * 50.0 + on_lines * 6.0
}

/// The hair line from a point to its label, where the label does not lie beside it.
fn leader(label: &Label, rect: Rect) -> Option<(Point, Point)> {
    let (x, y) = label.at;
    let near = (x.clamp(rect.left, rect.right), y.clamp(rect.top + 1.0, rect.bottom - 1.0));
    ((near.0 - x).hypot(near.1 - y) > LEADING).then_some((label.at, near))
}

/// How much of a leader lies on `rect`, points.
fn crossing(leader: Option<(Point, Point)>, rect: Rect) -> f64 {
    const PARTS: i32 = 16;
    let Some((from, to)) = leader else { return 0.0 };
    let within = |n: &i32| {
        let part = f64::from(*n) / f64::from(PARTS);
        let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
        x > rect.left && x < rect.right && y > rect.top && y < rect.bottom
    };
    let share = (0..=PARTS).filter(within).count() as f64 / f64::from(PARTS + 1);
    share * (to.0 - from.0).hypot(to.1 - from.1)
}
