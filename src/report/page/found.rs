//! What was found, in sentences with their numbers.

use maud::{Markup, html};

use super::Page;
use super::label::label;
use crate::report::figure::plain;
use crate::report::{counted, duration};
use crate::session::Session;
use crate::study::{Finding, Part};

/// The whole in two sentences.
pub fn lead(page: &Page) -> Markup {
    html! {
        @if let Some(whole) = page.findings.parts.first() {
            (plain(&whole.size.words)) " " (plain(&whole.rates.exact.words))
        } @else {
            "No recording."
        }
    }
}

/// Sentence by sentence; then what the data cannot tell, and why.
pub fn found(page: &Page) -> Markup {
    let Some(whole) = page.findings.parts.first() else {
        return html! { p { "Nothing: there is no recording." } };
    };
    let groups = &page.findings.parts[1..];
    html! {
        p.soft { "Numbers in brackets are 95 % intervals." }
        (part(whole))
        @if let Some(session) = page.session { (by_eye(session)) }
        @if groups.len() > 1 {
            h3 { "Groups against each other" }
            (comparison(page))
            @for group in groups {
                h4 { bdi { (group.group.as_deref().map(plain).unwrap_or_default()) } }
                p { (plain(&group.size.words)) }
                (sentences(&[&group.rates.exact, &group.rates.by_subject, &group.trend.left_after_min]))
            }
        }
        (unknown(whole))
    }
}

fn part(part: &Part) -> Markup {
    html! {
        h3 { "How often" }
        (sentences(&[&part.rates.exact, &part.rates.by_subject, &part.rates.dispersion]))
        h3 { "How it changes with dwell" }
        (sentences(&[
            &part.mean_count.at_common_dwell,
            &part.trend.left_after_min,
            &part.trend.p,
            &part.trend.time_constant,
            &part.saturation.half,
            &part.saturation.ninety,
        ]))
        p { b { "What this could have shown: " } (plain(&part.trend.words)) }
        h3 { "First and last twitches" }
        (sentences(&[&part.first_twitch.median, &part.silence.since_last, &part.silence.exhausted]))
        h3 { "How large" }
        (sentences(&[
            &part.amplitude.second_to_first,
            &part.amplitude.third_to_first,
            &part.amplitude.rate_above,
            &part.amplitude.left_after_min_above,
        ]))
        h3 { "With other choices" }
        (sentences(&[
            &part.sensitivity.at_80,
            &part.sensitivity.at_120,
            &part.sensitivity.common_dwell,
            &part.sensitivity.left_after_min_common_dwell,
            &part.sensitivity.control,
            &part.sensitivity.less_control,
        ]))
    }
}

/// What a person decided and noted.
fn by_eye(session: &Session) -> Markup {
    html! {
        @if let Some(review) = &session.review {
            h3 { "Checked by eye" }
            @let both = || session.insertions.iter().zip(&review.insertions);
            @let judged: Vec<_> = both().filter_map(|(i, r)| Some((i.twitches.len(), r.count()?))).collect();
            @let (automatic, seen) = judged.iter().fold((0, 0), |(a, s), (i, r)| (a + i, s + r));
            p {
                bdi { (plain(&review.reviewer)) } " judged " (counted(judged.len(), "insertion")) " to the end"
                @if review.blind { ", blind to what the detector said," } " and has "
                (counted(seen as usize, "twitch")) " where the detector has " (automatic)
                ". All other numbers of this report are the detector's."
            }
        }
        @if !session.notes.is_empty() {
            h3 { "Noted during the recording" }
            ul { @for note in &session.notes { li { (duration(note.onset)) ": " bdi { (plain(&note.text)) } } } }
        }
    }
}

/// Those of the findings that have a number.
fn sentences(findings: &[&Finding]) -> Markup {
    let known: Vec<&&Finding> = findings.iter().filter(|f| f.value.is_some()).collect();
    html! {
        @if known.is_empty() {
            p.soft { "The data cannot tell; the reasons stand below." }
        } @else {
            ul { @for finding in known { (sentence(finding)) } }
        }
    }
}

fn sentence(finding: &Finding) -> Markup {
    html! { li { b { (label(finding)) ": " } (plain(&finding.words)) } }
}

fn comparison(page: &Page) -> Markup {
    let comparison = &page.findings.comparison;
    html! {
        p { (plain(&comparison.words)) }
        ul {
            @for ratio in &comparison.ratios { (sentence(&ratio.ratio)) (sentence(&ratio.ratio_common_dwell)) }
            @if comparison.alpha.value.is_some() { (sentence(&comparison.alpha)) }
        }
    }
}

/// The findings of the whole without a number, with their reasons.
fn unknown(whole: &Part) -> Markup {
    let none: Vec<&Finding> = whole.findings().into_iter().filter(|f| f.value.is_none()).collect();
    html! {
        @if !none.is_empty() {
            h3 { "What these data cannot tell" }
            ul { @for finding in none { (sentence(finding)) } }
        }
    }
}
