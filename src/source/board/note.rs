//! What a person should know about a board.

use std::fmt;

/// Something odd about a board, in plain words with what to do about it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum Note {
    /// It printed something that is no sample.
    Text(String),
    /// It started again while it was read.
    Restarted,
    /// A Cyton whose radio has old firmware.
    OldRadio,
    /// The dongle is there and the board behind it is not.
    BoardOff,
    /// It says that it is another board.
    Changed { from: String, to: String },
    /// Values that its converter cannot give.
    Impossible { value: f64, most: f64 },
    /// A needle was marked with an event that means neither in nor out.
    OtherEvent(String),
    /// The board tells something that cannot be, in the words of the wire format.
    Refused(String),
    /// Marks that the board set and that did not come yet.
    MarksMissing { count: u16 },
    /// A channel that is no raw EMG.
    NotRaw { channel: usize },
    /// The first column of lines counts or tells the time.
    FirstColumn { counts: bool },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "the board says: {text}"),
            Self::Restarted => f.write_str(
                "the board started again in the middle: how long it was away is not known, so check its supply and its cable, and start anew if a needle was in",
            ),
            Self::OldRadio => f.write_str(
                "the frames are one byte too long: the radio of this Cyton has old firmware, which shifts channel 1; update the radio with OpenBCI's tools",
            ),
            Self::BoardOff => f.write_str(
                "the dongle answers, the board behind it does not: switch the board to PC, charge it, and bring it near",
            ),
            Self::Changed { from, to } => write!(
                f,
                "the board was {from} and now says that it is {to}: its samples are not what they were, so start anew"
            ),
            Self::Impossible { value, most } => write!(
                f,
                "a value of {value} came where the converter gives {most} at most: frames like it are taken as lost; if there are many, the board is another one or the cable is bad"
            ),
            Self::OtherEvent(id) => write!(
                f,
                "event {id} means neither needle in nor needle out and was left aside; choose the numbers with --needle-in and --needle-out"
            ),
            Self::Refused(what) => write!(f, "the board was not believed: {what}"),
            Self::MarksMissing { count } => write!(
                f,
                "{count} mark(s) of the board did not come yet; it sends them again until they do"
            ),
            Self::NotRaw { channel } => write!(
                f,
                "channel {channel} is no raw EMG but something made of it, in which twitches look otherwise: give the board's raw signal"
            ),
            Self::FirstColumn { counts } => write!(
                f,
                "the first number of each line {} and is no channel",
                if *counts { "counts the lines" } else { "only grows, as a clock does," }
            ),
        }
    }
}
