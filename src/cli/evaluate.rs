//! `twitchscope evaluate`: what was found against what was there.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;
use twitchscope::evaluate::{Errors, Event, Score, Tally, read};
use twitchscope::review::{self, Agreement, Judged, Review};
use twitchscope::units::Seconds;

use super::output::{say, tell};
use super::quantity::seconds;

/// Compares found events with true ones.
///
/// Each found event stands for at most one true event, and may stand for it if the time between
/// the two is at most the tolerance. Tables with a column trial_type give their `twitch` rows.
///
/// Either may be a review: its twitches count, and how far both agree on what was judged is told,
/// too, with Cohen's kappa. Two reviews tell how far two reviewers agree.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What was found: any of the tables, a review, or two columns (onset, duration, seconds)
    found: PathBuf,
    /// What was there, in the same form
    truth: PathBuf,
    /// Most time between a found and a true event
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = seconds)]
    tolerance: Seconds,
    /// How long the recording is, for false alarms a minute [default: from X_emg.json beside
    /// X_truth.tsv]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    duration: Option<Seconds>,
    /// The numbers as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let (found, truth) = (Side::read(&arguments.found)?, Side::read(&arguments.truth)?);
    let observed = arguments.duration.or_else(|| duration_beside(&arguments.truth));
    let mut tally = Tally::default();
    tally.add(&found.events, &truth.events, arguments.tolerance.s(), observed.map(Seconds::s));
    let told = Told { score: tally.score(), agreement: agreement(&found, &truth)? };
    let text = if arguments.json {
        serde_json::to_string_pretty(&told)? + "\n"
    } else {
        let reviews = [&found, &truth].iter().filter(|side| side.review.is_some()).count();
        table(&told.score, arguments.tolerance)
            + &told.agreement.map_or_else(String::new, |a| agreement_table(&a, reviews))
    };
    say(&text)
}

/// One of both that are compared.
struct Side {
    events: Vec<Event>,
    review: Option<Review>,
}

impl Side {
    fn read(path: &Path) -> Result<Self> {
        let is_review = std::fs::read(path).is_ok_and(|bytes| review::is_review(&bytes));
        if !is_review {
            return Ok(Self { events: read(path)?, review: None });
        }
        let review = review::read(path)?;
        if review.cut {
            tell!("{}: the last line was cut off and is left out", path.display());
        }
        let twitches = review.edits.all().filter(|d| d.action.is_twitch()).map(|d| d.extent);
        let event = |e: review::Extent| Event { onset: e.onset(), duration: e.duration(), snr_db: None };
        Ok(Self { events: twitches.map(event).collect(), review: Some(review) })
    }
}

/// The numbers as JSON.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    score: Score,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement: Option<Agreement>,
}

/// How far both agree on what was judged; `None` unless one of them is a review.
fn agreement(found: &Side, truth: &Side) -> Result<Option<Agreement>> {
    Ok(match (&found.review, &truth.review) {
        (None, None) => None,
        (Some(a), Some(b)) if a.header.sha256 != b.header.sha256 => bail!(
            "these are reviews of two recordings, {} and {}, or of one that has changed since",
            a.header.recording,
            b.header.recording
        ),
        (Some(a), Some(b)) => Some(review::between(&Judged::of(&a.edits), &Judged::of(&b.edits))),
        (Some(a), None) => Some(review::with_events(&Judged::of(&a.edits), &truth.events, true)),
        (None, Some(b)) => Some(review::with_events(&Judged::of(&b.edits), &found.events, false)),
    })
}

fn agreement_table(a: &Agreement, reviews: usize) -> String {
    let kappa = match a.kappa {
        Some(k) => format!("{:.3} (95 % interval {:.3} to {:.3})", k.value, k.low, k.high),
        None => "n/a: it is not defined unless both say yes and no".into(),
    };
    // What one of them never judged counts as missed or as a false alarm in the lines above.
    let left_out = match (a.left_out, reviews) {
        (0, _) => String::new(),
        (n, 2) => format!(" ({n} that one alone judged left out here, not above)"),
        (n, _) => format!(" ({n} that nobody judged left out here, not above)"),
    };
    let v = a.verdicts;
    let rows = [
        ("judged by both", format!("{}{left_out}", a.judged)),
        ("both say twitch, none", format!("{}, {}", v.both, v.neither)),
        ("only found, only truth", format!("{}, {}", v.only_first, v.only_second)),
        ("agreement", a.agreement.map_or_else(|| "n/a".to_owned(), |share| format!("{share:.3}"))),
        ("Cohen's kappa", kappa),
    ];
    rows.iter().map(|(name, value)| format!("{name:<22} {value}\n")).collect()
}

/// The recording's duration from the sidecar of `X_truth.tsv`, where there is one.
fn duration_beside(truth: &Path) -> Option<Seconds> {
    let stem = truth.file_name()?.to_str()?.strip_suffix("_truth.tsv")?;
    let text = std::fs::read_to_string(truth.with_file_name(format!("{stem}_emg.json"))).ok()?;
    let sidecar: serde_json::Value = serde_json::from_str(&text).ok()?;
    sidecar.get("RecordingDuration")?.as_f64().map(Seconds::new)
}

fn table(score: &Score, tolerance: Seconds) -> String {
    let known = |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |v| format!("{v:.3}"));
    let mut rows = vec![
        ("true events", score.truth.to_string()),
        ("found events", format!("{} ({:+})", score.found, score.count_error)),
        ("matched", format!("{} within {} ms", score.matched, tolerance.ms())),
        ("missed", score.missed.to_string()),
        ("false alarms", score.false_alarms.to_string()),
        ("false alarms a minute", known(score.false_alarms_per_min)),
        ("precision", known(score.precision)),
        ("recall", known(score.recall)),
        ("F1", format!("{:.3}", score.f1)),
        ("onset error", errors(score.onset)),
        ("offset error", errors(score.offset)),
    ];
    let bins: Vec<(String, String)> = score
        .by_snr
        .iter()
        .map(|bin| {
            let name = match (bin.from_db, bin.to_db) {
                (Some(from), Some(to)) => format!("recall {from} to {to} dB"),
                (Some(from), None) => format!("recall {from} dB and more"),
                (None, Some(to)) => format!("recall below {to} dB"),
                (None, None) => "recall".to_owned(),
            };
            (name, format!("{:.3} ({} of {})", bin.recall, bin.matched, bin.truth))
        })
        .collect();
    rows.extend(bins.iter().map(|(name, value)| (name.as_str(), value.clone())));
    rows.iter().map(|(name, value)| format!("{name:<22} {value}\n")).collect()
}

fn errors(errors: Option<Errors>) -> String {
    let Some(e) = errors else { return "n/a".to_owned() };
    let [absolute, mean, low, high] =
        [e.median_absolute, e.mean, e.lower_quartile, e.upper_quartile].map(|s| s * 1000.0);
    format!("median {absolute:.1} ms, bias {mean:+.1} ms, quartiles {low:+.1} to {high:+.1} ms")
}
