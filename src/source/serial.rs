//! A serial port: opened for us alone, and read by one thread that waits for bytes.
//!
//! The thread stamps what it reads with the time since the port was opened and hands it on; it
//! ends when the port goes away, when nobody wants its bytes any more, or when it is told to. The
//! queue holds minutes of signal, so that a slow view costs no sample; when it is full, the thread
//! waits, and what the system then drops shows in the board's counter.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serialport::SerialPort;

use super::PortError;
use super::ports::{self, Usb};

/// A read gives up after this time, and then the thread looks whether it is to stop.
const READ: Duration = Duration::from_millis(50);
/// Bytes of one read: what a terminal holds.
const MOST_READ: usize = 4096;
/// Reads that wait to be used: 16 MiB at most, 12 minutes of the fastest board.
const QUEUE: usize = 4096;

/// What came from a port.
#[derive(Debug)]
pub(super) enum Came {
    /// Bytes, and when they were read, s since the port was opened.
    Bytes(Vec<u8>, f64),
    /// Nothing in a while.
    Nothing,
    /// The port is gone, or told to stop; nothing more will come.
    Over,
}

/// An open port.
pub struct Port {
    name: String,
    baud: u32,
    /// Which USB device it is, where it is one that says so.
    usb: Option<Usb>,
    came: Option<Receiver<(Vec<u8>, f64)>>,
    thread: Option<JoinHandle<()>>,
    /// What was looked at and not used.
    back: VecDeque<(Vec<u8>, f64)>,
    writer: Box<dyn Write + Send>,
    opened: Instant,
    stop: Arc<AtomicBool>,
    /// Ends the thread where nobody else stops.
    closed: Arc<AtomicBool>,
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Port").field("name", &self.name).field("baud", &self.baud).finish_non_exhaustive()
    }
}

impl Port {
    /// Opens the serial port `name` at `baud` bits a second, for us alone. Reading ends once
    /// `stop` is set.
    ///
    /// # Errors
    /// [`PortError`] where there is no such port, another program has it, or we may not open it.
    pub fn open(name: &str, baud: u32, stop: Arc<AtomicBool>) -> Result<Self, PortError> {
        let [reader, writer] = open(name, baud)?;
        let mut port = Self::over(name, baud, reader, writer, stop);
        port.usb = ports::usb(name);
        Ok(port)
    }

    /// Lets the port go. While it is held, the system gives a board that is plugged in again
    /// another name.
    pub(super) fn close(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // A thread that waits for room in the queue goes on when nobody will make any.
        self.came = None;
        self.writer = Box::new(io::sink());
        if let Some(thread) = self.thread.take() {
            // It cannot panic, and there is nobody to tell if it did.
            drop(thread.join());
        }
    }

    /// Opens the port again, where its board is there again, be it under another name. Times go on
    /// from when it was opened first.
    ///
    /// # Errors
    /// As [`Port::open`].
    pub(super) fn reopen(&mut self) -> Result<(), PortError> {
        let name = ports::find(&self.name, self.usb.as_ref());
        let [reader, writer] = open(&name, self.baud)?;
        self.name = name;
        self.closed = Arc::new(AtomicBool::new(false));
        self.writer = Box::new(writer);
        self.listen(reader);
        Ok(())
    }

    /// Reads `reader` as if it were a port; it must give up waiting now and then
    /// ([`io::ErrorKind::TimedOut`]), as serial ports do.
    pub fn over(
        name: &str,
        baud: u32,
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let mut port = Self {
            name: name.to_owned(),
            baud,
            usb: None,
            came: None,
            thread: None,
            back: VecDeque::new(),
            writer: Box::new(writer),
            opened: Instant::now(),
            stop,
            closed: Arc::new(AtomicBool::new(false)),
        };
        port.listen(reader);
        port
    }

