//! The traces: the newest seconds of each channel, what stands over the threshold, and a line of
//! marks above.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::curve::above;
use super::dots::Dots;
use super::theme::Theme;
use crate::monitor::{Flag, Flagged, Snapshot, TICK, Tick, Trace};

/// Columns for names and numbers.
const LABEL: u16 = 14;
/// Ticks of one cell, two columns of dots: a tenth of a second.
const TICKS: u64 = 4;
/// A time is written every so many cells.
const STAMP: u64 = 50;
/// Noise fills this share of the height at most, so that quiet does not look like activity: so
/// many times its RMS are always shown.
const LEAST_SIGMAS: f64 = 8.0;
/// From so many rows on the strip of levels has two, with the threshold between them.
const TWO_ROWS: u16 = 6;
/// Blocks of one to eight eighths.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Which cells of time are seen.
struct Window {
    first: u64,
    width: u16,
}

impl Window {
    /// The time at which a cell begins, s.
    fn time_s(cell: u64) -> f64 {
        (cell * TICKS) as f64 * TICK.s()
    }

    /// The columns that `flag` covers, from 0.
    fn columns(&self, flag: &Flag) -> std::ops::Range<u16> {
        let cell = |s: f64| (s / (TICKS as f64 * TICK.s()) + 1e-6).floor() as i64 - self.first as i64;
        let within = |c: i64| c.clamp(0, i64::from(self.width)) as u16;
        within(cell(flag.from_s))..within(cell(flag.to_s) + 1)
    }
}

/// Draws the traces into `area`.
pub fn draw(snapshot: &Snapshot, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let width = area.width.saturating_sub(LABEL);
    let length = snapshot.traces.first().map_or(0, |trace| trace.ticks.len()) as u64;
    let end = (snapshot.first_tick + length) / TICKS;
    let window = Window { first: end.saturating_sub(u64::from(width)), width };
    marks(snapshot, theme, &window, Rect { height: 1, ..area }, buffer);
    let rows = area.height.saturating_sub(1);
    let shown = snapshot.traces.len().min(usize::from(rows)) as u16;
    if shown == 0 {
        return;
    }
    // The same for all, so that they can be compared.
    let height = rows / shown;
    let strip = match height {
        0 | 1 => 0,
        _ if height < TWO_ROWS => 1,
        _ => 2,
    };
    for ((place, trace), y) in snapshot.traces.iter().enumerate().zip((area.y + 1..).step_by(height.into())) {
        if place >= usize::from(shown) {
            break;
        }
        let own = Rect { y, height, ..area };
        let cells = cells(snapshot, place, trace, &window);
        channel(snapshot, trace, &cells, theme, (own, strip), buffer);
    }
    let hidden = snapshot.traces.len() - usize::from(shown);
    if hidden > 0 {
        let text = format!("+{hidden} channels");
        buffer.set_stringn(area.x, area.y, text, usize::from(LABEL), theme.alarm);
    }
}

/// What a cell of time is on one channel.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Quiet,
    /// Over the threshold, and not judged yet.
    Waits,
    SetAside,
    Twitch,
    /// Before the start.
    Nothing,
}

/// The ticks of each cell, and what it is.
fn cells<'a>(
    snapshot: &Snapshot,
    place: usize,
    trace: &'a Trace,
    window: &Window,
) -> Vec<(&'a [Tick], Cell)> {
    let ticks = |cell: u64| -> &[Tick] {
        let first = (cell * TICKS).checked_sub(snapshot.first_tick);
        first.and_then(|f| trace.ticks.get(f as usize..(f + TICKS) as usize)).unwrap_or_default()
    };
    let mut cells: Vec<(&[Tick], Cell)> = (0..u64::from(window.width))
        .map(|column| {
            let cell = window.first + column;
            let ticks = ticks(cell);
            let waits = Window::time_s(cell) > snapshot.judged_s && ticks.iter().any(|t| t.level >= 1.0);
            let kind = match ticks {
                [] => Cell::Nothing,
                _ if waits => Cell::Waits,
                _ => Cell::Quiet,
            };
            (ticks, kind)
        })
        .collect();
    for (what, kind) in [(Flagged::SetAside, Cell::SetAside), (Flagged::Twitch, Cell::Twitch)] {
        for flag in snapshot.flags.iter().filter(|f| f.what == what && f.channel == Some(place)) {
            window.columns(flag).for_each(|column| cells[usize::from(column)].1 = kind);
        }
    }
    cells
}

