//! Bytes a second through the decoder of a host, and what its parts cost.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use firmware_protocol::{
    Abilities, Channel, ChannelKind, Data, DataFlags, Decoder, Event, Hello, SampleFormat, Text, crc32, pack,
};

/// Samples a channel of each recording: half a minute of 4 kHz.
const SAMPLES: u32 = 120_000;

/// What a serial port gives at a time, at most.
const READ: usize = 4095;

/// The bytes of a board that streams noise about `middle`, beginning with its description.
fn recording(channels: u8, format: SampleFormat, max_block: u8, swing: i32) -> Vec<u8> {
    let hello = Hello {
        major: 1,
        minor: 0,
        uid: [1; 8],
        firmware: 1,
        abilities: Abilities::default(),
        stream: 1,
        rate_num: 4000,
        rate_den: 1,
        next_sample: 0,
        time_us: 0,
        clock_tolerance_ppm: 50,
        channels,
        format,
        adc_bits: 16,
        max_block,
        streaming: true,
        name: Text::new("bench"),
    };
    let mut bytes = hello.encode().as_bytes().to_vec();
    for channel in 0..channels {
        let channel = Channel {
            stream: 1,
            channel,
            kind: ChannelKind::RAW,
            lsb_pv: 22_352,
            zero: 0,
            clip_low: -32_768,
            clip_high: 32_767,
            gain_x1000: 0,
            high_pass_chz: 0,
            low_pass_dhz: 0,
            label: Text::new(""),
        };
        bytes.extend_from_slice(channel.encode().as_bytes());
    }
    let mut noise = 1_u32;
    let mut count = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i32::try_from(noise >> 16).expect("16 bits fit") % (2 * swing + 1) - swing
    };
    let mut first_sample = 0;
    while first_sample < SAMPLES {
        let mut room = [0; 240];
        let counts = (0..usize::from(max_block) * usize::from(channels)).map(|_| count());
        let used = pack(format, counts, &mut room).expect("counts that fit");
        let data = Data {
            stream: 1,
            flags: DataFlags::default(),
            first_sample,
            time_us: first_sample * 250,
            count: max_block,
            digital: 0,
            samples: &room[..used],
        };
        bytes.extend_from_slice(data.encode().expect("a block that fits").as_bytes());
        first_sample += u32::from(max_block);
    }
    bytes
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    let boards = [
        ("8 channels i16", recording(8, SampleFormat::I16, 14, 3000)),
        ("8 channels i24", recording(8, SampleFormat::I24, 9, 30_000)),
        ("1 channel i16, 10 ms blocks", recording(1, SampleFormat::I16, 40, 3000)),
        ("1 channel i16, silent", recording(1, SampleFormat::I16, 100, 0)),
    ];
    for (name, bytes) in &boards {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new("frames", name), |b| {
            b.iter(|| {
                let mut decoder = Decoder::default();
                let mut samples = 0;
                for read in bytes.chunks(READ) {
                    decoder.feed(read, |event| {
                        if let Event::Data(data) = event {
                            samples += data.len();
                        }
                    });
                }
                assert!(samples >= SAMPLES as usize);
                samples
            });
        });
        group.bench_function(BenchmarkId::new("frames and counts", name), |b| {
            b.iter(|| {
                let mut decoder = Decoder::default();
                let mut sum = 0_i64;
                for read in bytes.chunks(READ) {
                    decoder.feed(read, |event| {
                        if let Event::Data(data) = event {
                            sum += data.counts().map(i64::from).sum::<i64>();
                        }
                    });
                }
                sum
            });
        });
    }
    group.finish();
}

fn check(c: &mut Criterion) {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(249).collect();
    let mut group = c.benchmark_group("check");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("crc32", |b| b.iter(|| crc32(black_box(&bytes))));
    group.finish();
}

criterion_group!(benches, decode, check);
criterion_main!(benches);
