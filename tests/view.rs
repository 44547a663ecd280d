//! The picture on the terminal, frame by frame: made of snapshots alone, without a board.

use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;
use twitchscope::monitor::{Flag, Flagged, Message, Needle, Recording, Snapshot, Status, TICK, Tick, Trace};
use twitchscope::pipeline::{Mask, Standing};
use twitchscope::terminal::live::{Face, Typed, draw};

/// When the pictures are taken, s.
const NOW_S: f64 = 83.2;

/// Numbers that look random and are the same everywhere.
fn dice(seed: u64) -> f32 {
    (seed.wrapping_mul(6_364_136_223_846_793_005).rotate_left(23).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40)
        as f32
        / (1u64 << 24) as f32
}

/// Noise, with bursts where `flags` of channel `place` say so, and one more that is not judged yet.
fn trace(place: usize, name: &str, flags: &[Flag]) -> Trace {
    let first = first_tick();
    let ticks = (first..(NOW_S / TICK.s()) as u64).map(|number| {
        let at_s = number as f64 * TICK.s();
        let within = |f: &Flag| f.channel == Some(place) && f.from_s <= at_s && at_s <= f.to_s;
        let burst = flags.iter().any(within) || (82.6..82.75).contains(&at_s);
        let [a, b] = [2, 3].map(|n| dice(number * 4 + n + place as u64 * 1000));
        let size = if burst { 60.0 } else { 6.0 };
        Tick {
            range: Some((-size * (0.5 + a), size * (0.5 + b))),
            level: if burst { 8.0 * b + 1.0 } else { 0.2 * a },
        }
    });
    let standing =
        Standing { noise_rms: Some(4.2), usual_rms: Some(4.1), mains_hz: vec![50.0, 150.0], no_signal: None };
    Trace { name: name.into(), standing, ticks: ticks.collect() }
}

fn first_tick() -> u64 {
    ((NOW_S - 30.0) / TICK.s()) as u64
}

/// A session that goes well: the second needle is in.
fn session(channels: &[&str]) -> Snapshot {
    let flag = |what, from_s: f64, to_s: f64, channel| Flag { what, from_s, to_s, channel };
    let mut flags = vec![
        flag(Flagged::NeedleOut, 64.0, 64.0, None),
        flag(Flagged::NeedleIn, 76.1, 76.1, None),
        flag(Flagged::Note, 79.0, 79.0, None),
    ];
    for place in 0..channels.len() {
        flags.push(flag(Flagged::Twitch, 77.5, 77.58, Some(place)));
        flags.push(flag(Flagged::Twitch, 80.1, 80.2, Some(place)));
        flags.push(flag(Flagged::SetAside, 78.2, 78.4, Some(place)));
    }
    let needle = |number, label: &str, dwell_s: f64, inside, twitches: u32, every_s: f64| Needle {
        number,
        label: Some(label.into()),
        dwell_s,
        inside,
        twitches_s: (1..=twitches).map(|n| f64::from(n) * every_s).collect(),
    };
    let status = Status {
        sample: 166_400,
        time: NOW_S,
        frames: 166_376,
        lost: 24,
        skipped_bytes: 0,
        twitches: 14,
        candidates: 19,
        needles_in: 1,
        latency_ms: None,
        measured_rate_hz: Some(2000.02),
        rate_uncertainty_hz: Some(0.08),
    };
    Snapshot {
        place: "/dev/ttyACM0".into(),
        board: "native".into(),
        rate_hz: 2000.0,
        unit: "µV",
        status,
        judged_s: 82.2,
        traces: channels.iter().enumerate().map(|(place, name)| trace(place, name, &flags)).collect(),
        first_tick: first_tick(),
        flags,
        needles: vec![needle(1, "left", 41.0, false, 12, 2.6), needle(2, "right", 17.1, true, 2, 2.0)],
        stray: 0,
        site: Some("right".into()),
        gone: false,
        recording: Some(Recording { path: "sessions/native-001.wav".into(), works: true }),
        messages: vec![Message { at_s: 76.1, text: "needle 2 (right) in".into(), warns: false }],
        ended: None,
    }
}

