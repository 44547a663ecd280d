//! Counts against dwell: how often, and how sure that is.
//!
//! Pure numbers with their sources: rates with exact intervals, the mean cumulative function of
//! insertions that are watched for unequal times, and the size of burst that is found with a given
//! chance. This room knows no sessions, plots or files;
//! `tests/data/statistics.py` is the outside judge of every formula here.
//!
//! Dwell censors: an insertion is at risk from needle in to its own needle out, or to the end of
//! the recording where the needle was still in. All of it assumes that needles are not taken out
//! *because* of what the muscle did; where they were, neither a rate nor a mean curve is unbiased,
//! which is why the number at risk belongs beside every curve.

mod dice;
mod psychometric;

pub use dice::Dice;
pub use psychometric::{Level, Psychometric};

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// The 97.5 % quantile of the standard normal distribution.
const Z_975: f64 = 1.959_963_984_540_054;

/// A 95 % confidence interval, in the unit of what it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A rate with its exact 95 % interval, all a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Count over exposure.
    pub per_min: f64,
    /// Where the true rate lies with at least 95 %.
    pub interval: Interval,
}

/// The exact 95 % interval of a Poisson mean, given one count:
/// `[χ²(0.025; 2k)/2, χ²(0.975; 2k + 2)/2]`, the lower end 0 for `k = 0`.
///
/// Source: Garwood F (1936), Fiducial limits for the Poisson distribution, Biometrika 28:437–442.
/// It never covers less than 95 %; for small counts it covers more.
pub fn poisson_interval(count: u64) -> Interval {
    let k = count as f64;
    let low = if count == 0 { 0.0 } else { chi_squared_quantile(0.025, 2.0 * k) / 2.0 };
    Interval { low, high: chi_squared_quantile(0.975, 2.0 * k + 2.0) / 2.0 }
}

/// `count` events in `exposure_s` seconds, a minute; `None` where the exposure is not a positive
/// finite time, for then there is no rate.
pub fn rate(count: u64, exposure_s: f64) -> Option<Rate> {
    if !(exposure_s > 0.0 && exposure_s.is_finite()) {
        return None;
    }
    let minutes = exposure_s / 60.0;
    let mean = poisson_interval(count);
    let interval = Interval { low: mean.low / minutes, high: mean.high / minutes };
    Some(Rate { per_min: count as f64 / minutes, interval })
}

fn chi_squared_quantile(p: f64, freedom: f64) -> f64 {
    // The only error is a freedom that is not above zero; both callers pass at least 2.
    ChiSquared::new(freedom).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// What happened to one insertion: until when it was watched, and when it twitched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History<'a> {
    /// Needle in to needle out (or to the end of the recording), s: the censoring time.
    pub dwell: f64,
    /// Times of twitches since needle in, s, in any order.
    pub events: &'a [f64],
}

impl History<'_> {
    /// The dwell as a number that can be sorted: a dwell that is no time is none.
    fn end(self) -> f64 {
        if self.dwell.is_finite() { self.dwell.max(0.0) } else { 0.0 }
    }
}

/// Which variance a mean cumulative function carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variance {
    /// Lawless and Nadeau's: holds whatever the insertions' events are like among themselves.
    Robust,
    /// Poisson's, for a single insertion, whose robust variance would be zero.
    Poisson,
}

/// The mean cumulative function at one dwell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanCount {
    /// Time since needle in, s: an instant at which at least one insertion twitched.
    pub age: f64,
    /// Insertions still in at that instant.
    pub at_risk: usize,
    /// Mean number of twitches an insertion, up to and with this instant.
    pub mean: f64,
    /// Variance of the mean.
    pub variance: f64,
    /// 95 % interval of the mean, pointwise.
    pub interval: Interval,
}

/// The mean cumulative number of twitches an insertion, as a step function of dwell.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCumulative {
    /// One entry a step, in order of age; empty where no insertion twitched.
    pub steps: Vec<MeanCount>,
    /// Which variance the steps carry.
    pub variance: Variance,
}

