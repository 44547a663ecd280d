//! Writing: fields behind one another, then check, stuffing and delimiters.

use core::fmt;

use crate::check::crc32;
use crate::stuffing::{PACKED, stuff};

/// The longest frame with both delimiters.
pub const WIRE_MAX: usize = PACKED + 3;

/// The longest body: [`WIRE_MAX`] without delimiters, code byte, type, flags and check.
pub const BODY_MAX: usize = PACKED - 6;

/// A body that is longer than [`BODY_MAX`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a frame's body has at most {BODY_MAX} bytes: send fewer samples or less text a frame")
    }
}

impl core::error::Error for TooLong {}

/// One frame as it goes over the wire, with its delimiters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    bytes: [u8; WIRE_MAX],
    length: usize,
}

impl Wire {
    /// A frame of any kind with any body. The types of this crate do this for their own kinds.
    ///
    /// # Errors
    ///
    /// Where the body is too long.
    pub fn new(kind: u8, flags: u8, body: &[u8]) -> Result<Self, TooLong> {
        let mut draft = Draft::new(kind, flags);
        draft.put(body);
        draft.finish()
    }

    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl AsRef<[u8]> for Wire {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wire({:02x?})", self.as_bytes())
    }
}

/// Where type and flags stand: behind a delimiter and a code byte.
const START: usize = 2;

/// A frame that is being written.
pub(crate) struct Draft {
    bytes: [u8; WIRE_MAX],
    end: usize,
    too_long: bool,
}

impl Draft {
    pub(crate) fn new(kind: u8, flags: u8) -> Self {
        let mut draft = Self { bytes: [0; WIRE_MAX], end: START, too_long: false };
        draft.put(&[kind, flags]);
        draft
    }

    pub(crate) fn put(&mut self, field: &[u8]) -> &mut Self {
        let end = self.end + field.len();
        match self.bytes.get_mut(self.end..end) {
            Some(room) if end <= START + PACKED - 4 => {
                room.copy_from_slice(field);
                self.end = end;
            }
            _ => self.too_long = true,
        }
        self
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.put(&[value])
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(crate) fn i32(&mut self, value: i32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(crate) fn finish(&mut self) -> Result<Wire, TooLong> {
        if self.too_long { Err(TooLong) } else { Ok(self.seal()) }
    }

    /// For bodies of a fixed length, which a test holds below the longest.
    pub(crate) fn seal(&mut self) -> Wire {
        let end = self.end + 4;
        let check = crc32(&self.bytes[START..self.end]);
        self.bytes[self.end..end].copy_from_slice(&check.to_le_bytes());
        stuff(&mut self.bytes[1..end]);
        Wire { bytes: self.bytes, length: end + 1 }
    }
}