/// What is shown on a terminal of `width` × `height`.
fn shown(snapshot: &Snapshot, face: &Face, width: u16, height: u16) -> (String, Terminal<TestBackend>) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(Some(snapshot), face, frame.area(), frame.buffer_mut())).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..width).map(|x| buffer.cell((x, y)).unwrap().symbol()).collect::<String>();
    let text = (0..height).map(|y| line(y).trim_end().to_owned() + "\n").collect();
    (text, terminal)
}

fn text(snapshot: &Snapshot, width: u16, height: u16) -> String {
    shown(snapshot, &Face::default(), width, height).0
}

#[test]
fn a_session_on_the_smallest_usual_terminal_and_on_a_large_one() {
    assert_snapshot!("80x24", text(&session(&["EMG1", "EMG2"]), 80, 24));
    assert_snapshot!("160x50", text(&session(&["EMG1", "EMG2", "EMG3", "EMG4"]), 160, 50));
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/monitor.md")).unwrap();
    for line in text(&session(&["EMG1", "EMG2"]), 80, 24).lines() {
        assert!(guide.contains(line), "docs/monitor.md shows another picture: {line}");
    }
}

#[test]
fn whatever_the_size_the_count_or_a_word_about_the_size_is_there() {
    let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let one_count = text(&session(&["EMG1"]), 80, 24);
    for (width, height) in
        [(1, 1), (20, 3), (53, 24), (54, 18), (54, 19), (80, 20), (132, 43), (200, 60), (400, 120)]
    {
        let text = text(&session(&eight), width, height);
        if width < 54 || height < 19 {
            assert!(width < 20 || text.contains("twitches: 2"), "{width} × {height}:\n{text}");
        } else {
            assert!(text.contains("TWITCHES #2") && text.contains("██████"), "{width} × {height}:\n{text}");
        }
    }
    assert!(one_count.contains("threshold"));
}

#[test]
fn what_is_wrong_is_said_where_it_cannot_be_missed() {
    let mut wrong = session(&["EMG1", "EMG2"]);
    wrong.recording = Some(Recording { path: "out/native-001.wav".into(), works: false });
    wrong.traces[1].standing.no_signal = Some(Mask::Flat);
    wrong.status.needles_in = 2;
    wrong.needles[0].inside = true;
    let text = text(&wrong, 80, 24);
    assert!(text.contains("NOT RECORDED"), "{text}");
    assert!(text.contains("EMG2 is flat: is its electrode on?"), "{text}");
    assert!(text.contains("2 NEEDLES IN"), "{text}");
    let mut gone = wrong.clone();
    gone.gone = true;
    for (width, height) in [(80, 24), (40, 10)] {
        assert!(shown(&gone, &Face::default(), width, height).0.contains("NO BOARD"));
    }
    let mut small = wrong;
    let of = |snapshot: &Snapshot| shown(snapshot, &Face::default(), 40, 10).0;
    assert!(of(&small).contains("NOT RECORDED"));
    small.recording = Some(Recording { path: "out/native-001.wav".into(), works: true });
    assert!(of(&small).contains("It goes on recording") && of(&small).contains("too small"));
}

#[test]
fn without_colours_nothing_is_coloured_and_twitches_still_stand_out() {
    let face = Face { coloured: false, ..Face::default() };
    let (text, terminal) = shown(&session(&["EMG1"]), &face, 80, 24);
    let cells = terminal.backend().buffer().content();
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(text.contains('▼') && text.contains('▽') && text.contains('×'));
}

#[test]
fn what_is_typed_is_seen_while_it_is_typed() {
    let face = Face { typed: Typed::Note("quiet so far".into()), ..Face::default() };
    assert!(shown(&session(&["EMG1"]), &face, 80, 24).0.contains("Note: quiet so far"));
    let face = Face { typed: Typed::End, ..Face::default() };
    assert!(shown(&session(&["EMG1"]), &face, 80, 24).0.contains("End the session?"));
}

#[test]
fn before_the_first_needle_nothing_is_counted_for_one() {
    let mut early = session(&["EMG1"]);
    (early.needles, early.status.needles_in, early.stray) = (Vec::new(), 0, 3);
    early.traces[0].standing.noise_rms = None;
    let text = text(&early, 80, 24);
    assert!(text.contains("NO NEEDLE YET") && text.contains("twitches without a needle: 3"), "{text}");
    assert!(text.contains("learning"), "{text}");
}
