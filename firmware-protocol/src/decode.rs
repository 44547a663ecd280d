//! From bytes to what a host may believe.
//!
//! The [`Decoder`] holds frames against one another: samples against the counter, the counter
//! against the board's clock, a HELLO against the one before. What does not fit is refused, and
//! nothing is delivered until a HELLO puts it right.

use crate::clock::{Clock, low, nearest};
use crate::event::{Counters, Description, Event, Lost, MarkEvent, MarksMissing, Samples};
use crate::framer::{Found, Framer, Raw};
use crate::hello::{Channel, Hello};
use crate::marks::{Marks, Place};
use crate::message::{Data, Mark, Message, Status};
use crate::refusal::Refusal;

/// Reads what a board sends. It holds one frame and one description, whatever comes: no
/// allocation, and no panic on any bytes.
#[derive(Debug, Clone, Default)]
pub struct Decoder {
    framer: Framer,
    session: Session,
}

impl Decoder {
    /// Takes the bytes that came and tells what they mean, in order. Any cut of the same bytes
    /// gives the same.
    pub fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(Event<'_>)) {
        let Self { framer, session } = self;
        framer.feed(bytes, |found| session.take(found, &mut sink));
    }

    /// Whether the board should be asked for HELLO: nothing is believed before one came.
    #[must_use]
    pub fn wants_hello(&self) -> bool {
        self.session.trust != Trust::Full
    }

    /// The board, once it has described itself wholly.
    #[must_use]
    pub fn description(&self) -> Option<&Description> {
        self.session.stream.as_ref().filter(|stream| stream.announced).map(|stream| &stream.description)
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters { unfinished_bytes: self.framer.unfinished(), ..self.session.counters }
    }
}

/// How much is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Trust {
    /// Nothing: no HELLO yet, or its CHANNEL are not complete, or something did not fit.
    #[default]
    None,
    /// All that fits.
    Full,
}

/// One stream of a board.
#[derive(Debug, Clone)]
struct Stream {
    description: Description,
    /// Channels described so far, one a bit.
    described: u32,
    /// Whether the sink knows of it.
    announced: bool,
    /// Whether the sink was told a sample's number of it.
    begun: bool,
    /// The number of the sample that comes next.
    expected: u64,
    clock: Clock,
    marks: Marks,
    /// The last DATA believed: its first sample and its check.
    last: Option<(u32, u32)>,
    dropped: u32,
}

impl Stream {
    fn new(hello: &Hello) -> Self {
        let expected = u64::from(hello.next_sample);
        let mut clock = Clock::new(hello);
        if hello.streaming {
            clock.believe(expected, hello.time_us);
        }
        let marks = Marks::new(hello.next_sample == 0);
        let description = Description::new(*hello);
        Self {
            description,
            described: 0,
            announced: false,
            begun: false,
            expected,
            clock,
            marks,
            last: None,
            dropped: 0,
        }
    }

    fn complete(&self) -> bool {
        self.described.count_ones() == u32::from(self.description.hello.channels)
    }

    /// The place of a sample that cannot lie before the one expected.
    fn ahead(&self, wire: u32) -> Result<u64, Refusal> {
        let expected = self.expected;
        let backwards = Refusal::Backwards { expected: low(expected), found: wire };
        nearest(expected, wire).filter(|at| *at >= expected).ok_or(backwards)
    }

    /// The place of the next sample, as HELLO and STATUS tell it.
    fn moment(&self, streaming: bool, wire: u32, time_us: u32) -> Result<u64, Refusal> {
        let at = self.ahead(wire)?;
        if streaming {
            self.clock.check(at, time_us)?;
        }
        Ok(at)
    }

    fn belongs(&self, stream: u8) -> Result<(), Refusal> {
        let announced = (self.description.hello.stream & 15) as u8;
        if stream == announced { Ok(()) } else { Err(Refusal::OtherStream { announced, found: stream }) }
    }

    /// Moves on to `at`, and tells what was lost before it.
    fn reach(&mut self, at: u64, on_board: bool) -> Option<Lost> {
        let lost = Lost { first: self.expected, samples: at - self.expected, on_board };
        self.expected = at;
        self.begun |= lost.samples > 0;
        (lost.samples > 0).then_some(lost)
    }
}

#[derive(Debug, Clone, Default)]
struct Session {
    stream: Option<Stream>,
    trust: Trust,
    /// Where the stream before ended, if the sink knew a sample's number of it.
    ended: Option<u64>,
    counters: Counters,
}

