//! What holds for all frames, all noise and all cuts.

#[path = "support/board.rs"]
mod board;

use board::{Board, read};
use firmware_protocol::{BODY_MAX, Decoder, Found, Framer, Heard, Listener, TooLong, WIRE_MAX, Wire, crc32};
use proptest::collection::vec;
use proptest::prelude::*;

type Frame = (u8, u8, Vec<u8>);

/// Bodies with many zeros or none among them: those are what stuffing is about.
fn frame() -> impl Strategy<Value = Frame> {
    let byte = prop_oneof![Just(0_u8), any::<u8>()];
    let runs = vec((vec(Just(0_u8), 0..40), vec(any::<u8>(), 0..3)), 0..5)
        .prop_map(|runs| runs.into_iter().flat_map(|(zeros, bytes)| [zeros, bytes].concat()).collect());
    let body = prop_oneof![
        vec(byte, 0..=BODY_MAX),
        vec(any::<u8>(), 0..=BODY_MAX),
        vec(1..=u8::MAX, BODY_MAX),
        vec(Just(0), 0..=BODY_MAX),
        runs,
    ];
    (any::<u8>(), any::<u8>(), body)
}

fn wire((kind, flags, body): &Frame) -> Vec<u8> {
    Wire::new(*kind, *flags, body).unwrap().as_bytes().to_vec()
}

/// The frames in these bytes.
fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut found = Vec::new();
    Framer::default().feed(bytes, |what| {
        if let Found::Frame(raw) = what {
            found.push((raw.kind, raw.flags, raw.body.to_vec()));
        }
    });
    found
}

/// Everything in these bytes, fed in pieces of these lengths.
fn pieces(bytes: &[u8], lengths: &[usize]) -> Vec<String> {
    let (mut framer, mut found, mut rest) = (Framer::default(), Vec::new(), bytes);
    for length in lengths {
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        framer.feed(piece, |what| found.push(format!("{what:?}")));
        rest = behind;
    }
    framer.feed(rest, |what| found.push(format!("{what:?}")));
    found
}

proptest! {
    #[test]
    fn what_was_encoded_is_decoded_whatever_noise_lies_between(
        sent in vec((frame(), vec(any::<u8>(), 0..300)), 0..12),
        before in vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = before;
        for (frame, noise) in &sent {
            bytes.extend(wire(frame));
            bytes.extend(noise);
        }
        let sent: Vec<Frame> = sent.into_iter().map(|(frame, _)| frame).collect();
        prop_assert_eq!(frames(&bytes), sent);
    }

    #[test]
    fn one_delimiter_between_frames_is_enough(sent in vec(frame(), 0..12)) {
        let bytes: Vec<u8> = sent.iter().flat_map(|frame| wire(frame).split_off(1)).collect();
        prop_assert_eq!(frames(&bytes), sent);
    }

    #[test]
    fn any_cut_gives_the_same(
        parts in vec(prop_oneof![frame().prop_map(|f| wire(&f)), vec(any::<u8>(), 0..300), vec(Just(0), 0..9)], 0..9),
        lengths in vec(0_usize..100, 0..60),
    ) {
        let bytes = parts.concat();
        prop_assert_eq!(pieces(&bytes, &lengths), pieces(&bytes, &[]));
        prop_assert_eq!(pieces(&bytes, &vec![1; bytes.len()]), pieces(&bytes, &[]));
    }

    #[test]
    fn any_cut_of_a_damaged_stream_gives_the_same_events(
        lengths in vec(0_usize..100, 0..60),
        harm in vec((0_usize..1500, any::<u8>()), 0..6),
    ) {
        let mut board = Board::new(3, 5);
        let mut bytes = board.describe();
        for _ in 0..8 {
            bytes.extend(board.data(20));
            bytes.extend_from_slice(board.mark(2).encode().as_bytes());
        }
        for (at, value) in harm {
            bytes[at] = value;
        }
        let whole = read(&mut Decoder::default(), &bytes);
        let (mut decoder, mut told, mut rest) = (Decoder::default(), Vec::new(), &bytes[..]);
        for length in lengths {
            let (piece, behind) = rest.split_at(length.min(rest.len()));
            told.extend(read(&mut decoder, piece));
            rest = behind;
        }
        told.extend(read(&mut decoder, rest));
        prop_assert_eq!(told, whole);
    }

    #[test]
    fn after_any_bytes_the_first_frame_that_begins_anew_is_read(
        noise in vec(any::<u8>(), 0..2000),
        sent in frame(),
    ) {
        let mut found = frames(&[noise, wire(&sent)].concat());
        prop_assert_eq!(found.pop(), Some(sent));
    }

    #[test]
    fn a_frame_is_what_the_cobs_and_crc_crates_make_of_it((kind, flags, body) in frame()) {
        let mut packed = [&[kind, flags], &body[..]].concat();
        let check = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&packed);
        packed.extend(check.to_le_bytes());
        let mut stuffed = [0; WIRE_MAX];
        let length = cobs::encode(&packed, &mut stuffed);
        let expected = [&[0], &stuffed[..length], &[0]].concat();
        prop_assert_eq!(wire(&(kind, flags, body)), expected);
    }

    #[test]
    fn the_check_is_that_of_the_crc_crate(bytes in vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(crc32(&bytes), crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&bytes));
    }

    #[test]
    fn a_listener_takes_any_bytes(bytes in vec(prop_oneof![Just(0), any::<u8>()], 0..600)) {
        let mut damaged = 0;
        Listener::default().feed(&bytes, |heard| damaged += u64::from(matches!(heard, Heard::Damaged(_))));
        prop_assert!(damaged <= bytes.len() as u64);
    }
}

#[test]
fn the_check_value_of_the_catalogue_fits() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}

#[test]
fn a_body_of_247_bytes_fits_and_one_more_is_refused() {
    let longest = Wire::new(1, 2, &[3; BODY_MAX]).unwrap();
    assert_eq!((BODY_MAX, longest.as_bytes().len()), (247, WIRE_MAX));
    assert_eq!(Wire::new(1, 2, &[3; BODY_MAX + 1]), Err(TooLong));
}

#[test]
fn four_zeros_in_a_row_ask_for_hello_and_three_do_not() {
    let asked = |bytes: &[u8]| {
        let mut asked = 0;
        Listener::default().feed(bytes, |heard| asked += u32::from(matches!(heard, Heard::Command { .. })));
        asked
    };
    assert_eq!([asked(&[0; 3]), asked(&[0; 4]), asked(&[0; 8])], [0, 1, 2]);
    assert_eq!(asked(&[0, 0, 0, 1, 0, 0, 0]), 0);
}

#[test]
fn longer_bodies_of_a_later_minor_version_are_read_as_far_as_they_are_known() {
    let board = Board::new(1, 1);
    let grown = |bytes: Vec<u8>| {
        let (kind, flags, mut body) = frames(&bytes).remove(0);
        body.extend([9; 20]);
        wire(&(kind, flags, body))
    };
    let channel = board.channels[0].encode().as_bytes().to_vec();
    let bytes = [grown(board.hello()), grown(channel), wire(&(0x7E, 1, vec![1, 2, 3]))].concat();
    let mut decoder = Decoder::default();
    assert_eq!(read(&mut decoder, &bytes), ["hello 1 of 1 channels at 0"]);
    assert_eq!(decoder.counters().unknown_frames, 1);
}
