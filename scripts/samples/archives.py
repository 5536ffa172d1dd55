#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the samples of tests/plugins/{archive,compress,generic,text}: all bytes are made here."""
import binascii
import io
import random
import struct
import sys
import tarfile
import zlib
from pathlib import Path

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/plugins")
DOS = (12 << 11 | 34 << 5 | 28, (2024 - 1980) << 9 | 2 << 5 | 29)  # 2024-02-29 12:34:56
NOISE = random.Random(1).randbytes(64)
TEXT = b"".join(b"line %d of a text\n" % i for i in range(40))


def save(name, data):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def deflate(data):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


class Member:
    """One member of a ZIP file, with every field open to lies."""

    def __init__(self, name, data=b"", method=8, **more):
        self.name, self.data, self.method = name, data, method
        self.packed = more.get("packed", deflate(data) if method == 8 else data)
        self.crc = more.get("crc", binascii.crc32(data))
        self.flags = more.get("flags", 0)
        self.extra = more.get("extra", b"")
        self.local_extra = more.get("local_extra", b"")
        self.comment = more.get("comment", b"")
        self.host = more.get("host", 3)
        self.mode = more.get("mode", 0o100644)
        self.zip64 = more.get("zip64", False)
        self.descriptor = more.get("descriptor", False)
        self.offset = more.get("offset")
        self.external = more.get("external", self.mode << 16 if self.host == 3 else 0)

    def head(self, central):
        flags = self.flags | (8 if self.descriptor else 0)
        hide = self.descriptor and not central
        sizes = (0, 0, 0) if hide else (self.crc, len(self.packed), len(self.data))
        extra = self.extra if central else self.local_extra
        if self.zip64:
            extra = struct.pack("<HHQQ", 1, 16, len(self.data), len(self.packed)) + extra
            sizes = (self.crc, 0xFFFFFFFF, 0xFFFFFFFF)
        needed = 45 if self.zip64 else 20
        return struct.pack("<HHHHHIIIH", needed, flags, self.method, *DOS, *sizes, len(self.name)), extra

    def local(self):
        head, extra = self.head(False)
        tail = struct.pack("<4sIII", b"PK\7\10", self.crc, len(self.packed), len(self.data)) if self.descriptor else b""
        return b"PK\3\4" + head + struct.pack("<H", len(extra)) + self.name + extra + self.packed + tail

    def central(self, offset):
        head, extra = self.head(True)
        made_by = self.host << 8 | 63
        where = offset if self.offset is None else self.offset
        rest = struct.pack("<HHHHII", len(extra), len(self.comment), 0, self.data.isascii() and len(self.data) > 0,
                           self.external, where)
        return b"PK\1\2" + struct.pack("<H", made_by) + head + rest + self.name + extra + self.comment


def archive(members, comment=b"", zip64=False):
    body, directory = b"", b""
    for m in members:
        directory += m.central(len(body))
        body += m.local()
    end = len(body) + len(directory)
    count, size, where = len(members), len(directory), len(body)
    out = body + directory
    if zip64:
        out += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, where)
        out += struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
        count, size, where = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    return out + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, where, len(comment)) + comment


def stamp(local):
    """Info-ZIP's extended timestamp: 2024-02-29T11:34:56Z."""
    when = 1709206496
    return struct.pack("<HHBi", 0x5455, 5, 1, when) if not local else struct.pack("<HHBii", 0x5455, 9, 3, when, when)


