//! What the page wants marked, and what is refused.

use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::monitor::Order;

/// The same mark again within this time was meant once: a finger that bounces, or a page that asks
/// twice. Nobody sets two needles within a second.
const HELD: Duration = Duration::from_millis(800);
/// The longest note or name of a site, characters.
const LONGEST: usize = 200;

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
    #[error("more than {LONGEST} characters")]
    Long,
}

/// The marks of needles that were asked for last.
#[derive(Debug, Default)]
pub struct Marks {
    last: Option<(Mark, Instant)>,
}

impl Marks {
    /// The order that `mark` is at `now`, while a needle is in, or none.
    pub fn order(&mut self, mark: Mark, inside: bool, now: Instant) -> Result<Order, Refused> {
        match mark {
            Mark::Note { text } => Ok(Order::Note(plain(&text)?)),
            Mark::Site { text } => Ok(Order::Site(Some(plain(&text)?))),
            Mark::Undo {} => Ok(Order::Undo),
            Mark::Needle {} | Mark::NeedleIn {} | Mark::NeedleOut {} => {
                let again = |(last, at): &(Mark, Instant)| *last == mark && now.duration_since(*at) < HELD;
                let held = self.last.as_ref().is_some_and(again);
                self.last = Some((mark.clone(), now));
                match mark {
                    _ if held => Err(Refused::Held),
                    Mark::NeedleIn {} => Ok(Order::NeedleIn),
                    Mark::NeedleOut {} => Ok(Order::NeedleOut),
                    _ => Ok(if inside { Order::NeedleOut } else { Order::NeedleIn }),
                }
            }
        }
    }
}

/// One line, as it would have been typed.
fn plain(text: &str) -> Result<String, Refused> {
    let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Refused::Empty),
        count if count > LONGEST => Err(Refused::Long),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_that_is_pressed_twice_marks_once() {
        let (mut marks, start) = (Marks::default(), Instant::now());
        let mut at = |mark, ms| marks.order(mark, false, start + Duration::from_millis(ms));
        assert_eq!(at(Mark::NeedleIn {}, 0), Ok(Order::NeedleIn));
        for ms in [100, 700, 1400] {
            assert_eq!(at(Mark::NeedleIn {}, ms), Err(Refused::Held), "{ms}");
        }
        // Another one, or the same later, is another mark.
        assert_eq!(at(Mark::NeedleOut {}, 1500), Ok(Order::NeedleOut));
        assert_eq!(at(Mark::NeedleIn {}, 1600), Ok(Order::NeedleIn));
        assert_eq!(at(Mark::NeedleIn {}, 2500), Ok(Order::NeedleIn));
    }

    #[test]
    fn one_button_sets_a_needle_and_takes_it_out() {
        let start = Instant::now();
        let order = |inside| Marks::default().order(Mark::Needle {}, inside, start);
        assert_eq!((order(false), order(true)), (Ok(Order::NeedleIn), Ok(Order::NeedleOut)));
    }

    #[test]
    fn a_note_is_one_line_of_text() {
        let note =
            |text: &str| Marks::default().order(Mark::Note { text: text.into() }, false, Instant::now());
        assert_eq!(note(" deep,\t2nd\r\npass\u{7} "), Ok(Order::Note("deep, 2nd pass".into())));
        assert_eq!(note(" \u{0}\n"), Err(Refused::Empty));
        assert_eq!(note(&"x".repeat(201)), Err(Refused::Long));
    }
}
