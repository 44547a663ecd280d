//! From a recipe to samples and truth.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::band::Band;
use super::canvas::{Canvas, Wave};
use super::decimate::Decimator;
use super::floor::{Floor, Mix};
use super::recipe::{Error, Recipe};
use super::spectrum::Emg;
use super::twitch::Workshop;
use super::{ecg, effort, mains, motion, pops, schedule};
use crate::block::{Format, Scale};
use crate::insertion::Insertion;
use crate::units::{BadRate, SampleRate, Span};

/// A recording and the truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// Rate, channel names, µV, and where the converter clips.
    pub format: Format,
    /// Frames × channels, µV.
    pub frames: Array2<f32>,
    /// What is in it, in order of onset: twitches, and everything else that could be taken for
    /// one.
    pub truth: Vec<TruthEvent>,
    /// When needles were in.
    pub insertions: Vec<Insertion>,
    /// RMS of the background in the band in which SNR is stated, µV, where the floor's gain is 1.
    pub noise_uv: f64,
    /// The mains frequency at the start, Hz, where there is hum.
    pub mains_hz: Option<f64>,
}

impl Simulation {
    /// The twitches alone.
    pub fn twitches(&self) -> impl Iterator<Item = &TruthEvent> {
        self.truth.iter().filter(|t| t.kind == Kind::Twitch)
    }
}

/// Something that happened in a simulated recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthEvent {
    /// Onset to offset: for twitches and efforts the middle 98 % of their energy in 20-450 Hz;
    /// for a beat its QRS, for a stroke its sharp edge, for a pop its rise.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Where it is strongest; `None`: on all channels.
    pub channel: Option<usize>,
    /// In-band SNR, dB: mean square of the noiseless burst over that of the background, both in
    /// 20-450 Hz, from onset to offset, on the channel where it is strongest.
    pub snr_db: Option<f64>,
    /// The place of its insertion in [`Simulation::insertions`].
    pub insertion: Option<usize>,
}

impl TruthEvent {
    pub(super) fn of(kind: Kind, span: Span) -> Self {
        Self { span, kind, channel: None, snr_db: None, insertion: None }
    }
}

/// What a [`TruthEvent`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A local twitch response.
    Twitch,
    /// A guarding or voluntary contraction.
    Effort,
    /// A heart beat.
    Ecg,
    /// A stroke of the needle.
    Movement,
    /// An electrode pop.
    Pop,
    /// A knock on all channels.
    Knock,
    /// The noise floor jumps.
    FloorStep,
    /// The converter is at its end.
    Clipped,
}

impl Kind {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twitch => "twitch",
            Self::Effort => "effort",
            Self::Ecg => "ecg",
            Self::Movement => "movement",
            Self::Pop => "pop",
            Self::Knock => "knock",
            Self::FloorStep => "floor_step",
            Self::Clipped => "clipped",
        }
    }
}

/// Full scale over the largest sample, where nothing is to clip.
const HEADROOM: f64 = 1.25;
/// Clipped samples closer than this are one event, s.
const CLIPPED_TOGETHER_S: f64 = 0.05;

/// Renders a recording in memory, 4 bytes a sample and 8 more for each frame while it is made.
///
/// # Errors
/// A number in the recipe that cannot be simulated, by its name.
pub fn render(recipe: &Recipe) -> Result<Simulation, Error> {
    recipe.check()?;
    let rate = SampleRate::new(recipe.rate_hz).map_err(|BadRate(value)| Error::OutOfRange {
        name: "rate_hz",
        value,
        low: 100.0,
        high: 192_000.0,
    })?;
    let decimator = Decimator::new(recipe.rate_hz);
    let canvas = Canvas::new(recipe, decimator.factor());
    let emg = Emg::new(canvas.made_hz);
    let band = Band::new(recipe.rate_hz);
    let mix = Mix::new(&canvas, &recipe.background, &emg, &decimator, &band);
    let floor = Floor::new(&canvas, &recipe.background);
    let insertions = schedule::insertions(&canvas, &recipe.needles);
    let mut scene = Scene { canvas, emg, decimator, band, mix, floor, waves: Vec::new(), truth: Vec::new() };
    scene.twitches(recipe, &insertions);
    scene.contaminants(recipe, &insertions);
    let mut frames = scene.lanes(recipe);
    let full_scale = scene.full_scale(recipe, &mut frames);
    let Scene { mix, mut truth, .. } = scene;
    truth.sort_by_key(|t| (t.span, t.kind, t.channel));
    let format = Format {
        rate,
        channels: (1..=recipe.channels).map(|c| format!("EMG{c}")).collect(),
        scale: Scale::Microvolts,
        full_scale: Some(full_scale as f32),
    };
    let mains_hz = recipe.mains.as_ref().map(|m| m.hz);
    Ok(Simulation { format, frames, truth, insertions, noise_uv: mix.power.sqrt(), mains_hz })
}

