//! What a board said, put on its clock: runs of frames, gaps between them, marks.
//!
//! The clock counts the board's frames, the lost ones too. Where the board's counter may have gone
//! round unseen, or there is none, frames are held against this machine's clock.

use std::collections::VecDeque;

use ndarray::Array2;

use super::arrival::{Arrival, MeasuredRate};
use super::board::{Counter, Described, Loss, Said};
use super::{InsertionOption, Warning};
use crate::block::{Block, Mark, MarkKind};
use crate::units::{SampleIndex, SampleRate, Span};

/// Frames that were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Where they should be.
    pub span: Span,
    /// Whether the board's own counter says how many; else at least these, by what was damaged or
    /// by the clock.
    pub counted: bool,
}

/// Frames in a row, without a gap, as counts of all channels.
#[derive(Debug)]
struct Run {
    first: u64,
    counts: Vec<f32>,
}

/// A pause this long is no latency of an adapter or of this machine, s.
const QUIET_S: f64 = 0.25;
/// Warnings that are kept.
const MOST_WARNINGS: usize = 100;
/// A gap of more than a day is damage.
const MOST_GAP_S: f64 = 86_400.0;

/// What was taken from a parser.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub described: Option<Described>,
    /// Once the rate is known.
    pub arrival: Option<Arrival>,
    pub rate_hz: f64,
    /// The place of the next frame.
    pub clock: u64,
    pub lost: u64,
    pub bytes: u64,
    pub skipped_bytes: u64,
    pub gaps: Vec<Gap>,
    pub warnings: Vec<Warning>,
    /// The counts of the frames that were given last.
    pub given: Vec<f32>,
    runs: VecDeque<Run>,
    marks: VecDeque<Mark>,
    by_hand: VecDeque<Mark>,
    only_by_hand: bool,
    told_pace: bool,
    /// The rate as it was measured before the board was last away.
    measured: Option<MeasuredRate>,
    /// How long nothing had come before the bytes that are read now, s.
    pub quiet_s: f64,
}

impl Taken {
    /// Takes what the parser says.
    pub fn take(&mut self, said: Said<'_>) {
        match said {
            Said::Described(described) => match &self.described {
                None => self.described = Some(described.clone()),
                // It was asked and said more; what came before was not known for what it is.
                Some(known) if self.rate_hz == 0.0 && known != described => {
                    let (bytes, skipped_bytes) = (self.bytes, self.skipped_bytes);
                    let warnings = std::mem::take(&mut self.warnings);
                    let described = Some(described.clone());
                    *self = Self { described, bytes, skipped_bytes, warnings, ..Self::default() };
                }
                Some(known) if known != described => {
                    let (from, to) = (known.name.clone(), described.name.clone());
                    self.warn(Warning::BoardChanged { from, to });
                }
                Some(_) => {}
            },
            Said::Frame(counts) => self.frame(counts),
            Said::Lost(loss) => self.loss(loss),
            Said::Mark(_, _) if self.only_by_hand => {}
            Said::Mark(offset, kind) => {
                let at = SampleIndex::new(self.clock.saturating_add_signed(offset));
                self.marks.push_back(Mark { at, kind: kind.clone() });
            }
            Said::Skipped(bytes) => self.skipped_bytes += bytes,
            Said::Note(note) => self.warn(Warning::Board(note.clone())),
        }
    }

    fn frame(&mut self, counts: &[f32]) {
        let goes_on = |r: &Run| r.first + (r.counts.len() / counts.len().max(1)) as u64 == self.clock;
        if !self.runs.back().is_some_and(goes_on) {
            self.runs.push_back(Run { first: self.clock, counts: Vec::with_capacity(64 * counts.len()) });
        }
        if let Some(run) = self.runs.back_mut() {
            run.counts.extend_from_slice(counts);
        }
        self.clock += 1;
    }

    /// Frames are missing. Where the counter goes round, a silence before them says how often it
    /// did.
    fn loss(&mut self, loss: Loss) {
        let (mut frames, mut counted) = (loss.frames, loss.counted);
        let quiet_s = std::mem::take(&mut self.quiet_s);
        let in_real_time = self.arrival.as_ref().is_some_and(Arrival::in_real_time);
        if loss.counted_to > 0 && quiet_s >= QUIET_S && in_real_time {
            let expected = (quiet_s * self.rate_hz) as u64;
            let turns = (expected.saturating_sub(frames) + loss.counted_to / 2) / loss.counted_to;
            frames += turns * loss.counted_to;
            // The board itself cannot tell turns, and may have begun anew meanwhile.
            counted &= turns == 0;
        }
        self.gap(frames, counted);
    }

    fn gap(&mut self, frames: u64, counted: bool) {
        if frames == 0 {
            return;
        }
        if self.rate_hz > 0.0 && frames as f64 > MOST_GAP_S * self.rate_hz {
            return self.warn(Warning::ImpossibleGap { frames });
        }
        let span = Span::new(self.clock, self.clock + frames);
        self.clock += frames;
        self.lost += frames;
        self.gaps.push(Gap { span, counted });
    }

