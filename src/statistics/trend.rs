//! Whether the rate changes within the dwell.
//!
//! Everything here is conditional on how many events each insertion had: given those, their ages
//! are independent draws from the shape of the rate over what was watched, whatever the level of
//! each insertion's rate is. So unequal insertions and subjects neither bias a trend nor widen it
//! (Cox DR, Lewis PAW (1966), The Statistical Analysis of Series of Events, chapter 3; for many
//! systems Kvaløy JT, Lindqvist BH (1998), TTT-based tests for trend in repairable systems data,
//! Reliab Eng Syst Saf 60:13–28).

use std::collections::BTreeMap;

use super::quantile::{chi_squared, normal, t_975};
use super::root::cross;
use super::tilt::{Moments, moments};
use super::{Interval, Watched};

/// Onsets are told to about 10 ms where bursts are faint (Cramér-Rao bound of a step of variance):
/// an earlier one is taken to be that old, because the power law's rate has no bound at 0.
const EARLIEST_S: f64 = 0.01;

/// What a test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Standard normal where nothing changes; below 0 where events come early.
    pub statistic: f64,
    /// How likely a number as far from 0 is where nothing changes, both sides together.
    pub p: f64,
}

/// How the rate changes with age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// By the same factor in equal times: rate ∝ e^(θt), θ a second (Cox & Lewis 1966, log-linear
    /// rate); below 0 it decays.
    LogLinear,
    /// By the same factor in equal ratios of age: rate ∝ t^(θ − 1) (Crow LH (1974), Reliability
    /// analysis for complex, repairable systems; MIL-HDBK-189); θ is Crow-AMSAA's β: below 1 it
    /// decays.
    PowerLaw,
}

/// Ages on the clock on which the rate is exponential.
struct OnClock {
    spans: Vec<[f64; 2]>,
    sum: f64,
    count: f64,
    cluster: usize,
}

fn on_clock(insertions: &[Watched], shape: Shape) -> Vec<OnClock> {
    let worth = |i: &&Watched| !i.events().is_empty() && i.observed_s() > 0.0;
    let turn = |t: f64| if shape == Shape::PowerLaw { t.ln() } else { t };
    let event = |t: &f64| if shape == Shape::PowerLaw { t.max(EARLIEST_S).ln() } else { *t };
    let one = |i: &Watched| OnClock {
        spans: i.spans().iter().map(|[a, b]| [turn(*a), turn(*b)]).collect(),
        sum: i.events().iter().map(event).sum(),
        count: i.events().len() as f64,
        cluster: i.cluster(),
    };
    insertions.iter().filter(worth).map(one).collect()
}

/// Laplace's test, pooled over insertions: `U = (Σ t_ij − Σ n_i m_i) / √(Σ n_i v_i)` with m and v
/// the mean and variance of an instant drawn evenly from what was watched (`T/2` and `T²/12` where
/// nothing was masked). `None` without events.
///
/// Source: Cox & Lewis (1966), section 3.3, as the score test of [`Shape::LogLinear`]. Time-truncated:
/// needles are taken out at a time, not at an event.
pub fn laplace(insertions: &[Watched]) -> Option<Test> {
    let (mut off, mut variance) = (0.0, 0.0);
    for one in on_clock(insertions, Shape::LogLinear) {
        let even = moments(&one.spans, 0.0);
        off += one.sum - one.count * even.mean;
        variance += one.count * even.variance;
    }
    let statistic = off / variance.sqrt();
    statistic.is_finite().then(|| Test { statistic, p: 2.0 * normal(-statistic.abs()) })
}

/// A fitted shape of the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// θ of maximal conditional likelihood; for the power law without its bias (below).
    pub estimate: f64,
    /// Where θ lies with 95 % if events depend on nothing but age.
    pub model: Interval,
    /// Where θ lies with 95 % whatever events of one cluster are like among themselves; `None` with
    /// a single cluster.
    pub robust: Option<Interval>,
    /// Events that it rests on.
    pub events: usize,
    /// Clusters that it rests on.
    pub clusters: usize,
}

