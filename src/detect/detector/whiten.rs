//! What whitens the energies: learnt from the noise between bursts, and followed slowly.

use super::Detector;
use crate::detect::low::{self, is_narrow};
use crate::detect::score::{FLOOR_WINDOW, STEADY};
use crate::detect::tape::Clock;
use crate::signal::biquad::Cascade;
use crate::signal::whiten::{Expected, Lags, Whitener};
use crate::units::{SampleRate, Seconds};

/// Noise is what lies below so many times its floor, by energies of 64 ms.
const NOISE: f32 = 1.5;
/// At the start, its floor is this quantile of them.
const QUANTILE: f64 = 0.35;
/// How often it is whitened anew, s, and how long what was heard counts.
const AGAIN_S: f64 = 1.0;
const KEPT_S: f64 = 10.0;

/// The noise as it was heard.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    lags: Lags,
    newest: Lags,
    low: low::Noise,
    newest_low: low::Noise,
    every: u64,
    expected: Expected,
    narrow: bool,
}

impl Noise {
    /// Of samples of `clock` behind `filters`, and before them `low_pass` with its rate; none yet.
    pub fn new(clock: Clock, low_pass: (&Cascade, SampleRate), filters: &[&Cascade]) -> Self {
        let every = clock.hops(Seconds::new(AGAIN_S));
        let filters: Vec<_> = filters.iter().map(|c| (*c, clock.rate)).chain([low_pass]).collect();
        let expected = Expected::behind(&filters, clock.rate);
        Self {
            lags: Lags::default(),
            newest: Lags::default(),
            low: low::Noise::default(),
            newest_low: low::Noise::default(),
            every,
            expected,
            narrow: is_narrow(clock),
        }
    }

    /// The spectrum of a burst.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// Forgets all of it.
    pub fn clear(&mut self) {
        (self.lags, self.newest) = (Lags::default(), Lags::default());
        (self.low, self.newest_low) = (low::Noise::default(), low::Noise::default());
    }
}

impl Detector {
    /// Whitens all that was heard so far by the noise in it.
    pub(super) fn whiten_start(&mut self) {
        if self.noise.narrow {
            return;
        }
        let hops = self.tape.hops();
        let floor = self.scene().energy(FLOOR_WINDOW, (0, hops), QUANTILE);
        let (mut lags, mut low) = (Lags::default(), low::Noise::default());
        for at in (0..hops).filter(|at| self.is_noise(*at, floor)) {
            self.tape.add_noise(at, floor, (&mut lags, &mut low));
        }
        (self.noise.lags, self.noise.low) = (lags, low);
        if let Some(whitener) = Whitener::of(&lags, &self.noise.expected) {
            self.tape.whiten_all(whitener, low.weights());
        }
    }

    /// Whether nothing but noise of this floor is heard around hop `at`.
    fn is_noise(&self, at: u64, floor: f32) -> bool {
        let energy = self.tape.detect.around(FLOOR_WINDOW, at).filter(|_| self.tape.is_valid(at));
        floor > 0.0 && energy.is_some_and(|energy| energy < NOISE * floor)
    }

    /// Takes hop `at` into what is known of the noise, if it is noise.
    pub(super) fn follow_noise(&mut self, at: u64) {
        if self.noise.narrow {
            return;
        }
        let (floor, long_floor) = (self.flat().floor(), self.flat().long_floor());
        if floor < STEADY * long_floor && self.is_noise(at, floor) {
            self.tape.add_noise(at, floor, (&mut self.noise.newest, &mut self.noise.newest_low));
        }
        if at.is_multiple_of(self.noise.every) {
            let kept = (-AGAIN_S / KEPT_S).exp();
            let newest = std::mem::take(&mut self.noise.newest);
            self.noise.lags.fade(&newest, kept);
            self.noise.low.fade(std::mem::take(&mut self.noise.newest_low), kept);
            if let Some(whitener) = Whitener::of(&self.noise.lags, &self.noise.expected) {
                self.tape.whiten(whitener, self.noise.low.weights());
            }
        }
    }
}
