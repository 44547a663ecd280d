//! Marks of every form become the same insertions, or say on which line they cannot.

#[path = "support/wav_bytes.rs"]
mod wav_bytes;

use std::path::Path;

use proptest::prelude::*;
use twitchscope::block::{Block, MarkKind};
use twitchscope::source::{Flow, InsertionOption, Options, Recording, Source};
use twitchscope::units::Span;
use wav_bytes::*;

/// Ten seconds at 2 kHz.
fn ten_seconds() -> WavBytes {
    WavBytes::pcm(16, 1, &[0; 20_000])
}

type Found = Vec<(u64, u64, Option<String>, bool)>;

/// First, last, label and whether it is still in, of each insertion.
fn insertions(recording: &Opened) -> Found {
    let row =
        |i: &twitchscope::insertion::Insertion| (i.entered.get(), i.left.get(), i.label.clone(), i.still_in);
    recording.insertions().iter().map(row).collect()
}

fn events(text: &str) -> Opened {
    open(ten_seconds().bytes(), &[("x_events.tsv", text)], &Options::default()).unwrap()
}

fn events_error(text: &str) -> String {
    let opened = open(ten_seconds().bytes(), &[("x_events.tsv", text)], &Options::default());
    opened.err().map(|e| e.to_string()).unwrap_or_default()
}

fn markers(text: &str, options: &Options) -> Result<Opened, String> {
    open(ten_seconds().bytes(), &[("x-events.txt", text)], options).map_err(|e| e.to_string())
}

#[test]
fn the_four_ways_give_the_same_insertions() {
    let expected: Found =
        vec![(2000, 8000, Some("left".into()), false), (10_000, 16_000, Some("right".into()), false)];
    let rows = "onset\tduration\ttrial_type\tlabel\n1\t3\tinsertion\tleft\n5\t3\tinsertion\tright\n";
    let points = "onset\tduration\ttrial_type\tlabel\n5\t0\tneedle_in\tright\n1\tn/a\tneedle_in\tleft\n4\t0\tneedle_out\tleft\n8\t0\tneedle_out\tn/a\n";
    assert_eq!(insertions(&events(rows)), expected);
    assert_eq!(insertions(&events(points)), expected);

    let typed = ["1..4,left", "5..8,right"].map(|t| t.parse::<InsertionOption>().unwrap()).to_vec();
    let options = Options { insertions: typed, ..Options::default() };
    assert_eq!(insertions(&open(ten_seconds().bytes(), &[], &options).unwrap()), expected);

    let named = list(
        b"adtl",
        &[
            labl(1, "Needle in: left"),
            labl(2, "needle out"),
            labl(3, "NEEDLE IN (right)"),
            labl(4, "needle out - right"),
        ],
    );
    let behind = [cues(&[(3, 10_000), (4, 16_000), (1, 2000), (2, 8000)]), named].concat();
    let wav = WavBytes { behind, ..ten_seconds() };
    assert_eq!(insertions(&open(wav.bytes(), &[], &Options::default()).unwrap()), expected);

    let stretches =
        list(b"adtl", &[ltxt(1, 6000, "left"), ltxt(2, 6000, ""), labl(2, "needle in right"), labl(1, "x")]);
    let wav = WavBytes { before: [cues(&[(1, 2000), (2, 10_000)]), stretches].concat(), ..ten_seconds() };
    assert_eq!(insertions(&open(wav.bytes(), &[], &Options::default()).unwrap()), expected);

    let unnamed: Found = expected.into_iter().map(|(a, b, _, c)| (a, b, None, c)).collect();
    assert_eq!(insertions(&markers("1,\t1\n0,\t4\n1,\t5\n0,\t8\n", &Options::default()).unwrap()), unnamed);
}

#[test]
fn a_recording_without_marks_says_so() {
    let recording = open(ten_seconds().bytes(), &[], &Options::default()).unwrap();
    assert!(!recording.marked() && recording.marks_origin().is_none() && recording.insertions().is_empty());
    assert_eq!(warned(&recording), "");
}

