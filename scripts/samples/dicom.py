#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of medical/dicom and of modules that medical/dicom-module looks at: dicom.py, from the project's root."""
import pathlib
import struct
import zlib

HERE = pathlib.Path("tests/plugins/medical/dicom")
ROOT = "1.2.840.10008."
LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
PACK = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
UNDEFINED = 0xffffffff


class Syntax:
    """How data elements are written: PS3.5 7.1."""

    def __init__(self, implicit=False, big=False):
        self.implicit, self.order = implicit, ">" if big else "<"

    def head(self, tag, vr, length):
        start = struct.pack(self.order + "HH", tag >> 16, tag & 0xffff)
        if self.implicit or tag >> 16 == 0xfffe:
            return start + struct.pack(self.order + "I", length)
        if vr in LONG:
            return start + vr.encode() + b"\0\0" + struct.pack(self.order + "I", length)
        return start + vr.encode() + struct.pack(self.order + "H", length)

    def value(self, vr, value):
        if isinstance(value, bytes):
            return value + (b"\0" if len(value) % 2 else b"")
        if isinstance(value, str):
            raw = value.encode("latin-1")
            return raw + ((b"\0" if vr in ("UI", "OB") else b" ") if len(raw) % 2 else b"")
        if vr == "AT":
            return b"".join(struct.pack(self.order + "HH", t >> 16, t & 0xffff) for t in value)
        return b"".join(struct.pack(self.order + PACK[vr], v) for v in value)

    def element(self, tag, vr, value):
        raw = self.value(vr, value)
        return self.head(tag, vr, len(raw)) + raw

    def elements(self, rows):
        return b"".join(self.element(*row) for row in rows)

    def sequence(self, tag, items, undefined=False, vr="SQ"):
        """Items are data sets that are written already."""
        if undefined:
            body = b"".join(self.head(0xfffee000, "", UNDEFINED) + i + self.head(0xfffee00d, "", 0) for i in items)
            return self.head(tag, vr, UNDEFINED) + body + self.head(0xfffee0dd, "", 0)
        body = b"".join(self.head(0xfffee000, "", len(i)) + i for i in items)
        return self.head(tag, vr, len(body)) + body

    def fragments(self, pieces, table=b""):
        """Encapsulated pixel data: PS3.5 A.4."""
        body = b"".join(self.head(0xfffee000, "", len(p)) + p for p in [table] + pieces)
        return self.head(0x7fe00010, "OB", UNDEFINED) + body + self.head(0xfffee0dd, "", 0)


LITTLE, IMPLICIT, BIG = Syntax(), Syntax(implicit=True), Syntax(big=True)


def part10(syntax, data, sop="5.1.4.1.1.7", number=1):
    """A file with preamble and meta information: PS3.10 7.1."""
    rows = [(0x00020001, "OB", b"\0\1"), (0x00020002, "UI", ROOT + sop), (0x00020003, "UI", f"2.25.{number}"),
            (0x00020010, "UI", syntax if syntax.startswith("1.3") else ROOT + syntax), (0x00020012, "UI", "2.25.99")]
    meta = LITTLE.elements(rows)
    return bytes(128) + b"DICM" + LITTLE.element(0x00020000, "UL", [len(meta)]) + meta + data


def common(sop="5.1.4.1.1.7"):
    return [(0x00080005, "CS", "ISO_IR 100"), (0x00080008, "CS", "DERIVED\\SECONDARY"), (0x00080016, "UI", ROOT + sop),
            (0x00080018, "UI", "2.25.1"), (0x00080020, "DA", "20240229"), (0x00080021, "DA", "20240229"),
            (0x0008002a, "DT", "20240229121314.5"), (0x00080030, "TM", "121314.25"), (0x00080032, "TM", "0930"),
            (0x00080050, "SH", ""), (0x00080060, "CS", "OT"), (0x00080064, "CS", "WSD"),
            (0x00080090, "PN", "Gr\xfcn^Doris^^Dr.")]


def identity():
    return [(0x00080201, "SH", "+0530"), (0x00100010, "PN", "M\xfcller^J\xfcrgen"), (0x00100020, "LO", "P-1"),
            (0x00100030, "DA", "19700101"), (0x00100040, "CS", "M"), (0x00101001, "PN", "M\xfcller^J.\\Miller^George"),
            (0x00101030, "DS", "70.50"), (0x0020000d, "UI", "2.25.2"), (0x0020000e, "UI", "2.25.3"), (0x00200010, "SH", "S1"),
            (0x00200011, "IS", "7"), (0x00200013, "IS", "1"), (0x00200020, "CS", "")]


