//! From scores to bursts: a threshold to open, a lower one to hold, gaps bridged.

use super::tape::WEIGHTINGS;

/// A stretch of hops over the low threshold, gaps bridged, that crossed the high one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// The first hop over the low threshold.
    pub first: u64,
    /// The last hop over the low threshold.
    pub last: u64,
    /// How many of its hops are over the low threshold; the others are bridged.
    pub held: u64,
    /// How far it stood out, for each weighting of the band.
    pub heard: [Heard; WEIGHTINGS],
}

/// How far a burst stood out at most.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Heard {
    /// The best score.
    pub score: f32,
    /// The hop of it.
    pub peak: u64,
    /// The floor it was scored against.
    pub floor: f32,
}

impl Burst {
    /// The best score, however the band was weighed.
    pub fn score(&self) -> f32 {
        best(&self.heard)
    }
}

fn best(heard: &[Heard]) -> f32 {
    heard.iter().fold(0.0, |most, heard| most.max(heard.score))
}

/// One hop, as it is taken into bursts.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Which.
    pub at: u64,
    /// It is over the low threshold.
    pub active: bool,
    /// How far it stands out, for each weighting of the band.
    pub heard: [Heard; WEIGHTINGS],
}

/// Hysteresis over a stream of hops.
#[derive(Debug, Clone)]
pub struct Bursts {
    bridge: u64,
    most: u64,
    least: f32,
    open: Option<Burst>,
}

impl Bursts {
    /// Bridges gaps of up to `bridge` hops; a burst is closed by force after `most` hops, and is one
    /// if its score reaches `least`.
    pub fn new(bridge: u64, most: u64, least: f32) -> Self {
        Self { bridge, most, least, open: None }
    }

    /// Takes the next hop; a burst that has ended with it.
    pub fn push(&mut self, Look { at, active, heard }: Look) -> Option<Burst> {
        let mut ended = None;
        if let Some(burst) = self.open
            && (at - burst.last > self.bridge || at - burst.first >= self.most)
        {
            self.open = None;
            ended = (burst.score() >= self.least).then_some(burst);
        }
        if active || best(&heard) >= self.least {
            let burst = self.open.get_or_insert(Burst { first: at, last: at, held: 0, heard });
            burst.last = at;
            burst.held += 1;
            for (most, heard) in burst.heard.iter_mut().zip(heard) {
                if heard.score > most.score {
                    *most = heard;
                }
            }
        }
        ended
    }

    /// The burst that is open.
    pub fn open(&self) -> Option<Burst> {
        self.open
    }

    /// Where the burst that is open began.
    pub fn since(&self) -> Option<u64> {
        self.open.map(|b| b.first)
    }

    /// Forgets what is open.
    pub fn clear(&mut self) {
        self.open = None;
    }
}
