//! Backyard Brains' Muscle SpikerShield and SpikerBoxes: two bytes a channel, seven bits each.
//!
//! The first byte of a frame has its high bit set and no other byte has; a sample is `high << 7 |
//! low`, 10 bits around 512 or 14 bits around 8192. There is no counter, no check and no length:
//! the number of channels shows in the distance of the first bytes. Between frames come messages,
//! `FF FF 01 01 80 FF` text `FF FF 01 01 81 FF`, which say what the board is and which event was
//! marked. Source: SpikeRecorderSpikerShield_V1_1.ino, Spike Recorder's ArduinoSerial.cpp.
//!
//! What is lost between two whole frames cannot be seen here; the reader of the port holds the
//! number of frames against the clock.

use super::{Counter, Described, Loss, Note, Parser, RateFrom, Said, Sink, Wishes, numbered};
use crate::block::MarkKind;

pub(super) const MESSAGE: [u8; 6] = [0xFF, 0xFF, 0x01, 0x01, 0x80, 0xFF];
pub(super) const MESSAGE_END: [u8; 6] = [0xFF, 0xFF, 0x01, 0x01, 0x81, 0xFF];
/// Spike Recorder's own buffer for a message, bytes.
const MOST_MESSAGE: usize = 512;
pub(super) const MOST_CHANNELS: usize = 6;
/// One channel, 16 MHz / 8 / 199: the timer of the firmware, not the 10 kHz of its comment.
pub(super) const SHIELD_HZ: f64 = 2e6 / 199.0;
/// So many bytes are held back for the answer to who the board is: one second of a shield.
const HELD: usize = 20_100;
/// So many frames must be of one length before the channels are known.
const LOCK: usize = 32;
/// A board says who it is when asked so; the oldest sketch does not, and takes no harm.
const WHO: &[u8] = b"b:;\n";

/// Boards by the name they give: rate of one channel or of all, channels, bits. The rates of
/// shields are divided by their channels.
const BOARDS: [(&str, f64, usize, bool); 14] = [
    ("MUSCLESS", SHIELD_HZ, 0, false),
    ("PLANTSS", SHIELD_HZ, 0, false),
    ("HEARTSS", SHIELD_HZ, 0, false),
    ("HBLEOSB", SHIELD_HZ, 0, false),
    ("NEURONSS", SHIELD_HZ, 0, false),
    ("MUSCUSB1", SHIELD_HZ, 0, false),
    ("HUMANSB", 5000.0, 2, true),
    ("HBSBPRO", 1000.0, 2, false),
    ("MSBPCDC", 10_000.0, 2, false),
    ("NSBPCDC", 10_000.0, 2, false),
    ("NRNSBPRO", 20_000.0, 2, true),
    ("HHIBOX", 10_000.0, 1, false),
    ("UNIBOX", 42_661.0, 2, true),
    ("EXTCLAW", 896.0, 3, false),
];

/// Reads a SpikerBox.
#[derive(Debug)]
pub(super) struct Reader {
    wishes: Wishes,
    /// What may be the start of a message, or what came of one.
    held: Vec<u8>,
    in_message: bool,
    /// Bytes before the channels are known, and messages with their place among them.
    early: Vec<u8>,
    early_marks: Vec<(usize, MarkKind)>,
    /// The place in [`BOARDS`] of what the board says it is.
    board: Option<usize>,
    channels: usize,
    wide: bool,
    frame: Vec<u8>,
    sample: Vec<f32>,
    /// Bytes of frames that were not believed since the last that was.
    damaged: usize,
    started: bool,
    told_impossible: bool,
    asks: usize,
}

impl Reader {
    pub(super) fn new(wishes: &Wishes) -> Self {
        Self {
            wishes: wishes.clone(),
            held: Vec::new(),
            in_message: false,
            early: Vec::new(),
            early_marks: Vec::new(),
            board: None,
            channels: 0,
            wide: false,
            frame: Vec::new(),
            sample: Vec::new(),
            damaged: 0,
            started: false,
            told_impossible: false,
            asks: 0,
        }
    }

