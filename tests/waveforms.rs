//! The waveforms that a session keeps of its twitches.

use std::path::Path;

use twitchscope::analysis::analyze;
use twitchscope::session::Session;
use twitchscope::settings::Settings;
use twitchscope::source::{Options, Recording};

/// The session of a sample, read in blocks of so many frames.
fn session(sample: &str, block_frames: u64) -> Session {
    let mut recording = Recording::open(&Path::new("samples").join(sample), &Options::default()).unwrap();
    recording.set_block_frames(block_frames);
    analyze(&mut recording, &Settings::default(), String::new(), &mut |_| {}).unwrap()
}

#[test]
fn a_waveform_reaches_as_far_as_its_twitch_is_high() {
    for sample in ["four-insertions.wav", "four-channels.wav", "mains-50hz.wav"] {
        let session = session(sample, 4096);
        let waveforms = session.waveforms.as_ref().unwrap();
        assert!(!waveforms.rows.is_empty(), "{sample}");
        let rate = waveforms.sampling_frequency_hz;
        for row in &waveforms.rows {
            let twitch = session.twitches.iter().find(|t| t.onset == row.onset).unwrap();
            let last = waveforms.before + (twitch.duration * rate).ceil() as usize;
            let within = &row.samples[waveforms.before..last.min(row.samples.len())];
            let peak = within.iter().fold(0.0f64, |most, v| most.max(f64::from(v.abs())));
            let told = twitch.peak_uv.unwrap();
            // Rounded to three digits; a twitch longer than the waveform may peak beyond it.
            let cut = last > row.samples.len();
            assert!((peak - told).abs() <= 0.01 * told || cut, "{sample} {}: {peak} {told}", row.onset);
        }
    }
}

#[test]
fn waveforms_are_the_same_however_the_recording_is_cut() {
    let whole = session("four-insertions.wav", 65_536);
    for block_frames in [1, 333, 4096] {
        assert_eq!(session("four-insertions.wav", block_frames).waveforms, whole.waveforms, "{block_frames}");
    }
}

#[test]
fn waveforms_are_few_of_one_length_and_spread_over_all_twitches() {
    for sample in ["four-insertions.wav", "strokes.wav", "rest.wav"] {
        let session = session(sample, 4096);
        let rows = &session.waveforms.as_ref().unwrap().rows;
        let (kept, all) = (rows.len(), session.twitches.len());
        assert!(kept <= 24 && kept <= all, "{sample}: {kept} of {all}");
        assert!(all < 12 || kept >= 8, "{sample}: {kept} of {all}");
        assert!(rows.iter().all(|row| row.samples.len() == rows[0].samples.len()));
        if let (Some(first), Some(last)) = (session.twitches.first(), session.twitches.last()) {
            let middle = (first.onset + last.onset) / 2.0;
            let late = rows.iter().filter(|row| row.onset > middle).count();
            assert!(all < 12 || late >= kept / 5, "{sample}: {late} of {kept} in the later half");
        }
    }
}
