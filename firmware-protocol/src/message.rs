//! What a board sends while it runs, field by field: DATA, MARK, STATUS, LOG, RESPONSE, PONG.
//! Nothing here remembers anything: what frames say of one another is `decode`'s.

use crate::fields::Fields;
use crate::framer::Raw;
use crate::hello::{Channel, Hello, SampleFormat};
use crate::kind;
use crate::wire::{Draft, TooLong, Wire};

/// The flags of DATA without the stream's low bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DataFlags {
    /// Samples before the first one were taken and dropped on the board.
    pub gap: bool,
    /// A sample inside is clipped.
    pub clipped: bool,
    /// Lead-off changed.
    pub lead_off: bool,
    /// A mark's sample lies inside.
    pub mark: bool,
}

impl DataFlags {
    fn from_bits(bits: u8) -> Self {
        let bit = |at: u8| bits & (1 << at) != 0;
        Self { gap: bit(0), clipped: bit(1), lead_off: bit(2), mark: bit(3) }
    }

    fn bits(self, stream: u8) -> u8 {
        u8::from(self.gap)
            | u8::from(self.clipped) << 1
            | u8::from(self.lead_off) << 2
            | u8::from(self.mark) << 3
            | stream << 4
    }
}

/// DATA: samples of all channels, and the place and time of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<'a> {
    /// The stream's low four bits.
    pub stream: u8,
    /// What happened before and inside.
    pub flags: DataFlags,
    /// How many samples a channel were taken since START before the first one here, those dropped
    /// on the board among them; wraps.
    pub first_sample: u32,
    /// The board's clock at the first sample, in µs; wraps.
    pub time_us: u32,
    /// Samples a channel.
    pub count: u8,
    /// Levels of the digital lines at the first sample, one a bit.
    pub digital: u8,
    /// The samples, all channels of one moment together, as [`Hello::format`] says.
    pub samples: &'a [u8],
}

impl<'a> Data<'a> {
    pub(crate) fn parse(raw: Raw<'a>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self {
            stream: raw.flags >> 4,
            flags: DataFlags::from_bits(raw.flags),
            first_sample: f.u32()?,
            time_us: f.u32()?,
            count: f.u8()?,
            digital: f.u8()?,
            samples: f.rest(),
        })
    }

    /// The frame of this DATA.
    ///
    /// # Errors
    ///
    /// Where the samples do not fit.
    pub fn encode(&self) -> Result<Wire, TooLong> {
        let mut draft = Draft::new(kind::DATA, self.flags.bits(self.stream & 15));
        draft.u32(self.first_sample).u32(self.time_us).u8(self.count).u8(self.digital);
        draft.put(self.samples).finish()
    }
}

/// Writes counts as `format` has them and gives the bytes used; none where a count is beyond the
/// format, or there is no room.
#[must_use]
pub fn pack(format: SampleFormat, counts: impl IntoIterator<Item = i32>, room: &mut [u8]) -> Option<usize> {
    let (width, (low, high)) = (format.width()?, format.range());
    let mut end = 0;
    for count in counts {
        if !(low..=high).contains(&count) {
            return None;
        }
        room.get_mut(end..end + width)?.copy_from_slice(&count.to_le_bytes()[..width]);
        end += width;
    }
    Some(end)
}

/// What a mark marks. Codes 40 to 7F hex are free for the firmware's author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkCode(pub u8);

impl MarkCode {
    /// The needle goes in.
    pub const NEEDLE_IN: Self = Self(1);
    /// The needle comes out.
    pub const NEEDLE_OUT: Self = Self(2);
    /// The foot switch is pressed.
    pub const FOOT_DOWN: Self = Self(3);
    /// The foot switch is released.
    pub const FOOT_UP: Self = Self(4);
    /// A button is pressed.
    pub const BUTTON: Self = Self(5);
    /// A logic signal from another device.
    pub const TRIGGER: Self = Self(6);
}

