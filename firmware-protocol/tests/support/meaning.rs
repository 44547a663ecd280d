//! What a frame means, as a line of text, and back: `vectors/README.md` tells the form.
#![allow(dead_code, reason = "each test file uses its part")]

use firmware_protocol::{
    Abilities, Channel, ChannelKind, Command, Data, DataFlags, Heard, Hello, Mark, MarkCode, Message,
    Outcome, Pong, Raw, Response, SampleFormat, Status, TestSignal, Text, Wire, encode_log, pack,
};

/// The text behind `key=` in a line.
fn field<'a>(line: &'a str, key: &str) -> &'a str {
    let name = format!(" {key}=");
    let at = line.find(&name).unwrap_or_else(|| panic!("no {key} in {line}")) + name.len();
    if key == "text" { &line[at..] } else { line[at..].split(' ').next().unwrap() }
}

fn number<T: TryFrom<i64>>(line: &str, key: &str) -> T {
    let value: i64 = field(line, key).parse().unwrap_or_else(|_| panic!("{key} in {line}"));
    T::try_from(value).unwrap_or_else(|_| panic!("{key} in {line}"))
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub fn hex(bytes: &[u8], between: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
}

fn eight(text: &str) -> [u8; 8] {
    unhex(text).try_into().unwrap()
}

const FORMATS: [(&str, SampleFormat); 3] =
    [("i16", SampleFormat::I16), ("i24", SampleFormat::I24), ("u16", SampleFormat::U16)];

pub fn format_of(line: &str) -> SampleFormat {
    FORMATS.into_iter().find(|(name, _)| *name == field(line, "format")).unwrap().1
}

fn format_name(format: SampleFormat) -> &'static str {
    FORMATS.into_iter().find(|(_, known)| *known == format).unwrap().0
}

/// The frame that a line means.
pub fn encode(line: &str) -> Wire {
    match line.split(' ').next().unwrap() {
        "hello" => hello(line).encode(),
        "channel" => channel(line).encode(),
        "data" => data(line),
        "mark" => mark(line).encode(),
        "status" => status(line).encode(),
        "log" => encode_log(field(line, "text")).unwrap(),
        "response" => Response {
            request: number(line, "request"),
            command: number(line, "command"),
            outcome: Outcome(number(line, "outcome")),
        }
        .encode(),
        "pong" => Pong {
            request: number(line, "request"),
            token: u64::from_le_bytes(eight(field(line, "token"))),
            received_us: number(line, "received_us"),
            sent_us: number(line, "sent_us"),
        }
        .encode(),
        _ => command(line).encode(number(line, "request")),
    }
}

fn hello(line: &str) -> Hello {
    Hello {
        major: 1,
        minor: 0,
        uid: eight(field(line, "uid")),
        firmware: number(line, "firmware"),
        abilities: Abilities(number(line, "abilities")),
        stream: number(line, "stream"),
        rate_num: number(line, "rate_num"),
        rate_den: number(line, "rate_den"),
        next_sample: number(line, "next_sample"),
        time_us: number(line, "time_us"),
        clock_tolerance_ppm: number(line, "clock_tolerance_ppm"),
        channels: number(line, "channels"),
        format: format_of(line),
        adc_bits: number(line, "adc_bits"),
        max_block: number(line, "max_block"),
        streaming: number::<u8>(line, "streaming") == 1,
        name: Text::new(field(line, "text")),
    }
}

fn channel(line: &str) -> Channel {
    Channel {
        stream: number(line, "stream"),
        channel: number(line, "channel"),
        kind: ChannelKind(number(line, "kind")),
        lsb_pv: number(line, "lsb_pv"),
        zero: number(line, "zero"),
        clip_low: number(line, "clip_low"),
        clip_high: number(line, "clip_high"),
        gain_x1000: number(line, "gain_x1000"),
        high_pass_chz: number(line, "high_pass_chz"),
        low_pass_dhz: number(line, "low_pass_dhz"),
        label: Text::new(field(line, "text")),
    }
}

