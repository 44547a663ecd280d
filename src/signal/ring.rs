//! The last values of a stream, each under its own number since the stream began.

/// A ring that holds the last values pushed; older ones are forgotten.
#[derive(Debug, Clone)]
pub struct Ring<T> {
    data: Vec<T>,
    pushed: u64,
}

impl<T: Copy + Default> Ring<T> {
    /// Room for at least `capacity` values.
    pub fn new(capacity: usize) -> Self {
        Self { data: vec![T::default(); capacity.max(1).next_power_of_two()], pushed: 0 }
    }

    /// Appends `value` as number [`Ring::end`].
    #[inline]
    pub fn push(&mut self, value: T) {
        let mask = self.data.len() - 1;
        self.data[self.pushed as usize & mask] = value;
        self.pushed += 1;
    }

    /// How many values were ever pushed: the number of the next one.
    pub fn end(&self) -> u64 {
        self.pushed
    }

    /// The number of the oldest value that is still held.
    pub fn start(&self) -> u64 {
        self.pushed.saturating_sub(self.data.len() as u64)
    }

    /// Value number `at`; the default value for one that is not held.
    #[inline]
    pub fn get(&self, at: u64) -> T {
        // How many came after it; one that is still to come wraps to more than are held.
        let later = self.pushed.wrapping_sub(at).wrapping_sub(1);
        if later < self.data.len() as u64 {
            self.data[at as usize & (self.data.len() - 1)]
        } else {
            T::default()
        }
    }

    /// Value number `at`, to be changed; `None` for one that is not held.
    #[inline]
    pub fn get_mut(&mut self, at: u64) -> Option<&mut T> {
        let (later, mask) = (self.pushed.wrapping_sub(at).wrapping_sub(1), self.data.len() - 1);
        if later <= mask as u64 { self.data.get_mut(at as usize & mask) } else { None }
    }

    /// Values `from` up to, not including, `to`, as far as they are held.
    pub fn range(&self, from: u64, to: u64) -> impl Iterator<Item = T> + '_ {
        let (older, newer) = self.runs(from, to);
        older.iter().chain(newer).copied()
    }

    /// The same values where they lie, in two runs.
    #[inline]
    pub fn runs(&self, from: u64, to: u64) -> (&[T], &[T]) {
        let (from, to) = (from.max(self.start()), to.min(self.pushed));
        if from >= to {
            return (&[], &[]);
        }
        let first = from as usize & (self.data.len() - 1);
        let (newer, older) = self.data.split_at(first);
        let length = (to - from) as usize;
        match older.get(..length) {
            Some(all) => (all, &[]),
            None => (older, &newer[..length - older.len()]),
        }
    }

    /// Forgets everything and counts from 0 again.
    pub fn clear(&mut self) {
        self.data.fill(T::default());
        self.pushed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_holds_the_last_values_under_their_own_numbers() {
        let mut ring = Ring::new(4);
        for n in 0..10u32 {
            ring.push(n);
        }
        assert_eq!(ring.range(0, 100).collect::<Vec<_>>(), [6, 7, 8, 9]);
        assert_eq!((ring.get(7), ring.get(5), ring.get(10)), (7, 0, 0));
    }
}
