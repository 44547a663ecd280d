//! What a study could have seen: the power of Laplace's test against a decay.

use super::Watched;
use super::quantile::{Z_975, normal};
use super::tilt::moments;

/// How the chance to see a decay depends on the amount of data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    /// The chance that the test, two-sided at 5 %, shows the decay, with these dwells and as many
    /// events.
    pub power: f64,
    /// Events that show it with 80 %, with dwells like these.
    pub events_needed: f64,
}

/// The 80 % quantile of the standard normal distribution.
const Z_80: f64 = 0.841_621_233_572_914_3;

/// The power of [`super::laplace`] against a rate that falls by the factor e each
/// `time_constant_s`, given how many events each insertion has: U is then nearly normal with mean
/// `D/√V₀` and variance `V₁/V₀`, with `D = Σ n_i (m_i(θ) − m_i(0))`, `V = Σ n_i v_i`, and m and v the
/// mean and variance of one event's age; so
/// `power = Φ((−1.96 √V₀ − D)/√V₁)` and `n needed = n ((1.96 √V₀ + 0.84 √V₁)/D)²`.
///
/// `quantile` is where the test begins to show: 1.96 for 5 % on two sides. Source: the power of a
/// test of a mean (Cox & Lewis 1966, section 3.3, for the test); `tests/data/statistics.py` draws
/// it at random as the judge. `None` without events.
pub fn power(insertions: &[Watched], time_constant_s: f64) -> Option<Power> {
    power_at(insertions, time_constant_s, Z_975)
}

/// [`power`] for a test that shows below −`quantile`: 1.645 for 5 % on one side.
pub fn power_at(insertions: &[Watched], time_constant_s: f64, quantile: f64) -> Option<Power> {
    let (mut shift, mut even_variance, mut variance, mut events) = (0.0, 0.0, 0.0, 0.0);
    let worth = insertions.iter().filter(|i| !i.events().is_empty() && i.observed_s() > 0.0);
    for insertion in worth {
        let count = insertion.events().len() as f64;
        let (even, decaying) =
            (moments(insertion.spans(), 0.0), moments(insertion.spans(), -1.0 / time_constant_s));
        shift += count * (decaying.mean - even.mean);
        even_variance += count * even.variance;
        variance += count * decaying.variance;
        events += count;
    }
    let (even, decaying) = (even_variance.sqrt(), variance.sqrt());
    let power = normal((-quantile * even - shift) / decaying);
    let events_needed = events * ((quantile * even + Z_80 * decaying) / shift).powi(2);
    (power.is_finite() && events_needed.is_finite()).then_some(Power { power, events_needed })
}
