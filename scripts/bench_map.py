# SPDX-License-Identifier: MIT
"""Measures `adit map` beside programs that join: identifiers from a stream, over a table, on one core."""
import importlib.util
import random
import resource
import shutil
import statistics
import sys

KEYS, SEED_ROWS = 45_000, 2_676
CONF = """[plugin]
name = {name}
version = 1.0.0
kind = mapper
module = idmap/table.so
summary = measures
[map]
from = {name}.from
to = {name}.to
[resources]
table = {file}
[options]
key = key
value = value
"""
AWK = r'NR==FNR{m[$1]=$2;next}{print $1"\t"m[$1]}'
PYTHON = """import sys
m = dict(l.rstrip("\\n").split("\\t")[:2] for l in open(sys.argv[1]))
w = sys.stdout.write
for l in open(sys.argv[2]):
    k = l[:-1]
    w(f"{k}\\t{m.get(k, '')}\\n")
"""
DUCKDB = """import duckdb, sys
duckdb.sql("set threads=1")
duckdb.sql(f"copy (select i.k, t.value from read_csv('{sys.argv[2]}', columns={{'k':'varchar'}}, header=false) i "
           f"left join read_csv('{sys.argv[1]}', delim='\\t', all_varchar=true) t on i.k = t.key) to '/dev/null' (delimiter '\\t')")
"""
PANDAS = """import pandas, sys
t = pandas.read_csv(sys.argv[1], sep="\\t", dtype=str)
i = pandas.read_csv(sys.argv[2], header=None, names=["key"], dtype=str)
i.merge(t, on="key", how="left").to_csv("/dev/null", sep="\\t", index=False)
"""


def make(folder, count):
    """Two mappers in folder/conf.d, and `count` identifiers."""
    draw = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    keys = list({"".join(draw.choices(letters, k=draw.randint(3, 9))) for _ in range(KEYS + 3000)})[:KEYS]
    keys.sort()
    draw.shuffle(keys)
    confs = folder / "conf.d"
    confs.mkdir(parents=True)
    (confs / "many.tsv").write_text("key\tvalue\n" + "".join(f"{k}\t{100000 + i}\n" for i, k in enumerate(keys)))
    (confs / "seed.csv").write_text("key,value,c,d,e,f,g,h,i,j\n" + "".join(
        f"K{i},V{i}," + ",".join(f"cell {draw.randrange(10 ** 6)}" for _ in range(8)) + "\n" for i in range(SEED_ROWS)))
    for name, file in (("many", "many.tsv"), ("seed", "seed.csv")):
        (confs / f"{name}.conf").write_text(CONF.format(name=name, file=file))
    block = "\n".join(draw.choices(keys, k=min(count, 1_000_000))) + "\n"
    with open(folder / "ids", "w") as ids:
        for _ in range(count // 1_000_000 or 1):
            ids.write(block)
    return confs


def processor():
    """Seconds of the processor that ended children took, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def mapping(bench):
    count = 1_000_000 if bench.quick else 10_000_000
    folder = bench.work / "mapping"
    folder.mkdir()
    confs = make(folder, count)
    table, ids = confs / "many.tsv", folder / "ids"
    bench.heading(f"mapping: {count:,} identifiers from standard input, one step over {KEYS:,} keys, all on one core")
    adit = f"{bench.adit} map --no-default-conf --conf-dir {confs} --from many.from --to many.to -q -j 1"
    python = {"python": PYTHON, "duckdb": DUCKDB, "pandas": PANDAS}
    for name, text in python.items():
        (folder / f"{name}_join.py").write_text(text)
    rows = [("adit", f"{adit} < {ids}"), ("adit, three columns", f"{adit} --columns input,target,status < {ids}")]
    if shutil.which("mawk"):
        rows.append(("mawk", f"mawk -F'\\t' '{AWK}' {table} {ids}"))
    rows += [(name, f"{sys.executable} {folder}/{name}_join.py {table} {ids}") for name in python
             if name == "python" or importlib.util.find_spec(name)]
    result = []
    for name, command in rows:
        whole = ["sh", "-c", f"exec taskset -c 0 {command}"]
        runs, before = [], processor()
        for i in range(3 if name.startswith("adit") or not bench.quick else 1):
            runs.append(bench.run(whole, memory=i == 0))
        busy = (processor() - before) / len(runs)
        seconds, peak = statistics.median(r[0] for r in runs), max(r[1] for r in runs)
        result.append({"name": name, "ids_per_second": count / seconds, "seconds": seconds, "processor_seconds": busy, "peak_bytes": peak})
        print(f"    {name:20} {count / seconds / 1e6:8.2f} M ids/s {count / busy / 1e6:8.2f} M a second of the processor"
              f" {peak / 2 ** 20:8.1f} MiB {busy / result[0]['processor_seconds']:8.1f} times", flush=True)
    names = [f"K{i}" for i in (0, 7, 1300, 2000, SEED_ROWS - 1)]
    times = sorted(bench.run([bench.adit, "map", "--no-default-conf", "--conf-dir", str(confs), "--no-snapshot", "--from", "seed.from",
                              "--to", "seed.to", *names])[0] for _ in range(20))
    print(f"    five identifiers over {SEED_ROWS:,} rows of ten columns, whole process, no snapshot: {times[10] * 1000:.1f} ms"
          f" (least {times[0] * 1000:.1f})", flush=True)
    bench.results["mapping"] = {"streams": result, "seed_ms": times[10] * 1000, "seed_ms_least": times[0] * 1000}
