//! What the bytes on a port look like, by listening alone: a word to the wrong board may start a
//! recording or a stream of made-up samples, so nothing is sent.

use super::board::{Kind, Said, Wishes};

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

/// What `bytes` look like.
pub fn recognise(bytes: &[u8]) -> Heard {
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
