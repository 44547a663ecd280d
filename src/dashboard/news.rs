//! What a page is told: how it stands, and the stretches of the traces that it has not seen.

use serde::{Serialize, Serializer};

use super::Choices;
use crate::monitor::{Flag, Flagged, Message, Needle, Snapshot, TICK, Trace};

/// One event of the stream.
#[derive(Debug, Serialize)]
pub struct News<'a> {
    place: &'a str,
    board: &'a str,
    unit: &'a str,
    replay: bool,
    sites: &'a [String],
    sound: bool,
    /// The newest sample, and up to where all was judged, s.
    time: f64,
    judged: f64,
    twitches: u64,
    stray: u64,
    frames: u64,
    lost: u64,
    /// The board's true rate and how sure it is, Hz.
    true_rate: Option<(f64, f64)>,
    site: Option<&'a str>,
    gone: bool,
    recording: Option<Recorded<'a>>,
    ended: Option<&'a str>,
    needles: Vec<Inserted<'a>>,
    /// The number of the needle that is counted for, and how many are in.
    current: Option<usize>,
    inside: usize,
    messages: Vec<Said<'a>>,
    flags: Vec<Marked>,
    /// How long a tick is, s, and the number of the first one below, since the start.
    tick: f64,
    first: u64,
    traces: Vec<Seen<'a>>,
}

#[derive(Debug, Serialize)]
struct Recorded<'a> {
    path: &'a str,
    works: bool,
}

#[derive(Debug, Serialize)]
struct Inserted<'a> {
    number: usize,
    label: Option<&'a str>,
    dwell: f64,
    inside: bool,
    since_last: Option<f64>,
    per_min: Option<f64>,
    twitches: &'a [f64],
}

#[derive(Debug, Serialize)]
struct Said<'a> {
    at: f64,
    text: &'a str,
    warns: bool,
}

#[derive(Debug, Serialize)]
struct Marked {
    what: Flagged,
    from: f64,
    to: f64,
    channel: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Seen<'a> {
    name: &'a str,
    noise: Option<f64>,
    mains: &'a [f64],
    doubt: Option<String>,
    /// Of each new tick: the least and the largest value, `null` where there was no signal.
    low: Vec<Option<Short>>,
    high: Vec<Option<Short>>,
    /// and how far it stood over the threshold, a ratio of powers.
    level: Vec<Short>,
}

/// A number for a picture: four digits are more than a screen shows.
#[derive(Debug, Clone, Copy)]
struct Short(f32);

impl Serialize for Short {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let size = self.0.abs().log10().floor();
        if !size.is_finite() {
            return serializer.serialize_f32(0.0);
        }
        let step = 10f64.powf(f64::from(size) - 3.0);
        let rounded = (f64::from(self.0) / step).round() * step;
        serializer.serialize_f32(rounded as f32)
    }
}

impl<'a> News<'a> {
    /// Of a snapshot, to a page that has seen every tick before number `seen`.
    pub fn of(snapshot: &'a Snapshot, choices: &'a Choices, seen: u64) -> Self {
        let status = &snapshot.status;
        let first = seen.max(snapshot.first_tick);
        let skipped = (first - snapshot.first_tick) as usize;
        Self {
            place: &snapshot.place,
            board: &snapshot.board,
            unit: snapshot.unit,
            replay: choices.replay,
            sites: &choices.sites,
            sound: choices.sound,
            time: status.time,
            judged: snapshot.judged_s,
            twitches: status.twitches,
            stray: snapshot.stray,
            frames: status.frames,
            lost: status.lost,
            true_rate: status.measured_rate_hz.zip(status.rate_uncertainty_hz),
            site: snapshot.site.as_deref(),
            gone: snapshot.gone,
            recording: snapshot.recording.as_ref().map(|r| Recorded { path: &r.path, works: r.works }),
            ended: snapshot.ended.as_deref(),
            needles: snapshot.needles.iter().map(inserted).collect(),
            current: snapshot.current().map(|needle| needle.number),
            inside: snapshot.inside(),
            messages: snapshot.messages.iter().map(said).collect(),
            flags: snapshot.flags.iter().map(marked).collect(),
            tick: TICK.s(),
            first,
            traces: snapshot.traces.iter().map(|trace| unseen(trace, skipped)).collect(),
        }
    }

    /// The number of the tick after the last one that is told.
    pub fn next(&self) -> u64 {
        self.first + self.traces.first().map_or(0, |trace| trace.level.len() as u64)
    }
}

fn inserted(needle: &Needle) -> Inserted<'_> {
    Inserted {
        number: needle.number,
        label: needle.label.as_deref(),
        dwell: needle.dwell_s,
        inside: needle.inside,
        since_last: needle.since_last_s(),
        per_min: needle.per_min(),
        twitches: &needle.twitches_s,
    }
}

fn said(message: &Message) -> Said<'_> {
    Said { at: message.at_s, text: &message.text, warns: message.warns }
}

fn marked(flag: &Flag) -> Marked {
    Marked { what: flag.what, from: flag.from_s, to: flag.to_s, channel: flag.channel }
}

fn unseen(trace: &Trace, skipped: usize) -> Seen<'_> {
    let ticks = trace.ticks.get(skipped..).unwrap_or_default();
    Seen {
        name: &trace.name,
        noise: trace.standing.noise_rms,
        mains: &trace.standing.mains_hz,
        doubt: trace.doubt(),
        low: ticks.iter().map(|t| t.range.map(|(low, _)| Short(low))).collect(),
        high: ticks.iter().map(|t| t.range.map(|(_, high)| Short(high))).collect(),
        level: ticks.iter().map(|t| Short(t.level)).collect(),
    }
}
