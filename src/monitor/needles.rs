//! Needles while they are in, with the twitches of each, and the log of marks that they rest on.
//!
//! Pairs are made in order of time, as a reader of the recording makes them, so that a mark that
//! comes late and one that is taken back leave what the recording gives.

use crate::insertion::{self, Insertion, OutWithoutIn, owner};
use crate::units::SampleIndex;

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    In,
    Out,
    Note,
}

/// A mark as it was taken; the text is the needle's label or the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub at: SampleIndex,
    pub said: Said,
    pub text: Option<String>,
}

/// The needles of a session that goes on.
#[derive(Debug, Default)]
pub(super) struct Needles {
    /// In order of coming.
    log: Vec<Marked>,
    /// The latest moment in the log.
    latest: SampleIndex,
    pairs: insertion::Needles,
    /// In order of needle in; those that are in end at [`OPEN`].
    all: Vec<Insertion>,
    /// The twitches of each: frames since needle in.
    ages: Vec<Vec<u64>>,
    /// The onset of every twitch.
    twitches: Vec<SampleIndex>,
    stray: u64,
}

/// The end of a needle that is still in.
const OPEN: SampleIndex = SampleIndex::new(u64::MAX);

impl Needles {
    /// Takes a needle in or a note.
    pub fn take(&mut self, mark: Marked) -> Vec<Marked> {
        let late = mark.at < self.latest;
        self.log.push(mark.clone());
        if late {
            return self.rebuild();
        }
        self.latest = mark.at;
        if mark.said == Said::In {
            self.enter(mark.text, mark.at);
        }
        Vec::new()
    }

    /// Takes a needle out; the marks before it that are without a partner now, and the place of the
    /// insertion that it closed.
    ///
    /// # Errors
    /// [`OutWithoutIn`] where no such needle is in; the mark is then not taken.
    pub fn take_out(&mut self, mark: Marked) -> Result<(Vec<Marked>, usize), OutWithoutIn> {
        let alone = || OutWithoutIn { label: mark.text.clone() };
        if mark.at >= self.latest {
            let place = self.leave(mark.text.as_deref(), mark.at)?;
            self.latest = mark.at;
            self.log.push(mark);
            return Ok((Vec::new(), place));
        }
        self.log.push(mark.clone());
        let mut orphans = self.rebuild();
        if let Some(own) = orphans.iter().position(|orphan| *orphan == mark) {
            orphans.remove(own);
            return Err(alone());
        }
        let place = self.all.iter().position(|i| i.left == mark.at).unwrap_or_default();
        Ok((orphans, place))
    }

    /// Takes the last mark back; it, and the marks that are without a partner now.
    pub fn take_back(&mut self) -> Option<(Marked, Vec<Marked>)> {
        let last = self.log.pop()?;
        Some((last, self.rebuild()))
    }

    /// A needle of which all is known goes in.
    pub fn enter_known(&mut self, known: &Insertion) {
        self.all.push(Insertion { left: OPEN, still_in: true, ..known.clone() });
        self.ages.push(Vec::new());
    }

    /// It comes out; its place.
    pub fn leave_known(&mut self, known: &Insertion) -> usize {
        let is_it = |i: &Insertion| i.still_in && i.entered == known.entered && i.label == known.label;
        let place = self.all.iter().position(is_it).unwrap_or_default();
        if let Some(own) = self.all.get_mut(place) {
            *own = known.clone();
        }
        place
    }

    fn enter(&mut self, label: Option<String>, at: SampleIndex) {
        self.pairs.enter(label.clone(), at);
        self.all.push(Insertion { label, entered: at, left: OPEN, still_in: true });
        self.ages.push(Vec::new());
    }

    fn leave(&mut self, label: Option<&str>, at: SampleIndex) -> Result<usize, OutWithoutIn> {
        let closed = self.pairs.leave(label, at)?;
        let is_it = |i: &Insertion| {
            i.still_in && i.entered == closed.entered && (i.label.is_none() || i.label == closed.label)
        };
        let place = self.all.iter().position(is_it).unwrap_or_default();
        if let Some(own) = self.all.get_mut(place) {
            *own = closed;
        }
        Ok(place)
    }

    /// Makes all pairs anew, in order of time; the marks that have no partner leave the log.
    fn rebuild(&mut self) -> Vec<Marked> {
        let mut order: Vec<usize> = (0..self.log.len()).collect();
        order.sort_by_key(|place| self.log[*place].at);
        self.latest = order.last().map_or(SampleIndex::default(), |last| self.log[*last].at);
        (self.pairs, self.all, self.ages) = (insertion::Needles::default(), Vec::new(), Vec::new());
        let mut alone = Vec::new();
        for place in order {
            let Marked { at, said, text } = self.log[place].clone();
            match said {
                Said::In => self.enter(text, at),
                Said::Out if self.leave(text.as_deref(), at).is_err() => alone.push(place),
                Said::Out | Said::Note => {}
            }
        }
        alone.sort_unstable();
        let orphans = alone.iter().rev().map(|place| self.log.remove(*place)).collect();
        self.stray = 0;
        for onset in std::mem::take(&mut self.twitches) {
            self.own(onset);
        }
        orphans
    }

    /// The needle that a twitch at `at` belongs to: its number, the twitch's number in it among those that
    /// are known by now, and the frames since it went in.
    pub fn own(&mut self, at: SampleIndex) -> Option<(usize, u64, u64)> {
        self.twitches.push(at);
        let Some(place) = owner(&self.all, at) else {
            self.stray += 1;
            return None;
        };
        let age = at - self.all[place].entered;
        self.ages[place].push(age);
        let order = self.ages[place].iter().filter(|known| **known <= age).count();
        Some((place + 1, order as u64, age))
    }

