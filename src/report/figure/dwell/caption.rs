//! The words of the dwell figure: what is drawn, of what, and what could have been seen.

use super::{Content, FEW, WIDTH};
use crate::report::figure::control;
use crate::report::figure::sheet::{Sheet, Type};
use crate::report::figure::theme::{self, CAPTION, SOFT, plain};
use crate::session::{ChannelQuality, Session};
use crate::statistics;

/// The figure in one sentence.
pub fn title(sessions: &[&Session]) -> String {
    format!("Twitches against needle dwell, {}", source(sessions))
}

/// Draws the caption below `foot`; gives the sheet's height, points.
pub fn draw(sheet: &mut Sheet, foot: f64, sessions: &[&Session], content: &Content) -> f64 {
    let mut y = foot + 3.0;
    for line in theme::wrap(&text(sessions, content), CAPTION, WIDTH - 8.0) {
        y += CAPTION * 1.32;
        sheet.text((4.0, y), &line, Type::new(CAPTION).colour(SOFT));
    }
    y + 5.0
}

fn text(sessions: &[&Session], content: &Content) -> String {
    let mut all = format!(
        "{} and {} in {}.",
        counted(content.curves.len(), "insertion"),
        counted(content.twitches(), "twitch"),
        source(sessions)
    );
    let mut say = |sentence: &str| {
        all.push(' ');
        all.push_str(sentence);
    };
    if content.banded.is_some() {
        match content.curves.len() {
            1 => say("Line: the count; band: exact 95 % Poisson interval of the expected count."),
            n if n <= FEW => say(MEAN),
            _ => {
                say("Grey: one insertion.");
                say(MEAN);
            }
        }
    }
    if content.sensitivity.is_some() && content.twitches() > 0 {
        say(match content.curves.len() {
            1 => "Dark band: the count at 80 % and 120 % of the threshold.",
            _ => "Dark band: the mean at 80 % and 120 % of the threshold.",
        });
    }
    let out = content.curves.iter().any(|c| !c.still_in);
    let still_in = content.curves.iter().any(|c| c.still_in);
    if sessions.iter().any(|s| !s.marked) {
        say("No marks: the whole recording counts as one dwell.");
    } else if out && !content.crowd() {
        say("Filled end: needle out.");
    }
    if still_in && !content.crowd() {
        say("Open end: still in when the recording ended.");
    }
    if content.curves.iter().any(|c| !c.masked.is_empty()) {
        say("Bars above: no valid signal.");
    }
    if let Some(control) = control::sentence(sessions) {
        say(&control);
    }
    if let Some(threshold) = threshold(sessions) {
        say(&threshold);
    }
    all
}

const MEAN: &str =
    "Bold: mean over the needles still in; band: its 95 % interval (Lawless–Nadeau, pointwise).";

/// `1 twitch`, `2 twitches`.
fn counted(n: usize, what: &str) -> String {
    let plural = if what.ends_with("ch") { "es" } else { "s" };
    format!("{n} {what}{}", if n == 1 { "" } else { plural })
}

fn source(sessions: &[&Session]) -> String {
    match sessions {
        [only] => theme::fit(&plain(&only.source.name), CAPTION, false, WIDTH / 2.0),
        several => counted(several.len(), "recording"),
    }
}

fn channels<'a>(sessions: &'a [&Session]) -> impl Iterator<Item = &'a ChannelQuality> + Clone {
    sessions.iter().flat_map(|s| &s.channels)
}

fn threshold(sessions: &[&Session]) -> Option<String> {
    let budgets = sessions.iter().map(|s| s.settings.false_alarms_per_min);
    let budget = range(budgets, 3)?;
    let db = range(channels(sessions).filter_map(|c| c.threshold_db), 1);
    let db = db.map(|db| format!(": {db} dB over the noise floor (50 ms burst),")).unwrap_or_default();
    Some(format!("Threshold{db} for {budget} false alarms a minute and channel."))
}

/// What stands where no line rises.
pub fn nothing_found(sessions: &[&Session]) -> &'static str {
    let none = sessions.iter().all(|s| s.insertions.is_empty());
    if none { "No insertion" } else { "No twitch found" }
}

/// The smallest burst that would have been found, for a figure without any.
pub fn could_be_seen(sessions: &[&Session]) -> String {
    const WHAT: &str = "Smallest detectable burst (50 ms)";
    let calibrated = !sessions.is_empty() && sessions.iter().all(|s| s.source.calibrated);
    let smallest = channels(sessions).filter_map(|c| c.smallest_rms.map(|s| s[1]));
    if let (true, Some(uv)) = (calibrated, range(smallest, 1)) {
        return format!("{WHAT}: {uv} µV RMS");
    }
    let over_noise =
        channels(sessions).filter_map(|c| Some(20.0 * (c.smallest_rms?[1] / c.noise_rms?).log10()));
    match range(over_noise, 1) {
        Some(db) => format!("{WHAT}: {db} dB over the noise floor (scale unknown, so no µV)"),
        None => format!("{WHAT}: n/a, the noise floor is not known"),
    }
}

/// The rate that a count of zero still allows.
pub fn could_have_happened(sessions: &[&Session]) -> Option<String> {
    let observed = sessions.iter().flat_map(|s| &s.insertions).map(|i| i.observed).sum();
    let high = statistics::rate(0, observed)?.interval.high;
    let decimals = if high < 1.0 { 2 } else { 1 };
    Some(format!("95 % interval of the rate: 0–{high:.decimals$} a minute"))
}

/// One number, or the least and the largest of several; at most `decimals`.
fn range(values: impl Iterator<Item = f64>, decimals: usize) -> Option<String> {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return None;
    }
    let tidy = |v: f64| {
        let text = format!("{v:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        text.replace('-', "−")
    };
    let (low, high) = (tidy(low), tidy(high));
    Some(if low == high { low } else { format!("{low}–{high}") })
}
