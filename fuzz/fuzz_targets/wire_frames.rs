#![no_main]

#[path = "../../firmware-protocol/tests/support/wire_laws.rs"]
mod wire_laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire_laws::wire_frames(data));