/// The line above the traces: time, and what happened when.
fn marks(snapshot: &Snapshot, theme: &Theme, window: &Window, area: Rect, buffer: &mut Buffer) {
    let left = area.x + LABEL;
    let mut put = |column: u16, symbol: char, style: Style| {
        if let Some(cell) = buffer.cell_mut((left + column, area.y)) {
            cell.set_char(symbol).set_style(style);
        }
    };
    for (place, trace) in snapshot.traces.iter().enumerate() {
        for (column, (_, kind)) in (0..).zip(cells(snapshot, place, trace, window)) {
            if kind == Cell::Waits {
                put(column, '▽', theme.waits);
            }
        }
    }
    // In the order in which one hides another.
    for (what, symbol, style) in [
        (Flagged::SetAside, '×', theme.faint),
        (Flagged::Gap, '░', theme.alarm),
        (Flagged::Note, '*', theme.strong),
        (Flagged::Twitch, '▼', theme.twitch),
        (Flagged::NeedleIn, '↓', theme.strong),
        (Flagged::NeedleOut, '↑', theme.strong),
    ] {
        for flag in snapshot.flags.iter().filter(|flag| flag.what == what) {
            let columns = window.columns(flag);
            let all = matches!(what, Flagged::Gap);
            columns.take(if all { usize::MAX } else { 1 }).for_each(|column| put(column, symbol, style));
        }
    }
    // Times stand where no mark is.
    for column in (0..window.width).filter(|c| (window.first + u64::from(*c)).is_multiple_of(STAMP)) {
        let stamp = format!("╵{:.0} s", Window::time_s(window.first + u64::from(column)));
        let length = stamp.chars().count() as u16;
        let free = |x| buffer.cell((x, area.y)).is_some_and(|cell| cell.symbol() == " ");
        if column + length <= window.width && (left + column..left + column + length).all(free) {
            buffer.set_string(left + column, area.y, stamp, theme.faint);
        }
    }
}

/// One channel: its name and numbers, its trace, its strip of levels.
fn channel(
    snapshot: &Snapshot,
    trace: &Trace,
    cells: &[(&[Tick], Cell)],
    theme: &Theme,
    (area, strip): (Rect, u16),
    buffer: &mut Buffer,
) {
    let rows = area.height - strip;
    let peaks = cells.iter().flat_map(|(ticks, _)| ticks.iter()).filter_map(|tick| tick.range);
    let peak = peaks.fold(0.0f32, |most, (low, high)| most.max(-low).max(high));
    let noise = trace.standing.noise_rms.unwrap_or(0.0);
    let scale = above(f64::from(peak).max(LEAST_SIGMAS * noise));
    label(snapshot, trace, scale, theme, (area, rows, strip), buffer);
    let plot = Rect { x: area.x + LABEL, width: area.width.saturating_sub(LABEL), height: rows, ..area };
    if rows == 1 {
        hull(cells, scale, theme, plot, buffer)
    } else {
        wave(cells, scale, theme, plot, buffer)
    }
    for (column, (ticks, _)) in (plot.x..).zip(cells) {
        let lost = !ticks.is_empty() && ticks.iter().all(|tick| tick.range.is_none());
        if lost && let Some(cell) = buffer.cell_mut((column, plot.y + rows / 2)) {
            cell.set_char('░').set_style(theme.faint);
        }
    }
    for (column, (ticks, kind)) in (plot.x..).zip(cells) {
        let level = ticks.iter().map(|tick| tick.level).fold(0.0, f32::max);
        levels(level, style(*kind, theme), theme, (column, plot.bottom(), strip), buffer);
    }
}

/// From the least to the largest value, of each twentieth of a second.
fn wave(cells: &[(&[Tick], Cell)], scale: f64, theme: &Theme, plot: Rect, buffer: &mut Buffer) {
    let mut dots = Dots::new(plot);
    let (_, high) = dots.size();
    let row = |value: f32| {
        let share = 0.5 - 0.5 * f64::from(value) / scale;
        (share * (high - 1) as f64).round().clamp(0.0, (high - 1) as f64) as usize
    };
    for (column, (ticks, kind)) in cells.iter().enumerate() {
        for (half, pair) in ticks.chunks(2).enumerate() {
            let ranges = pair.iter().filter_map(|tick| tick.range);
            let range = ranges.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
            if let Some((low, high)) = range {
                dots.column(2 * column + half, row(low), row(high), style(*kind, theme));
            }
        }
    }
    dots.draw(buffer);
}

