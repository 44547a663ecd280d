//! Whether the rate changes within the dwell, what a null result means, and by when most had come.

use super::rates::{FEW, events};
use super::words::{Kind, percent, plain, range, side, significant, twitches};
use super::{Finding, Power, Saturation, Trend};
use crate::statistics::{self, Fit, Interval, Level, Shape, Watched, fit, laplace};

const LAPLACE: Kind = Kind {
    name: "laplace",
    unit: "1",
    of: "twitches",
    method: "Laplace's test, pooled, given the count of each insertion (Cox & Lewis 1966)",
};
const P: Kind = Kind { name: "laplace_p", ..LAPLACE };
pub(super) const LEFT: Kind = Kind {
    name: "left_after_min",
    unit: "1",
    of: "twitches",
    method: "log-linear rate given the count of each insertion (Cox & Lewis 1966), sandwich over subjects",
};
const TIME_CONSTANT: Kind = Kind { name: "time_constant", unit: "s", ..LEFT };
const SHAPE: Kind = Kind {
    name: "power_law_shape",
    unit: "1",
    of: "twitches",
    method: "Crow-AMSAA, time-truncated, bias removed, given the count of each insertion, sandwich over subjects",
};
const HALF: Kind = Kind {
    name: "half_by",
    unit: "s",
    of: "twitches",
    method: "log-linear rate followed for ever: ln 2 times its time constant",
};
const NINETY: Kind = Kind {
    name: "ninety_percent_by",
    unit: "s",
    of: "twitches",
    method: "log-linear rate followed for ever: ln 10 times its time constant",
};

/// The interval that holds where people differ in their decay, where there are people enough to
/// tell; else that of a decay that is the same for all.
fn interval(fit: &Fit) -> Interval {
    fit.robust.filter(|_| fit.clusters >= FEW).unwrap_or(fit.model)
}

/// What the interval leaves out, in words.
fn caveat(fit: &Fit) -> &'static str {
    if fit.clusters >= FEW { "" } else { " Few subjects: the interval takes the decay for the same in all." }
}

/// How much of the rate is left after a minute of dwell; `kind` is [`LEFT`] under another name.
pub(super) fn left_after_min(insertions: &[Watched], kind: Kind) -> Finding {
    left(insertions, log_linear(insertions), kind)
}

/// The fit that decays are read off.
pub(super) fn log_linear(insertions: &[Watched]) -> Option<Fit> {
    fit(insertions, Shape::LogLinear)
}

fn left(insertions: &[Watched], fit: Option<Fit>, kind: Kind) -> Finding {
    let Some(fit) = fit else {
        return kind
            .none(events(insertions), "Fewer than two twitches, or all at one end of what was watched.");
    };
    let theta = interval(&fit);
    let left = |theta: f64| (60.0 * theta).exp();
    let level = Interval { low: left(theta.low), high: left(theta.high) };
    let median = super::median(insertions.iter().map(Watched::dwell_s)).unwrap_or(0.0);
    let shown = side(theta, 0.0, ["The rate falls", "The rate rises", "No change of the rate is shown"]);
    let words = format!(
        "{shown}: after a minute of dwell {} of it is left ({} to {}); after the median dwell of {} s {}.{}",
        percent(left(fit.estimate)),
        percent(level.low),
        percent(level.high),
        plain(median),
        percent((median * fit.estimate).exp()),
        caveat(&fit)
    );
    kind.found(Level { value: left(fit.estimate), interval: level }, fit.events, words)
}

pub(super) fn trend(insertions: &[Watched], fit: Option<Fit>) -> Trend {
    let n = events(insertions);
    let (laplace, p) = match laplace(insertions) {
        None => (LAPLACE.none(n, "No twitch."), P.none(n, "No twitch.")),
        Some(test) => {
            let side = if test.statistic < 0.0 { "earlier" } else { "later" };
            let u = format!(
                "Laplace's U = {}: twitches come {side} than at an even rate.",
                plain(test.statistic)
            );
            let small = if test.p < 0.001 { "below 0.001".into() } else { format!("= {}", plain(test.p)) };
            let p = format!("So far from even by chance alone: p {small}.");
            (LAPLACE.open(test.statistic, None, None, n, u), P.open(test.p, None, None, n, p))
        }
    };
    let power = powers(insertions);
    Trend {
        laplace,
        p,
        left_after_min: left(insertions, fit, LEFT),
        time_constant: time_constant(insertions, fit),
        shape: shape(insertions),
        words: what_could_be_seen(&power, n),
        power,
    }
}

/// The decay, where one is shown: the time constants of the estimate and of the interval's ends, s.
fn decay(fit: Option<Fit>) -> Result<(Fit, f64, Interval), String> {
    let fit = fit.ok_or("Too few twitches for a trend.")?;
    let theta = interval(&fit);
    if theta.high >= 0.0 || fit.estimate >= 0.0 {
        return Err(
            "The rate is not shown to fall within the dwell, so there is no time in which it does.".into()
        );
    }
    let constant = Interval { low: -1.0 / theta.low, high: -1.0 / theta.high };
    Ok((fit, -1.0 / fit.estimate, constant))
}

