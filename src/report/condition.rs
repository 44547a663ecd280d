//! What a recording was like, in a few numbers: what a figure of a whole set needs of each.

use crate::session::Session;

/// The state of one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What to call the recording.
    pub name: String,
    /// Noise floor in the detection band, RMS, µV, on the best channel ([`Session::best_channel`]);
    /// `None` where the scale or the floor is not known.
    pub noise_uv: Option<f64>,
    /// The smallest burst of 50 ms that is found 9 times in 10 there, RMS, µV; `None` as above.
    pub smallest_rms_uv: Option<f64>,
    /// Mains lines that were removed on any channel, Hz, rounded, in order.
    pub mains_hz: Vec<u32>,
    /// The share of the time that was no valid signal on the worst channel, from 0 to 1.
    pub lost_share: f64,
}

impl Condition {
    /// What `session` tells of its recording, under `name`.
    pub fn new(name: &str, session: &Session) -> Self {
        let best = session.best_channel().filter(|_| session.source.calibrated);
        let finite = |v: &f64| v.is_finite();
        let mut mains_hz: Vec<u32> =
            session.channels.iter().flat_map(|c| &c.mains_hz).map(|hz| hz.round() as u32).collect();
        mains_hz.sort_unstable();
        mains_hz.dedup();
        let time = session.source.duration_s;
        let lost = session.channels.iter().map(|c| c.masked_s).fold(0.0, f64::max);
        Self {
            name: name.into(),
            noise_uv: best.and_then(|c| c.noise_rms).filter(finite),
            smallest_rms_uv: best.and_then(|c| c.smallest_rms).map(|s| s[1]).filter(finite),
            mains_hz,
            lost_share: if time > 0.0 { (lost / time).clamp(0.0, 1.0) } else { 0.0 },
        }
    }
}
