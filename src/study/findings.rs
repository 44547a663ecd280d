//! What follows from a study, as values that can be written, drawn and read.
//!
//! Every number is a [`Finding`]: with its interval, its unit, what it rests on, how it was made,
//! and a sentence. Curves and bins are lists of plain numbers, for figures.

use serde::Serialize;

/// One number with its 95 % interval; or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Which number it is (`rate_exact`); the same in every part of every study.
    pub name: &'static str,
    /// The estimate; `None` where the data cannot bear one, and `words` says why.
    pub value: Option<f64>,
    /// The interval's lower end; `None` where it has none. Without `value`: all that can be told is
    /// that it is at least this.
    pub low: Option<f64>,
    /// The interval's upper end; `None` where it has none.
    pub high: Option<f64>,
    /// The unit of all three (`1/min`, `s`, `1` for a bare number).
    pub unit: &'static str,
    /// How many of them it rests on.
    pub n: usize,
    /// What `n` counts (`insertions`).
    pub of: &'static str,
    /// A sentence for a reader who does not know the tool.
    pub words: String,
    /// How it was made, with its source, in a few words.
    pub method: &'static str,
}

/// A point of a curve over dwell with its pointwise 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Seconds since needle in. The curve is a step function: it holds from here on.
    pub dwell_s: f64,
    /// The curve.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// Insertions that were watched at that dwell.
    pub at_risk: usize,
}

/// Everything that follows from a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// [`crate::study::SCHEMA`].
    pub schema: u32,
    /// What the groups are called as a whole; `None` without groups.
    pub group_column: Option<String>,
    /// The whole study first, then each group in order of its name.
    pub parts: Vec<Part>,
    /// The groups against each other.
    pub comparison: Comparison,
    /// The rate of each recording, in the order of the study.
    pub recordings: Vec<RecordingRate>,
    /// What the reader should know of all of it, in plain words.
    pub remarks: Vec<String>,
}

/// What follows from some of a study's recordings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The group's name; `None` for the whole study.
    pub group: Option<String>,
    /// What there is of everything.
    pub size: Size,
    /// How often.
    pub rates: Rates,
    /// The mean number of twitches of an insertion against dwell.
    pub mean_count: MeanCount,
    /// Rate against dwell.
    pub bins: Vec<Bin>,
    /// Whether the rate changes within the dwell.
    pub trend: Trend,
    /// By when most twitches had come.
    pub saturation: Saturation,
    /// When the first twitch came.
    pub first_twitch: FirstTwitch,
    /// What came after the last twitch.
    pub silence: Silence,
    /// Size of the twitches, and the curves of large ones alone.
    pub amplitude: Amplitude,
    /// What would follow with other choices.
    pub sensitivity: Sensitivity,
}

/// How much there is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Size {
    /// People; a recording without a subject counts as one.
    pub subjects: usize,
    /// Recordings.
    pub recordings: usize,
    /// Insertions, those without a twitch among them.
    pub insertions: usize,
    /// Insertions without a twitch.
    pub never_twitched: usize,
    /// Twitches within insertions.
    pub twitches: usize,
    /// Dwell less masked time, all insertions together, s.
    pub observed_s: f64,
    /// The shortest dwell, s; `None` without insertions.
    pub shortest_dwell_s: Option<f64>,
    /// The median dwell, s; `None` without insertions.
    pub median_dwell_s: Option<f64>,
    /// The longest dwell, s; `None` without insertions.
    pub longest_dwell_s: Option<f64>,
    /// In one sentence.
    pub words: String,
}

/// How often it twitches, a minute of observed dwell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// With the exact Poisson interval: for these very insertions.
    pub exact: Finding,
    /// With an interval that holds for people like these.
    pub by_subject: Finding,
    /// How much more the counts vary than chance alone would make them: 1 is chance.
    pub dispersion: Finding,
}

/// The mean cumulative number of twitches an insertion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanCount {
    /// The curve: at most 500 of its steps.
    pub curve: Vec<CurvePoint>,
    /// Its value at a dwell that most insertions reached.
    pub at_common_dwell: Finding,
    /// That dwell, s; `None` without insertions.
    pub common_dwell_s: Option<f64>,
}

/// The rate between two dwells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    /// From, s since needle in.
    pub from_s: f64,
    /// Up to, s since needle in.
    pub to_s: f64,
    /// Insertions that were watched for some of it.
    pub insertions: usize,
    /// Watched time in it, all insertions together, s.
    pub observed_s: f64,
    /// Twitches in it.
    pub twitches: usize,
    /// Twitches a minute, with the exact Poisson interval; `None` where nothing was watched.
    pub per_min: Option<f64>,
    /// The interval's lower end.
    pub low_per_min: Option<f64>,
    /// The interval's upper end.
    pub high_per_min: Option<f64>,
}

/// Whether the rate changes within the dwell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Laplace's test, pooled: a standard normal number, below 0 where twitches come early.
    pub laplace: Finding,
    /// Laplace's test: how likely so large a number is where the rate does not change.
    pub p: Finding,
    /// How much of the rate is left after a minute of dwell, where it changes by the same factor in
    /// equal times: 1 is no change.
    pub left_after_min: Finding,
    /// The time in which the rate falls to 1/e (0.37), s; only where it is shown to fall.
    pub time_constant: Finding,
    /// The exponent of the power law (Crow-AMSAA): below 1 the rate falls.
    pub shape: Finding,
    /// What this study could have seen.
    pub power: Vec<Power>,
    /// What a null result means here, in plain words.
    pub words: String,
}

