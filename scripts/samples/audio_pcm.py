#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the samples of tests/plugins/audio/pcm and tests/plugins/audio/loudness: all bytes are made here."""
import math
import struct
from pathlib import Path

OUT = Path("tests/plugins/audio")
RATE = 4000


def tone(level, seconds):
    """EBU Tech 3341, signals 1 and 2: a sine of 1 kHz in both channels, its peak at `level` dBFS."""
    peak = 32768 * 10 ** (level / 20)
    return [round(peak * math.sin(2 * math.pi * 1000 * (i + 0.5) / RATE)) for i in range(round(seconds * RATE))]


def wave(form, bits, data, channels=2):
    align = channels * bits // 8
    fmt = struct.pack("<HHIIHH", form, channels, RATE, RATE * align, align, bits)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(data)) + data


def both(form, values):
    return b"".join(struct.pack(form, v) * 2 for v in values)


def stream(form, channels, frames, data):
    """sdk/include/adit/pcm.h"""
    return b"AditPcm1" + struct.pack("<IHBBQQ", RATE, channels, form, 0, frames, 0) + data


def main():
    sine = tone(-23, 0.5)
    files = {
        "pcm/sine.wav": wave(1, 16, both("<h", sine[:64])),
        "pcm/three-bytes.wav": wave(1, 24, b"".join(struct.pack("<i", v << 8)[:3] for v in sine[:64]), 1),
        "pcm/cut.wav": wave(1, 16, both("<h", sine[:64]))[:-100],
        "loudness/decoded.wav": wave(1, 24, b"".join(struct.pack("<i", v << 8)[:3] for v in sine), 1),
        "loudness/minus-23.pcm": stream(1, 2, len(sine), both("<h", sine)),
        "loudness/silence.pcm": stream(1, 1, 1000, bytes(2000)),
        "loudness/odd.pcm": stream(3, 1, 8, struct.pack("<8f", 0.5, math.nan, -1.5, math.inf, 0, 0, -math.inf, 1)),
        "loudness/first-part.pcm": stream(1, 2, 10 * RATE, both("<h", sine)),
        "loudness/format.pcm": stream(9, 1, 8, bytes(32)),
        "loudness/many.pcm": stream(1, 65, 2, bytes(260)),
        "loudness/none.pcm": stream(1, 2, 0, b""),
    }
    for name, data in files.items():
        (OUT / name).parent.mkdir(parents=True, exist_ok=True)
        (OUT / name).write_bytes(data)
    for name in ("pcm", "loudness"):
        (OUT / name / "SOURCES").write_text("All made by scripts/samples/audio_pcm.py.\n")


main()