/// Fits `shape` to the ages of events. `None` with fewer than two events, or where no shape fits
/// best (all events at one end of what was watched).
///
/// Interval `model`: by the likelihood ratio (Wilks SS (1938), Ann Math Stat 9:60–62); for the power
/// law where nothing was masked it is exact, `χ²(0.025; 2n)/(2S) … χ²(0.975; 2n)/(2S)` with
/// `S = Σ ln(T_i/t_ij)` (Crow 1974; conditional, as here, it holds for unlike insertions), and the
/// estimate is `(n − 1)/S`, whose bias is removed (n for a time-truncated series; NIST/SEMATECH
/// e-Handbook 8.4.5).
///
/// Interval `robust`: the sandwich of the scores summed over clusters, times G/(G − 1), with
/// Student's t of G − 1 degrees of freedom (Liang KY, Zeger SL (1986), Biometrika 73:13–22); for
/// the power law on the scale of log θ.
pub fn fit(insertions: &[Watched], shape: Shape) -> Option<Fit> {
    let all = on_clock(insertions, shape);
    let events: f64 = all.iter().map(|o| o.count).sum();
    if events < 2.0 {
        return None;
    }
    let best = maximum(&all, shape)?;
    let masked = all.iter().any(|o| o.spans.len() > 1 || o.spans[0][0].is_finite());
    let exact = shape == Shape::PowerLaw && !masked;
    let model = if exact {
        let s = 2.0 * events / best;
        Interval { low: chi_squared(0.025, 2.0 * events) / s, high: chi_squared(0.975, 2.0 * events) / s }
    } else {
        likelihood_interval(&all, shape, best)?
    };
    let (robust, clusters) = sandwich(&all, shape, best);
    let estimate = if exact { best * (events - 1.0) / events } else { best };
    Some(Fit { estimate, model, robust, events: events as usize, clusters })
}

/// Slope of the conditional log likelihood in θ, its negative curvature, and itself.
fn likelihood(all: &[OnClock], theta: f64) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for one in all {
        let Moments { log_mass, mean, variance } = moments(&one.spans, theta);
        sums[0] += one.sum - one.count * mean;
        sums[1] += one.count * variance;
        sums[2] += theta * one.sum - one.count * log_mass;
    }
    sums
}

/// θ from a number without unit or bound, in which one step is a step that counts: lengths of the
/// clock's mean stretch, or log β.
fn theta(all: &[OnClock], shape: Shape) -> impl Fn(f64) -> f64 {
    let lengths: f64 = all.iter().map(|o| o.spans.iter().map(|[a, b]| b - a).sum::<f64>()).sum();
    let mean = lengths / all.len() as f64;
    move |x: f64| if shape == Shape::PowerLaw { x.exp() } else { x / mean }
}

/// Where the concave likelihood is largest.
fn maximum(all: &[OnClock], shape: Shape) -> Option<f64> {
    let theta = theta(all, shape);
    let slope = |x: f64| likelihood(all, theta(x))[0];
    let rising = if slope(0.0) >= 0.0 { 1.0 } else { -1.0 };
    cross(|x| rising * slope(x), 0.0, rising).map(theta)
}

/// Where the log likelihood is less than its largest value by half of the 95 % quantile of χ² with
/// one degree of freedom.
fn likelihood_interval(all: &[OnClock], shape: Shape, best: f64) -> Option<Interval> {
    let drop = chi_squared(0.95, 1.0) / 2.0;
    let theta = theta(all, shape);
    let top = likelihood(all, best)[2];
    let from = if shape == Shape::PowerLaw { best.ln() } else { best / theta(1.0) };
    let above = |x: f64| likelihood(all, theta(x))[2] - top + drop;
    Some(Interval { low: theta(cross(above, from, -1.0)?), high: theta(cross(above, from, 1.0)?) })
}

/// The robust interval, and how many clusters it rests on.
fn sandwich(all: &[OnClock], shape: Shape, best: f64) -> (Option<Interval>, usize) {
    let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
    for one in all {
        *scores.entry(one.cluster).or_default() += one.sum - one.count * moments(&one.spans, best).mean;
    }
    let clusters = scores.len() as f64;
    if scores.len() < 2 {
        return (None, scores.len());
    }
    let squares: f64 = scores.values().map(|u| u * u).sum();
    let error = (clusters / (clusters - 1.0) * squares).sqrt() / likelihood(all, best)[1];
    let spread = t_975(clusters - 1.0) * error;
    let interval = match shape {
        Shape::LogLinear => Interval { low: best - spread, high: best + spread },
        Shape::PowerLaw => {
            let factor = (spread / best).exp();
            Interval { low: best / factor, high: best * factor }
        }
    };
    (Some(interval), scores.len())
}
