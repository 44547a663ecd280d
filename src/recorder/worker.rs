//! The thread that writes: in the order that a crash survives, and on after a disk that is full.

mod marks;

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::files::{Events, Measured, Names, create, sidecar, sync_folder};
use super::place::{is_at, put_back};
use super::wav::{Shape, Wav};
use super::{Row, Signal, Trouble};
use crate::units::{SampleIndex, SampleRate};

/// All is put on the disk so often: a crash costs less than a second.
const SYNC: Duration = Duration::from_millis(400);
/// A disk that failed is tried again so often.
const AGAIN: Duration = Duration::from_secs(1);

/// What is to be written.
#[derive(Debug)]
pub(super) enum Job {
    Frames { first: u64, counts: Vec<f32> },
    Row(Row),
    Rename(Row, &'static str),
    Raw(Vec<u8>),
    End(Measured),
}

/// How whoever records is told.
pub(super) struct Tell {
    pub troubles: Sender<Trouble>,
    /// What comes reaches the disk.
    pub works: Arc<AtomicBool>,
}

pub(super) struct Worker {
    names: Names,
    wav: Wav,
    /// The parts before it, kept open so that they can be put back.
    earlier: Vec<Wav>,
    shape: Shape,
    events: Events,
    raw: Option<File>,
    signal: Signal,
    tell: Tell,
    /// Marks that are not on the disk yet.
    rows: Vec<Row>,
    /// Marks that are of another kind now, but not on the disk.
    renames: Vec<(Row, &'static str)>,
    /// Since when nothing can be written, and when that was tried last.
    failing: Option<(u64, Instant)>,
    /// Since when its files are not in their place.
    misplaced: Option<u64>,
    told_stuck: bool,
    told_unfit: bool,
    told_renames: bool,
    looked: Instant,
    synced: Instant,
    dirty: bool,
    measured: Measured,
}

impl Worker {
    pub fn new(
        names: Names,
        wav: Wav,
        shape: Shape,
        events: Events,
        raw: Option<File>,
        signal: Signal,
        tell: Tell,
    ) -> Self {
        Self {
            names,
            wav,
            earlier: Vec::new(),
            shape,
            events,
            raw,
            signal,
            tell,
            rows: Vec::new(),
            renames: Vec::new(),
            failing: None,
            misplaced: None,
            told_stuck: false,
            told_unfit: false,
            told_renames: false,
            looked: Instant::now(),
            synced: Instant::now(),
            dirty: false,
            measured: None,
        }
    }

