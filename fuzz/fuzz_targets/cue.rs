#![no_main]

#[path = "../../tests/support/source_laws.rs"]
mod source_laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| source_laws::cue(data));
