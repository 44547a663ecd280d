//! One channel: conditioned sample by sample, then listened to by its detector.

use super::bands::Bands;
use super::front::{Front, Mask};
use crate::block::Format;
use crate::detect::{Candidate, Detector, Forms, Limits, Quality};
use crate::settings::{Mains, Settings};
use crate::signal::biquad::State;
use crate::signal::mains::{Canceller, search};
use crate::signal::overview::Outline;
use crate::signal::ring::Ring;
use crate::signal::spectrum::Welch;
use crate::units::{SampleIndex, Seconds, Span};

/// Mains is looked for in this much signal; a recording starts with so much unheard.
const SEARCH_S: f64 = 2.0;
/// And again this often.
const AGAIN_S: f64 = 4.0;
/// The filters need this long after a start or a gap, s: 60 Hz at order 4 is down by 60 dB.
const SETTLE_S: f64 = 0.1;
/// Stretches in the outline of a recording.
const STRETCHES: usize = 1200;

/// What a lane says.
pub enum Said {
    /// A candidate, in frames of the recording.
    Candidate(Candidate, Span),
    /// A stretch that is no signal.
    Masked(Mask, Span),
}

/// One channel of a pipeline.
#[derive(Debug)]
pub struct Lane {
    front: Front,
    base: Option<u64>,
    waiting: f32,
    low_pass: State,
    thin: u64,
    bad: bool,
    railed: bool,
    unheard: Vec<(f32, bool, bool)>,
    started: bool,
    chain: Chain,
    since_search: u64,
    detector: Detector,
    outline: Outline,
    masked: u64,
}

#[derive(Debug)]
struct Chain {
    drift: State,
    amplitude: State,
    detect: State,
    mains: Canceller,
    mains_wanted: bool,
    welch: Welch,
    before: Ring<f32>,
    work: Vec<f64>,
    settling: u64,
    broken: bool,
    heard_lines: Vec<f64>,
}

impl Lane {
    /// A lane of a recording of `format`.
    pub fn new(format: &Format, settings: &Settings, bands: &Bands) -> Self {
        let searched = bands.clock.samples(Seconds::new(SEARCH_S)) as usize / 2 * 2;
        let limits = Limits {
            budget_per_min: settings.false_alarms_per_min,
            shortest: Seconds::from_ms(settings.shortest_ms),
            longest: Seconds::from_ms(settings.longest_ms),
            merge_gap: Seconds::from_ms(settings.merge_gap_ms),
            floor: Seconds::new(settings.floor_s),
        };
        Self {
            front: Front::new(format),
            base: None,
            waiting: f32::NAN,
            low_pass: bands.low_pass.silent(),
            thin: 0,
            bad: false,
            railed: false,
            unheard: Vec::with_capacity(searched),
            started: false,
            chain: Chain {
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
                heard_lines: Vec::with_capacity(64),
            },
            since_search: 0,
            detector: Detector::new(bands.clock, limits),
            outline: Outline::new(STRETCHES),
            masked: 0,
        }
    }

    /// Takes the sample at frame `at`; `mask` says why it is not signal, if something outside
    /// of the samples knows.
    pub fn push(&mut self, bands: &Bands, at: u64, x: f32, mask: Option<Mask>, sink: &mut impl FnMut(Said)) {
        let seen = if mask == Some(Mask::Gap) { None } else { self.front.look(x) };
        let mask = mask.or(seen);
        if self.base.is_none() && !self.begin(bands, at, x, mask, sink) {
            return;
        }
        if let Some((why, span)) = self.front.note(at, mask) {
            self.masked += span.len();
            sink(Said::Masked(why, span));
        }
        self.bad |= mask.is_some();
        self.railed |= self.front.railed();
        let x = if x.is_finite() && mask.is_none() { x } else { self.waiting };
        if self.waiting != x && self.waiting.is_nan() {
            bands.low_pass.prime(&mut self.low_pass, f64::from(x));
        }
        self.waiting = x;
        let smooth = bands.low_pass.step(&mut self.low_pass, f64::from(x));
        self.thin += 1;
        if self.thin == bands.thinning {
            let (valid, railed) = (!self.bad, self.railed);
            (self.thin, self.bad, self.railed) = (0, false, false);
            self.sample(bands, smooth, valid, railed, sink);
        }
    }

