//! Curves over dwell: the mean number of twitches, and who has not twitched yet.

use super::words::{Kind, many, percent, plain, range, significant};
use super::{CurvePoint, Finding, FirstTwitch, MeanCount};
use crate::statistics::{
    Interval, Level, MeanCumulative, Variance, Watched, clusters, first_event, mean_cumulative_of, median,
};

/// A figure shows no more, and a study may have a hundred thousand.
const POINTS: usize = 500;

const AT_COMMON_DWELL: Kind = Kind {
    name: "mean_count_at_common_dwell",
    unit: "1",
    of: "insertions",
    method: "mean cumulative function (Nelson 1988), Lawless-Nadeau variance over subjects, log scale, Student's t",
};
const MEDIAN_FIRST: Kind = Kind {
    name: "first_twitch_median",
    unit: "s",
    of: "insertions",
    method: "Kaplan-Meier, variance over subjects, log(-log) scale, Brookmeyer-Crowley",
};

/// At most [`POINTS`] of all, evenly over their number, the first and the last among them.
fn thinned<T: Copy>(all: &[T]) -> Vec<T> {
    if all.len() <= POINTS {
        return all.to_vec();
    }
    (0..POINTS).map(|k| all[k * (all.len() - 1) / (POINTS - 1)]).collect()
}

fn point(dwell_s: f64, value: f64, interval: Interval, at_risk: usize) -> CurvePoint {
    let [value, low, high] = [value, interval.low, interval.high].map(significant);
    CurvePoint { dwell_s, value, low, high, at_risk }
}

/// The mean cumulative function, thinned.
pub(super) fn mean_curve(insertions: &[Watched]) -> Vec<CurvePoint> {
    drawn(&mean_cumulative_of(insertions))
}

fn drawn(curve: &MeanCumulative) -> Vec<CurvePoint> {
    thinned(&curve.steps).into_iter().map(|s| point(s.age, s.mean, s.interval, s.at_risk)).collect()
}

/// The longest dwell that at least nine insertions in ten reached, s: up to there the risk set is
/// nearly whole, so that dwells that ended for a reason bend little.
pub(super) fn common_dwell_s(insertions: &[Watched]) -> Option<f64> {
    let mut dwells: Vec<f64> = insertions.iter().map(Watched::dwell_s).collect();
    dwells.sort_by(f64::total_cmp);
    dwells.get(dwells.len() / 10).copied()
}

pub(super) fn mean_count(insertions: &[Watched]) -> MeanCount {
    let common_dwell_s = common_dwell_s(insertions);
    let curve = mean_cumulative_of(insertions);
    let at_common_dwell = at_common_dwell(insertions, &curve, common_dwell_s);
    MeanCount { curve: drawn(&curve), at_common_dwell, common_dwell_s }
}

fn at_common_dwell(insertions: &[Watched], curve: &MeanCumulative, common_dwell_s: Option<f64>) -> Finding {
    let n = insertions.len();
    let Some(dwell) = common_dwell_s else {
        return AT_COMMON_DWELL.none(n, "No insertion was watched.");
    };
    let Some(step) = curve.steps.iter().rev().find(|s| s.age <= dwell) else {
        return AT_COMMON_DWELL.none(n, format!("No twitch within the first {} s.", plain(dwell)));
    };
    let subjects = clusters(insertions);
    let spread = match curve.variance {
        Variance::Poisson => {
            "one subject: the interval counts chance alone (Poisson), not how people differ".into()
        }
        Variance::Robust => format!("for people like these {}", many(subjects, "subject")),
    };
    let words = format!(
        "{} twitches an insertion {} within {} s, the dwell that nine in ten reached; {spread}.",
        plain(step.mean),
        range(step.interval),
        plain(dwell)
    );
    AT_COMMON_DWELL.found(Level { value: step.mean, interval: step.interval }, n, words)
}

pub(super) fn first_twitch(insertions: &[Watched]) -> FirstTwitch {
    let steps = first_event(insertions);
    let n = insertions.len();
    let never = insertions.iter().filter(|i| i.events().is_empty()).count();
    let silent = format!("{} of {} never twitched and count up to needle out", never, many(n, "insertion"));
    let last = steps.last().map_or(1.0, |s| s.share);
    let median = match median(&steps) {
        _ if n < 2 => MEDIAN_FIRST.none(n, format!("{}: too few for a median.", many(n, "insertion"))),
        None => MEDIAN_FIRST.none(
            n,
            format!("Fewer than half are known to have twitched ({} at the longest dwell had not): there is no median. {silent}.", percent(last)),
        ),
        Some(age) => {
            let high = age.high.map_or("beyond what was watched".into(), plain);
            let words = format!("Half of the insertions had twitched by {} s ({} to {high}). {silent}.", plain(age.value), plain(age.low));
            MEDIAN_FIRST.open(age.value, Some(age.low), age.high, n, words)
        }
    };
    let curve = thinned(&steps).into_iter().map(|s| point(s.age, s.share, s.interval, s.at_risk)).collect();
    FirstTwitch { curve, median }
}
