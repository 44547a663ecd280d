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
    /// `bursts` in order of start; `step` is what the converter rounds to.
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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::block::Scale;
    use crate::units::{SampleIndex, SampleRate};

    /// Ones on two channels, a sample of them lost, `size` frames a block.
    struct Ones {
        format: Format,
        size: u64,
        next: u64,
    }

    const FRAMES: u64 = 100;

    impl Source for Ones {
        fn format(&self) -> &Format {
            &self.format
        }

        fn next(&mut self, into: &mut Block) -> Result<Flow, Error> {
            let count = self.size.min(FRAMES - self.next);
            into.first = SampleIndex::new(self.next);
            into.frames = Array2::from_elem((count as usize, 2), 1.0);
            if (self.next..self.next + count).contains(&31) {
                into.frames[((31 - self.next) as usize, 0)] = f32::NAN;
            }
            self.next += count;
            Ok(if count == 0 { Flow::End } else { Flow::Frames })
        }

        fn warnings(&self) -> &[Warning] {
            &[]
        }
    }

    fn read(size: u64, step: Option<f32>, full_scale: Option<f32>) -> Vec<[f32; 2]> {
        let rate = SampleRate::new(1000.0).unwrap();
        let format =
            Format { rate, channels: vec!["a".into(), "b".into()], scale: Scale::Microvolts, full_scale };
        let burst = |channel, start| Burst { channel, start, values: vec![0.3, 2.0, 7.4] };
        let bursts = vec![burst(0, 10), burst(1, 29), burst(0, 30), burst(1, 98)];
        let mut source = Added::new(Ones { format, size, next: 0 }, bursts, step);
        let (mut block, mut all) = (Block::empty(2), Vec::new());
        while source.next(&mut block).unwrap() == Flow::Frames {
            all.extend(block.frames.rows().into_iter().map(|row| [row[0], row[1]]));
        }
        all
    }

    #[test]
    fn however_the_recording_is_cut_the_same_is_added() {
        let whole = read(FRAMES, None, None);
        assert_eq!(whole[9..14], [[1.0, 1.0], [1.3, 1.0], [3.0, 1.0], [8.4, 1.0], [1.0, 1.0]]);
        assert_eq!(whole[98..], [[1.0, 1.3], [1.0, 3.0]], "and what lies beyond the end is left out");
        for size in [1, 2, 3, 7, 64] {
            let cut = read(size, None, None);
            assert!(
                cut.iter().flatten().zip(whole.iter().flatten()).all(|(a, b)| a.to_bits() == b.to_bits())
            );
        }
    }

    #[test]
    fn what_is_added_goes_through_the_converter_and_what_was_lost_stays_lost() {
        let added = read(16, Some(0.5), Some(6.0));
        let first: Vec<f32> = added[9..14].iter().map(|frame| frame[0]).collect();
        assert_eq!(first, [1.0, 1.5, 3.0, 6.0, 1.0]);
        assert!(added[31][0].is_nan() && added[30][0] == 1.5);
    }
}
