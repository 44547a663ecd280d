//! Recordings to try the one path on, and one tester that runs each of them every way.

#![allow(dead_code, reason = "not every test asks for all of it")]

#[path = "dice.rs"]
pub mod dice;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ndarray::{Array2, Axis, Slice};
use twitchscope::block::{Block, Format, Mark, Scale};
use twitchscope::pipeline::{ChannelReport, Event, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::simulate::{render, scenario};
use twitchscope::source::{Flow, Options, Recording, Source};
use twitchscope::units::{SampleIndex, SampleRate, Span};

/// Simulated: scenario, seed, seconds. Short, because the laws hold for any stretch.
const SIMULATED: &[(&str, u64, f64)] = &[
    ("session", 2, 40.0),
    ("four-channels", 3, 25.0),
    ("mains-drift", 4, 20.0),
    ("clipping", 5, 20.0),
    ("ecg", 6, 25.0),
    ("efforts", 7, 20.0),
    ("rate-250", 8, 40.0),
    ("rate-500", 9, 30.0),
    ("rate-10k", 10, 12.0),
    ("rate-44k1", 11, 9.0),
];
/// No more samples of a real recording: the laws are run many times over each.
const MOST_SAMPLES: usize = 160_000;

/// A recording in memory.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub format: Format,
    pub frames: Array2<f32>,
}

/// All that a pipeline says of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub events: Vec<Event>,
    pub reports: Vec<ChannelReport>,
}

/// Every recording there is to try.
pub static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let simulated = SIMULATED.iter().map(|(name, seed, duration_s)| simulated(name, *seed, *duration_s));
    simulated.chain(files().iter().map(|path| Case::open(path))).collect()
});

/// The start of a scenario.
pub fn simulated(name: &str, seed: u64, duration_s: f64) -> Case {
    let mut recipe = scenario(name, seed).unwrap();
    recipe.duration_s = duration_s;
    recipe.needles.count = 1;
    recipe.needles.rest_s = 2.0;
    let made = render(&recipe).unwrap();
    Case { name: name.into(), format: made.format, frames: made.frames }
}

/// The WAVs in `samples/` and the real recordings, as far as they are there.
pub fn files() -> Vec<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("TWITCHSCOPE_SHARED").map_or_else(|| home.join("../shared"), PathBuf::from);
    let mut all = Vec::new();
    for folder in [home.join("samples"), shared.join("recordings")] {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("{} is not there: its recordings are not tried", folder.display());
            continue;
        };
        let paths = entries.map(|e| e.unwrap().path());
        all.extend(paths.filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav"))));
    }
    all.sort();
    all
}

impl Case {
    /// One channel of samples, µV.
    pub fn of(name: String, rate_hz: f64, samples: Vec<f32>) -> Self {
        let format = Format {
            rate: SampleRate::new(rate_hz).unwrap(),
            channels: vec!["a".into()],
            scale: Scale::Microvolts,
            full_scale: None,
        };
        Self { name, format, frames: Array2::from_shape_vec((samples.len(), 1), samples).unwrap() }
    }

    /// The start of a file.
    fn open(path: &Path) -> Self {
        let mut recording = Recording::open(path, &Options::default()).unwrap();
        let format = recording.format().clone();
        let most = MOST_SAMPLES / format.channels.len();
        let mut block = Block::empty(format.channels.len());
        let mut samples = Vec::new();
        while samples.len() < most * format.channels.len() && recording.next(&mut block).unwrap() != Flow::End
        {
            samples.extend(block.frames.iter());
        }
        samples.truncate(most * format.channels.len());
        let shape = (samples.len() / format.channels.len(), format.channels.len());
        Self { name: recording.name(), format, frames: Array2::from_shape_vec(shape, samples).unwrap() }
    }

    pub fn pipeline(&self) -> Pipeline {
        Pipeline::new(&self.format, &Settings::default()).unwrap()
    }

    /// Frames `from..to` as a block.
    pub fn block(&self, from: usize, to: usize) -> Block {
        let frames = self.frames.slice_axis(Axis(0), Slice::from(from..to)).to_owned();
        Block { first: SampleIndex::new(from as u64), frames, marks: Vec::<Mark>::new() }
    }

    /// Pushed in one piece.
    pub fn whole(&self) -> Heard {
        self.cut(std::iter::repeat(self.frames.nrows()))
    }

    /// Pushed in pieces of these sizes.
    pub fn cut(&self, sizes: impl IntoIterator<Item = usize>) -> Heard {
        let (mut sizes, mut from, mut blocks) = (sizes.into_iter(), 0, Vec::new());
        while from < self.frames.nrows() {
            let to = (from + sizes.next().unwrap()).min(self.frames.nrows());
            blocks.push(self.block(from, to));
            from = to;
        }
        hear(self.pipeline(), &blocks)
    }
}

/// What `pipeline` says of `blocks`.
pub fn hear(mut pipeline: Pipeline, blocks: &[Block]) -> Heard {
    let mut events = Vec::new();
    blocks.iter().for_each(|block| pipeline.push(block, &mut |e| events.push(e)));
    let reports = pipeline.finish(&mut |e| events.push(e));
    Heard { events, reports }
}

/// Where an event is.
pub fn span(event: &Event) -> Span {
    match event {
        Event::Candidate(found) | Event::Twitch(found) | Event::Beside(found) => found.span,
        Event::Masked { span, .. } => *span,
        other => panic!("an event that the tests do not know: {other:?}"),
    }
}
