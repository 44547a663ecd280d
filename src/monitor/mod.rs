//! Live: from a board, or a recording that is played, through the pipeline to what a view or a
//! script is told.
//!
//! The port's thread reads bytes; whoever calls [`watch`] runs the pipeline, and an [`Onlooker`]
//! hears each [`Line`] as it happens. A view on a thread of its own looks through a [`Pane`] at the
//! newest [`Snapshot`] and hands [`Order`]s in: it may miss snapshots, while samples are never
//! dropped here. This room may use everything but the command line and views; it prints nothing.

mod feed;
mod latency;
mod line;
mod marks;
mod needles;
mod onlooker;
mod pane;
mod picture;
mod press;
mod replay;
mod snapshot;
mod switch;

pub use feed::Feed;
pub use latency::Latency;
pub use line::{Candidate, Channel, Dwell, Gap, Line, Masked, SCHEMA, Status, Totals, Twitch};
pub use onlooker::{Onlooker, Order, Sight};
pub use pane::{Glass, Pane, pane};
pub use press::{LONGEST_TEXT, Press, Presses};
pub use replay::Replay;
pub use snapshot::{Flag, Flagged, Message, Needle, Recording, Snapshot, TICK, Tick, Trace};

use crate::analysis::{Heard, Story, late_start, micro, too_slow};
use crate::block::{Block, Format, Scale};
use crate::insertion::Insertion;
use crate::pipeline::{ChannelReport, Event, Mask, Pipeline};
use crate::recorder::Recorder;
use crate::settings::{self, Settings};
use crate::source::{self, Flow};
use crate::units::SampleIndex;

use latency::Latencies;
use marks::Change;
use needles::Needles;
use switch::Switch;

/// Why a board could not be watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings cannot be used at the board's rate.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The samples cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The lines cannot be told, because nobody reads them any more.
    #[error("the lines cannot be written")]
    Told(#[from] std::io::Error),
}

/// What was seen of a board.
#[derive(Debug)]
pub struct Seen {
    /// The last line.
    pub totals: Totals,
    /// For the session: what a recording of it gives, too.
    pub heard: Heard,
}

/// Reads `live` until it ends, and tells what happens. The last line is [`Line::Totals`]. What
/// comes goes to `recorder`, too, where there is one, and so does what the onlooker orders.
///
/// # Errors
/// [`Error`] for settings that cannot be used at this rate, and where the onlooker cannot be told;
/// the board is then let go.
pub fn watch(
    live: &mut impl Feed,
    settings: &Settings,
    recorder: &mut Option<Recorder>,
    onlooker: &mut impl Onlooker,
) -> Result<Seen, Error> {
    let format = live.format().clone();
    let mut pipeline = Pipeline::new(&format, settings)?;
    let mut watched = Watched::new(&format, live.marked_by_hand());
    onlooker.hear(&Line::hello(live))?;
    onlooker.hear(&Line::format(live))?;
    if let Some(recorder) = recorder {
        onlooker.hear(&Line::Recording { path: recorder.path().display().to_string() })?;
    }
    for text in [too_slow(format.rate), unknown_scale(&format)].into_iter().flatten() {
        onlooker.hear(&Line::Warning { text })?;
    }
    let mut block = Block::empty(format.channels.len());
    let (mut lines, mut begun) = (Vec::new(), false);
    loop {
        let flow = live.next(&mut block)?;
        watched.before(live, &mut lines);
        if flow == Flow::Frames {
            watched.known(live.moments(block.end()), &mut lines);
            if let Some(recorder) = recorder {
                recorder.frames(block.first, live.counts());
            }
            let changes = watched.marks(&block.marks, block.end(), &mut lines);
            record(recorder, changes);
            late_start(&block, &mut begun, &mut |event| watched.hear(event, &mut lines));
            pipeline.push(&block, &mut |event| watched.hear(event, &mut lines));
            watched.second(&block, live, &mut lines);
        }
        let changes = watched.orders(onlooker.orders(), &mut lines);
        record(recorder, changes);
        if let Some(recorder) = recorder {
            recorder.raw(live.take_raw());
            let troubles = recorder.troubles().into_iter();
            lines.extend(troubles.map(|text| Line::RecordingTrouble { text }));
        }
        for line in lines.drain(..) {
            onlooker.hear(&line)?;
            if matches!(line, Line::Twitch(_) | Line::Candidate(_))
                && let Some(after_s) = live.since_bytes_s()
            {
                watched.latencies.note(after_s);
            }
        }
        let recorded = recorder.as_ref().is_some_and(Recorder::works);
        onlooker.look(&watched.sight(Some(&pipeline), recorded, &|| watched.status(live)));
        if flow == Flow::End {
            break;
        }
    }
    watched.known(live.moments(SampleIndex::new(watched.end)), &mut lines);
    let changes = watched.marks(&[], SampleIndex::new(u64::MAX), &mut lines);
    record(recorder, changes);
    let reports = pipeline.finish(&mut |event| watched.hear(event, &mut lines));
    let totals = watched.totals(live, &reports);
    if totals.insertions.is_empty() {
        let text = "no needle was marked, so all twitches are stray: mark with the board's switch or event, or with --insertion";
        lines.push(Line::Warning { text: text.into() });
    }
    if let Some(recorder) = recorder {
        let measured = live.measured_rate().map(|rate| (rate.hz, rate.uncertainty_hz));
        let troubles = recorder.finish(measured).into_iter();
        lines.extend(troubles.map(|text| Line::RecordingTrouble { text }));
    }
    lines.push(Line::Totals(totals.clone()));
    for line in &lines {
        onlooker.hear(line)?;
    }
    let recorded = recorder.as_ref().is_some_and(Recorder::works);
    onlooker.look(&watched.sight(None, recorded, &|| watched.status(live)));
    let warnings = live.warnings().iter().map(ToString::to_string).collect();
    Ok(Seen { totals, heard: watched.heard(reports, warnings) })
}

