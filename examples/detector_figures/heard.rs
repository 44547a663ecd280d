//! A simulated recording, filtered as the pipeline filters it, and what the pipeline says of it.

use twitchscope::block::Block;
use twitchscope::pipeline::{ChannelReport, Event, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::signal::biquad::Cascade;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::signal::envelope::Energies;
use twitchscope::simulate::{Recipe, Simulation, render};
use twitchscope::units::{Hertz, SampleIndex, SampleRate, Span};

/// The filters that lead to the detection band, in the pipeline's order.
pub fn filters(rate: SampleRate) -> [Cascade; 4] {
    let settings = Settings::default();
    let design = |order, shape| butterworth(order, shape, rate).expect("a filter");
    [
        design(4, Shape::LowPass(Hertz::new(settings.high_hz))),
        design(1, Shape::HighPass(Hertz::new(5.0))),
        design(2, Shape::HighPass(Hertz::new(settings.amplitude_low_hz))),
        design(4, Shape::HighPass(Hertz::new(settings.detect_low_hz))),
    ]
}

/// One hop, samples at 2 kHz.
pub const HOP: usize = 4;

pub struct Heard {
    pub made: Simulation,
    pub raw: Vec<f64>,
    pub amplitude: Vec<f64>,
    pub detect: Vec<f64>,
    pub energies: Energies,
    pub twitches: Vec<Found>,
    pub candidates: Vec<Found>,
    pub reports: Vec<ChannelReport>,
}

/// The first channel of a recipe.
pub fn hear(recipe: &Recipe) -> Heard {
    let made = render(recipe).expect("a recording");
    let mut pipeline = Pipeline::new(&made.format, &Settings::default()).expect("settings");
    let (mut twitches, mut candidates) = (Vec::new(), Vec::new());
    let mut sink = |event| match event {
        Event::Twitch(f) => twitches.push(f),
        Event::Candidate(f) => candidates.push(f),
        _ => {}
    };
    let block = Block { first: SampleIndex::new(0), frames: made.frames.clone(), marks: Vec::new() };
    pipeline.push(&block, &mut sink);
    let reports = pipeline.finish(&mut sink);
    let rate = made.format.rate;
    let raw: Vec<f64> = made.frames.column(0).iter().map(|x| f64::from(*x)).collect();
    let [low, drift, wide, narrow] = filters(rate);
    let mut x = raw.clone();
    [low, drift, wide].iter().for_each(|filter| run(filter, &mut x));
    let amplitude = x.clone();
    run(&narrow, &mut x);
    let mut energies = Energies::new((0.016 * rate.hz()) as usize / HOP, x.len() / HOP);
    for hop in x.chunks_exact(HOP) {
        energies.push((hop.iter().map(|x| x * x).sum::<f64>() / HOP as f64) as f32);
    }
    Heard { made, raw, amplitude, detect: x, energies, twitches, candidates, reports }
}

fn run(filter: &Cascade, x: &mut [f64]) {
    let mut state = filter.silent();
    filter.prime(&mut state, x[0]);
    filter.run(&mut state, x);
}

impl Heard {
    pub fn s(&self, span: Span) -> [f64; 2] {
        [span.start, span.end].map(|at| self.made.format.rate.time(at).s())
    }

    /// Values of `x` between two times, s, less the delay of the filters behind it.
    pub fn piece(&self, x: &[f64], [from, to]: [f64; 2], delay_s: f64) -> Vec<(f64, f64)> {
        let hz = self.made.format.rate.hz();
        let place = |s: f64| ((s + delay_s) * hz).max(0.0) as usize;
        let values = x.iter().enumerate().take(place(to)).skip(place(from));
        values.map(|(n, x)| (n as f64 / hz - delay_s, *x)).collect()
    }

    /// The same of a window's energy, dB over 1 µV².
    pub fn energy(&self, window: usize, [from, to]: [f64; 2]) -> Vec<(f64, f64)> {
        let hz = self.made.format.rate.hz() / HOP as f64;
        let delay_s = self.delay_s(4);
        let hops = ((from + delay_s) * hz) as u64..((to + delay_s) * hz) as u64;
        let db = |at: u64| self.energies.around(window, at).map(|e| 10.0 * f64::from(e).log10());
        hops.filter_map(|at| Some((at as f64 / hz - delay_s, db(at)?))).collect()
    }

    /// The delay of the filters up to a band, s, where a twitch has most of its power.
    pub fn delay_s(&self, filters_passed: usize) -> f64 {
        let rate = self.made.format.rate;
        let all = filters(rate);
        all[..filters_passed].iter().map(|f| f.group_delay(Hertz::new(120.0), rate).s()).sum()
    }
}
