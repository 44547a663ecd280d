//! The serial ports of this machine and what they most likely are.

use std::path::Path;

/// A serial port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortInfo {
    /// What to give as `--port`.
    pub path: String,
    /// What it says of itself: maker and product, or the kind of the port.
    pub description: String,
    /// Which boards it may be.
    pub hint: Option<&'static str>,
}

/// USB vendors and products (0 for any) of the boards and of the adapters in them.
/// Source: the USB ID repository (linux-usb.org), the boards' own schematics.
const KNOWN: [(u16, u16, &str); 13] = [
    (0x0403, 0x6015, "FTDI adapter: OpenBCI's dongle (--board cyton), or another board"),
    (0x0403, 0, "FTDI adapter: an older Arduino, OpenBCI, Olimex or another board"),
    (0x2341, 0x0043, "Arduino UNO R3: spikerbox, chords, olimex or ascii, as its sketch is"),
    (0x2341, 0x8036, "Arduino Leonardo: spikerbox or ascii, as its sketch is"),
    (0x2341, 0, "Arduino: spikerbox, chords, olimex or ascii, as its sketch is"),
    (0x2A03, 0, "Arduino: spikerbox, chords, olimex or ascii, as its sketch is"),
    (0x1A86, 0, "CH340 adapter: an Arduino clone or ESP board: chords or ascii, as its sketch is"),
    (0x10C4, 0, "CP210x adapter: an ESP board, BITalino by cable or another board"),
    (0x2E73, 0, "Backyard Brains (--board spikerbox)"),
    (0x2E8A, 0, "Raspberry Pi Pico: chords, native or ascii, as its program is"),
    (0x303A, 0, "ESP32: chords, native or ascii, as its sketch is"),
    (0x16C0, 0x0483, "Teensy: native or ascii, as its sketch is"),
    (0x239A, 0, "Adafruit board: native or ascii, as its sketch is"),
];

/// The serial ports of this machine, in order of their names.
///
/// # Errors
/// What the system says.
pub fn ports() -> Result<Vec<PortInfo>, String> {
    // Without this folder serialport panics (4.10.1, posix/enumerate.rs).
    if cfg!(target_os = "linux") && !Path::new("/sys/class/tty").is_dir() {
        return Ok(Vec::new());
    }
    let found = serialport::available_ports().map_err(|e| e.to_string())?;
    let mut ports: Vec<PortInfo> = found.into_iter().map(info).collect();
    ports.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(ports)
}

fn info(port: serialport::SerialPortInfo) -> PortInfo {
    use serialport::SerialPortType::{BluetoothPort, PciPort, Unknown, UsbPort};
    let (description, hint) = match port.port_type {
        UsbPort(usb) => {
            let words: Vec<String> = [usb.manufacturer, usb.product].into_iter().flatten().collect();
            let ids = format!("USB {:04X}:{:04X}", usb.vid, usb.pid);
            let text = if words.is_empty() { ids } else { format!("{} ({ids})", words.join(", ")) };
            (text, hint(usb.vid, usb.pid))
        }
        BluetoothPort => ("Bluetooth".to_owned(), Some("a BITalino, if it is paired (--board bitalino)")),
        PciPort => ("built in".to_owned(), None),
        Unknown => ("of unknown kind".to_owned(), None),
    };
    // A BITalino that was bound by hand has no kind.
    let bluetooth = port.port_name.contains("rfcomm");
    let hint = hint.or(bluetooth.then_some("Bluetooth: a BITalino, if it is paired (--board bitalino)"));
    PortInfo { path: port.port_name, description, hint }
}

fn hint(vendor: u16, product: u16) -> Option<&'static str> {
    let fits = |k: &&(u16, u16, &'static str)| k.0 == vendor && (k.1 == product || k.1 == 0);
    KNOWN.iter().find(fits).map(|k| k.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_that_is_known_is_named_before_its_maker() {
        assert!(hint(0x0403, 0x6015).is_some_and(|h| h.contains("OpenBCI's dongle")));
        assert!(hint(0x2341, 0x0001).is_some_and(|h| h.starts_with("Arduino:")));
        assert_eq!(hint(0x1234, 0x0001), None);
    }
}
