//! The pipeline on a mix, and what became of each burst.

use ndarray::Array2;
use twitchscope::block::{Block, Format, Scale};
use twitchscope::evaluate::{Event, Tally, matching};
use twitchscope::pipeline::{self, Found, Pipeline};
use twitchscope::settings::Settings;
use twitchscope::units::{SampleIndex, SampleRate};

use super::mix::Mix;

/// A found event may stand for a true one at most so far away, s.
pub const TOLERANCE_S: f64 = 0.02;

/// What the pipeline said.
pub struct Heard {
    /// Twitches, those in unknown activity left out.
    pub twitches: Vec<Found>,
    /// Everything that crossed the threshold.
    pub candidates: Vec<Found>,
    rate: SampleRate,
}

/// Runs the pipeline with its default settings.
pub fn hear(mix: &Mix, rate_hz: f64) -> Heard {
    let rate = SampleRate::new(rate_hz).expect("a rate");
    let full_scale = mix.full_scale.map(|f| f as f32);
    let format = Format { rate, channels: vec!["ch1".into()], scale: Scale::Unknown, full_scale };
    let mut pipeline = Pipeline::new(&format, &Settings::default()).expect("settings");
    let (mut twitches, mut candidates) = (Vec::new(), Vec::new());
    let mut sink = |event| match event {
        pipeline::Event::Twitch(f) => twitches.push(f),
        pipeline::Event::Candidate(f) => candidates.push(f),
        _ => {}
    };
    let frames = Array2::from_shape_fn((mix.samples.len(), 1), |(i, _)| mix.samples[i] as f32);
    pipeline.push(&Block { first: SampleIndex::new(0), frames, marks: Vec::new() }, &mut sink);
    pipeline.finish(&mut sink);
    let mut heard = Heard { twitches, candidates, rate };
    let known = |f: &Found| !mix.unknown.iter().any(|[a, b]| heard.event(f).meets(&span(*a, *b), 0.0));
    heard.twitches = heard.twitches.iter().filter(|f| known(f)).copied().collect();
    heard
}

fn span(from: f64, to: f64) -> Event {
    Event { onset: from, duration: to - from, snr_db: None }
}

impl Heard {
    /// As a plain event.
    pub fn event(&self, found: &Found) -> Event {
        let snr_db = Some(f64::from(found.candidate.snr_db));
        let onset = self.rate.time(found.span.start).s();
        Event { onset, duration: self.rate.seconds(found.span.len()).s(), snr_db }
    }

    fn events(&self) -> Vec<Event> {
        self.twitches.iter().map(|f| self.event(f)).collect()
    }

    /// Adds it to a tally.
    pub fn count(&self, mix: &Mix, tally: &mut Tally) {
        let unknown: f64 = mix.unknown.iter().map(|[a, b]| b - a).sum();
        let observed = mix.samples.len() as f64 / self.rate.hz() - unknown;
        tally.add(&self.events(), &mix.truth, TOLERANCE_S, Some(observed));
    }

    /// Prints every miss and every false alarm, with what was said of it.
    pub fn list(&self, mix: &Mix, title: &str) {
        let pairs = matching(&self.events(), &mix.truth, TOLERANCE_S);
        for (t, event) in mix.truth.iter().enumerate().filter(|(t, _)| pairs.iter().all(|p| p.1 != *t)) {
            let near = |f: &&Found| self.event(f).meets(event, TOLERANCE_S);
            let said = self.candidates.iter().filter(near).map(|f| self.describe(f)).collect::<Vec<_>>();
            let said = if said.is_empty() { "unseen".to_owned() } else { said.join("; ") };
            let (at, ms, db) = (event.onset, event.duration * 1e3, event.snr_db.unwrap_or(f64::NAN));
            println!("{title}\tMISS {at:.3} s {ms:.0} ms {db:.1} dB ({}): {said}", mix.from[t]);
        }
        for (_, f) in self.twitches.iter().enumerate().filter(|(i, _)| pairs.iter().all(|p| p.0 != *i)) {
            println!("{title}\tFALSE {}", self.describe(f));
        }
    }

    fn describe(&self, f: &Found) -> String {
        let e = &f.candidate.evidence;
        format!(
            "{} at {:.3} s, {:.0} ms, snr {:.1} dB: {} [{e:?}]",
            f.candidate.class.name(),
            self.rate.time(f.span.start).s(),
            self.rate.seconds(f.span.len()).ms(),
            f.candidate.snr_db,
            f.candidate.reason,
        )
    }

    /// Prints every candidate with its evidence and whether it is one of the added bursts.
    pub fn dump(&self, mix: &Mix, title: &str) {
        for f in &self.candidates {
            let event = self.event(f);
            let truth = mix.truth.iter().position(|t| t.meets(&event, TOLERANCE_S));
            let own = mix.unknown.iter().any(|[a, b]| event.meets(&span(*a, *b), 0.0));
            let kind = if truth.is_some() {
                "twitch"
            } else if own {
                "unknown"
            } else {
                "none"
            };
            let e = &f.candidate.evidence;
            println!(
                "{title}\t{:.3}\t{kind}\t{}\t{:.1}\t{:.2}\t{:.2}\t{:.1}\t{:.2}\t{:.2}\t{:.3}\t{}\t{:.3}\t{:.2}\t{:.2}\t{:.0}\t{:.2}\t{}\t{}\t{:.3}\t{:.2}\t{:.3}\t{:.2}\t{:.2}",
                event.onset,
                f.candidate.class.name(),
                e.ms,
                e.score,
                e.score_without_pulse,
                e.run_ms,
                e.score_over_surroundings,
                e.score_over_beat,
                e.shape.share,
                e.shape.extrema,
                e.shape.jump,
                e.shape.balance,
                f.candidate.snr_db,
                e.shape.frequency_hz,
                e.shape.swing,
                e.beat.is_some(),
                e.young_run,
                e.fit,
                e.level,
                e.shape.lurch,
                e.flanks,
                e.score_over_flanks
            );
        }
    }
}
