//! Views on a terminal: what a person sees of a live session and of a review, and what the keys
//! mean.
//!
//! A view draws a state that other rooms hold and gives keys to them as commands, so that it can be
//! tested without a terminal. ratatui is known here alone. This room must never know the command
//! line, boards or a clock on the wall.

pub mod live;
pub mod review;
