#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of document/pdf: pdf.py, from the project's root. Those of encrypted and linearized files are made by qpdf (with a
fixed initialisation vector, which is for tests alone; those of revisions 5 and 6 differ from run to run, as their salts are random);
without it they are left as they are."""
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zlib

HERE = pathlib.Path("tests/plugins/document/pdf")
XMP = (b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
       b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
       b'<dc:format>application/pdf</dc:format></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>')
TEXT = b"One line of text, and one line of text again.\n" * 6 + bytes(range(32, 127)) + b"\n"


# ---- writing files ----

class Pdf:
    """Objects by number; each write is a revision behind what was written before."""

    def __init__(self, version="1.7", start=b""):
        self.out = bytearray(start)
        self.base = len(start)
        self.out += b"%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n" % version.encode()
        self.objects, self.previous, self.size = {}, None, 0

    def add(self, number, body, data=None):
        if data is not None:
            body = body.replace(b"<<", b"<< /Length %d" % len(data), 1) + b"\nstream\n" + data + b"\nendstream"
        self.objects[number] = body
        return self

    def put(self, number):
        offset = len(self.out) - self.base
        self.out += b"%d 0 obj\n%s\nendobj\n" % (number, self.objects[number])
        return offset

    def trailer(self, more, size):
        previous = b" /Prev %d" % self.previous if self.previous is not None else b""
        self.size = max(self.size, size)
        return b"<< /Size %d%s %s >>" % (self.size, previous, more)

    def write(self, more):
        """All objects of this revision, a classic table, a trailer."""
        offsets = {n: self.put(n) for n in sorted(self.objects)}
        start = len(self.out) - self.base
        self.out += b"xref\n0 1\n0000000000 65535 f \n"
        for n, offset in offsets.items():
            self.out += b"%d 1\n%010d 00000 n \n" % (n, offset)
        self.out += b"trailer\n" + self.trailer(more, max(offsets) + 1) + b"\nstartxref\n%d\n%%%%EOF\n" % start
        self.objects, self.previous = {}, start
        return self

    def write_packed(self, more, packed, stream, table, hidden=False):
        """Objects `packed` in object stream `stream`, the table as stream `table`."""
        head, body = b"", b""
        for n in packed:
            head += b"%d %d " % (n, len(body))
            body += self.objects.pop(n) + b" "
        self.add(stream, b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode >>" % (len(packed), len(head)), zlib.compress(head + body))
        offsets = {n: self.put(n) for n in sorted(self.objects)}
        start = len(self.out) - self.base
        rows = {0: (0, 0, 65535), table: (1, start, 0)}
        rows.update({n: (1, offset, 0) for n, offset in offsets.items()})
        rows.update({n: (2, stream, i) for i, n in enumerate(packed)})
        if hidden:
            rows = {n: row for n, row in rows.items() if row[0] == 2 or n == stream}
        numbers = sorted(rows)
        index = b" ".join(b"%d 1" % n for n in numbers)
        data = zlib.compress(png(b"".join(struct.pack(">BHH", *rows[n]) for n in numbers), 5, [2] * len(numbers)))
        self.add(table, b"<< /Type /XRef /W [1 2 2] /Index [%s] /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 5 >> %s" %
                 (index, self.trailer(more, max(numbers) + 1)[2:]), data)
        self.put(table)
        self.objects = {}
        if not hidden:
            self.out += b"startxref\n%d\n%%%%EOF\n" % start
            self.previous = start
        return start, offsets


# ---- encoding ----

def png(data, columns, kinds):
    """Rows filtered as PNG does, of one byte a pixel."""
    out, above = bytearray(), bytes(columns)
    for r, kind in enumerate(kinds):
        row = data[r * columns:(r + 1) * columns].ljust(columns, b"\0")
        out.append(kind)
        for i, c in enumerate(row):
            left, corner = (row[i - 1], above[i - 1]) if i else (0, 0)
            p = left + above[i] - corner
            near = min((left, above[i], corner), key=lambda v: abs(p - v))
            out.append((c - (0, left, above[i], (left + above[i]) // 2, near)[kind]) & 255)
        above = row
    return bytes(out)


def tiff(data, columns):
    """Rows of 16 bits a sample, two colours, as differences."""
    out = bytearray()
    for r in range(0, len(data), columns * 4):
        before = [0, 0]
        for i in range(r, r + columns * 4, 2):
            value = int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big")
            out += ((value - before[i // 2 % 2]) & 0xffff).to_bytes(2, "big")
            before[i // 2 % 2] = value
    return bytes(out)


def lzw(data, early=1):
    codes, out, bits, width = {bytes([i]): i for i in range(256)}, 0, 0, 9

    def put(code):
        nonlocal out, bits
        out, bits = out << width | code, bits + width

    put(256)
    following, text = 258, b""
    for i in range(len(data)):
        c = data[i:i + 1]
        if text + c in codes:
            text += c
            continue
        put(codes[text])
        codes[text + c] = following
        following += 1
        width = next(w for w in (9, 10, 11, 12) if following - 1 + early < 1 << w)
        text = c
        if following == 4094:
            put(256)
            codes, following, width = {bytes([i]): i for i in range(256)}, 258, 9
    put(codes[text])
    put(257)
    pad = -bits % 8
    return (out << pad).to_bytes((bits + pad) // 8, "big")


def ascii85(data):
    out = b""
    for i in range(0, len(data), 4):
        group = data[i:i + 4]
        value = int.from_bytes(group.ljust(4, b"\0"), "big")
        digits = bytes(33 + value // 85 ** k % 85 for k in (4, 3, 2, 1, 0))
        out += b"z" if digits == b"!!!!!" and len(group) == 4 else digits[:len(group) + 1]
    return out + b"~>"


def run_length(data):
    out, i = b"", 0
    while i < len(data):
        n = 1
        while n < 128 and data[i:i + 1] * (n + 1) == data[i:i + n + 1]:
            n += 1
        if n > 2:
            out += bytes([257 - n, data[i]])
        else:
            n = min(100, len(data) - i)
            out += bytes([n - 1]) + data[i:i + n]
        i += n
    return out + b"\x80"


# ---- the samples ----

def pages(pdf, catalog=b"", page=b""):
    """A document of one page: objects 1 to 3."""
    pdf.add(1, b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog)
    pdf.add(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>")
    return pdf.add(3, b"<< /Type /Page /Parent 2 0 R %s >>" % page)


def full():
    """Everything that is read, in a file that was changed once."""
    pdf = Pdf("1.4")
    pdf.add(1, b"""<< /Type /Catalog /Version /1.7 /Pages 2 0 R /Lang (en-GB) /PageLayout /TwoColumnLeft /PageMode /UseOutlines
