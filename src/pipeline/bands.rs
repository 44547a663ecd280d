//! The filters of one recording: the settings' corners, as far as its rate can carry them.

use crate::detect::{Candidate, Class, Clock, Lag};
use crate::settings::Settings;
use crate::signal::biquad::Cascade;
use crate::signal::design::{self, Shape, butterworth};
use crate::units::{Hertz, SampleRate, Seconds, Span};

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
const DETECT_SHARE: f64 = 0.2;
const AMPLITUDE_SHARE: f64 = 0.1;
/// Where the delay of the filters is taken from timestamps: the middle of a twitch's spectrum.
const DELAY_AT_HZ: f64 = 120.0;
/// An impulse has died away after this long, s: that of the slowest band is down by 60 dB after 80 ms.
const RESPONSE_S: f64 = 0.2;

/// What every lane of one recording shares.
#[derive(Debug, Clone)]
pub struct Bands {
    /// Against aliasing, before thinning.
    pub low_pass: Cascade,
    /// The recording's.
    rate: SampleRate,
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
    /// How late bursts are seen.
    pub lag: Lag,
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
        let lag = Lag::new(
            &response(&low_pass, thinning as usize, [&drift, &amplitude, &detect], thinned),
            thinned.seconds(1),
            Hertz::new(highest_hz - detect_hz),
        );
        Ok(Self {
            low_pass,
            rate,
            thinning: thinning as u64,
            clock: Clock { rate: thinned, hop },
            drift,
            amplitude,
            detect,
            highest: Hertz::new(highest_hz),
            share: (highest_hz - detect_hz) / thinned.nyquist().hz(),
            delay: delay_s * rate.hz(),
            lag,
        })
    }

    /// What keeps from aliasing, with the rate at which it runs.
    pub fn low_pass(&self) -> (&Cascade, SampleRate) {
        (&self.low_pass, self.rate)
    }

    /// Where a candidate of a channel that began at frame `base` lies in the recording. Efforts are
    /// found by windows much longer than the filters take.
    pub fn span(&self, base: u64, candidate: &Candidate) -> Span {
        let frames = |lag: Seconds| lag.s() * self.clock.rate.hz() * self.thinning as f64;
        let (on, off) = if candidate.class == Class::Effort {
            (self.delay, self.delay)
        } else {
            let (on, off) = self.lag.of(f64::from(candidate.evidence.power));
            (frames(on), frames(off))
        };
        let start = self.frame(base, candidate.onset, on);
        Span::new(start, self.frame(base, candidate.offset, off).max(start + 1))
    }

    /// Where activity at samples `from..to` of a channel that began at frame `base` lies.
    pub fn active(&self, base: u64, from: u64, to: u64) -> Span {
        Span::new(self.frame(base, from, self.delay), self.frame(base, to, self.delay))
    }

    /// The frame of sample `k` of a channel that began at frame `base`, seen `lag` frames late.
    fn frame(&self, base: u64, k: u64, lag: f64) -> u64 {
        ((base + k * self.thinning) as f64 - lag).round().max(0.0) as u64
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

/// What an impulse of the recording becomes, sample by sample after thinning.
fn response(low_pass: &Cascade, thinning: usize, others: [&Cascade; 3], thinned: SampleRate) -> Vec<f64> {
    let length = thinned.samples(Seconds::new(RESPONSE_S)) as usize;
    let mut x = vec![0.0; length * thinning];
    if let Some(first) = x.first_mut() {
        *first = 1.0;
    }
    low_pass.run(&mut low_pass.silent(), &mut x);
    let mut x: Vec<f64> = x.into_iter().step_by(thinning).collect();
    others.iter().for_each(|filter| filter.run(&mut filter.silent(), &mut x));
    x
}
