//! The groups against each other.

use std::collections::BTreeSet;

use super::ground::Row;
use super::rates::FEW;
use super::words::{Kind, many, plain, range, side};
use super::{Comparison, Finding, GroupRatio};
use crate::statistics::{Counted, NegativeBinomial, Watched};

const RATIO: Kind = Kind {
    name: "rate_ratio",
    unit: "1",
    of: "insertions",
    method: "negative binomial (NB2), log link, watched dwell as exposure; sandwich over subjects by the jackknife, Student's t",
};
const RATIO_COMMON: Kind = Kind { name: "rate_ratio_common_dwell", ..RATIO };
const ALPHA: Kind =
    Kind { name: "alpha", method: "negative binomial (NB2), maximum likelihood, without interval", ..RATIO };

pub(super) fn comparison(rows: &[Row], names: &[String], common_dwell_s: Option<f64>) -> Comparison {
    let [reference, others @ ..] = names else {
        return nothing("No groups are given: nothing is compared.");
    };
    if others.is_empty() {
        return nothing(format!("One group alone ({reference}): nothing to compare it with."));
    }
    let whole = counted(rows, names, Watched::clone);
    let model = NegativeBinomial::fit(&whole, names.len());
    let cut = common_dwell_s.map(|d| counted(rows, names, |w| w.until(d)));
    let model_cut = cut.as_ref().and_then(|c| NegativeBinomial::fit(c, names.len()));
    let ratio = |(place, group): (usize, &String)| GroupRatio {
        group: group.clone(),
        ratio: one(RATIO, &whole, model.as_ref(), place + 1, names),
        ratio_common_dwell: one(
            RATIO_COMMON,
            cut.as_deref().unwrap_or_default(),
            model_cut.as_ref(),
            place + 1,
            names,
        ),
    };
    Comparison {
        reference: Some(reference.clone()),
        ratios: others.iter().enumerate().map(ratio).collect(),
        alpha: alpha(model.as_ref(), whole.len()),
        words: trust(rows, names),
    }
}

fn nothing(why: impl Into<String>) -> Comparison {
    let words = why.into();
    Comparison { reference: None, ratios: Vec::new(), alpha: ALPHA.none(0, words.clone()), words }
}

fn counted(rows: &[Row], names: &[String], watched: impl Fn(&Watched) -> Watched) -> Vec<Counted> {
    let place = |r: &Row| names.iter().position(|n| Some(n.as_str()) == r.group());
    let one = |r: &Row| {
        let watched = watched(&r.watched);
        let (count, exposure_s) = (watched.events().len(), watched.observed_s());
        Some(Counted { count, exposure_s, group: place(r)?, cluster: watched.cluster() })
    };
    rows.iter().filter_map(one).collect()
}

/// How many different subjects a group has.
fn subjects(rows: &[Counted], group: usize) -> usize {
    let own = rows.iter().filter(|r| r.group == group);
    own.map(|r| r.cluster).collect::<BTreeSet<_>>().len()
}

fn one(
    kind: Kind,
    rows: &[Counted],
    model: Option<&NegativeBinomial>,
    group: usize,
    names: &[String],
) -> Finding {
    let n = rows.iter().filter(|r| r.group == group || r.group == 0).count();
    let (name, reference) = (&names[group], &names[0]);
    let Some(model) = model else {
        let empty = (0..names.len()).find(|g| !rows.iter().any(|r| r.group == *g && r.count > 0));
        return kind.none(
            n,
            match empty {
                Some(g) => {
                    format!("No twitch in the group {}: a ratio of rates needs some in each group.", names[g])
                }
                None => "The model does not fit these counts.".into(),
            },
        );
    };
    let people = [group, 0].map(|g| subjects(rows, g));
    let Some(level) = model.ratio(group, 0) else {
        return kind.none(
            n,
            format!(
                "{} in {name} and {} in {reference}: too few to tell a difference of groups from one of people.",
                many(people[0], "subject"),
                many(people[1], "subject")
            ),
        );
    };
    let judged = side(level.interval, 1.0, ["less often", "more often", "no difference is shown"]);
    let few = if people.iter().any(|p| *p < FEW) { " That is a small sample." } else { "" };
    let words = format!(
        "{name} twitches {} {} times as often as {reference}: {judged}.{few}",
        plain(level.value),
        range(level.interval)
    );
    kind.found(level, n, words)
}

fn alpha(model: Option<&NegativeBinomial>, n: usize) -> Finding {
    let Some(model) = model else { return ALPHA.none(n, "The model could not be fitted.") };
    let words = format!(
        "Within groups, insertions differ in their rate by about {:.0} % (standard deviation) beyond chance.",
        100.0 * model.alpha().sqrt()
    );
    ALPHA.open(model.alpha(), None, None, n, words)
}

fn trust(rows: &[Row], names: &[String]) -> String {
    let mut words = vec![format!("Each group is held against {}.", names[0])];
    let left_out = rows.iter().filter(|r| r.group().is_none()).count();
    if left_out > 0 {
        words.push(format!("{} without a group left out.", many(left_out, "insertion")));
    }
    let dwell = |name: &str| {
        super::median(rows.iter().filter(|r| r.group() == Some(name)).map(|r| r.watched.dwell_s()))
    };
    let dwells: Vec<f64> = names.iter().filter_map(|n| dwell(n)).collect();
    let (shortest, longest) =
        (dwells.iter().copied().fold(f64::INFINITY, f64::min), dwells.iter().copied().fold(0.0, f64::max));
    // Where the rate falls within the dwell, a longer dwell has a lower rate by that alone.
    if longest > UNLIKE_DWELLS * shortest {
        words.push(format!("Median dwells differ ({} to {} s): where the rate changes within the dwell that alone makes a ratio, so look at the one within the common dwell.", plain(shortest), plain(longest)));
    }
    if names.len() > 2 {
        words.push(format!(
            "{} ratios: each interval stands for itself, and of 20 such one misses by chance.",
            names.len() - 1
        ));
    }
    words.join(" ")
}

/// Dwells that differ by more than this factor are told.
const UNLIKE_DWELLS: f64 = 1.25;
