//! A WAV that is whole at every instant: samples first, then the sizes in its header.
//!
//! Samples are written at the place that their number gives them, so that what could not be
//! written leaves a hole and never shifts what follows. hound writes samples and sizes in one go;
//! here samples reach the disk before the sizes that speak of them, so that a header never
//! promises what a crash took.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// RIFF, a 16-byte `fmt ` and the head of `data`.
const HEADER: u64 = 44;

/// How a count is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// A whole number of so many bytes: 2, 3 or 4.
    Whole(u8),
    /// A float of 32 bits, for boards whose numbers may be fractions.
    Float,
}

impl Sample {
    /// For counts that fit in `bits`; `None` where that is not known.
    pub fn of(bits: Option<u16>) -> Self {
        match bits {
            Some(..=16) => Self::Whole(2),
            Some(17..=24) => Self::Whole(3),
            Some(25..=32) => Self::Whole(4),
            _ => Self::Float,
        }
    }

    pub fn bytes(self) -> u64 {
        match self {
            Self::Whole(bytes) => u64::from(bytes),
            Self::Float => 4,
        }
    }

    /// What a reader takes as full scale, in counts.
    pub fn full_scale(self) -> f64 {
        match self {
            Self::Whole(bytes) => 2f64.powi(8 * i32::from(bytes) - 1),
            Self::Float => 1.0,
        }
    }

    /// Appends `count`; whether it could be stored as it is.
    fn put(self, count: f32, into: &mut Vec<u8>) -> bool {
        let Self::Whole(bytes) = self else {
            into.extend_from_slice(&count.to_le_bytes());
            return true;
        };
        let end = 1i64 << (8 * u32::from(bytes) - 1);
        // A cast of a float to an integer rounds towards zero and stops at the ends.
        let whole = (count as i64).clamp(-end, end - 1);
        into.extend_from_slice(&whole.to_le_bytes()[..usize::from(bytes)]);
        whole as f32 == count
    }
}

/// A WAV that is being written.
#[derive(Debug)]
pub(super) struct Wav {
    file: File,
    sample: Sample,
    channels: u16,
    rate_hz: u32,
    /// Frames up to the last one that was written.
    frames: u64,
    /// Samples that were not whole numbers within the range of the file.
    pub unfit: u64,
    bytes: Vec<u8>,
}

impl Wav {
    /// Begins an empty WAV in `file`.
    pub fn begin(file: File, sample: Sample, channels: u16, rate_hz: f64) -> io::Result<Self> {
        let rate_hz = rate_hz.round() as u32;
        let mut wav = Self { file, sample, channels, rate_hz, frames: 0, unfit: 0, bytes: Vec::new() };
        wav.state()?;
        wav.file.sync_all()?;
        Ok(wav)
    }

    fn frame(&self) -> u64 {
        self.sample.bytes() * u64::from(self.channels)
    }

    /// How many frames its header can state.
    pub fn most_frames(&self) -> u64 {
        (u64::from(u32::MAX) - HEADER) / self.frame()
    }

    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes frames at their place; their counts are interleaved.
    pub fn put(&mut self, first: u64, counts: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        let (sample, bytes) = (self.sample, &mut self.bytes);
        let unfit = counts.iter().filter(|count| !sample.put(**count, bytes)).count();
        self.file.seek(SeekFrom::Start(HEADER + first * self.frame()))?;
        self.file.write_all(&self.bytes)?;
        self.unfit += unfit as u64;
        self.frames = self.frames.max(first + counts.len() as u64 / u64::from(self.channels));
        Ok(())
    }

    /// States the sizes. All of the header goes in one write, so that whoever is killed leaves
    /// the old one or the new one.
    pub fn state(&mut self) -> io::Result<()> {
        let data = (self.frames * self.frame()) as u32;
        let tag: u32 = if self.sample == Sample::Float { 3 } else { 1 };
        let (frame, bits) = (self.frame() as u32, 8 * self.sample.bytes() as u32);
        let words = [
            u32::from_le_bytes(*b"RIFF"),
            data.saturating_add(HEADER as u32 - 8 + data % 2),
            u32::from_le_bytes(*b"WAVE"),
            u32::from_le_bytes(*b"fmt "),
            16,
            tag | u32::from(self.channels) << 16,
            self.rate_hz,
            self.rate_hz.saturating_mul(frame),
            frame | bits << 16,
            u32::from_le_bytes(*b"data"),
            data,
        ];
        let header: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)
    }

    /// Puts the samples on the disk, then the sizes.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.state()?;
        self.file.sync_data()
    }

    /// The last sync. A part of odd length is followed by a byte that belongs to nothing.
    pub fn finish(&mut self) -> io::Result<()> {
        let data = self.frames * self.frame();
        if data % 2 == 1 {
            self.file.seek(SeekFrom::Start(HEADER + data))?;
            self.file.write_all(&[0])?;
        }
        self.sync()?;
        self.file.sync_all()
    }
}
