#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of image/svg: svg.py, from the project's root."""
import base64
import pathlib
import struct
import zlib

ROOT = pathlib.Path("tests/plugins/image/svg")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b"")
NS = ('xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:i="http://www.inkscape.org/namespaces/inkscape" '
      'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:c="http://creativecommons.org/ns#" xmlns:d="http://purl.org/dc/elements/1.1/"')
FULL = f"""<?xml version="1.0" encoding="UTF-8"?>
<svg {NS} version="1.1" width="210mm" height="4in" viewBox="0,0 210  101.6" i:version="1.2">
 <title>Häuser</title><desc>Zwei Häuser</desc>
 <metadata><r:RDF><c:Work r:about=""><d:title>Haus</d:title><d:date>2003-10-31</d:date><d:creator><c:Agent><d:title>A. Mensch</d:title></c:Agent></d:creator>
  <d:rights><c:Agent><d:title>frei</d:title></c:Agent></d:rights><d:subject><r:Bag><r:li>Haus</r:li><r:li>Dach</r:li></r:Bag></d:subject>
  <c:license r:resource="https://creativecommons.org/licenses/by/4.0/"/></c:Work></r:RDF></metadata>
 <defs><linearGradient id="g"/><radialGradient xlink:href="#g"/></defs>
 <g><g><path d="M0 0"/><rect/></g><use href="#g"/><path d="M1 1"/></g>
 <a xlink:href="https://example.org/"><text>Ein <tspan>Haus</tspan></text></a><text/>
 <image xlink:href="data:image/png;base64,{base64.b64encode(PNG).decode()}"/><image href="dach.png"/>
 <image href="data:text/plain;charset=utf-8,a%20%3Cb%3E"/><script href="https://example.org/s.js"/>
</svg>
"""
PLAIN = '<svg width="50%" height="1e1"><metadata/><circle/><text>x</text></svg>\n'
WRONG = f'<svg {NS} width="breit" height="" viewBox="0 0 x 1"><g><path/></svg>\n'

if __name__ == "__main__":
    ROOT.mkdir(parents=True, exist_ok=True)
    for name, text in {"full": FULL, "plain": PLAIN, "wrong": WRONG}.items():
        (ROOT / f"{name}.svg").write_text(text, encoding="utf-8")
    (ROOT / "SOURCES").write_text("All made by scripts/samples/svg.py.\n")
