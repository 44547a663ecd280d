//! The shape of a pulse, and how alike two of them are: what the heart tells beats by.

/// Points of a shape.
pub const POINTS: usize = 64;
/// Shifts that are compared side by side: at least `2 × shift + 1`, and whole vectors of four.
const SHIFTS: usize = 12;

/// A shape and what comparing it needs of it alone, whatever it is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// The shape, and room beyond it for the last shifts.
    points: [f32; POINTS + SHIFTS],
    /// The inner part less its mean, and the sum of its squares.
    inner: [f32; POINTS],
    power: f32,
    /// The mean and the sum of squares less that mean of the part at each shift.
    means: [f32; SHIFTS],
    powers: [f32; SHIFTS],
}

impl Profile {
    /// Of a shape that is to be compared at up to `shift` points either way.
    pub fn new(shape: &[f32; POINTS], shift: usize) -> Self {
        let length = POINTS - 2 * shift;
        let (n, part) = (length as f32, &shape[shift..shift + length]);
        let mean = part.iter().sum::<f32>() / n;
        let mut inner = [0.0f32; POINTS];
        inner.iter_mut().zip(part).for_each(|(inner, x)| *inner = x - mean);
        let mut power = 0.0f32;
        inner[..length].iter().for_each(|a| power += a * a);
        let mut points = [0.0f32; POINTS + SHIFTS];
        points[..POINTS].copy_from_slice(shape);
        let (mut means, mut powers) = ([0.0f32; SHIFTS], [0.0f32; SHIFTS]);
        for part in points.windows(SHIFTS).take(length) {
            means.iter_mut().zip(part).for_each(|(mean, b)| *mean += b);
        }
        means.iter_mut().for_each(|mean| *mean /= n);
        for part in points.windows(SHIFTS).take(length) {
            for s in 0..SHIFTS {
                let b = part[s] - means[s];
                powers[s] += b * b;
            }
        }
        Self { points, inner, power, means, powers }
    }
}

/// The largest normalised cross-correlation of the inner part of `a` with `b`, over small shifts.
pub fn likeness(a: &Profile, b: &Profile, shift: usize) -> f32 {
    let mut sums = [0.0f32; SHIFTS];
    for (a, part) in a.inner[..POINTS - 2 * shift].iter().zip(b.points.windows(SHIFTS)) {
        for s in 0..SHIFTS {
            sums[s] += a * (part[s] - b.means[s]);
        }
    }
    let power = |s: usize| a.power * b.powers[s];
    let alike = |s: usize| if a.power > 0.0 && b.powers[s] > 0.0 { sums[s] / power(s).sqrt() } else { 0.0 };
    (0..=2 * shift).map(alike).fold(-1.0, f32::max)
}
