//! What a key means, and the line that is typed.

use std::time::Instant;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::monitor::{LONGEST_TEXT, Order, Press, Presses};

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Nothing: keys are commands.
    Nothing,
    /// A note.
    Note(String),
    /// The name of a site.
    Site(String),
    /// Whether to end is asked.
    End,
}

/// What a key did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    /// Nothing, or only to the line that is typed.
    Nothing,
    /// This is to be done.
    Order(Order),
    /// The bell was switched.
    Bell,
    /// The session ends.
    End,
    /// This is to be told.
    Tell(&'static str),
}

/// The keys.
#[derive(Debug)]
pub struct Keys {
    pub typed: Typed,
    sites: Vec<String>,
    /// How many sites there were.
    site: usize,
    replay: bool,
    presses: Presses,
}

impl Keys {
    /// With the names of the sites to come; of a recording that is played nothing can be marked.
    pub fn new(sites: Vec<String>, replay: bool) -> Self {
        Self { typed: Typed::Nothing, sites, site: 0, replay, presses: Presses::default() }
    }

    /// Takes a key at `now`; `inside` says whether a needle is in.
    pub fn take(&mut self, key: KeyEvent, inside: bool, now: Instant) -> Did {
        if key.kind == KeyEventKind::Release {
            return Did::Nothing;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return if key.code == KeyCode::Char('c') { Did::End } else { Did::Nothing };
        }
        match std::mem::replace(&mut self.typed, Typed::Nothing) {
            Typed::Nothing => self.command(key.code, inside, now),
            Typed::End => match key.code {
                KeyCode::Char('q' | 'y') => Did::End,
                _ => Did::Nothing,
            },
            Typed::Note(text) => self.type_on(key.code, text, Typed::Note, Order::Note),
            Typed::Site(text) => self.type_on(key.code, text, Typed::Site, |site| Order::Site(Some(site))),
        }
    }

    fn type_on(
        &mut self,
        code: KeyCode,
        mut text: String,
        goes_on: fn(String) -> Typed,
        done: fn(String) -> Order,
    ) -> Did {
        match code {
            KeyCode::Enter if text.trim().is_empty() => return Did::Nothing,
            KeyCode::Enter => return Did::Order(done(text.trim().to_owned())),
            KeyCode::Esc => return Did::Nothing,
            KeyCode::Backspace => drop(text.pop()),
            KeyCode::Char(c) if text.chars().count() < LONGEST_TEXT => text.push(c),
            _ => {}
        }
        self.typed = goes_on(text);
        Did::Nothing
    }

    fn command(&mut self, code: KeyCode, inside: bool, now: Instant) -> Did {
        let code = match code {
            KeyCode::Char(c) => KeyCode::Char(c.to_ascii_lowercase()),
            other => other,
        };
        match code {
            KeyCode::Char('q') => self.typed = Typed::End,
            KeyCode::Char('b') => return Did::Bell,
            KeyCode::Char('i' | 'o' | 'n' | 'u' | 's' | 'l' | ' ') if self.replay => {
                return Did::Tell("this is a recording that is played: it takes no marks");
            }
            KeyCode::Char('n') => self.typed = Typed::Note(String::new()),
            KeyCode::Char('l') => self.typed = Typed::Site(String::new()),
            KeyCode::Char('u') => return Did::Order(Order::Undo),
            KeyCode::Char('s') => return self.next_site(),
            KeyCode::Char('i') => return self.press(Press::In, inside, now),
            KeyCode::Char('o') => return self.press(Press::Out, inside, now),
            KeyCode::Char(' ') => return self.press(Press::Needle, inside, now),
            _ => {}
        }
        Did::Nothing
    }

    fn press(&mut self, press: Press, inside: bool, now: Instant) -> Did {
        let order = self.presses.take(press, inside, now);
        order.map_or(Did::Tell("the key was held: it counts once"), Did::Order)
    }

    /// The next name, in a circle; where none was given, numbers.
    fn next_site(&mut self) -> Did {
        self.site += 1;
        let name = match self.sites.len() {
            0 => format!("site {}", self.site),
            all => self.sites[(self.site - 1) % all].clone(),
        };
        Did::Order(Order::Site(Some(name)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn press(keys: &mut Keys, c: char, at_ms: u64, start: Instant) -> Did {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        keys.take(key, false, start + Duration::from_millis(at_ms))
    }

    #[test]
    fn a_key_that_is_held_marks_once() {
        let (mut keys, start) = (Keys::new(Vec::new(), false), Instant::now());
        assert_eq!(press(&mut keys, 'i', 0, start), Did::Order(Order::NeedleIn));
        for at_ms in [500, 533, 566, 1200] {
            assert!(matches!(press(&mut keys, 'i', at_ms, start), Did::Tell(_)), "{at_ms}");
        }
        // Another key, or the same one later, is another mark.
        assert_eq!(press(&mut keys, 'o', 1300, start), Did::Order(Order::NeedleOut));
        assert_eq!(press(&mut keys, 'i', 2200, start), Did::Order(Order::NeedleIn));
    }

    #[test]
    fn what_is_typed_is_a_note_until_enter_and_no_command() {
        let (mut keys, start) = (Keys::new(Vec::new(), false), Instant::now());
        for c in "nquiet".chars() {
            assert_eq!(press(&mut keys, c, 0, start), Did::Nothing);
        }
        let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(keys.take(enter, false, start), Did::Order(Order::Note("quiet".into())));
        assert_eq!(keys.typed, Typed::Nothing);
        assert_eq!(press(&mut keys, 'n', 0, start), Did::Nothing);
        assert_eq!(keys.take(enter, false, start), Did::Nothing);
    }

    #[test]
    fn one_key_alone_ends_nothing() {
        let (mut keys, start) = (Keys::new(Vec::new(), false), Instant::now());
        assert_eq!(press(&mut keys, 'q', 0, start), Did::Nothing);
        assert_eq!(press(&mut keys, 'i', 0, start), Did::Nothing);
        assert_eq!(press(&mut keys, 'q', 0, start), Did::Nothing);
        assert_eq!(press(&mut keys, 'q', 0, start), Did::End);
    }

    #[test]
    fn sites_come_in_the_order_in_which_they_were_named() {
        let start = Instant::now();
        let site = |did| match did {
            Did::Order(Order::Site(Some(name))) => name,
            other => panic!("{other:?}"),
        };
        let mut keys = Keys::new(vec!["left".into(), "right".into()], false);
        let names = [0; 3].map(|at| site(press(&mut keys, 's', at, start)));
        assert_eq!(names, ["left", "right", "left"]);
        let mut keys = Keys::new(Vec::new(), false);
        assert_eq!(site(press(&mut keys, 's', 0, start)), "site 1");
    }
}
