//! The lines of signs above the signal: what the detector found, what the reviewer said, when a
//! needle was in.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use super::Sitting;
use crate::detect::Class;
use crate::review::{Doing, Extent, Kind, Place};

/// One line of signs, as wide as the signal.
#[derive(Debug)]
pub struct Lane {
    span: [f64; 2],
    cells: Vec<(char, Style)>,
}

impl Lane {
    fn new(span: [f64; 2], columns: usize) -> Self {
        Self { span, cells: vec![(' ', Style::new()); columns] }
    }

    /// Writes `sign` from `from` to `to`, s, with `ends` where it begins and ends within.
    fn mark(&mut self, [from, to]: [f64; 2], ends: [char; 2], sign: char, style: Style) {
        let [left, right] = self.span;
        // A session that was edited may have a needle out before it was in.
        if to < from || to < left || from > right || self.cells.is_empty() {
            return;
        }
        let columns = self.cells.len();
        // Casts of floats to integers saturate at 0.
        let place = |s: f64| (((s - left) / (right - left) * columns as f64) as usize).min(columns - 1);
        let (first, last) = (place(from), place(to));
        self.cells[first..=last].fill((sign, style));
        if from >= left {
            self.cells[first].0 = ends[0];
        }
        if to <= right && last > first {
            self.cells[last].0 = ends[1];
        }
    }

    /// Writes `text` from the column of `from`, s, on; not over the end.
    fn write(&mut self, from: f64, text: &str, style: Style) {
        let [left, right] = self.span;
        let share = ((from.max(left) - left) / (right - left)).max(0.0);
        let first = (share * self.cells.len() as f64) as usize;
        for (cell, c) in self.cells.iter_mut().skip(first).zip(text.chars()) {
            *cell = (if c.is_control() { ' ' } else { c }, style);
        }
    }

    /// With its name before it.
    fn line(self, name: &str, gutter: usize) -> Line<'static> {
        let mut spans = vec![Span::styled(format!("{name:>gutter$} "), Style::new().dim())];
        spans.extend(self.cells.into_iter().map(|(c, style)| Span::styled(c.to_string(), style)));
        Line::from(spans)
    }
}

/// A letter for each class; the help of the view tells them.
pub const fn letter(class: Class) -> char {
    match class {
        Class::Twitch => 'T',
        Class::Ecg => 'e',
        Class::Movement => 'm',
        Class::Pop => 'p',
        Class::Mains => 'h',
        Class::Effort => 'f',
        Class::Clipped => 'c',
        Class::Uncertain => '?',
    }
}

/// The lines above the signal: a blind rater sees the brackets alone.
pub fn lanes(sitting: &Sitting<'_>, columns: usize, gutter: usize) -> Vec<Line<'static>> {
    let span = sitting.look.span();
    let asked = sitting.desk.place().map(|p| p.zone);
    let mut place = Lane::new(span, columns);
    let marked = Style::new().fg(Color::Yellow).bold();
    if sitting.desk.is_blind() {
        let zone = asked.into_iter().map(|e| (e, marked));
        let placing = placing(sitting).map(|e| (e, Style::new().fg(Color::Magenta).bold()));
        for (e, style) in zone.chain(placing) {
            place.mark([e.onset(), e.end()], ['[', ']'], '─', style);
        }
        return vec![place.line("judge", gutter)];
    }
    let mut own = Lane::new(span, columns);
    let shown = sitting.desk.place().map(|p| p.key);
    for p in sitting.desk.places() {
        detector(&mut place, p, shown == Some(p.key));
        if let Some(decision) = sitting.desk.decision(p) {
            let twitch = decision.action.is_twitch();
            let (sign, color) = if twitch { ('━', Color::Green) } else { ('×', Color::Red) };
            let e = decision.extent;
            own.mark([e.onset(), e.end()], [sign; 2], sign, Style::new().fg(color));
        }
    }
    if let Some(e) = placing(sitting) {
        own.mark([e.onset(), e.end()], ['[', ']'], '─', Style::new().fg(Color::Magenta).bold());
    }
    vec![
        place.line("detector", gutter),
        own.line("you", gutter),
        needles(sitting, columns).line("needle", gutter),
    ]
}

/// What is being placed.
pub fn placing(sitting: &Sitting<'_>) -> Option<Extent> {
    match sitting.desk.doing() {
        Doing::Looking => None,
        Doing::Moving(extent, _) | Doing::Adding(extent, _, _) => Some(*extent),
    }
}

/// What the detector has of a place.
fn detector(lane: &mut Lane, place: &Place, shown: bool) {
    if place.item.kind != Kind::Candidate {
        return;
    }
    let style = if shown { Style::new().fg(Color::Yellow).bold() } else { Style::new() };
    let sign = place.item.class.map_or('.', letter);
    let e = place.item.extent;
    lane.mark([e.onset(), e.end()], [sign; 2], '─', style);
}

/// When a needle was in, with its name; and where there was no signal.
fn needles(sitting: &Sitting<'_>, columns: usize) -> Lane {
    let mut lane = Lane::new(sitting.look.span(), columns);
    let style = Style::new().fg(Color::Cyan);
    let [left, right] = sitting.look.span();
    let session = sitting.session;
    for (n, i) in session.insertions.iter().enumerate().filter(|_| session.marked) {
        let (from, to) = (i.onset, i.onset + i.dwell);
        if to < left || from > right {
            continue;
        }
        lane.mark([from, to], ['├', '┤'], '─', style);
        let label = i.label.as_deref().unwrap_or_default();
        let column = (right - left) / columns.max(1) as f64;
        lane.write(from.max(left) + column, format!(" {} {label}", n + 1).trim_end(), style);
    }
    for masked in &session.masked {
        lane.mark([masked.onset, masked.onset + masked.duration], ['░'; 2], '░', Style::new().dim());
    }
    lane
}
