//! A source with bursts added to it, block by block.

use crate::block::{Block, Format};
use crate::source::{Error, Flow, Source, Warning};

/// What is added.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    /// The channel's place.
    pub channel: usize,
    /// The frame of its first sample.
    pub start: u64,
    /// Its samples, in the recording's unit.
    pub values: Vec<f32>,
}

impl Burst {
    fn end(&self) -> u64 {
        self.start + self.values.len() as u64
    }
}

/// The source `inner` with `bursts` in it.
#[derive(Debug)]
pub struct Added<S> {
    inner: S,
    bursts: Vec<Burst>,
    /// Bursts before this one are over.
    first: usize,
    step: Option<f32>,
}

impl<S: Source> Added<S> {
    /// `bursts` in order of start, none longer than the distance to the one after the next.
    pub fn new(inner: S, bursts: Vec<Burst>, step: Option<f32>) -> Self {
        Self { inner, bursts, first: 0, step: step.filter(|s| *s > 0.0) }
    }

    /// What the converter would have given for `x`.
    fn converted(&self, x: f32) -> f32 {
        let end = self.inner.format().full_scale.unwrap_or(f32::INFINITY);
        let x = x.clamp(-end, end);
        self.step.map_or(x, |step| (x / step).round() * step)
    }
}

impl<S: Source> Source for Added<S> {
    fn format(&self) -> &Format {
        self.inner.format()
    }

    fn next(&mut self, into: &mut Block) -> Result<Flow, Error> {
        let flow = self.inner.next(into)?;
        let (from, to) = (into.first.get(), into.end().get());
        while self.bursts.get(self.first).is_some_and(|b| b.end() <= from) {
            self.first += 1;
        }
        for burst in self.bursts[self.first..].iter().take_while(|b| b.start < to) {
            let skip = from.saturating_sub(burst.start) as usize;
            let row = burst.start.saturating_sub(from) as usize;
            let mut column = into.frames.column_mut(burst.channel);
            let samples = column.iter_mut().skip(row).zip(burst.values.iter().skip(skip));
            // A sample that was lost stays lost.
            for (x, value) in samples.filter(|(x, _)| x.is_finite()) {
                *x = self.converted(*x + value);
            }
        }
        Ok(flow)
    }

    fn warnings(&self) -> &[Warning] {
        self.inner.warnings()
    }
}
