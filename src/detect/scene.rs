//! A burst in its scene: where it begins and ends, what surrounds it, and so what it was.

use super::bursts::{Burst, Heard};
use super::classify::{Evidence, classify};
use super::detector::Limits;
use super::edges::edges;
use super::extent::{Ground, LEAD_MS, extent};
use super::heart::{Beat, Heart};
use super::hindsight::{KNOWN_S, LONGEST_EFFORT_S, Step, step_down};
use super::hum::hum;
use super::measure::measure;
use super::pulse::Pulses;
use super::score::{FLOOR_WINDOW, HYSTERESIS_WINDOW, Score};
use super::shape::{Shape, shape};
use super::tape::{Clock, Tape, WEIGHTINGS, Weighting};
use super::tone::tone;
use super::verdict::{Candidate, Class, Reason};
use crate::signal::envelope::{Energies, WINDOWS};
use crate::signal::floor::quantile;
use crate::units::Seconds;

/// Surroundings are looked at from a small distance over this length on either side, ms.
const SURROUNDINGS_MS: f64 = 300.0;
const DISTANCE_MS: f64 = 48.0;
/// What is just before a burst lies around this long before its onset, ms: half of 64, and 8.
const RISE_MS: f64 = 40.0;
/// The shoulders of a crest begin this far from it, ms: half of the window that is looked at, and 8.
const SHOULDER_MS: f64 = 24.0;
/// One beat differs from the next: this much of the usual beat is taken off.
const BEAT_MARGIN: f32 = 2.0;
/// Strokes differ more, but most of one is taken off by its form: twice the usual would hide twitches.
const STROKE_MARGIN: f32 = 1.0;
/// Energies of 32 ms bridge pauses by themselves; a run of them bridges this much more, ms.
const RUN_BRIDGE_MS: f64 = 24.0;

/// An effort fills this much of its time.
const FILLED_PERCENT: u64 = 85;

/// Whether activity in `held` of `length` hops is one effort: two twitches bridged by chance, or a
/// twitch between two strokes, fill less.
pub fn is_filled(held: u64, length: u64) -> bool {
    held * 100 >= FILLED_PERCENT * length
}

/// All that a verdict may look at.
pub struct Scene<'a> {
    pub clock: Clock,
    pub limits: &'a Limits,
    pub tape: &'a Tape,
    /// One for each weighting.
    pub scores: &'a [Score; WEIGHTINGS],
    /// The one that the verdict is made by.
    pub score: &'a Score,
    /// Where the last effort ended, hops, if there was one.
    pub effort_ended: Option<u64>,
    pub heart: &'a Heart,
    pub pulses: &'a Pulses,
    /// Since which hop there is activity on the long floor, if there is.
    pub effort_since: Option<u64>,
    /// Where the recording ended, hops, once it has: what ends with it is not cut off.
    pub end: Option<u64>,
    /// Where the noise is known to have stepped up, once it is: each side of the step has a floor of its own.
    pub stepped: Option<Step>,
    /// The hop at which the noise stepped down to its floor, where that was a moment before the burst.
    pub stepped_down: Option<u64>,
}

