#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of meta/xmp, and a picture with XMP alone for mapper/photo: xmp.py, from the project's root."""
import base64
import pathlib
import struct
import zlib

HERE = pathlib.Path("tests/plugins/meta/xmp")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
         chunk(b"IDAT", zlib.compress(b"\0\x7f", 9)) + chunk(b"IEND", b""))

FULL = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="a writer 1.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1" xmlns:xap="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xap:CreateDate="2021-03-04T05:06:07.25+01:00" xap:ModifyDate="2021-03" xap:Rating="4" xap:Label="rot"
    tiff:Orientation="6" tiff:XResolution="720000/10000" tiff:Make="Kamera &amp; Co" exif:ExposureTime="1/125"
    exif:GPSLatitude="52,31.5N" exif:GPSLongitude="13,24,36W" exif:FNumber="0/0">
   <exif:Flash exif:Fired="True" exif:Mode="1"/>
   <exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq></exif:ISOSpeedRatings>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Brücke</rdf:li><rdf:li xml:lang="en">Bridge</rdf:li></rdf:Alt></dc:title>
   <dc:subject><rdf:Bag><rdf:li>Fluss</rdf:li><rdf:li xml:lang="en">river</rdf:li></rdf:Bag></dc:subject>
   <dc:creator><rdf:Seq><rdf:li>A. Mensch</rdf:li><rdf:li>B. Mensch</rdf:li></rdf:Seq></dc:creator>
   <dc:source>plain <![CDATA[<text>]]></dc:source>
   <dc:rights>a plain value where alternatives are defined</dc:rights>
  </rdf:Description>
  <rdf:Description rdf:about="uuid:1" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/" xmlns:own="http://example.org/own/" xmlns:q="http://example.org/q/">
   <xmpMM:History><rdf:Seq>
     <rdf:li stEvt:action="created" stEvt:when="2021-03-04T05:06:07Z"/>
     <rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action><stEvt:changed>/</stEvt:changed></rdf:li>
     <rdf:li><rdf:Description stEvt:action="exported"><stEvt:when>tomorrow</stEvt:when></rdf:Description></rdf:li>
   </rdf:Seq></xmpMM:History>
   <xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:width>1</xmpGImg:width><xmpGImg:height>1</xmpGImg:height>
     <xmpGImg:format>PNG</xmpGImg:format><xmpGImg:image>%s</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>
   <xmp:Identifier><rdf:Bag><rdf:li rdf:parseType="Resource"><rdf:value>12345</rdf:value><q:Scheme>own</q:Scheme></rdf:li></rdf:Bag>
   </xmp:Identifier>
   <own:Lists><rdf:Bag><rdf:li><rdf:Seq><rdf:li>1</rdf:li><rdf:li>2</rdf:li></rdf:Seq></rdf:li></rdf:Bag></own:Lists>
   <own:Link rdf:resource="http://example.org/"/>
   <own:Title xml:lang="de">Ein Wort</own:Title>
   <own:Markup rdf:parseType="Literal">a<b>c</b></own:Markup>
   <own:Empty/>
  </rdf:Description>
  <rdf:Description rdf:about="uuid:1" xmlns:own="http://example.org/other/"><own:Same>another namespace</own:Same></rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""" % "&#xA;".join(base64.b64encode(PIXEL).decode()[i:i + 76] for i in range(0, 200, 76))

TWICE = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Description rdf:about=""><dc:format>a/b</dc:format></rdf:Description>
<rdf:Description rdf:about=""><dc:format>c/d</dc:format></rdf:Description></rdf:RDF>"""

FOREIGN = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Description rdf:about="http://example.org/1"><dc:title>one</dc:title></rdf:Description>
<rdf:Description rdf:about="http://example.org/2"><dc:title>two</dc:title></rdf:Description></rdf:RDF>"""

OLD = """<x:xapmeta xmlns:x="adobe:ns:meta/" x:xaptk="XMP toolkit 2.8.2-33, framework 1.5">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Description rdf:about=""><dc:format>a/b</dc:format></rdf:Description></rdf:RDF></x:xapmeta>"""

LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&c;</x:xmpmeta>"""


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    for name, data in (("full.xmp", FULL.encode()), ("cut.xmp", FULL.encode()[:1400]), ("twice.xmp", TWICE.encode()),
                       ("utf16.xmp", FULL[FULL.index("<x:xmpmeta"):FULL.index("  <rdf:Description rdf:about=\"uuid:1\" xmlns:xmpMM")]
                        .encode("utf-16") + " </rdf:RDF></x:xmpmeta>".encode("utf-16-le")),
                       ("foreign.rdf", FOREIGN.encode()), ("old.xmp", OLD.encode()), ("entities.xmp", LAUGHS.encode())):
        (HERE / name).write_bytes(data)
    photo = pathlib.Path("tests/plugins/mapper/photo/photo.jpg").read_bytes()
    packet = b"http://ns.adobe.com/xap/1.0/\0" + FULL.encode()
    rest = photo[2:]
    while rest[1] in (0xE0, 0xE1, 0xFE):
        rest = rest[2 + struct.unpack(">H", rest[2:4])[0]:]
    segment = b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet
    pathlib.Path("tests/plugins/mapper/photo/xmp.jpg").write_bytes(b"\xff\xd8" + segment + rest)


main()
