//! The first seconds of a board: waking it, understanding what comes, and settling the format.

use super::board::{Described, Note, RateFrom};
use super::live::{Ear, LiveOptions};
use super::{PortError, ScaleOption, Warning, listen};
use crate::block::{Format, Scale};
use crate::units::SampleRate;

/// A board that says nothing for so long is silent, s: an UNO boots for 2 s, and a Cyton may be
/// asked twice.
const SILENT_S: f64 = 8.0;
/// A board that says what cannot be may correct itself for so long, s.
const REFUSED_S: f64 = 3.0;
/// Bytes came for so long and made no sense, s.
const SENSELESS_S: f64 = 5.0;
/// Waking a Cyton word by word takes up to 17 s where no answer comes.
const WAKE_S: f64 = 30.0;
/// So many bytes must have come before they are called senseless.
const SENSELESS_BYTES: u64 = 400;
/// What a board that is not understood is told by, bytes.
pub(super) const BEGINNING: usize = 8192;
/// Where nobody says the rate, frames are counted for so long, s.
const COUNT_S: f64 = 10.0;
/// The rates of surface EMG, Hz, as for recordings.
const RATES: std::ops::RangeInclusive<f64> = 100.0..=192_000.0;
/// As many as a recording may have.
const MOST_CHANNELS: usize = 64;
/// One count of a board is more than a picovolt and less than a volt, µV.
const COUNTS_UV: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// What the blocks will be.
pub(super) struct Settled {
    pub format: Format,
    /// Which of the board's channels are given, from 0.
    pub chosen: Vec<usize>,
    /// What one count is, in the samples' unit.
    pub gain: f64,
    pub rate_from: RateFrom,
}

/// Hears the board until it has said what it is, and its rate is known.
pub(super) fn understand(ear: &mut Ear, options: &LiveOptions) -> Result<Described, PortError> {
    let mut counting = Counting::default();
    loop {
        if ear.port.stopped() {
            return Err(PortError::Interrupted { port: ear.port.name().to_owned() });
        }
        ear.hear();
        if let Some(mut described) = ear.taken.described.clone() {
            if let Some(rate) = options.rate {
                described.rate = Some((rate.hz(), RateFrom::Person));
            }
            if described.rate.is_some() {
                return Ok(described);
            }
            counting.note(ear.last_bytes_s, ear.taken.clock);
            if let Some(hz) = counting.hz(ear.over) {
                described.rate = Some((hz, RateFrom::Arrival));
                return Ok(described);
            }
        }
        if let Some(error) = refusal(ear)
            && (ear.over || ear.port.now_s() > REFUSED_S)
        {
            return Err(error);
        }
        if ear.over {
            let unknown = || not_understood(ear);
            return Err(if ear.taken.bytes > 0 {
                unknown()
            } else {
                ear.ended.clone().unwrap_or_else(unknown)
            });
        }
        if ear.taken.bytes == 0 && ear.port.now_s() > SILENT_S {
            let port = ear.port.name().to_owned();
            return Err(PortError::Silent { port, seconds: SILENT_S, board: ear.board });
        }
        if ear.taken.described.is_none() && senseless(ear.port.now_s(), ear.taken.bytes, &ear.beginning) {
            return Err(not_understood(ear));
        }
    }
}

/// Frames counted by the second, where nobody says the rate.
#[derive(Debug, Default)]
struct Counting {
    /// When each second began, s, and with which frame.
    seconds: Vec<(f64, u64)>,
    last: (f64, u64),
}

impl Counting {
    /// The frame before number `frames` had come at `at_s`.
    fn note(&mut self, at_s: f64, frames: u64) {
        self.last = (at_s, frames);
        if self.seconds.last().is_none_or(|(begun_s, _)| at_s >= begun_s + 1.0) {
            self.seconds.push(self.last);
        }
    }

    /// The median of what was counted in a second, once there are enough of them, or there will
    /// be no more: a second in which this machine was busy does not count.
    fn hz(&self, over: bool) -> Option<f64> {
        let (first, last) = (self.seconds.first()?, self.last);
        if last.0 - first.0 < COUNT_S && !over {
            return None;
        }
        let each = self.seconds.windows(2).map(|w| (w[1].1 - w[0].1) as f64 / (w[1].0 - w[0].0));
        let mut each: Vec<f64> = each.collect();
        each.sort_by(f64::total_cmp);
        let whole = (last.1 - first.1) as f64 / (last.0 - first.0);
        each.get(each.len() / 2).copied().or(Some(whole)).filter(|hz| hz.is_finite())
    }
}

