//! What must hold for any bytes and for any frames. The fuzz targets look for what breaks it.
#![allow(dead_code, reason = "each fuzz target takes its law")]

use std::collections::HashSet;

use firmware_protocol::{Decoder, Event, Found, Framer, Listener, Wire};

/// Any bytes: no cut changes what is read, and what is read can be written.
pub fn wire_bytes(data: &[u8]) {
    let (step, bytes) = data.split_first().unwrap_or((&0, &[]));
    let whole = found(&[bytes]);
    assert_eq!(found(&bytes.chunks(usize::from(*step).max(1)).collect::<Vec<_>>()), whole, "a cut");
    let mut heard = [Vec::new(), Vec::new()];
    Listener::default().feed(bytes, |what| heard[0].push(what));
    let mut listener = Listener::default();
    bytes.iter().for_each(|byte| listener.feed(&[*byte], |what| heard[1].push(what)));
    assert_eq!(heard[0], heard[1], "a cut");
    judge(bytes, usize::from(*step));
}

/// Any frames, each with a check that fits: a list of type, flags, length and body.
pub fn wire_frames(data: &[u8]) {
    let (step, mut rest) = data.split_first().unwrap_or((&0, &[]));
    let mut bytes = Vec::new();
    while let [kind, flags, length, behind @ ..] = rest {
        let (body, behind) = behind.split_at(usize::from(*length).min(behind.len()));
        if let Ok(wire) = Wire::new(*kind, *flags, body) {
            bytes.extend_from_slice(wire.as_bytes());
        }
        rest = behind;
    }
    judge(&bytes, usize::from(*step));
}

/// Everything in these pieces, as text.
fn found(pieces: &[&[u8]]) -> Vec<String> {
    let (mut framer, mut all) = (Framer::default(), Vec::new());
    for piece in pieces {
        framer.feed(piece, |what| {
            if let Found::Frame(raw) = what {
                let wire = Wire::new(raw.kind, raw.flags, raw.body).expect("what was read fits");
                Framer::default().feed(wire.as_bytes(), |again| assert_eq!(again, Found::Frame(raw)));
            }
            all.push(format!("{what:?}"));
        });
    }
    all
}

/// What a host was told so far.
#[derive(Default)]
struct Host {
    /// Where the samples are, once a board is known.
    place: Option<u64>,
    channels: usize,
    restarted: bool,
    /// Whether a sample's number of this stream was told.
    begun: bool,
    marks: HashSet<u16>,
    samples: u64,
    lost: u64,
}

/// Reads the bytes whole and cut, and holds what is told against what was told before.
fn judge(bytes: &[u8], step: usize) {
    let (mut decoder, mut host, mut whole) = (Decoder::default(), Host::default(), Vec::new());
    decoder.feed(bytes, |event| {
        whole.push(format!("{event:?}"));
        host.told(event);
    });
    let counters = decoder.counters();
    assert_eq!((counters.samples, counters.lost_samples), (host.samples, host.lost));
    let (mut decoder, mut cut) = (Decoder::default(), Vec::new());
    for piece in bytes.chunks(step.max(1)) {
        decoder.feed(piece, |event| cut.push(format!("{event:?}")));
    }
    assert_eq!(cut, whole, "a cut");
    assert_eq!(decoder.counters(), counters, "a cut");
}

impl Host {
    fn told(&mut self, event: Event<'_>) {
        match event {
            Event::Hello(board) => {
                let hello = &board.hello;
                assert!(hello.check().is_ok(), "{hello:?}");
                assert_eq!(board.channels().len(), usize::from(hello.channels));
                for (at, channel) in board.channels().iter().enumerate() {
                    assert_eq!((usize::from(channel.channel), channel.check(hello)), (at, Ok(())));
                }
                assert_eq!(self.restarted, self.begun, "a new stream is said, and only that");
                self.channels = board.channels().len();
                self.place = Some(u64::from(hello.next_sample));
                (self.restarted, self.begun) = (false, false);
                self.marks.clear();
            }
            Event::Restarted { expected } => {
                assert_eq!(Some(expected), self.place);
                self.restarted = true;
            }
            Event::Lost(lost) => {
                assert!(lost.samples > 0);
                self.advance(lost.first, lost.samples);
                self.lost += lost.samples;
            }
            Event::Data(samples) => {
                assert!(!samples.is_empty());
                assert_eq!(samples.channels(), self.channels);
                assert_eq!(samples.counts().len(), samples.len() * self.channels);
                assert!((0..self.channels).all(|c| samples.channel(c).count() == samples.len()));
                assert_eq!(samples.channel(self.channels).count(), 0);
                self.advance(samples.first, samples.len() as u64);
                self.samples += samples.len() as u64;
            }
            Event::Mark(event) => {
                assert!(self.place.is_some() && !self.restarted, "a mark of nobody");
                self.begun = true;
                self.marks.insert(event.mark.number);
            }
            Event::MarkRepeated { number } => assert!(self.marks.contains(&number), "a repeat of nothing"),
            Event::Status(_) | Event::MarksMissing(_) => assert!(self.place.is_some()),
            _ => {}
        }
    }

    /// Samples follow one another, told as delivered or as lost.
    fn advance(&mut self, first: u64, samples: u64) {
        assert!(!self.restarted, "samples between two streams");
        assert_eq!(self.place, Some(first));
        self.place = Some(first + samples);
        self.begun = true;
    }
}
