//! Samples a second through the whole path, and through its stages.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twitchscope::analysis;
use twitchscope::block::Block;
use twitchscope::pipeline::Pipeline;
use twitchscope::report;
use twitchscope::settings::Settings;
use twitchscope::signal::biquad::Cascade;
use twitchscope::signal::canceller::Canceller;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::signal::floor::SlidingQuantile;
use twitchscope::signal::mains::search;
use twitchscope::signal::spectrum::Welch;
use twitchscope::simulate::{self, Simulation, render, scenario};
use twitchscope::source::{Flow, Options, Recording, Source};
use twitchscope::units::{Hertz, SampleIndex, SampleRate};

/// Long enough that the start of a pipeline does not count.
const SECONDS: f64 = 60.0;

fn simulated(name: &str, channels: usize) -> Simulation {
    let mut recipe = scenario(name, 2).expect("a scenario of that name");
    (recipe.duration_s, recipe.channels) = (SECONDS, channels);
    recipe.needles.count = 1;
    render(&recipe).expect("a recipe that can be simulated")
}

fn whole_path(c: &mut Criterion) {
    let mut group = c.benchmark_group("path");
    group.sample_size(10);
    for (name, channels) in [("clear", 1), ("mains-50", 1), ("clear", 8), ("session", 8)] {
        let made = simulated(name, channels);
        let block = Block { first: SampleIndex::default(), frames: made.frames.clone(), marks: Vec::new() };
        group.throughput(Throughput::Elements(block.frames.len() as u64));
        group.bench_function(BenchmarkId::new(name, channels), |b| {
            b.iter(|| {
                let mut pipeline =
                    Pipeline::new(&made.format, &Settings::default()).expect("the default settings fit");
                pipeline.push(&block, &mut |event| {
                    black_box(event);
                });
                pipeline.finish(&mut |_| {})
            });
        });
    }
}

fn stages(c: &mut Criterion) {
    let rate = SampleRate::new(2000.0).expect("a rate");
    let made = simulated("mains-50", 1);
    let x: Vec<f64> = made.frames.iter().map(|x| f64::from(*x)).collect();
    let mut group = c.benchmark_group("stage");
    group.throughput(Throughput::Elements(x.len() as u64));
    let high_pass = |order| -> Cascade {
        butterworth(order, Shape::HighPass(Hertz::new(60.0)), rate).expect("a filter that can be designed")
    };
    for order in [2, 4] {
        let filter = high_pass(order);
        group.bench_function(BenchmarkId::new("filter", order), |b| {
            let (mut state, mut y) = (filter.silent(), x.clone());
            b.iter(|| {
                y.copy_from_slice(&x);
                y.chunks_mut(256).for_each(|part| filter.run(&mut state, part));
            });
        });
    }
    let found = search(&x[..4000], &mut Welch::new(4000, rate), Hertz::new(450.0));
    group.bench_function("canceller", |b| {
        let mut canceller = Canceller::new(rate);
        canceller.learn(found.as_ref(), &x[..4000], true);
        let mut y = x.clone();
        b.iter(|| {
            y.copy_from_slice(&x);
            y.chunks_mut(256).for_each(|part| canceller.run(part));
        });
    });
    group.bench_function("floor", |b| {
        let mut floor = SlidingQuantile::new(625);
        b.iter(|| {
            x.iter().for_each(|x| floor.push(x.abs() as f32));
            floor.quantile(0.5)
        });
    });
}

fn files(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = simulated("session", 8);
    let written = simulate::write(&made, folder.path(), "bench", simulate::Options::default())
        .expect("a folder that can be written");
    let open = || Recording::open(&written.recording, &Options::default()).expect("what was written");
    let mut group = c.benchmark_group("file");
    group.sample_size(10);
    group.throughput(Throughput::Elements(made.frames.len() as u64));
    group.bench_function("read", |b| {
        b.iter(|| {
            let (mut recording, mut block) = (open(), Block::empty(8));
            while matches!(recording.next(&mut block), Ok(Flow::Frames)) {
                black_box(&block);
            }
        });
    });
    let session = analysis::analyze(&mut open(), &Settings::default(), String::new(), &mut |_| {})
        .expect("what was written");
    group.bench_function("figures", |b| {
        b.iter(|| report::write_figures(folder.path(), "bench", std::slice::from_ref(&session)));
    });
}

criterion_group!(benches, whole_path, stages, files);
criterion_main!(benches);
