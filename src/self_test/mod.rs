//! What the detector finds in this very recording: bursts of known size are added at quiet places
//! of it, and the same pipeline runs over it again.
//!
//! The computed detection limit rests on assumptions about noise; this one does not. What is
//! added is made as twitches of simulated recordings are, on one channel at a time, rounded to the
//! converter's steps and clipped where it clips. This room knows sources, the simulator, the
//! pipeline and sessions. It must never know views.

mod added;
mod places;

use crate::analysis::{Error, drive};
use crate::pipeline::{Event, Pipeline};
use crate::session::{Estimate, SelfTest, SelfTestRow, Session};
use crate::settings::Settings;
use crate::simulate::Bursts;
use crate::source::{self, Source};
use crate::statistics::{Dice, Level, Psychometric};
use crate::units::{SampleRate, Seconds, Span};

use added::Added;
use places::Quiet;

/// The durations for which sizes are stated, as the computed limit has them, ms.
const DURATIONS_MS: [f64; 3] = [20.0, 50.0, 100.0];
/// Sizes are drawn from as far below and above the computed limit, dB.
const RANGE_DB: [f64; 2] = [-10.0, 10.0];
/// So many bursts of each duration are added on each channel, where there is room.
const TRIALS: usize = 150;
/// Bursts on one channel come this far apart, s: 30 a minute, as twitches in simulated recordings;
/// on several, at least so far.
const APART_S: f64 = 2.0;
const LEAST_APART_S: f64 = 0.4;
/// The recording is run through at most so many times.
const MOST_RUNS: usize = 16;
/// With fewer bursts than this nothing is estimated.
const LEAST_TRIALS: usize = 30;
/// A found twitch stands for an added burst if the two are at most so far apart, s.
const TOLERANCE_S: f64 = 0.02;

/// One burst that was added.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    channel: usize,
    duration: usize,
    /// Its size over the computed limit, dB.
    over_db: f64,
    span: Span,
}

/// Tests the detector with `settings` on the recording of `session`, which `open` opens as often
/// as it is called. `step` is the converter's step in the samples' unit, where samples are whole
/// numbers of it. The same `seed` adds the same bursts.
///
/// # Errors
/// [`Error`] where the recording cannot be read again.
pub fn self_test<S: Source>(
    open: &mut impl FnMut() -> Result<S, source::Error>,
    step: Option<f32>,
    settings: &Settings,
    session: &Session,
    seed: u64,
) -> Result<SelfTest, Error> {
    let format = open()?.format().clone();
    let quiet = Quiet::new(session, format.rate);
    let limits: Vec<Option<[f64; 3]>> = session.channels.iter().map(|c| c.smallest_rms).collect();
    let mut maker = Maker::new(format.rate, seed, limits);
    let runs = maker.plan(&quiet);
    let mut found = Vec::new();
    for _ in 0..runs {
        let (bursts, trials) = maker.draw(&quiet);
        let mut source = Added::new(open()?, bursts, step);
        let mut pipeline = Pipeline::new(&format, settings)?;
        let mut twitches: Vec<Span> = Vec::new();
        let mut hear = |event| {
            if let Event::Twitch(twitch) = event {
                twitches.push(twitch.span);
            }
        };
        drive(&mut source, &mut pipeline, &mut hear, &mut |_| {})?;
        pipeline.finish(&mut hear);
        let tolerance = format.rate.samples(Seconds::new(TOLERANCE_S));
        found.extend(trials.into_iter().map(|t| (t, is_found(t.span, &twitches, tolerance))));
    }
    Ok(SelfTest { seed, rows: rows(session, &found) })
}

/// Whether any of `twitches` lies within `tolerance` frames of `span`.
fn is_found(span: Span, twitches: &[Span], tolerance: u64) -> bool {
    let near = |t: &Span| t.start <= span.end + tolerance && span.start <= t.end + tolerance;
    twitches.iter().any(near)
}

/// Draws which burst is added where.
struct Maker {
    rate: SampleRate,
    bursts: Bursts,
    dice: Dice,
    /// The computed limits of each channel; a channel without is not tested.
    limits: Vec<Option<[f64; 3]>>,
    tested: Vec<usize>,
    made: u64,
    apart: f64,
}

