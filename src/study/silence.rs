//! What came after the last twitch.

use super::ground::Row;
use super::words::{Kind, many, percent, plain};
use super::{Finding, Silence};
use crate::statistics::{Level, share_interval, silence_chance, since_last_s};

const SINCE_LAST: Kind = Kind {
    name: "since_last_median",
    unit: "s",
    of: "insertions that twitched",
    method: "median of watched time after the last twitch; a description, without interval",
};
const EXHAUSTED: Kind = Kind {
    name: "exhausted_share",
    unit: "1",
    of: "insertions that twitched",
    method: "silence longer than an even rate leaves in 1 of 20 (order statistics of even draws); exact binomial interval (Clopper-Pearson 1934)",
};

/// A silence that an even rate leaves no more often than this is taken for exhaustion: 1 in 20 is
/// flagged by chance, which the words say.
const EXHAUSTED_P: f64 = 0.05;

pub(super) fn silence(rows: &[&Row]) -> Silence {
    let chances: Vec<(f64, [usize; 2])> =
        rows.iter().filter_map(|r| silence_chance(&r.watched).map(|p| (p, r.place))).collect();
    let flagged: Vec<[usize; 2]> = chances.iter().filter(|c| c.0 < EXHAUSTED_P).map(|c| c.1).collect();
    let exhausted = exhausted(flagged.len(), chances.len());
    Silence { since_last: since_last(rows), exhausted, insertions: flagged }
}

fn since_last(rows: &[&Row]) -> Finding {
    let mut all: Vec<f64> = rows.iter().filter_map(|r| since_last_s(&r.watched)).collect();
    all.sort_by(f64::total_cmp);
    let Some(median) = super::median(all.iter().copied()) else {
        return SINCE_LAST.none(0, "No insertion twitched.");
    };
    let n = all.len();
    let words = format!(
        "The needle stayed in for {} s after the last twitch in the median of {} ({} to {} in the middle half).",
        plain(median),
        many(n, "insertion"),
        plain(all[n / 4]),
        plain(all[(3 * n / 4).min(n - 1)])
    );
    SINCE_LAST.open(median, None, None, n, words)
}

fn exhausted(flagged: usize, of: usize) -> Finding {
    let Some(interval) = share_interval(flagged, of) else {
        return EXHAUSTED.none(of, "No insertion twitched.");
    };
    let judged = if interval.low > EXHAUSTED_P {
        "more than chance alone"
    } else {
        "not shown to be more than chance alone"
    };
    let words = format!(
        "{flagged} of {} fell silent: from the last twitch to needle out it was longer than an even rate leaves in 1 of 20. Chance alone would make about {}; {judged} ({} to {}).",
        many(of, "insertion"),
        plain((EXHAUSTED_P * of as f64 * 10.0).round() / 10.0),
        percent(interval.low),
        percent(interval.high)
    );
    EXHAUSTED.found(Level { value: flagged as f64 / of as f64, interval }, of, words)
}