    /// Takes one byte of the line and parts messages from samples.
    fn byte(&mut self, byte: u8, sink: &mut Sink<'_>) {
        self.held.push(byte);
        if self.in_message {
            if self.held.ends_with(&MESSAGE_END) {
                self.in_message = false;
                let text = std::mem::take(&mut self.held);
                self.message(&text[..text.len() - MESSAGE_END.len()], sink);
            } else if self.held.len() > MOST_MESSAGE {
                // Its end was lost: what follows is samples again, sooner or later.
                self.in_message = false;
                sink(Said::Skipped(self.held.len() as u64));
                self.held.clear();
                self.damaged += 1;
            }
            return;
        }
        while !self.held.is_empty() && !MESSAGE.starts_with(&self.held) {
            let first = self.held.remove(0);
            self.sample_byte(first, sink);
        }
        if self.held.len() == MESSAGE.len() {
            self.in_message = true;
            self.held.clear();
        }
    }

    fn message(&mut self, text: &[u8], sink: &mut Sink<'_>) {
        let text = String::from_utf8_lossy(text).into_owned();
        for part in text.split(';') {
            match part.trim().split_once(':') {
                Some(("HWT", name)) => self.is_called(name.trim(), sink),
                Some(("EVNT", id)) => self.event(id.trim(), sink),
                _ => {}
            }
        }
    }

    fn is_called(&mut self, name: &str, sink: &mut Sink<'_>) {
        let place = BOARDS.iter().position(|b| b.0 == name);
        match (place, self.channels > 0) {
            (None, _) => sink(Said::Note(&Note::Text(format!("it is a {name}, which is not known here")))),
            (Some(place), false) => {
                self.board = Some(place);
                self.settle(sink);
            }
            (Some(place), true) if self.board.is_some_and(|b| b != place) => {
                let from = self.board.map_or("another board", |b| BOARDS[b].0).to_owned();
                sink(Said::Note(&Note::Changed { from, to: name.to_owned() }));
            }
            (Some(_), true) => {}
        }
    }

    fn event(&mut self, id: &str, sink: &mut Sink<'_>) {
        let kind = if id == self.wishes.needle_in {
            MarkKind::NeedleIn { label: None }
        } else if id == self.wishes.needle_out {
            MarkKind::NeedleOut { label: None }
        } else {
            return sink(Said::Note(&Note::OtherEvent(id.to_owned())));
        };
        if self.channels == 0 {
            return self.early_marks.push((self.early.len(), kind));
        }
        // The frame that came before is whole: the mark is at the next.
        self.frame_ends(sink);
        sink(Said::Mark(0, &kind));
    }

    fn sample_byte(&mut self, byte: u8, sink: &mut Sink<'_>) {
        if self.channels > 0 {
            return self.in_step(byte, sink);
        }
        self.early.push(byte);
        if self.early.len() >= HELD {
            self.settle(sink);
        }
    }

    /// Finds the channels in what came so far, and reads it.
    fn settle(&mut self, sink: &mut Sink<'_>) {
        let Some(channels) = channels_of(&self.early) else {
            if self.early.len() >= HELD {
                sink(Said::Skipped(self.early.len() as u64));
                self.early.clear();
                self.early_marks.clear();
            }
            return;
        };
        self.channels = channels;
        self.wide = self.board.map_or_else(|| is_wide(&self.early, channels), |b| BOARDS[b].3);
        sink(Said::Described(&self.described()));
        let early = std::mem::take(&mut self.early);
        let mut marks = std::mem::take(&mut self.early_marks).into_iter().peekable();
        for (place, byte) in early.into_iter().enumerate() {
            while let Some((_, kind)) = marks.next_if(|m| m.0 <= place) {
                self.frame_ends(sink);
                sink(Said::Mark(0, &kind));
            }
            self.in_step(byte, sink);
        }
        marks.for_each(|(_, kind)| {
            self.frame_ends(sink);
            sink(Said::Mark(0, &kind));
        });
    }

    fn described(&self) -> Described {
        let shield = (!self.wide).then_some((SHIELD_HZ / self.channels as f64, RateFrom::Nominal));
        let (name, rate) = match self.board.map(|b| BOARDS[b]) {
            Some((name, rate, 0, _)) => (name, Some((rate / self.channels as f64, RateFrom::Board))),
            Some((name, rate, ..)) => (name, Some((rate, RateFrom::Board))),
            None => ("that does not say which", shield),
        };
        Described {
            name: format!("Backyard Brains board {name}"),
            channels: numbered("EMG", self.channels),
            rate,
            uv_per_count: None,
            full_scale: Some(f64::from(self.middle()) - 1.0),
            bits: Some(16),
            counter: Counter::None,
        }
    }

