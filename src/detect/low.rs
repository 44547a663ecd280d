//! What lies below the detection band. Bursts of muscle have it, too, but hearts, strokes and electrodes that
//! move are loudest there. So it is listened to only while there is nothing but steady noise in it, and no further
//! than what is above supports. This file knows filters and clocks, nothing of tapes.

use super::tape::Clock;
use crate::signal::biquad::{Cascade, State};
use crate::signal::design::{Shape, butterworth};
use crate::signal::ring::Ring;
use crate::signal::whiten::emg_behind;
use crate::units::{Hertz, SampleRate};

/// What is below this, Hz, of the amplitude band.
const CORNER_HZ: f64 = 50.0;
const ORDER: usize = 2;
/// Its noise has this share of the power of that in the detection band; so its frequencies weigh what they are
/// worth.
const WEIGHT: f64 = 0.15;
/// In no window does it count for more than this share of what is above: a beat or a stroke alone is not found.
pub const MOST: f32 = 0.7;
/// The mean square of the energies of noise over the square of their mean: up to this it is steady, from the
/// other on it is not listened to. It is 3 of Gaussian noise, 2.9 with the two milliseconds of a hop.
const STEADY: f64 = 3.2;
const UNSTEADY: f64 = 3.5;
/// Of less than so many samples a second nothing is weighed, and this is not listened to either.
const LEAST_RATE_HZ: f64 = 300.0;
/// Where delays are taken: the middle of this band, and of the spectrum of a burst, Hz.
const MIDDLE_HZ: f64 = 30.0;
const BURST_HZ: f64 = 120.0;
/// The spectrum of a burst is added up at steps of 1 Hz up to this, Hz.
const ADDED_HZ: u32 = 1000;

/// The band below, hop by hop.
#[derive(Debug, Clone)]
pub struct Low {
    filter: Cascade,
    state: State,
    energies: Ring<f32>,
    /// By so many hops a burst comes later here than in the detection band.
    late: u64,
    /// The power of a burst here over its power in the detection band.
    burst: f64,
    weights: Weights,
}

/// By how much the energies of both bands are multiplied: the noise of both together has the power that the
/// detection band's has alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the detection band.
    pub own: f32,
    /// Of the band below.
    pub low: f32,
}

impl Default for Weights {
    /// Nothing is heard below.
    fn default() -> Self {
        Self { own: 1.0, low: 0.0 }
    }
}

impl Low {
    /// For samples of `clock` behind the filters of drift, of the amplitude band and, from there on, of the
    /// detection band; `capacity` hops are held. `low_pass` lies before them, with its rate.
    pub fn new(
        clock: Clock,
        low_pass: (&Cascade, SampleRate),
        filters: [&Cascade; 3],
        capacity: usize,
    ) -> Self {
        let [drift, amplitude, _] = filters;
        let shape = Shape::LowPass(Hertz::new(CORNER_HZ.min(0.4 * clock.rate.hz())));
        let filter = butterworth(ORDER, shape, clock.rate).unwrap_or_default();
        let below = [drift, amplitude, &filter];
        let late_s = delay_s(clock, below, MIDDLE_HZ) - delay_s(clock, filters, BURST_HZ);
        let late = (late_s / clock.time(1).s()).round().max(0.0) as u64;
        let burst = burst_power(clock, low_pass, below) / burst_power(clock, low_pass, filters);
        Self {
            state: filter.silent(),
            filter,
            energies: Ring::new(capacity),
            late: if is_narrow(clock) { 0 } else { late },
            burst,
            weights: Weights::default(),
        }
    }

    /// Takes the next hop of the amplitude band.
    pub fn push(&mut self, samples: impl Iterator<Item = f32>) {
        let (mut sum, mut count) = (0.0, 0u32);
        for x in samples {
            sum += self.filter.step(&mut self.state, f64::from(x)).powi(2);
            count += 1;
        }
        self.energies.push((sum / f64::from(count.max(1))) as f32);
    }

    /// By so many hops a burst comes later here than in the detection band.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The energy of what is at hop `at` in the detection band, which must be `late` hops ago.
    pub fn energy(&self, at: u64) -> f32 {
        self.energies.get(at + self.late)
    }

    /// How much both bands weigh.
    pub fn weights(&self) -> Weights {
        self.weights
    }

    /// Weighs both bands so from now on.
    pub fn weigh(&mut self, weights: Weights) {
        self.weights = weights;
    }

    /// The power of a burst in both bands together, over its power in the detection band, if weighing that
    /// multiplies it by `gain`.
    pub fn gain(&self, gain: f64) -> f64 {
        f64::from(self.weights.own) * gain + f64::from(self.weights.low) * self.burst
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.filter.silence(&mut self.state);
        self.energies.clear();
        self.weights = Weights::default();
    }
}

