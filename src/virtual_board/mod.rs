//! Virtual boards: a recording as the real bytes of a board, on a pseudo-terminal, so that
//! everything is tried without hardware, and everything that goes wrong on a bench is tried too.
//!
//! This room may use `source` (recordings, and the boards' encoders), `block` and `units`. It must
//! never know the pipeline, sessions or views. There are pseudo-terminals on Unix only.

mod faults;
#[cfg(unix)]
mod play;
#[cfg(unix)]
mod pty;
mod resample;
mod tape;

pub use faults::Faults;
#[cfg(unix)]
pub use play::{Ended, Player};
pub use tape::{Tape, Told};

/// How fast a recording is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was recorded.
    Times(f64),
    /// As fast as it is read, without a sample lost.
    Max,
}

/// How a recording is played, beside what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// How fast.
    pub speed: Speed,
    /// Bytes arrive in clumps of so many seconds, as a USB adapter with its latency timer gives
    /// them.
    pub clump_s: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { speed: Speed::Times(1.0), clump_s: 0.004 }
    }
}
