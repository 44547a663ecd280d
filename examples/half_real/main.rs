//! The detector on half-real truth: short bursts cut from real recordings, added at known times
//! and known SNR to real backgrounds, at several rates and word lengths. A table, one row a
//! background and rate.
//!
//!     cargo run --release --example half_real -- [FOLDER] [--seeds N] [--first SEED] [--only NAME]
//!         [--list] [--dump] [--write DIR]
//!
//! FOLDER holds the recordings; without it, `$TWITCHSCOPE_SHARED/recordings`. `--list` tells every
//! miss and false alarm, `--dump` every candidate with its evidence (tab separated), `--write`
//! keeps the mixes and their truth as files.

mod background;
mod bank;
mod chance;
mod dsp;
mod judge;
#[path = "../shared/load.rs"]
mod load;
mod mix;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use twitchscope::evaluate::{Score, Tally};

use background::{PLANS, Plan};
use bank::Bank;
use chance::Chance;

struct Choices {
    folder: PathBuf,
    seeds: std::ops::Range<u64>,
    only: Option<String>,
    list: bool,
    dump: bool,
    write: Option<PathBuf>,
}

fn choices() -> Choices {
    let (mut folder, mut seeds, mut first) = (None, 4, 7000);
    let (mut only, mut list, mut dump, mut write) = (None, false, false, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().expect("a value");
        match arg.as_str() {
            "--seeds" => seeds = value().parse().expect("a number"),
            "--first" => first = value().parse().expect("a number"),
            "--only" => only = Some(value()),
            "--list" => list = true,
            "--dump" => dump = true,
            "--write" => write = Some(PathBuf::from(value())),
            _ => folder = Some(PathBuf::from(arg)),
        }
    }
    Choices { folder: load::folder(folder), seeds: first..first + seeds, only, list, dump, write }
}

fn main() {
    let choices = choices();
    let bank = Bank::new(&choices.folder);
    let table = !choices.dump;
    if table {
        println!("| background | Hz | bits | bursts | recall | precision | F1 | false alarms /min |");
        println!("|---|---|---|---|---|---|---|---|");
    }
    let mut by_background: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut by_snr: BTreeMap<i64, [usize; 2]> = BTreeMap::new();
    let wanted = |p: &&Plan| choices.only.as_ref().is_none_or(|o| p.name.contains(o.as_str()));
    for plan in PLANS.iter().filter(wanted) {
        let plain = plan.rates.iter().map(|rate| (*rate, None));
        let coarse = plan.bits.iter().map(|bits| (plan.rates[0], Some(*bits)));
        for (rate_hz, bits) in plain.chain(coarse) {
            let score = row(plan, rate_hz, bits, &bank, &choices);
            if table {
                println!("{}", line(plan.name, rate_hz, bits, &score));
            }
            by_background.entry(plan.name).or_default().push(score.f1);
            for bin in &score.by_snr {
                let sum = by_snr.entry(bin.from_db.unwrap_or(-9.0) as i64).or_default();
                *sum = [sum[0] + bin.truth, sum[1] + bin.matched];
            }
        }
    }
    if table {
        summary(&by_background, &by_snr);
    }
}

fn row(plan: &Plan, rate_hz: f64, bits: Option<u32>, bank: &Bank, choices: &Choices) -> Score {
    let mut tally = Tally::default();
    for seed in choices.seeds.clone() {
        let mut chance = Chance::new(seed, plan.name);
        let made = plan.make(&choices.folder, rate_hz, seed, &mut chance);
        let mixed = mix::mix(made, bank, rate_hz, bits, &mut chance);
        let title = name(plan.name, rate_hz, bits, seed);
        if let Some(to) = &choices.write {
            keep(to, &title, &mixed, rate_hz);
        }
        let heard = judge::hear(&mixed, rate_hz);
        heard.count(&mixed, &mut tally);
        if choices.list {
            heard.list(&mixed, &title);
        }
        if choices.dump {
            heard.dump(&mixed, &title);
        }
    }
    tally.score()
}

fn name(background: &str, rate_hz: f64, bits: Option<u32>, seed: u64) -> String {
    let plain: String = background.chars().filter(|c| !matches!(c, ',' | '%')).collect();
    let bits = bits.map_or_else(String::new, |b| format!("_{b}bit"));
    format!("{}_{rate_hz}Hz{bits}_{seed}", plain.split_whitespace().collect::<Vec<_>>().join("-"))
}

fn keep(to: &Path, title: &str, mixed: &mix::Mix, rate_hz: f64) {
    write::write(to, title, mixed, rate_hz).unwrap_or_else(|e| panic!("{title}: {e}"));
}

fn line(name: &str, rate_hz: f64, bits: Option<u32>, s: &Score) -> String {
    let share = |x: Option<f64>| x.map_or("n/a".to_owned(), |x| format!("{x:.3}"));
    format!(
        "| {name} | {rate_hz} | {} | {} | {} | {} | {:.3} | {:.2} |",
        bits.map_or("—".to_owned(), |b| b.to_string()),
        s.truth,
        share(s.recall),
        share(s.precision),
        s.f1,
        s.false_alarms_per_min.unwrap_or(f64::NAN)
    )
}

fn summary(by_background: &BTreeMap<&str, Vec<f64>>, by_snr: &BTreeMap<i64, [usize; 2]>) {
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let least = |all: &[f64]| all.iter().copied().fold(1.0, f64::min);
    println!("\n| background | mean F1 | worst F1 |\n|---|---|---|");
    for (name, all) in by_background {
        println!("| {name} | {:.3} | {:.3} |", mean(all), least(all));
    }
    let hard = |name: &str| PLANS.iter().any(|p| p.name == name && p.on_efforts);
    let means = |hard_too: bool| -> Vec<f64> {
        by_background.iter().filter(|(n, _)| hard_too || !hard(n)).map(|(_, all)| mean(all)).collect()
    };
    for (title, all) in [("all", means(true)), ("all but bursts on efforts", means(false))] {
        println!(
            "| **{title}** | **{:.3}** | **{:.3}** (worst background's mean) |",
            mean(&all),
            least(&all)
        );
    }
    println!("\nRecall from SNR in dB on:");
    for (from, [truth, matched]) in by_snr {
        println!("{from} dB: {:.3} of {truth}", *matched as f64 / *truth as f64);
    }
}
