//! False alarms as far as recordings can tell, in the caption of every figure that shows a count.

use crate::session::{Control, Session};
use crate::statistics;

/// What was found while no needle was in, in all recordings that have marks; `None` where none has.
pub fn sentence(sessions: &[&Session]) -> Option<String> {
    let marked = sessions.iter().filter(|s| s.marked);
    let (watched_s, found) = marked.fold((0.0, 0), |(s, n): (f64, u64), session| {
        let Control { observed_s, twitches, .. } = session.control;
        if observed_s.is_finite() { (s + observed_s, n.saturating_add(twitches)) } else { (s, n) }
    });
    if sessions.iter().all(|s| !s.marked) {
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
