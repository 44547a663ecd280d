//! A simulation as files: `X.wav`, its insertions (`X_events.tsv`), its truth (`X_truth.tsv`) and
//! its sidecar (`X_emg.json`). Files are written whole or not at all.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;

use super::render::{Simulation, TruthEvent};
use crate::units::Span;

/// How many bits a sample has in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bits {
    /// 16, as most boards give.
    #[default]
    Sixteen,
    /// 24.
    TwentyFour,
}

impl Bits {
    const fn count(self) -> u16 {
        match self {
            Self::Sixteen => 16,
            Self::TwentyFour => 24,
        }
    }
}

/// How a simulation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Bits a sample.
    pub bits: Bits,
    /// Whether files that are there may be replaced.
    pub replace: bool,
}

/// The files that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The samples.
    pub recording: PathBuf,
    /// The insertions.
    pub events: PathBuf,
    /// The truth.
    pub truth: PathBuf,
    /// Scale, rate and names.
    pub sidecar: PathBuf,
}

/// Why a simulation could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A recording of that name is there.
    #[error("{} is there already: choose another name or folder, or replace it with --force", .0.display())]
    Exists(PathBuf),
    /// A name that is no file name.
    #[error("“{0}” cannot be the name of a recording: choose one without / and \\")]
    BadName(String),
    /// The rate does not fit into a WAV header.
    #[error("a WAV file cannot hold {frames} frames of {channels} channels: choose a shorter duration")]
    TooLong {
        /// Frames.
        frames: usize,
        /// Channels.
        channels: usize,
    },
    /// The system said no.
    #[error("cannot write {}: {error}: is there room, and may you write there?", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// hound said no.
    #[error("cannot write {}: {error}", path.display())]
    Wav {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: hound::Error,
    },
}

/// The most bytes of samples that a WAV header can state, less room for the header.
const MOST_BYTES: u64 = u32::MAX as u64 - 4096;

/// Writes the four files of recording `stem` into `folder`, which is made where it is missing.
/// All samples are scaled so that the converter's full scale is the file's.
///
/// # Errors
/// [`WriteError`]; no file is left behind half-written.
pub fn write(
    simulation: &Simulation,
    folder: &Path,
    stem: &str,
    options: Options,
) -> Result<Written, WriteError> {
    if stem.is_empty() || stem.contains(['/', '\\']) || stem == "." || stem == ".." {
        return Err(WriteError::BadName(stem.to_owned()));
    }
    let name = |ending: &str| folder.join(format!("{stem}{ending}"));
    let written = Written {
        recording: name(".wav"),
        events: name("_events.tsv"),
        truth: name("_truth.tsv"),
        sidecar: name("_emg.json"),
    };
    let all = [&written.recording, &written.events, &written.truth, &written.sidecar];
    if let (false, Some(there)) = (options.replace, all.iter().find(|p| p.exists())) {
        return Err(WriteError::Exists(there.to_path_buf()));
    }
    let (frames, channels) = simulation.frames.dim();
    if (frames * channels) as u64 * u64::from(options.bits.count() / 8) > MOST_BYTES {
        return Err(WriteError::TooLong { frames, channels });
    }
    std::fs::create_dir_all(folder).map_err(|error| WriteError::Io { path: folder.to_owned(), error })?;
    let wav = Draft::new(folder, &written.recording)?;
    let wav = samples(simulation, options.bits, wav)?;
    let drafts = [
        wav,
        Draft::new(folder, &written.events)?.text(&events(simulation))?,
        Draft::new(folder, &written.truth)?.text(&truth(simulation))?,
        Draft::new(folder, &written.sidecar)?.text(&sidecar(simulation))?,
    ];
    drafts.into_iter().try_for_each(|draft| draft.keep(options.replace))?;
    Ok(written)
}

/// A file that is not there yet.
struct Draft {
    file: NamedTempFile,
    path: PathBuf,
}

