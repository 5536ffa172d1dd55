/* SPDX-License-Identifier: MIT */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

__attribute__((format(printf, 2, 0)))
static char *format(struct arena *a, const char *fmt, va_list ap)
{
    char text[1024];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    char *out = NULL;
    if (n >= 0 && (size_t)n < sizeof text) {
        out = arena_strndup(a, text, (size_t)n);
    } else if (n >= 0) {
        out = arena_alloc(a, (size_t)n + 1);
        if (out)
            (void)vsnprintf(out, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return out;
}

bool findings_add(struct findings *f, enum finding_severity severity, const char *rule, const char *file, uint32_t line,
                  uint32_t column, const char *mend, const char *message_fmt, ...)
{
    va_list ap;
    va_start(ap, message_fmt);
    const char *message = format(&f->arena, message_fmt, ap);
    va_end(ap);
    struct finding item = {
        .severity = severity,
        .rule = arena_strdup(&f->arena, rule),
        .file = arena_strdup(&f->arena, file),
        .line = line,
        .column = column,
        .message = message,
        .mend = arena_strdup(&f->arena, mend ? mend : ""),
    };
    if (!item.message || !item.rule || !item.file || !item.mend)
        return false;
    return vec_push(f, item);
}

size_t findings_errors(const struct findings *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->items[i].severity == FINDING_ERROR;
    return n;
}

static int compare(const struct finding *a, const struct finding *b)
{
    int by_file = strcmp(a->file, b->file);
    if (by_file)
        return by_file;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return 0;
}

/* Insertion keeps equal ones in order; there are few, and those of one file arrive in order. */
void findings_sort(struct findings *f)
{
    for (size_t i = 1; i < f->count; i++) {
        struct finding item = f->items[i];
        size_t at = i;
        while (at > 0 && compare(&f->items[at - 1], &item) > 0) {
            f->items[at] = f->items[at - 1];
            at--;
        }
        f->items[at] = item;
    }
}

void findings_release(struct findings *f)
{
    free(f->items);
    arena_release(&f->arena);
    *f = (struct findings){0};
}

const char *finding_severity_name(enum finding_severity severity)
{
    switch (severity) {
    case FINDING_ERROR: return "error";
    case FINDING_WARNING: return "warning";
    case FINDING_NOTE: return "note";
    }
    return "error";
}
