//! Everything a person may choose about detection, in one form: the TOML file, the struct and
//! what a session records are the same. Units are in the names.
//!
//! This room knows units. It must never know sources or views.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::units::SampleRate;

/// The choices of a detection run. `Settings::default()` is what `twitchscope analyze` uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The false-alarm budget: how many noise events a minute and channel may pass for twitches.
    pub false_alarms_per_min: f64,
    /// Lower corner of the band in which amplitude is measured, Hz (20: De Luca 2010).
    pub amplitude_low_hz: f64,
    /// Lower corner of the band in which events are looked for, Hz: above most of the heart's and
    /// the needle's energy.
    pub detect_low_hz: f64,
    /// Upper corner of both bands, Hz (450: De Luca 1997; SENIAM 500).
    pub high_hz: f64,
    /// Whether both corners give way to what a slow recording can carry. `false` once a file or
    /// option has set a corner: then an impossible one is an error.
    #[serde(skip)]
    pub corners_chosen: bool,
    /// Shortest twitch, ms.
    pub shortest_ms: f64,
    /// Longest twitch, ms; what lasts longer is an effort.
    pub longest_ms: f64,
    /// Two bursts closer than this are one twitch, ms.
    pub merge_gap_ms: f64,
    /// How much signal the noise floor looks back on, s.
    pub floor_s: f64,
    /// Mains removal.
    pub mains: Mains,
}

/// A false-alarm budget by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Nothing faint is missed: two false alarms a minute.
    Sensitive,
    /// One in ten minutes.
    Balanced,
    /// What is found is there: one in a hundred minutes.
    Specific,
}

/// A name that no [`Preset`] has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no preset “{0}”: choose sensitive, balanced or specific")]
pub struct UnknownPreset(pub String);

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Self, UnknownPreset> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| UnknownPreset(name.to_owned()))
    }
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sensitive, Self::Balanced, Self::Specific];

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sensitive => "sensitive",
            Self::Balanced => "balanced",
            Self::Specific => "specific",
        }
    }

    /// False alarms a minute and channel.
    pub const fn false_alarms_per_min(self) -> f64 {
        match self {
            Self::Sensitive => 2.0,
            Self::Balanced => 0.1,
            Self::Specific => 0.01,
        }
    }
}

/// Whether and where mains is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mains {
    /// 50 and 60 Hz are looked for; what is found is removed.
    Auto,
    /// Nothing is removed.
    Off,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            false_alarms_per_min: 0.1,
            amplitude_low_hz: 20.0,
            detect_low_hz: 60.0,
            high_hz: 450.0,
            corners_chosen: false,
            shortest_ms: 8.0,
            longest_ms: 260.0,
            merge_gap_ms: 60.0,
            floor_s: 10.0,
            mains: Mains::Auto,
        }
    }
}

/// A choice that cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside of what makes sense.
    #[error("{name} = {value} is not possible: it must lie between {low} and {high}")]
    OutOfRange {
        /// The key.
        name: &'static str,
        /// What was asked for.
        value: f64,
        /// The least that works.
        low: f64,
        /// The most that works.
        high: f64,
    },
    /// A corner that the recording's rate cannot carry.
    #[error(
        "{name} = {value} Hz is not possible at {rate_hz} samples a second, which carry no more than {nyquist_hz} Hz: choose a lower corner"
    )]
    AboveNyquist {
        /// The key.
        name: &'static str,
        /// What was asked for, Hz.
        value: f64,
        /// Samples a second.
        rate_hz: f64,
        /// Half of that.
        nyquist_hz: f64,
    },
    /// The corners make no filter.
    #[error("these corners make no filter at {rate_hz} samples a second: {what}")]
    Filter {
        /// What is wrong.
        what: String,
        /// Samples a second.
        rate_hz: f64,
    },
    /// The file is no settings file.
    #[error("{0}")]
    Toml(String),
}

impl Settings {
    /// Reads settings from TOML; keys that are left out keep their default.
    ///
    /// # Errors
    /// [`Error::Toml`] with line and column for text that is not TOML, an unknown key or a value
    /// of the wrong kind.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let mut settings: Self =
            toml::from_str(text).map_err(|e| Error::Toml(e.to_string().trim_end().to_owned()))?;
        let corners = ["amplitude_low_hz", "detect_low_hz", "high_hz"];
        let table: toml::Table =
            toml::from_str(text).map_err(|e| Error::Toml(e.to_string().trim_end().to_owned()))?;
        settings.corners_chosen = corners.iter().any(|c| table.contains_key(*c));
        Ok(settings)
    }

    /// Checks every value, and the corners against what `rate` can carry.
    ///
    /// # Errors
    /// The first value that cannot be, by its key.
    pub fn check(&self, rate: SampleRate) -> Result<(), Error> {
        let nyquist_hz = rate.nyquist().hz();
        for (name, value, low, high) in [
            ("false_alarms_per_min", self.false_alarms_per_min, 1e-4, 60.0),
            ("amplitude_low_hz", self.amplitude_low_hz, 1.0, 200.0),
            ("detect_low_hz", self.detect_low_hz, 10.0, 500.0),
            ("high_hz", self.high_hz, 30.0, 10_000.0),
            ("shortest_ms", self.shortest_ms, 1.0, 100.0),
            ("longest_ms", self.longest_ms, 50.0, 2000.0),
            ("merge_gap_ms", self.merge_gap_ms, 0.0, 500.0),
            ("floor_s", self.floor_s, 2.0, 60.0),
        ] {
            if !(low..=high).contains(&value) {
                return Err(Error::OutOfRange { name, value, low, high });
            }
        }
        for (name, value) in [
            ("amplitude_low_hz", self.amplitude_low_hz),
            ("detect_low_hz", self.detect_low_hz),
            ("high_hz", self.high_hz),
        ] {
            if self.corners_chosen && value >= nyquist_hz {
                return Err(Error::AboveNyquist { name, value, rate_hz: rate.hz(), nyquist_hz });
            }
        }
        if self.amplitude_low_hz > self.detect_low_hz || self.detect_low_hz >= self.high_hz {
            return Err(Error::OutOfRange {
                name: "detect_low_hz",
                value: self.detect_low_hz,
                low: self.amplitude_low_hz,
                high: self.high_hz,
            });
        }
        Ok(())
    }
}
