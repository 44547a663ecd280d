//! What came out of a pipeline, and the session that it makes.

use crate::block::{Format, Scale};
use crate::detect::Threshold;
use crate::insertion::{Insertion, owner};
use crate::pipeline::{ChannelReport, Event, Found, Mask};
use crate::session::{
    CandidateRecord, ChannelQuality, Control, Counts, InsertionRecord, MaskedSpan, Overview, SCHEMA,
    Sensitivity, Session, SourceInfo, TwitchRecord, Waveform, Waveforms,
};
use crate::settings::Settings;
use crate::statistics;
use crate::units::{SampleIndex, SampleRate, Seconds, Span, covered};

/// What happened, as it comes out of the pipeline.
#[derive(Debug, Default)]
pub struct Story {
    candidates: Vec<Found>,
    twitches: Vec<Found>,
    beside: Vec<Found>,
    masked: Vec<(Option<usize>, Span, Mask)>,
}

impl Story {
    /// Keeps what happened.
    pub fn hear(&mut self, event: Event) {
        match event {
            Event::Candidate(found) => self.candidates.push(found),
            Event::Twitch(found) => self.twitches.push(found),
            Event::Beside(found) => self.beside.push(found),
            Event::Masked { channel, span, why } => self.masked.push((channel, span, why)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "each is one part of the session, used once")]
    pub(super) fn session(
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
            notes: Vec::new(),
            review: None,
            warnings,
            overview: overview(reports),
            waveforms: Some(waveforms(reports, format.rate)),
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

pub(super) fn seconds(rate: SampleRate, frames: u64) -> f64 {
    micro(rate.seconds(frames).s())
}

/// To a millionth: of a second, that is below any sample and short in print.
pub fn micro(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
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
                interval: dwell.zip(before).map(|(now, before)| micro(now - before)),
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
        heart_beats: q.map_or(0, |q| q.beats.count),
        heart_per_min: q.and_then(|q| q.beats.per_min).map(|rate| (rate * 10.0).round() / 10.0),
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

/// Waveforms of all channels together, as many as [`Waveforms`] holds.
fn waveforms(reports: &[ChannelReport], rate: SampleRate) -> Waveforms {
    let mut all: Vec<_> = reports.iter().flat_map(|r| &r.waveforms).collect();
    all.sort_by_key(|w| w.onset);
    let Some(first) = all.first() else { return Waveforms::default() };
    Waveforms {
        sampling_frequency_hz: first.rate.hz(),
        before: first.before,
        rows: all
            .iter()
            .map(|w| Waveform { onset: seconds(rate, w.onset.get()), samples: three_digits(&w.samples) })
            .collect(),
    }
}

/// Rounded to a thousandth of the power of ten above the largest: finer than any line is drawn.
fn three_digits(samples: &[f32]) -> Vec<f32> {
    let largest = samples.iter().fold(0.0f64, |most, x| most.max(f64::from(x.abs())));
    let digits = if largest > 0.0 { 2 - largest.log10().floor() as i32 } else { 0 };
    // Dividing by a power of ten, or multiplying by one, is exact enough to print short.
    let power = 10f64.powi(digits.abs());
    let round = |x: f64| if digits > 0 { (x * power).round() / power } else { (x / power).round() * power };
    // Adding zero turns -0.0 into 0.0.
    samples.iter().map(|x| (round(f64::from(*x)) + 0.0) as f32).collect()
}
