//! Arguments, and one file a command. This room may use every other, and nobody knows it.

mod contaminants;
pub mod evaluate;
mod quantity;
pub mod simulate;

use clap::Parser;

/// Finds local twitch responses in surface EMG and counts them against needle dwell time.
#[derive(Debug, Parser)]
#[command(version)]
enum Command {
    Simulate(simulate::Arguments),
    Evaluate(evaluate::Arguments),
}

/// Runs the command that was typed.
pub fn run() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
    }
}
