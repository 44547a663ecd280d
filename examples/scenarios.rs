//! The detector on simulated truth: a table, one row a scenario.
//!
//!     cargo run --release --example scenarios -- [--seeds N] [--first SEED] [--budget B] [--rate HZ] [--list] [--dump]
//!         [NAME…]
//!
//! Beside the recall in plain noise stands that of the best energy detector for the very same bursts.

#[path = "shared/limit.rs"]
mod limit;

use std::collections::BTreeMap;

use twitchscope::block::Block;
use twitchscope::detect::Class;
use twitchscope::pipeline::{Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{self, Kind, SCENARIOS, Simulation, TruthEvent};
use twitchscope::units::{SampleIndex, Span};

fn main() {
    let mut seeds = 20u64;
    let mut first = 1000u64;
    let mut list = false;
    let mut dump = false;
    let mut names = Vec::new();
    let (mut budget, mut rate) = (None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|v| v.parse().ok()).expect("a number");
        match arg.as_str() {
            "--seeds" => seeds = number(),
            "--first" => first = number(),
            "--budget" => budget = args.next().and_then(|v| v.parse::<f64>().ok()),
            "--rate" => rate = args.next().and_then(|v| v.parse::<f64>().ok()),
            "--list" => list = true,
            "--dump" => dump = true,
            _ => names.push(arg),
        }
    }
    if names.is_empty() {
        names = SCENARIOS.iter().map(|s| s.name.to_owned()).collect();
    }
    if !dump {
        println!(
            "| scenario | twitches | recall | energy detector's limit | precision | F1 | false alarms /min | onset error ms (median, bias) | taken for |"
        );
        println!("|---|---|---|---|---|---|---|---|---|");
    }
    for name in names {
        if dump {
            table(&name, first..first + seeds, rate);
        } else {
            row(&name, first..first + seeds, list, budget, rate);
        }
    }
}

/// A false alarm where nothing was.
const NOTHING: &str = "nothing→twitch";

#[derive(Default)]
struct Tally {
    truth: usize,
    hit: usize,
    found: usize,
    minutes: f64,
    /// Of how many the best energy detector would find.
    limit: f64,
    onsets: Vec<f64>,
    taken: BTreeMap<(Kind, Class), usize>,
    missed: BTreeMap<String, usize>,
}

fn make(name: &str, seed: u64, rate_hz: Option<f64>) -> Simulation {
    let mut recipe = simulate::scenario(name, seed).expect("a scenario");
    recipe.rate_hz = rate_hz.unwrap_or(recipe.rate_hz);
    simulate::render(&recipe).expect("a recording")
}

fn row(name: &str, seeds: std::ops::Range<u64>, list: bool, budget: Option<f64>, rate_hz: Option<f64>) {
    let mut t = Tally::default();
    for seed in seeds {
        let made = make(name, seed, rate_hz);
        let mut settings = Settings::default();
        if let Some(b) = budget {
            settings.false_alarms_per_min = b;
        }
        let heard = run(&made, &settings);
        judge(&made, &heard, &mut t, list.then_some(seed));
        let rate = made.format.rate;
        let chance = |e: &TruthEvent| {
            let snr_db = e.snr_db.unwrap_or(f64::NAN);
            limit::recall(rate.seconds(e.span.len()).s(), snr_db, settings.false_alarms_per_min)
        };
        t.limit += made.twitches().map(chance).sum::<f64>();
    }
    let (recall, precision) = (t.hit as f64 / t.truth as f64, t.hit as f64 / t.found as f64);
    let f1 = 2.0 * t.hit as f64 / (t.truth + t.found) as f64;
    t.onsets.sort_by(f64::total_cmp);
    let bias = t.onsets.get(t.onsets.len() / 2).copied().unwrap_or(f64::NAN);
    let mut size: Vec<f64> = t.onsets.iter().map(|o| o.abs()).collect();
    size.sort_by(f64::total_cmp);
    let error = size.get(size.len() / 2).copied().unwrap_or(f64::NAN);
    let alarms = (t.found - t.hit) as f64 / t.minutes;
    let mut taken: Vec<String> =
        t.taken.iter().map(|((k, c), n)| format!("{}→{} {n}", k.name(), c.name())).collect();
    taken.extend(
        t.missed.iter().map(|(k, n)| if k == NOTHING { format!("{k} {n}") } else { format!("miss:{k} {n}") }),
    );
    let known =
        |x: f64, places: usize| if x.is_finite() { format!("{x:.places$}") } else { "n/a".to_owned() };
    // The limit is one for plain noise.
    let limit = if name.starts_with("quiet-") { t.limit / t.truth as f64 } else { f64::NAN };
    println!(
        "| {name} | {} | {} | {} | {} | {} | {alarms:.2} | {} | {} |",
        t.truth,
        known(recall, 3),
        known(limit, 3),
        if t.truth > 0 { known(precision, 3) } else { "n/a".to_owned() },
        if t.truth > 0 { known(f1, 3) } else { "n/a".to_owned() },
        if bias.is_finite() { format!("{error:.1}, {bias:+.1}") } else { "n/a".to_owned() },
        taken.join(", ")
    );
}

/// What is told of a recording.
#[derive(Default)]
struct Heard {
    twitches: Vec<Found>,
    candidates: Vec<Found>,
    masked: Vec<Span>,
}

fn run(made: &Simulation, settings: &Settings) -> Heard {
    let mut pipeline = Pipeline::new(&made.format, settings).expect("settings");
    let mut heard = Heard::default();
    let mut sink = |event| match event {
        Event::Twitch(f) => heard.twitches.push(f),
        Event::Candidate(f) => heard.candidates.push(f),
        Event::Masked { span, .. } => heard.masked.push(span),
        _ => {}
    };
    let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
    pipeline.push(&block, &mut sink);
    pipeline.finish(&mut sink);
    heard
}

