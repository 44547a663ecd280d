//! The view in a browser: a page on an address of this machine, with the newest picture and keys.
//!
//! The page hears of a live session by Server-Sent Events and hands marks in by POST. It looks through
//! a [`Pane`], as the view on the terminal does: a page that is slow, or a browser that sleeps, loses
//! pictures and never samples. This room knows the monitor; axum and tokio are known here alone, on one
//! thread. It must never know the command line, boards or files.

mod address;
mod guard;
mod marks;
mod news;
mod serve;

pub use address::{Address, BadAddress};

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Runtime};

use crate::monitor::Pane;

/// What a person chose about the page.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The names of the sites, in the order in which needles will go in.
    pub sites: Vec<String>,
    /// A sound a twitch, until the page switches it off.
    pub sound: bool,
    /// A recording is played: it takes no marks.
    pub replay: bool,
}

/// A page that is served.
#[derive(Debug)]
pub struct Dashboard {
    at: SocketAddr,
    thread: JoinHandle<io::Result<()>>,
}

impl Dashboard {
    /// Serves what is seen through `pane` on `address`, until it is over.
    ///
    /// # Errors
    /// What the system says: the port may be taken.
    pub fn open(pane: Pane, choices: Choices, address: Address) -> io::Result<Self> {
        let listener = TcpListener::bind(address.socket())?;
        listener.set_nonblocking(true)?;
        let at = listener.local_addr()?;
        let runtime: Runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(serve::serve(listener, Arc::new(pane), Arc::new(choices)))
        });
        Ok(Self { at, thread })
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        format!("http://{}/", self.at)
    }

    /// Waits until the pages that are open have heard of the end, a moment at most.
    ///
    /// # Errors
    /// Where serving failed.
    pub fn end(self) -> io::Result<()> {
        // A panic was told when it happened.
        self.thread.join().unwrap_or(Ok(()))
    }
}
