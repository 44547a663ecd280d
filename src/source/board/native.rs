//! Our own board: the wire format of `firmware-protocol`, whose README is the specification.
//!
//! Every frame has a check of 32 bits, every sample a number, every mark the board's own time, so
//! what is lost is counted exactly and nothing damaged is believed.

use std::collections::VecDeque;

use firmware_protocol::{Channel, Command, Decoder, Description, Event, MarkCode, SampleFormat};

use super::{Counter, Described, Loss, Note, Parser, RateFrom, Said, Sink};
use crate::block::MarkKind;

/// Words are sent no more often, s; a board stops when it hears nothing for 5 s.
const EVERY_S: f64 = 1.0;
/// pV to µV.
const UV: f64 = 1e-6;

/// Whether a frame in `bytes` passes its check, which chance does once in four billion.
pub(in crate::source) fn speaks(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::default();
    decoder.feed(bytes, |_| {});
    decoder.counters().frames > 0
}

/// The request for HELLO that does no harm to the boards of others.
pub(in crate::source) const HELLO: [u8; 4] = [0; 4];

/// Reads a board of ours.
#[derive(Debug, Default)]
pub(super) struct Reader {
    decoder: Decoder,
    heard: Heard,
    asked_s: Option<f64>,
    request: u8,
    /// The port was opened again, and the board was not yet asked what it is.
    returned: bool,
}

/// What was heard, apart from the decoder that tells it.
#[derive(Debug, Default)]
struct Heard {
    /// For each channel its zero, and its counts in counts of the first.
    channels: Vec<(i32, f64)>,
    described: Option<Described>,
    streaming: bool,
    /// Whether samples came.
    delivered: bool,
    /// The number of the next sample, once one is known.
    next: Option<u64>,
    needle_in: bool,
    sample: Vec<f32>,
    answers: VecDeque<Command>,
}

impl Heard {
    fn take(&mut self, event: Event<'_>, sink: &mut Sink<'_>) {
        match event {
            Event::Hello(description) => self.hello(description, sink),
            // What it was before the first sample concerns nobody.
            Event::Restarted { .. } if !self.delivered => self.next = None,
            Event::Restarted { .. } => {
                self.next = None;
                sink(Said::Note(&Note::Restarted));
                // At least the samples on either side do not belong together.
                sink(Said::Lost(Loss { frames: 1, counted_to: 0, counted: false }));
            }
            Event::Data(samples) => {
                (self.streaming, self.delivered) = (true, true);
                for moment in 0..samples.len() {
                    self.sample.clear();
                    let counts = samples.counts().skip(moment * self.channels.len());
                    let own =
                        |(count, (zero, scale)): (i32, &(i32, f64))| (f64::from(count - zero) * scale) as f32;
                    self.sample.extend(counts.zip(&self.channels).map(own));
                    sink(Said::Frame(&self.sample));
                }
                self.next = Some(samples.first + samples.len() as u64);
            }
            Event::Lost(lost) => {
                self.next = Some(lost.first + lost.samples);
                sink(Said::Lost(Loss { frames: lost.samples, counted_to: 0, counted: true }));
            }
            Event::Mark(event) => {
                self.answers.push_back(Command::MarkAck { number: event.mark.number });
                let at = i64::try_from(event.sample).unwrap_or(i64::MAX);
                let next = self.next.map_or(at, |n| i64::try_from(n).unwrap_or(i64::MAX));
                self.mark(at - next, event.mark.code, sink);
            }
            Event::MarkRepeated { number } => self.answers.push_back(Command::MarkAck { number }),
            Event::MarksMissing(missing) => {
                sink(Said::Note(&Note::MarksMissing { count: missing.count }));
            }
            Event::Log(text) => {
                let text: String =
                    String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).collect();
                sink(Said::Note(&Note::Text(text)));
            }
            Event::Damaged(damage) => sink(Said::Skipped(damage.bytes)),
            Event::Refused(refusal) => sink(Said::Note(&Note::Refused(refusal.to_string()))),
            // Neither says anything about samples, and what comes later is for later versions.
            _ => {}
        }
    }

    fn hello(&mut self, description: &Description, sink: &mut Sink<'_>) {
        let hello = &description.hello;
        let first = description.channels().first().and_then(|c| c.scale_pv());
        let scale = |pv: Option<u32>| first.zip(pv).map_or(1.0, |(a, b)| f64::from(b) / f64::from(a));
        let channels = description.channels();
        self.channels = channels.iter().map(|c| (c.zero, scale(c.scale_pv()))).collect();
        self.streaming = hello.streaming;
        self.next = Some(u64::from(hello.next_sample));
        let clips = channels.iter().zip(&self.channels).map(|(c, (zero, scale))| {
            let [low, high] = [c.clip_low, c.clip_high].map(|clip| f64::from(clip - zero).abs());
            low.min(high) * scale
        });
        let name = |(place, label): (usize, &str)| {
            if label.is_empty() { format!("ch{}", place + 1) } else { label.to_owned() }
        };
        let mut names: Vec<String> = Vec::new();
        for channel in channels.iter().map(|c| c.label.as_str()).enumerate().map(name) {
            let twice = names.contains(&channel);
            names.push(if twice { format!("{channel} ({})", names.len() + 1) } else { channel });
        }
        // A scale that is known of some channels alone is as good as none.
        let known = channels.iter().all(|c| c.scale_pv().is_some());
        let described = Described {
            name: if hello.name.as_str().is_empty() { "native".into() } else { hello.name.as_str().into() },
            channels: names,
            rate: Some((f64::from(hello.rate_num) / f64::from(hello.rate_den), RateFrom::Board)),
            uv_per_count: first.filter(|_| known).map(|pv| f64::from(pv) * UV),
            full_scale: Some(clips.fold(f64::INFINITY, f64::min)),
            bits: bits(hello.format, channels).filter(|_| self.channels.iter().all(|c| c.1 == 1.0)),
            counter: Counter::Whole,
        };
        if self.described.as_ref() == Some(&described) {
            return;
        }
        sink(Said::Described(&described));
        self.described = Some(described);
        for channel in channels.iter().filter(|c| c.kind != firmware_protocol::ChannelKind::RAW) {
            sink(Said::Note(&Note::NotRaw { channel: usize::from(channel.channel) + 1 }));
        }
    }

    fn mark(&mut self, offset: i64, code: MarkCode, sink: &mut Sink<'_>) {
        let enters = match code {
            MarkCode::NEEDLE_IN | MarkCode::FOOT_DOWN => true,
            MarkCode::NEEDLE_OUT | MarkCode::FOOT_UP => false,
            MarkCode::BUTTON => !self.needle_in,
            other => return sink(Said::Note(&Note::OtherEvent(format!("{:02X}", other.0)))),
        };
        self.needle_in = enters;
        let kind =
            if enters { MarkKind::NeedleIn { label: None } } else { MarkKind::NeedleOut { label: None } };
        sink(Said::Mark(offset, &kind));
    }
}