def zips():
    name = "grün.txt".encode()
    path = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, binascii.crc32(b"gr_n.txt")) + name
    ids = struct.pack("<HHBBIBI", 0x7875, 11, 1, 4, 1000, 4, 100)
    ntfs = struct.pack("<HHIHHQQQ", 0x000A, 32, 0, 1, 24, *[133536800961234567] * 3)
    members = [
        Member(b"text.txt", TEXT, extra=stamp(False) + ids, local_extra=stamp(True) + ids, comment=b"first"),
        Member(b"noise.bin", NOISE, method=0),
        Member(b"folder/", method=0, mode=0o040755),
        Member("ordner/été.txt".encode(), b"summer\n", flags=1 << 11),
        Member(b"gr_n.txt", b"green\n", extra=path, local_extra=path),
        Member(b"\x81ber.txt", b"over\n", host=0, extra=ntfs),
        Member(b"link", b"text.txt", method=0, mode=0o120777),
        Member(b"empty", method=0),
    ]
    whole = archive(members, b"made by hand: \x9b")
    save("archive/zip/members.zip", whole)
    save("archive/zip/zip64.zip", archive([Member(b"noise.bin", NOISE, method=0, zip64=True), Member(b"a", b"a\n")], zip64=True))
    save("archive/zip/streamed.zip", archive([Member(b"text.txt", TEXT, descriptor=True), Member(b"b", b"b\n")]))
    save("archive/zip/prefixed.zip", NOISE + archive([Member(b"text.txt", TEXT)]))
    save("archive/zip/none.zip", archive([]))
    types = (b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
             b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
             b'wordprocessingml.document.main+xml"/></Types>')
    save("archive/zip/office.zip", archive([Member(b"[Content_Types].xml", types)]))
    save("archive/zip/macros.zip", archive([Member(b"[Content_Types].xml", types.replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document", b"vnd.ms-word.document.macroEnabled"))]))
    save("archive/zip/book.zip", archive([Member(b"mimetype", b"application/epub+zip", method=0)]))
    save("archive/zip/program.zip", archive([Member(b"META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n")]))
    save("archive/zip/encrypted.zip", archive([
        Member(b"secret.txt", TEXT, method=0, flags=1, packed=NOISE),
        Member(b"aes.txt", TEXT, method=99, flags=1, packed=NOISE, extra=struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)),
        Member(b"squeezed.txt", TEXT, method=95, packed=NOISE)]))
    # Broken ones.
    save("archive/zip/cut.zip", whole[:1000])
    streamed = archive([Member(b"text.txt", TEXT, descriptor=True), Member(b"b", b"b\n", descriptor=True)])
    save("archive/zip/cut-streamed.zip", streamed[:streamed.index(b"PK\1\2")])
    save("archive/zip/wrong-crc.zip", archive([Member(b"text.txt", TEXT, crc=0x12345678), Member(b"b", b"b\n")]))
    bad = bytearray(deflate(TEXT))
    bad[0] = 0xFF
    save("archive/zip/bad-deflate.zip", archive([Member(b"text.txt", TEXT, packed=bytes(bad))]))
    kernel = Member(b"kernel", b"\0" * 100000)
    save("archive/zip/overlap.zip", archive([kernel] + [Member(b"alias%d" % i, b"\0" * 100000, offset=0) for i in range(3)]))
    save("archive/zip/ratio.zip", archive([Member(b"zeroes", b"\0" * 3000000)]))
    save("archive/zip/wrong-count.zip", archive([Member(b"a", b"a\n")]).replace(
        struct.pack("<HHHH", 0, 0, 1, 1), struct.pack("<HHHH", 0, 0, 7, 7)))
    save("archive/zip/no-records.zip", b"PK\3\4 and no more than that")


def tar_of(form, members, **more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, **more) as t:
        for info, data in members:
            t.addfile(info, io.BytesIO(data))
    return out.getvalue().rstrip(b"\0") and out.getvalue()[:end_of(out.getvalue())]


def end_of(data):
    """Two blocks of zeroes are enough."""
    last = len(data.rstrip(b"\0"))
    return (last + 511) // 512 * 512 + 1024


def entry(name, data=b"", **more):
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode, info.uid, info.gid = len(data), 1709206496, 0o644, 1000, 100
    info.uname, info.gname = "anna", "users"
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def v7():
    """A header without magic, owner names or prefix."""
    block = bytearray(tar_of(tarfile.USTAR_FORMAT, [entry("old.txt", b"old\n")]))
    block[257:512] = b"\0" * 255
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    return bytes(block)


def checksum(header):
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def sparse():
    """GNU's old sparse format: two areas of 512 bytes in 1 MiB, then a plain member."""
    header = bytearray(tar_of(tarfile.GNU_FORMAT, [entry("holes", b"x" * 1024)])[:512])
    header[156:157] = b"S"
    for i, (offset, size) in enumerate([(0, 512), (1048064, 512)]):
        header[386 + 24 * i:386 + 24 * i + 24] = b"%011o\0%011o\0" % (offset, size)
    header[483:495] = b"%011o\0" % 1048576
    return checksum(header) + b"x" * 1024 + tar_of(tarfile.GNU_FORMAT, [entry("after.txt", b"after\n")])


def sparse_pax(version, real_size):
    """1024 bytes at 0 and at 3072 of 4096, in the three forms of pax."""
    data, records = b"y" * 2048, {"GNU.sparse.name": "holes", "GNU.sparse.realsize": str(real_size)}
    if version == 1:
        records |= {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
        data = b"2\n0\n1024\n3072\n1024\n".ljust(512, b"\0") + data
    else:
        records["GNU.sparse.map"] = "0,1024,3072,1024"
    return tar_of(tarfile.PAX_FORMAT, [entry("GNUSparseFile.1/holes", data, pax_headers=records)])


def tars():
    common = [
        entry("text.txt", TEXT),
        entry("folder/", type=tarfile.DIRTYPE, mode=0o755),
        entry("folder/noise.bin", NOISE),
        entry("link", type=tarfile.SYMTYPE, linkname="text.txt", mode=0o777),
        entry("hard", type=tarfile.LNKTYPE, linkname="text.txt"),
        entry("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666),
    ]
    long = [entry("folder/" + "long" * 40, b"long\n")]
    whole = tar_of(tarfile.USTAR_FORMAT, common + [entry("p" * 90 + "/" + "n" * 90, b"prefix\n")])
    save("archive/tar/ustar.tar", whole)
    save("archive/tar/gnu.tar", tar_of(tarfile.GNU_FORMAT, common + long + [entry("big-uid", uid=1 << 33, mtime=-1)]))
    precise = entry("precise", b"x\n", mtime=1709206496.25, pax_headers={"atime": "-1.5", "SCHILY.xattr.user.colour": "red"})
    save("archive/tar/pax.tar", tar_of(tarfile.PAX_FORMAT, long + [precise], pax_headers={"comment": "0123456789abcdef"}))
    save("archive/tar/v7.tar", v7())
    save("archive/tar/sparse.tar", sparse())
    save("archive/tar/sparse-0.1.tar", sparse_pax(0, 4096))
    save("archive/tar/sparse-1.0.tar", sparse_pax(1, 4096))
    save("archive/tar/wrong-map.tar", sparse_pax(1, 4000))
    save("archive/tar/cut.tar", whole[:900])
    save("archive/tar/no-end.tar", whole[:1536])
    save("archive/tar/wrong-checksum.tar", whole[:1536] + whole[1536:].replace(b"folder/", b"f0lder/", 1))
    acl = b"1000003\0user::rw-,user:anna:rwx:1000,mask:r--\0"
    listed = tar_of(tarfile.USTAR_FORMAT, [entry("listed", acl, type=b"A"), entry("listed", b"listed\n")])
    save("archive/tar/acl.tar", listed)
    save("archive/tar/wrong-acl.tar", listed.replace(b"1000003\0", b"10000039", 1))
    pax = tar_of(tarfile.PAX_FORMAT, long)
    save("archive/tar/cut-data.tar", pax[:1536 + 3])
    save("archive/tar/wrong-record.tar", pax.replace(b" path=", b" path:", 1))


def gzip_member(data, flags=0, head=b"", mtime=0, os=255, extra_flags=0):
    first = b"\x1f\x8b\x08" + struct.pack("<BIBB", flags, mtime, extra_flags, os) + head
    return first + deflate(data) + struct.pack("<II", binascii.crc32(data), len(data) & 0xFFFFFFFF)


def gzips():
    head = struct.pack("<H", 8) + b"AB" + struct.pack("<H", 4) + b"data" + b"t\xe9xt.txt\0" + b"by hand\0"
    start = b"\x1f\x8b\x08" + struct.pack("<BIBB", 0x1F, 1709206496, 2, 3) + head
    head += struct.pack("<H", binascii.crc32(start) & 0xFFFF)
    one = gzip_member(TEXT, 0x1F, head, 1709206496, 3, 2)
    save("compress/gzip/header.gz", one)
    save("compress/gzip/members.gz", gzip_member(b"one\n") + gzip_member(b"") + gzip_member(b"three\n"))
    blocks = b""
    for part in (TEXT, b""):
        size = len(gzip_member(part, 4, b"\6\0BC\2\0\0\0"))
        blocks += gzip_member(part, 4, b"\6\0BC\2\0" + struct.pack("<H", size - 1))
    save("compress/gzip/blocks.gz", blocks)
    save("compress/gzip/padded.gz", gzip_member(b"padded\n") + b"\0" * 100)
    save("compress/gzip/zeroes.gz", gzip_member(b"\0" * 200000))
    save("compress/gzip/cut.gz", one[:100])
    save("compress/gzip/cut-trailer.gz", one[:-3])
    save("compress/gzip/cut-header.gz", one[:20])
    save("compress/gzip/wrong-crc.gz", one[:-8] + b"\1\2\3\4" + one[-4:])
    save("compress/gzip/wrong-size.gz", one[:-4] + b"\1\2\3\4")
    save("compress/gzip/trailing.gz", gzip_member(b"and then\n") + b"something else")
    save("compress/gzip/reserved.gz", b"\x1f\x8b\x08\xe0" + one[4:])


def texts():
    save("text/text/lines.txt", b"One line,\n\tindented by a tab,\n  and by blanks; \n\n \n(c) nobody\n")
    save("text/text/dos.txt", "Größe\r\nÜber\r\nno end".encode())
    save("text/text/mixed.txt", b"unix\ndos\r\nmac\rlast\n")
    save("text/text/utf16.txt", "\ufeffzwei\r\nZeilen \U0001f514\r\n".encode("utf-16-le"))
    save("text/text/utf32.txt", "\ufeffone\n".encode("utf-32-be"))
    save("text/text/latin1.txt", "Größe\n".encode("latin-1"))
    save("text/text/broken-utf8.txt", b"\xef\xbb\xbfgood\n\xc3(\n\xed\xa0\x80\n")


def hashes():
    save("generic/hashes/abc.dat", b"\x01abc\xff")
    save("generic/hashes/empty.dat", b"")


zips()
tars()
gzips()
texts()
hashes()
