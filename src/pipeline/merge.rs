//! From the channels' candidates to events in order of time, and twitches told once.

mod late;

use super::lane::Said;
use super::{Event, Found, Mask};
use crate::detect::{CREST, Class, LONGEST_EFFORT_S, Reason};
use crate::units::{SampleRate, Seconds, Span};

use late::{LATE_S, strongest};

/// Twitches on two channels whose spans come this close are one.
const TOGETHER_S: f64 = 0.02;
/// Nothing is told of a candidate before this long after its onset, s: what began with it on
/// other channels must be known.
const HOLD_S: f64 = 0.3;
/// A knock reaches three channels or more about as strongly, within this ratio of their peaks; of
/// muscle, a channel two electrodes away sees a third. Of two channels they must be closer. Only
/// channels that saw something count, so that one more that is quiet changes nothing.
const ALIKE_OF_MANY: f32 = 2.2;
const ALIKE_OF_TWO: f32 = 1.5;
/// and lurches above 20 Hz this many times as far as in the band (see the shape of pulses): of
/// simulated knocks 95 in 100 do, of twitches 10 in 100.
const LURCH: f32 = 1.4;
/// and where it is strongest it is little more than one pulse: without that, less than this share
/// of its score remains. With 0.6, 40 ms and any swing, 16 of 990 simulated twitches among knocks and strokes are
/// taken for knocks; with this and the next two 1, and in two hours with 8 knocks a minute 16 are counted, 13 then.
const REST: f32 = 0.45;
/// What is left without the pulse must be as much alike, unless it is less than this share of the score:
/// then it may be what no form of a pulse fits.
const LITTLE_LEFT: f32 = 0.2;
/// A knock begins with its pulse, which comes within this time of the onset,
const LATE_MS: f64 = 20.0;
/// and swings less than this above 5 Hz, over its peak in the band: what swings further is a stroke.
const SWING: f32 = 3.0;
/// A single pulse that comes so near to that of a movement on another channel is a part of it, unless it is so
/// much larger that it may be the source of both: of what was counted in simulated sessions 30 of 5803 twitches and
/// 46 of 305 false ones.
const WITH_MS: f64 = 40.0;
const AS_LARGE: f32 = 0.7;
/// While there is an effort on another channel, what surrounds a burst is a part of it if it lies over
/// the long floor for more than this share of the time on one side; the burst must stand out as a crest
/// must.
const SPREAD: f32 = 0.2;
/// What stands out by less than this is a part of it whatever surrounds it, and so it is where there is a crest
/// on another channel, with it or a moment before it: an effort may be too weak and patchy to be one everywhere.
const FAINT: f32 = 1.5;
/// Room for candidates that wait; more than the channels can raise in the time they wait.
const ROOM: usize = 1024;
/// Room for what is active on one channel: notes of ten seconds.
const ACTIVE_ROOM: usize = 512;

/// The share of a candidate's score that is left without its pulses.
fn left_share(found: &Found) -> f32 {
    found.candidate.evidence.score_without_pulse / found.candidate.evidence.score
}

/// The least and the largest of several amplitudes.
struct Range {
    least: f32,
    most: f32,
}

impl Default for Range {
    fn default() -> Self {
        Self { least: f32::INFINITY, most: 0.0 }
    }
}

impl Range {
    fn take(&mut self, value: f32) {
        (self.least, self.most) = (self.least.min(value), self.most.max(value));
    }

    fn is_within(&self, factor: f32) -> bool {
        self.most <= factor * self.least
    }
}

/// Activity on a channel that outlasts a twitch, as far as it had come at some time.
#[derive(Debug)]
struct Active {
    channel: usize,
    span: Span,
    /// It is known to be noise.
    noise: bool,
}

/// Holds candidates until every channel has said what it has to say about their time.
#[derive(Debug)]
pub struct Merge {
    waiting: Vec<Found>,
    /// What is to be told late.
    late: Vec<Found>,
    /// What was told a moment ago and may have begun together with what waits, or be a crest before it.
    told: Vec<Found>,
    active: Vec<Active>,
    /// The places of those that were found to be pieces of efforts, and whether that may turn out to be
    /// noise; room that is used again.
    spread: Vec<(usize, bool)>,
    /// Masked spans and their channels.
    masked: Vec<(usize, Mask, Span)>,
    rate: SampleRate,
    together: u64,
    hold: u64,
    longest_effort: u64,
    delay: u64,
    channels: usize,
}

