//! The verdict: what a burst that has ended was.
//!
//! The gates come in the order of how surely each can tell: what the converter or the shape
//! rules out, then what surrounds it, then the heart. What passes all of them is a twitch.

use super::heart::Beat;
use super::shape::Shape;
use super::verdict::{Class, Reason};

/// What the gates look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Length from onset to offset, ms.
    pub ms: f64,
    /// The strongest window over its threshold, a ratio of powers.
    pub score: f32,
    /// The same without the best pulse and its ring.
    pub score_without_pulse: f32,
    /// How long the activity around it stays over the long floor, ms.
    pub run_ms: f64,
    /// The strongest window over its threshold on the level of the surroundings.
    pub score_over_surroundings: f32,
    /// The strongest 32 ms over the floor.
    pub strength: f32,
    /// What it looks like.
    pub shape: Shape,
    /// The beat it lies on.
    pub beat: Option<Beat>,
}

/// How long a twitch can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lengths {
    /// ms.
    pub shortest: f64,
    /// ms.
    pub longest: f64,
}

/// A burst on a beat must be this many times as strong as beats usually are in the band.
const OVER_BEAT: f32 = 2.5;
/// From this share of its samples at the converter's end on, nothing can be said of a burst.
const RAILED: f32 = 0.5;
/// A ring holds this share of its energy in one pulse of 6 ms, and has at most this many extrema.
const RING_SHARE: f32 = 0.62;
const RING_EXTREMA: u32 = 6;
/// A step leaves a jump of the unfiltered signal this many times its peak in the band.
const JUMP: f32 = 1.2;

/// Decides.
pub fn classify(e: &Evidence, lengths: Lengths) -> (Class, Reason) {
    if e.shape.railed > RAILED {
        return (Class::Clipped, Reason::Rail { share: f64::from(e.shape.railed) });
    }
    if e.ms > lengths.longest {
        return (Class::Effort, Reason::TooLong { ms: e.ms });
    }
    if e.run_ms > lengths.longest && e.score_over_surroundings < 1.0 {
        let over_db = 10.0 * f64::from(e.score_over_surroundings.max(1e-3)).log10();
        return (Class::Effort, Reason::Crest { over_db });
    }
    if let Some(beat) = e.beat {
        return heart(e, &beat);
    }
    if e.score_without_pulse < 1.0 {
        if e.shape.jump > JUMP && e.shape.extrema <= RING_EXTREMA {
            return (Class::Movement, Reason::Jump { ratio: f64::from(e.shape.jump) });
        }
        if e.shape.share > RING_SHARE && e.shape.extrema < RING_EXTREMA {
            let reason = Reason::Ring { share: f64::from(e.shape.share), extrema: e.shape.extrema };
            return (Class::Pop, reason);
        }
    }
    if e.ms < lengths.shortest {
        return (Class::Pop, Reason::TooShort { ms: e.ms });
    }
    let over_db = 10.0 * f64::from(e.score).log10();
    (Class::Twitch, Reason::Burst { ms: e.ms, over_db })
}

fn heart(e: &Evidence, beat: &Beat) -> (Class, Reason) {
    let over = e.strength / beat.usual.max(1.0);
    if over > OVER_BEAT {
        (Class::Twitch, Reason::OverBeat { over_db: 10.0 * f64::from(over).log10() })
    } else {
        (Class::Ecg, Reason::Beat { per_min: beat.per_min, alike: f64::from(beat.alike) })
    }
}
