//! Single bursts of known size, for adding to recordings that are already there.

use super::band::Band;
use super::canvas::Canvas;
use super::decimate::Decimator;
use super::schedule::Planned;
use super::spectrum::Emg;
use super::streams::{Component, Stream};
use super::twitch::{burst, kept};
use crate::units::{SampleRate, Seconds};

/// Makes bursts as twitches of simulated recordings are: half of them trains of motor-unit
/// potentials, half Gaussian.
pub struct Bursts {
    canvas: Canvas,
    emg: Emg,
    decimator: Decimator,
    band: Band,
}

/// A burst whose RMS from onset to offset, in 20-450 Hz, is 1.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitBurst {
    /// Its samples at the rate asked for.
    pub values: Vec<f32>,
    /// The place of its onset in `values`.
    pub onset: usize,
    /// The place after its last sample before the offset.
    pub offset: usize,
}

impl Bursts {
    /// For recordings of `rate`, 100 Hz to 192 kHz; another `seed` gives other bursts.
    pub fn new(rate: SampleRate, seed: u64) -> Self {
        let decimator = Decimator::new(rate.hz());
        let factor = decimator.factor();
        let canvas = Canvas {
            made_hz: rate.hz() * factor as f64,
            factor,
            frames: 0,
            rate_hz: rate.hz(),
            channels: 1,
            noise_uv: 1.0,
            seed,
        };
        Self { emg: Emg::new(canvas.made_hz), band: Band::new(rate.hz()), canvas, decimator }
    }

    /// The `index`-th burst, as nearly `duration` long as can be had; `None` where the rate is too
    /// low for one so short.
    pub fn make(&mut self, index: u64, duration: Seconds) -> Option<UnitBurst> {
        let mut stream = Stream::new(self.canvas.seed, Component::AddedBurst, index);
        let gaussian = stream.chance(0.5);
        let planned =
            Planned { onset: 0, duration_s: duration.s(), insertion: None, until: u64::MAX / 2, order: 0 };
        let Self { canvas, emg, decimator, band } = self;
        let burst = burst(canvas, emg, decimator, band, &mut stream, gaussian, &planned)?;
        let (values, first) = kept(&self.canvas, &self.decimator, &burst.made);
        let place = |at: i64| usize::try_from(at - first).ok().filter(|p| *p <= values.len());
        let (onset, offset) = (place(burst.measured.onset)?, place(burst.measured.offset)?);
        let gain = burst.measured.power.sqrt().recip();
        let values = values.iter().map(|x| (x * gain) as f32).collect();
        (onset < offset && gain.is_finite()).then_some(UnitBurst { values, onset, offset })
    }
}
