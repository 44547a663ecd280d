//! A board on a port, with a script in its place: what the blocks are, and what is refused.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use firmware_protocol::{
    Channel, ChannelKind, Data, DataFlags, Hello, Mark, MarkCode, SampleFormat, Text, pack,
};
use twitchscope::block::{Block, MarkKind, Scale};
use twitchscope::source::board::Kind;
use twitchscope::source::{Flow, Live, LiveOptions, Port, PortError, ScaleOption, Source};
use twitchscope::units::{Microvolts, SampleRate};

/// What a port gives, read by read; then it is gone.
struct Script(VecDeque<io::Result<Vec<u8>>>);

impl Read for Script {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.pop_front() {
            Some(Ok(bytes)) => {
                into[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
            Some(Err(error)) => Err(error),
            None => Ok(0),
        }
    }
}

fn port(script: Vec<io::Result<Vec<u8>>>) -> Port {
    let stop = Arc::new(AtomicBool::new(false));
    Port::over("script", 115_200, Script(script.into()), io::sink(), stop)
}

fn begin(kind: Kind, script: Vec<io::Result<Vec<u8>>>, rate: f64) -> Result<Live, PortError> {
    let rate = Some(SampleRate::new(rate).unwrap());
    Live::begin(port(script), &LiveOptions { rate, ..LiveOptions::new(kind) })
}

fn refused(kind: Kind, script: Vec<io::Result<Vec<u8>>>) -> String {
    match Live::begin(port(script), &LiveOptions::new(kind)) {
        Ok(_) => panic!("{kind:?} was believed"),
        Err(error) => error.to_string(),
    }
}

/// All blocks until the end.
fn blocks(live: &mut Live) -> Vec<Block> {
    let mut all = Vec::new();
    let mut block = Block::empty(live.format().channels.len());
    loop {
        match live.next(&mut block).unwrap() {
            Flow::Frames => all.push(block.clone()),
            Flow::Idle => {}
            Flow::End => return all,
        }
    }
}

fn hello() -> Hello {
    Hello {
        major: 1,
        minor: 0,
        uid: [0; 8],
        firmware: 1,
        abilities: firmware_protocol::Abilities::default(),
        stream: 1,
        rate_num: 1000,
        rate_den: 1,
        next_sample: 0,
        time_us: 0,
        clock_tolerance_ppm: 50,
        channels: 1,
        format: SampleFormat::I16,
        adc_bits: 16,
        max_block: 50,
        streaming: true,
        name: Text::new("liar"),
    }
}

fn channel() -> Channel {
    Channel {
        stream: 1,
        channel: 0,
        kind: ChannelKind::RAW,
        lsb_pv: 1_000_000,
        zero: 0,
        clip_low: -32_768,
        clip_high: 32_767,
        gain_x1000: 0,
        high_pass_chz: 0,
        low_pass_dhz: 0,
        label: Text::new("EMG"),
    }
}

fn data(first: u32, counts: &[i32]) -> Vec<u8> {
    let mut room = [0; 200];
    let used = pack(SampleFormat::I16, counts.iter().copied(), &mut room).unwrap();
    let data = Data {
        stream: 1,
        flags: DataFlags::default(),
        first_sample: first,
        time_us: first * 1000,
        count: counts.len() as u8,
        digital: 0,
        samples: &room[..used],
    };
    data.encode().unwrap().as_bytes().to_vec()
}

#[test]
fn what_is_lost_is_a_gap_between_two_blocks() {
    let script = vec![
        Ok([hello().encode().as_bytes(), channel().encode().as_bytes()].concat()),
        Ok(data(0, &[1, 2, 3])),
        Err(io::Error::from(ErrorKind::Interrupted)),
        Err(io::Error::from(ErrorKind::TimedOut)),
        Ok([data(3, &[4]), data(10, &[5, 6])].concat()),
        Err(io::Error::from(ErrorKind::BrokenPipe)),
    ];
    let mut live = begin(Kind::Native, script, 1000.0).unwrap();
    assert_eq!(live.format().scale, Scale::Microvolts);
    let mut samples = Vec::new();
    for block in blocks(&mut live) {
        samples.extend((block.first.get()..).zip(block.frames.iter().copied()));
    }
    // One count is 1 µV.
    let expected = [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0), (10, 5.0), (11, 6.0)];
    assert_eq!(samples, expected);
    assert_eq!(live.lost(), 6);
    assert!(matches!(live.ended(), Some(PortError::Unplugged { .. })));
}

#[test]
fn a_board_of_ours_that_lies_is_not_believed() {
    let (good, channel) = (hello(), channel());
    for (hello, channel, words) in [
        (Hello { rate_num: 0, ..good }, channel, "0/1 samples a second"),
        (Hello { rate_den: 0, ..good }, channel, "samples a second"),
        (Hello { channels: 255, ..good }, channel, "255"),
        (Hello { channels: 0, ..good }, channel, "channels"),
        (Hello { major: 9, ..good }, channel, "version"),
        (good, Channel { lsb_pv: 0, ..channel }, "worth 0 v"),
        (good, Channel { clip_low: 5, clip_high: -5, ..channel }, "clip"),
    ] {
        let bytes = [hello.encode().as_bytes(), channel.encode().as_bytes(), &data(0, &[1, 2])].concat();
        let message = refused(Kind::Native, vec![Ok(bytes)]);
        assert!(message.contains("says of itself what cannot be"), "{message}");
        assert!(message.to_lowercase().contains(words), "{words}: {message}");
    }
}

