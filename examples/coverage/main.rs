//! How often each 95 % interval of the findings covers the truth, and how far studies that break
//! the assumptions lead astray.
//!
//!     cargo run --release --example coverage -- [--sets N]

mod bootstrap;
mod made;
mod truth;

use std::collections::BTreeMap;

use made::{Course, Kind, Made, PLAIN, RATIOS, SHAPE, SIZES, Stop, TIME_CONSTANT_S, expected};
use twitchscope::statistics::rate;
use twitchscope::study::{Finding, Findings, Part};

/// How one interval did.
#[derive(Clone, Copy, Default)]
struct Tally {
    given: u64,
    covered: u64,
    /// The truth lay below the interval.
    below: u64,
    /// Estimates, and their sum over truth: some intervals have no more than a lower end.
    valued: u64,
    ratio: f64,
}

type Tallies = BTreeMap<(usize, &'static str), Tally>;

struct Counter<'a>(&'a mut Tallies);

impl Counter<'_> {
    fn interval(
        &mut self,
        row: usize,
        name: &'static str,
        value: Option<f64>,
        ends: [Option<f64>; 2],
        truth: f64,
    ) {
        let tally = self.0.entry((row, name)).or_default();
        if value.is_none() && ends[0].is_none() {
            return;
        }
        let below = ends[0].is_some_and(|low| truth < low);
        let above = ends[1].is_some_and(|high| truth > high);
        tally.given += 1;
        tally.covered += u64::from(!below && !above);
        tally.below += u64::from(below);
        if let Some(value) = value {
            tally.valued += 1;
            tally.ratio += value / truth;
        }
    }

    fn finding(&mut self, row: usize, finding: &Finding, truth: f64) {
        self.interval(row, finding.name, finding.value, [finding.low, finding.high], truth);
    }
}

/// What is true however often it is asked for.
struct Truths {
    median_first: f64,
    not_yet_10_s: f64,
    rate: f64,
    rate_above: f64,
}

fn left() -> f64 {
    (-60.0 / TIME_CONSTANT_S).exp()
}

/// Everything that is read off a study that keeps to the assumptions.
fn well_behaved(counter: &mut Counter, made: &Made, findings: &Findings, truths: &Truths) {
    let (whole, a) = (&findings.parts[0], &findings.parts[1]);
    one_needle(counter, made, findings);
    these_very(counter, made, a);
    counter.finding(6, &a.rates.by_subject, truths.rate);
    let common = a.mean_count.common_dwell_s.expect("insertions");
    counter.finding(7, &a.mean_count.at_common_dwell, expected(Course::Falling, common, TIME_CONSTANT_S));
    let at = |t: f64| a.mean_count.curve.iter().rev().find(|p| p.dwell_s <= t);
    for (row, name, t) in [(8, "mean count at 30 s", 30.0), (9, "mean count at 90 s", 90.0)] {
        let p = at(t);
        let truth = expected(Course::Falling, t, TIME_CONSTANT_S);
        counter.interval(row, name, p.map(|p| p.value), [p.map(|p| p.low), p.map(|p| p.high)], truth);
    }
    counter.finding(10, &whole.trend.left_after_min, left());
    counter.finding(11, &whole.trend.time_constant, TIME_CONSTANT_S);
    counter.finding(13, &whole.saturation.half, TIME_CONSTANT_S * 2f64.ln());
    counter.finding(14, &whole.saturation.ninety, TIME_CONSTANT_S * 10f64.ln());
    counter.finding(15, &a.first_twitch.median, truths.median_first);
    let p = a.first_twitch.curve.iter().rev().find(|p| p.dwell_s <= 10.0);
    let ends = [p.map(|p| p.low), p.map(|p| p.high)];
    counter.interval(16, "not yet twitched at 10 s", p.map(|p| p.value), ends, truths.not_yet_10_s);
    counter.finding(17, &whole.amplitude.second_to_first, SIZES[0]);
    counter.finding(18, &whole.amplitude.third_to_first, SIZES[1]);
    counter.finding(19, &a.amplitude.rate_above, truths.rate_above);
    counter.finding(20, &a.sensitivity.at_120, truths.rate);
    counter.finding(21, &a.sensitivity.common_dwell, truth::rate_per_min(Course::Falling, common));
    counter.finding(22, &whole.sensitivity.left_after_min_common_dwell, left());
    ratios(counter, findings);
}

