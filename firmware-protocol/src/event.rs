//! What a decoder tells a host.

use crate::fields::Text;
use crate::framer::Damage;
use crate::hello::{CHANNELS_MAX, Channel, ChannelKind, Hello, SampleFormat};
use crate::message::{Data, DataFlags, Mark, Pong, Response, Status};
use crate::refusal::Refusal;

/// One thing that the bytes told. Sample numbers are counted from START in 64 bits, without wraps.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The board has described itself wholly. Numbers of samples belong to this stream until the
    /// next `Hello`; the first that can come is [`Hello::next_sample`]. What repeats it is silent.
    Hello(&'a Description),
    /// The stream before has ended and another begins: the board was reset, started again, or
    /// describes itself anew. How many samples lie between nobody knows. Comes before `Hello`, and
    /// only where a sample's number was told of the stream before.
    Restarted {
        /// The number of the sample that was expected next.
        expected: u64,
    },
    /// Samples of all channels.
    Data(Samples<'a>),
    /// Samples that were taken and never came. Comes before what came behind them.
    Lost(Lost),
    /// A mark; acknowledge its number. It may lie before samples that came already, or behind.
    Mark(MarkEvent),
    /// A mark that came before and came again: acknowledge its number once more.
    MarkRepeated {
        /// The mark's number.
        number: u16,
    },
    /// Marks that were set and did not come. The board sends them again until they are
    /// acknowledged, so they may still come.
    MarksMissing(MarksMissing),
    /// How the board does.
    Status(Status),
    /// Text for a person, meant to be UTF-8.
    Log(&'a [u8]),
    /// The answer to a command.
    Response(Response),
    /// The answer to PING.
    Pong(Pong),
    /// Bytes that are no frame.
    Damaged(Damage),
    /// Something that passed its check and cannot be true. Nothing of it was believed; see
    /// [`crate::Decoder::wants_hello`].
    Refused(Refusal),
}

/// HELLO with all its CHANNEL, each within its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// What the board is.
    pub hello: Hello,
    pub(crate) all: [Channel; CHANNELS_MAX as usize],
}

impl Description {
    pub(crate) fn new(hello: Hello) -> Self {
        let blank = Channel {
            stream: hello.stream,
            channel: 0,
            kind: ChannelKind::OTHER,
            lsb_pv: 0,
            zero: 0,
            clip_low: 0,
            clip_high: 0,
            gain_x1000: 0,
            high_pass_chz: 0,
            low_pass_dhz: 0,
            label: Text([0; 8]),
        };
        Self { hello, all: [blank; CHANNELS_MAX as usize] }
    }

    /// What its channels are.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.all[..usize::from(self.hello.channels.min(CHANNELS_MAX))]
    }
}

/// Samples that were taken and never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// The number of the first.
    pub first: u64,
    /// How many, a channel.
    pub samples: u64,
    /// Whether the board says that it dropped some of them itself, before the wire.
    pub on_board: bool,
}

/// A mark and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkEvent {
    /// The number of the first sample taken at the edge or later.
    pub sample: u64,
    /// The mark as it came.
    pub mark: Mark,
}

/// Marks that did not come, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarksMissing {
    /// The number of the first.
    pub first: u16,
    /// How many.
    pub count: u16,
}

/// Samples of all channels, in counts of the converter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Samples<'a> {
    /// The number of the first.
    pub first: u64,
    /// The board's clock at the first, in µs; wraps.
    pub time_us: u32,
    /// Levels of the digital lines at the first, one a bit.
    pub digital: u8,
    /// What happened before and inside.
    pub flags: DataFlags,
    format: SampleFormat,
    channels: usize,
    bytes: &'a [u8],
}

impl<'a> Samples<'a> {
    pub(crate) fn new(first: u64, data: &Data<'a>, format: SampleFormat, channels: u8) -> Self {
        let Data { time_us, digital, flags, samples: bytes, .. } = *data;
        Self { first, time_us, digital, flags, format, channels: usize::from(channels), bytes }
    }

    /// Samples a channel.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts().len() / self.channels.max(1)
    }

    /// Never: a DATA frame without samples is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// All counts in the order of time, all channels of one moment together.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = i32> + 'a {
        let format = self.format;
        self.bytes.chunks_exact(format.width().unwrap_or(1)).map(move |bytes| count(format, bytes))
    }

    /// The counts of one channel, from 0; none for a channel that is not there.
    pub fn channel(&self, channel: usize) -> impl ExactSizeIterator<Item = i32> + 'a {
        let skip = if channel < self.channels { channel } else { usize::MAX };
        self.counts().skip(skip).step_by(self.channels.max(1))
    }
}

fn count(format: SampleFormat, bytes: &[u8]) -> i32 {
    match (format, bytes) {
        (SampleFormat::U16, &[a, b]) => i32::from(u16::from_le_bytes([a, b])),
        (_, &[a, b]) => i32::from(i16::from_le_bytes([a, b])),
        (_, &[a, b, c]) => i32::from_le_bytes([0, a, b, c]) >> 8,
        _ => 0,
    }
}

/// What a decoder has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Frames that passed their check.
    pub frames: u64,
    /// Runs of bytes that were no frame.
    pub damaged_frames: u64,
    /// Their bytes.
    pub damaged_bytes: u64,
    /// Bytes since the last delimiter.
    pub unfinished_bytes: u64,
    /// Frames of a type that this version does not know.
    pub unknown_frames: u64,
    /// Frames that could not be read, for want of a HELLO that is believed.
    pub unread_frames: u64,
    /// Samples a channel that came.
    pub samples: u64,
    /// Samples a channel that are known to be lost.
    pub lost_samples: u64,
    /// Marks that came again.
    pub repeated_marks: u64,
    /// Frames that were not believed.
    pub refusals: u64,
}
