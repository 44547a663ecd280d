//! Arguments, and one file a command. This room may use every other, and nobody knows it.

mod analyze;
mod batch;
mod board;
mod check;
mod contaminants;
mod evaluate;
mod interrupt;
mod monitor;
mod onlookers;
mod output;
mod plot;
mod ports;
mod quantity;
mod review;
mod reviews;
mod simulate;
mod summary;
mod tune;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;

pub(crate) use output::tell;

/// Finds local twitch responses in surface EMG and counts them against needle dwell time.
///
/// Research software, no medical device.
#[derive(Debug, Parser)]
#[command(name = "twitchscope", version, max_term_width = 100)]
enum Command {
    Analyze(analyze::Arguments),
    Batch(batch::Arguments),
    Check(check::Arguments),
    Monitor(monitor::Arguments),
    /// Lists the serial ports and what they most likely are
    Ports,
    Board(board::Arguments),
    Simulate(simulate::Arguments),
    Evaluate(evaluate::Arguments),
    Tune(tune::Arguments),
    Plot(plot::Arguments),
    Review(review::Arguments),
    /// Prints completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// Runs the command that was typed; the status with which to end.
pub fn run() -> anyhow::Result<ExitCode> {
    let done = match Command::parse() {
        Command::Analyze(arguments) => analyze::run(&arguments),
        Command::Batch(arguments) => return batch::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Monitor(arguments) => monitor::run(&arguments),
        Command::Ports => ports::run(),
        Command::Board(arguments) => board::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Tune(arguments) => tune::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
        Command::Review(arguments) => review::run(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Command::command(), "twitchscope", &mut script);
            output::say(&String::from_utf8_lossy(&script))
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Whether the command ended because nobody reads what it prints any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let broken = |e: &io::Error| e.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}

/// What went wrong, in one line of reasons: a cause that the text before it already tells is not
/// told again.
pub fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
