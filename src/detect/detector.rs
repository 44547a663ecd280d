//! One channel from conditioned samples to candidates, with a bounded look-ahead.

use super::bursts::{Burst, Bursts};
use super::classify::{Evidence, Lengths, classify};
use super::extent::extent;
use super::heart::{Beat, Heart};
use super::measure::measure;
use super::score::{FLOOR_WINDOW, Moment, Score};
use super::shape::{Shape, shape};
use super::tape::{Clock, Forms, Tape};
use super::verdict::{Candidate, Class, Reason};
use crate::signal::envelope::WINDOWS;
use crate::signal::floor::quantile;
use crate::units::{Hertz, Seconds};

/// How long the verdict on a moment waits for what follows, s.
pub const LOOK_AHEAD_S: f64 = 0.5;
/// Nothing is decided before this much was heard, s; then it is decided for all of it.
pub const START_S: f64 = 5.0;
/// Signal that is kept for verdicts, s.
const KEPT_S: f64 = 8.0;
/// A hop-by-hop burst is closed by force after this long, s.
const MOST_S: f64 = 2.0;
/// Pauses up to this long do not end an effort, ms.
const EFFORT_BRIDGE_MS: f64 = 60.0;
/// Energies of 64 ms bridge pauses by themselves; a run of them bridges this much more, ms.
const RUN_BRIDGE_MS: f64 = 24.0;
/// Surroundings are looked at from a small distance over this length on either side, ms.
const SURROUNDINGS_MS: f64 = 300.0;
const DISTANCE_MS: f64 = 48.0;
/// Efforts last up to about this long, s (guarding: 0.4 to 3 s); what lasts longer is a new floor.
const LONGEST_EFFORT_S: f64 = 3.3;
/// One beat differs from the next: this much of the usual beat is taken off.
const BEAT_MARGIN: f32 = 2.0;
/// What a step leaves behind the filter is over after this, ms; it begins this much before.
const RING_MS: (f64, f64) = (8.0, 22.0);
/// The least number of energies a floor may rest on: half a second.
const LEAST_HEARD: usize = 30;

/// What a detector is asked to keep to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// False alarms a minute.
    pub budget_per_min: f64,
    /// Shortest twitch.
    pub shortest: Seconds,
    /// Longest twitch.
    pub longest: Seconds,
    /// Bursts closer than this are one.
    pub merge_gap: Seconds,
    /// How far the floor looks back.
    pub floor: Seconds,
    /// The width of the detection band.
    pub bandwidth: Hertz,
}

/// What could be seen on the channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Noise RMS in the detection band, in the samples' unit.
    pub noise_rms: f64,
    /// Threshold over the mean noise power for a window of 64 ms, dB.
    pub threshold_db: f64,
    /// The smallest burst of 20, 50, 100 ms found with 90 %, RMS, in the samples' unit.
    pub smallest_rms: [f64; 3],
    /// Heart beats recognised.
    pub beats: u64,
}

/// One channel's detector.
#[derive(Debug, Clone)]
pub struct Detector {
    clock: Clock,
    ahead: u64,
    start_hops: u64,
    limits: Limits,
    tape: Tape,
    score: Score,
    heart: Heart,
    bursts: Bursts,
    efforts: Bursts,
    effort: Option<Candidate>,
    decided: u64,
    started: bool,
    last_offset: u64,
}

impl Detector {
    /// For samples and hops of `clock`.
    pub fn new(clock: Clock, limits: Limits) -> Self {
        let tape = Tape::new(clock, Seconds::new(KEPT_S));
        let most = clock.hops(Seconds::new(MOST_S));
        Self {
            clock,
            ahead: clock.hops(Seconds::new(LOOK_AHEAD_S)),
            start_hops: clock.hops(Seconds::new(START_S)),
            limits,
            score: Score::new(clock, &tape, limits),
            heart: Heart::new(clock, clock.hops(Seconds::new(KEPT_S)) as usize),
            bursts: Bursts::new(clock.hops(limits.merge_gap), most),
            efforts: Bursts::new(clock.hops(Seconds::from_ms(EFFORT_BRIDGE_MS)), u64::MAX),
            effort: None,
            decided: 0,
            started: false,
            last_offset: 0,
            tape,
        }
    }

    /// How far back from the newest sample everything has been decided, at the latest.
    pub fn look_ahead(&self) -> u64 {
        self.ahead
    }

