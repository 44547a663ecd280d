//! A recording as it is made: the board's own counts as a WAV, and beside it the sidecar, the
//! marks and, by choice, the raw bytes. All of it is whole at every instant.
//!
//! A thread of its own writes, so that a slow disk delays no twitch; what cannot be written is
//! told, left as a gap, and tried again. This room knows blocks and units, files and disks. It
//! must never know where samples come from or what is found in them.

mod files;
mod place;
mod room;
mod wav;
mod worker;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::block::{Format, Scale};
use crate::units::SampleIndex;

use files::{Events, Names, beside, claim, create, sync_folder};
use wav::{MOST_BYTES, Sample, Shape, Wav};
use worker::{Job, Tell, Worker};

/// Why a recording could not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder cannot be used.
    #[error("{}: cannot be recorded to: {problem}; give a folder that you may write to with --record", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        problem: io::Error,
    },
    /// A file of the recording cannot be made.
    #[error("{}: cannot be written: {problem}; give another folder with --record", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        problem: io::Error,
    },
    /// The disk is too full.
    #[error("{}: only {fits_min:.0} minutes of recording fit on this disk, and it takes room for 30 to begin: make room, or give a folder on another disk with --record", path.display())]
    NoRoom {
        /// The folder.
        path: PathBuf,
        /// What would fit, minutes.
        fits_min: f64,
    },
    /// All names are taken.
    #[error("{}: there are too many recordings of this board in it: give another folder with --record", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// What the pipeline is given, from which rate, channels and scale are taken.
    pub format: Format,
    /// So many bits hold any count; `None` for numbers that may be fractions or longer than 24
    /// bits.
    pub bits: Option<u16>,
    /// What one count is, in the unit of the format.
    pub gain: f64,
    /// The count at which the converter clips, from its middle, where it is known.
    pub clips_at: Option<f64>,
    /// What the board calls itself.
    pub board: String,
}

impl Signal {
    fn calibrated(&self) -> bool {
        self.format.scale == Scale::Microvolts
    }
}

/// A line of the file of marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// When.
    pub at: SampleIndex,
    /// How long, in frames; `None` for a moment.
    pub frames: Option<u64>,
    /// `needle_in`, `needle_out`, `gap`, or a word that readers pass over.
    pub kind: &'static str,
    /// Needle or site.
    pub label: Option<String>,
}

/// Something went wrong with the recording, or is right again: in plain words.
pub type Trouble = String;

/// Jobs that wait for the disk: with the queue of the port, minutes.
const QUEUE: usize = 1 << 14;

/// What a person may choose about a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// Whether the board's bytes are kept, too.
    pub raw: bool,
    /// A WAV of the recording has at most so many bytes; what comes then goes to the next.
    pub part_bytes: u64,
}

impl Default for Choices {
    /// No raw bytes, and as much in a file as a WAV can hold.
    fn default() -> Self {
        Self { raw: false, part_bytes: MOST_BYTES }
    }
}

/// A recording that is being made.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    stem: String,
    jobs: Option<SyncSender<Job>>,
    troubles: Receiver<Trouble>,
    works: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Begins a recording in `folder`, which is made where it is missing, under a name that begins
    /// with `name` and that nothing has yet.
    ///
    /// # Errors
    /// [`Error`] where nothing can be written there, or too little.
    pub fn begin(folder: &Path, name: &str, signal: &Signal, choices: Choices) -> Result<Self, Error> {
        let raw = choices.raw;
        let sample = Sample::of(signal.bits);
        let channels = signal.format.channels.len() as u16;
        let made = std::fs::create_dir_all(folder);
        made.map_err(|problem| Error::Folder { path: folder.into(), problem })?;
        let pace = signal.format.rate.hz() * (sample.bytes() * u64::from(channels)) as f64;
        if let Some(free) = room::free(folder) {
            room::enough(folder, free, if raw { 3.0 * pace } else { pace })?;
        }
        let (stem, file) = claim(folder, name)?;
        let path = |ending: &str| beside(folder, &stem, ending);
        let failed = |ending: &str| {
            let path = path(ending);
            move |problem| Error::File { path, problem }
        };
        let shape = Shape::new(sample, channels, signal.format.rate.hz(), choices.part_bytes);
        let wav = Wav::begin(file, shape, 1).map_err(failed(".wav"))?;
        files::sidecar(&path("_emg.json"), signal, sample, 1, None).map_err(failed("_emg.json"))?;
        let events = path("_events.tsv");
        let events = Events::begin(&events, signal.format.rate).map_err(failed("_events.tsv"))?;
        let raw = raw.then(|| create(&path("_raw.bin"))).transpose().map_err(failed("_raw.bin"))?;
        sync_folder(folder);
        let (jobs, todo) = sync_channel(QUEUE);
        let (tell, troubles) = std::sync::mpsc::channel();
        let works = Arc::new(AtomicBool::new(true));
        let tell = Tell { troubles: tell, works: Arc::clone(&works) };
        let names = Names { folder: folder.into(), stem: stem.clone() };
        let worker = Worker::new(names, wav, shape, events, raw, signal.clone(), tell);
        let thread = Some(std::thread::spawn(move || worker.run(&todo)));
        Ok(Self { folder: folder.into(), stem, jobs: Some(jobs), troubles, works, thread })
    }

    /// The WAV.
    pub fn path(&self) -> PathBuf {
        beside(&self.folder, &self.stem, ".wav")
    }

    /// The folder of the recording.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name that all its files begin with.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// Records the counts of frames from `first`, interleaved. What was missing before them becomes
    /// a gap.
    pub fn frames(&mut self, first: SampleIndex, counts: &[f32]) {
        self.job(Job::Frames { first: first.get(), counts: counts.to_vec() });
    }

    /// Adds a row to the file of marks. The frames before it were recorded before.
    pub fn row(&mut self, row: Row) {
        self.job(Job::Row(row));
    }

    /// A row that was added is of another kind now: it was taken back, say. At every instant the
    /// file of marks is whole, with the one or the other.
    pub fn rename(&mut self, row: Row, kind: &'static str) {
        self.job(Job::Rename(row, kind));
    }

    /// Records bytes as they came.
    pub fn raw(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.job(Job::Raw(bytes));
        }
    }

    fn job(&mut self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread only ends when this sender is gone.
            let _ = jobs.send(job);
        }
    }

    /// Whether what comes reaches the disk.
    pub fn works(&self) -> bool {
        self.works.load(Ordering::Relaxed)
    }

    /// What went wrong since this was asked last.
    pub fn troubles(&mut self) -> Vec<Trouble> {
        self.troubles.try_iter().collect()
    }

    /// Ends the recording, with the board's true rate where it was measured, Hz and within how
    /// many Hz; what went wrong at the end.
    pub fn finish(&mut self, measured: Option<(f64, f64)>) -> Vec<Trouble> {
        self.job(Job::End(measured));
        self.close();
        self.troubles()
    }

    fn close(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It cannot panic, and there is nobody to tell if it did.
            drop(thread.join());
        }
    }
}

impl Drop for Recorder {
    /// Waits until all is on the disk.
    fn drop(&mut self) {
        self.close();
    }
}
