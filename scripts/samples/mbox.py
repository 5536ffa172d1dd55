#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of email/mbox: mbox.py, from the project's root."""
import pathlib

HERE = pathlib.Path("tests/plugins/email/mbox")

THREE = b"""\
From alice@example.org Thu Jan  1 00:00:01 2015
From: Alice <alice@example.org>
Subject: first

Dear Bob,
From here on nothing is a separator: no empty line stands before it.
>From this neither, Thu Jan  1 00:00:00 2015

From here neither: there is no time.

From "bob smith"@example.org Mon Dec 29 12:00:00 +0000 2014
From: bob@example.org
Subject: second
Content-Type: text/plain; charset=us-ascii

The body.

From MAILER-DAEMON Fri Feb 30 00:00:00 2015

That was no day either.

From carol Sat Jan  3 01:05:34 1996 remote from example
Subject: third


"""


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / "three.mbox").write_bytes(THREE)
    (HERE / "crlf.mbox").write_bytes(THREE.replace(b"\n", b"\r\n"))
    (HERE / "no-time.mbox").write_bytes(b"From somebody, some day: \nSubject: lost\n\nText.\n\n" + THREE[:200])


main()
