//! One recording as a study keeps it.

use crate::session::{InsertionRecord, Session};

/// A recording with its insertions, without samples, candidates or outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// What to call it: unique within a study.
    pub name: String,
    /// Who was recorded. Recordings of one subject are not independent of each other; `None`
    /// makes a subject of its own of the recording.
    pub subject: Option<String>,
    /// Which of the groups that are compared it belongs to.
    pub group: Option<String>,
    /// Whether needle marks came with it; without, the whole recording is one dwell.
    pub marked: bool,
    /// Whether amplitudes are known in µV.
    pub calibrated: bool,
    /// Observed seconds while no needle was in; 0 where that was never so or cannot be told.
    pub control_s: f64,
    /// Twitches found in that time: the detector's false alarms.
    pub control_twitches: u64,
    /// The smallest burst of 50 ms that is found 9 times in 10 on its best channel, RMS, µV.
    pub smallest_rms_uv: Option<f64>,
    /// The dwells, in order of needle in; those without a twitch among them.
    pub insertions: Vec<Insertion>,
}

/// One needle, from in to out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Insertion {
    /// Needle or site, where it was named.
    pub label: Option<String>,
    /// Needle in to needle out, s.
    pub dwell_s: f64,
    /// The needle was still in when the recording ended.
    pub still_in: bool,
    /// Stretches without a valid signal, since needle in, s.
    pub masked_s: Vec<[f64; 2]>,
    /// Its twitches, in order.
    pub twitches: Vec<Twitch>,
    /// Times of what would be twitches at 80 % of the threshold, since needle in, s; `None` where
    /// the session does not tell.
    pub at_80_s: Option<Vec<f64>>,
    /// The same at 120 % of the threshold.
    pub at_120_s: Option<Vec<f64>>,
}

/// One twitch of an insertion.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Twitch {
    /// Seconds since needle in.
    pub dwell_s: f64,
    /// Its number in the insertion, from 1.
    pub order: u32,
    /// Largest absolute value, 20-450 Hz, µV; `None` where the scale is unknown.
    pub peak_uv: Option<f64>,
    /// RMS from onset to offset, 20-450 Hz, µV; `None` where the scale is unknown.
    pub rms_uv: Option<f64>,
    /// Power of the burst alone over that of the noise floor, dB.
    pub snr_db: f64,
}

impl Recording {
    /// What a study needs of `session`, under `name`; subject and group are added by who knows
    /// them.
    pub fn from_session(name: String, session: &Session) -> Self {
        let mut insertions: Vec<Insertion> = session.insertions.iter().map(Insertion::from).collect();
        for t in &session.twitches {
            let place = t.insertion.and_then(|place| insertions.get_mut(place));
            if let (Some(insertion), Some(dwell_s)) = (place, t.dwell) {
                insertion.twitches.push(Twitch {
                    dwell_s,
                    order: t.order.unwrap_or(0),
                    peak_uv: t.peak_uv.filter(|_| session.source.calibrated),
                    rms_uv: t.rms_uv.filter(|_| session.source.calibrated),
                    snr_db: t.snr_db,
                });
            }
        }
        let smallest =
            session.channels.iter().filter_map(|c| c.smallest_rms.map(|[_, of_50_ms, _]| of_50_ms));
        Self {
            name,
            subject: None,
            group: None,
            marked: session.marked,
            calibrated: session.source.calibrated,
            control_s: if session.marked { session.control.observed_s } else { 0.0 },
            control_twitches: if session.marked { session.control.twitches } else { 0 },
            smallest_rms_uv: smallest.min_by(f64::total_cmp).filter(|_| session.source.calibrated),
            insertions,
        }
    }
}

impl From<&InsertionRecord> for Insertion {
    fn from(record: &InsertionRecord) -> Self {
        Self {
            label: record.label.clone(),
            dwell_s: record.dwell,
            still_in: record.still_in,
            masked_s: record.masked.clone(),
            twitches: Vec::new(),
            at_80_s: record.sensitivity.as_ref().map(|s| s.at_80.clone()),
            at_120_s: record.sensitivity.as_ref().map(|s| s.at_120.clone()),
        }
    }
}
