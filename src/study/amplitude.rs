//! Size of the twitches by their order, and the curves of large ones alone.

use super::curves::mean_curve;
use super::ground::Row;
use super::rates::{best, events};
use super::trend::{LEFT, left_after_min};
use super::words::{Kind, many, percent, plain, range, side, significant};
use super::{Amplitude, Finding, OrderSize, Twitch};
use crate::statistics::{Interval, Level, Watched, mean_by_cluster};

const SECOND: Kind = Kind {
    name: "second_to_first_peak",
    unit: "1",
    of: "insertions",
    method: "geometric mean of ratios within insertions, spread between subjects by the jackknife, Student's t",
};
const THIRD: Kind = Kind { name: "third_to_first_peak", ..SECOND };
const RATE_ABOVE: Kind = Kind {
    name: "rate_above_floor",
    unit: "1/min",
    of: "twitches",
    method: "as rate_by_subject, of twitches at or above a fixed size",
};
const LEFT_ABOVE: Kind = Kind { name: "left_after_min_above_floor", ..LEFT };

/// The smallest burst that the session computes is that of the detection band; of the whole burst,
/// 20-450 Hz, some 10 to 20 % more is needed (measured: `docs/trust.md`).
const WHOLE_BAND: f64 = 1.2;
/// Orders that are told of: `docs/statistics.md` says what is published of the first three.
const ORDERS: u32 = 10;
/// Fewer insertions than this show no size of an order.
const ENOUGH: usize = 3;

/// The floor: that of the study, or the smallest size that was found with 90 % in each recording.
pub(super) fn floor_uv(rows: &[Row], asked: Option<f64>) -> Option<f64> {
    let smallest = rows.iter().filter_map(|r| r.recording.smallest_rms_uv).filter(|s| s.is_finite());
    let largest = smallest.max_by(f64::total_cmp).map(|s| significant(s * WHOLE_BAND));
    asked.filter(|f| f.is_finite() && *f >= 0.0).or(largest)
}

pub(super) fn amplitude(rows: &[&Row], floor_uv: Option<f64>) -> Amplitude {
    let (rate_above, left_after_min_above, curve_above) = above(rows, floor_uv);
    Amplitude {
        by_order: (1..=ORDERS).filter_map(|order| size(rows, order)).collect(),
        second_to_first: to_first(rows, SECOND, 2),
        third_to_first: to_first(rows, THIRD, 3),
        floor_uv,
        rate_above,
        left_after_min_above,
        curve_above,
    }
}

/// Logarithm of the peak of the twitch of that order, where it is known.
fn log_peak(row: &Row, order: u32) -> Option<f64> {
    let twitch = row.insertion.twitches.iter().find(|t| t.order == order)?;
    twitch.peak_uv.filter(|p| *p > 0.0 && p.is_finite()).map(f64::ln)
}

fn exponential(level: Level) -> Level {
    let Interval { low, high } = level.interval;
    Level { value: level.value.exp(), interval: Interval { low: low.exp(), high: high.exp() } }
}

fn size(rows: &[&Row], order: u32) -> Option<OrderSize> {
    let values: Vec<(usize, f64)> =
        rows.iter().filter_map(|r| Some((r.watched.cluster(), log_peak(r, order)?))).collect();
    if values.len() < ENOUGH {
        return None;
    }
    let level = exponential(mean_by_cluster(&values)?);
    let [peak_uv, low_uv, high_uv] = [level.value, level.interval.low, level.interval.high].map(significant);
    Some(OrderSize { order, insertions: values.len(), peak_uv, low_uv, high_uv })
}

fn to_first(rows: &[&Row], kind: Kind, order: u32) -> Finding {
    let ratio = |r: &&Row| Some((r.watched.cluster(), log_peak(r, order)? - log_peak(r, 1)?));
    let values: Vec<(usize, f64)> = rows.iter().filter_map(ratio).collect();
    let n = values.len();
    if n < ENOUGH {
        let unknown = rows.iter().all(|r| !r.recording.calibrated);
        let scale = if unknown && !rows.is_empty() { " The scale of the recordings is unknown." } else { "" };
        return kind.none(
            n,
            format!(
                "{} with a first and a {} twitch of known size: too few ({ENOUGH} are asked for).{scale}",
                many(n, "insertion"),
                ordinal(order)
            ),
        );
    }
    let Some(level) = mean_by_cluster(&values).map(exponential) else {
        return kind.none(n, "One subject: how much people differ cannot be told.");
    };
    let judged = side(level.interval, 1.0, ["smaller", "larger", "not shown to differ"]);
    let words = format!(
        "The {} twitch is {} {} of the first in {} that had both: {judged}. Twitches too small to be found are missing from this.",
        ordinal(order),
        percent(level.value),
        range(Interval { low: 100.0 * level.interval.low, high: 100.0 * level.interval.high }),
        many(n, "insertion")
    );
    kind.found(level, n, words)
}

fn ordinal(order: u32) -> &'static str {
    if order == 2 { "second" } else { "third" }
}

fn above(rows: &[&Row], floor_uv: Option<f64>) -> (Finding, Finding, Vec<super::CurvePoint>) {
    let Some(floor) = floor_uv else {
        let why = "No recording says in µV which twitches could have been found: there is no floor.";
        return (RATE_ABOVE.none(0, why), LEFT_ABOVE.none(0, why), Vec::new());
    };
    let large = |t: &&Twitch| t.rms_uv.is_some_and(|rms| rms >= floor);
    let cut = |r: &&&Row| {
        let ages: Vec<f64> = r.insertion.twitches.iter().filter(large).map(|t| t.dwell_s).collect();
        r.with(&ages)
    };
    let known = rows.iter().filter(|r| r.recording.calibrated);
    let watched: Vec<Watched> = known.map(|r| cut(&r)).collect();
    let n = events(&watched);
    let rate = match best(&watched) {
        None => RATE_ABOVE.none(n, "No insertion of known scale was watched."),
        Some(rate) => {
            let words = format!(
                "{} twitches a minute {} of at least {} µV RMS, which could have been found in every recording, so that unlike noise does not bend this; twitches that shrink below it are still missing.",
                plain(rate.per_min),
                range(rate.interval),
                plain(floor)
            );
            RATE_ABOVE.rate(rate, n, words)
        }
    };
    (rate, left_after_min(&watched, LEFT_ABOVE), mean_curve(&watched))
}
