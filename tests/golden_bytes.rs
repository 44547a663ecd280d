//! Bytes that were written by hand from each board's description, and what they mean.

mod board;

use board::hear;
use twitchscope::block::MarkKind;
use twitchscope::source::board::{Kind, RateFrom};

/// `count` frames, made from their numbers.
fn frames(count: u8, frame: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    (0..count).flat_map(frame).collect()
}

#[test]
fn a_cyton_frame_is_8_numbers_of_24_bits_high_byte_first() {
    let bytes = frames(5, |n| {
        let mut frame = vec![0xA0, 253u8.wrapping_add(n)];
        for value in [[0x00, 0x00, 0x01], [0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF], [0x80, 0x00, 0x00]] {
            frame.extend(value);
        }
        frame.extend([0; 12]);
        frame.extend([1, 2, 3, 4, 5, 6, 0xC0 + n]);
        frame
    });
    let heard = hear(Kind::Cyton, [bytes.as_slice()]);
    assert_eq!(heard.frames.len(), 5);
    let first = [1.0, -1.0, 8_388_607.0, -8_388_608.0, 0.0, 0.0, 0.0, 0.0];
    assert!(heard.frames.iter().all(|f| f.1 == first));
    let described = &heard.described[0];
    assert_eq!(described.rate, Some((250.0, RateFrom::Nominal)));
    // OpenBCI: 4.5 V, gain 24, 2^23 - 1: 0.02235 µV a count.
    assert!((described.uv_per_count.unwrap() - 0.022_351_74).abs() < 1e-7);
}

#[test]
fn a_cyton_with_an_old_radio_is_told_so() {
    let bytes = frames(200, |n| {
        let mut frame = vec![0xA0, 0x41, n];
        frame.extend([n; 30]);
        frame.push(0xC0);
        frame
    });
    let heard = hear(Kind::Cyton, [bytes.as_slice()]);
    assert!(heard.notes.iter().any(|n| n.contains("old firmware")), "{:?}", heard.notes);
}

#[test]
fn a_spikerbox_sample_is_seven_bits_and_seven_bits() {
    // Two channels: 512 and 1023, then 0 and 511.
    let mut bytes = b"StartUp!\r\n".to_vec();
    for _ in 0..40 {
        bytes.extend([0x84, 0x00, 0x07, 0x7F, 0x80, 0x00, 0x03, 0x7F]);
    }
    let heard = hear(Kind::Spikerbox, [bytes.as_slice()]);
    assert_eq!(heard.frames.len(), 80);
    assert_eq!(heard.frames[0].1, [0.0, 511.0]);
    assert_eq!(heard.frames[1].1, [-512.0, -1.0]);
    // 16 MHz / 8 / 199, for two channels.
    let (hz, from) = heard.described[0].rate.unwrap();
    assert!((hz - 5025.126).abs() < 0.001 && from == RateFrom::Nominal);
}

#[test]
fn a_spikerbox_says_what_it_is_and_which_event_came_between_two_samples() {
    let message =
        |text: &[u8]| [b"\xFF\xFF\x01\x01\x80\xFF".as_slice(), text, b"\xFF\xFF\x01\x01\x81\xFF"].concat();
    // 14 bits around 8192: 0xC0 0x00.
    let sample = [0xC0, 0x00, 0x40, 0x01];
    let mut bytes = sample.repeat(40);
    bytes.extend(message(b"HWT:HUMANSB;"));
    bytes.extend(sample.repeat(10));
    bytes.extend(message(b"EVNT:1;"));
    bytes.extend(sample.repeat(10));
    bytes.extend(message(b"EVNT:7;"));
    bytes.extend(message(b"EVNT:0;"));
    bytes.extend(sample);
    let heard = hear(Kind::Spikerbox, [bytes.as_slice()]);
    assert_eq!((heard.frames.len(), heard.skipped), (61, 0));
    assert_eq!(heard.frames[60].1, [0.0, 1.0]);
    assert_eq!(heard.described[0].rate, Some((5000.0, RateFrom::Board)));
    let marks = [(50, MarkKind::NeedleIn { label: None }), (60, MarkKind::NeedleOut { label: None })];
    assert_eq!(heard.marks, marks);
    assert!(heard.notes.iter().any(|n| n.contains("event 7")), "{:?}", heard.notes);
}

#[test]
fn a_spikerbox_that_starts_again_in_the_middle_is_told() {
    let mut bytes = [0x84, 0x00].repeat(60);
    bytes.extend(b"StartUp!\r\n");
    bytes.extend([0x84, 0x00].repeat(60));
    let heard = hear(Kind::Spikerbox, [bytes.as_slice()]);
    assert!(heard.notes.iter().any(|n| n.contains("started again")), "{:?}", heard.notes);
    assert_eq!(heard.lost.len(), 1);
}

#[test]
fn a_bitalino_frame_has_its_first_channel_last() {
    // Two independent decoders agree about this one; the others are its like with other numbers.
    let vector = [0xF0, 0xBF, 0xAA, 0x55, 0x01, 0x98, 0x5E];
    let mut board = board::started(Kind::Bitalino);
    let mut bytes = Vec::new();
    (0..5).for_each(|_| board.drop_frame());
    for _ in 0..12 {
        board.frame(&[0, 341 - 512, 682 - 512, 511], true, &mut bytes);
    }
    // I1 and O2 are high in the vector, I1 alone in the board's: one bit and the check differ.
    assert_eq!(bytes[..5], vector[..5]);
    let heard = hear(Kind::Bitalino, [bytes.as_slice()]);
    assert_eq!(heard.frames.len(), 12);
    assert_eq!(heard.frames[0].1, [0.0, -171.0, 170.0, 511.0]);
    // 3.3 V / 1024 / 1009.
    assert!((heard.described[0].uv_per_count.unwrap() - 3.194).abs() < 1e-3);
}

