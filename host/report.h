/* SPDX-License-Identifier: MIT */
/* What validation found, file by file, and the formats in which it is told: text for a person, JSON, SARIF 2.1.0,
 * JUnit's XML, and the Test Anything Protocol. Strings are copied into the report. [command] */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "findings.h"
#include "validate.h"

#define REPORT_SCHEMA 1 /* of the JSON: members are only added */

enum report_kind { REPORT_MODULE = 1, REPORT_LIBRARY, REPORT_CONF, REPORT_RESOURCE };

struct report_finding {
    enum finding_severity severity;
    const char *rule, *message, *mend;
    uint32_t line, column; /* of a .conf or a resource, 1-based; 0: none */
    uint64_t offset;       /* of a module, in bytes */
    bool has_offset;
    const char *waived; /* the reason; NULL: not waived */
};

struct report_file {
    const char *path;
    enum report_kind kind;
    const char *conf; /* of a module: the .conf that it was checked with; NULL: none */
    bool has_facts;
    struct vmodule_info facts; /* of a module; soname and needed are not kept */
    struct report_finding *findings;
    size_t count, capacity;
};

/* Zero-initialise. */
struct report {
    struct arena arena;
    struct report_file *files;
    size_t count, capacity;
    bool failed; /* memory was short: the report is not whole */
};

/* The file of that path and kind, made where it is not there yet. NULL: memory is short. Valid until the next is
 * made. */
struct report_file *report_file(struct report *r, const char *path, enum report_kind kind);
/* Appends unless an equal one is there. */
void report_add(struct report *r, struct report_file *f, const struct report_finding *finding);
/* Puts the files in the order of their paths, and in each the errors first, then the warnings. */
void report_sort(struct report *r);
size_t report_count(const struct report *r, enum finding_severity severity);
size_t report_file_count(const struct report_file *f, enum finding_severity severity);
/* Forgets notes and facts: what is left is wrong. */
void report_keep_wrong(struct report *r);
void report_release(struct report *r);

/* "stack protector, FORTIFY, …" of a module, one line; empty where nothing is known. */
void report_facts(struct buf *b, const struct vmodule_info *facts);

/* `werror`: warnings count as failures. */
void report_text(const struct report *r, bool werror, struct buf *out);
void report_json(const struct report *r, bool werror, struct buf *out);
void report_sarif(const struct report *r, bool werror, struct buf *out);
void report_junit(const struct report *r, bool werror, struct buf *out);
void report_tap(const struct report *r, bool werror, struct buf *out);

#endif
