//! Mains hum: which lines are there, and taking out just those.
//!
//! [`search`] looks for 50 and 60 Hz and their harmonics in a stretch of signal. [`Canceller`]
//! subtracts each line found, following its amplitude, phase and frequency: a fixed notch half a
//! hertz off does damage (Mewett 2004), and one where nothing is takes signal for hum.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;

use super::spectrum::Welch;
use crate::units::{Hertz, SampleRate};

/// The grid frequencies of the world, Hz.
const GRIDS_HZ: [f64; 2] = [50.0, 60.0];
/// How far a grid, or the clock of a cheap board, may be off, Hz at the fundamental.
const OFF_HZ: f64 = 0.75;
/// A bin this many times the median of its neighbours leads to a grid. The power of noise in
/// one bin is exponential with median ln 2 × mean: 40 × 0.69 means a chance of e^-28 a bin.
const LEADING: f64 = 40.0;
/// A harmonic of a grid found so is there from this ratio on (e^-14 for a bin of noise).
const PRESENT: f64 = 20.0;
/// Neighbours are taken from both sides up to here, Hz.
const NEIGHBOURS_HZ: f64 = 12.0;

/// Lines of one grid: the fundamental and the harmonics that are there (1 for itself).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// The fundamental, whether or not it is itself among the lines.
    pub fundamental: Hertz,
    /// Which multiples of it stand out; a search under way must not allocate.
    harmonics: [u32; MOST],
    count: usize,
}

impl Lines {
    /// Which multiples of the fundamental stand out, in order.
    pub fn harmonics(&self) -> &[u32] {
        &self.harmonics[..self.count]
    }
}

/// Looks for mains in `x`, which must be one segment of `welch` long, up to `highest`.
pub fn search(x: &[f64], welch: &mut Welch, highest: Hertz) -> Option<Lines> {
    let rate = welch.rate();
    let bin_hz = welch.bin().hz();
    let density = welch.density(x);
    let top_hz = highest.hz().min(rate.nyquist().hz() - 2.0 * bin_hz);
    let mut lead: Option<(f64, f64)> = None;
    for grid_hz in GRIDS_HZ {
        for k in multiples(grid_hz, top_hz) {
            let (from, to) = (k * (grid_hz - OFF_HZ), k * (grid_hz + OFF_HZ));
            let (place, ratio) = strongest(density, bin_hz, from, to);
            if ratio > LEADING && lead.is_none_or(|(best, _)| ratio > best) {
                lead = Some((ratio, between_bins(density, place) * bin_hz / k));
            }
        }
    }
    let (_, f_hz) = lead?;
    let present = |k: &f64| strongest(density, bin_hz, k * f_hz - bin_hz, k * f_hz + bin_hz).1 > PRESENT;
    let mut lines = Lines { fundamental: Hertz::new(f_hz), harmonics: [0; MOST], count: 0 };
    for (k, place) in multiples(f_hz, top_hz).filter(present).zip(&mut lines.harmonics) {
        *place = k as u32;
        lines.count += 1;
    }
    (lines.count > 0).then_some(lines)
}

fn multiples(f_hz: f64, top_hz: f64) -> impl Iterator<Item = f64> {
    (1..=(top_hz / f_hz).max(0.0) as u32).map(f64::from)
}

/// The strongest bin between two frequencies and its ratio to the median of its neighbours.
fn strongest(density: &[f64], bin_hz: f64, from_hz: f64, to_hz: f64) -> (usize, f64) {
    let clamp = |hz: f64| ((hz / bin_hz).round().max(1.0) as usize).min(density.len() - 1);
    let mut place = clamp(from_hz);
    for k in clamp(from_hz)..=clamp(to_hz) {
        if density[k] > density[place] {
            place = k;
        }
    }
    // A Hann line is four bins wide: they are not its neighbours.
    let (near, far) = (3, (NEIGHBOURS_HZ / bin_hz).ceil() as usize + 3);
    let mut around = [0.0f64; 128];
    let mut count = 0;
    for distance in near..=far.min(near + 63) {
        for k in [place.checked_sub(distance), Some(place + distance)].into_iter().flatten() {
            if let Some(value) = density.get(k) {
                around[count] = *value;
                count += 1;
            }
        }
    }
    if count == 0 {
        return (place, 0.0);
    }
    let median = *around[..count].select_nth_unstable_by(count / 2, f64::total_cmp).1;
    (place, if median > 0.0 { density[place] / median } else { 0.0 })
}

