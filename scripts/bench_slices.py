# SPDX-License-Identifier: MIT
"""Measures audio/note-slices beside libFLAC, called once for each slice, and python's soundfile where it is there."""
import array
import importlib.util
import io
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE, NOTES_A_SECOND = 44100, 7
WINDOWS = {"2.5 s": "window = fixed\nlength = 2.5", "0.5 s": "window = fixed\nlength = 0.5", "to next onset": "window = next-onset"}


def vlq(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def make_pair(stem, seconds):
    """Hits at uneven distances: decaying tones and noise, 16 bits, stereo."""
    draw = random.Random(1)
    ring = array.array("h", (round(math.exp(-i / 9000) * (9000 * math.sin(i * f / 180) + draw.gauss(0, 700)))
                             for i in range(RATE // 2) for f in (3, 4)))
    sound, onsets = array.array("h", bytes(seconds * RATE * 4)), []
    at = 0.0
    while at < seconds - 0.6:
        onsets.append(round(at * 1000))
        first = round(at * RATE) * 2
        for i, value in enumerate(ring):
            sound[first + i] = max(-32768, min(32767, sound[first + i] // 2 + value))
        at += draw.uniform(0.4, 1.6) / NOTES_A_SECOND
    data = sound.tobytes()
    stem.with_suffix(".wav").write_bytes(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 1, 2, RATE, RATE * 4, 4, 16) + b"data" + struct.pack("<I", len(data)) + data)
    track, now = b"", 0
    for onset in onsets:
        track += vlq(onset - now) + b"\x99\x24\x64\x01\x89\x24\x40"
        now = onset + 1
    track += b"\0\xff\x2f\0"
    stem.with_suffix(".mid").write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(track)) + track)


def write_conf(bench, folder, options):
    text = (ROOT / "conf.d/audio/note-slices.conf").read_text()
    text = re.sub(r"^domain .*\n", "", text, flags=re.M).replace("drum-hits.tsv\n", str(bench.build / "share/adit/conf.d/midi/drum-hits.tsv") + "\n", 1)
    for line in options.split("\n"):
        key = line.split(" ")[0]
        text = re.sub(rf"(?<=\n){key} = [^\n]*\n(?=(?:[^\[]|\n)*$)", f"{line}\n", text)
    folder.mkdir(exist_ok=True)
    (folder / "note-slices.conf").write_text(text)


def adit(bench, confs, files, jobs=1, artifacts=True):
    """Wall-clock seconds, processor seconds of the workers, their peak in MB, and the results."""
    out = bench.work / "slices-out"
    subprocess.run(["rm", "-rf", out], check=True)
    command = [bench.adit, "extract", "--no-cache", "--stats", f"--jobs={jobs}", "--only", "note-slices", "--conf-dir", confs, "--format", "ndjson"]
    if artifacts:
        command += ["--artifacts", out, "--artifacts-format", "webdataset"]
    begin = time.perf_counter()
    done = subprocess.run(command + files, env=bench.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True)
    wall = time.perf_counter() - begin
    subprocess.run(["rm", "-rf", out], check=True)
    found = re.search(r"workers ([\d.]+) s; peak memory: host ([\d.]+) MB, largest worker ([\d.]+)", done.stderr)
    return wall, float(found[1]), float(found[2]) + jobs * float(found[3]), [json.loads(line) for line in done.stdout.splitlines()]


def soundfile_rate(path, rows):
    import soundfile
    samples, rate = soundfile.read(path, dtype="int16")
    begin = time.process_time()
    for start, frames in rows:
        soundfile.write(io.BytesIO(), samples[start:start + frames], rate, format="FLAC", subtype="PCM_16")
    return len(rows) / (time.process_time() - begin)


def slices(bench):
    print("\nnote slices, per second of one core's time (44.1 kHz, 16 bits, stereo)")
    folder, confs, once = bench.work / "slices", bench.work / "slices-conf", bench.work / "bench_slices"
    folder.mkdir()
    seconds = 20 if bench.quick else 120
    make_pair(folder / "a", seconds)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "flac", "sndfile"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    subprocess.run(["gcc", "-O2", "-o", once, ROOT / "tests/bench/bench_slices.c", *flags], check=True)
    table = []
    for window, options in WINDOWS.items():
        for level in (0, 5):
            write_conf(bench, confs, f"{options}\nlevel = {level}")
            _, processor, memory, results = adit(bench, confs, [folder / "a.wav"])
            fields = results[0]["plugins"]["note-slices"]["fields"]
            rows = [(s["start"], s["frames"]) for s in fields["slices"]]
            done = subprocess.run([once, folder / "a.wav", str(level)], input="".join(f"{s} {f}\n" for s, f in rows), stdout=subprocess.PIPE,
                                  check=True, text=True).stdout.split()
            line = {"window": window, "level": level, "adit": fields["made"] / processor, "libflac": int(done[0]) / float(done[1]),
                    "bytes": fields["bytes"] / int(done[2]), "memory_mb": memory}
            if importlib.util.find_spec("soundfile") and level == 5:
                line["soundfile"] = soundfile_rate(folder / "a.wav", rows)
            table.append(line)
            print(f"    {window:14} level {level}: adit {line['adit']:8,.0f}   libFLAC once a slice {line['libflac']:8,.0f}   "
                  f"{line['adit'] / line['libflac']:5.2f} x   bytes {line['bytes']:.3f} x   {memory:.1f} MB in all"
                  + (f"   soundfile {line['soundfile']:,.0f}" if "soundfile" in line else ""), flush=True)
    write_conf(bench, confs, "encoding = index")
    wall, processor, _, results = adit(bench, confs, [folder / "a.wav"], artifacts=False)
    rows = results[0]["plugins"]["note-slices"]["fields"]["windows"]
    print(f"    index, rows alone: {rows / processor:10,.0f} a second of a worker, {rows / wall:,.0f} with all of the program's time")
    copies = []
    for i in range(6):
        copies.append(folder / f"b{i}.wav")
        copies[-1].hardlink_to(folder / "a.wav")
        copies[-1].with_suffix(".mid").hardlink_to(folder / "a.mid")
    write_conf(bench, confs, WINDOWS["2.5 s"])
    walls = {jobs: min(adit(bench, confs, copies, jobs)[0] for _ in range(2)) for jobs in (1, 2)}
    print(f"    two workers: {walls[1] / walls[2]:.2f} x one")
    bench.results["slices"] = {"table": table, "index_rows": rows / processor, "two_workers": walls[1] / walls[2]}
