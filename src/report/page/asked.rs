//! What was asked: of which recordings, with which choices.

use maud::{Markup, html};

use super::Page;
use super::cell::{listed, table};
use crate::report::figure::plain;
use crate::report::{counted, duration};
use crate::settings::Settings;

/// In plain sentences.
pub fn asked(page: &Page) -> Markup {
    let budget = page.settings.false_alarms_per_min;
    let marked = page.study.recordings.iter().all(|r| r.marked);
    html! {
        p {
            "How many local twitch responses does a muscle make while a needle is in it, and how does that \
             depend on how long the needle has been in? A local twitch response shows in surface EMG as a \
             short burst of motor-unit activity. Bursts were looked for in " (recordings(page)) " by a \
             detector that was set to let " (budget) " false alarms a minute and channel through, and counted \
             against the dwell: the time since the needle went in, less the time without a valid signal."
        }
        @if !marked {
            p {
                strong { "Not every recording came with marks of needle in and needle out. " }
                "Where there were none, the whole recording counts as one dwell."
            }
        }
        @if let Some(column) = &page.findings.group_column {
            p { "Recordings were compared by " bdi { (plain(column)) } ": " (groups(page)) "." }
        }
    }
}

fn recordings(page: &Page) -> Markup {
    match page.session {
        Some(session) => {
            let source = &session.source;
            let named = session.channels.iter().map(|c| plain(&c.name)).collect::<Vec<_>>();
            html! {
                "the recording " bdi { (plain(&source.name)) } " (" (plain(&source.format)) ", "
                (duration(source.duration_s)) " at " (source.sampling_frequency_hz) " Hz, "
                (counted(named.len(), "channel"))
                @if !named.is_empty() { ": " bdi { (listed(&named)) } }
                ")"
            }
        }
        None => html! { (counted(page.study.recordings.len(), "recording")) },
    }
}

fn groups(page: &Page) -> String {
    let of = |part: &crate::study::Part| {
        let name = part.group.as_deref().map(plain)?;
        Some(format!("{name} ({})", counted(part.size.insertions, "insertion")))
    };
    listed(&page.findings.parts.iter().filter_map(of).collect::<Vec<_>>())
}

/// The settings, the version and what the recordings are known by.
pub fn settings(page: &Page) -> Markup {
    let caption = html! {
        "What the recordings were analysed with. A settings file with these keys gives the same counts."
    };
    let head = html! {
        th scope="col" { "Setting" } th.n scope="col" { "Value" } th scope="col" { "What it is" }
    };
    let body = html! {
        @for (key, value, meaning) in rows(page.settings) {
            tr { th scope="row" { code { (key) } } td.n { (value) } td { (meaning) } }
        }
    };
    html! {
        (table("Settings", caption, head, body))
        p { "twitchscope " (plain(page.version)) ". The same recording with the same settings gives the same bytes." }
        @if let Some(session) = page.session {
            p {
                "The recording " bdi { (plain(&session.source.name)) } " has " (session.source.frames)
                " frames and the SHA-256 " code { (plain(&session.source.sha256)) } "."
            }
        }
    }
}

fn rows(s: &Settings) -> [(&'static str, String, &'static str); 9] {
    [
        (
            "false_alarms_per_min",
            s.false_alarms_per_min.to_string(),
            "false alarms let through, a minute and channel",
        ),
        ("amplitude_low_hz", s.amplitude_low_hz.to_string(), "lower corner of the band for amplitudes, Hz"),
        ("detect_low_hz", s.detect_low_hz.to_string(), "lower corner of the band for detection, Hz"),
        ("high_hz", s.high_hz.to_string(), "upper corner of both bands, Hz"),
        ("shortest_ms", s.shortest_ms.to_string(), "what is shorter is no twitch, ms"),
        ("longest_ms", s.longest_ms.to_string(), "what is longer is no twitch, ms"),
        ("merge_gap_ms", s.merge_gap_ms.to_string(), "bursts closer than this are one, ms"),
        ("floor_s", s.floor_s.to_string(), "how far the noise floor looks back, s"),
        ("mains", mains(s).into(), "whether mains hum is looked for and removed"),
    ]
}

/// As a settings file has it.
fn mains(settings: &Settings) -> &'static str {
    match settings.mains {
        crate::settings::Mains::Auto => "auto",
        crate::settings::Mains::Off => "off",
    }
}
