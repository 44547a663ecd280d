//! Recipes by name: what a detector is tried on. Numbers that stay the same through a recording
//! are drawn by its seed.

use super::recipe::{
    Background, Clipping, Ecg, Efforts, Error, Family, FloorSteps, FloorWander, Knocks, Mains, Needles,
    Pistoning, Pops, Recipe, Twitches,
};
use super::streams::{Component, Stream};

/// A recipe with a name.
pub struct Scenario {
    /// What it is called.
    pub name: &'static str,
    /// What it shows.
    pub shows: &'static str,
    change: fn(&mut Recipe),
}

/// Ending of a scenario's name that takes all twitches out of it.
const WITHOUT_TWITCHES: &str = "-only";
/// Twitches a minute where nothing else is said.
const PER_MIN: f64 = 30.0;
/// SNR of twitches beside contaminants, dB.
const CLEAR_DB: [f64; 2] = [8.0, 20.0];

/// All scenarios. Any name with `-only` after it is the same without twitches.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "quiet-20db", shows: "twitches of 20 dB in quiet", change: |r| snr(r, 20.0) },
    Scenario { name: "quiet-10db", shows: "twitches of 10 dB in quiet", change: |r| snr(r, 10.0) },
    Scenario { name: "quiet-6db", shows: "twitches of 6 dB in quiet", change: |r| snr(r, 6.0) },
    Scenario { name: "quiet-3db", shows: "twitches of 3 dB in quiet", change: |r| snr(r, 3.0) },
    Scenario { name: "quiet-0db", shows: "twitches of 0 dB in quiet", change: |r| snr(r, 0.0) },
    Scenario {
        name: "clear",
        shows: "twitches of 12-20 dB in quiet",
        change: |r| r.twitches.snr_db = [12.0, 20.0],
    },
    Scenario {
        name: "ecg",
        shows: "a heart, R 5-20 times the noise",
        change: |r| Contaminant::Ecg.add_to(r),
    },
    Scenario {
        name: "mains-50",
        shows: "hum near 50 Hz, 3-15 times the noise",
        change: |r| Contaminant::Mains50.add_to(r),
    },
    Scenario {
        name: "mains-60",
        shows: "hum near 60 Hz, 3-15 times the noise",
        change: |r| Contaminant::Mains60.add_to(r),
    },
    Scenario {
        name: "mains-drift",
        shows: "hum whose frequency and loudness drift",
        change: |r| Contaminant::MainsDrift.add_to(r),
    },
    Scenario {
        name: "pistoning",
        shows: "needle strokes, 0.5-3 Hz, 50 times the noise",
        change: |r| Contaminant::Pistoning.add_to(r),
    },
    Scenario { name: "pops", shows: "electrode pops and steps", change: |r| Contaminant::Pops.add_to(r) },
    Scenario { name: "efforts", shows: "guarding of 0.4-3 s", change: |r| Contaminant::Efforts.add_to(r) },
    Scenario {
        name: "floor-steps",
        shows: "a noise floor that jumps threefold",
        change: |r| Contaminant::FloorSteps.add_to(r),
    },
    Scenario {
        name: "floor-wander",
        shows: "a noise floor that swings threefold",
        change: |r| Contaminant::FloorWander.add_to(r),
    },
    Scenario {
        name: "clipping",
        shows: "a converter too small",
        change: |r| Contaminant::Clipping.add_to(r),
    },
    Scenario {
        name: "four-channels",
        shows: "four channels with knocks on all of them",
        change: |r| {
            r.channels = 4;
            Contaminant::Knocks.add_to(r);
        },
    },
    Scenario { name: "fast", shows: "80 twitches a minute in quiet", change: |r| r.twitches.per_min = 80.0 },
    Scenario { name: "session", shows: "everything at once, four insertions", change: session },
    Scenario { name: "rate-250", shows: "250 samples a second", change: |r| r.rate_hz = 250.0 },
    Scenario { name: "rate-500", shows: "500 samples a second", change: |r| r.rate_hz = 500.0 },
    Scenario { name: "rate-10k", shows: "10 000 samples a second", change: |r| r.rate_hz = 10_000.0 },
    Scenario { name: "rate-44k1", shows: "44 100 samples a second", change: |r| r.rate_hz = 44_100.0 },
    Scenario { name: "rest-quiet", shows: "nothing at all", change: |r| r.twitches.per_min = 0.0 },
    Scenario {
        name: "rest-dirty",
        shows: "everything but twitches",
        change: |r| {
            session(r);
            r.twitches.per_min = 0.0;
        },
    },
];

/// The recipe of a scenario for a seed: two minutes of one channel at 2 kHz, unless its name says
/// something else.
///
/// # Errors
/// [`Error::UnknownScenario`], with the names that there are.
pub fn scenario(name: &str, seed: u64) -> Result<Recipe, Error> {
    let base = name.strip_suffix(WITHOUT_TWITCHES);
    let found = SCENARIOS.iter().find(|s| s.name == base.unwrap_or(name));
    let Some(found) = found else {
        let known = SCENARIOS.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
        let known = format!("{known}, and each with “{WITHOUT_TWITCHES}” after it for no twitches");
        return Err(Error::UnknownScenario { name: name.to_owned(), known });
    };
    let mut recipe = quiet(seed);
    (found.change)(&mut recipe);
    if base.is_some() {
        recipe.twitches.per_min = 0.0;
    }
    Ok(recipe)
}

