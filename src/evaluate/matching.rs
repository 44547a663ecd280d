//! Which found event stands for which true one.

use std::collections::VecDeque;

use super::Event;

/// Pairs `(found, truth)` of places in both lists, each used at most once, as many as there can
/// be, in order of the true events' place.
///
/// A found event may stand for a true one if the time between the two is at most `tolerance`
/// seconds; one long event never stands for two. Pairs are first taken by nearness of onset, so
/// that timing errors are those of natural pairs. Then augmenting paths (Berge 1957: a matching
/// is largest when there is none) add every pair that this left out.
pub fn matching(found: &[Event], truth: &[Event], tolerance: f64) -> Vec<(usize, usize)> {
    let candidates = candidates(found, truth, tolerance);
    let mut of_truth: Vec<Option<usize>> = vec![None; truth.len()];
    let mut of_found: Vec<Option<usize>> = vec![None; found.len()];
    let mut near: Vec<(usize, usize)> =
        candidates.iter().enumerate().flat_map(|(t, all)| all.iter().map(move |f| (*f, t))).collect();
    let apart = |(f, t): &(usize, usize)| (found[*f].onset - truth[*t].onset).abs();
    near.sort_by(|a, b| apart(a).total_cmp(&apart(b)));
    for (f, t) in near {
        if of_truth[t].is_none() && of_found[f].is_none() {
            (of_truth[t], of_found[f]) = (Some(f), Some(t));
        }
    }
    for t in 0..truth.len() {
        if of_truth[t].is_none() {
            augment(t, &candidates, &mut of_truth, &mut of_found);
        }
    }
    of_truth.iter().enumerate().filter_map(|(t, f)| f.map(|f| (f, t))).collect()
}

/// For each true event the places of the found events that may stand for it.
fn candidates(found: &[Event], truth: &[Event], tolerance: f64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| found[*a].onset.total_cmp(&found[*b].onset));
    let longest = found.iter().fold(0.0, |most: f64, f| most.max(f.duration));
    truth
        .iter()
        .map(|t| {
            let from = order.partition_point(|f| found[*f].onset < t.onset - tolerance - longest);
            let near = order[from..].iter().take_while(|f| found[**f].onset - t.offset() <= tolerance);
            near.copied().filter(|f| found[*f].meets(t, tolerance)).collect()
        })
        .collect()
}

/// Searches, breadth first, a way from the true event `start` to a found event without a partner,
/// over pairs that can give way; where there is one, one more pair is made.
fn augment(
    start: usize,
    candidates: &[Vec<usize>],
    of_truth: &mut [Option<usize>],
    of_found: &mut [Option<usize>],
) {
    let mut reached_from: Vec<Option<usize>> = vec![None; of_found.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(t) = queue.pop_front() {
        for &f in &candidates[t] {
            if reached_from[f].is_some() {
                continue;
            }
            reached_from[f] = Some(t);
            let Some(partner) = of_found[f] else {
                return turn_over(f, &reached_from, of_truth, of_found);
            };
            queue.push_back(partner);
        }
    }
}

/// Walks back from the free found event `end`, giving each true event on the way a new partner.
fn turn_over(
    end: usize,
    reached_from: &[Option<usize>],
    of_truth: &mut [Option<usize>],
    of_found: &mut [Option<usize>],
) {
    let mut free = Some(end);
    while let Some(f) = free {
        let Some(t) = reached_from[f] else { return };
        of_found[f] = Some(t);
        free = of_truth[t].replace(f);
    }
}