/// The mean cumulative function `M(t) = Σ dN.(t_k) / Y.(t_k)` over the event ages `t_k ≤ t`, with
/// `Y.` the insertions still in and `dN.` their events at that age.
///
/// Source of the estimate: Nelson W (1988), Graphical analysis of system repair data, J Qual
/// Technol 20:24–35. Variance: Lawless JF, Nadeau C (1995), Some simple robust methods for the
/// analysis of recurrent events, Technometrics 37:158–168,
/// `Σ_i { Σ_k Y_i(t_k)/Y.(t_k) [dN_i(t_k) − dN.(t_k)/Y.(t_k)] }²`; it is too narrow for fewer than
/// about ten insertions. For one insertion it is zero, so there the Poisson variance
/// `Σ dN.(t_k)/Y.(t_k)²` stands instead, and [`MeanCumulative::variance`] says so. Interval:
/// `M exp(±1.96 √Var / M)`, normal on the scale of log M, so that it never falls below zero (Nelson
/// W (2003), Recurrent Events Data Analysis, SIAM).
///
/// An insertion is at risk up to and with its end. An event that is no number is left out; one
/// that lies outside of its insertion by rounding counts at the nearer end.
pub fn mean_cumulative(histories: &[History]) -> MeanCumulative {
    let variance = if histories.len() == 1 { Variance::Poisson } else { Variance::Robust };
    let mut ends: Vec<(f64, usize)> = histories.iter().map(|h| h.end()).zip(0..).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sums = Sums::new(histories.len());
    let mut steps = Vec::new();
    let mut gone = 0;
    let events = events_by_age(histories);
    for together in events.chunk_by(|a, b| a.0 == b.0) {
        let age = together[0].0;
        while ends[gone].0 < age {
            sums.leave(ends[gone].1);
            gone += 1;
        }
        let at_risk = histories.len() - gone;
        sums.step(together, at_risk as f64);
        let variance = match variance {
            Variance::Robust => sums.robust(at_risk as f64),
            Variance::Poisson => sums.common,
        };
        steps.push(MeanCount {
            age,
            at_risk,
            mean: sums.mean,
            variance,
            interval: log_interval(sums.mean, variance),
        });
    }
    MeanCumulative { steps, variance }
}

/// How many insertions are still in at `age` seconds.
pub fn at_risk(histories: &[History], age: f64) -> usize {
    histories.iter().filter(|h| h.end() >= age).count()
}

/// Every event as (age, which insertion), in order of age.
fn events_by_age(histories: &[History]) -> Vec<(f64, usize)> {
    let mut all: Vec<(f64, usize)> = Vec::new();
    for (which, history) in histories.iter().enumerate() {
        let ages = history.events.iter().filter(|t| t.is_finite());
        all.extend(ages.map(|t| (t.clamp(0.0, history.end()), which)));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all
}

fn log_interval(mean: f64, variance: f64) -> Interval {
    let factor = (Z_975 * variance.sqrt() / mean).exp();
    Interval { low: mean / factor, high: mean * factor }
}

/// The running sums of the estimate. The inner sum of Lawless and Nadeau's variance is, for an
/// insertion still in, `own − common`, where `common` = Σ dN./Y.² is the same for all of them and
/// `own` = Σ dN_i/Y. changes only with its own events; so a step costs its events, not its
/// insertions.
struct Sums {
    mean: f64,
    /// Σ dN./Y.²: also the Poisson variance.
    common: f64,
    own: Vec<f64>,
    own_sum: f64,
    own_squares: f64,
    /// Σ of the squares of insertions that are out: they no longer change.
    settled: f64,
}

impl Sums {
    fn new(insertions: usize) -> Self {
        Self {
            mean: 0.0,
            common: 0.0,
            own: vec![0.0; insertions],
            own_sum: 0.0,
            own_squares: 0.0,
            settled: 0.0,
        }
    }

    fn step(&mut self, together: &[(f64, usize)], at_risk: f64) {
        let count = together.len() as f64;
        self.mean += count / at_risk;
        self.common += count / (at_risk * at_risk);
        for &(_, which) in together {
            let before = self.own[which];
            self.own[which] += 1.0 / at_risk;
            self.own_sum += 1.0 / at_risk;
            self.own_squares += self.own[which].powi(2) - before.powi(2);
        }
    }

    fn leave(&mut self, which: usize) {
        self.settled += (self.own[which] - self.common).powi(2);
        self.own_sum -= self.own[which];
        self.own_squares -= self.own[which].powi(2);
    }

    fn robust(&self, at_risk: f64) -> f64 {
        let inside = self.own_squares - 2.0 * self.common * self.own_sum + at_risk * self.common.powi(2);
        // Where all insertions twitched alike the terms cancel and rounding may leave less than 0.
        self.settled + inside.max(0.0)
    }
}
