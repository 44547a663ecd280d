//! What a candidate was taken for, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::beside::Threshold;
use super::classify::{Evidence, Lengths, classify};
use super::measure::Measures;

/// What a candidate was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A local twitch response.
    Twitch,
    /// A heart beat.
    Ecg,
    /// The needle's or a cable's movement.
    Movement,
    /// An electrode pop, a step, a knock.
    Pop,
    /// A burst of mains.
    Mains,
    /// A voluntary or guarding contraction.
    Effort,
    /// The converter was at its end.
    Clipped,
    /// Not to be told.
    Uncertain,
}

impl Class {
    /// All of them: the twitch first, then what is set aside.
    pub const ALL: [Self; 8] = [
        Self::Twitch,
        Self::Ecg,
        Self::Movement,
        Self::Pop,
        Self::Mains,
        Self::Effort,
        Self::Clipped,
        Self::Uncertain,
    ];

    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twitch => "twitch",
            Self::Ecg => "ecg",
            Self::Movement => "movement",
            Self::Pop => "pop",
            Self::Mains => "mains",
            Self::Effort => "effort",
            Self::Clipped => "clipped",
            Self::Uncertain => "uncertain",
        }
    }
}

/// Why a candidate was given its class, with the numbers that decided.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// A burst that returned to the floor on both sides.
    Burst {
        /// Its length, ms.
        ms: f64,
        /// How far its strongest window stood over the threshold, dB.
        over_db: f64,
    },
    /// A burst on noise that had just stepped up, or was about to: known when the noise had gone on for
    /// longer than an effort.
    ByStep {
        /// Its length, ms.
        ms: f64,
        /// How far its strongest window stood over the threshold, dB.
        over_db: f64,
    },
    /// A burst on a heart beat, stronger than beats are, or so on a stroke of the needle.
    OverBeat {
        /// How far it stood over what beats, or strokes, leave in the band, dB.
        over_db: f64,
        /// Whether it lies on a stroke.
        stroke: bool,
    },
    /// At a beat of a regular rhythm, and no stronger than its other beats.
    Beat {
        /// Beats a minute.
        per_min: f64,
        /// How alike it is to the beats' mean (normalised cross-correlation, -1 to 1).
        alike: f64,
    },
    /// At a stroke of a regular rhythm, and no stronger than its other strokes.
    Stroke {
        /// Strokes a minute.
        per_min: f64,
        /// How alike it is to the strokes' mean (normalised cross-correlation, -1 to 1).
        alike: f64,
    },
    /// Nearly all energy in one short ring, as a step or spike leaves behind a filter.
    Ring {
        /// The share of the energy in its best few milliseconds, 0 to 1.
        share: f64,
        /// Extrema that stand out.
        extrema: u32,
    },
    /// Its strongest pulse is faster than the potentials of muscle are.
    Fast {
        /// The root mean square frequency of that pulse, Hz.
        hz: f64,
    },
    /// Edges, one after another, that are faster than the potentials of muscle are.
    Edges {
        /// The power of the third difference of samples half a millisecond apart over that in the band.
        ratio: f64,
    },
    /// A ring with a jump of the unfiltered signal.
    Jump {
        /// The jump over the peak in the band.
        ratio: f64,
    },
    /// A pulse on a slower swing.
    Swing {
        /// The peak above 5 Hz over the peak in the band.
        ratio: f64,
    },
    /// On a swing that is so large that what it is made of in the band cannot be told from a burst.
    Heave {
        /// The peak above 5 Hz over the peak in the band.
        ratio: f64,
    },
    /// On several channels at once, about as strong.
    Knock {
        /// The largest peak over the least.
        ratio: f64,
    },
    /// One pulse and nothing else, with a movement on another channel.
    Along {
        /// How far their pulses are apart, ms.
        apart_ms: f64,
    },
    /// Nearly all energy on the harmonics of the mains.
    Hum {
        /// Their fundamental, Hz.
        hz: f64,
        /// Their share of the energy, 0 to 1.
        share: f64,
    },
    /// One tone that dies away.
    Tone {
        /// Its frequency, Hz.
        hz: f64,
        /// The correlation with itself a period later, -1 to 1.
        alike: f64,
    },
    /// Shorter than a twitch can be.
    TooShort {
        /// Its length, ms.
        ms: f64,
    },
    /// It went on for longer than a twitch can.
    TooLong {
        /// Its length, ms.
        ms: f64,
    },
    /// A crest of activity that does not stand out from what surrounds it.
    Crest {
        /// How far it stood over its surroundings, dB.
        over_db: f64,
    },
    /// A single discharge of a motor unit that goes on firing.
    Discharge {
        /// How many like it lie around it, below the threshold.
        like: u32,
    },
    /// It did not stand out from what surrounds it, during an effort on another channel.
    Spread {
        /// How far it stood over its surroundings, dB.
        over_db: f64,
    },
    /// The converter was at its end for a good part of it.
    Rail {
        /// The share of its samples that was.
        share: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Burst { ms, over_db } => {
                write!(f, "burst of {ms:.0} ms, {over_db:.1} dB over the threshold")
            }
            Self::ByStep { ms, over_db } => {
                write!(
                    f,
                    "burst of {ms:.0} ms, {over_db:.1} dB over the threshold, where the noise stepped up"
                )
            }
            Self::OverBeat { over_db, stroke } => {
                let (one, all) = if stroke { ("stroke", "strokes") } else { ("heart beat", "beats") };
                write!(f, "burst on a {one}, {over_db:.1} dB over what {all} leave in the band")
            }
            Self::Beat { per_min, alike } => {
                write!(f, "heart beat: rhythm of {per_min:.0} a minute, shape {alike:.2} alike")
            }
            Self::Stroke { per_min, alike } => {
                write!(f, "stroke of the needle: rhythm of {per_min:.0} a minute, shape {alike:.2} alike")
            }
            Self::Ring { share, extrema } => {
                write!(
                    f,
                    "ring of a step or spike: {:.0} % of the energy in one pulse, {extrema} extrema",
                    share * 100.0
                )
            }
            Self::Fast { hz } => write!(f, "a pulse of {hz:.0} Hz, faster than muscle"),
            Self::Edges { ratio } => {
                write!(
                    f,
                    "several edges, faster than muscle ({ratio:.1} times as much above the band as in it): a contact that opens and closes"
                )
            }
            Self::Jump { ratio } => {
                write!(f, "the unfiltered signal jumped by {ratio:.1} times the peak in the band")
            }
            Self::Swing { ratio } => {
                write!(f, "one pulse on a swing {ratio:.1} times its peak in the band")
            }
            Self::Heave { ratio } => {
                write!(f, "on a swing {ratio:.0} times its peak in the band")
            }
            Self::Knock { ratio } => {
                write!(f, "on several channels at once, with peaks within a factor of {ratio:.1}: a knock")
            }
            Self::Along { apart_ms } => {
                write!(f, "one pulse, {apart_ms:.0} ms from one of a movement on another channel")
            }
            Self::Hum { hz, share } => {
                write!(
                    f,
                    "mains that came and went: {:.0} % of the energy at harmonics of {hz:.0} Hz",
                    share * 100.0
                )
            }
            Self::Tone { hz, alike } => {
                write!(f, "one tone of {hz:.0} Hz, {alike:.2} alike from period to period: a swing or hum")
            }
            Self::TooShort { ms } => write!(f, "{ms:.0} ms: shorter than a twitch"),
            Self::TooLong { ms } => write!(f, "{ms:.0} ms: longer than a twitch"),
            Self::Crest { over_db } => {
                write!(f, "a crest only {over_db:.1} dB over the activity around it")
            }
            Self::Discharge { like } => {
                write!(f, "one discharge of a motor unit that goes on firing: {like} like it around")
            }
            Self::Spread { over_db } => {
                write!(f, "{over_db:.1} dB over what surrounds it, during an effort on another channel")
            }
            Self::Rail { share } => {
                write!(f, "the converter was at its end for {:.0} % of it", share * 100.0)
            }
        }
    }
}

