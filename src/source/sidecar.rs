//! The BIDS sidecar `X_emg.json` beside `X.wav`: the true rate, the scale, the channels' names.
//!
//! BIDS has many keys; those that say nothing here are left alone, whatever they hold.

use std::path::Path;

use serde_json::{Map, Value};

use super::Error;
use crate::units::{Hertz, Microvolts, SampleRate};

/// What the sidecar says; `None` where it is silent or says `n/a`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sidecar {
    /// Frames a second, maybe a fraction: measured, so it overrides the header's.
    pub rate: Option<SampleRate>,
    /// How far off `rate` may be.
    pub rate_uncertainty: Option<Hertz>,
    /// What full scale is.
    pub full_scale: Option<Microvolts>,
    /// The count at which the converter clips; `Some(None)` where that is known not to be known.
    pub clips_at: Option<Option<f64>>,
    /// The channels' names.
    pub channels: Option<Vec<String>>,
    /// How many files the recording has; `None` where that is not said.
    pub parts: Option<u64>,
    /// The mains where it was recorded.
    pub power_line: Option<Hertz>,
    /// The board that recorded it.
    pub board: Option<String>,
}

impl Sidecar {
    /// Reads the sidecar `path` from its bytes.
    ///
    /// # Errors
    /// [`Error`] where it is no JSON object, or a key that is used holds what it cannot.
    pub fn read(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let keys: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|source| Error::Sidecar { path: path.into(), source })?;
        let keys = Keys { keys: &keys, path };
        let rate = keys.positive("SamplingFrequency")?;
        // Positive and finite numbers are rates, so nothing is lost by `ok`.
        let rate = rate.and_then(|hz| SampleRate::new(hz).ok());
        Ok(Self {
            rate,
            rate_uncertainty: keys.lenient("SamplingFrequencyUncertainty").map(Hertz::new),
            full_scale: keys.positive("FullScale_uV")?.map(Microvolts::new),
            clips_at: keys.clips_at()?,
            channels: keys.names("Channels")?,
            parts: keys.lenient("Parts").map(|parts| parts as u64),
            power_line: keys.lenient("PowerLineFrequency").map(Hertz::new),
            board: keys.keys.get("Board").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

struct Keys<'a> {
    keys: &'a Map<String, Value>,
    path: &'a Path,
}

impl Keys<'_> {
    /// What `key` holds, unless that is nothing.
    fn get(&self, key: &str) -> Option<&Value> {
        self.keys.get(key).filter(|v| !v.is_null() && v.as_str() != Some("n/a"))
    }

    fn wrong(&self, key: &'static str, found: &Value, must: &'static str) -> Error {
        Error::SidecarValue { path: self.path.into(), key, found: found.to_string(), must }
    }

    /// A number that decides results: it must be right.
    fn positive(&self, key: &'static str) -> Result<Option<f64>, Error> {
        let Some(found) = self.get(key) else { return Ok(None) };
        match found.as_f64().filter(|n| n.is_finite() && *n > 0.0) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(key, found, "a number above zero")),
        }
    }

    /// What our own recorder says about clipping: a number, or that it does not know.
    fn clips_at(&self) -> Result<Option<Option<f64>>, Error> {
        let silent = !self.keys.contains_key("ClipsAt");
        Ok(if silent { None } else { Some(self.positive("ClipsAt")?) })
    }

    /// A number that only informs: anything else is as good as nothing.
    fn lenient(&self, key: &str) -> Option<f64> {
        self.get(key)?.as_f64().filter(|n| n.is_finite() && *n > 0.0)
    }

    fn names(&self, key: &'static str) -> Result<Option<Vec<String>>, Error> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let wrong = || self.wrong(key, found, "a list of names");
        let list = found.as_array().ok_or_else(wrong)?;
        list.iter()
            .map(|name| name.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}
