//! BITalino (r)evolution: 3 to 8 bytes a frame, packed, with a check of four bits. From the last
//! byte L backwards:
//!
//! | byte | bits 7 to 4 | bits 3 to 0 |
//! |---|---|---|
//! | L | number, 0 to 15 | CRC-4 |
//! | L−1 | I1 I2 O1 O2 | A1 bits 9 to 6 |
//! | L−2 | A1 bits 5 to 0, A2 bits 9 and 8 | |
//! | L−3 | A2 bits 7 to 0 | |
//! | L−4 | A3 bits 9 to 2 | |
//! | L−5 | A3 bits 1 and 0, A4 bits 9 to 4 | |
//! | L−6 | A4 bits 3 to 0 | A5 bits 5 to 2 |
//! | L−7 | A5 bits 1 and 0, A6 bits 5 to 0 | |
//!
//! Source: firmware-bitalino-revolution (uart.c, live.c), revolution-python-api. The board waits
//! for a command. A1 to A4 are asked for at 1000 Hz; the foot switch is on I1. Four bits of check
//! let one damaged frame in 16 pass, so a frame is believed only where the next goes on from it.

use super::framed::{Shape, Sniffed, Step};
use super::{Counter, Described, Encoder, Loss, Parser, RateFrom, Said, Sink, Switch, numbered};

/// Bytes of frames of 1 to 6 channels.
const LENGTHS: [usize; 6] = [3, 4, 6, 7, 8, 8];
const RATE_HZ: f64 = 1000.0;
const MIDDLE: i32 = 512;
/// The EMG sensor: 3.3 V over 1024 counts, gain 1009 (its data sheet).
const UV_PER_COUNT: f64 = 3.3e6 / 1024.0 / 1009.0;

#[derive(Debug, Clone, Copy)]
struct Bitalino {
    channels: usize,
}

impl Shape for Bitalino {
    fn length(&self) -> usize {
        LENGTHS[self.channels - 1]
    }

    fn fits(&self, frame: &[u8]) -> bool {
        frame.last().is_some_and(|last| crc4(frame) == last & 0x0F)
    }

    fn number(&self, frame: &[u8]) -> u64 {
        frame.last().map_or(0, |last| u64::from(last >> 4))
    }

    fn numbers(&self) -> u64 {
        16
    }

    fn lock(&self) -> usize {
        4
    }

    fn begins_anywhere(&self) -> bool {
        true
    }
}

/// The check over a frame with a check of 0: x⁴ + x + 1, from 0, high bits first.
fn crc4(frame: &[u8]) -> u8 {
    let mut crc = 0u8;
    for (place, byte) in frame.iter().enumerate() {
        let byte = if place + 1 == frame.len() { byte & 0xF0 } else { *byte };
        for bit in (0..8).rev() {
            crc = (crc << 1) | (byte >> bit & 1);
            if crc & 0x10 != 0 {
                crc ^= 0x13;
            }
        }
    }
    crc & 0x0F
}

/// The samples of a frame, counts of 10 bits; the 6 bits of A5 and A6 are made 10.
fn unpack(frame: &[u8], channels: usize) -> [u16; 6] {
    // From the end: 0 is L.
    let back = |n: usize| frame.len().checked_sub(n + 1).map_or(0, |place| u16::from(frame[place]));
    let all = [
        (back(1) & 0x0F) << 6 | back(2) >> 2,
        (back(2) & 0x03) << 8 | back(3),
        back(4) << 2 | back(5) >> 6,
        (back(5) & 0x3F) << 4 | back(6) >> 4,
        ((back(6) & 0x0F) << 2 | back(7) >> 6) << 4,
        (back(7) & 0x3F) << 4,
    ];
    std::array::from_fn(|place| if place < channels { all[place] } else { 0 })
}

/// How it is started: stop what may run, 1000 Hz, then A1 to A4; each word needs a tenth of a
/// second.
const START: [u8; 3] = [0x00, 0xC3, 0x0F << 2 | 1];
const LISTEN_S: f64 = 0.3;
const BETWEEN_S: f64 = 0.15;
/// Where nothing streams by then, begin anew, s.
const ANSWER_S: f64 = 2.0;
/// A board that streamed and then says nothing for so long is started again, s.
const GONE_S: f64 = 2.5;

/// Reads a BITalino.
#[derive(Debug)]
pub(super) struct Reader {
    frames: Sniffed<Bitalino>,
    described: bool,
    streams: bool,
    step: usize,
    next_s: f64,
    sample: Vec<f32>,
    switch: Switch,
}

impl Default for Reader {
    fn default() -> Self {
        // Of 5 and 6 channels, which are of one length, 5 leave the bits of the sixth at 0; 6
        // that are read as 6 are right in both cases.
        let shapes = [4, 6, 3, 2, 1].map(|channels| Bitalino { channels });
        Self {
            frames: Sniffed::new(shapes.to_vec()),
            described: false,
            streams: false,
            step: 0,
            next_s: LISTEN_S,
            sample: Vec::new(),
            switch: Switch::default(),
        }
    }
}

