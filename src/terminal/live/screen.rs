//! The whole screen: where everything stands, on whatever size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::keys::Typed;
use super::theme::Theme;
use super::{curve, digits, traces};
use crate::monitor::{Needle, Snapshot, Trace};

/// What the view itself has to show.
#[derive(Debug, Clone)]
pub struct Face {
    /// A bell a twitch.
    pub bell: bool,
    /// Colours may be used.
    pub coloured: bool,
    /// A recording is played.
    pub replay: bool,
    /// Where a page shows the same.
    pub page: Option<String>,
    /// What is being typed.
    pub typed: Typed,
    /// What a key had to say.
    pub told: Option<&'static str>,
}

impl Default for Face {
    fn default() -> Self {
        Self { bell: true, coloured: true, replay: false, page: None, typed: Typed::Nothing, told: None }
    }
}

/// Columns of the numbers at scale 1, of their left half, and rows of both lines of them.
const NUMBERS: (u16, u16, u16) = (54, 24, 2 * (1 + digits::height(1)));
/// The dwell curve needs so many columns.
const CURVE: u16 = 24;
/// The line at the top and the three at the bottom.
const LINES: u16 = 4;
/// From so many rows on a message has two.
const TALL: u16 = 30;
/// The smallest screen: the numbers, and a line of marks with a trace of two rows.
const LEAST: (u16, u16) = (NUMBERS.0, LINES + NUMBERS.2 + 3);
/// Digits no larger than this.
const LARGEST: u16 = 4;
/// The end of a line that is typed is shown, so many letters of it.
const TYPED: usize = 40;

/// Draws everything.
pub fn draw(snapshot: Option<&Snapshot>, face: &Face, area: Rect, buffer: &mut Buffer) {
    let theme = Theme::new(face.coloured);
    let Some(snapshot) = snapshot else {
        buffer.set_stringn(area.x, area.y, "waiting for samples", usize::from(area.width), theme.plain);
        return;
    };
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return small(snapshot, &theme, area, buffer);
    }
    let scale = scale(area);
    let rows = 2 * (1 + digits::height(scale));
    let line = |y: u16| Rect { y, height: 1, ..area };
    head(snapshot, &theme, line(area.y), buffer);
    let numbers_area = Rect { y: area.y + 1, height: rows, ..area };
    numbers(snapshot, &theme, numbers_area, scale, buffer);
    let left = NUMBERS.0 * scale + 1;
    if area.width >= left + CURVE {
        let curve = Rect { x: area.x + left, width: area.width - left, ..numbers_area };
        curve::draw(snapshot, &theme, curve, buffer);
    }
    let more = u16::from(area.height >= TALL);
    let traces = Rect { y: area.y + 1 + rows, height: area.height - rows - LINES - more, ..area };
    traces::draw(snapshot, &theme, traces, buffer);
    state(snapshot, &theme, line(area.bottom() - 3 - more), buffer);
    let rest = Rect { y: area.bottom() - 2 - more, height: 1 + more, ..area };
    message(snapshot, face, &theme, rest, buffer);
    keys(face, &theme, line(area.bottom() - 1), buffer);
}

/// How large the digits may be: they leave the curve its columns, and the traces four rows in ten.
fn scale(area: Rect) -> u16 {
    let fits = |scale: &u16| {
        let rows = 2 * (1 + digits::height(*scale));
        area.width >= NUMBERS.0 * scale + CURVE
            && 10 * rows <= 6 * (area.height - LINES - u16::from(area.height >= TALL))
    };
    (1..=LARGEST).rev().find(fits).unwrap_or(1)
}

