//! A foot switch whose contacts bounce: several marks for one step of the foot.

use std::collections::VecDeque;

use crate::block::{Mark, MarkKind};
use crate::units::{SampleIndex, SampleRate, Seconds};

/// Marks that follow one another within this time are one step of the foot. Contacts bounce for up
/// to 6.2 ms (16 of 18 switches, Ganssle 2008, A Guide to Debouncing); a foot that taps as fast as
/// it can holds its pedal for longer than 50 ms.
pub(super) const BOUNCE: Seconds = Seconds::from_ms(50.0);

/// What is to be done with a mark.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It counts.
    Counts(Mark),
    /// It is a bounce.
    Bounced(Mark),
}

/// Holds a mark back until it is known whether the switch bounced.
#[derive(Debug)]
pub(super) struct Switch {
    bounce: u64,
    /// The last one that counted; the moment is that of its last bounce.
    last: Option<Mark>,
    /// One that came within the time and may be a bounce.
    waits: Option<Mark>,
    steps: VecDeque<Step>,
}

impl Switch {
    pub fn new(rate: SampleRate) -> Self {
        Self { bounce: rate.samples(BOUNCE), last: None, waits: None, steps: VecDeque::new() }
    }

    /// Takes a mark of the board.
    pub fn take(&mut self, mark: Mark) {
        if let Some(waits) = self.waits.take() {
            if self.near(waits.at, mark.at) && turns(&waits.kind, &mark.kind) {
                // There and back: the foot did not move.
                if let Some(last) = &mut self.last {
                    last.at = mark.at;
                }
                self.steps.extend([Step::Bounced(waits), Step::Bounced(mark)]);
                return;
            }
            self.count(waits);
        }
        match &self.last {
            Some(last) if self.near(last.at, mark.at) && last.kind == mark.kind => {
                self.steps.push_back(Step::Bounced(mark));
            }
            Some(last) if self.near(last.at, mark.at) && turns(&last.kind, &mark.kind) => {
                self.waits = Some(mark);
            }
            _ => self.count(mark),
        }
    }

    fn near(&self, before: SampleIndex, after: SampleIndex) -> bool {
        after >= before && after - before <= self.bounce
    }

    fn count(&mut self, mark: Mark) {
        self.last = Some(mark.clone());
        self.steps.push_back(Step::Counts(mark));
    }

    /// What is known by `end`, in order of coming.
    pub fn known(&mut self, end: SampleIndex) -> impl Iterator<Item = Step> + '_ {
        let bounce = self.bounce;
        if let Some(waits) = self.waits.take_if(|waits| waits.at + bounce < end) {
            self.count(waits);
        }
        self.steps.drain(..)
    }
}

/// Whether the two are in and out of one needle.
fn turns(before: &MarkKind, after: &MarkKind) -> bool {
    match (before, after) {
        (MarkKind::NeedleIn { label: a }, MarkKind::NeedleOut { label: b })
        | (MarkKind::NeedleOut { label: a }, MarkKind::NeedleIn { label: b }) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at: u64, enters: bool) -> Mark {
        let kind =
            if enters { MarkKind::NeedleIn { label: None } } else { MarkKind::NeedleOut { label: None } };
        Mark { at: SampleIndex::new(at), kind }
    }

    /// What counts of marks at these ms, each with whether the needle goes in; how many bounced.
    fn counted(marks: &[(u64, bool)]) -> (Vec<(u64, bool)>, usize) {
        let mut switch = Switch::new(SampleRate::new(1000.0).unwrap());
        let mut steps = Vec::new();
        for (at, enters) in marks {
            switch.take(mark(*at, *enters));
            steps.extend(switch.known(SampleIndex::new(*at)));
        }
        steps.extend(switch.known(SampleIndex::new(u64::MAX)));
        let count = |step: &Step| match step {
            Step::Counts(mark) => Some((mark.at.get(), matches!(mark.kind, MarkKind::NeedleIn { .. }))),
            Step::Bounced(_) => None,
        };
        let counted: Vec<_> = steps.iter().filter_map(count).collect();
        (counted.clone(), steps.len() - counted.len())
    }

    #[test]
    fn a_switch_that_bounces_gives_one_mark_and_ends_as_it_stands() {
        let (i, o) = (true, false);
        // A bounce as it goes down and as it comes up.
        let all = [(100, i), (104, o), (107, i), (900, o), (903, i), (911, o), (912, i), (913, o)];
        assert_eq!(counted(&all), (vec![(100, i), (900, o)], 6));
        // The same again within the time is one.
        assert_eq!(counted(&[(100, i), (110, i), (900, o)]), (vec![(100, i), (900, o)], 1));
    }

    #[test]
    fn a_step_that_is_short_but_real_is_kept() {
        let (i, o) = (true, false);
        assert_eq!(counted(&[(100, i), (130, o)]), (vec![(100, i), (130, o)], 0));
        assert_eq!(counted(&[(100, i), (151, o), (300, i)]), (vec![(100, i), (151, o), (300, i)], 0));
        assert_eq!(counted(&[(100, i), (130, o), (400, i)]), (vec![(100, i), (130, o), (400, i)], 0));
    }
}
