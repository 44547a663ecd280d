//! WAV samples: what `fmt ` says about them, and their decoding by hound.
//!
//! hound reads each block as a small WAV in memory: a plain header that is right, and then the
//! bytes of whole frames that are really there. So it never meets a header that lies, and
//! recordings may be longer than its 4 GiB.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::riff::{Contents, Stated, walk};
use super::{Error, Warning, parts};
use crate::units::Span;

const MOST_CHANNELS: u16 = 64;
/// Of hound's header in memory: RIFF, a 16-byte `fmt `, and the head of `data`.
const HEADER: usize = 44;
/// No recorder leaves out more frames between two files: a day at 192 kHz. A note that says so is
/// damaged.
const MOST_BETWEEN: u64 = 86_400 * 192_000;
/// How much is looked at to see where the bits of a sample lie.
const LOOK: u64 = 1 << 16;

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    pub channels: u16,
    /// Frames a second as the header says; 0 where it says nothing.
    pub rate: u32,
    /// Bytes of one sample.
    bytes: u16,
    /// Bits of them that count.
    pub bits: u16,
    /// Where the bits that count lie within the bytes.
    low: bool,
    pub float: bool,
}

impl Layout {
    /// Reads the body of `fmt `.
    fn read(fmt: &[u8], path: &Path) -> Result<Self, Error> {
        let word = |at: usize| fmt.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
        let path = || path.to_owned();
        let channels = word(2);
        if channels == 0 {
            return Err(Error::NoChannels { path: path() });
        }
        if channels > MOST_CHANNELS {
            let (found, limit) = (u64::from(channels), u64::from(MOST_CHANNELS));
            return Err(Error::Limit { path: path(), what: "channels", found, limit });
        }
        let (tag, valid) = match word(0) {
            0xFFFE if fmt.len() >= 40 => (sub_format(&fmt[24..40]), word(18)),
            tag => (tag, 0),
        };
        let stated = word(14);
        let bits = if valid == 0 || valid > stated { stated } else { valid };
        let (block, least) = (word(12), stated.div_ceil(8));
        let wide = block / channels;
        // A block length that cannot hold the samples is a slip of the writer; the bits rule.
        let bytes = if block % channels == 0 && (least..=8).contains(&wide) { wide } else { least };
        let float = tag == 3;
        let known = if float { matches!(bytes, 4 | 8) && bytes * 8 == bits } else { matches!(bytes, 1..=4) };
        if !matches!(tag, 1 | 3) || bits == 0 || !known {
            return Err(Error::Unsupported { path: path(), format: in_words(tag, bits) });
        }
        Ok(Self {
            channels,
            rate: u32::from(word(4)) | u32::from(word(6)) << 16,
            bytes,
            bits,
            low: false,
            float,
        })
    }

    /// Bytes of one frame.
    pub(super) fn frame(self) -> u64 {
        u64::from(self.bytes) * u64::from(self.channels)
    }

    /// The largest count, from zero.
    pub(super) fn full_scale(self) -> f64 {
        if self.float { 1.0 } else { 2f64.powi(i32::from(self.bits) - 1) }
    }

    /// For people.
    pub(super) fn describe(self) -> String {
        let kind = if self.float { " float" } else { "" };
        format!("WAV, {} bit{kind}", self.bits)
    }

    /// Whether the bits that count lie low in their bytes. The standard says high, with zeros
    /// below; some writers store them as plain numbers. Samples tell: zeros below mean high.
    fn lies_low(self, samples: &[u8]) -> bool {
        let pad = u32::from(self.bytes * 8 - self.bits);
        let (mut below, mut beyond) = (false, false);
        for sample in samples.chunks_exact(usize::from(self.bytes)) {
            let raw = sample.iter().rev().fold(0u64, |raw, byte| raw << 8 | u64::from(*byte));
            below |= raw & ((1 << pad) - 1) != 0;
            let above = raw >> (self.bits - 1);
            // Zeros above the sign, or the sign again and again.
            beyond |= above > 1 && above != (1 << (pad + 1)) - 1;
        }
        below && !beyond
    }
}

/// The format tag within an extensible header; 0 for a kind that is none.
fn sub_format(guid: &[u8]) -> u16 {
    const TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
    if guid[2..] == TAIL { u16::from_le_bytes([guid[0], guid[1]]) } else { 0 }
}

