#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of data/csv: csv.py, from the project's root."""
import pathlib

HERE = pathlib.Path("tests/plugins/data/csv")
SAMPLES = {
    "types.csv": "id,name,share,active,since,seen,code,empty\r\n" + "".join(
        f"{i},\"Name, {i}\",{i / 8},{'true' if i % 2 else 'false'},2003-10-{i % 28 + 1:02},2003-10-31 15:44:{i % 60:02},{i:05},\r\n"
        for i in range(1, 61)),
    "semicolon.csv": "\ufeffOrt;Wert\nWien;1,5\n\nGraz;-2,25\n",
    "ragged.csv": 'a,b,c\n1,2\n3,4,5,6\n7,8" disk,"x"y\n',
    "no-header.csv": "1|2\n3|4\n5|6\n",
    "single.csv": "one\ntwo\n",
    "tabs.tsv": "k\tv\na,b,c\t1\nd,e,f\t2\n",
    "unclosed.csv": 'a,b\n1,"2\n3,4\n',
}


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    for name, text in SAMPLES.items():
        (HERE / name).write_bytes(text.encode())
    (HERE / "SOURCES").write_text("All made by scripts/samples/csv.py.\n")


main()
