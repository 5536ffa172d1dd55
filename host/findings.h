/* SPDX-License-Identifier: MIT */
/* What is wrong with .conf files and with the graph they make: all of it, gathered to be printed by a command. */
#ifndef HOST_FINDINGS_H
#define HOST_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum finding_severity { FINDING_ERROR = 1, FINDING_WARNING, FINDING_NOTE };

/* One thing wrong with a .conf or a graph. Strings live in the findings' arena. */
struct finding {
    enum finding_severity severity;
    const char *rule;      /* "conf.key.unknown", "conf.magic.hex", "graph.cycle", …: stable */
    const char *file;
    uint32_t line, column; /* 1-based, columns in bytes; 0: does not apply */
    const char *message;   /* one line: what is wrong, expected, found */
    const char *mend;      /* one line: what to do; "" where obvious */
};

/* Zero-initialise. */
struct findings {
    struct finding *items;
    size_t count, capacity;
    struct arena arena;
};

/* Appends; copies the strings. False when memory is short. */
bool findings_add(struct findings *f, enum finding_severity severity, const char *rule, const char *file, uint32_t line,
                  uint32_t column, const char *mend, const char *message_fmt, ...) __attribute__((format(printf, 8, 9)));
size_t findings_errors(const struct findings *f);

/* Puts the findings in the order of files, lines and columns; equal ones stay as they were added. */
void findings_sort(struct findings *f);
void findings_release(struct findings *f);

/* "error", "warning", "note". */
const char *finding_severity_name(enum finding_severity severity);

#endif
