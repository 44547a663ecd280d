//! A board of ours from the other end: samples in, frames of `firmware-protocol` out.

use firmware_protocol::{
    Abilities, BODY_MAX, CHANNELS_MAX, Channel, ChannelKind, Command, Data, DataFlags, Heard, Hello,
    Listener, MAJOR, MINOR, Mark, MarkCode, Outcome, Pong, Response, SCALE_UNKNOWN, SampleFormat, Status,
    TEMPERATURE_UNKNOWN, Text, pack,
};

use super::{Encoder, Played};

/// Bytes of DATA before its samples.
const DATA_HEAD: usize = 10;
/// A block lasts about so long, s.
const BLOCK_S: f64 = 0.01;
/// HELLO is said again so often, s, and STATUS so often, s.
const HELLO_S: f64 = 5.0;
const STATUS_S: f64 = 1.0;
/// A mark is sent again so often until it is acknowledged, s.
const MARK_S: f64 = 0.2;
/// Below this one count of 24 bits is too fine to be told in whole picovolts, pV.
const FINEST_PV: f64 = 1000.0;

/// A board that samples as a recording was.
pub(super) struct Writer {
    rate: (u32, u32),
    channels: u8,
    format: SampleFormat,
    bits: u8,
    lsb_pv: u32,
    max_block: u8,
    listener: Listener,
    stream: u16,
    streams: bool,
    /// Samples since START.
    taken: u64,
    dropped: u32,
    frames: u32,
    block: Vec<i32>,
    block_first: u64,
    gap: bool,
    needle_in: bool,
    marks: u16,
    /// Marks that wait to be acknowledged, and when each is sent again.
    waiting: Vec<(Mark, u64)>,
    next_hello: u64,
    next_status: u64,
    /// A block that was sent early because a sample after it was dropped.
    late: Vec<u8>,
}

impl Writer {
    pub(super) fn new(played: &Played) -> Self {
        let channels = played.channels.clamp(1, usize::from(CHANNELS_MAX)) as u8;
        let wide = played.bits > 16;
        let (format, bits) = if wide { (SampleFormat::I24, 24) } else { (SampleFormat::I16, 16) };
        let full_pv = played.full_scale_uv.map(|uv| uv * 1e6);
        let lsb_pv = full_pv.map_or(f64::from(SCALE_UNKNOWN), |pv| pv / 2f64.powi(bits - 1));
        let lsb_pv = if wide { lsb_pv.max(FINEST_PV) } else { lsb_pv.max(1.0) };
        let width = if wide { 3 } else { 2 };
        let room = (BODY_MAX - DATA_HEAD) / width / usize::from(channels);
        let wanted = (played.rate_hz * BLOCK_S).round().max(1.0) as usize;
        Self {
            rate: fraction(played.rate_hz),
            channels,
            format,
            bits: bits as u8,
            lsb_pv: lsb_pv.round() as u32,
            max_block: wanted.min(room).clamp(1, 255) as u8,
            listener: Listener::default(),
            stream: 1,
            streams: false,
            taken: 0,
            dropped: 0,
            frames: 0,
            block: Vec::new(),
            block_first: 0,
            gap: false,
            needle_in: false,
            marks: 0,
            waiting: Vec::new(),
            next_hello: 0,
            next_status: 0,
            late: Vec::new(),
        }
    }

    fn time_us(&self, sample: u64) -> u32 {
        // The clock wraps, as a board's does.
        (u128::from(sample) * u128::from(self.rate.1) * 1_000_000 / u128::from(self.rate.0)) as u32
    }

    fn samples(&self, seconds: f64) -> u64 {
        (seconds * self.rate_hz()) as u64
    }

    fn hello(&mut self, out: &mut Vec<u8>) {
        self.next_hello = self.taken + self.samples(HELLO_S);
        let hello = Hello {
            major: MAJOR,
            minor: MINOR,
            uid: *b"virtual1",
            firmware: 1,
            abilities: Abilities::default(),
            stream: self.stream,
            rate_num: self.rate.0,
            rate_den: self.rate.1,
            next_sample: self.block_first as u32,
            time_us: self.time_us(self.block_first),
            clock_tolerance_ppm: 50,
            channels: self.channels,
            format: self.format,
            adc_bits: self.bits,
            max_block: self.max_block,
            streaming: self.streams,
            name: Text::new("virtual board"),
        };
        out.extend_from_slice(hello.encode().as_bytes());
        for channel in 0..self.channels {
            let full = self.full_scale();
            let channel = Channel {
                stream: self.stream,
                channel,
                kind: ChannelKind::RAW,
                lsb_pv: self.lsb_pv,
                zero: 0,
                clip_low: -full,
                clip_high: full,
                gain_x1000: 0,
                high_pass_chz: 0,
                low_pass_dhz: 0,
                label: Text::new(&format!("EMG{}", channel + 1)),
            };
            out.extend_from_slice(channel.encode().as_bytes());
        }
    }

    fn status(&mut self, out: &mut Vec<u8>) {
        self.next_status = self.taken + self.samples(STATUS_S);
        let status = Status {
            stream: self.stream,
            streaming: self.streams,
            reset_cause: 1,
            uptime_ms: (self.taken as f64 / self.rate_hz() * 1e3) as u32,
            next_sample: self.block_first as u32,
            time_us: self.time_us(self.block_first),
            frames: self.frames,
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
        };
        out.extend_from_slice(status.encode().as_bytes());
    }

