//! Views on a terminal: what a person sees of a live session and of a review, and what the keys
//! mean.
//!
//! A view draws a state that other rooms hold and gives keys to them as commands, so that it can be
//! tested without a terminal. ratatui is known here alone. This room must never know the command
//! line, boards or a clock on the wall.

pub mod live;
pub mod review;

use std::io;
use std::sync::mpsc::{self, Receiver};

use ratatui::crossterm::event::{self, Event};

/// What the terminal says, from a thread of its own: reading from a terminal that is gone does not
/// come back, and must not keep a view from ending.
fn listen() -> Receiver<io::Result<Event>> {
    let (tell, events) = mpsc::channel();
    std::thread::spawn(move || {
        loop {
            let event = event::read();
            let last = event.is_err();
            if tell.send(event).is_err() || last {
                return;
            }
        }
    });
    events
}
