//! Where a recording is quiet: nothing was found, nothing is masked.

use crate::session::Session;
use crate::units::{SampleRate, Seconds, Span};

/// So much is kept free around whatever was found or masked, s.
const GUARD_S: f64 = 0.15;
/// And at either end of the recording.
const END_S: f64 = 1.0;

/// The quiet stretches of a recording, in frames and in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Quiet {
    rate: SampleRate,
    spans: Vec<Span>,
}

impl Quiet {
    /// Of the recording of `session`, whose frames come at `rate`.
    pub fn new(session: &Session, rate: SampleRate) -> Self {
        let candidates = session.candidates.iter().map(|c| (c.onset, c.duration));
        let masked = session.masked.iter().map(|m| (m.onset, m.duration));
        let mut busy: Vec<Span> = candidates
            .chain(masked)
            .map(|(onset, duration)| {
                let (from, to) = (onset - GUARD_S, onset + duration + GUARD_S);
                Span::new(rate.samples(Seconds::new(from)), rate.samples(Seconds::new(to)))
            })
            .collect();
        busy.sort();
        let end = session.source.frames.saturating_sub(rate.samples(Seconds::new(END_S)));
        let mut free = rate.samples(Seconds::new(END_S));
        let mut spans = Vec::new();
        for span in busy {
            let (start, stop) = (span.start.get(), span.end.get());
            if start.min(end) > free {
                spans.push(Span::new(free, start.min(end)));
            }
            free = free.max(stop);
        }
        if end > free {
            spans.push(Span::new(free, end));
        }
        Self { rate, spans }
    }

    /// How much of it there is, s.
    pub fn seconds(&self) -> f64 {
        self.rate.seconds(self.spans.iter().map(|s| s.len()).sum()).s()
    }

    /// The frame after the last quiet one.
    pub fn end(&self) -> u64 {
        self.spans.last().map_or(0, |s| s.end.get())
    }

    /// The first frame from `at` on at which `length` frames are quiet.
    pub fn next(&self, at: u64, length: usize) -> Option<u64> {
        let start = |s: &Span| s.start.get().max(at);
        let fits = |s: &&Span| start(s) + length as u64 <= s.end.get();
        let from = self.spans.partition_point(|s| s.end.get() <= at);
        self.spans[from..].iter().find(fits).map(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate() -> SampleRate {
        SampleRate::new(1000.0).unwrap()
    }

    #[test]
    fn a_place_is_quiet_for_all_of_its_length_and_the_first_there_is() {
        let spans = vec![Span::new(1000, 1500), Span::new(2000, 2050), Span::new(3000, 9000)];
        let quiet = Quiet { rate: rate(), spans: spans.clone() };
        let fits = |at: u64, length: usize| {
            spans.iter().any(|s| s.start.get() <= at && at + length as u64 <= s.end.get())
        };
        for length in [1, 50, 51, 500, 501, 6000] {
            for from in (0..9100).step_by(7) {
                let first = (from..9000).find(|at| fits(*at, length));
                assert_eq!(quiet.next(from, length), first, "{length} from {from}");
            }
        }
        assert_eq!(quiet.seconds(), 6.55);
    }
}
