//! Chance that is the same everywhere: for drawing again, and for places that nobody chose.

/// Numbers that look random: SplitMix64 (Steele, Lea & Flood 2014). The same seed gives the same
/// numbers.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Begins with `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.throw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From 0 up to, not including, `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.throw() % n.max(1) as u64) as usize
    }
}
