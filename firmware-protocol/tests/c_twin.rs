//! The C header against this crate, byte for byte: what C encodes Rust decodes, and what Rust
//! encodes C decodes. Needs a C compiler, as building Rust does; where there is none the tests say
//! so and step aside.

#[path = "support/meaning.rs"]
mod meaning;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use firmware_protocol::{Decoder, Event, Found, Framer, Listener};
use rand_core::{RngCore, SeedableRng};
use rand_pcg::Pcg64;

/// `c/check.c`, compiled once; none where there is no compiler.
fn check() -> Option<&'static Path> {
    static CHECK: OnceLock<Option<PathBuf>> = OnceLock::new();
    CHECK.get_or_init(|| compile("check")).as_deref()
}

/// The first flags that work are taken: not every machine has the sanitizers.
fn compile(program: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c").join(program).with_extension("c");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(program);
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let strict = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];
    let mut said = String::new();
    for more in [&["-fsanitize=address,undefined", "-fno-sanitize-recover=all"][..], &[]] {
        let run = Command::new(&compiler).args(strict).args(more).arg("-o").args([&binary, &source]).output();
        let Ok(run) = run else {
            eprintln!("skipped: there is no C compiler '{compiler}', so nothing is said of twitchwire.h");
            return None;
        };
        if run.status.success() {
            return Some(binary);
        }
        said = String::from_utf8_lossy(&run.stderr).into_owned();
    }
    panic!("{program}.c does not compile:\n{said}");
}

