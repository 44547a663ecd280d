//! Keeps what a view shows, from lines and glances: the last seconds of each channel, the newest
//! needles and messages.

use std::collections::VecDeque;

use super::line::{Candidate, Gap};
use super::onlooker::Sight;
use super::snapshot::{Flag, Flagged, Message, Needle, Recording, Snapshot, TICK, Tick, Trace};
use super::{Line, Totals};
use crate::detect::Class;
use crate::insertion::Insertion;
use crate::pipeline::Standing;
use crate::units::{SampleIndex, SampleRate, Seconds, Span};

/// So much of the trace is kept: more than the widest terminal shows.
const KEPT: Seconds = Seconds::new(60.0);
/// Needles that are kept.
const NEEDLES: usize = 8;
/// Messages that are kept.
const MESSAGES: usize = 20;
/// What a line says of a scale that is known.
const MICROVOLTS: &str = "uV";

/// What a view shows, as it grows.
#[derive(Debug, Default)]
pub(super) struct Picture {
    place: String,
    board: String,
    rate_hz: f64,
    unit: &'static str,
    channels: Vec<String>,
    standings: Vec<Standing>,
    judged_s: f64,
    ticks: Vec<VecDeque<Tick>>,
    /// The number of the next tick.
    next: u64,
    flags: VecDeque<Flag>,
    messages: VecDeque<Message>,
    path: Option<String>,
    gone: bool,
    ended: Option<String>,
    now_s: f64,
}

fn kept() -> usize {
    (KEPT.s() / TICK.s()).round() as usize
}

impl Picture {
    /// Takes what happened.
    pub fn hear(&mut self, line: &Line) {
        match line {
            Line::Hello { port, board, description, .. } => {
                self.place.clone_from(port);
                self.board = (*board).to_owned();
                self.say(description.clone(), false);
            }
            Line::Format { rate_hz, channels, unit, .. } => {
                (self.rate_hz, self.unit, self.channels) = (*rate_hz, unit, channels.clone());
                self.ticks = vec![VecDeque::new(); channels.len()];
            }
            Line::Recording { path } => self.path = Some(path.clone()),
            Line::RecordingTrouble { text } | Line::Warning { text } => self.say(text.clone(), true),
            Line::BoardGone { text, .. } => {
                self.gone = true;
                self.say(text.clone(), true);
            }
            Line::BoardBack { text, port, .. } => {
                self.gone = false;
                self.place.clone_from(port);
                self.say(text.clone(), true);
            }
            Line::Candidate(candidate) => self.candidate(candidate),
            Line::InsertionOpened { number, label, onset, .. } => {
                self.flag(Flagged::NeedleIn, *onset, *onset, None);
                self.say(format!("needle {number}{} in", named(label)), false);
            }
            Line::InsertionClosed { number, label, onset, dwell, .. } => {
                self.flag(Flagged::NeedleOut, *onset, *onset, None);
                self.say(format!("needle {number}{} out after {dwell:.1} s", named(label)), false);
            }
            Line::Note { text, onset, .. } => {
                self.flag(Flagged::Note, *onset, *onset, None);
                self.say(format!("noted: {text}"), false);
            }
            Line::Undone { mark, label, onset, .. } => self.undone(mark, label, *onset),
            Line::Gap(Gap { onset, duration, frames, .. }) => {
                self.flag(Flagged::Gap, *onset, onset + duration, None);
                self.say(format!("samples lost at {onset:.1} s: {frames}"), true);
            }
            Line::Totals(Totals { ended, .. }) => self.ended = Some(ended.clone()),
            Line::Twitch(_) | Line::Masked(_) | Line::Status(_) => {}
        }
    }

    fn candidate(&mut self, candidate: &Candidate) {
        let what = if candidate.class == Class::Twitch { Flagged::Twitch } else { Flagged::SetAside };
        let channel = self.channels.iter().position(|name| *name == candidate.channel);
        self.flag(what, candidate.onset, candidate.onset + candidate.duration, channel);
    }

    fn undone(&mut self, mark: &str, label: &Option<String>, onset: f64) {
        let what = match mark {
            "needle_in" => Flagged::NeedleIn,
            "needle_out" => Flagged::NeedleOut,
            _ => Flagged::Note,
        };
        let place = self.flags.iter().rposition(|flag| flag.what == what && flag.from_s == onset);
        if let Some(place) = place {
            self.flags.remove(place);
        }
        let mark = mark.replace('_', " ");
        self.say(format!("taken back: {mark}{} at {onset:.1} s", named(label)), false);
    }

