//! A recording on disk with what lies beside it: samples, sidecar and marks as one [`Source`].

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::companions::{Companions, open_file};
use super::format::{self, channels};
use super::marks::{Extent, choose, joined};
use super::riff::{Contents, Stated};
use super::sidecar::Sidecar;
use super::wav::Wav;
use super::{Error, Flow, Options, Source, Warning, parts};
use crate::block::{Block, Format, Mark, MarkKind};
use crate::insertion::Insertion;
use crate::units::{SampleIndex, Span};

/// Frames in a block: some milliseconds of work, and at most 2 MiB of memory.
const BLOCK_FRAMES: u64 = 4096;
const MOST_BLOCK_FRAMES: u64 = 1 << 16;

/// One recording, read from its beginning to its end in memory that does not grow.
#[derive(Debug)]
pub struct Recording<R = File> {
    wav: Wav<R>,
    path: PathBuf,
    format: Format,
    /// Which channels of the file to give, from 0; `None` for all as they are.
    chosen: Option<Vec<usize>>,
    /// What a count is worth.
    gain: f64,
    sidecar: Sidecar,
    insertions: Vec<Insertion>,
    marks_origin: Option<String>,
    masks: Vec<Span>,
    gaps: Vec<Span>,
    notes: Vec<(SampleIndex, String)>,
    warnings: Vec<Warning>,
    next: SampleIndex,
    not_finite: u64,
    block_frames: u64,
    /// A block of all channels, where only some are given.
    all: Vec<f32>,
}

impl Recording<File> {
    /// Opens the recording `path` with what lies beside it.
    ///
    /// # Errors
    /// [`Error`] where the recording, its sidecar or its marks cannot be read or do not fit.
    pub fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        Self::open_through(path, &Companions::find(path, options)?, options, |file| file)
    }
}

impl<R: Read + Seek> Recording<R> {
    /// Opens the recording `path` with what was found beside it; each of its files is read through
    /// what `through` makes of it.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn open_through(
        path: &Path,
        companions: &Companions,
        options: &Options,
        mut through: impl FnMut(File) -> R,
    ) -> Result<Self, Error> {
        let first = through(open_file(path)?);
        let later = parts::later(path).into_iter();
        let later = later.map(|path| open_file(&path).map(|file| (through(file), path)));
        let later = later.collect::<Result<Vec<_>, Error>>()?;
        Self::read_all(first, path, later, companions, options)
    }

    /// Reads the recording `path` from `reader`, with `companions` beside it.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn read(reader: R, path: &Path, companions: &Companions, options: &Options) -> Result<Self, Error> {
        Self::read_all(reader, path, Vec::new(), companions, options)
    }

    /// Reads a recording whose later parts are `later`.
    fn read_all(
        reader: R,
        path: &Path,
        later: Vec<(R, PathBuf)>,
        companions: &Companions,
        options: &Options,
    ) -> Result<Self, Error> {
        let (mut wav, contents) = Wav::open(reader, path)?;
        parts::refuse_later(path, &contents)?;
        let sidecar = match &companions.sidecar {
            Some(found) => Sidecar::read(&found.bytes, &found.path)?,
            None => Sidecar::default(),
        };
        parts::none_missing(path, later.len(), sidecar.parts)?;
        let mut warnings = contents.warnings.clone();
        let (missing, cut) = append(&mut wav, is_cut(&contents), later, &mut warnings)?;
        if wav.frames == 0 {
            return Err(Error::NoFrames { path: path.into() });
        }
        let chosen = channels(options, wav.layout, path)?;
        let (format, gain) =
            format::settle(wav.layout, &contents.notes, &sidecar, options, path, &mut warnings)?;
        let extent = Extent { rate: format.rate, frames: wav.frames, cut };
        let chosen_marks = choose(&contents.notes, companions, extent, options, path, &mut warnings)?;
        let gaps = joined([chosen_marks.gaps, missing].concat());
        let (masks, gaps) = part(chosen_marks.masks, gaps, wav.frames);
        Ok(Self {
            wav,
            path: path.into(),
            format,
            chosen,
            gain,
            sidecar,
            insertions: chosen_marks.insertions,
            marks_origin: chosen_marks.origin,
            masks,
            gaps,
            notes: chosen_marks.notes,
            warnings,
            next: SampleIndex::default(),
            not_finite: 0,
            block_frames: BLOCK_FRAMES,
            all: Vec::new(),
        })
    }

    /// Gives at most `frames` frames a block from here on (at least one); live views may want
    /// fewer at a time than the default.
    pub fn set_block_frames(&mut self, frames: u64) {
        self.block_frames = frames.clamp(1, MOST_BLOCK_FRAMES);
    }

    /// Gives the frames from `at` on next. A mask that begins before it is not told again.
    ///
    /// # Errors
    /// [`Error::Read`] where the file cannot be read there.
    pub fn go_to(&mut self, at: SampleIndex) -> Result<(), Error> {
        self.wav.go_to(at.get())?;
        self.next = at;
        Ok(())
    }

    /// How many frames it has, whatever its header says.
    pub fn frames(&self) -> u64 {
        self.wav.frames
    }

    /// The file's name, without its folder.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The converter's step in the samples' own unit; `None` for files of fractions.
    pub fn step(&self) -> Option<f32> {
        (!self.wav.layout.float).then_some(self.gain as f32)
    }

    /// What kind of file it is, for people: `WAV, 16 bit`.
    pub fn format_description(&self) -> String {
        let own = self.wav.layout.describe();
        if self.wav.pieces() > 1 { format!("{own}, {} parts", self.wav.pieces()) } else { own }
    }

    /// Bits of a sample.
    pub fn bits(&self) -> u16 {
        self.wav.layout.bits
    }

    /// The needles, in order of needle in.
    pub fn insertions(&self) -> &[Insertion] {
        &self.insertions
    }

    /// Whether it came with marks of needles; without, the whole recording is one dwell.
    pub fn marked(&self) -> bool {
        self.marks_origin.is_some()
    }

    /// Where the marks of needles are from, for people: a file's name, `--insertion`, the WAV's
    /// cue points.
    pub fn marks_origin(&self) -> Option<&str> {
        self.marks_origin.as_deref()
    }

    /// The spans that are marked as not valid, in order and apart. They are given with the
    /// blocks, too.
    pub fn masks(&self) -> &[Span] {
        &self.masks
    }

    /// The spans whose samples were lost, in order and apart. Blocks do not give them: they are
    /// missing, as they are from a board.
    pub fn gaps(&self) -> &[Span] {
        &self.gaps
    }

    /// What a person noted during the recording, in order of time.
    pub fn notes(&self) -> &[(SampleIndex, String)] {
        &self.notes
    }

    /// Passes over the gap that lies at the next frame, if there is one; how many frames may be
    /// read before the next gap.
    fn pass_gap(&mut self) -> Result<u64, Error> {
        let mut place = self.gaps.partition_point(|gap| gap.end <= self.next);
        if let Some(gap) = self.gaps.get(place).filter(|gap| gap.contains(self.next)) {
            self.wav.skip(gap.end - self.next)?;
            self.next = gap.end;
            place += 1;
        }
        Ok(self.gaps.get(place).map_or(u64::MAX, |gap| gap.start - self.next).min(self.block_frames))
    }

    /// What the sidecar says; empty where there is none.
    pub fn sidecar(&self) -> &Sidecar {
        &self.sidecar
    }

    /// The marks from `from` up to, not including, `to`. A mask that lasts until the end of the
    /// recording is not closed.
    fn marks_within(&self, from: SampleIndex, to: SampleIndex, into: &mut Vec<Mark>) {
        into.clear();
        for mask in &self.masks {
            let moments = [(mask.start, MarkKind::MaskStart), (mask.end, MarkKind::MaskEnd)];
            let within = moments.into_iter().filter(|(at, _)| from <= *at && *at < to);
            into.extend(within.map(|(at, kind)| Mark { at, kind }));
        }
    }

    fn count_not_finite(&mut self, frames: &[f32]) {
        let found = frames.iter().filter(|s| !s.is_finite()).count() as u64;
        if found == 0 {
            return;
        }
        self.not_finite += found;
        let all = Warning::NotFinite { samples: self.not_finite };
        match self.warnings.iter_mut().find(|w| matches!(w, Warning::NotFinite { .. })) {
            Some(known) => *known = all,
            None => self.warnings.push(all),
        }
    }
}

