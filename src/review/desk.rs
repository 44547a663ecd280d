//! The state of a review under way, without a terminal: commands go in, decisions come out, and a
//! decision holds once it is written and taken.

use super::decision::{Action, Decision, Edits};
use super::place::{Place, places};
use super::text::{Header, Mode};
use super::{Extent, Item, Kind, order};
use crate::detect::Class;
use crate::session::Session;

/// Which end of a twitch is being moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its onset.
    Onset,
    /// Its end.
    End,
    /// Both at once.
    Both,
}

/// What the reviewer is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Doing {
    /// Looking and judging.
    Looking,
    /// Moving onset and end of what is shown.
    Moving(Extent, Edge),
    /// Placing a new twitch on the channel of that name.
    Adding(Extent, Edge, String),
}

/// What a reviewer may ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// To the next one.
    Next,
    /// To the one before.
    Previous,
    /// To the next one that is not judged.
    NextUnjudged,
    /// It is a twitch.
    Accept,
    /// It is no twitch.
    Reject,
    /// Begins to move onset and end.
    Move,
    /// Begins to place a new twitch around this time, s, on this channel.
    Add(f64, String),
    /// Moves the other edge.
    Turn,
    /// Moves the edge by so many seconds.
    Shift(f64),
    /// It shall be so.
    Take,
    /// It shall be as it was.
    Cancel,
    /// The last decision shall not hold.
    Undo,
}

/// What comes of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Something moved, or nothing did.
    Done,
    /// It cannot be, and why.
    Word(String),
    /// A decision: it is to be written, and then to be taken.
    Decision(Decision),
}

/// The state of a review.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    blind: bool,
    /// In order of time.
    places: Vec<Place>,
    /// The places in the order in which they are shown.
    order: Vec<usize>,
    /// Which of the order is shown.
    at: usize,
    edits: Edits,
    doing: Doing,
    /// Of the recording, s.
    end: f64,
}

/// A new twitch is so long at first, s.
const NEW_S: f64 = 0.05;
/// No twitch is shorter, s.
const SHORTEST_S: f64 = 0.001;

impl Desk {
    /// Lays out what there is to judge in `session`; `only` these classes, where there are any.
    /// Shows the first one that is not judged.
    pub fn new(session: &Session, header: &Header, edits: Edits, only: &[Class]) -> Self {
        let end = session.source.duration_s;
        let mut places = places(session, header.mode, &edits);
        places.sort_by_key(|p| p.item.extent);
        let wanted = |p: &Place| only.is_empty() || p.item.class.is_none_or(|c| only.contains(&c));
        let shown: Vec<usize> = (0..places.len()).filter(|n| wanted(&places[*n])).collect();
        let (blind, order) = match header.mode {
            Mode::Open => (false, shown),
            Mode::Blind { seed } => {
                (true, order(shown.len(), seed, &header.reviewer).into_iter().map(|n| shown[n]).collect())
            }
        };
        let mut desk = Self { blind, places, order, at: 0, edits, doing: Doing::Looking, end };
        desk.at = (0..desk.order.len()).find(|at| desk.is_unjudged(*at)).unwrap_or(0);
        desk
    }

    /// Whether the reviewer may see nothing but the signal.
    pub fn is_blind(&self) -> bool {
        self.blind
    }

    /// What is shown; `None` where there is nothing to judge.
    pub fn place(&self) -> Option<&Place> {
        self.order.get(self.at).and_then(|n| self.places.get(*n))
    }

    /// Everything there is, in order of time.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The number of what is shown, from 1, how many there are, and how many of them are judged.
    pub fn progress(&self) -> [usize; 3] {
        let judged = (0..self.order.len()).filter(|at| !self.is_unjudged(*at)).count();
        [(self.at + 1).min(self.order.len()), self.order.len(), judged]
    }

    /// What the reviewer is doing.
    pub fn doing(&self) -> &Doing {
        &self.doing
    }

    /// What holds.
    pub fn edits(&self) -> &Edits {
        &self.edits
    }

