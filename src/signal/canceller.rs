//! Taking out hum: just the lines that were found, wherever they move.
//!
//! [`Canceller`] subtracts each line, following its amplitude, phase and frequency: a fixed notch
//! half a hertz off does damage (Mewett 2004), and one where nothing is takes signal for hum.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;

use super::mains::{Lines, MOST, OFF_HZ};
use crate::units::SampleRate;

/// How fast a line's amplitude and phase are followed, s: a notch of 1/(πτ) = 1.3 Hz.
const FOLLOW_S: f64 = 0.25;
/// How often the frequency is corrected, s, and by which share of what the phase says.
const CORRECT_S: f64 = 0.1;
const CORRECT_SHARE: f64 = 0.2;
/// What lies beyond this many mean absolute values is a burst and teaches the lines no more
/// than that (Huber's clip).
const CLIP: f64 = 3.0;
/// Lines of two grids that lie so close are one, Hz: two bins of the search.
const SHARED_HZ: f64 = 1.0;

/// Samples between which the lines stand still: what each of them teaches is told to the rest of
/// them as one number, and to the lines at the end.
const TOGETHER: usize = 8;

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    harmonic: u32,
    /// Where the line stands now: its part of the next sample is the real part.
    phasor: Complex<f64>,
    /// Where it stood at the last correction.
    before: Complex<f64>,
    missed: u32,
    /// How it turns from the first sample of a stretch to each, and to the one after the last.
    cos: [f64; TOGETHER + 1],
    sin: [f64; TOGETHER + 1],
}

impl Line {
    fn turned_by(&self, samples: usize) -> Complex<f64> {
        Complex::new(self.cos[samples], self.sin[samples])
    }
}

/// Subtracts hum from a stream, sample by sample (the adaptive filter of Widrow 1975, a pair of
/// weights each line).
#[derive(Debug, Clone)]
pub struct Canceller {
    rate: SampleRate,
    fundamental_hz: f64,
    lines: Vec<Line>,
    mean_abs: f64,
    since_correction: f64,
    /// All samples since then, those that were skipped too.
    turned: u64,
    /// The stretch that is under way: how long it will be and how much of it has passed.
    length: usize,
    place: usize,
    /// The lines' sum at each of its samples, as far as it is known.
    hum: [f64; TOGETHER],
    /// What each of its samples taught.
    taught: [f64; TOGETHER],
    /// How far what a sample taught is in the hum of those after it.
    echo: [f64; TOGETHER],
}

impl Canceller {
    /// Without any line: everything passes.
    pub fn new(rate: SampleRate) -> Self {
        Self {
            rate,
            fundamental_hz: 0.0,
            lines: Vec::with_capacity(MOST),
            mean_abs: 0.0,
            since_correction: 0.0,
            turned: 0,
            length: 0,
            place: 0,
            hum: [0.0; TOGETHER],
            taught: [0.0; TOGETHER],
            echo: [0.0; TOGETHER],
        }
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.fundamental_hz = 0.0;
        self.lines.clear();
        (self.mean_abs, self.since_correction, self.turned) = (0.0, 0.0, 0);
        (self.length, self.place) = (0, 0);
    }

    /// Whether nothing is being removed.
    pub fn is_idle(&self) -> bool {
        self.lines.is_empty()
    }

