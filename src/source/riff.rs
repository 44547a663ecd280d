//! Walks the chunks of a RIFF file and finds what headers lie about: where the samples really
//! begin and end, and what was noted beside them.
//!
//! Recorders that died leave a length of 0, streams leave 0xFFFFFFFF, and marks come after the
//! samples, where a plain WAV decoder never looks. So the file's own size is the judge here.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::{Error, Warning};

/// Marks and names are short; a part of this size is damage or malice.
const LARGEST_NOTES: u64 = 16 << 20;
/// More cue points than anyone sets by hand in a day, few enough to hold.
const MOST_CUES: u64 = 1 << 16;
/// Real files have a dozen parts; a file of nothing but heads would be walked for hours.
const MOST_CHUNKS: u64 = 1 << 14;
/// The longest `fmt ` anyone writes is 40 bytes; what follows is not needed.
const FMT_BYTES: u64 = 40;

/// What a WAV file holds, as far as its chunks tell.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The body of `fmt `.
    pub fmt: Vec<u8>,
    /// Where the samples begin and how many bytes of them are there.
    pub data: Extent,
    /// What was noted beside the samples.
    pub notes: Notes,
    /// What was odd, but for the samples' length.
    pub warnings: Vec<Warning>,
}

/// Where the samples lie.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Extent {
    /// The first byte.
    pub start: u64,
    /// How many bytes are really there.
    pub bytes: u64,
    /// What the header says about the length.
    pub stated: Stated,
}

/// What a header says about the length of the samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Stated {
    /// The truth.
    #[default]
    Right,
    /// Nothing: it was never completed.
    Nothing,
    /// Another number of bytes than there are.
    Wrong(u64),
}

/// What was noted beside the samples.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The entries of LIST INFO: four letters and a text.
    pub info: Vec<([u8; 4], String)>,
    /// Cue points: id and frame.
    pub cues: Vec<(u32, u64)>,
    /// Their names: id and text.
    pub labels: Vec<(u32, String)>,
    /// Stretches that start at a cue point: id, frames and text.
    pub spans: Vec<(u32, u64, String)>,
}

/// A chunk's header, as found at `body - 8`.
struct Chunk {
    id: [u8; 4],
    size: u64,
    body: u64,
}

/// Walks the file from its beginning.
pub(super) fn walk<R: Read + Seek>(reader: &mut R, path: &Path) -> Result<Contents, Error> {
    let failed = |source| Error::Read { path: path.into(), source };
    let mut walk =
        Walk { end: reader.seek(SeekFrom::End(0)).map_err(failed)?, reader, riff: 0, wide_data: None };
    if walk.end == 0 {
        return Err(Error::Empty { path: path.into() });
    }
    let head = walk.bytes(0, 512).map_err(failed)?;
    if !is_wave(&head) {
        let (looks, cure) = looks_like(&head);
        return Err(Error::NotWav { path: path.into(), looks, cure });
    }
    walk.riff = u64::from(u32_at(&head, 4));
    let mut contents = Contents::default();
    let (mut data, mut at, mut chunks) = (None, 12, 0);
    while let Some(chunk) = walk.chunk(at).map_err(failed)? {
        chunks += 1;
        if chunks > MOST_CHUNKS {
            let what = "parts of the file";
            return Err(Error::Limit { path: path.into(), what, found: chunks, limit: MOST_CHUNKS });
        }
        let size = match (&chunk.id, &data) {
            (b"data", None) => {
                let extent = walk.extent(&chunk).map_err(failed)?;
                data = Some(extent);
                if extent.stated == Stated::Right { chunk.size } else { extent.bytes }
            }
            _ => walk.read(&chunk, path, &mut contents)?,
        };
        at = walk.after(chunk.body, size).map_err(failed)?;
    }
    let cut = Error::HeaderCut { path: path.into(), at: walk.end };
    let Some(extent) = data else {
        let whole = walk.riff != 0 && walk.end >= walk.riff.saturating_add(8);
        return Err(if whole { no_chunk(path, "data", "where the samples are") } else { cut });
    };
    if contents.fmt.is_empty() {
        return Err(no_chunk(path, "fmt", "how the samples are stored"));
    }
    contents.data = extent;
    // Less than a chunk's head is padding, not something that was added.
    if walk.end >= at.saturating_add(8) && extent.start + extent.bytes < walk.end {
        contents.warnings.push(Warning::Trailing { bytes: walk.end - at });
    }
    Ok(contents)
}

fn no_chunk(path: &Path, chunk: &'static str, lacks: &'static str) -> Error {
    Error::NoChunk { path: path.into(), chunk, lacks }
}

