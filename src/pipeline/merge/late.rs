//! Twitches that are known seconds after they were: what they lie on, or what another channel had with
//! them, was taken for an effort, and has gone on as noise since.

use super::{Event, Found, Merge};
use crate::detect::{Class, KNOWN_S};

/// So long after a twitch every channel has told what it knows of it by then, s: it may lie half a second
/// before the step, and be told a moment after it is known.
pub const LATE_S: f64 = KNOWN_S + 0.85;

impl Merge {
    /// Tells what is known late and lies so long before frame `settled`, in order of onset.
    pub(super) fn tell_late(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.late.sort_unstable_by_key(|f| (f.span.start, f.channel, f.span.end));
        let mut told = 0;
        while let Some(count) = self.late_group(told, settled) {
            let end = self.late[told..told + count].iter().map(|f| f.span.end.get()).max().unwrap_or(0);
            for k in told..told + count {
                self.reject_late(k, end + self.delay);
                sink(Event::Candidate(self.late[k]));
            }
            if let Some(twitch) = strongest(&self.late[told..told + count])
                && !self.is_told(&twitch)
            {
                sink(Event::Twitch(twitch));
            }
            told += count;
        }
        self.late.drain(..told);
    }

    /// How many from place `from` on overlap; `None` if their time has not come.
    fn late_group(&self, from: usize, settled: u64) -> Option<usize> {
        let mut end = self.late.get(from)?.span.end.get();
        let mut count = 1;
        for next in &self.late[from + 1..] {
            if next.span.start.get() > end + self.together {
                break;
            }
            end = end.max(next.span.end.get());
            count += 1;
        }
        (settled == u64::MAX || end.saturating_add(self.delay) < settled).then_some(count)
    }

    /// Takes what is still an effort's, or was a knock, for that.
    fn reject_late(&mut self, k: usize, known: u64) {
        let found = self.late[k];
        if !found.candidate.late && self.is_spread(&found, known) {
            self.late[k].candidate.become_spread();
        } else if let Some(ratio) = self.alike(&found) {
            self.late[k].candidate.become_knock(ratio);
        }
    }

    /// Whether a twitch that overlaps this one was told at once.
    fn is_told(&self, twitch: &Found) -> bool {
        let overlaps = |f: &Found| {
            f.span.start.get() <= twitch.span.end.get() + self.together
                && twitch.span.start.get() <= f.span.end.get() + self.together
        };
        self.told.iter().chain(&self.waiting).any(|f| f.candidate.class == Class::Twitch && overlaps(f))
    }
}

/// The twitch that is strongest, the first of them where several are.
pub fn strongest(group: &[Found]) -> Option<Found> {
    group.iter().filter(|f| f.candidate.class == Class::Twitch).fold(None, |best, f| match best {
        Some(b) if b.candidate.snr_db >= f.candidate.snr_db => Some(b),
        _ => Some(*f),
    })
}