/// MARK: something happened at a moment, and the board saw it. Sent again, the same in every
/// byte, until the host acknowledges its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The stream's low four bits.
    pub stream: u8,
    /// Counts the marks of a stream from 0; wraps.
    pub number: u16,
    /// What it marks.
    pub code: MarkCode,
    /// Which line, as in [`Data::digital`].
    pub line: u8,
    /// The line's level behind the edge.
    pub level: u8,
    /// The number of the first sample taken at the edge or later.
    pub sample: u32,
    /// The board's clock at the first edge, before any debouncing, in µs.
    pub time_us: u32,
    /// How long the line was watched before the edge was believed, in µs; 65535 for more.
    pub debounce_us: u16,
}

impl Mark {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self {
            stream: raw.flags >> 4,
            number: f.u16()?,
            code: MarkCode(f.u8()?),
            line: f.u8()?,
            level: f.u8()?,
            sample: f.u32()?,
            time_us: f.u32()?,
            debounce_us: f.u16()?,
        })
    }

    /// The frame of this MARK.
    #[must_use]
    pub fn encode(&self) -> Wire {
        let mut draft = Draft::new(kind::MARK, self.stream << 4);
        draft.u16(self.number).u8(self.code.0).u8(self.line).u8(self.level);
        draft.u32(self.sample).u32(self.time_us).u16(self.debounce_us).seal()
    }
}

/// A [`Status::temperature_dc`] that says: nobody knows.
pub const TEMPERATURE_UNKNOWN: i16 = i16::MIN;

/// STATUS: how the board does, once a second and when something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The stream.
    pub stream: u16,
    /// Whether DATA is being sent (bit 0 of the flags).
    pub streaming: bool,
    /// Why the board last started: 0 unknown, 1 power, 2 reset pin, 3 brown-out, 4 watchdog,
    /// 5 command.
    pub reset_cause: u8,
    /// Time since then, in ms; wraps.
    pub uptime_ms: u32,
    /// The number of the first sample of the next DATA frame behind this STATUS.
    pub next_sample: u32,
    /// The board's clock as it writes this STATUS, in µs; wraps.
    pub time_us: u32,
    /// DATA frames sent since START.
    pub frames: u32,
    /// Samples a channel that were taken since START and dropped on the board.
    pub dropped_samples: u32,
    /// The most bytes that waited for the line.
    pub tx_high_water: u16,
    /// How often a sample was not fetched from the converter in time.
    pub adc_overruns: u16,
    /// Frames from the host that did not pass their check.
    pub rx_damaged: u16,
    /// The number that the next mark will have.
    pub next_mark: u16,
    /// Marks that found no room on the board.
    pub marks_dropped: u16,
    /// Channels whose positive lead is off, one a bit.
    pub lead_off_p: u32,
    /// Channels whose negative lead is off, one a bit.
    pub lead_off_n: u32,
    /// Channels that clipped since the STATUS before, one a bit.
    pub clipped: u32,
    /// Supply, in mV; 0 where it is not known.
    pub supply_mv: u16,
    /// Temperature, in 0.1 °C; [`TEMPERATURE_UNKNOWN`] where it is not known.
    pub temperature_dc: i16,
}

impl Status {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self {
            streaming: raw.flags & 1 != 0,
            stream: f.u16()?,
            reset_cause: f.u8()?,
            uptime_ms: f.u32()?,
            next_sample: f.u32()?,
            time_us: f.u32()?,
            frames: f.u32()?,
            dropped_samples: f.u32()?,
            tx_high_water: f.u16()?,
            adc_overruns: f.u16()?,
            rx_damaged: f.u16()?,
            next_mark: f.u16()?,
            marks_dropped: f.u16()?,
            lead_off_p: f.u32()?,
            lead_off_n: f.u32()?,
            clipped: f.u32()?,
            supply_mv: f.u16()?,
            temperature_dc: f.i16()?,
        })
    }

    /// The frame of this STATUS.
    #[must_use]
    pub fn encode(&self) -> Wire {
        let mut draft = Draft::new(kind::STATUS, u8::from(self.streaming));
        draft.u16(self.stream).u8(self.reset_cause).u32(self.uptime_ms).u32(self.next_sample);
        draft.u32(self.time_us).u32(self.frames).u32(self.dropped_samples).u16(self.tx_high_water);
        draft.u16(self.adc_overruns).u16(self.rx_damaged).u16(self.next_mark).u16(self.marks_dropped);
        draft.u32(self.lead_off_p).u32(self.lead_off_n).u32(self.clipped).u16(self.supply_mv);
        draft.put(&self.temperature_dc.to_le_bytes()).seal()
    }
}