/// The walk over one file.
struct Walk<'r, R> {
    reader: &'r mut R,
    /// The size of the file.
    end: u64,
    /// The size that RIFF states, less its own 8 bytes.
    riff: u64,
    /// The samples' size from `ds64`, for files over 4 GiB.
    wide_data: Option<u64>,
}

impl<R: Read + Seek> Walk<'_, R> {
    /// The bytes from `at`, at most `wanted`, fewer where the file ends.
    fn bytes(&mut self, at: u64, wanted: u64) -> io::Result<Vec<u8>> {
        self.reader.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        self.reader.by_ref().take(wanted).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The chunk at `at`, unless nothing that can be one is there.
    fn chunk(&mut self, at: u64) -> io::Result<Option<Chunk>> {
        if at.saturating_add(8) > self.end {
            return Ok(None);
        }
        let head = self.bytes(at, 8)?;
        let Some(id) = head.first_chunk::<4>() else { return Ok(None) };
        let chunk = Chunk { id: *id, size: u64::from(u32_at(&head, 4)), body: at + 8 };
        Ok(id.iter().all(|c| (b' '..=b'~').contains(c)).then_some(chunk))
    }

    /// Whether a chunk stands at `at`: a name that is known, or one that could be and whose size
    /// fits. Samples hardly ever look so.
    fn plausible(&mut self, at: u64) -> io::Result<bool> {
        const KNOWN: [&[u8; 4]; 10] =
            [b"LIST", b"cue ", b"fact", b"bext", b"id3 ", b"ID3 ", b"JUNK", b"junk", b"smpl", b"PEAK"];
        let end = self.end;
        Ok(self.chunk(at)?.is_some_and(|c| KNOWN.contains(&&c.id) || c.size <= end - c.body))
    }

    /// Where the chunk after the one at `body` of `size` bytes begins. Chunks are padded to even
    /// lengths, but some writers forget.
    fn after(&mut self, body: u64, size: u64) -> io::Result<u64> {
        let end = body.saturating_add(size);
        if size % 2 == 1 && (self.plausible(end.saturating_add(1))? || !self.plausible(end)?) {
            return Ok(end.saturating_add(1));
        }
        Ok(end)
    }

    /// How many bytes of samples there are, whatever the header says.
    fn extent(&mut self, data: &Chunk) -> io::Result<Extent> {
        let present = self.end - data.body;
        let extent = |bytes, stated| Extent { start: data.body, bytes, stated };
        let stated = match (data.size, self.wide_data) {
            (0xFFFF_FFFF, Some(wide)) => wide,
            // Streams state the largest length: all ones, or what is left of it after the
            // header, signed (sox) or not.
            (0x7FFF_F000..=0x7FFF_FFFF | 0xFFFF_F000..=0xFFFF_FFFF, _) if data.size > present => {
                return Ok(extent(present, Stated::Nothing));
            }
            (size, _) => size,
        };
        if stated > present {
            return Ok(extent(present, Stated::Wrong(stated)));
        }
        let after = self.after(data.body, stated)?;
        if after >= self.end || self.plausible(after)? {
            return Ok(extent(stated, Stated::Right));
        }
        if stated == 0 {
            return Ok(extent(present, Stated::Nothing));
        }
        // Where both lengths agree, the recording was completed and something was added behind.
        if self.end - after < 8 || self.riff.saturating_add(8) == after {
            return Ok(extent(stated, Stated::Right));
        }
        Ok(extent(present, Stated::Wrong(stated)))
    }

    /// Reads what is of use in any other chunk; returns its size.
    fn read(&mut self, chunk: &Chunk, path: &Path, into: &mut Contents) -> Result<u64, Error> {
        let failed = |source| Error::Read { path: path.into(), source };
        let present = chunk.size.min(self.end - chunk.body);
        match &chunk.id {
            b"fmt " if into.fmt.is_empty() && present == chunk.size => {
                into.fmt = self.bytes(chunk.body, present.min(FMT_BYTES)).map_err(failed)?;
            }
            b"ds64" => {
                let body = self.bytes(chunk.body, 16).map_err(failed)?;
                self.riff = u64_at(&body, 0);
                self.wide_data = (body.len() == 16).then(|| u64_at(&body, 8));
            }
            b"LIST" | b"cue " => {
                if present > LARGEST_NOTES {
                    let what = "bytes of names and marks";
                    return Err(Error::Limit {
                        path: path.into(),
                        what,
                        found: present,
                        limit: LARGEST_NOTES,
                    });
                }
                let body = self.bytes(chunk.body, present).map_err(failed)?;
                if present < chunk.size {
                    let chunk = String::from_utf8_lossy(&chunk.id).trim_end().to_owned();
                    into.warnings.push(Warning::ChunkCut { chunk });
                }
                if &chunk.id == b"cue " {
                    into.notes.cues(&body)
                } else {
                    into.notes.list(&body)
                }
                let found = into.notes.cues.len().max(into.notes.spans.len()) as u64;
                if found > MOST_CUES {
                    return Err(Error::Limit { path: path.into(), what: "marks", found, limit: MOST_CUES });
                }
            }
            _ => {}
        }
        Ok(chunk.size)
    }
}

