//! A person at a terminal: `twitchscope` on a pseudo-terminal, with keys that are pressed and a
//! screen that is read, or not.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that runs on a terminal of its own.
pub struct Person {
    pub child: Child,
    keys: File,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Person {
    /// Runs `command` on a terminal of `columns` × `rows`. Who does not `look` reads nothing of what
    /// is shown, as a link that is stuck.
    pub fn runs(mut command: Command, (columns, rows): (u16, u16), looks: bool) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        // The command must not hold the person's end of its own terminal.
        fcntl_setfd(&person, FdFlags::CLOEXEC).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let program = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&program, size).unwrap();
        let end = || Stdio::from(program.try_clone().unwrap());
        command.stdin(end()).stdout(end()).stderr(Stdio::piped()).env("TERM", "xterm");
        let child = command.spawn().unwrap();
        let keys = File::from(person);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let reader = looks.then(|| {
            let (mut screen, seen) = (keys.try_clone().unwrap(), Arc::downgrade(&seen));
            // Ends when the terminal does, or when nobody looks any more.
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = screen.read(&mut bytes) {
                    let Some(seen) = seen.upgrade() else { return };
                    seen.lock().unwrap().extend_from_slice(&bytes[..count]);
                }
            })
        });
        Self { child, keys, seen, reader }
    }

    pub fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The window is closed: the terminal is gone, and nobody tells the command. `wake` is typed
    /// just before, for a view that draws only when it is typed at.
    pub fn closes_the_window(&mut self, wake: &str) {
        self.seen = Arc::default();
        self.types(wake);
        // What is drawn next ends the thread that reads, which holds the terminal too.
        self.reader.take().map(JoinHandle::join);
        self.keys = File::open("/dev/null").unwrap();
    }

    /// What was shown so far, as the terminal got it.
    pub fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    /// Waits until something is true.
    #[track_caller]
    pub fn waits_for(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let since = Instant::now();
        while !is_so() {
            assert!(since.elapsed() < PATIENCE, "{what} never came; the screen:\n{}", self.seen());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the command has ended, though nobody is there.
    #[track_caller]
    pub fn ends_alone(&mut self) {
        let since = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(since.elapsed() < PATIENCE, "it goes on without a terminal");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the command has ended; how, and what it said on standard error.
    pub fn ended(mut self) -> (ExitStatus, String, String) {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = self.child.wait().unwrap();
        // With the command its terminal ends, and so does who reads from it.
        self.reader.take().map(JoinHandle::join);
        (status, said, self.seen())
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
