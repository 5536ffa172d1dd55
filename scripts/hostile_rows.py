# SPDX-License-Identifier: MIT
"""The table of misbehaviours: which plugin does what (tests/hostile), and what adit must make of it. Read by check-hostile.

A row is (group, what happens, module, word, expectation). The expectation is what must be said of the job that misbehaved:

    status      of its part; a set where chance decides
    errno       what the attempt gave the plugin
    reason      text that the part's reason must have
    warning     text that one of its warnings must have
    note        for the reader: what is promised here and what is not
    neighbour   "right" (default), or "any" where an honest plugin in the same domain is promised nothing
    others      "right" (default), or "any": the same module's results on other files
    domain      "shared" with the neighbour (default), or "own"
    isolation   of the .conf
    found       how many times it found what it looked for: a number, or "some"
    check       a function of check-hostile for what else must hold
    formats     also printed in every other format, to be looked at for escapes
    artifacts   artifacts are asked for
    jobs        workers at once
    limits      other lines for [limits]
    time        another [limits] time
    within      seconds that the whole run may take
    series      a method of check-hostile's Series does it
    plain       not under AddressSanitizer, and why
"""


def denied(call, **more):
    return {"status": "denied", "reason": f"called {call}, which plugins may not", **more}


def refused(errno, **more):
    return {"status": "ok", "errno": errno, **more}


def crashed(reason="", **more):
    return {"status": "crashed", "reason": reason, **more}


TIMEOUT = {"status": "timeout", "reason": "took longer than 1000 ms ([limits] time)", "time": "1s"}
NO_MEMORY = {"status": "out-of-memory", "reason": "[limits] memory", "domain": "own"}
PROTOCOL = crashed("broke the protocol")
# Messages and records come by two ways: a message that is read after its job's end was costs the worker and not the job.
MESSAGE = {"status": {"crashed", "ok"}, "reason": "broke the protocol", "note": "ok: its job had ended before the message was read"}
NO_LIMIT = "AddressSanitizer reserves terabytes of address space: there can be no limit on it"
OWN_HEAP = "AddressSanitizer's heap and handlers are not the C library's"

CALLS = [
    ("open a file to read", "open-read", refused("EACCES")),
    ("create a file", "open-write", refused("EACCES")),
    ("open its own memory by /proc", "open-own-memory", refused("EACCES")),
    ("open the host's memory by /proc", "open-host-memory", refused("EACCES")),
    ("open a descriptor again by /proc", "open-descriptor", refused("EACCES")),
    ("open by a guessed handle", "open-by-handle", denied("open_by_handle_at")),
    ("look whether a file is there", "stat-path", refused("EACCES")),
    ("look where a link points", "readlink-path", refused("EACCES")),
    ("look whether a file may be read", "access-path", refused("EACCES")),
    ("write to its input", "write-input", refused("EBADF")),
    ("cut its input short", "truncate-input", denied("ftruncate")),
    ("delete a file", "unlink", denied("unlink")),
    ("connect to a server", "connect", denied("socket")),
    ("connect its own socket", "connect-own-socket", denied("connect")),
    ("bind a socket", "bind", denied("bind")),
    ("ask a name server", "dns", denied("socket")),
    ("send to another address", "send-elsewhere", {**MESSAGE, "note": "the kernel ignores the address: it is a message to the host"}),
    ("run a program", "exec", denied("execve")),
    ("run a program by descriptor", "exec-at", denied("execveat")),
    ("fork", "fork", denied("fork")),
    ("vfork", "vfork", denied("vfork")),
    ("fork as the zygote does", "clone-as-zygote", denied("clone")),
    ("start a thread", "thread", denied("clone")),
    ("start a process the new way", "clone3", refused("ENOSYS")),
    ("fork bomb", "fork-bomb", denied("fork")),
    ("a namespace of its own", "namespace", denied("unshare")),
    ("trace the host", "ptrace-host", denied("ptrace")),
    ("trace its zygote", "ptrace-zygote", denied("ptrace")),
    ("kill the host", "kill-host", denied("kill")),
    ("kill everything", "kill-all", denied("kill")),
    ("kill the host by thread", "tgkill-host", denied("tgkill")),
    ("kill its zygote", "tgkill-zygote", denied("tgkill")),
    ("kill another worker", "tgkill-worker", denied("tgkill")),
    ("queue a signal to the host", "sigqueue-host", denied("rt_sigqueueinfo")),
    ("signal the host by descriptor", "signal-by-descriptor", denied("pidfd_open")),
    ("have the kernel signal the host", "owner-of-signals", refused("ENOSYS")),
    ("read the host's memory", "read-host", denied("process_vm_readv")),
    ("write the host's memory", "write-host", denied("process_vm_writev")),
    ("map memory to execute", "map-executable", refused("EPERM")),
    ("map memory to write and execute", "map-all", refused("EPERM")),
    ("execute its input", "map-input-executable", refused("EPERM")),
    ("make memory executable", "protect-executable", refused("ENOSYS")),
    ("the same with a protection key", "key-executable", refused("ENOSYS")),
    ("have all readable memory executable", "personality", denied("personality")),
    ("a file in memory, to execute", "memory-file", denied("memfd_create")),
    ("raise its own limits", "raise-limit", refused("ENOSYS")),
    ("change the host's limits", "limit-of-host", refused("ENOSYS")),
    ("raise its limits the old way", "old-raise-limit", denied("setrlimit")),
    ("put a filter of its own", "more-filter", refused("EPERM")),
    ("become dumpable", "dumpable", refused("EPERM")),
    ("outlive the host", "outlive-host", refused("EPERM")),
    ("become another user", "become-root", denied("setuid")),
    ("system calls by io_uring", "io-uring", denied("io_uring_setup")),
    ("duplicate a descriptor", "duplicate", denied("dup")),
    ("duplicate one by fcntl", "duplicate-by-fcntl", refused("ENOSYS")),
    ("another architecture's numbers", "other-numbers", {"status": "denied", "reason": "which plugins may not"}),
]

