//! A stretch of a recording that was analysed before, filtered for the eye: what a person looks at
//! who judges what was found there.
//!
//! The recording must be the very one that the session is of, which its checksum tells. Nothing is
//! counted here. This room knows sources, filters and sessions. It must never know the pipeline,
//! decisions or a terminal.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::block::{Block, Scale};
use crate::session::Session;
use crate::signal::biquad::Cascade;
use crate::signal::design::{self, Shape, butterworth, notch};
use crate::source::{self, Flow, Options, Recording, Source, sha256};
use crate::units::{Hertz, SampleIndex, SampleRate, Seconds};

/// Why there is nothing to look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum Error {
    #[error(transparent)]
    Source(#[from] source::Error),

    #[error("{} is not the recording that the session is of, or it has changed since (its checksum differs): give the right one with --recording, or analyse this one again", path.display())]
    Changed { path: PathBuf },

    #[error("{}: {now} samples a second, but the session was made at {then}: what lies beside the recording has changed; analyse it again", path.display())]
    OtherRate { path: PathBuf, now: f64, then: f64 },

    #[error("{}: the channel {name} of the session is not in it: bring what lay beside it (X_emg.json) along, or analyse it again", path.display())]
    NoChannel { path: PathBuf, name: String },
}

/// What of the signal is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// The band in which events are looked for.
    Detection,
    /// The band in which amplitudes are measured.
    Amplitude,
    /// As it was recorded, less its mean.
    Raw,
}

/// A recording that stretches can be read of.
#[derive(Debug)]
pub struct Excerpts {
    recording: Recording<File>,
    /// The column of each of the session's channels.
    columns: Vec<usize>,
    rate: SampleRate,
    calibrated: bool,
    /// For each of the session's channels, the filters of both bands.
    filters: Vec<[Cascade; 2]>,
}

/// So much is read before and behind, s: the slowest filter, a notch, is down by 60 dB.
const LEAD_S: f64 = 1.5;
/// The width of a notch: this many of it fit its frequency.
const NOTCH_QUALITY: f64 = 30.0;
/// Lines closer than this to one another are one line that wandered, Hz.
const SAME_LINE_HZ: f64 = 0.5;
/// No stretch has more frames than this: what is longer is cut.
pub const MOST_FRAMES: u64 = 1 << 22;

impl Excerpts {
    /// Opens the recording `path`, of which `session` is, with the `options` of its analysis.
    ///
    /// # Errors
    /// [`Error`] where it cannot be read, or is not the recording that was analysed.
    pub fn open(path: &Path, options: &Options, session: &Session) -> Result<Self, Error> {
        let recording = Recording::open(path, options)?;
        if sha256(path)? != session.source.sha256 {
            return Err(Error::Changed { path: path.into() });
        }
        let format = recording.format();
        let (now, then) = (format.rate.hz(), session.source.sampling_frequency_hz);
        if (now - then).abs() > 1e-9 * now {
            return Err(Error::OtherRate { path: path.into(), now, then });
        }
        let column = |name: &String| {
            let found = format.channels.iter().position(|c| c == name);
            found.ok_or_else(|| Error::NoChannel { path: path.into(), name: name.clone() })
        };
        let columns = session.channels.iter().map(|c| column(&c.name)).collect::<Result<_, _>>()?;
        let filters = session.channels.iter().map(|c| filters(session, &c.mains_hz, format.rate)).collect();
        let (rate, calibrated) = (format.rate, format.scale == Scale::Microvolts);
        Ok(Self { recording, columns, rate, calibrated, filters })
    }

    /// Whether samples are in microvolts; else they are counts.
    pub fn is_calibrated(&self) -> bool {
        self.calibrated
    }

