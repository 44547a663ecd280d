//! The command `twitchscope`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(status) => status,
        Err(error) if cli::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            cli::tell!("error: {}", cli::message(&error));
            ExitCode::FAILURE
        }
    }
}
