//! Where a function crosses zero.

/// How far is looked: doublings of a first step of 1.
const DOUBLINGS: u32 = 14;
/// A step that is shorter than this is the last: a likelihood tells no more apart.
const CLOSE: f64 = 1e-10;
/// More than the Illinois method ever takes; a function that is no function ends here.
const STEPS: usize = 200;

/// Where `f`, not below 0 at `from`, falls below it on the way up (`direction` 1) or down (−1).
/// `None` where it does not, as far as is looked.
///
/// By false position with the Illinois rule: Dowell M, Jarratt P (1971), A modified regula falsi
/// method for computing the root of an equation, BIT 11:168–174.
pub(super) fn cross(f: impl Fn(f64) -> f64, from: f64, direction: f64) -> Option<f64> {
    let (mut inside, mut outside) = (from, from);
    let (mut above, mut below) = (f(from), 0.0);
    if above.is_nan() || above < 0.0 {
        return None;
    }
    for doubling in 0..DOUBLINGS {
        outside = inside + direction * f64::from(1u32 << doubling);
        below = f(outside);
        if below < 0.0 {
            break;
        }
        (inside, above) = (outside, below);
    }
    // A function that is no number on the way has not crossed.
    if !(below < 0.0 && below.is_finite() && above.is_finite()) {
        return None;
    }
    let (mut last, mut before) = (0.0, f64::INFINITY);
    for _ in 0..STEPS {
        let middle = (inside * below - outside * above) / (below - above);
        let value = f(middle);
        if value == 0.0 || (middle - before).abs() <= CLOSE * (1.0 + middle.abs()) {
            return Some(middle);
        }
        before = middle;
        if value > 0.0 {
            (inside, above) = (middle, value);
            below *= if last > 0.0 { 0.5 } else { 1.0 };
        } else {
            (outside, below) = (middle, value);
            above *= if last < 0.0 { 0.5 } else { 1.0 };
        }
        last = value;
    }
    Some(before)
}
