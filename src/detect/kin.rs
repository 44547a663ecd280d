//! How many discharges like it lie around a burst: a motor unit that goes on firing.
//!
//! While a muscle is held a little, its units fire several times a second, each with a waveform of
//! its own that comes again and again. One discharge of many may cross the
//! threshold, by its size or because two fell together; a twitch is not one of many.

use super::pulse::dot;
use super::scene::Scene;
use crate::units::Seconds;

/// The waveform that is looked for reaches this far to either side of its peak, ms: potentials at
/// the surface last 5-17 ms (Westling 1990).
const HALF_MS: f64 = 8.0;
/// Its like are looked for in so much time before it, s, and after it: what is heard when it is judged.
const BEFORE_S: f64 = 2.0;
const AFTER_S: f64 = 0.42;
/// What is so near belongs to the burst itself, ms.
const NEAR_MS: f64 = 24.0;
/// From this normalised correlation on, two waveforms are of one unit.
const ALIKE: f32 = 0.83;
/// Discharges of a unit differ in size, and noise looks like anything: they have this share of the
/// burst's energy and of the threshold at least, so many times the floor, and are below the threshold.
const SHARE: f32 = 0.12;
const HEARD: f32 = 0.35;
const LOUD: f32 = 2.0;
/// Room for all of it at the fastest rate after thinning, 4000 a second.
const SAMPLES: usize = 9800;

impl Scene<'_> {
    /// How many waveforms below the threshold on `floor` are like the peak of the burst at samples
    /// `onset..offset`.
    pub fn kin(&self, onset: u64, offset: u64, floor: f32) -> u32 {
        let samples = &self.tape.samples;
        let half = self.clock.samples(Seconds::from_ms(HALF_MS));
        let near = self.clock.samples(Seconds::from_ms(NEAR_MS));
        let Some(peak) = self.loudest(onset, offset) else { return 0 };
        let first = peak.saturating_sub(self.clock.samples(Seconds::new(BEFORE_S))).max(samples.start());
        let last = (peak + self.clock.samples(Seconds::new(AFTER_S))).min(samples.end());
        let mut all = [0.0f32; SAMPLES];
        let heard = all.iter_mut().zip(samples.range(first, last)).map(|(x, f)| *x = f.detect).count();
        let x = &all[..heard];
        let (at, half) = ((peak - first) as usize, half as usize);
        if at < half || at + half >= x.len() {
            return 0;
        }
        let own = &x[at - half..=at + half];
        let energy = dot(own, own);
        let threshold = self.score.threshold(0) * floor;
        let least = (HEARD * threshold).max(LOUD * floor);
        let found = |middle: u64| {
            let around = self.tape.detect.around(0, middle / self.clock.hop).unwrap_or(0.0);
            u32::from(around > least && around < threshold)
        };
        let (mut count, mut best) = (0, None::<(f32, u64)>);
        for (middle, other) in (first + half as u64..).zip(x.windows(own.len())) {
            if let Some((_, at)) = best
                && middle - at > half as u64
            {
                count += found(at);
                best = None;
            }
            if middle + near >= onset && middle <= offset + near {
                continue;
            }
            let theirs = dot(other, other);
            if theirs < SHARE * energy {
                continue;
            }
            let alike = dot(own, other) / (theirs * energy).sqrt();
            if alike > ALIKE && best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, middle));
            }
        }
        count + best.map_or(0, |(_, at)| found(at))
    }
}
