//! Which settings fit, and whether that can be shown: from labelled recordings or from rest.
//!
//! What is chosen on recordings looks better on them than it is. So a gain is stated only from
//! recordings that were held out of the choice, and the default stays unless the gain is outside
//! chance. This room knows settings and statistics and works on counts; who counted, and how, is
//! not its business. It must never know recordings or the pipeline.

mod rest;

pub use rest::{Alarms, RestChoice, choose_budget};

use crate::settings::Settings;
use crate::statistics::{Dice, Interval};

/// False-alarm budgets that are tried, a minute and channel.
pub const BUDGETS: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
/// Budgets at which another setting is varied, too: those near the default.
const NEAR: [f64; 4] = [0.03, 0.1, 0.3, 1.0];

/// One choice, and what of it differs from the default, as it stands in a settings file.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// All of it.
    pub settings: Settings,
    /// `key = value`, a line each; empty for the default.
    pub lines: Vec<String>,
}

/// The choices that are tried, the default first; none whose budget is above `most_per_min`, but
/// the first.
pub fn choices(default: &Settings, most_per_min: f64) -> Vec<Choice> {
    type Set = fn(&mut Settings, f64);
    let varied: [(&str, Set, &[f64]); 4] = [
        ("detect_low_hz", |s, v| (s.detect_low_hz, s.corners_chosen) = (v, true), &[40.0, 90.0]),
        ("shortest_ms", |s, v| s.shortest_ms = v, &[5.0, 12.0]),
        ("longest_ms", |s, v| s.longest_ms = v, &[180.0, 400.0]),
        ("merge_gap_ms", |s, v| s.merge_gap_ms = v, &[30.0, 100.0]),
    ];
    let mut all = vec![Choice { settings: default.clone(), lines: Vec::new() }];
    let mut add = |budget: f64, other: Option<(&str, Set, f64)>| {
        let mut choice = Choice { settings: default.clone(), lines: Vec::new() };
        if budget != default.false_alarms_per_min {
            choice.settings.false_alarms_per_min = budget;
            choice.lines.push(format!("false_alarms_per_min = {budget:?}"));
        }
        if let Some((key, set, value)) = other {
            set(&mut choice.settings, value);
            choice.lines.push(format!("{key} = {value:?}"));
        }
        if budget <= most_per_min && !choice.lines.is_empty() {
            all.push(choice);
        }
    };
    BUDGETS.into_iter().for_each(|budget| add(budget, None));
    for (key, set, values) in varied {
        for value in values {
            NEAR.into_iter().for_each(|budget| add(budget, Some((key, set, *value))));
        }
    }
    all
}

/// What one choice did on one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// True twitches.
    pub truth: u64,
    /// Found ones.
    pub found: u64,
    /// Pairs of both.
    pub matched: u64,
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            truth: self.truth + other.truth,
            found: self.found + other.found,
            matched: self.matched + other.matched,
        }
    }
}

/// F1 of all of them together; 1 where nothing was there and nothing found.
pub fn f1(counts: impl IntoIterator<Item = Counts>) -> f64 {
    let all = counts.into_iter().fold(Counts::default(), |a, b| a + b);
    let both = all.truth + all.found;
    if both == 0 { 1.0 } else { 2.0 * all.matched as f64 / both as f64 }
}

/// With fewer recordings no gain can be told from chance: of the 2⁴ ways in which four
/// recordings can differ by chance, one in sixteen is at least as good as four gains.
pub const LEAST_RECORDINGS: usize = 5;
/// With fewer labelled twitches one more or less moves F1 by more than what could be gained.
pub const LEAST_TWITCHES: u64 = 20;
/// A gain must be this unlikely by chance.
const LEVEL: f64 = 0.05;

/// What cross-validation says.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The choice that is best on all recordings.
    pub best: usize,
    /// F1 of the default.
    pub default_f1: f64,
    /// F1 of the best choice on the very recordings it was chosen on: too good.
    pub fitted_f1: f64,
    /// F1 where each recording was judged by the choice made on the others; `None` for one.
    pub held_out_f1: Option<f64>,
    /// 95 % interval of its gain over the default, by drawing recordings anew.
    pub gain: Option<Interval>,
    /// How likely so large a gain is by chance, if default and choice were equally good.
    pub chance: Option<f64>,
}

