//! What a recording consists of: names that nothing has yet, the sidecar, the file of marks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::place::{is_at, write_back};
use super::wav::Sample;
use super::{Error, Row, Signal};
use crate::units::{SampleRate, Seconds};

/// The columns of the file of marks.
const COLUMNS: &str = "onset\tduration\ttrial_type\tlabel\n";
/// So many recordings of one board go into one folder.
const MOST: u32 = 99_999;

/// A name of a recording, `native-001`, whose WAV was made here and now.
pub(super) fn claim(folder: &Path, board: &str) -> Result<(String, File), Error> {
    fs::create_dir_all(folder).map_err(|problem| Error::Folder { path: folder.into(), problem })?;
    let entries = fs::read_dir(folder).map_err(|problem| Error::Folder { path: folder.into(), problem })?;
    let taken: Vec<String> =
        entries.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
    // Tables of a recording that is gone would be mixed with those of the new one.
    let is_taken = |stem: &str| {
        let of =
            |name: &String| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '_', '-']));
        taken.iter().any(of)
    };
    for number in 1..=MOST {
        let stem = format!("{board}-{number:03}");
        if is_taken(&stem) {
            continue;
        }
        match create(&folder.join(format!("{stem}.wav"))) {
            Ok(file) => return Ok((stem, file)),
            // Another monitor was faster.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(problem) => return Err(Error::Folder { path: folder.into(), problem }),
        }
    }
    Err(Error::TooMany { path: folder.into() })
}

/// A new file; never one that is there.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// So that the names of new files survive a power cut; not every system can do this.
pub(super) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|f| f.sync_all());
}

/// The board's true rate by this machine's clock, as the sidecar tells it: Hz, and within how many
/// Hz.
pub(super) type Measured = Option<(f64, f64)>;

/// The sidecar. Written beside its place and then renamed, so that there is always a whole one.
pub(super) fn sidecar(
    path: &Path,
    signal: &Signal,
    sample: Sample,
    parts: u64,
    end: Option<(u64, Measured)>,
) -> io::Result<()> {
    let rate = signal.format.rate;
    let mut keys = json!({
        "SamplingFrequency": rate.hz(),
        "Channels": signal.format.channels,
        "Board": signal.board,
        "RecordingType": "continuous",
        // In counts, because the scale may be unknown.
        "ClipsAt": signal.clips_at.map_or(json!("n/a"), |counts| json!(counts)),
    });
    if signal.calibrated() {
        // A power of two times what a count is: the reader's division gives the very same back.
        keys["FullScale_uV"] = json!(signal.gain * sample.full_scale());
    }
    if parts > 1 {
        keys["Parts"] = json!(parts);
    }
    if let Some((frames, measured)) = end {
        keys["RecordingDuration"] = json!(rate.seconds(frames).s());
        if let Some((hz, uncertainty_hz)) = measured {
            keys["MeasuredSamplingFrequency"] = json!(hz);
            keys["MeasuredSamplingFrequencyUncertainty"] = json!(uncertainty_hz);
        }
    }
    let part = path.with_extension("json.part");
    let mut file = File::create(&part)?;
    file.write_all(format!("{keys:#}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(part, path)
}

/// The file of marks, to which lines are only added.
#[derive(Debug)]
pub(super) struct Events {
    file: File,
    path: PathBuf,
    rate: SampleRate,
    /// Whole lines so far.
    text: String,
}

impl Events {
    pub fn begin(path: &Path, rate: SampleRate) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        let mut events = Self { file, path: path.into(), rate, text: String::new() };
        events.add(COLUMNS)?;
        events.sync()?;
        Ok(events)
    }

    /// Adds rows, to be on the disk with the next sync.
    pub fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let text: String = rows.iter().map(|row| self.line(row)).collect();
        self.add(&text)
    }

    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// The last row of that form is of another kind now. The file is written beside its place and
    /// then renamed, so that there is always a whole one.
    pub fn rename(&mut self, row: &Row, kind: &'static str) -> io::Result<()> {
        let (old, new) = (self.line(row), self.line(&Row { kind, ..row.clone() }));
        let begins = |at: &usize| *at == 0 || self.text.as_bytes()[at - 1] == b'\n';
        let Some(at) = self.text.rmatch_indices(&old).map(|found| found.0).find(begins) else {
            return Ok(());
        };
        let mut text = self.text.clone();
        text.replace_range(at..at + old.len(), &new);
        let part = self.path.with_extension("tsv.part");
        // One that could not be completed before is in the way.
        drop(fs::remove_file(&part));
        let mut file = OpenOptions::new().append(true).create_new(true).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(part, &self.path)?;
        sync_folder(self.path.parent().unwrap_or(Path::new(".")));
        (self.file, self.text) = (file, text);
        Ok(())
    }

    fn line(&self, row: &Row) -> String {
        // A millionth of a second is below a fifth of a sample at 192 kHz: the reader finds the
        // very sample again.
        let seconds = |t: Seconds| format!("{:.6}", t.s());
        let onset = seconds(self.rate.time(row.at));
        let duration = row.frames.map_or("0".to_owned(), |frames| seconds(self.rate.seconds(frames)));
        let label: String = row.label.as_deref().unwrap_or("n/a").replace(char::is_control, " ");
        format!("{onset}\t{duration}\t{}\t{label}\n", row.kind)
    }

    fn add(&mut self, text: &str) -> io::Result<()> {
        let added = self.file.write_all(text.as_bytes());
        match added {
            Ok(()) => self.text.push_str(text),
            // Half a line would make the whole file unreadable.
            Err(_) => self.file.set_len(self.text.len() as u64)?,
        }
        added
    }

    /// Whether it lies where it was begun.
    pub fn is_in_place(&self) -> bool {
        is_at(&self.file, &self.path)
    }

    /// Puts it back there.
    pub fn put_back(&mut self) -> io::Result<()> {
        if !self.is_in_place() {
            self.file = write_back(&self.text, &self.path)?;
        }
        Ok(())
    }
}

/// The ending of part `number` of a recording.
pub(super) fn part(number: u64) -> String {
    if number > 1 { format!("_part{number}.wav") } else { ".wav".into() }
}

/// Where the files of a recording lie.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub folder: PathBuf,
    pub stem: String,
}

impl Names {
    pub fn part(&self, number: u64) -> PathBuf {
        beside(&self.folder, &self.stem, &part(number))
    }

    pub fn raw(&self) -> PathBuf {
        beside(&self.folder, &self.stem, "_raw.bin")
    }

    pub fn sidecar(&self) -> PathBuf {
        beside(&self.folder, &self.stem, "_emg.json")
    }
}

/// The path of a file of the recording `stem`.
pub(super) fn beside(folder: &Path, stem: &str, ending: &str) -> PathBuf {
    folder.join(format!("{stem}{ending}"))
}
