# SPDX-License-Identifier: MIT
"""Files to measure with: the same ones in every run."""
import gzip
import io
import os
import pathlib
import random
import shutil
import struct
import tarfile
import wave
import zipfile
import zlib


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rng, width, height, noise):
    """A grey picture; `noise` makes it as large as it looks."""
    rows = b"".join(b"\0" + (rng.randbytes(width) if noise else bytes([y % 256]) * width) for y in range(height))
    text = b"Title\0Picture %d" % rng.randrange(10**6)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            png_chunk(b"tEXt", text) + png_chunk(b"IDAT", zlib.compress(rows, 1)) + png_chunk(b"IEND", b""))


def exif(rng):
    make, model = b"Example\0", b"Camera %03d\0" % rng.randrange(1000)
    date = b"2021:05:%02d 10:%02d:00\0" % (1 + rng.randrange(28), rng.randrange(60))
    at = 8 + 2 + 3 * 12 + 4
    entries = b""
    for tag, value in ((0x010F, make), (0x0110, model), (0x0132, date)):
        entries += struct.pack("<HHII", tag, 2, len(value), at)
        at += len(value)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 3) + entries + struct.pack("<I", 0) + make + model + date


def jpeg(rng, size):
    app1 = exif(rng)
    frame = struct.pack(">BHHB9B", 8, 1200, 1600, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
    return (b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) +
            frame + b"\xff\xda\0\x0c\x03\1\0\2\x11\3\x11\0\x3f\0" + rng.randbytes(size).replace(b"\xff", b"\xfe") + b"\xff\xd9")


def wav(rng, size):
    out = io.BytesIO()
    with wave.open(out, "wb") as w:
        w.setnchannels(2)
        w.setsampwidth(2)
        w.setframerate(44100)
        w.writeframes(rng.randbytes(size // 4 * 4))
    return out.getvalue()


def words(rng, size):
    some = "the quick brown fox jumps over a lazy dog and reads what is in files".split()
    out, total = [], 0
    while total < size:
        line = " ".join(rng.choices(some, k=10))
        out.append(line)
        total += len(line) + 1
    return "\n".join(out).encode()


def zip_of(rng, size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(5):
            z.writestr(zipfile.ZipInfo(f"member{i}.txt", (2020, 1, 2, 3, 4, 6)), words(rng, size // 5), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tar_of(rng, size):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for i in range(5):
            info = tarfile.TarInfo(f"member{i}.txt")
            info.size = size // 5
            t.addfile(info, io.BytesIO(rng.randbytes(info.size)))
    return out.getvalue()


# Kind, how to make one, and the powers of two between which its size lies: texts are smaller than pictures and sounds.
KINDS = [
    ("png", lambda rng, size: png(rng, 256, max(1, size // 256), True), 10, 20),
    ("jpg", jpeg, 12, 21),
    ("wav", wav, 12, 21),
    ("txt", words, 8, 15),
    ("zip", zip_of, 12, 18),
    ("tar", tar_of, 12, 21),
    ("gz", lambda rng, size: gzip.compress(words(rng, size), 1, mtime=0), 8, 15),
    ("bin", lambda rng, size: rng.randbytes(size), 10, 21),
]


def make_mixed(folder, count):
    """`count` files of eight kinds, of about 140 KB in the mean: many small and few large."""
    folder = pathlib.Path(folder)
    rng = random.Random(4711)
    for i in range(count):
        name, make, least, most = KINDS[i % len(KINDS)]
        size = int(2 ** rng.uniform(least, most))
        path = folder / f"{i // 100:03}" / f"{i:05}.{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(rng, size))


def make_small(folder, count):
    """Pictures and texts of under 1 KiB, 1,000 a folder."""
    folder = pathlib.Path(folder)
    rng = random.Random(4712)
    pictures = [png(rng, 8, 8, True) for _ in range(64)]
    texts = [words(rng, 200 + i) for i in range(64)]
    for i in range(count):
        if i % 1000 == 0:
            (folder / f"{i // 1000:03}").mkdir(parents=True, exist_ok=True)
        kind, data = ("png", pictures) if i % 2 == 0 else ("txt", texts)
        with open(folder / f"{i // 1000:03}" / f"{i:05}.{kind}", "wb", buffering=0) as f:
            f.write(data[i // 2 % 64])


def make_plugins(folder, count, module):
    """`count` plugins, each with a type, fields and a need or two; all put one module to use."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(module, folder / "module.so")
    os.chmod(folder / "module.so", 0o644)
    for i in range(count):
        need = f"[needs]\noptional = p{i // 2:03} >= 1.0\n" if i else ""
        (folder / f"p{i:03}.conf").write_text(
            f"[plugin]\nname = p{i:03}\nversion = 1.0.0\nkind = extractor\nmodule = module.so\nsummary = Plugin {i}\n"
            f"[type t{i}]\nmedia = application/x-t{i}\nmagic = 0 \"T{i:03}\"\nmagic = 8 hex:{i:08x} & 0 \"X\"\nglob = *.t{i}\n"
            f"[match]\ntype = application/x-t{i}\n{need}"
            "[fields]\nwidth = u32 px \"Width\"\nheight = u32 px \"Height\"\nitems[].name = string \"Name\"\n"
            "text.* = string \"Text by keyword\"\n[limits]\ntime = 2s\nmemory = 64M\n[options]\nmode = fast\n")


def make_crashing(folder, count, module, shared):
    """`count` plugins that match every file; the tenth crashes on each."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(module, folder / "crash.so")
    os.chmod(folder / "crash.so", 0o644)
    for i in range(count):
        (folder / f"c{i}.conf").write_text(
            f"[plugin]\nname = c{i}\nversion = 1.0.0\nkind = extractor\nmodule = crash.so\nsummary = Number {i}\n"
            + ("domain = together\n" if shared else "") +
            "[match]\ntype = *\n[fields]\nsize = u64 B \"Size\"\n"
            f"[options]\ncrash = {'yes' if i == 9 else 'no'}\n")
