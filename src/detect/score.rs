//! How far the energy of a moment stands over the noise: several windows, each against the
//! running floor, with a threshold that keeps a budget of false alarms.
//!
//! The cube root of an energy of noise is close to normal (Wilson & Hilferty 1931). So the
//! spread of each window is measured below its median, where twitches and efforts do not reach,
//! and the threshold is put as many standard deviations above the median as the budget allows.

mod beneath;
mod steps;
mod tail;

use super::bursts::Heard;
use super::detector::Limits;
use super::spread::{EXPECTED_WEIGHT, Spread, TENTH, spread};
use super::tape::{Clock, Tape, Weighting};
use crate::signal::envelope::{Energies, WINDOWS};
use crate::signal::floor::SlidingQuantile;
use crate::units::{Hertz, Seconds};
use beneath::{OF_ONE_SECOND, OF_SECONDS};
use tail::{FLAT_TAIL, TAILS, Tail, chances};

/// Floors and spreads are sampled this often: the shortest window.
const STEP_MS: f64 = 16.0;
/// The short floor: half a second on either side of the moment that is judged.
const SHORT_S: f64 = 1.0;
/// Spreads are learnt against the median of this much, so that a wandering floor does not widen them.
const LOCAL_S: f64 = 2.0;
/// The window whose median is the floor (64 ms).
pub const FLOOR_WINDOW: usize = 2;
/// The window that hysteresis looks at (32 ms).
pub const HYSTERESIS_WINDOW: usize = 1;
/// The long floor is made of this quantile, as many standard deviations below the median, so
/// that efforts and beats may fill more than half of the time.
const QUANTILE: f64 = 0.35;
const QUANTILE_SIGMAS: f64 = 0.385;
/// A short floor below this share of the long one is believed: the noise has stepped down, since
/// bursts can only raise a median. Chance takes the median of a second of 64 ms energies no
/// lower than 0.75 in stationary noise.
pub const STEPPED_DOWN: f32 = 0.6;
/// The short floor is the higher one from this share of it on. As it is, the larger of two medians would
/// lie over the true one of steady noise by chance, by 2 % in the mean, and hide as much.
const RAISED: f32 = 0.9;
/// Spreads are learnt while the short floor is below this many times the long one.
pub const STEADY: f32 = 1.5;
/// Where hysteresis lets go, in standard deviations above the median.
const LOW_SIGMA: f64 = 1.65;
/// Effective bandwidth of EMG noise in the detection band, Hz (what the spread is made of until enough has
/// been heard).
const EXPECTED_BANDWIDTH_HZ: f64 = 150.0;
/// A window twice as long has a spread this many times as large: 0.71 of white noise, 0.73 of noise with
/// the spectrum of EMG.
const TWICE_AS_LONG: f64 = 0.725;
/// Where less than that was found, it is worth so many energies times the length of the window over the
/// shortest's: of 128 ms seven seconds hold so few that their spread is known to 18 % only. Found to be more, as
/// where noise wavers, it is believed.
const AS_EXPECTED: f64 = 150.0;
/// Filters have skirts: white noise in the band is a little steadier than its width says (0.122
/// for 0.133 at 16 ms and 60-450 Hz). No noise is taken for steadier than that.
const WHITE: f64 = 0.9;
/// The same behind the filter that weighs frequencies, which lifts the skirts: 0.106 was measured.
const WHITENED: f64 = 0.7;
/// The long floors that are remembered, about one a second: two hours.
const HISTORY: usize = 7200;

/// One moment against the floor.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moment {
    /// The strongest window over its threshold, a ratio of powers; 1 is just found.
    pub score: f32,
    /// The same on the long floor alone.
    pub score_long: f32,
    /// Over the low threshold on the floor in force (the larger of long and short).
    pub active: bool,
    /// Over the low threshold on the long floor.
    pub active_long: bool,
    /// The floor in force.
    pub floor: f32,
}

impl Moment {
    /// How far hop `at`, which it is, stands out.
    pub fn heard(&self, at: u64) -> Heard {
        Heard { score: self.score, peak: at, floor: self.floor }
    }

