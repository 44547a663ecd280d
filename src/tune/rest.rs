//! A budget from rest: how many false alarms there were at each, and what that can show.

use crate::statistics::{Rate, poisson_interval, rate};

/// False alarms at rest with one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alarms {
    /// The budget, a minute and channel.
    pub budget_per_min: f64,
    /// Twitches found at rest.
    pub count: u64,
    /// How long rest was watched, s.
    pub watched_s: f64,
}

impl Alarms {
    /// A minute, with the exact interval; `None` where nothing was watched.
    pub fn rate(&self) -> Option<Rate> {
        rate(self.count, self.watched_s)
    }
}

/// Which budget to take, and what rest shows of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestChoice {
    /// The budget, a minute and channel.
    pub budget_per_min: f64,
    /// Whether the upper end of the interval at that budget is no more than what was asked for.
    pub shown: bool,
    /// Minutes of rest without a false alarm that it takes to show what was asked for.
    pub minutes_needed: f64,
}

/// Chooses the largest budget whose false alarms are shown to be no more than `asked_per_min`, a
/// minute of recording. Where no budget can be shown, the largest that promises no more over all
/// `channels` and is not contradicted: the lower end of its interval is not above what was asked
/// for. `None` where even the smallest is contradicted, or nothing was watched.
pub fn choose_budget(alarms: &[Alarms], asked_per_min: f64, channels: usize) -> Option<RestChoice> {
    let minutes_needed = poisson_interval(0).high / asked_per_min;
    let largest = |fits: &dyn Fn(&Alarms, Rate) -> bool| {
        let fitting = alarms.iter().filter(|a| a.rate().is_some_and(|r| fits(a, r)));
        fitting.map(|a| a.budget_per_min).max_by(f64::total_cmp)
    };
    let choice = |budget_per_min, shown| RestChoice { budget_per_min, shown, minutes_needed };
    let shown = largest(&|_, rate| rate.interval.high <= asked_per_min);
    let promises = |a: &Alarms| a.budget_per_min * channels as f64 <= asked_per_min * (1.0 + 1e-9);
    let open = || largest(&|a, rate| promises(a) && rate.interval.low <= asked_per_min);
    shown.map(|b| choice(b, true)).or_else(|| open().map(|b| choice(b, false)))
}
