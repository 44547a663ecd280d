//! Whether a recording at rest is good enough for a session: what was measured, in plain words.
//!
//! This room knows sources, sessions and statistics. It judges what `analysis` and `self_test`
//! found; only hum it measures itself. It must never know the pipeline or views.

use std::f64::consts::TAU;

use crate::block::Block;
use crate::session::{ChannelQuality, Session};
use crate::source::{self, Flow, Source};
use crate::statistics::{poisson_interval, rate};
use crate::units::SampleRate;

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Good enough.
    Good,
    /// Usable, with a doubt that is told.
    Doubtful,
    /// Not good enough.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How good it is.
    pub grade: Grade,
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// What was found, with its numbers.
    pub found: String,
    /// What helps, where something should.
    pub cure: Option<&'static str>,
}

/// Baseline noise of good equipment is 1-5 µV RMS, of hobby equipment 5-20.
const GOOD_NOISE_UV: f64 = 5.0;
const MOST_NOISE_UV: f64 = 20.0;
/// A single motor unit is 48 µV high at the surface (median of 16-17 thenar units, 8-327:
/// PMC1779696); a burst of a few has about half its height as RMS.
const UNIT_RMS_UV: f64 = 24.0;
/// Hum this many times the noise takes most of the converter's range that is left to a twitch.
const LOUD_HUM: f64 = 20.0;
/// A check of less tells little about false alarms, s.
const LEAST_S: f64 = 30.0;
/// From this share of lost time on, a session would lose too much; less than a moment, s, is not
/// worth a word.
const MOST_LOST: f64 = 0.01;
const MOMENT_S: f64 = 0.02;
/// A burst of 50 ms needs to be about 1.7 times the noise in a quiet recording; without a scale, this
/// many times is still near it.
const NEAR_NOISE: f64 = 4.0;

/// The hum on each channel, RMS in the samples' unit: the power at `lines_hz`, the lines that were
/// found on it, by correlation with a wave of that frequency a second at a time.
///
/// # Errors
/// [`source::Error`] where the recording cannot be read.
pub fn hum(source: &mut impl Source, lines_hz: &[Vec<f64>]) -> Result<Vec<f64>, source::Error> {
    let rate = source.format().rate;
    let window = rate.hz().round().max(1.0) as u64;
    let mut meters: Vec<Vec<Meter>> =
        lines_hz.iter().map(|lines| lines.iter().map(|hz| Meter::new(*hz, rate)).collect()).collect();
    let mut block = Block::empty(source.format().channels.len());
    loop {
        match source.next(&mut block)? {
            Flow::End => break,
            Flow::Idle => continue,
            Flow::Frames => {}
        }
        for (frame, at) in block.frames.rows().into_iter().zip(block.first.get()..) {
            for (x, lines) in frame.iter().zip(&mut meters) {
                lines.iter_mut().for_each(|meter| meter.hear(f64::from(*x), at, window));
            }
        }
    }
    let power = |lines: &Vec<Meter>| lines.iter().map(Meter::power).sum::<f64>();
    Ok(meters.iter().map(|lines| power(lines).sqrt()).collect())
}

/// The power at one frequency.
struct Meter {
    turns: f64,
    sums: [f64; 2],
    valid: bool,
    power: f64,
    windows: f64,
    /// The frame that should come next.
    next: u64,
}

impl Meter {
    fn new(hz: f64, rate: SampleRate) -> Self {
        Self { turns: hz / rate.hz(), sums: [0.0; 2], valid: true, power: 0.0, windows: 0.0, next: 0 }
    }

    fn hear(&mut self, x: f64, at: u64, window: u64) {
        if at != self.next {
            // A second with samples missing says nothing.
            (self.sums, self.valid) = ([0.0; 2], at.is_multiple_of(window));
        }
        self.next = at + 1;
        let angle = TAU * (at as f64 * self.turns).fract();
        self.valid &= x.is_finite();
        self.sums = [self.sums[0] + x * angle.cos(), self.sums[1] + x * angle.sin()];
        if (at + 1).is_multiple_of(window) {
            if self.valid {
                let amplitude_squared = 4.0 * self.sums.iter().map(|s| s * s).sum::<f64>();
                self.power += amplitude_squared / (window as f64).powi(2) / 2.0;
                self.windows += 1.0;
            }
            (self.sums, self.valid) = ([0.0; 2], true);
        }
    }

    fn power(&self) -> f64 {
        if self.windows > 0.0 { self.power / self.windows } else { 0.0 }
    }
}

