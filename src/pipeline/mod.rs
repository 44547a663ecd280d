//! The one path of a sample, from a block to named events.
//!
//! Blocks of any size go in; inside, every stage works sample by sample or hop by hop on the
//! recording's own clock, so the same samples give the same events however they are cut. This
//! room knows units, blocks, settings, signal and detection. It must never know sources, files,
//! ports, clocks, threads or printing.

mod bands;
mod chain;
mod front;
mod glance;
mod lane;
mod merge;
mod rails;
mod thresholds;
mod waves;

pub use front::Mask;
pub use glance::{Glance, Standing};
pub use waves::Waveform;

use std::ops::Range;

use crate::block::{Block, Format, MarkKind};
use crate::detect::{Candidate, Quality};
use crate::settings::{self, Settings};
use crate::units::{SampleIndex, SampleRate, Seconds, Span};

use bands::Bands;
use lane::Lane;
use thresholds::Merges;
use waves::Waves;

/// Something that happened, in frames of the recording.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Something crossed the threshold on a channel, accepted or not.
    Candidate(Found),
    /// A twitch, on whichever channels, told once: as the channel where it is strongest has it.
    Twitch(Found),
    /// No twitch of this run, but one at a threshold beside the one in force, which the candidate
    /// names; told once, as [`Event::Twitch`].
    Beside(Found),
    /// A stretch that is no signal; `channel` is `None` when it is none on any.
    Masked {
        /// The channel's place, from 0.
        channel: Option<usize>,
        /// Where.
        span: Span,
        /// Why.
        why: Mask,
    },
}

/// A candidate on a channel, in frames of the recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The channel's place, from 0.
    pub channel: usize,
    /// Onset to offset.
    pub span: Span,
    /// Class, reason and measures; its own onset and offset are in the detector's samples.
    pub candidate: Candidate,
}

/// What is known of one channel at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelReport {
    /// What could be seen; `None` if there was too little signal for a noise floor.
    pub quality: Option<Quality>,
    /// Mains lines that were removed, Hz.
    pub mains_hz: Vec<f64>,
    /// Frames that were no signal.
    pub masked: u64,
    /// Least value in each stretch of the outline, amplitude band.
    pub low: Vec<f32>,
    /// Largest value in each stretch of the outline, amplitude band.
    pub high: Vec<f32>,
    /// How long one stretch is.
    pub stretch: Seconds,
    /// The waveforms of some of the twitches that are strongest here, in order of time.
    pub waveforms: Vec<Waveform>,
}

/// A gap longer than this starts every lane anew.
const LONG_GAP_S: f64 = 60.0;
/// What has been settled is told this often, s.
const TELL_S: f64 = 0.1;

/// The path of one recording.
#[derive(Debug)]
pub struct Pipeline {
    format: Format,
    bands: Bands,
    lanes: Vec<Lane>,
    merge: Merges,
    waves: Waves,
    first: Option<u64>,
    next: u64,
    masked_by_mark: bool,
    tell_every: u64,
    /// One channel's samples of a run of frames.
    column: Vec<f32>,
}

impl Pipeline {
    /// For a recording of `format`.
    ///
    /// # Errors
    /// [`settings::Error`] for settings that cannot be, here or at this rate.
    pub fn new(format: &Format, settings: &Settings) -> Result<Self, settings::Error> {
        settings.check(format.rate)?;
        let bands = Bands::new(settings, format.rate)
            .map_err(|e| settings::Error::Filter { what: e.to_string(), rate_hz: format.rate.hz() })?;
        let lanes = format.channels.iter().map(|_| Lane::new(format, settings, &bands)).collect();
        let tell_every =
            (bands.frames(Seconds::new(TELL_S)) / bands.hop_frames()).max(1) * bands.hop_frames();
        Ok(Self {
            format: format.clone(),
            waves: Waves::new(bands.clock.rate),
            bands,
            lanes,
            merge: Merges::new(format.rate, format.channels.len()),
            first: None,
            next: 0,
            masked_by_mark: false,
            column: Vec::with_capacity(tell_every as usize),
            tell_every,
        })
    }

    /// Frames a hop: delaying a recording by whole hops delays its events by just that.
    pub fn hop(&self) -> u64 {
        self.bands.hop_frames()
    }

    /// Frames a second.
    pub fn rate(&self) -> SampleRate {
        self.format.rate
    }

