//! What is read from a WAV, whatever its header says.

#[path = "support/wav_bytes.rs"]
mod wav_bytes;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use twitchscope::block::Block;
use twitchscope::source::{Companions, Error, Flow, Options, Recording, Source, sha256};
use wav_bytes::*;

fn as_f32(counts: &[i32]) -> Vec<f32> {
    counts.iter().map(|c| *c as f32).collect()
}

#[test]
fn pcm_of_every_depth_and_channel_number_is_read_as_counts() {
    for bits in [8, 16, 24, 32] {
        for channels in [1, 2, 3, 6] {
            let counts = counts(bits);
            let bytes = WavBytes::pcm(bits, channels, &counts).bytes();
            assert_eq!(decoded(bytes), as_f32(&counts), "{bits} bit, {channels} channels");
        }
    }
}

#[test]
fn extensible_headers_give_the_same_samples() {
    for bits in [8, 16, 24, 32] {
        let counts = counts(bits);
        let wav = WavBytes { valid: Some(bits), ..WavBytes::pcm(bits, 2, &counts) };
        assert_eq!(decoded(wav.bytes()), as_f32(&counts), "{bits} bit");
    }
}

#[test]
fn bits_in_a_wider_container_are_read_wherever_they_lie() {
    let counts = counts(24);
    let high: Vec<i32> = counts.iter().map(|c| c << 8).collect();
    let zeros_above: Vec<i32> = counts.iter().map(|c| c & 0xFF_FFFF).collect();
    for (stored, stated) in [(&high, 32), (&counts, 32), (&counts, 24), (&zeros_above, 32)] {
        let wav = WavBytes { bits: stated, valid: Some(24), ..WavBytes::pcm(32, 2, stored) };
        assert_eq!(decoded(wav.bytes()), as_f32(&counts), "24 bits stated as {stated}");
    }
    let twelve = self::counts(12);
    let high: Vec<i32> = twelve.iter().map(|c| c << 4).collect();
    for stored in [&high, &twelve] {
        let wav = WavBytes { bits: 12, ..WavBytes::pcm(16, 1, stored) };
        assert_eq!(decoded(wav.bytes()), as_f32(&twelve), "12 in 16");
    }
}

