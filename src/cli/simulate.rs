//! `twitchscope simulate`: a recording with known truth.

use std::path::PathBuf;

use anyhow::Result;
use twitchscope::simulate::{Bits, Options, Recipe, SCENARIOS, Simulation, render, scenario, write};
use twitchscope::units::Seconds;

use super::contaminants::Switches;
use super::output::say;
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
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Some(folder) = arguments.out.as_ref().filter(|_| !arguments.list) else {
        let list: String = SCENARIOS.iter().map(|s| format!("{:<14} {}\n", s.name, s.shows)).collect();
        return say(&list);
    };
    let simulation = render(&arguments.recipe()?)?;
    let default_name = || format!("{}-{}", arguments.scenario, arguments.seed);
    let name = arguments.name.clone().unwrap_or_else(default_name);
    let bits = if arguments.bits == "24" { Bits::TwentyFour } else { Bits::Sixteen };
    let written = write(&simulation, folder, &name, Options { bits, replace: arguments.force })?;
    eprintln!("{}", summary(&simulation));
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