/MarkInfo << /Marked true /Suspects false >> /StructTreeRoot << /Type /StructTreeRoot >> /Metadata 10 0 R /Outlines 11 0 R
/ViewerPreferences << /DisplayDocTitle true /Direction /L2R /NumCopies 2 >> /PageLabels << /Nums [0 << /S /r >> 2 << /S /D /P (A-) /St 7 >>] >>
/Names << /JavaScript << /Names [(start) << /S /JavaScript /JS (app.alert\\('hello'\\);) >>] >> /EmbeddedFiles 14 0 R >>
/OpenAction << /S /URI /URI (https://example.org/) /Next << /S /GoTo /D [3 0 R /Fit] >> >> /AcroForm 17 0 R
/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile 20 0 R >>]
/OCProperties << /OCGs [<< /Type /OCG /Name (Lay\\345r) >>] /D << >> >>
/Extensions << /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> /ISO_ [<< /BaseVersion /2.0 /ExtensionLevel 32001 >>] >> >>""")
    pdf.add(2, b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 3 /MediaBox [0 0 595 842] /Resources 6 0 R >>")
    pdf.add(3, b"""<< /Type /Page /Parent 2 0 R /CropBox [605 832 10 10] /TrimBox [20 20 500 800] /UserUnit 2 /AA << /O << /S /JavaScript /JS 13 0 R >> >>
/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /AP << /N << /On 25 0 R /Off 21 0 R >> >> /A << /S /URI /URI (https://example.org/2) >> >>
<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 16 0 R >>] >>""")
    pdf.add(4, b"<< /Type /Pages /Parent 2 0 R /Kids [5 0 R 7 0 R] /Count 2 /Rotate -90 >>")
    pdf.add(5, b"<< /Type /Page /Parent 4 0 R >>")
    pdf.add(6, b"""<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> /F2 8 0 R >>
/XObject << /I 9 0 R /F 21 0 R >> /ColorSpace << /C [/ICCBased 20 0 R] >> >>""")
    pdf.add(7, b"<< /Type /Page /Parent 4 0 R /Rotate 0 /MediaBox [0 0 100.5 50] /Resources << >> >>")
    pdf.add(8, b"""<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Example /Encoding /Identity-H /ToUnicode 13 0 R