/// A recording in the making.
struct Scene {
    canvas: Canvas,
    emg: Emg,
    decimator: Decimator,
    band: Band,
    mix: Mix,
    floor: Floor,
    waves: Vec<Wave>,
    truth: Vec<TruthEvent>,
}

impl Scene {
    fn twitches(&mut self, recipe: &Recipe, insertions: &[Insertion]) {
        let Self { canvas, emg, decimator, band, mix, floor, waves, truth } = self;
        let planned = schedule::twitches(canvas, &recipe.twitches, insertions, recipe.needles.rest_s);
        let plan = &recipe.twitches;
        let mut workshop = Workshop { canvas, plan, emg, decimator, band, noise_power: mix.power };
        for (index, planned) in planned.iter().enumerate() {
            let level = |from, to| floor.mean_square(canvas, from, to);
            let Some(placed) = workshop.make(index as u64, planned, level) else { continue };
            truth.push(TruthEvent {
                span: Span::new(placed.onset, placed.offset),
                kind: Kind::Twitch,
                channel: Some(placed.channel),
                snr_db: Some(placed.snr_db),
                insertion: planned.insertion,
            });
            waves.push(placed.wave);
        }
    }

    fn contaminants(&mut self, recipe: &Recipe, insertions: &[Insertion]) {
        let Self { canvas, emg, decimator, band, mix, floor, waves, truth } = self;
        let mut add = |(more, events): (Vec<Wave>, Vec<TruthEvent>)| {
            waves.extend(more);
            truth.extend(events);
        };
        if let Some(plan) = &recipe.ecg {
            add(ecg::beats(canvas, plan));
        }
        if let Some(plan) = &recipe.pistoning {
            add(motion::strokes(canvas, plan, insertions));
        }
        if let Some(plan) = &recipe.pops {
            add(pops::pops(canvas, plan));
        }
        if let Some(plan) = &recipe.knocks {
            add(motion::knocks(canvas, plan));
        }
        if let Some(plan) = &recipe.clipping {
            add((motion::surges(canvas, plan), Vec::new()));
        }
        let jumps = floor.jumps().map(|s| TruthEvent::of(Kind::FloorStep, motion::span(canvas, s, s + 0.02)));
        add((Vec::new(), jumps.collect()));
        if let Some(plan) = &recipe.efforts {
            let twitches: Vec<Span> =
                truth.iter().filter(|t| t.kind == Kind::Twitch).map(|t| t.span).collect();
            let noise = |from, to| mix.power * floor.mean_square(canvas, from, to);
            let (more, events) = effort::efforts(canvas, plan, emg, decimator, band, noise, &twitches);
            waves.extend(more);
            truth.extend(events);
        }
    }

    /// All channels, kept.
    fn lanes(&self, recipe: &Recipe) -> Array2<f32> {
        let canvas = &self.canvas;
        let mut frames = Array2::zeros((canvas.frames, canvas.channels));
        for (channel, mut column) in frames.columns_mut().into_iter().enumerate() {
            let mut lane = self.mix.render(canvas, &self.emg, channel);
            if self.floor.moves() {
                for (i, x) in lane.iter_mut().enumerate() {
                    *x *= self.floor.gain(i as f64 / canvas.made_hz);
                }
            }
            self.waves.iter().for_each(|wave| wave.add_to(&mut lane, channel));
            if let Some(plan) = &recipe.mains {
                mains::add(canvas, plan, channel, &mut lane);
            }
            if canvas.factor > 1 {
                lane = self.decimator.keep(&lane, 0, canvas.frames);
            }
            column.iter_mut().zip(lane).for_each(|(kept, x)| *kept = x as f32);
        }
        frames
    }

    /// The converter's full scale, µV: as the recipe says, and then the samples are clipped and
    /// truth says where; else with room above the largest sample, to two digits.
    fn full_scale(&mut self, recipe: &Recipe, frames: &mut Array2<f32>) -> f64 {
        let Some(plan) = &recipe.clipping else {
            let largest = frames.iter().fold(0f32, |most, x| most.max(x.abs()));
            let wanted = (f64::from(largest) * HEADROOM).max(1e-3);
            let digit = 10f64.powf(wanted.log10().floor() - 1.0);
            return (wanted / digit).ceil() * digit;
        };
        let end = (plan.full_scale * self.canvas.noise_uv) as f32;
        let together = (CLIPPED_TOGETHER_S * self.canvas.rate_hz).ceil() as u64;
        for (channel, mut column) in frames.columns_mut().into_iter().enumerate() {
            let mut spans: Vec<Span> = Vec::new();
            for (i, x) in column.iter_mut().enumerate().filter(|(_, x)| x.abs() >= end) {
                *x = x.clamp(-end, end);
                let here = Span::new(i as u64, i as u64 + 1);
                match spans.last_mut() {
                    Some(last) if here.start - last.end <= together => last.end = here.end,
                    _ => spans.push(here),
                }
            }
            let event = |span| TruthEvent { channel: Some(channel), ..TruthEvent::of(Kind::Clipped, span) };
            self.truth.extend(spans.into_iter().map(event));
        }
        f64::from(end)
    }
}
