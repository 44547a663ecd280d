//! From scores to bursts: a threshold to open, a lower one to hold, gaps bridged.

/// A stretch of hops over the low threshold, gaps bridged, that crossed the high one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// The first hop over the low threshold.
    pub first: u64,
    /// The last hop over the low threshold.
    pub last: u64,
    /// How many of its hops are over the low threshold; the others are bridged.
    pub held: u64,
    /// The best score within.
    pub score: f32,
    /// Where that was.
    pub peak: u64,
    /// The floor it was scored against.
    pub floor: f32,
}

/// Hysteresis over a stream of moments.
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

    /// Takes hop `at`, whether it is over the low threshold, its score and the floor it was scored
    /// against; a burst that has ended with it.
    pub fn push(&mut self, at: u64, active: bool, score: f32, floor: f32) -> Option<Burst> {
        let mut ended = None;
        if let Some(burst) = self.open
            && (at - burst.last > self.bridge || at - burst.first >= self.most)
        {
            self.open = None;
            ended = (burst.score >= self.least).then_some(burst);
        }
        if active || score >= self.least {
            let burst =
                self.open.get_or_insert(Burst { first: at, last: at, held: 0, score: 0.0, peak: at, floor });
            burst.last = at;
            burst.held += 1;
            if score > burst.score {
                (burst.score, burst.peak, burst.floor) = (score, at, floor);
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
