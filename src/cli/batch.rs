//! `twitchscope batch`: a set of recordings → a result a recording, and the tables of all.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use twitchscope::batch::{Batch, Choices, Outcome, Step, run as work};
use twitchscope::report::counted;

use super::analyze::{Choices as Detection, Input};
use super::interrupt;
use super::output::{say, tell};

/// Analyses a set of recordings: a result for each, and tables and statistics over all.
///
/// Recordings are found by what they hold, in all folders below those given. Killed at any time
/// and started again, it does only what is left.
///
/// Ends with status 3 where some recordings could not be analysed; they are listed, with the
/// reason, and the rest is done.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Recordings, and folders with recordings in them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder for all results; made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What is known of each recording: a tab separated table with the column `recording`, and
    /// others as wanted; `subject` and `condition` are used by the statistics
    #[arg(long, value_name = "FILE.tsv")]
    table: Option<PathBuf>,
    /// The column of the table whose values are compared [default: condition]
    #[arg(long, value_name = "COLUMN", requires = "table")]
    group: Option<String>,
    /// How many recordings to work on at once [default: one a core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Make all results anew, whatever an earlier run left in the folder
    #[arg(long)]
    fresh: bool,
    /// No figures and no pages
    #[arg(long)]
    no_figures: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    detection: Detection,
}

/// The status where some recordings could not be analysed.
const SOME_FAILED: u8 = 3;

/// Runs the command; the status with which to end.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let batch = Batch {
        paths: arguments.paths.clone(),
        out: arguments.out.clone(),
        table: arguments.table.clone(),
        group: arguments.group.clone(),
        choices: Choices { options: arguments.input.options(), settings: arguments.detection.settings()? },
        figures: !arguments.no_figures,
        fresh: arguments.fresh,
        jobs: arguments.jobs,
    };
    let stop = interrupt::flag()?;
    let bar = Bar::new()?;
    let outcome = work(&batch, &stop, &|step| bar.hear(step));
    bar.bar.finish_and_clear();
    let outcome = outcome?;
    if outcome.stopped {
        let done = outcome.made + outcome.kept;
        let (all, out) = (outcome.recordings, batch.out.display());
        bail!(
            "stopped: {done} of {all} recordings are done and kept in {out}; the same command goes on from here"
        );
    }
    say(&summary(&outcome))?;
    tell!("\nTables and the results of each recording are in {}", batch.out.display());
    Ok(if outcome.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) })
}

/// How far the work is, by the size of the recordings.
struct Bar {
    bar: ProgressBar,
    recordings: AtomicU64,
    done: AtomicU64,
    failed: AtomicUsize,
}

impl Bar {
    fn new() -> Result<Self> {
        let bar = ProgressBar::new(0);
        let look = "{msg} {wide_bar} {percent} %  {binary_bytes_per_sec}, {eta} left";
        bar.set_style(ProgressStyle::with_template(look)?);
        Ok(Self { bar, recordings: AtomicU64::new(0), done: AtomicU64::new(0), failed: AtomicUsize::new(0) })
    }

    fn hear(&self, step: Step) {
        match step {
            Step::Found { recordings, bytes } => {
                self.recordings.store(recordings as u64, Ordering::Relaxed);
                self.bar.set_length(bytes);
            }
            Step::Read { bytes } => self.bar.inc(bytes),
            Step::Done { bytes, failed } => {
                self.bar.inc(bytes);
                let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
                let failed =
                    self.failed.fetch_add(usize::from(failed), Ordering::Relaxed) + usize::from(failed);
                let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
                let all = self.recordings.load(Ordering::Relaxed);
                self.bar.set_message(format!("{done} of {all} recordings{failed}"));
            }
            Step::Pooling => self.bar.set_message("tables and statistics"),
        }
    }
}

/// What a person reads at the end.
fn summary(outcome: &Outcome) -> String {
    let mut text = counted(outcome.recordings, "recording");
    let counts = [
        (outcome.made, "analysed"),
        (outcome.kept, "unchanged since an earlier run"),
        (outcome.failed.len(), "failed"),
    ];
    let told: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    text += &format!(": {}\n", told.join(", "));
    if outcome.remade > 0 {
        text += &format!(
            "  of these, {} had results of another content (the recording, its marks or the results were changed), which were replaced\n",
            outcome.remade
        );
    }
    if !outcome.found.is_empty() {
        text += "\n";
    }
    for sentence in &outcome.found {
        text += &format!("{sentence}\n");
    }
    if !outcome.warnings.is_empty() {
        text += "\n";
    }
    for warning in &outcome.warnings {
        text += &format!("Warning: {warning}\n");
    }
    if !outcome.failed.is_empty() {
        text += "\nNot analysed, and in no count:\n";
    }
    for failed in &outcome.failed {
        text += &format!("  {}: {}\n", failed.recording, failed.reason);
    }
    text
}
