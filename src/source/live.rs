//! A board on a port as a [`Source`]: the same blocks as a recording gives, gaps and marks
//! included. Nothing is bridged: what is missing is a gap.

use super::arrival::{Arrival, MeasuredRate};
use super::away::{Away, Link};
use super::board::{Described, Kind, Parser, RateFrom, Wishes};
use super::serial::{Came, Port};
use super::taken::{Gap, Taken};
use super::{Error, Flow, InsertionOption, PortError, ScaleOption, Source, Warning, begin};
use crate::block::{Block, Format};
use crate::units::{SampleRate, Seconds};

/// What a person says about a board.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveOptions {
    /// Which board.
    pub board: Kind,
    /// Frames a second, where the board does not say it.
    pub rate: Option<SampleRate>,
    /// What its counts are worth.
    pub scale: ScaleOption,
    /// Which channels, counted from 1; `None` for all.
    pub channels: Option<Vec<usize>>,
    /// Insertions by hand; where there is one, the board's own marks are left aside.
    pub insertions: Vec<InsertionOption>,
    /// What the board's parser should know.
    pub wishes: Wishes,
    /// Whether bytes are kept for [`Live::take_raw`].
    pub keep_raw: bool,
    /// How long to wait for a board that was unplugged; `None`: until someone stops.
    pub wait: Option<Seconds>,
}

impl LiveOptions {
    /// For `board`, with nothing said about it; the end of the port is the end.
    pub fn new(board: Kind) -> Self {
        Self {
            board,
            rate: None,
            scale: ScaleOption::FromFile,
            channels: None,
            insertions: Vec::new(),
            wishes: Wishes::default(),
            keep_raw: false,
            wait: Some(Seconds::new(0.0)),
        }
    }
}

/// Silence is told after this time, s.
const SILENT_S: f64 = 2.0;
/// Silence ends the session after this time, s, or after the time that it waits for a board.
const GIVE_UP_S: f64 = 60.0;

/// A port with a board's parser.
pub(super) struct Ear {
    pub port: Port,
    pub parser: Box<dyn Parser>,
    pub board: Kind,
    pub taken: Taken,
    /// Why no more comes, where nobody asked to stop.
    pub ended: Option<PortError>,
    pub over: bool,
    pub last_bytes_s: f64,
    /// How long to wait for a board that is away, s; `None` for as long as it takes.
    pub wait_s: Option<f64>,
    /// Whether the board was understood, so that it is worth waiting for.
    begun: bool,
    pub away: Option<Away>,
    pub links: Vec<Link>,
    told_silent: bool,
    /// When the port was opened last, s.
    pub opened_s: f64,
    /// Bytes as they came, where they are wanted.
    pub raw: Option<Vec<u8>>,
    /// The first bytes, to see what they are if the parser cannot.
    pub beginning: Vec<u8>,
}

impl Ear {
    fn new(port: Port, options: &LiveOptions) -> Self {
        Self {
            port,
            parser: options.board.parser(&options.wishes),
            board: options.board,
            taken: Taken::default(),
            ended: None,
            over: false,
            last_bytes_s: 0.0,
            wait_s: options.wait.map(Seconds::s),
            begun: false,
            away: None,
            links: Vec::new(),
            told_silent: false,
            opened_s: 0.0,
            raw: options.keep_raw.then(Vec::new),
            beginning: Vec::new(),
        }
    }

    /// Takes what comes next, waiting for it a little, and sends the board what it should hear.
    pub fn hear(&mut self) {
        if self.is_closed() {
            return self.look();
        }
        // While bytes wait the board is not quiet, however late they are looked at.
        let mut quiet_s = 0.0;
        match self.port.next() {
            Came::Bytes(bytes, at_s) => self.bytes(&bytes, at_s),
            Came::Nothing => {
                quiet_s = self.port.now_s() - self.last_bytes_s;
                self.nothing(quiet_s);
            }
            Came::Over => self.gone(),
        }
        let closed = self.over || self.is_closed();
        if !closed && let Some(word) = self.parser.ask(self.port.now_s() - self.opened_s, quiet_s) {
            self.port.send(&word);
        }
    }

    /// The port is gone, or told to stop.
    fn gone(&mut self) {
        if self.begun && !self.port.stopped() && self.wait_s != Some(0.0) {
            return self.leave();
        }
        let (port, after_s) = (self.port.name().to_owned(), self.port.now_s());
        let stopped = self.port.stopped();
        self.end((!stopped).then_some(PortError::Unplugged { port, after_s }));
    }

    fn bytes(&mut self, bytes: &[u8], at_s: f64) {
        let taken = &mut self.taken;
        taken.quiet_s = at_s - self.last_bytes_s;
        (self.last_bytes_s, self.told_silent) = (at_s, false);
        taken.bytes += bytes.len() as u64;
        if let Some(raw) = &mut self.raw {
            raw.extend_from_slice(bytes);
        }
        if taken.described.is_none() && self.beginning.len() < begin::BEGINNING {
            self.beginning.extend_from_slice(bytes);
        }
        if self.away.is_some() {
            return self.hear_again(bytes, at_s);
        }
        self.parser.feed(bytes, &mut |said| taken.take(said));
        taken.by_the_clock(at_s);
    }

