//! Lines of numbers, as the Arduino Serial Plotter takes them and as any sketch prints them.
//!
//! A line is a sample of every channel. Numbers are parted by comma, semicolon, tab or blanks, and
//! may have a label (`emg:512`, `emg=512`). A first column that counts or is a clock is no channel:
//! it tells what is missing. A column called `needle`, `switch`, `mark` or `button` is a line that
//! changes its level while the needle is in. What is no line of numbers is passed over, told, and
//! counted as a lost line where it stands between lines.
//!
//! Source: ArduinoSerialPlotterProtocol.md (arduino/Arduino).

use super::{Counter, Described, Encoder, Loss, Note, Parser, RateFrom, Said, Sink, Switch};

/// No line of numbers is longer, bytes.
const MOST_LINE: usize = 1024;
/// Lines that are held back to learn the columns from.
const LEARN: usize = 64;
/// A clock is learned from for so long, s, or from so many lines.
const LEARN_S: f64 = 2.0;
const MOST_LEARN: usize = 20_000;
/// The largest number of a converter of 16 bits.
const MOST_COUNT: f64 = 65_535.0;

/// What the first column is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum First {
    Channel,
    /// It grows by this much a line.
    Counts(f64),
    /// A clock of so many ticks a second, so many ticks a line.
    Clock {
        ticks_hz: f64,
        ticks: f64,
    },
    /// It grows, and in what is not known.
    Grows,
}

#[derive(Debug, Clone, Default)]
struct Line {
    values: Vec<f64>,
    labels: Vec<String>,
}

#[derive(Debug, Clone)]
struct Columns {
    first: First,
    width: usize,
    switch: Option<usize>,
    /// Values are whole and not below zero, so that no more than 16 bits can come.
    counts: bool,
}

/// The typical line is the mean over about so many.
const TYPICAL: f64 = 32.0;

/// Reads lines.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: Vec<u8>,
    too_long: bool,
    any: bool,
    held: Vec<Line>,
    held_bytes: u64,
    columns: Option<Columns>,
    switch: Switch,
    last_first: Option<f64>,
    /// Lines that could not be read since the last that could.
    damaged: u64,
    damaged_bytes: u64,
    sample: Vec<f32>,
    told_text: u8,
    /// How long lines are, bytes.
    typical: f64,
    /// The labels of a header line.
    header: Vec<String>,
}

impl Reader {
    fn line_ends(&mut self, sink: &mut Sink<'_>) {
        let bytes = std::mem::take(&mut self.line);
        let (too_long, first) = (std::mem::take(&mut self.too_long), !std::mem::replace(&mut self.any, true));
        let text = std::str::from_utf8(&bytes).ok().map(str::trim).filter(|_| !too_long);
        match text {
            // The first line after opening a port is nearly always the end of one.
            _ if first => sink(Said::Skipped(bytes.len() as u64)),
            Some("") => {}
            Some(text) => match parse(text) {
                Some(line) => self.take(line, bytes.len() as u64, sink),
                None => self.odd(Some(text), bytes.len() as u64, sink),
            },
            None => self.odd(None, bytes.len() as u64, sink),
        }
    }

    /// A line that is no sample; where it is long, it is several whose ends are lost.
    fn odd(&mut self, text: Option<&str>, bytes: u64, sink: &mut Sink<'_>) {
        self.damaged += ((bytes as f64 / self.typical.max(1.0)).round() as u64).clamp(1, MOST_LINE as u64);
        self.damaged_bytes += bytes;
        let Some(text) = text.filter(|t| t.chars().all(|c| !c.is_control()) && self.columns.is_none()) else {
            return;
        };
        if let Some(labels) = header(text) {
            self.header = labels;
        } else if self.told_text < 3 {
            self.told_text += 1;
            sink(Said::Note(&Note::Text(text.chars().take(80).collect())));
        }
    }

    fn take(&mut self, line: Line, bytes: u64, sink: &mut Sink<'_>) {
        if self.columns.is_some() {
            return self.sample(&line, bytes, sink);
        }
        if self.held.last().is_some_and(|last| last.values.len() != line.values.len()) {
            sink(Said::Skipped(self.held.len() as u64));
            self.held.clear();
            self.held_bytes = 0;
        }
        if self.held.is_empty() {
            // Banners come before the first sample and are no loss.
            (self.damaged, self.damaged_bytes) = (0, 0);
        }
        self.held.push(line);
        self.held_bytes += bytes;
        if self.held.len() >= LEARN && self.learned() {
            self.settle(sink);
        }
    }

    /// Whether the clock was seen long enough, if there is one.
    fn learned(&self) -> bool {
        let (Some(a), Some(b)) = (self.held.first(), self.held.last()) else { return false };
        match self.ticks_hz(&a.labels) {
            Some(hz) => self.held.len() >= MOST_LEARN || (b.values[0] - a.values[0]) / hz >= LEARN_S,
            None => true,
        }
    }

