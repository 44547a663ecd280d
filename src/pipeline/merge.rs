//! From the channels' candidates to events in order of time, and twitches told once.

use super::lane::Said;
use super::{Event, Found, Mask};
use crate::detect::Class;
use crate::units::{SampleRate, Seconds, Span};

/// Twitches on two channels whose spans come this close are one.
const TOGETHER_S: f64 = 0.02;
/// Room for candidates that wait; more than the channels can raise in the time they wait.
const ROOM: usize = 1024;

/// Holds candidates until every channel has said what it has to say about their time.
#[derive(Debug)]
pub struct Merge {
    waiting: Vec<Found>,
    /// Masked spans: when they were known, on which channel.
    masked: Vec<(u64, usize, Mask, Span)>,
    together: u64,
}

impl Merge {
    /// For a recording of `rate`.
    pub fn new(rate: SampleRate) -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            masked: Vec::with_capacity(ROOM),
            together: rate.samples(Seconds::new(TOGETHER_S)),
        }
    }

    /// Takes what a lane says, and at which frame it knew.
    pub fn take(&mut self, channel: usize, at: u64, said: Said) {
        match said {
            Said::Candidate(candidate, span) => self.waiting.push(Found { channel, span, candidate }),
            Said::Masked(why, span) => self.masked.push((at, channel, why, span)),
        }
    }

    /// Tells what is masked in the order in which it was known, then everything that lies
    /// before frame `settled`, in order of onset.
    pub fn tell(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.masked.sort_unstable_by_key(|(at, channel, _, span)| (*at, *channel, *span));
        for (_, channel, why, span) in self.masked.drain(..) {
            sink(Event::Masked { channel: Some(channel), span, why });
        }
        if self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_unstable_by_key(|f| (f.span.start, f.channel, f.span.end));
        let mut told = 0;
        while told < self.waiting.len() {
            let count = self.group(&self.waiting[told..]);
            let group = &self.waiting[told..told + count];
            let end = group.iter().map(|f| f.span.end.get()).max().unwrap_or(0);
            if end.saturating_add(self.together) >= settled && settled != u64::MAX {
                break;
            }
            group.iter().for_each(|f| sink(Event::Candidate(*f)));
            let strongest = |best: Option<Found>, f: &Found| match best {
                Some(b) if b.candidate.snr_db >= f.candidate.snr_db => Some(b),
                _ => Some(*f),
            };
            let twitches = group.iter().filter(|f| f.candidate.class == Class::Twitch);
            if let Some(twitch) = twitches.fold(None, strongest) {
                sink(Event::Twitch(twitch));
            }
            told += count;
        }
        self.waiting.drain(..told);
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.masked.clear();
    }

    /// How many of the first candidates belong together: one, or a twitch and every twitch that
    /// overlaps it on another channel.
    fn group(&self, sorted: &[Found]) -> usize {
        let mut reach: Option<Span> = None;
        for (n, found) in sorted.iter().enumerate() {
            let apart = reach.is_some_and(|r| found.span.start > r.end + self.together);
            if apart {
                return n;
            }
            if found.candidate.class != Class::Twitch {
                // A rejected candidate stands alone; between twitches of one group it waits.
                if reach.is_none() {
                    return n + 1;
                }
                continue;
            }
            let end = reach.map_or(found.span.end, |r| r.end.max(found.span.end));
            reach = Some(Span { start: found.span.start, end });
        }
        sorted.len()
    }
}
