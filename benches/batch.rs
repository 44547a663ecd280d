//! A set of 500 recordings of a minute, one channel at 2 kHz: made once, and nothing changed since.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use twitchscope::batch::{Batch, Outcome, run};
use twitchscope::simulate::{self, Options, render, scenario};

const RECORDINGS: usize = 500;
/// Recordings that are really unlike; the others are copies, which cost as much.
const UNLIKE: usize = 20;

fn set(folder: &Path) {
    for seed in 0..UNLIKE {
        let mut recipe = scenario("clear", seed as u64 + 1).expect("a scenario of that name");
        recipe.duration_s = 60.0;
        let made = render(&recipe).expect("a recipe that can be simulated");
        let name = |place: usize| format!("r{place:03}");
        simulate::write(&made, folder, &name(seed), Options::default()).expect("a folder");
        for copy in (seed + UNLIKE..RECORDINGS).step_by(UNLIKE) {
            for ending in [".wav", "_events.tsv", "_emg.json"] {
                let at = |name: String| folder.join(format!("{name}{ending}"));
                fs::copy(at(name(seed)), at(name(copy))).expect("what was written");
            }
        }
    }
}

fn whole_set(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    set(&folder.path().join("in"));
    let batch =
        Batch { paths: vec![folder.path().join("in")], out: folder.path().join("out"), ..Batch::default() };
    let go = |batch: &Batch| -> Outcome {
        let outcome = run(batch, &AtomicBool::new(false), &|_| {}).expect("a set that can be analysed");
        assert_eq!(outcome.made + outcome.kept, RECORDINGS);
        outcome
    };
    let mut group = c.benchmark_group("batch");
    group.sample_size(10);
    group.throughput(Throughput::Elements(RECORDINGS as u64));
    group.bench_function("first run", |b| {
        b.iter(|| go(&Batch { fresh: true, ..batch.clone() }));
    });
    group.bench_function("nothing changed", |b| {
        b.iter(|| go(&batch));
    });
}

criterion_group!(benches, whole_set);
criterion_main!(benches);
