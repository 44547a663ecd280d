//! Upside Down Labs' Chords firmware, `2 N + 4` bytes a frame of N channels:
//!
//! | byte | content |
//! |---|---|
//! | 0, 1 | `C7 7C` |
//! | 2 | number, 0 to 255 |
//! | 3 … | N × 16 bit, high byte first, raw counts |
//! | last | `01` |
//!
//! Source: Chords-Arduino-Firmware, Chords-Python's table of boards. The board waits for `START`,
//! tells which it is after `WHORU`, and stops at any byte that it hears while it streams. How many
//! channels it sends shows in the distance of the frames, because some boards do not tell it.

use super::framed::{Shape, Sniffed, Step};
use super::{Counter, Described, Encoder, Loss, Note, Parser, RateFrom, Said, Sink, numbered};

const MOST_CHANNELS: usize = 16;

/// Boards by the name they give: frames a second, bits.
const BOARDS: [(&str, f64, u32); 14] = [
    ("UNO-R3", 250.0, 10),
    ("UNO-CLONE", 250.0, 10),
    ("GENUINO-UNO", 250.0, 10),
    ("NANO-CLASSIC", 250.0, 10),
    ("NANO-CLONE", 250.0, 10),
    ("MEGA-2560-R3", 250.0, 10),
    ("MEGA-2560-CLONE", 250.0, 10),
    ("UNO-R4", 500.0, 14),
    ("GIGA-R1", 500.0, 16),
    ("RPI-PICO-RP2040", 500.0, 12),
    ("STM32F4-BLACK-PILL", 500.0, 12),
    ("STM32G4-CORE-BOARD", 500.0, 12),
    ("ESP32-S3", 500.0, 12),
    ("NPG-LITE", 500.0, 12),
];

#[derive(Debug, Clone, Copy)]
struct Chords {
    channels: usize,
}

impl Shape for Chords {
    fn length(&self) -> usize {
        2 * self.channels + 4
    }

    fn fits(&self, frame: &[u8]) -> bool {
        frame.starts_with(&[0xC7, 0x7C]) && frame.last() == Some(&1)
    }

    fn number(&self, frame: &[u8]) -> u64 {
        u64::from(frame[2])
    }

    fn numbers(&self) -> u64 {
        256
    }

    fn lock(&self) -> usize {
        3
    }
}

/// The end of a line in which a name is looked for, bytes.
const MOST_NAME: usize = 32;
/// Listen so long before the first word, s.
const LISTEN_S: f64 = 0.3;
/// An UNO boots for 2 s and reads a command for one more; so long an answer may take, s.
const ANSWER_S: f64 = 2.5;
/// A board that streamed and then says nothing for so long is started again, s.
const GONE_S: f64 = 2.5;
/// How often it is asked who it is before it is started without.
const TRIES: usize = 3;

/// Reads a Chords board.
#[derive(Debug)]
pub(super) struct Reader {
    frames: Sniffed<Chords>,
    /// The place in [`BOARDS`].
    board: Option<usize>,
    described: bool,
    started: bool,
    streams: bool,
    asked: usize,
    asked_s: f64,
    /// What was said before frames came.
    answer: Vec<u8>,
    sample: Vec<f32>,
    told_impossible: bool,
    /// Frames that were not believed for their values, before the next that is.
    refused: u64,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            frames: Sniffed::new((1..=MOST_CHANNELS).rev().map(|channels| Chords { channels }).collect()),
            board: None,
            described: false,
            started: false,
            streams: false,
            asked: 0,
            asked_s: 0.0,
            answer: Vec::new(),
            sample: Vec::new(),
            told_impossible: false,
            refused: 0,
        }
    }
}

impl Reader {
    fn take(&mut self, shape: &Chords, sink: &mut Sink<'_>, step: Step<'_>) {
        match step {
            Step::Frame(frame) => self.frame(shape.channels, frame, sink),
            Step::Lost(frames) => self.lost(frames, sink),
            Step::Skipped(bytes) => sink(Said::Skipped(bytes.len() as u64)),
        }
    }

    fn frame(&mut self, channels: usize, frame: &[u8], sink: &mut Sink<'_>) {
        self.streams = true;
        if !std::mem::replace(&mut self.described, true) {
            sink(Said::Described(&self.describe(channels)));
        }
        let bits = self.board.map(|b| BOARDS[b].2);
        let (middle, most) = bits.map_or((0.0, f32::INFINITY), |b| {
            let whole = (1u32 << b) as f32;
            (whole / 2.0, whole - 1.0)
        });
        self.sample.clear();
        let values = frame[3..frame.len() - 1].chunks_exact(2);
        self.sample.extend(values.map(|b| f32::from(u16::from_be_bytes([b[0], b[1]]))));
        if let Some(value) = self.sample.iter().copied().find(|v| *v > most) {
            // A count that the converter cannot give: the frame is damaged.
            self.refused += 1;
            if !std::mem::replace(&mut self.told_impossible, true) {
                let (value, most) = (f64::from(value), f64::from(most));
                sink(Said::Note(&Note::Impossible { value, most }));
            }
            return;
        }
        self.lost(0, sink);
        self.sample.iter_mut().for_each(|v| *v -= middle);
        sink(Said::Frame(&self.sample));
    }

