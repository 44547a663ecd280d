//! The dwell curve: twitches of each insertion against the time its needle was in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::dots::Dots;
use super::theme::Theme;
use crate::monitor::{Needle, Snapshot};

/// Curves that are drawn beside the one of this insertion.
const BESIDE: usize = 5;
/// The axes are at least so long: s, and twitches.
const LEAST: (f64, usize) = (30.0, 5);

/// Draws the curves into `area`: this insertion's over the earlier ones.
pub fn draw(snapshot: &Snapshot, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let current = snapshot.current();
    let number = current.map_or(0, |needle| needle.number);
    let others = snapshot.needles.iter().rev().filter(|needle| needle.number != number).take(BESIDE);
    let shown: Vec<&Needle> = others.chain(current).collect();
    let longest = shown.iter().map(|n| n.dwell_s).fold(LEAST.0, f64::max);
    let most = shown.iter().map(|n| n.twitches_s.len()).fold(LEAST.1, usize::max);
    let seconds = above(longest);
    let counts = above(most as f64);
    let width = usize::from(area.width);
    buffer.set_stringn(area.x, area.y, "twitches by needle time", width, theme.faint);
    let label = format!("{counts:.0}");
    let left = label.len() as u16 + 1;
    let (plot_y, plot_height) = (area.y + 1, area.height.saturating_sub(2));
    let plot = Rect::new(area.x + left, plot_y, area.width.saturating_sub(left), plot_height);
    if plot.width < 4 || plot.height < 2 {
        return;
    }
    buffer.set_string(area.x, plot.y, &label, theme.faint);
    buffer.set_string(area.x + left - 2, plot.bottom() - 1, "0", theme.faint);
    let end = format!("{seconds:.0} s");
    buffer.set_string(plot.x, plot.bottom(), "0", theme.faint);
    buffer.set_string(plot.right().saturating_sub(end.len() as u16), plot.bottom(), &end, theme.faint);
    let mut dots = Dots::new(plot);
    let (columns, rows) = dots.size();
    for needle in shown {
        let style = if needle.number == number { theme.twitch } else { theme.faint };
        let column = |s: f64| (s / seconds * (columns - 1) as f64).round() as usize;
        let row = |n: usize| rows - 1 - (n as f64 / counts * (rows - 1) as f64).round() as usize;
        let mut onsets = needle.twitches_s.clone();
        onsets.sort_by(f64::total_cmp);
        let mut count = 0;
        for x in 0..=column(needle.dwell_s) {
            let from = row(count);
            count += onsets[count..].iter().take_while(|s| column(**s) <= x).count();
            dots.column(x, from, row(count), style);
        }
    }
    dots.draw(buffer);
}

/// The next of 1, 2, 3, 5 and 10 times a power of ten that holds `x`, which is above zero.
pub(super) fn above(x: f64) -> f64 {
    let step = 10f64.powf(x.max(f64::MIN_POSITIVE).log10().floor());
    [1.0, 2.0, 3.0, 5.0].into_iter().map(|end| end * step).find(|end| x <= *end).unwrap_or(10.0 * step)
}
