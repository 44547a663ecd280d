//! From bursts of known size, found or not, to the size that is found with a given chance.

use super::quantile::Z_975;
use super::{Interval, Level};

/// A logistic curve: the chance of a find at level x is 1 / (1 + e^-(a + b x)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Psychometric {
    a: f64,
    b: f64,
    /// Covariance of a and b: its diagonal, then what is off it.
    covariance: [f64; 3],
}

/// Steps of Newton's method; a curve that needs more has no maximum.
const STEPS: usize = 50;
/// Weight of a curve of slope 0: it decides nothing but whether the steps end where every find
/// lies above every miss.
const RIDGE: f64 = 1e-3;

impl Psychometric {
    /// The curve of maximal likelihood through `trials` (level, found), by Newton's method
    /// (iteratively reweighted least squares: McCullagh P, Nelder JA (1989), Generalized Linear
    /// Models, chapter 4). `None` where finds and misses are not both there, or where finds do not
    /// grow more likely with the level.
    pub fn fit(trials: &[(f64, bool)]) -> Option<Self> {
        let finds = trials.iter().filter(|(_, found)| *found).count();
        if finds == 0 || finds == trials.len() || trials.iter().any(|(x, _)| !x.is_finite()) {
            return None;
        }
        let middle = trials.iter().map(|(x, _)| x).sum::<f64>() / trials.len() as f64;
        let (mut a, mut b) = (0.0, 0.0);
        for _ in 0..STEPS {
            let (gradient, information) = slopes(trials, middle, a, b);
            let [da, db] = solve(information, gradient)?;
            // A step that is too long overshoots where the curve is steep.
            let shorter = (1.0 / db.abs().max(da.abs())).min(1.0);
            (a, b) = (a + shorter * da, b + shorter * db);
            if da.abs().max(db.abs()) < 1e-9 {
                let [p, q, r] = slopes(trials, middle, a, b).1;
                let size = p * q - r * r;
                let [p, q, r] = [q / size, p / size, -r / size];
                // Back from levels counted from their middle.
                let covariance = [p + middle * middle * q - 2.0 * middle * r, q, r - middle * q];
                return (b > 0.0).then_some(Self { a: a - b * middle, b, covariance });
            }
        }
        None
    }

    /// The level that is found with `chance`, and its interval by the delta method.
    pub fn level(&self, chance: f64) -> Level {
        let x = ((chance / (1.0 - chance)).ln() - self.a) / self.b;
        let [p, q, r] = self.covariance;
        let spread = Z_975 * (p + 2.0 * x * r + x * x * q).max(0.0).sqrt() / self.b;
        Level { value: x, interval: Interval { low: x - spread, high: x + spread } }
    }
}

/// Gradient and information (diagonal, then what is off it) of the log likelihood.
fn slopes(trials: &[(f64, bool)], middle: f64, a: f64, b: f64) -> ([f64; 2], [f64; 3]) {
    let (mut gradient, mut information) = ([0.0, -RIDGE * b], [0.0, RIDGE, 0.0]);
    for (level, found) in trials {
        let x = level - middle;
        let chance = 1.0 / (1.0 + (-(a + b * x)).exp());
        let off = f64::from(u8::from(*found)) - chance;
        let weight = chance * (1.0 - chance);
        gradient = [gradient[0] + off, gradient[1] + off * x];
        let [p, q, r] = information;
        information = [p + weight, q + weight * x * x, r + weight * x];
    }
    (gradient, information)
}

fn solve([p, q, r]: [f64; 3], [u, v]: [f64; 2]) -> Option<[f64; 2]> {
    let size = p * q - r * r;
    let found = [(q * u - r * v) / size, (p * v - r * u) / size];
    found.iter().all(|x| x.is_finite()).then_some(found)
}
