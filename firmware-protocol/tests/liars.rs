//! A board that lies is refused or flagged, and never believed.

#[path = "support/board.rs"]
mod board;

use board::{Board, read};
use firmware_protocol::{
    Channel, Decoder, Hello, MAGIC, Mark, SCALE_UNKNOWN, SampleFormat, Status, Wire, kind,
};

/// A decoder that believes this board, which has sent 20 samples.
fn believing(board: &mut Board) -> Decoder {
    let mut decoder = Decoder::default();
    let bytes = [board.describe(), board.data(20)].concat();
    let started = format!("hello {} of {} channels at 0", board.hello.stream, board.channels.len());
    assert_eq!(read(&mut decoder, &bytes), [started.as_str(), "data 0..20"]);
    assert!(!decoder.wants_hello());
    decoder
}

/// One line, which refuses and says why with this word.
fn refuses(told: &[String], word: &str) {
    assert!(
        told.len() == 1 && told[0].starts_with("refused: ") && told[0].contains(word),
        "{word}: {told:?}"
    );
}

#[test]
fn a_hello_that_cannot_be_true_is_refused_with_what_cannot_be() {
    let honest = Board::new(2, 1).hello;
    let lies: [(&str, Hello); 12] = [
        ("0/1 samples", Hello { rate_num: 0, ..honest }),
        ("2000/0 samples", Hello { rate_den: 0, ..honest }),
        ("1/2 samples", Hello { rate_num: 1, rate_den: 2, ..honest }),
        ("4294967295/1 samples", Hello { rate_num: u32::MAX, ..honest }),
        ("0 channels", Hello { channels: 0, ..honest }),
        ("255 channels", Hello { channels: 255, ..honest }),
        ("33 channels", Hello { channels: 33, ..honest }),
        ("format 3", Hello { format: SampleFormat(3), ..honest }),
        ("0 bits", Hello { adc_bits: 0, ..honest }),
        ("24 bits", Hello { adc_bits: 24, ..honest }),
        ("blocks of 60", Hello { max_block: 60, ..honest }),
        ("version 2.0", Hello { major: 2, ..honest }),
    ];
    for (word, lie) in lies {
        let mut board = Board::new(2, 1);
        board.hello = lie;
        let mut decoder = Decoder::default();
        refuses(&read(&mut decoder, &board.describe()), word);
        assert!(decoder.wants_hello() && decoder.description().is_none());
        assert_eq!(read(&mut decoder, &Board::new(2, 1).data(20)), [""; 0], "samples of a board that lies");
    }
}

#[test]
fn a_channel_that_cannot_be_true_is_refused_with_what_cannot_be() {
    let honest = Board::new(2, 1).channels[1];
    let lies: [(&str, Channel); 6] = [
        ("0 V", Channel { lsb_pv: 0, ..honest }),
        ("channel 2", Channel { channel: 2, ..honest }),
        ("limits", Channel { clip_low: 5, clip_high: 5, zero: 5, ..honest }),
        ("limits", Channel { clip_low: 5, clip_high: -5, ..honest }),
        ("limits", Channel { clip_high: 32_768, ..honest }),
        ("limits", Channel { zero: -32_768, clip_low: -100, ..honest }),
    ];
    for (word, lie) in lies {
        let mut board = Board::new(2, 1);
        board.channels[1] = lie;
        let mut decoder = Decoder::default();
        refuses(&read(&mut decoder, &board.describe()), word);
        assert!(decoder.wants_hello());
        assert_eq!(read(&mut decoder, &board.data(20)), [""; 0]);
    }
}

#[test]
fn limits_wider_than_the_resolution_are_refused() {
    let mut board = Board::new(1, 1);
    board.hello.adc_bits = 10;
    (board.channels[0].clip_low, board.channels[0].clip_high) = (-512, 512);
    refuses(&read(&mut Decoder::default(), &board.describe()), "limits");
}