#[test]
fn a_chords_board_says_its_name_and_its_channels_show() {
    let mut bytes = b"UNO-R4\r\n".to_vec();
    bytes.extend(frames(20, |n| vec![0xC7, 0x7C, n, 0x20, 0x00, 0x3F, 0xFF, 0x00, 0x00, 0x01]));
    let heard = hear(Kind::Chords, [bytes.as_slice()]);
    assert_eq!(heard.frames.len(), 20);
    assert_eq!(heard.frames[0].1, [0.0, 8191.0, -8192.0]);
    assert_eq!(heard.described[0].rate, Some((500.0, RateFrom::Board)));
    assert_eq!(heard.described[0].channels, ["A1", "A2", "A3"]);
}

#[test]
fn a_count_that_a_converter_cannot_give_is_a_lost_frame() {
    let mut bytes = b"UNO-R3\r\n".to_vec();
    bytes.extend(frames(30, |n| vec![0xC7, 0x7C, n, if n == 20 { 0x04 } else { 0x02 }, 0x00, 0x01]));
    let heard = hear(Kind::Chords, [bytes.as_slice()]);
    assert_eq!((heard.frames.len(), heard.clock), (29, 30));
    assert_eq!(heard.lost, [(20, 1, true)]);
    assert!(heard.notes.iter().any(|n| n.contains("1024")), "{:?}", heard.notes);
}

#[test]
fn an_olimex_frame_has_6_channels_and_d5_marks_the_needle() {
    let bytes = frames(20, |n| {
        let mut frame = vec![0xA5, 0x5A, 0x02, n, 0x02, 0x00, 0x03, 0xFF, 0x00, 0x00];
        frame.extend([0x01, 0xFF].repeat(3));
        frame.push(if (5..15).contains(&n) { 0b1001 } else { 0b0001 });
        frame
    });
    let heard = hear(Kind::Olimex, [bytes.as_slice()]);
    assert_eq!(heard.frames[0].1, [0.0, 511.0, -512.0, -1.0, -1.0, -1.0]);
    let marks = [(5, MarkKind::NeedleIn { label: None }), (15, MarkKind::NeedleOut { label: None })];
    assert_eq!(heard.marks, marks);
}

#[test]
fn lines_are_numbers_with_or_without_labels_in_any_of_the_usual_forms() {
    for line in ["12,-3.5", "12;-3.5", "12\t-3.5", "12 -3.5", "a:12,b:-3.5", "a=12 b=-3.5", "a:12\tb:-3.5,"] {
        for end in ["\n", "\r\n"] {
            let text = format!("cut line{end}{}", format!("{line}{end}").repeat(70));
            let heard = hear(Kind::Ascii, [text.as_bytes()]);
            assert_eq!(heard.frames.len(), 70, "{line:?}");
            assert!(heard.frames.iter().all(|f| f.1 == [12.0, -3.5]), "{line:?}");
            assert_eq!(heard.lost, [], "{line:?}");
            let labels = if line.starts_with('a') { ["a", "b"] } else { ["ch1", "ch2"] };
            assert_eq!(heard.described[0].channels, labels, "{line:?}");
        }
    }
}

#[test]
fn a_number_that_a_sketch_could_not_print_is_a_sample_that_was_lost() {
    let mut text = String::from("start\n");
    for n in 0..80 {
        text += if n == 70 { "nan\n" } else { "5\n" };
    }
    let heard = hear(Kind::Ascii, [text.as_bytes()]);
    assert!(heard.frames[70].1[0].is_nan());
    assert_eq!((heard.frames.len(), heard.lost.len()), (80, 0));
}

#[test]
fn a_clock_among_the_columns_gives_the_rate_and_tells_what_is_missing() {
    let mut text = String::from("banner\nmillis,emg\n");
    for n in (0..3000).filter(|n| !(2500..2510).contains(n)) {
        text += &format!("{},{}\n", 100 + n, 500 + n % 7);
    }
    let heard = hear(Kind::Ascii, [text.as_bytes()]);
    let (hz, from) = heard.described[0].rate.unwrap();
    assert!((hz - 1000.0).abs() < 1e-6 && from == RateFrom::Stamps, "{hz}");
    assert_eq!(heard.described[0].channels, ["emg"]);
    assert_eq!(heard.lost, [(2500, 10, true)]);
    assert_eq!(heard.clock, 3000);
}

#[test]
fn a_column_that_counts_tells_what_is_missing_and_is_no_channel() {
    let mut text = String::from("banner\n");
    for n in (0..300).filter(|n| *n != 200) {
        text += &format!("{n} {}\n", 500 + n % 7);
    }
    let heard = hear(Kind::Ascii, [text.as_bytes()]);
    assert_eq!(heard.described[0].channels, ["ch1"]);
    assert_eq!(heard.lost, [(200, 1, true)]);
    assert!(heard.notes.iter().any(|n| n.contains("counts the lines")), "{:?}", heard.notes);
}
