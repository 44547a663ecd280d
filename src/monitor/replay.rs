//! A recording that is played as if it came from a board.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::feed::Feed;
use crate::block::{Block, Format};
use crate::insertion::Insertion;
use crate::source::{Error, Flow, Gap, Recording, Source, Warning};
use crate::units::{SampleIndex, Seconds};

/// A block in real time, as often as a board's bytes come.
const BLOCK: Seconds = Seconds::from_ms(20.0);
/// Who waits for the next block looks around this often.
const WAIT: Duration = Duration::from_millis(20);

/// A recording that is played.
#[derive(Debug)]
pub struct Replay {
    recording: Recording,
    place: String,
    description: String,
    /// How many times as fast as real time; `None` as fast as it can be read.
    speed: Option<f64>,
    stop: Arc<AtomicBool>,
    begun: Option<Instant>,
    /// A block whose time has not come.
    held: Option<Block>,
    /// In order of time: needles in and out.
    moments: Vec<(SampleIndex, bool, Insertion)>,
    gaps: usize,
    new_gaps: Vec<Gap>,
    lost: u64,
    bytes: u64,
    over: bool,
}

impl Replay {
    /// Plays `recording`, which lies at `place`, `speed` times as fast as it was recorded, until
    /// `stop` is set.
    pub fn new(mut recording: Recording, place: &str, speed: Option<f64>, stop: Arc<AtomicBool>) -> Self {
        if let Some(speed) = speed {
            let frames = recording.format().rate.samples(BLOCK) as f64 * speed;
            recording.set_block_frames(frames as u64);
        }
        let mut moments = Vec::new();
        for insertion in needles(&recording) {
            moments.push((insertion.entered, true, insertion.clone()));
            if !insertion.still_in {
                moments.push((insertion.left, false, insertion));
            }
        }
        moments.sort_by_key(|(at, enters, _)| (*at, *enters));
        // The earliest lies at the end, to be taken first from there; of those at one moment, too.
        moments.reverse();
        let (place, description) = (place.to_owned(), recording.format_description());
        Self {
            recording,
            place,
            description,
            speed,
            stop,
            begun: None,
            held: None,
            moments,
            gaps: 0,
            new_gaps: Vec::new(),
            lost: 0,
            bytes: 0,
            over: false,
        }
    }

    /// Whether the time of what ends at `end` has come; waits a little for it.
    fn due(&mut self, end: SampleIndex) -> bool {
        let Some(speed) = self.speed else { return true };
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let due = Duration::from_secs_f64(self.format().rate.time(end).s() / speed);
        let left = due.saturating_sub(begun.elapsed());
        std::thread::sleep(left.min(WAIT));
        left <= WAIT
    }

    /// Notes the gaps before `end`.
    fn pass_gaps(&mut self, end: SampleIndex) {
        while let Some(gap) = self.recording.gaps().get(self.gaps).filter(|gap| gap.end < end) {
            self.new_gaps.push(Gap { span: *gap, counted: true });
            self.lost += gap.len();
            self.gaps += 1;
        }
    }
}

/// The needles of a recording; where none is marked, all of it counts as one dwell.
fn needles(recording: &Recording) -> Vec<Insertion> {
    if recording.marked() {
        return recording.insertions().to_vec();
    }
    let (entered, left) = (SampleIndex::default(), SampleIndex::new(recording.frames()));
    vec![Insertion { label: Some("whole recording".into()), entered, left, still_in: true }]
}

impl Source for Replay {
    fn format(&self) -> &Format {
        self.recording.format()
    }

    fn next(&mut self, into: &mut Block) -> Result<Flow, Error> {
        if self.stop.load(Ordering::Relaxed) {
            *into = Block::empty(self.format().channels.len());
            return Ok(Flow::End);
        }
        match self.held.take() {
            Some(held) => *into = held,
            None if self.recording.next(into)? == Flow::End => {
                self.over = true;
                return Ok(Flow::End);
            }
            None => {}
        }
        if !self.due(into.end()) {
            let empty = Block::empty(self.format().channels.len());
            self.held = Some(std::mem::replace(into, empty));
            return Ok(Flow::Idle);
        }
        self.pass_gaps(into.end());
        let samples = into.frames.len() as u64;
        self.bytes += samples * u64::from(self.recording.bits().div_ceil(8));
        Ok(Flow::Frames)
    }

    fn warnings(&self) -> &[Warning] {
        self.recording.warnings()
    }
}

impl Feed for Replay {
    fn place(&self) -> &str {
        &self.place
    }

    fn board(&self) -> &'static str {
        "replay"
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn rate_from(&self) -> &'static str {
        "recording"
    }

    fn gain(&self) -> f64 {
        f64::from(self.recording.step().unwrap_or(1.0))
    }

    fn lost(&self) -> u64 {
        self.lost
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn take_gaps(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.new_gaps)
    }

    fn moments(&mut self, end: SampleIndex) -> Vec<(bool, Insertion)> {
        let mut now = Vec::new();
        while let Some((_, enters, insertion)) = self.moments.pop_if(|(at, ..)| *at <= end) {
            now.push((enters, insertion));
        }
        now
    }

    fn ended(&self) -> Option<String> {
        self.over.then(|| "the end of the recording".to_owned())
    }
}
