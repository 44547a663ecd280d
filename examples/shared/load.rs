//! A recording from disk, whole, channel by channel.

use std::path::{Path, PathBuf};

use twitchscope::block::{Block, Format};
use twitchscope::source::{Flow, Options, Recording, Source};

/// One recording in memory.
pub struct Loaded {
    /// What the source says of it.
    pub format: Format,
    /// Its samples, channel by channel.
    pub channels: Vec<Vec<f64>>,
}

/// Reads `path` from its beginning to its end.
pub fn load(path: &Path) -> Loaded {
    let told = |e: &dyn std::fmt::Display| -> ! { panic!("{}: {e}", path.display()) };
    let mut recording = Recording::open(path, &Options::default()).unwrap_or_else(|e| told(&e));
    let format = recording.format().clone();
    let mut channels = vec![Vec::new(); format.channels.len()];
    let mut block = Block::empty(channels.len());
    while recording.next(&mut block).unwrap_or_else(|e| told(&e)) == Flow::Frames {
        for (place, samples) in channels.iter_mut().enumerate() {
            samples.extend(block.frames.column(place).iter().map(|x| f64::from(*x)));
        }
    }
    Loaded { format, channels }
}

/// The folder of real recordings: the argument, else `$TWITCHSCOPE_SHARED/recordings`.
pub fn folder(argument: Option<PathBuf>) -> PathBuf {
    let shared = || std::env::var_os("TWITCHSCOPE_SHARED").map(|s| PathBuf::from(s).join("recordings"));
    argument
        .or_else(shared)
        .expect("the folder of real recordings, as an argument or in $TWITCHSCOPE_SHARED/recordings")
}