/// Changes the recording's file of marks.
fn record(recorder: &mut Option<Recorder>, changes: Vec<Change>) {
    let Some(recorder) = recorder else { return };
    for change in changes {
        match change {
            Change::Add(row) => recorder.row(row),
            Change::Rename(row, kind) => recorder.rename(row, kind),
        }
    }
}

fn unknown_scale(format: &Format) -> Option<String> {
    (format.scale == Scale::Unknown).then(|| {
        "the scale is unknown, so amplitudes in µV are null and everything is in units of the noise; give --lsb or --full-scale".into()
    })
}

/// What was seen so far.
struct Watched {
    format: Format,
    needles: Needles,
    switch: Switch,
    /// The marks are typed beforehand: none of them is a bounce.
    by_hand: bool,
    /// Where needles go in from now on.
    site: Option<String>,
    /// The end of the last frame.
    end: u64,
    frames: u64,
    twitches: u64,
    candidates: u64,
    warned: usize,
    seconds: u64,
    story: Story,
    latencies: Latencies,
}

impl Watched {
    fn new(format: &Format, by_hand: bool) -> Self {
        Self {
            format: format.clone(),
            needles: Needles::default(),
            switch: Switch::new(format.rate),
            by_hand,
            site: None,
            end: 0,
            frames: 0,
            twitches: 0,
            candidates: 0,
            warned: 0,
            seconds: 0,
            story: Story::default(),
            latencies: Latencies::default(),
        }
    }

    fn seconds(&self, frames: u64) -> f64 {
        micro(self.format.rate.seconds(frames).s())
    }

    /// Gaps and warnings that are new.
    fn before(&mut self, live: &mut impl Feed, lines: &mut Vec<Line>) {
        for gap in live.take_gaps() {
            lines.push(Line::Gap(Gap {
                sample: gap.span.start.get(),
                onset: self.seconds(gap.span.start.get()),
                duration: self.seconds(gap.span.len()),
                frames: gap.span.len(),
                counted: gap.counted,
            }));
        }
        lines.extend(live.take_links().iter().map(|link| Line::link(link, &self.format)));
        for warning in live.warnings().iter().skip(self.warned) {
            lines.push(Line::Warning { text: warning.to_string() });
        }
        self.warned = live.warnings().len();
    }

