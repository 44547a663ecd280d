//! Olimex SHIELD-EKG-EMG and what speaks OpenEEG's packets, version 2, 17 bytes a frame:
//!
//! | byte | content |
//! |---|---|
//! | 0 to 2 | `A5 5A 02` |
//! | 3 | number, 0 to 255 |
//! | 4 to 15 | 6 × 16 bit, high byte first, 0 to 1023 |
//! | 16 | inputs D2 to D5 in bits 0 to 3, where the sketch fills them |
//!
//! Source: ShieldEkgEmg.ino. It streams from the start and takes no commands. Its sketch says 256
//! samples a second and its timer makes 250. A foot switch is read on D5: the lower bits are used
//! by demo sketches for something else.

use super::framed::{Framed, Shape, Step};
use super::{Counter, Described, Encoder, Loss, Parser, RateFrom, Said, Sink, Switch, numbered};

const FRAME: usize = 17;
const CHANNELS: usize = 6;
const RATE_HZ: f64 = 250.0;
const MIDDLE: i32 = 512;
const SWITCH: u8 = 0b1000;

#[derive(Debug, Clone, Copy)]
struct Olimex;

impl Shape for Olimex {
    fn length(&self) -> usize {
        FRAME
    }

    fn fits(&self, frame: &[u8]) -> bool {
        frame.starts_with(&[0xA5, 0x5A, 0x02]) && frame[4..16].iter().step_by(2).all(|high| *high < 4)
    }

    fn number(&self, frame: &[u8]) -> u64 {
        u64::from(frame[3])
    }

    fn numbers(&self) -> u64 {
        256
    }

    fn lock(&self) -> usize {
        3
    }
}

/// Reads an Olimex shield.
#[derive(Debug, Default)]
pub(super) struct Reader {
    frames: Framed,
    described: bool,
    sample: Vec<f32>,
    switch: Switch,
}

impl Reader {
    fn take(&mut self, sink: &mut Sink<'_>, step: Step<'_>) {
        match step {
            Step::Frame(frame) => {
                if !std::mem::replace(&mut self.described, true) {
                    sink(Said::Described(&described()));
                }
                if let Some(mark) = self.switch.look(frame[16] & SWITCH != 0) {
                    sink(Said::Mark(0, &mark));
                }
                self.sample.clear();
                let value = |b: &[u8]| i32::from(u16::from_be_bytes([b[0], b[1]])) - MIDDLE;
                self.sample.extend(frame[4..16].chunks_exact(2).map(|b| value(b) as f32));
                sink(Said::Frame(&self.sample));
            }
            Step::Lost(frames) => sink(Said::Lost(Loss { frames, counted_to: 256, counted: true })),
            Step::Skipped(bytes) => sink(Said::Skipped(bytes.len() as u64)),
        }
    }
}

fn described() -> Described {
    Described {
        name: "Olimex SHIELD-EKG-EMG".into(),
        channels: numbered("CH", CHANNELS),
        rate: Some((RATE_HZ, RateFrom::Nominal)),
        uv_per_count: None,
        full_scale: Some(f64::from(MIDDLE) - 1.0),
        bits: Some(16),
        counter: Counter::Turns(256),
    }
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        let mut frames = std::mem::take(&mut self.frames);
        frames.feed(&Olimex, bytes, &mut |step| self.take(sink, step));
        self.frames = frames;
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        let mut frames = std::mem::take(&mut self.frames);
        frames.finish(&Olimex, &mut |step| self.take(sink, step));
        self.frames = frames;
    }

    fn reopened(&mut self) {
        // The needle may be in now, so the first level is no longer that of rest.
        *self = Self { switch: std::mem::take(&mut self.switch), ..Self::default() };
    }
}

/// An Olimex shield.
#[derive(Debug, Default)]
pub(super) struct Writer {
    number: u8,
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        CHANNELS
    }

    fn rate_hz(&self) -> f64 {
        RATE_HZ
    }

    fn uv_per_count(&self) -> Option<f64> {
        None
    }

    fn full_scale(&self) -> i32 {
        MIDDLE - 1
    }

    fn boot(&mut self, _out: &mut Vec<u8>) {
        self.number = 0;
    }

    fn hear(&mut self, _bytes: &[u8], _out: &mut Vec<u8>) {}

    fn streams(&self) -> bool {
        true
    }

    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0xA5, 0x5A, 0x02, self.number]);
        for channel in 0..CHANNELS {
            let value = (counts.get(channel).copied().unwrap_or(0) + MIDDLE).clamp(0, 1023) as u16;
            out.extend_from_slice(&value.to_be_bytes());
        }
        out.push(if needle_in { SWITCH | 1 } else { 1 });
        self.drop_frame();
    }

    fn drop_frame(&mut self) {
        self.number = self.number.wrapping_add(1);
    }
}
