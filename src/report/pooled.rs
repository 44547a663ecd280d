//! The tables of a set of recordings: those of each recording under one another, with its name in
//! front and what a person knows of it behind. A row says the same as in the recording's own table.

use super::tables::{self, Table, amplitude, number, rate, seconds, text, unknown};
use crate::session::Session;
use crate::study::{Finding, Findings};

/// What the parts of a study are called where no group is meant.
const WHOLE: &str = "all";

/// Tables that grow recording by recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pooled {
    twitches: String,
    insertions: String,
    summary: Table,
}

impl Pooled {
    /// Tables without rows; `columns` are what a person knows of each recording.
    pub fn new(columns: &[String]) -> Self {
        let head = |own: &str| {
            let own = own.split_whitespace().map(str::to_owned).chain(columns.iter().cloned());
            own.collect::<Vec<_>>().join("\t") + "\n"
        };
        Self {
            twitches: head(&format!("recording {}", tables::TWITCHES)),
            insertions: head(&format!("recording insertion marked {}", tables::INSERTIONS)),
            summary: Table(head(SUMMARY)),
        }
    }

    /// Adds a recording that was analysed; `cells` are what a person knows of it.
    pub fn add(&mut self, rows: Rows, cells: &[String]) {
        let joined: String = cells.iter().map(|cell| format!("\t{cell}")).collect();
        for (table, rows) in [(&mut self.twitches, &rows.twitches), (&mut self.insertions, &rows.insertions)]
        {
            for row in rows.lines() {
                table.extend([row, joined.as_str(), "\n"]);
            }
        }
        self.summary.row(rows.summary.into_iter().chain(cells.iter().cloned()));
    }

    /// Adds a recording that could not be analysed, and why.
    pub fn add_failed(&mut self, name: &str, reason: &str, cells: &[String]) {
        let mut row = vec![text(name), "failed".into()];
        row.resize(SUMMARY.split_whitespace().count() - 1, unknown());
        row.push(text(reason));
        self.summary.row(row.into_iter().chain(cells.iter().cloned()));
    }

    /// The tables, by file name.
    pub fn files(self) -> [(&'static str, String); 3] {
        [
            ("twitches.tsv", self.twitches),
            ("insertions.tsv", self.insertions),
            ("summary.tsv", self.summary.0),
        ]
    }
}

/// What the tables say of one recording, without what a person knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    twitches: String,
    insertions: String,
    summary: Vec<String>,
}

impl Rows {
    /// What `session` tells of its recording, under `name`.
    pub fn new(name: &str, session: &Session) -> Self {
        let (own, marked) = (&text(name), yes(session.marked));
        let twitches = tables::twitches(session);
        let insertions = tables::insertions(session);
        let insertion = |(place, row): (usize, &str)| format!("{own}\t{}\t{marked}\t{row}\n", place + 1);
        Self {
            twitches: twitches.lines().skip(1).map(|row| format!("{own}\t{row}\n")).collect(),
            insertions: insertions.lines().skip(1).enumerate().map(insertion).collect(),
            summary: summary_row(name, session),
        }
    }
}

/// The columns of `summary.tsv`.
pub const SUMMARY: &str = "recording status duration sampling_frequency channels marked insertions dwell \
     observed twitches rate_per_min rate_low rate_high twitches_80 twitches_120 control_min control_twitches \
     control_per_min control_low control_high noise_uv threshold_db smallest_20ms_uv smallest_50ms_uv \
     smallest_100ms_uv mains_hz heart_beats masked sha256 warnings";

fn summary_row(name: &str, session: &Session) -> Vec<String> {
    let sum =
        |of: fn(&crate::session::InsertionRecord) -> f64| session.insertions.iter().map(of).sum::<f64>();
    let count: u64 = session.insertions.iter().map(|i| i.twitches.len() as u64).sum();
    let observed = sum(|i| i.observed);
    let control_s = if session.marked { session.control.observed_s } else { 0.0 };
    let beside = session.sensitivity.as_ref();
    let mut row = vec![
        text(name),
        "done".into(),
        seconds(session.source.duration_s),
        number(session.source.sampling_frequency_hz, 3),
        session.channels.len().to_string(),
        yes(session.marked).into(),
        session.insertions.len().to_string(),
        seconds(sum(|i| i.dwell)),
        seconds(observed),
        count.to_string(),
    ];
    row.extend(rate(count, observed));
    row.push(beside.map_or_else(unknown, |s| s.at_80.twitches.to_string()));
    row.push(beside.map_or_else(unknown, |s| s.at_120.twitches.to_string()));
    let watched = control_s > 0.0;
    row.push(if watched { number(control_s / 60.0, 4) } else { unknown() });
    row.push(if watched { session.control.twitches.to_string() } else { unknown() });
    row.extend(rate(session.control.twitches, control_s));
    row.extend(quality(session));
    row.push(session.source.sha256.clone());
    row.push(text(&session.warnings.join(" | ")));
    row
}

/// What could have been seen, on the best channel.
fn quality(session: &Session) -> Vec<String> {
    let best = session.best_channel();
    let smallest = best.and_then(|c| c.smallest_rms);
    let mut mains: Vec<f64> = session.channels.iter().flat_map(|c| c.mains_hz.iter().copied()).collect();
    mains.sort_by(f64::total_cmp);
    mains.dedup();
    let mains: Vec<String> = mains.into_iter().map(|hz| number(hz, 2)).collect();
    let mut cells = vec![
        amplitude(session, best.and_then(|c| c.noise_rms)),
        best.and_then(|c| c.threshold_db).map_or_else(unknown, |db| number(db, 2)),
    ];
    cells.extend((0..3).map(|place| amplitude(session, smallest.map(|s| s[place]))));
    cells.push(if mains.is_empty() { unknown() } else { mains.join(",") });
    cells.push(session.channels.iter().map(|c| c.heart_beats).max().unwrap_or_default().to_string());
    let masked = session.channels.iter().map(|c| c.masked_s).fold(0.0, f64::max);
    cells.push(seconds(masked));
    cells
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// The columns of `statistics.tsv`.
pub const STATISTICS: &str = "name group estimate low high unit n of note method";

/// `statistics.tsv`: every number that was found, the whole study first, then group by group, then
/// the groups against each other.
pub fn statistics_table(findings: &Findings) -> String {
    let mut table = Table::new(STATISTICS);
    for part in &findings.parts {
        let group = part.group.as_deref().unwrap_or(WHOLE);
        part.findings().into_iter().for_each(|finding| table.row(finding_row(finding, group)));
    }
    for ratio in &findings.comparison.ratios {
        let against = findings.comparison.reference.as_deref().unwrap_or(WHOLE);
        let group = format!("{} / {against}", ratio.group);
        table.row(finding_row(&ratio.ratio, &group));
        table.row(finding_row(&ratio.ratio_common_dwell, &group));
    }
    table.row(finding_row(&findings.comparison.alpha, WHOLE));
    table.0
}

fn finding_row(finding: &Finding, group: &str) -> [String; 10] {
    // Findings are rounded already; a fixed number of decimals would make 0 of a small p.
    let value = |v: Option<f64>| v.filter(|v| v.is_finite()).map_or_else(unknown, |v| v.to_string());
    [
        finding.name.into(),
        text(group),
        value(finding.value),
        value(finding.low),
        value(finding.high),
        finding.unit.into(),
        finding.n.to_string(),
        finding.of.into(),
        text(&finding.words),
        text(finding.method),
    ]
}