#[test]
fn overlapping_needles_each_keep_their_own_dwell() {
    let text =
        "onset\tduration\ttrial_type\tlabel\n1\t6\tinsertion\ta\n2\t2\tinsertion\tb\n3\t6\tinsertion\tc\n";
    let spans: Vec<_> = insertions(&events(text)).into_iter().map(|(a, b, ..)| (a, b)).collect();
    assert_eq!(spans, [(2000, 14_000), (4000, 8000), (6000, 18_000)]);
}

#[test]
fn a_needle_never_taken_out_ends_with_the_recording_and_is_flagged() {
    let expected: Found = vec![(6000, 20_000, None, true)];
    for text in [
        "onset\tduration\ttrial_type\n3\t0\tneedle_in\n",
        "onset\tduration\ttrial_type\n3\tn/a\tinsertion\n",
        "onset\tduration\ttrial_type\n3\t0\tneedle_in\n10.5\t0\tneedle_out\n",
    ] {
        let recording = events(text);
        assert_eq!(insertions(&recording), expected, "{text}");
        assert!(!warned(&recording).is_empty(), "{text}");
    }
    let recording = markers("1,\t3", &Options::default()).unwrap();
    assert_eq!(insertions(&recording), expected);
    assert!(warned(&recording).contains("never taken out"));
}

#[test]
fn out_without_in_names_file_and_line() {
    let text = "onset\tduration\ttrial_type\n1\t0\tneedle_in\n2\t0\tneedle_out\n\n3\t0\tneedle_out\n";
    assert!(events_error(text).starts_with("x_events.tsv, line 5: needle out without a needle in"));
    let late = "onset\tduration\ttrial_type\n1\t0\tneedle_in\n2\t0\tneedle_out\n10.5\t0\tneedle_out\n";
    assert!(events_error(late).starts_with("x_events.tsv, line 4: needle out without"));
    let error = markers("# remark\n0,\t3\n", &Options::default()).err().unwrap();
    assert!(error.starts_with("x-events.txt, line 2: needle out without"), "{error}");
    let behind = [cues(&[(7, 4000)]), list(b"adtl", &[labl(7, "needle out")])].concat();
    let error = open(WavBytes { behind, ..ten_seconds() }.bytes(), &[], &Options::default()).err().unwrap();
    assert!(error.to_string().starts_with("x.wav, cue 1: needle out without"), "{error}");
}

#[test]
fn marks_outside_the_recording_are_errors_with_a_cure() {
    let row = |onset, duration| {
        format!("onset\tduration\ttrial_type\n1\t1\tinsertion\n{onset}\t{duration}\tinsertion\n")
    };
    for (text, words) in [
        (row("12", "1"), "line 3: 12 s is outside the recording, which ends at 10 s"),
        (row("8", "5"), "line 3: 13 s is outside"),
        (row("-1", "5"), "line 3: -1 s is outside"),
        (row("3", "-1"), "line 3: the duration is below zero"),
        (row("3", "0"), "line 3: the insertion lasts no time"),
    ] {
        assert!(events_error(&text).contains(words), "{words}: {}", events_error(&text));
    }
    let other = "onset\tduration\ttrial_type\n12\t1\tinsertion\n20\t0\tneedle_in\n";
    assert!(events_error(other).contains("belong to another recording?"), "{}", events_error(other));
    let options = Options { insertions: vec!["12..14".parse().unwrap()], ..Options::default() };
    let error = open(ten_seconds().bytes(), &[], &options).err().unwrap().to_string();
    assert!(error.starts_with("--insertion number 1: 12 s is outside"), "{error}");
}

#[test]
fn an_end_just_beyond_the_recording_is_moved_to_it() {
    let recording = events("onset\tduration\ttrial_type\n8\t2.4\tinsertion\n");
    assert_eq!(insertions(&recording), [(16_000, 20_000, None, true)]);
    assert!(warned(&recording).contains("line 2: 10.4 s lies beyond the end"), "{}", warned(&recording));
    let exact = events("onset\tduration\ttrial_type\n8\t2\tinsertion\n");
    assert_eq!(insertions(&exact), [(16_000, 20_000, None, false)]);
}