    /// Ticks a second of the first column, where its name is that of a clock. A clock that does
    /// not name its unit has the one that gives a rate of surface EMG.
    fn ticks_hz(&self, labels: &[String]) -> Option<f64> {
        match self.label(labels, 0).to_ascii_lowercase().as_str() {
            "ms" | "millis" => Some(1e3),
            "us" | "micros" => Some(1e6),
            "s" | "sec" | "seconds" => Some(1.0),
            "t" | "time" | "timestamp" => {
                let steps: Vec<f64> = self.held.windows(2).map(|w| w[1].values[0] - w[0].values[0]).collect();
                let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
                [1e3, 1e6, 1.0].into_iter().find(|hz| (50.0..50_000.0).contains(&(hz / mean)))
            }
            _ => None,
        }
    }

    fn label<'a>(&'a self, labels: &'a [String], place: usize) -> &'a str {
        let own = labels.get(place).map(String::as_str).unwrap_or_default();
        if own.is_empty() { self.header.get(place).map(String::as_str).unwrap_or_default() } else { own }
    }

    /// Learns the columns from the lines so far, and reads them.
    fn settle(&mut self, sink: &mut Sink<'_>) {
        let Some(line) = self.held.first().filter(|_| self.held.len() > 1) else { return };
        let (width, guess) = (line.values.len(), self.first_column(&self.held, line));
        let held = std::mem::take(&mut self.held);
        let line = &held[0];
        let names: Vec<String> = (0..width).map(|n| self.label(&line.labels, n).to_owned()).collect();
        let is_switch =
            |n: &String| matches!(n.to_ascii_lowercase().as_str(), "needle" | "switch" | "mark" | "button");
        let switch = names.iter().position(is_switch);
        // Something must be a channel.
        let first = if width - usize::from(switch.is_some()) < 2 { First::Channel } else { guess };
        let skip = usize::from(first != First::Channel);
        let mut channels: Vec<String> = Vec::new();
        for (place, name) in names.iter().enumerate().skip(skip).filter(|(p, _)| Some(*p) != switch) {
            let mut own = if name.is_empty() { format!("ch{}", channels.len() + 1) } else { name.clone() };
            while channels.contains(&own) {
                own = format!("{own} ({})", place + 1);
            }
            channels.push(own);
        }
        let of_counts = |v: &f64| v.fract() == 0.0 && (0.0..=MOST_COUNT).contains(v);
        let counts = held.iter().flat_map(|l| &l.values[skip..]).all(of_counts);
        let rate = match first {
            First::Clock { ticks_hz, ticks } => Some((ticks_hz / ticks, RateFrom::Stamps)),
            _ => None,
        };
        if matches!(first, First::Counts(_) | First::Grows) {
            sink(Said::Note(&Note::FirstColumn { counts: first != First::Grows }));
        }
        self.columns = Some(Columns { first, width, switch, counts });
        let name = "lines of numbers".to_owned();
        let counter = match first {
            First::Counts(_) | First::Clock { .. } => Counter::Whole,
            First::Channel | First::Grows => Counter::None,
        };
        let described =
            Described { name, channels, rate, uv_per_count: None, full_scale: None, bits: None, counter };
        sink(Said::Described(&described));
        (self.damaged, self.damaged_bytes) = (0, 0);
        self.typical = self.held_bytes as f64 / held.len() as f64;
        held.iter().for_each(|line| self.sample(line, 0, sink));
    }

    fn first_column(&self, held: &[Line], line: &Line) -> First {
        let steps: Vec<f64> = held.windows(2).map(|w| w[1].values[0] - w[0].values[0]).collect();
        let middle = median(&steps);
        let grows = steps.iter().all(|s| *s > 0.0);
        if line.values.len() < 2 {
            return First::Channel;
        }
        match self.ticks_hz(&line.labels) {
            Some(ticks_hz) if middle > 0.0 => {
                // The middle of whole ticks is coarse; the mean of the regular steps is not.
                let regular = || steps.iter().filter(|s| **s < 1.5 * middle + 1.0);
                let ticks = regular().sum::<f64>() / regular().count().max(1) as f64;
                First::Clock { ticks_hz, ticks }
            }
            _ if held.len() < LEARN / 2 || !grows => First::Channel,
            _ if steps.iter().filter(|s| **s == middle).count() * 10 > steps.len() * 9 => {
                First::Counts(middle)
            }
            _ => First::Grows,
        }
    }

