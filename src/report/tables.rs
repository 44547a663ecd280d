//! The tables: tab separated, BIDS style, `onset` and `duration` first, `n/a` where nothing is
//! known. Column names and their order are a contract: people script against them.

use crate::session::{Review, Session, Verdict};
use crate::statistics;

/// The columns of `X_twitches.tsv`.
pub const TWITCHES: &str = "onset duration trial_type channel insertion dwell order peak_uv rms_uv snr_db \
     discharges discharge_density interval";
/// The columns of `X_candidates.tsv`.
pub const CANDIDATES: &str = "onset duration trial_type channel reason snr_db";
/// The columns of `X_insertions.tsv`.
pub const INSERTIONS: &str = "onset duration label dwell observed twitches rate_per_min rate_low rate_high \
     first_twitch last_twitch twitches_80 twitches_120 control_per_min control_low control_high control_min";

/// `X_twitches.tsv`: one row a twitch, merged over channels.
pub fn twitches(session: &Session) -> String {
    let review = session.review.as_ref();
    let mut table = Table::new(&with(TWITCHES, review.map(|_| "review")));
    for (n, t) in session.twitches.iter().enumerate() {
        let place = place((t.onset, t.duration), &t.channel, t.insertion, t.dwell, t.order);
        let cells = [
            amplitude(session, t.peak_uv),
            amplitude(session, t.rms_uv),
            number(t.snr_db, 2),
            t.discharges.to_string(),
            t.discharge_density.map_or_else(unknown, |d| number(d, 2)),
            t.interval.map_or_else(unknown, seconds),
        ];
        table.row(place.into_iter().chain(cells).chain(review.map(|r| verdict(&r.twitches, n))));
    }
    table.0
}

/// `X_candidates.tsv`: everything that crossed the threshold, accepted or not, and why.
pub fn candidates(session: &Session) -> String {
    let review = session.review.as_ref();
    let mut table = Table::new(&with(CANDIDATES, review.map(|_| "review")));
    for (n, c) in session.candidates.iter().enumerate() {
        let cells = [
            seconds(c.onset),
            seconds(c.duration),
            c.class.name().into(),
            text(&c.channel),
            text(&c.reason),
            number(c.snr_db, 2),
        ];
        table.row(cells.into_iter().chain(review.map(|r| verdict(&r.candidates, n))));
    }
    table.0
}

/// `X_insertions.tsv`: one row an insertion, whether it twitched or not; rates a minute of observed
/// dwell with their exact 95 % Poisson interval.
pub fn insertions(session: &Session) -> String {
    let reviewed = "reviewed unjudged reviewed_per_min reviewed_low reviewed_high";
    let mut table = Table::new(&with(INSERTIONS, session.review.as_ref().map(|_| reviewed)));
    let watched = if session.marked { session.control.observed_s } else { 0.0 };
    let control = rate(session.control.twitches, watched);
    let minutes = if watched > 0.0 { number(watched / 60.0, 4) } else { unknown() };
    for (n, i) in session.insertions.iter().enumerate() {
        let cells = [
            seconds(i.onset),
            seconds(i.dwell),
            i.label.as_deref().map_or_else(unknown, text),
            seconds(i.dwell),
            seconds(i.observed),
            i.twitches.len().to_string(),
        ];
        let beside = [
            i.twitches.first().copied().map_or_else(unknown, seconds),
            i.twitches.last().copied().map_or_else(unknown, seconds),
            i.sensitivity.as_ref().map_or_else(unknown, |s| s.at_80.len().to_string()),
            i.sensitivity.as_ref().map_or_else(unknown, |s| s.at_120.len().to_string()),
        ];
        let row = cells.into_iter().chain(rate(i.twitches.len() as u64, i.observed)).chain(beside);
        let row = row.chain(control.clone()).chain([minutes.clone()]);
        let review = session.review.as_ref().map(|r| judged(r, n, i.observed));
        table.row(row.chain(review.into_iter().flatten()));
    }
    table.0
}

/// What `row` of `X_insertions.tsv` has in `column`.
pub(super) fn insertion_cell<'a>(row: &'a str, column: &str) -> &'a str {
    let place = INSERTIONS.split_whitespace().position(|name| name == column);
    // No text at all, as of a table without rows, is one empty cell.
    place.and_then(|n| row.split('\t').nth(n)).filter(|cell| !cell.is_empty()).unwrap_or("n/a")
}