/// A screen on which nothing fits: what matters most, in words.
fn small(snapshot: &Snapshot, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (columns, rows) = LEAST;
    let recording = match &snapshot.recording {
        _ if snapshot.gone => "NO BOARD: plug it in again.",
        Some(recording) if recording.works => "It goes on recording.",
        Some(_) => "NOT RECORDED: the disk takes nothing.",
        None => "It goes on; nothing is recorded.",
    };
    let counted = snapshot.current().map_or_else(
        || format!("twitches: {}", snapshot.status.twitches),
        |needle| {
            let place = if needle.inside { "in" } else { "out" };
            format!("twitches: {}, needle {place} {}", needle.twitches_s.len(), clock(needle.dwell_s))
        },
    );
    let size = format!("{} × {} is too small: {columns} × {rows} shows all", area.width, area.height);
    for (y, text) in (area.y..area.bottom()).zip([counted.as_str(), recording, &size, "q q ends"]) {
        buffer.set_stringn(area.x, y, text, usize::from(area.width), theme.strong);
    }
}

/// The line at the top: what is watched, since when, and whether it is recorded.
fn head(snapshot: &Snapshot, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, theme.bar);
    let (recording, style) = match &snapshot.recording {
        _ if snapshot.gone => (" NO BOARD: plug it in again ".into(), theme.alarm),
        Some(recording) if recording.works => (format!("● RECORDING {} ", short(&recording.path)), theme.bar),
        Some(recording) => (format!(" NOT RECORDED {} ", short(&recording.path)), theme.alarm),
        None if snapshot.board == "replay" => ("a recording is played ".into(), theme.bar),
        None => ("nothing is recorded: --record DIR ".into(), theme.bar),
    };
    let right = area.right().saturating_sub(recording.chars().count() as u16).max(area.x);
    let site = snapshot.site.as_ref().map(|site| format!("  site: {site}")).unwrap_or_default();
    let time = clock(snapshot.status.time);
    let text = format!(" {}  {} on {}{site}", time, snapshot.board, short(&snapshot.place));
    buffer.set_stringn(area.x, area.y, text, usize::from(right.saturating_sub(area.x + 1)), theme.bar);
    buffer.set_stringn(right, area.y, recording, usize::from(area.width), style);
}

/// The last part of a path.
fn short(path: &str) -> &str {
    if path.starts_with("/dev/") { path } else { path.rsplit(['/', '\\']).next().unwrap_or(path) }
}

/// The four numbers.
fn numbers(snapshot: &Snapshot, theme: &Theme, area: Rect, scale: u16, buffer: &mut Buffer) {
    let current = snapshot.current();
    let inside = current.is_some_and(|needle| needle.inside);
    let style = if inside { theme.strong } else { theme.faint };
    let count = current.map_or("-".into(), |needle| needle.twitches_s.len().to_string());
    let dwell = current.map_or("-".into(), |needle| clock(needle.dwell_s));
    let since = current.and_then(Needle::since_last_s).map_or("-".into(), seconds);
    let rate = current.and_then(Needle::per_min).map_or("-".into(), rate);
    let (top, under) = (area.y, area.y + 1 + digits::height(scale));
    let (left, right) = (area.x + 1, area.x + 1 + NUMBERS.1 * scale);
    let most = (NUMBERS.1 * scale - 1, (NUMBERS.0 - NUMBERS.1) * scale - 1);
    let which = format!("TWITCHES{}", current.map(named).unwrap_or_default());
    let needle = match snapshot.inside() {
        0 if current.is_some() => "NEEDLE OUT, it was in".to_owned(),
        0 => "NO NEEDLE YET".to_owned(),
        1 => "NEEDLE IN".to_owned(),
        more => format!("{more} NEEDLES IN, the last"),
    };
    for (x, y, most, label, number) in [
        (left, top, most.0, which.as_str(), &count),
        (right, top, most.1, &needle, &dwell),
        (left, under, most.0, "SINCE THE LAST, s", &since),
        (right, under, most.1, "A MINUTE", &rate),
    ] {
        buffer.set_stringn(x, y, label, usize::from(most), theme.plain);
        let style = if number == "-" { theme.faint } else { style };
        digits::draw(number, (x, y + 1), most, scale, style, buffer);
    }
}

fn named(needle: &Needle) -> String {
    let label = needle.label.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    format!(" #{}{label}", needle.number)
}

/// Minutes and seconds; from 100 minutes on hours and minutes.
fn clock(s: f64) -> String {
    let whole = s.max(0.0) as u64;
    let (minutes, hours) = (whole / 60, whole / 3600);
    if minutes < 100 {
        format!("{minutes}:{:02}", whole % 60)
    } else {
        format!("{hours}h{:02}", minutes % 60)
    }
}

