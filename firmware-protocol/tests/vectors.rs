//! The golden vectors, read and written by this crate.

#[path = "support/meaning.rs"]
mod meaning;

use firmware_protocol::{Found, Framer, Listener, SampleFormat};

#[test]
fn a_meaning_gives_the_bytes_of_the_vector() {
    for (line, bytes) in [meaning::vectors("board.txt"), meaning::vectors("host.txt")].concat() {
        assert_eq!(meaning::hex(meaning::encode(&line).as_bytes(), " "), meaning::hex(&bytes, " "), "{line}");
    }
}

#[test]
fn the_bytes_of_a_board_give_the_meaning() {
    for (line, bytes) in meaning::vectors("board.txt") {
        let format = if line.starts_with("data") { meaning::format_of(&line) } else { SampleFormat::I16 };
        let mut read = Vec::new();
        Framer::default().feed(&bytes, |found| match found {
            Found::Frame(raw) => read.push(meaning::message(raw, format)),
            other => panic!("{line}: {other:?}"),
        });
        assert_eq!(read, [line]);
    }
}

#[test]
fn the_bytes_of_a_host_give_the_meaning() {
    let mut listener = Listener::default();
    for (line, bytes) in meaning::vectors("host.txt") {
        let mut read = Vec::new();
        listener.feed(&bytes, |heard| read.push(meaning::heard(&heard)));
        assert_eq!(read, [line]);
    }
}
