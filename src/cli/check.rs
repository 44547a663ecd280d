//! `twitchscope check`: is a recording at rest good enough for a session?

use std::path::PathBuf;

use anyhow::Result;
use twitchscope::rest::{Finding, Grade, hum, judge};
use twitchscope::session::Session;
use twitchscope::source::Recording;

use super::analyze::{Choices, Input, analyze, test};
use super::output::say;

/// Checks a short recording at rest before a session.
///
/// Record a minute of the relaxed muscle, electrodes on and no needle in. The answer says how loud
/// the noise and the hum are, whether the heart is seen, whether the converter clips, how many
/// false alarms there are, and how small a twitch could be seen (bursts of known size are added
/// and looked for); whether that is good enough, and if not, what helps.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A WAV recording of rest
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// Another seed adds other bursts at other places
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    choices: Choices,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    let (path, options) = (&arguments.recording, arguments.input.options());
    let settings = arguments.choices.settings()?;
    let mut session = analyze(path, &options, &settings, arguments.choices.file())?;
    session.self_test = Some(test(path, &options, &session, arguments.seed)?);
    let lines: Vec<Vec<f64>> = session.channels.iter().map(|c| c.mains_hz.clone()).collect();
    let hum_rms = hum(&mut Recording::open(path, &options)?, &lines)?;
    say(&text(&session, &judge(&session, &hum_rms)))
}

fn text(session: &Session, findings: &[Finding]) -> String {
    let mut text = format!("{}: {:.0} s of rest\n\n", session.source.name, session.source.duration_s);
    for finding in findings {
        let word = match finding.grade {
            Grade::Good => "good",
            Grade::Doubtful => "doubtful",
            Grade::Bad => "bad",
        };
        text += &format!("  {word:<8}  {:<16}{}\n", finding.what, finding.found);
    }
    let worst = findings.iter().map(|f| f.grade).max().unwrap_or(Grade::Good);
    text += match worst {
        Grade::Good => "\nGood enough for a session.\n",
        Grade::Doubtful => "\nUsable, but see what is doubtful:\n",
        Grade::Bad => "\nNot good enough:\n",
    };
    let mut told = Vec::new();
    for finding in findings.iter().filter(|f| f.grade > Grade::Good) {
        let cure = format!("  {}: {}\n", finding.what, finding.cure.unwrap_or("see above"));
        // Channels often ail together.
        if !told.contains(&cure) {
            text += &cure;
            told.push(cure);
        }
    }
    // What the recording's own warnings say about marks is no matter at rest.
    for warning in session.warnings.iter().filter(|w| !w.starts_with("no needle marks")) {
        text += &format!("Warning: {warning}\n");
    }
    text
}
