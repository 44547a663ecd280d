//! The view on the terminal: what is seen, on a thread of its own, and the keys.
//!
//! It looks at the newest snapshot when it has drawn the one before, so that a slow terminal loses
//! pictures and never samples. This room knows the monitor, what the pipeline says of a channel, and
//! ratatui. It must never know boards or files.

mod curve;
mod digits;
mod dots;
mod keys;
mod screen;
mod theme;
mod traces;

pub use keys::Typed;
pub use screen::{Face, draw};

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{Event, KeyEvent};

use crate::monitor::{Pane, Snapshot};
use keys::{Did, Keys};

/// A picture is drawn this often: a cell of the trace is as long.
const FRAME: Duration = Duration::from_millis(100);
/// A terminal that takes nothing is waited for so long at the end.
const PATIENCE: Duration = Duration::from_secs(2);
/// What a key says is shown for so long.
const TOLD: Duration = Duration::from_secs(3);

/// What a person chose about the view.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The names of the sites, in the order in which needles will go in.
    pub sites: Vec<String>,
    /// A bell a twitch.
    pub bell: bool,
    /// A recording is played: it takes no marks, and the last picture stays until a key ends it.
    pub replay: bool,
    /// Where a page shows the same.
    pub page: Option<String>,
}

/// Whether there is a terminal to show anything on, and keys.
pub fn is_there() -> bool {
    io::stdin().is_terminal()
        && io::stdout().is_terminal()
        && std::env::var("TERM").map_or(cfg!(windows), |term| term != "dumb")
}

/// A view that is shown.
#[derive(Debug)]
pub struct View {
    thread: Option<JoinHandle<io::Result<()>>>,
    /// Someone, or a signal, asked to end.
    stop: Arc<AtomicBool>,
    stays: bool,
}

impl View {
    /// Shows what is seen through `pane`, until it is over; a person who ends it sets `stop`, and
    /// so does a terminal that is gone.
    ///
    /// # Errors
    /// What the terminal says.
    pub fn show(pane: Pane, choices: Choices, stop: Arc<AtomicBool>) -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let (stays, stopped) = (choices.replay, Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let shown = Shown::new(pane, choices, Arc::clone(&stopped)).run(terminal);
            ratatui::restore();
            if shown.is_err() {
                stopped.store(true, Ordering::Relaxed);
            }
            shown
        });
        Ok(Self { thread: Some(thread), stop, stays })
    }

    /// Waits for the view to end, and gives the terminal back.
    ///
    /// # Errors
    /// Where the terminal failed.
    pub fn end(mut self) -> io::Result<()> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        let since = Instant::now();
        while !thread.is_finished() {
            let stays = self.stays && !self.stop.load(Ordering::Relaxed);
            if !stays && since.elapsed() > PATIENCE {
                // It waits for a terminal that takes nothing; the results do not.
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // A panic was told when it happened, after the terminal was given back.
        thread.join().unwrap_or(Ok(()))
    }
}

/// The view as it runs.
struct Shown {
    pane: Pane,
    keys: Keys,
    face: Face,
    stop: Arc<AtomicBool>,
    snapshot: Option<Snapshot>,
    told: Option<Instant>,
    stays: bool,
}

impl Shown {
    fn new(pane: Pane, choices: Choices, stop: Arc<AtomicBool>) -> Self {
        // https://no-color.org: any value but an empty one.
        let coloured = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let (bell, replay, page) = (choices.bell, choices.replay, choices.page);
        let face = Face { bell, coloured, replay, page, ..Face::default() };
        let keys = Keys::new(choices.sites, choices.replay);
        Self { pane, keys, face, stop, snapshot: None, told: None, stays: choices.replay }
    }

    fn run(mut self, mut terminal: DefaultTerminal) -> io::Result<()> {
        let events = super::listen();
        loop {
            let over = self.pane.is_over();
            self.look()?;
            if self.told.is_some_and(|at| at.elapsed() > TOLD) {
                (self.told, self.face.told) = (None, None);
            }
            self.face.typed = self.keys.typed.clone();
            terminal.draw(|frame| {
                let area = frame.area();
                draw(self.snapshot.as_ref(), &self.face, area, frame.buffer_mut());
            })?;
            if over && (!self.stays || self.stop.load(Ordering::Relaxed)) {
                return Ok(());
            }
            self.listen(&events)?;
        }
    }

    /// Takes the newest snapshot, and rings for new twitches.
    fn look(&mut self) -> io::Result<()> {
        let Some(newest) = self.pane.look() else { return Ok(()) };
        let before = self.snapshot.as_ref().map_or(0, |s| s.status.twitches);
        let rings = self.face.bell && newest.status.twitches > before;
        self.snapshot = Some(newest);
        if rings {
            let mut out = io::stdout().lock();
            out.write_all(b"\x07")?;
            out.flush()?;
        }
        Ok(())
    }

    /// Waits for keys until the next picture is due; after one, it is due at once.
    fn listen(&mut self, events: &Receiver<io::Result<Event>>) -> io::Result<()> {
        let mut next = match events.recv_timeout(FRAME) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        while let Some(event) = next {
            if let Event::Key(key) = event? {
                self.key(key);
            }
            next = events.try_recv().ok();
        }
        Ok(())
    }

    fn key(&mut self, key: KeyEvent) {
        let inside = self.snapshot.as_ref().is_some_and(|s| s.inside() > 0);
        match self.keys.take(key, inside, Instant::now()) {
            Did::Nothing => {}
            Did::Order(order) => self.pane.order(order),
            Did::Bell => self.face.bell = !self.face.bell,
            Did::End => self.stop.store(true, Ordering::Relaxed),
            Did::Tell(text) => (self.told, self.face.told) = (Some(Instant::now()), Some(text)),
        }
    }
}