#[test]
fn floats_pass_as_they_are_and_those_that_are_no_numbers_are_counted() {
    let floats = [0.5, -1.0, f32::NAN, f32::INFINITY, 1e-9, f32::NEG_INFINITY];
    let mut recording = open(WavBytes::float(&floats).bytes(), &[], &Options::default()).unwrap();
    let read = samples(&mut recording);
    assert!(read.iter().zip(&floats).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
    assert!(warned(&recording).contains("3 samples are no numbers"), "{}", warned(&recording));
    assert_eq!(recording.format_description(), "WAV, 32 bit float");

    let wide: Vec<u8> = [0.25f64, -3.0].iter().flat_map(|s| s.to_le_bytes()).collect();
    let wav = WavBytes { bits: 64, container: 8, samples: wide, ..WavBytes::float(&[]) };
    assert_eq!(decoded(wav.bytes()), [0.25, -3.0]);
}

#[test]
fn sixty_four_channels_are_read_and_sixty_five_refused() {
    let counts: Vec<i32> = (0..64 * 3).collect();
    let wav = WavBytes::pcm(16, 64, &counts);
    assert_eq!(decoded(wav.bytes()), as_f32(&counts));
    assert!(refused(WavBytes { channels: 65, ..wav }.bytes()).contains("65 channels"));
}

#[test]
fn a_length_that_was_never_completed_means_all_that_is_there() {
    let counts = counts(16);
    for length in [0, 0xFFFF_FFFF, 0x7FFF_FFDB, 0xFFFF_FFDB] {
        let wav = WavBytes {
            data_length: Some(length),
            riff_length: Some(length),
            ..WavBytes::pcm(16, 2, &counts)
        };
        let mut recording = open(wav.bytes(), &[], &Options::default()).unwrap();
        assert_eq!(recording.frames(), 33);
        assert_eq!(samples(&mut recording), as_f32(&counts));
        assert!(warned(&recording).contains("never completed"), "{length:#x}: {}", warned(&recording));
    }
}

#[test]
fn a_wrong_length_is_put_right_by_the_size_of_the_file() {
    let counts: Vec<i32> = (0..400).map(|n| (n * 977 % 60000) - 30000).collect();
    let short = WavBytes { data_length: Some(40), riff_length: Some(100), ..WavBytes::pcm(16, 1, &counts) };
    let mut recording = open(short.bytes(), &[], &Options::default()).unwrap();
    assert_eq!(samples(&mut recording), as_f32(&counts));
    assert!(warned(&recording).contains("states 20 frames, but 400"), "{}", warned(&recording));

    let long = WavBytes { data_length: Some(4000), ..WavBytes::pcm(16, 1, &counts) };
    let mut recording = open(long.bytes(), &[], &Options::default()).unwrap();
    assert_eq!(samples(&mut recording), as_f32(&counts));
    assert!(warned(&recording).contains("400 of 2000 frames"), "{}", warned(&recording));
}

#[test]
fn a_wrong_riff_length_alone_does_not_matter() {
    let counts = counts(16);
    for length in [0, 8, 0xFFFF_FFFF] {
        let wav = WavBytes { riff_length: Some(length), ..WavBytes::pcm(16, 1, &counts) };
        let mut recording = open(wav.bytes(), &[], &Options::default()).unwrap();
        assert_eq!(samples(&mut recording), as_f32(&counts));
        assert_eq!(warned(&recording), "");
    }
}

#[test]
fn notes_before_and_behind_the_samples_are_no_samples() {
    let counts = counts(8);
    let odd = list(b"INFO", &[(b"ISFT", b"abc".to_vec())]);
    let unpadded = b"note\x03\0\0\0abc".to_vec();
    for (before, behind) in [(odd.clone(), Vec::new()), (Vec::new(), odd.clone()), (unpadded, odd)] {
        let wav = WavBytes { before, behind, ..WavBytes::pcm(8, 1, &counts[..65]) };
        let mut recording = open(wav.bytes(), &[], &Options::default()).unwrap();
        assert_eq!(samples(&mut recording), as_f32(&counts[..65]));
        assert_eq!(warned(&recording), "");
    }
}

#[test]
fn what_was_added_behind_a_complete_recording_is_left_aside() {
    let counts = counts(16);
    let mut bytes = WavBytes::pcm(16, 1, &counts).bytes();
    bytes.extend([0xFE; 100]);
    let mut recording = open(bytes, &[], &Options::default()).unwrap();
    assert_eq!(samples(&mut recording), as_f32(&counts));
    assert!(warned(&recording).contains("100 bytes after the end"));
}

#[test]
fn a_file_over_four_gigabytes_states_its_length_in_ds64() {
    let counts = counts(16);
    let wav = WavBytes::pcm(16, 1, &counts);
    let mut sizes = (wav.bytes().len() as u64 + 28).to_le_bytes().to_vec();
    sizes.extend((counts.len() as u64 * 2).to_le_bytes());
    sizes.extend([0; 12]);
    let behind = list(b"INFO", &[(b"ISFT", b"abcd".to_vec())]);
    let mut bytes = WavBytes { data_length: Some(0xFFFF_FFFF), behind, ..wav }.bytes();
    bytes.splice(12..12, chunk(b"ds64", &sizes));
    bytes[..8].copy_from_slice(b"RF64\xff\xff\xff\xff");
    let mut recording = open(bytes, &[], &Options::default()).unwrap();
    assert_eq!(samples(&mut recording), as_f32(&counts));
    assert_eq!(warned(&recording), "");
}

#[test]
fn a_file_cut_anywhere_gives_what_is_there_or_says_that_nothing_is() {
    let counts = counts(24);
    let behind = [cues(&[(1, 3)]), list(b"adtl", &[labl(1, "needle in")])].concat();
    let whole = WavBytes { behind, ..WavBytes::pcm(24, 2, &counts) }.bytes();
    let (start, frames) = (44, counts.len() / 2);
    for cut in 0..whole.len() {
        let opened = open(whole[..cut].to_vec(), &[], &Options::default());
        let there = cut.saturating_sub(start) / 6;
        if there == 0 {
            let error = opened.err().map(|e| e.to_string()).unwrap_or_default();
            let clear = ["empty", "before its samples", "no samples"].iter().any(|w| error.contains(w));
            assert!(clear, "cut at {cut}: {error}");
            continue;
        }
        let mut recording = opened.unwrap();
        let expected = there.min(frames);
        assert_eq!(samples(&mut recording), as_f32(&counts[..expected * 2]), "cut at {cut}");
        let loss = format!("{expected} of {frames} frames");
        assert_eq!(warned(&recording).contains(&loss), expected < frames, "cut at {cut}");
    }
}

#[test]
fn what_is_no_wav_is_named_with_a_cure() {
    let wav = WavBytes::pcm(16, 1, &[1, 2, 3]);
    let cases = [
        (b"time\tvalue\n0\t1\n".to_vec(), "a text file, not a WAV"),
        (b"PK\x03\x04rest".to_vec(), "ZIP"),
        (vec![0x89, 0, 1, 2], "some other kind"),
        (Vec::new(), "the file is empty"),
        (WavBytes { channels: 0, ..wav.clone() }.bytes(), "0 channels"),
        (
            WavBytes { rate: 0, ..wav.clone() }.bytes(),
            "0 samples a second; give the rate as SamplingFrequency in x_emg.json",
        ),
        (WavBytes { rate: 50, ..wav.clone() }.bytes(), "50 samples a second is outside"),
        (WavBytes { tag: 6, bits: 8, container: 1, ..wav.clone() }.bytes(), "A-law"),
        (WavBytes { tag: 2, bits: 4, ..wav.clone() }.bytes(), "ADPCM"),
        (WavBytes { bits: 0, ..wav.clone() }.bytes(), "PCM of 0 bits"),
        (WavBytes { samples: Vec::new(), ..wav }.bytes(), "no samples"),
    ];
    for (bytes, words) in cases {
        let refusal = refused(bytes);
        assert!(refusal.contains(words) && refusal.starts_with("x.wav: "), "{words}: {refusal}");
    }
}

#[test]
fn a_missing_file_and_a_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| Recording::open(path, &Options::default()).map(|_| ());
    assert!(matches!(open(folder.path()), Err(Error::Directory { .. })));
    assert!(matches!(open(&folder.path().join("none.wav")), Err(Error::Missing { .. })));
}