impl Maker {
    fn new(rate: SampleRate, seed: u64, limits: Vec<Option<[f64; 3]>>) -> Self {
        let tested: Vec<usize> =
            limits.iter().enumerate().filter(|(_, l)| l.is_some()).map(|(c, _)| c).collect();
        let apart = (APART_S / tested.len().max(1) as f64).max(LEAST_APART_S);
        Self { rate, bursts: Bursts::new(rate, seed), dice: Dice::new(seed), limits, tested, made: 0, apart }
    }

    /// How many runs there will be; bursts are set further apart where one run has more room than
    /// it needs.
    fn plan(&mut self, quiet: &Quiet) -> usize {
        let wanted = self.tested.len() * DURATIONS_MS.len() * TRIALS;
        let room = quiet.seconds() / self.apart;
        if wanted == 0 || room < 1.0 {
            return 0;
        }
        let runs = (wanted as f64 / room).ceil().max(1.0);
        self.apart *= (room * runs / wanted as f64).max(1.0);
        (runs as usize).min(MOST_RUNS)
    }

    /// The bursts of one run, in order of time.
    fn draw(&mut self, quiet: &Quiet) -> (Vec<added::Burst>, Vec<Trial>) {
        let (mut bursts, mut trials) = (Vec::new(), Vec::new());
        let mut at = self.rate.samples(Seconds::new(self.apart * self.dice.unit()));
        while at < quiet.end() {
            let (which, kind) = (self.made as usize, DURATIONS_MS.len());
            let duration = which % kind;
            let channel = self.tested[(which / kind) % self.tested.len()];
            let over_db = RANGE_DB[0] + (RANGE_DB[1] - RANGE_DB[0]) * self.dice.unit();
            self.made += 1;
            let limit = self.limits[channel].map_or(0.0, |l| l[duration]);
            let made = self.bursts.make(self.made, Seconds::from_ms(DURATIONS_MS[duration]));
            let Some(made) = made else {
                // The rate is too low for a burst so short.
                at += self.rate.samples(Seconds::new(self.apart)).max(1);
                continue;
            };
            let Some(start) = quiet.next(at, made.values.len()) else { break };
            let size = limit * 10f64.powf(over_db / 20.0);
            let span = Span::new(start + made.onset as u64, start + made.offset as u64);
            trials.push(Trial { channel, duration, over_db, span });
            let values = made.values.iter().map(|x| x * size as f32).collect();
            bursts.push(added::Burst { channel, start, values });
            at = start + self.rate.samples(Seconds::new(self.apart * (0.75 + 0.5 * self.dice.unit())));
        }
        (bursts, trials)
    }
}

/// What came of it, a row for each channel and duration.
fn rows(session: &Session, found: &[(Trial, bool)]) -> Vec<SelfTestRow> {
    let mut rows = Vec::new();
    for (channel, quality) in session.channels.iter().enumerate() {
        for (duration, ms) in DURATIONS_MS.into_iter().enumerate() {
            let of = |(t, _): &&(Trial, bool)| t.channel == channel && t.duration == duration;
            let trials: Vec<(f64, bool)> =
                found.iter().filter(of).map(|(t, found)| (t.over_db, *found)).collect();
            let computed = quality.smallest_rms.map(|s| s[duration]);
            let curve = Psychometric::fit(&trials).filter(|_| trials.len() >= LEAST_TRIALS);
            let level = |chance| computed.zip(curve).and_then(|(rms, c)| estimate(rms, c.level(chance)));
            rows.push(SelfTestRow {
                channel: quality.name.clone(),
                ms,
                added: trials.len() as u64,
                found: trials.iter().filter(|(_, found)| *found).count() as u64,
                found_half_rms: level(0.5),
                found_90_rms: level(0.9),
                computed_90_rms: computed,
            });
        }
    }
    rows
}

/// A level over `rms`, as a size; `None` where it lies outside of what was tried.
fn estimate(rms: f64, level: Level) -> Option<Estimate> {
    let size = |db: f64| {
        let rms = rms * 10f64.powf(db / 20.0);
        (rms * 1e3).round() / 1e3
    };
    let [low, high] = RANGE_DB;
    let inside = (low..=high).contains(&level.value);
    let (value, low, high) = (size(level.value), size(level.interval.low), size(level.interval.high));
    inside.then_some(Estimate { value, low, high })
}
