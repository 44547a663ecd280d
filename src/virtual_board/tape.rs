//! From a recording to the bytes that a board makes of it.

use crate::block::{Block, Scale};
use crate::source::board::{Encoder, Kind, Played};
use crate::source::{Error, Flow, Recording, Source};
use crate::units::SampleIndex;

use super::Faults;
use super::faults::Line;
use super::resample::Resampler;

/// A recording in a board.
pub struct Tape {
    recording: Recording,
    encoder: Box<dyn Encoder>,
    line: Line,
    faults: Faults,
    resampler: Resampler,
    block: Block,
    /// The end of the block.
    read: SampleIndex,
    /// Samples at the board's rate, not yet sent, and which is the next of them.
    ready: Vec<f32>,
    next: usize,
    /// Counts a unit of the recording.
    counts_per_unit: f64,
    /// Frames of the board so far.
    frames: u64,
    lost: u64,
    over: bool,
    reset: bool,
    counts: Vec<i32>,
    sent: Vec<u8>,
}

/// How a board plays a recording, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Channels of the board that carry the recording.
    pub channels: usize,
    /// Frames a second.
    pub rate_hz: f64,
    /// What one count is worth, µV; `None` where the recording has no scale.
    pub lsb_uv: Option<f64>,
}

impl Tape {
    /// Puts `recording` into a board. A board of unknown scale is built so that the recording's
    /// full scale fits it.
    pub fn new(recording: Recording, kind: Kind, faults: &Faults) -> Self {
        let format = recording.format().clone();
        let channels = format.channels.len();
        let full = f64::from(format.full_scale.unwrap_or(1.0)).max(f64::MIN_POSITIVE);
        let encoder = kind.encoder(&Played {
            channels,
            rate_hz: format.rate.hz(),
            bits: recording.bits(),
            full_scale_uv: (format.scale == Scale::Microvolts).then_some(full),
        });
        // Full scale is one count more than the largest, as it is in a recording.
        let fitting = (f64::from(encoder.full_scale()) + 1.0) / full;
        let counts_per_unit = match (format.scale, encoder.uv_per_count()) {
            (Scale::Microvolts, Some(uv)) => 1.0 / uv,
            _ => fitting,
        };
        Self {
            resampler: Resampler::new(channels, format.rate.hz(), encoder.rate_hz()),
            read: SampleIndex::default(),
            block: Block::empty(channels),
            recording,
            encoder,
            line: Line::new(faults),
            faults: faults.clone(),
            ready: Vec::new(),
            next: 0,
            counts_per_unit,
            frames: 0,
            lost: 0,
            over: false,
            reset: false,
            counts: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// How it plays.
    pub fn told(&self) -> Told {
        let scale = self.recording.format().scale;
        Told {
            channels: self.encoder.channels().min(self.block.frames.ncols()),
            rate_hz: self.encoder.rate_hz(),
            lsb_uv: (scale == Scale::Microvolts).then_some(1.0 / self.counts_per_unit),
        }
    }

    /// What the board says when it is switched on.
    pub fn boot(&mut self, out: &mut Vec<u8>) {
        self.encoder.boot(out);
        if out.is_empty() && self.encoder.streams() {
            // Who opens a port comes in the middle of a frame.
            out.push(0x01);
        }
    }

    /// Hears the host, and answers.
    pub fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.encoder.hear(bytes, out);
    }

    /// Whether it sends frames.
    pub fn streams(&self) -> bool {
        self.encoder.streams()
    }

    /// Frames of signal so far, sent or lost.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Frames that were taken and never sent.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Seconds of signal so far.
    pub fn time_s(&self) -> f64 {
        self.frames as f64 / self.encoder.rate_hz()
    }

    /// Whether the recording is over.
    pub fn over(&self) -> bool {
        self.over
    }

    /// The bytes of the next frames, at most `most`, as they arrive at the host.
    ///
    /// # Errors
    /// [`Error`] where the recording cannot be read.
    pub fn play(&mut self, most: u64, out: &mut Vec<u8>) -> Result<(), Error> {
        for _ in 0..most {
            if self.faults.reset_s.is_some_and(|t| self.time_s() >= t) && !self.reset {
                self.reset = true;
                self.sent.clear();
                self.encoder.boot(&mut self.sent);
                self.line.carry(&self.sent, out);
                return Ok(());
            }
            if !self.frame()? {
                self.over = true;
                self.sent.clear();
                self.encoder.finish(&mut self.sent);
                self.line.carry(&self.sent, out);
                return Ok(());
            }
            self.line.carry(&self.sent, out);
        }
        Ok(())
    }

    /// The next frame, into `sent`; whether there was one.
    fn frame(&mut self) -> Result<bool, Error> {
        let channels = self.block.frames.ncols();
        while self.next + channels > self.ready.len() {
            self.ready.clear();
            self.next = 0;
            if self.recording.next(&mut self.block)? != Flow::Frames {
                return Ok(false);
            }
            // What the recording lost plays as silence: a board's clock does not stop.
            let lost = self.block.first - self.read;
            self.resampler.push(&vec![0.0; lost as usize * channels], &mut self.ready);
            self.read = self.block.end();
            let block = self.block.frames.as_slice().unwrap_or_default();
            self.resampler.push(block, &mut self.ready);
        }
        let full = self.encoder.full_scale();
        let frame = &self.ready[self.next..self.next + channels];
        self.counts.clear();
        self.counts.extend(frame.iter().map(|x| {
            // A cast of what is no number gives 0, and of what is too large the largest.
            ((f64::from(*x) * self.counts_per_unit).round() as i32).clamp(-full - 1, full)
        }));
        self.next += channels;
        let needle_in = self.needle_in();
        self.frames += 1;
        self.sent.clear();
        if self.line.loses_sample() {
            self.lost += 1;
            self.encoder.drop_frame();
        } else {
            self.encoder.frame(&self.counts, needle_in, &mut self.sent);
        }
        Ok(true)
    }

    /// Whether a needle is in at the frame that comes now.
    fn needle_in(&self) -> bool {
        let rate = self.recording.format().rate;
        let at = SampleIndex::new((self.frames as f64 * rate.hz() / self.encoder.rate_hz()).round() as u64);
        self.recording.insertions().iter().any(|i| i.span().contains(at))
    }

    /// Skips a frame that the line had no room for.
    ///
    /// # Errors
    /// As [`Tape::play`].
    pub fn overrun(&mut self) -> Result<(), Error> {
        if self.frame()? {
            self.lost += 1;
        } else {
            self.over = true;
        }
        Ok(())
    }
}