impl Merge {
    /// For a recording of `channels` channels at `rate`.
    pub fn new(rate: SampleRate, channels: usize) -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            late: Vec::with_capacity(ROOM),
            told: Vec::with_capacity(ROOM),
            active: Vec::with_capacity(ACTIVE_ROOM * channels),
            masked: Vec::with_capacity(ROOM),
            spread: Vec::with_capacity(ROOM),
            rate,
            longest_effort: rate.samples(Seconds::new(LONGEST_EFFORT_S)),
            delay: rate.samples(Seconds::new(LATE_S)),
            together: rate.samples(Seconds::new(TOGETHER_S)),
            hold: rate.samples(Seconds::new(HOLD_S)),
            channels,
        }
    }

    /// Takes what a lane says.
    pub fn take(&mut self, channel: usize, said: Said) {
        match said {
            Said::Candidate(candidate, span) => {
                let found = Found { channel, span, candidate };
                if candidate.late { self.late.push(found) } else { self.waiting.push(found) }
            }
            Said::Masked(why, span) => self.masked.push((channel, why, span)),
            Said::Active(span, noise) => {
                let same = |a: &&mut Active| a.channel == channel && a.span.start == span.start;
                if noise {
                    self.active.iter_mut().filter(same).for_each(|a| a.noise = true);
                    return;
                }
                // Over a pause that is bridged, it is told again how far it has come.
                let newest = self.active.iter().rev().find(|a| a.channel == channel);
                if newest.is_none_or(|a| a.span != span) {
                    let noise = newest.is_some_and(|a| a.noise && a.span.start == span.start);
                    self.active.push(Active { channel, span, noise });
                }
            }
        }
    }

    /// Tells what is masked in the order in which it ended, then everything that lies before
    /// frame `settled`, in order of onset.
    pub fn tell(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.masked.sort_unstable_by_key(|(channel, why, span)| (span.end, *channel, span.start, *why));
        for (channel, why, span) in self.masked.drain(..) {
            sink(Event::Masked { channel: Some(channel), span, why });
        }
        let waiting = self.waiting.iter().map(|f| f.span.start.get());
        let needed = waiting.min().unwrap_or(settled).min(settled.saturating_sub(self.delay));
        let needed = self.late.iter().map(|f| f.span.start.get()).fold(needed, u64::min);
        self.active.retain(|a| a.span.end.get() + self.hold > needed);
        self.told.retain(|f| f.span.end.get() + self.hold > needed);
        self.tell_soon(settled, sink);
        self.tell_late(settled, sink);
    }

    fn tell_soon(&mut self, settled: u64, sink: &mut impl FnMut(Event)) {
        self.waiting.sort_unstable_by_key(|f| (f.span.start, f.channel, f.span.end));
        let mut told = 0;
        while told < self.waiting.len() {
            let count = self.group(&self.waiting[told..]);
            let group = &self.waiting[told..told + count];
            let end = group.iter().map(|f| f.span.end.get()).max().unwrap_or(0);
            let known = end.saturating_add(self.together).max(group[0].span.start.get() + self.hold);
            if known >= settled && settled != u64::MAX {
                break;
            }
            self.find_knocks(told, told + count);
            self.find_movement(told, told + count, known);
            self.find_spread(told, told + count, known);
            let group = &self.waiting[told..told + count];
            group.iter().filter(|f| !f.candidate.late).for_each(|f| sink(Event::Candidate(*f)));
            if let Some(twitch) = strongest(group) {
                sink(Event::Twitch(twitch));
            }
            told += count;
        }
        self.told.extend(self.waiting.drain(..told));
    }

    /// Takes, of those that are about to be told, what struck several channels at once and alike
    /// for a knock.
    fn find_knocks(&mut self, from: usize, to: usize) {
        for k in from..to {
            if self.waiting[k].candidate.class != Class::Twitch {
                continue;
            }
            if let Some(ratio) = self.alike(&self.waiting[k]) {
                self.waiting[k].candidate.become_knock(ratio);
            }
        }
    }

    /// Takes, of those that are about to be told, what is one pulse and nothing else, and came with a movement
    /// on another channel, for a part of that: a needle moves the skin, and a knock all cables.
    fn find_movement(&mut self, from: usize, to: usize, known: u64) {
        for k in from..to {
            if let Some(apart_ms) = self.moves_along(&self.waiting[k], known) {
                self.waiting[k].candidate.become_movement(apart_ms);
            }
        }
    }

    /// How far its pulse is from that of a movement on another channel, ms, if it is one pulse and that one is
    /// no smaller, as far as was known at frame `known`.
    fn moves_along(&self, found: &Found, known: u64) -> Option<f64> {
        let one_pulse = found.candidate.evidence.score_without_pulse < 1.0;
        if found.candidate.class != Class::Twitch || !one_pulse {
            return None;
        }
        let moved = |f: &&Found| {
            // What was taken for movement by this very rule says nothing more.
            let itself =
                f.candidate.class == Class::Movement && !matches!(f.candidate.reason, Reason::Along { .. });
            let as_large = f.candidate.peak >= AS_LARGE * found.candidate.peak;
            itself && as_large && f.channel != found.channel && f.span.end.get() <= known
        };
        let apart = |f: &Found| (self.pulse_ms(f) - self.pulse_ms(found)).abs();
        let nearest = self.told.iter().chain(&self.waiting).filter(moved).map(apart).min_by(f64::total_cmp);
        nearest.filter(|ms| *ms <= WITH_MS)
    }

    /// When its best pulse comes, ms.
    fn pulse_ms(&self, found: &Found) -> f64 {
        self.rate.seconds(found.span.start.get()).ms() + found.candidate.evidence.pulse_ms
    }

    /// Takes, of those that are about to be told, what does not stand out while there is an effort on
    /// another channel for a part of it: activity spreads, and is faint and patchy far from its source.
    fn find_spread(&mut self, from: usize, to: usize, known: u64) {
        // All are looked at before any is changed, or the order of channels would matter.
        let mut spread = std::mem::take(&mut self.spread);
        for k in from..to {
            let found = &self.waiting[k];
            if self.is_spread(found, known) {
                spread.push((k, !self.follows_crest(found, known)));
            }
        }
        for (k, may_be_noise) in spread.drain(..) {
            // If what goes on there turns out to be noise, it is a twitch, told late.
            if may_be_noise {
                self.late.push(self.waiting[k]);
            }
            self.waiting[k].candidate.become_spread();
            self.waiting[k].candidate.late = may_be_noise;
        }
        self.spread = spread;
    }

    fn is_spread(&self, found: &Found, known: u64) -> bool {
        let evidence = &found.candidate.evidence;
        let over = evidence.score_over_surroundings;
        let elsewhere =
            || self.is_active_elsewhere(found, known) || (over < FAINT && self.follows_crest(found, known));
        let faint = over < FAINT || (over < CREST && evidence.flanks > SPREAD);
        found.candidate.class == Class::Twitch && faint && elsewhere()
    }

    /// Whether on another channel a crest came with `found`, or a moment before it, as far as was known at
    /// frame `known`.
    fn follows_crest(&self, found: &Found, known: u64) -> bool {
        let onset = found.span.start.get();
        self.told.iter().chain(&self.waiting).any(|f| {
            let (began, ended) = (f.span.start.get(), f.span.end.get());
            let near = began <= onset + self.together && onset <= ended + self.hold;
            f.candidate.class == Class::Effort && f.channel != found.channel && near && ended <= known
        })
    }

    /// Whether activity on another channel that is no older than an effort covers `found`, as far as
    /// was known at frame `known`.
    fn is_active_elsewhere(&self, found: &Found, known: u64) -> bool {
        let (onset, offset) = (found.span.start.get(), found.span.end.get());
        self.active.iter().filter(|a| !a.noise).any(|Active { channel, span, .. }| {
            let (began, end) = (span.start.get(), span.end.get());
            *channel != found.channel
                && began <= onset + self.together
                && end + self.together >= offset
                && end <= known
                && onset < began + self.longest_effort
        })
    }

    /// The ratio of the largest to the least peak of what began with `this`, if that is a knock: on several
    /// channels, about as strong and a lurch on each, and so is what is left without the pulse, which
    /// of a twitch on a stroke or a beat is not.
    fn alike(&self, this: &Found) -> Option<f32> {
        let onset = this.span.start.get();
        let near = |f: &&Found| f.span.start.get().abs_diff(onset) <= self.together;
        let (mut peaks, mut left) = (Range::default(), Range::default());
        let (mut lurch, mut rest, mut swing, mut seen) = (f32::INFINITY, 0.0, 0.0, 0);
        for channel in 0..self.channels {
            let all = self.told.iter().chain(&self.waiting).chain(&self.late);
            let own = all.filter(near).filter(|f| f.channel == channel);
            let strongest = own.max_by(|a, b| a.candidate.peak.total_cmp(&b.candidate.peak));
            let Some(found) = strongest else { continue };
            let (peak, share) = (found.candidate.peak, left_share(found));
            if peak > peaks.most {
                (rest, swing) = (share, found.candidate.evidence.shape.swing);
            }
            lurch = lurch.min(found.candidate.evidence.shape.lurch);
            peaks.take(peak);
            left.take(peak * share.max(0.0).sqrt());
            seen += 1;
        }
        let alike = match seen {
            0 | 1 => return None,
            2 => ALIKE_OF_TWO,
            _ => ALIKE_OF_MANY,
        };
        let late = this.candidate.evidence.pulse_ms > LATE_MS;
        let alike_left = left.is_within(alike) || left_share(this) < LITTLE_LEFT;
        let one_pulse = rest < REST && swing < SWING && lurch > LURCH && !late;
        let knock = peaks.is_within(alike) && alike_left && one_pulse;
        knock.then(|| peaks.most / peaks.least)
    }

    /// The first frame of what waits to be told; `None` if nothing does.
    pub fn untold(&self) -> Option<u64> {
        self.waiting.iter().chain(&self.late).map(|f| f.span.start.get()).min()
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.late.clear();
        self.told.clear();
        self.active.clear();
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
