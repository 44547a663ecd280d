//! Groups against each other: counts that vary more than chance, with dwell as exposure.

use std::collections::BTreeMap;

use super::quantile::t_975;
use super::root::cross;
use super::{Interval, Level};

/// How often one insertion twitched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// Events.
    pub count: usize,
    /// Watched time, s.
    pub exposure_s: f64,
    /// Which group, from 0.
    pub group: usize,
    /// Insertions of one cluster are not independent.
    pub cluster: usize,
}

/// Negative binomial counts (NB2: variance μ + α μ²) whose mean is the exposure times the rate of
/// their group: a log link, a coefficient a group, log exposure as offset.
///
/// Source: Lawless JF (1987), Negative binomial and mixed Poisson regression, Can J Stat
/// 15:209–225; Cameron AC, Trivedi PK (2013), Regression Analysis of Count Data, section 3.3. By
/// maximal likelihood: the rates for each α, and α along them.
#[derive(Debug, Clone, PartialEq)]
pub struct NegativeBinomial {
    rows: Vec<Counted>,
    /// Events a second, a group.
    rates: Vec<f64>,
    alpha: f64,
}

/// α above this is no model of anything: one insertion has everything.
const LARGEST_ALPHA: f64 = 1e3;
/// Steps of Newton's method for a rate.
const STEPS: usize = 100;

impl NegativeBinomial {
    /// Fits `rows`; those without exposure are left out. `None` where a group has no row or no
    /// event: then its rate has no logarithm.
    pub fn fit(rows: &[Counted], groups: usize) -> Option<Self> {
        let worth = |r: &&Counted| r.exposure_s > 0.0 && r.exposure_s.is_finite() && r.group < groups;
        let rows: Vec<Counted> = rows.iter().filter(worth).copied().collect();
        let some = |g: usize| rows.iter().any(|r| r.group == g && r.count > 0);
        if groups == 0 || !(0..groups).all(some) {
            return None;
        }
        let tail = tail(&rows);
        let slope = |alpha: f64| slope(&rows, &tail, &rates(&rows, groups, alpha), alpha);
        // No more spread than chance makes: the Poisson model is the limit, and fits best.
        let alpha = if slope(0.0) <= 0.0 {
            0.0
        } else {
            let log = cross(|x| slope(x.exp()), LOG_LEAST, 1.0)?;
            log.exp().min(LARGEST_ALPHA)
        };
        let rates = rates(&rows, groups, alpha);
        Some(Self { rows, rates, alpha })
    }

    /// How much counts vary beyond chance: 0 is chance alone.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Events a minute of `group`.
    pub fn per_min(&self, group: usize) -> Option<f64> {
        self.rates.get(group).map(|r| r * 60.0)
    }

    /// The rate of `group` over that of `reference`, with an interval that holds whatever the counts
    /// of a cluster are like among themselves; `None` where they have fewer than three clusters.
    ///
    /// The sandwich of the scores summed over clusters (Liang & Zeger 1986), each made larger by
    /// 1/(1 − its share of the information) and the sum times (G − 1)/G, which is what leaving out
    /// each cluster in turn comes to (Bell & McCaffrey 2002, the jackknife), with Student's t.
    pub fn ratio(&self, group: usize, reference: usize) -> Option<Level> {
        let (a, b) = (self.scores(group)?, self.scores(reference)?);
        let mut both: BTreeMap<usize, f64> = a.clone();
        for (cluster, score) in &b {
            *both.entry(*cluster).or_default() -= score;
        }
        let clusters = both.len() as f64;
        // Clusters in both groups are held against themselves; others cost a mean each.
        let freedom = clusters - if a.keys().all(|c| b.contains_key(c)) { 1.0 } else { 2.0 };
        if freedom < 1.0 || a.len() < 2 || b.len() < 2 {
            return None;
        }
        let squares: f64 = both.values().map(|z| z * z).sum();
        let spread = t_975(freedom) * ((clusters - 1.0) / clusters * squares).sqrt();
        let value = self.rates[group] / self.rates[reference];
        let interval = Interval { low: value / spread.exp(), high: value * spread.exp() };
        (value.is_finite() && spread.is_finite()).then_some(Level { value, interval })
    }

