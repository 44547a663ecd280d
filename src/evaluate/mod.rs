//! What was found against what was there.
//!
//! Found events are matched one to one with true ones ([`matching()`]); a [`Tally`] gathers the
//! matches of one recording or of many, and its [`Score`] says how good they are. This room
//! works in seconds on plain events, so that it can judge any detector. It must never know how
//! events were found or simulated.

mod kappa;
mod matching;
mod table;

use serde::Serialize;

pub use kappa::{Kappa, Verdicts};
pub use matching::matching;
pub use table::{TWITCH, TableError, parse, read};

/// Something with a place in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Event {
    /// When it starts, s.
    pub onset: f64,
    /// How long it lasts, s; 0 where only its onset is known.
    pub duration: f64,
    /// Its SNR, where it is known, dB.
    pub snr_db: Option<f64>,
}

impl Event {
    /// When it ends, s.
    pub fn offset(&self) -> f64 {
        self.onset + self.duration
    }

    /// Whether the time between the two is at most `tolerance`, s.
    pub fn meets(&self, other: &Self, tolerance: f64) -> bool {
        self.onset - other.offset() <= tolerance && other.onset - self.offset() <= tolerance
    }
}

/// Lower ends of the SNR bins, dB; the last is open above, and what lies below the first has a
/// bin of its own.
pub const SNR_BINS_DB: [f64; 7] = [-3.0, 0.0, 3.0, 6.0, 10.0, 15.0, 20.0];

/// Matches of one recording or of several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    recordings: usize,
    found: usize,
    truth: usize,
    observed_s: Option<f64>,
    onset_errors: Vec<f64>,
    offset_errors: Vec<f64>,
    /// True events and matched ones, by bin.
    bins: [[usize; 2]; SNR_BINS_DB.len() + 1],
}

impl Tally {
    /// Adds a recording. `observed_s` is how long one looked, where that is known: without it
    /// there are no false alarms a minute for the whole tally.
    pub fn add(&mut self, found: &[Event], truth: &[Event], tolerance: f64, observed_s: Option<f64>) {
        self.observed_s = match (self.observed_s, observed_s) {
            (Some(before), Some(more)) => Some(before + more),
            (None, more) if self.recordings == 0 => more,
            _ => None,
        };
        self.recordings += 1;
        self.found += found.len();
        self.truth += truth.len();
        for event in truth {
            if let Some(bin) = event.snr_db.map(bin) {
                self.bins[bin][0] += 1;
            }
        }
        for (f, t) in matching(found, truth, tolerance) {
            let (f, t) = (&found[f], &truth[t]);
            self.onset_errors.push(f.onset - t.onset);
            if f.duration > 0.0 && t.duration > 0.0 {
                self.offset_errors.push(f.offset() - t.offset());
            }
            if let Some(bin) = t.snr_db.map(bin) {
                self.bins[bin][1] += 1;
            }
        }
    }

    /// How good the matches are.
    pub fn score(&self) -> Score {
        let matched = self.onset_errors.len();
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        let false_alarms = self.found - matched;
        let f1 = if self.found + self.truth == 0 {
            1.0
        } else {
            2.0 * matched as f64 / (self.found + self.truth) as f64
        };
        let by_snr = self.bins.iter().enumerate().filter(|(_, [there, _])| *there > 0);
        Score {
            truth: self.truth,
            found: self.found,
            matched,
            missed: self.truth - matched,
            false_alarms,
            precision: share(matched, self.found),
            recall: share(matched, self.truth),
            f1,
            observed_s: self.observed_s,
            false_alarms_per_min: self
                .observed_s
                .filter(|s| *s > 0.0)
                .map(|s| false_alarms as f64 / s * 60.0),
            count_error: self.found as i64 - self.truth as i64,
            onset: Errors::of(&self.onset_errors),
            offset: Errors::of(&self.offset_errors),
            by_snr: by_snr.map(|(i, [there, matched])| SnrBin::of(i, *there, *matched)).collect(),
        }
    }
}

fn bin(snr_db: f64) -> usize {
    SNR_BINS_DB.iter().filter(|low| snr_db >= **low).count()
}

/// How good a detector was. `None` where a number is not defined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// True events.
    pub truth: usize,
    /// Found events.
    pub found: usize,
    /// Pairs of both.
    pub matched: usize,
    /// True events without a partner.
    pub missed: usize,
    /// Found events without a partner.
    pub false_alarms: usize,
    /// Share of the found that is true; `None` where nothing was found.
    pub precision: Option<f64>,
    /// Share of the true that was found; `None` where nothing was there.
    pub recall: Option<f64>,
    /// 2 matched / (found + truth): the harmonic mean of both. 1 where nothing was there and
    /// nothing was found.
    pub f1: f64,
    /// How long one looked, s.
    pub observed_s: Option<f64>,
    /// Found events without a partner, a minute.
    pub false_alarms_per_min: Option<f64>,
    /// Found less true.
    pub count_error: i64,
    /// Found onset less true onset, of the pairs.
    pub onset: Option<Errors>,
    /// Found offset less true offset, of the pairs that have a duration.
    pub offset: Option<Errors>,
    /// Recall by the SNR of the true events.
    pub by_snr: Vec<SnrBin>,
}

/// How far times are off, s; a positive error is a found time that is late.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Errors {
    /// Median of the absolute error.
    pub median_absolute: f64,
    /// Median of the error.
    pub median: f64,
    /// Mean of the error: the bias.
    pub mean: f64,
    /// Lower quartile of the error.
    pub lower_quartile: f64,
    /// Upper quartile of the error.
    pub upper_quartile: f64,
}

impl Errors {
    fn of(errors: &[f64]) -> Option<Self> {
        if errors.is_empty() {
            return None;
        }
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values
        };
        let signed = sorted(errors.to_vec());
        let absolute = sorted(errors.iter().map(|e| e.abs()).collect());
        Some(Self {
            median_absolute: quantile(&absolute, 0.5),
            median: quantile(&signed, 0.5),
            mean: errors.iter().sum::<f64>() / errors.len() as f64,
            lower_quartile: quantile(&signed, 0.25),
            upper_quartile: quantile(&signed, 0.75),
        })
    }
}

/// Linear between order statistics (Hyndman & Fan 1996, type 7); `sorted` has at least one value.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let next = sorted.get(low + 1).copied().unwrap_or(sorted[low]);
    sorted[low] + part * (next - sorted[low])
}

/// Recall of the true events of one range of SNR.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SnrBin {
    /// From this on, dB; `None`: from anywhere.
    pub from_db: Option<f64>,
    /// Up to, not including, dB; `None`: to anywhere.
    pub to_db: Option<f64>,
    /// True events.
    pub truth: usize,
    /// Those that were found.
    pub matched: usize,
    /// Their share.
    pub recall: f64,
}

impl SnrBin {
    fn of(bin: usize, truth: usize, matched: usize) -> Self {
        let end = |i: Option<usize>| i.and_then(|i| SNR_BINS_DB.get(i)).copied();
        let recall = matched as f64 / truth as f64;
        Self { from_db: end(bin.checked_sub(1)), to_db: end(Some(bin)), truth, matched, recall }
    }
}
