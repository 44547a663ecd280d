//! Energy over several windows at once, and Teager–Kaiser energy.

use super::ring::Ring;

/// How many windows are kept: each is twice as long as the one before.
pub const WINDOWS: usize = 4;

/// The mean energy over 1, 2, 4 and 8 times the shortest window, after each hop.
///
/// The shortest sum is made anew every hop and each longer one of two shorter ones, so no
/// rounding gathers over hours and the cost is a few additions a hop.
#[derive(Debug, Clone)]
pub struct Energies {
    own: Sums,
    /// Those of another band, of which no more counts in a window than so many times its own.
    other: Option<(Sums, f32)>,
    /// The means of the windows around a hop, 0 until they are complete: asked for far more often
    /// than made.
    around: Ring<[f32; WINDOWS]>,
    lengths: [f32; WINDOWS],
}

impl Energies {
    /// The shortest window is `shortest` hops long; `capacity` hops are held.
    pub fn new(shortest: usize, capacity: usize) -> Self {
        let shortest = shortest.max(1) as u64;
        Self {
            own: Sums::new(shortest, capacity),
            other: None,
            around: Ring::new(capacity),
            lengths: std::array::from_fn(|w| (shortest << w) as f32),
        }
    }

    /// How many hops window `w` spans.
    pub fn length(&self, w: usize) -> u64 {
        self.own.length(w)
    }

    /// The same with the energy of another band, which counts in a window for `most` times its own at most.
    pub fn of_two(shortest: usize, capacity: usize, most: f32) -> Self {
        let one = Self::new(shortest, capacity);
        Self { other: Some((Sums::new(one.own.shortest, capacity), most)), ..one }
    }

    /// Takes the mean energy of the next hop.
    pub fn push(&mut self, energy: f32) {
        self.push_both(energy, 0.0);
    }

    /// Takes the mean energy of the next hop, and that of the other band.
    pub fn push_both(&mut self, energy: f32, other: f32) {
        let mut sums = self.own.push(energy);
        if let Some((others, most)) = &mut self.other {
            let others = others.push(other);
            sums = std::array::from_fn(|w| sums[w] + others[w].min(*most * sums[w]));
        }
        self.around.push([0.0; WINDOWS]);
        let at = self.end() - 1;
        for (w, sum) in sums.into_iter().enumerate() {
            let middle = at.checked_sub(self.length(w) / 2);
            if let Some(around) = middle.and_then(|middle| self.around.get_mut(middle)) {
                around[w] = sum / self.lengths[w];
            }
        }
    }

    /// The mean energy of hop `at`, without that of another band.
    pub fn hop(&self, at: u64) -> f32 {
        self.own.hops.get(at)
    }

    /// Hops taken so far.
    pub fn end(&self) -> u64 {
        self.own.hops.end()
    }

    /// The mean energy over the window `w` around hop `at`; `None` until it is complete.
    #[inline]
    pub fn around(&self, w: usize, at: u64) -> Option<f32> {
        let last = at + self.length(w) / 2;
        (last < self.end()).then(|| self.around.get(at)[w])
    }

    /// The mean energies over all windows around hop `at`; 0 for those that are not complete.
    #[inline]
    pub fn all_around(&self, at: u64) -> [f32; WINDOWS] {
        self.around.get(at)
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.own.clear();
        if let Some((other, _)) = &mut self.other {
            other.clear();
        }
        self.around.clear();
    }
}

/// The sums of the windows that end with each hop.
#[derive(Debug, Clone)]
struct Sums {
    hops: Ring<f32>,
    sums: Ring<[f32; WINDOWS]>,
    shortest: u64,
}

impl Sums {
    fn new(shortest: u64, capacity: usize) -> Self {
        Self { hops: Ring::new(capacity), sums: Ring::new(capacity), shortest }
    }

    fn length(&self, w: usize) -> u64 {
        self.shortest << w
    }

    fn push(&mut self, energy: f32) -> [f32; WINDOWS] {
        self.hops.push(energy);
        let at = self.hops.end() - 1;
        let first = (at + 1).saturating_sub(self.shortest);
        let (older, newer) = self.hops.runs(first, at + 1);
        let mut sums = [0.0; WINDOWS];
        sums[0] = older.iter().chain(newer).sum();
        for w in 1..WINDOWS {
            let before = at.checked_sub(self.length(w - 1));
            sums[w] = sums[w - 1] + before.map_or(0.0, |at| self.sums.get(at)[w - 1]);
        }
        self.sums.push(sums);
        sums
    }

    fn clear(&mut self) {
        self.hops.clear();
        self.sums.clear();
    }
}

/// Teager–Kaiser energy of the middle one of three samples: x² - x₋₁x₊₁, in the samples' unit
/// squared (Kaiser 1990; for EMG onsets Solnik 2008).
#[inline]
pub fn teager_kaiser(before: f32, x: f32, after: f32) -> f32 {
    x * x - before * after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_the_plain_mean_of_its_hops() {
        let mut energies = Energies::new(3, 64);
        let hops: Vec<f32> = (0..200u32).map(|n| (n * 7919 % 101) as f32).collect();
        for (at, hop) in hops.iter().enumerate() {
            energies.push(*hop);
            for w in 0..WINDOWS {
                let length = 3 << w;
                if at + 1 >= length {
                    let plain: f32 = hops[at + 1 - length..=at].iter().sum::<f32>() / length as f32;
                    let middle = (at - length / 2) as u64;
                    let around = energies.around(w, middle).unwrap();
                    assert!((around - plain).abs() < 1e-3);
                    assert_eq!(energies.all_around(middle)[w], around);
                    assert_eq!(
                        (energies.around(w, middle + 1), energies.all_around(middle + 1)[w]),
                        (None, 0.0)
                    );
                }
            }
        }
    }

    #[test]
    fn of_the_other_band_no_more_counts_than_a_share_of_its_own() {
        let mut energies = Energies::of_two(2, 32, 0.5);
        for (own, other) in [(4.0, 1.0), (4.0, 1.0), (4.0, 9.0), (4.0, 9.0)] {
            energies.push_both(own, other);
        }
        assert_eq!(energies.around(0, 0), Some(5.0));
        assert_eq!(energies.around(0, 2), Some(6.0));
        // Over both windows of two hops together.
        assert_eq!(energies.around(1, 1), Some(6.0));
        assert_eq!(energies.hop(3), 4.0);
    }

    #[test]
    fn the_teager_kaiser_energy_of_a_sine_is_amplitude_times_sine_of_step_squared() {
        let (amplitude, step) = (3.0f32, 0.3f32);
        let x: Vec<f32> = (0..50u16).map(|n| amplitude * (f32::from(n) * step).sin()).collect();
        for n in 1..49 {
            let expected = (amplitude * step.sin()).powi(2);
            assert!((teager_kaiser(x[n - 1], x[n], x[n + 1]) - expected).abs() < 1e-4);
        }
    }
}
