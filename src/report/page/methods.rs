//! How it was done, ready for a paper; what the terms mean; and what this is not.

use maud::{Markup, html};

use super::Page;
use crate::report::counted;
use crate::report::figure::plain;

/// One paragraph of methods, and what it cites.
pub fn methods(page: &Page) -> Markup {
    let s = page.settings;
    html! {
        p.soft { "This paragraph may be taken into a paper as it stands." }
        p {
            "Surface EMG was analysed with twitchscope " (plain(page.version)) ". " (sampling(page)) " Mains hum was "
            @if matches!(s.mains, crate::settings::Mains::Off) { "left in. " } @else { "looked for on each channel and removed where it was found. " }
            "Amplitudes were taken between " (s.amplitude_low_hz) " and " (s.high_hz) " Hz (peak: largest absolute value; \
             RMS: from onset to offset), and bursts were looked for between " (s.detect_low_hz) " and " (s.high_hz) " Hz \
             (causal Butterworth filters, their delay taken from the times). A burst was a candidate where its energy, in \
             windows of 16, 32, 64 and 128 ms, exceeded that of a noise floor estimated over the last " (s.floor_s)
            " s by a threshold chosen for " (s.false_alarms_per_min) " false alarms a minute and channel. Candidates closer \
             than " (s.merge_gap_ms) " ms were taken for one. A candidate that lasted from " (s.shortest_ms) " to "
            (s.longest_ms) " ms and did not look like a heart beat, movement, an electrode artefact, mains, clipping or a \
             voluntary effort was counted as a twitch; twitches on several channels within 20 ms were counted once. "
            "The dwell of an insertion ran from needle in to needle out, or to the end of the recording; time without a \
             valid signal was taken out of the observed dwell. Rates are counts over observed dwell with exact 95 % Poisson \
             intervals (Garwood 1936). Mean counts against dwell are mean cumulative functions over the insertions still in \
             (Nelson 1988), with the robust variance of Lawless and Nadeau (1995). " (other_methods(page)) (seen(page))
        }
        h3 { "References" }
        ul {
            li { "Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika 28:437–442." }
            li { "Nelson W (1988). Graphical analysis of system repair data. Journal of Quality Technology 20:24–35." }
            li {
                "Lawless JF, Nadeau C (1995). Some simple robust methods for the analysis of recurrent events. \
                 Technometrics 37:158–168."
            }
        }
        p.soft { "Every other method is named with its source in the table of all numbers." }
    }
}

fn sampling(page: &Page) -> Markup {
    html! {
        @if let Some(session) = page.session {
            (counted(session.channels.len(), "channel")) " "
            @if session.channels.len() == 1 { "was" } @else { "were" } " sampled at "
            (session.source.sampling_frequency_hz) " Hz."
        } @else {
            (counted(page.study.recordings.len(), "recording")) " entered."
        }
    }
}

/// What else the numbers of this page rest on, each once.
fn other_methods(page: &Page) -> Markup {
    let Some(whole) = page.findings.parts.first() else { return html! {} };
    let mut all: Vec<&str> = Vec::new();
    let ratios = page.findings.comparison.ratios.iter().map(|r| &r.ratio);
    for finding in whole.findings().into_iter().chain(ratios).filter(|f| f.value.is_some()) {
        if !finding.method.is_empty() && !all.contains(&finding.method) {
            all.push(finding.method);
        }
    }
    html! { @if !all.is_empty() { "Further: " (all.join("; ")) ". " } }
}

/// What could have been seen, and what was found where nothing should be.
fn seen(page: &Page) -> Markup {
    let smallest: Vec<f64> = page.study.recordings.iter().filter_map(|r| r.smallest_rms_uv).collect();
    let least = smallest.iter().copied().reduce(f64::min);
    let most = smallest.iter().copied().reduce(f64::max);
    html! {
        @if let (Some(least), Some(most)) = (least, most) {
            "By the noise floor, a burst of 50 ms is found 9 times in 10 from "
            @if least == most { (format!("{least:.1}")) } @else { (format!("{least:.1} to {most:.1}")) }
            " µV RMS on. "
        }
        @if let Some(control) = page.findings.parts.first().map(|p| &p.sensitivity.control) { (plain(&control.words)) }
    }
}

/// The words that a reader from another field needs.
pub fn terms() -> Markup {
    const TERMS: [(&str, &str); 8] = [
        (
            "Local twitch response, twitch",
            "A brief contraction of a taut band of muscle, here: the burst of motor-unit activity that it makes in surface EMG.",
        ),
        ("Insertion", "One needle from going in to coming out."),
        (
            "Dwell",
            "The time since that needle went in. Observed dwell leaves out time without a valid signal.",
        ),
        (
            "Still in",
            "An insertion counts towards a curve up to its own end only; few needles still in means that the curve is unsure there.",
        ),
        (
            "95 % interval",
            "A range made so that, over many studies, 95 in 100 such ranges hold the true value.",
        ),
        (
            "Threshold",
            "How far a burst must stand out of the noise to be looked at. At 80 % and 120 % of it the same recording gives other counts; the nearer they are to each other, the less the count depends on the choice.",
        ),
        ("False alarms, control", "What is found while no needle is in, where no twitch should be."),
        ("Noise floor", "What the channel shows at rest, as RMS."),
    ];
    html! { dl { @for (term, meaning) in TERMS { dt { (term) } dd { (meaning) } } } }
}

/// What stands at the very end.
pub fn closing(page: &Page) -> Markup {
    html! {
        p {
            "Made by twitchscope " (plain(page.version)) " from the recordings alone. Research software: no medical \
             device, not for diagnosis or treatment."
        }
    }
}
