//! Recordings with known truth: a muscle that twitches, the noise around it and everything that
//! looks like a twitch.
//!
//! A [`Recipe`] says what is in the recording; [`render()`] makes it in memory and [`write()`] puts
//! it into files. [`scenario()`] has recipes by name. The same recipe gives the same bytes, and
//! every component draws from a random stream of its own, so that switching a contaminant on
//! leaves everything else as it was.
//!
//! This room knows units, blocks and insertions. It must never know how twitches are detected:
//! what it says about a twitch is said from how it was made.

mod band;
mod burst;
mod canvas;
mod decimate;
mod ecg;
mod effort;
mod floor;
mod mains;
mod motion;
mod pops;
mod recipe;
mod render;
mod scenario;
mod schedule;
mod spectrum;
mod streams;
mod study;
mod twitch;
mod write;

pub use burst::{Bursts, UnitBurst};
pub use recipe::{
    Background, Clipping, Ecg, Efforts, Error, Family, FloorSteps, FloorWander, Knocks, Mains, Needles,
    Pistoning, Pops, Recipe, Twitches,
};
pub use render::{Kind, Simulation, TruthEvent, render};
pub use scenario::{Contaminant, SCENARIOS, Scenario, scenario};
pub use study::{CONDITIONS, DECAY_S, SUBJECTS, StudyRecording, StudyTruth, study, study_table};
pub use write::{Bits, Options, WriteError, Written, write};
