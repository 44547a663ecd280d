//! Hours of eight channels at 4 kHz from a virtual board, as fast as they are read, and recorded in
//! parts of 64 MiB: no sample is lost, none is invented, each is the one that was played, in the
//! pipeline and in the recording, and memory stays flat.
//!
//!     cargo run --release --example soak -- 60

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    soak::run()
}

#[cfg(not(unix))]
fn main() {
    eprintln!("this system has no pseudo-terminals");
}

#[cfg(unix)]
mod soak {
    use std::error::Error;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Instant;

    use twitchscope::block::Block;
    use twitchscope::pipeline::Pipeline;
    use twitchscope::recorder::{Choices, Recorder, Signal};
    use twitchscope::settings::Settings;
    use twitchscope::source::board::Kind;
    use twitchscope::source::{Flow, Live, LiveOptions, Options, Port, Recording, Source};
    use twitchscope::virtual_board::{Faults, Pace, Player, Speed, Tape};

    const CHANNELS: u16 = 8;
    const RATE_HZ: u32 = 4000;

    /// The count of one sample: noise that names its place.
    fn count(frame: u64, channel: u64) -> i16 {
        let mixed = (frame * 8 + channel).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 48) as i16 / 64
    }

    fn write(path: &Path, frames: u64) -> Result<(), Box<dyn Error>> {
        let spec = hound::WavSpec {
            channels: CHANNELS,
            sample_rate: RATE_HZ,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(path, spec)?;
        for frame in 0..frames {
            for channel in 0..u64::from(CHANNELS) {
                wav.write_sample(count(frame, channel))?;
            }
        }
        Ok(wav.finalize()?)
    }

    /// Memory in use, kB; Linux says so.
    fn memory_kb() -> u64 {
        let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
    }

    pub fn run() -> Result<(), Box<dyn Error>> {
        let minutes: u64 = std::env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
        let frames = minutes * 60 * u64::from(RATE_HZ);
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("soak.wav");
        write(&path, frames)?;
        let recording = Recording::open(&path, &Options::default())?;
        let tape = Tape::new(recording, Kind::Native, &Faults::default());
        let pace = Pace { speed: Speed::Max, ..Pace::default() };
        let mut player = Player::open(tape, pace, &Faults::default())?;
        let port = player.path().display().to_string();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let board = std::thread::spawn(move || player.play(&stopped, 0.0).map_err(|e| e.to_string()));
        let begun = Instant::now();
        let port = Port::open(&port, Kind::Native.baud(), Arc::clone(&stop))?;
        let mut live = Live::begin(port, &LiveOptions::new(Kind::Native))?;
        let mut recorder = record(&live, folder.path())?;
        let (came, events) = listen(&mut live, &mut recorder, frames)?;
        let troubles = recorder.finish(None);
        let took_s = begun.elapsed().as_secs_f64();
        println!("the board: {:?}", board.join().map_err(|_| "the board failed")??);
        println!(
            "{came} of {frames} frames came, {} lost, {} bytes skipped, {events} events, {took_s:.1} s: {:.0} times real time",
            live.lost(),
            live.skipped_bytes(),
            minutes as f64 * 60.0 / took_s
        );
        let recorded = compare(&recorder.path())?;
        println!("{recorded} frames are in the recording as they were played; troubles: {troubles:?}");
        let whole = came == frames && live.lost() == 0 && live.skipped_bytes() == 0 && recorded == frames;
        if whole { Ok(()) } else { Err("samples are missing".into()) }
    }

    fn record(live: &Live, folder: &Path) -> Result<Recorder, Box<dyn Error>> {
        let described = live.described();
        let signal = Signal {
            format: live.format().clone(),
            bits: described.bits,
            gain: live.gain(),
            clips_at: described.full_scale,
            board: described.name.clone(),
        };
        let choices = Choices { part_bytes: 64 << 20, ..Choices::default() };
        Ok(Recorder::begin(&folder.join("out"), "soak", &signal, choices)?)
    }

    /// How many frames the recording has, each of which is the one that was played.
    fn compare(path: &Path) -> Result<u64, Box<dyn Error>> {
        let mut recording = Recording::open(path, &Options::default())?;
        let mut block = Block::empty(usize::from(CHANNELS));
        let mut frames = 0;
        while recording.next(&mut block)? == Flow::Frames {
            hold(&block)?;
            frames += block.frames.nrows() as u64;
        }
        Ok(frames)
    }

    /// Holds each sample against the one that was played.
    fn hold(block: &Block) -> Result<(), Box<dyn Error>> {
        for (place, row) in (block.first.get()..).zip(block.frames.rows()) {
            for (channel, sample) in (0..).zip(row) {
                if *sample != f32::from(count(place, channel)) {
                    return Err(format!("frame {place}, channel {channel}: {sample}").into());
                }
            }
        }
        Ok(())
    }

    /// Reads all, records it, and holds each sample against the one that was played.
    fn listen(live: &mut Live, recorder: &mut Recorder, frames: u64) -> Result<(u64, u64), Box<dyn Error>> {
        let mut pipeline = Pipeline::new(live.format(), &Settings::default())?;
        let mut block = Block::empty(usize::from(CHANNELS));
        let (mut came, mut events, mut told) = (0, 0u64, 0);
        loop {
            match live.next(&mut block)? {
                Flow::End => break,
                Flow::Idle => continue,
                Flow::Frames => {}
            }
            hold(&block)?;
            recorder.frames(block.first, live.counts());
            came += block.frames.nrows() as u64;
            pipeline.push(&block, &mut |_| events += 1);
            if came * 10 / frames > told {
                told = came * 10 / frames;
                println!("{:3} %: {} kB", told * 10, memory_kb());
            }
        }
        pipeline.finish(&mut |_| events += 1);
        Ok((came, events))
    }
}