impl Session {
    fn take(&mut self, found: Found<'_>, sink: &mut impl FnMut(Event<'_>)) {
        match found {
            Found::Frame(raw) => {
                self.counters.frames += 1;
                self.frame(raw, sink);
            }
            Found::Damage(damage) => {
                self.counters.damaged_frames += 1;
                self.counters.damaged_bytes += damage.bytes;
                sink(Event::Damaged(damage));
            }
            Found::Zeros => {}
        }
    }

    fn frame(&mut self, raw: Raw<'_>, sink: &mut impl FnMut(Event<'_>)) {
        match Message::parse(raw) {
            Message::Hello(true, hello) => self.hello(&hello, sink),
            Message::Hello(false, _) => self.refuse(Refusal::NotOurs, sink),
            Message::Channel(channel) => self.channel(channel, sink),
            Message::Data(data) => self.data(&data, raw.check, sink),
            Message::Mark(mark) => self.mark(mark, sink),
            Message::Status(status) => self.status(&status, sink),
            Message::Log(text) => sink(Event::Log(text)),
            Message::Response(response) => sink(Event::Response(response)),
            Message::Pong(pong) => sink(Event::Pong(pong)),
            Message::Unknown => self.counters.unknown_frames += 1,
            Message::TooShort => self.refuse(Refusal::TooShort { kind: raw.kind }, sink),
        }
    }

    fn refuse(&mut self, refusal: Refusal, sink: &mut impl FnMut(Event<'_>)) {
        self.counters.refusals += 1;
        sink(Event::Refused(refusal));
    }

    /// Refuses, and believes nothing until the next HELLO.
    fn doubt(&mut self, refusal: Refusal, sink: &mut impl FnMut(Event<'_>)) {
        self.trust = Trust::None;
        self.refuse(refusal, sink);
    }

    /// Refuses, and forgets what the board said of itself.
    fn forget(&mut self, refusal: Refusal, sink: &mut impl FnMut(Event<'_>)) {
        self.end();
        self.doubt(refusal, sink);
    }

    fn end(&mut self) {
        if let Some(stream) = self.stream.take().filter(|stream| stream.begun) {
            self.ended = Some(stream.expected);
        }
    }

    fn lose(&mut self, lost: Option<Lost>, sink: &mut impl FnMut(Event<'_>)) {
        if let Some(lost) = lost {
            self.counters.lost_samples += lost.samples;
            sink(Event::Lost(lost));
        }
    }

    /// The stream, where it is believed.
    fn trusted(&mut self) -> Option<&mut Stream> {
        match self.trust {
            Trust::Full => self.stream.as_mut(),
            Trust::None => {
                self.counters.unread_frames += 1;
                None
            }
        }
    }

    fn hello(&mut self, hello: &Hello, sink: &mut impl FnMut(Event<'_>)) {
        if let Err(refusal) = hello.check() {
            return self.forget(refusal, sink);
        }
        let known = self.stream.as_mut().filter(|s| s.description.hello.stream == hello.stream);
        let Some(stream) = known else {
            return self.begin(hello);
        };
        if stream.description.hello.lasting() != hello.lasting() {
            return self.forget(Refusal::Changed { stream: hello.stream }, sink);
        }
        match stream.moment(hello.streaming, hello.next_sample, hello.time_us) {
            Ok(at) if stream.announced => {
                stream.description.hello.streaming = hello.streaming;
                let lost = stream.reach(at, false);
                self.trust = Trust::Full;
                self.lose(lost, sink);
            }
            Ok(_) => {}
            Err(refusal) => {
                self.refuse(refusal, sink);
                self.begin(hello);
            }
        }
    }

    fn begin(&mut self, hello: &Hello) {
        self.end();
        self.trust = Trust::None;
        self.stream = Some(Stream::new(hello));
    }

    fn channel(&mut self, channel: Channel, sink: &mut impl FnMut(Event<'_>)) {
        let known = self.stream.as_mut().filter(|s| s.description.hello.stream == channel.stream);
        let Some(stream) = known else {
            self.counters.unread_frames += 1;
            return;
        };
        if let Err(refusal) = channel.check(&stream.description.hello) {
            return self.forget(refusal, sink);
        }
        let bit = 1 << channel.channel;
        let place = &mut stream.description.all[usize::from(channel.channel)];
        if stream.described & bit != 0 && *place != channel {
            return self.forget(Refusal::Changed { stream: channel.stream }, sink);
        }
        *place = channel;
        stream.described |= bit;
        if !stream.announced && stream.complete() {
            stream.announced = true;
            self.trust = Trust::Full;
            if let Some(expected) = self.ended.take() {
                sink(Event::Restarted { expected });
            }
            sink(Event::Hello(&stream.description));
        }
    }

    fn data(&mut self, data: &Data<'_>, check: u32, sink: &mut impl FnMut(Event<'_>)) {
        let Some(stream) = self.trusted() else { return };
        let place = match place(stream, data, check) {
            Ok(place) => place,
            Err(refusal @ Refusal::Repeated { .. }) => return self.refuse(refusal, sink),
            Err(refusal) => return self.doubt(refusal, sink),
        };
        let lost = stream.reach(place, data.flags.gap);
        stream.expected += u64::from(data.count);
        stream.begun = true;
        stream.clock.believe(place, data.time_us);
        stream.last = Some((data.first_sample, check));
        let hello = &stream.description.hello;
        let samples = Samples::new(place, data, hello.format, hello.channels);
        self.lose(lost, sink);
        self.counters.samples += u64::from(data.count);
        sink(Event::Data(samples));
    }

    fn mark(&mut self, mark: Mark, sink: &mut impl FnMut(Event<'_>)) {
        let Some(stream) = self.trusted() else { return };
        if let Err(refusal) = stream.belongs(mark.stream) {
            return self.doubt(refusal, sink);
        }
        let at = nearest(stream.expected, mark.sample)
            .ok_or(Refusal::Backwards { expected: low(stream.expected), found: mark.sample });
        let at = match at.and_then(|at| stream.clock.check(at, mark.time_us).map(|()| at)) {
            Ok(at) => at,
            Err(refusal) => return self.refuse(refusal, sink),
        };
        match stream.marks.place(mark) {
            Place::New { first_missing: first, missing: count } => {
                stream.begun = true;
                if count > 0 {
                    sink(Event::MarksMissing(MarksMissing { first, count }));
                }
                sink(Event::Mark(MarkEvent { sample: at, mark }));
            }
            Place::Repeat => {
                self.counters.repeated_marks += 1;
                sink(Event::MarkRepeated { number: mark.number });
            }
            Place::Changed => self.refuse(Refusal::MarkChanged { number: mark.number }, sink),
            Place::Backwards => self.refuse(Refusal::MarkBackwards { number: mark.number }, sink),
        }
    }

    fn status(&mut self, status: &Status, sink: &mut impl FnMut(Event<'_>)) {
        let Some(stream) = self.trusted() else { return };
        let at = stream
            .belongs((status.stream & 15) as u8)
            .and_then(|()| stream.moment(status.streaming, status.next_sample, status.time_us));
        let at = match at {
            Ok(_) if status.dropped_samples < stream.dropped => {
                let (before, found) = (stream.dropped, status.dropped_samples);
                return self.doubt(Refusal::DroppedBackwards { before, found }, sink);
            }
            Ok(at) => at,
            Err(refusal) => return self.doubt(refusal, sink),
        };
        stream.dropped = status.dropped_samples;
        stream.description.hello.streaming = status.streaming;
        let lost = stream.reach(at, false);
        let missing = stream.marks.expect(status.next_mark);
        self.lose(lost, sink);
        match missing {
            Some((_, 0)) => {}
            Some((first, count)) => sink(Event::MarksMissing(MarksMissing { first, count })),
            None => self.refuse(Refusal::MarkBackwards { number: status.next_mark }, sink),
        }
        sink(Event::Status(*status));
    }
}

/// The place of a DATA frame's first sample, where all that it says can be.
fn place(stream: &Stream, data: &Data<'_>, check: u32) -> Result<u64, Refusal> {
    stream.belongs(data.stream)?;
    let hello = &stream.description.hello;
    let fits = data.samples.len() == usize::from(data.count) * hello.moment();
    if !fits || !(1..=hello.max_block).contains(&data.count) {
        let bytes = u8::try_from(data.samples.len()).unwrap_or(u8::MAX);
        return Err(Refusal::Layout { count: data.count, bytes });
    }
    if stream.last == Some((data.first_sample, check)) {
        return Err(Refusal::Repeated { first_sample: data.first_sample });
    }
    let at = stream.ahead(data.first_sample)?;
    stream.clock.check(at, data.time_us)?;
    Ok(at)
}
