//! What a person decides, one row of a review file each; and what of it holds.

use std::collections::BTreeMap;

use super::{Extent, Kind};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is a twitch, where it was shown.
    Accept,
    /// It is no twitch.
    Reject,
    /// It is a twitch, with another onset or end.
    Move,
    /// A twitch that the detector has not.
    Add,
    /// The decision before holds no more.
    Undo,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Accept, Self::Reject, Self::Move, Self::Add, Self::Undo];

    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Move => "move",
            Self::Add => "add",
            Self::Undo => "undo",
        }
    }

    /// Whether it says that a twitch is there.
    pub const fn is_twitch(self) -> bool {
        matches!(self, Self::Accept | Self::Move | Self::Add)
    }
}

/// One decision of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was done.
    pub action: Action,
    /// What was judged: where it lay when it was judged first. All later decisions about it have the
    /// same, which ties them together.
    pub item: Extent,
    /// What was judged.
    pub kind: Kind,
    /// Where the person has it.
    pub extent: Extent,
    /// The channel's name.
    pub channel: String,
    /// When, UTC, for people (`2026-11-24T15:04:05Z`): nothing depends on it.
    pub decided: String,
}

/// The decisions that hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    /// In the order in which they were made, without what was undone.
    standing: Vec<Decision>,
    /// For what was judged, the places of its decisions in `standing`.
    of: BTreeMap<Extent, Vec<usize>>,
}

/// An undo with nothing before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NothingToUndo;

impl Edits {
    /// Takes the next decision; an undo takes the last one that holds away, which is given.
    ///
    /// # Errors
    /// [`NothingToUndo`] where none holds.
    pub fn take(&mut self, decision: Decision) -> Result<Option<Decision>, NothingToUndo> {
        if decision.action != Action::Undo {
            self.of.entry(decision.item).or_default().push(self.standing.len());
            self.standing.push(decision);
            return Ok(None);
        }
        let undone = self.standing.pop().ok_or(NothingToUndo)?;
        if let Some(places) = self.of.get_mut(&undone.item) {
            places.pop();
            if places.is_empty() {
                self.of.remove(&undone.item);
            }
        }
        Ok(Some(undone))
    }

    /// What holds of `item`.
    pub fn of(&self, item: Extent) -> Option<&Decision> {
        self.of.get(&item).and_then(|places| places.last()).and_then(|place| self.standing.get(*place))
    }

    /// What holds of everything that was judged, in order of its place.
    pub fn all(&self) -> impl Iterator<Item = &Decision> {
        self.of.values().filter_map(|places| places.last().and_then(|place| self.standing.get(*place)))
    }

    /// The last decision, which an undo would take away.
    pub fn last(&self) -> Option<&Decision> {
        self.standing.last()
    }

    /// Whether nothing holds.
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }

    /// The twitch that `extent` would count a second time, if it were one: it shares half of the
    /// shorter with it. What holds of `item` itself does not count.
    pub fn in_the_way(&self, item: Extent, extent: Extent) -> Option<Extent> {
        let others = self.all().filter(|d| d.item != item && d.action.is_twitch());
        others.map(|d| d.extent).find(|e| e.overlaps_half(extent))
    }
}