/// Judges a session made of rest; `hum_rms` is what [`hum`] says of each channel. Where the
/// recording has marks, only the time without a needle is judged for false alarms.
pub fn judge(session: &Session, hum_rms: &[f64]) -> Vec<Finding> {
    let mut all = vec![length(session)];
    all.extend(session.channels.iter().map(|c| floor(session, c)));
    let heard = session.channels.iter().zip(hum_rms);
    all.extend(heard.filter(|(c, _)| !c.mains_hz.is_empty()).map(|(c, rms)| loudness(session, c, *rms)));
    if session.channels.iter().all(|c| c.mains_hz.is_empty()) {
        all.push(good("hum", "none found".into()));
    }
    all.push(heart(session));
    all.extend(lost(session));
    all.push(false_alarms(session));
    all.extend(session.channels.iter().enumerate().map(|(n, c)| smallest(session, n, c)));
    all
}

fn good(what: &'static str, found: String) -> Finding {
    Finding { grade: Grade::Good, what, found, cure: None }
}

fn length(session: &Session) -> Finding {
    let s = session.source.duration_s;
    let found = format!("{s:.0} s");
    if s >= LEAST_S {
        return good("length", found);
    }
    let cure = Some("record 60 s or more of rest: a short check hardly tells about false alarms");
    Finding { grade: Grade::Doubtful, what: "length", found, cure }
}

fn floor(session: &Session, channel: &ChannelQuality) -> Finding {
    let name = &channel.name;
    let (grade, found, cure) = match channel.noise_rms {
        None => (
            Grade::Bad,
            format!("{name}: no noise floor, there is too little signal"),
            Some("check the electrode, its cable and that the channel is recorded"),
        ),
        Some(_) if !session.source.calibrated => (
            Grade::Doubtful,
            format!("{name}: not known in µV, because the scale is unknown"),
            Some("say what the samples are worth with --full-scale or --lsb"),
        ),
        Some(uv) if uv <= GOOD_NOISE_UV => (Grade::Good, format!("{name}: {uv:.1} µV RMS"), None),
        Some(uv) => (
            if uv <= MOST_NOISE_UV { Grade::Doubtful } else { Grade::Bad },
            format!("{name}: {uv:.1} µV RMS, where good equipment on a relaxed muscle has 1 to 5"),
            Some("let the muscle relax; clean the skin, use fresh electrodes, shorten the leads"),
        ),
    };
    Finding { grade, what: "noise floor", found, cure }
}

fn loudness(session: &Session, channel: &ChannelQuality, rms: f64) -> Finding {
    let ratio = channel.noise_rms.filter(|n| *n > 0.0).map(|n| rms / n);
    let lines: Vec<String> = channel.mains_hz.iter().take(3).map(|hz| format!("{hz:.0}")).collect();
    let size = if session.source.calibrated { format!("{rms:.1} µV RMS, ") } else { String::new() };
    let times = ratio.map_or_else(|| "n/a".to_owned(), |r| format!("{r:.1} times the noise"));
    let found = format!("{}: {size}{times}, at {} Hz; it is removed", channel.name, lines.join(", "));
    if ratio.is_none_or(|r| r < LOUD_HUM) {
        return good("hum", found);
    }
    let cure = Some("a better reference electrode; away from chargers, lamps and cables; run on battery");
    Finding { grade: Grade::Doubtful, what: "hum", found, cure }
}

fn heart(session: &Session) -> Finding {
    let most = session.channels.iter().max_by_key(|c| c.heart_beats).filter(|c| c.heart_beats > 0);
    let Some(channel) = most else { return good("heart", "not seen".into()) };
    let (name, beats) = (&channel.name, channel.heart_beats);
    // Not the beats over the time: a heart is not followed beneath efforts.
    let rate =
        channel.heart_per_min.map_or_else(|| format!("{beats} beats"), |r| format!("{r:.0} beats a minute"));
    good("heart", format!("seen on {name}, {rate}; beats are told from twitches"))
}

/// Clipped, dead and lost stretches.
fn lost(session: &Session) -> Vec<Finding> {
    let whole = session.source.duration_s.max(f64::MIN_POSITIVE);
    let kinds = [
        ("clipping", &["clipped"][..], "lower the gain, or clean the skin and renew the electrode"),
        ("dead time", &["flat"][..], "check the electrode and its cable: the same value came for long"),
        ("lost samples", &["gap", "not finite"][..], "check the connection of the board, and its radio"),
    ];
    let judged = |(what, reasons, cure): (&'static str, &[&str], &'static str)| {
        let spans = session.masked.iter().filter(|m| reasons.contains(&m.reason.as_str()));
        let s: f64 = spans.map(|m| m.duration).sum();
        if s < MOMENT_S {
            return good(what, "none".into());
        }
        let grade = if s / whole < MOST_LOST { Grade::Doubtful } else { Grade::Bad };
        let found = format!("{s:.2} s, {:.1} % of the recording", 100.0 * s / whole);
        Finding { grade, what, found, cure: Some(cure) }
    };
    kinds.into_iter().map(judged).collect()
}

