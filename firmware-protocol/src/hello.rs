//! What a board says of itself: HELLO, and one CHANNEL for each channel.

use crate::fields::{Fields, Text};
use crate::framer::Raw;
use crate::kind;
use crate::refusal::Refusal;
use crate::wire::{BODY_MAX, Draft, Wire};

/// The first bytes of every HELLO.
pub const MAGIC: [u8; 4] = *b"TWCH";

/// The layout of all frames but HELLO that this crate knows.
pub const MAJOR: u8 = 1;

/// What was added to [`MAJOR`] without changing what was there.
pub const MINOR: u8 = 0;

/// The most channels of a board: lead-off and clipping are told in 32 bits.
pub const CHANNELS_MAX: u8 = 32;

/// The fastest sampling that is believed, in Hz: beyond it lie boards that no serial line carries.
pub const RATE_MAX_HZ: u32 = 1_000_000;

/// Bytes of a DATA body before its samples.
pub(crate) const DATA_HEAD: usize = 10;

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleFormat(pub u8);

impl SampleFormat {
    /// Two bytes, signed.
    pub const I16: Self = Self(0);
    /// Three bytes, signed.
    pub const I24: Self = Self(1);
    /// Two bytes, unsigned.
    pub const U16: Self = Self(2);

    /// Bytes a sample; none for a format that this version does not know.
    #[must_use]
    pub const fn width(self) -> Option<usize> {
        match self {
            Self::I16 | Self::U16 => Some(2),
            Self::I24 => Some(3),
            _ => None,
        }
    }

    /// The smallest and the largest count that it holds; an empty range for an unknown format.
    #[must_use]
    pub const fn range(self) -> (i32, i32) {
        match self {
            Self::I16 => (-0x8000, 0x7FFF),
            Self::I24 => (-0x80_0000, 0x7F_FFFF),
            Self::U16 => (0, 0xFFFF),
            _ => (0, -1),
        }
    }
}

/// What a board can do beyond what every board must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities(pub u32);

impl Abilities {
    /// It obeys SET_RATE.
    pub const SET_RATE: Self = Self(1 << 0);
    /// It obeys SET_GAIN.
    pub const SET_GAIN: Self = Self(1 << 1);
    /// It obeys TEST.
    pub const TEST: Self = Self(1 << 2);
    /// It obeys LEAD_OFF, and tells lead-off in STATUS.
    pub const LEAD_OFF: Self = Self(1 << 3);
    /// It obeys INJECT_MARK.
    pub const INJECT_MARK: Self = Self(1 << 4);
    /// It obeys RESET.
    pub const RESET: Self = Self(1 << 5);

    /// Whether all of `other` is among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and `other`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// HELLO: what the board is and how it samples. This layout never changes, in no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// The layout of all other frames.
    pub major: u8,
    /// What was added to it.
    pub minor: u8,
    /// Tells one board from another of its kind; all zero where the board has no such number.
    pub uid: [u8; 8],
    /// The firmware's own version, in any form.
    pub firmware: u32,
    /// What the board can do.
    pub abilities: Abilities,
    /// Changes at every START, and whenever anything in HELLO or CHANNEL changes but what is below
    /// named a moment.
    pub stream: u16,
    /// Samples a second of every channel: numerator, in Hz.
    pub rate_num: u32,
    /// Samples a second of every channel: denominator.
    pub rate_den: u32,
    /// A moment: the number of the first sample of the next DATA frame behind this HELLO.
    pub next_sample: u32,
    /// A moment: the board's clock as it writes this HELLO, in µs; wraps.
    pub time_us: u32,
    /// How far the clock may be from true, in parts per million.
    pub clock_tolerance_ppm: u16,
    /// Channels, 1 to [`CHANNELS_MAX`].
    pub channels: u8,
    /// How the samples in DATA are written.
    pub format: SampleFormat,
    /// The converter's resolution, in bits.
    pub adc_bits: u8,
    /// The most samples a channel in one DATA frame.
    pub max_block: u8,
    /// A moment: whether DATA is being sent (bit 0 of the flags).
    pub streaming: bool,
    /// The board's name.
    pub name: Text<24>,
}

impl Hello {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<(bool, Self)> {
        let mut f = Fields(raw.body);
        let ours = f.bytes()? == MAGIC;
        let hello = Self {
            major: f.u8()?,
            minor: f.u8()?,
            uid: f.bytes()?,
            firmware: f.u32()?,
            abilities: Abilities(f.u32()?),
            stream: f.u16()?,
            rate_num: f.u32()?,
            rate_den: f.u32()?,
            next_sample: f.u32()?,
            time_us: f.u32()?,
            clock_tolerance_ppm: f.u16()?,
            channels: f.u8()?,
            format: SampleFormat(f.u8()?),
            adc_bits: f.u8()?,
            max_block: f.u8()?,
            streaming: raw.flags & 1 != 0,
            name: f.bytes::<3>().and_then(|_| f.bytes()).map(Text)?,
        };
        Some((ours, hello))
    }

    /// The frame of this HELLO.
    #[must_use]
    pub fn encode(&self) -> Wire {
        let mut draft = Draft::new(kind::HELLO, u8::from(self.streaming));
        draft.put(&MAGIC).u8(self.major).u8(self.minor).put(&self.uid).u32(self.firmware);
        draft.u32(self.abilities.0).u16(self.stream).u32(self.rate_num).u32(self.rate_den);
        draft.u32(self.next_sample).u32(self.time_us).u16(self.clock_tolerance_ppm);
        draft.u8(self.channels).u8(self.format.0).u8(self.adc_bits).u8(self.max_block);
        draft.put(&[0; 3]).put(&self.name.0).seal()
    }