#[test]
fn a_counter_that_runs_backwards_is_told_and_its_samples_are_left_aside() {
    let script = vec![
        Ok([hello().encode().as_bytes(), channel().encode().as_bytes()].concat()),
        Ok([data(100, &[1, 2, 3]), data(50, &[7, 8])].concat()),
    ];
    let mut live = begin(Kind::Native, script, 1000.0).unwrap();
    let samples: Vec<f32> = blocks(&mut live).iter().flat_map(|b| b.frames.iter().copied()).collect();
    assert_eq!(samples, [1.0, 2.0, 3.0]);
    assert!(live.warnings().iter().any(|w| w.to_string().contains("not believed")), "{:?}", live.warnings());
}

#[test]
fn a_sketch_that_is_too_slow_for_emg_is_refused_with_what_it_gives() {
    let text: String = (0..200).map(|n| format!("{},{}\n", n * 50, 500 + n % 9)).collect();
    let message = refused(Kind::Ascii, vec![Ok(format!("x\nms,emg\n{text}").into_bytes())]);
    assert!(message.contains("gives 20 samples a second"), "{message}");
}

#[test]
fn marks_come_with_the_block_of_their_time() {
    let line = |n: u32| format!("{},{}\n", n % 100, u32::from((150..250).contains(&n)));
    let text: String = (0..400).map(line).collect();
    let script = [format!("x\nemg,needle\n{text}").into_bytes()];
    let script = script[0].chunks(300).map(|piece| Ok(piece.to_vec())).collect();
    let mut live = begin(Kind::Ascii, script, 1000.0).unwrap();
    let mut marks = Vec::new();
    for block in blocks(&mut live) {
        for mark in &block.marks {
            assert!(block.first <= mark.at && mark.at < block.end());
            marks.push((mark.at.get(), mark.kind.clone()));
        }
    }
    let expected = [(150, MarkKind::NeedleIn { label: None }), (250, MarkKind::NeedleOut { label: None })];
    assert_eq!(marks, expected);
}

#[test]
fn a_mark_of_our_board_keeps_its_own_place_however_late_it_comes() {
    let mark = |number, code, sample| {
        let (line, level, time_us, debounce_us) = (0, 1, sample * 1000, 0);
        Mark { stream: 1, number, code, line, level, sample, time_us, debounce_us }
            .encode()
            .as_bytes()
            .to_vec()
    };
    let script = vec![
        Ok([hello().encode().as_bytes(), channel().encode().as_bytes()].concat()),
        Ok([data(0, &[0; 40]), data(40, &[0; 40])].concat()),
        Err(io::Error::from(ErrorKind::TimedOut)),
        // One that was lost on its first way, and one for samples that are still to come.
        Ok([mark(0, MarkCode::NEEDLE_IN, 30), mark(1, MarkCode::NEEDLE_OUT, 100)].concat()),
        Ok([data(80, &[0; 40]), mark(0, MarkCode::NEEDLE_IN, 30)].concat()),
    ];
    let mut live = begin(Kind::Native, script, 1000.0).unwrap();
    let marks: Vec<_> = blocks(&mut live).into_iter().flat_map(|block| block.marks).collect();
    let places: Vec<_> = marks.iter().map(|mark| (mark.at.get(), mark.kind.clone())).collect();
    let expected = [(30, MarkKind::NeedleIn { label: None }), (100, MarkKind::NeedleOut { label: None })];
    assert_eq!(places, expected);
}

#[test]
fn what_one_count_is_can_be_said_and_full_scale_only_where_bits_are_known() {
    let text: String = (0..100).map(|n| format!("{}\n", n % 10)).collect();
    let script = || vec![Ok(format!("x\n{text}").into_bytes())];
    let options = |scale| LiveOptions {
        rate: Some(SampleRate::new(1000.0).unwrap()),
        scale,
        ..LiveOptions::new(Kind::Ascii)
    };
    let scale = ScaleOption::Lsb(Microvolts::new(2.0));
    let mut live = Live::begin(port(script()), &options(scale)).unwrap();
    let first = blocks(&mut live)[0].frames[[3, 0]];
    assert_eq!((live.format().scale, first), (Scale::Microvolts, 6.0));
    let scale = ScaleOption::FullScale(Microvolts::new(5000.0));
    let error = Live::begin(port(script()), &options(scale)).err().unwrap().to_string();
    assert!(error.contains("--lsb"), "{error}");
}

#[test]
fn a_dongle_without_its_board_is_told() {
    let script = vec![Ok(b"Failure: Communications timeout - Device failed to poll Host$$$".to_vec())];
    let message = refused(Kind::Cyton, script);
    assert!(message.contains("switch the board to PC"), "{message}");
}

/// A port on which nothing ever comes.
struct Silence;

impl Read for Silence {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(Duration::from_millis(20));
        Err(ErrorKind::TimedOut.into())
    }
}

#[test]
fn a_board_that_says_nothing_is_told_and_a_person_need_not_wait_for_it() {
    let stop = Arc::new(AtomicBool::new(false));
    let silent = || Port::over("script", 9600, Silence, io::sink(), Arc::clone(&stop));
    let message = Live::begin(silent(), &LiveOptions::new(Kind::Cyton)).err().unwrap().to_string();
    assert!(message.contains("nothing came for 8 s") && message.contains("Cyton"), "{message}");
    stop.store(true, Ordering::Relaxed);
    let error = Live::begin(silent(), &LiveOptions::new(Kind::Cyton)).err().unwrap();
    assert!(matches!(error, PortError::Interrupted { .. }), "{error}");
}
