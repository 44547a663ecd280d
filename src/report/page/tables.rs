//! The tables of the page: insertions or recordings, and every number that follows from them.

use maud::{Markup, html};

use super::Page;
use super::cell::{rounded, table, three_digits};
use super::label::label;
use crate::report::figure::plain;
use crate::report::tables;
use crate::session::Session;
use crate::study::{Finding, RecordingRate};

/// Rows up to this many; the table file has the rest.
const MOST_ROWS: usize = 200;

/// All of them.
pub fn tables(page: &Page) -> Markup {
    html! {
        @match page.session {
            Some(session) => (insertions(session)),
            None => (recordings(&page.findings.recordings)),
        }
        (numbers(page))
    }
}

/// From the rows of `X_insertions.tsv` themselves.
fn insertions(session: &Session) -> Markup {
    let text = tables::insertions(session);
    let rows: Vec<&str> = text.lines().skip(1).collect();
    let caption = html! {
        "Every insertion, those without a twitch among them. Rates a minute of observed dwell with their \
         exact 95 % Poisson intervals; first and last twitch since needle in; twitches at 80 % and 120 % of \
         the threshold."
    };
    let head = html! {
        th.n scope="col" { "No." } th scope="col" { "Label" } th.n scope="col" { "Needle in (s)" }
        th.n scope="col" { "Dwell (s)" } th.n scope="col" { "Observed (s)" }
        th.n scope="col" { "Twitches" } th.n scope="col" { "A minute" } th.n scope="col" { "Interval" }
        th.n scope="col" { "First (s)" } th.n scope="col" { "Last (s)" }
        th.n scope="col" { "At 80 %" } th.n scope="col" { "At 120 %" }
    };
    let body = html! {
        @for (n, row) in (1..).zip(rows.iter().take(MOST_ROWS)) { (insertion(n, row)) }
    };
    html! {
        (table("Insertions", caption, head, body))
        (left_out(rows.len(), html! { ", which " code { "X_insertions.tsv" } " lists" }))
    }
}

fn insertion(n: usize, row: &str) -> Markup {
    let cell = |column| tables::insertion_cell(row, column);
    html! {
        tr {
            th.n scope="row" { (n) }
            td.label { bdi { (plain(cell("label"))) } }
            td.n { (rounded(cell("onset"), 1)) } td.n { (rounded(cell("dwell"), 1)) }
            td.n { (rounded(cell("observed"), 1)) } td.n { (rounded(cell("twitches"), 0)) }
            td.n { (rounded(cell("rate_per_min"), 2)) }
            td.n { (rounded(cell("rate_low"), 2)) " to " (rounded(cell("rate_high"), 2)) }
            td.n { (rounded(cell("first_twitch"), 2)) } td.n { (rounded(cell("last_twitch"), 2)) }
            td.n { (rounded(cell("twitches_80"), 0)) } td.n { (rounded(cell("twitches_120"), 0)) }
        }
    }
}

/// How many rows are left out, and `place` where they are.
fn left_out(rows: usize, place: Markup) -> Markup {
    html! {
        @if rows > MOST_ROWS {
            p { "And " (rows - MOST_ROWS) " more" (place) "." }
        }
    }
}

fn recordings(all: &[RecordingRate]) -> Markup {
    let grouped = all.iter().any(|r| r.group.is_some());
    let named = all.iter().any(|r| r.subject.is_some());
    let caption = html! {
        "Every recording. Rates a minute of observed dwell with their exact 95 % Poisson intervals."
    };
    let head = html! {
        th scope="col" { "Recording" }
        @if named { th scope="col" { "Subject" } }
        @if grouped { th scope="col" { "Group" } }
        th.n scope="col" { "Insertions" } th.n scope="col" { "Observed (s)" } th.n scope="col" { "Twitches" }
        th.n scope="col" { "A minute" } th.n scope="col" { "Interval" }
    };
    let body = html! {
        @for r in all.iter().take(MOST_ROWS) {
            tr {
                th scope="row" { bdi { (plain(&r.name)) } }
                @if named { td { bdi { (or_none(r.subject.as_deref())) } } }
                @if grouped { td { bdi { (or_none(r.group.as_deref())) } } }
                td.n { (r.insertions) } td.n { (three_digits(Some(r.observed_s))) } td.n { (r.twitches) }
                td.n { (three_digits(r.per_min)) }
                td.n { (three_digits(r.low_per_min)) " to " (three_digits(r.high_per_min)) }
            }
        }
    };
    html! {
        (table("Recordings", caption, head, body))
        (left_out(all.len(), html! { ": see the report of each" }))
    }
}

fn or_none(text: Option<&str>) -> String {
    text.map(plain).filter(|t| !t.is_empty()).unwrap_or_else(|| "n/a".into())
}

/// Every number with its interval and how it was made.
fn numbers(page: &Page) -> Markup {
    let several = page.findings.parts.len() > 1;
    let caption = html! {
        "Every number of this report with its 95 % interval, what it rests on and how it was made."
    };
    let head = html! {
        th scope="col" { "Number" }
        @if several { th scope="col" { "Group" } }
        th.n scope="col" { "Estimate" } th.n scope="col" { "Low" } th.n scope="col" { "High" }
        th scope="col" { "Unit" } th.n scope="col" { "Rests on" } th scope="col" { "Method" }
    };
    let body = html! {
        @for part in &page.findings.parts {
            @let group = part.group.as_deref().map_or_else(|| "all".to_owned(), plain);
            @for finding in part.findings() {
                (number(finding, several.then_some(group.as_str()), part.group.is_none()))
            }
        }
        @for ratio in &page.findings.comparison.ratios {
            @let group = plain(&ratio.group);
            (number(&ratio.ratio, Some(&group), true))
            (number(&ratio.ratio_common_dwell, Some(&group), true))
        }
        @if several { (number(&page.findings.comparison.alpha, Some("all"), true)) }
    };
    table("All numbers", caption, head, body)
}

/// `own`: its method is told, and not as that of the whole.
fn number(finding: &Finding, group: Option<&str>, own: bool) -> Markup {
    let unit = if finding.unit == "1" { "" } else { finding.unit };
    html! {
        tr {
            th scope="row" { (label(finding)) br; code { (finding.name) } }
            @if let Some(group) = group { td { bdi { (group) } } }
            td.n { (three_digits(finding.value)) } td.n { (three_digits(finding.low)) }
            td.n { (three_digits(finding.high)) } td { (unit) }
            td.n { (finding.n) " " (finding.of) } td.words { @if own { (finding.method) } @else { "as for all" } }
        }
    }
}
