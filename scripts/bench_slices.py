# SPDX-License-Identifier: MIT
"""Measures audio/note-slices beside libFLAC, called once for each slice, and python's soundfile where it is there."""
import array
import importlib.util
import io
import json
import math
import os
import random
import re
import statistics
import struct
import subprocess
import time
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE, NOTES_A_SECOND = 44100, 7
WINDOWS = {"2.5 s": "window = fixed\nlength = 2.5", "0.5 s": "window = fixed\nlength = 0.5", "to next onset": "window = next-onset"}
GOALS = {"2.5 s": 4500, "to next onset": 10000}  # slices a second of a core at level 5, mono
GOAL_ROWS, GOAL_TWO, GOAL_MB = 100000, 1.8, 40


# ---- sounds and their notes ----

def vlq(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def write_midi(path, onsets_ms):
    track, now = b"", 0
    for onset in onsets_ms:
        track += vlq(onset - now) + b"\x99\x24\x64\x01\x89\x24\x40"
        now = onset + 1
    track += b"\0\xff\x2f\0"
    path.write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(track)) + track)


def wav_head(channels, rate, size, bits):
    frame = channels * bits // 8
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * frame, frame, bits) + \
        b"data" + struct.pack("<I", size)


def make_pair(stem, seconds, channels):
    """Hits at uneven distances: decaying tones and noise, 16 bits."""
    draw = random.Random(1)
    ring = array.array("h", (round(math.exp(-i / 9000) * (9000 * math.sin(i * f / 180) + draw.gauss(0, 700)))
                             for i in range(RATE // 2) for f in (3, 4)[:channels]))
    sound, onsets, at = array.array("h", bytes(seconds * RATE * 2 * channels)), [], 0.0
    while at < seconds - 0.6:
        onsets.append(round(at * 1000))
        first = round(at * RATE) * channels
        for i, value in enumerate(ring):
            sound[first + i] = max(-32768, min(32767, sound[first + i] // 2 + value))
        at += draw.uniform(0.4, 1.6) / NOTES_A_SECOND
    stem.with_suffix(".wav").write_bytes(wav_head(channels, RATE, len(sound) * 2, 16) + sound.tobytes())
    write_midi(stem.with_suffix(".mid"), onsets)


def make_hour(stem):
    """10 GB: an hour of 5 channels, 24 bits, 192 kHz as RF64 (EBU Tech 3306) with holes for silence and noise here and there."""
    channels, rate, frame = 5, 192000, 15
    size = 3600 * rate * frame
    head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, size + 72, size, 3600 * rate, 0) + b"fmt " + \
        struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * frame, frame, 24) + b"data\xff\xff\xff\xff"
    noise = random.Random(2).randbytes(1 << 20)
    with open(stem.with_suffix(".wav"), "wb") as f:
        f.write(head)
        for i in range(60):
            f.seek(len(head) + i * 60 * rate * frame)
            f.write(noise)
        f.truncate(len(head) + size)
    write_midi(stem.with_suffix(".mid"), [i * 100 for i in range(36000)])
    return size


# ---- runs ----

def write_conf(bench, folder, options):
    text = (ROOT / "conf.d/audio/note-slices.conf").read_text()
    text = re.sub(r"^domain .*\n", "", text, flags=re.M).replace("drum-hits.tsv\n", str(bench.build / "share/adit/conf.d/midi/drum-hits.tsv") + "\n", 1)
    for line in options.split("\n"):
        key = line.split(" ")[0]
        text = re.sub(rf"(?<=\n){key} = [^\n]*\n(?=(?:[^\[]|\n)*$)", f"{line}\n", text)
    folder.mkdir(exist_ok=True)
    (folder / "note-slices.conf").write_text(text)


class Run:
    """One run of adit: seconds of the wall, of the processor in the workers and in the host, peaks in MB, and its results."""

    def __init__(self, bench, confs, files, jobs=1, artifacts=True, output=subprocess.PIPE):
        out = bench.work / "slices-out"
        subprocess.run(["rm", "-rf", out], check=True)
        command = [bench.adit, "extract", "--no-cache", "--stats", f"--jobs={jobs}", "--only", "note-slices", "--conf-dir", confs, "--format", "ndjson"]
        if artifacts:
            command += ["--artifacts", out, "--artifacts-format", "webdataset"]
        begin = time.perf_counter()
        done = subprocess.run(command + files, env=bench.env, stdout=output, stderr=subprocess.PIPE, check=True, text=True)
        self.wall = time.perf_counter() - begin
        subprocess.run(["rm", "-rf", out], check=True)
        found = re.search(r"processor: host ([\d.]+) s, workers ([\d.]+) s; peak memory: host ([\d.]+) MB, largest worker ([\d.]+)", done.stderr)
        host_mb, worker_mb = float(found[3]), float(found[4])
        self.host, self.workers, self.memory = float(found[1]), float(found[2]), host_mb + jobs * worker_mb
        self.results = [json.loads(line)["plugins"]["note-slices"]["fields"] for line in (done.stdout or "").splitlines()]


def soundfile_rate(path, rows):
    import soundfile
    samples, rate = soundfile.read(path, dtype="int16")
    begin = time.process_time()
    for start, frames in rows:
        soundfile.write(io.BytesIO(), samples[start:start + frames], rate, format="FLAC", subtype="PCM_16")
    return len(rows) / (time.process_time() - begin)


def once_rate(once, path, level, rows):
    text = "".join(f"{s} {f}\n" for s, f in rows)
    done = subprocess.run([once, path, str(level)], input=text, stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    return int(done[0]) / float(done[1]), int(done[2])


def verdict(value, goal):
    return "" if goal is None else f"   goal {goal:,.10g}: {'met' if value >= goal else 'MISSED'}"


# ---- what is measured ----

def windows(bench, once, path, channels, runs):
    """A slice for each note, each window at levels 0 and 5; runs alternate with those of libFLAC, and medians count."""
    name, table, confs = {1: "mono", 2: "stereo"}[channels], [], bench.work / "slices-conf"
    print(f"  44.1 kHz, 16 bits, {name}; slices a second of one core's time" + (", as E-GMD is" if channels == 1 else ""), flush=True)
    for window, options in WINDOWS.items():
        for level in (0, 5):
            write_conf(bench, confs, f"{options}\nlevel = {level}")
            ours, whole, peers = [], [], []
            for _ in range(runs):
                run = Run(bench, confs, [path])
                fields = run.results[0]
                rows = [(s["start"], s["frames"]) for s in fields["slices"]]
                ours.append(fields["made"] / run.workers)
                whole.append(fields["made"] / (run.workers + run.host))
                rate, size = once_rate(once, path, level, rows)
                peers.append(rate)
            line = {"window": window, "channels": channels, "level": level, "adit": statistics.median(ours), "whole": statistics.median(whole),
                    "libflac": statistics.median(peers), "bytes": fields["bytes"] / size, "memory_mb": run.memory}
            if importlib.util.find_spec("soundfile") and level == 5:
                line["soundfile"] = soundfile_rate(path, rows)
            table.append(line)
            print(f"    {window:14} level {level}: adit {line['adit']:7,.0f} (the whole program {line['whole']:6,.0f})   libFLAC once a slice"
                  f" {line['libflac']:6,.0f}   {line['adit'] / line['libflac']:5.2f} x   bytes {line['bytes']:.3f} x   {line['memory_mb']:.1f} MB"
                  + (f"   soundfile {line['soundfile']:,.0f}" if "soundfile" in line else "")
                  + verdict(line["adit"], GOALS.get(window) if channels == 1 and level == 5 else None), flush=True)
    return table


def index_rows(bench, folder, runs):
    """Rows alone, of as many notes as an hour has."""
    confs = bench.work / "slices-conf"
    path, seconds, notes = folder / "rows.wav", 3600, 36000
    with open(path, "wb") as f:
        f.write(wav_head(1, 8000, seconds * 16000, 16))
        f.truncate(44 + seconds * 16000)
    write_midi(path.with_suffix(".mid"), [i * 100 for i in range(notes)])
    write_conf(bench, confs, "encoding = index")
    done = [Run(bench, confs, [path], artifacts=False) for _ in range(runs)]
    told = len(done[0].results[0]["slices"])
    rate = statistics.median(told / (r.host + r.workers) for r in done)
    print(f"  index: {told:,} rows of {notes:,} notes; {rate:,.0f} a second of the processor, {statistics.median(told / r.wall for r in done):,.0f} of"
          f" the wall, {statistics.median(told / r.workers for r in done):,.0f} of the worker alone; {done[0].memory:.1f} MB{verdict(rate, GOAL_ROWS)}", flush=True)
    return rate


def two_workers(bench, folder, runs):
    """Six files by one worker and by two. The host, which puts shards together, hashes and writes them, is a process of its own: where it has as much
    to do as a worker, one worker and the host keep two processors busy already."""
    confs = bench.work / "slices-conf"
    print(f"  two workers beside one, 6 files; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors", flush=True)
    ratios = {}
    for what, sound, options in (("to next onset, stereo, level 8", "stereo", WINDOWS["to next onset"] + "\nlevel = 8"), ("2.5 s, mono, level 5", "mono", WINDOWS["2.5 s"])):
        copies = [folder / f"{sound}{i}.wav" for i in range(6)]
        for copy in copies:
            copy.hardlink_to(folder / f"{sound}.wav")
            copy.with_suffix(".mid").hardlink_to(folder / f"{sound}.mid")
        write_conf(bench, confs, options)
        done = {1: [], 2: []}
        for _ in range(runs):
            for jobs in (1, 2):
                done[jobs].append(Run(bench, confs, copies, jobs))
        best = {jobs: min(done[jobs], key=lambda r: r.wall) for jobs in done}
        ratios[what] = best[1].wall / best[2].wall
        print(f"    {what:32} {best[1].wall:.2f} s and {best[2].wall:.2f} s: {ratios[what]:.2f} x; of the processor: workers {best[1].workers:.2f} s and"
              f" {best[2].workers:.2f} s, host {best[1].host:.2f} s and {best[2].host:.2f} s{verdict(ratios[what], GOAL_TWO)}", flush=True)
    return ratios


def hour(bench, folder):
    """An hour, 10 GB: notes every 0.1 s in it; a slice of 25 ms for each. Holes cost no disk, and are read as any silence."""
    confs = bench.work / "slices-conf"
    size = make_hour(folder / "hour")
    write_conf(bench, confs, "window = fixed\nlength = 0.025\nencoding = flac")
    seconds, peak = bench.run([bench.adit, "extract", "--no-cache", "--jobs=1", "--only", "note-slices", "--conf-dir", confs, "--format", "ndjson", "--artifacts",
                               bench.work / "slices-out", "--artifacts-format", "webdataset", folder / "hour.wav"], memory=True, rest=0.02, limit=600)
    megabytes = peak / 1e6
    print(f"  an hour, {size / 1e9:.1f} GB, 36,000 slices: {seconds:.1f} s, {megabytes:.1f} MB at its peak"
          f"   goal below {GOAL_MB} MB: {'met' if megabytes < GOAL_MB else 'MISSED'}", flush=True)
    (folder / "hour.wav").unlink()
    return megabytes


def slices(bench):
    print("\nnote slices")
    folder, once = bench.work / "slices", bench.work / "bench_slices"
    folder.mkdir()
    seconds, runs = (20, 3) if bench.quick else (120, 5)
    make_pair(folder / "mono", seconds, 1)
    make_pair(folder / "stereo", seconds, 2)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "flac", "sndfile"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    subprocess.run(["gcc", "-O2", "-o", once, ROOT / "tests/bench/bench_slices.c", *flags], check=True)
    table = windows(bench, once, folder / "mono.wav", 1, runs) + windows(bench, once, folder / "stereo.wav", 2, runs)
    bench.results["slices"] = {"table": table, "index_rows": index_rows(bench, folder, runs), "two_workers": two_workers(bench, folder, runs),
                               "hour_mb": hour(bench, folder)}
