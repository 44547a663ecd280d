//! Boards, byte by byte: what is sent is what is heard, however it is cut; what is damaged or lost
//! is told, and never takes another frame's place.

mod board;

use board::{Chance, Heard, hear, stream, value};
use twitchscope::block::MarkKind;
use twitchscope::source::board::{Kind, RateFrom};
use twitchscope::source::{Heard as Recognised, recognise};

const NAMES: u64 = 437;
/// A SpikerBox is held back for a second of a shield; the others need less.
const FRAMES: u64 = 300;

fn whole(kind: Kind, frames: u64) -> Vec<u8> {
    let (mut bytes, all) = stream(kind, frames, |n| (100..200).contains(&n));
    bytes.extend(all.concat());
    bytes
}

/// The frame that a sample names, and whether all of its channels agree about it.
fn named(sample: &[f32], offset: f32) -> Option<u64> {
    // 373 × 437 is 1 more than a multiple of 1000, so that this is the way back.
    let n = ((sample[0] - offset + 500.0) as u64 * NAMES) % 1000;
    let agrees = |(channel, x): (usize, &f32)| (x - offset) as i32 == value(n, channel);
    sample.iter().enumerate().all(agrees).then_some(n)
}

/// What the middle of the converter is read as: a sketch's lines are taken as they are.
fn offset(kind: Kind) -> f32 {
    if kind == Kind::Ascii { 512.0 } else { 0.0 }
}

#[test]
fn what_a_board_sends_is_what_is_heard() {
    for kind in Kind::ALL {
        let heard = hear(kind, [whole(kind, FRAMES).as_slice()]);
        // The first line of a sketch is its banner, and of a board that is cut nothing is.
        assert_eq!(heard.frames.len() as u64, FRAMES, "{kind:?}");
        for (place, sample) in &heard.frames {
            assert_eq!(named(sample, offset(kind)), Some(*place), "{kind:?} {place}");
        }
        assert_eq!(heard.lost, [], "{kind:?}");
        assert_eq!(heard.described.len(), 1, "{kind:?}");
        assert_eq!(heard.described[0].channels.len(), heard.frames[0].1.len(), "{kind:?}");
    }
}

#[test]
fn a_foot_switch_marks_the_frame_at_which_it_moved() {
    let marks = [(100, MarkKind::NeedleIn { label: None }), (200, MarkKind::NeedleOut { label: None })];
    for kind in Kind::ALL {
        let heard = hear(kind, [whole(kind, FRAMES).as_slice()]);
        match kind {
            // They have no line for a switch.
            Kind::Cyton | Kind::Chords => assert_eq!(heard.marks, [], "{kind:?}"),
            _ => assert_eq!(heard.marks, marks, "{kind:?}"),
        }
    }
}

#[test]
fn any_cut_of_the_bytes_says_the_same() {
    for kind in Kind::ALL {
        let mut bytes = whole(kind, FRAMES);
        let mut chance = Chance::new(3);
        for _ in 0..12 {
            let at = chance.below(bytes.len() as u64) as usize;
            damage(&mut bytes, at, chance.below(4), &mut chance);
        }
        let once = hear(kind, [bytes.as_slice()]);
        for size in [1, 2, 3, 7, 33, 64, 1000] {
            assert!(hear(kind, bytes.chunks(size)) == once, "{kind:?} cut by {size}");
        }
        for seed in 0..20 {
            let mut chance = Chance::new(seed);
            let (mut pieces, mut rest) = (Vec::new(), bytes.as_slice());
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((1 + chance.below(300) as usize).min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            assert!(hear(kind, pieces) == once, "{kind:?} cut by seed {seed}");
        }
    }
}

/// Damages `bytes` at `at`: a bit turned, a byte lost, a byte too many, or 64 bytes lost. How far
/// the damage reaches.
fn damage(bytes: &mut Vec<u8>, at: usize, what: u64, chance: &mut Chance) -> usize {
    match what {
        0 => bytes[at] ^= 1 << chance.below(8),
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, chance.below(256) as u8),
        _ => {
            let end = (at + 64).min(bytes.len());
            bytes.drain(at..end);
            return 64;
        }
    }
    1
}

/// What one fault in a stream did.
#[derive(Debug, Default)]
struct Sweep {
    trials: u64,
    /// Frames that are not the one of their place.
    garbage: u64,
    /// Most good frames lost to one fault, beyond those that it touched.
    most_lost: u64,
    /// Streams whose clock ended elsewhere than the board's.
    off_clock: u64,
    /// Streams with fewer frames than were sent, and no word about it.
    silent: u64,
}

/// One fault a stream, in its middle.
fn sweep(kind: Kind, what: u64, trials: u64) -> Sweep {
    let (before, frames) = stream(kind, 160, |_| false);
    let clean: Vec<u8> = [before.clone(), frames.concat()].concat();
    let length = frames[80].len() as u64;
    let mut sweep = Sweep { trials, ..Sweep::default() };
    for trial in 0..trials {
        let mut chance = Chance::new(1 + trial + 10_000 * what);
        let mut bytes = clean.clone();
        // The last quarter stays whole, so that every loss shows; so does what channels are
        // learned from.
        let from = clean.len() as u64 / 2;
        let at = from + chance.below(clean.len() as u64 / 4);
        let reach = damage(&mut bytes, at as usize, what, &mut chance) as u64;
        let heard = hear(kind, [bytes.as_slice()]);
        judge(kind, &heard, 160, reach.div_ceil(length) + 1, &mut sweep);
    }
    sweep
}

fn judge(kind: Kind, heard: &Heard, sent: u64, touched: u64, sweep: &mut Sweep) {
    // On a clock that is off, later frames are out of place and still themselves.
    let in_place = heard.clock == sent;
    for (place, sample) in &heard.frames {
        let name = named(sample, offset(kind));
        sweep.garbage += u64::from(name.is_none() || (in_place && name != Some(*place)));
    }
    let missing = sent.saturating_sub(heard.frames.len() as u64);
    sweep.most_lost = sweep.most_lost.max(missing.saturating_sub(touched));
    sweep.off_clock += u64::from(!in_place);
    sweep.silent += u64::from(missing > 0 && heard.lost.is_empty());
    assert!(heard.frames.len() as u64 <= sent, "{kind:?}: {} frames of {sent}", heard.frames.len());
}

#[test]
fn print_the_sweep() {
    for kind in Kind::ALL {
        for what in 0..4 {
            println!("{kind:?} {what} {:?}", sweep(kind, what, 2000));
        }
    }
}
