//! What it costs to read each board: its bytes through its parser, in bytes a second. At a board's
//! top speed one percent of a core must be enough; the name of each bench has that speed.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twitchscope::source::board::{Kind, Played, Said, Wishes};

/// Bytes a second at the top: what the line of the board carries at most, and for ours 8 channels
/// of 16 bit at 4 kHz.
fn top(kind: Kind) -> f64 {
    match kind {
        Kind::Native => 70_000.0,
        // A UniBox: 42661 Hz, two channels.
        Kind::Spikerbox => 170_644.0,
        Kind::Cyton => 250.0 * 33.0,
        Kind::Bitalino => 8000.0,
        Kind::Chords => 500.0 * 36.0,
        Kind::Olimex => 250.0 * 17.0,
        Kind::Ascii => 11_520.0,
    }
}

fn bytes(kind: Kind) -> Vec<u8> {
    let played = Played { channels: 8, rate_hz: 4000.0, bits: 16, full_scale_uv: Some(5000.0) };
    let mut board = kind.encoder(&played);
    let mut bytes = Vec::new();
    board.boot(&mut bytes);
    let start = firmware_protocol::Command::Start { max_block: 0 }.encode(1);
    let word: &[u8] = match kind {
        Kind::Native => start.as_bytes(),
        Kind::Cyton => b"vcb",
        Kind::Chords => b"WHORU\nSTART\n",
        Kind::Bitalino => &[0x00, 0xC3, 0x3D],
        _ => b"",
    };
    board.hear(word, &mut bytes);
    let mut n = 0;
    while bytes.len() < 1 << 20 {
        let counts: Vec<i32> = (0..8).map(|c| (n * 373 + c * 311) % 1000 - 500).collect();
        board.frame(&counts, n / 5000 % 2 == 1, &mut bytes);
        n += 1;
    }
    bytes
}

fn parsers(c: &mut Criterion) {
    let mut group = c.benchmark_group("board");
    group.sample_size(10);
    for kind in Kind::ALL {
        let bytes = bytes(kind);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new(kind.name(), format!("{} B/s at the top", top(kind))), |b| {
            b.iter(|| {
                let mut parser = kind.parser(&Wishes::default());
                let mut sum = 0.0;
                for piece in bytes.chunks(256) {
                    parser.feed(piece, &mut |said| {
                        if let Said::Frame(frame) = said {
                            sum += frame[0];
                        }
                    });
                }
                black_box(sum)
            });
        });
    }
}

criterion_group!(benches, parsers);
criterion_main!(benches);
