//! What SpikeRecorder (Backyard Brains) notes in the WAVs it writes.
//!
//! It appends a LIST INFO whose entries are lists ended by `;`, one item a channel: `cnam` names,
//! `cgin` gain of the display, `cpos` place on the screen, `ctrs` threshold, `cclr` colour, `ctms`
//! time scale of the display, `cdev` kind of device; and, only where the user calibrated, `clbr`.
//! Of these only `cnam` and `clbr` say something about the signal.
//!
//! `clbr` is millivolts a 16-bit count (SpikeRecorder shows its RMS as `rms * clbr` mV). It is the
//! inverse of the RMS of two seconds of a calibrator's sine divided by 0.7071, so it takes the
//! sine's AMPLITUDE as 1 mV, although the program's comments speak of 1 mV peak to peak. What the
//! program shows is followed here, and a warning says so.

use super::riff::Notes;

/// What is of use in SpikeRecorder's notes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SpikeRecorder {
    /// The channels' names; empty where none were noted.
    pub names: Vec<String>,
    /// Microvolts a 16-bit count.
    pub uv_per_count: Option<f64>,
}

impl SpikeRecorder {
    /// What `notes` say.
    pub(super) fn read(notes: &Notes) -> Self {
        let entry =
            |id: &[u8; 4]| notes.info.iter().find(|(own, _)| own == id).map(|(_, text)| text.as_str());
        let names = entry(b"cnam").unwrap_or_default().trim_end_matches(';');
        let mv = entry(b"clbr").and_then(|text| text.split(';').next()?.trim().parse::<f64>().ok());
        Self {
            names: if names.is_empty() { Vec::new() } else { names.split(';').map(str::to_owned).collect() },
            uv_per_count: mv.map(|mv| mv * 1000.0).filter(|uv| uv.is_finite() && *uv > 0.0),
        }
    }
}