impl Reader {
    fn take(&mut self, shape: &Bitalino, sink: &mut Sink<'_>, step: Step<'_>) {
        match step {
            Step::Frame(frame) => {
                self.streams = true;
                if !std::mem::replace(&mut self.described, true) {
                    sink(Said::Described(&described(shape.channels)));
                }
                if let Some(mark) = self.switch.look(frame[frame.len() - 2] & 0x80 != 0) {
                    sink(Said::Mark(0, &mark));
                }
                self.sample.clear();
                let values = unpack(frame, shape.channels);
                let counts = values[..shape.channels].iter().map(|v| (i32::from(*v) - MIDDLE) as f32);
                self.sample.extend(counts);
                sink(Said::Frame(&self.sample));
            }
            Step::Lost(frames) => sink(Said::Lost(Loss { frames, counted_to: 16, counted: true })),
            Step::Skipped(bytes) => sink(Said::Skipped(bytes.len() as u64)),
        }
    }
}

fn described(channels: usize) -> Described {
    Described {
        name: "BITalino (r)evolution".into(),
        channels: numbered("A", channels),
        rate: Some((RATE_HZ, RateFrom::Nominal)),
        uv_per_count: Some(UV_PER_COUNT),
        full_scale: Some(f64::from(MIDDLE) - 1.0),
        bits: Some(16),
        counter: Counter::Turns(16),
    }
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
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
            (self.streams, self.step, self.next_s) = (false, 0, at_s);
        }
        if self.streams || at_s < self.next_s {
            return None;
        }
        let Some(word) = START.get(self.step) else {
            // Streaming shows only after some frames.
            self.step = 0;
            return None;
        };
        self.step += 1;
        self.next_s = at_s + if self.step == START.len() { ANSWER_S } else { BETWEEN_S };
        Some(vec![*word])
    }

    fn reopened(&mut self) {
        // The needle may be in now, so the first level is no longer that of rest.
        *self = Self { switch: std::mem::take(&mut self.switch), ..Self::default() };
    }

    fn farewell(&self) -> Vec<u8> {
        vec![0x00]
    }
}

/// A BITalino.
#[derive(Debug, Default)]
pub(super) struct Writer {
    number: u8,
    channels: usize,
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        4
    }

    fn rate_hz(&self) -> f64 {
        RATE_HZ
    }

    fn uv_per_count(&self) -> Option<f64> {
        Some(UV_PER_COUNT)
    }

    fn full_scale(&self) -> i32 {
        MIDDLE - 1
    }

    fn boot(&mut self, _out: &mut Vec<u8>) {
        (self.number, self.channels) = (0, 0);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            match byte & 3 {
                1 | 2 => self.channels = (byte >> 2 & 0x3F).count_ones() as usize,
                0 => self.channels = 0,
                _ if byte == 0x07 => out.extend_from_slice(b"BITalino_v5.2\n"),
                _ => {}
            }
        }
    }

    fn streams(&self) -> bool {
        self.channels > 0
    }

    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>) {
        let values: [u16; 6] = std::array::from_fn(|channel| {
            (counts.get(channel).copied().unwrap_or(0) + MIDDLE).clamp(0, 1023) as u16
        });
        pack(&values[..self.channels.clamp(1, 6)], if needle_in { 0x8 } else { 0 }, self.number, out);
        self.drop_frame();
    }

    fn drop_frame(&mut self) {
        self.number = (self.number + 1) & 0x0F;
    }
}

/// One frame: counts of 10 bits, of which A5 and A6 give their upper six.
fn pack(values: &[u16], digital: u8, number: u8, out: &mut Vec<u8>) {
    let value = |channel: usize| values.get(channel).copied().unwrap_or(0);
    let [a1, a2, a3, a4, a5, a6] = std::array::from_fn(|n| if n < 4 { value(n) } else { value(n) >> 4 });
    let from_end = [
        u16::from(number) << 4,
        u16::from(digital) << 4 | a1 >> 6,
        (a1 & 0x3F) << 2 | a2 >> 8,
        a2 & 0xFF,
        a3 >> 2,
        (a3 & 3) << 6 | a4 >> 4,
        (a4 & 0x0F) << 4 | a5 >> 2,
        (a5 & 3) << 6 | a6,
    ];
    let start = out.len();
    let length = LENGTHS[values.len().clamp(1, 6) - 1];
    out.extend(from_end[..length].iter().rev().map(|byte| *byte as u8));
    let crc = crc4(&out[start..]);
    if let Some(last) = out.last_mut() {
        *last |= crc;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two independent decoders agree on these.
    const VECTORS: [&[u8]; 6] = [
        &[0x00, 0x98, 0x5F],
        &[0x55, 0x01, 0x98, 0x55],
        &[0x80, 0xAA, 0x55, 0x01, 0x98, 0x5E],
        &[0xF0, 0xBF, 0xAA, 0x55, 0x01, 0x98, 0x5E],
        &[0x80, 0xFA, 0xBF, 0xAA, 0x55, 0x01, 0x98, 0x59],
        &[0x95, 0xFA, 0xBF, 0xAA, 0x55, 0x01, 0x98, 0x5B],
    ];
    const VALUES: [u16; 6] = [512, 341, 682, 1023, 0x2A0, 0x150];

    #[test]
    fn frames_of_1_to_6_channels_are_as_two_other_decoders_have_them() {
        for (place, frame) in VECTORS.into_iter().enumerate() {
            let (channels, mut made) = (place + 1, Vec::new());
            pack(&VALUES[..channels], 0b1001, 5, &mut made);
            assert_eq!(made, frame);
            let shape = Bitalino { channels };
            assert!(shape.fits(frame) && shape.number(frame) == 5);
            assert_eq!(unpack(frame, channels)[..channels], VALUES[..channels]);
        }
    }
}
