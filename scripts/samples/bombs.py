#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes files that grow when they are read, that hold themselves, or that state sizes they do not have: scripts/samples/bombs.py DIR

All bytes are made here. What each has to come to is in tests/e2e/test_bombs.c."""
import binascii
import io
import struct
import sys
import tarfile
import zlib
from pathlib import Path

OUT = Path(sys.argv[1])
MIB, GIB = 1 << 20, 1 << 30


def save(name, data):
    (OUT / name).write_bytes(data)
    return data


# ---- zeros without end ----


def zeros(size):
    """`size` zeros (whole MiB) as raw deflate: after a full flush the same bytes give the same again (RFC 1951, zlib's manual)."""
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (z.compress(bytes(MIB)) + z.flush(zlib.Z_FULL_FLUSH)) * (size // MIB) + b"\x03\x00"


def crc_of_zeros(size):
    """CRC-32 is linear in its state: `size` steps of a zero byte by squaring the 32 x 32 matrix of one."""
    def apply(rows, v):
        r = 0
        for row in rows:
            if v & 1:
                r ^= row
            v >>= 1
        return r
    step = []
    for bit in range(32):
        c = 1 << bit
        for _ in range(8):
            c = c >> 1 ^ (0xEDB88320 if c & 1 else 0)
        step.append(c)
    state = 0xFFFFFFFF
    while size:
        if size & 1:
            state = apply(step, state)
        step = [apply(step, row) for row in step]
        size >>= 1
    return state ^ 0xFFFFFFFF


def zlib_zeros(size):
    return b"\x78\xda" + zeros(size) + struct.pack(">I", (size % 65521) << 16 | 1)


def deflate(data):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


# ---- ZIP (APPNOTE 4.3) ----


def zip_local(name, crc, packed, size, method=8):
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, method, 0, 0x21, crc, packed, size, len(name), 0) + name


def zip_central(name, crc, packed, size, offset, method=8):
    return struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, method, 0, 0x21, crc, packed, size, len(name), 0, 0, 0, 0,
                       0, offset) + name


def zip_end(count, size, offset):
    return struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count & 0xFFFF, count & 0xFFFF, size, offset, 0)


def zip_of(members):
    """(name, packed bytes, CRC, size, method)…"""
    body, directory, at = [], [], 0
    for name, packed, crc, size, method in members:
        directory.append(zip_central(name, crc, len(packed), size, at, method))
        body.append(zip_local(name, crc, len(packed), size, method) + packed)
        at += len(body[-1])
    end = zip_end(len(members), sum(map(len, directory)), at)
    return b"".join(body + directory) + end


def zip_packed(name, data):
    return name, deflate(data), binascii.crc32(data), len(data), 8


def zips():
    save("zip-one-10g.zip", zip_of([(b"zeros", zeros(4 * GIB - MIB), 0, 0xFFF00000, 8)]))
    inner = zip_of([(b"%02d.bin" % i, zeros(64 * MIB), crc_of_zeros(64 * MIB), 64 * MIB, 8) for i in range(16)])
    for _ in range(4):
        inner = zip_of([zip_packed(b"%02d.zip" % i, inner) for i in range(16)])
    save("zip-nested-42.zip", inner)
    deep = zip_of([zip_packed(b"end.txt", b"the end\n")])
    for _ in range(40):
        deep = zip_of([(b"deeper.zip", deep, binascii.crc32(deep), len(deep), 0)])
    save("zip-deep.zip", deep)
    overlapping()
    save("zip-lie-small.zip", zip_of([(b"small.txt", zeros(GIB), 0, 10, 8)]))
    save("zip-lie-large.zip", zip_of([(b"large.txt", deflate(b"few"), binascii.crc32(b"few"), 0xFFFFFFFE, 8)]))
    lie = zip_of([zip_packed(b"one.txt", b"one\n")])
    save("zip-lie-count.zip", lie[:-22] + zip_end(65535, len(lie), 0))
    ends = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 62, 1 << 62, 1 << 62, 0)
    save("zip64-lie.zip", lie[:-22] + ends + struct.pack("<4sIQI", b"PK\6\7", 0, len(lie) - 22, 1) + zip_end(65535, 0xFFFFFFFF, 0xFFFFFFFF))
    save("zip-many.zip", zip_of([(b"%06d" % i, b"", 0, 0, 0) for i in range(60000)]))
    tail = zip_central(b"self.zip", 0, 0, 0, 0, 0)
    size = len(tail) + 22
    save("zip-self.zip", zip_local(b"self.zip", 0, size, size, 0) + zip_central(b"self.zip", 0, size, size, 0, 0) + zip_end(1, len(tail), 38))