/// Twitches at rest are false alarms.
fn false_alarms(session: &Session) -> Finding {
    let (count, s) = at_rest(session);
    let Some(rate) = rate(count, s) else {
        let found = "not known: there is no time without a needle".into();
        let cure = Some("record rest, with no needle in");
        return Finding { grade: Grade::Bad, what: "false alarms", found, cure };
    };
    let budget = session.settings.false_alarms_per_min * session.channels.len() as f64;
    let found = format!(
        "{count} in {:.1} min: {:.2} a minute (95 % interval {:.2} to {:.2}), asked for at most {budget}",
        s / 60.0,
        rate.per_min,
        rate.interval.low,
        rate.interval.high,
    );
    if rate.interval.low > budget {
        let cure =
            Some("see X_candidates.tsv of `analyze` for what they are; a relaxed muscle, quiet cables");
        return Finding { grade: Grade::Bad, what: "false alarms", found, cure };
    }
    if rate.interval.high <= budget {
        return good("false alarms", found);
    }
    let minutes = minutes_to_show(budget);
    let found = format!("{found}; to show that takes {minutes:.0} min of rest without any");
    good("false alarms", found)
}

/// Twitches without a needle and how long that was watched, s; where nothing is marked, all of the
/// recording is rest.
pub fn at_rest(session: &Session) -> (u64, f64) {
    match session.insertions.first() {
        Some(whole) if !session.marked => (session.twitches.len() as u64, whole.observed),
        _ => (session.control.twitches, session.control.observed_s),
    }
}

/// How many minutes without a single false alarm show a rate below `per_min`: the upper end of the
/// exact interval for none found.
pub fn minutes_to_show(per_min: f64) -> f64 {
    poisson_interval(0).high / per_min
}

/// The smallest burst of 50 ms: as tested, else as computed.
fn smallest(session: &Session, place: usize, channel: &ChannelQuality) -> Finding {
    const WHAT: &str = "smallest twitch";
    let name = &channel.name;
    let mut rows = session.self_test.iter().flat_map(|t| t.rows.iter().filter(|r| r.ms == 50.0));
    let tested = rows.nth(place).and_then(|r| r.found_90_rms);
    let computed = channel.smallest_rms.map(|s| s[1]);
    let (Some(noise), Some(rms)) = (channel.noise_rms, tested.map(|t| t.value).or(computed)) else {
        let found = format!("{name}: nothing can be found");
        let cure = Some("check the electrode, its cable and that the channel is recorded");
        return Finding { grade: Grade::Bad, what: WHAT, found, cure };
    };
    let how = if tested.is_some() { "tested" } else { "computed, not tested" };
    if !session.source.calibrated {
        let found = format!("{name}: {:.1} times the noise, 50 ms long ({how})", rms / noise);
        if rms <= NEAR_NOISE * noise {
            return good(WHAT, found);
        }
        let cure =
            Some("small twitches would be missed: record at 1000 samples a second or more, lower the noise");
        return Finding { grade: Grade::Doubtful, what: WHAT, found, cure };
    }
    let range = tested.map(|t| format!(", {:.1} to {:.1}", t.low, t.high)).unwrap_or_default();
    let found = format!("{name}: {rms:.1} µV RMS, 50 ms long, is found 9 times in 10 ({how}{range})");
    let (grade, cure) = match rms {
        r if r <= UNIT_RMS_UV => (Grade::Good, None),
        r if r <= 2.0 * UNIT_RMS_UV => {
            (Grade::Doubtful, Some("a single motor unit would be missed: lower the noise"))
        }
        _ => (Grade::Bad, Some("many twitches would be missed: lower the noise before you begin")),
    };
    Finding { grade, what: WHAT, found, cure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hum_is_as_loud_where_samples_were_lost() {
        let rate = SampleRate::new(1000.0).unwrap();
        let mut meter = Meter::new(50.0, rate);
        for at in (0..5000).filter(|at| !(1300..2700).contains(at) && *at != 4000) {
            meter.hear((TAU * at as f64 * 0.05).sin(), at, 1000);
        }
        assert!((meter.power() - 0.5).abs() < 1e-9, "{}", meter.power());
    }
}