fn ratios(counter: &mut Counter, findings: &Findings) {
    for (k, names) in
        [["rate_ratio, b to a", "the same, common dwell"], ["rate_ratio, c to a", "the same, common dwell"]]
            .iter()
            .enumerate()
    {
        let of = &findings.comparison.ratios[k];
        for (row, name, f) in
            [(25 + 2 * k, names[0], &of.ratio), (26 + 2 * k, names[1], &of.ratio_common_dwell)]
        {
            counter.interval(row, name, f.value, [f.low, f.high], RATIOS[k + 1]);
        }
    }
}

/// Exact intervals of one insertion and of one recording: their own rate.
fn one_needle(counter: &mut Counter, made: &Made, findings: &Findings) {
    let (recording, levels) = (&made.study.recordings[0], &made.levels[0]);
    let cumulated =
        |k: usize| levels[k] * expected(Course::Falling, recording.insertions[k].dwell_s, TIME_CONSTANT_S);
    let first = &recording.insertions[0];
    let of = rate(first.twitches.len() as u64, first.dwell_s).expect("a dwell");
    let ends = [Some(of.interval.low), Some(of.interval.high)];
    counter.interval(1, "rate of one insertion", Some(of.per_min), ends, 60.0 * cumulated(0) / first.dwell_s);
    let all: f64 = (0..levels.len()).map(cumulated).sum();
    let seen = &findings.recordings[0];
    let truth = 60.0 * all / seen.observed_s;
    counter.interval(2, "rate of one recording", seen.per_min, [seen.low_per_min, seen.high_per_min], truth);
}

/// Exact intervals of a group: the rate of these very insertions.
fn these_very(counter: &mut Counter, made: &Made, a: &Part) {
    let own = |from: f64, to: f64| {
        let (mut count, mut time) = (0.0, 0.0);
        for (recording, levels) in made.study.recordings.iter().zip(&made.levels) {
            for (insertion, level) in recording.insertions.iter().zip(levels) {
                if recording.group.as_deref() == Some("a") && insertion.dwell_s > from {
                    let to = insertion.dwell_s.min(to);
                    count += level
                        * (expected(Course::Falling, to, TIME_CONSTANT_S)
                            - expected(Course::Falling, from, TIME_CONSTANT_S));
                    time += to - from;
                }
            }
        }
        60.0 * count / time
    };
    counter.finding(3, &a.rates.exact, own(0.0, f64::INFINITY));
    for (row, name, bin) in [(4, "rate, first bin", a.bins.first()), (5, "rate, sixth bin", a.bins.get(5))] {
        let Some(bin) = bin else { continue };
        counter.interval(
            row,
            name,
            bin.per_min,
            [bin.low_per_min, bin.high_per_min],
            own(bin.from_s, bin.to_s),
        );
    }
}

/// `sets` studies of a kind, each looked at by `look`, on all cores; the same for any number of them.
fn studies(kind: Kind, sets: u64, look: impl Fn(&mut Counter, &Made, &Findings) + Sync) -> Tallies {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let parts: Vec<Tallies> = std::thread::scope(|scope| {
        let work = |core: u64| {
            let look = &look;
            scope.spawn(move || {
                let mut tallies = Tallies::new();
                for seed in (core..sets).step_by(cores as usize) {
                    let made = made::make(&kind, seed);
                    look(&mut Counter(&mut tallies), &made, &made.study.findings());
                }
                tallies
            })
        };
        let running: Vec<_> = (0..cores).map(work).collect();
        running.into_iter().map(|r| r.join().expect("no panic")).collect()
    });
    let mut all = Tallies::new();
    for (key, part) in parts.into_iter().flatten() {
        let tally = all.entry(key).or_default();
        tally.given += part.given;
        tally.covered += part.covered;
        tally.below += part.below;
        tally.valued += part.valued;
        tally.ratio += part.ratio;
    }
    all
}

fn share(count: u64, of: u64) -> String {
    if of == 0 { "n/a".into() } else { format!("{:.1} %", 100.0 * count as f64 / of as f64) }
}

