//! The words of the dwell figure: what is drawn, of what, and what could have been seen.

use super::{Content, Curve};
use crate::report::counted;
use crate::report::figure::control;
use crate::report::figure::theme::FEW;
use crate::report::figure::words;
use crate::session::{ChannelQuality, Session};
use crate::statistics::{self, Watched};
use crate::study::Study;

/// What the figure says of its recordings.
pub struct Words {
    /// The recording's name, or how many there are.
    pub source: String,
    /// Whether all of them came with marks.
    marked: bool,
    control: Option<String>,
    threshold: Option<String>,
    /// The smallest burst that would have been found.
    pub could_be_seen: String,
}

impl Words {
    pub fn of_sessions(sessions: &[&Session]) -> Self {
        let watched = sessions.iter().map(|s| control::Watched::session(s));
        Self {
            source: words::source_of(sessions),
            marked: sessions.iter().all(|s| s.marked),
            control: control::sentence(watched),
            threshold: threshold(sessions),
            could_be_seen: could_be_seen(sessions),
        }
    }

    pub fn of_study(study: &Study) -> Self {
        let calibrated = !study.recordings.is_empty() && study.recordings.iter().all(|r| r.calibrated);
        let smallest = range(study.recordings.iter().filter_map(|r| r.smallest_rms_uv), 1);
        let could_be_seen = match smallest.filter(|_| calibrated) {
            Some(uv) => format!("{SMALLEST}: {uv} µV RMS"),
            None => format!("{SMALLEST}: n/a, the scale or the noise floor is not known"),
        };
        Self {
            source: words::source(study),
            marked: study.recordings.iter().all(|r| r.marked),
            control: control::sentence(study.recordings.iter().map(control::Watched::recording)),
            threshold: None,
            could_be_seen,
        }
    }
}

const SMALLEST: &str = "Smallest detectable burst (50 ms)";

/// What stands below the figure.
pub fn text(words: &Words, content: &Content) -> String {
    let mut all = format!(
        "{} and {} in {}.",
        counted(content.curves.len(), "insertion"),
        counted(content.twitches(), "twitch"),
        words.source
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
    if !words.marked {
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
    words.control.iter().chain(&words.threshold).for_each(|sentence| say(sentence));
    // Without a twitch the figure itself says so.
    if words.threshold.is_none() && content.twitches() > 0 {
        say(&format!("{}.", words.could_be_seen));
    }
    all
}

const MEAN: &str = "Bold: mean over the needles still in; band, once two needles have twitched: its \
                    95 % interval (Lawless–Nadeau, pointwise).";

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
pub fn nothing_found(content: &Content) -> &'static str {
    if content.curves.is_empty() { "No insertion" } else { "No twitch found" }
}

/// The smallest burst that would have been found, for a figure without any.
fn could_be_seen(sessions: &[&Session]) -> String {
    let calibrated = !sessions.is_empty() && sessions.iter().all(|s| s.source.calibrated);
    let smallest = channels(sessions).filter_map(|c| c.smallest_rms.map(|s| s[1]));
    if let (true, Some(uv)) = (calibrated, range(smallest, 1)) {
        return format!("{SMALLEST}: {uv} µV RMS");
    }
    let over_noise =
        channels(sessions).filter_map(|c| Some(20.0 * (c.smallest_rms?[1] / c.noise_rms?).log10()));
    match range(over_noise, 1) {
        Some(db) => format!("{SMALLEST}: {db} dB over the noise floor (scale unknown, so no µV)"),
        None => format!("{SMALLEST}: n/a, the noise floor is not known"),
    }
}

/// The rate that a count of zero still allows.
pub fn could_have_happened(content: &Content) -> Option<String> {
    let observed = |c: &Curve| Watched::new(0, c.end, &c.masked, &[]).observed_s();
    let observed = content.curves.iter().map(observed).sum();
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
