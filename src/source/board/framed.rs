//! Frames of one length with a counter: finding them in a stream, and telling what is missing.
//!
//! In step, a frame is believed if it looks right and the next one looks right and counts on from
//! it: one that does not may be put together from two, or its own counter may be damaged. So damage
//! costs a good frame more, and hardly ever passes for one. Out of step, every byte is tried until
//! several frames in a row look right and count on.

/// Garbage longer than this is told as skipped without waiting for its end.
const MOST_BUFFER: usize = 4096;

/// What frames of one kind look like.
pub trait Shape {
    /// Bytes a frame.
    fn length(&self) -> usize;

    /// Whether `frame`, of just that length, can be one.
    fn fits(&self, frame: &[u8]) -> bool;

    /// Its number.
    fn number(&self, frame: &[u8]) -> u64;

    /// After this many the number starts again from 0.
    fn numbers(&self) -> u64;

    /// How many frames in a row must fit and count on before the first is believed.
    fn lock(&self) -> usize;

    /// Whether the first frame after damage may be put together from two and still fit, because
    /// nothing marks its beginning.
    fn begins_anywhere(&self) -> bool {
        false
    }
}

/// What comes out of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A frame that is believed.
    Frame(&'a [u8]),
    /// So many are missing before the next: at least, and up to a turn of the counter.
    Lost(u64),
    /// Bytes that are part of no frame.
    Skipped(&'a [u8]),
}

/// A stream of frames.
#[derive(Debug, Default)]
pub struct Framed {
    buffer: Vec<u8>,
    /// Before this, the buffer is done with.
    at: usize,
    /// Before this from `at`, bytes are known to be part of no frame.
    skipped: usize,
    in_step: bool,
    /// The number of the last frame that was believed.
    last: Option<u64>,
    /// Bytes skipped since then.
    since: u64,
    /// Frames since then that were whole and were not believed.
    refused: u64,
}

impl Framed {
    /// Takes the next bytes.
    pub fn feed(&mut self, shape: &impl Shape, bytes: &[u8], sink: &mut dyn FnMut(Step<'_>)) {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(bytes);
        while self.step(shape, false, sink) {}
    }

    /// No byte follows: the last frame need not be followed by another.
    pub fn finish(&mut self, shape: &impl Shape, sink: &mut dyn FnMut(Step<'_>)) {
        while self.step(shape, true, sink) {}
        self.skipped = self.buffer.len() - self.at;
        self.tell_skipped(sink);
    }

    /// Takes one frame or passes over one byte; whether there may be more.
    fn step(&mut self, shape: &impl Shape, last: bool, sink: &mut dyn FnMut(Step<'_>)) -> bool {
        if self.skipped >= MOST_BUFFER {
            self.tell_skipped(sink);
        }
        if !self.in_step {
            return self.hunt(shape, sink);
        }
        let length = shape.length();
        let ready = &self.buffer[self.at + self.skipped..];
        if ready.len() < length || (ready.len() < 2 * length && !last) {
            return false;
        }
        let (frame, after) = ready.split_at(length);
        let at_end = after.is_empty();
        let after = after.get(..length).filter(|a| shape.fits(a));
        if !shape.fits(frame) {
            (self.in_step, self.skipped) = (false, self.skipped + 1);
            return true;
        }
        let number = shape.number(frame);
        let agrees = after.map(|a| follows(shape, number, a));
        let continues = self.last.is_none_or(|l| (l + 1) % shape.numbers() == number);
        let believed = agrees == Some(true) || (continues && at_end);
        if !believed {
            self.skipped += length;
            self.refused += 1;
            return true;
        }
        self.tell_skipped(sink);
        self.tell_lost(shape, number, sink);
        sink(Step::Frame(&self.buffer[self.at..self.at + length]));
        self.at += length;
        (self.last, self.since) = (Some(number), 0);
        true
    }

    /// Out of step: tries the next byte as a beginning; whether there were enough.
    fn hunt(&mut self, shape: &impl Shape, sink: &mut dyn FnMut(Step<'_>)) -> bool {
        let length = shape.length();
        let ready = &self.buffer[self.at + self.skipped..];
        if ready.len() < length * shape.lock() {
            return false;
        }
        self.in_step = runs(shape, ready, shape.lock());
        if !self.in_step {
            self.skipped += 1;
            return true;
        }
        let again = self.last.is_some();
        self.skipped += if again && shape.begins_anywhere() { length } else { 0 };
        self.tell_skipped(sink);
        let first = shape.number(&self.buffer[self.at..self.at + length]);
        self.tell_lost(shape, first, sink);
        self.last = Some((first + shape.numbers() - 1) % shape.numbers());
        true
    }

    fn tell_skipped(&mut self, sink: &mut dyn FnMut(Step<'_>)) {
        if self.skipped == 0 {
            return;
        }
        sink(Step::Skipped(&self.buffer[self.at..self.at + self.skipped]));
        self.at += self.skipped;
        self.since += self.skipped as u64;
        self.skipped = 0;
    }

    /// Says how many frames are missing before frame `number`. The counter tells it but for whole
    /// turns; the bytes passed over tell the turns.
    fn tell_lost(&mut self, shape: &impl Shape, number: u64, sink: &mut dyn FnMut(Step<'_>)) {
        let Some(last) = self.last else { return };
        let turn = shape.numbers();
        let mut least = (number + 2 * turn - last - 1) % turn;
        if least < self.refused {
            // What was refused is missing, so the counter has gone round.
            least += (self.refused - least).div_ceil(turn) * turn;
        }
        let by_bytes = self.since / shape.length() as u64;
        let turns = (by_bytes.saturating_sub(least) + turn / 2) / turn;
        let lost = least + turns * turn;
        if lost > 0 {
            sink(Step::Lost(lost));
        }
        (self.since, self.refused) = (0, 0);
    }
}

/// Bytes that are looked at to find out which of several shapes they have.
const SNIFF: usize = 1024;
/// Frames in a row that must have one shape.
const SNIFFED: usize = 8;

/// A stream of frames of one shape out of several, which is found out first.
#[derive(Debug)]
pub struct Sniffed<S> {
    shapes: Vec<S>,
    shape: Option<usize>,
    early: Vec<u8>,
    framed: Framed,
}

impl<S: Shape> Sniffed<S> {
    /// Frames that have one of `shapes`; of two that fit, the first.
    pub fn new(shapes: Vec<S>) -> Self {
        Self { shapes, shape: None, early: Vec::new(), framed: Framed::default() }
    }

    /// Leaves aside what came before the shape was known.
    pub fn clear_early(&mut self) {
        self.early.clear();
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&S, Step<'_>)) {
        if let Some(shape) = self.shape.map(|s| &self.shapes[s]) {
            return self.framed.feed(shape, bytes, &mut |step| sink(shape, step));
        }
        for (place, byte) in bytes.iter().enumerate() {
            self.early.push(*byte);
            if self.early.len() < SNIFF {
                continue;
            }
            if self.settle(sink) {
                return self.feed(&bytes[place + 1..], sink);
            }
            // A shape may begin in the second half.
            let shape = &self.shapes[0];
            sink(shape, Step::Skipped(&self.early[..SNIFF / 2]));
            self.early.drain(..SNIFF / 2);
        }
    }

    /// No byte follows.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&S, Step<'_>)) {
        if self.shape.is_none() && !self.settle(sink) {
            let early = std::mem::take(&mut self.early);
            if !early.is_empty() {
                sink(&self.shapes[0], Step::Skipped(&early));
            }
        }
        if let Some(shape) = self.shape.map(|s| &self.shapes[s]) {
            self.framed.finish(shape, &mut |step| sink(shape, step));
        }
    }

    fn settle(&mut self, sink: &mut dyn FnMut(&S, Step<'_>)) -> bool {
        let at = |place: usize| self.shapes.iter().position(|s| runs(s, &self.early[place..], SNIFFED));
        self.shape = (0..self.early.len()).find_map(at);
        if self.shape.is_some() {
            let early = std::mem::take(&mut self.early);
            self.feed(&early, sink);
        }
        self.shape.is_some()
    }
}

/// Whether `bytes` begin with `count` frames that fit and count on.
fn runs(shape: &impl Shape, bytes: &[u8], count: usize) -> bool {
    let Some(bytes) = bytes.get(..shape.length() * count) else { return false };
    let frames = || bytes.chunks_exact(shape.length());
    frames().all(|f| shape.fits(f))
        && frames().zip(frames().skip(1)).all(|(a, b)| follows(shape, shape.number(a), b))
}

fn follows(shape: &impl Shape, number: u64, after: &[u8]) -> bool {
    shape.number(after) == (number + 1) % shape.numbers()
}
