//! What happened in one recording: the exchange form between the pipeline and every view.
//!
//! A session is made once, by `analysis`, saved as JSON (`"schema": 1`) and read back by
//! `plot` and by sets of recordings. Views read sessions, never recordings. This room knows
//! settings and what detection takes things for; it must never know sources or plots.

mod review;

use serde::{Deserialize, Serialize};

use crate::detect::Class;
use crate::settings::Settings;

pub use review::{Origin, Review, ReviewedInsertion, ReviewedTwitch, Verdict};

/// The version of the JSON form.
pub const SCHEMA: u32 = 1;

/// One analysed recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of twitchscope that made it.
    pub version: String,
    /// What was analysed.
    pub source: SourceInfo,
    /// With which choices.
    pub settings: Settings,
    /// What could be seen, a channel.
    pub channels: Vec<ChannelQuality>,
    /// Whether the recording came with marks; without, the whole recording is one dwell.
    pub marked: bool,
    /// The dwells, in order of needle in.
    pub insertions: Vec<InsertionRecord>,
    /// The twitches, merged over channels, in order of onset.
    pub twitches: Vec<TwitchRecord>,
    /// Everything that crossed the threshold, accepted or not, in order of onset.
    pub candidates: Vec<CandidateRecord>,
    /// Spans without a valid signal, in order.
    pub masked: Vec<MaskedSpan>,
    /// What was found while no needle was in.
    pub control: Control,
    /// How many twitches there would be at other thresholds; `None` in sessions of version 0.1.
    #[serde(default)]
    pub sensitivity: Option<Sensitivity<Counts>>,
    /// What was found of bursts that were added to the recording; `None` unless that was asked for.
    #[serde(default)]
    pub self_test: Option<SelfTest>,
    /// What a person noted during the recording, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What a person said of the twitches; `None` without a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// What the reader should know, in plain words.
    pub warnings: Vec<String>,
    /// The outline of the recording, for the trace figure.
    pub overview: Overview,
    /// The waveforms of some of the twitches; `None` in sessions of version 0.1.
    #[serde(default)]
    pub waveforms: Option<Waveforms>,
}

impl Session {
    /// The channel on which the smallest burst of 50 ms can be found; `None` without channels.
    pub fn best_channel(&self) -> Option<&ChannelQuality> {
        let least = |c: &ChannelQuality| c.smallest_rms.map_or(f64::INFINITY, |[_, of_50_ms, _]| of_50_ms);
        self.channels.iter().min_by(|a, b| least(a).total_cmp(&least(b)))
    }
}

/// What a person noted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When, s.
    pub onset: f64,
    /// What.
    pub text: String,
}

/// The recording and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// The file's name, without its folder.
    pub name: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// What kind of file it is, for people (`WAV, 16 bit`).
    pub format: String,
    /// Frames a second.
    pub sampling_frequency_hz: f64,
    /// Frames.
    pub frames: u64,
    /// Seconds.
    pub duration_s: f64,
    /// Whether amplitudes are in microvolts; else they are in counts and tables say `n/a`.
    pub calibrated: bool,
}

/// What one channel was like and what could have been seen in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelQuality {
    /// Its name.
    pub name: String,
    /// Median noise floor in the detection band, RMS, µV or counts (see `calibrated`).
    pub noise_rms: Option<f64>,
    /// The threshold over the noise floor, both energies of 64 ms, dB.
    pub threshold_db: Option<f64>,
    /// The smallest burst of 20, 50 and 100 ms that would have been found with 90 %, RMS, µV or
    /// counts.
    pub smallest_rms: Option<[f64; 3]>,
    /// Mains lines that were found and removed, Hz.
    pub mains_hz: Vec<f64>,
    /// Heart beats that were recognised.
    pub heart_beats: u64,
    /// Beats a minute, by the intervals between them: the heart may be followed for a part of the time only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heart_per_min: Option<f64>,
    /// Seconds that this channel had no valid signal.
    pub masked_s: f64,
}

/// One row of `X_insertions.tsv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InsertionRecord {
    /// Needle in, s.
    pub onset: f64,
    /// Needle in to needle out, s.
    pub dwell: f64,
    /// Needle or site, where it was named.
    pub label: Option<String>,
    /// The needle was still in at the end of the recording.
    pub still_in: bool,
    /// Dwell less masked time, s.
    pub observed: f64,
    /// Times of its twitches since needle in, s, in order.
    pub twitches: Vec<f64>,
    /// Masked spans within, since needle in, s.
    pub masked: Vec<[f64; 2]>,
    /// What it would hold at other thresholds; `None` in sessions of version 0.1.
    #[serde(default)]
    pub sensitivity: Option<Sensitivity<Vec<f64>>>,
}

