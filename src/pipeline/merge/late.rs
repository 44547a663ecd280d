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

    /// Takes for a piece of an effort what waited for activity on another channel that has not turned out
    /// to be noise, and a knock for a knock.
    fn reject_late(&mut self, k: usize, known: u64) {
        let found = self.late[k];
        if !found.candidate.late && self.is_active_elsewhere(&found, known) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Candidate, Evidence, Reason, Shape, Threshold};
    use crate::pipeline::lane::Said;
    use crate::units::{SampleRate, Span};

    /// A burst that stands out little from activity around it.
    fn faint(snr_db: f32) -> Candidate {
        let shape = Shape {
            share: 0.3,
            centre: 1020,
            extrema: 9,
            jump: 0.3,
            balance: 0.8,
            swing: 1.1,
            lurch: 1.1,
            frequency_hz: 120.0,
            sharp: true,
            railed: 0.0,
        };
        let evidence = Evidence {
            ms: 50.0,
            power: 5.0,
            score: 3.0,
            score_without_pulse: 2.5,
            fit: 0.2,
            unfit: 1.0,
            pulse_ms: 20.0,
            run_ms: 50.0,
            score_over_surroundings: 1.4,
            score_over_rise: 3.0,
            level: 2.0,
            flanks: 0.3,
            score_over_flanks: 2.5,
            young_run: true,
            score_over_beat: 3.0,
            shape,
            kin: 0,
            edges: 0.0,
            beat: None,
            hum: None,
            tone: None,
        };
        Candidate {
            threshold: Threshold::Set,
            late: false,
            onset: 1000,
            offset: 1050,
            class: Class::Twitch,
            reason: Reason::Burst { ms: 50.0, over_db: 4.8 },
            score: 3.0,
            peak: 20.0,
            rms: 10.0,
            snr_db,
            discharges: 3,
            evidence,
        }
    }

    /// What is told of two faint bursts at once while a third channel is active: before it is known what
    /// that is, and after.
    fn told(noise: bool) -> [Vec<(Class, bool)>; 2] {
        let mut merge = Merge::new(SampleRate::new(1000.0).unwrap(), 3);
        let active = Span::new(900, 1200);
        merge.take(2, Said::Active(active, false));
        merge.take(0, Said::Candidate(faint(7.0), Span::new(1000, 1050)));
        merge.take(1, Said::Candidate(faint(6.0), Span::new(1000, 1050)));
        [2000, 20_000].map(|settled| {
            if noise && settled > 2000 {
                merge.take(2, Said::Active(active, true));
            }
            let mut all = Vec::new();
            merge.tell(settled, &mut |event| match event {
                Event::Candidate(found) => all.push((found.candidate.class, false)),
                Event::Twitch(found) => all.push((found.candidate.class, true)),
                _ => {}
            });
            all
        })
    }

    #[test]
    fn bursts_at_once_on_two_channels_wait_together_for_what_a_third_had() {
        let (candidate, twitch) = ((Class::Twitch, false), (Class::Twitch, true));
        assert_eq!(told(true), [vec![], vec![candidate, candidate, twitch]]);
        assert_eq!(told(false), [vec![], vec![(Class::Effort, false); 2]]);
    }
}