/// Bits that hold every sample of `format` less its channel's zero.
fn bits(format: SampleFormat, channels: &[Channel]) -> Option<u16> {
    let (low, high) = match format {
        SampleFormat::I16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        SampleFormat::U16 => (0, i64::from(u16::MAX)),
        SampleFormat::I24 => (-(1 << 23), (1 << 23) - 1),
        _ => return None,
    };
    let fits = |bits: u16| {
        let end = 1i64 << (bits - 1);
        channels.iter().map(|c| i64::from(c.zero)).all(|zero| low - zero >= -end && high - zero < end)
    };
    [16, 24, 32].into_iter().find(|bits| fits(*bits))
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        let heard = &mut self.heard;
        self.decoder.feed(bytes, |event| heard.take(event, sink));
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        // What is not closed by a delimiter is no frame.
        let unfinished = self.decoder.counters().unfinished_bytes;
        if unfinished > 0 {
            sink(Said::Skipped(unfinished));
        }
    }

    fn ask(&mut self, at_s: f64, _quiet_s: f64) -> Option<Vec<u8>> {
        self.request = self.request.wrapping_add(1);
        if let Some(answer) = self.heard.answers.pop_front() {
            return Some(answer.encode(self.request).as_bytes().to_vec());
        }
        if self.asked_s.is_some_and(|asked| at_s < asked + EVERY_S) {
            return None;
        }
        if std::mem::take(&mut self.returned) || self.decoder.wants_hello() {
            self.asked_s = Some(at_s);
            return Some(HELLO.to_vec());
        }
        self.asked_s = Some(at_s);
        let command = if self.heard.streaming {
            Command::Ping { token: u64::from(self.request) }
        } else {
            Command::Start { max_block: 0 }
        };
        Some(command.encode(self.request).as_bytes().to_vec())
    }

    fn reopened(&mut self) {
        // Its counter tells what is missing, if it did not start anew, so the decoder stays. What it
        // does now only a new HELLO tells.
        (self.asked_s, self.heard.streaming, self.returned) = (None, false, true);
    }

    fn farewell(&self) -> Vec<u8> {
        Command::Stop.encode(self.request.wrapping_add(1)).as_bytes().to_vec()
    }
}