/// Where there is one row: the largest absolute value of each tenth of a second.
fn hull(cells: &[(&[Tick], Cell)], scale: f64, theme: &Theme, plot: Rect, buffer: &mut Buffer) {
    for (x, (ticks, kind)) in (plot.x..).zip(cells) {
        let peaks = ticks.iter().filter_map(|tick| tick.range).map(|(low, high)| high.max(-low));
        let Some(peak) = peaks.reduce(f32::max) else { continue };
        let eighths = (8.0 * f64::from(peak) / scale).ceil().clamp(1.0, 8.0) as usize;
        if let Some(cell) = buffer.cell_mut((x, plot.y)) {
            cell.set_char(EIGHTHS[eighths]).set_style(style(*kind, theme));
        }
    }
}

fn style(kind: Cell, theme: &Theme) -> Style {
    match kind {
        Cell::Twitch => theme.twitch,
        Cell::Waits => theme.waits,
        Cell::SetAside => theme.faint,
        Cell::Quiet | Cell::Nothing => theme.plain,
    }
}

/// A column of the strip of levels: in steps of dB, with the threshold in the middle.
fn levels(level: f32, style: Style, theme: &Theme, (x, y, rows): (u16, u16, u16), buffer: &mut Buffer) {
    let db = 10.0 * level.max(1e-9).log10();
    let mut put = |y: u16, eighths: f32, style: Style| {
        let symbol = EIGHTHS[eighths.floor().clamp(0.0, 8.0) as usize];
        if let Some(cell) = buffer.cell_mut((x, y)).filter(|_| symbol != ' ') {
            cell.set_char(symbol).set_style(style);
        }
    };
    match rows {
        // Up to half a block below the threshold, more than half above.
        1 if db >= 0.0 => put(y, 5.0 + (db / 3.0).floor().min(3.0), style),
        1 => put(y, ((db + 12.0) / 3.0).floor(), theme.faint),
        2 => {
            put(y + 1, (db + 16.0) / 2.0, if db >= 0.0 { style } else { theme.faint });
            // The line of the threshold.
            put(y, 1.0, theme.faint);
            if db >= 0.0 {
                put(y, 1.0 + db / 2.0, style);
            }
        }
        _ => {}
    }
}

/// The name of a channel and its numbers, as far as there is room.
fn label(
    snapshot: &Snapshot,
    trace: &Trace,
    scale: f64,
    theme: &Theme,
    (area, rows, strip): (Rect, u16, u16),
    buffer: &mut Buffer,
) {
    let mut write = |row: u16, text: &str, style: Style| {
        buffer.set_stringn(area.x, area.y + row, text, usize::from(LABEL) - 1, style);
    };
    let standing = &trace.standing;
    let unit = if snapshot.unit == "µV" { " µV" } else { "" };
    let (noise, noise_style) = match (standing.no_signal, standing.noise_rms) {
        (Some(why), _) => (format!("! {}", why.name()), theme.alarm),
        (None, Some(rms)) => (format!("noise {}{unit}", short(rms)), theme.plain),
        (None, None) => ("learning…".to_owned(), theme.waits),
    };
    if area.height < 2 {
        let (text, style) =
            if standing.no_signal.is_some() { (&noise, theme.alarm) } else { (&trace.name, theme.strong) };
        return write(0, text, style);
    }
    write(0, &trace.name, theme.strong);
    write(1, &noise, noise_style);
    if rows > 2 {
        write(2, &format!("±{}{unit}", short(scale)), theme.faint);
    }
    if rows > 3 && !standing.mains_hz.is_empty() {
        let lowest = standing.mains_hz.iter().copied().fold(f64::INFINITY, f64::min);
        write(3, &format!("{lowest:.0} Hz removed"), theme.faint);
    }
    match strip {
        1 if rows > 1 => write(rows, "threshold ▄", theme.faint),
        2 => write(rows, "threshold ▁", theme.faint),
        _ => {}
    }
}

/// One digit behind the point at most, where that is enough.
fn short(x: f64) -> String {
    match x {
        _ if x >= 100.0 => format!("{x:.0}"),
        _ if x >= 10.0 => format!("{:.1}", x).trim_end_matches(".0").to_owned(),
        _ if x >= 0.1 => format!("{x:.1}").trim_end_matches(".0").to_owned(),
        _ => format!("{x:.1e}"),
    }
}
