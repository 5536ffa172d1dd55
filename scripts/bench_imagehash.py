# SPDX-License-Identifier: MIT
"""Measures pixels/jpeg-pixels with perceptual/imagehash on photographs of 12 megapixels, beside libjpeg-turbo's djpeg and, where it is
there, the Python library imagehash."""
import importlib.util
import os
import random
import resource
import shutil
import subprocess
import sys

WIDTH, HEIGHT, COARSE = 4000, 3000, 40
GOALS = {"baseline": 18, "progressive": 7}  # milliseconds of the processor a picture, all five hashes


def make_picture(path):
    """Blurred patches with the noise of a sensor, as PPM."""
    draw = random.Random(1)
    across, down = WIDTH // COARSE + 2, HEIGHT // COARSE + 2
    grid = [[[draw.randrange(30, 220) for _ in range(3)] for _ in range(across)] for _ in range(down)]
    with open(path, "wb") as f:
        f.write(b"P6 %d %d 255\n" % (WIDTH, HEIGHT))
        for y in range(HEIGHT):
            below = y % COARSE / COARSE
            ends = [[a + (b - a) * below for a, b in zip(*p)] for p in zip(grid[y // COARSE], grid[y // COARSE + 1])]
            smooth = bytearray()
            for left, right in zip(ends, ends[1:]):
                steps = [(b - a) / COARSE for a, b in zip(left, right)]
                for x in range(COARSE):
                    smooth += bytes(int(a + s * x) for a, s in zip(left, steps))
            noise = random.Random(y).randbytes(WIDTH)
            f.write(bytes(v + (noise[i // 3] & 15) for i, v in enumerate(smooth[:WIDTH * 3])))


def spent():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def seconds_of(command):
    """Of the processor, in all processes of the command."""
    begin = spent()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return spent() - begin


def least(command, times=5):
    """Other work on the machine only adds."""
    return min(seconds_of(command) for _ in range(times))


def milliseconds(bench, folder, picture, count, *more):
    """Of one picture more, within a run."""
    many = folder / picture.stem
    many.mkdir(exist_ok=True)
    for i in range(count):
        os.link(picture, many / f"{i}.jpg")
    command = bench.extract("--no-cache", "--jobs", "1", *more)
    one, all_of_them = least([*command, str(many / "0.jpg")]), least([*command, str(many)])
    shutil.rmtree(many)
    return (all_of_them - one) / (count - 1) * 1e3


def library(picture):
    """All five hashes but PDQ by the Python library; None: it is not there."""
    if not importlib.util.find_spec("imagehash"):
        return None
    code = ("import sys, time, imagehash; from PIL import Image; b = time.process_time()\n"
            "for h in (imagehash.average_hash, imagehash.phash, imagehash.dhash, imagehash.whash): h(Image.open(sys.argv[1]))\n"
            "print((time.process_time() - b) * 1e3)")
    return float(subprocess.run([sys.executable, "-c", code, picture], stdout=subprocess.PIPE, check=True, text=True).stdout)


def imagehash(bench):
    print("\nperceptual hashes of 12 megapixels, milliseconds of the processor a picture")
    if not shutil.which("cjpeg"):
        print("    cjpeg is not there: scripts/setup bench")
        return
    folder = bench.work / "imagehash"
    folder.mkdir()
    make_picture(folder / "picture.ppm")
    table = []
    for kind in GOALS:
        picture = folder / f"{kind}.jpg"
        flags = ["-progressive"] if kind == "progressive" else ["-baseline"]
        subprocess.run(["cjpeg", "-quality", "90", *flags, "-outfile", picture, folder / "picture.ppm"], check=True)
        row = {"picture": kind, "bytes": picture.stat().st_size, "goal": GOALS[kind],
               "metadata alone": milliseconds(bench, folder, picture, 11),
               "with imagehash": milliseconds(bench, folder, picture, 11 if bench.quick else 41, "--with", "imagehash"),
               "djpeg": least(["djpeg", picture]) * 1e3,
               "djpeg -scale 1/4": least(["djpeg", "-scale", "1/4", picture]) * 1e3,
               "python imagehash": library(picture)}
        row["hashes"] = row["with imagehash"] - row["metadata alone"]
        table.append(row)
        print(f"    {kind:12} {row['bytes']:>9,} bytes: {row['hashes']:6.1f} (goal {row['goal']}), with the metadata {row['with imagehash']:.1f};"
              f" djpeg {row['djpeg']:.1f}, at 1/4 {row['djpeg -scale 1/4']:.1f}"
              + (f"; python imagehash {row['python imagehash']:.1f}" if row["python imagehash"] else ""), flush=True)
    bench.results["imagehash"] = table
