//! Guarding and voluntary contractions: long, with crests, and some as sudden as a twitch.

use std::f64::consts::TAU;

use super::band::Band;
use super::canvas::{Canvas, Wave, ramp};
use super::decimate::Decimator;
use super::motion::times;
use super::recipe::Efforts;
use super::render::{Kind, TruthEvent};
use super::spectrum::Emg;
use super::streams::{Component, Stream};
use super::twitch::{Burst, measure, spread};
use crate::units::Span;

/// Places that are tried for an effort before it is left out.
const TRIES: usize = 20;
/// Contractions that are drawn for an effort, until one lasts as long as asked for, to so much of the logarithm.
const DRAWS: usize = 8;
const NEAR: f64 = 0.02;
/// Gain on the next channel: guarding takes the whole muscle.
const SPREAD: f64 = 0.8;
/// Force tremor that makes the crests, Hz, and how far it swings the logarithm of the amplitude.
const CREST_HZ: [f64; 2] = [3.0, 9.0];
const CREST_SWING: f64 = 0.35;

/// All efforts, away from `twitches` and from one another. `floor` is the mean square of the
/// floor's gain between two frames.
pub(super) fn efforts(
    canvas: &Canvas,
    plan: &Efforts,
    emg: &Emg,
    decimator: &Decimator,
    band: &mut Band,
    noise: impl Fn(u64, u64) -> f64,
    twitches: &[Span],
) -> (Vec<Wave>, Vec<TruthEvent>) {
    let mut count = Stream::new(canvas.seed, Component::Efforts, u64::MAX);
    let wanted = times(canvas, plan.per_min, &mut count).len();
    let away = (plan.away_s * canvas.rate_hz).ceil() as u64;
    let mut taken: Vec<Span> = twitches.to_vec();
    let (mut waves, mut truth) = (Vec::new(), Vec::new());
    for index in 0..wanted {
        let mut stream = Stream::new(canvas.seed, Component::Efforts, index as u64);
        let channel = stream.one_of(canvas.channels);
        let long = stream.log_within(plan.duration_s);
        let snr_db = stream.within(plan.snr_db);
        let draw = |s| contraction(canvas, plan, emg, &mut stream, s);
        let Some(burst) = lasting(canvas, decimator, band, long, draw) else { continue };
        let Burst { mut made, measured } = burst;
        let frames = (measured.offset - measured.onset) as u64;
        let onset = (0..TRIES).map(|_| (stream.unit() * canvas.frames as f64) as u64).find(|at| {
            let around = Span::new(at.saturating_sub(away), at + frames + away);
            at + frames < canvas.frames as u64 && taken.iter().all(|t| around.overlap(*t) == 0)
        });
        let Some(onset) = onset else { continue };
        let span = Span::new(onset, onset + frames);
        taken.push(span);
        let gain = (10f64.powf(snr_db / 10.0) * noise(onset, onset + frames) / measured.power).sqrt();
        made.iter_mut().for_each(|x| *x *= gain);
        let at = (onset as i64 - measured.onset) * canvas.factor as i64;
        waves.push(Wave { at, values: made, gains: spread(canvas.channels, channel, SPREAD), stays: false });
        let event = TruthEvent::of(Kind::Effort, span);
        truth.push(TruthEvent { channel: Some(channel), snr_db: Some(snr_db), ..event });
    }
    (waves, truth)
}

/// The contraction that lasts most nearly `long` seconds, from onset to offset as the truth has them, of
/// several, each drawn for a time that is corrected by how far the one before it was off.
fn lasting(
    canvas: &Canvas,
    decimator: &Decimator,
    band: &mut Band,
    long: f64,
    mut draw: impl FnMut(f64) -> Vec<f64>,
) -> Option<Burst> {
    let mut best: Option<(f64, Burst)> = None;
    let mut drawn = long;
    for _ in 0..DRAWS {
        let Some(burst) = measure(canvas, decimator, band, draw(drawn)) else { continue };
        let lasts = (burst.measured.offset - burst.measured.onset) as f64 / canvas.rate_hz;
        let miss = (lasts / long).ln().abs();
        drawn = (drawn * long / lasts).clamp(0.5 * long, 3.0 * long);
        if best.as_ref().is_none_or(|(least, _)| miss < *least) {
            best = Some((miss, burst));
        }
        if miss < NEAR {
            break;
        }
    }
    best.map(|(_, burst)| burst)
}

/// One contraction of no particular size.
fn contraction(canvas: &Canvas, plan: &Efforts, emg: &Emg, stream: &mut Stream, long: f64) -> Vec<f64> {
    let rise = (stream.log_within(plan.rise_ms) / 1000.0).min(long / 2.0);
    let fall = stream.log_within([0.03, 0.4]).min(long / 2.0);
    let (crest_hz, crest_at) = (stream.within(CREST_HZ), stream.within([0.0, TAU]));
    let count = (long * canvas.made_hz).ceil() as usize;
    let noise = emg.noise(count, stream);
    let level = |s: f64| {
        let crests = (CREST_SWING * (TAU * crest_hz * s + crest_at).sin()).exp();
        ramp(s, rise) * ramp(long - s, fall) * crests
    };
    noise.iter().enumerate().map(|(i, x)| x * level(i as f64 / canvas.made_hz)).collect()
}
