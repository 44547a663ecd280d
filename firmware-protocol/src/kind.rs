//! The types of frames. Those below 80 hex come from the board, the others go to it.

/// [`crate::Hello`].
pub const HELLO: u8 = 0x01;
/// [`crate::Channel`].
pub const CHANNEL: u8 = 0x02;
/// [`crate::Data`].
pub const DATA: u8 = 0x10;
/// [`crate::Mark`].
pub const MARK: u8 = 0x20;
/// [`crate::Status`].
pub const STATUS: u8 = 0x30;
/// Text for a person.
pub const LOG: u8 = 0x3F;
/// [`crate::Response`].
pub const RESPONSE: u8 = 0x40;
/// [`crate::Pong`].
pub const PONG: u8 = 0x41;

/// [`crate::Command::Hello`].
pub const HELLO_REQUEST: u8 = 0x80;
/// [`crate::Command::Start`].
pub const START: u8 = 0x81;
/// [`crate::Command::Stop`].
pub const STOP: u8 = 0x82;
/// [`crate::Command::SetRate`].
pub const SET_RATE: u8 = 0x83;
/// [`crate::Command::SetGain`].
pub const SET_GAIN: u8 = 0x84;
/// [`crate::Command::Ping`].
pub const PING: u8 = 0x86;
/// [`crate::Command::MarkAck`].
pub const MARK_ACK: u8 = 0x87;
/// [`crate::Command::Test`].
pub const TEST: u8 = 0x88;
/// [`crate::Command::LeadOff`].
pub const LEAD_OFF: u8 = 0x89;
/// [`crate::Command::InjectMark`].
pub const INJECT_MARK: u8 = 0x8A;
/// [`crate::Command::Reset`].
pub const RESET: u8 = 0x8F;