#[test]
fn marks_in_the_lost_part_of_a_cut_recording_are_left_out() {
    let mut bytes = ten_seconds().bytes();
    bytes.truncate(44 + 10_000);
    let text = "onset\tduration\ttrial_type\n1\t3\tinsertion\n5\t1\tinsertion\n0.5\t0\tneedle_in\n6\t0\tneedle_out\n7\t0\tneedle_in\n";
    let recording = open(bytes, &[("x_events.tsv", text)], &Options::default()).unwrap();
    assert_eq!(insertions(&recording), [(1000, 5000, None, true), (2000, 5000, None, true)]);
    assert!(warned(&recording).contains("3 mark(s) lie in the part"), "{}", warned(&recording));
}

#[test]
fn events_survive_windows_and_spreadsheets() {
    let text = "\u{feff}onset\tduration\tvalue\ttrial_type\tlabel\r\n1.5\t2\t7\tinsertion\tn/a\r\n\r\n2.0\tn/a\tn/a\tstimulus\tn/a\r\n5\t1\t\tinsertion\tGlutäus";
    let expected: Found = vec![(3000, 7000, None, false), (10_000, 12_000, Some("Glutäus".into()), false)];
    assert_eq!(insertions(&events(text)), expected);
}

#[test]
fn events_that_cannot_be_understood_name_the_line() {
    for (text, words) in [
        ("", "neither BIDS events"),
        ("start\tend\n", "neither BIDS events"),
        (
            "onset,duration,trial_type\n1,2,insertion\n",
            "line 1: the header must name the columns onset and duration, separated by tabs",
        ),
        (
            "onset\tduration\ttrial_type\n1,5\t2\tinsertion\n",
            "line 2: the onset is “1,5”, not a number of seconds (write a point",
        ),
        ("onset\tduration\ttrial_type\n1\tinf\tinsertion\n", "line 2: the duration is “inf”"),
        ("onset\tduration\ttrial_type\nn/a\t1\tinsertion\n", "line 2: the onset is “n/a”"),
        ("onset\tduration\ttrial_type\n1\t1\tinsertion\n2\t1\n", "line 3: 2 columns where the header has 3"),
    ] {
        assert!(events_error(text).contains(words), "{words}: {}", events_error(text));
    }
}

#[test]
fn spikerecorder_markers_survive_what_people_do_to_them() {
    let text = "# Marker IDs can be arbitrary strings.\r\n# Marker ID,\tTime (in s)\r\n1,\t1.0000\r\n_ch0_neuron0,\t1.2\r\n_neuron0threshhig-2288,\tx\r\n5\r\n1\r\n0, 2.5 # out\r\nbad key,\tnever\r\n1,\t4\r\n0,\t6";
    let recording = markers(text, &Options::default()).unwrap();
    assert_eq!(insertions(&recording), [(2000, 5000, None, false), (8000, 12_000, None, false)]);
    assert!(warned(&recording).contains("line 7: the marker has no time"), "{}", warned(&recording));
    let error = markers("1,\t1,5\n", &Options::default()).err().unwrap();
    assert!(error.contains("x-events.txt, line 1: the time is “1,5”"), "{error}");
}

#[test]
fn the_markers_that_mean_in_and_out_can_be_chosen() {
    let text = "in,\t1\nout,\t2\n1,\t3\n";
    let ids =
        |a: &str, b: &str| Options { needle_in_id: a.into(), needle_out_id: b.into(), ..Options::default() };
    assert_eq!(insertions(&markers(text, &ids("in", "out")).unwrap()), [(2000, 4000, None, false)]);
    assert!(markers(text, &ids("in", "in")).err().unwrap().contains("cannot mean both"));
    let recording = markers(text, &ids("7", "8")).unwrap();
    assert!(!recording.marked());
    assert!(warned(&recording).contains("no marker “7” (other IDs: in, out, 1)"), "{}", warned(&recording));
}

