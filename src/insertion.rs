//! Needles: which one is in from when to when, and which twitch belongs to it.
//!
//! This room knows units. Marks of every kind (side files, WAV cues, options, a foot switch)
//! become insertions here and nowhere else. It must never know files, plots or threads.

use serde::{Deserialize, Serialize};

use crate::units::{SampleIndex, Span};

/// One needle in the muscle, from needle in to needle out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insertion {
    /// Needle or site, where it was named.
    pub label: Option<String>,
    /// When the needle went in.
    pub entered: SampleIndex,
    /// When it came out; for a needle that was never taken out, the end of the recording.
    pub left: SampleIndex,
    /// The needle was still in when the recording ended: the true dwell is longer.
    pub still_in: bool,
}

impl Insertion {
    /// From needle in to needle out.
    pub fn span(&self) -> Span {
        Span { start: self.entered, end: self.left }
    }
}

/// The needle that a twitch at `onset` belongs to: of those that are in, the one that went in
/// last, because it is the one in the therapist's hand. The place in `insertions`, or `None`.
pub fn owner(insertions: &[Insertion], onset: SampleIndex) -> Option<usize> {
    let inside = insertions.iter().enumerate().filter(|(_, i)| i.span().contains(onset));
    inside.max_by_key(|(place, i)| (i.entered, *place)).map(|(place, _)| place)
}

/// A needle out for which no needle is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("needle out{} without a needle in before it", label.as_ref().map(|l| format!(" (\u{201c}{l}\u{201d})")).unwrap_or_default())]
pub struct OutWithoutIn {
    /// The label that the needle out carried.
    pub label: Option<String>,
}

/// Pairs needle in with needle out as they come, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Needles {
    inside: Vec<(Option<String>, SampleIndex)>,
    done: Vec<Insertion>,
}

impl Needles {
    /// A needle goes in.
    pub fn enter(&mut self, label: Option<String>, at: SampleIndex) {
        self.inside.push((label, at));
    }

    /// A needle comes out: the one of that label, else, for an out without a label, the one
    /// that has been in longest. The insertion that ends by it.
    ///
    /// # Errors
    /// [`OutWithoutIn`] where no such needle is in.
    pub fn leave(&mut self, label: Option<&str>, at: SampleIndex) -> Result<Insertion, OutWithoutIn> {
        let place = match label {
            Some(name) => self
                .inside
                .iter()
                .position(|(l, _)| l.as_deref() == Some(name))
                .or_else(|| self.inside.iter().position(|(l, _)| l.is_none())),
            None => (!self.inside.is_empty()).then_some(0),
        };
        let Some(place) = place else {
            return Err(OutWithoutIn { label: label.map(str::to_owned) });
        };
        let (own, entered) = self.inside.remove(place);
        let label = own.or_else(|| label.map(str::to_owned));
        let insertion = Insertion { label, entered, left: at, still_in: false };
        self.done.push(insertion.clone());
        Ok(insertion)
    }

    /// How many needles are in.
    pub fn inside(&self) -> usize {
        self.inside.len()
    }

    /// All insertions in order of needle in; a needle that is still in leaves at `end`, flagged.
    pub fn finish(mut self, end: SampleIndex) -> Vec<Insertion> {
        for (label, entered) in self.inside.drain(..) {
            let left = end.max(entered);
            self.done.push(Insertion { label, entered, left, still_in: true });
        }
        self.done.sort_by_key(|i| (i.entered, i.left));
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: u64) -> SampleIndex {
        SampleIndex::new(n)
    }

    #[test]
    fn overlapping_needles_each_keep_their_own_dwell() {
        let mut needles = Needles::default();
        needles.enter(Some("a".into()), at(10));
        needles.enter(Some("b".into()), at(20));
        needles.leave(Some("a"), at(50)).unwrap();
        needles.leave(Some("b"), at(90)).unwrap();
        let spans: Vec<Span> = needles.finish(at(100)).iter().map(Insertion::span).collect();
        assert_eq!(spans, [Span::new(10, 50), Span::new(20, 90)]);
    }

    #[test]
    fn an_out_without_a_label_takes_the_needle_that_was_in_longest() {
        let mut needles = Needles::default();
        needles.enter(None, at(10));
        needles.enter(None, at(20));
        needles.leave(None, at(50)).unwrap();
        let all = needles.finish(at(100));
        assert_eq!((all[0].span(), all[0].still_in), (Span::new(10, 50), false));
        assert_eq!((all[1].span(), all[1].still_in), (Span::new(20, 100), true));
    }

    #[test]
    fn out_without_in_is_an_error() {
        let mut needles = Needles::default();
        assert!(needles.leave(None, at(5)).is_err());
        needles.enter(Some("a".into()), at(6));
        assert!(needles.leave(Some("b"), at(7)).is_err());
    }

    #[test]
    fn a_twitch_belongs_to_the_needle_that_went_in_last() {
        let mut needles = Needles::default();
        needles.enter(None, at(10));
        needles.enter(None, at(20));
        let all = needles.finish(at(100));
        assert_eq!(owner(&all, at(15)), Some(0));
        assert_eq!(owner(&all, at(20)), Some(1));
        assert_eq!(owner(&all, at(5)), None);
    }
}