MESSAGES = [
    ("what descriptors it inherits", "inherited",
     {"status": "ok", "check": "descriptors", "domain": "own",
      "note": "promised: /dev/null, its socket, and files of its batch, to read; nothing of the host"}),
    ("close all descriptors", "close-all", {"status": "ok", "errno": 0, "note": "the rest of the batch runs elsewhere"}),
    ("duplicate all descriptors", "duplicate-all", denied("dup2")),
    ("garbage to every descriptor", "garbage", MESSAGE),
    ("a message of 32 MiB", "huge", MESSAGE),
    ("endless messages", "endless", PROTOCOL),
    ("endless messages of the right kind", "doorbells", TIMEOUT),
    ("the zygote's words", "zygotes-words", MESSAGE),
    ("hand the host 10,000 descriptors", "hand-over", MESSAGE),
    ("play the zygote, and fork with its key", "take-over",
     {"status": "denied", "reason": "that adit did not order ran in it", "others": "none", "neighbour": "any",
      "note": "not promised in one domain: the domain is given up; other domains are unharmed"}),
]

RECORDS = [
    ("claim another domain's results", "other-domain",
     {"status": "ok", "note": "its own job had ended by its own word; the claim is refused, and the worker ended"}),
    ("claim other files' results", "other-file",
     {"status": {"ok", "crashed"}, "others": "any", "neighbour": "any",
      "note": "not promised in one batch of one domain; promised with isolation = job, and to other domains"}),
    ("the same, isolated by job", "other-file", {**PROTOCOL, "isolation": "job"}),
    ("claim its neighbour's results", "neighbour",
     {"status": {"ok", "timeout", "crashed"}, "neighbour": "any",
      "note": "not promised in one domain; promised with isolation = plugin, and to other domains"}),
    ("the same, isolated by plugin", "neighbour",
     {"status": "ok", "isolation": "plugin", "note": "there is nothing but its own to claim"}),
    ("a million fields, past the checks", "fields", {"status": "crashed", "reason": "fields that make no sense", "within": 10}),
    ("nesting 100,000 deep, past the checks", "nesting", {"status": "crashed", "reason": "fields that make no sense"}),
    ("a gigabyte of text, past the checks", "gigabyte",
     {"status": {"crashed", "timeout"}, "reason": ""}),
    ("a record of 4 GiB", "long-record", PROTOCOL),
    ("more bytes than there can be", "far-head", PROTOCOL),
    ("a record of no kind", "unknown-record", PROTOCOL),
    ("streams outside of the file", "streams", {"status": "ok", "check": "no_streams"}),
    ("a stream cut short", "short-stream", PROTOCOL),
    ("a million types", "types", {"status": {"ok", "timeout"}, "warning": "is not declared in [produces]"}),
    ("300,000 warnings, past the checks", "warnings", {"status": {"ok", "timeout"}, "warning": "more warnings were left out", "formats": True}),
]