    fn flag(&mut self, what: Flagged, from_s: f64, to_s: f64, channel: Option<usize>) {
        self.flags.push_back(Flag { what, from_s, to_s, channel });
        let now_s = self.now_s;
        while self.flags.front().is_some_and(|flag| flag.to_s < now_s - KEPT.s()) {
            self.flags.pop_front();
        }
    }

    fn say(&mut self, text: String, warns: bool) {
        self.messages.push_back(Message { at_s: self.now_s, text, warns });
        if self.messages.len() > MESSAGES {
            self.messages.pop_front();
        }
    }

    /// Takes the ticks that are complete.
    pub fn look(&mut self, sight: &Sight<'_>) {
        let rate = sight.format.rate;
        self.now_s = rate.time(sight.end).s();
        let Some(pipeline) = sight.pipeline else { return };
        let reached = pipeline.reached();
        let whole = (rate.time(reached).s() / TICK.s()) as u64;
        // After a long gap only what can be shown.
        self.next = self.next.max(whole.saturating_sub(kept() as u64));
        while edge(rate, self.next + 1) <= reached {
            let span = Span { start: edge(rate, self.next), end: edge(rate, self.next + 1) };
            for (channel, ticks) in self.ticks.iter_mut().enumerate() {
                let glance = pipeline.glance(channel, span);
                ticks.push_back(Tick { range: glance.range, level: glance.level });
                if ticks.len() > kept() {
                    ticks.pop_front();
                }
            }
            self.next += 1;
        }
    }

    /// All of it.
    pub fn snapshot(&mut self, sight: &Sight<'_>) -> Snapshot {
        if let Some(pipeline) = sight.pipeline {
            self.standings = (0..self.channels.len()).map(|place| pipeline.standing(place)).collect();
            self.judged_s = sight.format.rate.time(pipeline.judged()).s();
        }
        let length = self.ticks.first().map_or(0, VecDeque::len);
        let trace = |(place, ticks): (usize, &VecDeque<Tick>)| Trace {
            name: self.channels.get(place).cloned().unwrap_or_default(),
            standing: self.standings.get(place).cloned().unwrap_or_default(),
            ticks: ticks.iter().copied().collect(),
        };
        Snapshot {
            place: self.place.clone(),
            board: self.board.clone(),
            rate_hz: self.rate_hz,
            unit: if self.unit == MICROVOLTS { "µV" } else { self.unit },
            status: (sight.status)(),
            judged_s: self.judged_s,
            traces: self.ticks.iter().enumerate().map(trace).collect(),
            first_tick: self.next - length as u64,
            flags: self.flags.iter().cloned().collect(),
            needles: needles(sight),
            stray: sight.needles.stray(),
            site: sight.site.map(str::to_owned),
            gone: self.gone,
            recording: self.path.clone().map(|path| Recording { path, works: sight.recorded }),
            messages: self.messages.iter().cloned().collect(),
            ended: self.ended.clone(),
        }
    }
}

/// Where tick `number` begins.
fn edge(rate: SampleRate, number: u64) -> SampleIndex {
    rate.index(Seconds::new(number as f64 * TICK.s()))
}

fn named(label: &Option<String>) -> String {
    label.as_ref().map(|name| format!(" ({name})")).unwrap_or_default()
}

/// The newest needles, and all that are in.
fn needles(sight: &Sight<'_>) -> Vec<Needle> {
    let rate = sight.format.rate;
    let all: Vec<_> = sight.needles.until(sight.end).enumerate().collect();
    let first = all.len().saturating_sub(NEEDLES);
    let newest = all.into_iter().filter(|(place, (i, _))| *place >= first || i.still_in);
    let needle = |(place, (insertion, ages)): (usize, (Insertion, &[u64]))| Needle {
        number: place + 1,
        dwell_s: rate.seconds(insertion.span().len()).s(),
        inside: insertion.still_in,
        label: insertion.label,
        twitches_s: ages.iter().map(|age| rate.seconds(*age).s()).collect(),
    };
    newest.map(needle).collect()
}