    /// What holds of a place.
    pub fn decision(&self, place: &Place) -> Option<&Decision> {
        self.edits.of(place.key)
    }

    fn is_unjudged(&self, at: usize) -> bool {
        self.order.get(at).and_then(|n| self.places.get(*n)).is_some_and(|p| self.edits.of(p.key).is_none())
    }

    /// Does what is asked; `decided` is the time now, for the decision.
    pub fn ask(&mut self, command: Command, decided: &str) -> Answer {
        match (&self.doing, command) {
            (Doing::Looking, Command::Next) => self.step(1),
            (Doing::Looking, Command::Previous) => self.step(-1),
            (Doing::Looking, Command::NextUnjudged) => self.next_unjudged(),
            (Doing::Looking, Command::Accept) => self.judge(Action::Accept, None, decided),
            (Doing::Looking, Command::Reject) => self.judge(Action::Reject, None, decided),
            (Doing::Looking, Command::Move) => self.begin_move(),
            (Doing::Looking, Command::Add(at, channel)) => self.begin_add(at, channel),
            (Doing::Looking, Command::Undo) => self.undo(decided),
            (Doing::Looking, _) => Answer::Done,
            (_, Command::Turn) => self.turn(),
            (_, Command::Shift(by)) => self.shift(by),
            (_, Command::Take) => self.placed(decided),
            (_, Command::Cancel) => {
                self.doing = Doing::Looking;
                Answer::Done
            }
            _ => Answer::Word("Enter takes the place, Esc leaves it as it was.".into()),
        }
    }

    /// A decision is written: it holds from here on.
    pub fn take(&mut self, decision: Decision) {
        self.doing = Doing::Looking;
        let (action, key) = (decision.action, decision.item);
        let added = (action == Action::Add)
            .then(|| Item::without_verdict(decision.extent, Kind::Added, &decision.channel));
        // A decision that this desk made always finds what it undoes.
        let undone = self.edits.take(decision).ok().flatten();
        if let Some(item) = added {
            let n = self.places.partition_point(|p| p.item.extent <= item.extent);
            self.places.insert(n, Place { zone: item.extent, key, item });
            self.order.iter_mut().filter(|at| **at >= n).for_each(|at| *at += 1);
            let at = self.order.partition_point(|at| *at < n);
            self.order.insert(at, n);
            self.at = at;
            return;
        }
        match undone {
            Some(undone) => self.go_back(&undone),
            None => {
                self.next_unjudged();
            }
        }
    }

    /// Shows what a decision that was undone was about; takes away what it had added.
    fn go_back(&mut self, undone: &Decision) {
        let Some(n) = self.places.iter().position(|p| p.key == undone.item) else { return };
        if let Some(at) = self.order.iter().position(|place| *place == n) {
            self.at = at;
            if undone.action == Action::Add {
                self.places.remove(n);
                self.order.remove(at);
                self.order.iter_mut().filter(|place| **place > n).for_each(|place| *place -= 1);
                self.at = at.min(self.order.len().saturating_sub(1));
            }
        }
    }

    fn step(&mut self, by: isize) -> Answer {
        match self.at.checked_add_signed(by).filter(|at| *at < self.order.len()) {
            Some(at) => {
                self.at = at;
                Answer::Done
            }
            None if by > 0 => Answer::Word("This is the last one.".into()),
            None => Answer::Word("This is the first one.".into()),
        }
    }

    fn next_unjudged(&mut self) -> Answer {
        let count = self.order.len();
        let next = (1..=count).map(|by| (self.at + by) % count.max(1)).find(|at| self.is_unjudged(*at));
        match next {
            Some(at) => {
                self.at = at;
                Answer::Done
            }
            None => Answer::Word("All are judged. q ends the review.".into()),
        }
    }