fn judge(made: &Simulation, heard: &Heard, t: &mut Tally, list: Option<u64>) {
    let Heard { twitches, candidates, masked } = heard;
    let rate = made.format.rate;
    let wide = (0.02 * rate.hz()) as u64;
    let near = |a: Span, b: Span| a.start < b.end + wide && b.start < a.end + wide;
    let truth: Vec<_> = made.twitches().collect();
    let mut used = vec![false; twitches.len()];
    t.minutes += made.frames.nrows() as f64 / rate.hz() / 60.0;
    t.truth += truth.len();
    t.found += twitches.len();
    for event in &truth {
        let hit = (0..twitches.len()).find(|k| !used[*k] && near(twitches[*k].span, event.span));
        if let Some(k) = hit {
            used[k] = true;
            t.hit += 1;
            let off = twitches[k].span.start.get() as f64 - event.span.start.get() as f64;
            t.onsets.push(off / rate.hz() * 1000.0);
            continue;
        }
        let why = candidates.iter().find(|c| near(c.span, event.span));
        let word = if masked.iter().any(|m| m.overlap(event.span) > 0) {
            "masked".to_owned()
        } else {
            why.map_or("unseen".to_owned(), |c| c.candidate.class.name().to_owned())
        };
        *t.missed.entry(word).or_default() += 1;
        if let Some(seed) = list {
            println!(
                "  seed {seed} MISS at {:.3} s, {:.0} ms, {:.1} dB: {}",
                rate.time(event.span.start).s(),
                rate.seconds(event.span.len()).ms(),
                event.snr_db.unwrap_or(f64::NAN),
                why.map_or("unseen".to_owned(), |c| format!(
                    "{} {} {:.2} s after its onset",
                    c.candidate.class.name(),
                    c.candidate.reason,
                    (event.span.start.get() as f64 - c.span.start.get() as f64) / rate.hz()
                ))
            );
        }
    }
    for (found, _) in twitches.iter().zip(&used).filter(|(_, u)| !**u) {
        let cause = made.truth.iter().filter(|e| near(e.span, found.span)).map(|e| e.kind).min();
        if let Some(kind) = cause {
            *t.taken.entry((kind, Class::Twitch)).or_default() += 1;
        } else {
            *t.missed.entry(NOTHING.into()).or_default() += 1;
        }
        if let Some(seed) = list {
            println!(
                "  seed {seed} FALSE at {:.3} s, {:.0} ms, ch {}, snr {:.1} dB: {} (on {:?}) run {:.0} surr {:.2} nopulse {:.2} young {} level {:.0} score {:.1} share {:.2} jump {:.2} swing {:.2} f {:.0} bal {:.2} beside {:.2} over {:.2}",
                rate.time(found.span.start).s(),
                rate.seconds(found.span.len()).ms(),
                found.channel,
                found.candidate.snr_db,
                found.candidate.reason,
                cause.zip(made.truth.iter().filter(|e| near(e.span, found.span)).min_by_key(|e| e.kind)).map(
                    |(k, e)| format!(
                        "{} {:.3}..{:.3}",
                        k.name(),
                        rate.time(e.span.start).s(),
                        rate.time(e.span.end).s()
                    )
                ),
                found.candidate.evidence.run_ms,
                found.candidate.evidence.score_over_surroundings,
                found.candidate.evidence.score_without_pulse,
                found.candidate.evidence.young_run,
                found.candidate.evidence.level,
                found.candidate.score,
                found.candidate.evidence.shape.share,
                found.candidate.evidence.shape.jump,
                found.candidate.evidence.shape.swing,
                found.candidate.evidence.shape.frequency_hz,
                found.candidate.evidence.shape.balance,
                found.candidate.evidence.flanks,
                found.candidate.evidence.score_over_flanks
            );
        }
    }
}

/// Every candidate with its evidence and what it truly is, tab separated.
fn table(name: &str, seeds: std::ops::Range<u64>, rate_hz: Option<f64>) {
    for seed in seeds {
        let made = make(name, seed, rate_hz);
        let Heard { candidates, .. } = run(&made, &Settings::default());
        let rate = made.format.rate;
        let wide = (0.02 * rate.hz()) as u64;
        let near = |a: Span, b: Span| a.start < b.end + wide && b.start < a.end + wide;
        for c in candidates {
            let kinds: Vec<&str> =
                made.truth.iter().filter(|e| near(e.span, c.span)).map(|e| e.kind.name()).collect();
            let e = c.candidate.evidence;
            println!(
                "{name}\t{seed}\t{:.3}\t{}\t{}\t{}\t{:.1}\t{:.2}\t{:.2}\t{:.1}\t{:.2}\t{:.1}\t{:.3}\t{}\t{:.3}\t{:.2}\t{:.2}\t{:.0}\t{:.2}\t{}\t{}\t{:.3}\t{:.3}\t{:.2}\t{:.2}\t{:.0}",
                rate.time(c.span.start).s(),
                c.channel,
                if kinds.is_empty() { "none".to_owned() } else { kinds.join("+") },
                c.candidate.class.name(),
                e.ms,
                e.score,
                e.score_without_pulse,
                e.run_ms,
                e.score_over_surroundings,
                e.score_over_beat,
                e.shape.share,
                e.shape.extrema,
                e.shape.jump,
                e.level,
                e.shape.balance,
                e.shape.frequency_hz,
                e.shape.swing,
                e.beat.is_some(),
                e.young_run,
                e.fit,
                e.shape.lurch,
                e.flanks,
                e.score_over_flanks,
                e.pulse_ms
            );
        }
    }
}
