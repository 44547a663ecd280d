//! `twitchscope board`: a virtual board on a pseudo-terminal.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use twitchscope::source::board::Kind;
use twitchscope::units::Seconds;
use twitchscope::virtual_board::{Faults, Pace, Speed};

use super::output::tell;
use super::quantity::{seconds, share};

/// Plays a recording as the real bytes of a board, on a pseudo-terminal.
///
/// Prints the path to open in place of a serial port, and plays once it is read. The board has
/// its own rate and resolution: the recording is resampled to them. Unix only.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which board
    #[arg(long = "as", value_name = "NAME", value_parser = kind())]
    kind: Kind,
    /// The recording
    #[arg(long, value_name = "RECORDING")]
    play: PathBuf,
    /// How many times as fast as real time, or max: as fast as it is read
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed)]
    speed: Speed,
    #[command(flatten)]
    wrong: Wrong,
}

/// What goes wrong.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What goes wrong")]
struct Wrong {
    /// Another seed, other accidents
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The share of samples that are never sent, 0 to 1
    #[arg(long, value_name = "P", default_value = "0", value_parser = share)]
    loss: f64,
    /// The share of bytes with a bit turned
    #[arg(long, value_name = "P", default_value = "0", value_parser = share)]
    flip: f64,
    /// The share of bytes that are lost
    #[arg(long, value_name = "P", default_value = "0", value_parser = share)]
    drop: f64,
    /// The share of bytes after which one comes too many
    #[arg(long, value_name = "P", default_value = "0", value_parser = share)]
    insert: f64,
    /// The share of bytes at which 64 bytes are lost
    #[arg(long, value_name = "P", default_value = "0", value_parser = share)]
    hole: f64,
    /// The board's clock is fast by so many parts in a million
    #[arg(long, value_name = "PPM", default_value_t = 0.0, allow_hyphen_values = true)]
    drift: f64,
    /// Bytes come in clumps, as 16ms
    #[arg(long, value_name = "TIME", default_value = "4ms", value_parser = seconds)]
    clump: Seconds,
    /// The cable is pulled after this time of signal
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    unplug: Option<Seconds>,
    /// The board starts again after this time of signal
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    reset: Option<Seconds>,
    /// The board says nothing more after this time of signal
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    silent: Option<Seconds>,
    /// The line is at the wrong speed
    #[arg(long)]
    wrong_baud: bool,
}

impl Arguments {
    fn faults(&self) -> Faults {
        let wrong = &self.wrong;
        Faults {
            seed: wrong.seed,
            loss: wrong.loss,
            flips: wrong.flip,
            lost_bytes: wrong.drop,
            extra_bytes: wrong.insert,
            holes: wrong.hole,
            drift_ppm: wrong.drift,
            wrong_baud: wrong.wrong_baud,
            unplug_s: wrong.unplug.map(Seconds::s),
            reset_s: wrong.reset.map(Seconds::s),
            silent_s: wrong.silent.map(Seconds::s),
        }
    }

    fn pace(&self) -> Pace {
        Pace { speed: self.speed, clump_s: self.wrong.clump.s() }
    }
}

/// The boards by name, each with what it is in the help.
fn kind() -> impl TypedValueParser<Value = Kind> {
    let value = |kind: Kind| PossibleValue::new(kind.name()).help(kind.describe());
    PossibleValuesParser::new(Kind::ALL.map(value)).try_map(|name| name.parse::<Kind>())
}

fn speed(text: &str) -> Result<Speed, String> {
    match text.parse::<f64>() {
        _ if text == "max" => Ok(Speed::Max),
        Ok(times) if times > 0.0 && times <= 1000.0 => Ok(Speed::Times(times)),
        _ => Err("give a number above zero, such as 1, or max".into()),
    }
}

/// Runs the command.
#[cfg(unix)]
pub fn run(arguments: &Arguments) -> Result<()> {
    use anyhow::{Context, bail};
    use twitchscope::source::{Options, Recording};
    use twitchscope::virtual_board::{Ended, Player, Tape};

    let recording = Recording::open(&arguments.play, &Options::default())?;
    let faults = arguments.faults();
    let tape = Tape::new(recording, arguments.kind, &faults);
    let told = tape.told();
    let mut player = Player::open(tape, arguments.pace(), &faults).context("no pseudo-terminal to be had")?;
    let stop = super::interrupt::flag()?;
    super::output::say(&format!("{}\n", player.path().display()))?;
    tell!(
        "{}: {} of the recording at {:.2} Hz{}. Read it with\n  twitchscope monitor --port {} --board {}",
        arguments.kind.describe(),
        if told.channels == 1 { "1 channel".to_owned() } else { format!("{} channels", told.channels) },
        told.rate_hz,
        told.lsb_uv.map(|uv| format!(", one count is {uv:.4} µV")).unwrap_or_default(),
        player.path().display(),
        arguments.kind.name(),
    );
    let ended = player.play(&stop, arguments.wrong.drift)?;
    let tape = player.tape();
    tell!("{:.1} s were played; of {} samples {} were never sent", tape.time_s(), tape.frames(), tape.lost());
    match ended {
        Ended::Unread => bail!("the end was never read: the reader stopped reading"),
        Ended::Over | Ended::Unplugged | Ended::Stopped => Ok(()),
    }
}

/// Runs the command.
#[cfg(not(unix))]
pub fn run(arguments: &Arguments) -> Result<()> {
    let _ = (arguments.faults(), arguments.pace(), &arguments.play, arguments.kind);
    anyhow::bail!("this system has no pseudo-terminals: use `twitchscope board` on Linux or macOS")
}
