//! One channel from conditioned samples to candidates, with a bounded look-ahead.

mod efforts;
mod glance;
mod late;
mod whiten;

use super::beside::{Beside, Known, PARTS, Threshold};
use super::bursts::{Burst, Bursts, Look};
use super::classify::Lengths;
use super::heart::{Beats, Heart};
use super::hindsight::Doubts;
use super::low::Low;
use super::pulse::Pulses;
use super::scene::Scene;
use super::score::Score;
use super::tape::{Clock, Forms, Tape, WEIGHTINGS, Weighting};
use super::verdict::{Candidate, Class};
use crate::signal::biquad::Cascade;
use crate::signal::envelope::WINDOWS;
use crate::units::{Hertz, SampleRate, Seconds};

pub use efforts::Active;
use whiten::Noise;

/// How long the verdict on a moment waits for what follows, s.
pub const LOOK_AHEAD_S: f64 = 0.5;
/// Nothing is decided before this much was heard, s; then it is decided for all of it.
pub const START_S: f64 = 7.0;
/// Signal that is kept for verdicts, s.
const KEPT_S: f64 = 10.0;
/// A hop-by-hop burst is closed by force after this long, s.
const MOST_S: f64 = 2.0;
/// Pauses up to this long do not end an effort, ms.
const EFFORT_BRIDGE_MS: f64 = 60.0;
/// How often it is noted how far activity has come, hops.
const ACTIVE_EVERY: u64 = 10;
/// Notes that wait to be asked for: those of the first seconds, which are decided at once.
const ACTIVE_ROOM: usize = 1024;
/// The least number of energies a floor may rest on: half a second.
const LEAST_HEARD: usize = 15;

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

impl Limits {
    /// How long a twitch can be.
    pub(super) fn lengths(&self) -> Lengths {
        Lengths { shortest: self.shortest.ms(), longest: self.longest.ms() }
    }
}

/// What could be seen on the channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Noise RMS in the detection band, in the samples' unit.
    pub noise_rms: f64,
    /// Threshold over the noise floor (the median energy of noise) for a window of 64 ms, dB.
    pub threshold_db: f64,
    /// The smallest burst of 20, 50, 100 ms found with 90 %, RMS, in the samples' unit.
    pub smallest_rms: [f64; 3],
    /// How the heart beat.
    pub beats: Beats,
}

/// One channel's detector.
#[derive(Debug, Clone)]
pub struct Detector {
    clock: Clock,
    ahead: u64,
    start_hops: u64,
    limits: Limits,
    tape: Tape,
    /// One for each weighting.
    scores: [Score; WEIGHTINGS],
    noise: Noise,
    heart: Heart,
    pulses: Pulses,
    bursts: Bursts,
    beside: [Beside; 2],
    efforts: Bursts,
    effort: Option<Candidate>,
    /// Where the last effort ended, hops.
    effort_ended: Option<u64>,
    /// Stretches of activity that outlasted a twitch, not yet asked for.
    active: Vec<Active>,
    /// Bursts that may be no part of an effort, told late if they are not.
    doubts: Doubts,
    decided: u64,
    /// How many hops had been heard when the first was decided.
    early: u64,
    /// Where the recording ended, hops, once it has.
    end: Option<u64>,
    started: bool,
    last_offset: u64,
}

