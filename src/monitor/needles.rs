//! Needles while they are in: numbered as they enter, with the twitches of each.

use crate::insertion::{self, Insertion, OutWithoutIn, owner};
use crate::units::SampleIndex;

/// The needles of a session that goes on.
#[derive(Debug, Default)]
pub(super) struct Needles {
    pairs: insertion::Needles,
    /// Those that went in, in order of coming: label, in, out.
    all: Vec<Insertion>,
    twitches: Vec<u64>,
}

/// The end of a needle that is still in.
const OPEN: SampleIndex = SampleIndex::new(u64::MAX);

impl Needles {
    /// A needle goes in; its number, from 1.
    pub fn enter(&mut self, label: Option<String>, at: SampleIndex) -> usize {
        self.pairs.enter(label.clone(), at);
        self.all.push(Insertion { label, entered: at, left: OPEN, still_in: true });
        self.twitches.push(0);
        self.all.len()
    }

    /// A needle comes out; its number, and the insertion that is closed by it.
    ///
    /// # Errors
    /// [`OutWithoutIn`] where no such needle is in.
    pub fn leave(
        &mut self,
        label: Option<&str>,
        at: SampleIndex,
    ) -> Result<(usize, Insertion), OutWithoutIn> {
        let closed = self.pairs.leave(label, at)?;
        let is_it = |i: &Insertion| i.still_in && i.entered == closed.entered;
        let place = self.all.iter().position(is_it).unwrap_or_default();
        if let Some(known) = self.all.get_mut(place) {
            *known = closed.clone();
        }
        Ok((place + 1, closed))
    }

    /// The needle that a twitch at `at` belongs to: its number, the twitch's number in it, and the
    /// frames since it went in.
    pub fn own(&mut self, at: SampleIndex) -> Option<(usize, u64, u64)> {
        let place = owner(&self.all, at)?;
        self.twitches[place] += 1;
        Some((place + 1, self.twitches[place], at - self.all[place].entered))
    }

    /// How many needles are in.
    pub fn inside(&self) -> usize {
        self.pairs.inside()
    }

    /// All of them with their twitches; those that are still in leave at `end`.
    pub fn finish(&self, end: SampleIndex) -> Vec<(Insertion, u64)> {
        let ended = |i: &Insertion| Insertion { left: i.left.min(end.max(i.entered)), ..i.clone() };
        self.all.iter().map(ended).zip(self.twitches.iter().copied()).collect()
    }
}
