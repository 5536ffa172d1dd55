#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the samples of tests/plugins/midi: all bytes are made here."""
import struct
import sys
from pathlib import Path

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/plugins/midi/smf")
END = (0, b"\xff\x2f\x00")


def vlq(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def meta(kind, data):
    return bytes([0xFF, kind]) + vlq(len(data)) + data


def tempo(microseconds):
    return meta(0x51, microseconds.to_bytes(3, "big"))


def track(*events):
    """Pairs of a delta time and an event's bytes."""
    data = b"".join(vlq(delta) + event for delta, event in events)
    return b"MTrk" + struct.pack(">I", len(data)) + data


def smf(kind, tracks, division):
    return b"MThd" + struct.pack(">IHHH", 6, kind, tracks, division)


def song():
    """Format 1: tempo in two tracks, running status, notes that overlap, that do not end, and that end by velocity 0."""
    conductor = track(
        (0, meta(0x03, b"Adit test")), (0, meta(0x02, "© 2026 adit".encode())), (0, meta(0x58, bytes([6, 3, 36, 8]))),
        (0, meta(0x59, b"\xfd\x01")), (0, meta(0x54, bytes([0x41, 2, 3, 4, 5]))), (0, tempo(600000)),
        (480, meta(0x06, b"Verse")), (480, tempo(300000)), (0, meta(0x07, b"Lights")), END)
    piano = track(
        (0, meta(0x03, b"Piano")), (0, meta(0x04, b"Grand")), (0, meta(0x20, b"\0")), (0, meta(0x21, b"\1")),
        (0, b"\xf0\x05\x7e\x7f\x09\x01\xf7"), (0, b"\xc0\x05"), (0, b"\xb0\x07\x64"), (0, b"\x0a\x40"),
        (0, b"\x90\x3c\x40"), (240, b"\x3c\x50"), (240, b"\x3c\x00"), (480, b"\x3c\x00"), (1, b"\x3c\x00"),
        (0, b"\x90\x40\x7f"), (959, b"\xe0\x00\x40"), (0, b"\xd0\x11"), (0, b"\xa0\x40\x12"), END)
    drums = track(
        (0, meta(0x03, b"Drums")), (0, meta(0x09, b"Kit")), (0, meta(0x08, b"Standard")), (1440, tempo(1000000)),
        (0, b"\x99\x24\x64"), (0, b"\x2a\x50"), (120, b"\x89\x24\x40"), (0, b"\x2a\x40"), END)
    words = track(
        (0, meta(0x05, b"{@LATIN}caf\xe9")), (96, meta(0x05, b"\xe9t\xe9")), (0, meta(0x01, b"plain")),
        (0, b"\xf0\x03\x43\x12\x00"), (10, b"\xf7\x03\x43\x12\x00"), (10, b"\xf7\x02\x00\xf7"), (0, b"\xf7\x01\xfa"),
        (0, meta(0x7F, b"\x00\x20\x29\x01")), (0, meta(0x60, b"?")), (0, meta(0x0A, b"a later kind")), END)
    return smf(1, 4, 480) + conductor + b"XTRA" + struct.pack(">I", 3) + b"abc" + piano + b"\0\1garbage\xff" + drums + words


def patterns():
    """Format 2: each track with a tempo of its own."""
    one = track((0, meta(0x00, b"\0\1")), (0, tempo(500000)), (96, b"\x90\x3c\x40"), (96, b"\x80\x3c\x40"), END)
    two = track((0, meta(0x00, b"\0\2")), (0, tempo(250000)), (96, b"\x91\x3e\x40"), (96, b"\x81\x3e\x40"), END)
    return smf(2, 2, 96) + one + two


def frames(fps, ticks):
    note = track((0, b"\x90\x3c\x40"), (30 * ticks, b"\x80\x3c\x40"), (10, tempo(1)), END)
    return smf(0, 1, (256 - fps) << 8 | ticks) + note


def riff(data):
    body = b"RMIDdata" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def odd():
    """Running status after a meta event; a data byte that is none; a chunk longer than the file."""
    return smf(0, 3, 96) + track((0, b"\x90\x3c\x40"), (10, meta(0x01, b"?")), (10, b"\x3c\x00"), (0, b"\xf3\x01"), END) \
        + track((0, b"\x90\x3c\x40"), (5, b"\x80\x3c\xc0"), END) + b"MTrk\0\0\1\0\0\x90\x3c\x40\x83\x60"


OUT.mkdir(parents=True, exist_ok=True)
(OUT / "song.mid").write_bytes(song())
(OUT / "patterns.mid").write_bytes(patterns())
(OUT / "frames29.rmi").write_bytes(riff(frames(29, 80)))
(OUT / "frames25.mid").write_bytes(frames(25, 40))
(OUT / "odd.mid").write_bytes(odd())
(OUT / "no-division.mid").write_bytes(smf(0, 1, 0) + track(END))


def drums(pitches):
    """Each pitch as often as it is listed, on channel 10; and one note on channel 1, which is no drum."""
    hits = [(60, bytes([0x99 if i == 0 else p, p if i == 0 else 0x40] + ([0x40] if i == 0 else []))) for i, p in enumerate(pitches)]
    return smf(0, 1, 480) + track((0, b"\x90\x3c\x40"), (0, b"\x80\x3c\x40"), *hits, END)


HITS = OUT.parent / "drum-hits"
HITS.mkdir(parents=True, exist_ok=True)
(HITS / "kit.mid").write_bytes(drums([36, 36, 38, 40, 22, 26, 44, 48, 43, 58, 49, 51, 53, 56, 75, 35, 10]))
(HITS / "piano.mid").write_bytes(smf(0, 1, 480) + track((0, b"\x90\x3c\x40"), (9, b"\x80\x3c\x40"), END))
(HITS / "cut.mid").write_bytes(drums([36, 38, 42, 42])[:-6])
