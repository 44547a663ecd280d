//! Quantiles and tails of the few distributions that everything here rests on.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

/// The 97.5 % quantile of the standard normal distribution.
pub(super) const Z_975: f64 = 1.959_963_984_540_054;

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom, at least 1.
pub(super) fn t_975(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::INFINITY, |d| d.inverse_cdf(0.975))
}

pub(super) fn chi_squared(p: f64, freedom: f64) -> f64 {
    // The only error is a freedom that is not above zero; all callers pass at least 2.
    ChiSquared::new(freedom).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// The chance of more than `x`.
pub(super) fn chi_squared_above(x: f64, freedom: f64) -> f64 {
    ChiSquared::new(freedom).map_or(f64::NAN, |d| d.sf(x))
}

/// The standard normal distribution function.
pub(super) fn normal(z: f64) -> f64 {
    Normal::new(0.0, 1.0).map_or(f64::NAN, |d| d.cdf(z))
}
