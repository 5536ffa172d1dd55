#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints plugins/idmap/table_fold.h's table: simple case folding (Unicode, CaseFolding.txt, status C and S) of Latin, Greek and
Cyrillic letters, as ranges. scripts/samples/folding.py --pairs prints each letter with its folding instead, for the test."""
import sys

RANGES = [(0x80, 0x24F), (0x370, 0x52F), (0x1C80, 0x1C8F), (0x1E00, 0x1FFF), (0x2126, 0x2126), (0x212A, 0x212B), (0x2C60, 0x2C7F),
          (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xFF21, 0xFF3A)]


def fold(c):
    full = chr(c).casefold()
    if len(full) > 1:  # no status C; what S there is, is the lower case
        full = chr(c).lower()
    return ord(full) if len(full) == 1 else c


pairs = [(c, fold(c)) for first, last in RANGES for c in range(first, last + 1) if fold(c) != c]
if "--pairs" in sys.argv:
    for c, f in pairs:
        print(f"{c:04X} {f:04X}")
    sys.exit()
runs, i = [], 0
while i < len(pairs):
    length, step = 1, 1
    for s in (1, 2):
        k = 1
        while i + k < len(pairs) and pairs[i + k][0] == pairs[i][0] + k * s and \
                pairs[i + k][1] - pairs[i + k][0] == pairs[i][1] - pairs[i][0]:
            k += 1
        if k > length:
            length, step = k, s
    runs.append(f"{{0x{pairs[i][0]:x}, 0x{pairs[i + length - 1][0]:x}, {step}, {pairs[i][1] - pairs[i][0]}}},")
    i += length
line = "   "
for r in runs:
    if len(line) + len(r) > 128:
        print(line)
        line = "   "
    line += " " + r
print(line)