fn in_words(tag: u16, bits: u16) -> String {
    match tag {
        1 => format!("PCM of {bits} bits"),
        3 => format!("floats of {bits} bits"),
        2 | 0x11 => "ADPCM (compressed)".into(),
        6 => "A-law (compressed)".into(),
        7 => "µ-law (compressed)".into(),
        0x50 | 0x55 => "MPEG audio (compressed)".into(),
        tag => format!("a format that is not known here (tag {tag:#06x})"),
    }
}

/// One file of samples.
#[derive(Debug)]
struct Piece<R> {
    reader: R,
    path: PathBuf,
    /// Where its samples begin, byte.
    start: u64,
    /// Its first frame within the recording, and the one after its last.
    first: u64,
    end: u64,
}

impl<R> Piece<R> {
    fn failed(&self, source: io::Error) -> Error {
        Error::Read { path: self.path.clone(), source }
    }
}

/// The samples of a WAV, or of several that follow one another, from the first frame to the last.
#[derive(Debug)]
pub(super) struct Wav<R> {
    pieces: Vec<Piece<R>>,
    /// Which of them is read.
    now: usize,
    pub layout: Layout,
    /// How many frames there are, with those between pieces that are not there.
    pub frames: u64,
    /// The next frame.
    read: u64,
    /// The block as hound sees it: header and samples.
    block: Vec<u8>,
}

impl<R: Read + Seek> Wav<R> {
    /// Reads all but the samples.
    pub(super) fn open(mut reader: R, path: &Path) -> Result<(Self, Contents), Error> {
        let failed = |source| Error::Read { path: path.into(), source };
        let mut contents = walk(&mut reader, path)?;
        let mut layout = Layout::read(&contents.fmt, path)?;
        let data = contents.data;
        let frames = data.bytes / layout.frame();
        let warning = match data.stated {
            Stated::Nothing => Some(Warning::Unfinished),
            Stated::Wrong(stated) if stated / layout.frame() > frames => {
                Some(Warning::Cut { promised: stated / layout.frame(), present: frames })
            }
            Stated::Wrong(stated) => {
                Some(Warning::LengthTooShort { promised: stated / layout.frame(), present: frames })
            }
            Stated::Right => None,
        };
        contents.warnings.extend(warning);
        reader.seek(SeekFrom::Start(data.start)).map_err(failed)?;
        if layout.bits < layout.bytes * 8 && layout.bytes > 1 {
            let mut look = Vec::new();
            reader.by_ref().take(LOOK.min(data.bytes)).read_to_end(&mut look).map_err(failed)?;
            layout.low = layout.lies_low(&look);
            reader.seek(SeekFrom::Start(data.start)).map_err(failed)?;
        }
        let piece = Piece { reader, path: path.into(), start: data.start, first: 0, end: frames };
        Ok((Self { pieces: vec![piece], now: 0, layout, frames, read: 0, block: Vec::new() }, contents))
    }

    /// Appends the recording's next file; what it says beside its samples, and the frames before
    /// it that no file has. One that was begun and has no frame yet is nothing.
    pub(super) fn append(&mut self, reader: R, path: &Path) -> Result<(Contents, Span), Error> {
        let (next, contents) = Self::open(reader, path)?;
        let begins = parts::place(&contents.notes).map_or(0, |place| place.first);
        let reached = self.frames;
        let kind = |l: Layout| (l.channels, l.rate, l.bytes, l.bits, l.float);
        if begins < reached || begins - reached > MOST_BETWEEN || kind(next.layout) != kind(self.layout) {
            return Err(Error::PartDiffers { path: path.into(), begins, reached });
        }
        if next.frames == 0 {
            return Ok((contents, Span::new(reached, reached)));
        }
        self.frames = begins + next.frames;
        let moved = |piece: Piece<R>| Piece { first: begins, end: begins + piece.end, ..piece };
        self.pieces.extend(next.pieces.into_iter().map(moved));
        Ok((contents, Span::new(reached, begins)))
    }

    /// How many files there are.
    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Goes to a frame, at most to the end.
    pub(super) fn go_to(&mut self, frame: u64) -> Result<(), Error> {
        self.read = 0;
        self.skip(frame)
    }

    /// Passes over the next frames, at most those that are there.
    pub(super) fn skip(&mut self, frames: u64) -> Result<(), Error> {
        self.read = self.read.saturating_add(frames).min(self.frames);
        let (read, frame) = (self.read, self.layout.frame());
        self.now = self.pieces.partition_point(|p| p.end <= read).min(self.pieces.len() - 1);
        let piece = &mut self.pieces[self.now];
        let place = piece.start + read.saturating_sub(piece.first) * frame;
        piece.reader.seek(SeekFrom::Start(place)).map_err(|e| piece.failed(e))?;
        Ok(())
    }