/// The same at 80 % and at 120 % of the threshold, in energy (1.0 dB below and 0.8 dB above it).
/// Nothing of it is counted as a twitch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity<T> {
    /// At 80 %. For an insertion: times of twitches since needle in, s, in order.
    pub at_80: T,
    /// At 120 %.
    pub at_120: T,
}

/// Twitches of a whole recording at another threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Within insertions.
    pub twitches: u64,
    /// Outside of them.
    pub control: u64,
}

/// One row of `X_twitches.tsv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwitchRecord {
    /// s.
    pub onset: f64,
    /// s.
    pub duration: f64,
    /// The name of the channel where it is strongest.
    pub channel: String,
    /// The place in [`Session::insertions`], from 0.
    pub insertion: Option<usize>,
    /// Seconds since that needle went in.
    pub dwell: Option<f64>,
    /// Its number within the insertion, from 1.
    pub order: Option<u32>,
    /// Largest absolute value in the amplitude band, µV.
    pub peak_uv: Option<f64>,
    /// RMS from onset to offset in the amplitude band, µV.
    pub rms_uv: Option<f64>,
    /// In-band power of the burst alone over that of the noise floor, dB.
    pub snr_db: f64,
    /// Motor-unit discharges that can be told apart.
    pub discharges: u32,
    /// Discharges a second of its duration (discharge density: Simons & Dexter 1995).
    #[serde(default)]
    pub discharge_density: Option<f64>,
    /// Seconds from the onset of the twitch before in the same insertion; `None` for the first and
    /// outside insertions.
    #[serde(default)]
    pub interval: Option<f64>,
}

/// One row of `X_candidates.tsv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateRecord {
    /// s.
    pub onset: f64,
    /// s.
    pub duration: f64,
    /// The verdict.
    pub class: Class,
    /// The channel's name.
    pub channel: String,
    /// Why, in plain words with the numbers.
    pub reason: String,
    /// In-band power of the burst alone over that of the noise floor, dB.
    pub snr_db: f64,
}

/// A stretch without a valid signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaskedSpan {
    /// s.
    pub onset: f64,
    /// s.
    pub duration: f64,
    /// The channel's name; `None` for all of them.
    pub channel: Option<String>,
    /// `gap`, `clipped`, `flat`, `not finite`, `marked`, `settling`.
    pub reason: String,
}

/// What was found while no needle was in: the detector's false alarms, as far as the recording
/// can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// Observed seconds outside insertions.
    pub observed_s: f64,
    /// Twitches found there.
    pub twitches: u64,
    /// Those a minute, with their exact 95 % Poisson interval; `None` where nothing was observed,
    /// and in sessions of version 0.1.
    #[serde(default)]
    pub per_min: Option<f64>,
    /// The interval's lower end.
    #[serde(default)]
    pub low_per_min: Option<f64>,
    /// The interval's upper end.
    #[serde(default)]
    pub high_per_min: Option<f64>,
}

/// What came of adding bursts of known size at quiet places and looking for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// The seed of the bursts and their places.
    pub seed: u64,
    /// One for each channel and duration.
    pub rows: Vec<SelfTestRow>,
}

/// One duration on one channel. Sizes are RMS from onset to offset, 20-450 Hz, µV or counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfTestRow {
    /// The channel's name.
    pub channel: String,
    /// How long the bursts were.
    pub ms: f64,
    /// How many were added.
    pub added: u64,
    /// How many of them were found.
    pub found: u64,
    /// The size that is found 1 time in 2; `None` where too little was added or the size lies
    /// outside of what was tried (10 dB either side of the computed one).
    pub found_half_rms: Option<Estimate>,
    /// The size that is found 9 times in 10; `None` as above.
    pub found_90_rms: Option<Estimate>,
    /// What [`ChannelQuality::smallest_rms`] says, which rests on the noise floor alone.
    pub computed_90_rms: Option<f64>,
}

/// A number with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// Least and largest value of each channel in equal stretches of time, amplitude band, mains
/// removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// How long one stretch lasts, s.
    pub bin_s: f64,
    /// Channels × stretches, the least value, µV or counts.
    pub low: Vec<Vec<f32>>,
    /// Channels × stretches, the largest value, µV or counts.
    pub high: Vec<Vec<f32>>,
}

/// Waveforms of twitches, evenly spread over all of them, amplitude band, mains removed: at most
/// 24, so that a session stays small and figures never need the recording.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waveforms {
    /// Samples a second, after thinning.
    pub sampling_frequency_hz: f64,
    /// How many samples lie before the onset.
    pub before: usize,
    /// In order of onset.
    pub rows: Vec<Waveform>,
}

/// The waveform of one twitch on the channel where it is strongest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waveform {
    /// The onset of the twitch, s, as in [`TwitchRecord::onset`].
    pub onset: f64,
    /// µV or counts, to three digits of the largest.
    pub samples: Vec<f32>,
}
