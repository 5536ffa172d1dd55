/* SPDX-License-Identifier: MIT */
/* Reports that are lines of text: for a person, and the Test Anything Protocol (version 13). */
#include <stdio.h>
#include <string.h>

#include "path_text.h"
#include "report.h"

static void add_visible(struct buf *b, const char *text)
{
    (void)path_text_visible(b, text, strlen(text), SIZE_MAX, NULL);
}

static void add_place(struct buf *b, const struct report_file *f, const struct report_finding *x)
{
    add_visible(b, f->path);
    if (x->line)
        buf_addf(b, ":%u", x->line);
    if (x->line && x->column)
        buf_addf(b, ":%u", x->column);
}

static void add_sentence(struct buf *b, const char *text)
{
    add_visible(b, text);
    static const char dots[] = "\u2026"; /* an ellipsis ends it well enough */
    size_t n = strlen(text), m = sizeof dots - 1;
    if (n && text[n - 1] != '.' && (n < m || strcmp(text + n - m, dots) != 0))
        buf_putc(b, '.');
}

/* Do they differ in nothing but their rule? */
static bool says_the_same(const struct report_finding *a, const struct report_finding *b)
{
    return a->severity == b->severity && a->line == b->line && a->column == b->column && strcmp(a->message, b->message) == 0 &&
           strcmp(a->mend, b->mend) == 0 && !a->waived && !b->waived;
}

/* The n-th finding, with the rules of later ones that say the same; nothing where an earlier one said it.
 * What to do comes first; where nothing is to be done but to read, what is wrong does. */
static void add_finding(struct buf *b, const struct report_file *f, size_t n)
{
    const struct report_finding *x = &f->findings[n];
    for (size_t i = 0; i < n; i++)
        if (says_the_same(&f->findings[i], x))
            return;
    add_place(b, f, x);
    buf_addf(b, ": %s: ", x->waived ? "waived" : finding_severity_name(x->severity));
    if (x->waived) {
        add_visible(b, x->message);
        buf_adds(b, "\n    because ");
        add_visible(b, x->waived);
    } else if (x->mend[0]) {
        add_sentence(b, x->mend);
        buf_adds(b, "\n    ");
        add_visible(b, x->message);
    } else {
        add_visible(b, x->message);
    }
    buf_addf(b, " [%s", x->rule);
    for (size_t i = n + 1; i < f->count; i++)
        if (says_the_same(&f->findings[i], x))
            buf_addf(b, ", %s", f->findings[i].rule);
    buf_adds(b, "]\n");
}

static void add_plural(struct buf *b, size_t n, const char *one, const char *many)
{
    buf_addf(b, "%zu %s", n, n == 1 ? one : many);
}

void report_text(const struct report *r, bool werror, struct buf *b)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct report_file *f = &r->files[i];
        for (size_t k = 0; k < f->count; k++)
            add_finding(b, f, k);
        if (!f->has_facts)
            continue;
        add_visible(b, f->path);
        buf_adds(b, ": ");
        report_facts(b, &f->facts);
        buf_putc(b, '\n');
    }
    size_t errors = report_count(r, FINDING_ERROR), warnings = report_count(r, FINDING_WARNING);
    add_plural(b, r->count, "file, ", "files, ");
    add_plural(b, errors, "error, ", "errors, ");
    add_plural(b, warnings, "warning", "warnings");
    buf_adds(b, errors || (werror && warnings) ? ": not accepted\n" : ": accepted\n");
}

/* A YAML string in double quotes: what JSON takes, YAML takes. */
static void add_yaml(struct buf *b, const char *key, const char *text)
{
    buf_addf(b, "    %s: \"", key);
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_putc(b, '\\');
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            buf_addf(b, "\\x%02x", (unsigned)(unsigned char)*p);
        else
            buf_putc(b, *p);
    }
    buf_adds(b, "\"\n");
}

static void add_diagnosis(struct buf *b, const struct report_file *f)
{
    buf_adds(b, "  ---\n  findings:\n");
    for (size_t i = 0; i < f->count; i++) {
        const struct report_finding *x = &f->findings[i];
        buf_addf(b, "  - rule: %s\n    severity: %s\n", x->rule, finding_severity_name(x->severity));
        if (x->line)
            buf_addf(b, "    line: %u\n    column: %u\n", x->line, x->column);
        if (x->has_offset)
            buf_addf(b, "    offset: %llu\n", (unsigned long long)x->offset);
        add_yaml(b, "message", x->message);
        add_yaml(b, "mend", x->mend);
        if (x->waived)
            add_yaml(b, "waived", x->waived);
    }
    buf_adds(b, "  ...\n");
}

void report_tap(const struct report *r, bool werror, struct buf *b)
{
    buf_addf(b, "TAP version 13\n1..%zu\n", r->count);
    for (size_t i = 0; i < r->count; i++) {
        const struct report_file *f = &r->files[i];
        bool bad = report_file_count(f, FINDING_ERROR) || (werror && report_file_count(f, FINDING_WARNING));
        buf_addf(b, "%sok %zu - ", bad ? "not " : "", i + 1);
        struct buf name = BUF_INIT;
        add_visible(&name, f->path);
        for (size_t k = 0; k < name.size; k++) { /* "#" would begin a directive */
            if (name.data[k] == '#')
                buf_putc(b, '\\');
            buf_putc(b, name.data[k]);
        }
        b->failed |= name.failed;
        buf_release(&name);
        buf_putc(b, '\n');
        if (f->count)
            add_diagnosis(b, f);
    }
}
