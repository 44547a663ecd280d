//! Boards: from the bytes of a serial port to frames, losses and marks, and back.
//!
//! A [`Parser`] has no I/O in it: bytes go in, however they are cut, and what the board said comes
//! out in the order of the board's own clock. An [`Encoder`] is the same board from the other end;
//! with it everything is tried without hardware. One file a board has both.
//!
//! None of these boards but BITalino and ours protects its frames with a check, so a parser
//! believes a frame only for what stands around it: the sync of the next one, a counter that goes
//! on, values that the converter can give. What it does not believe it counts as lost.

mod ascii;
mod bitalino;
mod chords;
mod cyton;
mod framed;
mod kind;
pub(super) mod native;
mod native_writer;
mod note;
mod olimex;
mod spikerbox;
mod spikerbox_writer;

pub use kind::{Kind, UnknownBoard};
pub use note::Note;

use crate::block::MarkKind;

/// What a board is, as far as it or its data sheet says.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// For people: `OpenBCI Cyton`.
    pub name: String,
    /// The channels' names; at least one.
    pub channels: Vec<String>,
    /// Frames a second, and who says so; `None` where nobody does.
    pub rate: Option<(f64, RateFrom)>,
    /// What one count is, µV; `None` where it depends on how the board is built.
    pub uv_per_count: Option<f64>,
    /// The last count that the converter gives in either direction, from its middle.
    pub full_scale: Option<f64>,
    /// Bits that hold any of its counts, from the middle and with the sign; `None` where they may be
    /// fractions.
    pub bits: Option<u16>,
    /// How it numbers its frames.
    pub counter: Counter,
}

/// How a board numbers its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Not at all: what is lost whole is seen by the clock alone.
    None,
    /// From 0 up to this, and again: whole turns are seen by the clock alone.
    Turns(u64),
    /// So that no loss is unseen.
    Whole,
}

/// Who says what the rate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateFrom {
    /// The data sheet or the firmware's source.
    Nominal,
    /// The board, in its own words.
    Board,
    /// The board's time stamps.
    Stamps,
    /// Whoever started the program.
    Person,
    /// Frames counted against this machine's clock.
    Arrival,
}

impl RateFrom {
    /// As the JSON lines have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nominal => "nominal",
            Self::Board => "board",
            Self::Stamps => "stamps",
            Self::Person => "person",
            Self::Arrival => "arrival",
        }
    }
}

/// Frames that were lost before the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// How many, at least.
    pub frames: u64,
    /// The board's counter starts again after so many, so that many more may be lost unseen; 0
    /// for a board that counts far enough.
    pub counted_to: u64,
    /// Whether the board counts at all; without, `frames` is only what must have been lost.
    pub counted: bool,
}

/// What a board said, in the order of its own clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said<'a> {
    /// What it is: before the first frame, and again where that changes.
    Described(&'a Described),
    /// One sample of each channel, in counts from the middle of the converter's range.
    Frame(&'a [f32]),
    /// Frames that are missing before the next one.
    Lost(Loss),
    /// A mark, so many frames after the next one; below zero where it comes late.
    Mark(i64, &'a MarkKind),
    /// Bytes that were part of no frame.
    Skipped(u64),
    /// Something a person should know.
    Note(&'a Note),
}

/// Hears what a parser says.
pub type Sink<'a> = dyn FnMut(Said<'_>) + 'a;

/// From bytes to what a board said.
pub trait Parser: Send {
    /// Takes the next bytes. Memory stays bounded whatever they are, and the same bytes say the
    /// same however they are cut.
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>);

    /// No byte will follow: says what was held back.
    fn finish(&mut self, sink: &mut Sink<'_>);

    /// What to send to the board `at_s` seconds after the port was opened and `quiet_s` after it
    /// last said something, if anything. Asked again and again, so that a board is woken step by
    /// step.
    fn ask(&mut self, at_s: f64, quiet_s: f64) -> Option<Vec<u8>> {
        let _ = (at_s, quiet_s);
        None
    }

    /// The port was gone and is open again: what was half heard is void, and the board may have
    /// started anew. It describes itself again, and what a switch does at rest stays known.
    fn reopened(&mut self);

    /// What to send before the port is closed; nothing for a board that cannot be stopped.
    fn farewell(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// A board from the other end: from samples to its real bytes, and what it answers.
pub trait Encoder: Send {
    /// Channels that it sends.
    fn channels(&self) -> usize;

    /// Frames a second.
    fn rate_hz(&self) -> f64;

    /// What one count is, µV; `None` where a front end decides.
    fn uv_per_count(&self) -> Option<f64>;

    /// The largest count, from the middle.
    fn full_scale(&self) -> i32;

    /// What it sends when it is switched on.
    fn boot(&mut self, out: &mut Vec<u8>);

    /// Hears what a host sends, and answers.
    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>);

    /// Whether frames are on their way; else it waits to be started.
    fn streams(&self) -> bool;

    /// One sample of each channel, in counts from the middle, with the needle in or not.
    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>);

    /// A sample that was taken and not sent: only the counter goes on.
    fn drop_frame(&mut self);

    /// What is still to be sent at the end.
    fn finish(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }
}

/// The recording that a board plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Played {
    /// Its channels.
    pub channels: usize,
    /// Its frames a second.
    pub rate_hz: f64,
    /// Bits of its samples.
    pub bits: u16,
    /// What its full scale is, µV, where that is known.
    pub full_scale_uv: Option<f64>,
}

/// What a person may say about a board.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    /// The event number of a SpikerBox that means needle in.
    pub needle_in: String,
    /// The event number that means needle out.
    pub needle_out: String,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { needle_in: "1".into(), needle_out: "0".into() }
    }
}

/// A line that is at one level at rest and at another while the needle is in.
#[derive(Debug, Clone, Default)]
struct Switch {
    rest: Option<bool>,
    now: bool,
}

impl Switch {
    /// The mark that the level of the next frame makes. The first level seen is that of rest: a
    /// switch may close or open.
    fn look(&mut self, level: bool) -> Option<MarkKind> {
        let rest = *self.rest.get_or_insert_with(|| {
            self.now = level;
            level
        });
        if level == self.now {
            return None;
        }
        self.now = level;
        Some(if level == rest {
            MarkKind::NeedleOut { label: None }
        } else {
            MarkKind::NeedleIn { label: None }
        })
    }
}

/// `prefix1`, `prefix2`, ….
fn numbered(prefix: &str, channels: usize) -> Vec<String> {
    (1..=channels).map(|n| format!("{prefix}{n}")).collect()
}
