//! `twitchscope analyze`: a recording → tables, session, figures.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use twitchscope::analysis;
use twitchscope::report;
use twitchscope::self_test::self_test;
use twitchscope::session::{SelfTest, Session};
use twitchscope::settings::{Preset, Settings};
use twitchscope::source::{InsertionOption, Options, Recording, ScaleOption, Source, Voltage, sha256};

use super::output::{say, tell};
use super::quantity::{channel, per_minute};
use super::reviews::{self, Choice};
use super::summary::summary;

/// Finds the twitches of recordings and counts them against needle dwell time.
///
/// Prints a summary of each recording. With --out it also writes X_twitches.tsv,
/// X_candidates.tsv, X_insertions.tsv, X_session.json, the figures X_dwell, X_trace, X_raster,
/// X_rate, X_exposure, X_amplitude and X_overlay as SVG and PNG, and X_report.html, a page with all
/// of it in plain words.
///
/// Needle marks are taken from X_events.tsv or X-events.txt beside X.wav, from the cue points of
/// the WAV, or from --insertion.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// WAV recordings
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// The folder for tables, session and figures; made where it is missing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// No figures and no page
    #[arg(long)]
    no_figures: bool,
    /// Add bursts of known size at quiet places of the recording, look for them, and say which size
    /// is found 1 time in 2 and 9 times in 10
    #[arg(long)]
    self_test: bool,
    /// Another seed adds other bursts at other places
    #[arg(long, value_name = "N", default_value_t = 1, requires = "self_test")]
    seed: u64,
    /// The session as JSON on standard output, the summary on standard error
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    review: Choice,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    choices: Choices,
}

/// What the recording is and which needle was in.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The recording")]
pub struct Input {
    /// The file of marks, instead of the one beside the recording
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// A needle from START to END in seconds, as 12.5..40,left; overrides all other marks
    #[arg(long, value_name = "START..END[,LABEL]")]
    insertion: Vec<InsertionOption>,
    /// SpikeRecorder's marker that means needle in
    #[arg(long, value_name = "ID", default_value = "1")]
    needle_in: String,
    /// SpikeRecorder's marker that means needle out
    #[arg(long, value_name = "ID", default_value = "0")]
    needle_out: String,
    #[command(flatten)]
    samples: Samples,
}

impl Input {
    /// As the reader of recordings wants it.
    pub fn options(&self) -> Options {
        Options {
            scale: self.samples.scale(),
            channels: self.samples.channels.clone(),
            events: self.events.clone(),
            insertions: self.insertion.clone(),
            needle_in_id: self.needle_in.clone(),
            needle_out_id: self.needle_out.clone(),
        }
    }
}

/// What the samples are worth, and which of them are wanted.
#[derive(Debug, clap::Args)]
pub struct Samples {
    /// What one full scale is, as 5mV
    #[arg(long, value_name = "VOLTAGE", conflicts_with = "lsb")]
    full_scale: Option<Voltage>,
    /// What one count is, as 0.5uV
    #[arg(long, value_name = "VOLTAGE")]
    lsb: Option<Voltage>,
    /// Which channels, counted from 1, as 1,3 [default: all]
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = channel)]
    pub channels: Option<Vec<usize>>,
}

impl Samples {
    /// What the options say of the scale.
    pub fn scale(&self) -> ScaleOption {
        match (self.full_scale, self.lsb) {
            (Some(v), _) => ScaleOption::FullScale(v.microvolts()),
            (None, Some(v)) => ScaleOption::Lsb(v.microvolts()),
            (None, None) => ScaleOption::FromFile,
        }
    }
}

/// How twitches are looked for.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Detection")]
pub struct Choices {
    /// Settings from a TOML file
    #[arg(long, value_name = "FILE.toml")]
    settings: Option<PathBuf>,
    /// A false-alarm budget by name: 2, 0.1 or 0.01 a minute and channel
    #[arg(long, value_name = "NAME", value_parser = preset())]
    preset: Option<Preset>,
    /// The false-alarm budget, a minute and channel, as 0.1/min
    #[arg(
        long,
        value_name = "N/min",
        value_parser = per_minute,
        conflicts_with = "preset",
        allow_hyphen_values = true
    )]
    false_alarms: Option<f64>,
}

