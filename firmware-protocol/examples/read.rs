//! Tells what the bytes of a board mean: `cargo run -p firmware-protocol --example read < board.bin`

use std::io::{self, Read, Write};

use firmware_protocol::{Decoder, Event};

fn main() -> io::Result<()> {
    let mut decoder = Decoder::default();
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut bytes = [0; 4096];
    loop {
        let length = match input.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut written = Ok(());
        decoder.feed(&bytes[..length], |event| {
            if written.is_ok() {
                written = tell(&mut output, event);
            }
        });
        written.and_then(|()| output.flush())?;
    }
    writeln!(output, "{:#?}", decoder.counters())
}

fn tell(output: &mut impl Write, event: Event<'_>) -> io::Result<()> {
    match event {
        Event::Hello(board) => writeln!(output, "hello {:#?}\n{:#?}", board.hello, board.channels()),
        Event::Data(samples) => {
            write!(
                output,
                "data from {} at {} us, lines {:08b}",
                samples.first, samples.time_us, samples.digital
            )?;
            for channel in 0..samples.channels() {
                write!(output, "; {:?}", samples.channel(channel).collect::<Vec<_>>())?;
            }
            writeln!(output)
        }
        Event::Log(text) => writeln!(output, "log {}", String::from_utf8_lossy(text)),
        Event::Damaged(damage) => writeln!(output, "damaged: {damage}"),
        Event::Refused(refusal) => writeln!(output, "refused: {refusal}"),
        other => writeln!(output, "{other:?}"),
    }
}
