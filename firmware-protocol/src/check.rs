//! CRC-32/ISO-HDLC, the check of zlib and Ethernet: reflected polynomial EDB88320, all ones at the
//! start, inverted at the end; `"123456789"` gives `CBF43926`.
//!
//! Sixteen bytes a step ("slicing"; Kounavis and Berry 2008, IEEE Trans. Comput. 57:1550), with
//! tables built at compile time: 16 KiB, which a host has. The C side needs 64 bytes for the same.

/// The polynomial of CRC-32/ISO-HDLC, lowest bit first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Bytes a step.
const STEP: usize = 16;

/// `TABLES[k][b]` is the remainder of the byte `b` followed by `k` zero bytes.
static TABLES: [[u32; 256]; STEP] = tables();

const fn tables() -> [[u32; 256]; STEP] {
    let mut tables = [[0; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = (rest >> 1) ^ (POLYNOMIAL & (rest & 1).wrapping_neg());
            bit += 1;
        }
        tables[0][byte] = rest;
        byte += 1;
    }
    let mut k = 1;
    while k < STEP {
        let mut byte = 0;
        while byte < 256 {
            let rest = tables[k - 1][byte];
            tables[k][byte] = (rest >> 8) ^ tables[0][(rest & 0xFF) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// The check of `bytes`.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let (steps, rest) = bytes.as_chunks::<STEP>();
    let mut crc = !0u32;
    for step in steps {
        let mut word = u128::from_le_bytes(*step) ^ u128::from(crc);
        crc = 0;
        for table in TABLES.iter().rev() {
            crc ^= table[usize::from(word.to_le_bytes()[0])];
            word >>= 8;
        }
    }
    for byte in rest {
        crc = (crc >> 8) ^ TABLES[0][usize::from(byte ^ crc.to_le_bytes()[0])];
    }
    !crc
}
