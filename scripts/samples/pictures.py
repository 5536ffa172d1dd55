#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of pixels/* and perceptual/imagehash: pictures.py, from the project's root. Needs Pillow (python3-pil), which
also is what they are judged by: for each picture that it can read, SOURCES says the hashes that it and NumPy's, SciPy's and PyWavelets'
functions give by the formulas of the Python library imagehash."""
import io
import pathlib
import struct

import numpy
import pywt
import scipy.fftpack
from PIL import Image, ImageDraw

PIXELS = pathlib.Path("tests/plugins/pixels")
HASH = pathlib.Path("tests/plugins/perceptual/imagehash")


def scene(width, height, mode="RGB"):
    """A sky, a hill, a sun and some texture."""
    y, x = numpy.mgrid[0:height, 0:width] / numpy.array([height, width]).reshape(2, 1, 1)
    texture = 18 * numpy.sin(x * 40) * numpy.cos(y * 31 + x * 9)
    rgb = numpy.stack([90 + 120 * y + texture, 140 - 60 * y + 70 * x, 220 - 190 * y + texture], 2)
    rgb[y > 0.6 + 0.2 * numpy.sin(x * 5)] *= 0.45
    image = Image.fromarray(numpy.clip(rgb, 0, 255).astype(numpy.uint8))
    ImageDraw.Draw(image).ellipse([width * 0.6, height * 0.1, width * 0.8, height * 0.35], fill=(255, 240, 120))
    return image.convert(mode)


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def hexadecimal(bits):
    return f"{int(''.join('1' if b else '0' for b in bits.flatten()), 2):016x}"


def grey(image, width, height):
    return numpy.asarray(image.convert("L").resize((width, height), Image.Resampling.LANCZOS))


def hashes(image):
    small, nine, more = grey(image, 8, 8), grey(image, 9, 8), grey(image, 32, 32)
    low = scipy.fftpack.dct(scipy.fftpack.dct(more, axis=0), axis=1)[:8, :8]
    side = max(2 ** int(numpy.log2(min(image.size))), 8)
    levels = int(numpy.log2(side))
    whole = pywt.wavedec2(grey(image, side, side) / 255.0, "haar", level=levels)
    means = pywt.wavedec2(pywt.waverec2([whole[0] * 0] + whole[1:], "haar"), "haar", level=levels - 3)[0]
    return {"average": hexadecimal(small > small.mean()), "perceptual": hexadecimal(low > numpy.median(low)),
            "difference": hexadecimal(nine[:, 1:] > nine[:, :-1]), "wavelet": hexadecimal(means > numpy.median(means))}


def write(folder, name, data, by="made by scripts/samples/pictures.py"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    try:
        says = "; ".join(f"{k} {v}" for k, v in hashes(Image.open(io.BytesIO(data))).items())
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        says = "Pillow does not read it"
    lines = (folder / "SOURCES").read_text().splitlines() if (folder / "SOURCES").exists() else []
    lines = [line for line in lines if not line.startswith(name + ": ")] + [f"{name}: {by}; {says}"]
    (folder / "SOURCES").write_text("\n".join(sorted(lines)) + "\n")


def pixel_stream(width, height, form, data):
    return struct.pack("<8s4IB7x", b"AditPix1", width, height, width, height, form) + data


def jpegs():
    folder = PIXELS / "jpeg-pixels"
    photo = saved(scene(40, 30), "JPEG", quality=80)
    write(folder, "photo.jpg", photo)
    write(folder, "progressive.jpg", saved(scene(33, 25), "JPEG", quality=75, progressive=True))
    write(folder, "grey.jpg", saved(scene(24, 24, "L"), "JPEG", quality=70))
    write(folder, "cmyk.jpg", saved(scene(16, 16).convert("CMYK"), "JPEG", quality=70))
    write(folder, "cut.jpg", saved(scene(40, 40), "JPEG", quality=80)[:-80])
    write(folder, "broken.jpg", photo[:photo.index(b"\xff\xc0") + 5] + b"\xff\xff\xff\xff" + photo[photo.index(b"\xff\xc0") + 9:])


def hashed():
    image = scene(40, 30)
    write(HASH, "photo.jpg", saved(image, "JPEG", quality=80))
    write(HASH, "rgb.pixels", pixel_stream(40, 30, 3, image.tobytes()))
    flat = Image.new("L", (20, 11), 77)
    write(HASH, "flat.pixels", pixel_stream(20, 11, 1, flat.tobytes()))
    write(HASH, "cut.pixels", pixel_stream(40, 30, 1, scene(40, 30, "L").tobytes())[:-7])
    write(HASH, "broken.pixels", pixel_stream(40, 0, 9, b"x" * 40))


if __name__ == "__main__":
    jpegs()
    hashed()
