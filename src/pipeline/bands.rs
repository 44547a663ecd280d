//! The filters of one recording: the settings' corners, as far as its rate can carry them.

use crate::detect::Clock;
use crate::settings::Settings;
use crate::signal::biquad::Cascade;
use crate::signal::design::{self, Shape, butterworth};
use crate::units::{Hertz, SampleRate, Seconds};

/// Above twice this many samples a second, samples are thinned after the anti-alias filter: a
/// band up to 450 Hz needs no more, and every later stage costs the same at 2 kHz and at 192.
const ENOUGH_HZ: f64 = 2000.0;
/// One hop, ms.
const HOP_MS: f64 = 2.0;
/// What lies below this is drift, Hz.
const DRIFT_HZ: f64 = 5.0;
/// A low-pass corner beyond this share of the rate does nothing worth its cost.
const LOW_PASS_SHARE: f64 = 0.45;
/// Slow recordings: the lower corner of the detection band gives way to this share of the rate.
const DETECT_SHARE: f64 = 0.3;
const AMPLITUDE_SHARE: f64 = 0.1;
/// Where the delay of the filters is taken from timestamps: the middle of a twitch's spectrum.
const DELAY_AT_HZ: f64 = 120.0;

/// What every lane of one recording shares.
#[derive(Debug, Clone)]
pub struct Bands {
    /// Against aliasing, before thinning.
    pub low_pass: Cascade,
    /// Every how many frames one sample is kept.
    pub thinning: u64,
    /// Samples and hops after thinning.
    pub clock: Clock,
    /// Takes off drift.
    pub drift: Cascade,
    /// From there to the amplitude band.
    pub amplitude: Cascade,
    /// From there to the detection band.
    pub detect: Cascade,
    /// The highest frequency in either band.
    pub highest: Hertz,
    /// The share of the full spectrum in the detection band, at the thinned rate.
    pub share: f64,
    /// The filters' delay, in frames of the recording.
    pub delay: f64,
}

impl Bands {
    /// Designs the filters of `settings` for `rate`.
    ///
    /// # Errors
    /// [`design::Error`] for corners that cannot be; [`Settings::check`] finds these first.
    pub fn new(settings: &Settings, rate: SampleRate) -> Result<Self, design::Error> {
        let thinning = (rate.hz() / ENOUGH_HZ).floor().max(1.0);
        let thinned = SampleRate::new(rate.hz() / thinning).unwrap_or(rate);
        let hop = (HOP_MS / 1000.0 * thinned.hz()).round().max(1.0) as u64;
        let high_hz = settings.high_hz;
        let low_pass = if high_hz < LOW_PASS_SHARE * rate.hz() {
            butterworth(4, Shape::LowPass(Hertz::new(high_hz)), rate)?
        } else {
            Cascade::default()
        };
        let high_pass = |order, hz: f64| butterworth(order, Shape::HighPass(Hertz::new(hz)), thinned);
        let detect_hz = settings.detect_low_hz.min(DETECT_SHARE * rate.hz());
        let amplitude_hz = settings.amplitude_low_hz.min(AMPLITUDE_SHARE * rate.hz());
        let drift = high_pass(1, DRIFT_HZ.min(AMPLITUDE_SHARE * rate.hz() / 2.0))?;
        let amplitude = high_pass(2, amplitude_hz)?;
        let detect = high_pass(4, detect_hz)?;
        let highest_hz = high_hz.min(thinned.nyquist().hz());
        let at = Hertz::new(DELAY_AT_HZ.min(0.5 * (detect_hz + highest_hz)));
        let delay_s =
            [&drift, &amplitude, &detect].iter().map(|c| c.group_delay(at, thinned).s()).sum::<f64>()
                + low_pass.group_delay(at, rate).s();
        Ok(Self {
            low_pass,
            thinning: thinning as u64,
            clock: Clock { rate: thinned, hop },
            drift,
            amplitude,
            detect,
            highest: Hertz::new(highest_hz),
            share: (highest_hz - detect_hz) / thinned.nyquist().hz(),
            delay: delay_s * rate.hz(),
        })
    }

    /// Frames a hop.
    pub fn hop_frames(&self) -> u64 {
        self.clock.hop * self.thinning
    }

    /// How many frames fit `t`.
    pub fn frames(&self, t: Seconds) -> u64 {
        self.clock.samples(t) * self.thinning
    }
}