/// What `check` prints for these lines.
fn run(check: &Path, direction: &str, lines: &[String]) -> Vec<String> {
    let mut child =
        Command::new(check).arg(direction).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn c_encodes_the_golden_frames_of_a_board() {
    let Some(check) = check() else { return };
    let (lines, bytes): (Vec<_>, Vec<_>) = meaning::vectors("board.txt").into_iter().unzip();
    let golden: Vec<String> = bytes.iter().map(|bytes| meaning::hex(bytes, " ")).collect();
    assert_eq!(run(check, "encode", &lines), golden);
}

#[test]
fn c_decodes_the_golden_commands_of_a_host() {
    let Some(check) = check() else { return };
    let (lines, bytes): (Vec<_>, Vec<_>) = meaning::vectors("host.txt").into_iter().unzip();
    let golden: Vec<String> = bytes.iter().map(|bytes| meaning::hex(bytes, " ")).collect();
    assert_eq!(run(check, "decode", &golden), lines);
}

/// Numbers with many zero bytes, ones and ends of ranges among them: those are what stuffing and
/// signs are about.
fn draw(random: &mut Pcg64, bits: u32) -> u64 {
    let whole = u64::MAX >> (64 - bits);
    match random.next_u32() % 4 {
        0 => 0,
        1 => whole,
        2 => (random.next_u64() & 0x00FF_00FF_FF00_00FF) & whole,
        _ => random.next_u64() & whole,
    }
}

/// Any frame of a board, as a line.
fn frame(random: &mut Pcg64) -> String {
    let mut n = |bits| draw(random, bits);
    match n(3) {
        0 => format!(
            "hello uid={:016x} firmware={} abilities={} stream={} rate_num={} rate_den={} next_sample={} \
             time_us={} clock_tolerance_ppm={} channels={} format=i24 adc_bits={} max_block={} streaming={} \
             text=board {}",
            n(64),
            n(32),
            n(32),
            n(16),
            n(32),
            n(32),
            n(32),
            n(32),
            n(16),
            n(8),
            n(8),
            n(8),
            n(1),
            n(16)
        ),
        1 => format!(
            "channel stream={} channel={} kind={} lsb_pv={} zero={} clip_low={} clip_high={} gain_x1000={} \
             high_pass_chz={} low_pass_dhz={} text=c{}",
            n(16),
            n(8),
            n(8),
            n(32),
            signed(n(32), 32),
            signed(n(32), 32),
            signed(n(32), 32),
            n(32),
            n(16),
            n(16),
            n(16)
        ),
        2 | 3 => {
            let (format, bits) = [("i16", 16), ("i24", 24), ("u16", 17)][n(7) as usize % 3];
            let width = if bits == 24 { 3 } else { 2 };
            let count = 1 + n(16) % (237 / width);
            let counts: Vec<String> = (0..count)
                .map(|_| if bits == 17 { n(16).to_string() } else { signed(n(bits), bits).to_string() })
                .collect();
            format!(
                "data stream={} flags={} first_sample={} time_us={} count={} digital={} format={format} counts={}",
                n(4),
                n(4),
                n(32),
                n(32),
                n(8),
                n(8),
                counts.join(",")
            )
        }
        4 => format!(
            "mark stream={} number={} code={} line={} level={} sample={} time_us={} debounce_us={}",
            n(4),
            n(16),
            n(8),
            n(8),
            n(8),
            n(32),
            n(32),
            n(16)
        ),
        5 => format!(
            "status stream={} streaming={} reset_cause={} uptime_ms={} next_sample={} time_us={} frames={} \
             dropped_samples={} tx_high_water={} adc_overruns={} rx_damaged={} next_mark={} marks_dropped={} \
             lead_off_p={} lead_off_n={} clipped={} supply_mv={} temperature_dc={}",
            n(16),
            n(1),
            n(8),
            n(32),
            n(32),
            n(32),
            n(32),
            n(32),
            n(16),
            n(16),
            n(16),
            n(16),
            n(16),
            n(32),
            n(32),
            n(32),
            n(16),
            signed(n(16), 16)
        ),
        6 => format!("response request={} command={} outcome={}", n(8), n(8), n(8)),
        _ => format!("pong request={} token={:016x} received_us={} sent_us={}", n(8), n(64), n(32), n(32)),
    }
}

fn signed(value: u64, bits: u32) -> i64 {
    (value << (64 - bits)).cast_signed() >> (64 - bits)
}

/// Any command, as a line.
fn command(random: &mut Pcg64) -> String {
    let mut n = |bits| draw(random, bits);
    let request = n(8);
    match n(16) % 11 {
        0 => format!("hello_request request={request}"),
        1 => format!("start request={request} max_block={}", n(8)),
        2 => format!("stop request={request}"),
        3 => format!("set_rate request={request} num={} den={}", n(32), n(32)),
        4 => format!("set_gain request={request} channel={} gain={}", n(8), n(8)),
        5 => format!("ping request={request} token={:016x}", n(64)),
        6 => format!("mark_ack request={request} number={}", n(16)),
        7 => format!("test request={request} signal={}", n(8)),
        8 => format!("lead_off request={request} on={}", n(1)),
        9 => format!("inject_mark request={request} code={}", n(8)),
        _ => format!("reset request={request}"),
    }
}

#[test]
fn what_c_encodes_rust_encodes_and_decodes_alike() {
    let Some(check) = check() else { return };
    let mut random = Pcg64::seed_from_u64(4);
    let lines: Vec<String> = (0..5000).map(|_| frame(&mut random)).collect();
    for (line, bytes) in lines.iter().zip(run(check, "encode", &lines)) {
        assert_eq!(bytes, meaning::hex(meaning::encode(line).as_bytes(), " "), "{line}");
        let format = if line.starts_with("data") { line } else { " format=i16" };
        Framer::default().feed(&meaning::unhex(&bytes), |found| match found {
            Found::Frame(raw) => assert_eq!(&meaning::message(raw, meaning::format_of(format)), line),
            other => panic!("{line}: {other:?}"),
        });
    }
}

#[test]
fn what_rust_encodes_c_decodes() {
    let Some(check) = check() else { return };
    let mut random = Pcg64::seed_from_u64(5);
    let lines: Vec<String> = (0..5000).map(|_| command(&mut random)).collect();
    let bytes: Vec<String> =
        lines.iter().map(|line| meaning::hex(meaning::encode(line).as_bytes(), " ")).collect();
    assert_eq!(run(check, "decode", &bytes), lines);
}

#[test]
fn c_and_rust_hear_the_same_in_a_damaged_stream() {
    let Some(check) = check() else { return };
    let mut random = Pcg64::seed_from_u64(6);
    let mut stream = Vec::new();
    for _ in 0..5000 {
        let mut bytes = meaning::encode(&command(&mut random)).as_bytes().to_vec();
        let at = random.next_u32() as usize % bytes.len();
        match random.next_u32() % 6 {
            0 => bytes[at] ^= 1 << (random.next_u32() % 8),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, random.next_u32().to_le_bytes()[0]),
            3 => bytes.splice(at..at, [0; 3]).for_each(drop),
            _ => {}
        }
        stream.extend(bytes);
    }
    let mut heard = Vec::new();
    Listener::default().feed(&stream, |what| heard.push(meaning::heard(&what)));
    let lines: Vec<String> = stream.chunks(100).map(|part| meaning::hex(part, "")).collect();
    assert_eq!(run(check, "decode", &lines), heard);
    assert!(heard.iter().any(|what| what == "damaged"));
}

#[test]
fn a_host_believes_the_first_board_of_the_guide() {
    let Some(first) = compile("first") else { return };
    let output = Command::new(first).output().unwrap();
    let mut told = Vec::new();
    Decoder::default().feed(&output.stdout, |event| {
        told.push(match event {
            Event::Hello(board) => format!("{} {:?}", board.hello.name, board.channels()[0].scale_pv()),
            Event::Data(samples) => format!("{} {:?}", samples.first, samples.channel(0).next()),
            Event::Mark(mark) => format!("mark at {}", mark.sample),
            other => format!("{other:?}"),
        });
    });
    assert_eq!(
        told,
        ["first board Some(4883000)", "0 Some(500)", "20 Some(520)", "40 Some(540)", "mark at 42"]
    );
}
