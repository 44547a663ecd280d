//! What a view shows: plain data, made by the thread of the pipeline and handed over whole.

use serde::Serialize;

use super::Status;
use crate::pipeline::{Mask, Standing};
use crate::units::Seconds;

/// How long a [`Tick`] is.
pub const TICK: Seconds = Seconds::from_ms(25.0);
/// Noise of so many times its median is told.
const NOISY: f64 = 2.0;
/// A rate of less than this is chance, s.
const RATE_FROM_S: f64 = 10.0;

/// A short stretch of a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tick {
    /// The least and the largest value in the amplitude band, mains removed, in the samples' unit;
    /// `None` where there was no signal.
    pub range: Option<(f32, f32)>,
    /// How far it stood over the threshold, as a ratio of powers: at 1 it is just found.
    pub level: f32,
}

/// A channel as it is seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// The newest ticks; the first is number [`Snapshot::first_tick`].
    pub ticks: Vec<Tick>,
}

impl Trace {
    /// What may be wrong with the channel, and what to look at.
    pub fn doubt(&self) -> Option<String> {
        let (name, standing) = (&self.name, &self.standing);
        match standing.no_signal {
            Some(Mask::Flat) => return Some(format!("{name} is flat: is its electrode on?")),
            Some(Mask::Clipped) => {
                return Some(format!("{name} is clipped: less gain, or a loose electrode?"));
            }
            Some(Mask::NotFinite) => return Some(format!("{name} gives no numbers")),
            _ => {}
        }
        let times = standing.noise_rms? / standing.usual_rms?;
        let said = || format!("noise on {name} is {times:.1} times the usual: tense, or a loose electrode?");
        (times >= NOISY).then(said)
    }
}

/// What is to be seen beside a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flagged {
    /// A twitch.
    Twitch,
    /// Something over the threshold that was set aside.
    SetAside,
    /// A needle went in.
    NeedleIn,
    /// A needle came out.
    NeedleOut,
    /// A note.
    Note,
    /// Samples were lost.
    Gap,
}

/// Something at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// What.
    pub what: Flagged,
    /// When it began, s.
    pub from_s: f64,
    /// When it ended, s.
    pub to_s: f64,
    /// The place of the channel that it is on; `None` for all.
    pub channel: Option<usize>,
}

/// A needle with its twitches so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Needle {
    /// Its number, from 1.
    pub number: usize,
    /// Needle or site.
    pub label: Option<String>,
    /// How long it was in, or is by now, s.
    pub dwell_s: f64,
    /// It is still in.
    pub inside: bool,
    /// Its twitches, s since it went in.
    pub twitches_s: Vec<f64>,
}

impl Needle {
    /// Seconds of dwell since its last twitch; `None` before the first.
    pub fn since_last_s(&self) -> Option<f64> {
        let last = self.twitches_s.iter().copied().reduce(f64::max)?;
        Some((self.dwell_s - last).max(0.0))
    }

    /// Twitches a minute of needle time; `None` in the first ten seconds.
    pub fn per_min(&self) -> Option<f64> {
        (self.dwell_s >= RATE_FROM_S).then(|| 60.0 * self.twitches_s.len() as f64 / self.dwell_s)
    }
}

/// What happened, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// When it was told, s of the board's clock.
    pub at_s: f64,
    /// In plain words.
    pub text: String,
    /// Something may be wrong.
    pub warns: bool,
}

/// Where the session is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The WAV.
    pub path: String,
    /// What comes reaches the disk.
    pub works: bool,
}

/// How it stands at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The port, or the file that is played.
    pub place: String,
    /// The board's name; `replay` for a recording.
    pub board: String,
    /// Samples a second.
    pub rate_hz: f64,
    /// `uV`, or `counts` where the scale is unknown.
    pub unit: &'static str,
    /// As of the last sample.
    pub status: Status,
    /// Up to here, s, all that crossed the threshold was judged.
    pub judged_s: f64,
    /// The channels.
    pub traces: Vec<Trace>,
    /// The number of the first tick of each trace, since the start.
    pub first_tick: u64,
    /// What is to be seen beside the traces.
    pub flags: Vec<Flag>,
    /// The newest needles, in order of needle in.
    pub needles: Vec<Needle>,
    /// Twitches while no needle was in.
    pub stray: u64,
    /// Where needles go in from now on.
    pub site: Option<String>,
    /// The board is unplugged, and waited for.
    pub gone: bool,
    /// The recording; `None` where none is made.
    pub recording: Option<Recording>,
    /// The newest messages.
    pub messages: Vec<Message>,
    /// Why no more comes.
    pub ended: Option<String>,
}

impl Snapshot {
    /// The needle that a twitch would belong to now, else the one that came out last.
    pub fn current(&self) -> Option<&Needle> {
        self.needles.iter().rfind(|needle| needle.inside).or(self.needles.last())
    }

    /// How many needles are in.
    pub fn inside(&self) -> usize {
        self.status.needles_in
    }
}
