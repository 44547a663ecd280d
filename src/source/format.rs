//! What stays the same through a recording, settled between the header, the sidecar, the notes of
//! SpikeRecorder and what a person says.

use std::path::Path;

use super::riff::Notes;
use super::sidecar::Sidecar;
use super::spikerecorder::SpikeRecorder;
use super::wav::Layout;
use super::{Error, Options, ScaleOption, Warning};
use crate::block::{Format, Scale};
use crate::units::SampleRate;

/// The rates of surface EMG, Hz; what lies outside is a damaged header.
const RATES: std::ops::RangeInclusive<f64> = 100.0..=192_000.0;

/// The format of the blocks, and what a count is worth in it.
pub(super) fn settle(
    layout: Layout,
    notes: &Notes,
    sidecar: &Sidecar,
    options: &Options,
    path: &Path,
    warnings: &mut Vec<Warning>,
) -> Result<(Format, f64), Error> {
    let noted = SpikeRecorder::read(notes);
    let rate = rate(layout, sidecar, path, warnings)?;
    let (gain, scale) = gain(layout, sidecar, &noted, options, warnings);
    let names = names(usize::from(layout.channels), sidecar.channels.as_ref(), noted.names, warnings);
    let channels = match channels(options, layout, path)? {
        Some(chosen) => chosen.iter().map(|place| names[*place].clone()).collect(),
        None => names,
    };
    // Floats need not stop at full scale, unless someone says what full scale is.
    let told = matches!(options.scale, ScaleOption::FullScale(_))
        || (options.scale == ScaleOption::FromFile && sidecar.full_scale.is_some());
    let of_file = (told || !layout.float).then(|| layout.full_scale());
    // The converter may clip far below what the file could hold.
    let clips_at = sidecar.clips_at.unwrap_or(of_file);
    let full_scale = clips_at.map(|counts| (counts * gain) as f32);
    Ok((Format { rate, channels, scale, full_scale }, gain))
}

/// The sidecar's rate, else the header's.
fn rate(
    layout: Layout,
    sidecar: &Sidecar,
    path: &Path,
    warnings: &mut Vec<Warning>,
) -> Result<SampleRate, Error> {
    let header = layout.rate;
    let name = || {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        format!("{}_emg.json", stem.strip_suffix("_emg").unwrap_or(&stem))
    };
    let of_header = SampleRate::new(f64::from(header));
    let rate = match (sidecar.rate, of_header) {
        (Some(rate), _) => rate,
        (None, Ok(rate)) => rate,
        (None, Err(_)) => return Err(Error::NoRate { path: path.into(), sidecar: name() }),
    };
    if !RATES.contains(&rate.hz()) {
        return Err(Error::RateRange { path: path.into(), rate, sidecar: name() });
    }
    // A measured rate differs a little from the nominal one; by more than 1 %, one is wrong.
    if header != 0 && (rate.hz() / f64::from(header) - 1.0).abs() > 0.01 {
        warnings.push(Warning::RateDiffers { header, sidecar: rate });
    }
    Ok(rate)
}

/// What a count is worth: what the person says, else the sidecar, else SpikeRecorder's notes.
fn gain(
    layout: Layout,
    sidecar: &Sidecar,
    noted: &SpikeRecorder,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> (f64, Scale) {
    let full_scale = layout.full_scale();
    let known = |uv_per_count: f64| (uv_per_count, Scale::Microvolts);
    match (options.scale, sidecar.full_scale, noted.uv_per_count) {
        (ScaleOption::FullScale(uv), ..) => known(uv.uv() / full_scale),
        (ScaleOption::Lsb(uv), ..) => known(uv.uv()),
        (ScaleOption::FromFile, Some(uv), _) => known(uv.uv() / full_scale),
        (ScaleOption::FromFile, None, Some(uv_per_count)) => {
            warnings.push(Warning::SpikeRecorderScale { uv_per_count });
            // SpikeRecorder counts in 16 bits, whatever it exports.
            known(uv_per_count * 32768.0 / full_scale)
        }
        (ScaleOption::FromFile, None, None) => (1.0, Scale::Unknown),
    }
}

/// One name a channel, fit for a table and none twice: the sidecar's, else the recorder's, else
/// `ch1`, `ch2`, ….
fn names(
    channels: usize,
    sidecar: Option<&Vec<String>>,
    recorder: Vec<String>,
    warnings: &mut Vec<Warning>,
) -> Vec<String> {
    let given = sidecar.cloned().unwrap_or(recorder);
    let given = if given.len() == channels || given.is_empty() {
        given
    } else {
        warnings.push(Warning::ChannelNames { names: given.len(), channels });
        Vec::new()
    };
    let mut names: Vec<String> = Vec::new();
    for place in 0..channels {
        let own = given.get(place).map(String::as_str).unwrap_or_default();
        let clean = own.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned();
        let mut name = if clean.is_empty() { format!("ch{}", place + 1) } else { clean };
        while names.contains(&name) {
            name = format!("{name} ({})", place + 1);
        }
        names.push(name);
    }
    names
}

/// The chosen channels, from 0; `None` for all as they are.
pub(super) fn channels(options: &Options, layout: Layout, path: &Path) -> Result<Option<Vec<usize>>, Error> {
    let Some(wanted) = &options.channels else { return Ok(None) };
    let channels = usize::from(layout.channels);
    if wanted.is_empty() {
        return Err(Error::NoChannelChosen);
    }
    let mut chosen: Vec<usize> = Vec::new();
    for &channel in wanted {
        if channel == 0 || channel > channels {
            return Err(Error::NoSuchChannel { path: path.into(), channel, channels });
        }
        if chosen.contains(&(channel - 1)) {
            return Err(Error::ChannelTwice { channel });
        }
        chosen.push(channel - 1);
    }
    Ok(Some(chosen))
}