    /// Back to where it was when new, for another recording of the same format. Nothing is
    /// allocated.
    pub fn reset(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.clear(&self.bands));
        self.merge.clear();
        self.waves.clear();
        (self.first, self.next, self.masked_by_mark) = (None, 0, false);
    }

    /// Takes the next frames. Frames that were seen before are passed over; frames that are
    /// missing are a gap. Columns that the format does not name are passed over.
    pub fn push(&mut self, block: &Block, sink: &mut impl FnMut(Event)) {
        let first = block.first.get();
        if self.first.is_none() {
            self.first = Some(first);
            self.next = first;
        }
        self.gap(first, sink);
        let end = first.saturating_add(block.frames.nrows() as u64);
        let mut marks = block.marks.iter().peekable();
        while self.next < end {
            while let Some(mark) = marks.next_if(|m| m.at.get() <= self.next) {
                self.heed(&mark.kind);
            }
            let until = marks.peek().map_or(end, |m| m.at.get().min(end));
            let rows = (self.next - first) as usize..(self.run_until(until) - first) as usize;
            self.run(Some((block, rows.clone())), rows.len() as u64, sink);
        }
    }

    fn heed(&mut self, mark: &MarkKind) {
        match mark {
            MarkKind::MaskStart => self.masked_by_mark = true,
            MarkKind::MaskEnd => self.masked_by_mark = false,
            MarkKind::NeedleIn { .. } | MarkKind::NeedleOut { .. } => {}
        }
    }

    /// A run of frames ends where something is to be told.
    fn run_until(&self, end: u64) -> u64 {
        (self.next / self.tell_every + 1).saturating_mul(self.tell_every).min(end)
    }

    /// Takes the next `count` frames: these rows of a block, or frames that are missing.
    fn run(&mut self, rows: Option<(&Block, Range<usize>)>, count: u64, sink: &mut impl FnMut(Event)) {
        let mask = match &rows {
            None => Some(Mask::Gap),
            Some(_) => self.masked_by_mark.then_some(Mask::Marked),
        };
        for (channel, lane) in self.lanes.iter_mut().enumerate() {
            self.column.clear();
            match &rows {
                Some((block, rows)) => block.column(channel, rows.clone(), &mut self.column),
                None => self.column.resize(count as usize, f32::NAN),
            }
            let merge = &mut self.merge;
            lane.push(&self.bands, self.next, &self.column, mask, &mut |said| merge.take(channel, said));
        }
        self.next += count;
        if self.next.is_multiple_of(self.tell_every) {
            let settled = self.lanes.iter().map(|l| l.settled(&self.bands, self.next)).min();
            self.tell(settled.unwrap_or(self.next), sink);
        }
    }

    /// Frames `self.next..first` are missing.
    fn gap(&mut self, first: u64, sink: &mut impl FnMut(Event)) {
        if first > self.next.saturating_add(self.format.rate.samples(Seconds::new(LONG_GAP_S))) {
            let end = SampleIndex::new(self.next);
            self.close(end, sink);
            sink(Event::Masked { channel: None, span: Span::new(self.next, first), why: Mask::Gap });
            let lost = first - self.next;
            self.lanes.iter_mut().for_each(|lane| lane.begin_anew(&self.bands, lost));
            self.next = first;
        }
        while self.next < first {
            let count = self.run_until(first) - self.next;
            self.run(None, count, sink);
        }
    }

    fn close(&mut self, end: SampleIndex, sink: &mut impl FnMut(Event)) {
        let merge = &mut self.merge;
        for (channel, lane) in self.lanes.iter_mut().enumerate() {
            lane.finish(&self.bands, end, &mut |said| merge.take(channel, said));
        }
        self.tell(u64::MAX, sink);
    }

    /// Tells what is settled; the waveforms of twitches are still at hand then.
    fn tell(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        let (lanes, waves) = (&self.lanes, &mut self.waves);
        self.merge.tell(settled, &mut |event| {
            if let Event::Twitch(found) = event {
                waves.take(&lanes[found.channel].detector, found);
            }
            sink(event);
        });
    }

    /// The recording has ended: tells what is open and what each channel was like.
    pub fn finish(mut self, sink: &mut impl FnMut(Event)) -> Vec<ChannelReport> {
        self.close(SampleIndex::new(self.next), sink);
        let waves = &self.waves;
        let report = |(channel, lane): (usize, &Lane)| ChannelReport {
            quality: lane.quality(),
            mains_hz: lane.mains_hz().to_vec(),
            masked: lane.masked(),
            low: lane.outline().low().to_vec(),
            high: lane.outline().high().to_vec(),
            stretch: self.bands.clock.rate.seconds(lane.outline().stretch()),
            waveforms: waves.of(channel),
        };
        self.lanes.iter().enumerate().map(report).collect()
    }
}
