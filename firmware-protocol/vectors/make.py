#!/usr/bin/env python3
"""Writes the bytes below each meaning in board.txt and host.txt, with zlib's CRC-32 and the plainest
COBS. It shares no code with the crate or the C header, which are held against what it writes.

    python3 vectors/make.py          # rewrites both files; a vector that was there must not change
"""
import pathlib
import struct
import zlib

BODIES = {
    # name: (type, struct layout, fields)
    "mark": (0x20, "<HBBBIIH", "number code line level sample time_us debounce_us"),
    "status": (0x30, "<HBIIIIIHHHHHIIIHh", "stream reset_cause uptime_ms next_sample time_us frames dropped_samples "
               "tx_high_water adc_overruns rx_damaged next_mark marks_dropped lead_off_p lead_off_n clipped supply_mv "
               "temperature_dc"),
    "response": (0x40, "<BBB", "request command outcome"),
    "pong": (0x41, "<B8sII", "request token received_us sent_us"),
    "hello_request": (0x80, "<B", "request"),
    "start": (0x81, "<BB", "request max_block"),
    "stop": (0x82, "<B", "request"),
    "set_rate": (0x83, "<BII", "request num den"),
    "set_gain": (0x84, "<BBB", "request channel gain"),
    "ping": (0x86, "<B8s", "request token"),
    "mark_ack": (0x87, "<BH", "request number"),
    "test": (0x88, "<BB", "request signal"),
    "lead_off": (0x89, "<BB", "request on"),
    "inject_mark": (0x8A, "<BB", "request code"),
    "reset": (0x8F, "<B", "request"),
    "channel": (0x02, "<HBBIiiiIHH8s", "stream channel kind lsb_pv zero clip_low clip_high gain_x1000 high_pass_chz "
                "low_pass_dhz text"),
    "hello": (0x01, "<4sBB8sIIHIIIIHBBBB3x24s", "magic major minor uid firmware abilities stream rate_num rate_den "
              "next_sample time_us clock_tolerance_ppm channels format adc_bits max_block text"),
    "data": (0x10, "<IIBB", "first_sample time_us count digital"),
    "log": (0x3F, "<", ""),
}
FORMATS = {"i16": (0, 2), "i24": (1, 3), "u16": (2, 2)}


def cobs(data):
    out = bytearray()
    for block in data.split(b"\0"):
        out.append(len(block) + 1)
        out += block
    return bytes(out)


def value(key, text):
    if key in ("uid", "token"):
        return bytes.fromhex(text)
    if key == "format":
        return FORMATS[text][0]
    return text.encode() if key in ("text", "magic") else int(text)


def wire(line):
    line, _, text = line.partition(" text=")
    name, *pairs = line.split(" ")
    given = {"magic": "TWCH", "major": "1", "minor": "0", "text": text, **dict(pair.split("=") for pair in pairs)}
    kind, layout, keys = BODIES[name]
    body = struct.pack(layout, *(value(key, given[key]) for key in keys.split()))
    flags = 0
    if name == "data":
        width = FORMATS[given["format"]][1]
        body += b"".join((int(c) & 0xFFFFFF).to_bytes(3, "little")[:width] for c in given["counts"].split(","))
        flags = int(given["flags"]) | int(given["stream"]) << 4
    elif name == "mark":
        flags = int(given["stream"]) << 4
    elif "streaming" in given:
        flags = int(given["streaming"])
    elif name == "log":
        body = text.encode()
    packed = bytes([kind, flags]) + body
    packed += struct.pack("<I", zlib.crc32(packed))
    assert len(packed) <= 253, line
    return b"\0" + cobs(packed) + b"\0"


def main():
    for name in ("board.txt", "host.txt"):
        path = pathlib.Path(__file__).with_name(name)
        out = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                if all(c in "0123456789abcdef " for c in line):
                    continue
                out += [line, wire(line).hex(" ")]
            else:
                out.append(line)
        path.write_text("\n".join(out) + "\n", encoding="utf-8")


main()
