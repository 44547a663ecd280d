//! Sets of events with known truth: subjects who differ, few insertions each, dwells of unlike
//! length, a rate that falls.

use rand_core::{RngCore, SeedableRng};
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};
use rand_pcg::Pcg64;
use twitchscope::study::{Insertion, Recording, Study, Twitch};

/// Twitches a second at needle in, in the reference group.
pub const RATE: f64 = 0.1;
/// In which the rate falls to 1/e, s.
pub const TIME_CONSTANT_S: f64 = 45.0;
/// Of the power law.
pub const SHAPE: f64 = 0.6;
/// Rates of the groups over that of the first.
pub const RATIOS: [f64; 3] = [1.0, 0.7, 1.5];
pub const GROUPS: [&str; 3] = ["a", "b", "c"];
/// Variance of the level of a subject, whose mean is 1 (gamma).
pub const BETWEEN_SUBJECTS: f64 = 0.3;
/// Variance of the level of an insertion, whose mean is 1 (gamma).
pub const BETWEEN_INSERTIONS: f64 = 0.2;
/// A dwell is even between these, s.
pub const DWELL_S: [f64; 2] = [10.0, 120.0];
/// Size of the second and third twitch (and of later ones) over the first, in the median.
pub const SIZES: [f64; 2] = [0.8, 0.65];
/// Smallest burst that was found with 90 %, RMS, µV; the first twitch has 60 in the median.
const SMALLEST_UV: f64 = 20.0;

/// How the rate goes.
#[derive(Clone, Copy, PartialEq)]
pub enum Course {
    Even,
    Falling,
    PowerLaw,
}

/// When the needle comes out.
#[derive(Clone, Copy, PartialEq)]
pub enum Stop {
    /// At a time that has nothing to do with the muscle.
    Free,
    /// 3 s after the fourth twitch, or at the end of the dwell.
    AfterFourth,
    /// After 20 s without a twitch, or at the end of the dwell.
    AfterSilence,
}

/// One kind of study.
#[derive(Clone, Copy)]
pub struct Kind {
    pub course: Course,
    pub stop: Stop,
    /// Whether every subject is in every group; else each is in one.
    pub crossed: bool,
    /// Standard deviation of the logarithm of a subject's time constant.
    pub unlike_decays: f64,
    /// False alarms a minute, with the needle in or out.
    pub false_alarms: f64,
    /// Whether the third group has dwells of 65 to 120 s and the others of 10 to 65 s.
    pub unlike_dwells: bool,
    /// Whether later twitches, which are smaller, are missed more often.
    pub missed: bool,
}

pub const PLAIN: Kind = Kind {
    course: Course::Falling,
    stop: Stop::Free,
    crossed: true,
    unlike_decays: 0.0,
    false_alarms: 0.0,
    unlike_dwells: false,
    missed: false,
};

/// A study, and what its own insertions were to bring on average.
pub struct Made {
    pub study: Study,
    /// For each recording, each insertion: level (a second) at needle in.
    pub levels: Vec<Vec<f64>>,
}

