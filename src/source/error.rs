//! What stops a recording from being read: what, where, and the cure.

use std::io;
use std::path::PathBuf;

use crate::insertion::OutWithoutIn;
use crate::units::SampleRate;

/// Why a recording, or what lies beside it, cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum Error {
    #[error("{}: there is no such file; check the name and the folder", path.display())]
    Missing { path: PathBuf },

    #[error("{}: this is a folder, not a recording; name the recordings in it", path.display())]
    Directory { path: PathBuf },

    #[error("{}: cannot be opened: {source}", path.display())]
    Open { path: PathBuf, source: io::Error },

    #[error("{}: reading failed: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("{}: the file is empty; was the recording ever saved?", path.display())]
    Empty { path: PathBuf },

    #[error("{}: this is {looks}, not a WAV recording; {cure}", path.display())]
    NotWav { path: PathBuf, looks: &'static str, cure: &'static str },

    #[error("{}: the file ends at byte {at}, before its samples begin; copy it again from the recorder", path.display())]
    HeaderCut { path: PathBuf, at: u64 },

    #[error("{}: there is no {chunk} part in this WAV; it does not say {lacks}, so its samples cannot be read", path.display())]
    NoChunk { path: PathBuf, chunk: &'static str, lacks: &'static str },

    #[error("{}: this is part {number} of a recording, not a recording: name {}, and its parts are read with it", path.display(), first.display())]
    LaterPart { path: PathBuf, number: u64, first: PathBuf },

    #[error("{}: part {number} of this recording is missing: put {} beside it; to read only what lies before, take Parts out of its sidecar and the later parts away", path.display(), missing.display())]
    PartMissing { path: PathBuf, missing: PathBuf, number: u64 },

    #[error("{}: this part does not go on where the parts before it end: it begins at frame {begins}, and they reach to {reached}, or its samples are of another kind; copy all parts again", path.display())]
    PartDiffers { path: PathBuf, begins: u64, reached: u64 },

    #[error("{}: the recording holds no samples", path.display())]
    NoFrames { path: PathBuf },

    #[error("{}: the header says 0 channels; the file is damaged", path.display())]
    NoChannels { path: PathBuf },

    #[error("{}: samples are stored as {format}; save the recording as PCM (8, 16, 24 or 32 bit) or float", path.display())]
    Unsupported { path: PathBuf, format: String },

    #[error("{}: the header says 0 samples a second; give the rate as SamplingFrequency in {sidecar} beside it", path.display())]
    NoRate { path: PathBuf, sidecar: String },

    #[error("{}: {} samples a second is outside the 100 Hz to 192 kHz of surface EMG; correct it with SamplingFrequency in {sidecar} beside it", path.display(), rate.hz())]
    RateRange { path: PathBuf, rate: SampleRate, sidecar: String },

    #[error("{}: {found} {what} are more than the {limit} that a recording may have; is the file damaged?", path.display())]
    Limit { path: PathBuf, what: &'static str, found: u64, limit: u64 },

    #[error("{}: there is no channel {channel}; the recording has {channels}, counted from 1", path.display())]
    NoSuchChannel { path: PathBuf, channel: usize, channels: usize },

    #[error("channel {channel} is chosen twice; name each channel once")]
    ChannelTwice { channel: usize },

    #[error("no channel is chosen; name at least one, or leave the choice away for all")]
    NoChannelChosen,

    #[error("{}: hound, the WAV decoder, refuses the samples: {source}", path.display())]
    Decode { path: PathBuf, source: hound::Error },

    #[error("{}: not a valid JSON sidecar: {source}", path.display())]
    Sidecar { path: PathBuf, source: serde_json::Error },

    #[error("{}: {key} is {found}, but must be {must}; correct it or leave it away", path.display())]
    SidecarValue { path: PathBuf, key: &'static str, found: String, must: &'static str },

    #[error("{}: neither BIDS events (a header line with onset and duration, separated by tabs) nor SpikeRecorder markers (ID, comma, seconds)", path.display())]
    UnknownMarks { path: PathBuf },

    #[error("{place}: {problem}")]
    MarksLine { place: String, problem: String },

    #[error("{place}: {source}; add the needle in, or remove this mark")]
    OutWithoutIn { place: String, source: OutWithoutIn },

    #[error(
        "{place}: {time} s is outside the recording, which ends at {end} s; correct the mark or remove it"
    )]
    Outside { place: String, time: f64, end: f64 },

    #[error(
        "{place}: every mark lies beyond the end of the recording at {end} s; do the marks belong to another recording?"
    )]
    OtherRecording { place: String, end: f64 },

    #[error(
        "{place}: the insertion lasts no time; give its duration, or mark points as needle_in and needle_out"
    )]
    NoLength { place: String },

    #[error("{place}: no insertion in it; {cure}")]
    NoInsertions { place: String, cure: String },

    #[error(
        "“{id}” cannot mean both needle in and needle out; choose two IDs with --needle-in and --needle-out"
    )]
    SameIds { id: String },
}