    /// Writes until nobody has anything more to write.
    pub fn run(mut self, todo: &Receiver<Job>) {
        loop {
            match todo.recv_timeout(SYNC.saturating_sub(self.synced.elapsed())) {
                Ok(Job::Frames { first, counts }) => self.frames(first, &counts),
                Ok(Job::Row(row)) => {
                    self.rows.push(row);
                    self.marks();
                }
                Ok(Job::Rename(row, kind)) => self.rename(row, kind),
                Ok(Job::Raw(bytes)) => self.raw(&bytes),
                Ok(Job::End(measured)) => self.measured = measured,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.synced.elapsed() >= SYNC {
                self.sync();
            }
            if self.looked.elapsed() >= AGAIN {
                self.looked = Instant::now();
                self.look();
                self.write_renames();
            }
            let works = self.failing.is_none() && self.misplaced.is_none();
            self.tell.works.store(works, Ordering::Relaxed);
        }
        self.end();
    }

    fn rate(&self) -> SampleRate {
        self.signal.format.rate
    }

    /// Seconds on the board's clock, for people.
    fn at_s(&self, frame: u64) -> String {
        format!("{:.1} s", self.rate().seconds(frame).s())
    }

    fn say(&self, text: String) {
        // Where nobody listens any more, nobody needs to know.
        let _ = self.tell.troubles.send(text);
    }

    fn frames(&mut self, first: u64, counts: &[f32]) {
        if self.failing.is_some_and(|(_, tried)| tried.elapsed() < AGAIN) {
            return;
        }
        match self.write(first, counts) {
            Ok(()) => self.works(first),
            Err(problem) => self.fails(first, &problem),
        }
    }

    /// A gap is told before what lies behind it, and a mark after what lies before it: whoever
    /// is killed between the two leaves a file in which nothing is taken for what it is not.
    fn write(&mut self, first: u64, counts: &[f32]) -> io::Result<()> {
        let end = self.wav.frames();
        if first > end {
            let at = SampleIndex::new(end);
            self.events.rows(&[Row { at, frames: Some(first - end), kind: "gap", label: None }])?;
        }
        self.put(first, counts)?;
        self.write_marks()
    }

    /// Writes frames into the part, or the parts, to which they belong.
    fn put(&mut self, mut first: u64, mut counts: &[f32]) -> io::Result<()> {
        let channels = u64::from(self.shape.channels);
        while !counts.is_empty() {
            while first >= self.wav.end() {
                self.next_part()?;
            }
            let room = usize::try_from((self.wav.end() - first) * channels).unwrap_or(usize::MAX);
            let (now, later) = counts.split_at(counts.len().min(room));
            self.wav.put(first, now)?;
            self.dirty = true;
            (first, counts) = (first + now.len() as u64 / channels, later);
        }
        Ok(())
    }

    /// Finishes this part and begins the next. The sidecar promises a part only when it is there.
    fn next_part(&mut self) -> io::Result<()> {
        // Gaps are on the disk before the zeros that stand for them.
        self.events.sync()?;
        self.wav.fill()?;
        let number = self.wav.number + 1;
        let path = self.names.part(number);
        let begun = create(&path).and_then(|file| {
            let next = Wav::begin(file, self.shape, number)?;
            sidecar(&self.names.sidecar(), &self.signal, self.shape.sample, number, None)?;
            Ok(next)
        });
        match begun {
            Ok(next) => {
                sync_folder(&self.names.folder);
                let unfit = self.wav.unfit;
                self.earlier.push(std::mem::replace(&mut self.wav, next));
                self.wav.unfit = unfit;
                Ok(())
            }
            Err(problem) => {
                // It is tried again, and finds its name free.
                if problem.kind() != io::ErrorKind::AlreadyExists {
                    let _ = std::fs::remove_file(path);
                }
                Err(problem)
            }
        }
    }

    fn works(&mut self, first: u64) {
        if let Some((since, _)) = self.failing.take() {
            let (from, to) = (self.at_s(since), self.at_s(first));
            self.say(format!(
                "the recording goes on at {to}: what lies between {from} and {to} is lost from it, and a gap in it"
            ));
        }
        if self.wav.unfit > 0 && !self.told_unfit {
            self.told_unfit = true;
            let at = self.at_s(first);
            self.say(format!(
                "at {at} the board gave a number that the recording cannot hold: it is stored as the nearest one that it can; keep the bytes with --raw"
            ));
        }
    }

    fn fails(&mut self, first: u64, problem: &io::Error) {
        match &mut self.failing {
            Some((_, tried)) => *tried = Instant::now(),
            None => {
                let since = self.wav.frames().min(first);
                self.failing = Some((since, Instant::now()));
                let (at, cure) = (self.at_s(since), cure(problem));
                self.say(format!(
                    "NOT RECORDED: from {at} on the samples cannot be written ({problem}); {cure}, and the recording goes on by itself; what comes meanwhile is lost from it"
                ));
            }
        }
    }

    /// Looks whether the files are where they were begun, and puts them back there if that can be.
    fn look(&mut self) {
        let folder = self.names.folder.display().to_string();
        if self.is_in_place() {
            if self.misplaced.take().is_some() {
                self.say(format!("the recording is in {folder} again, with all that was recorded"));
            }
            return;
        }
        if self.misplaced.is_none() {
            let frames = self.wav.frames();
            self.misplaced = Some(frames);
            let at = self.at_s(frames);
            self.say(format!(
                "NOT SAFE: at {at} the recording is no longer in {folder}: it was moved or deleted, or its disk was taken out; put it back, or make the folder again, before the session ends, and it goes on there by itself"
            ));
        }
        if self.names.folder.is_dir() {
            self.put_back();
        }
    }

    fn is_in_place(&self) -> bool {
        let parts = self.earlier.iter().chain([&self.wav]);
        let raw = self.raw.as_ref().is_none_or(|raw| is_at(raw, &self.names.raw()));
        raw && self.events.is_in_place() && parts.into_iter().all(|w| w.is_at(&self.names.part(w.number)))
    }

    /// Puts all of it back to its place.
    fn put_back(&mut self) {
        let reached = self.wav.frames();
        let restored = self.restore();
        let folder = self.names.folder.display().to_string();
        if let Err(problem) = restored {
            if !std::mem::replace(&mut self.told_stuck, true) {
                self.say(format!("the recording cannot be put back into {folder} yet ({problem})"));
            }
            return;
        }
        sync_folder(&self.names.folder);
        (self.misplaced, self.told_stuck) = (None, false);
        let (from, to) = (self.at_s(self.wav.frames()), self.at_s(reached));
        self.say(if self.wav.frames() < reached {
            format!("the recording goes on in {folder}; what lies between {from} and {to} is lost from it, and a gap in it")
        } else {
            format!("the recording is in {folder} again, with all that was recorded")
        });
    }

    fn restore(&mut self) -> io::Result<()> {
        for wav in self.earlier.iter_mut().chain([&mut self.wav]) {
            wav.put_back(&self.names.part(wav.number))?;
        }
        self.events.put_back()?;
        if let Some(raw) = &mut self.raw {
            *raw = put_back(raw, &self.names.raw(), |_| Ok(true))?;
        }
        sidecar(&self.names.sidecar(), &self.signal, self.shape.sample, self.wav.number, None)
    }

    fn raw(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.raw else { return };
        if let Err(problem) = file.write_all(bytes) {
            self.raw = None;
            self.say(format!("the board's raw bytes are not kept any more: {problem}"));
        }
    }

    fn sync(&mut self) {
        self.synced = Instant::now();
        if !std::mem::take(&mut self.dirty) {
            return;
        }
        let raw = self.raw.as_ref().map_or(Ok(()), File::sync_data);
        // Gaps are on the disk before the samples behind them.
        if let Err(problem) = self.events.sync().and_then(|()| self.wav.sync()).and(raw) {
            self.fails(self.wav.frames(), &problem);
        }
    }

    fn end(&mut self) {
        if self.misplaced.is_some() || !self.is_in_place() {
            self.look();
        }
        if self.misplaced.is_some() {
            // Better in a folder that is made anew than nowhere.
            let _ = std::fs::create_dir_all(&self.names.folder);
            self.put_back();
        }
        let frames = self.wav.frames();
        // A reader refuses needles outside of the recording; what is known of them stays.
        for row in self.rows.iter_mut().filter(|row| row.at.get() >= frames) {
            row.kind = match row.kind {
                "needle_in" => "needle_in_after_the_end",
                "needle_out" => "needle_out_after_the_end",
                kind => kind,
            };
        }
        let marks = self.write_marks().and_then(|()| self.events.sync());
        self.told_renames = false;
        self.write_renames();
        let raw = self.raw.as_ref().map_or(Ok(()), File::sync_all);
        let whole = self.wav.finish().and(marks).and(raw);
        let (path, sample) = (self.names.sidecar(), self.shape.sample);
        let whole =
            whole.and(sidecar(&path, &self.signal, sample, self.wav.number, Some((frames, self.measured))));
        if let Err(problem) = whole {
            let at = self.at_s(frames);
            self.say(format!(
                "NOT RECORDED: the end of the recording at {at} could not be written ({problem}); check its last seconds"
            ));
        }
        if let Some((since, _)) = self.failing {
            let from = self.at_s(since);
            self.say(format!("NOT RECORDED: what came after {from} is lost from the recording"));
        }
    }
}

fn cure(problem: &io::Error) -> &'static str {
    match problem.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        _ => "see that the folder can be written to",
    }
}
