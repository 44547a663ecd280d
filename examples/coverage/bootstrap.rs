//! The mean count of few insertions: three kinds of interval.

use rand_core::{RngCore, SeedableRng};
use rand_pcg::Pcg64;
use twitchscope::statistics::{Watched, mean_cumulative_of};

use crate::made::{Course, PLAIN, TIME_CONSTANT_S, expected, make};

/// At which the mean count is asked for, s.
const AGE_S: f64 = 30.0;
/// Times that insertions are drawn again.
const DRAWS: usize = 400;

/// The mean count at [`AGE_S`] with its variance and the ends of its interval.
fn mean(insertions: &[Watched]) -> Option<(f64, f64, [f64; 2])> {
    let steps = mean_cumulative_of(insertions).steps;
    let step = steps.iter().rev().find(|s| s.age <= AGE_S)?;
    Some((step.mean, step.variance, [step.interval.low, step.interval.high]))
}

/// The middle 95 % of the means of insertions that are drawn again, with the same number.
fn drawn_again(insertions: &[Watched], dice: &mut Pcg64) -> [f64; 2] {
    let n = insertions.len();
    let one = |dice: &mut Pcg64| {
        let again = (0..n).map(|_| insertions[(dice.next_u64() % n as u64) as usize].clone());
        mean(&again.collect::<Vec<_>>()).map_or(0.0, |m| m.0)
    };
    let mut all: Vec<f64> = (0..DRAWS).map(|_| one(dice)).collect();
    all.sort_by(f64::total_cmp);
    [all[DRAWS / 40], all[DRAWS - 1 - DRAWS / 40]]
}

/// Prints how often each kind of interval covers.
pub fn few(sets: u64) {
    let truth = expected(Course::Falling, AGE_S, TIME_CONSTANT_S);
    println!(
        "| insertions | normal quantile | bootstrap over insertions | G/(G − 1) and Student's t (used) |"
    );
    println!("|---|---|---|---|");
    for n in [4, 6, 9, 20] {
        let mut covered = [0u64; 3];
        for seed in 0..sets {
            // One insertion of each subject, so that they are independent.
            let study = make(&PLAIN, seed).study;
            let firsts = study.recordings.iter().filter(|r| r.group.as_deref() == Some("a")).take(n);
            let ages = |r: &twitchscope::study::Recording| {
                r.insertions[0].twitches.iter().map(|t| t.dwell_s).collect::<Vec<_>>()
            };
            let watched: Vec<Watched> = firsts
                .enumerate()
                .map(|(k, r)| Watched::new(k, r.insertions[0].dwell_s, &[], &ages(r)))
                .collect();
            let Some((mean, variance, used)) = mean(&watched) else { continue };
            let factor = (1.96 * variance.sqrt() / mean).exp();
            let again = drawn_again(&watched, &mut Pcg64::seed_from_u64(seed));
            for (count, [low, high]) in covered.iter_mut().zip([[mean / factor, mean * factor], again, used])
            {
                *count += u64::from(low <= truth && truth <= high);
            }
        }
        let [a, b, c] = covered.map(|c| format!("{:.1} %", 100.0 * c as f64 / sets as f64));
        println!("| {n} | {a} | {b} | {c} |");
    }
}
