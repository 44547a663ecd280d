//! Boards, byte by byte: what is sent is what is heard, however it is cut; what is damaged or lost
//! is told, and never takes another frame's place.

mod board;
#[path = "support/board_laws.rs"]
mod board_laws;

use board::{Chance, Heard, hear, stream, value};
use twitchscope::block::MarkKind;
use twitchscope::source::board::{Kind, Said, Wishes};
use twitchscope::source::{Heard as Recognised, recognise};

const FRAMES: u64 = 300;
/// 373 × 437 is 1 more than a multiple of 1000: the way back from a value to its frame.
const NAMES: u64 = 437;

fn whole(kind: Kind, frames: u64) -> Vec<u8> {
    let (mut bytes, all) = stream(kind, frames, |n| (100..200).contains(&n));
    bytes.extend(all.concat());
    bytes
}

/// The frame that a sample names, where all of its channels agree about it.
fn named(sample: &[f32], offset: f32) -> Option<u64> {
    let n = ((sample[0] - offset + 500.0) as u64 * NAMES) % 1000;
    let agrees = |(channel, x): (usize, &f32)| (x - offset) as i32 == value(n, channel);
    sample.iter().enumerate().all(agrees).then_some(n)
}

/// What the middle of the converter is read as: a sketch's lines are taken as they are.
fn offset(kind: Kind) -> f32 {
    if kind == Kind::Ascii { 512.0 } else { 0.0 }
}

#[test]
fn a_name_leads_back_to_its_frame() {
    assert!((0..1000).all(|n| named(&[value(n, 0) as f32, value(n, 1) as f32], 0.0) == Some(n)));
}

