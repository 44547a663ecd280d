//! The outline of a recording at the fineness of the paper.

use crate::session::Overview;

/// Least and largest value in each of equal columns of time; `None` where there is no signal.
pub type Columns = Vec<Option<(f64, f64)>>;

/// Channel `channel` of `overview` in `columns` equal columns over `duration` seconds.
pub fn columns(overview: &Overview, channel: usize, duration: f64, columns: usize) -> Columns {
    let empty = &Vec::new();
    let low = overview.low.get(channel).unwrap_or(empty);
    let high = overview.high.get(channel).unwrap_or(empty);
    let bins = low.len().min(high.len());
    let known = overview.bin_s.is_finite() && overview.bin_s > 0.0 && duration > 0.0;
    if bins == 0 || !known {
        return vec![None; columns];
    }
    let bins_per_column = duration / columns as f64 / overview.bin_s;
    let column = |n: usize| {
        // A column that a bin only touches takes it in too: no peak is lost. The hair of tolerance
        // keeps a bin that ends with the column from counting twice.
        let from = (n as f64 * bins_per_column + 1e-6).min(bins as f64) as usize;
        let to = ((n + 1) as f64 * bins_per_column - 1e-6).ceil().min(bins as f64) as usize;
        let range = from..to.max(from + 1).min(bins);
        let pairs = low[range.clone()].iter().zip(&high[range]);
        let finite = pairs.filter(|(l, h)| l.is_finite() && h.is_finite());
        finite.map(|(l, h)| (f64::from(*l), f64::from(*h))).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    (0..columns).map(column).collect()
}

/// How much of the signal the vertical axis must hold: all but the largest hundredth. A pop with
/// the ringing of the filters lasts half a second, more than a thousandth of a short recording.
const QUANTILE: f64 = 0.99;
/// And some room above it.
const ROOM: f64 = 1.3;

/// The end of a vertical axis, ± what it gives. One pop must not flatten all else, so the largest
/// hundredth of columns may be cut off; those that `must` be whole never are.
pub fn reach(columns: &Columns, must: impl Fn(usize) -> bool) -> f64 {
    let size = |pair: (f64, f64)| pair.0.abs().max(pair.1.abs());
    let mut sizes: Vec<f64> = columns.iter().flatten().map(|p| size(*p)).collect();
    sizes.sort_by(f64::total_cmp);
    let place = (QUANTILE * sizes.len() as f64).ceil() as usize;
    let usual = sizes.get(place.saturating_sub(1)).copied().unwrap_or(0.0) * ROOM;
    let musts = columns.iter().enumerate().filter(|(n, _)| must(*n)).filter_map(|(_, c)| c.map(size));
    let most = musts.fold(usual, |most, m| most.max(m * 1.05));
    if most > 0.0 { most } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overview(high: Vec<f32>) -> Overview {
        Overview { bin_s: 0.5, low: vec![high.iter().map(|h| -h).collect()], high: vec![high] }
    }

    #[test]
    fn no_peak_is_lost_at_any_fineness() {
        let mut bins = vec![1.0; 97];
        bins[61] = 40.0;
        for n in [1, 2, 10, 96, 97, 98, 500] {
            let all = columns(&overview(bins.clone()), 0, 48.5, n);
            let highest = all.iter().flatten().map(|c| c.1).fold(0.0, f64::max);
            assert_eq!((all.len(), highest), (n, 40.0), "{n}");
        }
    }

    #[test]
    fn what_is_no_number_is_a_gap() {
        let all = columns(&overview(vec![1.0, f32::NAN, 2.0]), 0, 1.5, 3);
        assert_eq!(all, [Some((-1.0, 1.0)), None, Some((-2.0, 2.0))]);
        assert_eq!(columns(&overview(vec![]), 0, 1.5, 2), [None, None]);
        assert_eq!(columns(&overview(vec![1.0]), 7, 1.5, 2), [None, None]);
        assert_eq!(columns(&overview(vec![1.0]), 0, f64::NAN, 2), [None, None]);
    }

    #[test]
    fn one_pop_flattens_nothing_but_a_twitch_is_whole() {
        let mut all: Columns = vec![Some((-1.0, 1.0)); 2000];
        all[5] = Some((-500.0, 3.0));
        assert_eq!(reach(&all, |_| false), 1.3);
        assert_eq!(reach(&all, |n| n == 5), 525.0);
        assert_eq!(reach(&vec![None; 3], |_| true), 1.0);
    }
}
