//! What is looked at: when, how near, through which filter, on which channel.

use crate::excerpt::{Band, MOST_FRAMES};
use crate::review::Desk;
use crate::session::Session;
use crate::units::SampleRate;

/// A wish to look elsewhere, or otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Less time.
    Nearer,
    /// More time.
    Further,
    /// Less height.
    Larger,
    /// More height.
    Smaller,
    /// Earlier.
    Left,
    /// Later.
    Right,
    /// Another filter.
    Filter,
    /// Another channel.
    Channel,
    /// All as it was.
    AsAtFirst,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The middle of what was shown at first, s.
    centre: f64,
    /// How long that was, s.
    wide: f64,
    /// Steps of zoom in time, to the left or right, and in height.
    nearer: i32,
    aside: f64,
    larger: i32,
    pub band: Band,
    /// The channel that comes first.
    pub channel: usize,
    /// Of the recording, s.
    end: f64,
    /// No more than this can be read at once, s.
    most: f64,
    /// Columns of dots of the last picture.
    pub columns: usize,
    channels: usize,
}

/// What is shown around what is judged, at least, s; and this many times its length.
const AROUND_S: f64 = 2.0;
const AROUND: f64 = 2.5;
/// Shorter and longer stretches are not shown, s.
const SHORTEST_S: f64 = 0.05;
const LONGEST_S: f64 = 60.0;
/// What one key changes.
const STEP: f64 = 1.5;

impl Look {
    pub fn new(session: &Session, rate: SampleRate) -> Self {
        let end = session.source.duration_s;
        let most = (MOST_FRAMES as f64 / rate.hz()).min(LONGEST_S);
        Self {
            centre: AROUND_S / 2.0,
            wide: AROUND_S,
            nearer: 0,
            aside: 0.0,
            larger: 0,
            band: Band::Detection,
            channel: 0,
            end,
            most,
            columns: 120,
            channels: session.channels.len(),
        }
    }

    /// Goes to what the desk shows; how near and how large stays.
    pub fn show(&mut self, desk: &Desk, session: &Session) {
        let Some(place) = desk.place() else { return };
        (self.centre, self.aside) = (place.zone.middle(), 0.0);
        self.wide = (AROUND * place.zone.duration()).max(AROUND_S);
        if !desk.is_blind() {
            let own = session.channels.iter().position(|c| c.name == place.item.channel);
            self.channel = own.unwrap_or(self.channel);
        }
    }

    /// Changes what is looked at; a blind rater stays where it is asked.
    pub fn change(&mut self, change: Change, blind: bool) {
        let by = self.span()[1] - self.span()[0];
        match change {
            Change::Nearer if by > SHORTEST_S => self.nearer += 1,
            Change::Further if by < self.most.min(self.end) => self.nearer -= 1,
            Change::Nearer | Change::Further => {}
            Change::Larger => self.larger = (self.larger + 1).min(20),
            Change::Smaller => self.larger = (self.larger - 1).max(-20),
            Change::Left | Change::Right if blind => {}
            Change::Left => self.aside = (self.middle() - by / 2.0).max(0.0) - self.centre,
            Change::Right => self.aside = (self.middle() + by / 2.0).min(self.end) - self.centre,
            Change::Filter => {
                self.band = match self.band {
                    Band::Detection => Band::Amplitude,
                    Band::Amplitude => Band::Raw,
                    Band::Raw => Band::Detection,
                }
            }
            Change::Channel => self.channel = (self.channel + 1) % self.channels.max(1),
            Change::AsAtFirst => (self.nearer, self.aside, self.larger) = (0, 0.0, 0),
        }
    }

    /// From when to when, s.
    pub fn span(&self) -> [f64; 2] {
        let wide = self.wide * STEP.powi(-self.nearer);
        let wide = wide.clamp(SHORTEST_S, self.most).min(self.end.max(SHORTEST_S));
        let from = (self.centre + self.aside - wide / 2.0).clamp(0.0, (self.end - wide).max(0.0));
        [from, from + wide]
    }

    /// The middle of it, s.
    pub fn middle(&self) -> f64 {
        let [from, to] = self.span();
        f64::midpoint(from, to)
    }

    /// How long one column of dots is, s.
    pub fn column_s(&self) -> f64 {
        let [from, to] = self.span();
        (to - from) / self.columns.max(1) as f64
    }

    /// How many times larger than at first.
    pub fn gain(&self) -> f64 {
        STEP.powi(self.larger)
    }

    /// The name of the channel that comes first.
    pub fn channel_name(&self, session: &Session) -> String {
        session.channels.get(self.channel).map(|c| c.name.clone()).unwrap_or_default()
    }
}
