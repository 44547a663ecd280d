#![no_main]

#[path = "../../tests/support/board_laws.rs"]
mod board_laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| board_laws::board(data));
