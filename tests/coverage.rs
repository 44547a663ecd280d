//! Intervals hold what they promise, roughly: `examples/coverage` measures it well, on ten times as
//! many studies.

#[path = "../examples/coverage/made.rs"]
#[allow(dead_code, reason = "the example uses all of it")]
mod made;

use made::{Course, PLAIN, RATIOS, TIME_CONSTANT_S, expected, make};

/// With so many studies a coverage of 95 % is measured to lie between 90 and 99 % but for 1 in
/// 10 000.
const SETS: u64 = 200;

#[test]
fn intervals_cover_about_as_often_as_they_say() {
    let mut covered = [0u64; 4];
    for seed in 0..SETS {
        let findings = make(&PLAIN, 90_000 + seed).study.findings();
        let (whole, a) = (&findings.parts[0], &findings.parts[1]);
        let common = a.mean_count.common_dwell_s.unwrap();
        let told = [
            (&whole.trend.time_constant, TIME_CONSTANT_S),
            (&a.mean_count.at_common_dwell, expected(Course::Falling, common, TIME_CONSTANT_S)),
            (&findings.comparison.ratios[0].ratio, RATIOS[1]),
            (&whole.amplitude.third_to_first, made::SIZES[1]),
        ];
        for (count, (finding, truth)) in covered.iter_mut().zip(told) {
            let within = finding.low.is_some_and(|l| l <= truth) && finding.high.is_some_and(|h| truth <= h);
            *count += u64::from(within);
        }
    }
    let share = covered.map(|c| c as f64 / SETS as f64);
    assert!(share.iter().all(|s| (0.90..=0.99).contains(s)), "{share:?}");
}
