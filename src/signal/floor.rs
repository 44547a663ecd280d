//! The running noise level: order statistics over a sliding window.
//!
//! Medians and quantiles of energy are taken in the linear domain. They pick one of the values
//! that came in, so a recording multiplied by a power of two gives exactly multiplied floors.

use std::collections::VecDeque;

/// So few values are counted one and all.
const COUNTED: usize = 64;

/// Any quantile of the last values, exactly.
#[derive(Debug, Clone)]
pub struct SlidingQuantile {
    sorted: Vec<f32>,
    order: VecDeque<f32>,
    capacity: usize,
}

impl SlidingQuantile {
    /// Over the last `capacity` values (at least one).
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self { sorted: Vec::with_capacity(capacity), order: VecDeque::with_capacity(capacity + 1), capacity }
    }

    /// Takes one more value; the oldest goes once the window is full. A value that is not
    /// finite is not taken.
    pub fn push(&mut self, value: f32) {
        if !value.is_finite() {
            return;
        }
        let place = self.place(value);
        if self.order.len() == self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            // Only what lies between the old value's place and the new one's moves.
            let gone = self.place(oldest);
            if gone < place {
                self.sorted.copy_within(gone + 1..place, gone);
                self.sorted[place - 1] = value;
            } else {
                self.sorted.copy_within(place..gone, place + 1);
                self.sorted[place] = value;
            }
        } else {
            self.sorted.insert(place, value);
        }
        self.order.push_back(value);
    }

    /// Puts every value beyond `bound` back to it: those above it, or those below.
    pub fn bound(&mut self, bound: f32, above: bool) {
        let within = |x: f32| if above { x.min(bound) } else { x.max(bound) };
        self.sorted.iter_mut().chain(&mut self.order).for_each(|value| *value = within(*value));
    }

    /// How many values are less than `value`: halving while much is left, then counting. Neither
    /// branches on a comparison, which nothing could foresee.
    fn place(&self, value: f32) -> usize {
        let (mut from, mut left) = (0, self.sorted.len());
        while left > COUNTED {
            let half = left / 2;
            from += usize::from(self.sorted[from + half] < value) * half;
            left -= half;
        }
        let counted = &self.sorted[from..from + left];
        from + counted.iter().map(|v| u32::from(*v < value)).sum::<u32>() as usize
    }

    /// How many values the window holds now.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The value below which a share `q` (0 to 1) of the window lies, the nearest one held;
    /// `None` for an empty window.
    pub fn quantile(&self, q: f64) -> Option<f32> {
        let last = self.sorted.len().checked_sub(1)?;
        self.sorted.get(nearest(q, last)).copied()
    }

    /// The share of the window's values that are `level` or more; 0 for an empty window.
    pub fn share_above(&self, level: f32) -> f64 {
        (self.len() - self.place(level)) as f64 / self.len().max(1) as f64
    }

    /// Forgets every value.
    pub fn clear(&mut self) {
        self.sorted.clear();
        self.order.clear();
    }
}

/// The value below which a share `q` of `values` lies; reorders them. `None` for no values.
pub fn quantile(values: &mut [f32], q: f64) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    Some(*values.select_nth_unstable_by(nearest(q, last), f32::total_cmp).1)
}

/// The place nearest to the share `q` of `last`, halves up.
#[inline]
fn nearest(q: f64, last: usize) -> usize {
    // f64::round is a call where the processor is not known to have it.
    let place = q.clamp(0.0, 1.0) * last as f64;
    let whole = place as usize;
    whole + usize::from(place - whole as f64 >= 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_sliding_quantile_is_the_quantile_of_the_last_values(
            values in prop::collection::vec(0.0f32..100.0, 1..200),
            capacity in 1usize..50,
            q in 0.0f64..1.0,
        ) {
            let mut sliding = SlidingQuantile::new(capacity);
            for (n, value) in values.iter().enumerate() {
                sliding.push(*value);
                let mut last = values[(n + 1).saturating_sub(capacity)..=n].to_vec();
                prop_assert_eq!(sliding.quantile(q), quantile(&mut last, q));
            }
        }

        #[test]
        fn values_that_were_bounded_are_forgotten_as_those_they_became(
            mut values in prop::collection::vec(0.0f32..100.0, 1..100),
            more in prop::collection::vec(0.0f32..100.0, 0..100),
            bound in 0.0f32..100.0,
            above: bool,
        ) {
            let mut sliding = SlidingQuantile::new(30);
            values.iter().for_each(|value| sliding.push(*value));
            sliding.bound(bound, above);
            values.iter_mut().for_each(|v| *v = if above { v.min(bound) } else { v.max(bound) });
            for value in more {
                sliding.push(value);
                values.push(value);
                let mut last = values[values.len().saturating_sub(30)..].to_vec();
                prop_assert_eq!(sliding.quantile(0.35), quantile(&mut last, 0.35));
            }
        }
    }

    #[test]
    fn a_value_that_is_not_finite_is_not_taken() {
        let mut sliding = SlidingQuantile::new(3);
        sliding.push(f32::NAN);
        assert!(sliding.is_empty());
    }
}