def image(frames=1, photometric="MONOCHROME2", signed=0):
    rows = [(0x00280002, "US", [1]), (0x00280004, "CS", photometric), (0x00280008, "IS", str(frames)), (0x00280010, "US", [2]),
            (0x00280011, "US", [4]), (0x00280100, "US", [8]), (0x00280101, "US", [8]), (0x00280102, "US", [7]),
            (0x00280103, "US", [signed])]
    return rows if frames > 1 else [r for r in rows if r[0] != 0x00280008]


def kinds(s):
    """Every VR that has a value of its own."""
    code = s.elements([(0x00080100, "SH", "T-D1100"), (0x00080102, "SH", "SRT"), (0x00080104, "LO", "Head")])
    private = s.elements([(0x00290010, "LO", "ADIT TEST"), (0x00291001, "US", [1, 2]), (0x00291002, "UN", b"\1\2\3\4")])
    return b"".join((
        s.elements(common() + identity()[:6]),
        s.sequence(0x00101021, []),
        s.elements([(0x00101030, "DS", "70.50"), (0x00181063, "DS", "33.3333333333333"), (0x00186020, "SL", [-70000]), (0x00189073, "FD", [0.1]),
                    (0x00189295, "FD", [1e300])]),
        s.elements(identity()[7:]),
        s.elements([(0x00209157, "UL", [1, 70000]), (0x00209165, "AT", [0x00200032])]),
        s.elements(sorted(image(signed=1) + [(0x00280009, "AT", [0x00181063])])),
        s.elements([(0x00280106, "SS", [-5]), (0x00281050, "DS", "40\\80.5"), (0x00281101, "US", [256, 0, 16])]
                   if not s.implicit else [(0x00280106, "SS", [-5]), (0x00281050, "DS", "40\\80.5")]),
        private,
        s.elements([(0x0040a13a, "DT", "2024"), (0x0040a160, "UT", "Two lines,\r\nand a \\ in them ")]),
        s.sequence(0x0040a168, [code], undefined=True),
        s.elements([(0x00420010, "ST", "A title"), (0x00480300, "OB", b"\1\2"), (0x00700253, "FL", [0.1]),
                    (0x00720082, "SV", [-1 << 60]), (0x00720083, "UV", [1 << 60])] if not s.implicit else []),
        s.elements([(0x60000010, "US", [2]), (0x60000050, "SS", [1, -1]), (0x60020010, "US", [3]),
                    (0x60023000, "OW", b"\0\1"), (0x7fe00010, "OW", bytes(8))])))


def unknown():
    """UN: known elements, a sequence without a length, which is in implicit VR (PS3.5 6.2.2), and a VR that is yet to come."""
    inside = IMPLICIT.elements([(0x00080100, "SH", "113100"), (0x00080104, "LO", "Profile")])
    return b"".join((
        LITTLE.elements(common()), LITTLE.element(0x00100010, "UN", b"Un^Known"),
        LITTLE.head(0x00120064, "UN", UNDEFINED) + IMPLICIT.sequence(0x00120064, [inside], undefined=True)[8:],
        LITTLE.elements(identity()[7:]),
        struct.pack("<HH", 0x0029, 0x0010) + b"LO" + struct.pack("<H", 10) + b"ADIT TEST ",
        LITTLE.head(0x00291003, "UN", UNDEFINED) + IMPLICIT.sequence(0x00291003, [IMPLICIT.element(0x00291004, "UN", b"ab")],
                                                                     undefined=True)[8:],
        struct.pack("<HH", 0x0029, 0x1005) + b"ZZ\0\0" + struct.pack("<I", 4) + b"abcd"))


