//! Ratios of sums and means over clusters that are independent of each other, whatever happens
//! within them.

use super::quantile::{chi_squared_above, t_975};
use super::{Interval, Level, Watched};

/// Σ `of` / Σ `by`, a cluster each, with the standard error of its logarithm.
///
/// The residual of a cluster is made larger by 1/(1 − its share of Σ `by`), which is what leaving
/// out each cluster in turn comes to (the jackknife; MacKinnon JG, White H (1985), J Econometrics
/// 29:305–325, HC3; Bell RM, McCaffrey DF (2002), Surv Methodol 28:169–181, for clusters).
fn log_ratio(clusters: &[(f64, f64)]) -> Option<(f64, f64)> {
    let of: f64 = clusters.iter().map(|c| c.0).sum();
    let by: f64 = clusters.iter().map(|c| c.1).sum();
    let groups = clusters.len() as f64;
    if clusters.len() < 2 || !(of > 0.0 && by > 0.0) {
        return None;
    }
    let ratio = of / by;
    let residual = |(k, t): &(f64, f64)| (k - ratio * t) / (1.0 - t / by);
    let squares: f64 = clusters.iter().map(|c| residual(c).powi(2)).sum();
    let error = ((groups - 1.0) / groups * squares).sqrt() / of;
    error.is_finite().then_some((ratio.ln(), error))
}

/// `values` summed within each cluster, in order of cluster.
fn sums(values: impl Iterator<Item = (usize, f64, f64)>) -> Vec<(f64, f64)> {
    let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = std::collections::BTreeMap::new();
    for (cluster, of, by) in values {
        let sum = sums.entry(cluster).or_default();
        *sum = (sum.0 + of, sum.1 + by);
    }
    sums.into_values().collect()
}

/// Events a minute of watched time, with an interval that holds for clusters like these: normal on
/// the scale of the logarithm, with the clusters' own spread and Student's t of one degree of
/// freedom less than clusters (Cochran WG (1977), Sampling Techniques, chapter 6, ratio estimate;
/// the spread as in HC3). `None` with fewer than two clusters or without events.
pub fn rate_by_cluster(insertions: &[Watched]) -> Option<Level> {
    let one = |i: &Watched| (i.cluster(), i.events().len() as f64, i.observed_s() / 60.0);
    let clusters: Vec<(f64, f64)> =
        sums(insertions.iter().map(one)).into_iter().filter(|c| c.1 > 0.0).collect();
    let (log, error) = log_ratio(&clusters)?;
    let spread = t_975(clusters.len() as f64 - 1.0) * error;
    let interval = Interval { low: (log - spread).exp(), high: (log + spread).exp() };
    Some(Level { value: log.exp(), interval })
}

/// The mean of `values` (cluster, value), all of equal weight, with an interval that holds for
/// clusters like these, as in [`rate_by_cluster`] without the logarithm. `None` with fewer than
/// two clusters.
pub fn mean_by_cluster(values: &[(usize, f64)]) -> Option<Level> {
    let clusters = sums(values.iter().map(|(c, v)| (*c, *v, 1.0)));
    let (groups, count) = (clusters.len() as f64, values.len() as f64);
    if clusters.len() < 2 {
        return None;
    }
    let mean = values.iter().map(|v| v.1).sum::<f64>() / count;
    let squares: f64 = clusters.iter().map(|(s, n)| ((s - mean * n) / (1.0 - n / count)).powi(2)).sum();
    let spread = t_975(groups - 1.0) * ((groups - 1.0) / groups * squares).sqrt() / count;
    let interval = Interval { low: mean - spread, high: mean + spread };
    spread.is_finite().then_some(Level { value: mean, interval })
}

/// How much counts vary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Pearson's X²/(n − 1): 1 where counts vary by chance alone, more where insertions differ.
    pub value: f64,
    /// How likely so much is by chance alone, X² against χ² with n − 1 degrees of freedom.
    pub p: f64,
}

/// The dispersion of counts against one common rate (McCullagh P, Nelder JA (1989), Generalized
/// Linear Models, section 4.5). `None` with fewer than two insertions or without events.
pub fn dispersion(insertions: &[Watched]) -> Option<Dispersion> {
    let watched: Vec<(f64, f64)> =
        insertions.iter().map(|i| (i.events().len() as f64, i.observed_s())).filter(|c| c.1 > 0.0).collect();
    let rate = watched.iter().map(|c| c.0).sum::<f64>() / watched.iter().map(|c| c.1).sum::<f64>();
    let squares: f64 = watched.iter().map(|(k, t)| (k - rate * t).powi(2) / (rate * t)).sum();
    let freedom = watched.len() as f64 - 1.0;
    let value = squares / freedom;
    (watched.len() > 1 && value.is_finite())
        .then(|| Dispersion { value, p: chi_squared_above(squares, freedom) })
}