    fn lost(&mut self, frames: u64, sink: &mut Sink<'_>) {
        let frames = frames + std::mem::take(&mut self.refused);
        if frames > 0 {
            sink(Said::Lost(Loss { frames, counted_to: 256, counted: true }));
        }
    }

    fn describe(&self, channels: usize) -> Described {
        let board = self.board.map(|b| BOARDS[b]);
        Described {
            name: format!("Chords on {}", board.map_or("a board that does not say which", |b| b.0)),
            channels: numbered("A", channels),
            rate: board.map(|b| (b.1, RateFrom::Board)),
            uv_per_count: None,
            full_scale: board.map(|b| f64::from(1u32 << (b.2 - 1)) - 1.0),
            // Two bytes a count; where no board says how many count, none is taken off.
            bits: Some(if board.is_some() { 16 } else { 17 }),
            counter: Counter::Turns(256),
        }
    }

    /// Looks for a name in the lines that it answered.
    fn look_for_name(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte != b'\n' {
                self.answer.push(byte);
                let old = self.answer.len().saturating_sub(MOST_NAME);
                self.answer.drain(..old);
                continue;
            }
            let line = String::from_utf8_lossy(&self.answer).trim().to_owned();
            self.board = self.board.or(BOARDS.iter().position(|b| line.ends_with(b.0)));
            self.answer.clear();
        }
    }
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        if self.board.is_none() {
            self.look_for_name(bytes);
        }
        let mut frames = std::mem::replace(&mut self.frames, Sniffed::new(Vec::new()));
        frames.feed(bytes, &mut |shape, step| self.take(shape, sink, step));
        self.frames = frames;
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        let mut frames = std::mem::replace(&mut self.frames, Sniffed::new(Vec::new()));
        frames.finish(&mut |shape, step| self.take(shape, sink, step));
        self.frames = frames;
    }

    fn ask(&mut self, at_s: f64, quiet_s: f64) -> Option<Vec<u8>> {
        if self.streams && quiet_s > GONE_S {
            (self.streams, self.started, self.asked) = (false, false, TRIES);
            self.asked_s = at_s - ANSWER_S;
        }
        // One that streams already is asked, too: it stops, and is started again.
        if self.started || (self.board.is_some() && self.streams) {
            return None;
        }
        let due = if self.asked == 0 { at_s >= LISTEN_S } else { at_s >= self.asked_s + ANSWER_S };
        if self.board.is_some() || (due && self.asked >= TRIES) {
            self.started = true;
            // What streamed before was of no known rate, and it was stopped.
            self.described = false;
            self.frames.clear_early();
            return Some(b"START\n".to_vec());
        }
        if !due {
            return None;
        }
        (self.asked, self.asked_s) = (self.asked + 1, at_s);
        Some(b"WHORU\n".to_vec())
    }

    fn reopened(&mut self) {
        *self = Self::default();
    }

    fn farewell(&self) -> Vec<u8> {
        b"STOP\n".to_vec()
    }
}

/// An UNO R4 with the Chords firmware: 500 frames a second, 14 bits, 6 channels.
#[derive(Debug, Default)]
pub(super) struct Writer {
    number: u8,
    streams: bool,
    heard: Vec<u8>,
}

const PLAYED: (&str, f64, i32, usize) = ("UNO-R4", 500.0, 8192, 6);

impl Encoder for Writer {
    fn channels(&self) -> usize {
        PLAYED.3
    }

    fn rate_hz(&self) -> f64 {
        PLAYED.1
    }

    fn uv_per_count(&self) -> Option<f64> {
        None
    }

    fn full_scale(&self) -> i32 {
        PLAYED.2 - 1
    }

    fn boot(&mut self, _out: &mut Vec<u8>) {
        (self.number, self.streams) = (0, false);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.streams &= bytes.is_empty();
        for &byte in bytes {
            if byte != b'\n' {
                self.heard.push(byte);
                continue;
            }
            match self.heard.as_slice() {
                b"WHORU" => out.extend_from_slice(format!("{}\r\n", PLAYED.0).as_bytes()),
                b"START" => self.streams = true,
                _ => {}
            }
            self.heard.clear();
        }
    }

    fn streams(&self) -> bool {
        self.streams
    }

    fn frame(&mut self, counts: &[i32], _needle_in: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0xC7, 0x7C, self.number]);
        for channel in 0..PLAYED.3 {
            let value = counts.get(channel).copied().unwrap_or(0) + PLAYED.2;
            out.extend_from_slice(&(value.clamp(0, 2 * PLAYED.2 - 1) as u16).to_be_bytes());
        }
        out.push(0x01);
        self.drop_frame();
    }

    fn drop_frame(&mut self) {
        self.number = self.number.wrapping_add(1);
    }
}
