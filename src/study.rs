//! A study: the insertions of many recordings as plain data, and what follows from them.
//!
//! A [`Study`] is what pooled tables, figures and reports are made from. Each [`Recording`] is taken
//! out of its session and keeps nothing of it that a statistic does not need, so that a thousand
//! of them fit into memory. [`Findings`] are numbers with their intervals, what they rest on, and a
//! sentence for a reader who does not know the tool; where the data cannot bear a number, the
//! sentence says why. `docs/statistics.md` explains each.
//!
//! This room knows sessions and statistics. It must never know sources, the pipeline, files or
//! plots.

mod amplitude;
mod comparison;
mod curves;
mod findings;
mod ground;
mod rates;
mod recording;
mod sensitivity;
mod silence;
mod trend;
mod words;

pub use findings::{
    Amplitude, Bin, Comparison, CurvePoint, Finding, Findings, FirstTwitch, GroupRatio, MeanCount, OrderSize,
    Part, Power, Rates, RecordingRate, Saturation, Sensitivity, Silence, Size, Trend,
};
pub use recording::{Insertion, Recording, Twitch};

use crate::statistics::{Watched, clusters, rate};
use ground::{Ground, Row};
use words::{many, plain, significant};

/// The version of the form of [`Findings`].
pub const SCHEMA: u32 = 1;

/// Recordings that are looked at together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Study {
    /// The recordings. Their order matters to nothing but the order of rows.
    pub recordings: Vec<Recording>,
    /// What the groups are called as a whole (`condition`), for people; `None` without groups.
    pub group_column: Option<String>,
    /// Twitches of at least this size, RMS from onset to offset, µV, are looked at once more on
    /// their own; `None` to take the smallest burst that could have been found in every recording.
    pub amplitude_floor_uv: Option<f64>,
}

impl Study {
    /// Everything that follows. The same study gives the same findings.
    pub fn findings(&self) -> Findings {
        let ground = Ground::of(self);
        let floor_uv = amplitude::floor_uv(&ground.rows, self.amplitude_floor_uv);
        let names = self.groups();
        let mut parts = vec![part(None, &ground.rows, floor_uv)];
        parts.extend(names.iter().map(|name| part(Some(name), &ground.rows, floor_uv)));
        let mut remarks = ground.remarks;
        remarks.extend(shrinking(&parts[0]));
        let common_dwell_s = parts[0].mean_count.common_dwell_s;
        Findings {
            schema: SCHEMA,
            group_column: self.group_column.clone(),
            comparison: comparison::comparison(&ground.rows, &names, common_dwell_s),
            parts,
            recordings: self.recordings.iter().map(Recording::rate).collect(),
            remarks,
        }
    }

    /// The groups in order of their names.
    fn groups(&self) -> Vec<String> {
        let mut names: Vec<String> = self.recordings.iter().filter_map(|r| r.group.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Recording {
    /// Its rate, all its insertions together.
    fn rate(&self) -> RecordingRate {
        let watched = |i: &Insertion| Watched::new(0, i.dwell_s, &i.masked_s, &[]).observed_s();
        let observed_s: f64 = self.insertions.iter().map(watched).sum();
        let twitches = self.insertions.iter().map(|i| i.twitches.len()).sum();
        let rate = rate(twitches as u64, observed_s);
        RecordingRate {
            name: self.name.clone(),
            subject: self.subject.clone(),
            group: self.group.clone(),
            insertions: self.insertions.len(),
            twitches,
            observed_s: significant(observed_s),
            per_min: rate.map(|r| significant(r.per_min)),
            low_per_min: rate.map(|r| significant(r.interval.low)),
            high_per_min: rate.map(|r| significant(r.interval.high)),
        }
    }
}

fn part(group: Option<&String>, rows: &[Row], floor_uv: Option<f64>) -> Part {
    let rows: Vec<&Row> =
        rows.iter().filter(|r| group.is_none_or(|g| r.group() == Some(g.as_str()))).collect();
    let watched: Vec<Watched> = rows.iter().map(|r| r.watched.clone()).collect();
    let fit = trend::log_linear(&watched);
    let mean_count = curves::mean_count(&watched);
    Part {
        group: group.cloned(),
        size: size(&rows, &watched),
        rates: rates::rates(&watched),
        bins: rates::bins(&watched),
        trend: trend::trend(&watched, fit),
        saturation: trend::saturation(&watched, fit),
        first_twitch: curves::first_twitch(&watched),
        silence: silence::silence(&rows),
        amplitude: amplitude::amplitude(&rows, floor_uv),
        sensitivity: sensitivity::sensitivity(&rows, &watched, mean_count.common_dwell_s),
        mean_count,
    }
}

fn size(rows: &[&Row], watched: &[Watched]) -> Size {
    let mut recordings: Vec<usize> = rows.iter().map(|r| r.place[0]).collect();
    recordings.dedup();
    let dwells = || watched.iter().map(Watched::dwell_s);
    let [shortest, longest] = [dwells().reduce(f64::min), dwells().reduce(f64::max)];
    let never_twitched = watched.iter().filter(|w| w.events().is_empty()).count();
    let (twitches, observed_s) = (rates::events(watched), rates::observed_s(watched));
    let range = match (shortest, longest) {
        (Some(a), Some(b)) => format!(", dwells of {} to {} s", plain(a), plain(b)),
        _ => String::new(),
    };
    let words = format!(
        "{}, {}, {} ({never_twitched} without a twitch){range}; {} in {} min.",
        many(clusters(watched), "subject"),
        many(recordings.len(), "recording"),
        many(watched.len(), "insertion"),
        words::twitches(twitches),
        plain(observed_s / 60.0)
    );
    Size {
        subjects: clusters(watched),
        recordings: recordings.len(),
        insertions: watched.len(),
        never_twitched,
        twitches,
        observed_s: significant(observed_s),
        shortest_dwell_s: shortest,
        median_dwell_s: median(dwells()),
        longest_dwell_s: longest,
        words,
    }
}

/// What a fall of the rate may come from, where twitches are shown to grow smaller.
fn shrinking(whole: &Part) -> Option<String> {
    let falls = |f: &Finding| f.high.is_some_and(|high| high < 1.0);
    (falls(&whole.trend.left_after_min) && falls(&whole.amplitude.third_to_first)).then(|| {
        "Twitches grow smaller with their order, and small ones are missed more often: part of the fall of the rate may be twitches that were there and not found.".into()
    })
}

/// The middle value, or the mean of the middle two.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    let (low, high) = (all.get(all.len().checked_sub(1)? / 2)?, all.get(all.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}
