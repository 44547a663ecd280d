//! `twitchscope simulate`: a recording with known truth.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use twitchscope::simulate::{
    Bits, Options, Recipe, SCENARIOS, Simulation, StudyTruth, WriteError, render, scenario, study,
    study_table, write,
};
use twitchscope::units::Seconds;

use super::contaminants::Switches;
use super::output::{say, tell};
use super::quantity::{decibels, seconds};

/// Makes a recording with known truth.
///
/// Writes NAME.wav, NAME_events.tsv (when needles were in), NAME_truth.tsv (every twitch with its
/// SNR, and everything that could be taken for one) and NAME_emg.json (the scale). The same
/// options give the same bytes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder for the recording; made where it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Another seed gives other twitches at other times
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What the recording is like (see --list); NAME-only is the same without twitches
    #[arg(long, value_name = "NAME", default_value = "session")]
    scenario: String,
    /// The recording's file name without ending [default: SCENARIO-SEED]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How long, as 90s or 10min [default: the scenario's]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    duration: Option<Seconds>,
    /// Samples a second [default: the scenario's]
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
    /// How many channels [default: the scenario's]
    #[arg(long, value_name = "N")]
    channels: Option<usize>,
    /// Twitches a minute of dwell [default: the scenario's]
    #[arg(long, value_name = "N")]
    twitches_per_min: Option<f64>,
    /// SNR of the twitches in dB, one number or a range, as 12..20 [default: the scenario's]
    #[arg(long, value_name = "DB", value_parser = decibels, allow_hyphen_values = true)]
    snr: Option<[f64; 2]>,
    /// After this dwell the twitch rate has fallen to 1/e [default: the scenario's]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    rate_decay: Option<Seconds>,
    /// How many insertions [default: the scenario's]
    #[arg(long, value_name = "N")]
    insertions: Option<usize>,
    /// Rest before, between and after the insertions [default: the scenario's]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    rest: Option<Seconds>,
    /// Bits a sample
    #[arg(long, value_name = "N", default_value = "16", value_parser = ["16", "24"])]
    bits: String,
    #[command(flatten)]
    contaminants: Switches,
    /// Replace a recording of the same name
    #[arg(long)]
    force: bool,
    /// A whole study instead of one recording: 20 subjects under three conditions of known rates,
    /// with its table and its truth; takes a minute
    #[arg(long, conflicts_with_all = ["scenario", "name", "duration", "rate", "channels", "twitches_per_min",
        "snr", "rate_decay", "insertions", "rest", "Switches", "list"])]
    study: bool,
    /// List the scenarios and stop
    #[arg(long)]
    list: bool,
}

impl Arguments {
    fn recipe(&self) -> Result<Recipe> {
        let mut recipe = scenario(&self.scenario, self.seed)?;
        recipe.duration_s = self.duration.map_or(recipe.duration_s, Seconds::s);
        recipe.rate_hz = self.rate.unwrap_or(recipe.rate_hz);
        recipe.channels = self.channels.unwrap_or(recipe.channels);
        recipe.twitches.per_min = self.twitches_per_min.unwrap_or(recipe.twitches.per_min);
        recipe.twitches.snr_db = self.snr.unwrap_or(recipe.twitches.snr_db);
        recipe.twitches.rate_decay_s = self.rate_decay.map(Seconds::s).or(recipe.twitches.rate_decay_s);
        recipe.needles.count = self.insertions.unwrap_or(recipe.needles.count);
        recipe.needles.rest_s = self.rest.map_or(recipe.needles.rest_s, Seconds::s);
        self.contaminants.add_to(&mut recipe);
        Ok(recipe)
    }

    fn options(&self) -> Options {
        let bits = if self.bits == "24" { Bits::TwentyFour } else { Bits::Sixteen };
        Options { bits, replace: self.force }
    }
}

/// Writes every recording of a study, and last the table and the truth of all.
fn whole_study(folder: &Path, arguments: &Arguments) -> Result<()> {
    let there = [TABLE, TRUTH].map(|name| folder.join(name)).into_iter().find(|path| path.exists());
    if let (false, Some(path)) = (arguments.force, there) {
        return Err(WriteError::Exists(path).into());
    }
    let recordings = study(arguments.seed);
    let names: Vec<String> =
        recordings.iter().map(|r| format!("{}/{}.wav", r.subject, r.condition)).collect();
    let mut truth = StudyTruth::default();
    for recording in &recordings {
        let simulation = render(&recording.recipe)?;
        truth.add(recording, &simulation);
        write(&simulation, &folder.join(&recording.subject), recording.condition, arguments.options())?;
    }
    let table = study_table(recordings.iter().zip(names.iter().map(String::as_str)));
    for (name, text) in [(TABLE, table), (TRUTH, truth.table())] {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    tell!("{} recordings; {TABLE} says who was recorded how, {TRUTH} what is to be found", recordings.len());
    say(&format!("{}\n", folder.display()))
}

/// The table of a study.
const TABLE: &str = "table.tsv";
/// What a study should find.
const TRUTH: &str = "truth.tsv";

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Some(folder) = arguments.out.as_ref().filter(|_| !arguments.list) else {
        let list: String = SCENARIOS.iter().map(|s| format!("{:<14} {}\n", s.name, s.shows)).collect();
        return say(&list);
    };
    if arguments.study {
        return whole_study(folder, arguments);
    }
    let simulation = render(&arguments.recipe()?)?;
    let default_name = || format!("{}-{}", arguments.scenario, arguments.seed);
    let name = arguments.name.clone().unwrap_or_else(default_name);
    let written = write(&simulation, folder, &name, arguments.options())?;
    tell!("{}", summary(&simulation));
    say(&format!("{}\n", written.recording.display()))
}

fn summary(simulation: &Simulation) -> String {
    let (frames, channels) = simulation.frames.dim();
    let rate = simulation.format.rate;
    format!(
        "{:.1} s, {} Hz, channels: {}, insertions: {}, twitches: {}, noise {:.1} µV RMS in 20-450 Hz",
        rate.seconds(frames as u64).s(),
        rate.hz(),
        channels,
        simulation.insertions.len(),
        simulation.twitches().count(),
        simulation.noise_uv,
    )
}
