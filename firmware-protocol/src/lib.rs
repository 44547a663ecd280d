//! The wire format between an acquisition board and its host; the README is its specification.
//!
//! This room knows bytes, counts and scale factors. It uses `core` alone, allocates nothing, and
//! must never know serial ports, files or microvolts as `twitchscope` means them.
//!
//! A host feeds a [`Decoder`] and sends [`Command`]s; a board (or what plays one) encodes
//! [`Hello`], [`Channel`], [`Data`] and the like, and feeds a [`Listener`].
//!
//! ```
//! use firmware_protocol::{Channel, ChannelKind, Data, Decoder, Event, Hello, SampleFormat, Text, pack};
//!
//! let hello = Hello {
//!     major: 1, minor: 0, uid: *b"board  1", firmware: 1, abilities: Default::default(), stream: 7,
//!     rate_num: 2000, rate_den: 1, next_sample: 0, time_us: 0, clock_tolerance_ppm: 2000,
//!     channels: 1, format: SampleFormat::I16, adc_bits: 16, max_block: 20, streaming: true,
//!     name: Text::new("example"),
//! };
//! let channel = Channel {
//!     stream: 7, channel: 0, kind: ChannelKind::RAW, lsb_pv: 22_352, zero: 0,
//!     clip_low: -32_768, clip_high: 32_767, gain_x1000: 24_000, high_pass_chz: 0, low_pass_dhz: 0,
//!     label: Text::new("biceps"),
//! };
//! let mut room = [0; 40];
//! let used = pack(hello.format, [3, -4], &mut room).unwrap();
//! let data = Data {
//!     stream: 7, flags: Default::default(), first_sample: 0, time_us: 500, count: 2, digital: 0,
//!     samples: &room[..used],
//! };
//!
//! let mut decoder = Decoder::default();
//! let mut counts = Vec::new();
//! for frame in [hello.encode(), channel.encode(), data.encode().unwrap()] {
//!     decoder.feed(frame.as_bytes(), |event| {
//!         if let Event::Data(samples) = event {
//!             counts.extend(samples.channel(0));
//!         }
//!     });
//! }
//! assert_eq!(counts, [3, -4]);
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod check;
mod clock;
mod command;
mod decode;
mod event;
mod fields;
mod framer;
mod hello;
pub mod kind;
mod marks;
mod message;
mod refusal;
mod stuffing;
mod wire;

pub use check::crc32;
pub use command::{Command, Heard, Listener, TestSignal};
pub use decode::Decoder;
pub use event::{Counters, Description, Event, Lost, MarkEvent, MarksMissing, Samples};
pub use fields::Text;
pub use framer::{Damage, Fault, Found, Framer, Raw};
pub use hello::{
    Abilities, CHANNELS_MAX, Channel, ChannelKind, Hello, MAGIC, MAJOR, MINOR, RATE_MAX_HZ, SCALE_UNKNOWN,
    SampleFormat,
};
pub use message::{
    Data, DataFlags, Mark, MarkCode, Message, Outcome, Pong, Response, Status, TEMPERATURE_UNKNOWN,
    encode_log, pack,
};
pub use refusal::Refusal;
pub use wire::{BODY_MAX, TooLong, WIRE_MAX, Wire};