    fn middle(&self) -> u16 {
        if self.wide { 8192 } else { 512 }
    }

    fn in_step(&mut self, byte: u8, sink: &mut Sink<'_>) {
        if byte & 0x80 != 0 {
            self.frame_ends(sink);
        }
        // A text of the board or what is left of lost bytes: no frame is as long.
        if self.frame.len() < MOST_MESSAGE {
            self.frame.push(byte);
        } else {
            self.damaged += 1;
        }
    }

    /// The frame is as long as it will be.
    fn frame_ends(&mut self, sink: &mut Sink<'_>) {
        if self.frame.is_empty() {
            return;
        }
        let mut frame = std::mem::take(&mut self.frame);
        let most = 2 * u32::from(self.middle()) - 1;
        self.sample.clear();
        let middle = i32::from(self.middle());
        let whole = frame[0] & 0x80 != 0 && frame.len() == 2 * self.channels;
        let mut impossible = 0;
        for pair in frame.chunks_exact(2) {
            let value = u32::from(pair[0] & 0x7F) << 7 | u32::from(pair[1]);
            impossible = impossible.max(if value > most { value } else { 0 });
            self.sample.push((value as i32 - middle) as f32);
        }
        if whole && impossible == 0 {
            self.tell_damaged(sink);
            self.started = true;
            sink(Said::Frame(&self.sample));
        } else {
            self.damaged += frame.len();
            if frame.windows(8).any(|w| w == b"StartUp!") && self.started {
                sink(Said::Note(&Note::Restarted));
            }
            if whole && !self.told_impossible {
                self.told_impossible = true;
                let note = Note::Impossible { value: f64::from(impossible), most: f64::from(most) };
                sink(Said::Note(&note));
            }
        }
        frame.clear();
        self.frame = frame;
    }

    /// Says what is missing before the frame that comes now.
    fn tell_damaged(&mut self, sink: &mut Sink<'_>) {
        if self.damaged == 0 {
            return;
        }
        sink(Said::Skipped(self.damaged as u64));
        if self.started {
            let length = 2 * self.channels;
            let frames = ((self.damaged + length / 2) / length).max(1) as u64;
            sink(Said::Lost(Loss { frames, counted_to: 0, counted: false }));
        }
        self.damaged = 0;
    }
}

/// Lengths of the frames in `bytes`, without what is before the first and the last one, which may
/// be cut.
fn lengths(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let starts = || bytes.iter().enumerate().filter(|(_, b)| **b & 0x80 != 0).map(|(place, _)| place);
    starts().zip(starts().skip(1)).map(|(a, b)| b - a)
}

/// The channels, where enough frames in a row agree.
fn channels_of(bytes: &[u8]) -> Option<usize> {
    let (mut length, mut run) = (0, 0);
    for next in lengths(bytes) {
        run = if next == length { run + 1 } else { 1 };
        length = next;
        if run >= LOCK && length.is_multiple_of(2) && length <= 2 * MOST_CHANNELS {
            return Some(length / 2);
        }
    }
    None
}

/// Whether most first samples of frames are more than 10 bits.
fn is_wide(bytes: &[u8], channels: usize) -> bool {
    let mut wide = 0i64;
    for frame in bytes.windows(2 * channels).filter(|w| w[0] & 0x80 != 0) {
        wide += if frame[0] & 0x7F > 7 { 1 } else { -1 };
    }
    wide > 0
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        bytes.iter().for_each(|byte| self.byte(*byte, sink));
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        for byte in std::mem::take(&mut self.held) {
            self.sample_byte(byte, sink);
        }
        if self.channels == 0 {
            self.settle(sink);
        }
        if self.channels > 0 {
            self.frame_ends(sink);
        }
    }

    fn ask(&mut self, at_s: f64, _quiet_s: f64) -> Option<Vec<u8>> {
        let due = [0.3, 0.6].get(self.asks).is_some_and(|due| at_s >= *due);
        self.asks += usize::from(due);
        (due && self.board.is_none() && self.channels == 0).then(|| WHO.to_vec())
    }

    fn reopened(&mut self) {
        *self = Self::new(&self.wishes);
    }
}