/// How much later a burst comes behind `filters`, by what it has at `hz`.
fn delay_s(clock: Clock, filters: [&Cascade; 3], hz: f64) -> f64 {
    filters.iter().map(|c| c.group_delay(Hertz::new(hz), clock.rate).s()).sum()
}

/// The power of a burst behind `low_pass` and `filters`, of any size.
fn burst_power(clock: Clock, low_pass: (&Cascade, SampleRate), [a, b, c]: [&Cascade; 3]) -> f64 {
    let all = [low_pass, (a, clock.rate), (b, clock.rate), (c, clock.rate)];
    let most = (clock.rate.nyquist().hz() as u32).min(ADDED_HZ);
    (1..most).map(|hz| emg_behind(f64::from(hz), &all)).sum()
}

/// Whether samples are so few that frequencies are not weighed: 0.006 of F1 would be lost at 250 a second.
pub fn is_narrow(clock: Clock) -> bool {
    clock.rate.hz() < LEAST_RATE_HZ
}

/// The noise of both bands, as it was heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Noise {
    low: f64,
    squares: f64,
    own: f64,
    count: f64,
}

impl Noise {
    /// Takes a hop of noise, by the energies of both bands over the floor.
    pub fn add(&mut self, low: f32, own: f32) {
        let low = f64::from(low);
        self.low += low;
        self.squares += low * low;
        self.own += f64::from(own);
        self.count += 1.0;
    }

    /// All of it times `kept`, and `newer`.
    pub fn fade(&mut self, newer: Self, kept: f64) {
        self.low = kept * self.low + newer.low;
        self.squares = kept * self.squares + newer.squares;
        self.own = kept * self.own + newer.own;
        self.count = kept * self.count + newer.count;
    }

    /// What both bands are to weigh.
    pub fn weights(&self) -> Weights {
        let uneven = self.squares * self.count / (self.low * self.low);
        let weight = WEIGHT * ((UNSTEADY - uneven) / (UNSTEADY - STEADY)).clamp(0.0, 1.0);
        let (own, low) = (1.0 / (1.0 + weight), weight * self.own / self.low);
        let known = self.low > 0.0 && uneven.is_finite() && low.is_finite();
        if known { Weights { own: own as f32, low: (own * low) as f32 } } else { Weights::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_late_and_how_strong_a_burst_is_there_is_what_scipy_says() {
        let numbers = |row: &str| row.split('\t').map(|n| n.parse().expect("a number")).collect::<Vec<f64>>();
        let rows: Vec<_> = include_str!("../../tests/data/low.tsv").lines().map(numbers).collect();
        assert_eq!(rows.len(), 3);
        for row in rows {
            let [rate_hz, late_ms, burst] = row[..] else { panic!("{row:?}") };
            let rate = SampleRate::new(rate_hz).unwrap();
            let high = |order, hz| butterworth(order, Shape::HighPass(Hertz::new(hz)), rate).unwrap();
            let clock = Clock { rate, hop: (rate_hz / 500.0) as u64 };
            let all = Cascade::default();
            let low = Low::new(clock, (&all, rate), [&high(1, 5.0), &high(2, 20.0), &high(4, 60.0)], 16);
            assert_eq!(low.late(), (late_ms / 2.0).round() as u64, "{rate_hz}");
            assert!((low.burst / burst - 1.0).abs() < 1e-6, "{} for {burst}", low.burst);
        }
    }

    fn heard(energies: impl Iterator<Item = (f32, f32)>) -> Weights {
        let mut noise = Noise::default();
        energies.for_each(|(low, own)| noise.add(low, own));
        noise.weights()
    }

    #[test]
    fn steady_noise_is_listened_to_with_its_weight_and_keeps_its_power() {
        let weights = heard((0..99u8).map(|n| (f32::from(n % 3), 4.0)));
        assert!((weights.own * 4.0 + weights.low - 4.0).abs() < 1e-5, "{weights:?}");
        assert!((f64::from(weights.low / (4.0 * weights.own)) - WEIGHT).abs() < 1e-5, "{weights:?}");
    }

    #[test]
    fn what_comes_in_beats_is_not_listened_to() {
        assert_eq!(
            heard((0..100u8).map(|n| (if n % 10 == 0 { 10.0 } else { 0.5 }, 4.0))),
            Weights::default()
        );
        // Nothing at all, and silence, are not either.
        assert_eq!(heard(std::iter::empty()), Weights::default());
        assert_eq!(heard([(0.0, 0.0)].into_iter()), Weights::default());
    }
}
