//! From conditioned signal to named events.
//!
//! One [`Detector`] listens to one channel, hop by hop: energies against the noise floor
//! (`score`, `spread`), of the band and of what lies below it (`low`), bursts from threshold and hysteresis (`bursts`), where each begins and ends
//! (`extent`) and how late that is seen (`lag`), what it looks like (`shape`, `hum`, `tone`, `edges`), the heart
//! (`heart`, `profile`), and the verdict (`classify`); and how all of it would be at a threshold
//! beside this one (`beside`), and with what is known some seconds later (`hindsight`).
//! This room knows units and signal. It must never know files, plots or threads.

mod beside;
mod bursts;
mod classify;
mod detector;
mod edges;
mod extent;
mod heart;
mod hindsight;
mod hum;
mod kin;
mod lag;
mod low;
mod measure;
mod peel;
mod profile;
mod pulse;
mod scene;
mod score;
mod shape;
mod spread;
mod tape;
mod tone;
mod verdict;
mod weigh;

pub use beside::Threshold;
pub use classify::{CREST, Evidence};
pub use detector::{Active, Detector, Limits, Quality};
pub use heart::{Beat, Beats};
pub use hindsight::{KNOWN_S, LONGEST_EFFORT_S};
pub use hum::Hum;
pub use lag::Lag;
pub use shape::Shape;
pub use tape::{Clock, Forms};
pub use verdict::{Candidate, Class, Reason};
