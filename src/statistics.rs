//! Counts against dwell: how often, and how sure that is.
//!
//! Pure numbers with their sources: rates with exact intervals, the mean cumulative function of
//! insertions that are watched for unequal times, trends within the dwell, times to the first
//! twitch, groups against each other, and the size of burst that is found with a given chance. This
//! room knows no sessions, plots or files; `tests/data/statistics.py` and `tests/data/study.R` are
//! the outside judges of every formula here, and `docs/statistics.md` explains each in plain words.
//!
//! Dwell censors: an insertion is at risk from needle in to its own needle out, or to the end of
//! the recording where the needle was still in, less what was not watched ([`Watched`]). All of it
//! assumes that needles are not taken out *because* of what the muscle did; where they were,
//! neither a rate nor a mean curve is unbiased, which is why the number at risk belongs beside
//! every curve.

mod binomial;
mod bins;
mod clustered;
mod dice;
mod influence;
mod mean_cumulative;
mod negative_binomial;
mod poisson;
mod power;
mod psychometric;
mod quantile;
mod root;
mod silence;
mod survival;
mod tilt;
mod trend;
mod watched;

pub use binomial::share_interval;
pub use bins::{Bin, bins};
pub use clustered::{Dispersion, dispersion, mean_by_cluster, rate_by_cluster};
pub use dice::Dice;
pub use mean_cumulative::{
    History, MeanCount, MeanCumulative, Variance, at_risk, mean_cumulative, mean_cumulative_of,
};
pub use negative_binomial::{Counted, NegativeBinomial};
pub use poisson::{Rate, less, poisson_interval, rate};
pub use power::{Power, power, power_at};
pub use psychometric::Psychometric;
pub use silence::{silence_chance, since_last_s};
pub use survival::{Age, Share, first_event, median};
pub use trend::{Fit, Shape, Test, fit, laplace};
pub use watched::{Watched, clusters};

/// A 95 % confidence interval, in the unit of what it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// An estimate with its 95 % confidence interval, in one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The estimate.
    pub value: f64,
    /// Where the truth lies with about 95 %.
    pub interval: Interval,
}
