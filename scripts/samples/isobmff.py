#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""isobmff.py ROOT: writes the samples of plugin isobmff under ROOT/tests/plugins. The boxes are whole, the media in them are not:
nothing here can be played. Everything is made here."""
import struct
import sys
from pathlib import Path

UNITY = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
TURNED = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
DAY = 2082844800 + 1709208000  # 2024-02-29T12:00:00Z
JPEG = b"\xff\xd8\xff\xdb no picture"
PNG = b"\x89PNG\r\n\x1a\n no picture"


def box(kind, *parts):
    data = b"".join(parts)
    kind = kind.encode("latin-1") if isinstance(kind, str) else kind
    return struct.pack(">I", 8 + len(data)) + kind + data


def full(kind, *parts, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def ftyp(major, version, *brands):
    return box("ftyp", major.encode(), struct.pack(">I", version), *(b.encode() for b in brands))


def mvhd(scale, duration, version=0):
    times = struct.pack(">QQIQ" if version else ">IIII", DAY, DAY + 60, scale, duration)
    return full("mvhd", times, struct.pack(">IH10x", 65536, 256), UNITY, bytes(24), struct.pack(">I", 3), version=version)


def tkhd(number, duration, width, height, matrix=UNITY, flags=3):
    return full("tkhd", struct.pack(">IIII4x", DAY, DAY, number, 0)[:12], bytes(4), struct.pack(">I8xhhHH", duration, 0, 0, 0 if width else 256, 0), matrix,
                struct.pack(">II", width << 16, height << 16), flags=flags)


def hdlr(kind, name, vendor=b"\0\0\0\0", component=b"\0\0\0\0", counted=False):
    text = name.encode()
    return full("hdlr", component, kind.encode(), vendor, bytes(8), bytes([len(text)]) + text if counted else text + b"\0")


def mdhd(scale, duration, language="deu"):
    packed = sum((ord(c) - 0x60) << shift for c, shift in zip(language, (10, 5, 0)))
    return full("mdhd", struct.pack(">IIIIHH", DAY, DAY, scale, duration, packed, 0))


def visual(kind, width, height, *boxes, name=b"maker"):
    return box(kind, bytes(6), struct.pack(">H16xHHIIIH", 1, width, height, 72 << 16, 72 << 16, 0, 1), bytes([len(name)]) + name.ljust(31, b"\0"), struct.pack(">Hh", 24, -1), *boxes)


def audio(kind, channels, rate, *boxes):
    return box(kind, bytes(6), struct.pack(">H8xHHII", 1, channels, 16, 0, rate << 16), *boxes)


def descriptor(tag, data):
    return bytes([tag, 0x80, 0x80, 0x80, len(data)]) + data


def esds():
    config = descriptor(5, bytes([0x12, 0x10]))
    decoder = descriptor(4, bytes([0x40, 0x15]) + (6144).to_bytes(3, "big") + struct.pack(">II", 160000, 128000) + config)
    return full("esds", descriptor(3, struct.pack(">HB", 1, 0) + decoder + descriptor(6, b"\2")))


def table(kind, *rows, width=None):
    return full(kind, struct.pack(">I", len(rows)), *(struct.pack(f">{len(r)}I", *r) for r in rows))


def stbl(entry, times, sizes, sync=None):
    one = isinstance(sizes, tuple)
    stsz = full("stsz", struct.pack(">II", *sizes) if one else struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    return box("stbl", full("stsd", struct.pack(">I", 1), entry), table("stts", *times), stsz, *([table("stss", *((s,) for s in sync))] if sync else []))


def trak(head, media_head, handler, header, samples, *more):
    return box("trak", head, box("mdia", media_head, handler, box("minf", header, samples)), *more)


def data(kind, value, locale=0):
    return box("data", struct.pack(">II", kind, locale), value)


def item(kind, *datas):
    return box(kind, *datas)


def freeform(name, value):
    return box("----", full("mean", b"com.apple.iTunes"), full("name", name.encode()), data(1, value.encode()))


def tags():
    return full("meta", hdlr("mdir", "", b"appl"), box("ilst", item("\xa9nam", data(1, "Müde Möwe".encode())), item("\xa9ART", data(1, b"Erste"), data(1, b"Zweite")),
                item("trkn", data(0, struct.pack(">HHHH", 0, 3, 12, 0))), item("disk", data(0, struct.pack(">HHH", 0, 1, 2))), item("gnre", data(0, struct.pack(">H", 18))),
                item("tmpo", data(21, struct.pack(">H", 120))), item("cpil", data(21, b"\1")), item("\xa9day", data(1, b"2024-02-29")), item("covr", data(14, PNG), data(13, JPEG)),
                freeform("MOOD", "tired"), item("zzzz", data(1, b"unknown text")), item("xint", data(21, b"\xff\xfe"))))


def keys(pairs):
    names = [struct.pack(">I", 8 + len(k)) + b"mdta" + k.encode() for k, _, _ in pairs]
    items = [box(struct.pack(">I", i + 1), data(kind, value)) for i, (_, kind, value) in enumerate(pairs)]
    return full("keys", struct.pack(">I", len(pairs)), *names), box("ilst", *items)


def movie():
    avcc = box("avcC", bytes([1, 0x64, 0x00, 0x1f, 0xff, 0xe1]))
    picture = trak(tkhd(1, 5000, 320, 240, TURNED), mdhd(25000, 125000), hdlr("vide", "Bilder"), full("vmhd", bytes(8), flags=1),
                   stbl(visual("avc1", 320, 240, avcc, box("pasp", struct.pack(">II", 4, 3)), box("colr", b"nclx", struct.pack(">HHHB", 9, 16, 9, 0x80))), [(125, 1000)], list(range(100, 225)), [1, 51, 101]),
                   box("edts", full("elst", struct.pack(">IIiI", 2, 1000, -1, 65536), struct.pack(">IiI", 4000, 2000, 65536))), box("tref", box("cdsc", struct.pack(">I", 2))))
    sound = trak(tkhd(2, 5000, 0, 0), mdhd(48000, 240000, "und"), hdlr("soun", "Ton"), full("smhd", bytes(4)), stbl(audio("mp4a", 2, 48000, esds()), [(234, 1024), (1, 384)], (371, 235)))
    chapters = full("chpl", struct.pack(">IB", 0, 2), struct.pack(">QB", 0, 6), b"Anfang", struct.pack(">QB", 25000000, 4), b"Ende", version=1)
    return box("moov", mvhd(1000, 5000), picture, sound, box("udta", tags(), chapters, full("titl", struct.pack(">H", 5 << 10 | 14 << 5 | 7), b"3GPP title\0")))


def quicktime():
    names, values = keys([("com.apple.quicktime.make", 1, b"Apple"), ("com.example.number", 22, struct.pack(">I", 70000)), ("com.example.float", 23, struct.pack(">f", 0.5))])
    meta = box("meta", hdlr("mdta", "", component=b"\0\0\0\0"), names, values)
    text = "Möwe".encode("mac-roman")
    udta = box("udta", box("\xa9nam", struct.pack(">HH", len(text), 0), text, struct.pack(">HH", 5, 0x15c7), "Möwe".encode()), bytes(4))
    v2 = box("lpcm", bytes(6), struct.pack(">HHHIHHHHI", 1, 2, 0, 0, 3, 16, 0xfffe, 0, 65536), struct.pack(">IdIIIIII", 72, 96000.0, 6, 0x7f000000, 24, 14, 18, 1))
    sound = trak(tkhd(1, 600, 0, 0), mdhd(96000, 96000)[:-4] + struct.pack(">HH", 0, 0), hdlr("soun", "Apple Sound Media Handler", b"appl", b"mhlr", True), full("smhd", struct.pack(">hH", -128, 0)),
                 stbl(v2, [(96000, 1)], (18, 96000)))
    wave = box("wave", box("frma", b"in24"), box("enda", struct.pack(">H", 1)), box("\0\0\0\0"))
    v1 = box("in24", bytes(6), struct.pack(">HHHIHHHHI", 1, 1, 0, 0, 3, 16, 0xfffe, 0, 48000 << 16), struct.pack(">IIII", 1, 3, 9, 2), wave,
             full("chan", struct.pack(">III", 1 << 16, 0x3f, 0)))
    more = trak(tkhd(2, 600, 0, 0), mdhd(48000, 48000)[:-4] + struct.pack(">HH", 2, 0), hdlr("soun", ""), full("smhd", bytes(4)), stbl(v1, [(48000, 1)], (9, 48000)))
    return box("wide") + box("mdat", b"some samples") + box("moov", mvhd(600, 600, 1), sound, more, udta, meta)


def fragmented():
    trex = full("trex", struct.pack(">IIIII", 7, 1, 512, 7, 0))
    track = trak(tkhd(7, 0, 640, 360), mdhd(12800, 0), hdlr("vide", ""), full("vmhd", bytes(8), flags=1), stbl(visual("hvc1", 640, 360, box("hvcC", hvcc())), [], (0, 0)))

    def fragment(n, flags, *trun):
        return box("moof", full("mfhd", struct.pack(">I", n)), box("traf", full("tfhd", struct.pack(">I", 7), flags=0x20000), full("trun", *trun, flags=flags))) + box("mdat", bytes(n))

    return (ftyp("iso5", 512, "iso6", "dash") + box("moov", mvhd(1000, 0), box("mvex", full("mehd", struct.pack(">I", 1047)), trex), track) + fragment(4, 1, struct.pack(">Ii", 25, 8))
            + fragment(5, 0x301, struct.pack(">Ii", 3, 8), struct.pack(">IIIIII", 100, 1, 200, 1, 300, 1)))


def chaptered():
    """An audio track whose chapters are samples of a text track: two in the first chunk, one in the second."""
    texts = [struct.pack(">H", len(t)) + t for t in ("Erstes".encode(), "\ufeffZweites".encode("utf-16-be"), b"Drittes")]
    head = ftyp("M4A ", 0, "M4A ", "isom")

    def moov(start):
        places = table("stco", (start,), (start + len(texts[0]) + len(texts[1]) + 5,))
        stsc = table("stsc", (1, 2, 1), (2, 1, 1))
        samples = stbl(box("text", bytes(6), struct.pack(">H", 1), bytes(40)), [(2, 1000), (1, 500)], [len(t) for t in texts])
        samples = box("stbl", samples[8:], stsc, places)
        words = trak(tkhd(2, 2500, 0, 0, flags=0), mdhd(1000, 2500), hdlr("text", ""), box("gmhd"), samples)
        sound = trak(tkhd(1, 2500, 0, 0), mdhd(48000, 120000), hdlr("soun", ""), full("smhd", bytes(4)), stbl(audio("mp4a", 1, 48000, esds()), [(117, 1024)], (100, 117)), box("tref", box("chap", struct.pack(">I", 2))))
        return box("moov", mvhd(1000, 2500), sound, words)

    return head + moov(len(head) + len(moov(0)) + 8) + box("mdat", texts[0], texts[1], b"other", texts[2])


class Bits:
    """Writes numbers of bits, the highest first, and the codes of H.264, 9.1."""

    def __init__(self, *numbers):
        self.text = ""
        self.u(*numbers)

    def u(self, *numbers):
        """Pairs of a width and a value."""
        for width, value in zip(numbers[::2], numbers[1::2]):
            self.text += format(value, f"0{width}b")
        return self

    def ue(self, *values):
        for v in values:
            code = format(v + 1, "b")
            self.text += "0" * (len(code) - 1) + code
        return self

    def se(self, *values):
        return self.ue(*(2 * v - 1 if v > 0 else -2 * v for v in values))

    def bytes(self, stop=False):
        text = self.text + ("1" if stop else "")
        text += "0" * (-len(text) % 8)
        return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def nal(head, bits):
    """With a byte 3 between two zeros and what would look like a start code."""
    out, zeros = bytearray(), 0
    for b in bits:
        if zeros == 2 and b <= 3:
            out.append(3)
            zeros = 0
        out.append(b)
        zeros = 0 if b else zeros + 1
    return head + bytes(out)


def sei(head, text):
    """Longer than 255 bytes, so that its size is told in two."""
    message = bytes(range(1, 17)) + text
    return nal(head, bytes([5] + [255] * (len(message) // 255) + [len(message) % 255]) + message + b"\x80")


def avc_sets():
    """High 4:2:2 Intra, level 3.1: 1920x1080 of 1920x1088, 10 and 9 bits, scaling lists, interlaced, BT.709, pixels 15:11; CABAC."""
    b = Bits(8, 122, 8, 0x10, 8, 31).ue(0, 2, 2, 1).u(1, 0, 1, 1)
    b.u(1, 1).se(8).se(*[0] * 15)
    b.u(1, 1).se(-8).u(6, 0)
    b.ue(0, 1).u(1, 0).se(-2, 2).ue(2).se(1, -1)
    b.ue(3).u(1, 0).ue(119, 33).u(1, 0, 1, 1, 1, 1, 1, 1).ue(0, 0, 0, 2).u(1, 1)
    b.u(1, 1, 8, 11, 1, 0, 1, 1, 3, 5, 1, 1, 1, 1, 8, 1, 8, 1, 8, 1).u(6, 0)
    return nal(b"\x67", b.bytes(True)), nal(b"\x68", Bits().ue(0, 0).u(1, 1, 1, 0).ue(0, 0, 0).bytes(True))


def avc():
    sps, pps = avc_sets()
    return box("avcC", bytes([1, 122, 0x10, 31, 0xff, 0xe1]), struct.pack(">H", len(sps)), sps, b"\x01", struct.pack(">H", len(pps)), pps)


def hevc_sps():
    """Main 10, level 4.1: 1918x1078 of 1920x1080, 10 bits, scaling lists, sets of pictures made of each other, BT.2020 with PQ."""
    b = Bits(4, 0, 3, 1, 1, 1).u(2, 0, 1, 0, 5, 2, 32, 0x20000000, 1, 1, 1, 0, 2, 0, 43, 0, 1, 0, 8, 123).u(2, 3, 14, 0, 88, 0, 8, 93)
    b.ue(0, 1, 1920, 1080).u(1, 1).ue(0, 1, 0, 1).ue(2, 2, 4).u(1, 0).ue(4, 2, 0).ue(0, 3, 0, 3, 0, 0).u(1, 1, 1, 1)
    for size in range(4):
        for matrix in range(0, 6, 3 if size == 3 else 1):
            b.u(1, 0).ue(0) if matrix else b.u(1, 1).se(*([0] if size > 1 else []), *[1] * (16 if size == 0 else 64))
    b.u(1, 1, 1, 1, 1, 1, 4, 7, 4, 7).ue(0, 0).u(1, 0)
    b.ue(4).ue(2, 1).ue(0).u(1, 1).ue(3).u(1, 1).ue(1).u(1, 1)  # -1 -5 | 2
    b.u(1, 1, 1, 1).ue(1).u(1, 1, 1, 0, 1, 1, 1, 1, 1, 1)  # moved by -2, the second one left out: 0 is no picture
    b.u(1, 1, 1, 0).ue(0).u(1, 1, 1, 1, 1, 1, 1, 1)  # moved by 1
    b.u(1, 0).ue(1, 0).ue(0).u(1, 1)
    b.u(1, 1).ue(1).u(8, 5, 1, 1).u(1, 1, 1, 1, 1, 1)
    b.u(1, 1, 8, 255, 16, 1, 16, 1, 1, 0, 1, 1, 3, 5, 1, 0, 1, 1, 8, 9, 8, 16, 8, 9).u(40, 0)
    return nal(b"\x42\x01", b.bytes(True))


def hevc():
    head = bytes([1, 0x02]) + struct.pack(">I", 0x20000000) + bytes([0x80, 0, 0, 0, 0, 0, 123]) + struct.pack(">HBBBBHB", 0xf000, 0xfc, 0xfd, 0xfa, 0xfa, 0, 0x0f)
    sps, info = hevc_sps(), sei(b"\x4e\x01", b"own265 (build 3) - 1.5+2 - H.265/HEVC codec - options: crf=28.0 wpp no-sao")
    return box("hvcC", head, b"\x02\xa1", struct.pack(">HH", 1, len(sps)), sps, b"\x27", struct.pack(">HH", 1, len(info)), info)


def av1():
    """Professional, level 5.1, 12 bits 4:2:2: 4096x2304, all that a sequence header can have, P3 with HLG."""
    b = Bits(3, 2, 1, 0, 1, 0).u(1, 1, 32, 1, 32, 24, 1, 1).ue(0).u(1, 1, 5, 9, 32, 1, 5, 3, 5, 3).u(1, 1, 5, 1)
    for _ in range(2):
        b.u(12, 0, 5, 13, 1, 1, 1, 1, 10, 0, 10, 0, 1, 0, 1, 1, 4, 2)
    b.u(4, 12, 4, 11, 13, 4095, 12, 2303, 1, 1, 4, 3, 3, 2, 3, 0, 4, 0, 1, 1, 2, 3, 1, 0, 1, 1, 1, 0, 1, 1, 3, 6, 3, 0)
    b.u(1, 1, 1, 1, 1, 0, 1, 1, 8, 12, 8, 18, 8, 9, 1, 1, 1, 1, 1, 0, 2, 0)
    unit = b.bytes(True)
    return box("av1C", bytes([0x81, 2 << 5 | 13, 0xe8, 0]), bytes([0x12, 0]), bytes([0x0a, len(unit)]), unit)


def mpeg4():
    """Advanced Simple, level 3: 176x144, interlaced, pixels 12:11."""
    b = Bits(1, 0, 8, 17, 1, 1, 4, 2, 3, 1, 4, 2, 1, 1, 2, 1, 1, 0, 1, 0, 2, 0, 1, 1, 16, 30000, 1, 1, 1, 1, 15, 1001, 1, 1, 13, 176, 1, 1, 13, 144, 1, 1, 1, 1)
    return (b"\0\0\1\xb0\xf3\0\0\1\xb5\x09\0\0\1\0\0\0\1\x20" + b.bytes(True) + b"\0\0\1\xb2own4 1.2 \0\0\1\xb3")


def streams(object_type, kind, config, rates=(6144, 160000, 128000)):
    decoder = bytes([object_type, kind]) + rates[0].to_bytes(3, "big") + struct.pack(">II", *rates[1:]) + (descriptor(5, config) if config else b"")
    return full("esds", descriptor(3, struct.pack(">HB", 1, 0) + descriptor(4, decoder) + descriptor(6, b"\2")))


def coded():
    """A track for each way of coding that has a box of its own. What the media say is in their headers alone."""
    settings = b"cabac=1 ref=3 " + b" ".join(b"option%d=%d" % (n, n) for n in range(30))
    text = b"own264 - core 7 r2 - H.264/MPEG-4 AVC codec - options: " + settings
    sample = b"".join(struct.pack(">I", len(n)) + n for n in (b"\x09\x10", sei(b"\x06", text), b"\x65\x88\x84"))
    head = ftyp("isom", 512, "isom")
    flac = struct.pack(">HH", 4096, 4096) + bytes(6) + Bits(20, 44100, 3, 5, 5, 23, 36, 44100).bytes() + bytes(range(16))

    def moov(start):
        sizes = full("stz2", struct.pack(">II", 16, 5), struct.pack(">5H", len(sample), 10, 20, 30, 40))
        table_of = box("stbl", full("stsd", struct.pack(">I", 1), visual("avc1", 1920, 1080, avc())), table("stts", (2, 1000), (2, 2000), (1, 5)), sizes,
                       full("stco", struct.pack(">II", 1, start)))
        shown = trak(tkhd(1, 1000, 1920, 1080), mdhd(25000, 6005), hdlr("vide", ""), full("vmhd", bytes(8), flags=1), table_of)
        pictures = [("hev1", 1918, 1078, hevc()), ("av01", 4096, 2304, av1()), ("mp4v", 176, 144, streams(0x20, 0x11, mpeg4())), ("mp4v", 16, 16, streams(0x6d, 0x11, b"")),
                    ("vp09", 64, 64, full("vpcC", bytes([2, 41, 0xa3, 9, 18, 9, 0, 0]), version=1)), ("ap4h", 64, 64, b"")]
        sounds = [("mp4a", streams(0x40, 0x15, Bits(5, 5, 4, 6, 4, 6, 4, 3, 5, 2, 1, 0, 1, 0, 1, 0).bytes())),
                  ("mp4a", streams(0x40, 0x15, Bits(5, 2, 4, 7, 4, 1, 1, 1, 1, 0, 1, 0, 11, 0x2b7, 5, 5, 1, 1, 4, 4, 11, 0x548, 1, 1).bytes())),
                  ("mp4a", streams(0x40, 0x15, Bits(5, 31, 6, 10, 4, 4, 4, 2).bytes())), ("mp4a", streams(0x6b, 0x15, b"")),
                  ("sawb", box("damr", b"ours", bytes([1, 0x81, 0xff, 0, 1]))), ("alac", full("alac", struct.pack(">IBBBBBBHIII", 4096, 0, 24, 40, 10, 14, 2, 255, 0, 900000, 96000))),
                  ("Opus", box("dOps", struct.pack(">BBHIhB", 0, 6, 312, 44100, -256, 1))), ("fLaC", full("dfLa", b"\x80\0\0\x22", flac)),
                  ("ac-3", box("dac3", Bits(2, 0, 5, 8, 3, 0, 3, 7, 1, 1, 5, 14, 5, 0).bytes())), ("ec-3", box("dec3", Bits(13, 256, 3, 0, 2, 0, 5, 16, 1, 0, 1, 0, 3, 0, 3, 2, 1, 0, 3, 0, 4, 0, 1, 0).bytes()))]
        tracks = [trak(tkhd(n + 2, 1000, w, h), mdhd(1000, 1000), hdlr("vide", ""), full("vmhd", bytes(8), flags=1), stbl(visual(kind, w, h, config), [(1, 1000)], (9, 1)))
                  for n, (kind, w, h, config) in enumerate(pictures)]
        tracks += [trak(tkhd(n + 8, 1000, 0, 0), mdhd(1000, 1000), hdlr("soun", ""), full("smhd", bytes(4)), stbl(audio(kind, 2, 48000, config), [(1, 1000)], (9, 1)))
                   for n, (kind, config) in enumerate(sounds)]
        tracks += [trak(tkhd(40, 1000, 176, 144), mdhd(1000, 1000), hdlr("vide", ""), full("vmhd", bytes(8), flags=1),
                        stbl(visual("s263", 176, 144, box("d263", b"ours", bytes([3, 45, 3]))), [(1, 1000)], (9, 1))),
                   trak(tkhd(41, 1000, 0, 0), mdhd(1000, 1000), hdlr("soun", ""), full("smhd", bytes(4)),
                        stbl(audio("samr", 2, 8000, box("damr", b"ours", bytes([2, 0x81, 0xff, 0, 1]))), [(1, 1000)], (9, 1)))]
        return box("moov", mvhd(1000, 1000), shown, *tracks)

    return head + moov(len(head) + len(moov(0)) + 8) + box("mdat", sample)


def hvcc():
    return bytes([1, 0x01]) + struct.pack(">I", 0x60000000) + bytes([0x90, 0, 0, 0, 0, 0, 93]) + struct.pack(">HBBBBHB", 0xf000, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0x0f)


def heif(brand, kind, config):
    exif = struct.pack(">I", 6) + b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    infe = [full("infe", struct.pack(">HH", n, 0), t.encode(), name + b"\0", extra, version=2, flags=hidden)
            for n, t, name, extra, hidden in ((1, kind, b"Color", b"", 0), (2, kind, b"Alpha", b"", 1), (3, "Exif", b"", b"", 0), (4, "mime", b"XMP", b"application/rdf+xml\0", 0))]
    ipco = box("ipco", full("ispe", struct.pack(">II", 640, 480)), full("pixi", bytes([3, 8, 8, 8])), config, box("irot", b"\1"), full("auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"),
               box("colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)), box("clap", struct.pack(">IIIIiIiI", 600, 1, 400, 1, -1, 2, 0, 1)), box("imir", b"\1"))
    ipma = full("ipma", struct.pack(">I", 2), struct.pack(">HB", 1, 7), bytes([1, 2, 0x83, 0x84, 6, 7, 8]), struct.pack(">HB", 2, 3), bytes([1, 0x83, 5]))
    iref = full("iref", box("auxl", struct.pack(">HHH", 2, 1, 1)), box("cdsc", struct.pack(">HHH", 3, 1, 1)))
    idat = box("idat", xmp)

    def meta(start):
        places = [(1, 0, start, 10), (2, 0, start + 10, 5), (3, 0, start + 15, len(exif)), (4, 1, 0, len(xmp))]
        iloc = full("iloc", struct.pack(">HH", 0x4400, 4), *(struct.pack(">HHHHII", n, method, 0, 1, at, size) for n, method, at, size in places), version=1)
        return full("meta", hdlr("pict", ""), full("pitm", struct.pack(">H", 1)), iloc, full("iinf", struct.pack(">H", 4), *infe), iref, box("iprp", ipco, ipma), idat)

    head = ftyp(brand, 0, "mif1", brand)
    return head + meta(len(head) + len(meta(0)) + 8) + box("mdat", b"\x12" * 15, exif)


def main():
    folder = Path(sys.argv[1]) / "tests/plugins/video/isobmff"
    folder.mkdir(parents=True, exist_ok=True)
    good = ftyp("mp42", 512, "isom", "mp42") + movie() + box("free") + struct.pack(">I4sQ", 1, b"mdat", 16 + 30) + bytes(30)
    broken = ftyp("isom", 0, "isom") + box("moov", mvhd(1000, 5000), box("trak", tkhd(1, 5000, 320, 240), struct.pack(">I", 4) + b"mdia"), box("udta", full("meta", hdlr("mdir", ""), box("ilst", item("trkn", box("data", b"\0\0\0")), struct.pack(">I", 99) + b"\xa9nam")))) + box("mdat", b"kept")
    for name, content in (("movie.mp4", good), ("quicktime.mov", quicktime()), ("fragments.mp4", fragmented()), ("chapters.m4a", chaptered()), ("coded.mp4", coded()), ("picture.heic", heif("heic", "hvc1", box("hvcC", hvcc()))),
                          ("picture.avif", heif("avif", "av01", box("av1C", bytes([0x81, 0x25, 0x4e, 0])))), ("broken.mp4", broken), ("cut.mp4", good[:700]), ("empty.mp4", ftyp("isom", 1, "isom") + box("mdat", b"x"))):
        (folder / name).write_bytes(content)


main()
