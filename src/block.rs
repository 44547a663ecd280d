//! What a source gives and the pipeline takes: frames, gaps and marks on one clock.
//!
//! This room knows units and arrays. It must never know where samples come from or what is
//! looked for in them.

use std::ops::Range;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::units::{SampleIndex, SampleRate};

/// What one count of the samples is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The samples in a [`Block`] are microvolts.
    Microvolts,
    /// Nothing is known: the samples are counts of the converter, thresholds are in units of
    /// the noise, and no amplitude can be stated.
    Unknown,
}

/// What stays the same through a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Format {
    /// Frames a second.
    pub rate: SampleRate,
    /// The channels' names, in the order of the columns of [`Block::frames`]; at least one.
    pub channels: Vec<String>,
    /// What the samples are.
    pub scale: Scale,
    /// The value at which the converter clips, in the samples' own unit, where it is known.
    pub full_scale: Option<f32>,
}

/// Something a person, a switch or a file said about one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The moment.
    pub at: SampleIndex,
    /// What was said.
    pub kind: MarkKind,
}

/// What a [`Mark`] says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MarkKind {
    /// A needle went in.
    NeedleIn {
        /// Which needle or site, where it was named.
        label: Option<String>,
    },
    /// A needle came out: the one of that label, else the one that has been in longest.
    NeedleOut {
        /// Which needle or site, where it was named.
        label: Option<String>,
    },
    /// From here the signal is not valid, whatever it looks like.
    MaskStart,
    /// From here the signal is valid again.
    MaskEnd,
}

/// A run of frames, with what belongs to their time.
///
/// `frames` is frames × channels, in µV or counts as [`Format::scale`] says. A sample that is not
/// finite is a sample that was lost; the pipeline masks it.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The place of the first frame; where it lies beyond the end of the block before, the frames
    /// between were lost and the pipeline treats them as a gap.
    pub first: SampleIndex,
    /// Frames × channels.
    pub frames: Array2<f32>,
    /// The marks within this block's time, in order of time. A live source may learn of a mark
    /// late: it then comes with its own place, before the block's.
    pub marks: Vec<Mark>,
}

impl Block {
    /// A block without frames for a recording of `channels` channels.
    pub fn empty(channels: usize) -> Self {
        Self { first: SampleIndex::default(), frames: Array2::zeros((0, channels)), marks: Vec::new() }
    }

    /// Appends the samples of these rows of the channel at place `channel`; NaN for what the block
    /// does not have.
    pub fn column(&self, channel: usize, rows: Range<usize>, into: &mut Vec<f32>) {
        let columns = self.frames.ncols();
        let all = self.frames.as_slice().and_then(|all| all.get(rows.start * columns..rows.end * columns));
        match all {
            Some(all) if channel < columns => into.extend(all.chunks_exact(columns).map(|row| row[channel])),
            _ => into.extend(rows.map(|row| self.frames.get((row, channel)).copied().unwrap_or(f32::NAN))),
        }
    }

    /// The place after the last frame.
    pub fn end(&self) -> SampleIndex {
        self.first + self.frames.nrows() as u64
    }
}
