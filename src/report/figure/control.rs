//! False alarms as far as recordings can tell, in the caption of every figure that shows a count.

use crate::session::Session;
use crate::statistics;
use crate::study::Recording;

/// What one recording tells of false alarms.
pub struct Watched {
    marked: bool,
    seconds: f64,
    twitches: u64,
}

impl Watched {
    pub fn session(session: &Session) -> Self {
        let control = &session.control;
        Self { marked: session.marked, seconds: control.observed_s, twitches: control.twitches }
    }

    pub fn recording(recording: &Recording) -> Self {
        Self { marked: recording.marked, seconds: recording.control_s, twitches: recording.control_twitches }
    }
}

/// What was found while no needle was in, in all recordings that have marks; `None` where none has.
pub fn sentence(recordings: impl Iterator<Item = Watched>) -> Option<String> {
    let mut any = false;
    let (mut watched_s, mut found) = (0.0, 0u64);
    for recording in recordings.filter(|r| r.marked) {
        any = true;
        if recording.seconds.is_finite() {
            watched_s += recording.seconds;
            found = found.saturating_add(recording.twitches);
        }
    }
    if !any {
        return None;
    }
    let Some(rate) = statistics::rate(found, watched_s) else {
        return Some("No control of false alarms: a needle was in all the time.".into());
    };
    let tidy = |v: f64| if v < 10.0 { format!("{v:.2}") } else { format!("{v:.0}") };
    Some(format!(
        "False alarms without a needle: {} a minute ({}–{}, {} min).",
        tidy(rate.per_min),
        tidy(rate.interval.low),
        tidy(rate.interval.high),
        if watched_s < 600.0 {
            format!("{:.1}", watched_s / 60.0)
        } else {
            format!("{:.0}", watched_s / 60.0)
        }
    ))
}