/// Something that crossed the threshold on one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// At which threshold it was found; the class holds there.
    pub threshold: Threshold,
    /// It lies on what was taken for an effort until it had gone on for longer than efforts do: told seconds
    /// after it.
    pub late: bool,
    /// Onset, in samples of the detector's clock.
    pub onset: u64,
    /// Offset, in samples of the detector's clock.
    pub offset: u64,
    /// The verdict.
    pub class: Class,
    /// Why.
    pub reason: Reason,
    /// The strongest window over its threshold, as a ratio of powers; 1 is just found.
    pub score: f32,
    /// Largest absolute value in the amplitude band, in the samples' unit.
    pub peak: f32,
    /// RMS from onset to offset in the amplitude band, in the samples' unit.
    pub rms: f32,
    /// Power of the burst alone over that of the noise floor, amplitude band, dB.
    pub snr_db: f32,
    /// Discharges that can be told apart.
    pub discharges: u32,
    /// The numbers that the verdict rests on.
    pub evidence: Evidence,
}

impl Candidate {
    /// Puts a candidate together.
    pub(super) fn new(
        onset: u64,
        offset: u64,
        class: Class,
        reason: Reason,
        score: f32,
        measures: Measures,
        evidence: Evidence,
    ) -> Self {
        let Measures { peak, rms, snr_db, discharges } = measures;
        let (threshold, late) = (Threshold::Set, false);
        Self { threshold, late, onset, offset, class, reason, score, peak, rms, snr_db, discharges, evidence }
    }

    /// Was on several channels at once, with peaks within a factor of `ratio`.
    pub fn become_knock(&mut self, ratio: f32) {
        self.class = Class::Pop;
        self.reason = Reason::Knock { ratio: f64::from(ratio) };
    }

    /// Came with a movement on another channel, with its pulse so far from that one's.
    pub fn become_movement(&mut self, apart_ms: f64) {
        self.class = Class::Movement;
        self.reason = Reason::Along { apart_ms };
    }

    /// Was a part of an effort on another channel.
    pub fn become_spread(&mut self) {
        let over = self.evidence.score_over_surroundings;
        self.class = Class::Effort;
        self.reason = Reason::Spread { over_db: 10.0 * f64::from(over.max(1e-3)).log10() };
    }

    /// The same burst judged at another threshold.
    pub(super) fn at(&self, threshold: Threshold, lengths: Lengths) -> Self {
        let factor = threshold.factor();
        let evidence = self.evidence.over(factor);
        let (class, reason) = classify(&evidence, lengths);
        Self { threshold, class, reason, score: self.score / factor, evidence, ..*self }
    }
}
