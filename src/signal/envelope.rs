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
    hops: Ring<f32>,
    /// The sums of the windows that end with a hop.
    sums: Ring<[f32; WINDOWS]>,
    /// The means of the windows around a hop, 0 until they are complete: asked for far more often
    /// than made.
    around: Ring<[f32; WINDOWS]>,
    lengths: [f32; WINDOWS],
    shortest: u64,
}

impl Energies {
    /// The shortest window is `shortest` hops long; `capacity` hops are held.
    pub fn new(shortest: usize, capacity: usize) -> Self {
        let shortest = shortest.max(1) as u64;
        Self {
            hops: Ring::new(capacity),
            sums: Ring::new(capacity),
            around: Ring::new(capacity),
            lengths: std::array::from_fn(|w| (shortest << w) as f32),
            shortest,
        }
    }

    /// How many hops window `w` spans.
    pub fn length(&self, w: usize) -> u64 {
        self.shortest << w
    }

    /// Takes the mean energy of the next hop.
    pub fn push(&mut self, energy: f32) {
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
        self.around.push([0.0; WINDOWS]);
        for w in 0..WINDOWS {
            let middle = at.checked_sub(self.length(w) / 2);
            if let Some(around) = middle.and_then(|middle| self.around.get_mut(middle)) {
                around[w] = sums[w] / self.lengths[w];
            }
        }
    }

    /// Hops taken so far.
    pub fn end(&self) -> u64 {
        self.hops.end()
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

    /// The mean energy over the window `w` that ends with the newest hop; 0 before the first.
    pub fn newest(&self, w: usize) -> f32 {
        self.end().checked_sub(1).map_or(0.0, |last| self.sums.get(last)[w] / self.lengths[w])
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.hops.clear();
        self.sums.clear();
        self.around.clear();
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
                    assert!((energies.newest(w) - plain).abs() < 1e-3);
                    assert_eq!(energies.around(w, middle), Some(energies.newest(w)));
                    assert_eq!(energies.all_around(middle)[w], energies.newest(w));
                    assert_eq!(
                        (energies.around(w, middle + 1), energies.all_around(middle + 1)[w]),
                        (None, 0.0)
                    );
                }
            }
        }
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
