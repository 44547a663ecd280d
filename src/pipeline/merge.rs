//! From the channels' candidates to events in order of time, and twitches told once.

use super::lane::Said;
use super::{Event, Found, Mask};
use crate::detect::{Class, Reason};
use crate::units::{SampleIndex, SampleRate, Seconds, Span};

/// Twitches on two channels whose spans come this close are one.
const TOGETHER_S: f64 = 0.02;
/// Nothing is told of a candidate before this long after its onset, s: what began with it on
/// other channels must be known.
const HOLD_S: f64 = 0.3;
/// A knock reaches every channel about as strongly, within this ratio of its peaks; of muscle, a
/// channel two electrodes away sees a third.
const EVERYWHERE: f32 = 2.2;
/// and swings below the band this many times as far as in it (see the shape of pulses).
const SWING: f32 = 1.5;
/// Room for candidates that wait; more than the channels can raise in the time they wait.
const ROOM: usize = 1024;

/// Holds candidates until every channel has said what it has to say about their time.
#[derive(Debug)]
pub struct Merge {
    waiting: Vec<Found>,
    /// Masked spans and their channels.
    masked: Vec<(usize, Mask, Span)>,
    together: u64,
    hold: u64,
    channels: usize,
}

impl Merge {
    /// For a recording of `channels` channels at `rate`.
    pub fn new(rate: SampleRate, channels: usize) -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            masked: Vec::with_capacity(ROOM),
            together: rate.samples(Seconds::new(TOGETHER_S)),
            hold: rate.samples(Seconds::new(HOLD_S)),
            channels,
        }
    }

    /// Takes what a lane says.
    pub fn take(&mut self, channel: usize, said: Said) {
        match said {
            Said::Candidate(candidate, span) => self.waiting.push(Found { channel, span, candidate }),
            Said::Masked(why, span) => self.masked.push((channel, why, span)),
        }
    }

    /// Tells what is masked in the order in which it ended, then everything that lies before
    /// frame `settled`, in order of onset.
    pub fn tell(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.masked.sort_unstable_by_key(|(channel, why, span)| (span.end, *channel, span.start, *why));
        for (channel, why, span) in self.masked.drain(..) {
            sink(Event::Masked { channel: Some(channel), span, why });
        }
        if self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_unstable_by_key(|f| (f.span.start, f.channel, f.span.end));
        self.find_knocks();
        let mut told = 0;
        while told < self.waiting.len() {
            let count = self.group(&self.waiting[told..]);
            let group = &self.waiting[told..told + count];
            let end = group.iter().map(|f| f.span.end.get()).max().unwrap_or(0);
            let known = end.saturating_add(self.together).max(group[0].span.start.get() + self.hold);
            if known >= settled && settled != u64::MAX {
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

    /// Takes what struck every channel at once and alike for a knock, not a twitch.
    fn find_knocks(&mut self) {
        if self.channels < 2 {
            return;
        }
        for k in 0..self.waiting.len() {
            if self.waiting[k].candidate.class != Class::Twitch {
                continue;
            }
            if let Some(ratio) = self.everywhere(self.waiting[k].span.start) {
                self.waiting[k].candidate.class = Class::Pop;
                self.waiting[k].candidate.reason = Reason::Everywhere { ratio: f64::from(ratio) };
            }
        }
    }

    /// The ratio of the largest to the least peak of what began at `onset`, if that was on every
    /// channel, about as strong and on a swing.
    fn everywhere(&self, onset: SampleIndex) -> Option<f32> {
        let near = |f: &&Found| f.span.start.get().abs_diff(onset.get()) <= self.together;
        let (mut least, mut most, mut swing, mut seen) = (f32::INFINITY, 0.0f32, 0.0f32, 0);
        for channel in 0..self.channels {
            let own = self.waiting.iter().filter(near).filter(|f| f.channel == channel);
            let peak = own.clone().map(|f| f.candidate.peak).fold(0.0, f32::max);
            swing = own.map(|f| f.candidate.evidence.shape.swing).fold(swing, f32::max);
            (least, most) = (least.min(peak), most.max(peak));
            seen += usize::from(peak > 0.0);
        }
        let alike = seen == self.channels && most <= EVERYWHERE * least && swing > SWING;
        alike.then(|| most / least)
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