impl Validation {
    /// Whether the gain is outside chance; if not, why not.
    ///
    /// # Errors
    /// The reason why the default should stay, in plain words.
    pub fn shown(&self, recordings: usize, twitches: u64) -> Result<(), String> {
        if twitches < LEAST_TWITCHES {
            return Err(format!(
                "{twitches} labelled twitches are too few to tell settings apart; {LEAST_TWITCHES} or more are needed"
            ));
        }
        if recordings < LEAST_RECORDINGS {
            let one = if recordings == 1 { "" } else { "s" };
            return Err(format!(
                "with {recordings} labelled recording{one} no gain can be told from chance; {LEAST_RECORDINGS} or more are needed"
            ));
        }
        if self.best == 0 {
            return Err("nothing that was tried is better".into());
        }
        let outside = self.chance.is_some_and(|p| p <= LEVEL) && self.gain.is_some_and(|g| g.low > 0.0);
        if outside { Ok(()) } else { Err("on recordings held out, the gain is within chance".into()) }
    }
}

/// Cross-validates, leaving one recording out at a time. `counts` has a row for each choice, the
/// default first, and in it a place for each recording.
pub fn validate(counts: &[Vec<Counts>]) -> Validation {
    let recordings = counts.first().map_or(0, Vec::len);
    let all = |choice: usize| f1(counts[choice].iter().copied());
    let best = best(counts, None);
    let mut validation = Validation {
        best,
        default_f1: all(0),
        fitted_f1: all(best),
        held_out_f1: None,
        gain: None,
        chance: None,
    };
    if recordings < 2 {
        return validation;
    }
    let pairs: Vec<(Counts, Counts)> =
        (0..recordings).map(|out| (counts[0][out], counts[self::best(counts, Some(out))][out])).collect();
    validation.held_out_f1 = Some(f1(pairs.iter().map(|p| p.1)));
    validation.gain = Some(gain(&pairs));
    validation.chance = Some(chance(&pairs));
    validation
}

/// The choice of largest F1 on all recordings but `out`; of equals the first, so the default where
/// it is one of them.
fn best(counts: &[Vec<Counts>], out: Option<usize>) -> usize {
    let score = |row: &Vec<Counts>| {
        let kept = row.iter().enumerate().filter(|(place, _)| Some(*place) != out);
        f1(kept.map(|(_, counts)| *counts))
    };
    let scores: Vec<f64> = counts.iter().map(score).collect();
    (0..scores.len()).fold(0, |best, k| if scores[k] > scores[best] { k } else { best })
}

/// How often recordings are drawn anew.
const DRAWS: usize = 2000;
/// F1 that differs by less is the same.
const ROUNDING: f64 = 1e-12;
/// Up to so many recordings every way of differing is tried; beyond, as many as for these.
const MOST_WAYS: usize = 14;

/// The percentile interval of the gain in F1 (Efron B, Tibshirani R (1993), An Introduction to the
/// Bootstrap, chapter 13), recordings drawn with replacement.
fn gain(pairs: &[(Counts, Counts)]) -> Interval {
    let mut dice = Dice::new(1);
    let mut gains: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<_> = pairs.iter().map(|_| pairs[dice.below(pairs.len())]).collect();
            f1(drawn.iter().map(|p| p.1)) - f1(drawn.iter().map(|p| p.0))
        })
        .collect();
    gains.sort_by(f64::total_cmp);
    Interval { low: gains[DRAWS / 40], high: gains[DRAWS - 1 - DRAWS / 40] }
}

/// The sign-flip test (Fisher 1935), one-sided: the share of all ways to swap default and choice
/// within recordings that gain as much F1 or more.
fn chance(pairs: &[(Counts, Counts)]) -> f64 {
    let gain = |way: u64| {
        let swapped = |k: usize| way >> (k % 64) & 1 == 1;
        let side = |k: usize, (before, after): &(Counts, Counts), chosen: bool| {
            if chosen != swapped(k) { *after } else { *before }
        };
        let of = |chosen: bool| f1(pairs.iter().enumerate().map(|(k, pair)| side(k, pair, chosen)));
        of(true) - of(false)
    };
    let seen = gain(0);
    let ways = 1u64 << pairs.len().min(MOST_WAYS);
    let mut dice = Dice::new(2);
    let as_good = |way: &u64| {
        let bits = if pairs.len() <= MOST_WAYS { *way } else { dice.throw() ^ (dice.throw() << 1) };
        gain(bits) >= seen - ROUNDING
    };
    (0..ways).filter(as_good).count() as f64 / ways as f64
}
