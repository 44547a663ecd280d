//! A desk with a terminal: files lie on it, commands are typed at it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder of its own, in which commands run. `samples/` at the start of a word is the
/// repository's.
pub struct Desk(TempDir);

/// What a command did.
pub struct Ran {
    pub line: String,
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Puts a file on the desk.
    pub fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.path().join(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// `twitchscope` and what follows it in `line`, not run yet.
    pub fn command(&self, line: &str) -> Command {
        let samples = format!("{}/samples/", env!("CARGO_MANIFEST_DIR"));
        let words = line.split_whitespace().map(|word| match word.strip_prefix("samples/") {
            Some(name) => format!("{samples}{name}"),
            None => word.to_owned(),
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_twitchscope"));
        command.args(words).current_dir(self.0.path()).env("COLUMNS", "100").stdin(Stdio::null());
        command
    }

    /// Runs `twitchscope` and what follows it in `line`.
    pub fn run(&self, line: &str) -> Ran {
        let output = self.command(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ran {
            line: line.to_owned(),
            code: output.status.code().unwrap(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// As [`Desk::run`], but standard output is `path`.
    pub fn run_into(&self, line: &str, path: &Path) -> Ran {
        let file = fs::File::options().write(true).open(path).unwrap();
        self.finish(line, file.into())
    }

    /// As [`Desk::run`], but whoever should read standard output is gone.
    pub fn run_into_closed_pipe(&self, line: &str) -> Ran {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        self.finish(line, writer.into())
    }

    fn finish(&self, line: &str, out: Stdio) -> Ran {
        let child = self.command(line).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        Ran { line: line.to_owned(), code: output.status.code().unwrap(), out: String::new(), err }
    }

    /// The command in `line` fails with `code`, says `wanted`, prints no result, and leaves the
    /// desk as it was.
    #[track_caller]
    pub fn refuses(&self, line: &str, code: i32, wanted: &str) {
        let before = self.names(".");
        self.run(line).fails(code, wanted);
        assert_eq!(self.names("."), before, "{line} left something behind");
    }
}

impl Ran {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{}: {}", self.line, self.err);
        self
    }

    /// It ended with `code`, printed no result and one message, which says `wanted`.
    #[track_caller]
    pub fn fails(self, code: i32, wanted: &str) -> Self {
        assert_eq!(self.code, code, "{}: {}", self.line, self.err);
        assert_eq!(self.out, "", "{}", self.line);
        assert!(self.err.starts_with("error: "), "{}: {}", self.line, self.err);
        assert_eq!(self.err.matches("error: ").count(), 1, "{}: {}", self.line, self.err);
        assert!(self.err.contains(wanted), "{}: {}", self.line, self.err);
        self
    }
}

/// A WAV of silence, 16 bit.
pub fn wav(channels: u16, rate: u32, frames: u32) -> Vec<u8> {
    let bytes = frames * u32::from(channels.max(1)) * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    for field in [1, channels] {
        file.extend(field.to_le_bytes());
    }
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(channels) * 2).to_le_bytes());
    for field in [channels * 2, 16] {
        file.extend(field.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.resize(file.len() + bytes as usize, 0);
    file
}