/// What the board says that keeps it from being read.
fn refusal(ear: &Ear) -> Option<PortError> {
    let port = || ear.port.name().to_owned();
    ear.taken.warnings.iter().filter(|_| ear.taken.described.is_none()).find_map(|warning| match warning {
        Warning::Board(Note::Refused(reason)) => {
            Some(PortError::Refused { port: port(), reason: reason.clone() })
        }
        Warning::Board(note @ Note::BoardOff) => {
            Some(PortError::NotReady { port: port(), reason: note.to_string() })
        }
        _ => None,
    })
}

/// Whether what came since the port was opened, `bytes` bytes in `open_s` seconds, can no more
/// become sense. Text may be the answers of a board that is being woken.
pub(super) fn senseless(open_s: f64, bytes: u64, beginning: &[u8]) -> bool {
    let enough = bytes >= SENSELESS_BYTES;
    open_s > WAKE_S || (open_s > SENSELESS_S && enough && listen::recognise(beginning) != listen::Heard::Text)
}

/// What the bytes are, if they are not those of the board.
fn not_understood(ear: &Ear) -> PortError {
    let (port, bytes, board) = (ear.port.name().to_owned(), ear.taken.bytes as usize, ear.board);
    match listen::recognise(&ear.beginning) {
        listen::Heard::Board(kind) if kind != board => {
            PortError::WrongBoard { port, board, looks: kind.describe(), name: kind.name() }
        }
        listen::Heard::Noise => {
            let baud = ear.port.baud();
            let others = listen::other_bauds(baud);
            PortError::Noise { port, bytes, baud, others }
        }
        _ => PortError::NotUnderstood { port, bytes, board },
    }
}

/// The format of the blocks, if what the board says can be.
pub(super) fn settle(ear: &Ear, described: &Described, options: &LiveOptions) -> Result<Settled, PortError> {
    let port = || ear.port.name().to_owned();
    let lies = |what: String, cure| PortError::Lies { port: port(), what, cure };
    let channels = described.channels.len();
    if !(1..=MOST_CHANNELS).contains(&channels) {
        let what = format!("says that it has {channels} channels");
        return Err(lies(what, "check that it is the board that you named"));
    }
    let (hz, rate_from) = described.rate.unwrap_or((0.0, RateFrom::Board));
    let rate = SampleRate::new(hz).ok().filter(|r| RATES.contains(&r.hz()));
    let rate = rate.ok_or_else(|| {
        let what = format!("gives {hz} samples a second, outside of the 100 to 192000 of surface EMG");
        lies(what, "correct its sketch, or give the true rate with --rate")
    })?;
    let known = options.scale == ScaleOption::FromFile;
    if described.uv_per_count.is_some_and(|uv| known && !COUNTS_UV.contains(&uv)) {
        let what = format!("says that one count is {} µV", described.uv_per_count.unwrap_or_default());
        return Err(lies(what, "give what one count is with --lsb"));
    }
    let (gain, scale) = match (options.scale, described.uv_per_count, described.full_scale) {
        (ScaleOption::Lsb(uv), ..) => (uv.uv(), Scale::Microvolts),
        (ScaleOption::FullScale(uv), _, Some(counts)) => (uv.uv() / counts, Scale::Microvolts),
        (ScaleOption::FullScale(_), _, None) => return Err(PortError::NoFullScale { port: port() }),
        (ScaleOption::FromFile, Some(uv), _) => (uv, Scale::Microvolts),
        (ScaleOption::FromFile, None, _) => (1.0, Scale::Unknown),
    };
    let chosen = choose(options, channels, &port())?;
    let names = chosen.iter().map(|c| described.channels[*c].clone()).collect();
    let full_scale = described.full_scale.map(|counts| (counts * gain) as f32);
    Ok(Settled { format: Format { rate, channels: names, scale, full_scale }, chosen, gain, rate_from })
}

fn choose(options: &LiveOptions, channels: usize, port: &str) -> Result<Vec<usize>, PortError> {
    let Some(wanted) = &options.channels else { return Ok((0..channels).collect()) };
    let mut chosen = Vec::new();
    for &channel in wanted {
        if channel == 0 || channel > channels {
            return Err(PortError::NoSuchChannel { port: port.to_owned(), channel, channels });
        }
        if !chosen.contains(&(channel - 1)) {
            chosen.push(channel - 1);
        }
    }
    Ok(chosen)
}