#[test]
fn a_scale_that_nobody_knows_is_none() {
    let mut board = Board::new(1, 1);
    board.channels[0].lsb_pv = SCALE_UNKNOWN;
    let mut decoder = Decoder::default();
    read(&mut decoder, &board.describe());
    assert_eq!(decoder.description().unwrap().channels()[0].scale_pv(), None);
}

#[test]
fn a_frame_of_another_protocol_is_no_hello() {
    let mut decoder = Decoder::default();
    let other = Wire::new(kind::HELLO, 0, &[b'X'; 73]).unwrap();
    refuses(&read(&mut decoder, other.as_bytes()), "another protocol");
    let short = Wire::new(kind::HELLO, 0, &MAGIC).unwrap();
    refuses(&read(&mut decoder, short.as_bytes()), "too short");
}

#[test]
fn a_description_that_changes_without_a_new_number_ends_belief() {
    let mut board = Board::new(2, 1);
    let mut decoder = believing(&mut board);
    board.hello.rate_num = 4000;
    refuses(&read(&mut decoder, &board.hello()), "otherwise than before");
    assert!(decoder.wants_hello());
    assert_eq!(read(&mut decoder, &board.data(20)), [""; 0]);

    let mut board = Board::new(2, 1);
    let mut decoder = believing(&mut board);
    board.channels[0].lsb_pv += 1;
    let mut told = read(&mut decoder, &board.describe());
    told.truncate(1);
    refuses(&told, "otherwise than before");
    assert!(decoder.wants_hello());
    assert_eq!(read(&mut decoder, &board.data(20)), [""; 0]);
    assert_eq!(read(&mut decoder, &board.describe()), ["restarted at 20", "hello 1 of 2 channels at 40"]);
}

#[test]
fn a_new_number_is_a_new_stream_and_said() {
    let mut board = Board::new(2, 1);
    let mut decoder = believing(&mut board);
    let mut next = Board::new(1, 2);
    let told = read(&mut decoder, &[next.describe(), next.data(5)].concat());
    assert_eq!(told, ["restarted at 20", "hello 2 of 1 channels at 0", "data 0..5"]);
}

#[test]
fn a_start_of_a_board_that_was_idle_is_no_restart() {
    let mut idle = Board::new(2, 1);
    idle.hello.streaming = false;
    let mut next = Board::new(2, 2);
    let told = read(&mut Decoder::default(), &[idle.describe(), next.describe(), next.data(5)].concat());
    assert_eq!(told, ["hello 1 of 2 channels at 0", "hello 2 of 2 channels at 0", "data 0..5"]);
}

#[test]
fn samples_of_a_stream_that_was_not_announced_wait_for_its_hello() {
    let mut board = Board::new(2, 1);
    let mut decoder = believing(&mut board);
    let mut next = Board::new(1, 2);
    refuses(&read(&mut decoder, &next.data(5)), "stream ..2");
    assert!(decoder.wants_hello());
    assert_eq!(read(&mut decoder, &board.data(5)), [""; 0], "not even of the old one");
    let told = read(&mut decoder, &[next.describe(), next.data(5)].concat());
    assert_eq!(told, ["restarted at 20", "hello 2 of 1 channels at 5", "data 5..10"]);
}

#[test]
fn a_length_that_does_not_fit_its_count_is_refused() {
    for count in [0, 3, 5, 255] {
        let mut board = Board::new(2, 1);
        let mut decoder = believing(&mut board);
        refuses(&read(&mut decoder, &board.data_with(4, |data| data.count = count)), "samples a channel");
        assert!(decoder.wants_hello());
        let told = read(&mut decoder, &[board.describe(), board.data(4)].concat());
        assert_eq!(told, ["lost 20..24", "data 24..28"]);
    }
}

#[test]
fn more_samples_than_announced_are_refused() {
    let mut board = Board::new(2, 1);
    let mut decoder = believing(&mut board);
    refuses(&read(&mut decoder, &board.data(21)), "21 samples");
}

#[test]
fn a_frame_that_comes_twice_is_delivered_once() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let twice = board.data(20);
    assert_eq!(read(&mut decoder, &twice), ["data 20..40"]);
    refuses(&read(&mut decoder, &twice), "twice");
    assert!(!decoder.wants_hello());
    assert_eq!(read(&mut decoder, &board.data(20)), ["data 40..60"]);
}

