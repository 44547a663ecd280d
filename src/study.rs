//! A study: the insertions of many recordings as plain data, and what follows from them.
//!
//! A [`Study`] is what pooled tables, figures and reports are made from. Each [`Recording`] is taken
//! out of its session and keeps nothing of it that a statistic does not need, so that a thousand
//! of them fit into memory. [`Findings`] are numbers with their intervals, what they rest on, and a
//! sentence for a reader who does not know the tool; where the data cannot bear a number, the
//! sentence says why.
//!
//! This room knows sessions and statistics. It must never know sources, the pipeline, files or
//! plots.

mod findings;
mod recording;

pub use findings::{
    Amplitude, Bin, Comparison, CurvePoint, Finding, Findings, FirstTwitch, GroupRatio, MeanCount, Part,
    Power, Rates, RecordingRate, Saturation, Sensitivity, Silence, Size, Trend,
};
pub use recording::{Insertion, Recording, Twitch};

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
