//! Consistent overhead byte stuffing (COBS; Cheshire and Baker 1999, IEEE/ACM Trans. Netw. 7:159),
//! in place and for at most [`PACKED`] bytes: then it costs exactly one byte, and the unstuffed
//! bytes are the stuffed ones after the first, with a zero for every code byte.

/// The longest frame before stuffing: type, flags, body and check.
pub(crate) const PACKED: usize = 253;

/// The longest frame between its two zero bytes.
pub(crate) const STUFFED: usize = PACKED + 1;

/// Stuffs `bytes[1..]`, with `bytes[0]` as room for the first code byte. At most [`STUFFED`] bytes.
pub(crate) fn stuff(bytes: &mut [u8]) {
    let mut code = 0;
    for at in 1..bytes.len() {
        if bytes[at] == 0 {
            bytes[code] = distance(code, at);
            code = at;
        }
    }
    bytes[code] = distance(code, bytes.len());
}

fn distance(from: usize, to: usize) -> u8 {
    u8::try_from(to - from).unwrap_or(u8::MAX)
}

/// Unstuffs in place: what was stuffed is `bytes[1..]` afterwards. False where the code bytes do
/// not lead to the end; what `bytes` hold then means nothing.
pub(crate) fn unstuff(bytes: &mut [u8]) -> bool {
    let mut at = 0;
    while let Some(code) = bytes.get_mut(at) {
        let step = usize::from(*code);
        if step == 0 {
            return false;
        }
        *code = 0;
        at += step;
        // Runs of zeros, as a silent board sends them: the walk from code to code is slow there.
        if step == 1 {
            while let Some(run @ &mut ZEROS) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                *run = [0; ZEROS.len()];
                at += ZEROS.len();
            }
        }
    }
    at == bytes.len()
}

/// Eight zeros, stuffed.
const ZEROS: [u8; 8] = [1; 8];

/// Where the first zero lies: eight bytes a step ("Bit Twiddling Hacks", Anderson: a zero byte in
/// a word), since the crate has neither `memchr` nor `unsafe`.
pub(crate) fn zero(bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let zeros = word.wrapping_sub(LOW) & !word & HIGH;
        if zeros != 0 {
            return Some(at * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte == 0).map(|at| words.len() * 8 + at)
}
