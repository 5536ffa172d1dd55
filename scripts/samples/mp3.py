#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mp3.py ROOT: writes the samples of plugins mp3 and id3 under ROOT/tests/plugins. Frames are silent: their side information is
zeros. Everything is made here."""
import struct
import sys
import zlib
from pathlib import Path

RATES = {1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
         2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
         3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]}


def frame(layer=3, kbps=32, mode=3, extension=0, padding=0, body=b"", flags=4, version=3, frequency=2):
    rate = [44100, 48000, 32000][frequency] >> (3 - version)
    bits = RATES[layer].index(kbps) if version == 3 else [0, 8, 16, 24, 32, 40, 48, 56, 64].index(kbps)
    size = (12000 * kbps // rate + padding) * 4 if layer == 1 else (72 if layer == 3 and version != 3 else 144) * 1000 * kbps // rate + padding
    head = 0xFFE00000 | version << 19 | (4 - layer) << 17 | 1 << 16 | bits << 12 | frequency << 10 | padding << 9 | mode << 6 | extension << 4 | flags
    return (struct.pack(">I", head) + body).ljust(size, b"\0")


def free_frame(size):
    return struct.pack(">I", 0xFFFB0000 | 2 << 10 | 3 << 6).ljust(size, b"\0")


def lame(delay, padding):
    bits = delay << 12 | padding
    return (b"LAME3.100" + bytes([0x04, 170]) + struct.pack(">f", 0.5) + struct.pack(">HH", 0b001_010_1_000110010, 0)
            + bytes([0x33, 32]) + bits.to_bytes(3, "big") + bytes([0b01_0_000_00, 0xFE]) + struct.pack(">HIHH", 0, 0, 0, 0))


def xing(kind, frames, size, mode=3, extra=b""):
    return bytes(17 if mode == 3 else 32) + kind + struct.pack(">III", 15, frames, size) + bytes(range(100)) + struct.pack(">I", 57) + extra


def vbri(frames, size):
    return bytes(32) + b"VBRI" + struct.pack(">HHHIIHHHH", 1, 1105, 75, size, frames, 0, 1, 2, 1)


def syncsafe(n):
    return bytes([n >> 21 & 127, n >> 14 & 127, n >> 7 & 127, n & 127])


def id3(version, frames, flags=0, padding=0, footer=False):
    body = b"".join(frames) + bytes(padding)
    head = bytes([version, 0, flags | (0x10 if footer else 0)]) + syncsafe(len(body))
    return b"ID3" + head + body + (b"3DI" + head if footer else b"")


def f2(name, data):
    return name.encode() + struct.pack(">I", len(data))[1:] + data


def f3(name, data, flags=0):
    return name.encode() + struct.pack(">IH", len(data), flags) + data


def f4(name, data, flags=0):
    return name.encode() + syncsafe(len(data)) + struct.pack(">H", flags) + data


def unsynchronise(data):
    out = bytearray()
    for i, byte in enumerate(data):
        out.append(byte)
        if byte == 0xFF and (i + 1 == len(data) or data[i + 1] >= 0xE0 or data[i + 1] == 0):
            out.append(0)
    return bytes(out)


def utf16(text, mark=True):
    return (b"\xff\xfe" if mark else b"") + text.encode("utf-16-le")


def id3v1(title, artist, album, year, comment, track, genre):
    def field(text, n):
        return text.encode("latin-1").ljust(n, b"\0")[:n]

    last = field(comment, 30) if track is None else field(comment, 28) + bytes([0, track])
    return b"TAG" + field(title, 30) + field(artist, 30) + field(album, 30) + field(year, 4) + last + bytes([genre])


PICTURE = b"\x89PNG\r\n\x1a\n" + b"\xff\xe0\xff\x00\xff\xff" + b"not a whole picture"


def tag_24():
    inner = f4("TIT2", b"\3Anfang") + f4("WXXX", b"\0chapter url\0https://example.org/1")
    return id3(4, [
        f4("TIT2", b"\3Gr\xc3\xbc\xc3\x9fe"), f4("TPE1", b"\3Erste\0Zweite\0"), f4("TPE2", b"\1" + utf16("Ma\u00dfe") + b"\0\0" + utf16("\u20ac")),
        f4("TALB", b"\2" + "Zwölf".encode("utf-16-be") + b"\0\0"), f4("TCON", b"\x0017\0Eigenes"), f4("TRCK", b"\x003/12"),
        f4("TDRC", b"\x002024-02-29T12:30:05"), f4("TDRL", b"\x002024-03"), f4("TDTG", b"\1" + utf16("2024-03-01T07")),
        f4("TMCL", b"\3Orgel\0A. Spieler\0Glocke\0B. Spieler"), f4("TXXX", b"\3replaygain_track_gain\0-3.20 dB"), f4("WOAR", b"https://example.org/\0"),
        f4("COMM", b"\3deu\0Ein Kommentar"), f4("USLT", b"\1eng" + utf16("words") + b"\0\0" + utf16("la la")),
        f4("APIC", b"\0image/png\0\3cover\0" + PICTURE), f4("GEOB", b"\0text/plain\0note.txt\0a note\0hello"),
        f4("PRIV", b"org.example\0\1\2\3"), f4("UFID", b"http://example.org\0id-17"), f4("POPM", b"a@example.org\0\xc4\0\0\1\0"), f4("PCNT", b"\0\0\0\7"),
        f4("CHAP", b"ch1\0" + struct.pack(">IIII", 0, 1500, 2**32 - 1, 2**32 - 1) + inner),
        f4("CTOC", b"toc\0\3\1ch1\0"), f4("RVA2", b"mix\0\1\xfe\x00\x10\x7f\xff"),
        f4("SYLT", b"\0eng\2\1sung\0la\0\0\0\0\0lu\0\0\0\3\xe8"), f4("TOFN", unsynchronise(b"\0\xff\xe0file"), 0x0002),
        f4("COMM", syncsafe(24) + zlib.compress(b"\3eng\0" + b"compressed" + b" again" * 2), 0x0009),
        f4("TZZZ", b"\0unknown text"), f4("XABC", b"unknown")], padding=20)


def tag_23():
    frames = [f3("TIT2", b"\1" + utf16("Müde \u0416") + b"\0\0"), f3("TYER", b"\x002003"), f3("TDAT", b"\x002903"), f3("TIME", b"\x000715"), f3("TCON", b"\0(17)"),
              f3("COMM", b"\0eng\0\xff\xe0 in the text"), f3("APIC", b"\0image/png\0\4\0" + PICTURE), f3("RVAD", b"\1\x10\1\0\0\x80\0\0\0\0"), f3("IPLS", b"\0mixed\0Somebody")]
    return id3(3, [unsynchronise(b"".join(frames))], flags=0x80)


def tag_22():
    return id3(2, [f2("TT2", b"\0Drei Buchstaben"), f2("TP1", b"\1" + utf16("Wer")), f2("TYE", b"\x001999"), f2("PIC", b"\0PNG\0back\0" + PICTURE), f2("COM", b"\0engdesc\0text"),
                   f2("ULT", b"\0eng\0words"), f2("RVA", b"\3\x10\x40\0\x20\0\0\0\0\0"), f2("TCO", b"\0(3)Dance")], padding=5)


def tag_broken():
    return id3(4, [f4("TIT2", b"\7what encoding"), f4("TDRC", b"\x00yesterday"), f4("CHAP", b"ch\0\0\0"), f4("TALB", b"\x00kept"), b"bad!" + bytes(8)])


def tag_plain_sizes():
    """v2.4 with sizes that are not synchsafe, as some writers leave them."""
    long = b"\0" + b"long text " * 20
    return id3(4, [b"TIT2" + struct.pack(">IH", len(long), 0) + long, f4("TALB", b"\0after it")])


def main():
    plugins = Path(sys.argv[1]) / "tests/plugins"

    def write(name, data):
        path = plugins / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    one = frame()
    mixed = [frame(kbps=k, mode=1, extension=2, flags=12) for k in (64, 96, 128, 96, 64, 32)]
    info = frame(kbps=64, mode=1, body=xing(b"Xing", 6, sum(map(len, mixed)) + 288, 1, lame(576, 1104)), flags=12)
    v1 = id3v1("Stille", "Niemand", "Leise", "2024", "nichts", 3, 12)
    write("audio/mp3/constant.mp3", one * 12)
    write("audio/mp3/xing.mp3", id3(3, [f3("TIT2", b"\0Stille")]) + info + b"".join(mixed) + v1)
    unknown = b"Lavc57.64" + bytes(27)
    sound = [frame(kbps=128) for _ in range(3)]
    last = sound[0][:-20] + b"LAME3.99.5UUUUUUUUUU"
    write("audio/mp3/info.mp3", frame(kbps=64, body=xing(b"Info", 4, 288 + 4 * 576, 3, unknown)) + b"".join(sound) + last)
    write("audio/mp3/vbri.mp3", frame(kbps=64, body=vbri(500, 60000)) + frame(kbps=96) * 3)
    write("audio/mp3/layer1.mp3", frame(1, 64, flags=1) * 3 + frame(1, 64, flags=1)[:20])
    write("audio/mp3/layer2.mp3", b"no audio, but not much of it" + frame(2, 64, mode=0) * 5)
    write("audio/mp3/free.mp3", free_frame(300) * 4)
    write("audio/mp3/mpeg2.mp3", frame(version=2, kbps=16, frequency=1) * 4 + b"\0" * 30
          + b"APETAGEX" + struct.pack("<IIII8x", 2000, 32, 0, 0) + b"LYRICSBEGININD0000200" + b"000021LYRICS200" + v1)
    write("audio/mp3/none.mp3", id3(4, [f4("TIT2", b"\0only text")]) + b"and then something else " * 20)
    write("audio/mp3/flac-in-id3.mp3", id3(4, [f4("TIT2", b"\0not mine")]) + (plugins / "audio/flac/steps.flac").read_bytes()[:400])
    write("meta/id3/full-24.id3", tag_24())
    write("meta/id3/unsynchronised-23.id3", tag_23())
    write("meta/id3/short-22.id3", tag_22())
    write("meta/id3/plain-sizes.id3", tag_plain_sizes())
    write("meta/id3/broken.id3", tag_broken())
    write("meta/id3/cut.id3", tag_24()[:300])


main()
