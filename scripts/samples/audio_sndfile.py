#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the samples of tests/plugins/audio/sndfile: all bytes are made here."""
import math
import struct
import sys
from pathlib import Path

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/plugins/audio/sndfile")


def chunk(name, data, order="<"):
    return name + struct.pack(order + "I", len(data)) + data + b"\0" * (len(data) % 2)


def fixed(text, size):
    return text.encode().ljust(size, b"\0")


def samples(count, order="<"):
    return b"".join(struct.pack(order + "h", round(12000 * math.sin(i / 8))) for i in range(count))


def bext():
    """EBU Tech 3285 version 2: 602 bytes and the coding history."""
    return (fixed("Bells at noon", 256) + fixed("adit", 32) + fixed("ZZADIT000001", 32) + b"2024-02-29" + b"12-00-00"
            + struct.pack("<Q", 12 * 3600 * 8000) + struct.pack("<H", 2) + bytes(range(64))
            + struct.pack("<hhhhh", -2300, 710, -120, -1805, 0x7FFF) + b"\0" * 180
            + b"A=PCM,F=8000,W=16,M=mono,T=made by hand\r\n")


def cart():
    """AES46: 2048 bytes and the tag text."""
    names = ["Noon bells", "The tower", "C-17", "client 4", "jingle", "noon", "dong"]
    data = b"0101" + b"".join(fixed(n, 64) for n in names)
    data += b"2024-03-01" + b"00:00:00" + b"2025-12-31" + b"23:59:59"
    data += fixed("adit", 64) + fixed("1.0", 64) + fixed("free", 64) + struct.pack("<i", 32768)
    data += b"SEG1" + struct.pack("<i", 400) + b"\0" * 56 + b"\0" * 276 + fixed("https://example.org/noon", 1024)
    return data + b"tag text\r\n"


def cue():
    points = [(1, 0), (2, 250)]
    data = struct.pack("<I", len(points))
    for number, place in points:
        data += struct.pack("<II4sIII", number, place, b"data", 0, 0, place)
    labels = chunk(b"labl", struct.pack("<I", 2) + b"second\0")
    return chunk(b"cue ", data) + chunk(b"LIST", b"adtl" + labels)


def smpl():
    """Sampler chunk: MIDI note 60, one forward loop."""
    return struct.pack("<9I", 0, 0, 125000, 60, 0, 0, 0, 1, 0) + struct.pack("<6I", 1, 0, 100, 399, 0, 0)


def acid():
    return struct.pack("<IHHfIHHf", 0, 60, 0x8000, 0.0, 4, 4, 4, 120.0)


def wav():
    info = b"INFO" + chunk(b"INAM", b"Noon\0") + chunk(b"IART", b"The tower\0") + chunk(b"ICRD", b"2024-02-29\0")
    body = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
    body += chunk(b"bext", bext()) + chunk(b"cart", cart()) + chunk(b"iXML", b"<BWFXML><NOTE>noon</NOTE></BWFXML>")
    body += chunk(b"LIST", info) + cue() + chunk(b"smpl", smpl()) + chunk(b"acid", acid())
    body += chunk(b"data", samples(500))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def rf64():
    """EBU Tech 3306: the sizes are in ds64; three float channels, one value is no number."""
    values = [0.5, -0.25, 0.125] * 20
    values[7] = math.nan
    data = b"".join(struct.pack("<f", v) for v in values)
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 3, 48000, 576000, 12, 32, 22, 32, 0x7)
    form += bytes.fromhex("0300000000001000800000aa00389b71")
    rest = chunk(b"fmt ", form) + b"data" + b"\xff" * 4 + data
    ds64 = chunk(b"ds64", struct.pack("<QQQI", len(rest) + 4 + 36, len(data), 20, 0))
    return b"RF64" + b"\xff" * 4 + b"WAVE" + ds64 + rest


def aiff():
    comm = struct.pack(">HIH", 2, 40, 16) + bytes.fromhex("400eac44000000000000")
    body = chunk(b"COMM", comm, ">") + chunk(b"NAME", b"Two tones", ">") + chunk(b"AUTH", b"adit", ">")
    body += chunk(b"SSND", struct.pack(">II", 0, 0) + samples(80, ">"), ">")
    return b"FORM" + struct.pack(">I", len(body) + 4) + b"AIFF" + body


def au(data):
    return struct.pack(">4sIIIII", b".snd", 24, len(data), 1, 8000, 1) + data


def endless(data):
    """The size in the list adtl takes a reader back to it where it is taken for a signed one."""
    at = data.index(b"adtl") + 4
    return data[:at] + b"none" + struct.pack("<i", -12) + data[at + 8:]


def camera():
    """What a camera records beside a picture: a list "exif", 45 bits in a sample, which libsndfile does not read."""
    exif = b"exif" + chunk(b"ever", b"0220") + chunk(b"erel", b"IMG_0001.JPG\0") + chunk(b"etim", b"16:23:35\0")
    exif += chunk(b"ecor", b"A maker\0") + chunk(b"emdl", b"A model\0") + chunk(b"emnt", b"\1\2\3\4")
    info = b"INFO" + chunk(b"IENG", b"An engineer\0") + chunk(b"INAM", b"A name\0")
    body = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 3, 8000, 144000, 18, 45)) + chunk(b"fact", struct.pack("<I", 2))
    body += chunk(b"LIST", info) + chunk(b"LIST", exif) + chunk(b"bext", bext()) + chunk(b"afsp", b"AFspuser: a\0program: b\0")
    body += chunk(b"smpl", struct.pack("<9I", 0x41, 7, 125000, 60, 0, 25, 0x01020304, 0, 2) + b"xy") + chunk(b"data", bytes(36))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def comments():
    """AIFF-C without samples, with comments of 2004-03-08 05:28:46 and of no time."""
    comm = struct.pack(">HIH", 1, 11554, 8) + bytes.fromhex("400dac44000000000000") + b"fl32" + b"\x05Float"
    comt = struct.pack(">HIHH", 2, 0xbc71b50e, 0, 7) + b"ding.wa\0" + struct.pack(">IHH", 0, 3, 2) + b"at"
    body = chunk(b"COMT", comt, ">") + chunk(b"COMM", comm, ">") + chunk(b"NAME", b"A name", ">") + chunk(b"(c) ", b"2004", ">")
    return b"FORM" + struct.pack(">I", len(body) + 4) + b"AIFC" + body


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    whole = wav()
    for name, data in {
        "broadcast.wav": whole,
        "float.rf64": rf64(),
        "tones.aiff": aiff(),
        "ulaw.au": au(bytes(range(0, 256, 2))),
        "silent.au": au(b""),
        "cut.wav": whole[:-700],
        "no-data.wav": whole[:3000],
        "endless-list.wav": endless(whole),
        "camera.wav": camera(),
        "comments.aifc": comments(),
    }.items():
        (OUT / name).write_bytes(data)


main()
