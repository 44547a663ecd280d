//! Shares: so many out of so many.

use statrs::distribution::{Beta, ContinuousCDF};

use super::Interval;

/// The exact 95 % interval of a share, given `count` out of `of`; `None` where `of` is 0 or less than
/// `count`.
///
/// Source: Clopper CJ, Pearson ES (1934), The use of confidence or fiducial limits illustrated in the
/// case of the binomial, Biometrika 26:404–413. It never covers less than 95 %.
pub fn share_interval(count: usize, of: usize) -> Option<Interval> {
    if of == 0 || count > of {
        return None;
    }
    let quantile = |a: usize, b: usize, p: f64| Beta::new(a as f64, b as f64).map(|d| d.inverse_cdf(p)).ok();
    let low = if count == 0 { 0.0 } else { quantile(count, of - count + 1, 0.025)? };
    let high = if count == of { 1.0 } else { quantile(count + 1, of - count, 0.975)? };
    Some(Interval { low, high })
}