    fn sample(&mut self, line: &Line, bytes: u64, sink: &mut Sink<'_>) {
        let Some(columns) = self.columns.clone() else { return };
        let skip = usize::from(columns.first != First::Channel);
        let most = line.values.iter().skip(skip).copied().fold(0.0, f64::max);
        if line.values.len() != columns.width || (columns.counts && most > MOST_COUNT) {
            return self.odd(None, bytes, sink);
        }
        let missing = self.missing(&columns, line.values[0]);
        if self.damaged_bytes > 0 {
            sink(Said::Skipped(self.damaged_bytes));
        }
        let frames = missing.unwrap_or(self.damaged);
        if frames > 0 {
            sink(Said::Lost(Loss { frames, counted_to: 0, counted: missing.is_some() }));
        }
        (self.damaged, self.damaged_bytes) = (0, 0);
        if let Some(place) = columns.switch
            && let Some(mark) = self.switch.look(line.values[place] > 0.5)
        {
            sink(Said::Mark(0, &mark));
        }
        self.sample.clear();
        let wanted = line.values.iter().enumerate().skip(skip).filter(|(n, _)| Some(*n) != columns.switch);
        self.sample.extend(wanted.map(|(_, v)| *v as f32));
        if bytes > 0 {
            self.typical += (bytes as f64 - self.typical) / TYPICAL;
        }
        sink(Said::Frame(&self.sample));
    }

    /// Lines missing by the first column, where it tells that.
    fn missing(&mut self, columns: &Columns, now: f64) -> Option<u64> {
        let last = self.last_first.replace(now);
        let (First::Counts(step) | First::Clock { ticks: step, .. }) = columns.first else { return None };
        let Some(last) = last else { return Some(0) };
        // A counter that runs back has started anew: what is missing it cannot tell.
        let lines = ((now - last) / step).round();
        (lines >= 1.0).then(|| lines as u64 - 1)
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\t', ' ']).filter(|part| !part.is_empty())
}

/// A line of numbers; `nan` and `ovf` are numbers that were lost.
fn parse(text: &str) -> Option<Line> {
    let mut line = Line::default();
    let mut name = "";
    for part in parts(text) {
        let (label, value) = part.rsplit_once([':', '=']).unwrap_or(("", part));
        if value.is_empty() {
            name = label;
            continue;
        }
        line.labels.push(if label.is_empty() { name } else { label }.to_owned());
        line.values.push(match value {
            "ovf" | "OVF" | "nan" | "NaN" | "NAN" => f64::NAN,
            _ if value.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => value.parse().ok()?,
            _ => return None,
        });
        name = "";
    }
    (!line.values.is_empty()).then_some(line)
}

/// The labels of a header line: words alone, none of them a number, more than one or a known one.
fn header(text: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = parts(text).collect();
    let is_label = |w: &&str| w.starts_with(|c: char| c.is_alphabetic()) && !w.contains([':', '=', '!', '?']);
    let commas = text.contains([',', ';', '\t']) || words.len() == 1;
    (commas && words.iter().all(is_label)).then(|| words.iter().map(|w| (*w).to_owned()).collect())
}

impl Parser for Reader {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        for &byte in bytes {
            if byte == b'\n' {
                self.line_ends(sink);
            } else if self.line.len() < MOST_LINE {
                self.line.push(byte);
            } else {
                self.too_long = true;
                self.damaged_bytes += 1;
            }
        }
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        if self.columns.is_none() {
            self.settle(sink);
        }
        // A line without its end may be the start of one.
        self.damaged_bytes += self.line.len() as u64;
        if self.damaged_bytes > 0 {
            sink(Said::Skipped(self.damaged_bytes));
        }
    }

    fn reopened(&mut self) {
        // The header comes when a sketch starts, and the needle may be in now.
        let (header, switch) = (std::mem::take(&mut self.header), std::mem::take(&mut self.switch));
        *self = Self { header, switch, told_text: self.told_text, ..Self::default() };
    }
}

/// A sketch that prints 10-bit counts, with a needle switch as the last column.
#[derive(Debug)]
pub(super) struct Writer {
    channels: usize,
    rate_hz: f64,
}

impl Writer {
    /// One that prints `channels` numbers at `rate_hz`.
    pub(super) fn new(channels: usize, rate_hz: f64) -> Self {
        Self { channels, rate_hz }
    }
}

impl Encoder for Writer {
    fn channels(&self) -> usize {
        self.channels
    }

    fn rate_hz(&self) -> f64 {
        self.rate_hz
    }

    fn uv_per_count(&self) -> Option<f64> {
        None
    }

    fn full_scale(&self) -> i32 {
        511
    }

    fn boot(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"EMG sketch\r\n");
    }

    fn hear(&mut self, _bytes: &[u8], _out: &mut Vec<u8>) {}

    fn streams(&self) -> bool {
        true
    }

    fn frame(&mut self, counts: &[i32], needle_in: bool, out: &mut Vec<u8>) {
        for channel in 0..self.channels {
            let value = (counts.get(channel).copied().unwrap_or(0) + 512).clamp(0, 1023);
            out.extend_from_slice(format!("emg{}:{value},", channel + 1).as_bytes());
        }
        out.extend_from_slice(format!("needle:{}\r\n", u8::from(needle_in)).as_bytes());
    }

    fn drop_frame(&mut self) {}
}
