//! What this crate must stay: `core` alone, no dependencies, no allocation, no `unsafe`, short files.

#[path = "support/board.rs"]
mod board;

use std::fs;
use std::path::Path;

use board::Board;
use firmware_protocol::{Command, Decoder, Listener};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_crate_uses_core_alone() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    assert!(lib.contains("\n#![no_std]\n") && lib.contains("\n#![forbid(unsafe_code)]\n"));
    for file in fs::read_dir(root().join("src")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() < 400, "{} is long", path.display());
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let other =
                ["std::", "alloc::", "extern crate", "f32", "f64"].iter().find(|word| line.contains(**word));
            assert_eq!(other, None, "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_crate_depends_on_nothing() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for table in manifest.lines().filter(|line| line.starts_with('[')) {
        assert!(
            !["[dependencies", "[build-dependencies", "[features", "[target"]
                .iter()
                .any(|t| table.starts_with(t))
        );
    }
}

#[test]
fn reading_allocates_nothing() {
    let mut board = Board::new(4, 1);
    let mut bytes = board.describe();
    for _ in 0..100 {
        bytes.extend(board.data(20));
        bytes.extend_from_slice(board.mark(1).encode().as_bytes());
        bytes.extend_from_slice(&[1, 2, 3]);
    }
    let (mut decoder, mut listener) = (Decoder::default(), Listener::default());
    let (mut told, mut heard) = (0, 0);
    let info = allocation_counter::measure(|| {
        decoder.feed(&bytes, |_| told += 1);
        listener.feed(Command::Stop.encode(1).as_bytes(), |_| heard += 1);
    });
    assert!(told >= 300 && heard == 1);
    assert_eq!(info.count_total, 0);
}
