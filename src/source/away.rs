//! A board that was unplugged, until it is back: looking for its port, hearing whether it is the
//! same board, and how long it was away.
//!
//! What the board's counter tells is believed where it goes on. Where it does not, this machine's
//! clock says how long the gap is. A board that is not the one that left is let go again: nothing
//! of it gets into the session.

use super::board::{Counter, Described, Note, Said};
use super::live::Ear;
use super::{Gap, PortError, Warning, begin, listen};
use crate::units::SampleIndex;

/// What happened to the line between the board and this machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// The board was unplugged or switched off.
    Gone {
        /// After its last frame.
        at: SampleIndex,
    },
    /// It is back, and its frames come again.
    Back {
        /// What is missing; not counted where this machine's clock says how long it is.
        gap: Gap,
        /// The port on which it is now.
        port: String,
    },
}

/// The port is looked for so often, s.
const LOOK_S: f64 = 0.5;
/// A board that is not the one that left is left alone for so long, s.
const STRANGER_S: f64 = 5.0;
/// A port that is there and cannot be opened is told after so many looks.
const BLOCKED: u32 = 10;
/// Rates within this share of each other are one: a sketch's clock is measured anew each time.
const SAME_RATE: f64 = 0.02;

/// A board that is away, or is back and has not given a frame yet.
#[derive(Debug)]
pub(super) struct Away {
    /// When its last bytes came, s.
    since_s: f64,
    /// When to look for it next, s.
    next_s: f64,
    /// Whether its port is open again.
    open: bool,
    /// What came since then, and how many bytes.
    heard: Vec<u8>,
    bytes: usize,
    /// Frames that its counter says are missing.
    counted: u64,
    /// It started anew, so its counter tells nothing.
    restarted: bool,
    /// What it described itself as last, if that is another board. A board need not describe itself
    /// again each time, so only the right words take this back.
    stranger: Option<Described>,
    /// It showed that it is that other board since the port was opened.
    shown: bool,
    /// How often its port was there and could not be opened.
    blocked: u32,
    /// Marks that were known before it came back.
    marks: usize,
}

impl Ear {
    /// The port is gone: says so, and from now on looks for it.
    pub fn leave(&mut self) {
        self.port.close();
        let next_s = self.port.now_s() + LOOK_S;
        if let Some(away) = &mut self.away {
            // It had not given a frame yet, so it is as far away as before.
            return away.again(next_s);
        }
        let taken = &mut self.taken;
        self.parser.finish(&mut |said| taken.take(said));
        self.links.push(Link::Gone { at: SampleIndex::new(taken.clock) });
        self.away = Some(Away::new(self.last_bytes_s, next_s));
    }

    /// Whether the board's port is gone.
    pub fn is_closed(&self) -> bool {
        self.away.as_ref().is_some_and(|away| !away.open)
    }

    /// How long the board has been away, s.
    fn away_s(&self) -> f64 {
        self.away.as_ref().map_or(0.0, |away| self.port.now_s() - away.since_s)
    }

    /// While the board is away: looks for its port, ends where that is to end.
    pub fn look(&mut self) {
        let now_s = self.port.now_s();
        let patience_s = self.wait_s.unwrap_or(f64::INFINITY);
        if self.port.stopped() {
            return self.end(None);
        }
        if self.away_s() > patience_s {
            let (port, after_s) = (self.port.name().to_owned(), self.taken.time_s());
            return self.end(Some(PortError::Unplugged { port, after_s }));
        }
        let Some(away) = self.away.as_mut().filter(|away| now_s >= away.next_s) else {
            return self.port.wait();
        };
        away.next_s = now_s + LOOK_S;
        match self.port.reopen() {
            Ok(()) => {
                (away.open, away.marks) = (true, self.taken.marks_waiting());
                (self.opened_s, self.last_bytes_s) = (now_s, now_s);
                self.parser.reopened();
            }
            Err(PortError::Missing { .. }) => away.blocked = 0,
            // Right after a board was plugged in the system itself holds its port for a moment.
            Err(problem) => {
                away.blocked += 1;
                if away.blocked > BLOCKED {
                    self.taken.warn(Warning::PortBlocked { problem });
                }
            }
        }
    }

    /// Bytes of a board that is back: frames are taken once it is clear that it is the one that
    /// left.
    pub fn hear_again(&mut self, bytes: &[u8], at_s: f64) {
        let Some(away) = &mut self.away else { return };
        away.hear(bytes);
        let taken = &mut self.taken;
        // Of a silence before its first bytes its counter tells nothing.
        taken.quiet_s = 0.0;
        let (before, mut came) = (taken.clock, false);
        self.parser.feed(bytes, &mut |said| {
            came |= matches!(said, Said::Frame(_)) && away.stranger.is_none();
            if came || !away.keeps(&said, taken.described.as_ref()) {
                taken.take(said);
            }
        });
        if came {
            self.back(before, at_s);
        } else {
            self.refuse_strangers(at_s);
        }
    }