pub fn unit(dice: &mut Pcg64) -> f64 {
    (dice.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn gamma(dice: &mut Pcg64, variance: f64) -> f64 {
    Gamma::new(1.0 / variance, variance).expect("a variance").sample(dice)
}

fn normal(dice: &mut Pcg64) -> f64 {
    StandardNormal.sample(dice)
}

/// Expected events of an insertion of level 1 up to `age`, s.
pub fn expected(course: Course, age: f64, time_constant_s: f64) -> f64 {
    match course {
        Course::Even => RATE * age,
        Course::Falling => RATE * time_constant_s * (1.0 - (-age / time_constant_s).exp()),
        // As many within a minute as at an even rate.
        Course::PowerLaw => RATE * 60.0 * (age / 60.0).powf(SHAPE),
    }
}

fn age_at(course: Course, share: f64, dwell: f64, time_constant_s: f64) -> f64 {
    match course {
        Course::Even => share * dwell,
        Course::Falling => -time_constant_s * (1.0 - share * (1.0 - (-dwell / time_constant_s).exp())).ln(),
        Course::PowerLaw => dwell * share.powf(1.0 / SHAPE),
    }
}

pub fn dwell(dice: &mut Pcg64) -> f64 {
    DWELL_S[0] + (DWELL_S[1] - DWELL_S[0]) * unit(dice)
}

pub fn make(kind: &Kind, seed: u64) -> Made {
    let dice = &mut Pcg64::seed_from_u64(seed);
    let (mut recordings, mut levels) = (Vec::new(), Vec::new());
    for subject in 0..20 {
        let level = gamma(dice, BETWEEN_SUBJECTS);
        let constant = TIME_CONSTANT_S * (kind.unlike_decays * normal(dice)).exp();
        let shrinks = (0.1 * normal(dice)).exp();
        for group in (0..3).filter(|g| kind.crossed || subject % 3 == *g) {
            let each = if kind.crossed { 3 } else { 6 };
            let (mut own, mut insertions) = (Vec::new(), Vec::new());
            for _ in 0..each {
                let level = level * RATIOS[group] * gamma(dice, BETWEEN_INSERTIONS);
                own.push(level);
                insertions.push(insertion(kind, dice, group, level, constant, shrinks));
            }
            levels.push(own);
            recordings.push(recording(kind, dice, subject, group, insertions));
        }
    }
    Made { study: Study { recordings, group_column: Some("condition".into()), ..Study::default() }, levels }
}

fn recording(
    kind: &Kind,
    dice: &mut Pcg64,
    subject: usize,
    group: usize,
    insertions: Vec<Insertion>,
) -> Recording {
    Recording {
        name: format!("s{subject}-{}", GROUPS[group]),
        subject: Some(format!("s{subject}")),
        group: Some(GROUPS[group].into()),
        marked: true,
        calibrated: true,
        control_s: 60.0,
        control_twitches: events(dice, kind.false_alarms) as u64,
        smallest_rms_uv: Some(SMALLEST_UV),
        insertions,
    }
}

fn events(dice: &mut Pcg64, mean: f64) -> usize {
    if mean > 0.0 { Poisson::new(mean).expect("a mean").sample(dice) as usize } else { 0 }
}

fn insertion(
    kind: &Kind,
    dice: &mut Pcg64,
    group: usize,
    level: f64,
    constant: f64,
    shrinks: f64,
) -> Insertion {
    let mut dwell_s = dwell(dice);
    if kind.unlike_dwells {
        dwell_s = DWELL_S[0] + (dwell_s - DWELL_S[0]) / 2.0 + if group == 2 { 55.0 } else { 0.0 };
    }
    let count = events(dice, level * expected(kind.course, dwell_s, constant));
    let mut ages: Vec<f64> = (0..count).map(|_| age_at(kind.course, unit(dice), dwell_s, constant)).collect();
    let alarms = events(dice, kind.false_alarms * dwell_s / 60.0);
    ages.extend((0..alarms).map(|_| dwell_s * unit(dice)));
    ages.sort_by(f64::total_cmp);
    stop(kind.stop, &mut dwell_s, &mut ages);
    let first = 60.0 * (0.5 * normal(dice)).exp();
    let mut twitches = Vec::new();
    for (k, &age) in ages.iter().enumerate() {
        // How much smaller than the first; of later ones 95, 85, 75 … 45 % are found.
        let size = [1.0, SIZES[0] * shrinks, SIZES[1] * shrinks][k.min(2)] * (0.2 * normal(dice)).exp();
        let found = unit(dice) < (0.95 - 0.1 * k as f64).max(0.45);
        if found || !kind.missed {
            let rms = first * if k == 0 { 1.0 } else { size };
            twitches.push(Twitch {
                dwell_s: age,
                order: twitches.len() as u32 + 1,
                peak_uv: Some(4.0 * rms),
                rms_uv: Some(rms),
                snr_db: 12.0,
            });
        }
    }
    let beside: Vec<f64> = twitches.iter().map(|t| t.dwell_s).collect();
    Insertion {
        dwell_s,
        twitches,
        at_80_s: Some(beside.clone()),
        at_120_s: Some(beside),
        ..Insertion::default()
    }
}

fn stop(stop: Stop, dwell_s: &mut f64, ages: &mut Vec<f64>) {
    let end = match stop {
        Stop::Free => return,
        Stop::AfterFourth => ages.get(3).map_or(f64::INFINITY, |t| t + 3.0),
        Stop::AfterSilence => {
            let starts = std::iter::once(&0.0).chain(ages.iter());
            let ends = ages.iter().chain(std::iter::once(&f64::INFINITY));
            starts.zip(ends).find(|(a, b)| *b - *a > 20.0).map_or(f64::INFINITY, |(a, _)| a + 20.0)
        }
    };
    *dwell_s = dwell_s.min(end);
    ages.retain(|t| *t < *dwell_s);
}
