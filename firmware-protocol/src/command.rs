//! What a host sends, and how a board reads it.

use crate::fields::Fields;
use crate::framer::{Damage, Found, Framer, Raw};
use crate::kind;
use crate::wire::{Draft, Wire};

/// A signal that a board makes itself, to try the way to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestSignal(pub u8);

impl TestSignal {
    /// The electrodes.
    pub const OFF: Self = Self(0);
    /// Shorted inputs: the noise of the board.
    pub const SHORT: Self = Self(1);
    /// A square wave of 10 Hz.
    pub const SQUARE: Self = Self(2);
    /// Every channel carries as many low bits of its sample's number as the converter has, so that a
    /// lost sample shows.
    pub const RAMP: Self = Self(3);
}

/// What a host asks of a board. All are answered by RESPONSE; HELLO by HELLO and all CHANNEL, and
/// PING by PONG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Send HELLO and all CHANNEL.
    Hello,
    /// Begin a new stream: a new stream number, HELLO, all CHANNEL, then DATA from sample 0.
    Start {
        /// The most samples a channel in one DATA frame; 0 leaves it to the board.
        max_block: u8,
    },
    /// Send no more DATA.
    Stop,
    /// Sample at `num/den` Hz.
    SetRate {
        /// Hz.
        num: u32,
        /// Divisor.
        den: u32,
    },
    /// Choose a channel's gain.
    SetGain {
        /// Which channel, from 0.
        channel: u8,
        /// The board's own code for the gain.
        gain: u8,
    },
    /// Answer, so that each side knows that the other is there.
    Ping {
        /// Comes back in PONG.
        token: u64,
    },
    /// The mark of this number has arrived: send it no more.
    MarkAck {
        /// [`crate::Mark::number`].
        number: u16,
    },
    /// Sample a test signal instead of the electrodes.
    Test(TestSignal),
    /// Switch the check for loose electrodes.
    LeadOff {
        /// On or off.
        on: bool,
    },
    /// Send a MARK of this code, stamped with the board's time.
    InjectMark {
        /// [`crate::MarkCode`].
        code: u8,
    },
    /// Start anew, as after power-on.
    Reset,
}

impl Command {
    /// The type of its frame, see [`crate::kind`].
    #[must_use]
    pub fn kind(&self) -> u8 {
        match self {
            Self::Hello => kind::HELLO_REQUEST,
            Self::Start { .. } => kind::START,
            Self::Stop => kind::STOP,
            Self::SetRate { .. } => kind::SET_RATE,
            Self::SetGain { .. } => kind::SET_GAIN,
            Self::Ping { .. } => kind::PING,
            Self::MarkAck { .. } => kind::MARK_ACK,
            Self::Test(_) => kind::TEST,
            Self::LeadOff { .. } => kind::LEAD_OFF,
            Self::InjectMark { .. } => kind::INJECT_MARK,
            Self::Reset => kind::RESET,
        }
    }

    /// The frame of this command; `request` comes back in the answer.
    #[must_use]
    pub fn encode(&self, request: u8) -> Wire {
        let mut draft = Draft::new(self.kind(), 0);
        draft.u8(request);
        match *self {
            Self::Hello | Self::Stop | Self::Reset => &mut draft,
            Self::Start { max_block } => draft.u8(max_block),
            Self::SetRate { num, den } => draft.u32(num).u32(den),
            Self::SetGain { channel, gain } => draft.u8(channel).u8(gain),
            Self::Ping { token } => draft.put(&token.to_le_bytes()),
            Self::MarkAck { number } => draft.u16(number),
            Self::Test(signal) => draft.u8(signal.0),
            Self::LeadOff { on } => draft.u8(u8::from(on)),
            Self::InjectMark { code } => draft.u8(code),
        };
        draft.seal()
    }

    fn parse(kind: u8, f: &mut Fields<'_>) -> Option<Self> {
        Some(match kind {
            kind::HELLO_REQUEST => Self::Hello,
            kind::START => Self::Start { max_block: f.u8()? },
            kind::STOP => Self::Stop,
            kind::SET_RATE => Self::SetRate { num: f.u32()?, den: f.u32()? },
            kind::SET_GAIN => Self::SetGain { channel: f.u8()?, gain: f.u8()? },
            kind::PING => Self::Ping { token: f.u64()? },
            kind::MARK_ACK => Self::MarkAck { number: f.u16()? },
            kind::TEST => Self::Test(TestSignal(f.u8()?)),
            kind::LEAD_OFF => Self::LeadOff { on: f.u8()? != 0 },
            kind::INJECT_MARK => Self::InjectMark { code: f.u8()? },
            kind::RESET => Self::Reset,
            _ => return None,
        })
    }
}

/// What a board heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// A command.
    Command {
        /// The number that belongs into the answer; 0 for a HELLO asked for by four zero bytes.
        request: u8,
        /// What to do.
        command: Command,
    },
    /// A whole frame that is no command of this version, or too short for one: answer it with
    /// [`crate::Outcome::UNKNOWN`].
    Unknown {
        /// The number that belongs into the answer.
        request: u8,
        /// The frame's type.
        kind: u8,
    },
    /// Bytes that are no frame.
    Damaged(Damage),
}

/// Reads commands on the board's side: for firmware in Rust, and for boards that are simulated.
#[derive(Debug, Clone, Default)]
pub struct Listener {
    framer: Framer,
}

impl Listener {
    /// Takes the bytes that came and tells what they said, in order.
    pub fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(Heard)) {
        self.framer.feed(bytes, |found| match found {
            Found::Frame(raw) => sink(heard(raw)),
            Found::Damage(damage) => sink(Heard::Damaged(damage)),
            Found::Zeros => sink(Heard::Command { request: 0, command: Command::Hello }),
        });
    }
}

fn heard(raw: Raw<'_>) -> Heard {
    let mut fields = Fields(raw.body);
    let request = fields.u8();
    let command = request.and_then(|_| Command::parse(raw.kind, &mut fields));
    let request = request.unwrap_or(0);
    match command {
        Some(command) => Heard::Command { request, command },
        None => Heard::Unknown { request, kind: raw.kind },
    }
}
