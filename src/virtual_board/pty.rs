//! A pseudo-terminal: the end that a program opens as it opens a serial port, and the board's end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::ioctl_fionread;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// While nothing can be written, wait so long.
const WAIT: Duration = Duration::from_micros(500);

/// Both ends of a pseudo-terminal; closed when it is dropped, which hangs up on the reader.
#[derive(Debug)]
pub(super) struct Pty {
    board: File,
    /// Keeps the terminal alive while no reader has it open, and tells what is unread.
    kept: File,
    path: PathBuf,
}

impl Pty {
    /// A new one.
    pub(super) fn open() -> io::Result<Self> {
        let board = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&board)?;
        unlockpt(&board)?;
        let name = ptsname(&board, Vec::new())?;
        let path = PathBuf::from(String::from_utf8_lossy(name.as_bytes()).into_owned());
        let no_terminal = OFlags::NOCTTY.bits() as i32;
        let kept = OpenOptions::new().read(true).write(true).custom_flags(no_terminal).open(&path)?;
        let mut raw = tcgetattr(&kept)?;
        raw.make_raw();
        tcsetattr(&kept, OptionalActions::Now, &raw)?;
        // A blocked write would hang here for good once nobody reads.
        fcntl_setfl(&board, fcntl_getfl(&board)? | OFlags::NONBLOCK)?;
        Ok(Self { board: File::from(board), kept, path })
    }

    /// What the reader opens.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the reader sent, if anything.
    pub(super) fn read(&mut self) -> Vec<u8> {
        let mut bytes = [0; 256];
        let count = self.board.read(&mut bytes).unwrap_or(0);
        bytes[..count].to_vec()
    }

    /// Writes as much of `bytes` as fits now; how much that was.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.board.write(bytes) {
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(0),
            other => other,
        }
    }

    /// Bytes that lie unread.
    pub(super) fn unread(&self) -> u64 {
        ioctl_fionread(&self.kept).unwrap_or(0)
    }

    /// Sleeps a little.
    pub(super) fn wait(&self) {
        std::thread::sleep(WAIT);
    }
}