    /// The power of the converter's steps, below which no floor can lie.
    pub fn set_quantum(&mut self, power: f32) {
        self.score.set_quantum(power);
    }

    /// Takes the next sample.
    pub fn push(&mut self, forms: Forms, valid: bool, railed: bool, sink: &mut impl FnMut(Candidate)) {
        if !self.tape.push(forms, valid, railed) {
            return;
        }
        self.score.hear(&self.tape);
        self.heart.hear(&self.tape);
        if !self.started {
            if self.tape.hops() < self.start_hops {
                return;
            }
            self.start();
        }
        self.decide(sink);
    }

    /// Learns from all that was heard so far, before anything is decided on it.
    fn start(&mut self) {
        self.started = true;
        let until = self.tape.hops().saturating_sub(self.look_ahead());
        for at in 0..until {
            self.score.learn(&self.tape, at);
            self.listen(at);
        }
        self.score.settle();
    }

    fn listen(&mut self, at: u64) {
        let (tape, floor) = (&self.tape, self.score.floor());
        let floor = floor.max(f32::MIN_POSITIVE);
        self.heart.look(at, |hop| tape.detect.around(0, hop).unwrap_or(0.0) / floor);
    }

    fn decide(&mut self, sink: &mut impl FnMut(Candidate)) {
        let until = self.tape.hops().saturating_sub(self.look_ahead());
        while self.decided < until {
            let at = self.decided;
            self.decided += 1;
            if at + self.look_ahead() >= self.start_hops {
                self.score.learn(&self.tape, at);
                self.listen(at);
            }
            if self.score.heard() < LEAST_HEARD {
                continue;
            }
            let moment = self.score.moment(&self.tape, at);
            if let Some(burst) = self.bursts.push(at, moment.active, moment.score) {
                self.judge(burst, sink);
            }
            self.follow_effort(at, moment, sink);
        }
    }

    /// Efforts are spans of their own: runs on the long floor that outlast a twitch.
    fn follow_effort(&mut self, at: u64, moment: Moment, sink: &mut impl FnMut(Candidate)) {
        let Some(run) = self.efforts.push(at, moment.active_long, moment.score_long) else { return };
        let pending = self.effort.take();
        let (onset, offset) = (run.first * self.clock.hop, (run.last + 1) * self.clock.hop);
        let long = self.clock.time(run.last + 1 - run.first) > self.limits.longest;
        if long {
            let (onset, offset) =
                pending.map_or((onset, offset), |p| (onset.min(p.onset), offset.max(p.offset)));
            let ms = self.clock.rate.seconds(offset - onset).ms();
            let m = measure(&self.tape, self.clock, onset, offset, self.score.amplitude_power());
            let shape = shape(&self.tape, self.clock, onset, offset);
            let evidence = Evidence {
                ms,
                score: run.score,
                score_without_pulse: run.score,
                run_ms: ms,
                score_over_surroundings: run.score,
                level: 1.0,
                young_run: true,
                score_over_beat: run.score,
                shape,
                beat: None,
            };
            let (class, reason) = (Class::Effort, Reason::TooLong { ms });
            let score = run.score;
            sink(Candidate::new(onset, offset, class, reason, score, m, evidence));
        } else if let Some(pending) = pending {
            sink(pending);
        }
    }

    /// Judges a burst, and what else of it crossed the threshold away from its peak.
    fn judge(&mut self, burst: Burst, sink: &mut impl FnMut(Candidate)) {
        let bridge = self.clock.hops(self.limits.merge_gap);
        let mut todo = [Some(burst), None, None, None, None, None];
        for k in 0..todo.len() {
            let Some(part) = todo[k] else { break };
            let found = self.candidate(part);
            let (first, last) = (found.onset / self.clock.hop, found.offset / self.clock.hop);
            if found.class == Class::Effort {
                self.remember_effort(found);
            } else if found.offset > self.last_offset {
                self.last_offset = found.offset;
                sink(found);
            }
            for (from, to) in [(part.first, first.saturating_sub(bridge)), (last + bridge, part.last + 1)] {
                let rest = self.rest(from, to);
                if let (Some(rest), Some(free)) = (rest, todo.iter_mut().find(|t| t.is_none())) {
                    *free = Some(rest);
                }
            }
        }
    }

