//! What the bytes on a port look like, by listening alone: a word to the wrong board may start a
//! recording or a stream of made-up samples, so nothing is sent while something streams.

use std::collections::VecDeque;

use super::PortError;
use super::board::{Kind, Said, Wishes, native};
use super::serial::{Came, Port};

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The frames of a board, many of them and little else.
    Board(Kind),
    /// Printable text that is no sample.
    Text,
    /// Bytes of every kind in no order: most likely the wrong speed.
    Noise,
    /// Too little to tell.
    TooLittle,
}

/// Fewer bytes tell nothing.
const LEAST: usize = 200;
/// So much of what was heard must be frames, parts in ten.
const FRAMES: u64 = 8;

/// Boards in the order in which they are tried: those whose frames are least likely by chance
/// come first.
const ORDER: [Kind; 6] =
    [Kind::Olimex, Kind::Cyton, Kind::Chords, Kind::Ascii, Kind::Bitalino, Kind::Spikerbox];

/// A board that streams is heard for so long, s; one that does not, longer, because it may boot.
const LISTEN_S: f64 = 1.5;
const BOOTS_S: f64 = 4.0;
/// So many bytes are enough, however short the time.
const ENOUGH: usize = 8192;

/// Where nothing streams by then, boards of ours are asked, s: see [`native::HELLO`].
const ASK_S: f64 = 1.0;

/// Listens on `port` until it is clear which board streams there. What was heard
/// stays to be read.
///
/// # Errors
/// [`PortError`] where nothing comes or what comes is of no board that is known here.
pub fn listen(port: &mut Port) -> Result<Kind, PortError> {
    let (mut came, mut bytes, mut first_s) = (VecDeque::new(), Vec::new(), None);
    let (mut over, mut asked) = (false, false);
    while !over && bytes.len() < ENOUGH {
        let until_s = first_s.map_or(BOOTS_S, |first: f64| first + LISTEN_S);
        if port.stopped() {
            return Err(PortError::Interrupted { port: port.name().to_owned() });
        }
        match port.next() {
            Came::Bytes(chunk, at_s) => {
                first_s.get_or_insert(at_s);
                bytes.extend_from_slice(&chunk);
                came.push_back((chunk, at_s));
            }
            Came::Nothing if bytes.is_empty() && !asked && port.now_s() > ASK_S => {
                asked = true;
                port.send(&native::HELLO);
            }
            Came::Nothing => {}
            Came::Over => over = true,
        }
        over |= port.now_s() >= until_s;
    }
    port.put_back(came);
    let (name, baud) = (port.name().to_owned(), port.baud());
    match recognise(&bytes) {
        Heard::Board(kind) => Ok(kind),
        Heard::Noise => {
            let bytes = bytes.len();
            Err(PortError::Noise { port: name, bytes, baud, others: other_bauds(baud) })
        }
        Heard::TooLittle if bytes.is_empty() => Err(PortError::NothingToHear { port: name }),
        Heard::TooLittle | Heard::Text => Err(PortError::Unknown { port: name, bytes: bytes.len() }),
    }
}

/// What `bytes` look like.
pub fn recognise(bytes: &[u8]) -> Heard {
    if native::speaks(bytes) {
        return Heard::Board(Kind::Native);
    }
    if bytes.len() < LEAST {
        return Heard::TooLittle;
    }
    if let Some(kind) = ORDER.into_iter().find(|kind| speaks(*kind, bytes)) {
        return Heard::Board(kind);
    }
    let printable = bytes.iter().filter(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()).count();
    if printable * 10 > bytes.len() * 9 { Heard::Text } else { Heard::Noise }
}

/// Whether most of `bytes` are frames of `kind`.
fn speaks(kind: Kind, bytes: &[u8]) -> bool {
    let (mut frames, mut skipped, mut lost) = (0u64, 0u64, 0u64);
    let mut parser = kind.parser(&Wishes::default());
    let mut sink = |said: Said<'_>| match said {
        Said::Frame(_) => frames += 1,
        Said::Skipped(bytes) => skipped += bytes,
        Said::Lost(loss) => lost += loss.frames,
        _ => {}
    };
    parser.feed(bytes, &mut sink);
    parser.finish(&mut sink);
    let all = bytes.len() as u64;
    frames >= 8 && (all - skipped.min(all)) * 10 >= all * FRAMES && lost * 4 <= frames
}

/// The speeds of boards but `baud`, for a message.
pub(super) fn other_bauds(baud: u32) -> String {
    let others = [115_200, 230_400, 222_222, 57_600, 9600, 500_000, 921_600];
    let others: Vec<String> = others.iter().filter(|b| **b != baud).map(u32::to_string).collect();
    others.join(", ")
}
