//! One channel: its samples run by run through the front and the filters, then the detector.

mod glance;

use std::iter::repeat_n;

use super::bands::Bands;
use super::chain::{Chain, Sample};
use super::front::{Front, Mask};
use crate::block::Format;
use crate::detect::{Candidate, Detector, Limits, Quality};
use crate::settings::Settings;
use crate::signal::biquad::State;
use crate::signal::overview::Outline;
use crate::units::{Hertz, SampleIndex, Seconds, Span};

/// Mains is looked for in this much signal; a recording starts with so much unheard.
const SEARCH_S: f64 = 2.0;
/// And again this often.
const AGAIN_S: f64 = 4.0;
/// Stretches in the outline of a recording.
const STRETCHES: usize = 1200;
/// Thinned samples that go through the filters together.
const RUN: usize = 256;
/// Frames that are looked at together.
const LOOK: u64 = 64;

/// What a lane says.
#[allow(clippy::large_enum_variant, reason = "taken apart at once, never kept")]
pub enum Said {
    /// A candidate, in frames of the recording.
    Candidate(Candidate, Span),
    /// A stretch that is no signal.
    Masked(Mask, Span),
    /// Activity that outlasts a twitch, as far as it has come, and whether it is known to be noise.
    Active(Span, bool),
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
    /// Frames that the low-pass has not heard yet: it takes them in runs.
    frames: Vec<f64>,
    fresh: Vec<Sample>,
    unheard: Vec<Sample>,
    started: bool,
    chain: Chain,
    again: u64,
    delay: u64,
    since_search: u64,
    pub(super) detector: Detector,
    outline: Outline,
    masked: u64,
    heard: u64,
    settles: Option<u64>,
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
            bandwidth: Hertz::new(bands.share * bands.clock.rate.nyquist().hz()),
        };
        let filters = [&bands.drift, &bands.amplitude, &bands.detect];
        Self {
            front: Front::new(format),
            base: None,
            waiting: f32::NAN,
            low_pass: bands.low_pass.silent(),
            thin: 0,
            bad: false,
            railed: false,
            frames: Vec::with_capacity(RUN),
            fresh: Vec::with_capacity(RUN),
            unheard: Vec::with_capacity(searched),
            started: false,
            chain: Chain::new(settings, bands, searched, RUN),
            again: bands.clock.samples(Seconds::new(AGAIN_S)),
            delay: bands.delay.round() as u64,
            since_search: 0,
            detector: Detector::new(bands.clock, limits, bands.low_pass(), filters),
            outline: Outline::new(STRETCHES),
            masked: 0,
            heard: 0,
            settles: None,
        }
    }

    /// Takes the samples from frame `at` on; `mask` says why they are not signal, if something
    /// outside of them knows.
    pub fn push(
        &mut self,
        bands: &Bands,
        at: u64,
        samples: &[f32],
        mask: Option<Mask>,
        sink: &mut impl FnMut(Said),
    ) {
        let (mut at, mut samples) = (at, samples);
        while !samples.is_empty() {
            let (now, later) = samples.split_at(self.fits(bands).min(samples.len()));
            if self.base.is_some() && mask.is_none() && self.front.pass(now) {
                self.condition(bands, now);
            } else {
                self.push_singly(bands, at, now, mask, sink);
            }
            if self.fresh.len() >= self.room() {
                self.pass_on(bands, sink);
            }
            (at, samples) = (at + now.len() as u64, later);
        }
        self.pass_on(bands, sink);
    }

    /// How many frames are looked at together: no more than the low-pass may wait for, and none
    /// beyond the sample for which others need not wait.
    fn fits(&self, bands: &Bands) -> usize {
        let samples = self.room().saturating_sub(self.fresh.len()).max(1) as u64;
        let frames = (samples * bands.thinning).saturating_sub(self.thin).max(1);
        frames.min(LOOK).min((RUN - self.frames.len()) as u64) as usize
    }

    fn push_singly(
        &mut self,
        bands: &Bands,
        at: u64,
        samples: &[f32],
        mask: Option<Mask>,
        sink: &mut impl FnMut(Said),
    ) {
        for (x, at) in samples.iter().zip(at..) {
            let seen = if mask == Some(Mask::Gap) { None } else { self.front.look(*x) };
            let mask = mask.or(seen);
            if self.base.is_none() && !self.begin(bands, at, *x, mask, sink) {
                continue;
            }
            if let Some((why, span)) = self.front.note(at, mask) {
                self.masked += span.len();
                sink(Said::Masked(why, span));
            }
            self.bad |= mask.is_some();
            self.railed |= self.front.railed();
            let x = if mask.is_none() { *x } else { self.waiting };
            self.condition(bands, &[x]);
            if self.fresh.len() >= self.room() {
                self.pass_on(bands, sink);
            }
        }
    }

    /// How many thinned samples may wait: those that are needed to start are not to wait, since
    /// the front is asked then what it has seen so far.
    fn room(&self) -> usize {
        if self.started { RUN } else { RUN.min(self.chain.searched() - self.unheard.len()) }
    }

    /// Thins frames; the samples' values come when the low-pass has run.
    #[inline]
    fn condition(&mut self, bands: &Bands, frames: &[f32]) {
        self.waiting = frames.last().copied().unwrap_or(self.waiting);
        self.frames.extend(frames.iter().map(|x| f64::from(*x)));
        self.thin += frames.len() as u64;
        let whole = self.thin / bands.thinning;
        if whole > 0 {
            self.fresh.push(Sample { valid: !self.bad, railed: self.railed, ..Sample::ZERO });
            self.fresh.extend(repeat_n(Sample::ZERO, whole as usize - 1));
            (self.bad, self.railed) = (false, false);
        }
        self.thin -= whole * bands.thinning;
        if self.frames.len() == RUN {
            self.smooth(bands);
        }
    }

    /// Passes the frames that wait through the low-pass; the last of them that completed a thinned
    /// sample belongs to the newest one, and so on back.
    fn smooth(&mut self, bands: &Bands) {
        let whole = self.frames.len().saturating_sub(self.thin as usize);
        let kept = (0..whole).rev().step_by(bands.thinning as usize);
        let frame = |n: usize| self.frames[n] as f32;
        self.fresh.iter_mut().rev().zip(kept.clone()).for_each(|(s, n)| s.unfiltered = frame(n));
        bands.low_pass.run(&mut self.low_pass, &mut self.frames);
        self.fresh.iter_mut().rev().zip(kept).for_each(|(sample, at)| sample.x = self.frames[at]);
        self.frames.clear();
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
                self.outline.skip(1);
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
            self.fresh.push(Sample { x: held, unfiltered: held as f32, ..Sample::ZERO });
        }
        true
    }

    /// Passes the thinned samples on; the first seconds wait until it is known what hum is in
    /// them.
    fn pass_on(&mut self, bands: &Bands, sink: &mut impl FnMut(Said)) {
        self.smooth(bands);
        if self.started {
            let fresh = std::mem::take(&mut self.fresh);
            self.hear(bands, &fresh, sink);
            self.fresh = fresh;
        } else {
            // Kept as f32, which is what the recording had.
            self.unheard.extend(self.fresh.iter().map(|s| Sample { x: f64::from(s.x as f32), ..*s }));
            if self.unheard.len() >= self.chain.searched() {
                self.start(bands, sink);
            }
        }
        self.fresh.clear();
    }

    fn start(&mut self, bands: &Bands, sink: &mut impl FnMut(Said)) {
        self.started = true;
        let step = f64::from(self.front.step());
        self.detector.set_quantum((step * step / 12.0 * bands.share) as f32);
        self.chain.first_search(bands, &self.unheard);
        let unheard = std::mem::take(&mut self.unheard);
        self.hear(bands, &unheard, sink);
        self.unheard = unheard;
        self.unheard.clear();
    }

    fn hear(&mut self, bands: &Bands, mut samples: &[Sample], sink: &mut impl FnMut(Said)) {
        let (base, thinning) = (self.base.unwrap_or_default(), bands.thinning);
        let mut tell = |said: Said| sink(said);
        let found = |c: Candidate| Said::Candidate(c, bands.span(base, &c));
        while !samples.is_empty() {
            let until_search = (self.again - self.since_search) as usize;
            let (now, later) = samples.split_at(until_search.min(RUN).min(samples.len()));
            let (forms, outline) = self.chain.run(bands, now);
            self.outline.run(outline);
            let first = self.heard;
            self.heard += now.len() as u64;
            let all_heard = outline.iter().fold(true, |all, x| all & x.is_finite());
            let plain = self.settles.is_none() && all_heard && !now.iter().any(|s| s.railed);
            if plain {
                self.detector.push_all(forms, &mut |c| tell(found(c)));
            } else {
                for ((at, seen), sample) in (first..).zip(outline).zip(now) {
                    let settling = sample.valid && !seen.is_finite();
                    if settling != self.settles.is_some() {
                        let at = base + at * thinning;
                        self.masked += settled_span(&mut self.settles, at, &mut tell);
                    }
                }
                for ((forms, seen), sample) in forms.iter().zip(outline).zip(now) {
                    self.detector.push(*forms, seen.is_finite(), sample.railed, &mut |c| tell(found(c)));
                }
            }
            let active = self.detector.take_active();
            active.for_each(|a| tell(Said::Active(bands.active(base, a.from, a.to), a.noise)));
            self.since_search += now.len() as u64;
            if self.since_search == self.again {
                self.since_search = 0;
                self.chain.search_again(bands);
            }
            samples = later;
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
            self.detector.finish(&mut |c| {
                let span = bands.span(base, &c);
                let span = Span { start: span.start.min(end), end: span.end.min(end) };
                sink(Said::Candidate(c, span));
            });
        }
        if self.settles.is_some() {
            self.masked += settled_span(&mut self.settles, end.get(), sink);
        }
        if let Some((why, span)) = self.front.close(end) {
            self.masked += span.len();
            sink(Said::Masked(why, span));
        }
    }

    /// Back to where it was when new.
    pub fn clear(&mut self, bands: &Bands) {
        self.begin_anew(bands, 0);
        self.chain.forget_lines();
        self.outline.clear();
        self.masked = 0;
    }

    /// So many frames were lost that nothing of the floors before them holds: what is to be
    /// reported at the end is kept.
    pub fn begin_anew(&mut self, bands: &Bands, lost: u64) {
        self.outline.skip(lost / bands.thinning);
        self.masked += lost;
        self.front.clear();
        (self.base, self.waiting, self.thin) = (None, f32::NAN, 0);
        (self.bad, self.railed, self.started) = (false, false, false);
        bands.low_pass.silence(&mut self.low_pass);
        self.unheard.clear();
        self.frames.clear();
        self.chain.clear(bands);
        self.detector.clear();
        (self.since_search, self.heard, self.settles) = (0, 0, None);
    }

    /// What could be seen.
    pub fn quality(&self) -> Option<Quality> {
        self.detector.quality()
    }

    /// Every mains line that was ever removed, Hz.
    pub fn mains_hz(&self) -> &[f64] {
        self.chain.heard_lines()
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

/// Notes that the filters begin to settle at frame `at`, or tells that they have; the frames that
/// took.
fn settled_span(since: &mut Option<u64>, at: u64, sink: &mut impl FnMut(Said)) -> u64 {
    let Some(begun) = since.take() else {
        *since = Some(at);
        return 0;
    };
    let span = Span::new(begun, at);
    sink(Said::Masked(Mask::Settling, span));
    span.len()
}
