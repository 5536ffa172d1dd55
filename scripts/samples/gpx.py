#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of gis/gpx: gpx.py, from the project's root."""
import pathlib

ROOT = pathlib.Path("tests/plugins/gis/gpx")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
TPX = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"

# Along the equator, and then along a meridian: a degree of either is 111,195 m on a sphere.
FULL = f"""{HEAD}<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:t="{TPX}" version="1.1" creator="samples">
 <metadata><name>Wanderung</name><desc>Über den Äquator</desc>
  <author><name>A. Mensch</name><email id="a.mensch" domain="example.org"/><link href="https://example.org/a"><text>a</text></link></author>
  <copyright author="A. Mensch"><year>2003</year><license>https://example.org/by</license></copyright>
  <link href="https://example.org/1"/><link href="https://example.org/2"/>
  <time>2003-10-31T15:44:19Z</time><keywords>gehen, stehen</keywords>
  <bounds minlat="0" minlon="0" maxlat="1" maxlon="1"/></metadata>
 <wpt lat="-33.8568" lon="151.2153"><ele>4.5</ele><time>2003-10-31T14:00:00+02:00</time><name>Oper</name><cmt>c</cmt><desc>d</desc>
  <src>s</src><link href="https://example.org/oper"/><sym>Flag, Blue</sym><type>Building</type></wpt>
 <rte><name>Route</name><number>2</number><rtept lat="0" lon="0"/><rtept lat="0" lon="1"/><rtept lat="1" lon="1"/></rte>
 <trk><name>Spur</name><src>GPS</src><number>1</number><type>walking</type>
  <trkseg>
   <trkpt lat="0" lon="0"><ele>100</ele><time>2003-10-31T15:00:10Z</time>
    <extensions><t:TrackPointExtension><t:hr>100</t:hr></t:TrackPointExtension></extensions></trkpt>
   <trkpt lat="0" lon="0.001"><ele>110</ele><time>2003-10-31T15:00:00Z</time>
    <extensions><t:TrackPointExtension><t:hr>130</t:hr></t:TrackPointExtension></extensions></trkpt>
   <trkpt lat="0.001" lon="0.001"><ele>105</ele><time>2003-10-31T15:00:40.5Z</time></trkpt>
  </trkseg>
  <trkseg><trkpt lat="0.5" lon="0.5"><ele>300</ele></trkpt><trkpt lat="0.5" lon="0.5"/></trkseg>
 </trk>
 <trk/>
</gpx>
"""
OLD = f"""{HEAD}<gpx xmlns="http://www.topografix.com/GPX/1/0" version="1.0" creator="samples"><name>Alt</name><author>B. Mensch</author>
<email>b@example.org</email><url>https://example.org/</url><urlname>example</urlname><time>2003-10-31T15:44:19Z</time>
<keywords>k</keywords><bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/><wpt lat="1" lon="2"><name>w</name><url>https://example.org/w</url></wpt>
<trk><name>t</name><trkseg><trkpt lat="1" lon="2"><time>2003-10-31T00:00:00Z</time></trkpt><trkpt lat="3" lon="4"/></trkseg></trk></gpx>
"""
WRONG = f"""{HEAD}<gpx version="1.1" creator="samples"><trk><number>eins</number><trkseg><trkpt lat="91" lon="0"/><trkpt lon="5"/>
<trkpt lat="1" lon="181"/><trkpt lat="x" lon="1"/><trkpt lat="1" lon="1"><ele>hoch</ele><time>31.10.2003</time></trkpt></trkseg></trk></gpx>
"""

if __name__ == "__main__":
    ROOT.mkdir(parents=True, exist_ok=True)
    for name, text in {"full": FULL, "old": OLD, "wrong": WRONG, "cut": FULL[:FULL.index("<trkpt lat=\"0.001\"") + 40]}.items():
        (ROOT / f"{name}.gpx").write_text(text, encoding="utf-8")
