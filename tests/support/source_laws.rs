//! What holds for any bytes whatever: the fuzz targets look for what breaks it, and the tests
//! replay what they found.
#![allow(dead_code, reason = "each fuzz target checks its own law")]

use std::io::{Cursor, Read, Result, Seek, SeekFrom};
use std::path::Path;

use twitchscope::block::Block;
use twitchscope::source::{Companion, Companions, Flow, Options, Recording, Source};

/// Any file is refused, or gives no more samples than it has bytes, the same ones however the
/// reader hands them out, and insertions and masks within its length.
pub fn wav(data: &[u8]) {
    let whole = read(Cursor::new(data), &Companions::default());
    let pieces = read(Pieces(Cursor::new(data)), &Companions::default());
    assert_eq!(whole, pieces);
    assert!(whole.unwrap_or_default().len() <= data.len());
}

/// Any text beside a recording is refused, or gives insertions within it.
pub fn events_tsv(data: &[u8]) {
    beside("x_events.tsv", data, b"onset\tduration\ttrial_type\n");
}

/// Any text beside a recording is refused, or gives insertions within it.
pub fn spikerecorder_events(data: &[u8]) {
    beside("x-events.txt", data, b"# Marker ID,\tTime (in s)\n");
}

/// Any `cue ` and LIST behind the samples leave the samples alone.
pub fn cue(data: &[u8]) {
    let (points, names) = data.split_at(data.len() / 2);
    let mut file = tenth_of_a_second();
    for (id, body) in [(b"cue ", points), (b"LIST", &[b"adtl", names].concat())] {
        file.extend(id);
        file.extend((body.len() as u32).to_le_bytes());
        file.extend(body);
        file.extend(&[0][..body.len() % 2]);
    }
    if let Some(samples) = read(Cursor::new(&file), &Companions::default()) {
        assert_eq!(samples.len(), 100);
    }
}

fn beside(name: &str, data: &[u8], header: &[u8]) {
    for text in [data.to_vec(), [header, data].concat()] {
        let marks = vec![Companion { path: name.into(), bytes: text }];
        read(Cursor::new(tenth_of_a_second()), &Companions { sidecar: None, marks });
    }
}

/// 100 frames of silence at 1 kHz, RIFF length left open.
fn tenth_of_a_second() -> Vec<u8> {
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xe8\x03\0\0\xd0\x07\0\0\x02\0\x10\0data".to_vec();
    file.extend(200u32.to_le_bytes());
    file.extend([0; 200]);
    file
}

/// The bits of all samples, or nothing where the recording is refused.
fn read<R: Read + Seek>(reader: R, companions: &Companions) -> Option<Vec<u32>> {
    let mut recording = Recording::read(reader, Path::new("x.wav"), companions, &Options::default()).ok()?;
    let (frames, channels) = (recording.frames(), recording.format().channels.len());
    for insertion in recording.insertions() {
        assert!(insertion.entered < insertion.left && insertion.left.get() <= frames);
    }
    for mask in recording.masks() {
        assert!(!mask.is_empty() && mask.end.get() <= frames);
    }
    let mut block = Block::empty(channels);
    let mut samples = Vec::new();
    while recording.next(&mut block).expect("what was opened can be read") == Flow::Frames {
        // A NaN may change its payload on the way; that it is one counts.
        samples.extend(block.frames.iter().map(|s| if s.is_nan() { u32::MAX } else { s.to_bits() }));
    }
    assert_eq!(samples.len() as u64, frames * channels as u64);
    for warning in recording.warnings() {
        assert!(!warning.to_string().is_empty());
    }
    Some(samples)
}

/// A reader that gives a few bytes at a time.
struct Pieces<R>(R);

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let few = into.len().min(7);
        self.0.read(&mut into[..few])
    }
}

impl<R: Seek> Seek for Pieces<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}
