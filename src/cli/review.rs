//! `twitchscope review`: a person steps through what was found, and judges it.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use time::OffsetDateTime;
use twitchscope::detect::Class;
use twitchscope::excerpt::Excerpts;
use twitchscope::report;
use twitchscope::review::{Desk, Header, Mode, Review, Writer, file_name};
use twitchscope::session::Session;
use twitchscope::source::Options;
use twitchscope::terminal::review::{Sitting, run as show};

use super::analyze::Samples;
use super::output::{say, tell};
use super::reviews;
use super::summary;

/// Shows what was found, one by one with the signal around it, to accept, reject, move or add.
///
/// Every decision is saved at once in X_review-NAME.tsv beside the session. At the end the tables,
/// the session and the figures hold the reviewed counts beside the automatic ones, which stay as
/// they are. docs/review.md shows a review.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A session that `analyze --out` wrote
    #[arg(value_name = "SESSION.json")]
    session: PathBuf,
    /// Who reviews [default: the login name]
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
    /// Hide needles, times and verdicts, shuffle, and mix in stretches with nothing
    #[arg(long)]
    blind: bool,
    /// Another seed shuffles otherwise and takes other stretches with nothing
    #[arg(long, value_name = "N", default_value_t = 1, requires = "blind")]
    seed: u64,
    /// Only these, as twitch,uncertain [default: all]
    #[arg(long, value_name = "CLASS,…", value_delimiter = ',', value_parser = class())]
    only: Vec<Class>,
    /// The recording, where it does not lie beside the session, one folder up, or here
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    #[command(flatten)]
    samples: Samples,
}

/// A class by name.
fn class() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(Class::ALL.map(Class::name))
        .try_map(|name| Class::ALL.into_iter().find(|c| c.name() == name).ok_or("there is no such class"))
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let session = report::read_session(&arguments.session)?;
    let excerpts = excerpts(arguments, &session)?;
    let (folder, stem) = named(&arguments.session);
    let header = header(arguments, &session)?;
    let path = folder.join(file_name(&stem, &header.reviewer, header.mode));
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        bail!("a review needs a terminal: run it in one, without a pipe");
    }
    let stop = super::interrupt::flag()?;
    let (writer, review) = Writer::open(&path, &header)?;
    let before = review.edits.clone();
    let word = review.cut.then(|| "The last decision had been cut off: please judge it again.".to_owned());
    let desk = Desk::new(&session, &header, review.edits, &arguments.only);
    let mut sitting = Sitting::new(&session, desk, &header.reviewer, writer, excerpts, word);
    let shown = show(&mut sitting, &now, &stop);
    let desk = sitting.leave();
    let [_, all, judged] = desk.progress();
    say(&format!("{judged} of {all} judged, in {}\n", path.display()))?;
    if *desk.edits() != before {
        let review = Review { header, edits: desk.edits().clone(), cut: false };
        // Read again: another run may have written it meanwhile.
        let session = report::read_session(&arguments.session)?;
        review.header.is_of(&session.source.sha256, &session.source.name, &path)?;
        results(session, &review, &path, &folder, &stem)?;
    }
    shown.context("the review ended early; what was decided is saved")
}

/// Writes the results again, with the review.
fn results(mut session: Session, review: &Review, path: &Path, folder: &Path, stem: &str) -> Result<()> {
    reviews::apply(&mut session, review, path);
    let figures = folder.join(format!("{stem}_dwell.svg")).is_file();
    let written = report::write_all(folder, stem, &session, figures)?;
    reviews::tidy(&session, folder, stem);
    // The numbers would tell a blind rater what the detector said of what is still to be judged.
    if review.header.mode == Mode::Open {
        say(&summary::reviewed(&session))?;
    }
    tell!("{} files named {stem}_… in {} hold the review", written.len(), folder.display());
    Ok(())
}

/// The folder of a session, and what its results are named after.
pub fn named(session: &Path) -> (PathBuf, String) {
    let folder = session.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = session.file_stem().unwrap_or_default().to_string_lossy();
    (folder.to_owned(), stem.strip_suffix("_session").unwrap_or(&stem).to_owned())
}

/// The time now, UTC.
fn now() -> String {
    let t = OffsetDateTime::from(SystemTime::now());
    let (month, day) = (u8::from(t.month()), t.day());
    format!("{}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", t.year(), t.hour(), t.minute(), t.second())
}

fn header(arguments: &Arguments, session: &Session) -> Result<Header> {
    let login = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = arguments.reviewer.clone().or_else(login).unwrap_or_default();
    let reviewer: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let reviewer = reviewer.trim().to_owned();
    if !reviewer.chars().any(char::is_alphanumeric) || reviewer.chars().count() > 60 {
        bail!("who reviews? Give a name of at most 60 letters with --reviewer");
    }
    Ok(Header {
        recording: session.source.name.clone(),
        sha256: session.source.sha256.clone(),
        reviewer,
        mode: if arguments.blind { Mode::Blind { seed: arguments.seed } } else { Mode::Open },
    })
}

/// Opens the recording of the session.
fn excerpts(arguments: &Arguments, session: &Session) -> Result<Excerpts> {
    let options = Options {
        scale: arguments.samples.scale(),
        channels: arguments.samples.channels.clone(),
        ..Options::default()
    };
    let path = match &arguments.recording {
        Some(path) => path.clone(),
        None => find(&arguments.session, &session.source.name)?,
    };
    Ok(Excerpts::open(&path, &options, session)?)
}

/// The recording beside the session, one folder up, or here.
fn find(session: &Path, name: &str) -> Result<PathBuf> {
    let folder = session.parent().unwrap_or(Path::new(""));
    // The name comes from a file: it must not lead elsewhere.
    let name = Path::new(name).file_name().map(PathBuf::from).unwrap_or_default();
    let places = [folder.join(&name), folder.join("..").join(&name), name.clone()];
    let found = places.into_iter().find(|p| p.is_file());
    found.with_context(|| {
        format!(
            "the recording {} lies neither beside the session, nor one folder up, nor here: say where it is with --recording FILE",
            name.display()
        )
    })
}