#[test]
fn what_a_board_sends_is_what_is_heard() {
    for kind in Kind::ALL {
        let heard = hear(kind, [whole(kind, FRAMES).as_slice()]);
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
            let what = chance.below(4);
            damage(&mut bytes, at, what, &mut chance);
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

/// Damages `bytes` at `at`: a bit turned, a byte lost, a byte too many, or 64 bytes lost. How many
/// bytes it touches.
fn damage(bytes: &mut Vec<u8>, at: usize, what: u64, chance: &mut Chance) -> u64 {
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

/// What one fault a stream did, over many streams.
#[derive(Debug, Default)]
struct Sweep {
    /// Frames that are none that was sent, or not the one of their place.
    garbage: u64,
    /// Most good frames lost to one fault, beyond those that it touched.
    most_lost: u64,
    /// Streams whose clock ended elsewhere than the board's.
    off_clock: u64,
    /// Streams with fewer frames than were sent, and no word about it.
    silent: u64,
}

const SENT: u64 = 160;
const TRIALS: u64 = 2000;

/// One fault in the third quarter of a stream: the first half is what a parser learns from, and
/// the end shows that it goes on.
fn sweep(kind: Kind, what: u64) -> Sweep {
    let (before, frames) = stream(kind, SENT, |_| false);
    let clean: Vec<u8> = [before, frames.concat()].concat();
    let mut sweep = Sweep::default();
    for trial in 0..TRIALS {
        let mut chance = Chance::new(1 + trial + TRIALS * what);
        let mut bytes = clean.clone();
        let at = clean.len() as u64 / 2 + chance.below(clean.len() as u64 / 4);
        let reach = damage(&mut bytes, at as usize, what, &mut chance);
        let heard = hear(kind, [bytes.as_slice()]);
        judge(kind, &heard, 1 + reach * SENT / clean.len() as u64, &mut sweep);
    }
    sweep
}

fn judge(kind: Kind, heard: &Heard, touched: u64, sweep: &mut Sweep) {
    let in_place = heard.clock == SENT;
    for (place, sample) in &heard.frames {
        // On a clock that is off, later frames are out of place and still themselves.
        let name = named(sample, offset(kind));
        sweep.garbage += u64::from(name.is_none() || (in_place && name != Some(*place)));
    }
    let missing = SENT.saturating_sub(heard.frames.len() as u64);
    sweep.most_lost = sweep.most_lost.max(missing.saturating_sub(touched));
    sweep.off_clock += u64::from(!in_place);
    sweep.silent += u64::from(missing > 0 && heard.lost.is_empty());
    assert!(heard.frames.len() as u64 <= SENT, "{kind:?}: {} frames of {SENT}", heard.frames.len());
}

#[test]
fn boards_that_count_lose_no_sample_unseen_and_keep_every_other_in_its_place() {
    for kind in [Kind::Native, Kind::Cyton, Kind::Bitalino, Kind::Chords, Kind::Olimex] {
        for what in 0..4 {
            let sweep = sweep(kind, what);
            println!("{kind:?}, fault {what}: {sweep:?}");
            assert_eq!((sweep.off_clock, sweep.silent), (0, 0), "{kind:?}, fault {what}: {sweep:?}");
            // Of ours a block on either side and one between, of others some frames.
            let most_lost = if kind == Kind::Native { 30 } else { 4 };
            assert!(sweep.most_lost <= most_lost, "{kind:?}, fault {what}: {sweep:?}");
            // A bit that is turned in a sample shows only where there is a check.
            let unseen = matches!(kind, Kind::Cyton | Kind::Chords | Kind::Olimex) && what == 0;
            assert!(sweep.garbage <= if unseen { TRIALS } else { 0 }, "{kind:?}, fault {what}: {sweep:?}");
        }
    }
}

#[test]
fn boards_that_do_not_count_tell_all_damage_that_their_bytes_show() {
    for (kind, limits) in [
        // Garbage, streams off the clock, streams where nothing is told; of 2000. A hole of whole
        // frames cannot be seen in a SpikerBox's bytes: the port's reader holds them against the
        // clock.
        (Kind::Spikerbox, [[1400, 0, 0], [0, 0, 0], [30, 300, 0], [1300, 2000, 2000]]),
        // A digit that is lost or turned into another makes another number.
        (Kind::Ascii, [[300, 20, 0], [500, 20, 0], [60, 20, 0], [0, 2000, 0]]),
    ] {
        for (what, [garbage, off_clock, silent]) in (0..).zip(limits) {
            let sweep = sweep(kind, what);
            println!("{kind:?}, fault {what}: {sweep:?}");
            assert!(
                sweep.garbage <= garbage && sweep.off_clock <= off_clock && sweep.silent <= silent,
                "{kind:?}, fault {what}: {sweep:?}"
            );
            assert!(sweep.most_lost <= 1, "{kind:?}, fault {what}: {sweep:?}");
        }
    }
}

#[test]
fn frames_that_were_dropped_on_the_board_are_counted() {
    for (kind, most) in
        [(Kind::Native, 40_000), (Kind::Cyton, 255), (Kind::Bitalino, 15), (Kind::Chords, 255)]
    {
        for dropped in [1, 2, most] {
            let mut board = board::started(kind);
            let mut bytes = stream(kind, 0, |_| false).0;
            for n in 0..100 {
                board.frame(&[value(n, 0), value(n, 1)], false, &mut bytes);
            }
            (0..dropped).for_each(|_| board.drop_frame());
            for n in 100..200 {
                board.frame(&[value(n, 0), value(n, 1)], false, &mut bytes);
            }
            board.finish(&mut bytes);
            let heard = hear(kind, [bytes.as_slice()]);
            assert_eq!(heard.clock, 200 + dropped, "{kind:?} {dropped}");
            // The last frame before may be put together from two for all a parser knows.
            assert!(heard.frames.len() >= 199, "{kind:?} {dropped}: {}", heard.frames.len());
        }
    }
}

#[test]
fn noise_is_no_frame() {
    let mut chance = Chance::new(9);
    let noise: Vec<u8> = (0..200_000).map(|_| chance.below(256) as u8).collect();
    for kind in Kind::ALL {
        let heard = hear(kind, noise.chunks(4096));
        assert!(heard.frames.is_empty(), "{kind:?}: {} frames", heard.frames.len());
        assert!(heard.skipped > 150_000, "{kind:?}: {} of 200000 bytes told", heard.skipped);
    }
    assert_eq!(recognise(&noise[..4096]), Recognised::Noise);
}

#[test]
fn any_bytes_are_taken_and_say_the_same_however_they_are_cut() {
    for (choice, kind) in (0..).zip(Kind::ALL) {
        for seed in 0..60 {
            let mut chance = Chance::new(seed);
            let mut bytes = whole(kind, 1 + chance.below(150));
            for _ in 0..chance.below(60) {
                let at = chance.below(bytes.len() as u64) as usize;
                let what = chance.below(4);
                damage(&mut bytes, at, what, &mut chance);
                bytes.push(chance.below(256) as u8);
            }
            bytes.insert(0, choice + Kind::ALL.len() as u8 * chance.below(30) as u8);
            board_laws::board(&bytes);
        }
    }
}

#[test]
fn memory_stays_bounded_whatever_comes() {
    let mut chance = Chance::new(10);
    let noise: Vec<u8> = (0..1 << 17).map(|_| chance.below(256) as u8).collect();
    let zeros = vec![0u8; 1 << 17];
    let digits = vec![b'7'; 1 << 17];
    let flags = vec![0xFFu8; 1 << 17];
    for kind in Kind::ALL {
        for bytes in [&noise, &zeros, &digits, &flags] {
            let mut parser = kind.parser(&Wishes::default());
            let used = allocation_counter::measure(|| {
                bytes.chunks(4096).for_each(|piece| parser.feed(piece, &mut |_| {}));
                parser.finish(&mut |_| {});
            });
            assert!(used.bytes_max < 300_000, "{kind:?}: {} bytes", used.bytes_max);
        }
    }
}

#[test]
fn a_board_is_recognised_by_listening_alone() {
    for kind in Kind::ALL {
        let bytes = whole(kind, 700);
        // In the middle of a frame, as one opens a port.
        assert_eq!(recognise(&bytes[bytes.len() / 3..]), Recognised::Board(kind), "{kind:?}");
    }
    let text = b"Hello, I am no board at all and talk a lot of words. ".repeat(9);
    assert_eq!(recognise(&text), Recognised::Text);
    assert_eq!(recognise(b"12\r\n13\r\n"), Recognised::TooLittle);
}

#[test]
fn a_board_that_streams_is_sent_nothing_that_disturbs_another() {
    // What is sent before anything was heard: nothing within the time of listening.
    for kind in Kind::ALL.into_iter().filter(|k| *k != Kind::Native) {
        let mut parser = kind.parser(&Wishes::default());
        for at_s in [0.0, 0.1, 0.2, 0.29] {
            assert_eq!(parser.ask(at_s, at_s), None, "{kind:?} at {at_s}");
        }
    }
    // Ours asks at once, with the one word that no other board minds.
    assert_eq!(Kind::Native.parser(&Wishes::default()).ask(0.0, 0.0), Some(vec![0; 4]));
    // A Cyton that streams is not touched.
    let (mut parser, mut frames) = (Kind::Cyton.parser(&Wishes::default()), 0);
    parser.feed(&whole(Kind::Cyton, 20), &mut |said| frames += u32::from(matches!(said, Said::Frame(_))));
    assert!(frames > 0 && (0..100).all(|n| parser.ask(f64::from(n) * 0.1, 0.0).is_none()));
}
