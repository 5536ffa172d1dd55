/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

struct report_file *report_file(struct report *r, const char *path, enum report_kind kind)
{
    for (size_t i = r->count; i-- > 0;)
        if (r->files[i].kind == kind && strcmp(r->files[i].path, path) == 0)
            return &r->files[i];
    struct report_file f = {.path = arena_strdup(&r->arena, path), .kind = kind};
    if (!f.path || !vec_grow(&r->files, &r->capacity, r->count + 1, sizeof *r->files)) {
        r->failed = true;
        return NULL;
    }
    r->files[r->count] = f;
    return &r->files[r->count++];
}

static bool equal(const struct report_finding *a, const struct report_finding *b)
{
    return a->severity == b->severity && a->line == b->line && a->column == b->column && a->offset == b->offset &&
           strcmp(a->rule, b->rule) == 0 && strcmp(a->message, b->message) == 0;
}

void report_add(struct report *r, struct report_file *f, const struct report_finding *finding)
{
    for (size_t i = 0; i < f->count; i++)
        if (equal(&f->findings[i], finding))
            return;
    struct report_finding copy = *finding;
    copy.rule = arena_strdup(&r->arena, finding->rule);
    copy.message = arena_strdup(&r->arena, finding->message);
    copy.mend = arena_strdup(&r->arena, finding->mend);
    copy.waived = finding->waived ? arena_strdup(&r->arena, finding->waived) : NULL;
    bool room = vec_grow(&f->findings, &f->capacity, f->count + 1, sizeof *f->findings);
    if (!copy.rule || !copy.message || !copy.mend || (finding->waived && !copy.waived) || !room) {
        r->failed = true;
        return;
    }
    f->findings[f->count++] = copy;
}

static int compare_files(const void *a, const void *b)
{
    const struct report_file *x = a, *y = b;
    int by_path = strcmp(x->path, y->path);
    return by_path ? by_path : (int)x->kind - (int)y->kind;
}

/* Insertion: there are few, and those of one severity stay in the order of the checks. */
static void sort_findings(struct report_file *f)
{
    for (size_t i = 1; i < f->count; i++) {
        struct report_finding one = f->findings[i];
        size_t k = i;
        for (; k > 0 && f->findings[k - 1].severity > one.severity; k--)
            f->findings[k] = f->findings[k - 1];
        f->findings[k] = one;
    }
}

void report_sort(struct report *r)
{
    if (r->count)
        qsort(r->files, r->count, sizeof *r->files, compare_files);
    for (size_t i = 0; i < r->count; i++)
        sort_findings(&r->files[i]);
}

size_t report_file_count(const struct report_file *f, enum finding_severity severity)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->findings[i].severity == severity;
    return n;
}

size_t report_count(const struct report *r, enum finding_severity severity)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += report_file_count(&r->files[i], severity);
    return n;
}

void report_keep_wrong(struct report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct report_file *f = &r->files[i];
        size_t kept = 0;
        for (size_t k = 0; k < f->count; k++)
            if (f->findings[k].severity != FINDING_NOTE && !f->findings[k].waived)
                f->findings[kept++] = f->findings[k];
        f->count = kept;
        f->has_facts = false;
    }
}

void report_release(struct report *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->files[i].findings);
    free(r->files);
    arena_release(&r->arena);
    memset(r, 0, sizeof *r);
}

void report_facts(struct buf *b, const struct vmodule_info *facts)
{
#if defined(__x86_64__)
    static const char branch[] = "IBT", back[] = "SHSTK";
#else
    static const char branch[] = "BTI", back[] = "PAC";
#endif
    const struct {
        bool there;
        const char *name;
    } list[] = {{facts->stack_protector, "stack protector"},
                {facts->fortify, "FORTIFY"},
                {facts->bind_now, "BIND_NOW"},
                {facts->relro, "RELRO"},
                {facts->branch_protection, branch},
                {facts->return_protection, back},
                {facts->tls, "thread-local storage"},
                {facts->has_constructors, "constructors"}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        buf_addf(b, "%s%s%s", i ? ", " : "", list[i].there ? "" : "no ", list[i].name);
    buf_adds(b, facts->build_id_size ? ", build-id " : ", no build-id");
    for (size_t i = 0; i < facts->build_id_size; i++)
        buf_addf(b, "%02x", facts->build_id[i]);
    buf_addf(b, ", %llu bytes (%llu in memory)", (unsigned long long)facts->file_size,
             (unsigned long long)facts->memory_size);
}
