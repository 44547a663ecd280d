//! Views on a terminal: what a person sees of a review, and what the keys mean.
//!
//! A view draws a state that other rooms hold and gives keys to them as commands, so that it can be
//! tested without a terminal. This room knows the state of a review, excerpts of recordings and
//! sessions; ratatui is known here alone. It must never know the command line or a clock.

pub mod review;
