//! A study with known truth: subjects who twitch more or less, conditions that make them twitch
//! more, and a rate that falls with dwell.

use std::fmt::Write;

use super::recipe::{Needles, Recipe};
use super::render::Simulation;
use super::scenario::{Contaminant, quiet};
use super::schedule::expected;
use super::streams::{Component, Stream};

/// How many people are in it.
pub const SUBJECTS: usize = 20;
/// Each condition and its twitches a minute at needle in, for the average subject.
pub const CONDITIONS: [(&str, f64); 3] = [("control", 4.0), ("deep", 8.0), ("guided", 12.0)];
/// After this dwell the rate has fallen to 1/e, s: half of it is left after 42 s.
pub const DECAY_S: f64 = 60.0;
/// Subjects' rates are gamma distributed with mean 1 and this shape: they vary by half of it.
const SHAPE: f64 = 4.0;
/// Needles in a recording.
const INSERTIONS: usize = 3;
/// How long a needle is in, s; evenly distributed, and none of the twitches' business.
const DWELL_S: [f64; 2] = [15.0, 60.0];
/// Before, between and after them, s.
const REST_S: f64 = 8.0;
/// From twitches that a person just sees on a screen to clear ones, dB. All of them count.
const SNR_DB: [f64; 2] = [6.0, 20.0];

/// One recording of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyRecording {
    /// The folder of its subject.
    pub subject: String,
    /// Its condition, which is also its name.
    pub condition: &'static str,
    /// What is in it.
    pub recipe: Recipe,
}

/// The recordings of the study with this seed: each subject under each condition.
pub fn study(seed: u64) -> Vec<StudyRecording> {
    let mut all = Vec::new();
    for subject in 0..SUBJECTS {
        let mut own = Stream::new(seed, Component::Study, subject as u64);
        let liveliness = own.gamma(SHAPE);
        for (place, (condition, per_min)) in CONDITIONS.into_iter().enumerate() {
            // Seeds of recordings lie apart, whatever the study's seed.
            let recipe_seed = own.seed().wrapping_add(place as u64);
            let dwell_s = own.within(DWELL_S);
            let mut recipe = quiet(recipe_seed);
            recipe.needles = Needles { count: INSERTIONS, rest_s: REST_S };
            recipe.duration_s = INSERTIONS as f64 * dwell_s + (INSERTIONS + 1) as f64 * REST_S;
            recipe.twitches.per_min = per_min * liveliness;
            recipe.twitches.rate_decay_s = Some(DECAY_S);
            recipe.twitches.snr_db = SNR_DB;
            recipe.twitches.fading_db = 2.0;
            Contaminant::Mains50.add_to(&mut recipe);
            Contaminant::Ecg.add_to(&mut recipe);
            all.push(StudyRecording { subject: format!("sub-{:02}", subject + 1), condition, recipe });
        }
    }
    all
}

/// What a study would find with endless subjects and a perfect ear: the expected number of true
/// twitches over the very dwells of its recordings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StudyTruth {
    /// Expected twitches and minutes of dwell, a condition.
    sums: [(f64, f64); CONDITIONS.len()],
}

impl StudyTruth {
    /// Adds a recording that was rendered.
    pub fn add(&mut self, recording: &StudyRecording, made: &Simulation) {
        let found = CONDITIONS.iter().zip(&mut self.sums).find(|((name, _), _)| *name == recording.condition);
        let Some(((_, per_min), (count, minutes))) = found else { return };
        let mut average = recording.recipe.twitches.clone();
        average.per_min = *per_min;
        for insertion in &made.insertions {
            let dwell_s = made.format.rate.seconds(insertion.span().len()).s();
            *count += expected(&average, dwell_s);
            *minutes += dwell_s / 60.0;
        }
    }

    /// That of both together.
    pub fn and(mut self, other: Self) -> Self {
        for (own, more) in self.sums.iter_mut().zip(other.sums) {
            *own = (own.0 + more.0, own.1 + more.1);
        }
        self
    }

    /// Twitches a minute of dwell under a condition, by its place in [`CONDITIONS`].
    pub fn rate_per_min(&self, condition: usize) -> f64 {
        self.sums.get(condition).map_or(f64::NAN, |(count, minutes)| count / minutes)
    }

    /// How much of the rate is left after a minute of dwell.
    pub fn left_after_min() -> f64 {
        (-60.0 / DECAY_S).exp()
    }

    /// As a table: `name group value unit`, named as `statistics.tsv` names them.
    pub fn table(&self) -> String {
        let mut text = String::from("name\tgroup\tvalue\tunit\n");
        let reference = self.rate_per_min(0);
        for (place, (condition, _)) in CONDITIONS.iter().enumerate() {
            let rate = self.rate_per_min(place);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "rate_by_subject\t{condition}\t{rate:.4}\t1/min");
            if place > 0 {
                let ratio = rate / reference;
                let _ = writeln!(text, "rate_ratio\t{condition} / {}\t{ratio:.4}\t1", CONDITIONS[0].0);
            }
        }
        let _ = writeln!(text, "left_after_min\tall\t{:.4}\t1", Self::left_after_min());
        let _ = writeln!(text, "time_constant\tall\t{DECAY_S:.4}\ts");
        text
    }
}

/// The table that says who was recorded how, for `batch --table`; `names` as the files are called.
pub fn study_table<'a>(recordings: impl Iterator<Item = (&'a StudyRecording, &'a str)>) -> String {
    let mut text = String::from("recording\tsubject\tcondition\n");
    for (recording, name) in recordings {
        let _ = writeln!(text, "{name}\t{}\t{}", recording.subject, recording.condition);
    }
    text
}
