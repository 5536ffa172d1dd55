/* SPDX-License-Identifier: MIT */
/* What became of one source: its type, every plugin's part, and the streams found in it, each a result of its own. What the
 * engine collects, the cache keeps, and the printers print. */
#ifndef HOST_RESULT_H
#define HOST_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "registry.h"

enum part_status {
    PART_OK = 0,
    PART_DECLINED,
    PART_MALFORMED,
    PART_UNSUPPORTED,
    PART_FAILED,
    PART_PARTIAL, /* emitted something, then a bound of the job was reached */
    PART_TIMEOUT,
    PART_CRASHED,
    PART_OUT_OF_MEMORY,
    PART_DENIED,
    PART_QUARANTINED,
    PART_MISSING_DEPENDENCY,
    PART_CANCELLED,
    PART_STATUS_COUNT
};
/* "ok", "declined", …, "out-of-memory", "missing-dependency": stable, for output and tests. */
const char *part_status_name(enum part_status status);
/* Does this outcome depend on the file alone, so that it may be cached? */
bool part_status_is_cacheable(enum part_status status);
/* Is it worth exit status 1? (declined and unsupported are not) */
bool part_status_is_failure(enum part_status status);

struct part {
    const char *plugin; /* its name; interned or in the result's arena */
    const char *version;
    enum part_status status;
    const char *reason;       /* one line, "" where the status says it all */
    const char **warnings;
    size_t warning_count;
    const unsigned char *fields; /* canonical (fields.h) */
    size_t fields_size;
    const char **artifacts;   /* relative names of what was written under --artifacts */
    size_t artifact_count;
    unsigned char fingerprint[32]; /* of the plugin that produced it: registry_fingerprint */
    bool produced_streams;
};

/* A companion file that was looked for: part of what the result depends on. */
struct dependency { const char *path; struct stamp stamp; };

enum result_error { RESULT_READ = 0, RESULT_UNREADABLE, RESULT_NOT_REGULAR, RESULT_VANISHED, RESULT_CHANGED };

struct result {
    /* A file's path as given or walked (any bytes but NUL); a stream's name (any bytes). */
    const char *name;
    size_t name_size;
    const char *media;         /* after refining; "" when it could not be read */
    const char *detected;      /* before refining */
    uint64_t size;
    int64_t mtime_ns;          /* of files */
    enum result_error error;
    const char *error_text;    /* "" or one line: "Permission denied" */
    bool truncated;            /* of streams: content goes on beyond `size` */
    bool from_cache;
    const char *source_plugin; /* of streams: which plugin found it; "" for files */
    uint64_t offset;           /* of streams that are ranges of their parent; UINT64_MAX otherwise */
    const char *limit;         /* "" or which bound stopped recursion here: "stream depth 8", "1000 streams", … */
    struct part *parts;        /* in the order of the plan */
    size_t part_count;
    struct result *streams;    /* in the order found */
    size_t stream_count;
    struct dependency *dependencies;
    size_t dependency_count;
};

/* A deep copy into `arena`; NULL when memory is short. */
struct result *result_dup(struct arena *arena, const struct result *r);
/* The worst exit status that this result and its streams ask for: 0 or 1. */
int result_exit_status(const struct result *r);
/* Where that is 1: adds which of them it was, for a person: "nosuch.jpg: No such file or directory". */
void result_put_failure(const struct result *r, struct buf *out);

#endif