/// How a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome(pub u8);

impl Outcome {
    /// Done.
    pub const DONE: Self = Self(0);
    /// The board does not know this command.
    pub const UNKNOWN: Self = Self(1);
    /// The board knows the command, but not with this argument.
    pub const ARGUMENT: Self = Self(2);
    /// Not now: a rate can be set only while no DATA is sent.
    pub const NOT_NOW: Self = Self(3);
    /// The board tried and failed.
    pub const FAILED: Self = Self(4);
}

/// RESPONSE: the answer to a command, within 100 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// The number that the command had.
    pub request: u8,
    /// The command's type, see [`crate::kind`].
    pub command: u8,
    /// How it went.
    pub outcome: Outcome,
}

impl Response {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self { request: f.u8()?, command: f.u8()?, outcome: Outcome(f.u8()?) })
    }

    /// The frame of this RESPONSE.
    #[must_use]
    pub fn encode(&self) -> Wire {
        Draft::new(kind::RESPONSE, 0).u8(self.request).u8(self.command).u8(self.outcome.0).seal()
    }
}

/// PONG: the answer to PING, with which the host learns how the board's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pong {
    /// The number that the PING had.
    pub request: u8,
    /// What the PING carried.
    pub token: u64,
    /// The board's clock as the PING's last byte came, in µs.
    pub received_us: u32,
    /// The board's clock as this frame was written, in µs.
    pub sent_us: u32,
}

impl Pong {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self { request: f.u8()?, token: f.u64()?, received_us: f.u32()?, sent_us: f.u32()? })
    }

    /// The frame of this PONG.
    #[must_use]
    pub fn encode(&self) -> Wire {
        let mut draft = Draft::new(kind::PONG, 0);
        draft.u8(self.request).put(&self.token.to_le_bytes()).u32(self.received_us).u32(self.sent_us).seal()
    }
}

/// The frame of a LOG: text for a person.
///
/// # Errors
///
/// Where the text does not fit.
pub fn encode_log(text: &str) -> Result<Wire, TooLong> {
    Wire::new(kind::LOG, 0, text.as_bytes())
}

/// What a board sent, read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// HELLO, and whether it began with [`crate::MAGIC`].
    Hello(bool, Hello),
    /// CHANNEL.
    Channel(Channel),
    /// DATA.
    Data(Data<'a>),
    /// MARK.
    Mark(Mark),
    /// STATUS.
    Status(Status),
    /// LOG: UTF-8 for a person, not yet looked at.
    Log(&'a [u8]),
    /// RESPONSE.
    Response(Response),
    /// PONG.
    Pong(Pong),
    /// A type that this version does not know, or a command.
    Unknown,
    /// A body too short for its type.
    TooShort,
}

impl<'a> Message<'a> {
    /// Reads a frame. Bytes behind those that this version knows are ignored.
    #[must_use]
    pub fn parse(raw: Raw<'a>) -> Self {
        let message = match raw.kind {
            kind::HELLO => Hello::parse(raw).map(|(ours, hello)| Self::Hello(ours, hello)),
            kind::CHANNEL => Channel::parse(raw).map(Self::Channel),
            kind::DATA => Data::parse(raw).map(Self::Data),
            kind::MARK => Mark::parse(raw).map(Self::Mark),
            kind::STATUS => Status::parse(raw).map(Self::Status),
            kind::LOG => Some(Self::Log(raw.body)),
            kind::RESPONSE => Response::parse(raw).map(Self::Response),
            kind::PONG => Pong::parse(raw).map(Self::Pong),
            _ => Some(Self::Unknown),
        };
        message.unwrap_or(Self::TooShort)
    }
}
