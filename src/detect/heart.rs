//! The heart, told by its regularity and its sameness, never by its size.
//!
//! Pulses are found in the band of the QRS complex (8-30 Hz), each with the shape of the signal
//! around it. A pulse is a beat when enough others look the same and lie at one rhythm:
//! regularity alone also fits strokes and steps, sameness alone fits pops. Of a heart without a
//! rhythm, more others must be all but equal. Strokes of a needle can come so too: they are told by the
//! signal, which does not come back after a stroke.

use super::profile::{POINTS, Profile, likeness};
use super::tape::{Clock, Tape};
use crate::signal::biquad::{Cascade, State};
use crate::signal::design::{Shape, butterworth};
use crate::signal::floor::SlidingQuantile;
use crate::signal::ring::Ring;
use crate::units::{Hertz, SampleRate, Seconds};

/// The band of the QRS complex, Hz (Pan & Tompkins 1985 use 5-15; a surface far from the heart
/// shows the steeper part).
const QRS_HZ: (f64, f64) = (8.0, 30.0);
/// Nothing beats faster than this, s between beats (180 a minute).
const FASTEST_S: f64 = 0.33;
/// Nothing beats slower than this, s between beats (35 a minute).
const SLOWEST_S: f64 = 1.7;
/// A pulse is the largest of its surroundings, this far on both sides.
const ALONE_MS: f64 = 160.0;
/// A pulse stands this many times over the median power of its band in the last ten seconds.
const STANDS_OUT: f32 = 30.0;
/// How often that power is taken, ms, and how many of them are remembered.
const POWER_STEP_MS: f64 = 20.0;
const POWERS: usize = 512;
/// What is compared: this far on both sides of the pulse.
const SHAPE_MS: f64 = 48.0;
/// Two shapes are the same from this normalised cross-correlation on.
const SAME: f32 = 0.75;
/// Shapes are shifted by up to this to agree.
const SHIFT_MS: f64 = 8.0;
/// A rhythm may waver by this share (respiratory arrhythmia).
const WAVER: f64 = 0.18;
/// The T wave lies within this share of the interval after the R wave.
const NEAR_SHARE: f64 = 0.55;
/// How many pulses are remembered.
const REMEMBERED: usize = 24;
/// How many other pulses must agree in shape and rhythm.
const ENOUGH: usize = 4;
/// A heart without a rhythm: from this likeness on, so many others are enough.
const TWIN: f32 = 0.95;
const TWINS: usize = 6;
/// What a beat leaves in the detection band is kept from this long before it on, in steps of 8 ms.
const TRACE_BEFORE_MS: f64 = 64.0;
const TRACE_STEP_MS: f64 = 8.0;
/// Points of it: up to 120 ms after.
pub const TRACE: usize = 24;
/// A pulse is a step, as the strokes of a needle are, if the unfiltered level from 40 to 60 ms after it
/// differs from that before by this many times its height in the band of the QRS complex. Of 3150
/// simulated strokes 97 in 100 do; of 3054 simulated beats 98 in 100 stay below 0.19.
const STEP: f32 = 1.0;
const BEFORE_MS: (f64, f64) = (60.0, 80.0);
const AFTER_MS: (f64, f64) = (40.0, 60.0);

#[derive(Debug, Clone, Copy)]
struct Pulse {
    hop: u64,
    height: f32,
    profile: Profile,
    /// The energy of 16 ms of the detection band around it, less the floor.
    trace: [f32; TRACE],
    beat: bool,
    /// Whether the unfiltered signal is another after it than before.
    step: bool,
}

/// How the heart beat, as far as it was followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beats {
    /// Beats recognised.
    pub count: u64,
    /// Beats a minute, by the intervals between them; `None` without a beat.
    pub per_min: Option<f64>,
}

/// What the heart says about one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beat {
    /// Where the beat is, hop.
    pub hop: u64,
    /// Beats a minute.
    pub per_min: f64,
    /// How like the other beats it is, -1 to 1.
    pub alike: f32,
    /// What beats usually leave in the detection band beyond the floor of their time, 16 ms at a
    /// time, over the floor of now: a floor that moves does not move the heart.
    pub usual: [f32; TRACE],
    /// Whether it is no beat but a stroke: the signal does not come back after it.
    pub stroke: bool,
}