/// What it takes to see a decay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Power {
    /// The decay: how much of the rate is left after the median dwell.
    pub left_at_median_dwell: f64,
    /// The chance that these insertions, with as many twitches, show it.
    pub power: f64,
    /// Twitches that would be needed to show it 4 times in 5, with dwells as here.
    pub twitches_needed: f64,
}

/// By when most twitches had come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Saturation {
    /// The dwell by which half of the twitches had come, s.
    pub half: Finding,
    /// The dwell by which 90 % of them had come, s.
    pub ninety: Finding,
}

/// When the first twitch came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstTwitch {
    /// Share of insertions that have not twitched yet (Kaplan-Meier): at most 500 steps.
    pub curve: Vec<CurvePoint>,
    /// The dwell by which half of the insertions had twitched, s.
    pub median: Finding,
}

/// What came after the last twitch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silence {
    /// Watched time from the last twitch to needle out, median over insertions that twitched, s.
    pub since_last: Finding,
    /// Share of insertions that fell silent, of those where that could be told.
    pub exhausted: Finding,
    /// Which insertions fell silent: place of the recording, place in it, both from 0.
    pub insertions: Vec<[usize; 2]>,
}

/// Size of the twitches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Amplitude {
    /// Peak by order, for orders that at least three insertions reached.
    pub by_order: Vec<OrderSize>,
    /// The second twitch over the first, peak, geometric mean.
    pub second_to_first: Finding,
    /// The third twitch over the first, peak, geometric mean.
    pub third_to_first: Finding,
    /// The floor of the numbers below, RMS, µV; `None` where none can be given.
    pub floor_uv: Option<f64>,
    /// Twitches a minute at or above the floor.
    pub rate_above: Finding,
    /// [`Trend::left_after_min`] of them.
    pub left_after_min_above: Finding,
    /// [`MeanCount::curve`] of them.
    pub curve_above: Vec<CurvePoint>,
}

/// The size of all twitches of one order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderSize {
    /// 1 for the first twitch of an insertion.
    pub order: u32,
    /// Insertions that had so many, and known sizes.
    pub insertions: usize,
    /// Geometric mean of the peaks, µV.
    pub peak_uv: f64,
    /// The 95 % interval's lower end.
    pub low_uv: f64,
    /// The 95 % interval's upper end.
    pub high_uv: f64,
}

/// What would follow with other choices; rates a minute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensitivity {
    /// At 80 % of the threshold.
    pub at_80: Finding,
    /// At 120 % of the threshold.
    pub at_120: Finding,
    /// With every insertion cut to the common dwell.
    pub common_dwell: Finding,
    /// [`Trend::left_after_min`], with every insertion cut to the common dwell.
    pub left_after_min_common_dwell: Finding,
    /// False alarms while no needle was in.
    pub control: Finding,
    /// With those subtracted.
    pub less_control: Finding,
}

/// The groups against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The group that the others are held against: the first in order of name.
    pub reference: Option<String>,
    /// A rate ratio for each other group.
    pub ratios: Vec<GroupRatio>,
    /// How much insertions vary beyond chance, by the negative binomial model: the variance is
    /// μ + α μ²; 0 is chance alone.
    pub alpha: Finding,
    /// Why there is no comparison, or how far to trust it.
    pub words: String,
}

/// One group against the reference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupRatio {
    /// The group.
    pub group: String,
    /// Its rate over that of the reference.
    pub ratio: Finding,
    /// The same with every insertion cut to the common dwell of the whole study, which dwells of
    /// unlike length cannot bend.
    pub ratio_common_dwell: Finding,
}

/// The rate of one recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordingRate {
    /// Its name.
    pub name: String,
    /// Who was recorded.
    pub subject: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// Insertions.
    pub insertions: usize,
    /// Twitches within insertions.
    pub twitches: usize,
    /// Dwell less masked time, s.
    pub observed_s: f64,
    /// Twitches a minute; `None` where nothing was observed.
    pub per_min: Option<f64>,
    /// The exact Poisson interval's lower end.
    pub low_per_min: Option<f64>,
    /// The exact Poisson interval's upper end.
    pub high_per_min: Option<f64>,
}

impl Part {
    /// Every number of this part, in a fixed order: the rows of a table.
    pub fn findings(&self) -> Vec<&Finding> {
        vec![
            &self.rates.exact,
            &self.rates.by_subject,
            &self.rates.dispersion,
            &self.mean_count.at_common_dwell,
            &self.trend.laplace,
            &self.trend.p,
            &self.trend.left_after_min,
            &self.trend.time_constant,
            &self.trend.shape,
            &self.saturation.half,
            &self.saturation.ninety,
            &self.first_twitch.median,
            &self.silence.since_last,
            &self.silence.exhausted,
            &self.amplitude.second_to_first,
            &self.amplitude.third_to_first,
            &self.amplitude.rate_above,
            &self.amplitude.left_after_min_above,
            &self.sensitivity.at_80,
            &self.sensitivity.at_120,
            &self.sensitivity.common_dwell,
            &self.sensitivity.left_after_min_common_dwell,
            &self.sensitivity.control,
            &self.sensitivity.less_control,
        ]
    }
}