    /// The frequencies that are being removed, Hz.
    pub fn lines_hz(&self) -> impl Iterator<Item = f64> + '_ {
        self.lines.iter().map(|l| f64::from(l.harmonic) * self.fundamental_hz)
    }

    /// Learns from a search: lines that were found in `x` are removed from the sample after it
    /// on; lines that three searches in a row no longer find are given up.
    ///
    /// `x` is the signal before cancelling, up to the last sample passed; `rewind` says that the
    /// next sample passed will be the first of `x` again, as at the start of a recording.
    pub fn learn(&mut self, found: Option<&Lines>, x: &[f64], rewind: bool) {
        self.end_stretch();
        if self.lines.is_empty()
            && let Some(found) = found
        {
            self.fundamental_hz = self.refine(found, x);
        }
        let same = found.is_some_and(|f| (f.fundamental.hz() - self.fundamental_hz).abs() < 2.0 * OFF_HZ);
        let fundamental_hz = self.fundamental_hz;
        let present = |h: u32| {
            found.is_some_and(|f| {
                let apart_hz = |k: &u32| f.fundamental.hz() * f64::from(*k) - fundamental_hz * f64::from(h);
                // The other grid may have taken a line that belongs to both.
                (same && f.harmonics().contains(&h))
                    || f.harmonics().iter().any(|k| apart_hz(k).abs() < SHARED_HZ)
            })
        };
        for line in &mut self.lines {
            line.missed = if present(line.harmonic) { 0 } else { line.missed + 1 };
        }
        self.lines.retain(|l| l.missed < 3);
        if let Some(found) = found.filter(|_| same) {
            for harmonic in found.harmonics() {
                if self.lines.len() < MOST && !self.lines.iter().any(|l| l.harmonic == *harmonic) {
                    let hz = self.fundamental_hz * f64::from(*harmonic);
                    let phasor = correlate(x, hz, self.rate, Complex::new(1.0, 0.0));
                    let before = phasor * self.turn(*harmonic, -(self.turned as f64));
                    self.lines.push(Line { harmonic: *harmonic, phasor, before, ..Line::default() });
                }
            }
            // Powers of the turn are made one from the other, upward.
            self.lines.sort_unstable_by_key(|l| l.harmonic);
        }
        if rewind {
            for k in 0..self.lines.len() {
                let back = self.turn(self.lines[k].harmonic, -(x.len() as f64));
                self.lines[k].phasor *= back;
                self.lines[k].before *= back;
            }
        }
        self.make_turns();
    }

    /// How a harmonic turns within so many samples.
    fn turn(&self, harmonic: u32, samples: f64) -> Complex<f64> {
        let step = TAU * self.fundamental_hz * f64::from(harmonic) / self.rate.hz();
        Complex::from_polar(1.0, step * samples)
    }

    /// The turns of every line within a stretch, and the echo.
    fn make_turns(&mut self) {
        let turn = self.turn(1, 1.0);
        let (mut power, mut at) = (turn, 1);
        self.echo = [0.0; TOGETHER];
        for line in &mut self.lines {
            while at < line.harmonic {
                power *= turn;
                at += 1;
            }
            let mut turned = Complex::new(1.0, 0.0);
            for n in 0..=TOGETHER {
                (line.cos[n], line.sin[n]) = (turned.re, turned.im);
                turned *= power;
            }
            self.echo.iter_mut().zip(line.cos).for_each(|(echo, cos)| *echo += cos);
        }
    }

    /// The fundamental, from how the phase of the strongest line moves between the halves of `x`.
    fn refine(&self, found: &Lines, x: &[f64]) -> f64 {
        let half = x.len() / 2;
        let mut best = (0.0, found.fundamental.hz());
        for harmonic in found.harmonics() {
            let f_hz = found.fundamental.hz() * f64::from(*harmonic);
            let reference = Complex::new(1.0, 0.0);
            let late = correlate(&x[half..], f_hz, self.rate, reference);
            let skip = Complex::from_polar(1.0, TAU * f_hz * (x.len() - half) as f64 / self.rate.hz());
            let early = correlate(&x[..half], f_hz, self.rate, reference) * skip;
            let turned = (late * early.conj()).arg() / (TAU * half as f64 / self.rate.hz());
            if late.norm() > best.0 && turned.abs() < 1.0 {
                best = (late.norm(), found.fundamental.hz() + turned / f64::from(*harmonic));
            }
        }
        best.1
    }

    /// `x` without the lines, in place.
    pub fn run(&mut self, mut x: &mut [f64]) {
        let every = CORRECT_S * self.rate.hz();
        while !self.lines.is_empty() && !x.is_empty() {
            if self.place == self.length {
                let until_correction = (every - self.since_correction).ceil().max(1.0);
                self.begin_stretch((until_correction as usize).min(TOGETHER));
            }
            let (now, later) = x.split_at_mut((self.length - self.place).min(x.len()));
            match now.first_chunk_mut::<TOGETHER>() {
                Some(whole) => self.remove(whole),
                None => self.remove(now),
            }
            self.since_correction += now.len() as f64;
            if self.place == self.length {
                self.end_stretch();
                if self.since_correction >= every {
                    self.correct();
                }
            }
            x = later;
        }
    }

    fn begin_stretch(&mut self, length: usize) {
        (self.length, self.place) = (length, 0);
        let mut hum = [0.0; TOGETHER];
        for line in &self.lines {
            for (n, hum) in hum.iter_mut().enumerate() {
                *hum += line.phasor.re * line.cos[n] - line.phasor.im * line.sin[n];
            }
        }
        (self.hum, self.taught) = (hum, [0.0; TOGETHER]);
    }

    /// The next samples of the stretch.
    #[inline(always)]
    fn remove(&mut self, x: &mut [f64]) {
        let rate = 1.0 / (FOLLOW_S * self.rate.hz());
        let (mut hum, mut mean_abs, echo) = (self.hum, self.mean_abs, self.echo);
        for (x, at) in x.iter_mut().zip(self.place..TOGETHER) {
            let y = *x - hum[at];
            mean_abs += (y.abs() - mean_abs) * rate;
            let most = CLIP * mean_abs;
            // A branch, which is guessed: the next sample need not wait for the mean.
            let taught = if y.abs() > most { clipped(y, most) } else { y } * (2.0 * rate);
            for later in at + 1..TOGETHER {
                hum[later] += taught * echo[later - at];
            }
            self.taught[at] = taught;
            *x = y;
        }
        (self.hum, self.mean_abs) = (hum, mean_abs);
        self.place += x.len();
    }

    /// Teaches the lines what the stretch taught, and turns them to the sample after it.
    fn end_stretch(&mut self) {
        for line in &mut self.lines {
            // Two sums side by side.
            let (mut re, mut im) = ([0.0; 2], [0.0; 2]);
            for n in 0..TOGETHER {
                re[n % 2] += line.cos[n] * self.taught[n];
                im[n % 2] += line.sin[n] * self.taught[n];
            }
            line.phasor += Complex::new(re[0] + re[1], -(im[0] + im[1]));
            line.phasor *= line.turned_by(self.place);
        }
        self.turned += self.place as u64;
        (self.length, self.place, self.taught) = (0, 0, [0.0; TOGETHER]);
    }

    /// Lets one sample's time pass without a valid sample: the lines go on, nothing is learnt.
    pub fn skip(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        self.end_stretch();
        self.lines.iter_mut().for_each(|line| line.phasor *= line.turned_by(1));
        self.turned += 1;
    }

    /// Follows the grid: a line off by δ Hz turns δ times a second more than it should.
    fn correct(&mut self) {
        let seconds = self.since_correction / self.rate.hz();
        let (mut turned, mut weight) = (0.0, 0.0);
        for k in 0..self.lines.len() {
            let Line { harmonic, phasor, before, .. } = self.lines[k];
            let expected = before * self.turn(harmonic, self.turned as f64);
            let k_times = f64::from(harmonic);
            let w = k_times * k_times * phasor.norm_sqr();
            turned += w * (phasor * expected.conj()).arg() / k_times;
            weight += w;
            self.lines[k].before = phasor;
        }
        if weight > 0.0 {
            let off_hz = turned / weight / TAU / seconds;
            self.fundamental_hz += CORRECT_SHARE * off_hz.clamp(-OFF_HZ, OFF_HZ);
        }
        self.make_turns();
        (self.since_correction, self.turned) = (0.0, 0);
    }
}

/// `y` at the size of `most`; away from the usual path, so that it is no arithmetic choice.
#[cold]
#[inline(never)]
fn clipped(y: f64, most: f64) -> f64 {
    most.copysign(y)
}

/// The amplitude of a line in `x` (Hann-weighted least squares), so that near its end
/// `x ≈ Re(amplitude × reference)`, where `reference` belongs to the sample after the last.
fn correlate(x: &[f64], f_hz: f64, rate: SampleRate, reference: Complex<f64>) -> Complex<f64> {
    let step = Complex::from_polar(1.0, -TAU * f_hz / rate.hz());
    let mut phase = reference;
    // The window turns by products too: a cosine a sample takes longer than all the rest.
    let along = Complex::from_polar(1.0, TAU / x.len() as f64);
    let mut hann = Complex::from_polar(1.0, 0.5 * TAU / x.len() as f64);
    let (mut sum, mut weight) = (Complex::default(), 0.0);
    for value in x.iter().rev() {
        phase *= step;
        let w = 0.5 - 0.5 * hann.re;
        hann *= along;
        sum += phase.conj() * (w * value);
        weight += w;
    }
    if weight > 0.0 { sum * (2.0 / weight) } else { sum }
}
