//! Second-order sections, one after the other, in direct form II transposed.
//!
//! Sign convention (the same as SciPy's `sos`, with a0 = 1):
//! `y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`.
//! State is f64: a 20 Hz high-pass at 48 kHz loses its feedback in f32.

use rustfft::num_complex::Complex;

use crate::units::{Hertz, SampleRate, Seconds};

/// The coefficients of one second-order section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Section {
    /// b0, b1, b2.
    pub b: [f64; 3],
    /// a1, a2; a0 is 1.
    pub a: [f64; 2],
}

impl Section {
    #[inline(always)]
    fn step(&self, s: &mut [f64; 2], x: f64) -> f64 {
        let [b0, b1, b2] = self.b;
        let [a1, a2] = self.a;
        let y = b0 * x + s[0];
        s[0] = b1 * x - a1 * y + s[1];
        s[1] = b2 * x - a2 * y;
        y
    }
}

/// Passes every value of `x` through `N` sections.
#[inline]
fn pass<const N: usize>(sections: [&Section; N], states: [&mut [f64; 2]; N], x: &mut [f64]) {
    let sections = sections.map(|s| *s);
    let mut s: [[f64; 2]; N] = std::array::from_fn(|n| *states[n]);
    for x in x {
        for n in 0..N {
            *x = sections[n].step(&mut s[n], *x);
        }
    }
    for (state, s) in states.into_iter().zip(s) {
        *state = s;
    }
}

/// Sections in the order in which a sample passes them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cascade(Vec<Section>);

/// What a cascade remembers of its input: two numbers a section.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State(Vec<[f64; 2]>);

impl Cascade {
    /// These sections, first to last.
    pub fn new(sections: Vec<Section>) -> Self {
        Self(sections)
    }

    /// The sections.
    pub fn sections(&self) -> &[Section] {
        &self.0
    }

    /// The state before anything was heard: as if the input had always been 0.
    pub fn silent(&self) -> State {
        State(vec![[0.0; 2]; self.0.len()])
    }

    /// Puts `state` back to where nothing was heard yet.
    pub fn silence(&self, state: &mut State) {
        state.0.iter_mut().for_each(|s| *s = [0.0; 2]);
    }

    /// Puts `state` where it would be had the input always been `x`: a high-pass then starts
    /// without the transient of a step (the same values as SciPy's `sosfilt_zi`).
    pub fn prime(&self, state: &mut State, x: f64) {
        let mut x = x;
        for (section, s) in self.0.iter().zip(&mut state.0) {
            let [b0, b1, b2] = section.b;
            let [a1, a2] = section.a;
            let y = x * (b0 + b1 + b2) / (1.0 + a1 + a2);
            s[1] = b2 * x - a2 * y;
            s[0] = b1 * x - a1 * y + s[1];
            x = y;
        }
    }

    /// The next output for the next input.
    #[inline]
    pub fn step(&self, state: &mut State, x: f64) -> f64 {
        let mut x = x;
        for (section, s) in self.0.iter().zip(&mut state.0) {
            x = section.step(s, x);
        }
        x
    }

    /// The three cascades in turn over every value of `x`, which is left as the last
    /// has it; what the first two give is appended to `one` and `two`. The same numbers as three
    /// runs, whose sections overlap.
    pub fn run_three(
        stages: [(&Self, &mut State); 3],
        x: &mut [f64],
        one: &mut Vec<f64>,
        two: &mut Vec<f32>,
    ) {
        let [(a, s), (b, t), (c, u)] = stages;
        if let ([a], [s], [b], [t], [c, d], [u, v]) =
            (&a.0[..], &mut s.0[..], &b.0[..], &mut t.0[..], &c.0[..], &mut u.0[..])
        {
            let (a, b, c, d) = (*a, *b, *c, *d);
            let (mut first, mut second, mut third, mut fourth) = (*s, *t, *u, *v);
            let start = one.len();
            one.resize(start + x.len(), 0.0);
            two.extend(x.iter_mut().zip(&mut one[start..]).map(|(x, one)| {
                *one = a.step(&mut first, *x);
                let middle = b.step(&mut second, *one);
                *x = d.step(&mut fourth, c.step(&mut third, middle));
                middle as f32
            }));
            (*s, *t, *u, *v) = (first, second, third, fourth);
        } else {
            a.run(s, x);
            one.extend(x.iter());
            b.run(t, x);
            two.extend(x.iter().map(|x| *x as f32));
            c.run(u, x);
        }
    }

