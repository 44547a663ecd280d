//! What a simulated recording is made of: plain data, checked before anything is rendered.
//!
//! Ranges are `[low, high]`, drawn anew for each event. Amplitudes "times the noise" are in units
//! of [`Background::noise_uv`].

use serde::{Deserialize, Serialize};

/// Everything about one simulated recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The same recipe with the same seed gives the same samples.
    pub seed: u64,
    /// Frames a second.
    pub rate_hz: f64,
    /// How many channels.
    pub channels: usize,
    /// How long, s.
    pub duration_s: f64,
    /// When needles are in.
    pub needles: Needles,
    /// What is looked for.
    pub twitches: Twitches,
    /// What is always there.
    pub background: Background,
    /// Hum.
    pub mains: Option<Mains>,
    /// The heart.
    pub ecg: Option<Ecg>,
    /// The needle moved up and down.
    pub pistoning: Option<Pistoning>,
    /// Electrode pops: steps and spikes.
    pub pops: Option<Pops>,
    /// Guarding contractions.
    pub efforts: Option<Efforts>,
    /// Knocks on the cable, on all channels at once.
    pub knocks: Option<Knocks>,
    /// A converter that is too small.
    pub clipping: Option<Clipping>,
}

/// Needles in, one after another, with rest before, between and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needles {
    /// How many; without any, twitches come in the whole recording after the first rest.
    pub count: usize,
    /// Rest before, between and after them, s; shortened where the recording is short.
    pub rest_s: f64,
}

/// Local twitch responses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twitches {
    /// Twitches a minute of dwell, at needle in.
    pub per_min: f64,
    /// The rate falls to 1/e after this dwell, s; `None`: it stays.
    pub rate_decay_s: Option<f64>,
    /// In-band SNR on the channel where it is strongest, dB, evenly distributed.
    pub snr_db: [f64; 2],
    /// Onset to offset, ms, evenly distributed in the logarithm.
    pub duration_ms: [f64; 2],
    /// Least quiet between two twitches, ms.
    pub gap_ms: f64,
    /// How they are made.
    pub family: Family,
    /// The strong end of the SNR falls by this with each of the first three twitches of an
    /// insertion, dB (Baraja-Vegas 2020: peak RMS falls over the first three, then stays).
    pub fading_db: f64,
    /// Gain on the next channel, on the one after it this squared, and so on.
    pub spread: f64,
}

/// How a twitch is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Trains of motor-unit action potentials.
    Muap,
    /// Gaussian noise with the spectrum of EMG under a smooth window.
    Gaussian,
    /// Either, with even odds.
    Mixed,
}

/// Tonic EMG and the noise of electrode and amplifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// RMS in the band 20-450 Hz, µV.
    pub noise_uv: f64,
    /// The share of that power which is tonic EMG; the rest is white.
    pub tonic_share: f64,
    /// The floor jumps.
    pub steps: Option<FloorSteps>,
    /// The floor drifts.
    pub wander: Option<FloorWander>,
}

/// A floor that jumps between 1 and `factor` times its level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorSteps {
    /// Times the noise when it is up.
    pub factor: f64,
    /// How long it stays up or down, s.
    pub hold_s: [f64; 2],
}

/// A floor that swings between 1 and `factor` times its level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorWander {
    /// Times the noise at the crest.
    pub factor: f64,
    /// Crest to crest, s.
    pub period_s: f64,
}

/// Hum with harmonics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mains {
    /// The fundamental at the start, Hz.
    pub hz: f64,
    /// RMS of the fundamental, times the noise.
    pub times_noise: f64,
    /// Amplitudes of the 2nd, 3rd, … harmonic relative to the fundamental.
    pub harmonics: Vec<f64>,
    /// How far the frequency swings either way, Hz.
    pub drift_hz: f64,
    /// How far the amplitude swings either way, as a share.
    pub drift_share: f64,
}

