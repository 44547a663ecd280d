//! A mix as files: `X.wav` and `X_truth.tsv`.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::mix::Mix;

/// Bits of the file; more than any of the recordings has.
const BITS: u16 = 24;

/// Writes both into `folder`. The truth has the activity of the background's own that is neither
/// truth nor false alarm as `unknown`.
pub fn write(folder: &Path, name: &str, mix: &Mix, rate_hz: f64) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz as u32,
        bits_per_sample: BITS,
        sample_format: hound::SampleFormat::Int,
    };
    let end = f64::from(1u32 << (BITS - 1));
    let largest = mix.samples.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    // A converter's end is the file's; where there is none, nothing may reach the file's end.
    let gain = end / mix.full_scale.unwrap_or(1.5 * largest);
    let mut wav = hound::WavWriter::create(folder.join(format!("{name}.wav")), spec)?;
    for x in &mix.samples {
        wav.write_sample((x * gain).round().clamp(-end, end - 1.0) as i32)?;
    }
    wav.finalize()?;
    let mut text = String::from("onset\tduration\ttrial_type\tsnr_db\n");
    for t in &mix.truth {
        let snr = t.snr_db.unwrap_or(f64::NAN);
        writeln!(text, "{:.6}\t{:.6}\ttwitch\t{snr:.2}", t.onset, t.duration)?;
    }
    for [from, to] in &mix.unknown {
        writeln!(text, "{from:.6}\t{:.6}\tunknown\tn/a", to - from)?;
    }
    std::fs::write(folder.join(format!("{name}_truth.tsv")), text)?;
    Ok(())
}