#[test]
fn a_counter_that_runs_backwards_ends_belief() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    refuses(&read(&mut decoder, &board.data_with(20, |data| data.first_sample = 10)), "backwards");
    assert_eq!(read(&mut decoder, &board.data(20)), [""; 0]);
    let told = read(&mut decoder, &[board.describe(), board.data(20)].concat());
    assert_eq!(told, ["lost 20..60", "data 60..80"], "all that was not believed is counted");
}

#[test]
fn a_counter_that_jumps_without_the_clock_is_no_loss_but_a_lie() {
    // 8_589_935 samples take as long as the clock does to wrap.
    for jump in [1000, 1_000_000, 8_589_935, 1 << 30] {
        let mut board = Board::new(1, 1);
        let mut decoder = believing(&mut board);
        refuses(&read(&mut decoder, &board.data_with(20, |data| data.first_sample += jump)), "clock");
        assert!(decoder.wants_hello());
    }
}

#[test]
fn samples_that_were_never_taken_are_told_by_the_clock() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    board.clock_us += 300_000;
    refuses(&read(&mut decoder, &board.data(20)), "never taken");
    let told = read(&mut decoder, &[board.describe(), board.data(20)].concat());
    assert!(told[0].contains("never taken"), "{told:?}");
    assert_eq!(told[1..], ["restarted at 20", "hello 1 of 1 channels at 40", "data 40..60"]);
}

#[test]
fn a_rate_that_is_not_the_true_one_is_told_within_seconds() {
    for (announced, told) in
        [(2000, false), (1940, false), (2060, false), (1000, true), (1800, true), (2200, true)]
    {
        let mut board = Board::new(1, 1);
        board.hello.rate_num = announced;
        let mut decoder = Decoder::default();
        read(&mut decoder, &board.describe());
        board.hello.rate_num = 2000;
        let ended = (0..1000).any(|_| read(&mut decoder, &board.data(20))[0].contains("its rate"));
        assert_eq!(ended, told, "announced {announced} Hz, true 2000 Hz");
    }
}

#[test]
fn a_reset_is_told_whether_or_not_its_hello_arrives() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let mut reset = Board::new(1, 1);
    let told = read(&mut decoder, &[reset.describe(), reset.data(20)].concat());
    refuses(&told[..1], "backwards");
    assert_eq!(told[1..], ["restarted at 20", "hello 1 of 1 channels at 0", "data 0..20"]);

    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let mut reset = Board::new(1, 1);
    refuses(&read(&mut decoder, &reset.data(10)), "backwards");
    assert_eq!(read(&mut decoder, &[reset.data(10), reset.data(20)].concat()), [""; 0]);
    let told = read(&mut decoder, &[reset.describe(), reset.data(20)].concat());
    assert_eq!(
        told,
        ["lost 20..40", "data 40..60"],
        "the clock and the counter are those of the same stream"
    );
}

#[test]
fn marks_come_once_and_their_repeats_are_acknowledged_again() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let [a, b] = [board.mark(5), board.mark(0)];
    let bytes = [a, b, a, b].map(|mark| mark.encode().as_bytes().to_vec()).concat();
    assert_eq!(read(&mut decoder, &bytes), ["mark 0 at 15", "mark 1 at 20", "mark 0 again", "mark 1 again"]);
}

#[test]
fn a_mark_that_is_overtaken_is_missed_and_then_found() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let marks: Vec<Mark> = (0..4).map(|_| board.mark(1)).collect();
    let mut told = |mark: &Mark| read(&mut decoder, mark.encode().as_bytes());
    assert_eq!(told(&marks[0]), ["mark 0 at 19"]);
    assert_eq!(told(&marks[3]), ["missing 2 marks from 1", "mark 3 at 19"]);
    assert_eq!(told(&marks[1]), ["mark 1 at 19"]);
    assert_eq!(told(&marks[1]), ["mark 1 again"]);
    assert_eq!(told(&marks[2]), ["mark 2 at 19"]);
}

