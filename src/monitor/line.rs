//! What is told while a board is read: one value a happening, which is one JSON line.
//! `docs/monitor.md` has the schema.

use serde::Serialize;

use super::Feed;
use super::latency::Latency;
use crate::analysis::micro;
use crate::block::{Format, Scale};
use crate::detect::Class;
use crate::pipeline::Found;
use crate::source::Link;
use crate::units::SampleIndex;

/// The version of the lines.
pub const SCHEMA: u32 = 1;

/// Something that happened. Samples are counted on the board's clock from 0, lost ones too;
/// seconds are samples by [`Line::Format`]'s rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// The first line: who speaks.
    Hello {
        /// [`SCHEMA`].
        schema: u32,
        /// The version of twitchscope.
        version: &'static str,
        /// The port.
        port: String,
        /// The board's name on the command line.
        board: &'static str,
        /// What the board calls itself.
        description: String,
    },
    /// What the samples are.
    Format {
        /// Samples a second, by which seconds are counted.
        rate_hz: f64,
        /// Who says so: `nominal`, `board`, `stamps`, `person` or `arrival`.
        rate_from: &'static str,
        /// The channels that are read.
        channels: Vec<String>,
        /// `uV`, or `counts` where the scale is unknown.
        unit: &'static str,
        /// What one count of the converter is, µV.
        uv_per_count: Option<f64>,
        /// Where the converter clips, in the unit.
        full_scale: Option<f32>,
    },
    /// What comes is recorded.
    Recording {
        /// The WAV.
        path: String,
    },
    /// Something is wrong with the recording, or right again.
    RecordingTrouble {
        /// In plain words: what is lost, and what to do.
        text: String,
    },
    /// A twitch, on whichever channels, told once.
    Twitch(Twitch),
    /// Something crossed the threshold on a channel, accepted or not.
    Candidate(Candidate),
    /// A needle went in.
    InsertionOpened {
        /// Its number, from 1.
        number: usize,
        /// Needle or site.
        label: Option<String>,
        /// When.
        sample: u64,
        /// When, s.
        onset: f64,
    },
    /// A needle came out. Its twitches may still be on their way: the totals count them.
    InsertionClosed {
        /// Its number, from 1.
        number: usize,
        /// Needle or site.
        label: Option<String>,
        /// When it came out.
        sample: u64,
        /// When it came out, s.
        onset: f64,
        /// How long it was in, s.
        dwell: f64,
    },
    /// Somebody noted something.
    Note {
        /// What.
        text: String,
        /// When.
        sample: u64,
        /// When, s.
        onset: f64,
    },
    /// A mark was taken back: twitches told before may belong elsewhere now, and the totals count
    /// them.
    Undone {
        /// `needle_in`, `needle_out` or `note`.
        mark: &'static str,
        /// Needle or site, or the note.
        label: Option<String>,
        /// The moment that was marked.
        sample: u64,
        /// The same, s.
        onset: f64,
    },
    /// Samples were lost.
    Gap(Gap),
    /// The board was unplugged or switched off; all that was seen is kept, and it is waited for.
    BoardGone {
        /// After its last sample.
        sample: u64,
        /// The same, s.
        onset: f64,
        /// In plain words, with what to do.
        text: String,
    },
    /// The board is back, and its samples come again. The line before has the gap.
    BoardBack {
        /// Its first sample.
        sample: u64,
        /// The same, s.
        onset: f64,
        /// How long it was away, s.
        away: f64,
        /// Where it is now: a USB board may have another port.
        port: String,
        /// In plain words.
        text: String,
    },
    /// A stretch was no signal for another reason.
    Masked(Masked),
    /// Something a person should know.
    Warning {
        /// In plain words, with what to do.
        text: String,
    },
    /// Each second of samples.
    Status(Status),
    /// The last line.
    Totals(Totals),
}

/// A twitch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Twitch {
    /// Onset.
    pub sample: u64,
    /// Onset, s.
    pub onset: f64,
    /// Onset to offset, s.
    pub duration: f64,
    /// Where it is strongest.
    pub channel: String,
    /// The number of the insertion, from 1; `None` where no needle was in.
    pub insertion: Option<usize>,
    /// Seconds since that needle went in.
    pub dwell: Option<f64>,
    /// Its number in the insertion, from 1.
    pub order: Option<u64>,
    /// Largest absolute value, µV.
    pub peak_uv: Option<f32>,
    /// RMS from onset to offset, µV.
    pub rms_uv: Option<f32>,
    /// In-band power over that of the noise floor, dB.
    pub snr_db: f32,
    /// Discharges that can be told apart.
    pub discharges: u32,
}

impl Twitch {
    /// `owner`: insertion, order in it, dwell in s.
    pub(super) fn new(
        found: &Found,
        format: &Format,
        onset: f64,
        duration: f64,
        owner: Option<(usize, u64, f64)>,
    ) -> Self {
        let calibrated = format.scale == Scale::Microvolts;
        Self {
            sample: found.span.start.get(),
            onset,
            duration,
            channel: format.channels[found.channel].clone(),
            insertion: owner.map(|o| o.0),
            order: owner.map(|o| o.1),
            dwell: owner.map(|o| o.2),
            peak_uv: calibrated.then_some(found.candidate.peak),
            rms_uv: calibrated.then_some(found.candidate.rms),
            snr_db: found.candidate.snr_db,
            discharges: found.candidate.discharges,
        }
    }
}

