//! What a press means that marks a needle, on a keyboard or on a page.

use std::time::{Duration, Instant};

use super::Order;

/// The same press again within this time was meant once: terminals begin to repeat a key that is held
/// after 0.25 to 0.7 s and go on faster, fingers bounce, and nobody sets two needles within a second.
const HELD: Duration = Duration::from_millis(800);
/// The longest note or name of a site, characters.
pub const LONGEST_TEXT: usize = 200;

/// A press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// In, or out if a needle is in.
    Needle,
    /// A needle goes in.
    In,
    /// A needle comes out.
    Out,
}

/// The press that came last, and when it came or was repeated.
#[derive(Debug, Default)]
pub struct Presses {
    last: Option<(Press, Instant)>,
}

impl Presses {
    /// The order that `press` is at `now`, while a needle is `inside`, or none; `None` where it is the
    /// one before, held.
    pub fn take(&mut self, press: Press, inside: bool, now: Instant) -> Option<Order> {
        let held = self.last.is_some_and(|(last, at)| last == press && now.duration_since(at) < HELD);
        self.last = Some((press, now));
        let order = match press {
            Press::In => Order::NeedleIn,
            Press::Out => Order::NeedleOut,
            Press::Needle if inside => Order::NeedleOut,
            Press::Needle => Order::NeedleIn,
        };
        (!held).then_some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pressed_twice_marks_once() {
        let (mut presses, start) = (Presses::default(), Instant::now());
        let mut at = |press, ms| presses.take(press, false, start + Duration::from_millis(ms));
        assert_eq!(at(Press::In, 0), Some(Order::NeedleIn));
        for ms in [100, 700, 1400] {
            assert_eq!(at(Press::In, ms), None, "{ms}");
        }
        // Another one, or the same later, is another mark.
        assert_eq!(at(Press::Out, 1500), Some(Order::NeedleOut));
        assert_eq!(at(Press::In, 1600), Some(Order::NeedleIn));
        assert_eq!(at(Press::In, 2500), Some(Order::NeedleIn));
    }

    #[test]
    fn one_press_sets_a_needle_and_takes_it_out() {
        let order = |inside| Presses::default().take(Press::Needle, inside, Instant::now());
        assert_eq!((order(false), order(true)), (Some(Order::NeedleIn), Some(Order::NeedleOut)));
    }
}
