//! Rate against dwell, in bins.

use super::Watched;

/// What was watched and what happened between two ages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// From, s since needle in.
    pub from_s: f64,
    /// Up to, s since needle in.
    pub to_s: f64,
    /// Insertions that were watched for some of it.
    pub insertions: usize,
    /// Watched time in it, all insertions together, s.
    pub observed_s: f64,
    /// Events in it; one at the end of the last bin is in that one.
    pub events: usize,
}

/// Counts events and watched time between each of `edges_s`, rising, and the next.
pub fn bins(insertions: &[Watched], edges_s: &[f64]) -> Vec<Bin> {
    let last = edges_s.len().saturating_sub(2);
    let bin = |(place, ends): (usize, &[f64])| {
        let (from_s, to_s) = (ends[0], ends[1]);
        let within = |t: &&f64| **t >= from_s && (**t < to_s || (place == last && **t <= to_s));
        let mut bin = Bin { from_s, to_s, insertions: 0, observed_s: 0.0, events: 0 };
        for insertion in insertions {
            let observed_s = insertion.observed_between_s(from_s, to_s);
            bin.insertions += usize::from(observed_s > 0.0);
            bin.observed_s += observed_s;
            bin.events += insertion.events().iter().filter(within).count();
        }
        bin
    };
    edges_s.windows(2).enumerate().map(bin).collect()
}
