//! The verdict: what a burst that has ended was.
//!
//! The gates come in the order of how surely each can tell: what the converter or the shape
//! rules out, then what surrounds it, then the heart. What passes all of them is a twitch.

use super::heart::Beat;
use super::hum::Hum;
use super::shape::Shape;
use super::tone::Tone;
use super::verdict::{Class, Reason};

/// What the gates look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Length from onset to offset, ms.
    pub ms: f64,
    /// The power from onset to offset over that of the noise, detection band.
    pub power: f32,
    /// The strongest window over its threshold, a ratio of powers.
    pub score: f32,
    /// The same without the best pulse and its ring.
    pub score_without_pulse: f32,
    /// The share of its energy that one form of a pulse explains, 0 to 1.
    pub fit: f32,
    /// The share that it leaves of the unfiltered signal around its best pulse, above 1 if it is not in it.
    pub unfit: f32,
    /// How long after its onset its best pulse comes, ms.
    pub pulse_ms: f64,
    /// How long the activity around it stays over the long floor, ms.
    pub run_ms: f64,
    /// The strongest window over its threshold on the level of the surroundings.
    pub score_over_surroundings: f32,
    /// The same on what comes just before it: the rise of an effort is slow.
    pub score_over_rise: f32,
    /// The level of the surroundings over the long floor, a ratio of powers.
    pub level: f32,
    /// The share of the time just before it, or after it, that lies over the long floor: the larger.
    pub flanks: f32,
    /// The strongest window over its threshold on what is held through most of that time.
    pub score_over_flanks: f32,
    /// The activity around it began so lately that it may be an effort, not a new floor.
    pub young_run: bool,
    /// The best score over what beats usually leave in the band, where it lies on one.
    pub score_over_beat: f32,
    /// What it looks like.
    pub shape: Shape,
    /// Discharges below the threshold that are like its peak; looked for where nothing is left of it
    /// without its pulse, and nothing else rules it out.
    pub kin: u32,
    /// What of it is faster than muscle, the power above the band over that in it; looked for where
    /// nothing else rules it out.
    pub edges: f32,
    /// The beat it lies on.
    pub beat: Option<Beat>,
    /// Mains in it, where it is long enough to tell and repeats itself.
    pub hum: Option<Hum>,
    /// One tone, where it is long enough to tell.
    pub tone: Option<Tone>,
}

impl Evidence {
    /// The same held against a threshold `factor` times as high.
    pub fn over(&self, factor: f32) -> Self {
        Self {
            score: self.score / factor,
            score_without_pulse: self.score_without_pulse / factor,
            score_over_surroundings: self.score_over_surroundings / factor,
            score_over_rise: self.score_over_rise / factor,
            score_over_flanks: self.score_over_flanks / factor,
            score_over_beat: self.score_over_beat / factor,
            ..*self
        }
    }
}

/// How long a twitch can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lengths {
    /// ms.
    pub shortest: f64,
    /// ms.
    pub longest: f64,
}

