//! What holds for any bytes that come from a port: the fuzz target looks for what breaks it, and
//! the tests replay what it found.
#![allow(dead_code, reason = "each user takes its own part")]

use twitchscope::source::board::{Kind, Said, Wishes};

/// Whatever bytes come, a parser takes them, says the same however they are cut, gives no more
/// frames than there are bytes, and says what the board is before its first frame. The first byte
/// chooses the board.
pub fn board(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let kind = Kind::ALL[usize::from(*choice) % Kind::ALL.len()];
    let whole = said(kind, std::iter::once(bytes));
    let size = 1 + usize::from(*choice) / Kind::ALL.len();
    assert!(whole == said(kind, bytes.chunks(size)), "{kind:?} cut by {size}");
    let frames = whole.iter().filter(|s| s.starts_with("Frame")).count();
    assert!(frames <= bytes.len());
    let first = |word: &str| whole.iter().position(|s| s.starts_with(word));
    assert!(frames == 0 || first("Described") < first("Frame"), "{kind:?}");
}

fn said<'a>(kind: Kind, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut parser = kind.parser(&Wishes::default());
    let mut all = Vec::new();
    let mut sink = |said: Said<'_>| all.push(format!("{said:?}"));
    pieces.for_each(|piece| parser.feed(piece, &mut sink));
    parser.finish(&mut sink);
    all
}