MEMORY = [
    ("read the environment", "environment", {"status": "ok", "found": 0, "check": "environment"}),
    ("another domain's files in its memory", "leftovers", {"status": "ok", "found": 0, "check": None, "needle": "witness", "domain": "own"}),
    ("its domain's earlier files in its memory", "leftovers",
     {"status": "ok", "found": "any", "needle": "domain", "jobs": 1,
      "note": "not promised in one domain: workers are used again"}),
    ("the same, isolated by job", "leftovers", {"status": "ok", "found": 0, "needle": "domain", "jobs": 1, "isolation": "job"}),
    ("write to its neighbour's memory", "neighbour",
     {"status": "ok", "found": "some", "neighbour": "any", "jobs": 1,
      "note": "not promised in one domain; promised to other domains"}),
    ("the same, isolated by plugin", "neighbour", {"status": "ok", "found": 0, "isolation": "plugin", "jobs": 1}),
    ("a handler that waits, then a crash", "handler-waits", TIMEOUT),
    ("a handler that exits well, then a crash", "handler-ends", crashed("ended its process with status 0")),
    ("a handler that jumps back, then a crash", "handler-jumps", {"status": "ok", "errno": 0, "note": "it has survived, and may"}),
    ("take over the lock's signal", "handler-of-the-lock", {"status": "denied", "reason": "which plugins may not",
                                                             "note": "which call it was is not told where its signal is blocked"}),
    ("block every signal and loop", "no-signals", TIMEOUT),
    ("jump out of run()", "jump-out", crashed()),
]

OUTPUT = [
    ("undeclared fields, and another's", "undeclared", {"status": "ok", "warning": "is not declared in [fields]"}),
    ("a million fields", "fields", {"status": "partial", "reason": "limit", "within": 10}),
    ("a text of a gigabyte", "gigabyte", {"status": {"partial", "crashed"}, "reason": ""}),
    ("a gigabyte in a thousand texts", "long-texts", {"status": {"partial", "timeout"}, "reason": ""}),
    ("a gigabyte of results, from 64 files", "long-texts", {"status": "complete", "series": "flood",
                                                            "note": "the host holds others back: less than 256 MiB of it"}),
    ("nesting 100,000 deep", "nesting", {"status": "partial", "reason": "limit"}),
    ("objects without an end", "unended", {"status": "ok", "warning": "was begun and not ended"}),
    ("streams that overlap or lie", "streams", {"status": "ok", "check": "streams_overlap"}),
    ("streams that recur", "again", {"status": "ok", "check": "stream_limit", "many": True}),
    ("100,000 streams", "many-streams", {"status": "ok", "check": "stream_limit"}),
    ("a stream of a gigabyte", "large-stream", {"status": "ok", "check": "stream_truncated"}),
    ("artifacts named ../../x and /etc/x", "artifact-names", {"status": "ok", "artifacts": True, "check": "artifact_names", "formats": True}),
    ("100,000 artifacts", "many-artifacts", {"status": "partial", "reason": "limit", "artifacts": True, "check": "artifact_count",
                                             "limits": "artifacts = 50"}),
    ("an artifact of a gigabyte", "large-artifact", {"status": "partial", "reason": "limit", "artifacts": True, "check": "artifact_size",
                                                     "limits": "artifact = 1M"}),
    ("streams without a name, artifacts alike", "nameless", {"status": "ok", "artifacts": True, "check": "nameless"}),
    ("escapes and no UTF-8 in every string", "nasty", {"status": "malformed", "artifacts": True, "formats": True, "check": "nasty"}),
    ("300,000 warnings", "many-warnings", {"status": {"ok", "timeout"}, "warning": "more warnings were left out", "formats": True}),
]

