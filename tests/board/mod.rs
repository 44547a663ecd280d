//! A board and its parser, byte to byte, with what goes wrong between them.
#![allow(dead_code, reason = "each test file uses its own part")]

use twitchscope::block::MarkKind;
use twitchscope::source::board::{Described, Encoder, Kind, Played, Said, Wishes};

/// What a parser said, put on the board's clock.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    pub described: Vec<Described>,
    /// The place of each frame, and its samples.
    pub frames: Vec<(u64, Vec<f32>)>,
    pub clock: u64,
    /// Gaps: place, frames, whether the board counted them.
    pub lost: Vec<(u64, u64, bool)>,
    pub marks: Vec<(u64, MarkKind)>,
    pub skipped: u64,
    pub notes: Vec<String>,
}

impl Heard {
    fn take(&mut self, said: Said<'_>) {
        match said {
            Said::Described(described) => self.described.push(described.clone()),
            Said::Frame(frame) => {
                self.frames.push((self.clock, frame.to_vec()));
                self.clock += 1;
            }
            Said::Lost(loss) => {
                self.lost.push((self.clock, loss.frames, loss.counted));
                self.clock += loss.frames;
            }
            Said::Mark(offset, kind) => {
                self.marks.push((self.clock.saturating_add_signed(offset), kind.clone()));
            }
            Said::Skipped(bytes) => self.skipped += bytes,
            Said::Note(note) => self.notes.push(note.to_string()),
        }
    }
}

/// What `kind` hears in `pieces`, one after the other.
pub fn hear<'a>(kind: Kind, pieces: impl IntoIterator<Item = &'a [u8]>) -> Heard {
    let mut heard = Heard::default();
    let mut parser = kind.parser(&Wishes::default());
    for piece in pieces {
        parser.feed(piece, &mut |said| heard.take(said));
    }
    parser.finish(&mut |said| heard.take(said));
    heard
}

/// The words that start a board.
pub fn start_words(kind: Kind) -> Vec<u8> {
    match kind {
        Kind::Native => firmware_protocol::Command::Start { max_block: 0 }.encode(1).as_bytes().to_vec(),
        Kind::Cyton => b"vcb".to_vec(),
        Kind::Chords => b"WHORU\nSTART\n".to_vec(),
        Kind::Bitalino => vec![0x00, 0xC3, 0x3D],
        _ => Vec::new(),
    }
}

/// The value that channel `channel` of frame `n` has: it names the frame, up to a thousand.
pub fn value(n: u64, channel: usize) -> i32 {
    // 373 and 1000 have no factor in common: neighbours are far apart, and no column grows.
    ((373 * n + 311 * channel as u64) % 1000) as i32 - 500
}

/// A board that sends `frames` frames: what it says before, and the bytes of each frame. The
/// needle is in where `needle_in` says so.
pub fn stream(kind: Kind, frames: u64, needle_in: impl Fn(u64) -> bool) -> (Vec<u8>, Vec<Vec<u8>>) {
    let played = Played { channels: 2, rate_hz: 1000.0, bits: 16, full_scale_uv: Some(500.0) };
    let mut board = kind.encoder(&played);
    let mut before = Vec::new();
    board.boot(&mut before);
    board.hear(&start_words(kind), &mut before);
    assert!(board.streams());
    let mut all: Vec<Vec<u8>> = (0..frames)
        .map(|n| {
            let counts: Vec<i32> = (0..board.channels()).map(|channel| value(n, channel)).collect();
            let mut bytes = Vec::new();
            board.frame(&counts, needle_in(n), &mut bytes);
            bytes
        })
        .collect();
    if let Some(last) = all.last_mut() {
        board.finish(last);
    }
    (before, all)
}

/// Chance that is the same each time.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        // xorshift64*: Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    }
}

/// A board that was started.
pub fn started(kind: Kind) -> Box<dyn Encoder> {
    let played = Played { channels: 2, rate_hz: 1000.0, bits: 16, full_scale_uv: Some(500.0) };
    let mut board = kind.encoder(&played);
    let mut before = Vec::new();
    board.boot(&mut before);
    board.hear(&start_words(kind), &mut before);
    board
}