    /// How many marks wait for their frames.
    pub fn marks_waiting(&self) -> usize {
        self.marks.len()
    }

    /// Frames are missing before those that were taken from `from` on: puts these, and the marks
    /// behind the first `marks`, so much later.
    pub fn put_off(&mut self, from: u64, marks: usize, frames: u64, counted: bool) -> Gap {
        let late = |at: SampleIndex| if at.get() >= from { at + frames } else { at };
        for run in self.runs.iter_mut().filter(|run| run.first >= from) {
            run.first += frames;
        }
        // A mark may lie before the first frame, in what is missing.
        self.marks.iter_mut().skip(marks).for_each(|mark| mark.at = mark.at + frames);
        for gap in &mut self.gaps {
            gap.span = Span { start: late(gap.span.start), end: late(gap.span.end) };
        }
        let gap = Gap { span: Span::new(from, from + frames), counted };
        let place = self.gaps.partition_point(|known| known.span.start < gap.span.start);
        self.gaps.insert(place, gap);
        self.clock += frames;
        self.lost += frames;
        gap
    }

    /// Frames came at `at_s` after a time that was put by the clock: what comes from here on is
    /// held against the clock as if it were the first.
    pub fn begin_anew(&mut self, at_s: f64) {
        self.measured = self.measured_rate();
        let mut arrival = Arrival::new(self.rate_hz);
        arrival.note(self.clock, at_s);
        (self.arrival, self.told_pace, self.quiet_s) = (Some(arrival), false, 0.0);
    }

    /// The board's true rate: of all times that it was there, as it is known best.
    pub fn measured_rate(&self) -> Option<MeasuredRate> {
        let now = self.arrival.as_ref().and_then(Arrival::rate);
        let both = [self.measured, now].into_iter().flatten();
        both.min_by(|a, b| a.uncertainty_hz.total_cmp(&b.uncertainty_hz))
    }

    /// All bytes that came at `at_s` were taken: holds the frames against the clock.
    pub fn by_the_clock(&mut self, at_s: f64) {
        self.quiet_s = 0.0;
        let Some(arrival) = &mut self.arrival else { return };
        arrival.note(self.clock, at_s);
        let counter = self.described.as_ref().map_or(Counter::None, |d| d.counter);
        let (missing, pace) = (arrival.missing(counter), arrival.other_pace());
        self.gap(missing, false);
        if let Some(pace) = pace.filter(|_| !self.told_pace) {
            self.told_pace = true;
            let counted_hz = (self.rate_hz * pace).round();
            self.warn(Warning::OtherPace { rate_hz: self.rate_hz, counted_hz });
        }
    }

    /// Seconds of the board's clock so far.
    pub fn time_s(&self) -> f64 {
        if self.rate_hz > 0.0 { self.clock as f64 / self.rate_hz } else { 0.0 }
    }

    pub fn warn(&mut self, warning: Warning) {
        if self.warnings.len() < MOST_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Marks by hand, which leave the board's aside.
    pub fn mark_by_hand(&mut self, insertions: &[InsertionOption], rate: SampleRate) {
        let mut marks: Vec<Mark> = Vec::new();
        for i in insertions {
            let label = || i.label.clone();
            marks.push(Mark { at: rate.index(i.start), kind: MarkKind::NeedleIn { label: label() } });
            marks.push(Mark { at: rate.index(i.end), kind: MarkKind::NeedleOut { label: label() } });
        }
        marks.sort_by_key(|m| m.at);
        self.only_by_hand = !marks.is_empty();
        if self.only_by_hand {
            self.marks.clear();
        }
        self.by_hand = marks.into();
    }

    /// Whether marks by hand leave the board's aside.
    pub fn only_by_hand(&self) -> bool {
        self.only_by_hand
    }

    /// Whether frames wait to be given.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The next run of frames as a block of the `chosen` channels, each count times `gain`;
    /// whether there is one.
    pub fn block(&mut self, chosen: &[usize], gain: f64, into: &mut Block) -> bool {
        into.marks.clear();
        let Some(run) = self.runs.pop_front() else {
            into.frames = Array2::zeros((0, chosen.len()));
            return false;
        };
        let columns = self.described.as_ref().map_or(1, |d| d.channels.len());
        let mut frames = std::mem::take(&mut into.frames).into_raw_vec_and_offset().0;
        frames.clear();
        self.given.clear();
        for frame in run.counts.chunks_exact(columns) {
            self.given.extend(chosen.iter().map(|c| frame[*c]));
        }
        frames.extend(self.given.iter().map(|count| (f64::from(*count) * gain) as f32));
        into.first = SampleIndex::new(run.first);
        // The length is rows × columns by construction, so the shape always fits.
        let rows = frames.len() / chosen.len().max(1);
        into.frames = Array2::from_shape_vec((rows, chosen.len()), frames).unwrap_or_default();
        let end = into.end();
        for marks in [&mut self.marks, &mut self.by_hand] {
            while marks.front().is_some_and(|m| m.at < end) {
                into.marks.extend(marks.pop_front());
            }
        }
        into.marks.sort_by_key(|m| m.at);
        true
    }
}
