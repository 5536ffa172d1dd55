/* SPDX-License-Identifier: MIT */
/* The artifacts that workers tell of: where each goes, and how many and how large they may be. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine_impl.h"

/* What this plugin has made of the file; NULL: memory is short. */
static struct artifact_count *count_of(struct file *f, uint32_t plugin)
{
    struct artifact_count *c = f->artifacts;
    while (c && c->plugin != plugin)
        c = c->next;
    if (!c && (c = arena_alloc(&f->arena, sizeof *c)) != NULL) {
        *c = (struct artifact_count){.plugin = plugin, .next = f->artifacts};
        f->artifacts = c;
    }
    return c;
}

static void leave_out(struct source *s, const struct plugin *p, const struct err *e)
{
    source_warn(s, source_job(s, p->index), e->text, strlen(e->text));
    artifact_free(s->artifact);
    s->artifact = NULL;
    s->file->keep = false;
}

static void limit_reached(struct source *s, const struct plugin *p, struct err *e)
{
    struct job_state *j = source_job(s, p->index);
    if (j)
        j->artifact_limit = true;
    (void)err_set(e, -EDQUOT, "an artifact was left out: of one file a plugin keeps at most %u, and %llu KiB of them together "
                  "([limits] artifacts, artifact)", p->conf.artifact_most, (unsigned long long)(p->conf.artifact_bytes >> 10));
}

static bool same_name(const struct source *a, const struct source *b)
{
    return a->result.name_size == b->result.name_size && memcmp(a->result.name, b->result.name, a->result.name_size) == 0;
}

/* A stream's part of the path: its name; where it has none, or another found before it has the same, with its number. */
static void add_stream(const struct source *s, struct buf *out)
{
    size_t number = 1, namesakes = 0;
    for (const struct source *c = s->parent ? s->parent->first : s; c != s; c = c->next) {
        number++;
        namesakes += same_name(c, s);
    }
    if (s->parent && s->result.name_size == 0)
        buf_addf(out, "stream-%zu", number);
    buf_add(out, s->result.name, s->result.name_size);
    if (namesakes > 0 && s->result.name_size > 0)
        buf_addf(out, "~%zu", namesakes + 1);
}

/* Where a source's artifacts of a plugin go: FILE/STREAM/…/PLUGIN, so that no two of them meet. */
static void artifact_folder(const struct source *s, const char *plugin, struct buf *out)
{
    const struct source *chain[MAX_DEPTH + 2];
    size_t n = 0;
    for (; s && n < sizeof chain / sizeof *chain; s = s->parent)
        chain[n++] = s;
    while (n-- > 0) {
        add_stream(chain[n], out);
        buf_putc(out, '/');
    }
    buf_adds(out, plugin);
}

static void begin(struct engine *g, struct source *s, const struct plugin *p, const struct wire_stream *head, const char *name,
                  struct err *e)
{
    const struct job_state *j = source_job(s, p->index);
    struct buf folder = BUF_INIT;
    artifact_folder(s, p->conf.name, &folder);
    if (folder.failed)
        (void)err_set(e, -ENOMEM, "out of memory");
    else
        (void)artifact_begin(g->artifacts, folder.data, folder.size, name, head->name_size, j ? j->part.artifacts : NULL,
                             j ? j->part.artifact_count : 0, &s->artifact, e);
    buf_release(&folder);
}

void record_artifact(struct engine *g, struct source *s, const struct plugin *p, const uint8_t *payload)
{
    struct wire_stream head;
    struct err e = {0};
    memcpy(&head, payload, sizeof head);
    if (!g->artifacts)
        return;
    struct artifact_count *c = count_of(s->file, p->index);
    struct job_state *j = source_job(s, p->index);
    if (!p->conf.artifacts)
        (void)err_set(&e, -EINVAL, "an artifact was left out: [produces] does not declare artifact = yes");
    else if (!c)
        (void)err_set(&e, -ENOMEM, "out of memory");
    else if (c->count == p->conf.artifact_most)
        limit_reached(s, p, &e);
    else
        begin(g, s, p, &head, (const char *)payload + sizeof head, &e);
    if (e.code) {
        leave_out(s, p, &e);
        return;
    }
    c->count++;
    if (j)
        j->artifacts++;
}

void record_artifact_data(struct source *s, const struct plugin *p, const uint8_t *data, size_t n)
{
    struct err e = {0};
    struct artifact_count *c = count_of(s->file, p->index);
    struct job_state *j = source_job(s, p->index);
    if (!c)
        (void)err_set(&e, -ENOMEM, "out of memory");
    else if (n > p->conf.artifact_bytes - c->bytes)
        limit_reached(s, p, &e);
    else
        (void)artifact_write(s->artifact, data, n, &e);
    if (e.code) {
        leave_out(s, p, &e);
        return;
    }
    c->bytes += n;
    if (j)
        j->artifact_bytes += n;
}

void record_artifact_again(struct source *s, const struct plugin *p)
{
    struct artifact_count *c = count_of(s->file, p->index);
    struct job_state *j = source_job(s, p->index);
    if (!c || !j)
        return;
    c->count -= j->artifacts;
    c->bytes -= j->artifact_bytes;
    j->artifacts = j->artifact_bytes = 0;
    j->artifact_limit = false;
    j->part.artifact_count = 0;
    artifact_free(s->artifact);
    s->artifact = NULL;
}

void record_artifact_close(struct engine *g, struct source *s, const struct plugin *p, uint8_t flags)
{
    struct err e = {0};
    const char *path;
    struct job_state *j = source_job(s, p->index);
    if (flags & ADIT_STREAM_TRUNCATED)
        (void)err_set(&e, -EDQUOT, "an artifact was left out: it was not written to its end");
    if (e.code || !j || artifact_commit(s->artifact, &path, &e) != 0) {
        leave_out(s, p, &e);
        return;
    }
    struct arena *a = &s->file->arena;
    const char **list = arena_array(a, j->part.artifact_count + 1, sizeof *list);
    char *copy = arena_strdup(a, path);
    if (!list || !copy) {
        engine_no_memory(g);
    } else {
        if (j->part.artifact_count)
            memcpy(list, j->part.artifacts, j->part.artifact_count * sizeof *list);
        list[j->part.artifact_count++] = copy;
        j->part.artifacts = list;
    }
    artifact_free(s->artifact);
    s->artifact = NULL;
}