def charset_items():
    """(0008,0005), patient's name, comment: PS3.5 annexes H to K, PS3.3 C.12.1.1.2."""
    esc = "\x1b"
    yield "ISO_IR 101", "Wałęsa^Lech".encode("iso8859-2"), b""
    yield "ISO_IR 109", "Ĝoĝo^Ĉ".encode("iso8859-3"), b""
    yield "ISO_IR 110", "Āboliņš".encode("iso8859-4"), b""
    yield "ISO_IR 144", "Люкceмбypг".encode("iso8859-5"), b""
    yield "ISO_IR 127", "قباني^لنزار".encode("iso8859-6"), b""
    yield "ISO_IR 126", "Διονυσιος".encode("iso8859-7"), b""
    yield "ISO_IR 138", "שרון^דבורה".encode("iso8859-8"), b""
    yield "ISO_IR 148", "Çavuşoğlu".encode("iso8859-9"), b""
    yield "ISO_IR 203", "Œuvre^€".encode("iso8859-15"), b""
    yield "ISO_IR 166", "นามสกุล".encode("tis-620"), b""
    yield "ISO_IR 192", "Wang^XiaoDong=王^小东=".encode(), "第一行".encode()
    yield "ISO_IR 13", bytes([0xd4, 0xcf, 0xc0, 0xde]) + b"^" + bytes([0xc0, 0xdb, 0xb3]) + b"=", b"~"
    yield ("ISO 2022 IR 6\\ISO 2022 IR 100\\ISO 2022 IR 126",
           b"Buc^" + f"{esc}-A".encode() + "Jérôme".encode("latin-1") + b"\\" + f"{esc}-F".encode() + "Διον".encode("iso8859-7"), b"")
    yield ("\\ISO 2022 IR 87", b"Yamada^Tarou=" + f"{esc}$B;3ED{esc}(B^{esc}$BB@O:{esc}(B=".encode()
           + f"{esc}$B$d$^$@{esc}(B".encode(), b"ascii")
    yield "\\ISO 2022 IR 149", b"Hong^Gildong=" + f"{esc}$)C".encode() + "洪".encode("euc-kr") + b"^", b""
    yield "GB18030", b"Wang^XiaoDong=" + "王".encode("gb18030") + b"^=", b"plain"
    yield "GBK", bytes([0x81, 0x5c]) + b"^x", b""
    yield "ISO_IR 999", b"Nobody", b""
    yield "", "Jérôme".encode("latin-1"), b""


def charsets():
    items = []
    for term, name, comment in charset_items():
        item = LITTLE.element(0x00080005, "CS", term) + LITTLE.element(0x00100010, "PN", name)
        items.append(item + (LITTLE.element(0x00104000, "LT", comment) if comment else b""))
    return LITTLE.elements(common()) + LITTLE.sequence(0x00081110, items) + LITTLE.elements(identity()[1:])


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080002000401011100ffda0008010100003f00"
                     "7f0aa2ffd9")


def deflated(data):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


def frames():
    """Two frames, the first one of two fragments, and the table that says so."""
    data = LITTLE.elements(common() + identity() + image(2))
    half = JPEG[:24]
    pieces = [half, JPEG[24:] + b"\0" * (len(JPEG[24:]) % 2), JPEG + b"\0" * (len(JPEG) % 2)]
    second = sum(8 + len(p) for p in pieces[:2])
    return data + LITTLE.fragments(pieces, struct.pack("<II", 0, second))


def extended():
    """The same two frames by the extended offset table (A.4.1); its basic one is empty."""
    data = LITTLE.elements(common() + identity() + image(2))
    pieces = [JPEG[:24], JPEG[24:] + b"\0" * (len(JPEG[24:]) % 2), JPEG + b"\0" * (len(JPEG) % 2)]
    second = sum(8 + len(p) for p in pieces[:2])
    tables = LITTLE.element(0x7fe00001, "OV", struct.pack("<QQ", 0, second))
    tables += LITTLE.element(0x7fe00002, "OV", struct.pack("<QQ", 24 + len(pieces[1]), len(pieces[2])))
    return data + tables + LITTLE.fragments(pieces)


def profiles():
    """ICC profiles of the image and, as in whole-slide images, of an optical path (C.8.12.5)."""
    profile = bytes(36) + b"acsp" + bytes(88)
    path = LITTLE.element(0x00282000, "OB", profile) + LITTLE.element(0x00480106, "SH", "1")
    rows = LITTLE.elements(common() + identity() + image())
    return rows + LITTLE.element(0x00282000, "OB", profile) + LITTLE.sequence(0x00480105, [path, path], undefined=True)


def document(kind, content, sop):
    rows = common(sop) + identity()[1:] + [(0x00420010, "ST", "Report"), (0x00420011, "OB", content), (0x00420012, "LO", kind),
                                          (0x00420015, "UL", [len(content)])]
    return LITTLE.elements(rows)


