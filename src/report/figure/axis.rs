//! Scales and their ticks.

use super::sheet::{Anchor, Pen, Rect, Sheet, Type};
use super::theme::{AXIS, INK, SMALL, width};

/// In what a time axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    Seconds,
    Minutes,
    Hours,
}

impl TimeUnit {
    /// The unit in which a time of `longest` seconds has few digits and no more than 300 steps.
    pub fn of(longest: f64) -> Self {
        match longest {
            s if s <= 300.0 => Self::Seconds,
            s if s <= 3.0 * 3600.0 => Self::Minutes,
            _ => Self::Hours,
        }
    }

    /// Seconds in one.
    pub const fn seconds(self) -> f64 {
        match self {
            Self::Seconds => 1.0,
            Self::Minutes => 60.0,
            Self::Hours => 3600.0,
        }
    }

    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
        }
    }
}

/// Durations that a figure can show, s: a sample of the fastest recording to thirty years. What lies
/// outside comes from a broken file.
pub const SHOWABLE: std::ops::RangeInclusive<f64> = 1e-6..=1e9;

/// Steps that people count in, times a power of ten.
const DECIMAL: &[f64] = &[1.0, 2.0, 5.0, 10.0];
/// Steps between 10 and 60 that seconds and minutes are counted in.
const SIXTIES: &[f64] = &[10.0, 15.0, 20.0, 30.0, 60.0, 120.0];

/// The least step in which people count that makes at most `most` steps up to `span`.
fn step(span: f64, most: usize, sixties: bool) -> f64 {
    let least = (span / most.max(1) as f64).max(1e-9);
    if sixties && (10.0..=120.0).contains(&least) {
        return SIXTIES.iter().copied().find(|s| *s >= least).unwrap_or(120.0);
    }
    let power = 10f64.powf(least.log10().floor());
    // A hair of tolerance, for the powers are not exact.
    let found = DECIMAL.iter().map(|d| d * power).find(|s| *s >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

/// Ticks with their text.
pub type Ticks = Vec<(f64, String)>;

/// Ticks from `low` to `high` at multiples of `step`.
fn every(step: f64, low: f64, high: f64) -> Ticks {
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let number =
        |v: f64| if decimals > 5 || v.abs() >= 1e7 { format!("{v:e}") } else { format!("{v:.decimals$}") };
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let at = |n: i64| (n as f64 * step, number(n as f64 * step).replace('-', "−"));
    (first..=last).map(at).collect()
}

/// Whole numbers from 0 to `high`, in at most `most` steps.
pub fn counts(high: f64, most: usize) -> Ticks {
    every(step(high, most, false).max(1.0), 0.0, high)
}

/// Times from 0 to `high` (in `unit`), in at most `most` steps.
pub fn times(high: f64, most: usize, unit: TimeUnit) -> Ticks {
    every(step(high, most, unit != TimeUnit::Hours), 0.0, high)
}

/// Numbers that may be fractions, from 0 to `high`, in at most `most` steps.
pub fn fractions(high: f64, most: usize) -> Ticks {
    every(step(high, most, false), 0.0, high)
}

/// Numbers from `low` to `high`, in at most `most` steps.
pub fn between((low, high): (f64, f64), most: usize) -> Ticks {
    every(step(high - low, most, false), low, high)
}

/// 1, 2 and 5 times powers of ten, for a logarithmic axis: their logarithms, with the numbers.
/// Where many powers are shown, the powers alone.
pub fn decades((low, high): (f64, f64)) -> Ticks {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let steps: &[f64] = if last - first > 3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let within = |v: &f64| *v >= low * 0.999 && *v <= high * 1.001;
    let all = (first..=last).flat_map(|power| steps.iter().map(move |s| s * 10f64.powi(power)));
    all.filter(within).map(|v| (v.log10(), tidy(v))).collect()
}

/// A power of ten times a digit, without a tail of zeros.
fn tidy(value: f64) -> String {
    if (0.001..1e6).contains(&value) {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:e}")
    }
}

/// Zero and as much on either side of it, within ± `high`: at most `most` steps to a side, at least
/// one.
pub fn around_zero(high: f64, most: usize) -> Ticks {
    let power = 10f64.powf(high.log10().floor());
    let tidy = [5.0, 2.0, 1.0].iter().map(|d| d * power).find(|s| *s <= high).unwrap_or(power);
    // The next tidy step may be longer than the whole side.
    let step = step(high, most, false).min(tidy);
    every(step, -high, high)
}

/// A linear scale from a number to a place on the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The place of 0.
    pub zero: f64,
    /// Points to one.
    pub per_one: f64,
}

impl Scale {
    /// `from..to` on the sheet for `0..high`.
    pub fn new(high: f64, from: f64, to: f64) -> Self {
        Self { zero: from, per_one: (to - from) / high }
    }

    /// `from..to` on the sheet for `low..high`.
    pub fn between((low, high): (f64, f64), from: f64, to: f64) -> Self {
        let per_one = (to - from) / (high - low);
        Self { zero: from - low * per_one, per_one }
    }

    pub fn at(self, value: f64) -> f64 {
        self.zero + value * self.per_one
    }
}

pub const AXIS_PEN: Pen = Pen::new(INK, 0.6);
/// Length of a tick, points.
pub const TICK: f64 = 2.6;

/// The lower axis: line, ticks, their text, and the name below.
pub fn below(sheet: &mut Sheet, plot: Rect, scale: Scale, ticks: &Ticks, name: &str) {
    sheet.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS_PEN);
    for (value, text) in ticks {
        let x = scale.at(*value);
        sheet.line(&[(x, plot.bottom), (x, plot.bottom + TICK)], AXIS_PEN);
        let set = Type::new(SMALL).at(Anchor::Middle);
        sheet.text((x, plot.bottom + TICK + 1.2 + SMALL * 0.8), text, set);
    }
    let middle = (plot.left + plot.right) / 2.0;
    let y = plot.bottom + TICK + SMALL + AXIS + 2.4;
    sheet.text((middle, y), name, Type::new(AXIS).at(Anchor::Middle));
}

/// The left axis: line, ticks and their text. Gives how far it reaches to the left, points.
pub fn left(sheet: &mut Sheet, plot: Rect, scale: Scale, ticks: &Ticks) -> f64 {
    sheet.line(&[(plot.left, plot.top), (plot.left, plot.bottom)], AXIS_PEN);
    let mut reach: f64 = 0.0;
    for (value, text) in ticks {
        let y = scale.at(*value);
        sheet.line(&[(plot.left - TICK, y), (plot.left, y)], AXIS_PEN);
        let set = Type::new(SMALL).at(Anchor::Right);
        sheet.text((plot.left - TICK - 1.4, y + SMALL * 0.36), text, set);
        reach = reach.max(width(text, SMALL, false) + TICK + 1.4);
    }
    reach
}
