//! The picture of a sitting: what is asked, what the detector said, the signal, the keys.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

use super::lanes::{lanes, placing};
use super::trace::Trace;
use super::{Error, Sitting, keys};
use crate::excerpt::Band;
use crate::review::{Action, Decision, Doing, Edge, Item, Kind};
use crate::session::{InsertionRecord, Session};

/// Less than this shows nothing that can be judged.
const LEAST: (u16, u16) = (60, 18);
/// Left of the signal.
const GUTTER: u16 = 9;
/// A channel needs so many lines.
const LEAST_PANE: u16 = 5;

/// Draws the sitting.
///
/// # Errors
/// [`Error::Source`] where the recording cannot be read any more.
pub fn draw(sitting: &mut Sitting<'_>, frame: &mut Frame<'_>) -> Result<(), Error> {
    let area = frame.area();
    sitting.hidden = area.width < LEAST.0 || area.height < LEAST.1;
    if sitting.hidden {
        too_small(frame, area);
        return Ok(());
    }
    let told = if sitting.desk.is_blind() { 0 } else { 2 };
    let rows = [1, 1, told, 1].map(Constraint::Length);
    let [head, asked, verdict, own, middle, word, line] = Layout::vertical(rows.into_iter().chain([
        Constraint::Min(8),
        Constraint::Length(1),
        Constraint::Length(1),
    ]))
    .areas(area);
    header(sitting, frame, head);
    frame.render_widget(Line::from(question(sitting)).bold(), asked);
    if told > 0 {
        let text = sitting.desk.place().map(|p| verdict_text(&p.item)).unwrap_or_default();
        frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), verdict);
    }
    let said = sitting.desk.place().and_then(|p| sitting.desk.decision(p));
    frame.render_widget(Line::from(own_text(said, sitting.desk.is_blind())), own);
    picture(sitting, frame, middle)?;
    let (text, keys) = foot(sitting);
    frame.render_widget(Line::from(text).bold().fg(Color::Yellow), word);
    frame.render_widget(Line::from(keys).dim(), line);
    if sitting.help {
        help(frame, area);
    }
    Ok(())
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let text = format!(
        "This window is too small for a review: {} × {}, and {} × {} is the least. Make it larger; q ends.",
        area.width, area.height, LEAST.0, LEAST.1
    );
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
}

fn header(sitting: &Sitting<'_>, frame: &mut Frame<'_>, area: Rect) {
    let [at, all, judged] = sitting.desk.progress();
    let blind = if sitting.desk.is_blind() { "blind review" } else { "review" };
    // A blind rater may know the recording, not where in it he is.
    let left = format!("{}: {blind} of {}", plain(&sitting.reviewer), plain(&sitting.session.source.name));
    let right = format!("{at} of {all}, {judged} judged");
    let room = (area.width as usize).saturating_sub(right.chars().count() + 2);
    let left: String = left.chars().take(room).collect();
    frame.render_widget(Line::from(left).reversed(), area);
    frame.render_widget(Line::from(right).alignment(Alignment::Right).reversed(), area);
}

/// What is asked.
fn question(sitting: &Sitting<'_>) -> String {
    if sitting.desk.is_blind() && sitting.desk.place().is_some() {
        return "Is there a twitch between the brackets?".into();
    }
    let Some(place) = sitting.desk.place() else {
        return "Nothing crossed the threshold: there is nothing to judge.".into();
    };
    let item = &place.item;
    let what = match item.kind {
        Kind::Candidate => "Candidate",
        Kind::Stretch => "Stretch of a blind review",
        Kind::Added => "Added by you",
    };
    let dwell = needle(sitting.session, item.extent.onset());
    let ms = item.extent.duration() * 1000.0;
    format!("{what} at {:.3} s, {ms:.0} ms, {}{dwell}", item.extent.onset(), plain(&item.channel))
}

/// In which insertion, and how long since.
fn needle(session: &Session, onset: f64) -> String {
    let within = |i: &InsertionRecord| (i.onset..i.onset + i.dwell).contains(&onset);
    let inside = session.insertions.iter().enumerate().filter(|(_, i)| within(i));
    match inside.max_by(|a, b| a.1.onset.total_cmp(&b.1.onset)) {
        Some((n, i)) if session.marked => {
            let label = i.label.as_deref().map(|l| format!(" ({})", plain(l))).unwrap_or_default();
            format!(", {:.1} s into insertion {}{label}", onset - i.onset, n + 1)
        }
        None if session.marked => ", no needle in".into(),
        _ => String::new(),
    }
}