impl Notes {
    /// The points of `cue `: 24 bytes each, as many as are there, whatever the count says.
    fn cues(&mut self, body: &[u8]) {
        for point in body.get(4..).unwrap_or_default().chunks_exact(24) {
            // The frame is the last field; some writers fill only the second.
            let (position, offset) = (u32_at(point, 4), u32_at(point, 20));
            let frame = if offset == 0 { position } else { offset };
            self.cues.push((u32_at(point, 0), u64::from(frame)));
        }
    }

    /// The entries of a LIST: names of the recording (INFO) or of cue points (adtl).
    fn list(&mut self, body: &[u8]) {
        let Some((kind, mut rest)) = body.split_at_checked(4) else { return };
        while let Some((head, tail)) = rest.split_at_checked(8) {
            let size = u32_at(head, 4) as usize;
            let entry = tail.get(..size).unwrap_or(tail);
            match (kind, &head[..4]) {
                (b"INFO", id) => self.info.push(([id[0], id[1], id[2], id[3]], text(entry))),
                (b"adtl", b"labl") if entry.len() >= 4 => {
                    self.labels.push((u32_at(entry, 0), text(&entry[4..])));
                }
                (b"adtl", b"ltxt") if entry.len() >= 8 && u32_at(entry, 4) > 0 => {
                    let words = text(entry.get(20..).unwrap_or_default());
                    self.spans.push((u32_at(entry, 0), u64::from(u32_at(entry, 4)), words));
                }
                _ => {}
            }
            rest = tail.get(size.saturating_add(size % 2)..).unwrap_or_default();
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..).and_then(|b| b.first_chunk::<4>());
    field.map_or(0, |b| u32::from_le_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// A text of a WAV: ended by a zero byte, UTF-8 by now, Latin-1 in older programs.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let bytes = &bytes[..end];
    let words =
        std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| *b as char).collect(), str::to_owned);
    words.trim().to_owned()
}

/// What a file is, as its beginning tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// A recording of a kind that can be read.
    Recording,
    /// A recording of another kind, in words.
    Foreign(&'static str),
    /// Something else.
    Other,
}

/// How many bytes of a file [`looks`] needs.
pub const HEAD: usize = 12;

/// What a file that begins with `head` is. One that ends before [`HEAD`] bytes is no recording.
pub fn looks(head: &[u8]) -> Looks {
    match FOREIGN.iter().find(|(start, _)| head.starts_with(start)) {
        Some((_, looks)) => Looks::Foreign(looks),
        None if head.len() >= HEAD && is_wave(head) => Looks::Recording,
        None => Looks::Other,
    }
}

/// Recordings that cannot be read, by how they begin.
const FOREIGN: [(&[u8], &str); 6] = [
    (b"RIFX", "a big-endian WAV"),
    (b"fLaC", "a FLAC recording"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"0       ", "an EDF recording"),
    (b"\xffBIOSEMI", "a BDF recording"),
];

/// Whether this is the beginning of a WAV, be it ever so short.
fn is_wave(head: &[u8]) -> bool {
    let starts = |name: &[u8], at: usize| {
        let there = head.get(at..head.len().min(at + 4)).unwrap_or_default();
        name.starts_with(there)
    };
    [b"RIFF", b"RF64", b"BW64"].iter().any(|name| starts(*name, 0)) && starts(b"WAVE", 8)
}

/// What a file that is no WAV is, in words, and what to do about it.
fn looks_like(head: &[u8]) -> (&'static str, &'static str) {
    let save = "save it as WAV (PCM or float)";
    if head.starts_with(b"PK\x03\x04") {
        return ("a ZIP archive", "unpack it first (a SpikeRecorder .byb holds signal.wav and its events)");
    }
    if let Looks::Foreign(looks) = looks(head) {
        return (looks, save);
    }
    let printable = |c: &u8| *c >= b' ' || matches!(c, b'\t' | b'\r' | b'\n');
    if head.iter().all(printable) {
        return (
            "a text file",
            "name the recording itself; its marks are found beside it or given with --events",
        );
    }
    ("some other kind of file", save)
}