fn data(line: &str) -> Wire {
    let counts = field(line, "counts").split(',').map(|count| count.parse().unwrap());
    let mut room = [0; 256];
    let used = pack(format_of(line), counts, &mut room).unwrap();
    let flags: u8 = number(line, "flags");
    let bit = |at: u8| flags & (1 << at) != 0;
    let data = Data {
        stream: number(line, "stream"),
        flags: DataFlags { gap: bit(0), clipped: bit(1), lead_off: bit(2), mark: bit(3) },
        first_sample: number(line, "first_sample"),
        time_us: number(line, "time_us"),
        count: number(line, "count"),
        digital: number(line, "digital"),
        samples: &room[..used],
    };
    data.encode().unwrap()
}

fn mark(line: &str) -> Mark {
    Mark {
        stream: number(line, "stream"),
        number: number(line, "number"),
        code: MarkCode(number(line, "code")),
        line: number(line, "line"),
        level: number(line, "level"),
        sample: number(line, "sample"),
        time_us: number(line, "time_us"),
        debounce_us: number(line, "debounce_us"),
    }
}

fn status(line: &str) -> Status {
    Status {
        stream: number(line, "stream"),
        streaming: number::<u8>(line, "streaming") == 1,
        reset_cause: number(line, "reset_cause"),
        uptime_ms: number(line, "uptime_ms"),
        next_sample: number(line, "next_sample"),
        time_us: number(line, "time_us"),
        frames: number(line, "frames"),
        dropped_samples: number(line, "dropped_samples"),
        tx_high_water: number(line, "tx_high_water"),
        adc_overruns: number(line, "adc_overruns"),
        rx_damaged: number(line, "rx_damaged"),
        next_mark: number(line, "next_mark"),
        marks_dropped: number(line, "marks_dropped"),
        lead_off_p: number(line, "lead_off_p"),
        lead_off_n: number(line, "lead_off_n"),
        clipped: number(line, "clipped"),
        supply_mv: number(line, "supply_mv"),
        temperature_dc: number(line, "temperature_dc"),
    }
}

fn command(line: &str) -> Command {
    match line.split(' ').next().unwrap() {
        "hello_request" => Command::Hello,
        "start" => Command::Start { max_block: number(line, "max_block") },
        "stop" => Command::Stop,
        "set_rate" => Command::SetRate { num: number(line, "num"), den: number(line, "den") },
        "set_gain" => Command::SetGain { channel: number(line, "channel"), gain: number(line, "gain") },
        "ping" => Command::Ping { token: u64::from_le_bytes(eight(field(line, "token"))) },
        "mark_ack" => Command::MarkAck { number: number(line, "number") },
        "test" => Command::Test(TestSignal(number(line, "signal"))),
        "lead_off" => Command::LeadOff { on: number::<u8>(line, "on") == 1 },
        "inject_mark" => Command::InjectMark { code: number(line, "code") },
        "reset" => Command::Reset,
        other => panic!("unknown: {other}"),
    }
}

/// What a board's frame means; samples are read as `format`.
pub fn message(raw: Raw<'_>, format: SampleFormat) -> String {
    match Message::parse(raw) {
        Message::Hello(true, h) => format!(
            "hello uid={} firmware={} abilities={} stream={} rate_num={} rate_den={} next_sample={} time_us={} \
             clock_tolerance_ppm={} channels={} format={} adc_bits={} max_block={} streaming={} text={}",
            hex(&h.uid, ""),
            h.firmware,
            h.abilities.0,
            h.stream,
            h.rate_num,
            h.rate_den,
            h.next_sample,
            h.time_us,
            h.clock_tolerance_ppm,
            h.channels,
            format_name(h.format),
            h.adc_bits,
            h.max_block,
            u8::from(h.streaming),
            h.name
        ),
        Message::Channel(c) => format!(
            "channel stream={} channel={} kind={} lsb_pv={} zero={} clip_low={} clip_high={} gain_x1000={} \
             high_pass_chz={} low_pass_dhz={} text={}",
            c.stream,
            c.channel,
            c.kind.0,
            c.lsb_pv,
            c.zero,
            c.clip_low,
            c.clip_high,
            c.gain_x1000,
            c.high_pass_chz,
            c.low_pass_dhz,
            c.label
        ),
        Message::Data(d) => data_line(&d, format),
        Message::Mark(m) => format!(
            "mark stream={} number={} code={} line={} level={} sample={} time_us={} debounce_us={}",
            m.stream, m.number, m.code.0, m.line, m.level, m.sample, m.time_us, m.debounce_us
        ),
        Message::Status(s) => status_line(&s),
        Message::Log(text) => format!("log text={}", core::str::from_utf8(text).unwrap()),
        Message::Response(r) => {
            format!("response request={} command={} outcome={}", r.request, r.command, r.outcome.0)
        }
        Message::Pong(p) => {
            let token = hex(&p.token.to_le_bytes(), "");
            format!(
                "pong request={} token={token} received_us={} sent_us={}",
                p.request, p.received_us, p.sent_us
            )
        }
        other => panic!("{other:?}"),
    }
}

