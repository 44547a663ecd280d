//! The signal as dots: from least to largest value in each column.

use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::canvas::{Canvas, Context, Line, Points};

/// What one picture of a channel shows.
#[derive(Debug, Clone)]
pub struct Trace<'a> {
    /// µV or counts, NaN where there is none.
    pub samples: &'a [f32],
    /// From when to when, s.
    pub span: [f64; 2],
    /// From the middle to the upper and the lower end.
    pub reach: f64,
    /// Columns of dots.
    pub columns: usize,
    /// Heights above and below the middle that are shown as lines of dots, each with its gap.
    pub levels: Vec<(f64, usize)>,
    /// Moments that are shown as lines from top to bottom.
    pub moments: Vec<(f64, Color)>,
}

impl Trace<'_> {
    /// The picture.
    pub fn canvas(&self) -> Canvas<'_, impl Fn(&mut Context<'_>)> {
        Canvas::default()
            .marker(Marker::Braille)
            .x_bounds(self.span)
            .y_bounds([-self.reach, self.reach])
            .paint(|context| self.paint(context))
    }

    fn paint(&self, context: &mut Context<'_>) {
        let [from, to] = self.span;
        let column = |n: usize| from + (n as f64 + 0.5) * (to - from) / self.columns.max(1) as f64;
        for (level, gap) in &self.levels {
            let dots = (0..self.columns).step_by(*gap).map(column);
            let dots: Vec<(f64, f64)> = dots.flat_map(|x| [(x, *level), (x, -level)]).collect();
            context.draw(&Points { coords: &dots, color: Color::Cyan });
        }
        for (x, color) in self.moments.iter().filter(|(x, _)| (from..=to).contains(x)) {
            let dots: Vec<(f64, f64)> = (-20..=20).map(|n| (*x, f64::from(n) / 20.0 * self.reach)).collect();
            context.draw(&Points { coords: &dots, color: *color });
        }
        context.layer();
        for line in self.lines() {
            context.draw(&line);
        }
    }

    /// Where there are many samples to a column, one line a column from the least to the largest of
    /// them and the one before; else from sample to sample.
    fn lines(&self) -> Vec<Line> {
        let [from, to] = self.span;
        let count = self.samples.len();
        let clip = |y: f32| f64::from(y).clamp(-self.reach, self.reach);
        let line = |x1: f64, y1: f32, x2: f64, y2: f32| Line {
            x1,
            y1: clip(y1),
            x2,
            y2: clip(y2),
            color: Color::Reset,
        };
        let columns = self.columns.max(1);
        if count <= columns {
            let at = |n: usize| from + n as f64 * (to - from) / count.max(1) as f64;
            let pairs = self.samples.windows(2).enumerate();
            let known = pairs.filter(|(_, pair)| pair.iter().all(|y| y.is_finite()));
            return known.map(|(n, pair)| line(at(n), pair[0], at(n + 1), pair[1])).collect();
        }
        let mut lines = Vec::with_capacity(columns);
        for n in 0..columns {
            let [first, end] = [n, n + 1].map(|n| n * count / columns);
            let known = self.samples[first.saturating_sub(1)..end].iter().filter(|y| y.is_finite());
            let (low, high) =
                known.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
            if low <= high {
                let x = from + (n as f64 + 0.5) * (to - from) / columns as f64;
                lines.push(line(x, low, x, high));
            }
        }
        lines
    }
}
