//! `twitchscope evaluate`: what was found against what was there.

use std::path::{Path, PathBuf};

use anyhow::Result;
use twitchscope::evaluate::{Errors, Score, Tally, read};
use twitchscope::units::Seconds;

use super::output::say;
use super::quantity::seconds;

/// Compares found events with true ones.
///
/// Each found event stands for at most one true event, and may stand for it if the time between
/// the two is at most the tolerance. Tables with a column trial_type give their `twitch` rows.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What was found: any of the tables, or two columns (onset, duration, seconds)
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
    let (found, truth) = (read(&arguments.found)?, read(&arguments.truth)?);
    let observed = arguments.duration.or_else(|| duration_beside(&arguments.truth));
    let mut tally = Tally::default();
    tally.add(&found, &truth, arguments.tolerance.s(), observed.map(Seconds::s));
    let score = tally.score();
    let text = if arguments.json {
        serde_json::to_string_pretty(&score)? + "\n"
    } else {
        table(&score, arguments.tolerance)
    };
    say(&text)
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
