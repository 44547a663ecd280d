//! `twitchscope tune`: settings that fit labelled recordings or a false-alarm budget.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use twitchscope::evaluate::{self, Event, matching};
use twitchscope::report::counted;
use twitchscope::rest::at_rest;
use twitchscope::session::Session;
use twitchscope::settings::Settings;
use twitchscope::tune::{Alarms, BUDGETS, Choice, Counts, choices, choose_budget, validate};
use twitchscope::units::Seconds;

use super::analyze::{Input, analyze};
use super::output::{say, tell};
use super::quantity::{per_minute, seconds};

/// Finds settings that fit labelled recordings, or a false-alarm budget that rest can show.
///
/// Labels are the `twitch` rows of X_truth.tsv beside X.wav, else those of X_events.tsv. Settings
/// are chosen on all recordings but one and judged on that one, in turn; the default stays unless
/// the gain is outside chance. Five labelled recordings or more are needed.
///
/// Without labelled twitches, give --false-alarms: recordings are then rest (where needles are
/// marked, the time without one), and the largest budget is chosen whose false alarms are shown to
/// be no more than that.
///
/// The file that is written is one for `analyze --settings`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// WAV recordings, all labelled or all at rest
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// The settings file to write
    #[arg(long, value_name = "FILE.toml")]
    out: PathBuf,
    /// The most false alarms a minute of recording, as 0.5/min
    #[arg(long, value_name = "N/min", value_parser = per_minute, allow_hyphen_values = true)]
    false_alarms: Option<f64>,
    /// Most time between a found and a labelled twitch
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = seconds)]
    tolerance: Seconds,
    /// Replace a settings file of the same name
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    input: Input,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.out.exists() && !arguments.force {
        bail!("{} is there already: give another name, or --force to replace it", arguments.out.display());
    }
    let labels =
        arguments.recordings.iter().map(|path| labels(path)).collect::<Result<Vec<Option<Vec<Event>>>>>()?;
    let unlabelled = arguments.recordings.iter().zip(&labels).find(|(_, l)| l.is_none()).map(|(p, _)| p);
    let labelled: Vec<Vec<Event>> = labels.iter().flatten().cloned().collect();
    // Labels that name no twitch say that there was none.
    let none = labelled.iter().all(Vec::is_empty);
    let (text, file) = match (unlabelled, arguments.false_alarms) {
        (_, Some(asked)) if none => by_rest(arguments, asked)?,
        (None, None) if none => bail!(
            "no twitch is labelled: put the true ones into the files of labels, or, if it is rest, say how many false alarms may be with --false-alarms 0.5/min"
        ),
        (None, _) => by_labels(arguments, &labelled)?,
        (Some(path), _) if !labelled.is_empty() => {
            bail!("{} has no labels but others have: tune labelled recordings and rest apart", path.display())
        }
        (Some(path), _) => bail!(
            "{} has no labels: put the true twitches into {}_truth.tsv beside it, or, if it is rest, say how many false alarms may be with --false-alarms 0.5/min",
            path.display(),
            stem(path)
        ),
    };
    std::fs::write(&arguments.out, file)
        .with_context(|| format!("cannot write {}; check the folder", arguments.out.display()))?;
    say(&text)?;
    tell!("\n{} is written; use it with analyze --settings", arguments.out.display());
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The labelled twitches of a recording; `None` where nothing beside it labels any.
fn labels(path: &Path) -> Result<Option<Vec<Event>>> {
    let beside = |ending: &str| path.with_file_name(format!("{}{ending}", stem(path)));
    let (truth, events) = (beside("_truth.tsv"), beside("_events.tsv"));
    if truth.is_file() {
        return Ok(Some(evaluate::read(&truth)?));
    }
    if events.is_file()
        && std::fs::read_to_string(&events)?.lines().next().is_some_and(|h| h.contains("trial_type"))
    {
        let found = evaluate::read(&events)?;
        return Ok((!found.is_empty()).then_some(found));
    }
    Ok(None)
}