    /// Bytes of one moment of all channels.
    pub(crate) fn moment(&self) -> usize {
        self.format.width().unwrap_or(0) * usize::from(self.channels)
    }

    /// Whether this can be true.
    ///
    /// # Errors
    ///
    /// The first number that cannot.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.major != MAJOR {
            return Err(Refusal::Version { major: self.major, minor: self.minor });
        }
        let (num, den) = (u64::from(self.rate_num), u64::from(self.rate_den));
        if den == 0 || num < den || num > den * u64::from(RATE_MAX_HZ) {
            return Err(Refusal::Rate { num: self.rate_num, den: self.rate_den });
        }
        if !(1..=CHANNELS_MAX).contains(&self.channels) {
            return Err(Refusal::Channels { channels: self.channels });
        }
        let Some(width) = self.format.width() else {
            return Err(Refusal::Format { format: self.format.0 });
        };
        if !(1..=width * 8).contains(&usize::from(self.adc_bits)) {
            return Err(Refusal::Resolution { adc_bits: self.adc_bits });
        }
        let block = usize::from(self.max_block) * self.moment();
        if block == 0 || DATA_HEAD + block > BODY_MAX {
            return Err(Refusal::BlockLength { max_block: self.max_block });
        }
        Ok(())
    }

    /// This without what belongs to the moment of sending.
    pub(crate) fn lasting(&self) -> Self {
        Self { next_sample: 0, time_us: 0, streaming: false, ..*self }
    }
}

/// What a channel's counts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelKind(pub u8);

impl ChannelKind {
    /// The amplified signal itself.
    pub const RAW: Self = Self(0);
    /// Rectified by the board.
    pub const RECTIFIED: Self = Self(1);
    /// The envelope, made by the board: no longer EMG.
    pub const ENVELOPE: Self = Self(2);
    /// Something else: acceleration, pressure, a reference.
    pub const OTHER: Self = Self(3);
}

/// A [`Channel::lsb_pv`] that says: nobody knows.
pub const SCALE_UNKNOWN: u32 = u32::MAX;

/// CHANNEL: what the counts of one channel mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// The stream that this belongs to.
    pub stream: u16,
    /// Which channel, from 0.
    pub channel: u8,
    /// What its counts are.
    pub kind: ChannelKind,
    /// What one count is worth at the electrodes, in pV; [`SCALE_UNKNOWN`] where nobody knows.
    pub lsb_pv: u32,
    /// The count at 0 V.
    pub zero: i32,
    /// At or below this count the channel clips.
    pub clip_low: i32,
    /// At or above this count the channel clips.
    pub clip_high: i32,
    /// The gain before the converter, times 1000; 0 where it is not known.
    pub gain_x1000: u32,
    /// High-pass before the converter, in 0.01 Hz; 0 for none or unknown.
    pub high_pass_chz: u16,
    /// Low-pass before the converter, in 0.1 Hz; 0 for none or unknown.
    pub low_pass_dhz: u16,
    /// The channel's name.
    pub label: Text<8>,
}

impl Channel {
    pub(crate) fn parse(raw: Raw<'_>) -> Option<Self> {
        let mut f = Fields(raw.body);
        Some(Self {
            stream: f.u16()?,
            channel: f.u8()?,
            kind: ChannelKind(f.u8()?),
            lsb_pv: f.u32()?,
            zero: f.i32()?,
            clip_low: f.i32()?,
            clip_high: f.i32()?,
            gain_x1000: f.u32()?,
            high_pass_chz: f.u16()?,
            low_pass_dhz: f.u16()?,
            label: Text(f.bytes()?),
        })
    }

    /// The frame of this CHANNEL.
    #[must_use]
    pub fn encode(&self) -> Wire {
        let mut draft = Draft::new(kind::CHANNEL, 0);
        draft.u16(self.stream).u8(self.channel).u8(self.kind.0).u32(self.lsb_pv).i32(self.zero);
        draft.i32(self.clip_low).i32(self.clip_high).u32(self.gain_x1000);
        draft.u16(self.high_pass_chz).u16(self.low_pass_dhz).put(&self.label.0).seal()
    }

    /// What one count is worth, in pV, where it is known.
    #[must_use]
    pub fn scale_pv(&self) -> Option<u32> {
        (self.lsb_pv != SCALE_UNKNOWN).then_some(self.lsb_pv)
    }

    /// Whether this can be true of a channel of `hello`'s board.
    ///
    /// # Errors
    ///
    /// The first number that cannot.
    pub fn check(&self, hello: &Hello) -> Result<(), Refusal> {
        let channel = self.channel;
        if channel >= hello.channels {
            return Err(Refusal::ChannelNumber { channel, channels: hello.channels });
        }
        if self.lsb_pv == 0 {
            return Err(Refusal::Scale { channel });
        }
        let (low, high) = hello.format.range();
        let span = i64::from(self.clip_high) - i64::from(self.clip_low);
        let inside = low <= self.clip_low && self.clip_high <= high;
        let zero = (self.clip_low..=self.clip_high).contains(&self.zero);
        if !inside || !zero || span <= 0 || span >= 1i64 << hello.adc_bits {
            return Err(Refusal::Limits { channel });
        }
        Ok(())
    }
}
