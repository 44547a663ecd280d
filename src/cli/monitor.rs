//! `twitchscope monitor`: a board on a serial port, live, or a recording that is played.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use twitchscope::analysis::source_info;
use twitchscope::dashboard::{self, Address, Dashboard};
use twitchscope::monitor::{Feed, Glass, Replay, Seen, Totals, pane, watch};
use twitchscope::recorder::{Choices as RecordingChoices, Recorder, Signal as Recorded};
use twitchscope::report::{self, counted};
use twitchscope::settings::Settings;
use twitchscope::source::board::{Kind, Wishes};
use twitchscope::source::{
    InsertionOption, Live, LiveOptions, Options, Port, PortError, Recording, Source, listen, sha256,
};
use twitchscope::terminal::live::{self as terminal, View};
use twitchscope::units::{SampleRate, Seconds};

use super::analyze::{Choices, Samples};
use super::onlookers::{Beside, Out, Window};
use super::output::tell;
use super::quantity::{bytes, seconds};

/// Reads a board on a serial port and shows what arrives and what is found, with keys for the
/// needle.
///
/// Ends with Ctrl-C; a board that is unplugged is waited for, and goes on by itself when it is back.
/// docs/monitor.md shows a session and has every line of --headless, docs/boards.md every board.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The serial port, such as /dev/ttyUSB0 or COM3 (see `twitchscope ports`)
    #[arg(long, value_name = "PORT", required_unless_present = "replay")]
    port: Option<String>,
    /// Play this recording instead, with the marks that came with it
    #[arg(long, value_name = "RECORDING", conflicts_with_all = ["port", "board", "baud", "wait", "record", "rate"])]
    replay: Option<PathBuf>,
    /// How many times as fast as it was recorded, or max
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed, requires = "replay")]
    speed: Speed,
    /// Which board; auto listens, sends nothing, and knows boards that stream by themselves
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = board())]
    board: Board,
    /// Bits a second on the line [default: the board's]
    #[arg(long, value_name = "N")]
    baud: Option<u32>,
    /// How long to wait for a board that was unplugged, as 30s, or forever [default: forever with
    /// --record, else 1min]
    #[arg(long, value_name = "TIME|forever", value_parser = wait)]
    wait: Option<Wait>,
    /// JSON lines on standard output, and no view
    #[arg(long)]
    headless: bool,
    /// A page for a browser on this machine, too, with the same numbers and keys [default address:
    /// 127.0.0.1:7410]
    #[arg(long, value_name = "ADDRESS")]
    dashboard: Option<Option<Address>>,
    /// The sites in the order in which needles will go in, as left,right; key s names the next
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "replay")]
    sites: Vec<String>,
    /// No bell a twitch
    #[arg(long)]
    no_bell: bool,
    /// Record into this folder as samples come, and write tables, session and figures at the end
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Record the raw bytes of the board, too
    #[arg(long, requires = "record")]
    raw: bool,
    /// A WAV of the recording has at most so many bytes, as 2GiB; what comes then goes to X_part2.wav,
    /// and so on [default: 4GiB, all that a WAV can hold]
    #[arg(long, value_name = "SIZE", requires = "record", value_parser = bytes)]
    part_size: Option<u64>,
    /// No figures at the end
    #[arg(long, requires = "record")]
    no_figures: bool,
    #[command(flatten)]
    signal: Signal,
    #[command(flatten)]
    choices: Choices,
}

/// What the board does not say.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The signal")]
struct Signal {
    /// Samples a second, where the board does not say it or says it wrongly
    #[arg(long, value_name = "HZ", value_parser = rate)]
    rate: Option<SampleRate>,
    #[command(flatten)]
    samples: Samples,
    /// With --replay: the file of marks, instead of the one beside the recording
    #[arg(long, value_name = "FILE", requires = "replay")]
    events: Option<PathBuf>,
    /// A needle from START to END in seconds, as 12.5..40,left; overrides the board's marks
    #[arg(long, value_name = "START..END[,LABEL]")]
    insertion: Vec<InsertionOption>,
    /// The event of a SpikerBox that means needle in
    #[arg(long, value_name = "ID", default_value = "1")]
    needle_in: String,
    /// The event that means needle out
    #[arg(long, value_name = "ID", default_value = "0")]
    needle_out: String,
}

/// How fast a recording is played: times real time, `None` as fast as can be.
#[derive(Debug, Clone, Copy)]
struct Speed(Option<f64>);

fn speed(text: &str) -> Result<Speed, String> {
    match text.parse::<f64>() {
        _ if text == "max" => Ok(Speed(None)),
        Ok(times) if times > 0.0 && times <= 1000.0 => Ok(Speed(Some(times))),
        _ => Err("give a number above zero, such as 1, or max".into()),
    }
}

/// A board by name, or the one that is heard.
#[derive(Debug, Clone, Copy)]
enum Board {
    Auto,
    Named(Kind),
}

/// How long to wait for a board.
#[derive(Debug, Clone, Copy)]
enum Wait {
    Forever,
    For(Seconds),
}

