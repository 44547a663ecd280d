//! Merging over channels, at the threshold in force and at those beside it.

use super::Event;
use super::lane::Said;
use super::merge::Merge;
use crate::detect::{Class, Threshold};
use crate::units::SampleRate;

/// One [`Merge`] a threshold: what is found beside the threshold in force must not change what is
/// told at it.
#[derive(Debug)]
pub struct Merges {
    set: Merge,
    beside: [(Threshold, Merge); 2],
}

impl Merges {
    /// For a recording of `channels` channels at `rate`.
    pub fn new(rate: SampleRate, channels: usize) -> Self {
        let new = || Merge::new(rate, channels);
        Self { set: new(), beside: Threshold::BESIDE.map(|threshold| (threshold, new())) }
    }

    /// Takes what a lane says. An effort is one at any threshold.
    pub fn take(&mut self, channel: usize, said: Said) {
        let (candidate, span) = match said {
            Said::Candidate(candidate, span) => (candidate, span),
            Said::Masked(..) => return self.set.take(channel, said),
            Said::Active(span, noise) => {
                let beside = self.beside.iter_mut().map(|(_, merge)| merge);
                return beside
                    .chain([&mut self.set])
                    .for_each(|m| m.take(channel, Said::Active(span, noise)));
            }
        };
        let everywhere = candidate.class == Class::Effort;
        for (threshold, merge) in &mut self.beside {
            if everywhere || *threshold == candidate.threshold {
                merge.take(channel, Said::Candidate(candidate, span));
            }
        }
        if candidate.threshold == Threshold::Set {
            self.set.take(channel, Said::Candidate(candidate, span));
        }
    }

    /// As [`Merge::tell`]; of the thresholds beside the one in force, only twitches.
    pub fn tell(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.set.tell(settled, sink);
        for (_, merge) in &mut self.beside {
            merge.tell(settled, &mut |event| {
                if let Event::Twitch(found) = event {
                    sink(Event::Beside(found));
                }
            });
        }
    }

    /// As [`Merge::untold`], at the threshold in force.
    pub fn untold(&self) -> Option<u64> {
        self.set.untold()
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.set.clear();
        self.beside.iter_mut().for_each(|(_, merge)| merge.clear());
    }
}