#[test]
fn marks_typed_by_hand_override_the_files_but_not_their_gaps() {
    let text = "onset\tduration\ttrial_type\n1\t3\tinsertion\n6\t1\tgap\n";
    let options = Options { insertions: vec!["2..3".parse().unwrap()], ..Options::default() };
    let recording = open(ten_seconds().bytes(), &[("x_events.tsv", text)], &options).unwrap();
    assert_eq!(insertions(&recording), [(4000, 6000, None, false)]);
    assert_eq!(recording.gaps(), [Span::new(12_000, 14_000)]);
    assert_eq!(recording.marks_origin(), Some("--insertion"));
    let recording = open(ten_seconds().bytes(), &[("x_events.tsv", "onset\n")], &options).unwrap();
    assert!(warned(&recording).contains("left aside because insertions are given by hand"));
}

#[test]
fn of_two_files_the_events_count_and_of_one_without_insertions_the_next() {
    let tsv = "onset\tduration\ttrial_type\n1\t3\tinsertion\n";
    let gap = "onset\tduration\ttrial_type\n1\t3\tgap\n";
    let txt = ("x-events.txt", "1,\t5\n0,\t6\n");
    let both = open(ten_seconds().bytes(), &[("x_events.tsv", tsv), txt], &Options::default()).unwrap();
    assert_eq!(insertions(&both), [(2000, 8000, None, false)]);
    assert!(warned(&both).contains("x_events.tsv was used, x-events.txt was not"));
    let next = open(ten_seconds().bytes(), &[("x_events.tsv", gap), txt], &Options::default()).unwrap();
    assert_eq!(insertions(&next), [(10_000, 12_000, None, false)]);
    assert_eq!(next.gaps(), [Span::new(2000, 8000)]);
}

#[test]
fn masks_are_joined_and_come_with_the_blocks_they_lie_in() {
    let text =
        "onset\tduration\ttrial_type\n3\t2\tmask\n4\t2\tmask\n4.5\t0.5\tmask\n1\t0.5\tmask\n9\t5\tmask\n";
    let mut recording = events(text);
    assert_eq!(
        recording.masks(),
        [Span::new(2000, 3000), Span::new(6000, 12_000), Span::new(18_000, 20_000)]
    );
    let mut block = Block::empty(1);
    let mut seen = Vec::new();
    while recording.next(&mut block).unwrap() == Flow::Frames {
        assert!(block.marks.iter().all(|m| block.first <= m.at && m.at < block.end()));
        seen.extend(block.marks.iter().map(|m| (m.at.get(), m.kind == MarkKind::MaskStart)));
    }
    assert_eq!(seen, [(2000, true), (3000, false), (6000, true), (12_000, false), (18_000, true)]);
}

#[test]
fn samples_that_were_lost_are_missing_from_the_blocks_and_a_mask_within_is_kept() {
    let text = "onset\tduration\ttrial_type\n3\t2\tgap\n4\t2\tmask\n4.5\t0.5\tgap\n1\t0.5\tgap\n9\t5\tgap\n";
    let mut recording = events(text);
    assert_eq!(recording.gaps(), [Span::new(2000, 3000), Span::new(6000, 10_000)]);
    // The end of the recording cannot be told by what follows it.
    assert_eq!(recording.masks(), [Span::new(8000, 12_000), Span::new(18_000, 20_000)]);
    let (mut block, mut end, mut missing, mut marks) = (Block::empty(1), 0, Vec::new(), Vec::new());
    while recording.next(&mut block).unwrap() == Flow::Frames {
        if block.first.get() > end {
            missing.push(Span::new(end, block.first.get()));
        }
        end = block.end().get();
        marks.extend(block.marks.iter().map(|m| m.at.get()));
    }
    assert_eq!((missing, end), (recording.gaps().to_vec(), 20_000));
    assert_eq!(marks, [8000, 12_000, 18_000]);
}

