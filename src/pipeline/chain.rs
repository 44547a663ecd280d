//! The filters of one channel after thinning: drift, mains, the two bands. Each passes over a run
//! of samples before the next, so that its state stays in registers.

use super::bands::Bands;
use crate::detect::Forms;
use crate::settings::{Mains, Settings};
use crate::signal::biquad::{Cascade, State};
use crate::signal::canceller::Canceller;
use crate::signal::mains::search;
use crate::signal::ring::Ring;
use crate::signal::spectrum::Welch;
use crate::units::Seconds;

/// The filters need this long after a start or a gap, s: what a start leaves in the slower of the two
/// bands (20 Hz, order 2) is down by 60 dB after 80 ms.
const SETTLE_S: f64 = 0.1;
/// Lines that are remembered for the report.
const MOST_LINES: usize = 64;

/// A thinned sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// After the anti-alias filter.
    pub x: f64,
    /// Its last frame before that filter.
    pub unfiltered: f32,
    /// Whether every frame of it was signal.
    pub valid: bool,
    /// Whether one of its frames was at the converter's end.
    pub railed: bool,
}

impl Sample {
    /// A signal of 0.
    pub const ZERO: Self = Self { x: 0.0, unfiltered: 0.0, valid: true, railed: false };
}

/// The filters of one channel and the search for hum.
#[derive(Debug)]
pub struct Chain {
    drift: State,
    amplitude: State,
    detect: State,
    mains: Canceller,
    mains_wanted: bool,
    welch: Welch,
    before: Ring<f32>,
    work: Vec<f64>,
    settling: usize,
    broken: bool,
    heard_lines: Vec<f64>,
    steady: Vec<f64>,
    wide: Vec<f64>,
    banded: Vec<f64>,
    forms: Vec<Forms>,
    outline: Vec<f32>,
}

impl Chain {
    /// With the filters of `bands`; hum is looked for in `searched` samples at a time.
    pub fn new(settings: &Settings, bands: &Bands, searched: usize, run: usize) -> Self {
        Self {
            drift: bands.drift.silent(),
            amplitude: bands.amplitude.silent(),
            detect: bands.detect.silent(),
            mains: Canceller::new(bands.clock.rate),
            mains_wanted: settings.mains == Mains::Auto,
            welch: Welch::new(searched, bands.clock.rate),
            before: Ring::new(searched),
            work: vec![0.0; searched],
            settling: 0,
            broken: true,
            heard_lines: Vec::with_capacity(MOST_LINES),
            steady: Vec::with_capacity(run),
            wide: Vec::with_capacity(run),
            banded: Vec::with_capacity(run),
            forms: Vec::with_capacity(run),
            outline: Vec::with_capacity(run),
        }
    }

    /// In how many samples hum is looked for.
    pub fn searched(&self) -> usize {
        self.work.len()
    }

