//! What the page wants marked, and what is refused.

use std::time::Instant;

use serde::Deserialize;

use crate::monitor::{LONGEST_TEXT, Order, Press, Presses};

/// A mark, as a page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mark {
    /// In, or out if a needle is in.
    Needle {},
    /// A needle goes in.
    NeedleIn {},
    /// The needle that has been in longest comes out.
    NeedleOut {},
    /// The last mark was a mistake.
    Undo {},
    /// Something to remember.
    Note {
        /// What.
        text: String,
    },
    /// Where needles go in from now on.
    Site {
        /// Its name.
        text: String,
    },
}

/// Why a mark is not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this is a recording that is played: it takes no marks")]
    Replay,
    #[error("the session has ended")]
    Over,
    #[error("the same mark twice within a second: it counts once")]
    Held,
    #[error("there is nothing to note")]
    Empty,
    #[error("more than {LONGEST_TEXT} characters")]
    Long,
}

impl Mark {
    /// The order that it is at `now`, after these `presses`, while a needle is in, or none.
    pub fn order(self, presses: &mut Presses, inside: bool, now: Instant) -> Result<Order, Refused> {
        let press = match self {
            Self::Note { text } => return Ok(Order::Note(plain(&text)?)),
            Self::Site { text } => return Ok(Order::Site(Some(plain(&text)?))),
            Self::Undo {} => return Ok(Order::Undo),
            Self::Needle {} => Press::Needle,
            Self::NeedleIn {} => Press::In,
            Self::NeedleOut {} => Press::Out,
        };
        presses.take(press, inside, now).ok_or(Refused::Held)
    }
}

/// One line, as it would have been typed.
fn plain(text: &str) -> Result<String, Refused> {
    let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Refused::Empty),
        count if count > LONGEST_TEXT => Err(Refused::Long),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(mark: Mark, presses: &mut Presses) -> Result<Order, Refused> {
        mark.order(presses, false, Instant::now())
    }

    #[test]
    fn a_button_that_is_pressed_twice_marks_once() {
        let presses = &mut Presses::default();
        assert_eq!(order(Mark::NeedleIn {}, presses), Ok(Order::NeedleIn));
        assert_eq!(order(Mark::NeedleIn {}, presses), Err(Refused::Held));
        assert_eq!(order(Mark::NeedleOut {}, presses), Ok(Order::NeedleOut));
        assert_eq!(order(Mark::Needle {}, presses), Ok(Order::NeedleIn));
    }

    #[test]
    fn a_note_is_one_line_of_text() {
        let note = |text: &str| order(Mark::Note { text: text.into() }, &mut Presses::default());
        assert_eq!(note(" deep,\t2nd\r\npass\u{7} "), Ok(Order::Note("deep, 2nd pass".into())));
        assert_eq!(note(" \u{0}\n"), Err(Refused::Empty));
        assert_eq!(note(&"x".repeat(201)), Err(Refused::Long));
    }
}
