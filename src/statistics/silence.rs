//! What comes after the last event of an insertion.

use super::Watched;

/// How likely so long a silence at the end is, given how many events the insertion had, if its rate
/// did not change: `(a/T)^n`, with `a` the watched time up to the last of n events and T all of it.
/// `None` without events or watched time.
///
/// Source: given their number, events of a constant rate are spread evenly over what was watched
/// (Cox & Lewis 1966, section 3.3), and this is the chance that the largest of n even draws lies so
/// low.
pub fn silence_chance(insertion: &Watched) -> Option<f64> {
    let last = *insertion.events().last()?;
    let before = insertion.observed_between_s(0.0, last);
    let chance = (before / insertion.observed_s()).powf(insertion.events().len() as f64);
    chance.is_finite().then_some(chance)
}

/// Watched time since the last event, s; `None` without events.
pub fn since_last_s(insertion: &Watched) -> Option<f64> {
    let last = *insertion.events().last()?;
    Some(insertion.observed_between_s(last, insertion.dwell_s()))
}
