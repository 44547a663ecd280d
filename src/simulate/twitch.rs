//! Twitches: bursts of motor-unit action potentials, and Gaussian bursts beside them so that no
//! detector is tuned to one generator.

use super::band::{Band, Measured};
use super::canvas::{Canvas, Wave, ramp};
use super::decimate::Decimator;
use super::recipe::{Family, Twitches};
use super::schedule::Planned;
use super::spectrum::Emg;
use super::streams::{Component, Stream};

/// Motor units in one twitch: a few to tens of polyphasic discharges (no number was found in the
/// literature; Simons & Dexter 1995 count discharges, not units).
const UNITS: [f64; 2] = [3.0, 10.0];
/// Standard deviation of the Gaussian whose derivatives make a potential, ms: six of them are
/// the duration of a surface potential, 5-17 ms (thenar units, PMC1779696).
const SIGMA_MS: [f64; 2] = [5.0 / 6.0, 17.0 / 6.0];
/// Spread of the natural logarithm of unit amplitudes: 8-327 µV around 48 µV in the same source
/// is wider, but seen from one electrode.
const AMPLITUDE_SPREAD: f64 = 0.6;
/// Discharges a second of one unit at the crest of the burst.
const UNIT_RATE: [f64; 2] = [40.0, 120.0];
/// Least interval between two discharges of one unit, s.
const REFRACTORY_S: f64 = 0.004;
/// Bursts that are drawn for a twitch; the one whose duration comes nearest is taken.
const TRIES: usize = 8;

/// A burst of no particular size, made, and where it starts and ends in kept samples.
pub(super) struct Burst {
    pub made: Vec<f64>,
    pub measured: Measured,
}

/// A twitch in place.
pub(super) struct Placed {
    pub wave: Wave,
    pub onset: u64,
    pub offset: u64,
    pub channel: usize,
    pub snr_db: f64,
}

/// Makes twitches of one recording.
pub(super) struct Workshop<'a> {
    pub canvas: &'a Canvas,
    pub plan: &'a Twitches,
    pub emg: &'a Emg,
    pub decimator: &'a Decimator,
    pub band: &'a mut Band,
    /// Mean square of the background in the band at gain 1, µV².
    pub noise_power: f64,
}

impl Workshop<'_> {
    /// Makes the `index`-th twitch. `floor(from, to)` is the mean square of the floor's gain
    /// between two frames.
    pub(super) fn make(
        &mut self,
        index: u64,
        planned: &Planned,
        floor: impl Fn(u64, u64) -> f64,
    ) -> Option<Placed> {
        let mut stream = Stream::new(self.canvas.seed, Component::Twitch, index);
        let channel = stream.one_of(self.canvas.channels);
        let [weakest, strongest] = self.plan.snr_db;
        let faded = self.plan.fading_db * f64::from(planned.order.min(3));
        let snr_db = stream.within([weakest, (strongest - faded).max(weakest)]);
        let gaussian = match self.plan.family {
            Family::Muap => false,
            Family::Gaussian => true,
            Family::Mixed => stream.chance(0.5),
        };
        let Self { canvas, emg, decimator, band, .. } = self;
        let burst = burst(canvas, emg, decimator, band, &mut stream, gaussian, planned)?;
        let Burst { mut made, measured } = burst;
        let offset = planned.onset + (measured.offset - measured.onset) as u64;
        let noise = self.noise_power * floor(planned.onset, offset);
        let gain = (10f64.powf(snr_db / 10.0) * noise / measured.power).sqrt();
        made.iter_mut().for_each(|x| *x *= gain);
        let at = (planned.onset as i64 - measured.onset) * self.canvas.factor as i64;
        let gains = spread(self.canvas.channels, channel, self.plan.spread);
        Some(Placed {
            wave: Wave { at, values: made, gains, stays: false },
            onset: planned.onset,
            offset,
            channel,
            snr_db,
        })
    }
}

/// The burst that lasts most nearly as long as planned, of several, each drawn for a time that is
/// corrected by how far the one before it was off.
pub(super) fn burst(
    canvas: &Canvas,
    emg: &Emg,
    decimator: &Decimator,
    band: &mut Band,
    stream: &mut Stream,
    gaussian: bool,
    planned: &Planned,
) -> Option<Burst> {
    let wanted = planned.duration_s * canvas.rate_hz;
    let room = planned.until.saturating_sub(planned.onset) as i64;
    let mut best: Option<(f64, Burst)> = None;
    let mut stretch = 1.0;
    for _ in 0..TRIES {
        let long_s = planned.duration_s * stretch;
        let made = if gaussian {
            gaussian_burst(canvas, emg, stream, long_s)
        } else {
            muap_train(canvas, stream, long_s)
        };
        let Some(burst) = measure(canvas, decimator, band, made) else { continue };
        let frames = burst.measured.offset - burst.measured.onset;
        let ratio = frames as f64 / wanted;
        stretch = (stretch / ratio).clamp(0.5, 2.0);
        let miss = ratio.ln().abs();
        if frames <= room && best.as_ref().is_none_or(|(least, _)| miss < *least) {
            best = Some((miss, burst));
        }
    }
    best.map(|(_, burst)| burst)
}

