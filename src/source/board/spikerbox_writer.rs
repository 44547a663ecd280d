//! A Muscle SpikerShield from the other end: samples in, its bytes and events out.

use super::Encoder;
use super::spikerbox::{MESSAGE, MESSAGE_END, MOST_CHANNELS, SHIELD_HZ};

/// A Muscle SpikerShield.
#[derive(Debug)]
pub(super) struct Writer {
    channels: usize,
    needle_in: bool,
    heard: Vec<u8>,
}

impl Writer {
    pub(super) fn new(channels: usize) -> Self {
        Self { channels: channels.clamp(1, MOST_CHANNELS), needle_in: false, heard: Vec::new() }
    }
}

fn message(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&MESSAGE);
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(&MESSAGE_END);
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        self.channels
    }

    fn rate_hz(&self) -> f64 {
        SHIELD_HZ / self.channels as f64
    }

    fn uv_per_count(&self) -> Option<f64> {
        None
    }

    fn full_scale(&self) -> i32 {
        511
    }

    fn boot(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"StartUp!\r\n");
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            if byte != b'\n' {
                self.heard.push(byte);
                self.heard.truncate(30);
                continue;
            }
            if self.heard.ends_with(b"b:;") {
                message("HWT:MUSCLESS;", out);
            }
            self.heard.clear();
        }
    }

    fn streams(&self) -> bool {
        true
    }

    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>) {
        if needle_in != self.needle_in {
            self.needle_in = needle_in;
            message(if needle_in { "EVNT:1;" } else { "EVNT:0;" }, out);
        }
        for channel in 0..self.channels {
            let value = (counts.get(channel).copied().unwrap_or(0) + 512).clamp(0, 1023) as u16;
            let flag = if channel == 0 { 0x80 } else { 0 };
            out.extend_from_slice(&[flag | (value >> 7) as u8, (value & 0x7F) as u8]);
        }
    }

    fn drop_frame(&mut self) {}
}