/// The peak between bins: a parabola through the logarithms of three bins.
fn between_bins(density: &[f64], place: usize) -> f64 {
    let (Some(l), Some(r)) = (place.checked_sub(1).and_then(|p| density.get(p)), density.get(place + 1))
    else {
        return place as f64;
    };
    if *l <= 0.0 || *r <= 0.0 {
        return place as f64;
    }
    let (l, m, r) = (l.ln(), density[place].ln(), r.ln());
    let bend = l - 2.0 * m + r;
    place as f64 + if bend < 0.0 { ((l - r) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
}

/// How fast a line's amplitude and phase are followed, s: a notch of 1/(πτ) = 1.3 Hz.
const FOLLOW_S: f64 = 0.25;
/// How often the frequency is corrected, s, and by which share of what the phase says.
const CORRECT_S: f64 = 0.1;
const CORRECT_SHARE: f64 = 0.2;
/// What lies beyond this many mean absolute values is a burst and teaches the lines no more
/// than that (Huber's clip).
const CLIP: f64 = 3.0;
/// The band of harmonics that a canceller can hold.
const MOST: usize = 32;

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    harmonic: u32,
    amplitude: Complex<f64>,
    before: Complex<f64>,
    missed: u32,
}

/// Samples whose references are made together: a chain of products each, but side by side.
const TOGETHER: usize = 32;

/// Subtracts hum from a stream, sample by sample.
#[derive(Debug, Clone)]
pub struct Canceller {
    rate: SampleRate,
    fundamental_hz: f64,
    phase: Complex<f64>,
    turn: Complex<f64>,
    lines: Vec<Line>,
    /// The references of each line at each sample of a run.
    references: Vec<[Complex<f64>; TOGETHER]>,
    mean_abs: f64,
    since_correction: f64,
}

impl Canceller {
    /// Without any line: everything passes.
    pub fn new(rate: SampleRate) -> Self {
        Self {
            rate,
            fundamental_hz: 0.0,
            phase: Complex::new(1.0, 0.0),
            turn: Complex::new(1.0, 0.0),
            lines: Vec::with_capacity(MOST),
            references: vec![[Complex::default(); TOGETHER]; MOST],
            mean_abs: 0.0,
            since_correction: 0.0,
        }
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.fundamental_hz = 0.0;
        (self.phase, self.turn) = (Complex::new(1.0, 0.0), Complex::new(1.0, 0.0));
        self.lines.clear();
        (self.mean_abs, self.since_correction) = (0.0, 0.0);
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
        let present = |h: u32| found.is_some_and(|f| f.harmonics().contains(&h));
        if self.lines.is_empty()
            && let Some(found) = found
        {
            self.fundamental_hz = self.refine(found, x);
            self.phase = Complex::new(1.0, 0.0);
        }
        let same = found.is_some_and(|f| (f.fundamental.hz() - self.fundamental_hz).abs() < 2.0 * OFF_HZ);
        for line in &mut self.lines {
            line.missed = if same && present(line.harmonic) { 0 } else { line.missed + 1 };
        }
        self.lines.retain(|l| l.missed < 3);
        if let Some(found) = found.filter(|_| same) {
            for harmonic in found.harmonics() {
                if self.lines.len() < MOST && !self.lines.iter().any(|l| l.harmonic == *harmonic) {
                    let amplitude = self.fit(x, *harmonic);
                    self.lines.push(Line { harmonic: *harmonic, amplitude, before: amplitude, missed: 0 });
                }
            }
            // Powers of the phase are made one from the other, upward.
            self.lines.sort_unstable_by_key(|l| l.harmonic);
        }
        self.turn = Complex::from_polar(1.0, TAU * self.fundamental_hz / self.rate.hz());
        if rewind {
            let back = -TAU * self.fundamental_hz * x.len() as f64 / self.rate.hz();
            self.phase *= Complex::from_polar(1.0, back);
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

    /// The amplitude of one harmonic at the end of `x`, relative to the phase there.
    fn fit(&self, x: &[f64], harmonic: u32) -> Complex<f64> {
        let reference = self.phase.powu(harmonic);
        correlate(x, self.fundamental_hz * f64::from(harmonic), self.rate, reference)
    }

    /// `x` without the lines, in place.
    pub fn run(&mut self, mut x: &mut [f64]) {
        while !self.lines.is_empty() && !x.is_empty() {
            let every = CORRECT_S * self.rate.hz();
            let until_correction = (every - self.since_correction).ceil().max(1.0) as usize;
            let (now, later) = x.split_at_mut(until_correction.min(TOGETHER).min(x.len()));
            self.refer(now.len());
            self.remove(now);
            self.since_correction += now.len() as f64;
            if self.since_correction >= every {
                self.correct();
            }
            x = later;
        }
    }

    /// Makes the references of the next `count` samples.
    fn refer(&mut self, count: usize) {
        // Real and imaginary parts apart: the powers then go two and two.
        let (mut re, mut im) = ([0.0f64; TOGETHER], [0.0f64; TOGETHER]);
        for (re, im) in re.iter_mut().zip(&mut im).take(count) {
            (*re, *im) = (self.phase.re, self.phase.im);
            self.phase *= self.turn;
        }
        let (phase_re, phase_im, mut at) = (re, im, 1);
        for (line, references) in self.lines.iter().zip(&mut self.references) {
            while at < line.harmonic {
                for n in 0..TOGETHER {
                    let (r, i) = (re[n], im[n]);
                    re[n] = r * phase_re[n] - i * phase_im[n];
                    im[n] = r * phase_im[n] + i * phase_re[n];
                }
                at += 1;
            }
            for (n, reference) in references.iter_mut().enumerate() {
                *reference = Complex::new(re[n], im[n]);
            }
        }
    }

    fn remove(&mut self, x: &mut [f64]) {
        // By number, so that the amplitudes stay in registers.
        match self.lines.len() {
            1 => self.remove_some::<1>(x),
            2 => self.remove_some::<2>(x),
            3 => self.remove_some::<3>(x),
            4 => self.remove_some::<4>(x),
            5 => self.remove_some::<5>(x),
            6 => self.remove_some::<6>(x),
            7 => self.remove_some::<7>(x),
            8 => self.remove_some::<8>(x),
            _ => self.remove_some::<MOST>(x),
        }
    }

    /// Removes the lines, which are `N` at the most.
    fn remove_some<const N: usize>(&mut self, x: &mut [f64]) {
        let rate = 1.0 / (FOLLOW_S * self.rate.hz());
        let count = if N == MOST { self.lines.len().min(N) } else { N };
        let mut amplitudes = [Complex::<f64>::default(); N];
        amplitudes.iter_mut().zip(&self.lines).for_each(|(own, line)| *own = line.amplitude);
        let Some(references) = self.references.first_chunk::<N>() else { return };
        let mut mean_abs = self.mean_abs;
        for (n, x) in x.iter_mut().enumerate().take(TOGETHER) {
            let mut y = *x;
            for (amplitude, references) in amplitudes[..count].iter().zip(references) {
                let reference = references[n];
                y -= amplitude.re * reference.re - amplitude.im * reference.im;
            }
            mean_abs += (y.abs() - mean_abs) * rate;
            let most = CLIP * mean_abs;
            // A branch, which is guessed: the next sample need not wait for the mean.
            let taught = if y.abs() > most { clipped(y, most) } else { y } * (2.0 * rate);
            for (amplitude, references) in amplitudes[..count].iter_mut().zip(references) {
                *amplitude += references[n].conj() * taught;
            }
            *x = y;
        }
        self.mean_abs = mean_abs;
        self.lines.iter_mut().zip(amplitudes).for_each(|(line, own)| line.amplitude = own);
    }

    /// Lets one sample's time pass without a valid sample: the phase goes on, nothing is learnt.
    pub fn skip(&mut self) {
        if !self.lines.is_empty() {
            self.phase *= self.turn;
        }
    }

    /// Follows the grid: a line off by δ Hz has an amplitude that turns δ times a second.
    fn correct(&mut self) {
        let seconds = self.since_correction / self.rate.hz();
        let (mut turned, mut weight) = (0.0, 0.0);
        for line in &mut self.lines {
            let k = f64::from(line.harmonic);
            let w = k * k * line.amplitude.norm_sqr();
            turned += w * (line.amplitude * line.before.conj()).arg() / k;
            weight += w;
            line.before = line.amplitude;
        }
        if weight > 0.0 {
            let off_hz = turned / weight / TAU / seconds;
            self.fundamental_hz += CORRECT_SHARE * off_hz.clamp(-OFF_HZ, OFF_HZ);
        }
        self.turn = Complex::from_polar(1.0, TAU * self.fundamental_hz / self.rate.hz());
        self.phase /= self.phase.norm();
        self.since_correction = 0.0;
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
    let (mut sum, mut weight) = (Complex::default(), 0.0);
    for (n, value) in x.iter().rev().enumerate() {
        phase *= step;
        let w = 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / x.len() as f64).cos();
        sum += phase.conj() * (w * value);
        weight += w;
    }
    if weight > 0.0 { sum * (2.0 / weight) } else { sum }
}