/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /FontDescriptor << /Type /FontDescriptor /FontFile2 13 0 R >> >>] >>""")
    jpeg = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes([1] * 64) + \
        bytes.fromhex("ffc0000b080001000101011100ffda0008010100003f0000ffd9")
    pdf.add(9, b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /Filter /DCTDecode >>", jpeg)
    pdf.add(10, b"<< /Type /Metadata /Subtype /XML >>", XMP)
    pdf.add(11, b"<< /First 12 0 R /Last 12 0 R /Count 2 >>")
    pdf.add(12, b"<< /Title (One) /Parent 11 0 R /First 22 0 R /Last 22 0 R >>")
    pdf.add(13, b"<< >>", b"this.print();")
    pdf.add(14, b"<< /Kids [15 0 R] >>")
    pdf.add(15, b"<< /Limits [(a) (a)] /Names [(a) 16 0 R] >>")
    pdf.add(16, b"""<< /Type /Filespec /F (note.txt) /UF <FEFF006E00F60074002E007400780074> /Desc (A note) /AFRelationship /Data
/EF << /F 18 0 R /UF 18 0 R >> >>""")
    pdf.add(17, b"<< /SigFlags 3 /DR << /Font << /H << /Subtype /Type1 /BaseFont /Courier >> >> >> /Fields [19 0 R << /T (name) /FT /Tx >> << /T (group) /FT /Btn /Kids [<< /T (1) >> << /T (2) >>] >>] >>")
    pdf.add(18, b"""<< /Type /EmbeddedFile /Subtype /text#2fplain /Filter /FlateDecode /Params << /Size 9 /CreationDate (D:20200102030405Z)
/ModDate (D:2020010203) /CheckSum <9E107D9D372BB6826BD81D3542A419D6> >> >>""", zlib.compress(b"A note.\r\n"))
    pdf.add(20, b"<< /N 3 >>", b"not truly a profile, but what stands for one")
    pdf.add(21, b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /Self 21 0 R /I 23 0 R >> >> >>", b"")
    pdf.add(25, b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /Font << /F << /Subtype /Type3 >> >> >> >>", b"")
    pdf.add(22, b"<< /Title (Two) /Parent 12 0 R >>")
    pdf.add(23, b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray >>", b"\x80")
    pdf.add(24, b"""<< /Title <FEFF00DC00620065007200730069006300680074001B00640065001B0021> /Author (J\\366rg \\200 \\240\\240) /Subject (\xef\xbb\xbfna\xc3\xafve)
/Keywords (a, b \\
c) /Creator (by\\040hand) /Producer () /CreationDate (D:20200102030405+01'30') /ModDate (yesterday) /Trapped /False
/Company (Example) /Draft true /Copies 3 >>""")
    signature = bytes([0x30, 6, 2, 1, 1, 2, 1, 2])
    pdf.add(19, b"""<< /T (signature) /FT /Sig /V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Name (Jane)
/Location (Here) /Reason (Why not) /M (D:20200102030405Z) /ByteRange [0 100 200 300] /Contents <%s0000>
/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>] >> >>""" % signature.hex().encode())
    pdf.write(b"/Root 1 0 R /Info 24 0 R /ID [<00112233445566778899aabbccddeeff> <ffeeddccbbaa99887766554433221100>]")
    pdf.add(5, b"<< /Type /Page /Parent 4 0 R /Changed true >>")
    return pdf.write(b"/Root 1 0 R /Info 24 0 R /ID [<00112233445566778899aabbccddeeff> <0123456789>]").out


def form():
    """A form of XFA, of version 2.0: fields in fields, usage rights, a time stamp, associated files."""
    pdf = pages(Pdf("2.0"), b"""/AcroForm << /XFA [(preamble) 4 0 R (datasets) 5 0 R (postamble) 6 0 R] /Fields [7 0 R] >> /OpenAction [3 0 R /Fit]