    /// A channel begins with its first change: what lies before is flat. The value held until
    /// then is its first sample, unless it is 0: zeros stand for nothing being there yet, so a
    /// recording with zeros put before it is the same recording later. The grid of hops stays where
    /// frame 0 put it.
    fn begin(
        &mut self,
        bands: &Bands,
        at: u64,
        x: f32,
        mask: Option<Mask>,
        sink: &mut impl FnMut(Said),
    ) -> bool {
        if mask.is_some() || self.waiting.is_nan() || x == self.waiting {
            if self.waiting.is_nan() && mask.is_none() {
                self.waiting = x;
            }
            if let Some((why, span)) = self.front.note(at, mask.or(Some(Mask::Flat))) {
                self.masked += span.len();
                sink(Said::Masked(why, span));
            }
            if at.is_multiple_of(bands.thinning) {
                self.outline.push(f32::NAN);
            }
            return false;
        }
        let begins = if self.waiting == 0.0 { at } else { at.saturating_sub(1) };
        if let Some((why, span)) = self.front.note(begins, None) {
            self.masked += span.len();
            sink(Said::Masked(why, span));
        }
        let hop = bands.hop_frames();
        let base = begins / hop * hop;
        self.base = Some(base);
        let held = f64::from(if base == at { x } else { self.waiting });
        bands.low_pass.prime(&mut self.low_pass, held);
        self.thin = (at - base) % bands.thinning;
        for _ in 0..(at - base) / bands.thinning {
            self.sample(bands, held, true, false, sink);
        }
        true
    }

    /// Takes a thinned sample; the first seconds wait until it is known what hum is in them.
    fn sample(&mut self, bands: &Bands, x: f64, valid: bool, railed: bool, sink: &mut impl FnMut(Said)) {
        if self.started {
            self.hear(bands, x, valid, railed, sink);
            return;
        }
        self.unheard.push((x as f32, valid, railed));
        if self.unheard.len() == self.chain.work.len() {
            self.start(bands, sink);
        }
    }

    fn start(&mut self, bands: &Bands, sink: &mut impl FnMut(Said)) {
        self.started = true;
        let step = f64::from(self.front.step());
        self.detector.set_quantum((step * step / 12.0 * bands.share) as f32);
        self.chain.first_search(bands, &self.unheard);
        let unheard = std::mem::take(&mut self.unheard);
        for (x, valid, railed) in &unheard {
            self.hear(bands, f64::from(*x), *valid, *railed, sink);
        }
        self.unheard = unheard;
        self.unheard.clear();
    }

    fn hear(&mut self, bands: &Bands, x: f64, valid: bool, railed: bool, sink: &mut impl FnMut(Said)) {
        let (forms, valid) = self.chain.step(bands, x, valid);
        self.outline.push(if valid { forms.amplitude } else { f32::NAN });
        let base = self.base.unwrap_or_default();
        let place = |k: u64| (base + k * bands.thinning).saturating_sub(bands.delay.round() as u64);
        self.detector.push(forms, valid, railed, &mut |c| {
            sink(Said::Candidate(c, Span::new(place(c.onset), place(c.offset))));
        });
        self.since_search += 1;
        if self.since_search >= bands.clock.samples(Seconds::new(AGAIN_S)) {
            self.since_search = 0;
            self.chain.search_again(bands);
        }
    }

    /// Before which frame everything has been said.
    pub fn settled(&self, bands: &Bands, now: u64) -> u64 {
        match self.base {
            Some(base) if self.started => {
                base + (self.detector.settled() * bands.hop_frames())
                    .saturating_sub(bands.delay.ceil() as u64)
            }
            Some(base) => base,
            None => now,
        }
    }

