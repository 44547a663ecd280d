//! Counts of one needle or many as they are: exact Poisson intervals.

use super::Interval;
use super::quantile::chi_squared;

/// A rate with its 95 % interval, all a minute.
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
    let low = if count == 0 { 0.0 } else { chi_squared(0.025, 2.0 * k) / 2.0 };
    Interval { low, high: chi_squared(0.975, 2.0 * k + 2.0) / 2.0 }
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

/// `found` less `false_alarms`, with an interval made of theirs (MOVER, the method of variance
/// estimates recovery):
/// `[d − √((f − l_f)² + (u_a − a)²), d + √((u_f − f)² + (a − l_a)²)]`.
///
/// Source: Zou GY, Donner A (2008), Construction of confidence limits about effect measures: a
/// general approach, Stat Med 27:1693–1702; for Poisson rates Li HQ, Tang ML, Wong WK (2014),
/// Confidence intervals for ratio of two Poisson rates using the method of variance estimates
/// recovery, Comput Stat 29:869–889. The difference may fall below 0, where false alarms are as
/// frequent as what was found.
pub fn less(found: Rate, false_alarms: Rate) -> Rate {
    let per_min = found.per_min - false_alarms.per_min;
    let (f, a) = (found.interval, false_alarms.interval);
    let below = (found.per_min - f.low).hypot(a.high - false_alarms.per_min);
    let above = (f.high - found.per_min).hypot(false_alarms.per_min - a.low);
    Rate { per_min, interval: Interval { low: per_min - below, high: per_min + above } }
}