fn verdict_text(item: &Item) -> String {
    match (item.class, item.snr_db) {
        (Some(class), Some(snr)) => {
            let also = match item.candidates.len() {
                0 | 1 => String::new(),
                n => format!(", on {n} channels"),
            };
            let reason = plain(&item.reason);
            let reason = if reason.is_empty() { reason } else { format!(": {reason}") };
            format!("Detector: {}, {snr:.1} dB over the noise{also}{reason}", class.name())
        }
        _ if item.kind == Kind::Candidate => {
            "Detector: no candidate with the settings of this session".into()
        }
        _ => "Detector: nothing".into(),
    }
}

fn own_text(said: Option<&Decision>, blind: bool) -> String {
    let Some(d) = said else { return "You: not judged yet".into() };
    let what = match d.action {
        Action::Accept if blind => "a twitch",
        Action::Reject if blind => "none",
        Action::Accept => "accepted",
        Action::Reject => "rejected",
        Action::Move => "a twitch, placed by you",
        Action::Add => "added by you",
        Action::Undo => "undone",
    };
    format!("You: {what}, {}", plain(&d.decided))
}

/// The lines of signs, the channels, the time.
fn picture(sitting: &mut Sitting<'_>, frame: &mut Frame<'_>, area: Rect) -> Result<(), Error> {
    let columns = area.width.saturating_sub(GUTTER + 1) as usize;
    sitting.look.columns = 2 * columns;
    let signs = lanes(sitting, columns, GUTTER as usize - 1);
    let lines = Constraint::Length(signs.len() as u16);
    let [above, panes, below] =
        Layout::vertical([lines, Constraint::Min(LEAST_PANE), Constraint::Length(1)]).areas(area);
    frame.render_widget(Text::from(signs), above);
    let [from, to] = sitting.look.span();
    let samples = sitting.excerpts.read(from, to, sitting.look.band)?;
    let all = samples.len();
    let fit = all.min((panes.height / LEAST_PANE).max(1) as usize);
    let first = if fit == all { 0 } else { sitting.look.channel };
    let areas = Layout::vertical((0..fit).map(|_| Constraint::Fill(1))).split(panes);
    for (n, area) in areas.iter().enumerate() {
        let channel = (first + n) % all.max(1);
        if let Some(samples) = samples.get(channel) {
            pane(sitting, frame, *area, channel, samples);
        }
    }
    axis(sitting, frame, below);
    Ok(())
}

fn pane(sitting: &Sitting<'_>, frame: &mut Frame<'_>, area: Rect, channel: usize, samples: &[f32]) {
    let quality = sitting.session.channels.get(channel);
    let noise = quality.and_then(|q| q.noise_rms).unwrap_or(0.0);
    let reach = reach(sitting, samples, noise);
    let shows_levels = sitting.look.band == Band::Detection && !sitting.desk.is_blind();
    // The threshold is an energy of 64 ms over the floor's: here as the RMS that it asks for.
    let threshold = quality.and_then(|q| q.threshold_db).map(|db| noise * 10f64.powf(db / 20.0));
    let mut levels = Vec::new();
    let unit = if sitting.excerpts.is_calibrated() { "µV" } else { "counts" };
    let settings = &sitting.session.settings;
    let band = match sitting.look.band {
        Band::Detection => format!("{}-{} Hz", settings.detect_low_hz, settings.high_hz),
        Band::Amplitude => format!("{}-{} Hz", settings.amplitude_low_hz, settings.high_hz),
        Band::Raw => "as recorded".into(),
    };
    let mut title = format!("{}  {band}, {unit}", quality.map_or_else(String::new, |q| plain(&q.name)));
    // The session's numbers are in the session's unit.
    let same_unit = sitting.excerpts.is_calibrated() == sitting.session.source.calibrated;
    if let (true, true, Some(threshold)) = (shows_levels && noise > 0.0, same_unit, threshold) {
        levels = vec![(noise, 6), (threshold, 2)];
        title += &format!("   dotted: floor ±{noise:.1} and threshold ±{threshold:.1} RMS");
    }
    let [head, rest] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(area);
    let [gutter, plot] = Layout::horizontal([Constraint::Length(GUTTER), Constraint::Min(1)]).areas(rest);
    let own =
        channel == sitting.look.channel && sitting.session.channels.len() > 1 && !sitting.desk.is_blind();
    let title = Line::from(format!("{:>1$}{title}", if own { "▸" } else { "" }, GUTTER as usize));
    frame.render_widget(if own { title.bold() } else { title.dim() }, head);
    heights(frame, gutter, reach);
    let trace = Trace {
        samples,
        span: sitting.look.span(),
        reach,
        columns: sitting.look.columns,
        levels,
        moments: moments(sitting),
    };
    frame.render_widget(trace.canvas(), Rect { width: (sitting.look.columns / 2) as u16, ..plot });
}