    /// Frames from `before` on came at `at_s`: puts them where they belong.
    fn back(&mut self, before: u64, at_s: f64) {
        let Some(away) = self.away.take() else { return };
        let taken = &mut self.taken;
        let whole = taken.described.as_ref().is_some_and(|d| d.counter == Counter::Whole);
        let counted = whole && !away.restarted && away.counted > 0;
        let missing = if counted {
            away.counted
        } else {
            // By the clock, less those that came just now.
            let since = ((at_s - away.since_s) * taken.rate_hz).round() as u64;
            since.saturating_sub(taken.clock - before).max(1)
        };
        let gap = taken.put_off(before, away.marks, missing, counted);
        taken.begin_anew(at_s);
        self.links.push(Link::Back { gap, port: self.port.name().to_owned() });
    }

    /// Lets a board go that is not the one that left, or that cannot be understood.
    fn refuse_strangers(&mut self, at_s: f64) {
        let Some(away) = &mut self.away else { return };
        let open_s = at_s - self.opened_s;
        let looks = match (&away.stranger, self.taken.described.as_ref()) {
            (Some(found), Some(known)) if away.shown => differs(known, found),
            _ if begin::senseless(open_s, away.bytes as u64, &away.heard) => {
                match listen::recognise(&away.heard) {
                    listen::Heard::Board(kind) if kind != self.board => kind.describe().to_owned(),
                    _ => "sends bytes that make no sense".to_owned(),
                }
            }
            _ => return,
        };
        let word = self.parser.farewell();
        self.port.send(&word);
        self.port.close();
        away.again(at_s + STRANGER_S);
        self.taken.warn(Warning::OtherBoard { looks });
    }
}

impl Away {
    fn new(since_s: f64, next_s: f64) -> Self {
        Self {
            since_s,
            next_s,
            open: false,
            heard: Vec::new(),
            bytes: 0,
            counted: 0,
            restarted: false,
            stranger: None,
            shown: false,
            blocked: 0,
            marks: 0,
        }
    }

    /// To be looked for again from `next_s` on.
    fn again(&mut self, next_s: f64) {
        let stranger = self.stranger.take();
        *self = Self { stranger, ..Self::new(self.since_s, next_s) };
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        let room = begin::BEGINNING.saturating_sub(self.heard.len());
        self.heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Whether what the board says before its first frame is kept here: what is missing, that it
    /// started anew, and what it is.
    fn keeps(&mut self, said: &Said<'_>, known: Option<&Described>) -> bool {
        match said {
            Said::Lost(loss) => self.counted += if loss.counted { loss.frames } else { 0 },
            // That its numbers begin anew is what one expects of a board that was unplugged.
            Said::Note(Note::Restarted | Note::Refused(_)) => self.restarted = true,
            Said::Described(found) if known.is_some_and(|known| is_other(known, found)) => {
                (self.stranger, self.shown) = (Some((*found).clone()), true);
            }
            Said::Described(_) => (self.stranger, self.shown) = (None, false),
            Said::Frame(_) => self.shown = true,
            Said::Mark(..) => return self.stranger.is_some(),
            Said::Skipped(_) | Said::Note(_) => return false,
        }
        true
    }
}

fn rates(a: &Described, b: &Described) -> [Option<f64>; 2] {
    [a, b].map(|d| d.rate.map(|r| r.0))
}

/// Whether its samples would be taken for what they are not.
fn is_other(known: &Described, found: &Described) -> bool {
    let same_rate = match rates(known, found) {
        [Some(a), Some(b)] => (a / b - 1.0).abs() <= SAME_RATE,
        [a, b] => a == b,
    };
    !same_rate
        || (&known.name, &known.channels) != (&found.name, &found.channels)
        || (known.uv_per_count, known.full_scale, known.bits)
            != (found.uv_per_count, found.full_scale, found.bits)
}

/// What it is, in the words that tell it from the one that left.
fn differs(known: &Described, found: &Described) -> String {
    let [before, now] = rates(known, found);
    match (before, now) {
        (Some(a), Some(b)) if (a / b - 1.0).abs() > SAME_RATE => {
            format!("gives {b} samples a second, not {a}")
        }
        _ if known.channels.len() != found.channels.len() => {
            format!("has {} channels, not {}", found.channels.len(), known.channels.len())
        }
        _ if known.name != found.name => format!("is “{}”, not “{}”", found.name, known.name),
        _ => "has other channels or another scale".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::board::RateFrom;

    fn board(hz: f64) -> Described {
        Described {
            name: "sketch".into(),
            channels: vec!["EMG".into()],
            rate: Some((hz, RateFrom::Stamps)),
            uv_per_count: None,
            full_scale: Some(511.0),
            bits: Some(16),
            counter: Counter::None,
        }
    }

    #[test]
    fn a_board_is_the_same_only_with_the_same_samples() {
        let known = board(1000.0);
        assert!(!is_other(&known, &known));
        assert!(!is_other(&known, &board(1003.0)), "its clock was measured anew");
        assert!(is_other(&known, &board(2000.0)));
        assert!(differs(&known, &board(2000.0)).contains("2000 samples a second, not 1000"));
        let scaled = Described { uv_per_count: Some(0.5), ..board(1000.0) };
        let wide = Described { channels: vec!["EMG".into(), "EMG2".into()], ..board(1000.0) };
        let named = Described { name: "other".into(), ..board(1000.0) };
        for (found, words) in [(scaled, "another scale"), (wide, "2 channels, not 1"), (named, "“other”")]
        {
            assert!(is_other(&known, &found));
            assert!(differs(&known, &found).contains(words), "{}", differs(&known, &found));
        }
    }
}