def broken():
    """Elements out of order, of odd length, of no whole number of values, with values that have not their form."""
    good = LITTLE.elements(common() + identity()[1:])
    wrong = [(0x00200012, "IS", "1A"), (0x00280030, "DS", "1.0\\x "), (0x00180010, "LO", "Late"), (0x00380020, "DA", "20230230"),
             (0x00380021, "TM", "2561"), (0x00400002, "DA", "2024.02.29"), (0x00400003, "TM", "12:13:14")]
    odd = struct.pack("<HH", 0x0040, 0x0280) + b"ST" + struct.pack("<H", 3) + b"odd"
    short = struct.pack("<HH", 0x0040, 0x1012) + b"US" + struct.pack("<H", 3) + b"\1\0\2"
    no_vr = struct.pack("<HHI", 0x0040, 0x2400, 4) + b"none"
    stray = LITTLE.head(0xfffee00d, "", 0)
    item = struct.pack("<HHI", 0xfffe, 0xe000, 500) + LITTLE.element(0x00080100, "SH", "CODE")
    overrun = LITTLE.head(0x0040a730, "SQ", len(item)) + item
    return good + LITTLE.elements(wrong) + odd + short + no_vr + stray + overrun


def deep(levels):
    data = LITTLE.element(0x0040a160, "UT", "the innermost")
    for _ in range(levels):
        data = LITTLE.sequence(0x0040a730, [data], undefined=True)
    return LITTLE.elements(common("5.1.4.1.1.88.33") + identity()[1:]) + data


def directory():
    """A media storage directory (PS3.10 8): its SOP class stands in the meta information alone."""
    patient = LITTLE.elements([(0x00041400, "UL", [0]), (0x00041410, "US", [0xffff]), (0x00041430, "CS", "PATIENT"),
                               (0x00100010, "PN", "Doe^Jane"), (0x00100020, "LO", "4711")])
    rows = [(0x00041130, "CS", "ADIT"), (0x00041200, "UL", [0]), (0x00041202, "UL", [0]), (0x00041212, "US", [0])]
    return LITTLE.elements(rows) + LITTLE.sequence(0x00041220, [patient])


def ct_image(without=(), empty=()):
    """A CT image with contrast, of a clinical trial, with an overlay: C.8.2.1, C.7.6.4, C.7.1.3, C.9.2."""
    rows = common("5.1.4.1.1.2") + identity() + image() + [
        (0x00180010, "LO", "Iodine"), (0x00180060, "DS", "120"), (0x00200012, "IS", "1"), (0x00281052, "DS", "-1024"),
        (0x00281053, "DS", "1"), (0x00120010, "LO", "Sponsor"), (0x00120020, "LO", "Protocol 7"), (0x00120040, "LO", "S-9"),
        (0x00120021, "LO", ""), (0x00120030, "LO", ""), (0x00120031, "LO", ""), (0x00080070, "LO", "ADIT"),
        (0x00200052, "UI", "2.25.4"), (0x00201040, "LO", ""), (0x00180050, "DS", "2.5"), (0x00280030, "DS", "0.5\\0.5"),
        (0x00200032, "DS", "-1\\-2\\3.5"), (0x00200037, "DS", "1\\0\\0\\0\\1\\0"), (0x00080023, "DA", "20240229"),
        (0x00080033, "TM", "121315"), (0x60000010, "US", [2]), (0x60000011, "US", [4]), (0x60000040, "CS", "G"),
        (0x60000050, "SS", [1, 1]), (0x60000100, "US", [1]), (0x60000102, "US", [0]), (0x60003000, "OW", b"\x0f\0"),
        (0x7fe00010, "OW", bytes(8))]
    rows = [(tag, vr, "" if tag in empty else value) for tag, vr, value in rows if tag not in without]
    return part10("1.2.1", LITTLE.elements(sorted(rows, key=lambda r: r[0])), "5.1.4.1.1.2")


def invalid():
    """Values that are not of their VR, an element of another VR, two values where there is to be one."""
    changed = {0x00100020: ("LO", "A\\B"), 0x00100030: ("DA", "19700199"), 0x00102201: ("OB", b"cat "), 0x00200011: ("IS", "x")}
    rows = {tag: (vr, value) for tag, vr, value in common("5.1.4.1.1.2") + identity() + image()}
    rows.update(changed)
    return part10("1.2.1", LITTLE.elements([(tag, *rows[tag]) for tag in sorted(rows)]), "5.1.4.1.1.2")


