//! The boards by name: how each is opened, read and played.

use std::str::FromStr;

use super::{
    Encoder, Parser, Played, Wishes, ascii, bitalino, chords, cyton, native, native_writer, olimex,
    spikerbox, spikerbox_writer,
};

/// A board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One that speaks our own format.
    Native,
    /// Backyard Brains Muscle SpikerShield and SpikerBox.
    Spikerbox,
    /// OpenBCI Cyton.
    Cyton,
    /// BITalino (r)evolution.
    Bitalino,
    /// Boards with the Chords firmware.
    Chords,
    /// Olimex SHIELD-EKG-EMG.
    Olimex,
    /// Lines of numbers, as any sketch prints them.
    Ascii,
}

/// A name that no [`Kind`] has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no board “{0}” here: choose one of {names}", names = Kind::names())]
pub struct UnknownBoard(pub String);

impl FromStr for Kind {
    type Err = UnknownBoard;

    fn from_str(name: &str) -> Result<Self, UnknownBoard> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownBoard(name.to_owned()))
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Native, Self::Spikerbox, Self::Cyton, Self::Bitalino, Self::Chords, Self::Olimex, Self::Ascii];

    /// Their names, for messages.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// What it is called on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Spikerbox => "spikerbox",
            Self::Cyton => "cyton",
            Self::Bitalino => "bitalino",
            Self::Chords => "chords",
            Self::Olimex => "olimex",
            Self::Ascii => "ascii",
        }
    }

    /// What it is, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Native => "board that speaks twitchscope's own format",
            Self::Spikerbox => "Backyard Brains Muscle SpikerShield or SpikerBox",
            Self::Cyton => "OpenBCI Cyton",
            Self::Bitalino => "BITalino (r)evolution",
            Self::Chords => "board with the Chords firmware of Upside Down Labs",
            Self::Olimex => "Olimex SHIELD-EKG-EMG",
            Self::Ascii => "any sketch that prints one line of numbers a sample",
        }
    }

    /// Bits a second on the line, unless a person says otherwise.
    pub const fn baud(self) -> u32 {
        match self {
            // What a 16 MHz AVR really makes of 230400.
            Self::Spikerbox => 222_222,
            Self::Chords => 230_400,
            Self::Olimex => 57_600,
            Self::Native | Self::Cyton | Self::Bitalino | Self::Ascii => 115_200,
        }
    }

    /// Reads its bytes.
    pub fn parser(self, wishes: &Wishes) -> Box<dyn Parser> {
        match self {
            Self::Native => Box::new(native::Reader::default()),
            Self::Spikerbox => Box::new(spikerbox::Reader::new(wishes)),
            Self::Cyton => Box::new(cyton::Reader::default()),
            Self::Bitalino => Box::new(bitalino::Reader::default()),
            Self::Chords => Box::new(chords::Reader::default()),
            Self::Olimex => Box::new(olimex::Reader::default()),
            Self::Ascii => Box::new(ascii::Reader::default()),
        }
    }

    /// Makes its bytes, for a recording. A board has the channels, the rate and the bits that it
    /// has; a sketch takes the recording's rate, and our own takes all of them.
    pub fn encoder(self, played: &Played) -> Box<dyn Encoder> {
        match self {
            Self::Native => Box::new(native_writer::Writer::new(played)),
            Self::Spikerbox => Box::new(spikerbox_writer::Writer::new(played.channels)),
            Self::Cyton => Box::new(cyton::Writer::default()),
            Self::Bitalino => Box::new(bitalino::Writer::default()),
            Self::Chords => Box::new(chords::Writer::default()),
            Self::Olimex => Box::new(olimex::Writer::default()),
            Self::Ascii => Box::new(ascii::Writer::new(played.channels, played.rate_hz)),
        }
    }
}
