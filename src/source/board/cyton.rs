//! OpenBCI Cyton, 33 bytes a frame over its USB dongle:
//!
//! | byte | content |
//! |---|---|
//! | 0 | `A0` |
//! | 1 | number, 0 to 255 |
//! | 2 to 25 | 8 × 24 bit, high byte first, two's complement |
//! | 26 to 31 | acceleration, inputs or time, as the last byte says |
//! | 32 | `C0` to `C6` |
//!
//! Source: OpenBCI's documentation, Cyton Data Format and Cyton SDK. There is no check, and the
//! number cannot tell a loss of 256 frames from none. The board waits until it is started with
//! `b`. A Daisy module is switched off, because with it each channel has 125 frames a second.

use super::framed::{Framed, Shape, Step};
use super::{Counter, Described, Encoder, Loss, Note, Parser, RateFrom, Said, Sink, numbered};

const FRAME: usize = 33;
const CHANNELS: usize = 8;
/// µV a count: reference 4.5 V, gain 24, 23 bits and sign (Cyton Data Format).
const UV_PER_COUNT: f64 = 4.5e6 / 24.0 / 8_388_607.0;
const FULL_SCALE: i32 = 8_388_607;
/// Nominal; its clock is good for 0.5 % near room temperature (ADS1299 data sheet).
const RATE_HZ: f64 = 250.0;

#[derive(Debug, Clone, Copy)]
struct Cyton;

impl Shape for Cyton {
    fn length(&self) -> usize {
        FRAME
    }

    fn fits(&self, frame: &[u8]) -> bool {
        frame[0] == 0xA0 && (0xC0..=0xC6).contains(&frame[FRAME - 1])
    }

    fn number(&self, frame: &[u8]) -> u64 {
        u64::from(frame[1])
    }

    fn numbers(&self) -> u64 {
        256
    }

    fn lock(&self) -> usize {
        3
    }
}

/// The start: back to defaults, eight channels alone, then every input of its own pair of
/// electrodes (SRB2 off: OpenBCI's EMG setup), then go.
const START: [&[u8]; 11] = [
    b"v",
    b"c",
    b"x1060100X",
    b"x2060100X",
    b"x3060100X",
    b"x4060100X",
    b"x5060100X",
    b"x6060100X",
    b"x7060100X",
    b"x8060100X",
    b"b",
];
/// Listen so long before the first word: it may be streaming already, s.
const LISTEN_S: f64 = 0.3;
/// An answer ends with `$$$`; where none comes in this time, go on, s.
const ANSWER_S: f64 = 1.5;
/// A board that streamed and then says nothing for so long is started again, s.
const GONE_S: f64 = 2.5;
/// How often to begin anew where nothing streams.
const TRIES: usize = 3;

/// Reads a Cyton.
#[derive(Debug, Default)]
pub(super) struct Reader {
    frames: Framed,
    described: bool,
    streams: bool,
    sample: Vec<f32>,
    /// How many of [`START`] were sent, in how many tries.
    step: usize,
    tries: usize,
    asked_s: f64,
    /// What was answered since.
    answer: Vec<u8>,
    told_off: bool,
    told_radio: bool,
}

impl Reader {
    fn take(&mut self, sink: &mut Sink<'_>, step: Step<'_>) {
        match step {
            Step::Frame(frame) => {
                if !self.described {
                    self.described = true;
                    sink(Said::Described(&described()));
                }
                self.streams = true;
                self.sample.clear();
                let value = |b: &[u8]| i32::from_be_bytes([b[0], b[1], b[2], 0]) >> 8;
                self.sample.extend(frame[2..26].chunks_exact(3).map(|b| value(b) as f32));
                sink(Said::Frame(&self.sample));
            }
            Step::Lost(frames) => sink(Said::Lost(Loss { frames, counted_to: 256, counted: true })),
            Step::Skipped(bytes) => {
                sink(Said::Skipped(bytes.len() as u64));
                if !self.told_radio && shows_old_radio(bytes) {
                    self.told_radio = true;
                    sink(Said::Note(&Note::OldRadio));
                }
            }
        }
    }
}