def overlapping():
    """Fifield, "A better zip bomb" (2019): each member's data are a stored block that quotes the next local header, and what that
    has: one kernel is unpacked by all."""
    kernel, size, count = zeros(20 * MIB), 20 * MIB, 500
    data, directory, headers = kernel, [], b""
    for i in reversed(range(count)):
        local = zip_local(b"%03d" % i, 0, len(data), size)
        directory.append((i, len(data), size))
        data = local + data
        if i:
            data = struct.pack("<BHH", 0, len(local), len(local) ^ 0xFFFF) + data
            size += len(local)
    offset, body = 0, data
    for i, packed, full in reversed(directory):
        headers += zip_central(b"%03d" % i, 0, packed, full, offset)
        offset += 33 + 5
    save("zip-overlap-quoted.zip", body + headers + zip_end(count, len(headers), len(body)))
    local = zip_local(b"all", 0, len(kernel), 20 * MIB)
    headers = b"".join(zip_central(b"all", 0, len(kernel), 20 * MIB, 0) for _ in range(10000))
    save("zip-overlap-same.zip", local + kernel + headers + zip_end(10000, len(headers), len(local) + len(kernel)))


# ---- gzip (RFC 1952), tar (POSIX.1-2017, pax) ----


def gz(body, crc, size):
    return b"\x1f\x8b\x08\0\0\0\0\0\2\3" + body + struct.pack("<II", crc, size & 0xFFFFFFFF)


def gz_of(data):
    return gz(deflate(data), binascii.crc32(data), len(data))


def gzips():
    save("gz-10g.gz", gz(zeros(10 * GIB), crc_of_zeros(10 * GIB), 10 * GIB))
    save("gz-members.gz", gz_of(b"") * 200000)
    deep = b"the end\n"
    for _ in range(100):
        deep = gz_of(deep)
    save("gz-deep.gz", deep)


def tar_of(name, data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_header(name, size, kind=b"0"):
    h = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT)[:512])
    h[124:136] = b"\x80" + size.to_bytes(11, "big") if size >= 8 << 30 else b"%011o\0" % size
    h[156:157] = kind
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def tars():
    deep = b"the end\n"
    for i in range(30):
        deep = tar_of("deeper.tar" if i else "end.txt", deep)
        if i % 3 == 2:
            deep = zip_of([zip_packed(b"deeper.tar", deep)])
            deep = tar_of("deeper.zip", deep)
    save("tar-in-zip-in-tar.tar", deep)
    save("tar-lie-size.tar", tar_header("large.bin", 1 << 62) + b"few")
    save("tar-many.tar", tar_header("empty", 0) * 15000 + bytes(1024))
    hole = "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=holes\nGNU.sparse.realsize=%d\n" % (1 << 50)
    lines = "".join("%d %s\n" % (len(x) + 4, x) for x in hole.splitlines()).encode()
    records = lines.ljust(512, b"\0")[:512]
    save("tar-sparse.tar", tar_header("pax", len(lines), b"x") + records + tar_header("holes", 512) + b"0\n".ljust(512, b"\0") + bytes(1024))


# ---- PNG (3rd edition, 5.3), JPEG (T.81), EXIF (TIFF 6.0) ----


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", binascii.crc32(kind + data))


def png(*chunks, width=1, height=1):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + b"".join(chunks) +
            chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


def ifd(entries, following):
    """TIFF 6.0, section 2: (tag, type, count, value or offset)…"""
    return struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries) + struct.pack("<I", following)


def tiff(body):
    return b"II*\0\x08\0\0\0" + body