impl<R: Read + Seek> Source for Recording<R> {
    fn format(&self) -> &Format {
        &self.format
    }

    fn next(&mut self, into: &mut Block) -> Result<Flow, Error> {
        let columns = self.format.channels.len();
        let mut frames = std::mem::take(&mut into.frames).into_raw_vec_and_offset().0;
        frames.clear();
        let before = self.next;
        let most = self.pass_gap()?;
        match &self.chosen {
            None => self.wav.read(most, self.gain, &mut frames)?,
            Some(chosen) => {
                self.wav.read(most, self.gain, &mut self.all)?;
                for frame in self.all.chunks_exact(usize::from(self.wav.layout.channels)) {
                    frames.extend(chosen.iter().map(|place| frame[*place]));
                }
            }
        }
        if self.wav.layout.float {
            self.count_not_finite(&frames);
        }
        let rows = frames.len() / columns;
        into.first = self.next;
        self.next = self.next + rows as u64;
        // Marks that lie in a gap come with what follows it.
        self.marks_within(before, self.next, &mut into.marks);
        // The length is rows × columns by construction, so the shape always fits.
        into.frames = Array2::from_shape_vec((rows, columns), frames).unwrap_or_default();
        Ok(if rows == 0 { Flow::End } else { Flow::Frames })
    }

    fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Appends the later parts of a recording; what is missing between them, and whether the end of
/// the whole was lost.
fn append<R: Read + Seek>(
    wav: &mut Wav<R>,
    mut cut: bool,
    later: Vec<(R, PathBuf)>,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Span>, bool), Error> {
    let mut missing = Vec::new();
    for (reader, path) in later {
        let (contents, gap) = wav.append(reader, &path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let problems = contents.warnings.iter().map(ToString::to_string);
        warnings.extend(problems.map(|problem| Warning::Part { name: name.clone(), problem }));
        if !gap.is_empty() {
            let problem = format!("{} frames before it are missing and were taken as lost", gap.len());
            warnings.push(Warning::Part { name, problem });
            missing.push(gap);
        }
        cut = is_cut(&contents);
    }
    Ok((missing, cut))
}

/// Masks and gaps; a gap that nothing follows is told as a mask, because blocks could not tell it.
fn part(mut masks: Vec<Span>, mut gaps: Vec<Span>, frames: u64) -> (Vec<Span>, Vec<Span>) {
    if let Some(last) = gaps.pop_if(|gap| gap.end.get() >= frames) {
        // The last gap may overlap masks, which must stay apart.
        masks.retain(|mask| mask.start < last.start);
        match masks.last_mut().filter(|mask| mask.end >= last.start) {
            Some(mask) => mask.end = last.end,
            None => masks.push(last),
        }
    }
    (masks, gaps)
}

/// The end of the recording was lost.
fn is_cut(contents: &Contents) -> bool {
    let data = contents.data;
    matches!(data.stated, Stated::Wrong(stated) if stated > data.bytes)
}