/// Seconds, with a tenth while that is read.
fn seconds(s: f64) -> String {
    if s < 9.95 { format!("{s:.1}") } else { format!("{s:.0}") }
}

/// Twitches a minute, with a tenth while that is read.
fn rate(per_min: f64) -> String {
    if per_min < 99.95 { format!("{per_min:.1}") } else { format!("{per_min:.0}") }
}

/// The state of the signal, and what the marks mean where there is room.
fn state(snapshot: &Snapshot, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let status = &snapshot.status;
    let all = (status.frames + status.lost).max(1);
    let lost = match status.lost {
        0 => "no sample lost".to_owned(),
        lost => format!("samples lost: {lost} ({:.2} %)", 100.0 * lost as f64 / all as f64),
    };
    let mut text = format!(" {lost} · twitches without a needle: {}", snapshot.stray);
    let doubts: Vec<String> = snapshot.traces.iter().filter_map(Trace::doubt).collect();
    let style = if doubts.is_empty() { theme.plain } else { theme.alarm };
    if !doubts.is_empty() {
        text = format!(" {} ·{text}", doubts.join(" · "));
    }
    let rate = status.measured_rate_hz.zip(status.rate_uncertainty_hz);
    let rate = rate.map(|(hz, within)| format!(" · true rate {hz:.1} ± {within:.1} Hz")).unwrap_or_default();
    if text.chars().count() + rate.chars().count() <= usize::from(area.width) {
        text.push_str(&rate);
    }
    buffer.set_stringn(area.x, area.y, &text, usize::from(area.width), style);
    let legend = "▼ twitch  ▽ not judged yet  × set aside  ↓ in  ↑ out  * note ";
    let (used, own) = (text.chars().count() as u16, legend.chars().count() as u16);
    if used + own + 2 <= area.width {
        buffer.set_string(area.right() - own, area.y, legend, theme.faint);
    }
}

/// The newest message, or the line that is typed.
fn message(snapshot: &Snapshot, face: &Face, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let newest = snapshot.messages.last();
    let said = newest.map(|m| (format!(" {}  {}", clock(m.at_s), m.text), m.warns));
    let (text, style) = match (&face.typed, face.told, said) {
        (Typed::Note(text), ..) => {
            (format!(" Note: {}▏  Enter keeps it, Esc does not", end(text)), theme.bar)
        }
        (Typed::Site(text), ..) => {
            (format!(" Site: {}▏  Enter takes it, Esc does not", end(text)), theme.bar)
        }
        (Typed::End, ..) => (" End the session? q or y ends, any other key goes on".into(), theme.bar),
        (Typed::Nothing, Some(told), _) => (format!(" {told}"), theme.strong),
        (Typed::Nothing, None, Some((text, warns))) => (text, if warns { theme.waits } else { theme.plain }),
        (Typed::Nothing, None, None) => return,
    };
    let text = Paragraph::new(text).wrap(Wrap { trim: false }).style(style);
    text.render(area, buffer);
}

/// The end of what is typed.
fn end(text: &str) -> String {
    let letters = text.chars().count();
    text.chars().skip(letters.saturating_sub(TYPED)).collect()
}

/// The keys.
fn keys(face: &Face, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let bell = if face.bell { "b bell: on" } else { "b bell: off" };
    let text = if face.replay {
        format!(" {bell}  q end")
    } else {
        format!(" space in/out  i in  o out  n note  u undo  s site  l label  {bell}  q end")
    };
    buffer.set_style(area, theme.bar);
    buffer.set_stringn(area.x, area.y, &text, usize::from(area.width), theme.bar);
    // Where there is no room, it was said before the view began.
    let page = face.page.as_ref().map(|url| format!("{url} ")).unwrap_or_default();
    let (used, own) = (text.chars().count() as u16, page.chars().count() as u16);
    if used + own + 2 <= area.width {
        buffer.set_string(area.right() - own, area.y, page, theme.bar);
    }
}