    /// The recording has ended at frame `end`.
    pub fn finish(&mut self, bands: &Bands, end: SampleIndex, sink: &mut impl FnMut(Said)) {
        if self.base.is_some() {
            if !self.started {
                self.start(bands, sink);
            }
            let base = self.base.unwrap_or_default();
            let place = |k: u64| (base + k * bands.thinning).saturating_sub(bands.delay.round() as u64);
            self.detector.finish(&mut |c| {
                let span = Span::new(place(c.onset), place(c.offset).min(end.get()));
                sink(Said::Candidate(c, span));
            });
        }
        if let Some((why, span)) = self.front.close(end) {
            self.masked += span.len();
            sink(Said::Masked(why, span));
        }
    }

    /// Back to where it was when new.
    pub fn clear(&mut self, bands: &Bands) {
        self.front.clear();
        (self.base, self.waiting, self.thin) = (None, f32::NAN, 0);
        (self.bad, self.railed, self.started) = (false, false, false);
        bands.low_pass.silence(&mut self.low_pass);
        self.unheard.clear();
        self.chain.clear(bands);
        self.detector.clear();
        self.outline.clear();
        (self.since_search, self.masked) = (0, 0);
    }

    /// What could be seen.
    pub fn quality(&self) -> Option<Quality> {
        self.detector.quality()
    }

    /// Every mains line that was ever removed, Hz.
    pub fn mains_hz(&self) -> &[f64] {
        &self.chain.heard_lines
    }

    /// Frames that were no signal.
    pub fn masked(&self) -> u64 {
        self.masked
    }

    /// The outline of the amplitude band, a value for each thinned sample.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }
}

impl Chain {
    fn step(&mut self, bands: &Bands, x: f64, valid: bool) -> (Forms, bool) {
        if !valid {
            self.mains.skip();
            self.broken = true;
            self.before.push(0.0);
            return (Forms { raw: x as f32, ..Forms::default() }, false);
        }
        if self.broken {
            self.broken = false;
            self.settling = bands.clock.samples(Seconds::new(SETTLE_S));
            bands.drift.prime(&mut self.drift, x);
            bands.amplitude.prime(&mut self.amplitude, 0.0);
            bands.detect.prime(&mut self.detect, 0.0);
        }
        let steady = bands.drift.step(&mut self.drift, x);
        self.before.push(steady as f32);
        let wide = self.mains.step(steady);
        let amplitude = bands.amplitude.step(&mut self.amplitude, wide);
        let detect = bands.detect.step(&mut self.detect, amplitude);
        if self.settling > 0 {
            self.settling -= 1;
            return (Forms { raw: x as f32, ..Forms::default() }, false);
        }
        let raw = (x - (steady - wide)) as f32;
        (Forms { raw, wide: wide as f32, amplitude: amplitude as f32, detect: detect as f32 }, true)
    }

    /// Looks for hum in the first seconds, before any of them is heard.
    fn first_search(&mut self, bands: &Bands, unheard: &[(f32, bool, bool)]) {
        let mut state = bands.drift.silent();
        let Some(first) = unheard.first() else { return };
        bands.drift.prime(&mut state, f64::from(first.0));
        self.work.fill(0.0);
        for (work, (x, _, _)) in self.work.iter_mut().zip(unheard) {
            *work = bands.drift.step(&mut state, f64::from(*x));
        }
        if self.mains_wanted && unheard.len() == self.work.len() {
            let found = search(&self.work, &mut self.welch, bands.highest);
            self.mains.learn(found.as_ref(), &self.work, true);
            self.remember_lines();
        }
    }

    fn search_again(&mut self, bands: &Bands) {
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

    fn clear(&mut self, bands: &Bands) {
        bands.drift.silence(&mut self.drift);
        bands.amplitude.silence(&mut self.amplitude);
        bands.detect.silence(&mut self.detect);
        self.mains.clear();
        self.before.clear();
        self.work.fill(0.0);
        (self.settling, self.broken) = (0, true);
        self.heard_lines.clear();
    }

    fn remember_lines(&mut self) {
        for hz in self.mains.lines_hz() {
            if self.heard_lines.len() < 64 && !self.heard_lines.iter().any(|h| (h - hz).abs() < 5.0) {
                self.heard_lines.push(hz);
            }
        }
    }
}
