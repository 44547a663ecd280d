//! Where samples come from: recordings on disk, boards on a serial port.
//!
//! A [`Source`] gives [`Block`]s on one clock, in microvolts where the scale is known. What lies
//! beside a recording (its sidecar, its marks) is read here too, because it decides the clock,
//! the scale and which needle was in. Files are told by their content, never by their name, and
//! are streamed: memory does not grow with the length of the recording.
//!
//! This room may use `units`, `block`, `insertion` and `firmware-protocol`. It must never know
//! the settings of detection, the pipeline or sessions. It prints nothing: what a person should
//! know is a [`Warning`], what stops the work is an [`Error`].

mod arrival;
mod away;
mod begin;
pub mod board;
mod companions;
mod error;
mod format;
mod listen;
mod live;
pub mod marks;
mod options;
mod parts;
mod port_error;
mod ports;
mod recording;
mod riff;
mod serial;
mod sidecar;
mod spikerecorder;
mod taken;
mod warning;
mod wav;

pub use arrival::MeasuredRate;
pub use away::Link;
pub use companions::{Companion, Companions, sha256, sha256_of};
pub use error::Error;
pub use listen::{Heard, listen, recognise};
pub use live::{Live, LiveOptions};
pub use options::{BadInsertion, BadVoltage, InsertionOption, Options, ScaleOption, Voltage};
pub use parts::{first_part, parts};
pub use port_error::PortError;
pub use ports::{PortInfo, ports};
pub use recording::Recording;
pub use riff::{HEAD, Looks, looks};
pub use serial::Port;
pub use sidecar::Sidecar;
pub use taken::Gap;
pub use warning::Warning;

use crate::block::{Block, Format};

/// Something that gives samples, block by block.
pub trait Source {
    /// What stays the same through the recording.
    fn format(&self) -> &Format;

    /// Replaces what is in `into` by the next frames, whatever number is ready. `into` is left
    /// without frames unless the answer is [`Flow::Frames`]; its allocation is used again.
    ///
    /// # Errors
    /// [`Error`] where the samples cannot be read; what was given before stays valid.
    fn next(&mut self, into: &mut Block) -> Result<Flow, Error>;

    /// What a person should know about the samples given so far.
    fn warnings(&self) -> &[Warning];
}

/// What [`Source::next`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// At least one frame.
    Frames,
    /// Nothing yet: a live source is quiet. Recordings never say so.
    Idle,
    /// The recording is over; from here on the answer stays the same.
    End,
}
