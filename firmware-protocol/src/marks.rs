//! Which marks are new: a board repeats each until it is acknowledged.

use crate::message::Mark;

/// So many marks of the past are remembered. A board keeps at most half as many unacknowledged.
const MEMORY: u16 = 16;

/// What a mark is among those before.
pub(crate) enum Place {
    /// New, behind this many of which nothing was heard yet, the first of that number.
    New { first_missing: u16, missing: u16 },
    /// Known.
    Repeat,
    /// Its number belongs to a mark that said something else.
    Changed,
    /// Its number lies too far back.
    Backwards,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    seen: [Option<Mark>; MEMORY as usize],
    /// The number behind the newest; none before the first.
    next: Option<u16>,
}

impl Marks {
    /// For a stream whose beginning is seen, or not.
    pub(crate) fn new(from_start: bool) -> Self {
        Self { next: from_start.then_some(0), ..Self::default() }
    }

    pub(crate) fn place(&mut self, mark: Mark) -> Place {
        let number = mark.number;
        let next = *self.next.get_or_insert(number);
        let back = next.wrapping_sub(number).cast_signed();
        let slot = &mut self.seen[usize::from(number % MEMORY)];
        if back > MEMORY.cast_signed() {
            return Place::Backwards;
        }
        if back > 0 {
            match slot {
                Some(seen) if seen.number == number && *seen == mark => return Place::Repeat,
                Some(seen) if seen.number == number => return Place::Changed,
                _ => *slot = Some(mark),
            }
            return Place::New { first_missing: number, missing: 0 };
        }
        *slot = Some(mark);
        self.next = Some(number.wrapping_add(1));
        Place::New { first_missing: next, missing: number.wrapping_sub(next) }
    }

    /// The board's next mark will have this number: gives the first of those not heard of and how
    /// many they are. None where the number runs backwards.
    pub(crate) fn expect(&mut self, number: u16) -> Option<(u16, u16)> {
        let next = self.next.replace(number).unwrap_or(number);
        let missing = number.wrapping_sub(next);
        if missing.cast_signed() < 0 {
            self.next = Some(next);
            return None;
        }
        Some((next, missing))
    }
}
