//! WAV files byte by byte, right or wrong as a test wants them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::Cursor;
use std::path::Path;

use twitchscope::block::Block;
use twitchscope::source::{Companion, Companions, Error, Flow, Options, Recording, Source};

/// A WAV under construction.
#[derive(Clone)]
pub struct WavBytes {
    pub channels: u16,
    pub rate: u32,
    /// 1 PCM, 3 float.
    pub tag: u16,
    pub bits: u16,
    /// Bytes of one sample.
    pub container: u16,
    /// Written as WAVE_FORMAT_EXTENSIBLE, with so many bits that count.
    pub valid: Option<u16>,
    pub samples: Vec<u8>,
    /// What the header says about the samples' length; `None` for the truth.
    pub data_length: Option<u32>,
    pub riff_length: Option<u32>,
    pub before: Vec<u8>,
    pub behind: Vec<u8>,
}

impl WavBytes {
    pub fn pcm(bits: u16, channels: u16, samples: &[i32]) -> Self {
        let container = bits.div_ceil(8);
        let low = |s: &i32| s.to_le_bytes()[..usize::from(container)].to_vec();
        let unsigned = |s: &i32| vec![(s + 128) as u8];
        let samples = samples.iter().flat_map(|s| if bits == 8 { unsigned(s) } else { low(s) }).collect();
        Self {
            channels,
            rate: 2000,
            tag: 1,
            bits,
            container,
            valid: None,
            samples,
            data_length: None,
            riff_length: None,
            before: Vec::new(),
            behind: Vec::new(),
        }
    }

    pub fn float(samples: &[f32]) -> Self {
        let bytes = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        Self { tag: 3, bits: 32, container: 4, samples: bytes, ..Self::pcm(16, 1, &[]) }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let frame = self.container * self.channels;
        let mut fmt = Vec::new();
        fmt.extend(if self.valid.is_some() { 0xFFFE } else { self.tag }.to_le_bytes());
        fmt.extend(self.channels.to_le_bytes());
        fmt.extend(self.rate.to_le_bytes());
        fmt.extend((self.rate.wrapping_mul(u32::from(frame))).to_le_bytes());
        fmt.extend(frame.to_le_bytes());
        fmt.extend(self.bits.to_le_bytes());
        if let Some(valid) = self.valid {
            fmt.extend(22u16.to_le_bytes());
            fmt.extend(valid.to_le_bytes());
            fmt.extend(0u32.to_le_bytes());
            fmt.extend(self.tag.to_le_bytes());
            fmt.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        }
        let mut body = b"WAVE".to_vec();
        body.extend(chunk(b"fmt ", &fmt));
        body.extend(&self.before);
        let mut data = chunk(b"data", &self.samples);
        if let Some(length) = self.data_length {
            data[4..8].copy_from_slice(&length.to_le_bytes());
        }
        body.extend(data);
        body.extend(&self.behind);
        let mut file = b"RIFF".to_vec();
        file.extend(self.riff_length.unwrap_or(body.len() as u32).to_le_bytes());
        file.extend(body);
        file
    }
}

/// A chunk, padded to an even length.
pub fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend((body.len() as u32).to_le_bytes());
    chunk.extend(body);
    if body.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// A LIST of `entries`.
pub fn list(kind: &[u8; 4], entries: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = kind.to_vec();
    for (id, entry) in entries {
        body.extend(chunk(id, entry));
    }
    chunk(b"LIST", &body)
}

/// A `cue ` of points: id and frame.
pub fn cues(points: &[(u32, u32)]) -> Vec<u8> {
    let mut body = (points.len() as u32).to_le_bytes().to_vec();
    for (id, frame) in points {
        body.extend(id.to_le_bytes());
        body.extend(frame.to_le_bytes());
        body.extend(b"data");
        body.extend([0; 8]);
        body.extend(frame.to_le_bytes());
    }
    chunk(b"cue ", &body)
}

/// The name of a cue point.
pub fn labl(id: u32, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    let mut entry = id.to_le_bytes().to_vec();
    entry.extend(text.bytes());
    entry.push(0);
    (b"labl", entry)
}

/// A stretch that starts at a cue point.
pub fn ltxt(id: u32, frames: u32, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    let mut entry = id.to_le_bytes().to_vec();
    entry.extend(frames.to_le_bytes());
    entry.extend(b"rgn ");
    entry.extend([0; 8]);
    entry.extend(text.bytes());
    entry.push(0);
    (b"ltxt", entry)
}

pub type Opened = Recording<Cursor<Vec<u8>>>;

/// Opens bytes as the recording `x.wav`, with files beside it.
pub fn open(bytes: Vec<u8>, beside: &[(&str, &str)], options: &Options) -> Result<Opened, Error> {
    let companion =
        |(name, text): &(&str, &str)| Companion { path: name.into(), bytes: text.as_bytes().to_vec() };
    let (sidecar, marks): (Vec<_>, Vec<_>) =
        beside.iter().map(companion).partition(|c| c.path.extension().is_some_and(|e| e == "json"));
    let companions = Companions { sidecar: sidecar.into_iter().next(), marks };
    Recording::read(Cursor::new(bytes), Path::new("x.wav"), &companions, options)
}

/// All samples, interleaved.
pub fn samples<S: Source>(source: &mut S) -> Vec<f32> {
    let mut block = Block::empty(source.format().channels.len());
    let mut all = Vec::new();
    while source.next(&mut block).unwrap() == Flow::Frames {
        assert_eq!(block.first.get() as usize * source.format().channels.len(), all.len());
        all.extend(block.frames.iter());
    }
    all
}

/// The samples of a file without anything beside it.
pub fn decoded(bytes: Vec<u8>) -> Vec<f32> {
    samples(&mut open(bytes, &[], &Options::default()).unwrap())
}

/// The texts of all warnings.
pub fn warned(source: &impl Source) -> String {
    source.warnings().iter().map(|w| format!("{w}\n")).collect()
}

/// What opening these bytes complains of.
pub fn refused(bytes: Vec<u8>) -> String {
    open(bytes, &[], &Options::default()).err().map(|e| e.to_string()).unwrap_or_default()
}

/// Counts that fill `bits`, both signs, least and largest among them.
pub fn counts(bits: u16) -> Vec<i32> {
    let top = (1i64 << (bits - 1)) as f64;
    let mut counts: Vec<i32> = (0..60).map(|n| ((n as f64 * 0.7).sin() * top * 0.9) as i32).collect();
    counts.extend([-top as i32, (top - 1.0) as i32, 0, 1, -1, 2]);
    counts
}