/// Lengths in hops, worked out once.
#[derive(Debug, Clone, Copy)]
struct Spans {
    alone: u64,
    power: u64,
    trace_step: u64,
    trace: [u64; TRACE],
    trace_before: u64,
    before: (u64, u64),
    after: (u64, u64),
}

impl Spans {
    fn new(clock: Clock) -> Self {
        let hops = |ms: f64| clock.hops(Seconds::from_ms(ms));
        let point = |k: usize| if k == 0 { 0 } else { hops(TRACE_STEP_MS * k as f64) };
        Self {
            alone: hops(ALONE_MS),
            power: hops(POWER_STEP_MS),
            trace_step: hops(TRACE_STEP_MS),
            trace: std::array::from_fn(point),
            trace_before: hops(TRACE_BEFORE_MS),
            before: (hops(BEFORE_MS.0), hops(BEFORE_MS.1)),
            after: (hops(AFTER_MS.0), hops(AFTER_MS.1)),
        }
    }
}

/// The heart as one channel shows it.
#[derive(Debug, Clone)]
pub struct Heart {
    clock: Clock,
    spans: Spans,
    band: Cascade,
    state: State,
    filtered: Ring<f32>,
    wide: Ring<f32>,
    power: SlidingQuantile,
    usual_power: f32,
    pulses: Vec<Pulse>,
    /// How like the second pulse is the first: comparing shapes costs more than all the rest.
    alike: [[f32; REMEMBERED]; REMEMBERED],
    beats: u64,
    /// The sum of the intervals of the rhythm at each of them, hops.
    intervals: f64,
}

impl Heart {
    /// For hops of `clock`; holds `hops` of signal.
    pub fn new(clock: Clock, hops: usize) -> Self {
        let hop_rate = SampleRate::new(clock.rate.hz() / clock.hop as f64).unwrap_or(clock.rate);
        let band = Shape::BandPass(Hertz::new(QRS_HZ.0), Hertz::new(QRS_HZ.1.min(hop_rate.hz() * 0.4)));
        let band = butterworth(2, band, hop_rate).unwrap_or_default();
        Self {
            clock,
            spans: Spans::new(clock),
            state: band.silent(),
            band,
            filtered: Ring::new(hops),
            wide: Ring::new(hops),
            power: SlidingQuantile::new(POWERS),
            usual_power: 0.0,
            pulses: Vec::with_capacity(REMEMBERED + 1),
            alike: [[0.0; REMEMBERED]; REMEMBERED],
            beats: 0,
            intervals: 0.0,
        }
    }

    /// Beats recognised so far.
    pub fn beats(&self) -> Beats {
        let interval_s = self.clock.time(1).s() * self.intervals / self.beats as f64;
        Beats { count: self.beats, per_min: (self.beats > 0).then(|| 60.0 / interval_s) }
    }

    /// Takes the newest hop of `tape`.
    pub fn hear(&mut self, tape: &Tape) {
        let at = tape.hops() - 1;
        let mean = tape.wide();
        self.wide.push(mean);
        self.filtered.push(self.band.step(&mut self.state, f64::from(mean)) as f32);
        if at.is_multiple_of(self.spans.power) && tape.is_valid(at) {
            self.power.push(self.filtered.get(at).powi(2));
            self.usual_power = self.power.quantile(0.5).unwrap_or(0.0);
        }
    }

    /// Looks for a pulse at hop `at`, which must lie in the past by the detector's look-ahead;
    /// `level` gives the mean of the unfiltered signal between two hops, `energy` what of the 16 ms
    /// around a hop is more than the floor.
    pub fn look(&mut self, at: u64, level: impl Fn(u64, u64) -> f32, energy: impl Fn(u64) -> f32) {
        let alone = self.spans.alone;
        let height = self.filtered.get(at).abs();
        if height.powi(2) <= STANDS_OUT * self.usual_power {
            return;
        }
        // The earlier of two equal ones is the pulse.
        let larger = self.filtered.range(at.saturating_sub(alone), at).any(|v| v.abs() >= height)
            || self.filtered.range(at + 1, at + alone + 1).any(|v| v.abs() > height);
        if larger {
            return;
        }
        let step = self.is_step(at, height, level);
        let trace = std::array::from_fn(|k| energy(self.trace_hop(at, k)));
        let pulse = Pulse {
            hop: at,
            height,
            profile: Profile::new(&self.shape(at), self.shift()),
            trace,
            beat: false,
            step,
        };
        if self.pulses.len() == REMEMBERED {
            self.pulses.remove(0);
            self.alike.copy_within(1.., 0);
            self.alike.iter_mut().for_each(|row| row.copy_within(1.., 0));
        }
        self.pulses.push(pulse);
        self.compare_newest();
        self.recount();
    }

