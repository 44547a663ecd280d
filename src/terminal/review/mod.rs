//! The terminal view of a review: one sitting of one person.

mod draw;
mod keys;
mod lanes;
mod look;
mod trace;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use ratatui::crossterm::event::KeyEvent;

use crate::excerpt::Excerpts;
use crate::review::{Answer, Command, Desk, Doing, Writer};
use crate::session::Session;
use crate::source;
use keys::Key;
use look::Look;

pub use draw::draw;

/// Why a sitting ended early. What was decided before is safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The terminal cannot be drawn on or read from.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] io::Error),
    /// The recording cannot be read any more.
    #[error(transparent)]
    Source(#[from] source::Error),
}

/// One sitting: the state of the review, its file, and what is looked at.
#[derive(Debug)]
pub struct Sitting<'a> {
    session: &'a Session,
    desk: Desk,
    reviewer: String,
    writer: Writer,
    excerpts: Excerpts,
    look: Look,
    /// The last answer, until the next key.
    word: Option<String>,
    help: bool,
    /// The window is too small to show what would be judged.
    hidden: bool,
}

impl<'a> Sitting<'a> {
    /// Sits down at `desk`, whose decisions go to `writer`; `word` is what the reviewer should know
    /// first.
    pub fn new(
        session: &'a Session,
        desk: Desk,
        reviewer: &str,
        writer: Writer,
        excerpts: Excerpts,
        word: Option<String>,
    ) -> Self {
        let mut look = Look::new(session, excerpts.rate());
        look.show(&desk, session);
        let reviewer = reviewer.to_owned();
        Self { session, desk, reviewer, writer, excerpts, look, word, help: false, hidden: false }
    }

    /// The state of the review.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Gets up: the state of the review, whose file is closed.
    pub fn leave(self) -> Desk {
        self.desk
    }

    /// A key was pressed; `now` is the time for a decision. Whether the sitting goes on.
    pub fn press(&mut self, key: KeyEvent, now: &str) -> bool {
        self.word = None;
        if self.hidden {
            return keys::meaning(key, false) != Some(Key::Quit);
        }
        if std::mem::take(&mut self.help) {
            return !keys::is_interrupt(key);
        }
        match keys::meaning(key, *self.desk.doing() != Doing::Looking) {
            None => self.word = Some("? shows the keys.".into()),
            Some(Key::Quit) => return false,
            Some(Key::Help) => self.help = true,
            Some(Key::Look(change)) => self.look.change(change, self.desk.is_blind()),
            Some(Key::Nudge(columns)) => {
                self.ask(Command::Shift(columns * self.look.column_s()), now);
            }
            Some(Key::Add) => {
                let channel = self.look.channel_name(self.session);
                self.ask(Command::Add(self.look.middle(), channel), now);
            }
            Some(Key::Ask(command)) => self.ask(command, now),
        }
        true
    }

    /// Asks the desk; what it decides is on the disk before it holds.
    fn ask(&mut self, command: Command, now: &str) {
        let before = self.desk.place().map(|p| p.key);
        match self.desk.ask(command, now) {
            Answer::Done => {}
            Answer::Word(word) => self.word = Some(word),
            Answer::Decision(decision) => match self.writer.append(&decision) {
                Err(failed) => self.word = Some(format!("NOT SAVED: {failed}")),
                Ok(()) => {
                    self.word = Some(format!("{}: saved.", past(decision.action)));
                    self.desk.take(decision);
                    let [_, all, judged] = self.desk.progress();
                    if judged == all {
                        self.word = Some("Saved. All are judged: q ends the review.".into());
                    }
                }
            },
        }
        if self.desk.place().map(|p| p.key) != before {
            self.look.show(&self.desk, self.session);
        }
    }
}

fn past(action: crate::review::Action) -> &'static str {
    use crate::review::Action;
    match action {
        Action::Accept => "Accepted",
        Action::Reject => "Rejected",
        Action::Move => "Moved",
        Action::Add => "Added",
        Action::Undo => "Undone",
    }
}

/// How often the wish to end is looked for.
const POLL: Duration = Duration::from_millis(200);

/// Shows the sitting on the terminal until the reviewer leaves or `stop` is set; `now` gives the
/// time. The terminal is as it was afterwards, also after an error or a panic.
///
/// # Errors
/// [`Error`]; what was decided before is in the file.
pub fn run(sitting: &mut Sitting<'_>, now: &dyn Fn() -> String, stop: &AtomicBool) -> Result<(), Error> {
    let mut terminal = ratatui::try_init()?;
    let ended = show(&mut terminal, sitting, now, stop);
    ratatui::restore();
    ended
}

fn show(
    terminal: &mut ratatui::DefaultTerminal,
    sitting: &mut Sitting<'_>,
    now: &dyn Fn() -> String,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let (mut failed, events) = (Ok(()), super::listen());
    loop {
        terminal.draw(|frame| failed = draw(sitting, frame))?;
        std::mem::replace(&mut failed, Ok(()))?;
        let event = loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            match events.recv_timeout(POLL) {
                Ok(event) => break event?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        };
        let pressed = event.as_key_press_event();
        if pressed.is_some_and(|key| !sitting.press(key, &now())) {
            return Ok(());
        }
    }
}
