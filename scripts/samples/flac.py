#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""flac.py ROOT: writes the samples of plugins flac, flac_picture and vorbiscomment under ROOT/tests/plugins. Everything is made
here; the FLAC files decode (`flac -t`), but for the broken ones."""
import base64
import hashlib
import struct
import sys
import zlib
from pathlib import Path


def crc(data, width, polynomial):
    value, top, mask = 0, 1 << (width - 1), (1 << width) - 1
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
    return value


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0\x40\x80\xc0" + b"\0\xff\x00\x10")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def frame(number, samples):
    """16 bits, two channels, fixed blocks of 192 samples, side stereo, subframes that are constant (RFC 9639, 9)."""
    left, right = samples
    last = number == 2
    size_bits = 6 if last else 1
    head = bytes([0xFF, 0xF8, size_bits << 4 | 4, 8 << 4 | 4 << 1, number]) + (bytes([99]) if last else b"")
    body = head + bytes([crc(head, 8, 0x07)])
    side = left - right & 0x1FFFF
    bits = "0" + "000000" + "0" + f"{left & 0xFFFF:016b}" + "0" + "000000" + "0" + f"{side:017b}"
    bits += "0" * (-len(bits) % 8)
    body += int(bits, 2).to_bytes(len(bits) // 8, "big")
    return body + struct.pack(">H", crc(body, 16, 0x8005))


def block(kind, data, last=False):
    return bytes([kind | (0x80 if last else 0)]) + struct.pack(">I", len(data))[1:] + data


def comments(pairs, vendor="adit samples 1.0"):
    def text(value):
        value = value if isinstance(value, bytes) else value.encode()
        return struct.pack("<I", len(value)) + value

    return text(vendor) + struct.pack("<I", len(pairs)) + b"".join(map(text, pairs))


def picture(data, kind=3, media="image/png", description="Zwei Zeilen, drei Spalten", size=None):
    described = description.encode()
    return (struct.pack(">II", kind, len(media)) + media.encode() + struct.pack(">I", len(described)) + described
            + struct.pack(">IIIII", 3, 2, 8, 0, len(data) if size is None else size) + data)


def cuesheet():
    def track(offset, number, isrc, flags, points):
        return (struct.pack(">QB12sB13xB", offset, number, isrc, flags, len(points))
                + b"".join(struct.pack(">QB3x", at, n) for at, n in points))

    tracks = [track(0, 1, b"ZZADT2400001", 0, [(0, 1)]), track(192, 2, b"", 0x40, [(0, 0), (96, 1)]), track(484, 255, b"", 0, [])]
    return struct.pack(">128sQB258xB", b"0000000012345", 0, 0, len(tracks)) + b"".join(tracks)


def streaminfo(frames, audio):
    rate, channels, bits, total = 8000, 2, 16, 484
    packed = rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | total
    sizes = [len(f) for f in frames]
    return (struct.pack(">HH", 192, 192) + struct.pack(">I", min(sizes))[1:] + struct.pack(">I", max(sizes))[1:]
            + packed.to_bytes(8, "big") + hashlib.md5(audio).digest())


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main():
    plugins = Path(sys.argv[1]) / "tests/plugins"
    levels = [(1000, -7), (-32768, 32767), (0, 5)]
    frames = [frame(i, level) for i, level in enumerate(levels)]
    audio = b"".join(struct.pack("<hh", *level) * n for level, n in zip(levels, (192, 192, 100)))
    seek = struct.pack(">QQH", 0, 0, 192) + struct.pack(">QQH", 192, len(frames[0]), 192) + struct.pack(">QQH", 2**64 - 1, 0, 0)
    pairs = ["TITLE=Drei Stufen", "ARTIST=Erste", "artist=Zweite", "DATE=2024-02-29", "EMPTY=", "COMMENT=a=b",
             "METADATA_BLOCK_PICTURE=" + base64.b64encode(picture(png(), 4, description="")).decode()]
    info = streaminfo(frames, audio)
    meta = (block(0, info) + block(3, seek) + block(4, comments(pairs)) + block(5, cuesheet()) + block(6, picture(png()))
            + block(2, b"aditfree") + block(1, bytes(40), True))
    good = b"fLaC" + meta + b"".join(frames)
    flac = plugins / "audio/flac"
    write(flac / "steps.flac", good)
    write(flac / "id3.flac", good[:4] + block(0, info, True) + b"".join(frames) + b"TAG" + b"Drei Stufen".ljust(30, b"\0") + bytes(94) + b"\xff")
    write(flac / "cut.flac", good[:300])
    damaged = bytearray(good[:4] + block(0, info[:13] + bytes([info[13] ^ 0x10]) + info[14:]) + block(3, seek[18:36] * 2 + b"x")
                        + block(9, b"?") + block(0, info, True) + b"".join(frames))
    damaged[-len(b"".join(frames)) + 5] ^= 1
    write(flac / "damaged.flac", bytes(damaged))
    write(plugins / "meta/flac_picture/cover.flacpicture", picture(png()))
    write(plugins / "meta/flac_picture/link.flacpicture", picture(b"https://example.org/cover.png", 20, "-->", ""))
    write(plugins / "meta/flac_picture/cut.flacpicture", picture(png()[:50], size=len(png())))
    write(plugins / "meta/vorbiscomment/full.vorbiscomment", comments(pairs))
    write(plugins / "meta/vorbiscomment/broken.vorbiscomment",
          comments(["no separator", "T\xefTLE=ASCII only", "=no key", b"TITLE=not UTF-8: \xff", "METADATA_BLOCK_PICTURE=AAAA*", "KEPT=yes"])
          + b"trailing")
    write(plugins / "meta/vorbiscomment/cut.vorbiscomment", comments(pairs)[:60])


main()