    /// Whether the unfiltered signal is another after the pulse at hop `at` than before.
    fn is_step(&self, at: u64, height: f32, level: impl Fn(u64, u64) -> f32) -> bool {
        let Spans { before, after, .. } = self.spans;
        let back = |hops: u64| at.saturating_sub(hops);
        (level(at + after.0, at + after.1) - level(back(before.1), back(before.0))).abs() > STEP * height
    }

    /// The hop of point `k` of the trace of a beat at hop `at`.
    fn trace_hop(&self, at: u64, k: usize) -> u64 {
        (at + self.spans.trace[k]).saturating_sub(self.spans.trace_before)
    }

    /// What the beat usually leaves beyond the floor in a window of `length` hops around hop `at`,
    /// over that floor: the largest of three shifts by a step, because no beat comes at the very hop.
    pub fn usual(&self, beat: &Beat, at: u64, length: u64) -> f32 {
        let step = self.spans.trace_step;
        let reach = (length / 2).max(step / 2);
        let mean = |middle: u64| {
            let inside = (0..TRACE).filter(|k| self.trace_hop(beat.hop, *k).abs_diff(middle) <= reach);
            let (sum, n) = inside.fold((0.0f32, 0u32), |(s, n), k| (s + beat.usual[k], n + 1));
            if n > 0 { sum / n as f32 } else { 0.0 }
        };
        mean(at.saturating_sub(step)).max(mean(at)).max(mean(at + step))
    }

    /// The signal around hop `at`, mean taken off, of unit length.
    fn shape(&self, at: u64) -> [f32; POINTS] {
        let half = self.clock.hops(Seconds::from_ms(SHAPE_MS + SHIFT_MS)) as f64;
        let step = 2.0 * half / (POINTS - 1) as f64;
        let value = |k: usize| {
            let place = (at as f64 - half + step * k as f64).max(0.0);
            let (whole, part) = (place.floor(), place.fract() as f32);
            self.wide.get(whole as u64) * (1.0 - part) + self.wide.get(whole as u64 + 1) * part
        };
        std::array::from_fn(value)
    }

    fn compare_newest(&mut self) {
        let (newest, shift) = (self.pulses.len() - 1, self.shift());
        for k in 0..=newest {
            let (own, other) = (&self.pulses[newest].profile, &self.pulses[k].profile);
            self.alike[newest][k] = likeness(own, other, shift);
            self.alike[k][newest] = likeness(other, own, shift);
        }
    }

    /// Marks which pulses are beats, now that there is one more.
    fn recount(&mut self) {
        for k in 0..self.pulses.len() {
            if !self.pulses[k].beat
                && let Some((interval, _)) = self.rhythm(k)
            {
                self.pulses[k].beat = true;
                if !self.pulses[k].step && self.leads(k, interval) {
                    self.beats += 1;
                    self.intervals += interval;
                }
            }
        }
    }

    /// Whether pulse `k` is the R wave of its beat: nothing near it is higher. A T wave is as
    /// regular, but lower.
    fn leads(&self, k: usize, interval: f64) -> bool {
        let own = &self.pulses[k];
        let near = |p: &&Pulse| (p.hop.abs_diff(own.hop) as f64) < NEAR_SHARE * interval;
        self.pulses.iter().filter(near).all(|p| p.height <= own.height)
    }

    /// The interval between beats (hops) and the mean likeness, if pulse `k` is one of them: by
    /// rhythm, or, of a heart without one, by how many are all but equal.
    fn rhythm(&self, k: usize) -> Option<(f64, f32)> {
        let mut same = [(0u64, 0.0f32); REMEMBERED];
        let same = self.those_like(k, SAME, &mut same);
        self.regular(k, same).or_else(|| {
            let mut twins = [(0u64, 0.0f32); REMEMBERED];
            let twins = self.those_like(k, TWIN, &mut twins);
            let interval = self.beat_interval(twins)?;
            (twins.len() > TWINS).then(|| (interval, mean_likeness(twins)))
        })
    }