    /// Twitches while no needle was in.
    pub fn stray(&self) -> u64 {
        self.stray
    }

    /// How many needles are in.
    pub fn inside(&self) -> usize {
        self.all.iter().filter(|i| i.still_in).count()
    }

    /// The notes, in order of time.
    pub fn notes(&self) -> Vec<(SampleIndex, String)> {
        let notes = self.log.iter().filter(|mark| mark.said == Said::Note);
        let mut notes: Vec<_> = notes.map(|mark| (mark.at, mark.text.clone().unwrap_or_default())).collect();
        notes.sort_by_key(|note| note.0);
        notes
    }

    /// All insertions up to now, in order of needle in, with the age of each twitch in frames;
    /// those that are still in leave at `end`.
    pub fn until(&self, end: SampleIndex) -> impl DoubleEndedIterator<Item = (Insertion, &[u64])> {
        let ended = move |i: &Insertion| Insertion { left: i.left.min(end.max(i.entered)), ..i.clone() };
        self.all.iter().map(ended).zip(self.ages.iter().map(Vec::as_slice))
    }

    /// The insertion at `place`.
    pub fn get(&self, place: usize) -> Option<&Insertion> {
        self.all.get(place)
    }

    /// The place of the needle that a twitch at `at` would belong to.
    pub fn at(&self, at: SampleIndex) -> Option<usize> {
        owner(&self.all, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at: u64, said: Said, label: Option<&str>) -> Marked {
        Marked { at: SampleIndex::new(at), said, text: label.map(str::to_owned) }
    }

    fn spans(needles: &Needles) -> Vec<(u64, u64, usize)> {
        let of = |(i, ages): (Insertion, &[u64])| (i.entered.get(), i.left.get(), ages.len());
        needles.until(SampleIndex::new(1000)).map(of).collect()
    }

    #[test]
    fn a_mark_that_is_taken_back_leaves_what_was_before_it() {
        let mut needles = Needles::default();
        needles.take(mark(10, Said::In, None));
        needles.own(SampleIndex::new(20));
        let before = spans(&needles);
        needles.take_out(mark(30, Said::Out, None)).unwrap();
        needles.own(SampleIndex::new(40));
        assert_eq!((spans(&needles), needles.stray()), (vec![(10, 30, 1)], 1));
        let (back, orphans) = needles.take_back().unwrap();
        assert_eq!((back.said, orphans.len()), (Said::Out, 0));
        assert_eq!((spans(&needles), needles.stray()), (vec![(10, 1000, 2)], 0));
        assert_eq!(before[0].0, 10);
        needles.take_back().unwrap();
        assert_eq!((spans(&needles), needles.stray()), (Vec::new(), 2));
        assert!(needles.take_back().is_none());
    }

    #[test]
    fn a_twitch_that_is_told_late_has_its_number_by_its_place() {
        let mut needles = Needles::default();
        needles.take(mark(10, Said::In, None));
        let mut order = |at| needles.own(SampleIndex::new(at)).unwrap().1;
        assert_eq!([20, 40, 30, 50].map(&mut order), [1, 2, 2, 4]);
    }

    #[test]
    fn a_mark_that_comes_late_is_paired_in_order_of_time() {
        let mut needles = Needles::default();
        needles.take(mark(10, Said::In, None));
        assert!(needles.take_out(mark(50, Said::Out, None)).unwrap().0.is_empty());
        // The needle out that was lost on the way: the later one has no partner any more.
        let (orphans, place) = needles.take_out(mark(30, Said::Out, None)).unwrap();
        assert_eq!((orphans, place), (vec![mark(50, Said::Out, None)], 0));
        assert_eq!(spans(&needles), [(10, 30, 0)]);
        assert!(needles.take_out(mark(5, Said::Out, None)).is_err());
        assert_eq!(spans(&needles), [(10, 30, 0)]);
    }

    #[test]
    fn the_pairs_are_those_that_a_reader_makes_in_whatever_order_marks_come() {
        let marks = [
            mark(10, Said::In, Some("a")),
            mark(20, Said::In, None),
            mark(30, Said::Out, None),
            mark(40, Said::Out, Some("b")),
            mark(50, Said::In, Some("b")),
        ];
        let mut turn = 7usize;
        for _ in 0..200 {
            let (mut left, mut needles) = (marks.to_vec(), Needles::default());
            while !left.is_empty() {
                turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let next = left.remove((turn >> 33) % left.len());
                match next.said {
                    Said::Out => drop(needles.take_out(next)),
                    _ => drop(needles.take(next)),
                }
            }
            // What a reader makes of the marks that are left.
            let (mut kept, mut reader) = (needles.log.clone(), insertion::Needles::default());
            kept.sort_by_key(|mark| mark.at);
            for Marked { at, said, text } in kept {
                match said {
                    Said::In => reader.enter(text, at),
                    _ => drop(reader.leave(text.as_deref(), at).unwrap()),
                }
            }
            let read = reader.finish(SampleIndex::new(1000));
            let mut own: Vec<Insertion> = needles.until(SampleIndex::new(1000)).map(|n| n.0).collect();
            own.sort_by_key(|i| (i.entered, i.left));
            assert_eq!(own, read);
        }
    }
}
