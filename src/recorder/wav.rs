//! A WAV that is whole at every instant: samples first, then the sizes in its header.
//!
//! Samples are written at the place that their number gives them, so that what could not be
//! written leaves a hole and never shifts what follows. hound writes samples and sizes in one go;
//! here samples reach the disk before the sizes that speak of them, so that a header never
//! promises what a crash took.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::place::{is_at, put_back};

/// RIFF, a 16-byte `fmt ` and the head of `data`.
const HEADER: u64 = 44;
/// The note of a later part: a LIST with one text of a length that holds any number.
const NOTE_TEXT: u64 = 64;
const NOTE: u64 = 12 + 8 + NOTE_TEXT;
/// Bytes of a file: the sizes in its header have 32 bits, and do not count themselves.
pub(super) const MOST_BYTES: u64 = u32::MAX as u64;

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

/// What the samples of a WAV are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub sample: Sample,
    pub channels: u16,
    pub rate_hz: u32,
    /// Frames of one file.
    pub most_frames: u64,
}

impl Shape {
    /// Files of at most `most_bytes` bytes.
    pub fn new(sample: Sample, channels: u16, rate_hz: f64, most_bytes: u64) -> Self {
        let mut shape = Self { sample, channels, rate_hz: rate_hz.round() as u32, most_frames: 0 };
        // With the byte that follows samples of odd length.
        let room = most_bytes.min(MOST_BYTES).saturating_sub(HEADER + NOTE + 1);
        shape.most_frames = (room / shape.frame()).max(1);
        shape
    }

    fn frame(self) -> u64 {
        self.sample.bytes() * u64::from(self.channels)
    }
}

/// A WAV that is being written: a part of a recording.
#[derive(Debug)]
pub(super) struct Wav {
    file: File,
    shape: Shape,
    /// Its number; the first is 1.
    pub number: u64,
    /// Its first frame within the recording.
    first: u64,
    /// Frames of the recording up to the last one that was written.
    frames: u64,
    /// Samples that were not whole numbers within the range of the file.
    pub unfit: u64,
    bytes: Vec<u8>,
}

impl Wav {
    /// Begins part `number` of a recording, empty, in `file`.
    pub fn begin(file: File, shape: Shape, number: u64) -> io::Result<Self> {
        let first = (number - 1) * shape.most_frames;
        let mut wav = Self { file, shape, number, first, frames: first, unfit: 0, bytes: Vec::new() };
        wav.state()?;
        wav.file.sync_all()?;
        Ok(wav)
    }

    /// Bytes before the samples.
    fn head(&self) -> u64 {
        if self.number > 1 { HEADER + NOTE } else { HEADER }
    }

    /// The frame of the recording with which the next part begins.
    pub fn end(&self) -> u64 {
        self.first + self.shape.most_frames
    }

    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes frames of this part at their place; their counts are interleaved.
    pub fn put(&mut self, first: u64, counts: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        let (sample, bytes) = (self.shape.sample, &mut self.bytes);
        let unfit = counts.iter().filter(|count| !sample.put(**count, bytes)).count();
        let place = self.head() + first.saturating_sub(self.first) * self.shape.frame();
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(&self.bytes)?;
        self.unfit += unfit as u64;
        self.frames = self.frames.max(first + counts.len() as u64 / u64::from(self.shape.channels));
        Ok(())
    }

    /// States the sizes. All of the header goes in one write, so that whoever is killed leaves
    /// the old one or the new one.
    pub fn state(&mut self) -> io::Result<()> {
        let header = self.header();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)
    }

    fn header(&self) -> Vec<u8> {
        let shape = self.shape;
        let data = self.data() as u32;
        let tag: u32 = if shape.sample == Sample::Float { 3 } else { 1 };
        let (frame, bits) = (shape.frame() as u32, 8 * shape.sample.bytes() as u32);
        let words = [
            u32::from_le_bytes(*b"RIFF"),
            data.saturating_add(self.head() as u32 - 8 + data % 2),
            u32::from_le_bytes(*b"WAVE"),
            u32::from_le_bytes(*b"fmt "),
            16,
            tag | u32::from(shape.channels) << 16,
            shape.rate_hz,
            shape.rate_hz.saturating_mul(frame),
            frame | bits << 16,
        ];
        let mut header: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        if self.number > 1 {
            header.extend_from_slice(b"LIST");
            header.extend_from_slice(&(NOTE as u32 - 8).to_le_bytes());
            header.extend_from_slice(b"INFOICMT");
            header.extend_from_slice(&(NOTE_TEXT as u32).to_le_bytes());
            let text = format!("twitchscope part {} from frame {}", self.number, self.first);
            header.extend_from_slice(text.as_bytes());
            header.resize((HEADER + NOTE) as usize - 8, 0);
        }
        header.extend_from_slice(b"data");
        header.extend_from_slice(&data.to_le_bytes());
        header
    }

    /// Bytes of samples.
    fn data(&self) -> u64 {
        (self.frames - self.first) * self.shape.frame()
    }

    /// Whether it lies at `path`.
    pub fn is_at(&self, path: &Path) -> bool {
        is_at(&self.file, path)
    }

    /// Puts it back to `path`, where something else or nothing lies. Frames that cannot be read any
    /// more are missing then, and are no longer counted.
    pub fn put_back(&mut self, path: &Path) -> io::Result<()> {
        if self.is_at(path) {
            return Ok(());
        }
        let (own, sizes) = (self.header(), [4..8, self.head() as usize - 4..self.head() as usize]);
        let place = |n: &usize| !sizes.iter().any(|size| size.contains(n));
        self.file = put_back(&mut self.file, path, |there| {
            let mut head = vec![0; own.len()];
            there.read_exact(&mut head)?;
            Ok((0..own.len()).filter(place).all(|n| own[n] == head[n]))
        })?;
        let bytes = self.file.metadata()?.len().saturating_sub(self.head());
        self.frames = self.frames.min(self.first + bytes / self.shape.frame());
        self.sync()
    }

    /// Puts the samples on the disk, then the sizes.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.state()?;
        self.file.sync_data()
    }

    /// The last sync. Samples of odd length are followed by a byte that belongs to nothing.
    pub fn finish(&mut self) -> io::Result<()> {
        let end = self.head() + self.data();
        if end % 2 == 1 {
            self.file.seek(SeekFrom::Start(end))?;
            self.file.write_all(&[0])?;
        }
        self.sync()?;
        self.file.sync_all()
    }

    /// Makes it as long as a part is, with zeros for what is missing, and finishes it.
    pub fn fill(&mut self) -> io::Result<()> {
        self.frames = self.end();
        let bytes = self.head() + self.data();
        if self.file.metadata()?.len() < bytes {
            self.file.set_len(bytes)?;
        }
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_never_grows_beyond_what_its_header_can_state() {
        for bits in [Some(16), Some(24), None] {
            for channels in [1, 3, 8, 64] {
                let shape = Shape::new(Sample::of(bits), channels, 4000.0, u64::MAX);
                let bytes = HEADER + NOTE + shape.most_frames * shape.frame();
                assert!(bytes < MOST_BYTES && bytes + shape.frame() + 1 >= MOST_BYTES - 1, "{bytes}");
            }
        }
        assert!(format!("twitchscope part {} from frame {}", u32::MAX, u64::MAX).len() < NOTE_TEXT as usize);
    }
}
