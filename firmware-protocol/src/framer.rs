//! From bytes, cut anywhere, to frames that passed their check.

use core::fmt;

use crate::check::crc32;
use crate::stuffing::{STUFFED, unstuff, zero};

/// Bytes around a body: type, flags and the check.
const AROUND: usize = 6;

/// A frame that passed its check: nothing is known yet of what its body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a> {
    /// What the frame is, see [`crate::kind`].
    pub kind: u8,
    /// Eight flags, whose meaning depends on the kind.
    pub flags: u8,
    /// Everything between the flags and the check.
    pub body: &'a [u8],
    /// The check it passed.
    pub check: u32,
}

/// Why bytes between two delimiters were no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Fewer bytes than the shortest frame.
    Short,
    /// More bytes than the longest frame.
    Long,
    /// The code bytes of the stuffing do not lead to the end.
    Stuffing,
    /// The check does not fit.
    Check,
}

/// Bytes between two delimiters that were no frame. One of these may have been several frames,
/// where a delimiter was lost too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// How many bytes, without the delimiters.
    pub bytes: u64,
    /// What was wrong with them.
    pub fault: Fault,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.fault {
            Fault::Short => "too few for a frame",
            Fault::Long => "too many for a frame",
            Fault::Stuffing => "not stuffed as a frame is",
            Fault::Check => "whose check does not fit",
        };
        write!(f, "{} bytes {why}", self.bytes)
    }
}

/// What a [`Framer`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// A frame that passed its check.
    Frame(Raw<'a>),
    /// Bytes that are no frame.
    Damage(Damage),
    /// Four zero bytes in a row: [`crate::Command::Hello`] in the form that does no harm to the
    /// boards of others.
    Zeros,
}

/// Zero bytes in a row that ask for HELLO.
const CALL: u8 = 4;

/// Collects bytes until a frame is whole. It holds one frame, whatever comes.
#[derive(Debug, Clone)]
pub struct Framer {
    bytes: [u8; STUFFED],
    /// Bytes since the last delimiter, also those beyond the room for them.
    length: u64,
    zeros: u8,
}

impl Default for Framer {
    fn default() -> Self {
        Self { bytes: [0; STUFFED], length: 0, zeros: 0 }
    }
}

impl Framer {
    /// Bytes since the last delimiter: what is neither frame nor damage yet.
    #[must_use]
    pub fn unfinished(&self) -> u64 {
        self.length
    }

    /// Takes the bytes that came and tells what they were, in order. Any cut of the same bytes
    /// gives the same.
    pub fn feed(&mut self, mut bytes: &[u8], mut sink: impl FnMut(Found<'_>)) {
        while let Some(end) = zero(bytes) {
            self.append(&bytes[..end]);
            bytes = &bytes[end + 1..];
            if self.length > 0 {
                sink(self.finish());
            }
            self.zeros += 1;
            if self.zeros == CALL {
                self.zeros = 0;
                sink(Found::Zeros);
            }
        }
        self.append(bytes);
    }

    fn append(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.zeros = 0;
        let start = usize::try_from(self.length).unwrap_or(STUFFED).min(STUFFED);
        let fits = bytes.len().min(STUFFED - start);
        self.bytes[start..start + fits].copy_from_slice(&bytes[..fits]);
        self.length += bytes.len() as u64;
    }

    fn finish(&mut self) -> Found<'_> {
        let bytes = core::mem::take(&mut self.length);
        let damage = |fault| Found::Damage(Damage { bytes, fault });
        let Some(stuffed) = usize::try_from(bytes).ok().and_then(|length| self.bytes.get_mut(..length))
        else {
            return damage(Fault::Long);
        };
        if stuffed.len() <= AROUND {
            return damage(Fault::Short);
        }
        if !unstuff(stuffed) {
            return damage(Fault::Stuffing);
        }
        match stuffed[1..].split_last_chunk::<4>() {
            Some((packed @ [kind, flags, body @ ..], check)) => {
                let check = u32::from_le_bytes(*check);
                if crc32(packed) == check {
                    Found::Frame(Raw { kind: *kind, flags: *flags, body, check })
                } else {
                    damage(Fault::Check)
                }
            }
            _ => damage(Fault::Short),
        }
    }
}