impl Draft {
    fn new(folder: &Path, path: &Path) -> Result<Self, WriteError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".twitchscope-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any new file: what the person's umask leaves of it.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file =
            builder.tempfile_in(folder).map_err(|error| WriteError::Io { path: path.to_owned(), error })?;
        Ok(Self { file, path: path.to_owned() })
    }

    fn text(mut self, text: &str) -> Result<Self, WriteError> {
        match self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush()) {
            Ok(()) => Ok(self),
            Err(error) => Err(WriteError::Io { path: self.path, error }),
        }
    }

    fn keep(self, replace: bool) -> Result<(), WriteError> {
        let Self { file, path } = self;
        let kept = if replace { file.persist(&path) } else { file.persist_noclobber(&path) };
        match kept {
            Ok(_) => Ok(()),
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Err(WriteError::Exists(path)),
            Err(e) => Err(WriteError::Io { path, error: e.error }),
        }
    }
}

fn samples(simulation: &Simulation, bits: Bits, draft: Draft) -> Result<Draft, WriteError> {
    let failed = |error| WriteError::Wav { path: draft.path.clone(), error };
    let spec = hound::WavSpec {
        channels: simulation.frames.ncols() as u16,
        sample_rate: simulation.format.rate.hz().round() as u32,
        bits_per_sample: bits.count(),
        sample_format: hound::SampleFormat::Int,
    };
    let end = f64::from(1u32 << (bits.count() - 1));
    let counts = end / f64::from(simulation.format.full_scale.unwrap_or(1.0));
    let file: BufWriter<&File> = BufWriter::new(draft.file.as_file());
    let mut writer = hound::WavWriter::new(file, spec).map_err(failed)?;
    for x in &simulation.frames {
        let count = (f64::from(*x) * counts).round().clamp(-end, end - 1.0);
        writer.write_sample(count as i32).map_err(failed)?;
    }
    writer.finalize().map_err(failed)?;
    Ok(draft)
}

fn events(simulation: &Simulation) -> String {
    let mut text = String::from("onset\tduration\ttrial_type\tlabel\n");
    for insertion in &simulation.insertions {
        let label = insertion.label.as_deref().unwrap_or("n/a");
        let _ = writeln!(text, "{}\tinsertion\t{label}", times(simulation, insertion.span()));
    }
    text
}

fn truth(simulation: &Simulation) -> String {
    let mut text = String::from("onset\tduration\ttrial_type\tchannel\tinsertion\tsnr_db\n");
    for TruthEvent { span, kind, channel, snr_db, insertion } in &simulation.truth {
        let channel = channel.and_then(|c| simulation.format.channels.get(c)).map_or("n/a", String::as_str);
        let insertion = insertion.map_or_else(|| "n/a".to_owned(), |i| (i + 1).to_string());
        let snr = snr_db.map_or_else(|| "n/a".to_owned(), |db| format!("{db:.2}"));
        let times = times(simulation, *span);
        let _ = writeln!(text, "{times}\t{}\t{channel}\t{insertion}\t{snr}", kind.name());
    }
    text
}

/// Onset and duration, s; six decimals tell samples apart up to 192 kHz.
fn times(simulation: &Simulation, span: Span) -> String {
    let rate = simulation.format.rate;
    format!("{:.6}\t{:.6}", rate.time(span.start).s(), rate.seconds(span.len()).s())
}

fn sidecar(simulation: &Simulation) -> String {
    let rate = simulation.format.rate;
    let mains = simulation.mains_hz.map_or(json!("n/a"), |hz| json!((hz / 10.0).round() * 10.0));
    let full_scale = simulation.format.full_scale.map_or(json!("n/a"), |uv| json!(round_off(uv)));
    let value = json!({
        "SamplingFrequency": rate.hz(),
        "PowerLineFrequency": mains,
        "RecordingDuration": rate.seconds(simulation.frames.nrows() as u64).s(),
        "FullScale_uV": full_scale,
        "Channels": simulation.format.channels,
    });
    format!("{value:#}\n")
}

/// The shortest decimal that is the same `f32`, so that 160 µV is not 160.00000381.
fn round_off(uv: f32) -> f64 {
    uv.to_string().parse().unwrap_or_else(|_| f64::from(uv))
}
