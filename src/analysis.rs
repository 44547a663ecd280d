//! From a recording to its session: drives a source through the pipeline and keeps what happened.
//!
//! This room knows sources, the pipeline and sessions, so that neither of them need know the
//! other. It must never know views, threads or the command line.

use std::io::{Read, Seek};

use crate::block::{Block, Format, Scale};
use crate::detect::{Class, Threshold};
use crate::insertion::{Insertion, owner};
use crate::pipeline::{ChannelReport, Event, Found, Mask, Pipeline};
use crate::session::{
    CandidateRecord, ChannelQuality, Control, Counts, InsertionRecord, MaskedSpan, Overview, SCHEMA,
    Sensitivity, Session, SourceInfo, TwitchRecord,
};
use crate::settings::{self, Settings};
use crate::source::{self, Flow, Recording, Source};
use crate::statistics;
use crate::units::{SampleIndex, SampleRate, Seconds, Span, covered};

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
    loop {
        match source.next(&mut block)? {
            Flow::Frames => {
                pipeline.push(&block, sink);
                progress(block.end().get());
            }
            Flow::Idle => {}
            Flow::End => return Ok(()),
        }
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
    let frames = recording.frames();
    let whole = Insertion {
        label: Some("whole recording".into()),
        entered: SampleIndex::default(),
        left: SampleIndex::new(frames),
        still_in: true,
    };
    let insertions = if recording.marked() { recording.insertions().to_vec() } else { vec![whole] };
    let mut warnings: Vec<String> = recording.warnings().iter().map(ToString::to_string).collect();
    warnings.extend(doubts(&format, &reports, recording.marked()));
    let source = SourceInfo {
        name: recording.name(),
        sha256,
        format: recording.format_description(),
        sampling_frequency_hz: format.rate.hz(),
        frames,
        duration_s: seconds(format.rate, frames),
        calibrated: format.scale == Scale::Microvolts,
    };
    Ok(story.session(source, settings, &format, &insertions, recording.marked(), &reports, warnings))
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

/// What happened, as it comes out of the pipeline.
#[derive(Debug, Default)]
struct Story {
    candidates: Vec<Found>,
    twitches: Vec<Found>,
    beside: Vec<Found>,
    masked: Vec<(Option<usize>, Span, Mask)>,
}

impl Story {
    fn hear(&mut self, event: Event) {
        match event {
            Event::Candidate(found) => self.candidates.push(found),
            Event::Twitch(found) => self.twitches.push(found),
            Event::Beside(found) => self.beside.push(found),
            Event::Masked { channel, span, why } => self.masked.push((channel, span, why)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "each is one part of the session, used once")]
    fn session(
        mut self,
        source: SourceInfo,
        settings: &Settings,
        format: &Format,
        insertions: &[Insertion],
        marked: bool,
        reports: &[ChannelReport],
        warnings: Vec<String>,
    ) -> Session {
        self.candidates.sort_by_key(|f| (f.span, f.channel));
        self.twitches.sort_by_key(|f| (f.span, f.channel));
        self.beside.sort_by_key(|f| (f.span, f.channel));
        self.masked.sort_by_key(|m| (m.1, m.0, m.2));
        let unseen = self.unseen(format.channels.len());
        let (mut records, twitches) = dwell(format, insertions, &self.twitches, &unseen);
        let totals = sensitivity(format.rate, insertions, &self.beside, &mut records);
        let whole = Span::new(0, source.frames);
        let spans: Vec<Span> = insertions.iter().map(Insertion::span).collect();
        let mut both = spans.clone();
        both.extend(&unseen);
        let outside = whole.len() - covered(whole, &both);
        Session {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").into(),
            settings: settings.clone(),
            channels: format.channels.iter().zip(reports).map(|(n, r)| quality(n, r, format.rate)).collect(),
            marked,
            control: control(
                seconds(format.rate, outside),
                twitches.iter().filter(|t| t.insertion.is_none()).count() as u64,
            ),
            sensitivity: Some(totals),
            insertions: records,
            twitches,
            candidates: self.candidates.iter().map(|f| candidate(f, format)).collect(),
            masked: self.masked.iter().map(|m| masked(m, format)).collect(),
            self_test: None,
            warnings,
            overview: overview(reports),
            source,
        }
    }

    /// Where nothing could be seen on any channel.
    fn unseen(&self, channels: usize) -> Vec<Span> {
        let mut edges: Vec<(SampleIndex, i64)> = Vec::new();
        for (channel, span, _) in &self.masked {
            let weight = if channel.is_some() { 1 } else { channels as i64 };
            edges.extend([(span.start, weight), (span.end, -weight)]);
        }
        edges.sort();
        let (mut dark, mut since, mut spans) = (0, SampleIndex::default(), Vec::new());
        for (at, change) in edges {
            if dark >= channels as i64 && at > since {
                spans.push(Span { start: since, end: at });
            }
            dark += change;
            since = at;
        }
        spans
    }
}

fn seconds(rate: SampleRate, frames: u64) -> f64 {
    round(rate.seconds(frames).s())
}

/// To a microsecond: below any sample, and short in print.
fn round(s: f64) -> f64 {
    (s * 1e6).round() / 1e6
}

/// The shortest decimal that still names the same `f32`.
fn shortest(x: f32) -> f64 {
    x.to_string().parse().unwrap_or_else(|_| f64::from(x))
}

/// To a thousandth, for numbers that people read.
fn thousandth(x: f64) -> f64 {
    (x * 1e3).round() / 1e3
}

fn dwell(
    format: &Format,
    insertions: &[Insertion],
    found: &[Found],
    unseen: &[Span],
) -> (Vec<InsertionRecord>, Vec<TwitchRecord>) {
    let rate = format.rate;
    let since = |at: SampleIndex, entered: SampleIndex| seconds(rate, at - entered);
    let mut records: Vec<InsertionRecord> = insertions
        .iter()
        .map(|i| {
            let within = unseen.iter().filter(|s| s.overlap(i.span()) > 0);
            let inside = |s: &Span| [since(s.start, i.entered), since(s.end.min(i.left), i.entered)];
            InsertionRecord {
                onset: seconds(rate, i.entered.get()),
                dwell: seconds(rate, i.span().len()),
                label: i.label.clone(),
                still_in: i.still_in,
                observed: seconds(rate, i.span().len() - covered(i.span(), unseen)),
                twitches: Vec::new(),
                masked: within.map(inside).collect(),
                sensitivity: None,
            }
        })
        .collect();
    let calibrated = format.scale == Scale::Microvolts;
    let twitches = found
        .iter()
        .map(|f| {
            let place = owner(insertions, f.span.start);
            let dwell = place.map(|p| since(f.span.start, insertions[p].entered));
            let before = place.and_then(|p| records[p].twitches.last().copied());
            if let (Some(p), Some(dwell)) = (place, dwell) {
                records[p].twitches.push(dwell);
            }
            TwitchRecord {
                onset: seconds(rate, f.span.start.get()),
                duration: seconds(rate, f.span.len()),
                channel: format.channels[f.channel].clone(),
                insertion: place,
                dwell,
                order: place.map(|p| records[p].twitches.len() as u32),
                peak_uv: calibrated.then(|| shortest(f.candidate.peak)),
                rms_uv: calibrated.then(|| shortest(f.candidate.rms)),
                snr_db: thousandth(f64::from(f.candidate.snr_db)),
                discharges: f.candidate.discharges,
                discharge_density: density(f.candidate.discharges, rate.seconds(f.span.len())),
                interval: dwell.zip(before).map(|(now, before)| round(now - before)),
            }
        })
        .collect();
    (records, twitches)
}

fn control(observed_s: f64, twitches: u64) -> Control {
    let rate = statistics::rate(twitches, observed_s);
    let of = |value: fn(&statistics::Rate) -> f64| rate.as_ref().map(|r| thousandth(value(r)));
    Control {
        observed_s,
        twitches,
        per_min: of(|r| r.per_min),
        low_per_min: of(|r| r.interval.low),
        high_per_min: of(|r| r.interval.high),
    }
}

/// Puts what was found beside the threshold in force into the insertions; the totals.
fn sensitivity(
    rate: SampleRate,
    insertions: &[Insertion],
    beside: &[Found],
    records: &mut [InsertionRecord],
) -> Sensitivity<Counts> {
    let mut totals = Sensitivity::<Counts>::default();
    let mut ages = vec![Sensitivity::<Vec<f64>>::default(); insertions.len()];
    for found in beside {
        let onset = found.span.start;
        let lower = found.candidate.threshold == Threshold::Lower;
        let counts = if lower { &mut totals.at_80 } else { &mut totals.at_120 };
        let Some(place) = owner(insertions, onset) else {
            counts.control += 1;
            continue;
        };
        counts.twitches += 1;
        let ages = if lower { &mut ages[place].at_80 } else { &mut ages[place].at_120 };
        ages.push(seconds(rate, onset - insertions[place].entered));
    }
    records.iter_mut().zip(ages).for_each(|(record, ages)| record.sensitivity = Some(ages));
    totals
}

/// Discharges a second.
fn density(discharges: u32, duration: Seconds) -> Option<f64> {
    (duration.s() > 0.0).then(|| thousandth(f64::from(discharges) / duration.s()))
}

fn candidate(f: &Found, format: &Format) -> CandidateRecord {
    CandidateRecord {
        onset: seconds(format.rate, f.span.start.get()),
        duration: seconds(format.rate, f.span.len()),
        class: f.candidate.class,
        channel: format.channels[f.channel].clone(),
        reason: f.candidate.reason.to_string(),
        snr_db: thousandth(f64::from(f.candidate.snr_db)),
    }
}

fn masked((channel, span, why): &(Option<usize>, Span, Mask), format: &Format) -> MaskedSpan {
    MaskedSpan {
        onset: seconds(format.rate, span.start.get()),
        duration: seconds(format.rate, span.len()),
        channel: channel.map(|c| format.channels[c].clone()),
        reason: why.name().into(),
    }
}

fn quality(name: &str, report: &ChannelReport, rate: SampleRate) -> ChannelQuality {
    let q = report.quality.as_ref();
    ChannelQuality {
        name: name.into(),
        noise_rms: q.map(|q| shortest(q.noise_rms as f32)),
        threshold_db: q.map(|q| thousandth(q.threshold_db)),
        smallest_rms: q.map(|q| q.smallest_rms.map(|s| shortest(s as f32))),
        mains_hz: report.mains_hz.iter().map(|hz| (hz * 100.0).round() / 100.0).collect(),
        heart_beats: q.map_or(0, |q| q.beats),
        masked_s: seconds(rate, report.masked),
    }
}

fn overview(reports: &[ChannelReport]) -> Overview {
    let finite = |values: &[f32]| values.iter().map(|v| if v.is_finite() { *v } else { 0.0 }).collect();
    let stretch = reports.iter().map(|r| r.stretch).fold(Seconds::new(0.0), |a, b| if a > b { a } else { b });
    Overview {
        bin_s: stretch.s(),
        low: reports.iter().map(|r| finite(&r.low)).collect(),
        high: reports.iter().map(|r| finite(&r.high)).collect(),
    }
}

/// How many candidates of a class a session holds.
pub fn count(session: &Session, class: Class) -> usize {
    session.candidates.iter().filter(|c| c.class == class).count()
}