/// Something that crossed the threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Onset.
    pub sample: u64,
    /// Onset, s.
    pub onset: f64,
    /// Onset to offset, s.
    pub duration: f64,
    /// The verdict.
    pub class: Class,
    /// Where.
    pub channel: String,
    /// Why, in plain words.
    pub reason: String,
    /// In-band power over that of the noise floor, dB.
    pub snr_db: f32,
}

impl Candidate {
    pub(super) fn new(found: &Found, format: &Format, onset: f64, duration: f64) -> Self {
        Self {
            sample: found.span.start.get(),
            onset,
            duration,
            class: found.candidate.class,
            channel: format.channels[found.channel].clone(),
            reason: found.candidate.reason.to_string(),
            snr_db: found.candidate.snr_db,
        }
    }
}

/// Samples that were lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The first that is missing.
    pub sample: u64,
    /// The same, s.
    pub onset: f64,
    /// How long, s.
    pub duration: f64,
    /// How many samples of each channel.
    pub frames: u64,
    /// Whether the board's counter says so; else at least so many.
    pub counted: bool,
}

/// A stretch that is no signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Masked {
    /// Its first sample.
    pub sample: u64,
    /// The same, s.
    pub onset: f64,
    /// How long, s.
    pub duration: f64,
    /// Which channel; `None` for all.
    pub channel: Option<String>,
    /// `clipped`, `flat`, `not finite`, `marked`, `settling`.
    pub reason: &'static str,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// The end of the last sample.
    pub sample: u64,
    /// The same, s.
    pub time: f64,
    /// Samples of each channel that came.
    pub frames: u64,
    /// Samples of each channel that were lost.
    pub lost: u64,
    /// Bytes that were part of no sample.
    pub skipped_bytes: u64,
    /// Twitches so far.
    pub twitches: u64,
    /// Candidates so far.
    pub candidates: u64,
    /// Needles that are in.
    pub needles_in: usize,
    /// How late twitches and candidates were told, beyond what the detector must wait for.
    pub latency_ms: Option<Latency>,
    /// The true rate by this machine's clock, Hz, after 20 s.
    pub measured_rate_hz: Option<f64>,
    /// It lies within so many Hz, with about 95 %.
    pub rate_uncertainty_hz: Option<f64>,
}

/// The end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    /// How it stood.
    #[serde(flatten)]
    pub status: Status,
    /// Twitches while no needle was in.
    pub stray_twitches: u64,
    /// Each needle with its twitches.
    pub insertions: Vec<Dwell>,
    /// What could be seen on each channel.
    pub channels: Vec<Channel>,
    /// Bytes that came.
    pub bytes: u64,
    /// `stopped`, or why no more came.
    pub ended: String,
}

/// A needle with its twitches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dwell {
    /// Needle in, s.
    pub onset: f64,
    /// How long it was in, s.
    pub dwell: f64,
    /// Needle or site.
    pub label: Option<String>,
    /// It was still in at the end.
    pub still_in: bool,
    /// Its twitches.
    pub twitches: u64,
}

/// What could be seen on a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Median noise floor in the detection band, RMS, in the unit of the format.
    pub noise_rms: Option<f64>,
    /// The smallest burst of 20, 50 and 100 ms that would have been found 9 times in 10, RMS.
    pub smallest_rms: Option<[f64; 3]>,
    /// How long it was no signal, s.
    pub masked_s: f64,
}

impl Line {
    pub(super) fn hello(live: &impl Feed) -> Self {
        Self::Hello {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            port: live.place().to_owned(),
            board: live.board(),
            description: live.description().to_owned(),
        }
    }

    pub(super) fn link(link: &Link, format: &Format) -> Self {
        let seconds = |at: SampleIndex| micro(format.rate.time(at).s());
        match link {
            Link::Gone { at } => {
                let onset = seconds(*at);
                let text = format!(
                    "the board was unplugged or switched off at {onset:.1} s; all until then is kept: plug it in again and it goes on by itself, with a gap"
                );
                Self::BoardGone { sample: at.get(), onset, text }
            }
            Link::Back { gap, port } => {
                let (at, away) = (gap.span.end, micro(format.rate.seconds(gap.span.len()).s()));
                let whose = if gap.counted { "the board's counter" } else { "this computer's clock" };
                let text = format!("the board is back on {port}; by {whose} {away:.1} s are missing");
                Self::BoardBack { sample: at.get(), onset: seconds(at), away, port: port.clone(), text }
            }
        }
    }

    pub(super) fn format(live: &impl Feed) -> Self {
        let format = live.format();
        let calibrated = format.scale == Scale::Microvolts;
        Self::Format {
            rate_hz: format.rate.hz(),
            rate_from: live.rate_from(),
            channels: format.channels.clone(),
            unit: if calibrated { "uV" } else { "counts" },
            uv_per_count: calibrated.then(|| live.gain()),
            full_scale: format.full_scale,
        }
    }
}