    /// The same on the long floor alone.
    pub fn heard_long(&self, at: u64) -> Heard {
        Heard { score: self.score_long, ..self.heard(at) }
    }
}

/// The floors of one channel and what stands over them.
#[derive(Debug, Clone)]
pub struct Score {
    weighting: Weighting,
    step: u64,
    tails: [Tail; WINDOWS],
    long: SlidingQuantile,
    short: SlidingQuantile,
    local: SlidingQuantile,
    amplitude: SlidingQuantile,
    history: SlidingQuantile,
    spreads: [Spread; WINDOWS],
    /// What the spread of the shortest window is taken for until enough was heard.
    expected: f64,
    thresholds: [f32; WINDOWS],
    lows: [f32; WINDOWS],
    /// The median energy of each window over the floor.
    medians: [f32; WINDOWS],
    /// The median over the quantile that the long floor is made of.
    lift: f32,
    long_floor: f32,
    short_floor: f32,
    /// The short floor beneath a burst, as it counts where it is the higher one.
    raised: f32,
    /// For how many steps the short floor has been so far below the long one that it is believed, and after how
    /// many the long one forgets.
    below: u64,
    forgets: u64,
    amplitude_floor: f32,
    quantum: f32,
    settled: u64,
}

impl Score {
    /// For energies that are weighted so and `budget_per_min` false alarms a minute, with a floor over the
    /// last `floor`.
    pub fn new(clock: Clock, tape: &Tape, limits: Limits, weighting: Weighting) -> Self {
        let Limits { budget_per_min, floor, bandwidth, .. } = limits;
        let step = clock.hops(Seconds::from_ms(STEP_MS));
        let values = |s: f64| (clock.hops(Seconds::new(s)) / step).max(4) as usize;
        let window_s = |w: usize| clock.time(tape.detect.length(w)).s();
        let lengths = std::array::from_fn(|w| tape.detect.length(w));
        let chances = chances(budget_per_min, lengths, clock.time(1).s());
        let (least, tails) = match weighting {
            Weighting::Flat => (WHITE, [FLAT_TAIL; WINDOWS]),
            Weighting::White => (WHITENED, TAILS),
        };
        let mut new = Self {
            weighting,
            step,
            tails: std::array::from_fn(|w| Tail::new(chances[w], tails[w])),
            long: SlidingQuantile::new(values(floor.s()) / 2),
            short: SlidingQuantile::new(values(SHORT_S)),
            local: SlidingQuantile::new(values(LOCAL_S)),
            amplitude: SlidingQuantile::new(values(floor.s()) / 2),
            history: SlidingQuantile::new(HISTORY),
            spreads: std::array::from_fn(|w| Spread::new(least * spread(bandwidth, window_s(w)))),
            expected: spread(Hertz::new(EXPECTED_BANDWIDTH_HZ.min(bandwidth.hz())), window_s(0)),
            thresholds: [0.0; WINDOWS],
            lows: [0.0; WINDOWS],
            medians: [0.0; WINDOWS],
            lift: 0.0,
            long_floor: 0.0,
            short_floor: 0.0,
            raised: 0.0,
            below: 0,
            forgets: values(steps::FORGETS_S) as u64,
            amplitude_floor: 0.0,
            quantum: 0.0,
            settled: 0,
        };
        new.set_thresholds();
        new
    }

    fn set_thresholds(&mut self) {
        let mut expected = self.expected;
        for (w, spread) in self.spreads.iter_mut().enumerate() {
            // Of the shortest window little is known beforehand.
            spread.settle(expected, if w == 0 { EXPECTED_WEIGHT } else { AS_EXPECTED * f64::from(1 << w) });
            expected = TWICE_AS_LONG * spread.sigma();
        }
        for w in 0..WINDOWS {
            let at = |z: f64| self.median(w) * (1.0 + z * self.spreads[w].sigma()).powi(3);
            let sigmas = self.tails[w].sigmas(self.spreads[w].sigma());
            (self.thresholds[w], self.lows[w]) = (at(sigmas) as f32, at(LOW_SIGMA) as f32);
            self.medians[w] = self.median(w) as f32;
        }
        self.lift = (1.0 - QUANTILE_SIGMAS * self.spreads[FLOOR_WINDOW].sigma()).powi(-3) as f32;
    }

