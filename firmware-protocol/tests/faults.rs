//! A fault sweep: whatever happens to the bytes, no damaged frame is accepted, every sample is
//! delivered or counted as lost, once and in its place, and the decoder is soon in step again.

#[path = "support/board.rs"]
mod board;

use std::ops::Range;

use board::{Board, truth};
use firmware_protocol::{Decoder, Event, Lost};
use rand_core::{RngCore, SeedableRng};
use rand_pcg::Pcg64;

const TRIALS: u64 = 10_000;

/// A stream: its bytes, and for each DATA frame in it where it begins and which samples it has.
struct Stream {
    bytes: Vec<u8>,
    frames: Vec<(usize, Range<u64>)>,
    marks: Vec<u64>,
    samples: u64,
}

fn below(random: &mut Pcg64, end: usize) -> usize {
    random.next_u32() as usize % end
}

/// Description, then DATA with marks, HELLO, STATUS and drops between.
fn stream(random: &mut Pcg64) -> Stream {
    let mut board = Board::new(1 + below(random, 4) as u8, below(random, 16) as u16);
    let mut all = Stream { bytes: board.describe(), frames: Vec::new(), marks: Vec::new(), samples: 0 };
    for _ in 0..20 {
        match below(random, 8) {
            0 => {
                let mark = board.mark(board.taken.min(3));
                all.marks.push(u64::from(mark.sample));
                all.bytes.extend_from_slice(mark.encode().as_bytes());
            }
            1 => all.bytes.extend(board.describe()),
            2 => all.bytes.extend_from_slice(board.status().encode().as_bytes()),
            3 => board.drop(1 + below(random, 100) as u64),
            _ => {}
        }
        let (at, first) = (all.bytes.len(), board.taken);
        let count = 1 + below(random, 20) as u8;
        all.bytes.extend(board.data(count));
        all.frames.push((at, first..board.taken));
    }
    all.bytes.extend_from_slice(board.status().encode().as_bytes());
    all.samples = board.taken;
    all
}

/// What a host gets of it.
#[derive(Default)]
struct Got {
    data: Vec<Range<u64>>,
    /// Delivered and lost, in the order in which it was told.
    story: Vec<Range<u64>>,
    marks: Vec<u64>,
    damaged: u32,
}

fn listen(bytes: &[u8]) -> Got {
    let mut got = Got::default();
    Decoder::default().feed(bytes, |event| match event {
        Event::Data(samples) => {
            let place = samples.first..samples.first + samples.len() as u64;
            for channel in 0..samples.channels() {
                let truth = place.clone().map(|at| truth(at, channel));
                assert!(samples.channel(channel).eq(truth), "a damaged frame was accepted at {place:?}");
            }
            got.story.push(place.clone());
            got.data.push(place);
        }
        Event::Lost(Lost { first, samples, .. }) => got.story.push(first..first + samples),
        Event::Mark(mark) => got.marks.push(mark.sample),
        Event::Damaged(_) => got.damaged += 1,
        Event::Refused(refusal) => panic!("an honest board was refused: {refusal}"),
        Event::Restarted { .. } => panic!("an honest board did not restart"),
        _ => {}
    });
    got
}

/// Where a fault may lie: behind the description, and before the STATUS at the end, which is what
/// tells that frames before it are missing.
fn place(stream: &Stream, random: &mut Pcg64, length: usize) -> Range<usize> {
    let (start, end) = (stream.frames[0].0, stream.bytes.len() - 59 - length);
    let at = start + below(random, end - start);
    at..at + length
}

/// Runs a kind of fault: `harm` changes bytes and says where, and which bytes came instead.
fn sweep(seed: u64, mut harm: impl FnMut(&mut Pcg64, &Stream) -> (Range<usize>, Vec<u8>)) {
    let mut random = Pcg64::seed_from_u64(seed);
    let mut missed = 0;
    for trial in 0..TRIALS {
        let sent = stream(&mut random);
        let (gone, instead) = harm(&mut random, &sent);
        let bytes = [&sent.bytes[..gone.start], &instead, &sent.bytes[gone.end..]].concat();
        let got = listen(&bytes);

        let mut next = 0;
        for part in &got.story {
            assert_eq!(
                part.start, next,
                "trial {trial}: a sample was neither delivered nor counted, or both"
            );
            next = part.end;
        }
        assert_eq!(next, sent.samples, "trial {trial}: samples at the end were not counted");
        assert!(got.marks.iter().all(|mark| sent.marks.contains(mark)), "trial {trial}: an invented mark");
        for (at, samples) in &sent.frames {
            let harmed = *at < gone.end + 255 && at + 256 > gone.start;
            assert!(
                harmed || got.data.contains(samples),
                "trial {trial}: not in step 255 bytes behind the fault"
            );
        }
        missed += sent.frames.len() - got.data.len();
    }
    assert!(missed > 0, "the faults did no harm, so nothing was tried");
}

#[test]
fn without_faults_everything_arrives() {
    let mut random = Pcg64::seed_from_u64(1);
    for _ in 0..100 {
        let sent = stream(&mut random);
        let got = listen(&sent.bytes);
        assert_eq!(got.data.len(), sent.frames.len());
        assert_eq!((got.marks, got.damaged), (sent.marks, 0));
    }
}

#[test]
fn flipped_bits_are_found_and_what_they_cost_is_counted() {
    sweep(2, |random, stream| {
        let place = place(stream, random, 16);
        let mut bytes = stream.bytes[place.clone()].to_vec();
        for _ in 0..=below(random, 16) {
            let at = below(random, 16);
            bytes[at] ^= 1 << below(random, 8);
        }
        (place, bytes)
    });
}

#[test]
fn one_flipped_bit_costs_at_most_two_frames() {
    sweep(3, |random, stream| {
        let place = place(stream, random, 1);
        let flipped = stream.bytes[place.start] ^ (1 << below(random, 8));
        let mut bytes = stream.bytes.clone();
        bytes[place.start] = flipped;
        assert!(listen(&bytes).data.len() + 2 >= stream.frames.len());
        (place, vec![flipped])
    });
}

#[test]
fn lost_bytes_are_found_and_what_they_cost_is_counted() {
    sweep(4, |random, stream| {
        let length = 1 + below(random, 8);
        (place(stream, random, length), Vec::new())
    });
}

#[test]
fn inserted_bytes_are_found_and_what_they_cost_is_counted() {
    sweep(5, |random, stream| {
        let mut bytes = vec![0; 1 + below(random, 8)];
        random.fill_bytes(&mut bytes);
        // Zeros are what a frame is most easily broken with.
        bytes.iter_mut().filter(|byte| **byte < 64).for_each(|byte| *byte = 0);
        (place(stream, random, 0), bytes)
    });
}

#[test]
fn holes_of_64_bytes_are_found_and_what_they_cost_is_counted() {
    sweep(6, |random, stream| (place(stream, random, 64), Vec::new()));
}
