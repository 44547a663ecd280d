//! What a person said of a session's twitches: made from a review file, never by detection.

use serde::{Deserialize, Serialize};

use crate::detect::Class;

/// A review of a session, as far as it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Who decided.
    pub reviewer: String,
    /// The file with every decision and its time, without its folder.
    pub file: String,
    /// The reviewer saw the signal alone.
    pub blind: bool,
    /// Stretches with nothing that a blind rater was shown and judged.
    pub stretches: u64,
    /// What was said of each of [`super::Session::twitches`], in their order.
    pub twitches: Vec<Verdict>,
    /// What was said of each of [`super::Session::candidates`], in their order.
    pub candidates: Vec<Verdict>,
    /// The twitches as the person has them, in order of onset.
    pub reviewed: Vec<ReviewedTwitch>,
    /// For each of [`super::Session::insertions`], in their order.
    pub insertions: Vec<ReviewedInsertion>,
    /// Twitches outside insertions that nobody has judged.
    pub unjudged_control: u64,
}

/// What a person said of something that the detector found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A twitch, where the detector has it.
    Accepted,
    /// A twitch, with another onset or end.
    Moved,
    /// No twitch.
    Rejected,
    /// Nothing yet.
    Unjudged,
}

impl Verdict {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Moved => "moved",
            Self::Rejected => "rejected",
            Self::Unjudged => "n/a",
        }
    }
}

/// One row of `X_reviewed.tsv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewedTwitch {
    /// s.
    pub onset: f64,
    /// s.
    pub duration: f64,
    /// The channel's name.
    pub channel: String,
    /// The place in [`super::Session::insertions`], from 0.
    pub insertion: Option<usize>,
    /// Seconds since that needle went in.
    pub dwell: Option<f64>,
    /// Its number among the reviewed twitches of the insertion, from 1.
    pub order: Option<u32>,
    /// Where it comes from.
    pub origin: Origin,
    /// What the detector took it for; `None` where it saw nothing.
    pub automatic: Option<Class>,
}

/// Where a reviewed twitch comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Shown and accepted as it was.
    Accepted,
    /// Shown, and moved.
    Moved,
    /// Put there by the person.
    Added,
}

impl Origin {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Moved => "moved",
            Self::Added => "added",
        }
    }
}

/// The review of one insertion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReviewedInsertion {
    /// Times of the reviewed twitches since needle in, s, in order.
    pub twitches: Vec<f64>,
    /// Twitches of the detector's that nobody has judged: while there are any, there is no reviewed
    /// count.
    pub unjudged: u64,
}

impl ReviewedInsertion {
    /// How many twitches the person has, once every one of the detector's has been judged.
    pub fn count(&self) -> Option<u64> {
        (self.unjudged == 0).then_some(self.twitches.len() as u64)
    }
}