/// `X_reviewed.tsv`: one row a twitch as a person has it; empty without a review.
pub fn reviewed(session: &Session) -> String {
    let mut table =
        Table::new("onset duration trial_type channel insertion dwell order origin automatic reviewer mode");
    if let Some(review) = &session.review {
        for t in &review.reviewed {
            let place = place((t.onset, t.duration), &t.channel, t.insertion, t.dwell, t.order);
            let cells = [
                t.origin.name().into(),
                t.automatic.map_or_else(unknown, |c| c.name().into()),
                text(&review.reviewer),
                if review.blind { "blind".into() } else { "open".into() },
            ];
            table.row(place.into_iter().chain(cells));
        }
    }
    table.0
}

/// When and where a twitch was: what the row of one begins with.
fn place(
    (onset, duration): (f64, f64),
    channel: &str,
    insertion: Option<usize>,
    dwell: Option<f64>,
    order: Option<u32>,
) -> [String; 7] {
    [
        seconds(onset),
        seconds(duration),
        "twitch".into(),
        text(channel),
        insertion.map_or_else(unknown, |i| (i + 1).to_string()),
        dwell.map_or_else(unknown, seconds),
        order.map_or_else(unknown, |o| o.to_string()),
    ]
}

/// What was said of the `n`th of these.
fn verdict(verdicts: &[Verdict], n: usize) -> String {
    verdicts.get(n).copied().unwrap_or(Verdict::Unjudged).name().into()
}

/// The reviewed count of the `n`th insertion, what is still unjudged, and the rate.
fn judged(review: &Review, n: usize, observed: f64) -> [String; 5] {
    let insertion = review.insertions.get(n);
    let count = insertion.and_then(|i| i.count());
    let [per_min, low, high] =
        count.map_or_else(|| [(); 3].map(|()| unknown()), |count| rate(count, observed));
    [
        count.map_or_else(unknown, |c| c.to_string()),
        insertion.map_or_else(unknown, |i| i.unjudged.to_string()),
        per_min,
        low,
        high,
    ]
}

/// A rate a minute with its exact 95 % Poisson interval.
pub(super) fn rate(count: u64, exposure_s: f64) -> [String; 3] {
    match statistics::rate(count, exposure_s) {
        Some(r) => [r.per_min, r.interval.low, r.interval.high].map(|value| number(value, 4)),
        None => [(); 3].map(|()| unknown()),
    }
}

/// Columns, and those of a review behind them where there is one.
fn with(columns: &str, review: Option<&str>) -> String {
    [columns].into_iter().chain(review).collect::<Vec<_>>().join(" ")
}

/// A table that grows row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table(pub String);

impl Table {
    pub fn new(columns: &str) -> Self {
        Self(columns.replace(' ', "\t") + "\n")
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.0.push('\t');
            }
            self.0.push_str(&cell);
        }
        self.0.push('\n');
    }
}

pub(super) fn unknown() -> String {
    "n/a".into()
}

/// A time or duration, s. Six decimals tell the samples apart up to 500 kHz.
pub(super) fn seconds(s: f64) -> String {
    number(s, 6)
}

pub(super) fn number(value: f64, decimals: usize) -> String {
    // Adding zero turns -0.0, which would print its sign, into 0.0.
    if value.is_finite() { format!("{:.decimals$}", value + 0.0) } else { unknown() }
}

/// An amplitude in µV: without calibration there is none, whatever the number.
pub(super) fn amplitude(session: &Session, uv: Option<f64>) -> String {
    uv.filter(|_| session.source.calibrated).map_or_else(unknown, |v| number(v, 3))
}

/// Text that stays within its cell: what would end a cell or a line, or confuse a terminal, is a
/// space; no text at all is unknown.
pub(super) fn text(raw: &str) -> String {
    let line: String = raw.chars().map(|c| if c.is_control() || is_line_end(c) { ' ' } else { c }).collect();
    let trimmed = line.trim();
    if trimmed.is_empty() { unknown() } else { trimmed.to_owned() }
}

/// The line ends of Unicode that are not control characters.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_unknown() {
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(number(none, 3), "n/a");
        }
        assert_eq!(number(-0.0, 2), "0.00");
    }

    #[test]
    fn text_never_leaves_its_cell() {
        assert_eq!(text(" a\tb\r\nc\u{2028}d\u{1b}[31m"), "a b  c d [31m");
        assert_eq!(text("\t"), "n/a");
    }
}
