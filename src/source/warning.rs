//! What a person should know about a recording that was read all the same.

use std::fmt;

use super::PortError;
use super::board::Note;
use crate::units::SampleRate;

/// Something odd about a recording: its text says what it is and what to do about it. Files are
/// named without their folder, so that one recording gives one text wherever it lies.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum Warning {
    /// Fewer frames are in the file than its header promises.
    Cut { promised: u64, present: u64 },
    /// Something odd about a later part of a recording.
    Part { name: String, problem: String },
    /// The header was never completed, so the samples were taken to run to the end of the file.
    Unfinished,
    /// Samples run on past the length that the header states.
    LengthTooShort { promised: u64, present: u64 },
    /// Bytes that are no samples after the last part of the file.
    Trailing { bytes: u64 },
    /// A part of the file beside the samples is incomplete.
    ChunkCut { chunk: String },
    /// Samples that are no numbers.
    NotFinite { samples: u64 },
    /// Header and sidecar disagree about the rate.
    RateDiffers { header: u32, sidecar: SampleRate },
    /// Names for another number of channels than there are.
    ChannelNames { names: usize, channels: usize },
    /// The scale is what SpikeRecorder's own calibration says.
    SpikeRecorderScale { uv_per_count: f64 },
    /// Two files of marks lie beside the recording.
    TwoMarksFiles { used: String, unused: String },
    /// A file of marks gave no insertion.
    NoInsertions { place: String, cure: String },
    /// A file of marks could not be read, and was not needed for the insertions.
    MarksUnread { problem: String },
    /// Needles that no mark takes out.
    NeverOut { place: String, needles: usize },
    /// A mark whose end lies beyond the end of the recording.
    EndsLate { place: String, time: f64, end: f64 },
    /// Marks in the part of the recording that is lost.
    MarksLost { place: String, marks: usize },
    /// A needle that went in and out at one moment.
    Momentary { place: String },
    /// A marker without a time.
    NoTime { place: String },
    /// What a board has to say.
    Board(Note),
    /// A board says that it is another one than before.
    BoardChanged { from: String, to: String },
    /// What came back on the port of a board that was unplugged is not that board.
    OtherBoard { looks: String },
    /// The port of a board that was unplugged is there and cannot be opened.
    PortBlocked { problem: PortError },
    /// A board says nothing any more.
    BoardSilent { at_s: f64 },
    /// A board's counter jumped further than can be.
    ImpossibleGap { frames: u64 },
    /// Frames come at another rate than the board is said to have.
    OtherPace { rate_hz: f64, counted_hz: f64 },
    /// Nobody knows the rate but this machine's clock.
    RateCounted { rate: SampleRate },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { promised, present } => write!(
                f,
                "the file is cut short: {present} of {promised} frames are there and were read; copy it again from the recorder if you can"
            ),
            Self::Part { name, problem } => write!(f, "{name}: {problem}"),
            Self::Unfinished => write!(
                f,
                "the recorder never completed the header; all samples to the end of the file were read, so check that the last seconds are signal"
            ),
            Self::LengthTooShort { promised, present } => write!(
                f,
                "the header states {promised} frames, but {present} are there and were read; check that the last seconds are signal"
            ),
            Self::Trailing { bytes } => {
                write!(
                    f,
                    "{bytes} bytes after the end of the recording are no part of it and were left aside"
                )
            }
            Self::ChunkCut { chunk } => write!(
                f,
                "the part “{chunk}” of the file is cut short; names or marks in it may be missing, so check them"
            ),
            Self::NotFinite { samples } => write!(
                f,
                "{samples} samples are no numbers (NaN or infinite) and were taken as lost; check the recorder's export"
            ),
            Self::RateDiffers { header, sidecar } => write!(
                f,
                "the sidecar says {} samples a second, the header {header}; the sidecar was followed",
                sidecar.hz()
            ),
            Self::ChannelNames { names, channels } => write!(
                f,
                "{names} channel names for {channels} channels were left aside; name each channel once in the sidecar"
            ),
            Self::SpikeRecorderScale { uv_per_count } => write!(
                f,
                "the scale of {uv_per_count} µV a count is from SpikeRecorder's calibration, which takes the calibrator's amplitude as 1 mV; if yours gives 1 mV peak to peak, halve it with --lsb"
            ),
            Self::TwoMarksFiles { used, unused } => write!(
                f,
                "two files of marks lie beside the recording: {used} was used, {unused} was not; choose with --events"
            ),
            Self::NoInsertions { place, cure } => write!(f, "{place}: no insertion in it; {cure}"),
            Self::MarksUnread { problem } => {
                write!(f, "marks left aside because insertions are given by hand: {problem}")
            }
            Self::NeverOut { place, needles } => write!(
                f,
                "{place}: {needles} needle(s) never taken out; each was taken to stay in until the end of the recording, so mark the needle out if it came earlier"
            ),
            Self::EndsLate { place, time, end } => write!(
                f,
                "{place}: {time} s lies beyond the end of the recording and was moved to {end} s, with the needle still in"
            ),
            Self::MarksLost { place, marks } => write!(
                f,
                "{place}: {marks} mark(s) lie in the part of the recording that is lost and were left aside"
            ),
            Self::Momentary { place } => {
                write!(f, "{place}: a needle went in and out at one moment; it was left aside")
            }
            Self::NoTime { place } => write!(f, "{place}: the marker has no time and was left aside"),
            Self::Board(note) => note.fmt(f),
            Self::BoardChanged { from, to } => write!(
                f,
                "the board was “{from}” and now describes itself as “{to}”: what comes now may be scaled wrongly, so start anew"
            ),
            Self::OtherBoard { looks } => write!(
                f,
                "the board on the port is not the one that was unplugged: it {looks}; nothing of it was taken, so plug in the first one, or stop and start anew"
            ),
            Self::PortBlocked { problem } => write!(f, "the board cannot be read again yet: {problem}"),
            Self::BoardSilent { at_s } => write!(
                f,
                "nothing has come from the board since {at_s} s: check its supply and its cable; what is missing will be a gap"
            ),
            Self::ImpossibleGap { frames } => write!(
                f,
                "the board's counter jumped by {frames} frames, which is more than a day; the jump was left aside"
            ),
            Self::OtherPace { rate_hz, counted_hz } => write!(
                f,
                "the board is said to give {rate_hz:.1} samples a second and {counted_hz} come by this machine's clock: all times in seconds are wrong by that much, unless a recording is played at another speed; give the true rate with --rate"
            ),
            Self::RateCounted { rate } => write!(
                f,
                "the board does not say its rate; {:.1} samples a second were counted, so times in seconds are good to about a percent; give the true rate with --rate",
                rate.hz()
            ),
        }
    }
}
