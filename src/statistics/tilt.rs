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