fn described() -> Described {
    Described {
        name: "OpenBCI Cyton".into(),
        channels: numbered("EXG", CHANNELS),
        rate: Some((RATE_HZ, RateFrom::Nominal)),
        uv_per_count: Some(UV_PER_COUNT),
        full_scale: Some(f64::from(FULL_SCALE)),
        bits: Some(24),
        counter: Counter::Turns(256),
    }
}

/// Frames of 34 bytes with `A0 41` and a number that goes on (Cyton_Library, issue 87).
fn shows_old_radio(bytes: &[u8]) -> bool {
    const LONG: usize = FRAME + 1;
    let begins = |at: usize| bytes[at] == 0xA0 && bytes[at + 1] == 0x41;
    let starts = 0..bytes.len().saturating_sub(2 * LONG + 2);
    starts
        .into_iter()
        .any(|at| begins(at) && begins(at + LONG) && bytes[at + LONG + 2] == bytes[at + 2].wrapping_add(1))
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        if !self.streams {
            self.answer.extend_from_slice(bytes);
            let old = self.answer.len().saturating_sub(256);
            self.answer.drain(..old);
            if !self.told_off && self.answer.windows(7).any(|w| w == b"Failure") {
                self.told_off = true;
                sink(Said::Note(&Note::BoardOff));
            }
        }
        let mut frames = std::mem::take(&mut self.frames);
        frames.feed(&Cyton, bytes, &mut |step| self.take(sink, step));
        self.frames = frames;
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        let mut frames = std::mem::take(&mut self.frames);
        frames.finish(&Cyton, &mut |step| self.take(sink, step));
        self.frames = frames;
    }

    fn ask(&mut self, at_s: f64, quiet_s: f64) -> Option<Vec<u8>> {
        if self.streams && quiet_s > GONE_S {
            // It was switched off and on, or reset: it waits to be started.
            (self.streams, self.step, self.tries) = (false, 0, 0);
        }
        let answered = self.answer.windows(3).any(|w| w == b"$$$");
        let ready = if self.step == 0 { at_s >= self.asked_s + LISTEN_S } else { answered };
        if self.streams || self.tries >= TRIES || !(ready || at_s >= self.asked_s + ANSWER_S) {
            return None;
        }
        let word = START.get(self.step);
        (self.step, self.asked_s) = (self.step + 1, at_s);
        self.answer.clear();
        if word.is_none() {
            // Nothing streams though all was said.
            (self.step, self.tries) = (0, self.tries + 1);
        }
        word.map(|w| w.to_vec())
    }

    fn reopened(&mut self) {
        *self = Self::default();
    }

    fn farewell(&self) -> Vec<u8> {
        b"s".to_vec()
    }
}

/// A Cyton.
#[derive(Debug, Default)]
pub(super) struct Writer {
    number: u8,
    streams: bool,
    command: Vec<u8>,
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        CHANNELS
    }

    fn rate_hz(&self) -> f64 {
        RATE_HZ
    }

    fn uv_per_count(&self) -> Option<f64> {
        Some(UV_PER_COUNT)
    }

    fn full_scale(&self) -> i32 {
        FULL_SCALE
    }

    fn boot(&mut self, _out: &mut Vec<u8>) {
        (self.number, self.streams) = (0, false);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            if !self.command.is_empty() {
                self.command.push(byte);
                if byte == b'X' || self.command.len() > 9 {
                    out.extend_from_slice(b"Success: Channel set$$$");
                    self.command.clear();
                }
                continue;
            }
            match byte {
                b'x' => self.command.push(byte),
                b'v' => {
                    (self.number, self.streams) = (0, false);
                    out.extend_from_slice(b"OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\nLIS3DH Device ID: 0x33\nFirmware: v3.1.2\n$$$");
                }
                b'c' => out.extend_from_slice(b"daisy removed$$$"),
                b'b' => self.streams = true,
                b's' => self.streams = false,
                _ => {}
            }
        }
    }

    fn streams(&self) -> bool {
        self.streams
    }

    fn frame(&mut self, counts: &[i32], _needle_in: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0xA0, self.number]);
        for channel in 0..CHANNELS {
            let count = counts.get(channel).copied().unwrap_or(0);
            out.extend_from_slice(&count.to_be_bytes()[1..]);
        }
        out.extend_from_slice(&[0; 6]);
        out.push(0xC0);
        self.drop_frame();
    }

    fn drop_frame(&mut self) {
        self.number = self.number.wrapping_add(1);
    }
}
