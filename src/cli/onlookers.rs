//! Who looks on while a board is watched: lines for programs, or the glass of a view, and beside
//! either the glass of a page.

use super::output::tell;
use std::io::{self, Write};

use twitchscope::monitor::{Glass, Line, Onlooker, Order, Sight};

/// Where lines go.
pub struct Out {
    /// A session is recorded: it goes on even when nobody reads the lines.
    pub recording: bool,
    pub closed: bool,
}

/// What happens in the view, but for what is to be said when it has gone.
pub struct Window {
    pub glass: Glass,
    pub troubles: Vec<String>,
}

/// Somebody, and a page beside, where there is one.
pub struct Beside<O> {
    pub first: O,
    pub page: Option<Glass>,
}

impl<O: Onlooker> Onlooker for Beside<O> {
    fn hear(&mut self, line: &Line) -> io::Result<()> {
        if let Some(page) = &mut self.page {
            page.hear(line)?;
        }
        self.first.hear(line)
    }

    fn look(&mut self, sight: &Sight<'_>) {
        self.first.look(sight);
        if let Some(page) = &mut self.page {
            page.look(sight);
        }
    }

    fn orders(&mut self) -> Vec<Order> {
        let mut orders = self.first.orders();
        orders.extend(self.page.iter_mut().flat_map(Glass::orders));
        orders
    }
}

impl Onlooker for Window {
    fn hear(&mut self, line: &Line) -> io::Result<()> {
        if let Line::RecordingTrouble { text } = line {
            self.troubles.push(text.clone());
        }
        self.glass.hear(line)
    }

    fn look(&mut self, sight: &Sight<'_>) {
        self.glass.look(sight);
    }

    fn orders(&mut self) -> Vec<Order> {
        self.glass.orders()
    }
}

impl Onlooker for Out {
    /// One line, at once: who reads it may be waiting for it.
    fn hear(&mut self, line: &Line) -> io::Result<()> {
        if let Line::RecordingTrouble { text } | Line::BoardGone { text, .. } | Line::BoardBack { text, .. } =
            line
        {
            tell!("{text}");
        }
        if self.closed {
            return Ok(());
        }
        match print(line) {
            Err(e) if self.recording => {
                self.closed = true;
                tell!("the lines cannot be written any more ({e}); the recording goes on until Ctrl-C");
                Ok(())
            }
            printed => printed,
        }
    }
}

fn print(line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