impl Detector {
    /// For samples and hops of `clock`, behind `low_pass` at its rate and the filters of drift, amplitude band and,
    /// from there on, detection band.
    pub fn new(
        clock: Clock,
        limits: Limits,
        low_pass: (&Cascade, SampleRate),
        filters: [&Cascade; 3],
    ) -> Self {
        let kept = clock.hops(Seconds::new(KEPT_S)) as usize;
        let tape = Tape::new(clock, kept, Low::new(clock, low_pass, filters, kept));
        let (bridge, most) = (clock.hops(limits.merge_gap), clock.hops(Seconds::new(MOST_S)));
        Self {
            clock,
            ahead: clock.hops(Seconds::new(LOOK_AHEAD_S)),
            start_hops: clock.hops(Seconds::new(START_S)),
            limits,
            scores: Weighting::ALL.map(|weighting| Score::new(clock, &tape, limits, weighting)),
            noise: Noise::new(clock, low_pass, &filters),
            heart: Heart::new(clock, kept),
            pulses: Pulses::new(clock, &filters),
            bursts: Bursts::new(bridge, most, 1.0),
            beside: Threshold::BESIDE.map(|threshold| Beside::new(threshold, bridge, most)),
            efforts: Bursts::new(clock.hops(Seconds::from_ms(EFFORT_BRIDGE_MS)), u64::MAX, 1.0),
            effort: None,
            effort_ended: None,
            active: Vec::with_capacity(ACTIVE_ROOM),
            doubts: Doubts::new(clock),
            decided: 0,
            early: 0,
            end: None,
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
        self.scores.iter_mut().for_each(|score| score.set_quantum(power));
    }

    /// Takes the next sample.
    pub fn push(&mut self, forms: Forms, valid: bool, railed: bool, sink: &mut impl FnMut(Candidate)) {
        if self.tape.push(forms, valid, railed) {
            self.hear(sink);
        }
    }

    /// Takes samples that are all valid and off the converter's end.
    pub fn push_all(&mut self, mut forms: &[Forms], sink: &mut impl FnMut(Candidate)) {
        while !forms.is_empty() {
            let (taken, complete) = self.tape.push_some(forms);
            if complete {
                self.hear(sink);
            }
            forms = &forms[taken..];
        }
    }

    /// Hears the hop that is complete.
    fn hear(&mut self, sink: &mut impl FnMut(Candidate)) {
        self.heart.hear(&self.tape);
        if self.started {
            let hops = self.tape.hops();
            self.scores.iter_mut().for_each(|score| score.hear(&self.tape, hops));
        } else {
            if self.tape.hops() < self.start_hops {
                return;
            }
            self.start();
        }
        self.decide(sink);
    }

    /// Learns from all that was heard so far, before anything is decided on it. What follows the
    /// moment must follow it here too: at the end of the first seconds it says nothing of their beginning.
    fn start(&mut self) {
        self.started = true;
        self.whiten_start();
        let heard = self.tape.hops();
        for score in &mut self.scores {
            (1..=heard).for_each(|hops| score.hear(&self.tape, hops));
            score.rewind(&self.tape, self.ahead.min(heard));
        }
        for at in 0..heard.saturating_sub(self.ahead) {
            for score in &mut self.scores {
                score.hear_short(&self.tape, at + self.ahead + 1);
                score.learn(&self.tape, at);
            }
            self.listen(at);
        }
        for score in &mut self.scores {
            score.settle();
            score.rewind(&self.tape, self.ahead.min(heard));
        }
        self.early = heard;
    }

    /// What beats leave is held against bursts, which are judged with weights.
    fn listen(&mut self, at: u64) {
        let (tape, floor) = (&self.tape, self.white().floor());
        let energy = |hop| (tape.white.around(0, hop).unwrap_or(0.0) - floor).max(0.0);
        self.heart.look(at, |from, to| tape.level(from, to), energy);
    }

    fn decide(&mut self, sink: &mut impl FnMut(Candidate)) {
        let until = self.tape.hops().saturating_sub(self.look_ahead());
        while self.decided < until {
            let at = self.decided;
            self.decided += 1;
            if at + self.look_ahead() < self.early {
                let heard = at + self.look_ahead() + 1;
                self.scores.iter_mut().for_each(|score| score.hear_short(&self.tape, heard));
            }
            if at + self.look_ahead() >= self.start_hops {
                self.scores.iter_mut().for_each(|score| score.learn(&self.tape, at));
                self.listen(at);
                self.follow_noise(at);
            }
            if self.flat().heard() < LEAST_HEARD {
                continue;
            }
            let moments = self.scores.each_ref().map(|score| score.moment(&self.tape, at));
            let mut known = Known::default();
            let active = moments.iter().any(|moment| moment.active);
            let look = Look { at, active, heard: moments.map(|moment| moment.heard(at)) };
            if let Some(burst) = self.bursts.push(look) {
                self.judge(burst, &mut known, sink);
            }
            self.judge_beside(look, &mut known, sink);
            self.follow_effort(at, moments[Weighting::Flat as usize], sink);
            self.look_back(at, sink);
        }
    }

    /// Judges a burst, and what else of it crossed the threshold away from its peak.
    fn judge(&mut self, burst: Burst, known: &mut Known, sink: &mut impl FnMut(Candidate)) {
        for (part, found) in self.parts(burst, 1.0, known).into_iter().flatten() {
            if found.class == Class::Effort {
                self.doubt(part, &found);
                self.remember_effort(found, sink);
            } else if found.offset > self.last_offset {
                self.last_offset = found.offset;
                sink(found);
            }
        }
    }

    /// The same at the thresholds beside the one in force.
    fn judge_beside(&mut self, look: Look, known: &mut Known, sink: &mut impl FnMut(Candidate)) {
        for k in 0..self.beside.len() {
            let beside = &mut self.beside[k];
            let least = beside.threshold.factor();
            let Some(burst) = beside.bursts.push(look) else {
                continue;
            };
            for (part, found) in self.parts(burst, least, known).into_iter().flatten() {
                let found = found.at(self.beside[k].threshold, self.limits.lengths());
                if found.class == Class::Effort {
                    self.doubt(part, &found);
                } else if self.beside[k].is_new(&found) {
                    sink(found);
                }
            }
        }
    }

    /// The candidates of a burst at `least` times the threshold: itself, then what else of it
    /// crossed it away from its peak.
    fn parts(&self, burst: Burst, least: f32, known: &mut Known) -> [Option<(Burst, Candidate)>; PARTS] {
        let bridge = self.clock.hops(self.limits.merge_gap);
        let (mut todo, mut done) = ([None; PARTS], [None; PARTS]);
        todo[0] = Some(burst);
        for k in 0..PARTS {
            let Some(part) = todo[k] else { break };
            let scene = self.scene();
            let (weighting, score) = scene.weigh(&part);
            if score < least {
                continue;
            }
            let found = known.or(part, |part| scene.judge(part, weighting, score));
            done[k] = Some((part, found));
            let (first, last) = (found.onset / self.clock.hop, found.offset / self.clock.hop);
            for (from, to) in [(part.first, first.saturating_sub(bridge)), (last + bridge, part.last + 1)] {
                let rest = self.scene().rest((from, to), (first, last), least);
                if let (Some(rest), Some(free)) = (rest, todo.iter_mut().find(|t| t.is_none())) {
                    *free = Some(rest);
                }
            }
        }
        // In order of time: what was judged first may lie after what is left of its burst.
        done.sort_unstable_by_key(|found| {
            found.map_or(u64::MAX, |(_, found): (Burst, Candidate)| found.offset)
        });
        done
    }

    /// Samples `from` up to, not including, `to` in the amplitude band; `None` unless all of them
    /// are at hand and valid.
    pub fn waveform(&self, from: u64, to: u64) -> Option<impl Iterator<Item = f32> + '_> {
        let (samples, hop) = (&self.tape.samples, self.clock.hop);
        let held = samples.start() <= from && to <= samples.end();
        let valid = held && self.tape.all_valid(from / hop, to.div_ceil(hop));
        valid.then(|| samples.range(from, to).map(|forms| forms.amplitude))
    }