    /// Where the pulses are that are at least so much like pulse `k`, itself among them, and how
    /// much.
    fn those_like<'a>(
        &self,
        k: usize,
        least: f32,
        found: &'a mut [(u64, f32); REMEMBERED],
    ) -> &'a [(u64, f32)] {
        let mut count = 0;
        for (other, alike) in self.pulses.iter().zip(self.alike[k]) {
            if alike >= least {
                found[count] = (other.hop, alike);
                count += 1;
            }
        }
        &found[..count]
    }

    /// The interval and the mean likeness of those that look the `same`, if enough of them lie at
    /// one rhythm with pulse `k`.
    fn regular(&self, k: usize, same: &[(u64, f32)]) -> Option<(f64, f32)> {
        let own = &self.pulses[k];
        let interval = self.beat_interval(same)?;
        // How many of the others lie a whole number of intervals away, counted pair by pair so
        // that a wavering rhythm does not add up its error.
        let fits = |gap: f64| {
            let n = (gap / interval).round();
            (1.0..=3.0).contains(&n) && (gap - n * interval).abs() < WAVER * interval * n.sqrt()
        };
        let place = same.iter().position(|s| s.0 == own.hop)?;
        let gap = |pair: &[(u64, f32)]| (pair[1].0 - pair[0].0) as f64;
        let before = same[..=place].windows(2).rev().take_while(|p| fits(gap(p))).count();
        let after = same[place..].windows(2).take_while(|p| fits(gap(p))).count();
        (before + after >= ENOUGH).then(|| (interval, mean_likeness(same)))
    }

    /// The usual interval of the shorter ones, if a heart can beat so.
    fn beat_interval(&self, same: &[(u64, f32)]) -> Option<f64> {
        let mut intervals = [0.0f64; REMEMBERED];
        for (n, pair) in same.windows(2).enumerate() {
            intervals[n] = (pair[1].0 - pair[0].0) as f64;
        }
        let intervals = &mut intervals[..same.len().saturating_sub(1)];
        intervals.sort_by(f64::total_cmp);
        let usual = *intervals.get(intervals.len() * 2 / 5)?;
        let seconds = self.clock.time(1).s() * usual;
        (FASTEST_S..=SLOWEST_S).contains(&seconds).then_some(usual)
    }

    fn shift(&self) -> usize {
        let half = SHAPE_MS + SHIFT_MS;
        (SHIFT_MS / (2.0 * half / (POINTS - 1) as f64)).round() as usize
    }

    /// The beat at hops `from..to`, if one is there, now that the floor is `floor`.
    pub fn beat(&self, from: u64, to: u64, floor: f32) -> Option<Beat> {
        let place = self.pulses.iter().position(|p| (from..to).contains(&p.hop) && p.beat)?;
        let (interval, alike) = self.rhythm(place)?;
        let (own, height) = (self.pulses[place].hop, self.pulses[place].height);
        let like = |(p, alike): &(&Pulse, f32)| p.beat && p.hop != own && *alike >= SAME;
        let others = || self.pulses.iter().zip(self.alike[place]).filter(like).map(|(p, _)| p);
        let mut usual = [0.0f32; TRACE];
        for (k, usual) in usual.iter_mut().enumerate() {
            let mut values = [0.0f32; REMEMBERED];
            let scaled = |p: &Pulse| p.trace[k] * (height / p.height).max(1.0).powi(2);
            let count = others().zip(&mut values).map(|(p, v)| *v = scaled(p)).count();
            *usual = crate::signal::floor::quantile(&mut values[..count], 0.75)? / floor;
        }
        let per_min = 60.0 / (self.clock.time(1).s() * interval);
        Some(Beat { hop: own, per_min, alike, usual, stroke: self.pulses[place].step })
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.band.silence(&mut self.state);
        self.filtered.clear();
        self.wide.clear();
        self.power.clear();
        self.pulses.clear();
        (self.usual_power, self.beats, self.intervals) = (0.0, 0, 0.0);
    }
}

fn mean_likeness(same: &[(u64, f32)]) -> f32 {
    same.iter().map(|s| s.1).sum::<f32>() / same.len().max(1) as f32
}