MISFORTUNES = [
    ("null dereference", "null", crashed("Segmentation fault")),
    ("stack overflow", "stack", crashed("Segmentation fault")),
    ("abort", "abort", crashed("Aborted")),
    ("double free", "double-free", crashed("Aborted")),
    ("endless loop", "loop", TIMEOUT),
    ("endless loop with progress calls", "busy-loop", TIMEOUT),
    ("sleep", "sleep", TIMEOUT),
    ("allocation of everything", "everything", {**NO_MEMORY, "plain": NO_LIMIT}),
    ("the same, unchecked", "unchecked", {**NO_MEMORY, "plain": NO_LIMIT}),
    ("slow leak", "leak", {"status": {"ok", "out-of-memory"}, "others": "ok or out-of-memory", "domain": "own", "many": True, "jobs": 1,
                           "check": "leak_was_told", "plain": NO_LIMIT}),
    ("exit", "exit", crashed("ended its process with status 0")),
    ("exit of the thread", "thread-exit", crashed("ended its process with status 0")),
    ("throw", "throw", crashed("Aborted")),
    ("corrupt heap found later", "corrupt",
     {"status": {"ok", "crashed"}, "neighbour": "any", "others": "any",
      "note": "whose job finds out is not promised in one domain; that it costs one job is", "plain": OWN_HEAP}),
    ("the same, isolated by job", "corrupt", {"status": {"ok", "crashed"}, "isolation": "job", "plain": OWN_HEAP}),
    ("a status that is none", "strange", {"status": "failed", "reason": "a number that is no status"}),
    ("crash in open()", "open-null", {"status": {"crashed", "quarantined"}, "reason": "its open()", "others": "none"}),
    ("abort in open()", "open-abort", {"status": {"crashed", "quarantined"}, "reason": "its open()", "others": "none"}),
    ("exit in open()", "open-exit", {"status": {"crashed", "quarantined"}, "reason": "its open()", "others": "none"}),
    ("hang in open(), asleep", "open-sleep", {"status": {"timeout", "quarantined"}, "reason": "its open()", "others": "none"}),
    ("hang in open(), busy", "open-loop", {"status": {"timeout", "quarantined"}, "reason": "its open()", "others": "none"}),
    ("allocation of everything in open()", "open-everything",
     {"status": "failed", "reason": "open() gave failed", "others": "none", "plain": NO_LIMIT,
      "note": "the others of its domain are loaded into a fresh zygote"}),
    ("fork bomb in open()", "open-fork-bomb", {"status": "denied", "reason": "its open()", "others": "none"}),
    ("connect in open()", "open-socket", {"status": "denied", "reason": "its open()", "others": "none"}),
    ("open() fails, with escapes", "open-fails", {"status": "failed", "reason": "open() gave failed: the table is", "others": "none",
                                                  "formats": True}),
    ("crash in close()", "close-null", {"status": "ok", "errno": 0, "note": "all its jobs are done by then"}),
    ("hang in close()", "close-sleep", {"status": "ok", "errno": 0, "note": "ended after 10 ms"}),
    ("nondeterminism", "random", {"status": "ok", "check": "found_by_validation",
                                  "note": "not seen by extract; found by adit validate --run"}),
]

QUARANTINE = [
    ("three files in one run", "in_one_run", {"status": "quarantined"}),
    ("three files in three runs", "across_runs", {"status": "quarantined"}),
    ("hangs count as crashes do", "hangs", {"status": "quarantined", "time": "300ms"}),
    ("one bad file, again and again", "one_file", {"status": "crashed"}),
    ("shown by plugins list and explain", "shown", {"status": "quarantined"}),
    ("released by hand", "released", {"status": "crashed"}),
    ("released by a new digest", "new_digest", {"status": "crashed"}),
]

ROWS = [("malice", text, module, word, expectation)
        for module, rows in (("malice_calls", CALLS), ("malice_messages", MESSAGES), ("malice_records", RECORDS),
                             ("malice_memory", MEMORY), ("malice_output", OUTPUT))
        for text, word, expectation in rows] + [
            ("misfortune", text, "misfortune", word, expectation) for text, word, expectation in MISFORTUNES] + [
                ("quarantine", text, "misfortune", word, expectation) for text, word, expectation in QUARANTINE]