/Perms << /UR3 9 0 R >> /AF [10 0 R] /Collection << /View /D >> /MarkInfo << /Suspects true /UserProperties true >>""")
    pdf.add(4, b"<< >>", b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">')
    pdf.add(5, b"<< /Filter /FlateDecode >>", zlib.compress(b"<a>1</a>")).add(6, b"<< >>", b"</xdp:xdp>")
    pdf.add(7, b"<< /T (all) /FT /Tx /Kids [8 0 R << /T (b) /Parent 7 0 R /AA << /K << /S /JavaScript /JS (1) /Next [11 0 R 11 0 R] >> >> >>] >>")
    pdf.add(8, b"<< /T (stamp) /FT /Sig /Parent 7 0 R /V << /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /Contents <3080020101000000> >> >>")
    pdf.add(9, b"<< /Filter /Adobe.PPKLite /SubFilter /adbe.x509.rsa_sha1 /Contents <0401FF> /ByteRange [0 9 10 -1] >>")
    pdf.add(10, b"<< /Type /Filespec /F (data.csv) /AFRelationship /Source /EF << /F 12 0 R >> >>")
    pdf.add(11, b"<< /S /SubmitForm /F (https://example.org/) /Next 11 0 R >>")
    pdf.add(12, b"<< /Type /EmbeddedFile /Subtype /csv >>", b"a,b\n1,2\n")
    pdf.add(13, b"<< /Title 7 /Trapped true /CreationDate (D:20201) >>")
    return pdf.write(b"/Root 1 0 R /Info 13 0 R").out


def packed():
    pdf = pages(Pdf("1.5"), b"/Metadata 5 0 R")
    pdf.add(4, b"<< /Title (packed) >>")
    pdf.add(5, b"<< /Type /Metadata /Subtype /XML /Filter /FlateDecode >>", zlib.compress(XMP))
    pdf.write_packed(b"/Root 1 0 R /Info 4 0 R", [1, 2, 3, 4], 6, 7)
    return pdf.out


def hybrid():
    """Readers of old find the Info dictionary in the table, the others in the stream."""
    pdf = pages(Pdf("1.4"))
    pdf.add(4, b"<< /Title (for all) >>").add(5, b"<< /Title (for those who read streams) >>")
    start, offsets = pdf.write_packed(b"", [5], 6, 7, hidden=True)
    table = len(pdf.out)
    pdf.out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offsets[n] for n in (1, 2, 3, 4))
    pdf.out += b"trailer\n<< /Size 8 /Root 1 0 R /Info 5 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (start, table)
    return pdf.out


def filters():
    """One text, packed in every way, as files in the document."""
    # A table of LZW that overflows 9 bits and 10 bits.
    long = b"".join(b"%d " % (i * i) for i in range(700))
    columns = 6
    rows = len(TEXT) // columns
    ways = [
        ("hex", b"/ASCIIHexDecode", TEXT.hex().encode() + b">"),
        ("a85", b"/ASCII85Decode", ascii85(b"\0\0\0\0" + TEXT)),
        ("runs", b"/RunLengthDecode", run_length(TEXT + b"a" * 300)),
        ("lzw", b"/LZWDecode", lzw(long)),
        ("late", b"/LZWDecode /DecodeParms << /EarlyChange 0 >>", lzw(long, 0)),
        ("flate", b"/FlateDecode", zlib.compress(TEXT)),
        ("png", b"/FlateDecode /DecodeParms << /Predictor 15 /Columns %d >>" % columns,
         zlib.compress(png(TEXT, columns, [r % 5 for r in range(rows)]))),
        ("tiff", b"/FlateDecode /DecodeParms << /Predictor 2 /Columns 3 /Colors 2 /BitsPerComponent 16 >>", zlib.compress(tiff(TEXT, 3))),
        ("chain", b"[/AHx /Fl /A85] /DecodeParms [null << /Predictor 1 >> null]", zlib.compress(ascii85(TEXT)).hex().encode() + b">"),
        ("unknown", b"/NoneDecode", b"?"),
        ("wide", b"/FlateDecode /DecodeParms << /Predictor 15 /Columns 999999999 >>", zlib.compress(TEXT)),
        ("broken", b"/FlateDecode", zlib.compress(TEXT)[:-40] + bytes(40)),
    ]
    pdf = Pdf()
    names = b""
    for i, (name, how, data) in enumerate(ways):
        pdf.add(10 + i, b"<< /Type /EmbeddedFile /Filter %s >>" % how, data)
        names += b"(%s) << /F (%s.txt) /EF << /F %d 0 R >> >> " % (name.encode(), name.encode(), 10 + i)
    return pages(pdf, b"/Names << /EmbeddedFiles << /Names [%s] >> >>" % names).write(b"/Root 1 0 R").out


def loops():
    """Nothing here ends by itself."""
    pdf = Pdf()
    pdf.add(1, b"""<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R /Names << /JavaScript 6 0 R >> /AcroForm << /Fields [7 0 R] >>