impl Scene<'_> {
    /// The scene with its frequencies weighted so.
    pub fn weighted(&self, weighting: Weighting) -> Self {
        Self { score: &self.scores[weighting as usize], ..*self }
    }

    /// The energies that a verdict is made by.
    fn energies(&self) -> &Energies {
        self.score.energies(self.tape)
    }

    /// The burst with its extent, its measures and the verdict on it, by one weighting of the band and with a
    /// score of `most` at most.
    pub fn judge(&self, burst: Burst, weighting: Weighting, most: f32) -> Candidate {
        let flat = self.weighted(Weighting::Flat);
        let floor = burst.heard[Weighting::Flat as usize].floor;
        let stepped_down = step_down(self.tape, self.clock, burst.first, floor, flat.score.long_floor());
        let scene = Self { stepped_down, ..self.weighted(weighting) };
        scene.judge_weighted(burst, burst.heard[weighting as usize], most)
    }

    fn judge_weighted(&self, burst: Burst, heard: Heard, most: f32) -> Candidate {
        let hop = self.clock.hop;
        let floor = heard.floor.max(f32::MIN_POSITIVE);
        let flat = self.weighted(Weighting::Flat);
        let flat_floor = burst.heard[Weighting::Flat as usize].floor.max(f32::MIN_POSITIVE);
        let noise = f64::from(flat.score.mean_power(flat_floor));
        let margin = self.clock.hops(Seconds::from_ms(32.0));
        let (from, to) = (burst.first.saturating_sub(margin) * hop, (burst.last + 1 + margin) * hop);
        let (from, to) = self.on_its_side(heard.peak, (from, to), hop);
        let peak = self.loudest_around(heard.peak);
        let inside = f64::from(self.tape.detect.around(0, peak / hop).unwrap_or(0.0));
        let ground = Ground {
            noise,
            pause: self.clock.samples(self.limits.merge_gap),
            lead: self.clock.samples(Seconds::from_ms(LEAD_MS)),
            independent: (2.0 * self.limits.bandwidth.hz() / self.clock.rate.hz()).min(1.0),
        };
        let whole = extent(self.tape, peak, [from, to], inside, ground);
        let longest = self.clock.samples(self.limits.longest);
        let crest = (whole.1 - whole.0 > longest).then(|| {
            let near = flat.surroundings(peak / hop, peak / hop);
            let level = f64::from(flat.score.mean_power(near));
            let ground = Ground { noise: level.max(noise), ..ground };
            extent(self.tape, peak, [from, to], inside, ground)
        });
        let (onset, offset) = crest.unwrap_or(whole);
        let shape = shape(self.tape, self.clock, onset, offset);
        let mut evidence = self.evidence(heard, noise, onset, offset, shape);
        evidence.score = evidence.score.min(most);
        if crest.is_some() {
            evidence.run_ms = evidence.run_ms.max(self.clock.rate.seconds(whole.1 - whole.0).ms());
            let shoulders = self.shoulders(whole, (onset, offset));
            let over = if shoulders > 0.0 { heard.score * floor / shoulders } else { 0.0 };
            evidence.score_over_surroundings = evidence.score_over_surroundings.min(over);
        }
        let (mut class, mut reason) = classify(&evidence, self.limits.lengths());
        if class == Class::Twitch && evidence.score_without_pulse < 1.0 && shape.sharp {
            evidence.kin = flat.kin(onset, offset, flat_floor);
            (class, reason) = classify(&evidence, self.limits.lengths());
        }
        // The converter's end makes edges of its own.
        if class == Class::Twitch && shape.railed == 0.0 {
            evidence.edges = edges(self.tape, self.clock, onset, offset);
            (class, reason) = classify(&evidence, self.limits.lengths());
        }
        let (onset, offset) = if class == Class::Effort { whole } else { (onset, offset) };
        let noise = flat.score.amplitude_power() * flat.below_long(flat_floor);
        let m = measure(self.tape, self.clock, onset, offset, noise);
        Candidate::new(onset, offset, class, reason, evidence.score, m, evidence)
    }

    /// The power of samples `onset..offset` over the `noise`, a ratio.
    fn power(&self, onset: u64, offset: u64, noise: f64) -> f32 {
        let squares = self.tape.samples.range(onset, offset).map(|f| f64::from(f.detect).powi(2));
        (squares.sum::<f64>() / (offset - onset).max(1) as f64 / noise) as f32
    }

    /// A floor over the long one, where the noise has stepped down to it; else 1.
    pub fn below_long(&self, floor: f32) -> f32 {
        (floor / self.score.long_floor().max(f32::MIN_POSITIVE)).min(1.0)
    }

    /// The loudest sample within the longest window around a hop.
    fn loudest_around(&self, at: u64) -> u64 {
        let half = self.tape.detect.length(WINDOWS - 1) / 2;
        let (from, to) = (at.saturating_sub(half) * self.clock.hop, (at + half) * self.clock.hop);
        self.loudest(from, to).unwrap_or(at * self.clock.hop)
    }

    /// The loudest of samples `from..to`, the first of them where several are; `None` if all are 0 or
    /// none is held.
    pub fn loudest(&self, from: u64, to: u64) -> Option<u64> {
        let from = from.max(self.tape.samples.start());
        let mut best = (None, 0.0f32);
        for (at, forms) in (from..).zip(self.tape.samples.range(from, to)) {
            if forms.detect.abs() > best.1 {
                best = (Some(at), forms.detect.abs());
            }
        }
        best.0
    }

    fn evidence(&self, heard: Heard, noise: f64, onset: u64, offset: u64, shape: Shape) -> Evidence {
        let (first, last) = (onset / self.clock.hop, offset.saturating_sub(1) / self.clock.hop);
        let floor = heard.floor.max(f32::MIN_POSITIVE);
        let surroundings = self.surroundings(first, last).max(floor);
        let long_floor = self.score.long_floor();
        let ground = if self.stepped.is_some() { floor } else { long_floor * self.below_long(floor) };
        let (flanks, held) = self.flanks(first, last, ground);
        let near = self.clock.hops(Seconds::from_ms(40.0));
        let beat = self.heart.beat(first.saturating_sub(near), last + near + 1, floor);
        // What the noise stepped up to has gone on as long as that took to be known.
        let run_ms = match self.stepped {
            Some(_) => Seconds::new(KNOWN_S).ms(),
            None => self.clock.time(self.run(first, last, ground)).ms(),
        };
        let peeled = self.without_pulses([first, last], floor, &shape, beat.as_ref());
        Evidence {
            ms: self.clock.rate.seconds(offset - onset).ms(),
            power: self.power(onset, offset, noise),
            score: heard.score,
            score_without_pulse: peeled.score,
            fit: peeled.fit,
            unfit: peeled.unfit,
            pulse_ms: self.clock.rate.seconds(shape.centre.saturating_sub(onset)).ms(),
            run_ms,
            score_over_surroundings: heard.score * floor / surroundings,
            score_over_rise: heard.score * floor / self.rise(first).max(floor),
            level: self.stepped.map_or(surroundings / long_floor.max(f32::MIN_POSITIVE), |step| step.level),
            flanks,
            score_over_flanks: heard.score * floor / held.max(floor),
            young_run: self.stepped.is_none() && self.young_run(first),
            score_over_beat: beat.map_or(heard.score, |b| self.score_over_beat(first, last, floor, &b)),
            shape,
            kin: 0,
            edges: 0.0,
            beat,
            hum: hum(self.tape, self.clock, onset, offset),
            tone: tone(self.tape, self.clock, onset, offset),
        }
    }

    /// What of `from..to`, in units of so many to a hop, lies on the side of the noise's step that hop `at`
    /// is on.
    fn on_its_side(&self, at: u64, (from, to): (u64, u64), hop: u64) -> (u64, u64) {
        match self.stepped.map(|step| step.at) {
            Some(step) if at < step => (from.min(step * hop), to.min(step * hop)),
            Some(step) => (from.max(step * hop), to.max(step * hop)),
            None => (from, to),
        }
    }

    /// Whether the activity on the long floor began less than an effort's length before `first`.
    fn young_run(&self, first: u64) -> bool {
        let begun = self.effort_since.unwrap_or(first);
        first.saturating_sub(begun) < self.clock.hops(Seconds::new(LONGEST_EFFORT_S))
    }

    /// The best score over floor and beat together.
    fn score_over_beat(&self, first: u64, last: u64, floor: f32, beat: &Beat) -> f32 {
        let mut best = 0.0f32;
        for at in first..=last {
            for w in 0..WINDOWS - 1 {
                let usual = self.beat_and_floor(beat, at, self.tape.detect.length(w));
                let over = self.energies().around(w, at).unwrap_or(0.0) / floor - usual;
                best = best.max(over / self.score.threshold(w));
            }
        }
        best
    }

    /// What beat and floor together may leave in a window of `length` hops around hop `at`, over
    /// the floor.
    pub fn beat_and_floor(&self, beat: &Beat, at: u64, length: u64) -> f32 {
        let margin = if beat.stroke { STROKE_MARGIN } else { BEAT_MARGIN };
        margin * (self.heart.usual(beat, at, length) + 1.0)
    }

    /// The time just before a burst and just after it, hops.
    fn sides(&self, first: u64, last: u64) -> [(u64, u64); 2] {
        let length = self.clock.hops(Seconds::from_ms(SURROUNDINGS_MS));
        let distance = self.clock.hops(Seconds::from_ms(DISTANCE_MS));
        let before = first.saturating_sub(distance);
        let begin = before.saturating_sub(length).max(self.stepped_down.unwrap_or(0));
        let after = last + 1 + distance;
        let sides = [(begin.min(before), before), (after, after + length)];
        sides.map(|side| self.on_its_side(first, side, 1))
    }

    /// The larger of the median energies of 64 ms before and after.
    fn surroundings(&self, first: u64, last: u64) -> f32 {
        let [before, after] = self.sides(first, last).map(|side| self.energy(FLOOR_WINDOW, side, 0.5));
        before.max(after)
    }

    /// The energy of the 64 ms that end just before a burst.
    fn rise(&self, first: u64) -> f32 {
        let middle = self.clock.hops(Seconds::from_ms(RISE_MS));
        first.checked_sub(middle).and_then(|at| self.energies().around(FLOOR_WINDOW, at)).unwrap_or(0.0)
    }

    /// Of the time before a burst and after it: the larger share over the low threshold on the
    /// `ground`, and the larger energy that three quarters of it keep. The ground is the long floor,
    /// or that of the burst where the noise has stepped down: what steps up from there is no burst.
    pub fn flanks(&self, first: u64, last: u64, ground: f32) -> (f32, f32) {
        let low = self.score.low() * ground;
        let sides = self.sides(first, last).map(|(from, to)| {
            let active = |at: &u64| self.energies().around(HYSTERESIS_WINDOW, *at).is_some_and(|e| e > low);
            let share = (from..to).filter(active).count() as f32 / (to - from).max(1) as f32;
            (share, self.energy(FLOOR_WINDOW, (from, to), 0.25))
        });
        (sides[0].0.max(sides[1].0), sides[0].1.max(sides[1].1))
    }

    /// A quantile of the valid energies of window `w` around hops `from..to`, of some where those are many; 0
    /// where there are none.
    pub fn energy(&self, w: usize, (from, to): (u64, u64), q: f64) -> f32 {
        let mut values = [0.0f32; 512];
        let every = to.saturating_sub(from) as usize / values.len() + 1;
        let valid = (from..to).step_by(every).filter(|at| self.tape.is_valid(*at));
        let energies = valid.filter_map(|at| self.energies().around(w, at));
        let count = values.iter_mut().zip(energies).map(|(v, e)| *v = e).count();
        quantile(&mut values[..count], q).unwrap_or(0.0)
    }

    /// The larger of the median energies of what goes on before and after a crest, within an effort
    /// of the extent `whole`; 0 if the crest is half of it, or half as long as a twitch can be.
    fn shoulders(&self, whole: (u64, u64), crest: (u64, u64)) -> f32 {
        let hop = self.clock.hop;
        let length = self.clock.hops(Seconds::from_ms(SURROUNDINGS_MS));
        let near = self.clock.hops(Seconds::from_ms(SHOULDER_MS));
        let longest = self.clock.samples(self.limits.longest);
        if 2 * (crest.1 - crest.0) > longest.min(whole.1 - whole.0) {
            return 0.0;
        }
        let (first, last) = (crest.0 / hop, crest.1 / hop);
        let before = (first.saturating_sub(length).max(whole.0 / hop), first.saturating_sub(near));
        let after = (last + near, (last + length).min(whole.1 / hop));
        let median = |side: (u64, u64)| {
            if side.1 >= side.0 + near { self.energy(HYSTERESIS_WINDOW, side, 0.5) } else { 0.0 }
        };
        median(before).max(median(after))
    }

    /// How many hops the activity around `first..=last` stays over the `ground`, pauses bridged; at least
    /// a second where it runs into what is not valid, and nobody knows how it went on.
    fn run(&self, first: u64, last: u64, ground: f32) -> u64 {
        let low = self.score.low() * ground;
        let bridge = self.clock.hops(Seconds::from_ms(RUN_BRIDGE_MS));
        let most = self.clock.hops(Seconds::new(1.0));
        let active = |at: u64| self.energies().around(HYSTERESIS_WINDOW, at).is_some_and(|e| e > low);
        let mut cut = false;
        let mut reach = |mut at: u64, forward: bool| {
            let mut edge = at;
            let begin = at;
            while at.abs_diff(edge) <= bridge && at.abs_diff(begin) < most && at < self.tape.hops() {
                if active(at) {
                    edge = at;
                }
                cut |= !self.tape.is_valid(at) && self.end.is_none_or(|end| at < end);
                let Some(next) = (if forward { Some(at + 1) } else { at.checked_sub(1) }) else { break };
                at = next;
            }
            edge
        };
        // The 32 ms that are looked at reach 16 ms beyond each edge.
        let widened = self.tape.detect.length(HYSTERESIS_WINDOW);
        let (from, to) = (reach(first, false), reach(last, true) + 1);
        let held = (from..to).filter(|at| active(*at)).count() as u64;
        let length = if is_filled(held, to - from) { to - from } else { last + 1 - first };
        if cut { most } else { length.saturating_sub(widened) }
    }

    /// What crossed `least` times the threshold between two hops, as a burst of its own, unless its
    /// strongest moment owes that to windows that reach into what lies at hops `taken`.
    pub fn rest(&self, (from, to): (u64, u64), taken: (u64, u64), least: f32) -> Option<Burst> {
        if from >= to {
            return None;
        }
        let heard = self.scores.each_ref().map(|score| {
            let mut best = Heard::default();
            for at in from..to {
                let heard = score.moment(self.tape, at).heard(at);
                if heard.score > best.score || best.floor == 0.0 {
                    best = heard;
                }
            }
            best.score = score.moment_beside(self.tape, best.peak, taken).score;
            best
        });
        let rest = Burst { first: from, last: to - 1, held: 0, heard };
        (rest.score() >= least).then_some(rest)
    }

    /// The effort at samples `onset..offset`; what of it is no longer held is not measured.
    pub fn effort(&self, onset: u64, offset: u64, score: f32) -> Candidate {
        let held = onset.max(self.tape.samples.start());
        let ms = self.clock.rate.seconds(offset - onset).ms();
        let evidence = Evidence {
            ms,
            power: 0.0,
            score,
            score_without_pulse: score,
            fit: 0.0,
            unfit: 1.0,
            pulse_ms: 0.0,
            flanks: 0.0,
            score_over_flanks: score,
            run_ms: ms,
            score_over_surroundings: score,
            score_over_rise: score,
            level: 1.0,
            young_run: true,
            score_over_beat: score,
            shape: shape(self.tape, self.clock, held, offset),
            kin: 0,
            edges: 0.0,
            beat: None,
            hum: None,
            tone: None,
        };
        let m = measure(self.tape, self.clock, held, offset, self.score.amplitude_power());
        Candidate::new(onset, offset, Class::Effort, Reason::TooLong { ms }, score, m, evidence)
    }
}