    fn judge(&mut self, action: Action, extent: Option<Extent>, decided: &str) -> Answer {
        let Some(place) = self.place() else { return nothing() };
        let before = self.edits.of(place.key);
        // Accepted again, it stays where it was put.
        let put = before.filter(|d| d.action.is_twitch()).map(|d| d.extent);
        let extent = extent.or(put).unwrap_or(place.item.extent);
        let as_before =
            before.is_some_and(|d| d.action.is_twitch() == action.is_twitch() && d.extent == extent);
        if as_before {
            self.doing = Doing::Looking;
            return self.next_unjudged();
        }
        let decision = Decision {
            action,
            item: place.key,
            kind: place.item.kind,
            extent: if action.is_twitch() { extent } else { place.item.extent },
            channel: place.item.channel.clone(),
            decided: decided.to_owned(),
        };
        self.unless_twice(decision)
    }

    /// The decision, unless it would count a twitch twice.
    fn unless_twice(&self, decision: Decision) -> Answer {
        let twitch = decision.action.is_twitch();
        let other = self.edits.in_the_way(decision.item, decision.extent).filter(|_| twitch);
        match other {
            None => Answer::Decision(decision),
            Some(_) if self.blind => {
                Answer::Word("You said twitch here already: it would count twice.".into())
            }
            Some(other) => Answer::Word(format!(
                "It would count twice: you have a twitch from {other}. Reject that one first."
            )),
        }
    }

    fn begin_move(&mut self) -> Answer {
        let Some(place) = self.place() else { return nothing() };
        let put = self.edits.of(place.key).filter(|d| d.action.is_twitch() && !self.blind).map(|d| d.extent);
        // To a blind rater the detector's onset and end are not shown.
        self.doing = Doing::Moving(put.unwrap_or(place.zone), Edge::Onset);
        Answer::Done
    }

    fn begin_add(&mut self, at: f64, channel: String) -> Answer {
        if self.blind {
            return Answer::Word(
                "A blind review judges what lies between the brackets, and adds nothing.".into(),
            );
        }
        let onset = (at - NEW_S / 2.0).clamp(0.0, (self.end - NEW_S).max(0.0));
        self.doing = Doing::Adding(Extent::new(onset, NEW_S), Edge::Both, channel);
        Answer::Done
    }

    fn turn(&mut self) -> Answer {
        if let Doing::Moving(_, edge) | Doing::Adding(_, edge, _) = &mut self.doing {
            *edge = match edge {
                Edge::Onset => Edge::End,
                Edge::End => Edge::Both,
                Edge::Both => Edge::Onset,
            };
        }
        Answer::Done
    }

    fn shift(&mut self, by: f64) -> Answer {
        let end = self.end;
        if let Doing::Moving(extent, edge) | Doing::Adding(extent, edge, _) = &mut self.doing {
            let (from, to) = (extent.onset(), extent.end());
            *extent = match edge {
                Edge::Onset => Extent::between((from + by).clamp(0.0, (to - SHORTEST_S).max(0.0)), to),
                Edge::End => Extent::between(from, (to + by).min(end).max(from + SHORTEST_S)),
                Edge::Both => Extent::new((from + by).clamp(0.0, (end - (to - from)).max(0.0)), to - from),
            };
        }
        Answer::Done
    }

    fn placed(&mut self, decided: &str) -> Answer {
        match self.doing.clone() {
            Doing::Looking => Answer::Done,
            Doing::Moving(extent, _) => self.judge(Action::Move, Some(extent), decided),
            Doing::Adding(extent, _, channel) => {
                if let Some(there) = self.places.iter().find(|p| p.item.extent.overlaps_half(extent)) {
                    return Answer::Word(format!(
                        "Something lies there, from {}: step to it and judge it.",
                        there.item.extent
                    ));
                }
                self.unless_twice(Decision {
                    action: Action::Add,
                    item: extent,
                    kind: Kind::Added,
                    extent,
                    channel,
                    decided: decided.to_owned(),
                })
            }
        }
    }

    fn undo(&self, decided: &str) -> Answer {
        match self.edits.last() {
            None => Answer::Word("There is nothing to undo.".into()),
            Some(last) => Answer::Decision(Decision {
                action: Action::Undo,
                decided: decided.to_owned(),
                ..last.clone()
            }),
        }
    }
}

fn nothing() -> Answer {
    Answer::Word("There is nothing to judge: n adds a twitch, q ends.".into())
}