def rt_plan():
    """Sequences in sequences, in implicit VR: C.8.8.14."""
    s = IMPLICIT
    point = s.element(0x300a0112, "IS", "0") + s.element(0x300a0134, "DS", "0.0")
    beam = (s.element(0x300a00c0, "IS", "1") + s.element(0x300a00c4, "CS", "STATIC") + s.element(0x300a0110, "IS", "1")
            + s.sequence(0x300a0111, [point], undefined=True))
    data = s.elements(common("5.1.4.1.1.481.5") + identity() + [(0x300a0002, "SH", "Plan"), (0x300a0006, "DA", "20240301"),
                                                               (0x300a0007, "TM", "1015"), (0x300a000c, "CS", "PATIENT")])
    return part10("1.2", data + s.sequence(0x300a00b0, [beam]) + s.element(0x300e0002, "CS", "UNAPPROVED"), "5.1.4.1.1.481.5")


def write_modules():
    folder = HERE.parent.parent / "dicom"
    whole = ct_image()
    samples = {
        "dicom-patient/ct.dcm": whole,
        "dicom-patient/missing.dcm": ct_image(without=(0x00100040, 0x0020000d, 0x00180060), empty=(0x00080016, 0x00200052)),
        "dicom-patient/empty.dcm": ct_image(without=(0x00100040, 0x0020000d), empty=(0x00200052, 0x00281053)),
        "dicom-patient/invalid.dcm": invalid(),
        "dicom-ct-image/truncated.dcm": whole[:-405],
        "dicom-rt-beams/plan.dcm": rt_plan(),
    }
    for name, data in samples.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    write_modules()
    rle = struct.pack("<16I", 1, 64, *[0] * 14) + b"\xf9\0"
    explicit = part10("1.2.1", kinds(LITTLE))
    video = LITTLE.elements(common("5.1.4.1.1.77.1.4.1") + identity() + image(5, "YBR_PARTIAL_420"))
    samples = {
        "explicit.dcm": explicit,
        "implicit.dcm": part10("1.2", kinds(IMPLICIT)),
        "big.dcm": part10("1.2.2", kinds(BIG)),
        "deflated.dcm": part10("1.2.1.99", deflated(kinds(LITTLE))),
        "deflated-cut.dcm": part10("1.2.1.99", deflated(kinds(LITTLE))[:300]),
        "private-syntax.dcm": part10("1.3.6.1.4.1.5962.300.1", LITTLE.elements(common() + identity())),
        "bare-explicit": kinds(LITTLE),
        "bare-implicit.dcm": IMPLICIT.elements(common() + identity()),
        "bare-big": kinds(BIG),
        "bare-meta": part10("1.2.1", LITTLE.elements(common()))[132:],
        "unknown.dcm": part10("1.2.1", unknown()),
        "charsets.dcm": part10("1.2.1", charsets()),
        "jpeg.dcm": part10("1.2.4.50", frames()),
        "jpeg-extended-table.dcm": part10("1.2.4.50", extended()),
        "jpeg-no-table.dcm": part10("1.2.4.50", LITTLE.elements(common() + image(2)) + LITTLE.fragments([b"\xff\xd8"] * 3)),
        "profiles.dcm": part10("1.2.1", profiles()),
        "rle.dcm": part10("1.2.5", LITTLE.elements(common() + identity() + image()) + LITTLE.fragments([rle])),
        "video.dcm": part10("1.2.4.100", video + LITTLE.fragments([b"\0\0\1\xb3", b"\x16\0\xf0\xc4"])),
        "pdf.dcm": part10("1.2.1", document("Application/PDF", b"%PDF-1.4\n%%EOF", "5.1.4.1.1.104.1"), "5.1.4.1.1.104.1"),
        "stl.dcm": part10("1.2.1", document("model/stl", b"solid a\nendsolid a\n", "5.1.4.1.1.104.3"), "5.1.4.1.1.104.3"),
        "directory": part10("1.2.1", directory(), "1.3.10"),
        "deep.dcm": part10("1.2.1", deep(9), "5.1.4.1.1.88.33"),
        "too-deep.dcm": part10("1.2.1", deep(60), "5.1.4.1.1.88.33"),
        "broken.dcm": part10("1.2.1", broken()),
        "truncated.dcm": explicit[:-40],
        "no-syntax.dcm": bytes(128) + b"DICM" + LITTLE.element(0x00020002, "UI", ROOT + "5.1.4.1.1.7")
                         + IMPLICIT.elements(common() + identity()),
        "nothing.dcm": b"This is no data set, though its name says so.\n",
    }
    for name, data in samples.items():
        (HERE / name).write_bytes(data)


main()