#[test]
fn cue_points_that_are_no_needles_are_no_insertions() {
    let behind =
        [cues(&[(1, 10), (2, 4000)]), list(b"adtl", &[labl(1, "start"), labl(2, "needle inserted?")])]
            .concat();
    let recording = open(WavBytes { behind, ..ten_seconds() }.bytes(), &[], &Options::default()).unwrap();
    assert!(!recording.marked());
    assert!(warned(&recording).contains("cue points of x.wav: no insertion"), "{}", warned(&recording));
}

#[test]
fn a_cue_list_that_counts_wrong_gives_the_points_that_are_there() {
    let mut points = cues(&[(1, 2000), (2, 8000)]);
    points[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let behind = [points, list(b"adtl", &[labl(1, "needle in"), labl(2, "needle out")])].concat();
    let recording = open(WavBytes { behind, ..ten_seconds() }.bytes(), &[], &Options::default()).unwrap();
    assert_eq!(insertions(&recording), [(2000, 8000, None, false)]);
}

#[test]
fn files_beside_a_recording_are_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let tsv = "onset\tduration\ttrial_type\n1\t3\tinsertion\n";
    for (wav, json, marks) in [
        ("a.wav", "a_emg.json", "a_events.tsv"),
        ("b_emg.wav", "b_emg.json", "b_events.tsv"),
        ("c.d.wav", "c.d_emg.json", "c.d_events.tsv"),
    ] {
        write(wav, &ten_seconds().bytes());
        write(json, br#"{"SamplingFrequency": 2000.5}"#);
        write(marks, tsv.as_bytes());
        let recording = Recording::open(&folder.path().join(wav), &Options::default()).unwrap();
        assert_eq!((recording.format().rate.hz(), recording.insertions().len()), (2000.5, 1), "{wav}");
        assert_eq!(recording.marks_origin(), Some(marks));
    }
    write("e.wav", &ten_seconds().bytes());
    write("e-events.txt", b"1,\t2\n0,\t3");
    write("named.txt", b"1,\t4\n0,\t5");
    let path = folder.path().join("e.wav");
    assert_eq!(Recording::open(&path, &Options::default()).unwrap().insertions()[0].entered.get(), 4000);
    let named = |name: &str| Options { events: Some(folder.path().join(name)), ..Options::default() };
    assert_eq!(Recording::open(&path, &named("named.txt")).unwrap().insertions()[0].entered.get(), 8000);
    let error = |options| Recording::open(Path::new(&path), &options).err().unwrap().to_string();
    assert!(error(named("none.tsv")).contains("no such file"));
    write("empty.tsv", b"onset\tduration\ttrial_type\n");
    assert!(error(named("empty.tsv")).contains("no insertion in it"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(onset\tduration\ttrial_type\n)?([0-9n/a.,-]{0,6}[\t,]?(1|0|insertion|needle_in|needle_out|gap)?[\t\r\n]?){0,30}") {
        for name in ["x_events.tsv", "x-events.txt"] {
            if let Ok(recording) = open(ten_seconds().bytes(), &[(name, &text)], &Options::default()) {
                for insertion in recording.insertions() {
                    prop_assert!(insertion.entered < insertion.left && insertion.left.get() <= 20_000);
                }
            }
        }
    }

    #[test]
    fn needles_in_and_out_in_order_keep_their_times(moments in prop::collection::btree_set(0u32..19_000, 2..40)) {
        let moments: Vec<u32> = moments.into_iter().collect();
        let pairs: Vec<&[u32]> = moments.chunks_exact(2).collect();
        let text: String = pairs.iter().map(|p| format!("1,\t{:.4}\n0,\t{:.4}\n", p[0] as f64 / 2e3, p[1] as f64 / 2e3)).collect();
        let expected: Found = pairs.iter().map(|p| (p[0].into(), p[1].into(), None, false)).collect();
        prop_assert_eq!(insertions(&markers(&text, &Options::default()).unwrap()), expected);
    }
}
