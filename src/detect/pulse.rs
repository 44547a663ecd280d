//! The pulses that are no muscle: what a step or a spike of the unfiltered signal leaves behind
//! the filters of the detection band.
//!
//! One of them is fitted to the loudest place of a burst and taken off, so that what remains can
//! be judged without it: a twitch may begin inside of the needle's own movement. Each form is known
//! before the filters too, so that it can be seen whether the unfiltered signal has it.

use super::tape::Clock;
use crate::signal::biquad::Cascade;
use crate::units::Seconds;

/// Edges rise as half a turn of a cosine within these, ms (a stroke's edge takes 4 to 12, a pop's
/// 0.5 to 10).
const EDGES_MS: [f64; 5] = [1.5, 3.0, 5.0, 8.0, 12.0];
/// Spikes go up and down within these, ms.
const SPIKES_MS: [f64; 3] = [1.5, 3.0, 6.0];
/// What a form holds: the ring of a 60 Hz high-pass of order 4 is down by 60 dB after 50 ms.
const LENGTH_MS: f64 = 60.0;
/// The fit looks this far from the loudest place on both sides.
const REACH_MS: f64 = 5.0;

/// The forms at one rate, each of unit energy.
#[derive(Debug, Clone)]
pub struct Pulses {
    forms: Vec<Form>,
    reach: usize,
}

#[derive(Debug, Clone)]
struct Form {
    values: Vec<f32>,
    /// Before the filters.
    unfiltered: Vec<f32>,
    /// Where its largest value is.
    crest: usize,
}

/// A form in its place.
#[derive(Debug, Clone, Copy)]
pub struct Fit<'a> {
    begin: usize,
    gain: f32,
    form: &'a Form,
}

impl Fit<'_> {
    /// The share it explains of the energy of `x`, where it lies, 0 to 1.
    pub fn share(&self, x: &[f32]) -> f32 {
        let energy: f32 = x.iter().skip(self.begin).take(self.form.values.len()).map(|x| x * x).sum();
        if energy > 0.0 { (self.gain * self.gain / energy).min(1.0) } else { 0.0 }
    }

    /// Takes it off `x` and adds it to `taken`.
    pub fn take_off(&self, x: &mut [f32], taken: &mut [f32]) {
        let both = x.iter_mut().zip(taken).skip(self.begin);
        for ((x, taken), value) in both.zip(&self.form.values) {
            *x -= self.gain * value;
            *taken += self.gain * value;
        }
    }

    /// Undoes that.
    pub fn put_back(&self, x: &mut [f32], taken: &mut [f32]) {
        Self { gain: -self.gain, ..*self }.take_off(x, taken);
    }

    /// What it leaves of the energy, less its slope, that the unfiltered samples `y` have within `near`
    /// samples of its crest: a share, over 1 if it is not in them.
    pub fn leaves(&self, y: &[f32], near: usize) -> f64 {
        let crest = self.begin + self.form.crest;
        let around = crest.saturating_sub(near)..(crest + near).min(y.len());
        let before = energy_about_slope(around.clone().map(|n| y[n]));
        let after = energy_about_slope(around.map(|n| y[n] - self.unfiltered(n)));
        if before > 0.0 { after / before } else { 1.0 }
    }

    /// Takes it off the unfiltered samples `y`.
    pub fn take_off_unfiltered(&self, y: &mut [f32]) {
        y.iter_mut().enumerate().skip(self.begin).for_each(|(n, y)| *y -= self.unfiltered(n));
    }

    /// The unfiltered form at sample `n`. An edge stays where it went.
    fn unfiltered(&self, n: usize) -> f32 {
        let Some(n) = n.checked_sub(self.begin) else { return 0.0 };
        let form = &self.form.unfiltered;
        self.gain * form.get(n).or(form.last()).copied().unwrap_or(0.0)
    }
}

/// The sum of squares about the line through the values that has least of them.
fn energy_about_slope(values: impl Iterator<Item = f32>) -> f64 {
    let (mut n, mut first, mut y1, mut yy, mut ty) = (0.0, None, 0.0, 0.0, 0.0);
    for y in values {
        // Less the first, or a level far from 0 would leave no digits for the rest.
        let y = f64::from(y) - *first.get_or_insert(f64::from(y));
        (y1, yy, ty) = (y1 + y, yy + y * y, ty + n * y);
        n += 1.0;
    }
    if n < 3.0 {
        return 0.0;
    }
    let (t1, tt) = (n * (n - 1.0) / 2.0, (n - 1.0) * n * (2.0 * n - 1.0) / 6.0);
    let slope = (ty - t1 * y1 / n) / (tt - t1 * t1 / n);
    (yy - y1 * y1 / n - slope * (ty - t1 * y1 / n)).max(0.0)
}

impl Pulses {
    /// For samples of `clock` that went through `filters`, one after the other.
    pub fn new(clock: Clock, filters: &[&Cascade]) -> Self {
        let length = clock.samples(Seconds::from_ms(LENGTH_MS)) as usize;
        let edge = |n: f64, ms: f64| {
            let share = (n / (ms / 1000.0 * clock.rate.hz()).max(1.0)).clamp(0.0, 1.0);
            0.5 - 0.5 * (std::f64::consts::PI * share).cos()
        };
        let edges = EDGES_MS.map(|ms| (ms, false)).into_iter();
        let forms = edges.chain(SPIKES_MS.map(|ms| (ms, true))).map(|(ms, spike)| {
            let half = ms / if spike { 2000.0 } else { 1000.0 } * clock.rate.hz();
            let mut x: Vec<f64> = (0..length)
                .map(|n| {
                    let n = n as f64 + 0.5;
                    if spike { edge(n, ms / 2.0) - edge(n - half, ms / 2.0) } else { edge(n, ms) }
                })
                .collect();
            let unfiltered = x.clone();
            for filter in filters {
                filter.run(&mut filter.silent(), &mut x);
            }
            Form::new(&x, &unfiltered)
        });
        Self { forms: forms.collect(), reach: clock.samples(Seconds::from_ms(REACH_MS)) as usize }
    }

    /// The form that takes the most energy off `x` with its crest near place `crest`.
    pub fn fit(&self, x: &[f32], crest: usize) -> Option<Fit<'_>> {
        let mut best: Option<Fit> = None;
        for form in &self.forms {
            let crests = crest.saturating_sub(self.reach)..=crest + self.reach;
            for begin in crests.filter_map(|c| c.checked_sub(form.crest)) {
                let part = x.get(begin..).unwrap_or_default();
                let gain = dot(&form.values, part);
                if best.is_none_or(|b| gain.abs() > b.gain.abs()) {
                    best = Some(Fit { begin, gain, form });
                }
            }
        }
        best
    }
}

/// The sum of products, as far as both reach: eight sums side by side, which a processor adds
/// together.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let length = a.len().min(b.len());
    let ((a, a_rest), (b, b_rest)) = (a[..length].as_chunks::<8>(), b[..length].as_chunks::<8>());
    let mut sums = [0.0f32; 8];
    for (a, b) in a.iter().zip(b) {
        for n in 0..8 {
            sums[n] += a[n] * b[n];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

impl Form {
    fn new(x: &[f64], unfiltered: &[f64]) -> Self {
        let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
        let scaled = |x: &[f64]| -> Vec<f32> {
            x.iter().map(|v| if norm > 0.0 { (v / norm) as f32 } else { 0.0 }).collect()
        };
        let values = scaled(x);
        let crest = (0..values.len()).max_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs()));
        Self { crest: crest.unwrap_or(0), unfiltered: scaled(unfiltered), values }
    }
}
