//! What a view may see of the path at any time: nothing here changes it.

use super::{Mask, Pipeline};
use crate::units::{SampleIndex, Span};

/// A stretch of a channel, before anything is decided on it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Glance {
    /// The least and the largest value in the amplitude band, mains removed, in the samples' unit;
    /// `None` where there is no signal.
    pub range: Option<(f32, f32)>,
    /// How far it stands over the threshold, as a ratio of powers: at 1 it is just found.
    pub level: f32,
}

/// How a channel stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Noise RMS in the detection band as it is now, in the samples' unit; `None` in the first
    /// seconds, when nothing can be found yet.
    pub noise_rms: Option<f64>,
    /// Its median so far.
    pub usual_rms: Option<f64>,
    /// Mains lines that are removed, Hz.
    pub mains_hz: Vec<f64>,
    /// Why it is no signal, if it is none.
    pub no_signal: Option<Mask>,
}

impl Pipeline {
    /// Up to which frame [`Pipeline::glance`] can tell on every channel.
    pub fn reached(&self) -> SampleIndex {
        let reached = self.lanes.iter().map(|lane| lane.reached(&self.bands, self.next)).min();
        SampleIndex::new(reached.unwrap_or(self.next))
    }

    /// Before which frame all that crossed the threshold was told, but for efforts that go on and what is
    /// told late.
    pub fn judged(&self) -> SampleIndex {
        let settled = self.lanes.iter().map(|lane| lane.settled(&self.bands, self.next)).min();
        let settled = settled.unwrap_or(self.next);
        SampleIndex::new(self.merge.untold().map_or(settled, |untold| untold.min(settled)))
    }

    /// What is seen of `span` on the channel at place `channel`; some seconds are kept. Nothing is
    /// seen of a channel that there is not.
    pub fn glance(&self, channel: usize, span: Span) -> Glance {
        self.lanes.get(channel).map(|lane| lane.glance(&self.bands, span)).unwrap_or_default()
    }

    /// How the channel at place `channel` stands.
    pub fn standing(&self, channel: usize) -> Standing {
        self.lanes.get(channel).map(super::lane::Lane::standing).unwrap_or_default()
    }
}