    /// The score with all frequencies alike.
    fn flat(&self) -> &Score {
        &self.scores[Weighting::Flat as usize]
    }

    /// The score with frequencies weighted by the noise.
    fn white(&self) -> &Score {
        &self.scores[Weighting::White as usize]
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            clock: self.clock,
            limits: &self.limits,
            tape: &self.tape,
            scores: &self.scores,
            score: self.flat(),
            effort_ended: self.effort_ended,
            heart: &self.heart,
            pulses: &self.pulses,
            effort_since: self.efforts.since(),
            end: self.end,
            stepped: None,
            stepped_down: None,
        }
    }

    /// Before which hop everything has been said, but for efforts that go on and what is told late.
    pub fn settled(&self) -> u64 {
        let open = self.beside.iter().map(|b| &b.bursts).chain([&self.bursts]).filter_map(Bursts::since);
        open.fold(self.decided, u64::min).saturating_sub(self.longest_reach())
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
        let pause = self.clock.hops(Seconds::new(0.3)).max(self.clock.hops(self.limits.merge_gap));
        let rest = self.look_ahead() + self.tape.detect.length(WINDOWS - 1) + pause;
        self.end = Some(self.tape.hops());
        for _ in 0..rest * self.clock.hop {
            self.push(Forms::default(), false, false, sink);
        }
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.tape.clear();
        self.scores.iter_mut().for_each(Score::clear);
        self.noise.clear();
        self.heart.clear();
        self.bursts.clear();
        self.beside.iter_mut().for_each(Beside::clear);
        self.efforts.clear();
        (self.effort, self.effort_ended) = (None, None);
        self.active.clear();
        self.doubts.clear();
        (self.decided, self.early, self.end) = (0, 0, None);
        (self.started, self.last_offset) = (false, 0);
    }
}