    /// The next frames of one file, at most `most`, interleaved and each sample times `gain`; none
    /// at the end. Frames between files, which are in none, must be skipped.
    pub(super) fn read(&mut self, most: u64, gain: f64, into: &mut Vec<f32>) -> Result<(), Error> {
        into.clear();
        if self.read >= self.pieces[self.now].end && self.now + 1 < self.pieces.len() {
            // Its reader stands where it was left, if someone went back.
            self.skip(0)?;
        }
        let piece = &mut self.pieces[self.now];
        let frames = most.min(piece.end - self.read);
        let bytes = (frames * self.layout.frame()) as usize;
        self.block.resize(HEADER + bytes, 0);
        self.block[..HEADER].copy_from_slice(&header(self.layout, bytes as u32));
        let samples = &mut self.block[HEADER..];
        piece.reader.read_exact(samples).map_err(|e| piece.failed(e))?;
        self.read += frames;
        if frames > 0 {
            decode(self.layout, &self.block, gain, into)
                .map_err(|source| Error::Decode { path: piece.path.clone(), source })?;
        }
        Ok(())
    }
}

/// Bytes in memory. hound asks for one sample at a time; `&[u8]` would call the system's copy
/// routine for each, which takes longer than the decoding.
struct Bytes<'a>(&'a [u8]);

impl Read for Bytes<'_> {
    #[inline(always)]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        fn copy<const N: usize>(from: &mut &[u8], into: &mut [u8]) -> Option<usize> {
            let (head, tail) = from.split_first_chunk::<N>()?;
            *into.first_chunk_mut::<N>()? = *head;
            *from = tail;
            Some(N)
        }
        let fixed = match into.len() {
            1 => copy::<1>(&mut self.0, into),
            2 => copy::<2>(&mut self.0, into),
            3 => copy::<3>(&mut self.0, into),
            4 => copy::<4>(&mut self.0, into),
            _ => None,
        };
        fixed.map_or_else(|| self.0.read(into), Ok)
    }
}

/// Decodes one block, header and all.
fn decode(layout: Layout, block: &[u8], gain: f64, into: &mut Vec<f32>) -> Result<(), hound::Error> {
    if layout.float && layout.bytes == 8 {
        // hound has no 64-bit floats.
        let samples = block[HEADER..].as_chunks::<8>().0;
        into.extend(samples.iter().map(|s| (f64::from_le_bytes(*s) * gain) as f32));
        return Ok(());
    }
    let pad = u32::from(layout.bytes * 8 - layout.bits);
    let padded_gain = gain / f64::from(1u32 << pad);
    if !layout.float && layout.bytes == 2 && !layout.low {
        // Nearly every recording: hound's calls for each sample take longer than all filters.
        let samples = block[HEADER..].as_chunks::<2>().0;
        into.extend(samples.iter().map(|s| (f64::from(i16::from_le_bytes(*s)) * padded_gain) as f32));
        return Ok(());
    }
    let mut wav = hound::WavReader::new(Bytes(block))?;
    into.reserve(wav.len() as usize);
    if layout.float {
        for sample in wav.samples::<f32>() {
            into.push((f64::from(sample?) * gain) as f32);
        }
        return Ok(());
    }
    if layout.low {
        let unused = 32 - u32::from(layout.bits);
        for sample in wav.samples::<i32>() {
            into.push((f64::from(sample? << unused >> unused) * gain) as f32);
        }
        return Ok(());
    }
    for sample in wav.samples::<i32>() {
        into.push((f64::from(sample?) * padded_gain) as f32);
    }
    Ok(())
}

/// The header of a plain WAV of `bytes` bytes of samples. hound needs no rate.
fn header(layout: Layout, bytes: u32) -> [u8; HEADER] {
    let frame = layout.frame() as u32;
    let tag: u32 = if layout.float { 3 } else { 1 };
    let words = [
        u32::from_le_bytes(*b"RIFF"),
        bytes.saturating_add(HEADER as u32 - 8),
        u32::from_le_bytes(*b"WAVE"),
        u32::from_le_bytes(*b"fmt "),
        16,
        tag | u32::from(layout.channels) << 16,
        1,
        frame,
        frame | u32::from(layout.bytes * 8) << 16,
        u32::from_le_bytes(*b"data"),
        bytes,
    ];
    let mut header = [0; HEADER];
    for (field, word) in header.chunks_exact_mut(4).zip(words) {
        field.copy_from_slice(&word.to_le_bytes());
    }
    header
}