    fn hear(&mut self, event: Event, lines: &mut Vec<Line>) {
        self.story.hear(event);
        match event {
            Event::Candidate(found) => {
                self.candidates += 1;
                let onset = self.seconds(found.span.start.get());
                let duration = self.seconds(found.span.len());
                lines.push(Line::Candidate(Candidate::new(&found, &self.format, onset, duration)));
            }
            Event::Twitch(found) => {
                self.twitches += 1;
                let at = found.span.start;
                let owner =
                    self.needles.own(at).map(|(number, order, since)| (number, order, self.seconds(since)));
                let (onset, duration) = (self.seconds(at.get()), self.seconds(found.span.len()));
                lines.push(Line::Twitch(Twitch::new(&found, &self.format, onset, duration, owner)));
            }
            // A gap was told when it was seen; what other thresholds would find is told of whole
            // recordings.
            Event::Masked { why: Mask::Gap, .. } | Event::Beside(_) => {}
            Event::Masked { channel, span, why } => lines.push(Line::Masked(Masked {
                sample: span.start.get(),
                onset: self.seconds(span.start.get()),
                duration: self.seconds(span.len()),
                channel: channel.map(|c| self.format.channels[c].clone()),
                reason: why.name(),
            })),
        }
    }

    /// A status each second of samples.
    fn second(&mut self, block: &Block, live: &impl Feed, lines: &mut Vec<Line>) {
        self.end = block.end().get();
        self.frames += block.frames.nrows() as u64;
        let seconds = self.format.rate.time(block.end()).s() as u64;
        if seconds > self.seconds {
            self.seconds = seconds;
            lines.push(Line::Status(self.status(live)));
        }
    }

    fn sight<'a>(
        &'a self,
        pipeline: Option<&'a Pipeline>,
        recorded: bool,
        status: &'a dyn Fn() -> Status,
    ) -> Sight<'a> {
        Sight {
            recorded,
            pipeline,
            needles: &self.needles,
            format: &self.format,
            end: SampleIndex::new(self.end),
            site: self.site.as_deref(),
            status,
        }
    }

    fn status(&self, live: &impl Feed) -> Status {
        let rate = live.measured_rate();
        Status {
            sample: self.end,
            time: self.seconds(self.end),
            frames: self.frames,
            lost: live.lost(),
            skipped_bytes: live.skipped_bytes(),
            twitches: self.twitches,
            candidates: self.candidates,
            needles_in: self.needles.inside(),
            latency_ms: self.latencies.known(),
            measured_rate_hz: rate.map(|r| micro(r.hz)),
            rate_uncertainty_hz: rate.map(|r| micro(r.uncertainty_hz)),
        }
    }

    /// For the session. A needle that went in and out at one moment was never in.
    fn heard(self, reports: Vec<ChannelReport>, warnings: Vec<String>) -> Heard {
        let all = self.needles.until(SampleIndex::new(self.end));
        let mut insertions: Vec<Insertion> = all.map(|(insertion, _)| insertion).collect();
        insertions.retain(|i| !i.span().is_empty());
        insertions.sort_by_key(|i| (i.entered, i.left));
        let notes = self.needles.notes();
        Heard { story: self.story, reports, insertions, notes, warnings }
    }

    fn totals(&self, live: &impl Feed, reports: &[ChannelReport]) -> Totals {
        let dwell = |(insertion, twitches): (Insertion, &[u64])| Dwell {
            onset: self.seconds(insertion.entered.get()),
            dwell: self.seconds(insertion.span().len()),
            label: insertion.label,
            still_in: insertion.still_in,
            twitches: twitches.len() as u64,
        };
        let channel = |(name, report): (&String, &ChannelReport)| {
            let quality = report.quality.as_ref();
            Channel {
                name: name.clone(),
                noise_rms: quality.map(|q| q.noise_rms),
                smallest_rms: quality.map(|q| q.smallest_rms),
                masked_s: self.seconds(report.masked),
            }
        };
        Totals {
            status: self.status(live),
            stray_twitches: self.needles.stray(),
            insertions: self.needles.until(SampleIndex::new(self.end)).map(dwell).collect(),
            channels: self.format.channels.iter().zip(reports).map(channel).collect(),
            bytes: live.bytes(),
            ended: live.ended().unwrap_or_else(|| "stopped".to_owned()),
        }
    }
}