/// A script that hears nothing for so long wants to know.
const WAIT: Seconds = Seconds::new(60.0);

fn wait(text: &str) -> Result<Wait, String> {
    if text == "forever" { Ok(Wait::Forever) } else { seconds(text).map(Wait::For) }
}

fn board() -> impl TypedValueParser<Value = Board> {
    let auto = PossibleValue::new("auto").help("the one that is heard");
    let value = |kind: Kind| PossibleValue::new(kind.name()).help(kind.describe());
    let values = std::iter::once(auto).chain(Kind::ALL.into_iter().map(value));
    PossibleValuesParser::new(values).try_map(|name| match name.as_str() {
        "auto" => Ok(Board::Auto),
        name => name.parse::<Kind>().map(Board::Named),
    })
}

fn rate(text: &str) -> Result<SampleRate, String> {
    let hz: f64 = text.trim_end_matches("Hz").trim().parse().map_err(|_| "give a number of hertz")?;
    SampleRate::new(hz).map_err(|e| e.to_string())
}

impl Arguments {
    fn options(&self, board: Kind) -> LiveOptions {
        let signal = &self.signal;
        LiveOptions {
            board,
            rate: signal.rate,
            scale: signal.samples.scale(),
            channels: signal.samples.channels.clone(),
            insertions: signal.insertion.clone(),
            wishes: Wishes { needle_in: signal.needle_in.clone(), needle_out: signal.needle_out.clone() },
            keep_raw: self.raw,
            wait: match self.wait {
                Some(Wait::For(time)) => Some(time),
                // A person is there, who can plug it in.
                Some(Wait::Forever) => None,
                None => self.record.is_none().then_some(WAIT),
            },
        }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    if !arguments.headless && !terminal::is_there() {
        bail!("there is no terminal to show anything on: add --headless for JSON lines");
    }
    let of_a_view = arguments.no_bell || !arguments.sites.is_empty();
    if arguments.headless && arguments.dashboard.is_none() && of_a_view {
        let said = "--sites and --no-bell are for a view: leave --headless out, or add --dashboard\n";
        clap::Error::raw(ErrorKind::ArgumentConflict, said).exit();
    }
    let settings = arguments.choices.settings()?;
    let stop = super::interrupt::flag()?;
    match (&arguments.replay, &arguments.port) {
        (Some(path), _) => replay(arguments, path, &settings, &stop),
        (None, Some(port)) => live(arguments, port, &settings, &stop),
        (None, None) => bail!("give a --port, or a recording with --replay"),
    }
}

fn live(arguments: &Arguments, port: &str, settings: &Settings, stop: &Arc<AtomicBool>) -> Result<()> {
    let (port, board) = open(arguments, port, stop)?;
    let mut live = Live::begin(port, &arguments.options(board))?;
    let mut recorder = recorder(arguments, &live)?;
    let seen = look(arguments, &mut live, settings, &mut recorder, stop)?;
    let text = summary(&seen.totals);
    // What is on the disk does not wait for a terminal.
    let written = recorder.as_ref().map(|r| write(seen, r, &live, settings, !arguments.no_figures));
    tell!("{text}");
    if let (Some(written), Some(recorder)) = (written, &recorder) {
        tell!("{} files named {}_… are in {}", written?, recorder.stem(), recorder.folder().display());
    }
    match live.ended() {
        Some(why) => bail!(why.clone()),
        None => Ok(()),
    }
}

/// Plays a recording.
fn replay(arguments: &Arguments, path: &Path, settings: &Settings, stop: &Arc<AtomicBool>) -> Result<()> {
    let signal = &arguments.signal;
    let options = Options {
        scale: signal.samples.scale(),
        channels: signal.samples.channels.clone(),
        events: signal.events.clone(),
        insertions: signal.insertion.clone(),
        needle_in_id: signal.needle_in.clone(),
        needle_out_id: signal.needle_out.clone(),
    };
    let recording = Recording::open(path, &options)?;
    let place = path.display().to_string();
    let mut replay = Replay::new(recording, &place, arguments.speed.0, Arc::clone(stop));
    let seen = look(arguments, &mut replay, settings, &mut None, stop)?;
    tell!("{}", summary(&seen.totals));
    Ok(())
}

/// Watches, with lines or with a view, and with a page where one is wanted.
fn look(
    arguments: &Arguments,
    feed: &mut impl Feed,
    settings: &Settings,
    recorder: &mut Option<Recorder>,
    stop: &Arc<AtomicBool>,
) -> Result<Seen> {
    let (page, served) = match arguments.dashboard {
        Some(address) => {
            let (glass, served) = serve(arguments, address.unwrap_or_default())?;
            (Some(glass), Some(served))
        }
        None => (None, None),
    };
    let seen = if arguments.headless {
        let out = Out { recording: recorder.is_some(), closed: false };
        watch(feed, settings, recorder, &mut Beside { first: out, page }).map_err(Into::into)
    } else {
        let page = page.zip(served.as_ref().map(Dashboard::url));
        view(arguments, feed, settings, recorder, page, stop)
    };
    if let Some(Err(problem)) = served.map(Dashboard::end) {
        tell!("the page ended: {problem}");
    }
    seen
}

/// Begins to serve the page.
fn serve(arguments: &Arguments, address: Address) -> Result<(Glass, Dashboard)> {
    let (glass, pane) = pane();
    let choices = dashboard::Choices {
        sites: arguments.sites.clone(),
        sound: !arguments.no_bell,
        replay: arguments.replay.is_some(),
    };
    let served = Dashboard::open(pane, choices, address).with_context(|| {
        format!("the page cannot be served on {}: give --dashboard another port", address.socket())
    })?;
    tell!("open {} in a browser on this machine", served.url());
    Ok((glass, served))
}

/// Watches with a view on the terminal, beside a page and where that is.
fn view(
    arguments: &Arguments,
    feed: &mut impl Feed,
    settings: &Settings,
    recorder: &mut Option<Recorder>,
    page: Option<(Glass, String)>,
    stop: &Arc<AtomicBool>,
) -> Result<Seen> {
    let (page, url) = page.unzip();
    let choices = terminal::Choices {
        sites: arguments.sites.clone(),
        bell: !arguments.no_bell,
        replay: arguments.replay.is_some(),
        page: url,
    };
    let (glass, pane) = pane();
    let view = View::show(pane, choices, Arc::clone(stop)).context("the terminal cannot be used")?;
    let mut both = Beside { first: Window { glass, troubles: Vec::new() }, page };
    let seen = watch(feed, settings, recorder, &mut both);
    // The views end when their glasses are gone.
    let Window { glass, troubles } = both.first;
    drop((glass, both.page));
    let shown = view.end();
    for trouble in troubles {
        tell!("{trouble}");
    }
    if let Err(problem) = shown {
        tell!("the view ended, because the terminal failed: {problem}");
    }
    Ok(seen?)
}

/// Begins the recording, where one is wanted.
fn recorder(arguments: &Arguments, live: &Live) -> Result<Option<Recorder>> {
    let Some(folder) = &arguments.record else { return Ok(None) };
    let described = live.described();
    let signal = Recorded {
        format: live.format().clone(),
        bits: described.bits,
        gain: live.gain(),
        clips_at: described.full_scale,
        board: described.name.clone(),
    };
    let mut choices = RecordingChoices { raw: arguments.raw, ..Default::default() };
    choices.part_bytes = arguments.part_size.unwrap_or(choices.part_bytes);
    let recorder = Recorder::begin(folder, live.board().name(), &signal, choices)?;
    tell!("recording to {}", recorder.path().display());
    Ok(Some(recorder))
}

/// Writes tables, session and figures of what was seen beside its recording; how many files.
fn write(seen: Seen, recorder: &Recorder, live: &Live, settings: &Settings, figures: bool) -> Result<usize> {
    let path = recorder.path();
    let recording = Recording::open(&path, &Options::default())?;
    let source = source_info(&recording, sha256(&path)?, seen.totals.status.sample);
    let session = seen.heard.session(source, settings, live.format());
    let (folder, stem) = (recorder.folder(), recorder.stem());
    Ok(report::write_all(folder, stem, &session, figures)?.len())
}

/// Speeds at which a board that is not named is listened for, the most common first.
const BAUDS: [u32; 5] = [115_200, 230_400, 57_600, 500_000, 222_222];

/// Opens the port, and finds out which board it is where nobody says so.
fn open(arguments: &Arguments, port: &str, stop: &Arc<AtomicBool>) -> Result<(Port, Kind)> {
    let at = |baud| Port::open(port, baud, Arc::clone(stop));
    if let Board::Named(kind) = arguments.board {
        return Ok((at(arguments.baud.unwrap_or(kind.baud()))?, kind));
    }
    let bauds = arguments.baud.map_or(BAUDS.to_vec(), |baud| vec![baud]);
    for baud in bauds {
        let mut opened = at(baud)?;
        match listen(&mut opened) {
            Ok(kind) => {
                tell!("{port}: heard {} ({}) at {baud} baud", kind.name(), kind.describe());
                return Ok((opened, kind));
            }
            Err(PortError::Noise { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    bail!(
        "{port}: bytes come and make no sense at any speed that was tried; name the board with --board and its speed with --baud"
    )
}

fn summary(totals: &Totals) -> String {
    let status = &totals.status;
    let rate = status.measured_rate_hz.zip(status.rate_uncertainty_hz);
    let late = status.latency_ms;
    format!(
        "{:.1} s, {} samples a channel, {} lost; {}, {} of them in {}{}{}",
        status.time,
        status.frames,
        status.lost,
        counted(status.twitches as usize, "twitch"),
        status.twitches - totals.stray_twitches,
        counted(totals.insertions.len(), "insertion"),
        rate.map(|(hz, off)| format!("; the board's true rate is {hz:.3} ± {off:.3} Hz")).unwrap_or_default(),
        late.map(|l| format!(
            "; told {:.1} ms after the last sample needed (median; 99 in 100 within {:.1} ms)",
            l.p50, l.p99
        ))
        .unwrap_or_default(),
    )
}