fn covering(sets: u64) {
    let truths = Truths {
        median_first: truth::median_first(Course::Falling),
        not_yet_10_s: truth::not_yet(Course::Falling, 10.0),
        rate: truth::rate_per_min(Course::Falling, f64::INFINITY),
        rate_above: truth::rate_above(&PLAIN, 24.0),
    };
    let mut crossed = studies(PLAIN, sets, |c, m, f| well_behaved(c, m, f, &truths));
    let between = Kind { crossed: false, ..PLAIN };
    let mut apart = studies(between, sets, |c, m, f| well_behaved(c, m, f, &truths));
    for (kind, into) in [(PLAIN, &mut crossed), (between, &mut apart)] {
        let law = Kind { course: Course::PowerLaw, ..kind };
        into.append(&mut studies(law, sets, |c, _, f| c.finding(12, &f.parts[0].trend.shape, SHAPE)));
        let alarms = Kind { false_alarms: 0.5, ..kind };
        into.append(&mut studies(alarms, sets, |c, _, f| {
            c.finding(23, &f.parts[1].sensitivity.control, 0.5);
            c.finding(24, &f.parts[1].sensitivity.less_control, truths.rate);
        }));
    }
    println!(
        "| interval | every subject in every group | every subject in one group | truth below / above it |"
    );
    println!("|---|---|---|---|");
    for ((row, name), one) in &crossed {
        let other = apart.get(&(*row, name)).copied().unwrap_or_default();
        let given = if one.given < sets { format!(" of {} given", one.given) } else { String::new() };
        println!(
            "| {name} | {}{given} | {} | {} / {} |",
            share(one.covered, one.given),
            share(other.covered, other.given),
            share(one.below, one.given),
            share(one.given - one.covered - one.below, one.given)
        );
    }
    for ((_, name), one) in crossed.iter().filter(|(_, one)| one.valued < one.given) {
        println!("\n{name}: no more than an end of it in {}", share(one.given - one.valued, one.given));
    }
}

/// Where nothing changes within the dwell, and where assumptions are broken.
fn astray(sets: u64) {
    let even = Kind { course: Course::Even, ..PLAIN };
    let kinds = [
        ("needles out at any time, even rate", even),
        ("out 3 s after the fourth twitch, even rate", Kind { stop: Stop::AfterFourth, ..even }),
        ("out after 20 s of silence, even rate", Kind { stop: Stop::AfterSilence, ..even }),
        ("later twitches missed, even rate", Kind { missed: true, ..even }),
        ("subjects' decays differ by 30 %", Kind { unlike_decays: 0.3, ..PLAIN }),
        ("group c has longer dwells, falling rate", Kind { unlike_dwells: true, ..PLAIN }),
    ];
    println!(
        "| study | rate_by_subject | rate_common_dwell | mean count at the common dwell | left_after_min | rate_ratio, c to a | the same, common dwell |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, kind) in kinds {
        let left = if kind.course == Course::Even { 1.0 } else { left() };
        let all = studies(kind, sets, |c, _, f| {
            let a = &f.parts[1];
            let common = a.mean_count.common_dwell_s.expect("insertions");
            // Groups with dwells of their own have rates of their own where the rate falls.
            if !kind.unlike_dwells {
                c.finding(0, &a.rates.by_subject, truth::rate_per_min(kind.course, f64::INFINITY));
                c.finding(1, &a.sensitivity.common_dwell, truth::rate_per_min(kind.course, common));
            }
            c.finding(2, &a.mean_count.at_common_dwell, expected(kind.course, common, TIME_CONSTANT_S));
            c.finding(3, &f.parts[0].trend.left_after_min, left);
            let ratio = &f.comparison.ratios[1];
            c.finding(4, &ratio.ratio, RATIOS[2]);
            c.finding(5, &ratio.ratio_common_dwell, RATIOS[2]);
        });
        let cell = |row: usize| {
            let told = all.iter().find(|((r, _), _)| *r == row).map(|(_, t)| t);
            told.map_or_else(
                || "–".into(),
                |t| format!("{:.2} ({})", t.ratio / t.valued as f64, share(t.covered, t.given)),
            )
        };
        println!("| {name} | {} |", (0..6).map(cell).collect::<Vec<_>>().join(" | "));
    }
    let test = studies(even, sets, |c, _, f| {
        let whole = &f.parts[0];
        let p = whole.trend.p.value;
        c.interval(
            0,
            "Laplace's p is below 0.05",
            Some(1.0),
            [None, p.map(|p| if p < 0.05 { 0.0 } else { 2.0 })],
            1.0,
        );
        c.finding(1, &whole.silence.exhausted, 0.05);
    });
    for ((row, name), t) in &test {
        let count = if *row == 0 { t.given - t.covered } else { t.covered };
        println!("\nEven rate: {name}: {}", share(count, t.given));
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut sets = 2000;
    while let Some(arg) = args.next() {
        match (arg.as_str(), args.next().and_then(|v| v.parse().ok())) {
            ("--sets", Some(n)) => sets = n,
            _ => panic!("usage: coverage [--sets N]"),
        }
    }
    covering(sets);
    println!();
    astray(sets);
    println!();
    bootstrap::few(sets);
}
