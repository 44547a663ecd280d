//! Exponential tilts: how a point is spread over some stretches where its density is e^(θx).

/// Log of the mass, mean and variance of a density e^(θx) over stretches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    pub(super) log_mass: f64,
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// Moments over `spans` (each above zero in length; one may begin at −∞ where `theta` > 0) of the
/// density e^(θx), in closed form: a mixture of truncated exponential distributions.
pub(super) fn moments(spans: &[[f64; 2]], theta: f64) -> Moments {
    if let [one] = spans {
        return of_one(*one, theta);
    }
    let parts: Vec<Moments> = spans.iter().map(|s| of_one(*s, theta)).collect();
    let top = parts.iter().map(|p| p.log_mass).fold(f64::NEG_INFINITY, f64::max);
    let weigh = |p: &Moments| (p.log_mass - top).exp();
    let total: f64 = parts.iter().map(weigh).sum();
    let mean = parts.iter().map(|p| weigh(p) * p.mean).sum::<f64>() / total;
    let spread = |p: &Moments| weigh(p) * (p.variance + (p.mean - mean).powi(2));
    let variance = parts.iter().map(spread).sum::<f64>() / total;
    Moments { log_mass: top + total.ln(), mean, variance }
}

/// Below this, in lengths of 1/θ, a stretch is short: the closed forms cancel, and the series
/// x/(e^x − 1) = 1 − x/2 + x²/12 − x⁴/720 + … serve to 1e-12.
const SHORT: f64 = 0.05;

fn of_one([a, b]: [f64; 2], theta: f64) -> Moments {
    let steep = theta.abs();
    let (length, x) = (b - a, steep * (b - a));
    // How far from the end where the density is largest.
    let (log_mass, mean, variance) = if x < SHORT {
        let mean = length * (0.5 - x / 12.0 + x.powi(3) / 720.0);
        let variance = length.powi(2) * (1.0 / 12.0 - x * x / 240.0 + x.powi(4) / 6048.0);
        (length.ln() - x / 2.0 + x * x / 24.0 - x.powi(4) / 2880.0, mean, variance)
    } else {
        let left = (-x).exp();
        // A stretch without end has nothing left beyond it.
        let beyond = if left > 0.0 { length * left / (1.0 - left) } else { 0.0 };
        let variance = steep.powi(-2) - if left > 0.0 { beyond * beyond / left } else { 0.0 };
        ((-left).ln_1p() - steep.ln(), 1.0 / steep - beyond, variance)
    };
    let (anchor, side) = if theta > 0.0 { (b, -1.0) } else { (a, 1.0) };
    Moments { log_mass: log_mass + theta * anchor, mean: anchor + side * mean, variance }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Simpson's rule.
    fn integrated(spans: &[[f64; 2]], theta: f64) -> Moments {
        let steps = 2000;
        let mut sums = [0.0; 3];
        for [a, b] in spans {
            for k in 0..=steps {
                let x = a + (b - a) * f64::from(k) / f64::from(steps);
                let simpson = if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
                let weight = simpson * (b - a) / f64::from(3 * steps) * (theta * x).exp();
                sums = [sums[0] + weight, sums[1] + weight * x, sums[2] + weight * x * x];
            }
        }
        let mean = sums[1] / sums[0];
        Moments { log_mass: sums[0].ln(), mean, variance: sums[2] / sums[0] - mean * mean }
    }

    #[test]
    fn moments_are_those_of_the_integral_on_both_sides_of_short() {
        let sets: [&[[f64; 2]]; 3] = [&[[0.0, 10.0]], &[[3.0, 13.0]], &[[0.0, 4.0], [9.0, 10.0]]];
        for spans in sets {
            for steep in [0.0, 1e-9, 0.004, 0.004_99, 0.005_01, 0.1, 1.5] {
                for theta in [steep, -steep] {
                    let (got, wanted) = (moments(spans, theta), integrated(spans, theta));
                    for (got, wanted) in [
                        (got.log_mass, wanted.log_mass),
                        (got.mean, wanted.mean),
                        (got.variance, wanted.variance),
                    ] {
                        assert!(
                            (got - wanted).abs() < 1e-8 * (1.0 + wanted.abs()),
                            "{theta}: {got} is not {wanted}"
                        );
                    }
                }
            }
        }
    }
}
