//! From a recording to its session: drives a source through the pipeline and keeps what happened.
//!
//! This room knows sources, the pipeline and sessions, so that neither of them need know the
//! other. It must never know views, threads or the command line.

mod story;

pub use story::{Story, micro};

use std::io::{Read, Seek};

use crate::block::{Block, Format, Scale};
use crate::detect::Class;
use crate::insertion::Insertion;
use crate::pipeline::{ChannelReport, Event, Mask, Pipeline};
use crate::session::{Note, Session, SourceInfo};
use crate::settings::{self, Settings};
use crate::source::{self, Flow, Recording, Source};
use crate::units::{SampleIndex, SampleRate, Span};

use story::seconds;

/// Why a recording could not be analysed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The recording cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The settings cannot be used for it.
    #[error(transparent)]
    Settings(#[from] settings::Error),
}

/// Pushes everything `source` gives through `pipeline`; `progress` hears how many frames were
/// pushed after each block. A source that is idle is asked again.
///
/// # Errors
/// [`source::Error`] where the source fails; what was pushed before stays pushed.
pub fn drive(
    source: &mut impl Source,
    pipeline: &mut Pipeline,
    sink: &mut impl FnMut(Event),
    progress: &mut impl FnMut(u64),
) -> Result<(), source::Error> {
    let mut block = Block::empty(source.format().channels.len());
    let mut begun = false;
    loop {
        match source.next(&mut block)? {
            Flow::Frames => {
                late_start(&block, &mut begun, sink);
                pipeline.push(&block, sink);
                progress(block.end().get());
            }
            Flow::Idle => {}
            Flow::End => return Ok(()),
        }
    }
}

/// Tells that what lies before the first frame of all is no signal: the pipeline begins with it.
pub fn late_start(first: &Block, begun: &mut bool, sink: &mut impl FnMut(Event)) {
    if !std::mem::replace(begun, true) && first.first > SampleIndex::default() {
        sink(Event::Masked { channel: None, span: Span::new(0, first.first.get()), why: Mask::Gap });
    }
}

/// Analyses a recording from its beginning to its end. `sha256` is the checksum to record of it.
///
/// # Errors
/// [`Error`] where the recording cannot be read or the settings cannot be used for it.
pub fn analyze<R: Read + Seek>(
    recording: &mut Recording<R>,
    settings: &Settings,
    sha256: String,
    progress: &mut impl FnMut(u64),
) -> Result<Session, Error> {
    let format = recording.format().clone();
    let mut pipeline = Pipeline::new(&format, settings)?;
    let mut story = Story::default();
    drive(recording, &mut pipeline, &mut |event| story.hear(event), progress)?;
    let reports = pipeline.finish(&mut |event| story.hear(event));
    let heard = Heard {
        story,
        reports,
        insertions: if recording.marked() { recording.insertions().to_vec() } else { Vec::new() },
        notes: recording.notes().to_vec(),
        warnings: recording.warnings().iter().map(ToString::to_string).collect(),
    };
    let source = source_info(recording, sha256, recording.frames());
    Ok(heard.session(source, settings, &format))
}

/// What a session says of the recording it is from, of which `frames` frames were heard.
pub fn source_info<R: Read + Seek>(recording: &Recording<R>, sha256: String, frames: u64) -> SourceInfo {
    let format = recording.format();
    SourceInfo {
        name: recording.name(),
        sha256,
        format: recording.format_description(),
        sampling_frequency_hz: format.rate.hz(),
        frames,
        duration_s: seconds(format.rate, frames),
        calibrated: format.scale == Scale::Microvolts,
    }
}

/// All that was heard of a recording or of a board.
#[derive(Debug)]
pub struct Heard {
    /// What came out of the pipeline.
    pub story: Story,
    /// What it knew at its end.
    pub reports: Vec<ChannelReport>,
    /// The needles, in order of needle in; none where none was marked.
    pub insertions: Vec<Insertion>,
    /// What a person noted, and when, in order of time.
    pub notes: Vec<(SampleIndex, String)>,
    /// What a person should know, in plain words.
    pub warnings: Vec<String>,
}

impl Heard {
    /// The session of it. Without insertions the whole recording counts as one dwell.
    pub fn session(self, source: SourceInfo, settings: &Settings, format: &Format) -> Session {
        let Self { story, reports, mut insertions, notes, mut warnings } = self;
        let marked = !insertions.is_empty();
        if !marked {
            insertions.push(Insertion {
                label: Some("whole recording".into()),
                entered: SampleIndex::default(),
                left: SampleIndex::new(source.frames),
                still_in: true,
            });
        }
        warnings.extend(doubts(format, &reports, marked));
        let mut session = story.session(source, settings, format, &insertions, marked, &reports, warnings);
        let note = |(at, text): (SampleIndex, String)| Note { onset: seconds(format.rate, at.get()), text };
        session.notes = notes.into_iter().map(note).collect();
        session
    }
}

/// Below this rate EMG is cut off or aliased: SENIAM asks for a low-pass near 500 Hz, and so for
/// more than 1000 samples a second; one percent less is a clock that is off.
const ENOUGH_HZ: f64 = 990.0;

/// What a rate that is too low for surface EMG loses, in plain words.
pub fn too_slow(rate: SampleRate) -> Option<String> {
    let tenth = |hz: f64| (hz * 10.0).round() / 10.0;
    (rate.hz() < ENOUGH_HZ).then(|| {
        format!(
            "{} samples a second carry nothing above {} Hz: part of the EMG is cut off or aliased, so faint twitches can be missed; record at 1000 or more",
            tenth(rate.hz()),
            tenth(rate.nyquist().hz())
        )
    })
}

/// What the reader should know, in plain words.
fn doubts(format: &Format, reports: &[ChannelReport], marked: bool) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(too_slow(format.rate));
    if format.scale == Scale::Unknown {
        all.push("the scale is unknown, so amplitudes in µV are n/a and everything is in units of the noise; give --full-scale or --lsb".into());
    }
    if !marked {
        all.push("no needle marks: the whole recording counts as one dwell; give --events or --insertion, or an events file beside the recording".into());
    }
    for (name, report) in format.channels.iter().zip(reports) {
        if report.quality.is_none() {
            all.push(format!(
                "channel {name} has too little signal for a noise floor: nothing can be found in it"
            ));
        }
    }
    all
}

/// How many candidates of a class a session holds.
pub fn count(session: &Session, class: Class) -> usize {
    session.candidates.iter().filter(|c| c.class == class).count()
}