/// The presets, each with its budget in the help.
fn preset() -> impl TypedValueParser<Value = Preset> {
    let value = |preset: Preset| {
        let budget = format!("{} false alarms a minute", preset.false_alarms_per_min());
        PossibleValue::new(preset.name()).help(budget)
    };
    PossibleValuesParser::new(Preset::ALL.map(value)).try_map(|name| name.parse::<Preset>())
}

impl Choices {
    /// The file of the settings, for messages.
    pub fn file(&self) -> Option<&Path> {
        self.settings.as_deref()
    }

    /// The defaults, then the file, then the options.
    pub fn settings(&self) -> Result<Settings> {
        let mut settings = match &self.settings {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| {
                    format!("cannot read the settings file {}; check the name and the folder", path.display())
                })?;
                Settings::from_toml(&text).with_context(|| format!("the settings file {}", path.display()))?
            }
            None => Settings::default(),
        };
        if let Some(preset) = self.preset {
            settings.false_alarms_per_min = preset.false_alarms_per_min();
        }
        if let Some(budget) = self.false_alarms {
            settings.false_alarms_per_min = budget;
        }
        Ok(settings)
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let settings = arguments.choices.settings()?;
    let options = arguments.input.options();
    check_names(&arguments.recordings)?;
    for (place, path) in arguments.recordings.iter().enumerate() {
        let mut session = analyze(path, &options, &settings, arguments.choices.settings.as_deref())?;
        if arguments.self_test {
            session.self_test = Some(test(path, &options, &session, arguments.seed)?);
        }
        arguments.review.lay_over(&mut session, arguments.out.as_deref(), &stem(path))?;
        let written = match &arguments.out {
            Some(folder) => {
                let written = report::write_all(folder, &stem(path), &session, !arguments.no_figures)?;
                reviews::tidy(&session, folder, &stem(path));
                written
            }
            None => Vec::new(),
        };
        let gap = if place > 0 { "\n" } else { "" };
        let text = format!("{gap}{}", summary(&session));
        if arguments.json {
            eprint!("{text}");
            say(&report::session_json(&session)?)?;
        } else {
            say(&text)?;
        }
        if let Some(folder) = &arguments.out {
            tell!("\n{} files named {}_… are in {}", written.len(), stem(path), folder.display());
        }
    }
    if arguments.out.is_none() && !arguments.json {
        tell!("\nNothing was saved: add --out DIR to keep the tables, the session and the figures.");
    }
    Ok(())
}

/// Work on more samples than this takes seconds, and shows how far it is.
const LONG_WORK: u64 = 20_000_000;

/// Analyses one recording; `from` is the file of the settings, for messages.
pub fn analyze(path: &Path, options: &Options, settings: &Settings, from: Option<&Path>) -> Result<Session> {
    let mut recording = Recording::open(path, options)?;
    let frames = recording.frames();
    let samples = frames.saturating_mul(recording.format().channels.len() as u64);
    let bar = if samples > LONG_WORK { ProgressBar::new(frames) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta} left")?);
    bar.set_message(recording.name());
    let checksum = sha256(path)?;
    let session =
        analysis::analyze(&mut recording, settings, checksum, &mut |frames| bar.set_position(frames));
    bar.finish_and_clear();
    session.map_err(|error| match (&error, from) {
        (analysis::Error::Settings(_), Some(file)) => {
            Error::new(error).context(format!("{}, with the settings of {}", path.display(), file.display()))
        }
        (analysis::Error::Settings(_), None) => Error::new(error).context(path.display().to_string()),
        // Errors of the source name the file themselves.
        _ => Error::new(error),
    })
}

/// What is found of bursts that are added to the recording.
pub fn test(path: &Path, options: &Options, session: &Session, seed: u64) -> Result<SelfTest> {
    let step = Recording::open(path, options)?.step();
    let mut open = || Recording::open(path, options);
    Ok(self_test(&mut open, step, &session.settings, session, seed)?)
}

/// The file's name without ending.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Results are named after recordings: two of one name would overwrite each other.
fn check_names(paths: &[PathBuf]) -> Result<()> {
    let mut seen = HashSet::new();
    for path in paths {
        if !seen.insert(stem(path)) {
            bail!("two recordings are called {}: analyse them into different folders", stem(path));
        }
    }
    Ok(())
}