/// A heart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ecg {
    /// Peak of the R wave, times the noise.
    pub times_noise: f64,
    /// Beats a minute.
    pub bpm: f64,
    /// Standard deviation of the beat interval, as a share; half of it swings with the breath.
    pub jitter: f64,
}

/// Strokes of the needle while it is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pistoning {
    /// Strokes a second; drawn for each insertion.
    pub hz: [f64; 2],
    /// Peak, times the noise.
    pub times_noise: f64,
    /// Rise of the sharp edge, ms.
    pub edge_ms: [f64; 2],
}

/// Electrode pops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pops {
    /// How many a minute and channel.
    pub per_min: f64,
    /// Height, times the noise.
    pub times_noise: [f64; 2],
    /// Rise of a step, ms.
    pub rise_ms: [f64; 2],
    /// Share of spikes; the rest are steps.
    pub spikes: f64,
}

/// Guarding or voluntary contractions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Efforts {
    /// How many a minute.
    pub per_min: f64,
    /// How long, s.
    pub duration_s: [f64; 2],
    /// In-band SNR, dB.
    pub snr_db: [f64; 2],
    /// Rise, ms: some start as sharply as a twitch.
    pub rise_ms: [f64; 2],
    /// Least quiet between an effort and a twitch, s.
    pub away_s: f64,
}

/// Knocks on cable or table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knocks {
    /// How many a minute.
    pub per_min: f64,
    /// Height, times the noise; alike on all channels.
    pub times_noise: [f64; 2],
}

/// A converter that is too small, and slow surges that reach its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clipping {
    /// Full scale, times the noise.
    pub full_scale: f64,
    /// Surges a minute, two to three times the full scale.
    pub surges_per_min: f64,
}

/// What cannot be simulated, or is not known.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside of what can be simulated.
    #[error("{name} = {value} cannot be simulated: it must lie between {low} and {high}")]
    OutOfRange {
        /// What was given.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The least that works.
        low: f64,
        /// The most that works.
        high: f64,
    },
    /// A range whose low end is above its high end.
    #[error("{name} from {low} to {high} is no range: give the lower end first")]
    Reversed {
        /// What was given.
        name: &'static str,
        /// Its first end.
        low: f64,
        /// Its second end.
        high: f64,
    },
    /// More samples than are held in memory.
    #[error(
        "{samples} samples are more than the {most} that are simulated in one go: choose a shorter duration, fewer channels or a lower rate"
    )]
    TooLarge {
        /// Frames times channels, at the rate at which they are made.
        samples: f64,
        /// The most that works.
        most: f64,
    },
    /// No scenario of that name.
    #[error("there is no scenario “{name}”; there are: {known}")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// Samples in memory (frames × channels): 1 GiB of `f32`; an hour of 8 channels at 2 kHz is a
/// fifth of it.
const MOST_SAMPLES: f64 = 268_435_456.0;

impl Recipe {
    /// Checks every number.
    ///
    /// # Errors
    /// The first number that cannot be simulated, by its name.
    pub fn check(&self) -> Result<(), Error> {
        let (t, b) = (&self.twitches, &self.background);
        number("rate_hz", self.rate_hz, 100.0, 192_000.0)?;
        number("channels", self.channels as f64, 1.0, 64.0)?;
        number("duration_s", self.duration_s, 1.0, 86_400.0)?;
        number("needles.count", self.needles.count as f64, 0.0, 1000.0)?;
        number("needles.rest_s", self.needles.rest_s, 0.0, 3600.0)?;
        number("twitches.per_min", t.per_min, 0.0, 300.0)?;
        number("twitches.rate_decay_s", t.rate_decay_s.unwrap_or(1.0), 0.1, 1e6)?;
        range("twitches.snr_db", t.snr_db, -20.0, 60.0)?;
        range("twitches.duration_ms", t.duration_ms, 5.0, 1000.0)?;
        number("twitches.gap_ms", t.gap_ms, 0.0, 60_000.0)?;
        number("twitches.fading_db", t.fading_db, 0.0, 40.0)?;
        number("twitches.spread", t.spread, 0.0, 1.0)?;
        number("background.noise_uv", b.noise_uv, 1e-3, 1e5)?;
        number("background.tonic_share", b.tonic_share, 0.0, 1.0)?;
        self.check_contaminants()?;
        let samples = self.duration_s * self.rate_hz.max(super::decimate::LEAST_HZ) * self.channels as f64;
        if samples > MOST_SAMPLES {
            return Err(Error::TooLarge { samples, most: MOST_SAMPLES });
        }
        Ok(())
    }

