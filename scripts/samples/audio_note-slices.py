#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the samples of tests/plugins/audio/note-slices: all bytes are made here."""
import struct
import sys
from pathlib import Path

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/plugins/audio/note-slices")
OUT.mkdir(parents=True, exist_ok=True)


def wav(frames, claimed):
    """8 bits, mono, 1000 Hz: a click every quarter of a second."""
    data = bytes(128 + (100 - i % 250 if i % 250 < 100 else 0) for i in range(frames))
    return (b"RIFF" + struct.pack("<I", 36 + claimed) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 1000, 1000, 1, 8)
            + b"data" + struct.pack("<I", claimed) + data)


def midi(onsets):
    """A tick is a millisecond: 500 a quarter note of half a second. Kick and closed hi-hat, together where i is even."""
    data, now = b"", 0
    for i, onset in enumerate(onsets):
        delta = onset - now
        data += bytes([0x80 | delta >> 7, delta & 0x7F]) + b"\x99\x24\x64"
        if i % 2 == 0:
            data += b"\0\x2a\x32"
        data += b"\x1e\x89\x24\x40" + (b"\0\x2a\x40" if i % 2 == 0 else b"")
        now = onset + 30
    data += b"\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(data)) + data


(OUT / "beat.wav").write_bytes(wav(1000, 1000))
(OUT / "beat.mid").write_bytes(midi([0, 250, 500, 750]))
(OUT / "short.wav").write_bytes(wav(600, 600))
(OUT / "short.midi").write_bytes(midi([0, 250, 500, 750])[:-5])