def images():
    save("png-iccp.png", png(chunk(b"iCCP", b"bomb\0\0" + zlib_zeros(GIB))))
    save("png-ztxt.png", png(*[chunk(b"zTXt", b"Comment\0\0" + zlib_zeros(64 * MIB))] * 50))
    save("png-itxt.png", png(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib_zeros(GIB))))
    save("png-sizes.png", png(width=0x7FFFFFFF, height=0x7FFFFFFF) + struct.pack(">I", 0x7FFFFFFF) + b"tEXt")
    save("png-chunks.png", png(chunk(b"tEXt", b"a\0b") * 300000))
    loop = tiff(ifd([(0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8)], 8))
    save("exif-loop.png", png(chunk(b"eXIf", loop)))
    counts = tiff(ifd([(t, k, 0xFFFFFFFF, 8) for t in (0x10F, 0x110, 0x9286, 0x927C) for k in (2, 5, 7, 12)], 0))
    save("exif-counts.png", png(chunk(b"eXIf", counts)))
    many = ifd([(0x9286 + i % 4096, 2, 4 * MIB, 8) for i in range(65000)], 0)
    save("exif-amplified.png", png(chunk(b"eXIf", tiff(many + b"ASCII\0\0\0" + b"x" * 4 * MIB))))
    chain = b"".join(ifd([(0x100, 4, 1, 1)], 8 + 18 * (i + 1)) for i in range(100000))
    save("exif-chain.png", png(chunk(b"eXIf", tiff(chain))))
    head = b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0"
    save("jpeg-size.jpg", head + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\xff\xd9")
    save("jpeg-segments.jpg", head + b"\xff\xfe\0\3a" * 500000 + b"\xff\xe1\0\x08Exif\0\0" * 100000 + b"\xff\xd9")
    icc = b"".join(b"\xff\xe2\xff\xffICC_PROFILE\0" + bytes([i + 1, 140]) + bytes(65519) for i in range(140))
    save("jpeg-icc.jpg", head + icc + b"\xff\xd9")


# ---- RIFF, AIFF, ISO-BMFF, FLAC, ID3, MIDI ----


def sounds():
    fmt = b"fmt \x10\0\0\0\1\0\2\0\x44\xac\0\0\x10\xb1\2\0\4\0\x10\0"
    save("wav-size.wav", b"RIFF\xff\xff\xff\xffWAVE" + fmt + b"data\xff\xff\xff\xff" + bytes(16))
    save("wav-chunks.wav", b"RIFF\xff\xff\xff\xffWAVE" + fmt + b"junk\0\0\0\0" * 500000)
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, 1 << 63, 1 << 63, 1 << 63, 0)
    save("rf64-size.wav", b"RF64\xff\xff\xff\xffWAVE" + ds64 + fmt + b"data\xff\xff\xff\xff" + bytes(16))
    comm = b"COMM\0\0\0\x12\xff\xff\xff\xff\xff\xff\0\x20\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    save("aiff-size.aiff", b"FORM\xff\xff\xff\xffAIFF" + comm + b"SSND\xff\xff\xff\xff" + bytes(16))
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + (44100 << 44 | 1 << 41 | 15 << 36 | (1 << 36) - 1).to_bytes(8, "big") + bytes(16)
    comments = struct.pack("<I", 4) + b"adit" + struct.pack("<I", 0xFFFFFFFF) + b"\1\0\0\0a" * 200000
    save("flac-comments.flac", b"fLaC\0\0\0\x22" + info + b"\x84" + len(comments).to_bytes(3, "big") + comments)
    save("flac-blocks.flac", b"fLaC\0\0\0\x22" + info + b"\1\0\0\0" * 1000000)
    save("id3-size.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7fTIT2\x7f\x7f\x7f\x7f\0\0\3a")
    frames = b"TXXX\0\0\0\3\0\0\0a\0" * 300000
    size = bytes(len(frames) >> s & 0x7F for s in (21, 14, 7, 0))
    save("id3-frames.mp3", b"ID3\4\0\0" + size + frames + b"\xff\xfb\x90\0" + bytes(413))
    save("midi-size.mid", b"MThd\0\0\0\6\0\1\xff\xff\x7f\xffMTrk\xff\xff\xff\xff\0\xff\x51\3\0\0\0")
    save("midi-notes.mid", b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk" + struct.pack(">I", 3000008) + b"\0\x90\1\1" + b"\0\1\1" * 1000000 + b"\0\1")
    save("midi-far.mid", b"MThd\0\0\0\6\0\0\0\1\0\1MTrk" + struct.pack(">I", 700000) + b"\xff\xff\xff\x7f\xff\1\0" * 100000)


def box(kind, data, size=None):
    return struct.pack(">I", 8 + len(data) if size is None else size) + kind + data


def boxes():
    ftyp = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    save("mp4-size.mp4", ftyp + struct.pack(">I4sQ", 1, b"moov", 1 << 63) + box(b"mvhd", bytes(100)))
    nested = b"".join(struct.pack(">I4s", 8 * (50000 - i), b"moov") for i in range(50000))
    save("mp4-nested.mp4", ftyp + nested)
    counts = b"".join(box(kind, b"\0\0\0\0\xff\xff\xff\xff") for kind in (b"stsd", b"stts", b"stsc", b"stco", b"stsz", b"dref"))
    trak = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", counts))))
    save("mp4-counts.mp4", ftyp + box(b"moov", trak * 20000))
    save("mp4-boxes.mp4", ftyp + box(b"free", b"") * 300000)


# ---- text ----


def texts():
    laughs = "".join('<!ENTITY l%d "%s">' % (i, "&l%d;" % (i - 1) * 10) for i in range(1, 12))
    dtd = '<?xml version="1.0"?>\n<!DOCTYPE %s [<!ENTITY l0 "lol">' + laughs + "]>\n"
    rdf = ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
           'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>%s</dc:format></rdf:Description></rdf:RDF></x:xmpmeta>')
    save("xml-laughs.xml", (dtd % "a" + "<a>&l11;</a>").encode())
    save("xml-laughs.svg", (dtd % "svg" + '<svg xmlns="http://www.w3.org/2000/svg">&l11;</svg>').encode())
    save("xml-laughs.xmp", (dtd % "x:xmpmeta" + rdf % "&l11;").encode())
    large = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "%s">]>' % ("x" * 100000)
    save("xml-quadratic.xmp", (large + rdf % ("&x;" * 20000)).encode())
    save("xml-external.xmp", (dtd.replace("[", '[<!ENTITY e SYSTEM "file:///etc/passwd">') % "x:xmpmeta" + rdf % "&e;").encode())
    save("xml-deep.xml", b"<a>" * 1000000)
    save("xml-deep.xmp", (rdf % ("<dc:a>" * 1000000)).encode())
    save("xml-attributes.xmp", ("<x:xmpmeta xmlns:x='adobe:ns:meta/' " + " ".join("a%d=''" % i for i in range(300000)) + "/>").encode())
    save("json-deep.json", b"[" * 2000000)
    save("json-keys.json", b'{"a":' * 500000)
    save("csv-quote.csv", b'a,b\n"' + b"x," * 1000000)
    save("text-line.txt", b"x" * (8 * MIB))
    save("text-utf16.txt", b"\xff\xfe" + b"\0\xd8" * (MIB))
    part = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    save("eml-deep.eml", b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + b"".join(part % (i, i) for i in range(20000)))
    save("eml-headers.eml", b"From: a@b.example\r\n" + b"X-A: b\r\n" * 300000 + b"\r\n")
    save("eml-fold.eml", b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?a?=\r\n " * 100000 + b"\r\n\r\n")
    save("sqlite-pages.sqlite", b"SQLite format 3\0\x02\0\1\1\0@  " + b"\xff" * 476 + b"\xff" * MIB)
    save("dicom-nested.dcm", bytes(128) + b"DICM" + b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff" * 200000)
    save("ole2-loop.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\6\0" + bytes(10) +
         b"\xff\xff\xff\x7f" + bytes(4) + b"\0\0\0\0\0\x10\0\0" + bytes(4 * 112) + bytes(MIB))


def pdfs():
    """ISO 32000-1: trees, tables and streams that hold more than can be, or themselves."""
    save("pdf-objects.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[" + b"1 0 R " * 500000 + b"]>>endobj\n" + b"<<" * 500000 +
         b"\nxref\n0 4294967295\ntrailer<</Root 1 0 R/Prev 9/Size 4294967295>>\nstartxref\n9\n%%EOF\n")
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)<</F(a)/EF<</F 3 0 R>>>>]>>>>>>endobj\n"
    page = b"2 0 obj<</Type/Pages/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]/Count 1>>endobj\n"

    def stream(number, dictionary, data):
        return b"%d 0 obj<<%s/Length %d>>stream\n%s\nendstream endobj\n" % (number, dictionary, len(data), data)

    def ended(body, number, dictionary, data):
        return body + stream(number, dictionary, data) + b"startxref\n%d\n%%%%EOF\n" % len(body)

    once = zlib.compressobj(9)
    twice = zlib.compress(b"".join(once.compress(bytes(MIB)) for _ in range(256)) + once.flush(), 9)
    save("pdf-flate.pdf", head + page + stream(3, b"/Filter[/Fl/Fl]", twice) + b"trailer<</Root 1 0 R>>\n")
    runs = b"".join(b"\x81\0" for _ in range(MIB))
    wide = b"/Filter[/RL/Fl]/DecodeParms[null<</Predictor 15/Columns 1048576/Colors 32/BitsPerComponent 16>>]"
    save("pdf-predictor.pdf", head + page + stream(3, wide, runs) + b"trailer<</Root 1 0 R>>\n")
    save("pdf-deep.pdf", head + b"".join(b"%d 0 obj<</Type/Pages/Kids[%d 0 R]/Count 1>>endobj\n" % (i, i + 1) for i in range(2, 100000)) +
         b"trailer<</Root 1 0 R>>\n")
    rows = zlib.compress(zlib.compress(bytes(8 * MIB), 9), 9)
    save("pdf-table.pdf", ended(head + page, 9, b"/Type/XRef/W[1 0 0]/Size 8388607/Root 1 0 R/Filter[/Fl/Fl]", rows))
    # 2000 pages, each in another object stream than the one before; each of these unpacks to 8 MiB.
    body = head + b"2 0 obj<</Type/Pages/Kids[" + b" ".join(b"%d 0 R" % i for i in range(1000, 3000)) + b"]/Count 2000>>endobj\n"
    places = {1: head.index(b"1 0 obj"), 2: len(head)}
    for i in range(10, 50):
        inner = b"".join(b"%d 0 " % n for n in range(1000, 3000) if n % 40 == i % 40)
        places[i] = len(body)
        body += stream(i, b"/Type/ObjStm/N 50/First %d/Filter/Fl" % len(inner), zlib.compress(inner + b"<</Type/Page>>" + b" " * (8 * MIB), 1))
    table = b"".join(struct.pack(">BIH", 1, places[n], 0) if n in places else struct.pack(">BIH", 2, 10 + (n - 10) % 40, 0) if n >= 1000
                     else bytes(7) for n in range(3000))
    save("pdf-packed.pdf", ended(body, 9, b"/Type/XRef/W[1 4 2]/Size 3000/Root 1 0 R", table))