    /// Starts the thread that reads.
    fn listen(&mut self, reader: impl Read + Send + 'static) {
        let (sender, came) = sync_channel(QUEUE);
        let (opened, flags) = (self.opened, [Arc::clone(&self.stop), Arc::clone(&self.closed)]);
        self.thread = Some(std::thread::spawn(move || read(reader, &sender, opened, &flags)));
        self.came = Some(came);
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn baud(&self) -> u32 {
        self.baud
    }

    /// Seconds since it was opened.
    pub(super) fn now_s(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }

    /// What comes next; waits a little.
    pub(super) fn next(&mut self) -> Came {
        if let Some((bytes, at_s)) = self.back.pop_front() {
            return Came::Bytes(bytes, at_s);
        }
        match self.came.as_ref().map(|came| came.recv_timeout(READ)) {
            Some(Ok((bytes, at_s))) => Came::Bytes(bytes, at_s),
            Some(Err(RecvTimeoutError::Timeout)) => Came::Nothing,
            Some(Err(RecvTimeoutError::Disconnected)) | None => Came::Over,
        }
    }

    /// Waits a little for a port that is closed.
    pub(super) fn wait(&self) {
        std::thread::sleep(READ);
    }

    /// Puts back what was looked at, to come again first.
    pub(super) fn put_back(&mut self, came: VecDeque<(Vec<u8>, f64)>) {
        self.back = came;
    }

    /// Whether someone asked to stop.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sends a word to the board. What cannot be sent to a board that is gone shows when it is
    /// read.
    pub(super) fn send(&mut self, word: &[u8]) {
        let sent = self.writer.write_all(word).and_then(|()| self.writer.flush());
        // A port that cannot be written tells so when it is read, where it is told to a person.
        drop(sent);
    }
}

impl Drop for Port {
    /// Waits for the thread, so that the port can be opened again at once.
    fn drop(&mut self) {
        self.close();
    }
}

/// Opens a serial port: one end to read, one to write.
fn open(name: &str, baud: u32) -> Result<[Box<dyn SerialPort>; 2], PortError> {
    let failed = |error| explain(name, baud, &error);
    let port = serialport::new(name, baud).timeout(READ).dtr_on_open(true).open().map_err(failed)?;
    let writer = port.try_clone().map_err(failed)?;
    Ok([port, writer])
}

/// The thread: reads until the port is gone or a flag is up.
fn read(
    mut reader: impl Read,
    sender: &SyncSender<(Vec<u8>, f64)>,
    opened: Instant,
    flags: &[Arc<AtomicBool>],
) {
    let mut bytes = vec![0; MOST_READ];
    while !flags.iter().any(|flag| flag.load(Ordering::Relaxed)) {
        match reader.read(&mut bytes) {
            // A port that has nothing says that it timed out; this one is gone.
            Ok(0) => return,
            Ok(count) => {
                let chunk = (bytes[..count].to_vec(), opened.elapsed().as_secs_f64());
                if sender.send(chunk).is_err() {
                    return;
                }
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(_) => return,
        }
    }
}

/// Why a port did not open, in words.
fn explain(name: &str, baud: u32, error: &serialport::Error) -> PortError {
    let port = || name.to_owned();
    let path = Path::new(name);
    let text = error.to_string();
    let lower = text.to_lowercase();
    let kind = match error.kind() {
        serialport::ErrorKind::Io(kind) => kind,
        _ => io::ErrorKind::Other,
    };
    if lower.contains("busy") || lower.contains("lock") || lower.contains("temporarily unavailable") {
        PortError::Busy { port: port() }
    } else if kind == io::ErrorKind::PermissionDenied || lower.contains("permission denied") {
        // On Windows a port that is open elsewhere is one that access is denied to.
        if cfg!(windows) { PortError::Busy { port: port() } } else { not_allowed(name, path) }
    } else if kind == io::ErrorKind::NotFound || (cfg!(unix) && !path.exists()) {
        PortError::Missing { port: port() }
    } else if lower.contains("typewriter") || lower.contains("inappropriate ioctl") || path.is_dir() {
        PortError::NotAPort { port: port() }
    } else if error.kind() == serialport::ErrorKind::InvalidInput && path.exists() {
        PortError::Baud { port: port(), baud }
    } else {
        PortError::Open { port: port(), reason: text }
    }
}

/// The group that may open the port, by the number in the file system and the name in
/// `/etc/group`.
fn not_allowed(name: &str, path: &Path) -> PortError {
    #[cfg(unix)]
    let group = {
        use std::os::unix::fs::MetadataExt;
        let number = std::fs::metadata(path).map(|m| m.gid().to_string()).ok();
        let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
        let of = |line: &str| {
            let mut fields = line.split(':');
            let (name, gid) = (fields.next()?.to_owned(), fields.nth(1)?.to_owned());
            (Some(gid) == number).then_some(name)
        };
        groups.lines().find_map(of).filter(|group| group != "root")
    };
    #[cfg(not(unix))]
    let group = {
        let _ = path;
        None
    };
    PortError::NoPermission { port: name.to_owned(), group }
}
