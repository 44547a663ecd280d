//! Seeded random numbers.

use rand_core::RngCore;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

/// One stream of random numbers.
pub struct Chance(Pcg64);

impl Chance {
    /// The stream of `seed` for what is called `name`, so that each row draws its own.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a: any hash that stays the same from run to run would do.
        let hash = |h: u64, b: u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        let place = name.bytes().fold(0xcbf2_9ce4_8422_2325, hash);
        Self(Pcg64::new((u128::from(place) << 64) | u128::from(seed), u128::from(seed)))
    }

    /// Evenly in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly between both.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[(self.unit() * all.len() as f64) as usize]
    }

    /// Gaussian, mean 0, variance 1.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
}