    fn send_block(&mut self, out: &mut Vec<u8>) {
        let count = self.block.len() / usize::from(self.channels);
        if count > 0 {
            let mut room = [0; BODY_MAX];
            let used = pack(self.format, self.block.iter().copied(), &mut room).unwrap_or_default();
            let data = Data {
                stream: (self.stream & 15) as u8,
                flags: DataFlags { gap: self.gap, ..DataFlags::default() },
                first_sample: self.block_first as u32,
                time_us: self.time_us(self.block_first),
                count: count as u8,
                digital: u8::from(self.needle_in),
                samples: &room[..used],
            };
            // What is packed here fits by the choice of the block.
            out.extend(data.encode().iter().flat_map(|wire| wire.as_bytes().to_vec()));
            self.frames = self.frames.wrapping_add(1);
            self.gap = false;
        }
        self.block.clear();
        self.block_first = self.taken;
    }

    fn mark(&mut self, out: &mut Vec<u8>) {
        let mark = Mark {
            stream: (self.stream & 15) as u8,
            number: self.marks,
            code: if self.needle_in { MarkCode::NEEDLE_IN } else { MarkCode::NEEDLE_OUT },
            line: 0,
            level: u8::from(self.needle_in),
            sample: self.taken as u32,
            time_us: self.time_us(self.taken),
            debounce_us: 0,
        };
        self.marks = self.marks.wrapping_add(1);
        self.waiting.push((mark, self.taken + self.samples(MARK_S)));
        out.extend_from_slice(mark.encode().as_bytes());
    }

    fn obey(&mut self, request: u8, command: Command, out: &mut Vec<u8>) {
        let outcome = match command {
            Command::Hello => {
                self.hello(out);
                Outcome::DONE
            }
            Command::Start { .. } => {
                (self.streams, self.stream) = (true, self.stream.wrapping_add(1));
                (self.taken, self.dropped, self.frames, self.marks) = (0, 0, 0, 0);
                (self.block_first, self.needle_in, self.gap) = (0, false, false);
                self.block.clear();
                self.waiting.clear();
                Outcome::DONE
            }
            Command::Stop => {
                self.send_block(out);
                self.streams = false;
                Outcome::DONE
            }
            Command::Ping { token } => {
                let now = self.time_us(self.taken);
                let pong = Pong { request, token, received_us: now, sent_us: now };
                return out.extend_from_slice(pong.encode().as_bytes());
            }
            Command::MarkAck { number } => {
                return self.waiting.retain(|(mark, _)| mark.number != number);
            }
            _ => Outcome::UNKNOWN,
        };
        let answer = Response { request, command: command.kind(), outcome };
        out.extend_from_slice(answer.encode().as_bytes());
        if matches!(command, Command::Start { .. }) {
            self.hello(out);
            self.next_status = self.samples(STATUS_S);
        }
    }
}

/// A rate as a fraction, to a thousandth of a hertz.
fn fraction(hz: f64) -> (u32, u32) {
    let thousand = (hz * 1000.0).round() as u32;
    if thousand.is_multiple_of(1000) { (thousand / 1000, 1) } else { (thousand, 1000) }
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        usize::from(self.channels)
    }

    fn rate_hz(&self) -> f64 {
        f64::from(self.rate.0) / f64::from(self.rate.1)
    }

    fn uv_per_count(&self) -> Option<f64> {
        // Counts of 16 bits are the recording's own; the scale is only told with them.
        let finer = self.bits > 16 && self.lsb_pv == FINEST_PV as u32;
        finer.then(|| f64::from(self.lsb_pv) * 1e-6)
    }

    fn full_scale(&self) -> i32 {
        (1 << (self.bits - 1)) - 1
    }

    fn boot(&mut self, out: &mut Vec<u8>) {
        (self.streams, self.stream) = (false, self.stream.wrapping_add(1));
        (self.taken, self.block_first) = (0, 0);
        self.block.clear();
        self.hello(out);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut listener = std::mem::take(&mut self.listener);
        listener.feed(bytes, |heard| match heard {
            Heard::Command { request, command } => self.obey(request, command, out),
            Heard::Unknown { request, kind } => {
                let answer = Response { request, command: kind, outcome: Outcome::UNKNOWN };
                out.extend_from_slice(answer.encode().as_bytes());
            }
            _ => {}
        });
        self.listener = listener;
    }

    fn streams(&self) -> bool {
        self.streams
    }

    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>) {
        out.append(&mut self.late);
        if needle_in != self.needle_in {
            self.needle_in = needle_in;
            self.mark(out);
        }
        let again = self.taken;
        let every = self.samples(MARK_S);
        for (mark, due) in self.waiting.iter_mut().filter(|(_, due)| *due <= again) {
            *due += every.max(1);
            out.extend_from_slice(mark.encode().as_bytes());
        }
        let full = self.full_scale();
        let count = |channel: usize| counts.get(channel).copied().unwrap_or(0).clamp(-full - 1, full);
        self.block.extend((0..self.channels()).map(count));
        self.taken += 1;
        if self.block.len() >= self.channels() * usize::from(self.max_block) {
            self.send_block(out);
            if self.taken >= self.next_hello {
                self.hello(out);
            }
            if self.taken >= self.next_status {
                self.status(out);
            }
        }
    }

    fn drop_frame(&mut self) {
        // What was collected goes on its way with the next sample.
        let mut late = std::mem::take(&mut self.late);
        self.send_block(&mut late);
        self.late = late;
        self.taken += 1;
        self.block_first = self.taken;
        (self.dropped, self.gap) = (self.dropped.wrapping_add(1), true);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.late);
        self.send_block(out);
        self.status(out);
    }
}
