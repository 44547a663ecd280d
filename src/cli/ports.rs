//! `twitchscope ports`: serial ports and what listens there.

use anyhow::{Result, anyhow};
use twitchscope::source::{PortInfo, ports};

use super::output::{say, tell};

/// Runs the command.
pub fn run() -> Result<()> {
    let found = ports().map_err(|reason| anyhow!("the serial ports cannot be listed: {reason}"))?;
    if found.is_empty() {
        tell!("{NONE}");
        return Ok(());
    }
    say(&found.iter().map(row).collect::<String>())
}

/// What to do where there is no port.
const NONE: &str = "\
No serial port was found.
  - Plug the board in, and use a cable that carries data: many only charge.
  - Wait some seconds, and run this again.
  - A board on Bluetooth must be paired first.
  - Without a board, `twitchscope board --as NAME --play RECORDING` makes one.";

fn row(port: &PortInfo) -> String {
    let hint = port.hint.map(|h| format!("\n    {h}")).unwrap_or_default();
    format!("{}  {}{hint}\n", port.path, port.description)
}
