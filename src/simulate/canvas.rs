//! What every component paints on: the clock at which signals are made, and waves with a place.

use super::recipe::Recipe;

/// The sizes every component needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    /// Samples a second at which signals are made.
    pub made_hz: f64,
    /// Made samples a kept frame.
    pub factor: usize,
    /// Kept frames.
    pub frames: usize,
    /// Kept frames a second.
    pub rate_hz: f64,
    pub channels: usize,
    pub noise_uv: f64,
    pub seed: u64,
}

impl Canvas {
    pub(super) fn new(recipe: &Recipe, factor: usize) -> Self {
        Self {
            made_hz: recipe.rate_hz * factor as f64,
            factor,
            frames: (recipe.duration_s * recipe.rate_hz).round() as usize,
            rate_hz: recipe.rate_hz,
            channels: recipe.channels,
            noise_uv: recipe.background.noise_uv,
            seed: recipe.seed,
        }
    }

    /// Made samples.
    pub(super) fn made(&self) -> usize {
        self.frames * self.factor
    }

    /// How long the recording is, s.
    pub(super) fn duration_s(&self) -> f64 {
        self.frames as f64 / self.rate_hz
    }

    /// The made sample at `s` seconds.
    pub(super) fn at(&self, s: f64) -> i64 {
        (s * self.made_hz).round() as i64
    }

    /// A wave of `duration_s` whose value at each time is `value(seconds)`.
    pub(super) fn draw(&self, duration_s: f64, value: impl Fn(f64) -> f64) -> Vec<f64> {
        let count = (duration_s * self.made_hz).ceil().max(1.0) as usize;
        (0..count).map(|i| value(i as f64 / self.made_hz)).collect()
    }
}

/// A wave at its place, µV, with its gain on each channel.
pub(super) struct Wave {
    /// The made sample of its first value; may lie before the recording.
    pub at: i64,
    pub values: Vec<f64>,
    pub gains: Vec<f64>,
    /// Whether its last value stays until the end of the recording.
    pub stays: bool,
}

impl Wave {
    /// Adds itself to the made samples of one channel.
    pub(super) fn add_to(&self, lane: &mut [f64], channel: usize) {
        let gain = self.gains.get(channel).copied().unwrap_or(0.0);
        if gain == 0.0 {
            return;
        }
        let skip = usize::try_from(-self.at).unwrap_or(0).min(self.values.len());
        let start = usize::try_from(self.at).unwrap_or(0).min(lane.len());
        for (sample, value) in lane[start..].iter_mut().zip(&self.values[skip..]) {
            *sample += gain * value;
        }
        if let (true, Some(last)) = (self.stays, self.values.last()) {
            let end = (start + self.values.len() - skip).min(lane.len());
            lane[end..].iter_mut().for_each(|sample| *sample += gain * last);
        }
    }
}

/// Half a cosine from 0 to 1 while `t` goes from 0 to `rise`.
pub(super) fn ramp(t: f64, rise: f64) -> f64 {
    0.5 - 0.5 * (std::f64::consts::PI * (t / rise).clamp(0.0, 1.0)).cos()
}
