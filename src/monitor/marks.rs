//! Marks as they come from the board's switch, from keys and from a recording that is played:
//! into needles, lines, and rows of the recording.

use super::needles::{Marked, Said};
use super::onlooker::Order;
use super::switch::{BOUNCE, Step};
use super::{Line, Watched};
use crate::block::{Mark, MarkKind};
use crate::insertion::Insertion;
use crate::recorder::Row;
use crate::units::SampleIndex;

/// A change of the recording's file of marks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Add(Row),
    /// This row is of another kind now.
    Rename(Row, &'static str),
}

impl Marked {
    fn kind(&self) -> &'static str {
        match self.said {
            Said::In => "needle_in",
            Said::Out => "needle_out",
            Said::Note => "note",
        }
    }

    /// The kind of its row once it was taken back.
    fn undone(&self) -> &'static str {
        match self.said {
            Said::In => "undone_needle_in",
            Said::Out => "undone_needle_out",
            Said::Note => "undone_note",
        }
    }

    fn row(&self) -> Row {
        Row { at: self.at, frames: None, kind: self.kind(), label: self.text.clone() }
    }
}

/// The kind of the row of a needle out for which no needle was in.
const LEFT_ASIDE: &str = "left_aside";

/// A text as the file of marks holds it, and as its reader gives it back.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

impl Watched {
    /// Takes marks of the board up to `end`.
    pub(super) fn marks(&mut self, marks: &[Mark], end: SampleIndex, lines: &mut Vec<Line>) -> Vec<Change> {
        let (mut changes, mut bounces) = (Vec::new(), Vec::new());
        let steps: Vec<Step> = if self.by_hand {
            marks.iter().cloned().map(Step::Counts).collect()
        } else {
            marks.iter().cloned().for_each(|mark| self.switch.take(mark));
            self.switch.known(end).collect()
        };
        for step in steps {
            match step {
                Step::Counts(Mark { at, kind }) => {
                    let (said, text) = match kind {
                        MarkKind::NeedleIn { label } => (Said::In, label.or_else(|| self.site.clone())),
                        MarkKind::NeedleOut { label } => (Said::Out, label),
                        MarkKind::MaskStart | MarkKind::MaskEnd => continue,
                    };
                    self.mark(Marked { at, said, text }, lines, &mut changes);
                }
                Step::Bounced(Mark { at, kind }) => {
                    let (MarkKind::NeedleIn { label } | MarkKind::NeedleOut { label }) = kind else {
                        continue;
                    };
                    bounces.push(at);
                    changes.push(Change::Add(Row { at, frames: None, kind: "bounce", label }));
                }
            }
        }
        if let Some(at) = bounces.first() {
            let (at_s, ms) = (self.seconds(at.get()), BOUNCE.ms());
            let text = format!(
                "at {at_s} s the foot switch bounced: marks within {ms:.0} ms were taken for one step"
            );
            lines.push(Line::Warning { text });
        }
        changes
    }

    /// Takes what keys say, at the last frame that came.
    pub(super) fn orders(&mut self, orders: Vec<Order>, lines: &mut Vec<Line>) -> Vec<Change> {
        let mut changes = Vec::new();
        for order in orders {
            if let Order::Site(site) = order {
                self.site = site.as_deref().map(plain).filter(|site| !site.is_empty());
                continue;
            }
            let Some(last) = self.end.checked_sub(1) else {
                let text = "nothing has come from the board yet, so there is no moment to mark".into();
                lines.push(Line::Warning { text });
                continue;
            };
            let at = SampleIndex::new(last);
            let marked = |said, text| Marked { at, said, text };
            match order {
                Order::NeedleIn => {
                    let site = self.site.clone();
                    self.mark(marked(Said::In, site), lines, &mut changes);
                }
                Order::NeedleOut => self.mark(marked(Said::Out, None), lines, &mut changes),
                Order::Note(text) => self.mark(marked(Said::Note, Some(plain(&text))), lines, &mut changes),
                Order::Undo => self.undo(lines, &mut changes),
                Order::Site(_) => {}
            }
        }
        changes
    }

    fn mark(&mut self, mark: Marked, lines: &mut Vec<Line>, changes: &mut Vec<Change>) {
        let (at, onset) = (mark.at, self.seconds(mark.at.get()));
        let (said, text, row) = (mark.said.clone(), mark.text.clone(), mark.row());
        let orphans = match said {
            Said::In => {
                let inside = self.needles.inside();
                let orphans = self.needles.take(mark);
                let number = self.needles.at(at).map_or(0, |place| place + 1);
                lines.push(Line::InsertionOpened { number, label: text, sample: at.get(), onset });
                if inside > 0 {
                    let text = format!(
                        "at {onset} s a needle went in while {inside} was in: {} are in now; if that is wrong, take the mark back",
                        inside + 1
                    );
                    lines.push(Line::Warning { text });
                }
                orphans
            }
            Said::Out => match self.needles.take_out(mark) {
                Ok((orphans, place)) => {
                    self.closed(place, lines);
                    orphans
                }
                Err(error) => {
                    changes.push(Change::Add(Row { kind: LEFT_ASIDE, ..row }));
                    let text = format!("at {onset} s: {error}; it was left aside");
                    return lines.push(Line::Warning { text });
                }
            },
            Said::Note => {
                let orphans = self.needles.take(mark);
                lines.push(Line::Note { text: text.unwrap_or_default(), sample: at.get(), onset });
                orphans
            }
        };
        changes.push(Change::Add(row));
        self.leave_aside(orphans, lines, changes);
    }

    fn undo(&mut self, lines: &mut Vec<Line>, changes: &mut Vec<Change>) {
        let Some((mark, orphans)) = self.needles.take_back() else {
            let text = "there is no mark to take back".into();
            return lines.push(Line::Warning { text });
        };
        let (sample, onset) = (mark.at.get(), self.seconds(mark.at.get()));
        lines.push(Line::Undone { mark: mark.kind(), label: mark.text.clone(), sample, onset });
        changes.push(Change::Rename(mark.row(), mark.undone()));
        self.leave_aside(orphans, lines, changes);
    }

    /// Marks that had a partner, until another mark came late or was taken back.
    fn leave_aside(&self, orphans: Vec<Marked>, lines: &mut Vec<Line>, changes: &mut Vec<Change>) {
        for orphan in orphans {
            let onset = self.seconds(orphan.at.get());
            let text =
                format!("the needle out at {onset} s has no needle in before it any more; it was left aside");
            lines.push(Line::Warning { text });
            changes.push(Change::Rename(orphan.row(), LEFT_ASIDE));
        }
    }

    fn closed(&self, place: usize, lines: &mut Vec<Line>) {
        let Some(insertion) = self.needles.get(place) else { return };
        let (sample, dwell) = (insertion.left.get(), self.seconds(insertion.span().len()));
        let (label, onset) = (insertion.label.clone(), self.seconds(sample));
        lines.push(Line::InsertionClosed { number: place + 1, label, sample, onset, dwell });
    }

    /// Takes needles of which all is known: each when it goes in, and when it comes out.
    pub(super) fn known(&mut self, moments: Vec<(bool, Insertion)>, lines: &mut Vec<Line>) {
        for (enters, insertion) in moments {
            if enters {
                self.needles.enter_known(&insertion);
                let (number, sample) =
                    (self.needles.until(insertion.entered).count(), insertion.entered.get());
                let onset = self.seconds(sample);
                lines.push(Line::InsertionOpened { number, label: insertion.label, sample, onset });
            } else {
                let place = self.needles.leave_known(&insertion);
                self.closed(place, lines);
            }
        }
    }
}
