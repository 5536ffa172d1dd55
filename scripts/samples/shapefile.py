#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of gis/shapefile: shapefile.py, from the project's root."""
import pathlib
import struct

HERE = pathlib.Path("tests/plugins/gis/shapefile")


def main_file(kind, bounds, contents):
    body = b"".join(struct.pack(">II", i + 1, len(c) // 2) + c for i, c in enumerate(contents))
    return struct.pack(">I20xI", 9994, (100 + len(body)) // 2) + struct.pack("<II8d", 1000, kind, *bounds) + body


def index(contents):
    at, out = 50, b""
    for c in contents:
        out += struct.pack(">II", at, len(c) // 2)
        at += 4 + len(c) // 2
    return struct.pack(">I20xI", 9994, (100 + len(out)) // 2) + bytes(72) + out


def table(fields, rows, driver):
    size = 1 + sum(f[2] for f in fields)
    head = struct.pack("<BBBBIHH17xBxx", 3, 103, 10, 31, len(rows), 33 + 32 * len(fields), size, driver)
    for name, kind, length, decimals in fields:
        head += struct.pack("<11sc4xBB14x", name, kind, length, decimals)
    return head + b"\r" + b"".join(b" " + b"".join(v.ljust(f[2]) for v, f in zip(r, fields)) for r in rows) + b"\x1a"


def poly(kind, rings):
    points = [p for r in rings for p in r]
    starts = [sum(len(x) for x in rings[:i]) for i in range(len(rings))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (struct.pack("<I4dII", kind, min(xs), min(ys), max(xs), max(ys), len(rings), len(points)) +
            b"".join(struct.pack("<I", s) for s in starts) + b"".join(struct.pack("<dd", *p) for p in points))


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    square = [(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0)]
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]
    contents = [poly(5, [square, hole]), struct.pack("<I", 0), poly(5, [square])]
    areas = main_file(5, (0, 0, 4, 4, 0, 0, 0, 0), contents)
    point = struct.pack("<I4d", 11, 16.37, 48.2, 171.0, -1e39)
    for name, data in {
        "areas.shp": areas, "areas.shx": index(contents),
        "areas.dbf": table([(b"Stra\xe1e", b"C", 10, 0), (b"AREA", b"N", 8, 2)], [(b"a", b"16.00")] * 3, 2),
        "areas.prj": b'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]]]',
        "spots.shp": main_file(11, (16.37, 48.2, 16.37, 48.2, 171, 171, -1e39, -1e39), [point]), "spots.cpg": b"ANSI 1250\r\n",
        "spots.dbf": table([(b"KOS\x8c", b"C", 4, 0)], [(b"x",), (b"y",)], 0),
        "cut.shp": areas[:-40], "header.shp": areas[:60],
        "mixed.shp": main_file(3, (0, 0, 4, 4, 0, 0, 0, 0), contents[:1] + [struct.pack("<I4dII", 3, 0, 0, 1, 1, 9, 2**31)]),
    }.items():
        (HERE / name).write_bytes(data)
    (HERE / "SOURCES").write_text("All made by scripts/samples/shapefile.py.\n")


main()
