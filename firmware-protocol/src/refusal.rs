//! What a board says that cannot be true, and is therefore not believed.

use core::fmt;

/// Why something that passed its check was not believed. The text of each says what, and what to
/// look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A HELLO without the bytes that every HELLO begins with: another protocol.
    NotOurs,
    /// A frame too short for its type.
    TooShort {
        /// The frame's type.
        kind: u8,
    },
    /// Frames laid out as this version does not know.
    Version {
        /// Announced.
        major: u8,
        /// Announced.
        minor: u8,
    },
    /// No rate from 1 Hz to 1 MHz.
    Rate {
        /// Announced.
        num: u32,
        /// Announced.
        den: u32,
    },
    /// No channels, or more than 32.
    Channels {
        /// Announced.
        channels: u8,
    },
    /// Samples written as this version does not know.
    Format {
        /// Announced.
        format: u8,
    },
    /// No bits, or more than the samples have.
    Resolution {
        /// Announced.
        adc_bits: u8,
    },
    /// Blocks of no samples, or of more than fit a frame.
    BlockLength {
        /// Announced.
        max_block: u8,
    },
    /// A CHANNEL beyond those that HELLO announced.
    ChannelNumber {
        /// Its number, from 0.
        channel: u8,
        /// As HELLO has it.
        channels: u8,
    },
    /// A count worth 0 pV.
    Scale {
        /// Which channel, from 0.
        channel: u8,
    },
    /// Clip limits or zero that contradict each other, the resolution or the format.
    Limits {
        /// Which channel, from 0.
        channel: u8,
    },
    /// HELLO or CHANNEL differ from before, and the stream's number does not.
    Changed {
        /// The stream's number.
        stream: u16,
    },
    /// DATA, MARK or STATUS of a stream that no HELLO announced.
    OtherStream {
        /// Announced: the low four bits.
        announced: u8,
        /// Found: the low four bits.
        found: u8,
    },
    /// DATA whose length does not fit its count of samples, or whose count is beyond the most.
    Layout {
        /// Samples a channel that it claims.
        count: u8,
        /// Bytes of samples that it has.
        bytes: u8,
    },
    /// The frame before once more.
    Repeated {
        /// Its first sample's number on the wire.
        first_sample: u32,
    },
    /// The counter of samples ran backwards.
    Backwards {
        /// The number that had to come, at the least; its low 32 bits.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// The counter of samples and the board's clock part ways by more than a sixteenth.
    Clock {
        /// The sample's number on the wire.
        sample: u32,
        /// The board's clock less what the counter lets expect, in µs.
        difference_us: i32,
    },
    /// A gap so long that the board's clock, which wraps, cannot tell its length.
    TooFar {
        /// The last sample's number on the wire.
        from: u32,
        /// The number that came.
        to: u32,
    },
    /// A mark of a number that another mark has.
    MarkChanged {
        /// The mark's number.
        number: u16,
    },
    /// A mark whose number ran backwards.
    MarkBackwards {
        /// The mark's number.
        number: u16,
    },
    /// The count of samples dropped on the board ran backwards.
    DroppedBackwards {
        /// As it was.
        before: u32,
        /// As it came.
        found: u32,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotOurs => write!(f, "a frame of type 01 that is no HELLO: this is another protocol"),
            Self::TooShort { kind } => write!(f, "a frame of type {kind:02X} is too short for its type"),
            Self::Version { major, minor } => {
                let known = crate::MAJOR;
                write!(
                    f,
                    "the board speaks version {major}.{minor} and this program {known}: update the older"
                )
            }
            Self::Rate { num, den } => {
                write!(
                    f,
                    "the board announces {num}/{den} samples a second, which cannot be (1 Hz to 1 MHz can)"
                )
            }
            Self::Channels { channels } => {
                write!(f, "the board announces {channels} channels (1 to 32 can be)")
            }
            Self::Format { format } => {
                write!(f, "the board announces sample format {format}, which is not known")
            }
            Self::Resolution { adc_bits } => {
                write!(f, "the board announces {adc_bits} bits, which its samples cannot hold")
            }
            Self::BlockLength { max_block } => {
                write!(f, "the board announces blocks of {max_block} samples, which do not fit a frame")
            }
            Self::ChannelNumber { channel, channels } => {
                write!(f, "the board describes channel {channel} (from 0) and announced {channels} channels")
            }
            Self::Scale { channel } => {
                write!(f, "channel {channel}: a count is said to be worth 0 V (FFFFFFFF says: not known)")
            }
            Self::Limits { channel } => {
                write!(
                    f,
                    "channel {channel}: its clip limits and zero contradict each other or the resolution"
                )
            }
            Self::Changed { stream } => {
                write!(f, "the board describes stream {stream} otherwise than before, without a new number")
            }
            Self::OtherStream { announced, found } => {
                write!(f, "a frame of stream ..{found:X} came and HELLO announced ..{announced:X}")
            }
            Self::Layout { count, bytes } => {
                write!(f, "a DATA frame claims {count} samples a channel in {bytes} bytes, which cannot be")
            }
            Self::Repeated { first_sample } => write!(f, "the frame of sample {first_sample} came twice"),
            Self::Backwards { expected, found } => {
                write!(
                    f,
                    "the sample counter ran backwards, to {found} from {expected}: was the board reset?"
                )
            }
            Self::Clock { sample, difference_us } => write!(
                f,
                "at sample {sample} the board's clock is {difference_us} us beside its sample counter: its rate \
                 is not the announced one, or samples were never taken"
            ),
            Self::TooFar { from, to } => write!(
                f,
                "the sample counter went from {from} to {to}: no clock of the board can tell whether so many were \
                 lost"
            ),
            Self::MarkChanged { number } => write!(f, "mark {number} came again and says something else"),
            Self::MarkBackwards { number } => write!(f, "the count of marks ran backwards, to {number}"),
            Self::DroppedBackwards { before, found } => {
                write!(f, "the count of dropped samples ran backwards, to {found} from {before}")
            }
        }
    }
}
