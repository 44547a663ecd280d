//! Ctrl-C and SIGTERM: a flag that long work looks at, so that it ends cleanly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

/// A flag that is set by Ctrl-C, SIGTERM or the end of the terminal.
pub fn flag() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed)).context("cannot wait for Ctrl-C")?;
    Ok(flag)
}