    fn nothing(&mut self, quiet_s: f64) {
        let patience_s = self.wait_s.unwrap_or(f64::INFINITY).max(GIVE_UP_S);
        if quiet_s > patience_s {
            let port = self.port.name().to_owned();
            self.end(Some(PortError::Silent { port, seconds: quiet_s, board: self.board }));
        } else if quiet_s > SILENT_S && !self.told_silent {
            self.told_silent = true;
            let at_s = (self.taken.time_s() * 10.0).round() / 10.0;
            self.taken.warn(Warning::BoardSilent { at_s });
        }
    }

    /// Nothing more will come.
    pub fn end(&mut self, why: Option<PortError>) {
        let taken = &mut self.taken;
        self.parser.finish(&mut |said| taken.take(said));
        (self.over, self.ended) = (true, why);
    }
}

impl Drop for Ear {
    /// However it ends: a board that goes on streaming would fill the port for the next one.
    fn drop(&mut self) {
        let word = self.parser.farewell();
        self.port.send(&word);
    }
}

/// A board that is read.
pub struct Live {
    ear: Ear,
    format: Format,
    chosen: Vec<usize>,
    gain: f64,
    described: Described,
    rate_from: RateFrom,
}

impl Live {
    /// Wakes the board on `port` and waits until it is understood.
    ///
    /// # Errors
    /// [`PortError`] where nothing comes, or what comes is not that board's or cannot be.
    pub fn begin(port: Port, options: &LiveOptions) -> Result<Self, PortError> {
        let mut ear = Ear::new(port, options);
        let described = begin::understand(&mut ear, options)?;
        let settled = begin::settle(&ear, &described, options)?;
        let rate = settled.format.rate;
        ear.taken.rate_hz = rate.hz();
        ear.taken.arrival = Some(Arrival::new(rate.hz()));
        ear.taken.mark_by_hand(&options.insertions, rate);
        if settled.rate_from == RateFrom::Arrival {
            ear.taken.warn(Warning::RateCounted { rate });
        }
        ear.begun = true;
        let begin::Settled { format, chosen, gain, rate_from } = settled;
        Ok(Self { ear, format, chosen, gain, described, rate_from })
    }

    /// What the board is.
    pub fn described(&self) -> &Described {
        &self.described
    }

    /// Which board is read.
    pub fn board(&self) -> Kind {
        self.ear.board
    }

    /// The port's name.
    pub fn port(&self) -> &str {
        self.ear.port.name()
    }

    /// Who says what the rate is.
    pub fn rate_from(&self) -> RateFrom {
        self.rate_from
    }

    /// What one count is, in the samples' unit.
    pub fn gain(&self) -> f64 {
        self.gain
    }

    /// The board's true rate by this machine's clock, once it is known.
    pub fn measured_rate(&self) -> Option<MeasuredRate> {
        self.ear.taken.measured_rate()
    }

    /// Frames that were lost so far.
    pub fn lost(&self) -> u64 {
        self.ear.taken.lost
    }

    /// Bytes that came so far.
    pub fn bytes(&self) -> u64 {
        self.ear.taken.bytes
    }

    /// Bytes that were part of no frame.
    pub fn skipped_bytes(&self) -> u64 {
        self.ear.taken.skipped_bytes
    }

    /// Gaps since this was asked last.
    pub fn take_gaps(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.ear.taken.gaps)
    }

    /// How long ago the bytes came that completed the frames which were given last, s, by this
    /// machine's clock.
    pub fn since_bytes_s(&self) -> f64 {
        self.ear.port.now_s() - self.ear.last_bytes_s
    }

    /// Where the board was unplugged and came back since this was asked last. The gap of its absence
    /// is among [`Live::take_gaps`], too.
    pub fn take_links(&mut self) -> Vec<Link> {
        std::mem::take(&mut self.ear.links)
    }

    /// The board's own counts of the frames that were given last, interleaved.
    pub fn counts(&self) -> &[f32] {
        &self.ear.taken.given
    }

    /// Bytes that came since this was asked last; none where they are not kept.
    pub fn take_raw(&mut self) -> Vec<u8> {
        self.ear.raw.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Whether insertions were given by hand, which leave the board's marks aside.
    pub fn marked_by_hand(&self) -> bool {
        self.ear.taken.only_by_hand()
    }

    /// Why no more samples come, where nobody asked to stop.
    pub fn ended(&self) -> Option<&PortError> {
        self.ear.ended.as_ref()
    }
}

impl Source for Live {
    fn format(&self) -> &Format {
        &self.format
    }

    fn next(&mut self, into: &mut Block) -> Result<Flow, Error> {
        if self.ear.taken.is_empty() && !self.ear.over {
            self.ear.hear();
        }
        let given = self.ear.taken.block(&self.chosen, self.gain, into);
        Ok(match (given, self.ear.over) {
            (true, _) => Flow::Frames,
            (false, false) => Flow::Idle,
            (false, true) => Flow::End,
        })
    }

    fn warnings(&self) -> &[Warning] {
        &self.ear.taken.warnings
    }
}