    /// The median energy of window `w` over the floor: all windows have the same mean.
    fn median(&self, w: usize) -> f64 {
        self.spreads[FLOOR_WINDOW].mean_over_median() / self.spreads[w].mean_over_median()
    }

    /// The power of the converter's steps, below which no floor can lie.
    pub fn set_quantum(&mut self, power: f32) {
        self.quantum = power;
    }

    /// Whether it hears what is whitened.
    pub fn is_white(&self) -> bool {
        self.weighting == Weighting::White
    }

    /// The energies of `tape` that are scored.
    pub fn energies<'a>(&self, tape: &'a Tape) -> &'a Energies {
        tape.energies(self.weighting)
    }

    /// Takes what ends at hop `hops` of `tape` into the floors.
    pub fn hear(&mut self, tape: &Tape, hops: u64) {
        let window = tape.detect.length(FLOOR_WINDOW);
        // Energies of 64 ms hardly differ after 16; the long floor does with every second.
        if hops.is_multiple_of(2 * self.step)
            && hops >= window
            && tape.all_valid(hops - window, hops)
            && let Some(energy) = tape.newest(self.weighting, FLOOR_WINDOW, hops)
        {
            self.long.push(energy);
            self.amplitude.push(tape.amplitude_before(hops, window));
            let about = self.long.quantile(QUANTILE).unwrap_or(0.0) * self.lift;
            let q = self.beneath(&self.long, QUANTILE, about, OF_SECONDS);
            let low = |window: &SlidingQuantile| window.quantile(q).unwrap_or(0.0) * self.lift;
            self.long_floor = low(&self.long).max(self.quantum);
            self.amplitude_floor = low(&self.amplitude).max(self.quantum);
        }
        self.hear_short(tape, hops);
        if hops.is_multiple_of(self.step) {
            self.follow_down();
        }
    }

    /// Takes what ends at hop `hops` of `tape` into the floors that follow the moment.
    pub fn hear_short(&mut self, tape: &Tape, hops: u64) {
        let window = tape.detect.length(FLOOR_WINDOW);
        if !hops.is_multiple_of(self.step) || hops < window || !tape.all_valid(hops - window, hops) {
            return;
        }
        let Some(energy) = tape.newest(self.weighting, FLOOR_WINDOW, hops) else { return };
        self.short.push(energy);
        self.local.push(energy);
        self.short_floor = self.short.quantile(0.5).unwrap_or(0.0).max(self.quantum);
        let q = self.beneath(&self.short, 0.5, self.long_floor, OF_ONE_SECOND);
        self.raised = RAISED * self.short.quantile(q).unwrap_or(0.0).max(self.quantum);
    }

    /// Forgets the floors that follow the moment, to hear them again from the first hops of `tape` on.
    pub fn rewind(&mut self, tape: &Tape, hops: u64) {
        self.short.clear();
        self.local.clear();
        (1..=hops).for_each(|hops| self.hear_short(tape, hops));
    }

    /// How many energies the long floor rests on.
    pub fn heard(&self) -> usize {
        self.long.len()
    }

    /// Takes the energies around hop `at`, which must be in the past of `tape`, into the spreads.
    pub fn learn(&mut self, tape: &Tape, at: u64) {
        if !at.is_multiple_of(self.step) {
            return;
        }
        let half = tape.detect.length(WINDOWS - 1) / 2;
        let floor = self.local_floor().max(self.quantum);
        let steady = floor < STEADY * self.long_floor;
        if floor > 0.0 && steady && at >= half && tape.all_valid(at - half, at + half) {
            let energies = self.energies(tape).all_around(at).into_iter().zip(self.medians);
            for (spread, (energy, median)) in self.spreads.iter_mut().zip(energies) {
                spread.push(energy / (floor * median));
            }
        }
        self.settled += 1;
        if self.settled.is_multiple_of(64) {
            self.set_thresholds();
            self.history.push(self.long_floor);
        }
    }

    /// Makes thresholds of what was learnt so far.
    pub fn settle(&mut self) {
        self.set_thresholds();
        self.history.push(self.long_floor);
    }

    /// Hop `at` against the floors.
    pub fn moment(&self, tape: &Tape, at: u64) -> Moment {
        self.over_floors(tape, at, self.energies(tape).all_around(at))
    }

    /// Hop `at` against the floors, by those windows that do not reach into hops `first..=last`.
    pub fn moment_beside(&self, tape: &Tape, at: u64, (first, last): (u64, u64)) -> Moment {
        let mut energies = self.energies(tape).all_around(at);
        for (w, energy) in energies.iter_mut().enumerate() {
            let half = tape.detect.length(w) / 2;
            if at + half >= first && at <= last + half {
                *energy = 0.0;
            }
        }
        self.over_floors(tape, at, energies)
    }

    fn over_floors(&self, tape: &Tape, at: u64, energies: [f32; WINDOWS]) -> Moment {
        let floor = self.floor();
        if floor <= 0.0 || !tape.is_valid(at) {
            return Moment::default();
        }
        let over: [f32; WINDOWS] = std::array::from_fn(|w| energies[w] / self.thresholds[w]);
        let score = over.into_iter().fold(0.0, f32::max);
        let (energy, low) = (energies[HYSTERESIS_WINDOW], self.lows[HYSTERESIS_WINDOW]);
        Moment {
            score: score / floor,
            score_long: score / self.long_floor.max(f32::MIN_POSITIVE),
            active: energy > low * floor,
            active_long: energy > low * self.long_floor,
            floor,
        }
    }

    /// The floor in force: median energy of 64 ms, detection band.
    pub fn floor(&self) -> f32 {
        let stepped_down = self.short_floor < STEPPED_DOWN * self.long_floor;
        if stepped_down { self.short_floor } else { self.long_floor.max(self.raised) }
    }

    /// The long floor alone.
    pub fn long_floor(&self) -> f32 {
        self.long_floor
    }

    /// The low threshold of hysteresis, over a floor.
    pub fn low(&self) -> f32 {
        self.lows[HYSTERESIS_WINDOW]
    }

    /// The threshold of window `w` over the floor.
    pub fn threshold(&self, w: usize) -> f32 {
        self.thresholds[w]
    }

    fn mean(&self) -> f32 {
        self.spreads[FLOOR_WINDOW].mean_over_median() as f32
    }

    /// The mean power of noise whose median energy of 64 ms is `floor`.
    pub fn mean_power(&self, floor: f32) -> f32 {
        floor * self.mean()
    }

    /// Mean power of the noise in the amplitude band.
    pub fn amplitude_power(&self) -> f32 {
        self.amplitude_floor * self.mean()
    }

    /// The median over the recording (over its last two hours, if it is longer) of the noise power in
    /// the detection band; `None` before anything was heard.
    pub fn typical_power(&self) -> Option<f32> {
        self.history.quantile(0.5).filter(|p| *p > 0.0).map(|p| p * self.mean())
    }

    /// The power over the noise (a ratio) of a burst as long as `burst` that is found with 90 %:
    /// its tenth percentile must reach the threshold of the window that fits it best.
    pub fn detectable(&self, tape: &Tape, burst: u64) -> f64 {
        let mut least = f64::INFINITY;
        for w in 0..WINDOWS {
            let window = tape.detect.length(w) as f64;
            let share = (burst as f64 / window).min(1.0);
            // The spread of the burst's own energy is that of noise of its length.
            let shrink = (window / burst as f64).max(1.0).sqrt();
            let tenth = (1.0 - TENTH * self.spreads[w].sigma() * shrink.min(2.0)).max(0.2).powi(3);
            let needed = f64::from(self.thresholds[w]) - (1.0 - share);
            least = least.min((needed / (tenth * share) - 1.0).max(0.0));
        }
        least
    }

    /// Back to where it was when new.
    pub fn clear(&mut self) {
        self.long.clear();
        self.short.clear();
        self.local.clear();
        self.amplitude.clear();
        self.history.clear();
        self.spreads.iter_mut().for_each(Spread::clear);
        (self.long_floor, self.short_floor, self.raised, self.amplitude_floor) = (0.0, 0.0, 0.0, 0.0);
        (self.quantum, self.settled, self.below) = (0.0, 0, 0);
        self.set_thresholds();
    }
}
