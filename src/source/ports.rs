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
    let mut ports: Vec<PortInfo> = all()?.into_iter().map(info).collect();
    ports.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(ports)
}

/// A USB device that has a serial number, by which it is known on whichever port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Usb {
    vendor: u16,
    product: u16,
    serial: String,
}

/// The USB device on the port `name`, where it has a serial number.
pub(super) fn usb(name: &str) -> Option<Usb> {
    let path = real(name);
    usb_ports().into_iter().find(|(port, _)| *port == path).map(|(_, usb)| usb)
}

/// The port on which the device is that was on `name`; `name` where nothing is known of it.
pub(super) fn find(name: &str, own: Option<&Usb>) -> String {
    own.map_or_else(|| name.to_owned(), |own| choose(name, &real(name), own, &usb_ports()))
}

/// `name`, if its port `path` is not another device's; else the port of the device `own`.
fn choose(name: &str, path: &str, own: &Usb, ports: &[(String, Usb)]) -> String {
    let here = ports.iter().any(|(port, usb)| port == path && usb == own);
    let elsewhere = ports.iter().find(|(_, usb)| usb == own).filter(|_| !here);
    elsewhere.map_or(name, |(port, _)| port).to_owned()
}

/// The path that a link such as those in `/dev/serial/by-id` leads to.
fn real(name: &str) -> String {
    std::fs::canonicalize(name).map_or_else(|_| name.to_owned(), |path| path.display().to_string())
}

fn usb_ports() -> Vec<(String, Usb)> {
    let known = |port: serialport::SerialPortInfo| match port.port_type {
        serialport::SerialPortType::UsbPort(usb) => {
            let serial = usb.serial_number.filter(|s| !s.trim().is_empty())?;
            Some((port.port_name, Usb { vendor: usb.vid, product: usb.pid, serial }))
        }
        _ => None,
    };
    all().unwrap_or_default().into_iter().filter_map(known).collect()
}

/// All ports as the system lists them.
fn all() -> Result<Vec<serialport::SerialPortInfo>, String> {
    // Without this folder serialport panics (4.10.1, posix/enumerate.rs).
    if cfg!(target_os = "linux") && !Path::new("/sys/class/tty").is_dir() {
        return Ok(Vec::new());
    }
    serialport::available_ports().map_err(|e| e.to_string())
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
    fn a_device_is_found_by_its_serial_number_and_another_is_not_taken_for_it() {
        let usb = |serial: &str| Usb { vendor: 0x2341, product: 0x0043, serial: serial.into() };
        let (own, other) = (usb("A"), usb("B"));
        let listed = |ports: &[(&str, &Usb)]| -> Vec<(String, Usb)> {
            ports.iter().map(|(port, usb)| ((*port).to_owned(), (*usb).clone())).collect()
        };
        let find = |ports: &[(&str, &Usb)]| choose("/dev/ttyACM0", "/dev/ttyACM0", &own, &listed(ports));
        assert_eq!(find(&[]), "/dev/ttyACM0");
        assert_eq!(find(&[("/dev/ttyACM0", &own)]), "/dev/ttyACM0");
        assert_eq!(find(&[("/dev/ttyACM0", &other), ("/dev/ttyACM1", &own)]), "/dev/ttyACM1");
        assert_eq!(find(&[("/dev/ttyACM1", &own)]), "/dev/ttyACM1");
    }

    #[test]
    fn the_product_that_is_known_is_named_before_its_maker() {
        assert!(hint(0x0403, 0x6015).is_some_and(|h| h.contains("OpenBCI's dongle")));
        assert!(hint(0x2341, 0x0001).is_some_and(|h| h.starts_with("Arduino:")));
        assert_eq!(hint(0x1234, 0x0001), None);
    }
}
