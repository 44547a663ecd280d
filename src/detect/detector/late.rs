//! What is told late: bursts on activity that turned out to be no effort but noise.

use super::{Active, Detector};
use crate::detect::beside::{Known, Threshold};
use crate::detect::bursts::Burst;
use crate::detect::classify::NO_FLOOR;
use crate::detect::hindsight::{Step, step};
use crate::detect::scene::Scene;
use crate::detect::score::FLOOR_WINDOW;
use crate::detect::tape::Weighting;
use crate::detect::verdict::{Candidate, Class, Reason};
use crate::units::Seconds;

/// What ends less than this before the step is the step itself, ms: the windows that found it reach so far.
const GAP_MS: f64 = 16.0;

impl Detector {
    /// Keeps in mind a burst that was judged to be a part of an effort, if that may turn out to be noise.
    pub(super) fn doubt(&mut self, burst: Burst, found: &Candidate) {
        if found.evidence.young_run && found.evidence.level <= NO_FLOOR {
            self.doubts.push(burst, found.threshold);
        }
    }

    /// Tells the twitches that lie on activity which is now, at hop `at`, known to be noise.
    pub(super) fn look_back(&mut self, at: u64, sink: &mut impl FnMut(Candidate)) {
        let since = self.efforts.since();
        let Some((since, before)) = self.doubts.follow(at, since, self.flat().long_floor()) else { return };
        let Some(step) = step(&self.tape, self.clock, (since, at), before) else {
            return self.doubts.clear();
        };
        self.doubts.resolve(since);
        let (from, to) = (since * self.clock.hop, (at + 1) * self.clock.hop);
        self.active.push(Active { from, to, noise: true });
        let mut known = Known::default();
        while let Some((burst, threshold)) = self.doubts.pop() {
            let scene = Scene { stepped: Some(step), ..self.scene() };
            let score = burst.heard[Weighting::Flat as usize].score;
            if score < threshold.factor() {
                continue;
            }
            let found = known.or(burst, |burst| scene.judge(burst, Weighting::Flat, score));
            let found = match threshold {
                Threshold::Set => found,
                beside => found.at(beside, self.limits.lengths()),
            };
            if found.class == Class::Twitch && !self.is_edge(&found, step) {
                let reason = match found.reason {
                    Reason::Burst { ms, over_db } => Reason::ByStep { ms, over_db },
                    reason => reason,
                };
                sink(Candidate { late: true, reason, ..found });
            }
        }
        // From here on the long floor is what the noise is now.
        let levels =
            Weighting::ALL.map(|w| self.scene().weighted(w).energy(FLOOR_WINDOW, (step.at, at), 0.5));
        for (score, level) in self.scores.iter_mut().zip(levels) {
            if level > score.long_floor() {
                score.step_to(level);
            }
        }
    }

    /// Whether what was found before a step is its edge.
    fn is_edge(&self, found: &Candidate, step: Step) -> bool {
        let (edge, gap) = (step.at * self.clock.hop, self.clock.samples(Seconds::from_ms(GAP_MS)));
        found.onset < edge && found.offset + gap > edge
    }
}