    /// Every value of `x` replaced by its output, in turn: the same numbers as [`Cascade::step`].
    pub fn run(&self, state: &mut State, x: &mut [f64]) {
        // Sections by number, so that they stay in registers and overlap.
        match (self.0.as_slice(), state.0.as_mut_slice()) {
            ([a], [s]) => pass([a], [s], x),
            ([a, b], [s, t]) => pass([a, b], [s, t], x),
            ([a, b, c], [s, t, u]) => pass([a, b, c], [s, t, u], x),
            _ => x.iter_mut().for_each(|x| *x = self.step(state, *x)),
        }
    }

    /// The first cascade over every value of `x`, appended to `one`, then the second over those, in
    /// place of `x`: the same numbers as two runs, whose sections overlap.
    pub fn run_both(
        first: (&Self, &mut State),
        then: (&Self, &mut State),
        x: &mut [f64],
        one: &mut Vec<f32>,
    ) {
        let ((a, s), (b, t)) = (first, then);
        if let ([a], [s], [b, c], [t, u]) = (&a.0[..], &mut s.0[..], &b.0[..], &mut t.0[..]) {
            let (a, b, c) = (*a, *b, *c);
            let (mut first, mut second, mut third) = (*s, *t, *u);
            one.extend(x.iter_mut().map(|x| {
                let middle = a.step(&mut first, *x);
                *x = c.step(&mut third, b.step(&mut second, middle));
                middle as f32
            }));
            (*s, *t, *u) = (first, second, third);
        } else {
            a.run(s, x);
            one.extend(x.iter().map(|x| *x as f32));
            b.run(t, x);
        }
    }

    /// The complex gain at `f`.
    pub fn response(&self, f: Hertz, rate: SampleRate) -> Complex<f64> {
        let z = Complex::from_polar(1.0, -std::f64::consts::TAU * f.hz() / rate.hz());
        let gain = |s: &Section| {
            (z * (z * s.b[2] + s.b[1]) + s.b[0]) / (z * (z * s.a[1] + s.a[0]) + Complex::new(1.0, 0.0))
        };
        self.0.iter().map(gain).product()
    }

    /// How long a narrow wave packet around `f` is delayed: the group delay, -dφ/dω, by a
    /// central difference over 1 % of `f`.
    pub fn group_delay(&self, f: Hertz, rate: SampleRate) -> Seconds {
        let step_hz = f.hz() * 0.01;
        let above = self.response(Hertz::new(f.hz() + step_hz / 2.0), rate);
        let below = self.response(Hertz::new(f.hz() - step_hz / 2.0), rate);
        let turn = (above * below.conj()).arg();
        Seconds::new(-turn / (std::f64::consts::TAU * step_hz))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::design::{Shape, butterworth};

    #[test]
    fn a_primed_filter_takes_a_constant_for_old_news() {
        let rate = SampleRate::new(2000.0).unwrap();
        let filter = butterworth(4, Shape::HighPass(Hertz::new(60.0)), rate).unwrap();
        let mut state = filter.silent();
        filter.prime(&mut state, 1234.5);
        for _ in 0..100 {
            assert!(filter.step(&mut state, 1234.5).abs() < 1e-9);
        }
    }

    #[test]
    fn the_group_delay_is_the_delay_of_a_wave_packet() {
        let rate = SampleRate::new(4000.0).unwrap();
        let filter = butterworth(4, Shape::LowPass(Hertz::new(450.0)), rate).unwrap();
        let mut state = filter.silent();
        let (mut num, mut den) = (0.0, 0.0);
        for n in 0..4000 {
            let t = f64::from(n) / rate.hz();
            let packet = (-(t - 0.5).powi(2) / (2.0 * 0.03 * 0.03)).exp();
            let y = filter.step(&mut state, packet * (std::f64::consts::TAU * 120.0 * t).sin());
            num += (t - 0.5) * y * y;
            den += y * y;
        }
        let stated = filter.group_delay(Hertz::new(120.0), rate).s();
        assert!((num / den - stated).abs() < 2e-5, "{} {stated}", num / den);
    }
}
