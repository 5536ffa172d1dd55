#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of office/ole2 and the inputs that its fuzz program starts from: ole2.py, from the project's root."""
import datetime
import pathlib
import struct
import uuid

HERE = pathlib.Path("tests/plugins/office/ole2")
SEEDS = pathlib.Path("tests/fuzz/corpus/ole")
FREE, END, FATSECT = 0xffffffff, 0xfffffffe, 0xfffffffd
SUMMARY = "f29f85e0-4ff9-1068-ab91-08002b27b3d9"
DOCUMENT = "d5cdd502-2e9c-101b-9397-08002b2cf9ae"
USER = "d5cdd505-2e9c-101b-9397-08002b2cf9ae"


def pad(data, n=4):
    return data + bytes(-len(data) % n)


def typed(kind, data):
    return pad(struct.pack("<I", kind) + data)


def lpstr(text, charset="cp1252"):
    data = text.encode(charset) + b"\0"
    return struct.pack("<I", len(data)) + data


def filetime(moment):
    return struct.pack("<Q", int((moment - datetime.datetime(1601, 1, 1)).total_seconds()) * 10**7)


def one_set(properties):
    body, table = b"", b""
    for number, data in properties:
        table += struct.pack("<II", number, 8 + 8 * len(properties) + len(body))
        body += pad(data)
    return struct.pack("<II", 8 + len(table) + len(body), len(properties)) + table + body


def sets(*members):
    head = struct.pack("<HHI16xI", 0xfffe, 0, 0x00020a05, len(members))
    at, body = len(head) + 20 * len(members), b""
    for name, data in members:
        head += uuid.UUID(name).bytes_le + struct.pack("<I", at + len(body))
        body += data
    return head + body


def summary():
    return sets((SUMMARY, one_set([
        (1, typed(2, struct.pack("<h", 1252))), (2, typed(0x1e, lpstr("Grüße"))), (4, typed(0x1e, lpstr("A. Author"))),
        (10, typed(0x40, struct.pack("<Q", 90 * 10**7))),
        (11, typed(0x40, struct.pack("<Q", 18000 * 10**7))), (12, typed(0x40, filetime(datetime.datetime(2001, 2, 3, 4, 5, 6)))),
        (14, typed(3, struct.pack("<i", 2))), (18, typed(0x1e, lpstr("Sampler"))), (19, typed(3, struct.pack("<i", 0)))])))


def document():
    pairs = typed(0x100c, struct.pack("<I", 2) + struct.pack("<I", 0x1e) + lpstr("Sheets") + struct.pack("<Ii", 3, 2))
    parts = typed(0x101e, struct.pack("<I", 2) + lpstr("One") + lpstr("Two"))
    link = struct.pack("<I", 6) + b"".join(typed(3, struct.pack("<i", n)) for n in range(4))
    for text in ("https://example.org/", "top"):
        link += typed(0x1f, struct.pack("<I", len(text) + 1) + (text + "\0").encode("utf-16-le"))
    tags = typed(0x101e, struct.pack("<I", 2) + lpstr("red") + lpstr("green"))
    names = struct.pack("<I", 3) + struct.pack("<I", 4) + lpstr("Tags") + struct.pack("<I", 2) + lpstr("Checked") + struct.pack("<I", 3) + lpstr("_PID_HLINKS")
    return sets(
        (DOCUMENT, one_set([(1, typed(2, struct.pack("<h", 1252))), (12, pairs), (13, parts), (15, typed(0x1e, lpstr("Company"))),
                            (23, typed(3, struct.pack("<i", 12 << 16 | 345))), (11, typed(11, struct.pack("<h", -1)))])),
        (USER, one_set([(0, names), (1, typed(2, struct.pack("<h", 1252))), (2, typed(11, struct.pack("<h", -1))),
                        (3, typed(0x41, struct.pack("<I", len(link)) + link)), (4, tags)])))


def comp_obj(name):
    return bytes(28) + lpstr(name) + struct.pack("<III", 0, 0, 0)


def compound(entries, class_id):
    """entries: (name, type, left, right, child, content); all content lies in mini sectors."""
    mini, mini_fat, directory = b"", [], b""
    for name, kind, left, right, child, content in entries:
        start, size = (END if kind == 2 else 0), len(content)
        if content:
            start = len(mini_fat)
            count = -(-size // 64)
            mini_fat += [*range(start + 1, start + count), END]
            mini += pad(content, 64)
        raw = (name + "\0").encode("utf-16-le")
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB3I16xI8xQII4x", len(raw), kind, 1, left, right, child, 0,
                                                        filetime_of(kind), start, size)
    directory = pad(directory, 512)
    n_dir, n_mini = len(directory) // 512, -(-len(mini) // 512)
    root = bytearray(directory)
    struct.pack_into("<16s", root, 80, uuid.UUID(class_id).bytes_le)
    struct.pack_into("<II", root, 116, 2 + n_dir, len(mini))
    fat = [FATSECT, *range(2, 1 + n_dir), END, END, *range(3 + n_dir, 2 + n_dir + n_mini), END]
    sectors = struct.pack("<128I", *(fat + [FREE] * (128 - len(fat)))) + bytes(root)
    sectors += struct.pack("<128I", *(mini_fat + [FREE] * (128 - len(mini_fat)))) + pad(mini, 512)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x9I", 0x3e, 3, 0xfffe, 9, 6, 0, 1, 1, 0, 4096, 1 + n_dir, 1, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108) + sectors


def filetime_of(kind):
    return 0x01c74c669e538f80 if kind == 1 else 0


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    SEEDS.mkdir(parents=True, exist_ok=True)
    good = compound([
        ("Root Entry", 5, FREE, FREE, 3, b""),
        ("\1CompObj", 2, FREE, FREE, FREE, comp_obj("Sample Document")),
        ("\5SummaryInformation", 2, 1, FREE, FREE, summary()),
        ("\5DocumentSummaryInformation", 2, 2, 4, FREE, document()),
        ("ObjectPool", 1, FREE, 6, 5, b""),
        ("Package", 2, FREE, FREE, FREE, b"hello, embedded world\n"),
        ("WordDocument", 2, FREE, FREE, FREE, b"\xec\xa5" + bytes(62))], "00020906-0000-0000-c000-000000000046")
    (HERE / "good.ole").write_bytes(good)
    loop = bytearray(good)
    struct.pack_into("<I", loop, 512 + 512 + 6 * 128 + 72, 3)  # WordDocument's right sibling is the first of all
    (HERE / "loops.ole").write_bytes(loop)
    shared = bytearray(good)  # the embedded document claims to be longer than the file
    struct.pack_into("<Q", shared, 1024 + 5 * 128 + 120, 1 << 30)
    (HERE / "shared.ole").write_bytes(shared)
    msi = compound([("Root Entry", 5, FREE, FREE, 1, b""), ("\5SummaryInformation", 2, FREE, FREE, FREE, summary())],
                   "000c1084-0000-0000-c000-000000000046")
    (HERE / "installer.ole").write_bytes(msi)
    (HERE / "cut.ole").write_bytes(good[:2000])
    (HERE / "header.ole").write_bytes(good[:300])
    (SEEDS / "good").write_bytes(good)
    (SEEDS / "loops").write_bytes(loop)
    (SEEDS / "summary").write_bytes(summary())
    (SEEDS / "document").write_bytes(document())


main()