/// From this share of its samples at the converter's end on, nothing can be said of a burst.
const RAILED: f32 = 0.5;
/// A step leaves a jump of the unfiltered signal this many times its peak in the band; with the
/// low frequency of a slow edge, less is enough.
const JUMP: f32 = 1.5;
const SLOW_JUMP: f32 = 1.0;
const SLOW_HZ: f32 = 95.0;
/// A knock or a stroke swings this many times as far above 5 Hz as in the band; of muscle, 98 in
/// 100 bursts stay below 1.75.
const SWING: f32 = 1.9;
/// and this many times as far above 20 Hz: what a slow swing beneath muscle does not.
const LURCH: f32 = 1.5;
/// On a swing so much larger, what lies in the band is the swing's own edges: of 5100 simulated
/// twitches, of which 160 ride on strokes of the needle, 3 had more.
const HEAVE: f32 = 7.0;
/// Below 1000 samples a second the band is narrow and muscle swings more: 95 in 100 stay below.
const SLOW_SWING: f32 = 2.5;
/// A spike is one pulse of a known form, short, fast, on a swing, and goes one way: the share that
/// the form explains, the share of energy in 6 ms, twice its frequency over 400 Hz and 0.85 of its
/// swing, less 1.2 times its balance, are above this. The weights are those of a logistic
/// regression on simulated spikes against simulated twitches and short pieces of real muscle.
/// A larger swing is a stroke's beneath it, and counts no more than one of `SWING`.
const SPIKE: f32 = 2.9;
const SPIKE_HZ: f32 = 200.0;
const SPIKE_SWING: f32 = 0.85;
const SPIKE_BALANCE: f32 = 1.2;
/// The same of a strong one, of which no form of a pulse leaves nothing: with less than this share of
/// its score left, it is one pulse too, unless it lies on a beat or a stroke, which twitches may do.
const LEFT: f32 = 0.2;
const STRONG_JUMP: f32 = 2.0;
const STRONG_SPIKE: f32 = 3.0;
/// A little less is enough where the unfiltered signal has the very form too: it leaves less than this share of
/// it there, and less than this share of a threshold in the band. Of 1000 short pieces of real muscle 2 are so.
const UNFIT: f32 = 0.2;
const BARE: f32 = 0.35;
const BARE_SPIKE: f32 = 2.6;
/// No burst has more of its energy than this within 6 ms: of 13200 simulated twitches of 20 ms and more
/// none, of 11500 pieces of real muscle from 10 ms on 8.
const ALL: f32 = 0.92;
/// A pulse that holds more than this share of a burst is slower than this: of 12500 simulated twitches 2
/// are not, of 10900 pieces of real muscle 10.
const MOST: f32 = 0.6;
const FAST_HZ: f32 = 270.0;

/// The crests of an effort stand this many times over its own level; a twitch on it must do more:
/// 95 in 100 crests and flanks of real efforts stay below.
pub const CREST: f32 = 2.0;
/// A crest that is more than half as long as a twitch can be looks like the effort itself: of real
/// efforts whose strongest part was so long, all but one stood less than this over the rest. One on which the
/// unfiltered signal jumps or swings as it does not beneath muscle, where the electrode moves with an effort, is
/// held to the same.
const LONG_CREST: f32 = 4.5;
/// The same where the activity has gone on for so long that it is a new floor.
const CREST_OF_OLD: f32 = 1.3;
/// unless its level is so many times the long floor: noise does not step up by 13 dB.
pub const NO_FLOOR: f32 = 20.0;
/// What stands less than this over what is beside it is no burst, however short that is. A faint piece near a
/// real effort has 0.66.
const LEAST_OVER: f32 = 0.7;
/// An effort fills this much of the time beside its flanks; a weak one less, and its crests stand
/// out less. Each next to what a twitch there must do.
const FLANKED: (f32, f32) = (0.5, CREST);
const FAINTLY_FLANKED: (f32, f32) = (0.4, 1.7);

/// With so many like it around, below the threshold, a single discharge is one of a unit that fires.
/// Of 1000 simulated bursts of 10 dB at most 1 is lost so, of 6 dB at most 4.
const KIN: u32 = 3;

/// Edges of a contact leave so much above the band: of 1000 simulated twitches 1 has more, mostly with a pop
/// in it, and of pieces of real muscle, which were cut with edges of their own, 10.
const EDGES: f32 = 2.0;
/// What falls less towards high frequencies than edges do, as white noise, is no contact.
const NO_EDGES: f32 = 16.0;

/// A burst is hum if this share of its energy, beyond what lies there by chance, is on the harmonics
/// of the grid. Of 7300 simulated candidates no twitch reached 0.76; hum of 10 dB leaves 0.9.
const HUM: f64 = 0.85;

/// A burst is one tone if it is so much like itself a period later, and less is enough if it lurches: of
/// 13200 simulated twitches 5 are, of 11500 pieces of real muscle 15; of 140 simulated knocks 130.
const TONE: f32 = 1.15;
const TONE_LURCH: f32 = 0.25;
const LEAST_TONE: f32 = 0.6;

