# SPDX-License-Identifier: MIT
"""What scripts/faults and scripts/soak share: a small tree of files and plugins, runs of adit in it, and what a run may leave."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

SAMPLES = ["image/png/chunks.png", "image/jpeg/segments.jpg", "archive/zip/office.zip", "archive/zip/bad-deflate.zip", "archive/tar/cut.tar",
           "text/text/lines.txt"]
CONFS = ["image/png", "image/jpeg", "meta/exif", "mapper/photo", "archive/zip", "archive/tar", "compress/gzip", "text/text", "idmap/element-number"]
RESOURCES = ["idmap/elements.tsv"]
MAPPERS = {"photo"}  # say less where what they need is missing
LIMIT = 60
# Statuses that say of a part that something went wrong with the run, rather than with the file.
TOLD = {"partial", "failed", "timeout", "crashed", "out-of-memory", "denied", "quarantined", "missing-dependency", "cancelled"}


class Wrong(Exception):
    """A promise that a run did not keep."""


def without_summary(err):
    """What adit says on standard error, less the line that goes with status 1: some of the samples are broken."""
    return re.sub(rb"^adit extract: something failed in [^\n]*\n", b"", err, flags=re.M)


class Outcome:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return f"exit status {self.status}\n  out: {self.out[:600]!r}\n  err: {self.err[:600]!r}"


class Tree:
    """ROOT/files, ROOT/conf.d (plugins), and a cache for each name that is asked for."""

    def __init__(self, build, copies=1, samples=SAMPLES):
        self.build = pathlib.Path(build).resolve()
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="adit-machine-"))
        self.project = pathlib.Path(__file__).resolve().parent.parent
        self.runs = 0
        for name in CONFS:
            self.install(self.build / "share/adit/conf.d" / (name + ".conf"))
        for name in RESOURCES:
            self.put("conf.d/" + pathlib.Path(name).name, (self.build / "share/adit/conf.d" / name).read_bytes())
        self.install(self.project / "tests/hostile/misbehave.conf", constructors="asan" in self.build.name)
        for i in range(copies):
            for sample in samples:
                self.put(f"files/{i:04}/{pathlib.Path(sample).name}", (self.project / "tests/plugins" / sample).read_bytes())
            self.put(f"files/{i:04}/makes", b"MISBEHAVE escape\n")
            self.put(f"files/{i:04}/empty", b"")
            self.put(f"files/{i:04}/none", b"\0\1\2\3 of no type")
        self.age()

    def install(self, conf, constructors=False):
        text = conf.read_text() + ("\n[module]\nconstructors = yes\n" if constructors else "")
        self.put("conf.d/" + conf.name, text.encode())

    def put(self, name, data):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o644)

    def age(self):
        """Until what was written is so old that a cache may believe its times."""
        import time
        time.sleep(2.1 if any(p.stat().st_ctime_ns % 10**9 == 0 for p in self.root.rglob("*")) else 0.3)

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def command(self, *arguments):
        modules = [self.build / "lib/adit/modules", self.build / "tests/hostile"]
        return [str(self.build / "bin/adit"), *arguments, "--no-default-conf", "--conf-dir", str(self.root / "conf.d"),
                *(x for m in modules for x in ("--module-dir", str(m)))]

    def environment(self, cache, fault=None):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "XDG_CACHE_HOME": str(self.root / cache),
               "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(self.root)}
        env.update({k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")})
        if fault:
            options = env.get("ASAN_OPTIONS", "detect_leaks=1")
            env.update(LD_PRELOAD=str(self.build / "tests/preload/faults.so"), ADIT_FAULT=fault, ADIT_FAULT_LOG=str(self.root / "fault.log"),
                       ASAN_OPTIONS=options + ":verify_asan_link_order=0:allocator_may_return_null=1")
        return env

    def start(self, command, cache, fault=None, out=subprocess.PIPE):
        return subprocess.Popen(command, cwd=self.root / "files", env=self.environment(cache, fault), stdin=subprocess.DEVNULL, stdout=out,
                                stderr=subprocess.PIPE, start_new_session=True)

    def run(self, command, cache="cache", fault=None):
        self.runs += 1
        process = self.start(command, cache, fault)
        try:
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            end_session(process.pid)
            process.communicate()
            raise Wrong(f"did not end within {LIMIT} s") from None
        if process.returncode < 0:
            raise Wrong(f"died of {signal.Signals(-process.returncode).name}\n  err: {err[-3000:].decode(errors='replace')}")
        if b"Sanitizer" in err or b"runtime error:" in err:
            raise Wrong(f"the sanitizers say:\n{err[-4000:].decode(errors='replace')}")
        return Outcome(process.returncode, out, without_summary(err))


def members(session):
    """The processes of a session that still run: what the first of them left behind, once that one has ended."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path("/proc", entry, "stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(int(entry))
    return found


def end_session(session):
    for pid in members(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def leftovers(cache, artifacts):
    """Temporary files in the folder of a cache and in one of artifacts."""
    known = {"results-1.db", "results-1.db-wal", "results-1.db-shm", "quarantine.tsv"}
    names = [p.name for p in (cache / "adit").iterdir()] if (cache / "adit").exists() else []
    return [n for n in names if n not in known and not (n.startswith("registry-") and n.endswith(".snap"))] + \
        [str(p) for p in artifacts.rglob(".adit-*")]


def tells(value):
    """Does this object of the output say that something is missing in it?"""
    if value.get("error") or value.get("limit") or value.get("truncated"):
        return True
    return any(p["status"] in TOLD or p.get("warnings") for p in value.get("plugins", {}).values()) or any(map(tells, value.get("streams", [])))


def same_or_told(found, expected):
    """Is every part the expected one, or says that it is not?"""
    if found == expected or found.get("error"):
        return True
    parts, wanted = found.get("plugins", {}), expected.get("plugins", {})
    for name, part in parts.items():
        if part != wanted.get(name) and part["status"] not in TOLD and not part.get("warnings") and name not in MAPPERS:
            return False
    return tells(found)


def check_lines(out, reference):
    """Each line of ndjson is the reference's, or says what is missing. Returns whether every line of the reference is accounted for."""
    expected = {json.loads(line)["path"]: json.loads(line) for line in reference.splitlines()}
    missing = set(expected)
    for line in out.decode().splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            raise Wrong(f"a line is no JSON: {line[:300]}") from None
        path = found["path"]
        if path not in expected and found.get("error"):  # a folder that could not be read
            missing = {m for m in missing if not m.startswith(path + "/")}
        elif path not in expected or not same_or_told(found, expected[path]):
            raise Wrong(f"a wrong answer:\n  found    {line}\n  expected {json.dumps(expected.get(path))}")
        missing.discard(path)
    return not missing
