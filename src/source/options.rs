//! What a person may say about a recording, and how it is typed: `5mV`, `12.5..40,left`.

use std::path::PathBuf;
use std::str::FromStr;

use crate::units::{Microvolts, Seconds};

/// What a person says about a recording; it overrides what the files say.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What the samples are worth.
    pub scale: ScaleOption,
    /// Which channels to read, counted from 1, in the order wanted; `None` for all.
    pub channels: Option<Vec<usize>>,
    /// The file of marks, instead of the one found beside the recording.
    pub events: Option<PathBuf>,
    /// Insertions by hand; where there is one, those of every file are left aside.
    pub insertions: Vec<InsertionOption>,
    /// Which SpikeRecorder marker means needle in.
    pub needle_in_id: String,
    /// Which SpikeRecorder marker means needle out.
    pub needle_out_id: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scale: ScaleOption::FromFile,
            channels: None,
            events: None,
            insertions: Vec::new(),
            needle_in_id: "1".into(),
            needle_out_id: "0".into(),
        }
    }
}

/// What the samples are worth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum ScaleOption {
    /// As the recording or its sidecar says; unknown where neither does.
    #[default]
    FromFile,
    /// Full scale, from zero to the largest value, is so many microvolts. For float samples full
    /// scale is 1.0.
    FullScale(Microvolts),
    /// One count is so many microvolts. For float samples a count is 1.0.
    Lsb(Microvolts),
}

/// A voltage above zero as a person types it: `5mV`, `0.5uV`, `500µV`, `1V`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voltage(Microvolts);

impl Voltage {
    /// In microvolts.
    pub const fn microvolts(self) -> Microvolts {
        self.0
    }
}

/// A text that is no [`Voltage`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a voltage above zero: write a number and a unit, such as 5mV, 500uV, 0.5µV or 1V")]
pub struct BadVoltage(pub String);

impl FromStr for Voltage {
    type Err = BadVoltage;

    fn from_str(text: &str) -> Result<Self, BadVoltage> {
        let bad = || BadVoltage(text.to_owned());
        // The micro sign and the Greek letter look alike and keyboards give either.
        const UNITS: [(&str, f64); 6] =
            [("nV", 1e-3), ("uV", 1.0), ("\u{b5}V", 1.0), ("\u{3bc}V", 1.0), ("mV", 1e3), ("V", 1e6)];
        let trimmed = text.trim();
        let (number, factor) = UNITS
            .iter()
            .find_map(|(unit, factor)| trimmed.strip_suffix(unit).map(|number| (number, factor)))
            .ok_or_else(bad)?;
        let value = number.trim_end().parse::<f64>().map_err(|_| bad())? * factor;
        if value.is_finite() && value > 0.0 { Ok(Self(Microvolts::new(value))) } else { Err(bad()) }
    }
}

/// One insertion as a person types it: `START..END` or `START..END,LABEL`, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct InsertionOption {
    /// Needle in.
    pub start: Seconds,
    /// Needle out.
    pub end: Seconds,
    /// Needle or site.
    pub label: Option<String>,
}

/// A text that is no [`InsertionOption`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{text}” is not an insertion: {problem}; write START..END or START..END,LABEL in seconds, such as 12.5..40,left"
)]
pub struct BadInsertion {
    /// What was typed.
    pub text: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl FromStr for InsertionOption {
    type Err = BadInsertion;

    fn from_str(text: &str) -> Result<Self, BadInsertion> {
        let bad = |problem| BadInsertion { text: text.to_owned(), problem };
        let (start, rest) = text.split_once("..").ok_or_else(|| bad("“..” is missing"))?;
        let (end, label) =
            rest.split_once(',').map_or((rest, None), |(end, label)| (end, Some(label.trim())));
        let start = seconds(start).ok_or_else(|| bad("the start is not a number of seconds"))?;
        let end = seconds(end).ok_or_else(|| bad("the end is not a number of seconds"))?;
        if start < 0.0 {
            return Err(bad("it starts before the recording"));
        }
        if end <= start {
            return Err(bad("it ends before it starts"));
        }
        let label = label.filter(|l| !l.is_empty()).map(str::to_owned);
        Ok(Self { start: Seconds::new(start), end: Seconds::new(end), label })
    }
}

/// A finite number of seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|s| s.is_finite())
}