/// Decides.
pub fn classify(e: &Evidence, lengths: Lengths) -> (Class, Reason) {
    if e.shape.railed > RAILED {
        return (Class::Clipped, Reason::Rail { share: f64::from(e.shape.railed) });
    }
    if e.ms > lengths.longest {
        return (Class::Effort, Reason::TooLong { ms: e.ms });
    }
    if let Some(hum) = e.hum
        && hum.beyond_chance() > HUM
    {
        return (Class::Mains, Reason::Hum { hz: hum.hz, share: hum.share });
    }
    if let Some(over) = crest(e, lengths.longest) {
        let over_db = 10.0 * f64::from(over.max(1e-3)).log10();
        return (Class::Effort, Reason::Crest { over_db });
    }
    if let Some(beat) = e.beat
        && e.score_over_beat < 1.0
    {
        let (per_min, alike) = (beat.per_min, f64::from(beat.alike));
        return match beat.stroke {
            true => (Class::Movement, Reason::Stroke { per_min, alike }),
            false => (Class::Ecg, Reason::Beat { per_min, alike }),
        };
    }
    if e.shape.swing > HEAVE {
        return (Class::Movement, Reason::Heave { ratio: f64::from(e.shape.swing) });
    }
    if let Some(found) = snap(&e.shape).or_else(|| pulse(e)) {
        return found;
    }
    if e.ms < lengths.shortest {
        return (Class::Pop, Reason::TooShort { ms: e.ms });
    }
    if e.score_without_pulse < 1.0 && e.kin >= KIN {
        return (Class::Effort, Reason::Discharge { like: e.kin });
    }
    if e.edges > EDGES && e.edges < NO_EDGES {
        return (Class::Pop, Reason::Edges { ratio: f64::from(e.edges) });
    }
    if let Some(Tone { hz, alike }) = e.tone
        && e.shape.sharp
        && alike > LEAST_TONE.max(TONE - TONE_LURCH * e.shape.lurch)
    {
        return (Class::Movement, Reason::Tone { hz, alike: f64::from(alike) });
    }
    if let Some(beat) = e.beat {
        let over_db = 10.0 * f64::from(e.score_over_beat).log10();
        let stroke = beat.stroke;
        return (Class::Twitch, Reason::OverBeat { over_db, stroke });
    }
    let over_db = 10.0 * f64::from(e.score).log10();
    (Class::Twitch, Reason::Burst { ms: e.ms, over_db })
}

/// How far it stood over the effort that it was a crest or a flank of, if it was one.
fn crest(e: &Evidence, longest: f64) -> Option<f32> {
    let long = 2.0 * e.ms > longest;
    let needed = match e.young_run || e.level > NO_FLOOR {
        true if long || is_movement(e.shape.jump, e.shape.swing) => LONG_CREST,
        true => CREST,
        false => CREST_OF_OLD,
    };
    let mut over = e.score_over_surroundings;
    if over < LEAST_OVER {
        return Some(over);
    }
    if long {
        over = over.min(e.score_over_rise);
    }
    if (e.run_ms > longest && over < needed) || (long && e.score_over_rise < 1.0) {
        return Some(over);
    }
    let flanked = |(share, needed)| e.flanks > share && e.score_over_flanks < needed;
    let flank = (e.young_run && flanked(FLANKED)) || flanked(FAINTLY_FLANKED);
    flank.then_some(e.score_over_flanks)
}

/// Whether the unfiltered signal jumps or swings as it does not beneath muscle.
pub fn is_movement(jump: f32, swing: f32) -> bool {
    swing > SWING || jump > JUMP
}

/// What is over so soon, or so fast, that no muscle made it, whatever is left without its pulse.
fn snap(shape: &Shape) -> Option<(Class, Reason)> {
    if !shape.sharp {
        return None;
    }
    let fast = shape.share > MOST && shape.frequency_hz > FAST_HZ;
    match shape.share > ALL {
        true => Some(ring(shape)),
        false => fast.then_some((Class::Pop, Reason::Fast { hz: f64::from(shape.frequency_hz) })),
    }
}

fn ring(shape: &Shape) -> (Class, Reason) {
    (Class::Pop, Reason::Ring { share: f64::from(shape.share), extrema: shape.extrema })
}

