//! Random numbers: one independent stream a component, so that no component's draws depend on
//! which others are switched on.

use rand_core::RngCore;
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use rand_pcg::Pcg64;

/// What a stream is drawn for. The numbers are part of what a seed means: never reuse one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Component {
    Scenario = 1,
    Insertions = 2,
    TwitchTimes = 3,
    Twitch = 4,
    Background = 5,
    FloorSteps = 6,
    FloorWander = 7,
    Mains = 8,
    Ecg = 9,
    Pistoning = 10,
    Pops = 11,
    Efforts = 12,
    Knocks = 13,
    Surges = 14,
    AddedBurst = 15,
    Study = 16,
}

/// A stream of random numbers.
pub(super) struct Stream(Pcg64);

impl Stream {
    /// The stream of the `index`-th part of `component`.
    pub(super) fn new(seed: u64, component: Component, index: u64) -> Self {
        let place = (u128::from(component as u32) << 64) | u128::from(index);
        let low = mix(seed ^ mix(component as u64));
        let high = mix(low ^ mix(index));
        Self(Pcg64::new((u128::from(high) << 64) | u128::from(low), place))
    }

    /// Evenly distributed in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly distributed between the two ends of `range`.
    pub(super) fn within(&mut self, range: [f64; 2]) -> f64 {
        range[0] + (range[1] - range[0]) * self.unit()
    }

    /// Evenly distributed in its logarithm; both ends of `range` above zero.
    pub(super) fn log_within(&mut self, range: [f64; 2]) -> f64 {
        self.within([range[0].ln(), range[1].ln()]).exp()
    }

    /// Gaussian, mean 0, variance 1.
    pub(super) fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Exponentially distributed with this mean.
    pub(super) fn waiting(&mut self, mean: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.0);
        unit * mean
    }

    /// Gamma distributed with mean 1 and this shape, above zero.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        Gamma::new(shape, 1.0 / shape).map_or(1.0, |gamma| gamma.sample(&mut self.0))
    }

    /// The seed of something that is drawn on its own.
    pub(super) fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// 1 or -1.
    pub(super) fn sign(&mut self) -> f64 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// One of `0..n`; 0 where there is none.
    pub(super) fn one_of(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014), so that near seeds give far states.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