/// Analyses every recording with every one of `all`; `take` hears the choice's and the recording's
/// place and the session.
fn each(arguments: &Arguments, all: &[Settings], mut take: impl FnMut(usize, usize, &Session)) -> Result<()> {
    let options = arguments.input.options();
    let bar = ProgressBar::new((all.len() * arguments.recordings.len()) as u64);
    bar.set_style(ProgressStyle::with_template("{wide_bar} {percent} % {eta} left")?);
    for (r, path) in arguments.recordings.iter().enumerate() {
        for (s, settings) in all.iter().enumerate() {
            take(s, r, &analyze(path, &options, settings, None)?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn by_labels(arguments: &Arguments, truth: &[Vec<Event>]) -> Result<(String, String)> {
    let default = Settings::default();
    let all = choices(&default, arguments.false_alarms.unwrap_or(f64::INFINITY));
    let settings: Vec<Settings> = all.iter().map(|c| c.settings.clone()).collect();
    let mut counts = vec![vec![Counts::default(); truth.len()]; all.len()];
    let mut minutes = 0.0;
    each(arguments, &settings, |choice, recording, session| {
        let event = |onset, duration| Event { onset, duration, snr_db: None };
        let found: Vec<Event> = session.twitches.iter().map(|t| event(t.onset, t.duration)).collect();
        let matched = matching(&found, &truth[recording], arguments.tolerance.s()).len();
        counts[choice][recording] = Counts {
            truth: truth[recording].len() as u64,
            found: found.len() as u64,
            matched: matched as u64,
        };
        minutes += if choice == 0 { session.source.duration_s / 60.0 } else { 0.0 };
    })?;
    let validation = validate(&counts);
    let twitches = truth.iter().map(Vec::len).sum::<usize>() as u64;
    let best = &all[validation.best];
    let mut text = format!(
        "{}, {}, {minutes:.1} min, {} settings tried\n\n",
        counted(truth.len(), "labelled recording"),
        counted(twitches as usize, "twitch"),
        all.len()
    );
    let total = |choice: usize| counts[choice].iter().fold(Counts::default(), |a, b| a + *b);
    text += &line("default", validation.default_f1, total(0), minutes);
    text += &line("best on them", validation.fitted_f1, total(validation.best), minutes);
    text += &format!("    {}\n    judged on what it was chosen on, so this is too good\n", changes(best));
    if let (Some(f1), Some(gain), Some(chance)) = (validation.held_out_f1, validation.gain, validation.chance)
    {
        let more = f1 - validation.default_f1;
        text += &format!(
            "  held out      F1 {f1:.3}, gain {more:+.3} (95 % interval {:+.3} to {:+.3}), by chance as good {:.0} times in 100\n",
            gain.low,
            gain.high,
            100.0 * chance
        );
    }
    Ok(match validation.shown(truth.len(), twitches) {
        Ok(()) => {
            (format!("{text}\nThe gain is outside chance: {}\n", changes(best)), file(&text, &best.lines))
        }
        Err(why) => (
            format!("{text}\nThe default stays: {why}.\n"),
            file(&format!("{text}\nThe default stays: {why}."), &[]),
        ),
    })
}

fn line(name: &str, f1: f64, counts: Counts, minutes: f64) -> String {
    let share =
        |of: u64| if of > 0 { format!("{:.3}", counts.matched as f64 / of as f64) } else { "n/a".into() };
    let alarms = (counts.found - counts.matched) as f64 / minutes;
    format!(
        "  {name:<12}  F1 {f1:.3}, recall {}, precision {}, {alarms:.2} false alarms a minute\n",
        share(counts.truth),
        share(counts.found)
    )
}

fn changes(choice: &Choice) -> String {
    if choice.lines.is_empty() { "the default".to_owned() } else { choice.lines.join(", ") }
}

/// A settings file: what was found as comments, then what differs from the default.
fn file(text: &str, lines: &[String]) -> String {
    let comments: String =
        text.trim_end().lines().map(|l| format!("# {l}").trim_end().to_owned() + "\n").collect();
    let lines: String = lines.iter().map(|l| format!("{l}\n")).collect();
    format!("# made by twitchscope tune\n{comments}{lines}")
}

fn by_rest(arguments: &Arguments, asked: f64) -> Result<(String, String)> {
    let all = BUDGETS.map(|b| Settings { false_alarms_per_min: b, ..Settings::default() });
    let mut alarms = BUDGETS.map(|b| Alarms { budget_per_min: b, count: 0, watched_s: 0.0 });
    let mut channels = 1;
    each(arguments, &all, |choice, _, session| {
        let (count, s) = at_rest(session);
        alarms[choice].count += count;
        alarms[choice].watched_s += s;
        channels = channels.max(session.channels.len());
    })?;
    let mut text = format!(
        "{:.1} min of rest; false alarms with the exact 95 % interval of their rate:\n\n",
        alarms[0].watched_s / 60.0
    );
    for a in &alarms {
        let rate = a.rate().context("there is no time without a needle: give recordings of rest")?;
        text += &format!(
            "  budget {:<5} {:>5} in all, {:.2} a minute ({:.2} to {:.2})\n",
            a.budget_per_min, a.count, rate.per_min, rate.interval.low, rate.interval.high
        );
    }
    let Some(choice) = choose_budget(&alarms, asked, channels) else {
        bail!(
            "{text}\nNo budget keeps to {asked} a minute on this rest: the false alarms are no noise; `twitchscope analyze` says what they are (X_candidates.tsv)"
        );
    };
    let budget = choice.budget_per_min;
    text += &if choice.shown {
        format!("\nBudget {budget}: shown to give no more than {asked} false alarms a minute.\n")
    } else {
        format!(
            "\nBudget {budget}: taken, but not shown to give no more than {asked} false alarms a minute; to show that takes {:.0} min of rest without any.\n",
            choice.minutes_needed.ceil()
        )
    };
    let file = file(&text, &[format!("false_alarms_per_min = {budget:?}")]);
    Ok((text, file))
}
