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
    v2 = box("lpcm", bytes(6), struct.pack(">HHHIHHHHI", 1, 2, 0, 0, 3, 16, 0xfffe, 0, 65536), struct.pack(">IdIIIIII", 72, 96000.0, 6, 0x7f000000, 24, 0, 18, 1))
    sound = trak(tkhd(1, 600, 0, 0), mdhd(96000, 96000)[:-4] + struct.pack(">HH", 0, 0), hdlr("soun", "Apple Sound Media Handler", b"appl", b"mhlr", True), full("smhd", struct.pack(">hH", -128, 0)),
                 stbl(v2, [(96000, 1)], (18, 96000)))
    return box("wide") + box("mdat", b"some samples") + box("moov", mvhd(600, 600, 1), sound, udta, meta)


def fragmented():
    trex = full("trex", struct.pack(">IIIII", 7, 1, 512, 0, 0))
    track = trak(tkhd(7, 0, 640, 360), mdhd(12800, 0), hdlr("vide", ""), full("vmhd", bytes(8), flags=1), stbl(visual("hvc1", 640, 360, box("hvcC", hvcc())), [], (0, 0)))

    def fragment(n, flags, *trun):
        return box("moof", full("mfhd", struct.pack(">I", n)), box("traf", full("tfhd", struct.pack(">I", 7), flags=0x20000), full("trun", *trun, flags=flags))) + box("mdat", bytes(n))

    return (ftyp("iso5", 512, "iso6", "dash") + box("moov", mvhd(1000, 0), box("mvex", trex), track) + fragment(4, 1, struct.pack(">Ii", 25, 8))
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
    for name, content in (("movie.mp4", good), ("quicktime.mov", quicktime()), ("fragments.mp4", fragmented()), ("chapters.m4a", chaptered()), ("picture.heic", heif("heic", "hvc1", box("hvcC", hvcc()))),
                          ("picture.avif", heif("avif", "av01", box("av1C", bytes([0x81, 0x25, 0x4e, 0])))), ("broken.mp4", broken), ("cut.mp4", good[:700]), ("empty.mp4", ftyp("isom", 1, "isom") + box("mdat", b"x"))):
        (folder / name).write_bytes(content)


main()