/// Twitches of 8-20 dB in quiet, one needle in from 10 s on.
pub(super) fn quiet(seed: u64) -> Recipe {
    Recipe {
        seed,
        rate_hz: 2000.0,
        channels: 1,
        duration_s: 120.0,
        needles: Needles { count: 1, rest_s: 10.0 },
        twitches: Twitches {
            per_min: PER_MIN,
            rate_decay_s: None,
            snr_db: CLEAR_DB,
            duration_ms: [20.0, 150.0],
            gap_ms: 200.0,
            family: Family::Mixed,
            fading_db: 0.0,
            spread: 0.6,
        },
        background: Background { noise_uv: 5.0, tonic_share: 0.5, steps: None, wander: None },
        mains: None,
        ecg: None,
        pistoning: None,
        pops: None,
        efforts: None,
        knocks: None,
        clipping: None,
    }
}

fn snr(recipe: &mut Recipe, db: f64) {
    recipe.twitches.snr_db = [db, db];
}

/// Everything at once, as rare as in a session: a clinician waits for twitches, not for pops.
fn session(recipe: &mut Recipe) {
    recipe.duration_s = 240.0;
    recipe.needles.count = 4;
    recipe.channels = 4;
    recipe.twitches.fading_db = 2.0;
    recipe.twitches.rate_decay_s = Some(90.0);
    let mains = if recipe.seed.is_multiple_of(2) { Contaminant::Mains50 } else { Contaminant::Mains60 };
    for contaminant in [
        mains,
        Contaminant::Ecg,
        Contaminant::Pistoning,
        Contaminant::Pops,
        Contaminant::Efforts,
        Contaminant::FloorSteps,
        Contaminant::Clipping,
        Contaminant::Knocks,
    ] {
        contaminant.add_to(recipe);
    }
    recipe.pops.iter_mut().for_each(|p| p.per_min = 4.0);
    recipe.efforts.iter_mut().for_each(|e| e.per_min = 4.0);
    recipe.knocks.iter_mut().for_each(|k| k.per_min = 3.0);
    if let Some(clipping) = &mut recipe.clipping {
        // Above strokes on hum on a lasting step: 50 + 15 √2 × 2 + 60 times the noise.
        clipping.full_scale = 160.0;
        clipping.surges_per_min = 1.0;
    }
}

/// A contaminant that can be added to any recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contaminant {
    /// Hum within half a hertz of 50 Hz.
    Mains50,
    /// Hum within half a hertz of 60 Hz.
    Mains60,
    /// Hum of either kind, drifting.
    MainsDrift,
    /// A heart.
    Ecg,
    /// Needle strokes.
    Pistoning,
    /// Electrode pops.
    Pops,
    /// Guarding.
    Efforts,
    /// A floor that jumps.
    FloorSteps,
    /// A floor that swings.
    FloorWander,
    /// A converter too small.
    Clipping,
    /// Knocks on all channels.
    Knocks,
}

impl Contaminant {
    /// Adds it to a recipe, with what stays the same through a recording drawn by the seed.
    pub fn add_to(self, recipe: &mut Recipe) {
        let mut draw = Stream::new(recipe.seed, Component::Scenario, self as u64);
        match self {
            Self::Mains50 => recipe.mains = Some(mains(50.0, &mut draw)),
            Self::Mains60 => recipe.mains = Some(mains(60.0, &mut draw)),
            Self::MainsDrift => {
                let nominal = if draw.chance(0.5) { 50.0 } else { 60.0 };
                let steady = mains(nominal, &mut draw);
                recipe.mains = Some(Mains { drift_hz: 0.3, drift_share: 0.4, ..steady });
            }
            Self::Ecg => {
                recipe.ecg = Some(Ecg {
                    times_noise: draw.within([5.0, 20.0]),
                    bpm: draw.within([60.0, 100.0]),
                    jitter: draw.within([0.01, 0.05]),
                });
            }
            Self::Pistoning => {
                recipe.pistoning =
                    Some(Pistoning { hz: [0.5, 3.0], times_noise: 50.0, edge_ms: [4.0, 12.0] });
            }
            Self::Pops => {
                recipe.pops =
                    Some(Pops { per_min: 10.0, times_noise: [8.0, 60.0], rise_ms: [0.5, 10.0], spikes: 0.3 });
            }
            Self::Efforts => {
                recipe.efforts = Some(Efforts {
                    per_min: 8.0,
                    duration_s: [0.4, 3.0],
                    snr_db: CLEAR_DB,
                    rise_ms: [5.0, 300.0],
                    away_s: 0.3,
                });
            }
            Self::FloorSteps => {
                recipe.background.steps = Some(FloorSteps { factor: 3.0, hold_s: [5.0, 20.0] });
            }
            Self::FloorWander => {
                recipe.background.wander =
                    Some(FloorWander { factor: 3.0, period_s: draw.within([15.0, 60.0]) });
            }
            Self::Clipping => {
                recipe.clipping =
                    Some(Clipping { full_scale: draw.within([15.0, 25.0]), surges_per_min: 4.0 });
            }
            Self::Knocks => recipe.knocks = Some(Knocks { per_min: 8.0, times_noise: [15.0, 60.0] }),
        }
    }
}

/// Hum with the harmonics of rectifiers: odd ones above all.
fn mains(nominal_hz: f64, draw: &mut Stream) -> Mains {
    let hz = nominal_hz + draw.within([-0.5, 0.5]);
    let times_noise = draw.log_within([3.0, 15.0]);
    let shares = [0.05, 0.3, 0.03, 0.2, 0.02, 0.1, 0.0, 0.05];
    let harmonics = shares.iter().map(|share| share * draw.within([0.3, 1.5])).collect();
    Mains { hz, times_noise, harmonics, drift_hz: 0.02, drift_share: 0.05 }
}
