//! What would follow with other choices.

use super::ground::Row;
use super::rates::{best, events};
use super::trend::{LEFT, left_after_min};
use super::words::{Kind, plain, range};
use super::{Finding, Insertion, Recording, Sensitivity};
use crate::statistics::{Rate, Watched, less, rate};

const AT_80: Kind = Kind {
    name: "rate_at_80_percent",
    unit: "1/min",
    of: "twitches",
    method: "as rate_by_subject, with 80 % of the detector's threshold (energy)",
};
const AT_120: Kind = Kind {
    name: "rate_at_120_percent",
    method: "as rate_by_subject, with 120 % of the detector's threshold (energy)",
    ..AT_80
};
const COMMON: Kind = Kind {
    name: "rate_common_dwell",
    method: "as rate_by_subject, every insertion cut to the common dwell",
    ..AT_80
};
const LEFT_COMMON: Kind = Kind { name: "left_after_min_common_dwell", ..LEFT };
const CONTROL: Kind = Kind {
    name: "false_alarms",
    unit: "1/min",
    of: "twitches",
    method: "twitches while no needle was in, exact Poisson interval (Garwood 1936)",
};
const LESS: Kind = Kind {
    name: "rate_less_false_alarms",
    method: "difference of two rates from their intervals (MOVER, Zou & Donner 2008)",
    ..CONTROL
};

pub(super) fn sensitivity(rows: &[&Row], watched: &[Watched], common_dwell_s: Option<f64>) -> Sensitivity {
    let cut: Vec<Watched> =
        common_dwell_s.map_or(Vec::new(), |d| watched.iter().map(|w| w.until(d)).collect());
    let control = control(rows);
    Sensitivity {
        at_80: other(rows, events(watched), AT_80, |i| i.at_80_s.as_deref()),
        at_120: other(rows, events(watched), AT_120, |i| i.at_120_s.as_deref()),
        common_dwell: common(&cut, common_dwell_s),
        left_after_min_common_dwell: left_after_min(&cut, LEFT_COMMON),
        control: told(control.map(|c| c.0), control.map_or(0, |c| c.1)),
        less_control: remaining(watched, control.map(|c| c.0)),
    }
}

/// The rate at another threshold, in place of `in_force` twitches at the one in force.
fn other(rows: &[&Row], in_force: usize, kind: Kind, ages: fn(&Insertion) -> Option<&[f64]>) -> Finding {
    let watched: Option<Vec<Watched>> = rows.iter().map(|r| ages(r.insertion).map(|a| r.with(a))).collect();
    let Some(watched) = watched else {
        return kind.none(0, "A session of an older version does not tell: analyse its recording again.");
    };
    let n = events(&watched);
    let Some(rate) = best(&watched) else { return kind.none(n, "No insertion was watched.") };
    let (here, there) = (n as f64, in_force as f64);
    let change = if there > 0.0 { 100.0 * (here - there) / there } else { 0.0 };
    let words = format!(
        "{} twitches a minute {} at that threshold: {n} in place of {in_force} ({change:+.0} %).",
        plain(rate.per_min),
        range(rate.interval)
    );
    kind.rate(rate, n, words)
}

fn common(cut: &[Watched], common_dwell_s: Option<f64>) -> Finding {
    let n = events(cut);
    let (Some(rate), Some(dwell)) = (best(cut), common_dwell_s) else {
        return COMMON.none(n, "No insertion was watched.");
    };
    let words = format!(
        "{} twitches a minute {} within the first {} s, which nine in ten insertions reached.",
        plain(rate.per_min),
        range(rate.interval),
        plain(dwell)
    );
    COMMON.rate(rate, n, words)
}

/// False alarms of the recordings that the rows come from, and their number.
fn control(rows: &[&Row]) -> Option<(Rate, usize)> {
    let mut seen: Vec<(usize, &Recording)> = rows.iter().map(|r| (r.place[0], r.recording)).collect();
    seen.dedup_by_key(|(place, _)| *place);
    let known = seen.iter().filter(|(_, r)| r.control_s > 0.0 && r.control_s.is_finite());
    let (count, watched_s) =
        known.fold((0, 0.0), |(count, s), (_, r)| (count + r.control_twitches, s + r.control_s));
    rate(count, watched_s).map(|rate| (rate, count as usize))
}

fn told(control: Option<Rate>, n: usize) -> Finding {
    let Some(rate) = control else {
        return CONTROL.none(n, "No time without a needle was watched: false alarms cannot be told.");
    };
    let words = format!(
        "{} false alarms a minute {}, found while no needle was in.",
        plain(rate.per_min),
        range(rate.interval)
    );
    CONTROL.rate(rate, n, words)
}

fn remaining(watched: &[Watched], control: Option<Rate>) -> Finding {
    let n = events(watched);
    let (Some(all), Some(control)) = (best(watched), control) else {
        return LESS.none(n, "Without a rate, or without time free of needles, nothing can be taken off.");
    };
    let rate = less(all, control);
    let judged = if rate.interval.low > 0.0 {
        "more than false alarms"
    } else {
        "not shown to be more than false alarms"
    };
    let words = format!(
        "{} twitches a minute {} when false alarms are taken off: {judged}. It takes their rate for the same with a needle in.",
        plain(rate.per_min),
        range(rate.interval)
    );
    LESS.rate(rate, n, words)
}