    fn check_contaminants(&self) -> Result<(), Error> {
        if let Some(c) = &self.background.steps {
            number("steps.factor", c.factor, 1.0, 100.0)?;
            range("steps.hold_s", c.hold_s, 0.1, 3600.0)?;
        }
        if let Some(c) = &self.background.wander {
            number("wander.factor", c.factor, 1.0, 100.0)?;
            number("wander.period_s", c.period_s, 1.0, 3600.0)?;
        }
        if let Some(c) = &self.mains {
            number("mains.hz", c.hz, 10.0, 100.0)?;
            number("mains.times_noise", c.times_noise, 0.0, 1e4)?;
            number("mains.drift_hz", c.drift_hz, 0.0, 5.0)?;
            number("mains.drift_share", c.drift_share, 0.0, 1.0)?;
            for share in &c.harmonics {
                number("mains.harmonics", *share, 0.0, 10.0)?;
            }
        }
        if let Some(c) = &self.ecg {
            number("ecg.times_noise", c.times_noise, 0.0, 1e4)?;
            number("ecg.bpm", c.bpm, 20.0, 250.0)?;
            number("ecg.jitter", c.jitter, 0.0, 0.2)?;
        }
        if let Some(c) = &self.pistoning {
            range("pistoning.hz", c.hz, 0.05, 10.0)?;
            number("pistoning.times_noise", c.times_noise, 0.0, 1e4)?;
            range("pistoning.edge_ms", c.edge_ms, 0.5, 100.0)?;
        }
        if let Some(c) = &self.pops {
            number("pops.per_min", c.per_min, 0.0, 600.0)?;
            range("pops.times_noise", c.times_noise, 1e-3, 1e4)?;
            range("pops.rise_ms", c.rise_ms, 0.1, 100.0)?;
            number("pops.spikes", c.spikes, 0.0, 1.0)?;
        }
        if let Some(c) = &self.efforts {
            number("efforts.per_min", c.per_min, 0.0, 60.0)?;
            range("efforts.duration_s", c.duration_s, 0.1, 60.0)?;
            range("efforts.snr_db", c.snr_db, -20.0, 60.0)?;
            range("efforts.rise_ms", c.rise_ms, 1.0, 5000.0)?;
            number("efforts.away_s", c.away_s, 0.0, 60.0)?;
        }
        if let Some(c) = &self.knocks {
            number("knocks.per_min", c.per_min, 0.0, 600.0)?;
            range("knocks.times_noise", c.times_noise, 1e-3, 1e4)?;
        }
        if let Some(c) = &self.clipping {
            number("clipping.full_scale", c.full_scale, 0.1, 1e6)?;
            number("clipping.surges_per_min", c.surges_per_min, 0.0, 600.0)?;
        }
        Ok(())
    }
}

fn number(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), Error> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(Error::OutOfRange { name, value, low, high }) }
}

fn range(name: &'static str, range: [f64; 2], low: f64, high: f64) -> Result<(), Error> {
    number(name, range[0], low, high)?;
    number(name, range[1], low, high)?;
    if range[0] > range[1] {
        return Err(Error::Reversed { name, low: range[0], high: range[1] });
    }
    Ok(())
}
