//! What the keys mean.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::look::Change;
use crate::review::Command;

/// What a key asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Ends the sitting.
    Quit,
    /// Shows the keys.
    Help,
    /// Looks elsewhere, or otherwise.
    Look(Change),
    /// Moves an edge by so many columns of dots.
    Nudge(f64),
    /// A new twitch in the middle of what is shown.
    Add,
    /// Something for the desk.
    Ask(Command),
}

/// The keys as the help shows them: those of judging, and those of placing.
pub const HELP: [(&str, &str); 15] = [
    ("a", "accept: it is a twitch"),
    ("r", "reject: it is no twitch"),
    ("m", "move its onset and end, which accepts it"),
    ("n", "new: a twitch that the detector has not"),
    ("u", "undo the last decision, again and again"),
    ("→ ←", "the next one, the one before"),
    ("Tab", "the next one that is not judged"),
    ("+ -", "nearer, further"),
    ("↑ ↓", "larger, smaller"),
    (". ,", "look to the right, to the left"),
    ("f", "other filter: detection, amplitude, none"),
    ("c", "other channel, where there are several"),
    ("0", "as it was shown at first"),
    ("q", "end; everything is saved at once"),
    ("while placing", "← → move it, < > further, Tab other edge, Enter take, Esc leave"),
];

/// The keys in one line.
pub const LINE: &str = "a accept  r reject  m move  n new  u undo  ←→ step  +- zoom  ? keys  q end";
/// The same for a blind rater.
pub const BLIND: &str = "a twitch  r none  m place it  u undo  ←→ step  +- zoom  ? keys  q end";
/// The same while a twitch is placed.
pub const PLACING: &str = "←→ move  <> further  Tab onset/end/both  +- zoom  Enter take  Esc leave";

/// Whether the key is Ctrl-C, which always ends.
pub fn is_interrupt(key: KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd'))
}

/// What `key` means, which is another matter while a twitch is `placing`.
pub fn meaning(key: KeyEvent, placing: bool) -> Option<Key> {
    if is_interrupt(key) {
        return Some(Key::Quit);
    }
    if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    if placing {
        return placing_key(key).or_else(|| looking(key.code));
    }
    Some(match key.code {
        KeyCode::Char('q') => Key::Quit,
        KeyCode::Char('a') => Key::Ask(Command::Accept),
        KeyCode::Char('r') => Key::Ask(Command::Reject),
        KeyCode::Char('m') => Key::Ask(Command::Move),
        KeyCode::Char('n') => Key::Add,
        KeyCode::Char('u') => Key::Ask(Command::Undo),
        KeyCode::Right | KeyCode::Char(' ') => Key::Ask(Command::Next),
        KeyCode::Left | KeyCode::Backspace => Key::Ask(Command::Previous),
        KeyCode::Tab => Key::Ask(Command::NextUnjudged),
        code => return looking(code),
    })
}

fn placing_key(key: KeyEvent) -> Option<Key> {
    let far = if key.modifiers.contains(KeyModifiers::SHIFT) { 10.0 } else { 1.0 };
    Some(match key.code {
        KeyCode::Right => Key::Nudge(far),
        KeyCode::Left => Key::Nudge(-far),
        KeyCode::Char('>') => Key::Nudge(10.0),
        KeyCode::Char('<') => Key::Nudge(-10.0),
        KeyCode::Tab => Key::Ask(Command::Turn),
        KeyCode::Enter => Key::Ask(Command::Take),
        KeyCode::Esc => Key::Ask(Command::Cancel),
        _ => return None,
    })
}

/// Keys that only change what is looked at.
fn looking(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::Char('+' | '=') => Key::Look(Change::Nearer),
        KeyCode::Char('-') => Key::Look(Change::Further),
        KeyCode::Up => Key::Look(Change::Larger),
        KeyCode::Down => Key::Look(Change::Smaller),
        KeyCode::Char('.') | KeyCode::PageDown => Key::Look(Change::Right),
        KeyCode::Char(',') | KeyCode::PageUp => Key::Look(Change::Left),
        KeyCode::Char('f') => Key::Look(Change::Filter),
        KeyCode::Char('c') => Key::Look(Change::Channel),
        KeyCode::Char('0') => Key::Look(Change::AsAtFirst),
        KeyCode::Char('?' | 'h') => Key::Help,
        _ => return None,
    })
}
