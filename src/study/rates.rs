//! How often: of these insertions, and of people like these.

use super::words::{Kind, many, plain, range, significant, twitches};
use super::{Bin, Finding, Rates};
use crate::statistics::{self, Rate, Watched, clusters, dispersion, rate, rate_by_cluster};

/// With fewer subjects than this an interval is said to rest on few.
pub(super) const FEW: usize = 6;

const EXACT: Kind = Kind {
    name: "rate_exact",
    unit: "1/min",
    of: "insertions",
    method: "count over exposure, exact Poisson interval (Garwood 1936)",
};
const BY_SUBJECT: Kind = Kind {
    name: "rate_by_subject",
    unit: "1/min",
    of: "subjects",
    method: "count over exposure, spread between subjects by the jackknife, log scale, Student's t",
};
const DISPERSION: Kind =
    Kind {
        name: "dispersion", unit: "1", of: "insertions", method: "Pearson's X²/(n − 1) against one rate"
    };

pub(super) fn events(insertions: &[Watched]) -> usize {
    insertions.iter().map(|i| i.events().len()).sum()
}

pub(super) fn observed_s(insertions: &[Watched]) -> f64 {
    insertions.iter().map(Watched::observed_s).sum()
}

/// The exact rate of all of them.
pub(super) fn exact(insertions: &[Watched]) -> Option<Rate> {
    rate(events(insertions) as u64, observed_s(insertions))
}

/// The rate with the interval that holds for the widest circle: subjects where there are two or
/// more, else these insertions.
pub(super) fn best(insertions: &[Watched]) -> Option<Rate> {
    let wide = rate_by_cluster(insertions).map(|l| Rate { per_min: l.value, interval: l.interval });
    wide.or_else(|| exact(insertions))
}

pub(super) fn rates(insertions: &[Watched]) -> Rates {
    Rates { exact: exactly(insertions), by_subject: by_subject(insertions), dispersion: spread(insertions) }
}

fn exactly(insertions: &[Watched]) -> Finding {
    let n = insertions.len();
    let Some(rate) = exact(insertions) else {
        return EXACT.none(n, "No insertion was watched: there is no rate.");
    };
    let words = format!(
        "{} twitches a minute {}: {} in {} min of watched dwell. The interval is for these very insertions and counts chance alone.",
        plain(rate.per_min),
        range(rate.interval),
        twitches(events(insertions)),
        plain(observed_s(insertions) / 60.0)
    );
    EXACT.rate(rate, n, words)
}

fn by_subject(insertions: &[Watched]) -> Finding {
    let subjects = clusters(insertions);
    let Some(level) = rate_by_cluster(insertions) else {
        let why = match subjects {
            0 | 1 => {
                format!("{}: how much people differ cannot be told from so few.", many(subjects, "subject"))
            }
            _ => "No twitch at all: how much people differ cannot be told.".into(),
        };
        return BY_SUBJECT.none(subjects, why);
    };
    let few = if subjects < FEW { " That is a small sample." } else { "" };
    let words = format!(
        "{} twitches a minute {} for people like these {}.{few}",
        plain(level.value),
        range(level.interval),
        many(subjects, "subject")
    );
    BY_SUBJECT.found(level, subjects, words)
}

fn spread(insertions: &[Watched]) -> Finding {
    let Some(found) = dispersion(insertions) else {
        return DISPERSION.none(insertions.len(), "Too few insertions or no twitch: nothing to compare.");
    };
    let judged = if found.p < 0.05 {
        "insertions differ by more than chance, so the exact interval is too narrow for other insertions"
    } else {
        "not shown to be more than chance makes"
    };
    let words =
        format!("Counts vary {} times as much as with one rate for all: {judged}.", plain(found.value));
    DISPERSION.open(found.value, None, None, insertions.len(), words)
}

/// Widths of a bin, s: at least 5, so that a bin holds more than a twitch or two.
const WIDTHS_S: [f64; 9] = [5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// So many bins show a course; more show noise.
const MOST_BINS: f64 = 12.0;

pub(super) fn bins(insertions: &[Watched]) -> Vec<Bin> {
    let longest = insertions.iter().map(Watched::dwell_s).fold(0.0, f64::max);
    let fits = WIDTHS_S.into_iter().find(|w| longest <= w * MOST_BINS);
    let width = fits.unwrap_or_else(|| (longest / MOST_BINS / 600.0).ceil() * 600.0);
    let count = (longest / width).ceil() as u32;
    let edges: Vec<f64> = (0..=count).map(|k| width * f64::from(k)).collect();
    statistics::bins(insertions, &edges).into_iter().map(bin).collect()
}

fn bin(bin: statistics::Bin) -> Bin {
    let rate = rate(bin.events as u64, bin.observed_s);
    let of = |value: fn(&Rate) -> f64| rate.as_ref().map(|r| significant(value(r)));
    Bin {
        from_s: bin.from_s,
        to_s: bin.to_s,
        insertions: bin.insertions,
        observed_s: significant(bin.observed_s),
        twitches: bin.events,
        per_min: of(|r| r.per_min),
        low_per_min: of(|r| r.interval.low),
        high_per_min: of(|r| r.interval.high),
    }
}
