//! What could have been seen: noise, thresholds, false alarms, and what was set aside.

use maud::{Markup, html};

use super::Page;
use super::cell::{listed, rounded, table, three_digits};
use crate::detect::Class;
use crate::report::counted;
use crate::report::figure::{class_words, plain};
use crate::report::tables;
use crate::session::{ChannelQuality, SelfTest, Session};

/// For one recording in full; for a set, what its figure and the summary table have.
pub fn seen(page: &Page) -> Markup {
    html! {
        p {
            "What is not found may still have happened: surface EMG misses twitches that a clinician sees or \
             feels, and the detector misses those that are too small for its threshold."
        }
        @match page.session {
            Some(session) => {
                (channels(session)) (control(session)) (sensitivity(session)) (set_aside(session))
                @if let Some(test) = &session.self_test { (self_test(test, session)) }
            }
            None => p {
                "What each recording was like stands in the figure of noise floor, hum and losses, and in full \
                 in the report of each."
            },
        }
    }
}

fn channels(session: &Session) -> Markup {
    let unit = if session.source.calibrated { "µV RMS" } else { "counts RMS, for the scale is not known" };
    let caption = html! {
        "The smallest burst that is found 9 times in 10, by how long it lasts, and the noise floor that \
         it is held against (" (unit) ")."
    };
    let head = html! {
        th scope="col" { "Channel" } th.n scope="col" { "Noise floor" }
        th.n scope="col" { "Threshold (dB)" } th.n scope="col" { "in 20 ms" }
        th.n scope="col" { "in 50 ms" } th.n scope="col" { "in 100 ms" }
        th scope="col" { "Mains removed (Hz)" } th.n scope="col" { "Heart beats" }
        th.n scope="col" { "Heart rate (a minute)" } th.n scope="col" { "No signal (s)" }
    };
    let body = html! {
        @for channel in &session.channels { (channel_row(channel)) }
    };
    table("Channels", caption, head, body)
}

fn channel_row(channel: &ChannelQuality) -> Markup {
    let smallest = |n: usize| channel.smallest_rms.map(|s| s[n]);
    let mains: Vec<String> = channel.mains_hz.iter().map(ToString::to_string).collect();
    html! {
        tr {
            th scope="row" { bdi { (plain(&channel.name)) } }
            td.n { (three_digits(channel.noise_rms)) }
            td.n { (three_digits(channel.threshold_db)) }
            @for n in 0..3 { td.n { (three_digits(smallest(n))) } }
            td { @if mains.is_empty() { "none" } @else { (mains.join(", ")) } }
            td.n { (channel.heart_beats) }
            td.n { (three_digits(channel.heart_per_min)) }
            td.n { (three_digits(Some(channel.masked_s))) }
        }
    }
}

/// False alarms, with the numbers of the table of insertions.
fn control(session: &Session) -> Markup {
    let text = tables::insertions(session);
    let first = text.lines().nth(1).unwrap_or_default();
    let cell = |column| tables::insertion_cell(first, column);
    if !session.marked {
        return html! { p { "False alarms are not known: without marks there is no time without a needle to count them in." } };
    }
    if cell("control_per_min") == "n/a" {
        return html! { p { "False alarms are not known: a needle was in all the time, or there is no insertion." } };
    }
    html! {
        p {
            "While no needle was in, " (counted(session.control.twitches as usize, "twitch")) " "
            @if session.control.twitches == 1 { "was" } @else { "were" } " found in " (rounded(cell("control_min"), 1))
            " min: " (rounded(cell("control_per_min"), 2)) " false alarms a minute (95 % interval "
            (rounded(cell("control_low"), 2)) " to " (rounded(cell("control_high"), 2)) ")."
        }
    }
}

fn sensitivity(session: &Session) -> Markup {
    let count: usize = session.insertions.iter().map(|i| i.twitches.len()).sum();
    html! {
        @if let Some(sensitivity) = &session.sensitivity {
            p {
                "With the threshold at 80 % (1.0 dB lower) the insertions would hold "
                (counted(sensitivity.at_80.twitches as usize, "twitch")) " instead of " (count) ", and at 120 % (0.8 dB higher) "
                (sensitivity.at_120.twitches) "."
            }
        }
    }
}

fn set_aside(session: &Session) -> Markup {
    let count = |class: Class| session.candidates.iter().filter(|c| c.class == class).count();
    let told: Vec<String> = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Twitch && count(*class) > 0)
        .map(|class| format!("{} ({})", class_words(class), count(class)))
        .collect();
    html! {
        @if told.is_empty() {
            p { "Nothing else crossed the threshold." }
        } @else {
            p {
                "What else crossed the threshold was set aside: " (listed(&told)) ". The reason for each stands in \
                 the table of candidates."
            }
        }
    }
}

fn self_test(test: &SelfTest, session: &Session) -> Markup {
    let unit = if session.source.calibrated { "µV RMS" } else { "counts RMS" };
    let caption = html! {
        "Self-test: bursts of known size were added at quiet places (seed " (test.seed) ") and looked for. \
         Sizes in " (unit) ", with 95 % intervals."
    };
    let head = html! {
        th scope="col" { "Channel" } th.n scope="col" { "Burst (ms)" } th.n scope="col" { "Added" }
        th.n scope="col" { "Found" } th.n scope="col" { "Found 1 time in 2" }
        th.n scope="col" { "Found 9 times in 10" } th.n scope="col" { "Computed" }
    };
    let body = html! {
        @for row in &test.rows {
            tr {
                th scope="row" { bdi { (plain(&row.channel)) } }
                td.n { (row.ms) } td.n { (row.added) } td.n { (row.found) }
                @for estimate in [&row.found_half_rms, &row.found_90_rms] {
                    td.n {
                        @match estimate {
                            Some(e) => {
                                (three_digits(Some(e.value))) " (" (three_digits(Some(e.low))) " to "
                                (three_digits(Some(e.high))) ")"
                            }
                            None => "n/a",
                        }
                    }
                }
                td.n { (three_digits(row.computed_90_rms)) }
            }
        }
    };
    table("Self-test", caption, head, body)
}