/// Gains on all channels of what is strongest on `channel`.
pub(super) fn spread(channels: usize, channel: usize, gain: f64) -> Vec<f64> {
    (0..channels).map(|c| gain.powi(c.abs_diff(channel) as i32)).collect()
}

/// Measures a made burst as it will be kept.
pub(super) fn measure(
    canvas: &Canvas,
    decimator: &Decimator,
    band: &mut Band,
    made: Vec<f64>,
) -> Option<Burst> {
    let mut measured = if canvas.factor == 1 {
        band.measure(&made)?
    } else {
        let (kept, first) = kept(canvas, decimator, &made);
        let m = band.measure(&kept)?;
        Measured { onset: m.onset + first, offset: m.offset + first, ..m }
    };
    measured.offset = measured.offset.max(measured.onset + 1);
    Some(Burst { made, measured })
}

/// A made burst as it will be kept, and the place of its first sample.
pub(super) fn kept(canvas: &Canvas, decimator: &Decimator, made: &[f64]) -> (Vec<f64>, i64) {
    if canvas.factor == 1 {
        return (made.to_vec(), 0);
    }
    let reach = decimator.reach();
    let count = made.len().div_ceil(canvas.factor) + 2 * reach;
    (decimator.keep(made, -(reach as i64), count), -(reach as i64))
}

/// Shaped noise under a window that rises within a quarter and falls within two fifths.
fn gaussian_burst(canvas: &Canvas, emg: &Emg, stream: &mut Stream, duration_s: f64) -> Vec<f64> {
    let count = (duration_s * canvas.made_hz).ceil().max(4.0) as usize;
    let noise = emg.noise(count, stream);
    let window = |x: f64| ramp(x, 0.25) * ramp(1.0 - x, 0.4);
    noise.iter().enumerate().map(|(i, v)| v * window((i as f64 + 0.5) / count as f64)).collect()
}

/// One motor unit as the electrode sees it.
struct Unit {
    sigma_s: f64,
    /// Weights of the first (biphasic) and second (triphasic) derivative.
    weights: [f64; 2],
    rate: f64,
}

impl Unit {
    fn draw(stream: &mut Stream) -> Self {
        let turn = stream.within([0.0, std::f64::consts::FRAC_PI_2]);
        let amplitude = (AMPLITUDE_SPREAD * stream.normal()).exp();
        // One electrode sees most units from the same side of their end plates.
        let sign = if stream.chance(0.25) { -1.0 } else { 1.0 };
        Self {
            sigma_s: stream.within(SIGMA_MS) / 1000.0,
            weights: [sign * amplitude * turn.cos(), sign * amplitude * turn.sin()],
            rate: stream.within(UNIT_RATE),
        }
    }

    /// The potential `t` seconds after its centre: derivatives of a Gaussian, each of peak 1.
    fn potential(&self, t: f64) -> f64 {
        let x = t / self.sigma_s;
        let bell = (-x * x / 2.0).exp();
        let biphasic = x * bell * std::f64::consts::E.sqrt();
        let triphasic = (1.0 - x * x) * bell;
        self.weights[0] * biphasic + self.weights[1] * triphasic
    }
}

/// A train of potentials: each unit discharges by a Poisson process under a rising and decaying
/// intensity, with a refractory time.
fn muap_train(canvas: &Canvas, stream: &mut Stream, duration_s: f64) -> Vec<f64> {
    let units: Vec<Unit> = (0..stream.within(UNITS).round() as usize).map(|_| Unit::draw(stream)).collect();
    // Half the edge of a mean potential lies outside of the discharges on either side.
    let long_s = (duration_s - 0.006).max(0.001);
    let crest = stream.within([0.2, 0.45]);
    let intensity = |x: f64| if x < crest { ramp(x, crest) } else { ramp(1.0 - x, 1.0 - crest) };
    let margin_s = 3.5 * SIGMA_MS[1] / 1000.0;
    let mut made = vec![0.0; ((long_s + 2.0 * margin_s) * canvas.made_hz).ceil() as usize + 1];
    let mut discharges = 0;
    for unit in &units {
        let (mut t, mut last) = (0.0, -1.0);
        loop {
            t += stream.waiting(1.0 / unit.rate);
            if t > long_s {
                break;
            }
            if stream.chance(intensity(t / long_s)) && t - last >= REFRACTORY_S {
                last = t;
                discharges += 1;
                add(canvas, unit, margin_s + t, &mut made);
            }
        }
    }
    if let (0, Some(unit)) = (discharges, units.first()) {
        add(canvas, unit, margin_s + crest * long_s, &mut made);
    }
    made
}

fn add(canvas: &Canvas, unit: &Unit, centre_s: f64, made: &mut [f64]) {
    let reach_s = 3.5 * unit.sigma_s;
    let from = ((centre_s - reach_s) * canvas.made_hz).ceil().max(0.0) as usize;
    let to = (((centre_s + reach_s) * canvas.made_hz).floor() as usize).min(made.len().saturating_sub(1));
    for (i, sample) in made.iter_mut().enumerate().take(to + 1).skip(from) {
        *sample += unit.potential(i as f64 / canvas.made_hz - centre_s);
    }
}
