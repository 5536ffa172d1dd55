#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of email/eml: mail.py, from the project's root."""
import base64
import pathlib

HERE = pathlib.Path("tests/plugins/email/eml")

FIELDS = """Return-Path: <bounce+1@lists.example>
Received: from mx.example (mx.example [192.0.2.7])
\tby store.example (Postfix) with ESMTPS id 4XYZ
\tfor <anna@example.org>; Fri, 31 Oct 2003 15:44:25 +0100 (CET)
Received: by mx.example with SMTP id abc123; 31 Oct 2003 14:44:21 -0000
DKIM-Signature: v=1; a=rsa-sha256; d=lists.example; s=k1; h=From:To:
 Subject:Date; bh=AAAA; b=BBBB
Date: Fri, 31 Oct 2003 15:44:19 +0100
From: =?UTF-8?Q?J=C3=BCrgen_Beispiel?= <juergen@lists.example>, "Berta \\"B\\" B." <b@example.net>
Sender: juergen@lists.example (der Absender)
To: Freunde: Anna <anna@example.org>, carl@example.org;, dora@example.org
Cc: =?iso-8859-2?B?o/NkvA==?= <lodz@example.pl>
Message-ID: <1@lists.example>
In-Reply-To: Your message <0@lists.example>
References: <a@x> <b@x>
 <0@lists.example>
Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= =?UTF-8?Q?_aus?= Wien
Keywords: eins, =?utf-8?Q?zw=C3=B6lf?=
List-Id: Eine Liste <eine.liste.example>
X-Number: 1
X-Number: 2
User-Agent: samples/1
MIME-Version: 1.0
"""

INNER = """From: inner@example.org
Date: 1 Jan 04 00:00 GMT
Subject: inside

A message in a message.
"""

FULL = FIELDS + """Content-Type: multipart/mixed; boundary="outer=_1"

This is not shown.
--outer=_1
Content-Type: multipart/alternative; boundary=outer=_1.2

--outer=_1.2
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6ne Gr=FC=DFe, =
und bis bald.  =20
--outer=_1.2
Content-Type: text/html; charset=utf-8
Content-ID: <part2@lists.example>

<p>Schön</p>
--outer=_1.2--
--outer=_1
Content-Type: application/octet-stream; name="old.bin"
Content-Transfer-Encoding: BASE64
Content-Disposition: attachment; filename*0*=utf-8''%e2%82%ac%20;
 filename*1="rates.gz"
Content-Description: =?utf-8?Q?=E2=82=AC?= in gold

""" + base64.encodebytes(b"\x89PNG but not really").decode() + """
--outer=_1
Content-Type: message/rfc822

""" + INNER + """
--outer=_1--
after the end
"""


def word(text, charset):
    """An encoded word (RFC 2047 2)."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


EAST_ASIA = f"""Date: Wed, 28 May 2014 17:18:19 +0900
From: {word("山田太郎", "iso-2022-jp")} <taro@example.jp>
To: {word("王小明", "big5")} <wang@example.tw>, {word("김철수", "euc-kr")} <kim@example.kr>
Cc: {word("李雷", "gb2312")} <li@example.cn>, {word("𠮷野", "gb18030")} <yoshino@example.jp>
Subject: {word("会議の", "iso-2022-jp")}
 {word("お知らせ", "iso-2022-jp")}
MIME-Version: 1.0
Content-Type: text/plain; charset=Shift_JIS
Content-Disposition: attachment; filename*=shift_jis'ja'{"".join(f"%{b:02X}" for b in "議事録.txt".encode("shift_jis"))}

""".replace("\n", "\r\n").encode() + "本文\r\n".encode("shift_jis")


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    crlf = FULL.replace("\n", "\r\n").encode()
    plain = "Date: not a date\nDate: Sun, 06 Nov 1994 08:49:37 GMT\nFrom: a@b (A. B.)\nSubject: plain\n\nBody\n"
    odd = "From: a@b\nthis is no field\nContent-Type: multipart/mixed\nContent-Transfer-Encoding: base64\n\nZm9v!\n"
    for name, data in (("full.eml", crlf), ("cut.eml", crlf[:crlf.index(b"--outer=_1\r\nContent-Type: message")]),
                       ("plain.eml", plain.encode()), ("east-asia.eml", EAST_ASIA), ("no-boundary.eml", odd.encode())):
        (HERE / name).write_bytes(data)
    (HERE / "SOURCES").write_text("All made by scripts/samples/mail.py.\n")


main()
