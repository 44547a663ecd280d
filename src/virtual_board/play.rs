//! Plays a board on a pseudo-terminal until the recording, the cable or the person ends it.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::pty::Pty;
use super::{Pace, Speed, Tape};
use crate::source::Error;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The recording was played to its end, and all of it was read.
    Over,
    /// The recording was played, and its end was never read.
    Unread,
    /// The cable was pulled, as was chosen.
    Unplugged,
    /// It was told to stop.
    Stopped,
}

/// How long to wait for a reader to read on at the end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Frames at a time when no clock drives them.
const RUN: u64 = 64;
/// Without clumps, frames are sent this often, s.
const TICK_S: f64 = 0.001;

/// A board on a pseudo-terminal.
pub struct Player {
    pty: Pty,
    tape: Tape,
    pace: Pace,
    unplug_s: f64,
    silent_s: f64,
}

impl Player {
    /// Opens a pseudo-terminal for `tape`.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(tape: Tape, pace: Pace, faults: &super::Faults) -> io::Result<Self> {
        let (unplug, silent) = (faults.unplug_s, faults.silent_s);
        Ok(Self {
            pty: Pty::open()?,
            tape,
            pace,
            unplug_s: unplug.unwrap_or(f64::INFINITY),
            silent_s: silent.unwrap_or(f64::INFINITY),
        })
    }

    /// The path to open in place of a serial port.
    pub fn path(&self) -> &Path {
        self.pty.path()
    }

    /// What is played.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// Plays until the end. The clock starts when the first byte is read.
    ///
    /// # Errors
    /// [`Error`] where the recording cannot be read.
    pub fn play(&mut self, stop: &AtomicBool, drift_ppm: f64) -> Result<Ended, Error> {
        let mut bytes = Vec::new();
        self.tape.boot(&mut bytes);
        if !self.send(&bytes, stop) || !self.wait_for_reader(stop) {
            return Ok(Ended::Stopped);
        }
        let mut started: Option<(Instant, u64)> = None;
        while !self.tape.over() {
            if stop.load(Ordering::Relaxed) {
                return Ok(Ended::Stopped);
            }
            self.answer(stop);
            if self.tape.time_s() >= self.unplug_s {
                self.drain(stop);
                return Ok(Ended::Unplugged);
            }
            if !self.tape.streams() || self.tape.time_s() >= self.silent_s {
                started = None;
                self.pty.wait();
                continue;
            }
            let (at, from) = *started.get_or_insert_with(|| (Instant::now(), self.tape.frames()));
            match self.pace.speed {
                Speed::Max => self.run(RUN, stop)?,
                Speed::Times(times) => {
                    let (frames, time_s) = (self.tape.frames(), self.tape.time_s());
                    let rate = if frames > 0 { frames as f64 / time_s } else { self.tape.told().rate_hz };
                    let hz = rate * times * (1.0 + drift_ppm / 1e6);
                    self.tick(at, from, hz)?;
                }
            }
        }
        Ok(if self.drain(stop) { Ended::Over } else { Ended::Unread })
    }

    fn run(&mut self, frames: u64, stop: &AtomicBool) -> Result<(), Error> {
        let mut bytes = Vec::new();
        self.tape.play(frames, &mut bytes)?;
        self.send(&bytes, stop);
        Ok(())
    }

    /// Sends what is due by the clock. A board does not wait: what finds no room is lost.
    fn tick(&mut self, at: Instant, from: u64, hz: f64) -> Result<(), Error> {
        std::thread::sleep(Duration::from_secs_f64(self.pace.clump_s.max(TICK_S)));
        let due = from + (at.elapsed().as_secs_f64() * hz) as u64;
        let mut bytes = Vec::new();
        while self.tape.frames() < due && !self.tape.over() {
            let before = self.tape.frames();
            self.tape.play(RUN.min(due - before), &mut bytes)?;
            let sent = self.pty.write(&bytes).unwrap_or(bytes.len());
            bytes.drain(..sent);
            while !bytes.is_empty() && self.tape.frames() < due && !self.tape.over() {
                self.tape.overrun()?;
            }
            if self.tape.frames() == before {
                break;
            }
        }
        Ok(())
    }

    fn answer(&mut self, stop: &AtomicBool) {
        let heard = self.pty.read();
        if !heard.is_empty() {
            let mut bytes = Vec::new();
            self.tape.hear(&heard, &mut bytes);
            self.send(&bytes, stop);
        }
    }

    /// Sends all of `bytes`, however long the reader takes; `false` when told to stop.
    fn send(&mut self, mut bytes: &[u8], stop: &AtomicBool) -> bool {
        while !bytes.is_empty() {
            if stop.load(Ordering::Relaxed) {
                return false;
            }
            match self.pty.write(bytes) {
                Ok(0) => self.pty.wait(),
                Ok(count) => bytes = &bytes[count..],
                Err(_) => return true,
            }
        }
        true
    }

    /// Waits until the first bytes are read, or a command comes; `false` when told to stop.
    fn wait_for_reader(&mut self, stop: &AtomicBool) -> bool {
        while self.tape.streams() && self.pty.unread() > 0 {
            if stop.load(Ordering::Relaxed) {
                return false;
            }
            self.pty.wait();
        }
        true
    }

    /// Waits until all was read: what is unread when the line is closed is gone. Whether it was.
    fn drain(&mut self, stop: &AtomicBool) -> bool {
        let (mut last, mut since, mut empty) = (u64::MAX, Instant::now(), 0);
        while !stop.load(Ordering::Relaxed) {
            let unread = self.pty.unread();
            // Bytes may still be on their way to where they are counted.
            empty = if unread == 0 { empty + 1 } else { 0 };
            if empty >= 100 {
                return true;
            }
            if unread != last {
                (last, since) = (unread, Instant::now());
            }
            if unread > 0 && since.elapsed() > PATIENCE {
                return false;
            }
            self.pty.wait();
        }
        false
    }
}