#[test]
fn a_status_tells_samples_and_marks_that_never_came() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    board.data(20);
    board.mark(3);
    let told = read(&mut decoder, board.status().encode().as_bytes());
    assert_eq!(told, ["lost 20..40", "missing 1 marks from 0", "status"]);
    assert_eq!(read(&mut decoder, &board.data(20)), ["data 40..60"]);
}

#[test]
fn what_the_board_dropped_is_lost_and_said_to_be_the_boards() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    board.drop(30);
    let told = read(&mut decoder, &board.data_with(10, |data| data.flags.gap = true));
    assert_eq!(told, ["lost 20..50 on the board", "data 50..60"]);
}

#[test]
fn a_mark_that_contradicts_itself_or_the_clock_is_refused() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let mark = board.mark(5);
    let mut told = |mark: Mark| read(&mut decoder, mark.encode().as_bytes());
    assert_eq!(told(mark), ["mark 0 at 15"]);
    refuses(&told(Mark { sample: mark.sample - 1, ..mark }), "something else");
    refuses(&told(Mark { number: 1, sample: mark.sample + 5000, ..mark }), "clock");
    refuses(&told(Mark { number: 1, sample: u32::MAX, ..mark }), "backwards");
    refuses(&told(Mark { stream: 9, number: 1, ..mark }), "stream ..9");
}

#[test]
fn marks_and_drops_that_are_counted_backwards_are_refused() {
    let mut board = Board::new(1, 1);
    let mut decoder = believing(&mut board);
    let status = Status { next_mark: 100, dropped_samples: 5, ..board.status() };
    let told = read(&mut decoder, status.encode().as_bytes());
    assert_eq!(told, ["missing 100 marks from 0", "status"]);
    refuses(&read(&mut decoder, board.mark(1).encode().as_bytes()), "marks ran backwards");
    let told = read(&mut decoder, Status { next_mark: 99, ..status }.encode().as_bytes());
    refuses(&told[..1], "marks ran backwards");
    let told = read(&mut decoder, Status { dropped_samples: 4, ..status }.encode().as_bytes());
    refuses(&told, "dropped samples ran backwards");
    assert!(decoder.wants_hello());
}

#[test]
fn counter_and_clock_may_wrap() {
    let mut board = Board::new(1, 1);
    board.taken = u64::from(u32::MAX) - 30;
    board.clock_us = 0;
    let mut decoder = Decoder::default();
    let bytes = [board.describe(), board.data(20), board.data(20), board.data(20)].concat();
    let told = read(&mut decoder, &bytes);
    let first = u64::from(u32::MAX) - 30;
    let data = |at: u64| format!("data {}..{}", first + at, first + at + 20);
    assert_eq!(told[1..], [data(0), data(20), data(40)]);
    board.taken += 4_000_000;
    assert!(read(&mut decoder, &board.data(20))[0].starts_with("lost"), "a gap of 33 minutes");
}

#[test]
fn whoever_comes_late_begins_with_the_next_description() {
    let mut board = Board::new(2, 1);
    board.taken = 12_345;
    let mut decoder = Decoder::default();
    assert_eq!(read(&mut decoder, &board.data(20)), [""; 0]);
    let told = read(&mut decoder, &[board.describe(), board.data(20)].concat());
    assert_eq!(told, ["hello 1 of 2 channels at 12365", "data 12365..12385"]);
}

#[test]
fn a_description_that_is_not_complete_delivers_nothing_and_loses_no_count() {
    let mut board = Board::new(2, 1);
    let mut decoder = Decoder::default();
    let half = [board.hello(), board.channels[1].encode().as_bytes().to_vec()].concat();
    assert_eq!(read(&mut decoder, &[half, board.data(20)].concat()), [""; 0]);
    assert!(decoder.wants_hello());
    let told = read(&mut decoder, &[board.describe(), board.data(20)].concat());
    assert_eq!(told, ["hello 1 of 2 channels at 0", "lost 0..20", "data 20..40"]);
}
