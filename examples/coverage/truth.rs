//! What is true of people like these, by integration.

use crate::made::{
    BETWEEN_INSERTIONS, BETWEEN_SUBJECTS, Course, DWELL_S, Kind, TIME_CONSTANT_S, expected, make,
};

const STEPS: usize = 2000;

fn mean_over_dwells(of: impl Fn(f64) -> f64) -> f64 {
    let width = (DWELL_S[1] - DWELL_S[0]) / STEPS as f64;
    (0..STEPS).map(|k| of(DWELL_S[0] + width * (k as f64 + 0.5))).sum::<f64>() / STEPS as f64
}

/// Events a minute of people like these in the reference group, within the first `until_s` of dwell.
pub fn rate_per_min(course: Course, until_s: f64) -> f64 {
    let count = mean_over_dwells(|d| expected(course, d.min(until_s), TIME_CONSTANT_S));
    60.0 * count / mean_over_dwells(|d| d.min(until_s))
}

/// The share of insertions of the reference group that have not twitched by `age`: over gamma
/// levels of subjects and of their insertions.
pub fn not_yet(course: Course, age: f64) -> f64 {
    let expected = expected(course, age, TIME_CONSTANT_S);
    let (shape, mut sum, mut total) = (1.0 / BETWEEN_SUBJECTS, 0.0, 0.0);
    for k in 0..8000 {
        let level = (k as f64 + 0.5) * 0.001;
        let density = level.powf(shape - 1.0) * (-level * shape).exp();
        sum += density * (1.0 + BETWEEN_INSERTIONS * level * expected).powf(-1.0 / BETWEEN_INSERTIONS);
        total += density;
    }
    sum / total
}

/// The age by which half of the insertions have twitched, s.
pub fn median_first(course: Course) -> f64 {
    let (mut low, mut high) = (0.0, 120.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if not_yet(course, middle) > 0.5 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Events a minute at or above `floor_uv` in the reference group, counted in many studies.
pub fn rate_above(kind: &Kind, floor_uv: f64) -> f64 {
    let (mut count, mut observed_s) = (0usize, 0.0);
    for seed in 0..4000 {
        for recording in
            make(kind, u64::MAX - seed).study.recordings.iter().filter(|r| r.group.as_deref() == Some("a"))
        {
            for insertion in &recording.insertions {
                observed_s += insertion.dwell_s;
                count +=
                    insertion.twitches.iter().filter(|t| t.rms_uv.is_some_and(|r| r >= floor_uv)).count();
            }
        }
    }
    60.0 * count as f64 / observed_s
}