fn time_constant(insertions: &[Watched], fit: Option<Fit>) -> Finding {
    match decay(fit) {
        Err(why) => TIME_CONSTANT.none(events(insertions), why),
        Ok((fit, value, interval)) => {
            let words = format!(
                "The rate falls to 37 % in {} s {}, and again in each further such time.{}",
                plain(value),
                range(interval),
                caveat(&fit)
            );
            TIME_CONSTANT.found(Level { value, interval }, fit.events, words)
        }
    }
}

fn shape(insertions: &[Watched]) -> Finding {
    let Some(fit) = fit(insertions, Shape::PowerLaw) else {
        return SHAPE
            .none(events(insertions), "Fewer than two twitches, or all at one end of what was watched.");
    };
    let interval = interval(&fit);
    let words = [
        "below 1, the rate falls with dwell",
        "above 1, the rate rises with dwell",
        "1 is within: no change is shown",
    ];
    let judged = side(interval, 1.0, words);
    let words =
        format!("Crow-AMSAA β = {} {}: {judged}.{}", plain(fit.estimate), range(interval), caveat(&fit));
    SHAPE.found(Level { value: fit.estimate, interval }, fit.events, words)
}

/// Decays that are asked for: what is left of the rate after the median dwell.
const LEFT_AT_MEDIAN: [f64; 4] = [0.75, 0.5, 0.37, 0.25];

fn powers(insertions: &[Watched]) -> Vec<Power> {
    let median = super::median(insertions.iter().map(Watched::dwell_s)).unwrap_or(0.0);
    let one = |left: f64| {
        let found = statistics::power(insertions, -median / left.ln())?;
        let (power, needed) = (significant(found.power), significant(found.events_needed.ceil()));
        Some(Power { left_at_median_dwell: left, power, twitches_needed: needed })
    };
    LEFT_AT_MEDIAN.into_iter().filter_map(one).collect()
}

fn what_could_be_seen(power: &[Power], n: usize) -> String {
    let half = power.iter().find(|p| p.left_at_median_dwell == 0.5);
    let Some(half) = half else { return "Without twitches no trend can be seen.".into() };
    let bound = match power.iter().find(|p| p.power >= 0.8) {
        Some(p) => format!(
            "A fall to {} or less would show in at least 4 of 5 of them; a lesser one could go unseen.",
            percent(p.left_at_median_dwell)
        ),
        None => format!(
            "With so few twitches even a fall to {} could go unseen: that none is shown does not mean that there is none.",
            percent(LEFT_AT_MEDIAN[LEFT_AT_MEDIAN.len() - 1])
        ),
    };
    format!(
        "A rate that falls to a half over the median dwell would show in {} of studies like this, with {}; to show in 4 of 5, it takes {}. {bound}",
        percent(half.power),
        twitches(n),
        twitches(half.twitches_needed as usize),
    )
}

/// A decay that rests on fewer twitches gives no dwell by which most have come.
const ENOUGH_TWITCHES: usize = 20;
/// So many insertions must have been watched at that dwell: it is not read off beyond the data.
const ENOUGH_AT_RISK: usize = 5;

pub(super) fn saturation(insertions: &[Watched], fit: Option<Fit>) -> Saturation {
    Saturation { half: by(insertions, fit, HALF, 0.5), ninety: by(insertions, fit, NINETY, 0.9) }
}

fn by(insertions: &[Watched], fit: Option<Fit>, kind: Kind, share: f64) -> Finding {
    let n = events(insertions);
    if n < ENOUGH_TWITCHES {
        return kind.none(
            n,
            format!(
                "{}: too few to say by when most had come ({ENOUGH_TWITCHES} are asked for).",
                twitches(n)
            ),
        );
    }
    let (fit, constant, interval) = match decay(fit) {
        Ok(found) => found,
        Err(why) => return kind.none(n, why),
    };
    let times = -(1.0 - share).ln();
    let value = times * constant;
    let interval = Interval { low: times * interval.low, high: times * interval.high };
    let at_risk = insertions.iter().filter(|i| i.dwell_s() >= value).count();
    if at_risk < ENOUGH_AT_RISK {
        let watched = match at_risk {
            0 => "none was".into(),
            1 => "1 insertion was".into(),
            n => format!("{n} insertions were"),
        };
        let words = format!(
            "Not read off beyond the data: it would be about {} s, but {watched} watched for so long ({ENOUGH_AT_RISK} are asked for). At least {} s.",
            plain(value),
            plain(interval.low)
        );
        return kind.open(f64::NAN, Some(interval.low), None, fit.events, words);
    }
    let longest = insertions.iter().map(Watched::dwell_s).fold(0.0, f64::max);
    let beyond = if interval.high > longest { " The upper end lies beyond the longest dwell." } else { "" };
    let words = format!(
        "{} of all twitches that a needle left in for ever would bring had come by {} s {}, if the rate goes on falling as it did.{beyond}{}",
        percent(share),
        plain(value),
        range(interval),
        caveat(&fit)
    );
    kind.found(Level { value, interval }, fit.events, words)
}