#[test]
fn chosen_channels_come_in_the_order_wanted() {
    let counts: Vec<i32> = (0..12).collect();
    let bytes = WavBytes::pcm(16, 3, &counts).bytes();
    let choose = |wanted: &[usize]| Options { channels: Some(wanted.to_vec()), ..Options::default() };
    let mut recording = open(bytes.clone(), &[], &choose(&[3, 1])).unwrap();
    assert_eq!(recording.format().channels, ["ch3", "ch1"]);
    assert_eq!(samples(&mut recording), [2.0, 0.0, 5.0, 3.0, 8.0, 6.0, 11.0, 9.0]);
    for (wanted, words) in [
        (&[4][..], "no channel 4; the recording has 3"),
        (&[0], "no channel 0"),
        (&[1, 1], "twice"),
        (&[], "no channel"),
    ] {
        let error = open(bytes.clone(), &[], &choose(wanted)).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn blocks_follow_one_another_and_the_end_stays_the_end() {
    let counts: Vec<i32> = (0..10_000).map(|n| n % 30_000).collect();
    let mut recording = open(WavBytes::pcm(16, 1, &counts).bytes(), &[], &Options::default()).unwrap();
    let mut block = Block::empty(1);
    let mut next = 0;
    while recording.next(&mut block).unwrap() == Flow::Frames {
        assert_eq!(block.first.get(), next);
        next = block.end().get();
    }
    assert_eq!((next, recording.frames()), (10_000, 10_000));
    assert_eq!(recording.next(&mut block).unwrap(), Flow::End);
    assert_eq!(block.frames.dim(), (0, 1));
}

#[test]
fn the_decoded_samples_are_those_of_hound_alone() {
    for bits in [8u16, 16, 24, 32] {
        let bytes = WavBytes::pcm(bits, 2, &counts(bits)).bytes();
        let mut hound = hound::WavReader::new(Cursor::new(bytes.clone())).unwrap();
        let judge: Vec<f32> = hound.samples::<i32>().map(|s| s.unwrap() as f32).collect();
        assert_eq!(decoded(bytes), judge, "{bits} bit");
    }
}

#[test]
fn the_checksum_is_that_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("abc");
    std::fs::write(&path, "abc").unwrap();
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256(&path).unwrap(), known);
}

/// Where the shared real recordings lie, if they do.
fn shared() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = std::env::var_os("TWITCHSCOPE_SHARED").map_or_else(beside, PathBuf::from).join("recordings");
    folder.is_dir().then_some(folder)
}

#[test]
fn real_recordings_are_read_to_their_end() {
    let Some(folder) = shared() else {
        eprintln!("skipped: the shared recordings are not here (set TWITCHSCOPE_SHARED)");
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "wav") {
            continue;
        }
        let mut recording = Recording::open(&path, &Options::default()).unwrap();
        let mut hound = hound::WavReader::open(&path).unwrap();
        let judge: Vec<f32> = hound.samples::<i32>().map(|s| s.unwrap() as f32).collect();
        assert_eq!(samples(&mut recording), judge, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn a_real_spikerecorder_pair_gives_its_name_and_its_markers() {
    let Some(folder) = shared() else {
        eprintln!("skipped: the shared recordings are not here (set TWITCHSCOPE_SHARED)");
        return;
    };
    let path = folder.join("BYB_Recording_2022-01-13_13.18.29.wav");
    let options = Options { needle_out_id: "2".into(), ..Options::default() };
    let recording = Recording::open(&path, &options).unwrap();
    assert_eq!(recording.format().channels, ["Hid channel 1"]);
    assert_eq!(recording.format().rate.hz(), 10_000.0);
    let spans: Vec<(u64, u64)> =
        recording.insertions().iter().map(|i| (i.entered.get(), i.left.get())).collect();
    assert_eq!(spans, [(64090, 211610), (78230, 227640), (109340, 242720), (132900, 265340)]);
    assert_eq!(recording.marks_origin(), Some("BYB_Recording_2022-01-13_13.18.29-events.txt"));
    assert!(Companions::find(&path, &options).unwrap().sidecar.is_none());
}