    /// Frames a second.
    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    /// The samples from `from` to `to`, s, of each of the session's channels, in µV or counts;
    /// NaN where there is none. The times are kept: filters run forwards and backwards, so that
    /// nothing is late.
    ///
    /// # Errors
    /// [`source::Error`] where the recording cannot be read.
    pub fn read(&mut self, from: f64, to: f64, band: Band) -> Result<Vec<Vec<f32>>, source::Error> {
        let lead = self.rate.samples(Seconds::new(LEAD_S));
        let first = self.rate.samples(Seconds::new(from));
        let count = self.rate.samples(Seconds::new(to)).saturating_sub(first).min(MOST_FRAMES);
        let start = first.saturating_sub(lead);
        let all = (count + lead + (first - start)) as usize;
        let mut samples = self.raw(start, all)?;
        for (channel, filters) in samples.iter_mut().zip(&self.filters) {
            let filter = match band {
                Band::Detection => Some(&filters[0]),
                Band::Amplitude => Some(&filters[1]),
                Band::Raw => None,
            };
            // What was lost parts the signal; each part is filtered by itself.
            for part in channel.chunk_by_mut(|a, b| a.is_finite() == b.is_finite()) {
                if part[0].is_finite() {
                    centre(part);
                    filter.into_iter().for_each(|f| both_ways(f, part));
                }
            }
            channel.drain(..(first - start) as usize);
            channel.truncate(count as usize);
        }
        let to_f32 = |channel: Vec<f64>| channel.into_iter().map(|x| x as f32).collect();
        Ok(samples.into_iter().map(to_f32).collect())
    }

    /// `count` frames from `start` on as they were recorded.
    fn raw(&mut self, start: u64, count: usize) -> Result<Vec<Vec<f64>>, source::Error> {
        let mut samples = vec![vec![f64::NAN; count]; self.columns.len()];
        let mut block = Block::empty(self.recording.format().channels.len());
        self.recording.go_to(SampleIndex::new(start))?;
        while self.recording.next(&mut block)? == Flow::Frames {
            let offset = (block.first.get() - start) as usize;
            for (row, n) in block.frames.rows().into_iter().zip(offset..count) {
                for (channel, column) in samples.iter_mut().zip(&self.columns) {
                    channel[n] = f64::from(row[*column]);
                }
            }
            if block.end().get() >= start + count as u64 {
                break;
            }
        }
        Ok(samples)
    }
}

/// The filters of both bands; a corner that the rate cannot carry is left out.
fn filters(session: &Session, mains_hz: &[f64], rate: SampleRate) -> [Cascade; 2] {
    let settings = &session.settings;
    [settings.detect_low_hz, settings.amplitude_low_hz].map(|low_hz| {
        // Both directions double the order.
        let high_pass = butterworth(2, Shape::HighPass(Hertz::new(low_hz.min(0.3 * rate.hz()))), rate);
        let low_pass = butterworth(2, Shape::LowPass(Hertz::new(settings.high_hz)), rate);
        let mut lines: Vec<f64> = Vec::new();
        for hz in mains_hz {
            if lines.iter().all(|line| (line - hz).abs() > SAME_LINE_HZ) {
                lines.push(*hz);
            }
        }
        let notches = lines.iter().map(|hz| notch(Hertz::new(*hz), NOTCH_QUALITY, rate));
        let all: Vec<Result<Cascade, design::Error>> =
            [high_pass, low_pass].into_iter().chain(notches).collect();
        let sections = all.iter().flatten().flat_map(|c| c.sections().iter().copied());
        Cascade::new(sections.collect())
    })
}

/// Takes the mean off.
fn centre(part: &mut [f64]) {
    let mean = part.iter().sum::<f64>() / part.len() as f64;
    part.iter_mut().for_each(|x| *x -= mean);
}

/// Forwards, then backwards: twice the order, and no delay (as SciPy's `sosfiltfilt`, whose ends
/// the lead takes care of).
fn both_ways(filter: &Cascade, x: &mut [f64]) {
    for _ in 0..2 {
        let mut state = filter.silent();
        filter.prime(&mut state, x.first().copied().unwrap_or_default());
        filter.run(&mut state, x);
        x.reverse();
    }
}
