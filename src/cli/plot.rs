//! `twitchscope plot`: the figures and the page again from saved sessions.

use std::path::PathBuf;

use anyhow::Result;
use twitchscope::report;
use twitchscope::session::Session;

use super::output::say;
use super::review::named;
use super::reviews::Choice;

/// Draws the figures and the page again from saved sessions.
///
/// One session gives what `analyze --out` draws. Several are taken together: one of each figure over
/// all of their insertions, what each recording was like, and one page.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Sessions that `analyze --out` wrote
    #[arg(required = true, value_name = "SESSION.json")]
    sessions: Vec<PathBuf>,
    /// The folder for the figures; made where it is missing
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The figures' name without ending [default: that of the first session]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    review: Choice,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let read = |path: &PathBuf| -> Result<Session> {
        let mut session = report::read_session(path)?;
        let (folder, stem) = named(path);
        arguments.review.lay_over(&mut session, Some(&folder), &stem)?;
        Ok(session)
    };
    let sessions = arguments.sessions.iter().map(read).collect::<Result<Vec<_>>>()?;
    let first = || arguments.sessions.first().map(|path| named(path).1).unwrap_or_default();
    let name = arguments.name.clone().unwrap_or_else(first);
    let written = report::write_figures(&arguments.out, &name, &sessions)?;
    for path in written {
        say(&format!("{}\n", path.display()))?;
    }
    Ok(())
}
