//! Holds marks against the recording they belong to: marks become insertions and masks.

use super::{Marks, Origin, Stretch};
use crate::insertion::{Insertion, Needles};
use crate::source::{Error, Warning};
use crate::units::{SampleIndex, SampleRate, Seconds, Span};

/// How far an end may lie beyond the end of the recording: a mark set while stopping, on a clock
/// that is not quite the recorder's, and not a mark of another recording.
const LATE: Seconds = Seconds::new(1.0);

/// The recording that marks are held against.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Its rate.
    pub rate: SampleRate,
    /// How many frames it has.
    pub frames: u64,
    /// Its end was lost, so marks may well lie beyond what is left.
    pub cut: bool,
}

impl Extent {
    fn end(self) -> SampleIndex {
        SampleIndex::new(self.frames)
    }

    fn end_s(self) -> f64 {
        // Three decimals are enough to find a place; more are noise in a message.
        (self.rate.seconds(self.frames).s() * 1000.0).round() / 1000.0
    }

    fn index(self, t: Seconds) -> SampleIndex {
        self.rate.index(t)
    }
}

impl Marks {
    /// The insertions, in order of needle in. An end just beyond the end of the recording is moved
    /// there; where the end of the recording was lost, marks in the lost part are left out.
    ///
    /// # Errors
    /// [`Error`] for a needle out without a needle in, and for marks outside the recording.
    pub fn settle(&self, recording: Extent, warnings: &mut Vec<Warning>) -> Result<Vec<Insertion>, Error> {
        self.refuse_other_recording(recording)?;
        let mut insertions = Vec::new();
        let mut lost = 0;
        for stretch in &self.insertions {
            if self.starts_beyond(stretch.start, stretch.line, recording)? {
                lost += 1;
                continue;
            }
            insertions.push(self.insertion(stretch, recording, warnings)?);
        }
        insertions.extend(self.pair(recording, &mut lost, warnings)?);
        if lost > 0 {
            warnings.push(Warning::MarksLost { place: self.origin.name(), marks: lost });
        }
        insertions.sort_by_key(|i| (i.entered, i.left));
        Ok(insertions)
    }

    /// Marks that all lie beyond the end are those of a longer recording.
    fn refuse_other_recording(&self, recording: Extent) -> Result<(), Error> {
        let mut starts = self.insertions.iter().map(|s| s.start).chain(self.points.iter().map(|p| p.at));
        let beyond = |t: Seconds| recording.index(t) >= recording.end();
        if self.origin != Origin::Options && !recording.cut && self.has_insertions() && starts.all(beyond) {
            return Err(Error::OtherRecording { place: self.origin.to_string(), end: recording.end_s() });
        }
        Ok(())
    }

    /// Whether a mark lies in the part that was lost.
    fn starts_beyond(&self, at: Seconds, line: usize, recording: Extent) -> Result<bool, Error> {
        if at.s() < 0.0 || (recording.index(at) >= recording.end() && !recording.cut) {
            return Err(self.outside(at, line, recording));
        }
        Ok(recording.index(at) >= recording.end())
    }

    fn outside(&self, at: Seconds, line: usize, recording: Extent) -> Error {
        Error::Outside { place: self.place(line), time: at.s(), end: recording.end_s() }
    }

    /// Whether a needle out lies beyond the end, so that the needle is still in; a word about it.
    fn ends_late(
        &self,
        at: Seconds,
        line: usize,
        recording: Extent,
        warnings: &mut Vec<Warning>,
    ) -> Result<bool, Error> {
        let late = recording.index(at) > recording.end();
        if late && !recording.cut && at.s() > recording.rate.seconds(recording.frames).s() + LATE.s() {
            return Err(self.outside(at, line, recording));
        }
        if late {
            let place = self.origin.short_place(line);
            warnings.push(Warning::EndsLate { place, time: at.s(), end: recording.end_s() });
        }
        Ok(late)
    }

    fn insertion(
        &self,
        stretch: &Stretch,
        recording: Extent,
        warnings: &mut Vec<Warning>,
    ) -> Result<Insertion, Error> {
        let entered = recording.index(stretch.start);
        let still_in = match stretch.end {
            Some(end) => self.ends_late(end, stretch.line, recording, warnings)?,
            None => true,
        };
        let left = stretch.end.filter(|_| !still_in).map_or(recording.end(), |end| recording.index(end));
        if left <= entered {
            return Err(Error::NoLength { place: self.place(stretch.line) });
        }
        if stretch.end.is_none() {
            warnings.push(Warning::NeverOut { place: self.origin.short_place(stretch.line), needles: 1 });
        }
        Ok(Insertion { label: stretch.label.clone(), entered, left, still_in })
    }

    /// Pairs the moments of needle in and needle out, in order of time.
    fn pair(
        &self,
        recording: Extent,
        lost: &mut usize,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Insertion>, Error> {
        let mut points: Vec<_> = self.points.iter().collect();
        points.sort_by(|a, b| a.at.s().total_cmp(&b.at.s()));
        let mut needles = Needles::default();
        let mut late = 0;
        for point in points {
            let at = recording.index(point.at);
            if point.at.s() < 0.0 {
                return Err(self.outside(point.at, point.line, recording));
            }
            if recording.cut && at >= recording.end() {
                *lost += 1;
                continue;
            }
            if point.enters {
                self.starts_beyond(point.at, point.line, recording)?;
                needles.enter(point.label.clone(), at);
                continue;
            }
            if late < needles.inside() && self.ends_late(point.at, point.line, recording, warnings)? {
                // The needle stays in: `finish` takes it out at the end and flags it.
                late += 1;
                continue;
            }
            needles
                .leave(point.label.as_deref(), at)
                .map_err(|source| Error::OutWithoutIn { place: self.place(point.line), source })?;
        }
        let never_out = needles.inside().saturating_sub(late);
        if never_out > 0 && !recording.cut {
            warnings.push(Warning::NeverOut { place: self.origin.name(), needles: never_out });
        }
        let mut insertions = needles.finish(recording.end());
        insertions.retain(|i| {
            if i.span().is_empty() {
                warnings.push(Warning::Momentary { place: self.origin.name() });
            }
            !i.span().is_empty()
        });
        Ok(insertions)
    }
}

/// The spans without a valid signal, sorted and joined; what lies outside is cut off.
pub(super) fn masked(masks: &[Stretch], recording: Extent) -> Vec<Span> {
    let span = |mask: &Stretch| Span {
        start: recording.index(mask.start),
        end: mask.end.map_or(recording.end(), |end| recording.index(end)).min(recording.end()),
    };
    joined(masks.iter().map(span).collect())
}

/// The spans in order and apart, without empty ones.
pub(in crate::source) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort();
    spans.dedup_by(|later, earlier| {
        let joins = later.start <= earlier.end;
        if joins {
            earlier.end = earlier.end.max(later.end);
        }
        joins
    });
    spans
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Options => f.write_str("--insertion"),
            Self::File(path) => path.display().fmt(f),
            Self::Cues(path) => write!(f, "{}, cue points", path.display()),
        }
    }
}