/// From the middle to the upper end: so that what is asked about fits.
fn reach(sitting: &Sitting<'_>, samples: &[f32], noise: f64) -> f64 {
    let [from, to] = sitting.look.span();
    let zone = placing(sitting).or_else(|| sitting.desk.place().map(|p| p.zone));
    let place = |s: f64| (((s - from) / (to - from)) * samples.len() as f64) as usize;
    let asked = zone.map(|z| place(z.onset())..place(z.end()).saturating_add(1));
    let within = asked.and_then(|r| samples.get(r.start.min(samples.len())..r.end.min(samples.len())));
    let peak = |x: &[f32]| x.iter().filter(|x| x.is_finite()).fold(0.0f32, |most, x| most.max(x.abs()));
    let within = within.map_or(0.0, peak);
    let peak = if within > 0.0 { within } else { peak(samples) };
    let reach = (1.25 * f64::from(peak)).max(6.0 * noise) / sitting.look.gain();
    if reach > 0.0 && reach.is_finite() { reach } else { 1.0 }
}

/// The edges of what is asked about, and needles going in and out.
fn moments(sitting: &Sitting<'_>) -> Vec<(f64, Color)> {
    let zone = sitting.desk.place().map(|p| p.zone);
    let mut all: Vec<(f64, Color)> =
        zone.into_iter().flat_map(|z| [z.onset(), z.end()]).map(|s| (s, Color::Yellow)).collect();
    if let Some(e) = placing(sitting) {
        all = [e.onset(), e.end()].map(|s| (s, Color::Magenta)).to_vec();
    }
    if !sitting.desk.is_blind() && sitting.session.marked {
        let needles = sitting.session.insertions.iter();
        all.extend(needles.flat_map(|i| [i.onset, i.onset + i.dwell]).map(|s| (s, Color::Cyan)));
    }
    all
}

/// The numbers left of a channel.
fn heights(frame: &mut Frame<'_>, area: Rect, reach: f64) {
    let decimals = if reach < 10.0 { 1 } else { 0 };
    let rows = area.height;
    let mut at = |row: u16, text: String| {
        let area = Rect { y: area.y + row, height: 1, width: area.width.saturating_sub(1), ..area };
        frame.render_widget(Line::from(text).alignment(Alignment::Right).dim(), area);
    };
    at(0, format!("{reach:.decimals$}"));
    if rows > 2 {
        at(rows / 2, "0".into());
    }
    if rows > 1 {
        at(rows - 1, format!("-{reach:.decimals$}"));
    }
}

/// Times below the signal; to a blind rater they begin at 0.
fn axis(sitting: &Sitting<'_>, frame: &mut Frame<'_>, area: Rect) {
    let [from, to] = sitting.look.span();
    let zero = if sitting.desk.is_blind() { from } else { 0.0 };
    let decimals = if to - from < 1.0 { 3 } else { 2 };
    let text = |s: f64| format!("{:.decimals$} s", s - zero);
    let area = Rect { x: area.x + GUTTER, width: area.width.saturating_sub(GUTTER + 1), ..area };
    let places =
        [(from, Alignment::Left), (f64::midpoint(from, to), Alignment::Center), (to, Alignment::Right)];
    for (s, alignment) in places {
        frame.render_widget(Line::from(text(s)).alignment(alignment).dim(), area);
    }
}

/// The last lines: a word, and the keys.
fn foot(sitting: &Sitting<'_>) -> (String, &'static str) {
    let state = match sitting.desk.doing() {
        Doing::Looking => None,
        Doing::Moving(e, edge) => Some(("Placing it", e, edge)),
        Doing::Adding(e, edge, _) => Some(("A new twitch", e, edge)),
    };
    let blind = sitting.desk.is_blind();
    let Some((what, e, edge)) = state else {
        let keys = if blind { keys::BLIND } else { keys::LINE };
        return (sitting.word.clone().unwrap_or_default(), keys);
    };
    let edge = match edge {
        Edge::Onset => "the onset",
        Edge::End => "the end",
        Edge::Both => "both ends",
    };
    let zero = if blind { sitting.look.span()[0] } else { 0.0 };
    let (from, to) = (e.onset() - zero, e.end() - zero);
    let place = format!("{what}: {from:.3} to {to:.3} s; the keys move {edge}.");
    (sitting.word.clone().unwrap_or(place), keys::PLACING)
}

fn help(frame: &mut Frame<'_>, area: Rect) {
    let mut lines: Vec<Line<'_>> =
        keys::HELP.iter().map(|(key, what)| Line::from(format!("{key:>13}  {what}"))).collect();
    lines.push(Line::from(""));
    lines.push(
        Line::from("T twitch, e heart, m movement, p pop, h hum, f effort, c clipped, ? uncertain").dim(),
    );
    let [width, height] = [80.min(area.width), (lines.len() as u16 + 2).min(area.height)];
    let inner =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, inner);
    let block = Block::bordered().title(" Keys: any key goes on ").border_style(Style::new().dim());
    frame.render_widget(Paragraph::new(lines).block(block), inner);
}

/// Text of a file, without what would confuse a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
