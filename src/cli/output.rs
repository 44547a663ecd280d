//! Standard output and standard error, where a reader may go away at any time.

use std::io::{self, Write};

use anyhow::{Context, Result};

/// Prints `text`.
///
/// # Errors
/// What the system says; a closed pipe is for `main` to take as a wish.
pub fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot print the results")
}

/// Says a line on standard error, as `eprintln!` does, and goes on where nobody can hear it: no
/// session may end because its window was closed.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}
pub(crate) use tell;
