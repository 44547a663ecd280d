//! The last seconds of one channel, conditioned: what verdicts are made from.

use super::low::{self, Low, MOST, Weights};
use crate::signal::envelope::Energies;
use crate::signal::ring::Ring;
use crate::signal::whiten::{HEARD, Lags, ORDER, Whitener};
use crate::units::{SampleRate, Seconds};

/// The beat of a detector: its samples and its hops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Samples a second, after decimation.
    pub rate: SampleRate,
    /// Samples a hop.
    pub hop: u64,
}

impl Clock {
    /// Hops that fit `t`, to the nearest; at least one.
    pub fn hops(&self, t: Seconds) -> u64 {
        ((t.s() * self.rate.hz() / self.hop as f64).round() as u64).max(1)
    }

    /// Samples that fit `t`, to the nearest; at least one.
    pub fn samples(&self, t: Seconds) -> u64 {
        self.rate.samples(t).max(1)
    }

    /// How long `n` hops last.
    pub fn time(&self, n: u64) -> Seconds {
        self.rate.seconds(n * self.hop)
    }
}

/// One sample in every form that a verdict may ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Forms {
    /// As it came, after the anti-alias filter and less the mains.
    pub raw: f32,
    /// As it came, before the anti-alias filter: what is above the band.
    pub unfiltered: f32,
    /// Above 5 Hz, mains removed.
    pub wide: f32,
    /// The amplitude band.
    pub amplitude: f32,
    /// The detection band.
    pub detect: f32,
}

/// How the frequencies of the detection band are weighed against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// All alike.
    Flat,
    /// By how far a burst stands out from the noise at each: [`Whitener`].
    White,
}

impl Weighting {
    /// All of them, in the order of arrays that hold something for each.
    pub const ALL: [Self; WEIGHTINGS] = [Self::Flat, Self::White];
}

/// How many there are.
pub const WEIGHTINGS: usize = 2;

/// Room for the samples of a hop, 8 at the fastest rate after thinning, and those before that lags ask for.
const HOP_ROOM: usize = 32;

/// The last seconds, sample by sample and hop by hop.
#[derive(Debug, Clone)]
pub struct Tape {
    /// The samples.
    pub samples: Ring<Forms>,
    /// Energies in the detection band.
    pub detect: Energies,
    /// The same behind the whitener, with what lies below the band; some hops later, as bursts are there.
    pub white: Energies,
    whitener: Whitener,
    /// What lies below the detection band.
    pub low: Low,
    /// Energy of each hop in the amplitude band.
    amplitude: Ring<f32>,
    /// How many hops in a row, up to this one, were valid: every sample of them.
    row: Ring<u32>,
    /// Samples at the converter's end, a hop.
    pub railed: Ring<u16>,
    wide: f32,
    hop: u64,
    in_a_row: u32,
    rails: u16,
    whole: bool,
    filled: u64,
}

impl Tape {
    /// Holds at least `hops` of signal; the shortest energy window is 16 ms.
    pub fn new(clock: Clock, hops: usize, low: Low) -> Self {
        let shortest = clock.hops(Seconds::from_ms(16.0)) as usize;
        Self {
            samples: Ring::new(hops * clock.hop as usize),
            detect: Energies::new(shortest, hops),
            white: Energies::of_two(shortest, hops, MOST),
            whitener: Whitener::default(),
            low,
            amplitude: Ring::new(hops),
            row: Ring::new(hops),
            railed: Ring::new(hops),
            wide: 0.0,
            hop: clock.hop,
            in_a_row: 0,
            rails: 0,
            whole: true,
            filled: 0,
        }
    }

    /// Takes the next sample; true when it completed a hop.
    #[inline(always)]
    pub fn push(&mut self, forms: Forms, valid: bool, railed: bool) -> bool {
        self.samples.push(forms);
        self.rails += u16::from(railed);
        self.whole &= valid;
        self.filled += 1;
        if self.filled < self.hop {
            return false;
        }
        self.complete();
        true
    }

    /// Takes samples that are all valid and off the converter's end, until a hop is complete;
    /// how many it took, and whether it is.
    #[inline(always)]
    pub fn push_some(&mut self, forms: &[Forms]) -> (usize, bool) {
        let some = forms.len().min((self.hop - self.filled) as usize);
        forms[..some].iter().for_each(|forms| self.samples.push(*forms));
        self.filled += some as u64;
        let complete = self.filled == self.hop;
        if complete {
            self.complete();
        }
        (some, complete)
    }

    /// Makes a hop of the samples since the last one.
    fn complete(&mut self) {
        let end = self.samples.end();
        let (older, newer) = self.samples.runs(end - self.hop, end);
        let (mut detect, mut amplitude, mut wide) = (0.0, 0.0, 0.0);
        for run in [older, newer] {
            for forms in run {
                detect += f64::from(forms.detect).powi(2);
                amplitude += f64::from(forms.amplitude).powi(2);
                wide += forms.wide;
            }
        }
        self.wide = wide / self.hop as f32;
        self.detect.push((detect / self.hop as f64) as f32);
        self.low.push(self.samples.range(end - self.hop, end).map(|forms| forms.amplitude));
        self.push_white();
        self.amplitude.push((amplitude / self.hop as f64) as f32);
        self.in_a_row = if self.whole { self.in_a_row.saturating_add(1) } else { 0 };
        self.row.push(self.in_a_row);
        self.railed.push(self.rails);
        (self.rails, self.whole, self.filled) = (0, true, 0);
    }