/Metadata 8 0 R /Lang 11 0 R >>""")
    pdf.add(2, b"<< /Type /Pages /Kids [3 0 R 2 0 R 3 0 R] /Count 1 >>")
    pdf.add(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources 9 0 R >>")
    pdf.add(4, b"<< /First 5 0 R >>")
    pdf.add(5, b"<< /Title (x) /Next 5 0 R /First 5 0 R >>")
    pdf.add(6, b"<< /Kids [6 0 R 6 0 R] >>")
    pdf.add(7, b"<< /T (f) /Kids [7 0 R] >>")
    pdf.add(8, b"<< /Length 8 0 R /Type /Metadata >>\nstream\n" + XMP + b"\nendstream")
    pdf.add(9, b"<< /XObject << /X 10 0 R >> >>")
    pdf.add(10, b"<< /Subtype /Form /Resources 9 0 R >>", b"")
    pdf.add(11, b"12 0 R").add(12, b"11 0 R")
    pdf.write(b"/Root 1 0 R")
    pdf.previous = len(pdf.out)  # this section is the one before itself
    pdf.out += b"xref\n0 1\n0000000000 65535 f \ntrailer\n" + pdf.trailer(b"/Root 1 0 R", 12) + b"\nstartxref\n%d\n%%%%EOF\n" % pdf.previous
    return pdf.out


def late():
    """Something in front, offsets that count from the header, something behind."""
    return pages(Pdf(start=b"HTTP/1.1 200 OK\r\n\r\n")).add(4, b"<< /Title (late) >>").write(b"/Root 1 0 R /Info 4 0 R").out + b"\n" * 90


def damaged():
    """A table that is wrong throughout, streams without a length, an object stream, and no trailer."""
    pdf = pages(Pdf("1.5"), b"/Metadata 5 0 R")
    pdf.add(4, b"<< /Title (damaged) >>")
    pdf.add(5, b"<< /Type /Metadata >>\nstream\r\n" + XMP + b"\r\nendstream")
    pdf.write_packed(b"/Root 1 0 R /Info 4 0 R", [2, 3, 4], 6, 7)
    return pdf.out[:40] + b"% inserted, so that nothing is where it was\n" + pdf.out[40:]


def forms_data():
    return (b"%FDF-1.2\n1 0 obj\n<< /FDF << /F (form.pdf) /Fields [<< /T (a) /V (1) >> << /T (b) /Kids [<< /T (c) /V /On >>] >>]\n"
            b"/Annots [<< /Subtype /Text /Page 0 >>] >> >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")


def by_qpdf(work):
    """The same small document, encrypted by each revision of the standard handler; and linearized."""
    plain = work / "plain.pdf"
    pdf = pages(Pdf("1.7"), b"/Metadata 5 0 R /Lang (de)")
    pdf.add(4, b"<< /Title (Geheim) /Author <FEFF0142> /CreationDate (D:20200102030405Z) >>").add(5, b"<< /Type /Metadata /Subtype /XML >>", XMP)
    plain.write_bytes(pdf.write(b"/Root 1 0 R /Info 4 0 R /ID [<00> <00>]").out)
    ways = {
        "rc4-r2.pdf": ["40", "--print=n", "--modify=n"],
        "rc4-r3.pdf": ["128", "--print=low", "--use-aes=n", "--annotate=n"],
        "rc4-r4.pdf": ["128", "--use-aes=n", "--force-V4"],
        "aes-r4.pdf": ["128", "--use-aes=y", "--cleartext-metadata"],
        "aes-r5.pdf": ["256", "--force-R5"],
        "aes-r6.pdf": ["256", "--extract=n"],
    }
    common = ["qpdf", "--static-id", "--static-aes-iv", "--object-streams=disable", "--allow-weak-crypto"]
    for name, options in ways.items():
        packed_too = ["--object-streams=generate"] if name == "aes-r6.pdf" else []
        subprocess.run([*common, *packed_too, str(plain), str(HERE / name), "--encrypt", "", "owner", *options, "--"], check=True)
    subprocess.run([*common, str(plain), str(HERE / "locked.pdf"), "--encrypt", "user", "owner", "128", "--use-aes=y", "--cleartext-metadata", "--"],
                   check=True)
    subprocess.run([*common, "--object-streams=generate", str(plain), str(HERE / "locked-packed.pdf"), "--encrypt", "user", "owner", "128",
                    "--use-aes=n", "--print=none", "--"], check=True)
    subprocess.run([*common, "--linearize", str(plain), str(HERE / "linear.pdf")], check=True)


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    whole = bytes(full())
    for name, data in (("full.pdf", whole), ("xfa.pdf", form()), ("packed.pdf", packed()), ("hybrid.pdf", hybrid()), ("filters.pdf", filters()), ("loops.pdf", loops()),
                       ("late.pdf", late()), ("damaged.pdf", damaged()), ("cut.pdf", whole[:2442]), ("form.fdf", forms_data())):
        (HERE / name).write_bytes(data)
    if shutil.which("qpdf"):
        with tempfile.TemporaryDirectory() as work:
            by_qpdf(pathlib.Path(work))


main()