    /// For each cluster of `group`, how much it bears on the logarithm of the group's rate.
    fn scores(&self, group: usize) -> Option<BTreeMap<usize, f64>> {
        let rate = self.rates.get(group)?;
        let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for row in self.rows.iter().filter(|r| r.group == group) {
            let mean = rate * row.exposure_s;
            let weight = 1.0 / (1.0 + self.alpha * mean);
            let sum = sums.entry(row.cluster).or_default();
            *sum = (sum.0 + (row.count as f64 - mean) * weight, sum.1 + mean * weight);
        }
        let information: f64 = sums.values().map(|s| s.1).sum();
        let bear = |(c, (score, share)): (usize, (f64, f64))| (c, score / (information - share));
        Some(sums.into_iter().map(bear).collect())
    }
}

/// log α from which more than chance is looked for.
const LOG_LEAST: f64 = -18.0;

/// How many rows count more than 0, 1, 2 …
fn tail(rows: &[Counted]) -> Vec<f64> {
    let most = rows.iter().map(|r| r.count).max().unwrap_or(0);
    let mut at = vec![0.0; most + 1];
    rows.iter().for_each(|r| at[r.count] += 1.0);
    let mut above = 0.0;
    for n in at.iter_mut().rev() {
        let here = *n;
        *n = above;
        above += here;
    }
    at
}

/// The rates of largest likelihood for one α: `Σ (k − rT)/(1 + α r T) = 0` in each group.
fn rates(rows: &[Counted], groups: usize, alpha: f64) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); groups];
    for row in rows {
        sums[row.group].0 += row.count as f64;
        sums[row.group].1 += row.exposure_s;
    }
    let mut rates: Vec<f64> = sums.iter().map(|(k, t)| k / t).collect();
    for _ in 0..STEPS {
        let mut slopes = vec![(0.0, 0.0); groups];
        for row in rows {
            let mean = rates[row.group] * row.exposure_s;
            let weight = 1.0 / (1.0 + alpha * mean);
            slopes[row.group].0 += (row.count as f64 - mean) * weight;
            slopes[row.group].1 += mean * weight;
        }
        // Fisher's scoring on the logarithm.
        let steps = slopes.iter().map(|(score, information)| score / information);
        let largest = rates.iter_mut().zip(steps).map(|(rate, step)| {
            *rate *= step.clamp(-1.0, 1.0).exp();
            step.abs()
        });
        if largest.fold(0.0, f64::max) < 1e-13 {
            break;
        }
    }
    rates
}

/// Slope of the log likelihood in α, along the best rates:
/// `Σ [Σ_{j<k} j/(1 + αj) − k μ/(1 + αμ) + ln(1 + αμ)/α² − μ/(α(1 + αμ))]`.
fn slope(rows: &[Counted], tail: &[f64], rates: &[f64], alpha: f64) -> f64 {
    let counts: f64 =
        tail.iter().zip(0u32..).map(|(n, j)| n * f64::from(j) / (1.0 + alpha * f64::from(j))).sum();
    let one = |row: &Counted| {
        let mean = rates[row.group] * row.exposure_s;
        let y = alpha * mean;
        // Below this the closed form cancels, and three terms of its series serve to 1e-9.
        let shape = if y < 1e-3 {
            0.5 - 2.0 / 3.0 * y + 0.75 * y * y
        } else {
            (y.ln_1p() * (1.0 + y) - y) / (y * y * (1.0 + y))
        };
        mean * mean * shape - row.count as f64 * mean / (1.0 + y)
    };
    counts + rows.iter().map(one).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_of_the_slope_meets_its_closed_form() {
        let rows = [Counted { count: 7, exposure_s: 10.0, group: 0, cluster: 0 }];
        let at = |alpha: f64| slope(&rows, &tail(&rows), &[0.4], alpha);
        // A mean of 4: the forms meet at α = 0.00025. Between so near values the slope is straight.
        let (below, above) = (at(0.000_249_9), at(0.000_250_1));
        let steepness = (at(0.000_252) - at(0.000_251)) / 1e-6;
        assert!((above - below - steepness * 2e-7).abs() < 1e-6, "{below} {above}");
        // The limit of small α is half of (7 − 4)² − 7.
        assert!((at(0.0) - 1.0).abs() < 1e-12, "{}", at(0.0));
    }
}
