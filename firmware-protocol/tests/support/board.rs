//! A board that streams: its samples are known from their numbers, so that what a host reads can
//! be judged.
#![allow(dead_code, reason = "each test file uses its part")]

use firmware_protocol::{
    Abilities, Channel, ChannelKind, Data, DataFlags, Decoder, Event, Hello, Mark, MarkCode, SampleFormat,
    Status, TEMPERATURE_UNKNOWN, Text, pack,
};

/// The count of a channel at a sample: never the same for neighbours, with zero bytes now and then.
pub fn truth(sample: u64, channel: usize) -> i32 {
    let mixed = (sample * 31 + channel as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
    let count = i32::from((mixed as u16).cast_signed()) / 16;
    if sample.is_multiple_of(7) { 0 } else { count }
}

#[derive(Clone)]
pub struct Board {
    pub hello: Hello,
    pub channels: Vec<Channel>,
    /// Taken since START.
    pub taken: u64,
    /// Added to its clock.
    pub clock_us: u64,
    /// Dropped since START.
    pub dropped: u32,
    pub marks: u16,
}

impl Board {
    pub fn new(channels: u8, stream: u16) -> Self {
        let hello = Hello {
            major: 1,
            minor: 0,
            uid: [7; 8],
            firmware: 1,
            abilities: Abilities::TEST,
            stream,
            rate_num: 2000,
            rate_den: 1,
            next_sample: 0,
            time_us: 0,
            clock_tolerance_ppm: 50,
            channels,
            format: SampleFormat::I16,
            adc_bits: 16,
            max_block: 20,
            streaming: true,
            name: Text::new("test board"),
        };
        let channel = |channel| Channel {
            stream,
            channel,
            kind: ChannelKind::RAW,
            lsb_pv: 22_352,
            zero: 0,
            clip_low: -32_768,
            clip_high: 32_767,
            gain_x1000: 24_000,
            high_pass_chz: 53,
            low_pass_dhz: 4500,
            label: Text::new("ch"),
        };
        let channels = (0..channels).map(channel).collect();
        Self { hello, channels, taken: 0, clock_us: 1_000_000, dropped: 0, marks: 0 }
    }

    pub fn time_us(&self, sample: u64) -> u32 {
        let rate = f64::from(self.hello.rate_num) / f64::from(self.hello.rate_den);
        (self.clock_us + (sample as f64 * 1e6 / rate) as u64) as u32
    }

    pub fn hello(&self) -> Vec<u8> {
        let moment =
            Hello { next_sample: self.taken as u32, time_us: self.time_us(self.taken), ..self.hello };
        moment.encode().as_bytes().to_vec()
    }

    /// HELLO and all CHANNEL.
    pub fn describe(&self) -> Vec<u8> {
        let mut bytes = self.hello();
        for channel in &self.channels {
            bytes.extend_from_slice(channel.encode().as_bytes());
        }
        bytes
    }

    /// The next samples.
    pub fn data(&mut self, count: u8) -> Vec<u8> {
        self.data_with(count, |_| {})
    }

    /// The next samples, with a lie.
    pub fn data_with(&mut self, count: u8, lie: impl Fn(&mut Data<'_>)) -> Vec<u8> {
        let first = self.taken;
        let channels = self.channels.len();
        let end = first + u64::from(count);
        let counts = (first..end).flat_map(|sample| (0..channels).map(move |channel| truth(sample, channel)));
        let mut room = [0; 240];
        let used = pack(self.hello.format, counts, &mut room).unwrap();
        let mut data = Data {
            stream: (self.hello.stream & 15) as u8,
            flags: DataFlags::default(),
            first_sample: first as u32,
            time_us: self.time_us(first),
            count,
            digital: 0,
            samples: &room[..used],
        };
        lie(&mut data);
        let bytes = data.encode().unwrap().as_bytes().to_vec();
        self.taken = end;
        bytes
    }

    /// Samples that are taken and dropped.
    pub fn drop(&mut self, count: u64) {
        self.taken += count;
        self.dropped += count as u32;
    }

    /// The next mark, `behind` samples before the next sample.
    pub fn mark(&mut self, behind: u64) -> Mark {
        let sample = self.taken - behind;
        self.marks += 1;
        Mark {
            stream: (self.hello.stream & 15) as u8,
            number: self.marks - 1,
            code: MarkCode::FOOT_DOWN,
            line: 0,
            level: 0,
            sample: sample as u32,
            time_us: self.time_us(sample),
            debounce_us: 5000,
        }
    }

    pub fn status(&self) -> Status {
        Status {
            stream: self.hello.stream,
            streaming: true,
            reset_cause: 1,
            uptime_ms: 0,
            next_sample: self.taken as u32,
            time_us: self.time_us(self.taken),
            frames: 0,
            dropped_samples: self.dropped,
            tx_high_water: 0,
            adc_overruns: 0,
            rx_damaged: 0,
            next_mark: self.marks,
            marks_dropped: 0,
            lead_off_p: 0,
            lead_off_n: 0,
            clipped: 0,
            supply_mv: 0,
            temperature_dc: TEMPERATURE_UNKNOWN,
        }
    }
}

/// What a decoder says of these bytes, in words that can be compared. Samples that are not the
/// truth are a failure at once.
pub fn read(decoder: &mut Decoder, bytes: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    decoder.feed(bytes, |event| {
        told.push(match event {
            Event::Hello(board) => {
                let hello = &board.hello;
                format!(
                    "hello {} of {} channels at {}",
                    hello.stream,
                    board.channels().len(),
                    hello.next_sample
                )
            }
            Event::Data(samples) => {
                for channel in 0..samples.channels() {
                    let truth: Vec<i32> =
                        (samples.first..).take(samples.len()).map(|at| truth(at, channel)).collect();
                    assert_eq!(samples.channel(channel).collect::<Vec<_>>(), truth, "at {}", samples.first);
                }
                format!("data {}..{}", samples.first, samples.first + samples.len() as u64)
            }
            Event::Lost(lost) => {
                let board = if lost.on_board { " on the board" } else { "" };
                format!("lost {}..{}{board}", lost.first, lost.first + lost.samples)
            }
            Event::Mark(mark) => format!("mark {} at {}", mark.mark.number, mark.sample),
            Event::MarkRepeated { number } => format!("mark {number} again"),
            Event::MarksMissing(missing) => format!("missing {} marks from {}", missing.count, missing.first),
            Event::Restarted { expected } => format!("restarted at {expected}"),
            Event::Status(_) => "status".to_owned(),
            Event::Log(text) => format!("log {}", String::from_utf8_lossy(text)),
            Event::Damaged(damage) => format!("damaged: {damage}"),
            Event::Refused(refusal) => format!("refused: {refusal}"),
            other => format!("{other:?}"),
        });
    });
    told
}