    /// The mains lines that are removed now, Hz.
    pub fn lines_hz(&self) -> impl Iterator<Item = f64> + '_ {
        self.mains.lines_hz()
    }

    /// Every mains line that was ever removed, Hz.
    pub fn heard_lines(&self) -> &[f64] {
        &self.heard_lines
    }

    /// The samples in every form, and the amplitude band alone with NaN where a sample cannot be
    /// listened to: it is no signal, or the filters settle.
    pub fn run(&mut self, bands: &Bands, samples: &[Sample]) -> (&[Forms], &[f32]) {
        self.forms.clear();
        self.outline.clear();
        for some in samples.chunk_by(|a, b| a.valid == b.valid) {
            if some[0].valid { self.pass(bands, some) } else { self.skip(some) }
        }
        (&self.forms, &self.outline)
    }

    fn skip(&mut self, samples: &[Sample]) {
        self.broken = true;
        for sample in samples {
            self.mains.skip();
            self.before.push(0.0);
            self.forms.push(Forms { raw: sample.x as f32, ..Forms::default() });
            self.outline.push(f32::NAN);
        }
    }

    fn pass(&mut self, bands: &Bands, samples: &[Sample]) {
        if self.broken {
            self.broken = false;
            self.settling = bands.clock.samples(Seconds::new(SETTLE_S)) as usize;
            bands.drift.prime(&mut self.drift, samples[0].x);
            bands.amplitude.prime(&mut self.amplitude, 0.0);
            bands.detect.prime(&mut self.detect, 0.0);
        }
        let begin = self.forms.len();
        self.filter(bands, samples);
        let (steady, wide, detect) = (&self.steady, &self.wide, &self.banded);
        let amplitude = &self.outline[begin..];
        let known = samples.iter().zip(steady.iter()).zip(wide.iter()).zip(amplitude).zip(detect.iter());
        self.forms.extend(known.map(|((((sample, steady), wide), amplitude), detect)| Forms {
            raw: (sample.x - (steady - wide)) as f32,
            unfiltered: sample.unfiltered,
            wide: *wide as f32,
            amplitude: *amplitude,
            detect: *detect as f32,
        }));
        let forms = &mut self.forms[begin..];
        let unsettled = self.settling.min(samples.len());
        self.settling -= unsettled;
        for (n, sample) in samples[..unsettled].iter().enumerate() {
            forms[n] = Forms { raw: sample.x as f32, ..Forms::default() };
            self.outline[begin + n] = f32::NAN;
        }
    }

    /// Through all filters: `steady` and `wide` before and after the mains, `outline` the amplitude
    /// band, `banded` the detection band.
    fn filter(&mut self, bands: &Bands, samples: &[Sample]) {
        let (steady, wide, banded) = (&mut self.steady, &mut self.wide, &mut self.banded);
        steady.clear();
        banded.clear();
        let amplitude = (&bands.amplitude, &mut self.amplitude);
        let detect = (&bands.detect, &mut self.detect);
        if self.mains.is_idle() {
            banded.extend(samples.iter().map(|s| s.x));
            let drift = (&bands.drift, &mut self.drift);
            Cascade::run_three([drift, amplitude, detect], banded, steady, &mut self.outline);
            wide.clone_from(steady);
        } else {
            steady.extend(samples.iter().map(|s| s.x));
            bands.drift.run(&mut self.drift, steady);
            wide.clone_from(steady);
            self.mains.run(wide);
            banded.clone_from(wide);
            Cascade::run_both(amplitude, detect, banded, &mut self.outline);
        }
        steady.iter().for_each(|x| self.before.push(*x as f32));
    }

    /// Looks for hum in the first seconds, before any of them is heard.
    pub fn first_search(&mut self, bands: &Bands, unheard: &[Sample]) {
        let Some(first) = unheard.first() else { return };
        // Primed again when the first sample is heard.
        bands.drift.prime(&mut self.drift, first.x);
        self.work.fill(0.0);
        for (work, sample) in self.work.iter_mut().zip(unheard) {
            *work = bands.drift.step(&mut self.drift, sample.x);
        }
        if self.mains_wanted && unheard.len() == self.work.len() {
            let found = search(&self.work, &mut self.welch, bands.highest);
            self.mains.learn(found.as_ref(), &self.work, true);
            self.remember_lines();
        }
    }

    /// Looks for hum in what was heard last.
    pub fn search_again(&mut self, bands: &Bands) {
        if !self.mains_wanted {
            return;
        }
        let end = self.before.end();
        let from = end - (self.work.len() as u64).min(end);
        for (work, x) in self.work.iter_mut().zip(self.before.range(from, end)) {
            *work = f64::from(x);
        }
        let found = search(&self.work, &mut self.welch, bands.highest);
        self.mains.learn(found.as_ref(), &self.work, false);
        self.remember_lines();
    }

    /// Back to where it was when new.
    pub fn clear(&mut self, bands: &Bands) {
        bands.drift.silence(&mut self.drift);
        bands.amplitude.silence(&mut self.amplitude);
        bands.detect.silence(&mut self.detect);
        self.mains.clear();
        self.before.clear();
        self.work.fill(0.0);
        (self.settling, self.broken) = (0, true);
    }

    /// Forgets which lines were ever removed.
    pub fn forget_lines(&mut self) {
        self.heard_lines.clear();
    }

    fn remember_lines(&mut self) {
        for hz in self.mains.lines_hz() {
            if self.heard_lines.len() < MOST_LINES && !self.heard_lines.iter().any(|h| (h - hz).abs() < 5.0) {
                self.heard_lines.push(hz);
            }
        }
    }
}
