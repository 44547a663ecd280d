//! A recording at another rate, as a board that samples at that rate would have it: band-limited
//! interpolation with a windowed sinc (J. O. Smith, Digital Audio Resampling, 2002).

/// The kernel reaches over so many zero crossings to either side.
const CROSSINGS: f64 = 24.0;
/// The kernel is tabled at so many places between two samples; between them it is a line.
const TABLED: usize = 256;
/// Of the lower of both Nyquist frequencies, so much is kept.
const KEPT: f64 = 0.92;

/// Interpolates frames of some channels.
#[derive(Debug)]
pub(super) struct Resampler {
    channels: usize,
    /// Input frames an output frame; `None` where both rates are one.
    step: Option<f64>,
    /// Input frames from the middle of the kernel to its end.
    reach: usize,
    kernel: Vec<f32>,
    /// The input still needed, frames × channels, and the number of its first frame; what comes
    /// before the recording is its first frame again and again.
    held: Vec<f32>,
    first: i64,
    /// Output frames so far.
    made: u64,
}

impl Resampler {
    /// From `from_hz` to `to_hz`.
    pub(super) fn new(channels: usize, from_hz: f64, to_hz: f64) -> Self {
        let step = from_hz / to_hz;
        let same = (step - 1.0).abs() < 1e-9;
        let cutoff = KEPT * (1.0 / step).min(1.0);
        let reach = (CROSSINGS / cutoff).ceil();
        let places = reach as usize * TABLED + 2;
        let kernel = (0..places).map(|place| value(place as f64 / TABLED as f64, cutoff, reach) as f32);
        Self {
            channels,
            step: (!same).then_some(step),
            reach: reach as usize,
            kernel: kernel.collect(),
            held: Vec::new(),
            first: 0,
            made: 0,
        }
    }

    /// Takes frames, and gives those that can be made now.
    pub(super) fn push(&mut self, frames: &[f32], out: &mut Vec<f32>) {
        let Some(step) = self.step else { return out.extend_from_slice(frames) };
        if self.held.is_empty() && self.made == 0 && !frames.is_empty() {
            self.first = -(self.reach as i64);
            (0..self.reach).for_each(|_| self.held.extend_from_slice(&frames[..self.channels]));
        }
        self.held.extend_from_slice(frames);
        let end = self.first + (self.held.len() / self.channels) as i64;
        loop {
            let at = self.made as f64 * step;
            let whole = at.floor() as i64;
            if whole + self.reach as i64 >= end {
                break;
            }
            self.frame(whole, at - whole as f64, out);
            self.made += 1;
        }
        let needed = (self.made as f64 * step).floor() as i64 - self.reach as i64;
        let done = (needed - self.first).max(0) as usize;
        self.held.drain(..(done * self.channels).min(self.held.len()));
        self.first += done as i64;
    }

    fn frame(&self, whole: i64, part: f64, out: &mut Vec<f32>) {
        let from = whole - self.reach as i64 + 1;
        for channel in 0..self.channels {
            let mut sum = 0.0f64;
            for tap in from..=whole + self.reach as i64 {
                let place = ((tap - whole) as f64 - part).abs() * TABLED as f64;
                let (low, share) = (place as usize, place.fract() as f32);
                let (Some(a), Some(b)) = (self.kernel.get(low), self.kernel.get(low + 1)) else { continue };
                let weight = a + (b - a) * share;
                let input = self.held[(tap - self.first) as usize * self.channels + channel];
                sum += f64::from(weight * input);
            }
            out.push(sum as f32);
        }
    }
}

/// The kernel at `x` input frames from its middle: a sinc under a Blackman window.
fn value(x: f64, cutoff: f64, reach: f64) -> f64 {
    use std::f64::consts::PI;
    if x >= reach {
        return 0.0;
    }
    let angle = PI * cutoff * x;
    let sinc = if angle == 0.0 { 1.0 } else { angle.sin() / angle };
    let turn = PI * x / reach;
    cutoff * sinc * (0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_keeps_its_shape_at_any_rate_that_carries_it() {
        let from_hz = 1000.0;
        let sine = |hz: f64, t: f64| (std::f64::consts::TAU * hz * t).sin();
        let input: Vec<f32> = (0..4000).map(|n| sine(90.0, f64::from(n) / from_hz) as f32).collect();
        for to_hz in [250.0, 500.0, 1000.0, 3350.08, 10_050.25] {
            let mut resampler = Resampler::new(1, from_hz, to_hz);
            let mut out = Vec::new();
            input.chunks(37).for_each(|part| resampler.push(part, &mut out));
            assert!(out.len() as f64 > 3.7 * to_hz, "{to_hz}: {}", out.len());
            for (n, y) in out.iter().enumerate().skip((0.3 * to_hz) as usize) {
                let expected = sine(90.0, n as f64 / to_hz);
                assert!((f64::from(*y) - expected).abs() < 2e-3, "{to_hz} Hz, {n}: {y}, {expected}");
            }
        }
    }

    #[test]
    fn what_a_rate_cannot_carry_is_gone_and_not_folded() {
        let input: Vec<f32> = (0..4000).map(|n| (f64::from(n) * 1.4).sin() as f32).collect();
        let (mut resampler, mut out) = (Resampler::new(1, 1000.0, 250.0), Vec::new());
        resampler.push(&input, &mut out);
        assert!(out.iter().skip(100).all(|y| y.abs() < 1e-3));
    }
}
