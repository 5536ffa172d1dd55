#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of office/ooxml-core and office/docx: ooxml.py, from the project's root."""
import pathlib
import zipfile

ROOT = pathlib.Path("tests/plugins/office")
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

TYPES = f"""{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""


def relationships(*pairs):
    items = "".join(f'<Relationship Id="r{i}" Type="{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(pairs))
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


ROOT_RELS = relationships((f"{OFFICE}/relationships/officeDocument", "word/document.xml"),
                          (f"{PACKAGE}/relationships/metadata/core-properties", "/docProps/core.xml"),
                          (f"{OFFICE}/relationships/extended-properties", "docProps/./app.xml"),
                          (f"{OFFICE}/relationships/custom-properties", "x/../docProps/custom.xml"))
CORE = f"""{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Ein Titel &amp; mehr</dc:title><dc:creator>A. Mensch</dc:creator>
<cp:keywords>eins, zwei</cp:keywords><cp:revision>7</cp:revision><dcterms:created>2003-10-31T15:44:19Z</dcterms:created>
<dcterms:modified>gestern</dcterms:modified><dc:description></dc:description></cp:coreProperties>"""
APP = f"""{HEAD}<Properties xmlns="{OFFICE}/extended-properties" xmlns:vt="{OFFICE}/docPropsVTypes"><Application>samples</Application>
<Pages>2</Pages><TotalTime>12</TotalTime><ScaleCrop>false</ScaleCrop><AppVersion>12.0000</AppVersion><HeadingPairs><vt:vector size="4"
 baseType="variant"><vt:variant><vt:lpstr>Titel</vt:lpstr></vt:variant><vt:variant><vt:i4>1</vt:i4></vt:variant><vt:variant>
<vt:lpstr>Themen</vt:lpstr></vt:variant><vt:variant><vt:i4>2</vt:i4></vt:variant></vt:vector></HeadingPairs><TitlesOfParts>
<vt:vector size="3" baseType="lpstr"><vt:lpstr>a</vt:lpstr><vt:lpstr>b</vt:lpstr><vt:lpstr>c</vt:lpstr></vt:vector></TitlesOfParts>
</Properties>"""
CUSTOM = f"""{HEAD}<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">
<property name="Kunde" pid="2"><vt:lpwstr>Müller</vt:lpwstr></property><property name="Number" pid="3"><vt:i4>-35</vt:i4></property>
<property name="Share" pid="4"><vt:r8>0.25</vt:r8></property><property name="Done" pid="5"><vt:bool>true</vt:bool></property>
<property name="When" pid="6"><vt:filetime>2003-10-31T00:00:00Z</vt:filetime></property></Properties>"""
DOCUMENT = f"""{HEAD}<w:document xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs><w:rPr><w:ins w:id="9" w:author="Berta" w:date="2003-11-02T08:00:00Z"/></w:rPr>
</w:pPr><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/><w:r><w:t xml:space="preserve">Grüße aus </w:t></w:r><w:r>
<w:t>Wien</w:t><w:tab/><w:t>heute</w:t><w:br/><w:t>neue Zeile</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Text </w:t></w:r><w:del w:id="1" w:author="Anna" w:date="2003-10-31T15:44:19Z"><w:r><w:delText>alt</w:delText>
</w:r></w:del><w:ins w:id="2" w:author="Anna" w:date="2003-11-01T10:00:00Z"><w:r><w:t>neu</w:t></w:r></w:ins><w:r>
<w:commentReference w:id="0"/></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>
<w:tbl><w:tblPr/><w:tr><w:tc><w:p><w:r><w:t>Zelle</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing/></mc:Choice><mc:Fallback><w:pict><w:t>zweimal</w:t></w:pict></mc:Fallback>
</mc:AlternateContent></w:r><w:hyperlink><w:r><w:t>Verweis</w:t></w:r></w:hyperlink></w:p><w:sectPr/></w:body></w:document>"""
COMMENTS = f"""{HEAD}<w:comments xmlns:w="{WORD}"><w:comment w:id="0" w:author="Carl" w:initials="C" w:date="2003-11-03T09:30:00Z"><w:p><w:r>
<w:t>Stimmt das?</w:t></w:r></w:p></w:comment></w:comments>"""
SETTINGS = f"""{HEAD}<w:settings xmlns:w="{WORD}"><w:trackRevisions/><w:documentProtection w:edit="comments"/></w:settings>"""
DOCUMENT_RELS = relationships((f"{OFFICE}/relationships/comments", "comments.xml"), (f"{OFFICE}/relationships/settings", "/word/settings.xml"),
                              (f"{OFFICE}/relationships/hyperlink", "https://example.org/"))

FULL = {"[Content_Types].xml": TYPES, "_rels/.rels": ROOT_RELS, "docProps/core.xml": CORE, "docProps/app.xml": APP,
        "docProps/custom.xml": CUSTOM, "word/document.xml": DOCUMENT, "word/_rels/document.xml.rels": DOCUMENT_RELS,
        "word/comments.xml": COMMENTS, "word/settings.xml": SETTINGS, "word/media/image1.txt": "no picture", "word/vbaProject.bin": "no macro"}


def write(path, parts):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for i, (name, content) in enumerate(parts.items()):
            member = zipfile.ZipInfo(name, (2003, 10, 31, 15, 44, 20))
            member.compress_type = zipfile.ZIP_STORED if i % 3 == 1 else zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    (path.parent / "SOURCES").write_text("All made by scripts/samples/ooxml.py.\n")


def main():
    small = {k: FULL[k] for k in ("[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")}
    write(ROOT / "ooxml-core/full.docx", small)
    write(ROOT / "ooxml-core/broken.docx", {**small, "docProps/app.xml": APP[:400], "docProps/custom.xml": CUSTOM.replace("</vt:r8>", "")})
    write(ROOT / "docx/full.docx", FULL)
    write(ROOT / "docx/cut.docx", {k: FULL[k][:1100] if k == "word/document.xml" else FULL[k] for k in list(FULL)[:2] + ["word/document.xml"]})
    write(ROOT / "docx/no-document.docx", {"[Content_Types].xml": TYPES, "_rels/.rels": relationships()})


main()