fn data_line(d: &Data<'_>, format: SampleFormat) -> String {
    let flags = u8::from(d.flags.gap)
        | u8::from(d.flags.clipped) << 1
        | u8::from(d.flags.lead_off) << 2
        | u8::from(d.flags.mark) << 3;
    let counts: Vec<String> = d
        .samples
        .chunks_exact(format.width().unwrap())
        .map(|bytes| match (format, bytes) {
            (SampleFormat::U16, [a, b]) => u16::from_le_bytes([*a, *b]).to_string(),
            (_, [a, b]) => i16::from_le_bytes([*a, *b]).to_string(),
            (_, [a, b, c]) => (i32::from_le_bytes([0, *a, *b, *c]) / 256).to_string(),
            _ => unreachable!(),
        })
        .collect();
    format!(
        "data stream={} flags={flags} first_sample={} time_us={} count={} digital={} format={} counts={}",
        d.stream,
        d.first_sample,
        d.time_us,
        d.count,
        d.digital,
        format_name(format),
        counts.join(",")
    )
}

fn status_line(s: &Status) -> String {
    format!(
        "status stream={} streaming={} reset_cause={} uptime_ms={} next_sample={} time_us={} frames={} \
         dropped_samples={} tx_high_water={} adc_overruns={} rx_damaged={} next_mark={} marks_dropped={} \
         lead_off_p={} lead_off_n={} clipped={} supply_mv={} temperature_dc={}",
        s.stream,
        u8::from(s.streaming),
        s.reset_cause,
        s.uptime_ms,
        s.next_sample,
        s.time_us,
        s.frames,
        s.dropped_samples,
        s.tx_high_water,
        s.adc_overruns,
        s.rx_damaged,
        s.next_mark,
        s.marks_dropped,
        s.lead_off_p,
        s.lead_off_n,
        s.clipped,
        s.supply_mv,
        s.temperature_dc
    )
}

/// What a board hears.
pub fn heard(heard: &Heard) -> String {
    let (request, command) = match *heard {
        Heard::Command { request, command } => (request, command),
        Heard::Unknown { request, kind } => return format!("unknown request={request} type={kind}"),
        _ => return "damaged".to_owned(),
    };
    let (name, arguments) = match command {
        Command::Hello => ("hello_request", String::new()),
        Command::Start { max_block } => ("start", format!(" max_block={max_block}")),
        Command::Stop => ("stop", String::new()),
        Command::SetRate { num, den } => ("set_rate", format!(" num={num} den={den}")),
        Command::SetGain { channel, gain } => ("set_gain", format!(" channel={channel} gain={gain}")),
        Command::Ping { token } => ("ping", format!(" token={}", hex(&token.to_le_bytes(), ""))),
        Command::MarkAck { number } => ("mark_ack", format!(" number={number}")),
        Command::Test(signal) => ("test", format!(" signal={}", signal.0)),
        Command::LeadOff { on } => ("lead_off", format!(" on={}", u8::from(on))),
        Command::InjectMark { code } => ("inject_mark", format!(" code={code}")),
        Command::Reset => ("reset", String::new()),
        other => panic!("{other:?}"),
    };
    format!("{name} request={request}{arguments}")
}

/// The pairs of a vector file: what a frame means, and its bytes.
pub fn vectors(file: &str) -> Vec<(String, Vec<u8>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len().is_multiple_of(2) && lines.len() > 20, "{file}");
    lines.chunks_exact(2).map(|pair| (pair[0].to_owned(), unhex(pair[1]))).collect()
}
