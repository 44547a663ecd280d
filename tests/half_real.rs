//! Bursts cut from real recordings on real backgrounds, as in `examples/half_real`: a worse
//! detector fails here. Without the recordings there is nothing to hold.

#[path = "../examples/half_real/background.rs"]
mod background;
#[path = "../examples/half_real/bank.rs"]
mod bank;
#[path = "../examples/half_real/chance.rs"]
mod chance;
#[path = "../examples/half_real/dsp.rs"]
mod dsp;
#[allow(dead_code, reason = "the example lists what the test only counts")]
#[path = "../examples/half_real/judge.rs"]
mod judge;
#[allow(dead_code, reason = "the test knows its folder")]
#[path = "../examples/shared/load.rs"]
mod load;
#[allow(dead_code, reason = "the example tells where each burst was cut")]
#[path = "../examples/half_real/mix.rs"]
mod mix;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use twitchscope::evaluate::Tally;

use background::{PLANS, Plan};
use bank::Bank;
use chance::Chance;

/// Of the mean over all backgrounds, and of the worst background's mean, beside efforts and with
/// those that lie on efforts: F1 at least. A little below what was measured.
const FLOORS: [(&str, f64); 4] = [
    ("mean", 0.90),
    ("worst background", 0.68),
    ("mean but for bursts on efforts", 0.93),
    ("worst background but for bursts on efforts", 0.83),
];
/// Seeds that nothing was tuned on: an even one hears each background once, an odd one three times
/// over.
const SEEDS: [u64; 2] = [40_000, 40_001];

/// Where the real recordings lie, if they do.
fn recordings() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = std::env::var_os("TWITCHSCOPE_SHARED").map_or_else(beside, PathBuf::from).join("recordings");
    folder.is_dir().then_some(folder)
}

/// F1 of a background at one rate and one number of bits.
fn f1(plan: &Plan, (rate_hz, bits): (f64, Option<u32>), bank: &Bank, folder: &Path) -> f64 {
    let mut tally = Tally::default();
    for seed in SEEDS {
        let mut chance = Chance::new(seed, plan.name);
        let made = plan.make(folder, rate_hz, seed, &mut chance);
        let mixed = mix::mix(made, bank, rate_hz, bits, &mut chance);
        judge::hear(&mixed, rate_hz).count(&mixed, &mut tally);
    }
    tally.score().f1
}

/// The mean of a background over its rates and its bits.
fn mean_f1(plan: &Plan, bank: &Bank, folder: &Path) -> f64 {
    let plain = plan.rates.iter().map(|rate| (*rate, None));
    let coarse = plan.bits.iter().map(|bits| (plan.rates[0], Some(*bits)));
    let all: Vec<f64> = plain.chain(coarse).map(|how| f1(plan, how, bank, folder)).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

#[test]
fn real_bursts_are_found_on_real_backgrounds() {
    let Some(folder) = recordings() else {
        eprintln!("skipped: the real recordings are not here (set TWITCHSCOPE_SHARED)");
        return;
    };
    let bank = Bank::new(&folder);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut scores: Vec<(&Plan, f64)> = std::thread::scope(|scope| {
        let work = || {
            let mine = std::iter::from_fn(|| PLANS.get(next.fetch_add(1, Ordering::Relaxed)));
            mine.map(|plan| (plan, mean_f1(plan, &bank, &folder))).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    scores.sort_by(|a, b| a.1.total_cmp(&b.1));
    scores.iter().for_each(|(plan, f1)| println!("{}: F1 {f1:.3}", plan.name));
    let of = |on_efforts_too: bool| {
        let kept = scores.iter().filter(|(plan, _)| on_efforts_too || !plan.on_efforts);
        let all: Vec<f64> = kept.map(|(_, f1)| *f1).collect();
        [all.iter().sum::<f64>() / all.len() as f64, all[0]]
    };
    let measured = [of(true), of(false)].concat();
    for ((what, least), reached) in FLOORS.iter().zip(measured) {
        println!("{what}: F1 {reached:.3}");
        assert!(reached >= *least, "{what}: F1 {reached:.3} where {least:.3} was reached");
    }
}