/// What a burst that is nothing but one pulse and its ring was, unless muscle can look so.
fn pulse(e: &Evidence) -> Option<(Class, Reason)> {
    let (shape, nothing_left) = (&e.shape, e.score_without_pulse < 1.0);
    if !nothing_left && (e.beat.is_some() || e.score_without_pulse > LEFT * e.score) {
        return None;
    }
    let swings =
        if shape.sharp { shape.swing > SWING && shape.lurch > LURCH } else { shape.swing > SLOW_SWING };
    if swings {
        return Some((Class::Movement, Reason::Swing { ratio: f64::from(shape.swing) }));
    }
    if !shape.sharp {
        return None;
    }
    let (jump, spike) = if nothing_left { (JUMP, SPIKE) } else { (STRONG_JUMP, STRONG_SPIKE) };
    if shape.jump > jump || (nothing_left && shape.jump > SLOW_JUMP && shape.frequency_hz < SLOW_HZ) {
        return Some((Class::Movement, Reason::Jump { ratio: f64::from(shape.jump) }));
    }
    let looks = e.fit + shape.share + shape.frequency_hz / SPIKE_HZ + SPIKE_SWING * shape.swing.min(SWING)
        - SPIKE_BALANCE * shape.balance;
    let bare = e.unfit < UNFIT && e.score_without_pulse < BARE && looks > BARE_SPIKE;
    (looks > spike || bare).then(|| ring(shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A short burst that is little more than one pulse, on a swing so many times as large.
    fn pulse_on_a_slow_swing(swing: f32) -> Evidence {
        let shape = Shape {
            share: 0.5,
            centre: 0,
            extrema: 9,
            jump: 0.3,
            balance: 0.8,
            swing,
            lurch: 1.1,
            frequency_hz: 140.0,
            sharp: true,
            railed: 0.0,
        };
        Evidence {
            ms: 25.0,
            power: 10.0,
            score: 4.0,
            score_without_pulse: 0.8,
            fit: 0.7,
            unfit: 1.0,
            pulse_ms: 8.0,
            run_ms: 25.0,
            score_over_surroundings: 4.0,
            score_over_rise: 4.0,
            level: 1.0,
            flanks: 0.0,
            score_over_flanks: 4.0,
            young_run: true,
            score_over_beat: 4.0,
            shape,
            kin: 0,
            edges: 0.0,
            beat: None,
            hum: None,
            tone: None,
        }
    }

    #[test]
    fn a_stroke_beneath_a_burst_makes_no_spike_of_it() {
        let lengths = Lengths { shortest: 8.0, longest: 260.0 };
        let class = |swing| classify(&pulse_on_a_slow_swing(swing), lengths).0;
        assert_eq!(class(1.0), Class::Twitch);
        for swing in [2.0, 4.0, 6.5] {
            assert_eq!(class(swing), Class::Twitch, "{swing}");
        }
        assert_eq!(class(8.0), Class::Movement);
    }

    #[test]
    fn where_the_electrode_moves_with_an_effort_a_crest_must_stand_out_further() {
        let lengths = Lengths { shortest: 8.0, longest: 260.0 };
        let crest = |score_over_surroundings, jump| {
            let quiet = pulse_on_a_slow_swing(1.0);
            let shape = Shape { jump, ..quiet.shape };
            let score_without_pulse = 3.0;
            let e = Evidence { run_ms: 600.0, score_over_surroundings, score_without_pulse, shape, ..quiet };
            classify(&e, lengths).0
        };
        assert_eq!(crest(2.8, 0.3), Class::Twitch);
        assert_eq!(crest(2.8, 2.0), Class::Effort);
        assert_eq!(crest(4.6, 2.0), Class::Twitch);
    }

    #[test]
    fn what_is_nearly_a_spike_is_one_where_the_unfiltered_signal_has_its_form() {
        let lengths = Lengths { shortest: 8.0, longest: 260.0 };
        let nearly = pulse_on_a_slow_swing(1.0);
        let shape = Shape { share: 0.7, balance: 0.5, frequency_hz: 170.0, ..nearly.shape };
        let class = |unfit, score_without_pulse| {
            classify(&Evidence { fit: 0.85, unfit, score_without_pulse, shape, ..nearly }, lengths).0
        };
        assert_eq!(class(0.1, 0.3), Class::Pop);
        assert_eq!(class(0.3, 0.3), Class::Twitch);
        assert_eq!(class(0.1, 0.5), Class::Twitch);
    }
}