    /// Takes the next hop into the energies behind the whitener, once it is heard below the band.
    fn push_white(&mut self) {
        let at = self.white.end();
        if at + self.low.late() < self.hops() {
            let Weights { own, low } = self.low.weights();
            self.white.push_both(own * self.whitened(at), low * self.low.energy(at));
        }
    }

    /// The mean energy of hop `at` in the detection band, whitened.
    fn whitened(&self, at: u64) -> f32 {
        let mut room = [0.0; HOP_ROOM];
        (self.whitener.energy(&self.with_before(at, &mut room)[HEARD - ORDER..]) / self.hop as f64) as f32
    }

    /// The samples of hop `at` in the detection band, and as many before it as lags ask for; 0
    /// where there are none.
    fn with_before<'a>(&self, at: u64, room: &'a mut [f32; HOP_ROOM]) -> &'a [f32] {
        let (first, end) = (at * self.hop, (at + 1) * self.hop);
        let all = &mut room[..HEARD + self.hop as usize];
        let from = first.saturating_sub(HEARD as u64);
        let skipped = HEARD - (first - from) as usize;
        for (x, forms) in all[skipped..].iter_mut().zip(self.samples.range(from, end)) {
            *x = forms.detect;
        }
        all
    }

    /// Adds hop `at` to what is known of the noise of both bands, over the `floor`.
    pub fn add_noise(&self, at: u64, floor: f32, (lags, low): (&mut Lags, &mut low::Noise)) {
        let mut room = [0.0; HOP_ROOM];
        lags.add(self.with_before(at, &mut room), f64::from(floor).recip());
        if at + self.low.late() < self.hops() {
            low.add(self.low.energy(at) / floor, self.detect.hop(at) / floor);
        }
    }

    /// Whitens and weighs what comes from now on so.
    pub fn whiten(&mut self, whitener: Whitener, weights: Weights) {
        self.whitener = whitener;
        self.low.weigh(weights);
    }

    /// What whitens now.
    pub fn whitener(&self) -> &Whitener {
        &self.whitener
    }

    /// Whitens and weighs all that was heard anew, if all of it is still held.
    pub fn whiten_all(&mut self, whitener: Whitener, weights: Weights) {
        self.whiten(whitener, weights);
        if self.samples.start() > 0 {
            return;
        }
        self.white.clear();
        (0..self.hops()).for_each(|_| self.push_white());
    }

    /// Energies in the detection band, weighted so.
    pub fn energies(&self, weighting: Weighting) -> &Energies {
        match weighting {
            Weighting::Flat => &self.detect,
            Weighting::White => &self.white,
        }
    }

    /// The energy of window `w` that was the newest when `hops` hops had been heard.
    pub fn newest(&self, weighting: Weighting, w: usize, hops: u64) -> Option<f32> {
        let late = match weighting {
            Weighting::Flat => 0,
            Weighting::White => self.low.late(),
        };
        let energies = self.energies(weighting);
        let at = hops.checked_sub(1 + late + energies.length(w) / 2)?;
        energies.around(w, at)
    }

    /// The mean of the newest hop, above 5 Hz.
    pub fn wide(&self) -> f32 {
        self.wide
    }

    /// Hops completed so far.
    pub fn hops(&self) -> u64 {
        self.detect.end()
    }

    /// The oldest hop that is held.
    pub fn start(&self) -> u64 {
        self.row.start()
    }

    /// Whether every sample of hop `at` was valid; false where it is not held.
    #[inline]
    pub fn is_valid(&self, at: u64) -> bool {
        self.row.get(at) > 0
    }

    /// The mean of the unfiltered signal in hops `from` up to, not including, `to`.
    pub fn level(&self, from: u64, to: u64) -> f32 {
        let samples = self.samples.range(from * self.hop, to * self.hop);
        let (sum, count) = samples.fold((0.0f64, 0u32), |(sum, n), f| (sum + f64::from(f.raw), n + 1));
        (sum / f64::from(count.max(1))) as f32
    }

    /// The mean energy of the amplitude band in the `hops` hops that end with hop `end`.
    pub fn amplitude_before(&self, end: u64, hops: u64) -> f32 {
        let (older, newer) = self.amplitude.runs(end.saturating_sub(hops), end);
        let sum: f32 = [older, newer].map(|run| run.iter().sum::<f32>()).iter().sum();
        sum / hops as f32
    }

    /// Whether hops `from` up to, not including, `to` were all valid.
    pub fn all_valid(&self, from: u64, to: u64) -> bool {
        let (from, to) = (from.max(self.row.start()), to.min(self.row.end()));
        from >= to || u64::from(self.row.get(to - 1)) >= to - from
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.samples.clear();
        self.detect.clear();
        self.white.clear();
        self.whitener = Whitener::default();
        self.low.clear();
        self.amplitude.clear();
        self.row.clear();
        self.in_a_row = 0;
        self.railed.clear();
        (self.rails, self.whole, self.filled) = (0, true, 0);
    }
}
