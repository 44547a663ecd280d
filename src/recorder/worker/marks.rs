//! Marks on their way to the disk: rows that are added, and rows that are of another kind now.

use std::io;

use super::{Worker, cure};
use crate::recorder::Row;

impl Worker {
    /// Writes the rows that wait, behind the samples before them.
    pub(super) fn write_marks(&mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.wav.state()?;
            self.events.rows(&self.rows)?;
            self.rows.clear();
            // A mark is worth the wait.
            self.events.sync()?;
        }
        Ok(())
    }

    /// Writes the marks at once, unless the disk fails: then they wait for it.
    pub(super) fn marks(&mut self) {
        if self.failing.is_none()
            && let Err(problem) = self.write_marks()
        {
            self.fails(self.wav.frames(), &problem);
        }
    }

    /// A mark is of another kind now; what cannot be written yet is tried again.
    pub(super) fn rename(&mut self, row: Row, kind: &'static str) {
        match self.rows.iter_mut().rev().find(|own| **own == row) {
            Some(waits) => waits.kind = kind,
            None => self.renames.push((row, kind)),
        }
        self.write_renames();
    }

    pub(super) fn write_renames(&mut self) {
        while let Some((row, kind)) = self.renames.first() {
            let renamed = self.events.rename(row, kind);
            let at = self.at_s(row.at.get());
            match renamed {
                Ok(()) => drop(self.renames.remove(0)),
                Err(problem) => {
                    if !std::mem::replace(&mut self.told_renames, true) {
                        self.say(format!(
                            "NOT RECORDED: the mark at {at} cannot be taken back in the file of marks yet ({problem}); {}, and it is tried again",
                            cure(&problem)
                        ));
                    }
                    return;
                }
            }
        }
        self.told_renames = false;
    }
}
