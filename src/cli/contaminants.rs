//! One switch a contaminant.

use clap::ValueEnum;
use twitchscope::simulate::{Contaminant, Recipe};

/// What is added to a scenario.
#[derive(Debug, clap::Args)]
pub struct Switches {
    /// Add hum
    #[arg(long, value_name = "KIND")]
    mains: Option<Hum>,
    /// Add a heart
    #[arg(long)]
    ecg: bool,
    /// Add needle strokes
    #[arg(long)]
    pistoning: bool,
    /// Add electrode pops and steps
    #[arg(long)]
    pops: bool,
    /// Add guarding efforts
    #[arg(long)]
    efforts: bool,
    /// Let the noise floor jump
    #[arg(long)]
    floor_steps: bool,
    /// Let the noise floor swing
    #[arg(long)]
    floor_wander: bool,
    /// Make the converter too small
    #[arg(long)]
    clipping: bool,
    /// Add knocks on all channels
    #[arg(long)]
    knocks: bool,
}

/// What kind of hum.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Hum {
    /// Within half a hertz of 50 Hz
    #[value(name = "50")]
    Fifty,
    /// Within half a hertz of 60 Hz
    #[value(name = "60")]
    Sixty,
    /// Either, its frequency and loudness drifting
    Drift,
}

impl Switches {
    /// Adds what is switched on.
    pub fn add_to(&self, recipe: &mut Recipe) {
        match self.mains {
            Some(Hum::Fifty) => Contaminant::Mains50.add_to(recipe),
            Some(Hum::Sixty) => Contaminant::Mains60.add_to(recipe),
            Some(Hum::Drift) => Contaminant::MainsDrift.add_to(recipe),
            None => {}
        }
        for (on, contaminant) in [
            (self.ecg, Contaminant::Ecg),
            (self.pistoning, Contaminant::Pistoning),
            (self.pops, Contaminant::Pops),
            (self.efforts, Contaminant::Efforts),
            (self.floor_steps, Contaminant::FloorSteps),
            (self.floor_wander, Contaminant::FloorWander),
            (self.clipping, Contaminant::Clipping),
            (self.knocks, Contaminant::Knocks),
        ] {
            if on {
                contaminant.add_to(recipe);
            }
        }
    }
}
