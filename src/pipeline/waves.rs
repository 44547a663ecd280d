//! The waveforms of some twitches, as a figure of them needs: few, of one length, in room that is
//! taken once.

use super::Found;
use crate::detect::Detector;
use crate::units::{SampleIndex, SampleRate, Seconds};

/// Waveforms that are kept at most, whatever the number of twitches; at least half as many where
/// there are more.
const MOST: usize = 24;
/// A waveform begins this long before the onset, s: enough to see the noise that it rises from.
const BEFORE_S: f64 = 0.05;
/// And ends this long after it, s. Longer twitches are cut; most last less than a tenth of a
/// second.
const AFTER_S: f64 = 0.2;

/// The waveform of one twitch, amplitude band, mains removed, on the channel where it is strongest.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    /// The onset of its twitch, a frame of the recording.
    pub onset: SampleIndex,
    /// In the samples' unit; sample number [`Waveform::before`] lies at the onset.
    pub samples: Vec<f32>,
    /// How many samples lie before the onset.
    pub before: usize,
    /// Samples a second, after thinning.
    pub rate: SampleRate,
}

/// Every n-th twitch, n as large as the room demands: 1, then 2, 4 and so on.
#[derive(Debug)]
pub struct Waves {
    rate: SampleRate,
    before: usize,
    length: usize,
    every: u64,
    seen: u64,
    kept: Vec<(u64, Found)>,
    samples: Vec<f32>,
}

impl Waves {
    /// For detectors that hear `rate` samples a second.
    pub fn new(rate: SampleRate) -> Self {
        let count = |s: f64| rate.samples(Seconds::new(s)).max(1) as usize;
        let (before, length) = (count(BEFORE_S), count(BEFORE_S) + count(AFTER_S));
        let (kept, samples) = (Vec::with_capacity(MOST), Vec::with_capacity(MOST * length));
        Self { rate, before, length, every: 1, seen: 0, kept, samples }
    }

    /// Keeps the waveform of `found`, if it is its turn and all of it was heard and valid.
    pub fn take(&mut self, detector: &Detector, found: Found) {
        let number = self.seen;
        self.seen += 1;
        if self.kept.len() == MOST {
            self.thin();
        }
        if !number.is_multiple_of(self.every) {
            return;
        }
        let Some(from) = found.candidate.onset.checked_sub(self.before as u64) else { return };
        if let Some(samples) = detector.waveform(from, from + self.length as u64) {
            self.samples.extend(samples);
            self.kept.push((number, found));
        }
    }

    /// Keeps every second of what is kept, counted by all twitches.
    fn thin(&mut self) {
        self.every *= 2;
        let mut left = 0;
        for place in 0..self.kept.len() {
            if self.kept[place].0.is_multiple_of(self.every) {
                self.kept[left] = self.kept[place];
                self.samples.copy_within(place * self.length..(place + 1) * self.length, left * self.length);
                left += 1;
            }
        }
        self.kept.truncate(left);
        self.samples.truncate(left * self.length);
    }

    /// What was kept of the channel at place `channel`.
    pub fn of(&self, channel: usize) -> Vec<Waveform> {
        let all = self.kept.iter().zip(self.samples.chunks_exact(self.length));
        let own = all.filter(|((_, found), _)| found.channel == channel);
        own.map(|((_, found), samples)| Waveform {
            onset: found.span.start,
            samples: samples.to_vec(),
            before: self.before,
            rate: self.rate,
        })
        .collect()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.samples.clear();
        (self.every, self.seen) = (1, 0);
    }
}
