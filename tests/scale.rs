//! What the samples of a WAV are worth, and what a person or a sidecar says of them.

#[path = "support/wav_bytes.rs"]
mod wav_bytes;

use twitchscope::block::Scale;
use twitchscope::source::{Options, ScaleOption, Source, Voltage};
use twitchscope::units::{Microvolts, Seconds};
use wav_bytes::*;

#[test]
fn the_scale_is_what_the_person_says_else_the_sidecar_else_unknown() {
    let bytes = WavBytes::pcm(16, 1, &[-32768, 16384, 1]).bytes();
    let sidecar =
        [("x_emg.json", r#"{"FullScale_uV": 1000, "TaskName": "needling", "PowerLineFrequency": "n/a"}"#)];
    let options = |scale| Options { scale, ..Options::default() };
    let cases = [
        (options(ScaleOption::FromFile), &sidecar[..], [-1000.0, 500.0, 1000.0 / 32768.0], Some(1000.0)),
        (
            options(ScaleOption::FullScale(Microvolts::new(5000.0))),
            &sidecar,
            [-5000.0, 2500.0, 5000.0 / 32768.0],
            Some(5000.0),
        ),
        (options(ScaleOption::Lsb(Microvolts::new(0.5))), &[], [-16384.0, 8192.0, 0.5], Some(16384.0)),
        (options(ScaleOption::FromFile), &[], [-32768.0, 16384.0, 1.0], Some(32768.0)),
    ];
    for (place, (options, beside, expected, rail)) in cases.into_iter().enumerate() {
        let mut recording = open(bytes.clone(), beside, &options).unwrap();
        let scale = if place == 3 { Scale::Unknown } else { Scale::Microvolts };
        assert_eq!((recording.format().scale, recording.format().full_scale), (scale, rail));
        assert_eq!(samples(&mut recording), expected.map(|e: f64| e as f32), "case {place}");
    }
}

#[test]
fn the_sidecar_overrides_rate_and_names_and_its_slips_are_named() {
    let wav = WavBytes::pcm(16, 2, &counts(16)).bytes();
    let text = r#"{"SamplingFrequency": 1999.87, "Channels": ["left", "right"], "Board": "native"}"#;
    let recording = open(wav.clone(), &[("x_emg.json", text)], &Options::default()).unwrap();
    assert_eq!(recording.format().rate.hz(), 1999.87);
    assert_eq!(recording.format().channels, ["left", "right"]);
    assert_eq!(recording.sidecar().board.as_deref(), Some("native"));
    assert_eq!(warned(&recording), "");
    let none = WavBytes { rate: 0, ..WavBytes::pcm(16, 2, &counts(16)) }.bytes();
    assert!(open(none, &[("x_emg.json", text)], &Options::default()).is_ok());

    let cases = [
        ("{", "x_emg.json: not a valid JSON"),
        (
            r#"{"SamplingFrequency": "2 kHz"}"#,
            "SamplingFrequency is \"2 kHz\", but must be a number above zero",
        ),
        (r#"{"FullScale_uV": -1}"#, "FullScale_uV is -1"),
        (r#"{"Channels": "left"}"#, "a list of names"),
    ];
    for (text, words) in cases {
        let error =
            open(wav.clone(), &[("x_emg.json", text)], &Options::default()).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
    let recording =
        open(wav, &[("x_emg.json", r#"{"SamplingFrequency": 1000}"#)], &Options::default()).unwrap();
    assert!(warned(&recording).contains("1000 samples a second, the header 2000"));
}

#[test]
fn spikerecorder_notes_give_names_and_millivolts_a_count() {
    let note = |text: &str| format!("{text}\0").into_bytes();
    let notes = [(b"cnam", note("left;right;")), (b"clbr", note("0.002;"))];
    let behind = list(b"INFO", &notes.map(|(id, text)| (id as &[u8; 4], text)));
    let bytes = WavBytes { behind, ..WavBytes::pcm(16, 2, &[100, -200]) }.bytes();
    let mut recording = open(bytes, &[], &Options::default()).unwrap();
    assert_eq!(recording.format().channels, ["left", "right"]);
    assert_eq!(recording.format().scale, Scale::Microvolts);
    assert_eq!(samples(&mut recording), [200.0, -400.0]);
    assert!(warned(&recording).contains("2 µV a count"), "{}", warned(&recording));
}

#[test]
fn voltages_and_insertions_are_typed_with_their_units() {
    let uv = |text: &str| text.parse::<Voltage>().map(|v| v.microvolts().uv()).ok();
    let read = ["5mV", "0.5uV", "500µV", "500 μV", "1V", "20nV"].map(uv);
    assert_eq!(read, [Some(5000.0), Some(0.5), Some(500.0), Some(500.0), Some(1e6), Some(0.02)]);
    for bad in ["5", "mV", "-5mV", "0V", "infV", "5 kV", ""] {
        assert_eq!(uv(bad), None, "{bad}");
    }
    let insertion: twitchscope::source::InsertionOption = "12.5..40, left, deep".parse().unwrap();
    assert_eq!((insertion.start, insertion.end), (Seconds::new(12.5), Seconds::new(40.0)));
    assert_eq!(insertion.label.as_deref(), Some("left, deep"));
    for bad in ["12", "a..4", "4..", "5..4", "-1..4", "1..inf", "4..4"] {
        assert!(bad.parse::<twitchscope::source::InsertionOption>().is_err(), "{bad}");
    }
}
