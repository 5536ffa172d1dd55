#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of pixels/* and perceptual/imagehash: pictures.py, from the project's root. Needs Pillow (python3-pil), which
also is what they are judged by: for each picture that it can read, SOURCES says the hashes that it and NumPy's, SciPy's and PyWavelets'
functions give by the formulas of the Python library imagehash."""
import io
import pathlib
import struct
import subprocess
import tempfile
import zlib

import numpy
import pywt
import scipy.fftpack
from PIL import Image, ImageDraw

PIXELS = pathlib.Path("tests/plugins/pixels")
HASH = pathlib.Path("tests/plugins/perceptual/imagehash")


SCANS = "0;\n1;\n2;\n"  # each component in a scan of its own
SAMPLES = {"P": "RGB", "1": "L", "CMYK": "RGB"}


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


def program(name, option, value, data):
    """Of libjpeg-turbo-progs. A value of more than a line is a file."""
    with tempfile.NamedTemporaryFile("w") as f:
        f.write(value)
        f.flush()
        done = subprocess.run([name, option, f.name if "\n" in value else value], input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout


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
        image = Image.open(io.BytesIO(data))
        says = f"Adler-32 of its samples 0x{zlib.adler32(image.convert(SAMPLES.get(image.mode, image.mode)).tobytes()):08x}; "
        says += "; ".join(f"{k} {v}" for k, v in hashes(image).items())
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
    write(folder, "wide.jpg", saved(scene(50, 21), "JPEG", quality=85, subsampling=1))
    write(folder, "restarts.jpg", program("jpegtran", "-restart", "2B", photo), "made by scripts/samples/pictures.py with jpegtran")
    write(folder, "separate.jpg", program("cjpeg", "-scans", SCANS, saved(scene(40, 30), "PPM")),
          "made by scripts/samples/pictures.py with cjpeg")
    write(folder, "cut.jpg", saved(scene(40, 40), "JPEG", quality=80)[:-80])
    write(folder, "broken.jpg", photo[:photo.index(b"\xff\xc0") + 5] + b"\xff\xff\xff\xff" + photo[photo.index(b"\xff\xc0") + 9:])


def pngs():
    folder = PIXELS / "png-pixels"
    colours = saved(scene(37, 21), "PNG")
    write(folder, "colours.png", colours)
    write(folder, "grey16.png", png(9, 7, 16, 0, b"".join(struct.pack(">9H", *range(y * 900, y * 900 + 9 * 7, 7)) for y in range(7)), 18))
    write(folder, "interlaced.png", interlaced(scene(11, 9)))
    write(folder, "palette.png", saved(scene(30, 20).quantize(13), "PNG", transparency=3))
    write(folder, "two-bits.png", png(8, 4, 2, 0, bytes([0x1b, 0xe4] * 4), 2))
    write(folder, "cut.png", colours[:-200])
    write(folder, "crc.png", colours[:-13] + bytes([colours[-13] ^ 1]) + colours[-12:])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits, colour, data, stride, interlace=0):
    rows = data if interlace else b"".join(b"\0" + data[i:i + stride] for i in range(0, len(data), stride))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def interlaced(image):
    """PNG 8.2: seven passes."""
    pixels, data = numpy.asarray(image), b""
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        data += b"".join(b"\0" + row[x::dx].tobytes() for row in pixels[y::dy] if len(row[x::dx]))
    return png(image.width, image.height, 8, 2, data, 0, 1)


def gifs():
    folder = PIXELS / "gif-pixels"
    image = scene(40, 26).quantize(32)
    plain = saved(image, "GIF", interlace=0)
    write(folder, "plain.gif", plain)
    write(folder, "interlaced.gif", saved(image, "GIF", interlace=1))
    write(folder, "transparent.gif", saved(image, "GIF", transparency=5))
    # A larger screen than the image, which is moved.
    at = plain.index(b"\x2c\0\0\0\0")
    write(folder, "placed.gif", plain[:6] + struct.pack("<HH", 50, 30) + plain[10:at + 1] + struct.pack("<HH", 7, 3) + plain[at + 5:])
    write(folder, "cut.gif", plain[:-100])
    write(folder, "broken.gif", plain[:at + 11] + b"\xff" * 20 + plain[at + 31:])


def bmp(width, height, bits, compression, data, palette=b"", masks=b""):
    at = 14 + 40 + len(masks) + len(palette)
    return (struct.pack("<2sIII", b"BM", at + len(data), 0, at) +
            struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0) + masks +
            palette + data)


def bmps():
    folder = PIXELS / "bmp-pixels"
    colours = saved(scene(21, 13), "BMP")
    palette = b"".join(bytes([i * 15, 255 - i * 9, i * 5, 0]) for i in range(16))
    write(folder, "colours.bmp", colours)
    write(folder, "palette.bmp", saved(scene(21, 13).quantize(19), "BMP"))
    write(folder, "one-bit.bmp", saved(scene(21, 13).convert("1"), "BMP"))
    write(folder, "top-down.bmp", bmp(6, -4, 24, 0, b"".join(scene(6, 4).tobytes()[i:i + 18] + b"\0\0" for i in range(0, 72, 18))))
    write(folder, "masks.bmp", bmp(5, 3, 16, 3, struct.pack("<18H", *range(0, 65536, 3800)), masks=struct.pack("<3I", 0xf800, 0x7e0, 0x1f)))
    runs = bytes([3, 5, 0, 3, 1, 2, 4, 0, 0, 0, 6, 9, 0, 0, 0, 2, 2, 1, 4, 7, 0, 1])
    otherwise = "made by scripts/samples/pictures.py (Pillow 9.4 takes four bytes for a delta, and leaves out the last of odd nibbles)"
    write(folder, "runs.bmp", bmp(6, 4, 8, 1, runs, palette), otherwise)
    nibbles = bytes([5, 0x2a, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 0, 0, 6, 0x77, 0, 1])
    write(folder, "nibbles.bmp", bmp(6, 3, 4, 2, nibbles, palette), otherwise)
    write(folder, "cut.bmp", colours[:-300])
    write(folder, "broken.bmp", colours[:18] + struct.pack("<i", -5) + colours[22:])


def webps():
    folder = PIXELS / "webp-pixels"
    lossy = saved(scene(40, 30), "WEBP", quality=60)
    write(folder, "lossy.webp", lossy)
    write(folder, "lossless.webp", saved(scene(24, 18), "WEBP", lossless=True))
    clear = scene(24, 18, "RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((24, 18)))
    write(folder, "alpha.webp", saved(clear, "WEBP", lossless=True, exact=True))
    write(folder, "animation.webp", saved(scene(24, 18), "WEBP", save_all=True, append_images=[scene(24, 18).rotate(90)], duration=40))
    write(folder, "cut.webp", lossy[:-40])
    write(folder, "broken.webp", lossy[:26] + b"\xff\xff\xff\xff" + lossy[30:])


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
    pngs()
    gifs()
    bmps()
    webps()
    hashed()
