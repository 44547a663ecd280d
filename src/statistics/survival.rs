//! Time to the first event, where some insertions have none.

use super::influence::{Influence, numbered};
use super::quantile::t_975;
use super::{Interval, Watched};

/// The share of insertions without an event yet, at one age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// s since needle in: an instant at which at least one insertion had its first event.
    pub age: f64,
    /// Insertions that were watched and had had no event before that instant.
    pub at_risk: usize,
    /// The share that has had none after it.
    pub share: f64,
    /// 95 % interval of the share, pointwise.
    pub interval: Interval,
}

/// An age with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Age {
    /// s since needle in.
    pub value: f64,
    /// Lower end, s.
    pub low: f64,
    /// Upper end, s; `None` where the data do not bound it.
    pub high: Option<f64>,
}

/// When an insertion's first event came, or until when it was seen to have none. What was masked
/// may have hidden the first one: an insertion without one up to there is watched no longer.
fn first(insertion: &Watched) -> Option<(f64, bool)> {
    let [from, to] = *insertion.spans().first()?;
    let event = insertion.events().first().copied().filter(|t| *t <= to);
    (from == 0.0).then_some(event.map_or((to, false), |t| (t, true)))
}

/// The share of insertions that have not yet had their first event, by age.
///
/// The influence of a cluster on log S is `−Σ (dN_c − Y_c dN/Y)/(Y − dN)`.
///
/// Source: Kaplan EL, Meier P (1958), J Am Stat Assoc 53:457–481; those without an event are
/// censored at needle out. Variance by the infinitesimal jackknife with insertions summed over
/// clusters (`survfit` with `cluster` in R's survival; Lin DY, Wei LJ (1989), J Am Stat Assoc
/// 84:1074–1078); the interval is on the scale of log(−log S) (Kalbfleisch JD,
/// Prentice RL (1980), The Statistical Analysis of Failure Time Data) with Student's t of G − 1
/// degrees of freedom. With one cluster every insertion is taken for a cluster of its own.
pub fn first_event(insertions: &[Watched]) -> Vec<Share> {
    let single = super::clusters(insertions) < 2;
    let own = insertions.iter().enumerate().map(|(k, i)| if single { k } else { i.cluster() });
    let firsts = insertions.iter().zip(own).filter_map(|(i, c)| first(i).map(|(t, event)| (t, event, c)));
    let mut times: Vec<(f64, bool, usize)> = firsts.collect();
    let (clusters, groups) = numbered(times.iter().map(|t| t.2));
    times.iter_mut().zip(clusters).for_each(|(t, c)| t.2 = c);
    times.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut influence = Influence::new(groups);
    times.iter().for_each(|t| influence.change(t.2, 1.0));
    let quantile = t_975(groups as f64 - 1.0);
    let (mut steps, mut at_risk, mut log_share) = (Vec::<Share>::new(), times.len(), 0.0);
    for together in times.chunk_by(|a, b| a.0 == b.0) {
        let events = together.iter().filter(|t| t.1).count();
        let left = at_risk - events;
        if left == 0 {
            let high = steps.last().map_or(1.0, |s| s.interval.high);
            steps.push(Share {
                age: together[0].0,
                at_risk,
                share: 0.0,
                interval: Interval { low: 0.0, high },
            });
            break;
        }
        log_share += (left as f64 / at_risk as f64).ln();
        influence.common += events as f64 / (at_risk as f64 * left as f64);
        for (_, event, cluster) in together {
            if *event {
                influence.event(*cluster, 1.0 / left as f64);
            }
        }
        if events > 0 {
            let interval = complementary(log_share, quantile * influence.squares().sqrt());
            steps.push(Share { age: together[0].0, at_risk, share: log_share.exp(), interval });
        }
        together.iter().for_each(|t| influence.change(t.2, -1.0));
        at_risk -= together.len();
    }
    steps
}

/// An interval of S from its logarithm and half the width of that logarithm's.
fn complementary(log_share: f64, spread: f64) -> Interval {
    let factor = (spread / log_share.abs()).exp();
    Interval { low: (log_share * factor).exp(), high: (log_share / factor).exp() }
}

/// The age by which half of the insertions had had an event: the first at which the share is at most
/// a half, and the first at which each end of its interval is (Brookmeyer R, Crowley J (1982),
/// Biometrics 38:29–41). `None` where it never gets there.
pub fn median(steps: &[Share]) -> Option<Age> {
    let half = |of: fn(&Share) -> f64| steps.iter().find(|s| of(s) <= 0.5).map(|s| s.age);
    let value = half(|s| s.share)?;
    Some(Age { value, low: half(|s| s.interval.low).unwrap_or(value), high: half(|s| s.interval.high) })
}
