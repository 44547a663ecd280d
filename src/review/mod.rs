//! A person's judgement of what was found: decisions, the file they are kept in, and what they make
//! of a session.
//!
//! The detector's verdicts are never changed: a review lies in a file of its own and is laid over a
//! session ([`applied()`]), so that the numbers of both can always be told apart. [`Desk`] is the
//! state of a review under way: commands go in, decisions come out. This room knows sessions,
//! classes, insertions and chance. It must never know a terminal, a recording's samples or a clock:
//! who calls it says when something was decided.

mod agreement;
mod applied;
mod blind;
mod decision;
mod desk;
mod error;
mod extent;
mod file;
mod items;
mod place;
mod text;

pub use agreement::{Agreement, Judged, between, with_events};
pub use applied::{applied, judged};
pub use blind::{order, stretches, zones};
pub use decision::{Action, Decision, Edits, NothingToUndo};
pub use desk::{Answer, Command, Desk, Doing, Edge};
pub use error::Error;
pub use extent::{Extent, pair};
pub use file::{Writer, beside, file_name, read};
pub use items::{Item, Kind, items};
pub use place::Place;
pub use text::{Header, Mode, Review, is_review, parse, row};
