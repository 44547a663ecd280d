//! What is seen of one channel at once.

use super::Lane;
use crate::pipeline::bands::Bands;
use crate::pipeline::{Glance, Standing};
use crate::units::Span;

impl Lane {
    /// Up to which frame [`Lane::glance`] can tell, with frames up to `now` taken.
    pub fn reached(&self, bands: &Bands, now: u64) -> u64 {
        match self.base {
            Some(base) if self.started => {
                (base + self.detector.reached() * bands.hop_frames()).saturating_sub(self.delay)
            }
            Some(base) => base,
            None => now,
        }
    }

    /// What is seen of frames `span`.
    pub fn glance(&self, bands: &Bands, span: Span) -> Glance {
        let mut glance = Glance::default();
        let Some(base) = self.base else { return glance };
        let hop = |frame: u64| (frame + self.delay).saturating_sub(base) / bands.hop_frames();
        let first = hop(span.start.get());
        for at in first..hop(span.end.get()).max(first + 1) {
            if let Some((low, high)) = self.detector.range(at) {
                glance.range =
                    Some(glance.range.map_or((low, high), |(l, h): (f32, f32)| (l.min(low), h.max(high))));
            }
            glance.level = glance.level.max(self.detector.level(at).unwrap_or(0.0));
        }
        glance
    }

    /// How the channel stands.
    pub fn standing(&self) -> Standing {
        Standing {
            noise_rms: self.detector.noise_rms(),
            usual_rms: self.detector.quality().map(|q| q.noise_rms),
            mains_hz: self.chain.lines_hz().collect(),
            no_signal: self.front.open(),
        }
    }
}