    /// What crossed the threshold between two hops, as a burst of its own.
    fn rest(&self, from: u64, to: u64) -> Option<Burst> {
        let mut rest: Option<Burst> = None;
        for at in from..to {
            let moment = self.score.moment(&self.tape, at);
            if moment.score >= 1.0 {
                let burst = rest.get_or_insert(Burst { first: from, last: to - 1, score: 0.0, peak: at });
                if moment.score > burst.score {
                    (burst.score, burst.peak) = (moment.score, at);
                }
            }
        }
        rest
    }

    fn remember_effort(&mut self, found: Candidate) {
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

    fn candidate(&self, burst: Burst) -> Candidate {
        let hop = self.clock.hop;
        let noise = f64::from(self.score.noise_power());
        let margin = self.clock.hops(Seconds::from_ms(32.0));
        let (from, to) = (burst.first.saturating_sub(margin) * hop, (burst.last + 1 + margin) * hop);
        let peak = self.loudest(burst.peak);
        let inside = f64::from(self.tape.detect.around(0, peak / hop).unwrap_or(0.0));
        let (onset, offset) = extent(&self.tape, peak, from, to, noise, inside);
        let shape = shape(&self.tape, self.clock, onset, offset);
        let evidence = self.evidence(burst, onset, offset, shape);
        let lengths = Lengths { shortest: self.limits.shortest.ms(), longest: self.limits.longest.ms() };
        let (class, reason) = classify(&evidence, lengths);
        let m = measure(&self.tape, self.clock, onset, offset, self.score.amplitude_power());
        Candidate::new(onset, offset, class, reason, burst.score, m, evidence)
    }

    /// The loudest sample within the longest window around a hop.
    fn loudest(&self, at: u64) -> u64 {
        let half = self.tape.detect.length(WINDOWS - 1) / 2;
        let (from, to) = (at.saturating_sub(half) * self.clock.hop, (at + half) * self.clock.hop);
        let from = from.max(self.tape.samples.start());
        let mut best = (at * self.clock.hop, 0.0f32);
        for (n, forms) in self.tape.samples.range(from, to).enumerate() {
            if forms.detect.abs() > best.1 {
                best = (from + n as u64, forms.detect.abs());
            }
        }
        best.0
    }

    fn evidence(&self, burst: Burst, onset: u64, offset: u64, shape: Shape) -> Evidence {
        let (first, last) = (onset / self.clock.hop, offset.saturating_sub(1) / self.clock.hop);
        let floor = self.score.floor().max(f32::MIN_POSITIVE);
        let surroundings = self.surroundings(first, last).max(floor);
        let near = self.clock.hops(Seconds::from_ms(40.0));
        let beat = self.heart.beat(first.saturating_sub(near), last + near + 1);
        Evidence {
            ms: self.clock.rate.seconds(offset - onset).ms(),
            score: burst.score,
            score_without_pulse: self.score_without_pulse(first, last, shape.centre),
            run_ms: self.clock.time(self.run(first, last)).ms(),
            score_over_surroundings: burst.score * floor / surroundings,
            level: surroundings / self.score.long_floor().max(f32::MIN_POSITIVE),
            young_run: self.young_run(first),
            score_over_beat: beat.map_or(burst.score, |b| self.score_over_beat(first, last, &b)),
            shape,
            beat,
        }
    }

    /// Whether the activity on the long floor began less than an effort's length before `first`.
    fn young_run(&self, first: u64) -> bool {
        let begun = self.efforts.since().unwrap_or(first);
        first.saturating_sub(begun) < self.clock.hops(Seconds::new(LONGEST_EFFORT_S))
    }

    /// The best score over floor and beat together.
    fn score_over_beat(&self, first: u64, last: u64, beat: &Beat) -> f32 {
        let floor = self.score.floor().max(f32::MIN_POSITIVE);
        let mut best = 0.0f32;
        for at in first..=last {
            for w in 0..WINDOWS - 1 {
                let usual = self.heart.usual(beat, at, self.tape.detect.length(w));
                let over = self.tape.detect.around(w, at).unwrap_or(0.0) / floor - BEAT_MARGIN * usual;
                best = best.max(over / self.score.threshold(w));
            }
        }
        best
    }

    /// The larger of the median energies of 64 ms before and after.
    fn surroundings(&self, first: u64, last: u64) -> f32 {
        let length = self.clock.hops(Seconds::from_ms(SURROUNDINGS_MS));
        let distance = self.clock.hops(Seconds::from_ms(DISTANCE_MS));
        let median = |from: u64, to: u64| {
            let mut values = [0.0f32; 512];
            let mut count = 0;
            for at in from..to {
                if let Some(e) = self.tape.detect.around(FLOOR_WINDOW, at).filter(|_| self.tape.valid.get(at))
                    && count < values.len()
                {
                    values[count] = e;
                    count += 1;
                }
            }
            quantile(&mut values[..count], 0.5).unwrap_or(0.0)
        };
        let before = first.saturating_sub(distance);
        let after = last + 1 + distance;
        median(before.saturating_sub(length), before).max(median(after, after + length))
    }

    /// How many hops the activity around `first..=last` stays over the long floor, pauses bridged.
    fn run(&self, first: u64, last: u64) -> u64 {
        let low = self.score.low() * self.score.long_floor();
        let bridge = self.clock.hops(Seconds::from_ms(RUN_BRIDGE_MS));
        let active = |at: u64| self.tape.detect.around(FLOOR_WINDOW, at).is_some_and(|e| e > low);
        let reach = |mut at: u64, forward: bool| {
            let mut edge = at;
            let most = self.clock.hops(Seconds::new(1.0));
            let begin = at;
            while at.abs_diff(edge) <= bridge && at.abs_diff(begin) < most && at < self.tape.hops() {
                if active(at) {
                    edge = at;
                }
                let Some(next) = (if forward { Some(at + 1) } else { at.checked_sub(1) }) else { break };
                at = next;
            }
            edge
        };
        // The 64 ms that are looked at reach 32 ms beyond each edge.
        let widened = self.tape.detect.length(FLOOR_WINDOW);
        (reach(last, true) + 1 - reach(first, false)).saturating_sub(widened)
    }

    /// The best score of a window that holds nothing of the pulse at sample `centre` or its ring.
    fn score_without_pulse(&self, first: u64, last: u64, centre: u64) -> f32 {
        let before = self.clock.hops(Seconds::from_ms(RING_MS.0));
        let after = self.clock.hops(Seconds::from_ms(RING_MS.1));
        let centre = centre / self.clock.hop;
        let floor = self.score.floor().max(f32::MIN_POSITIVE);
        let mut best = 0.0f32;
        let reach = self.tape.detect.length(0);
        for w in 0..WINDOWS {
            let length = self.tape.detect.length(w);
            for end in first.saturating_sub(reach) + length..last + reach {
                let begins = end + 1 - length.min(end + 1);
                if end < centre.saturating_sub(before) || begins > centre + after {
                    best = best.max(self.tape.detect.ending(w, end) / self.score.threshold(w));
                }
            }
        }
        best / floor
    }

    /// Before which hop everything has been said, but for efforts that go on.
    pub fn settled(&self) -> u64 {
        self.bursts.since().unwrap_or(self.decided).min(self.decided).saturating_sub(self.longest_reach())
    }

    /// An onset is looked for this far before the hop that crossed.
    fn longest_reach(&self) -> u64 {
        self.clock.hops(Seconds::from_ms(100.0))
    }

    /// Closes what is open: the recording has ended.
    pub fn finish(&mut self, sink: &mut impl FnMut(Candidate)) {
        if !self.started {
            self.start();
        }
        let rest =
            self.look_ahead() + self.tape.detect.length(WINDOWS - 1) + self.clock.hops(Seconds::new(0.3));
        for _ in 0..rest * self.clock.hop {
            self.push(Forms::default(), false, false, sink);
        }
    }

    /// What could be seen; `None` if no floor was ever found.
    pub fn quality(&self) -> Option<Quality> {
        let power = f64::from(self.score.typical_power()?);
        let smallest = |ms: f64| {
            let hops = self.clock.hops(Seconds::from_ms(ms));
            (self.score.detectable(&self.tape, hops) * power).sqrt()
        };
        let threshold = f64::from(self.score.threshold(FLOOR_WINDOW));
        Some(Quality {
            noise_rms: power.sqrt(),
            threshold_db: 10.0 * threshold.log10(),
            smallest_rms: [smallest(20.0), smallest(50.0), smallest(100.0)],
            beats: self.heart.beats(),
        })
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.tape.clear();
        self.score.clear();
        self.heart.clear();
        self.bursts.clear();
        self.efforts.clear();
        self.effort = None;
        (self.decided, self.started, self.last_offset) = (0, false, 0);
    }
}