def offices():
    """ECMA-376: a package with a main document that is too much, or too clever."""
    types = (b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
             b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    rels = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            b"</Relationships>")
    head = b'<?xml version="1.0"?>\n'
    begin = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    laughs = b"<!DOCTYPE d [<!ENTITY a 'lol'><!ENTITY b '" + b"&a;" * 1000 + b"'><!ENTITY c '" + b"&b;" * 1000 + b"'>]>"
    words = b"<w:p><w:r><w:t>word </w:t></w:r></w:p>" * 400000
    for name, document in ("laughs", head + laughs + begin + b"&c;"), ("words", head + begin + words), ("deep", head + begin + b"<w:p>" * 400000):
        save("docx-%s.docx" % name, zip_of([zip_packed(b"[Content_Types].xml", types), zip_packed(b"_rels/.rels", rels),
                                            zip_packed(b"word/document.xml", document)]))
    big = zlib.compressobj(9, zlib.DEFLATED, -15)
    big = big.compress(head + begin) + big.flush(zlib.Z_FULL_FLUSH) + zeros(256 * MIB)
    save("docx-zeros.docx", zip_of([zip_packed(b"[Content_Types].xml", types), zip_packed(b"_rels/.rels", rels),
                                    (b"word/document.xml", big, 0, len(head + begin) + 256 * MIB, 8)]))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (zips, gzips, tars, images, sounds, boxes, texts, pdfs, offices):
        make()


if __name__ == "__main__":
    main()
