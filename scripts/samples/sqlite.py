#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of database/sqlite: sqlite.py, from the project's root."""
import pathlib
import shutil
import sqlite3
import tempfile

HERE = pathlib.Path("tests/plugins/database/sqlite")
SCHEMA = '''
PRAGMA page_size = 512; PRAGMA auto_vacuum = 2; PRAGMA encoding = 'UTF-16be'; PRAGMA application_id = 0x47504b47; PRAGMA user_version = -7;
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'Ü', "odd ""name""" BLOB, double AS (id * 2) STORED);
CREATE TABLE pairs (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE UNIQUE INDEX by_name ON people (name) WHERE id > 1;
CREATE VIEW names AS SELECT name FROM people;
CREATE TRIGGER watch AFTER INSERT ON pairs BEGIN DELETE FROM people; END;
CREATE VIRTUAL TABLE words USING rtree(id, x0, x1);
'''


def make(path, script, rows=()):
    db = sqlite3.connect(path)
    db.executescript(script)
    for sql, values in rows:
        db.executemany(sql, values)
    db.commit()
    return db


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        full = pathlib.Path(work) / "full.sqlite"
        make(full, SCHEMA, [("INSERT INTO people (name) VALUES (?)", [(f"name {i}",) for i in range(40)])]).close()
        log = pathlib.Path(work) / "log.sqlite"
        db = make(log, "PRAGMA page_size = 512; PRAGMA journal_mode = WAL; CREATE TABLE t (x);")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(5)])
        db.commit()
        for name in ("log.sqlite", "log.sqlite-wal"):
            shutil.copy(pathlib.Path(work) / name, HERE / name)
        shutil.copy(HERE / "log.sqlite", HERE / "no-log.sqlite")
        db.close()
        data = bytearray(full.read_bytes())
        (HERE / "full.sqlite").write_bytes(data)
        (HERE / "cut.sqlite").write_bytes(data[:2 * 512])
        (HERE / "header.sqlite").write_bytes(data[:60])
        data[100:103] = b"\x0d\xff\xff"
        (HERE / "broken.sqlite").write_bytes(data)
        evil = pathlib.Path(work) / "evil.sqlite"
        db = make(evil, "PRAGMA page_size = 512; CREATE TABLE t (x); CREATE TABLE u (x);")
        db.executescript("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE VIEW t AS SELECT load_extension(''x'')',"
                         " type = 'table' WHERE name = 't';")
        db.commit()
        db.close()
        shutil.copy(evil, HERE / "evil.sqlite")
    (HERE / "SOURCES").write_text("All made by scripts/samples/sqlite.py.\n")


main()
