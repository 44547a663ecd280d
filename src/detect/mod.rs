//! From conditioned signal to named events.
//!
//! This room knows units and signal. It must never know files, plots or threads.

use serde::{Deserialize, Serialize};

/// What a candidate was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A local twitch response.
    Twitch,
    /// A heart beat.
    Ecg,
    /// The needle's or a cable's movement.
    Movement,
    /// An electrode pop, a step, a knock.
    Pop,
    /// A burst of mains.
    Mains,
    /// A voluntary or guarding contraction.
    Effort,
    /// The converter was at its end.
    Clipped,
    /// Not to be told.
    Uncertain,
}

impl Class {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twitch => "twitch",
            Self::Ecg => "ecg",
            Self::Movement => "movement",
            Self::Pop => "pop",
            Self::Mains => "mains",
            Self::Effort => "effort",
            Self::Clipped => "clipped",
            Self::Uncertain => "uncertain",
        }
    }
}
