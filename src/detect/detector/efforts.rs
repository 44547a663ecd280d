//! Efforts: spans of their own, on the long floor.

use super::{ACTIVE_EVERY, Detector};
use crate::detect::bursts::{Heard, Look};
use crate::detect::scene::is_filled;
use crate::detect::score::Moment;
use crate::detect::verdict::Candidate;

/// A stretch of activity on the long floor that outlasts a twitch, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    /// Its first sample.
    pub from: u64,
    /// The sample after its last one.
    pub to: u64,
    /// It is known to be noise that stepped up.
    pub noise: bool,
}

impl Detector {
    /// Efforts are spans of their own: runs on the long floor that outlast a twitch.
    pub(super) fn follow_effort(&mut self, at: u64, moment: Moment, sink: &mut impl FnMut(Candidate)) {
        let ended = self.efforts.push(Look {
            at,
            active: moment.active_long,
            heard: [moment.heard_long(at), Heard::default()],
        });
        if at.is_multiple_of(ACTIVE_EVERY) {
            self.note_active();
        }
        let Some(run) = ended else { return };
        let pending = self.effort.take();
        if self.doubts.is_noise(run.first) {
            return;
        }
        let (onset, offset) = (run.first * self.clock.hop, (run.last + 1) * self.clock.hop);
        let length = run.last + 1 - run.first;
        let long = self.clock.time(length) > self.limits.longest && is_filled(run.held, length);
        if long {
            self.effort_ended = Some(run.last);
            let (onset, offset) =
                pending.map_or((onset, offset), |p| (onset.min(p.onset), offset.max(p.offset)));
            sink(self.scene().effort(onset, offset, run.score()));
        } else if let Some(pending) = pending {
            sink(pending);
        }
    }

    /// Notes how far activity on the long floor has come that outlasts a twitch.
    fn note_active(&mut self) {
        if let Some(run) = self.efforts.open() {
            let length = run.last + 1 - run.first;
            if self.clock.time(length) > self.limits.longest && is_filled(run.held, length) {
                let (from, to) = (run.first * self.clock.hop, (run.last + 1) * self.clock.hop);
                self.active.push(Active { from, to, noise: false });
            }
        }
    }

    /// Takes the stretches of activity: several times a stretch while it goes on.
    pub fn take_active(&mut self) -> impl Iterator<Item = Active> + '_ {
        self.active.drain(..)
    }

    /// Keeps an effort until the activity that it is part of has ended. Where there is none on the
    /// long floor, nothing would end it.
    pub(super) fn remember_effort(&mut self, found: Candidate, sink: &mut impl FnMut(Candidate)) {
        if self.efforts.since().is_none() {
            return sink(found);
        }
        match &mut self.effort {
            Some(effort) => {
                effort.onset = effort.onset.min(found.onset);
                effort.offset = effort.offset.max(found.offset);
                effort.score = effort.score.max(found.score);
                effort.peak = effort.peak.max(found.peak);
            }
            None => self.effort = Some(found),
        }
    }
}
