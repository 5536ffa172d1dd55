/* SPDX-License-Identifier: MIT */
/* The artifacts that workers tell of: where each goes, and how many and how large they may be. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine_impl.h"
#include "taken.h"

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

/* What is open is not kept. */
static void give_up(struct source *s)
{
    artifact_free(s->artifact);
    s->artifact = NULL;
    if (s->spooling)
        spool_abort(s->spool);
    s->spooling = false;
}

void record_artifact_cut(struct source *s)
{
    give_up(s);
}

static void leave_out(struct source *s, const struct plugin *p, const struct err *e)
{
    source_warn(s, source_job(s, p->index), e->text, strlen(e->text));
    give_up(s);
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
    struct job_state *j = source_job(s, p->index);
    struct buf folder = BUF_INIT;
    artifact_folder(s, p->conf.name, &folder);
    if (folder.failed)
        (void)err_set(e, -ENOMEM, "out of memory");
    else if (g->shards && (s->spool || spool_open(shards_folder(g->shards), &s->spool, e) == 0))
        s->spooling = spool_begin(s->spool, p->index, folder.data, folder.size, name, head->name_size, s->file->root.result.name,
                                  s->file->root.result.name_size, e) == 0;
    else if (g->artifacts)
        (void)artifact_begin(g->artifacts, folder.data, folder.size, name, head->name_size, j ? &j->taken : NULL,
                             &s->artifact, e);
    buf_release(&folder);
}

void record_artifact(struct engine *g, struct source *s, const struct plugin *p, const uint8_t *payload)
{
    struct wire_stream head;
    struct err e = {0};
    memcpy(&head, payload, sizeof head);
    if (!g->artifacts && !g->shards)
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

void record_artifact_data(struct engine *g, struct source *s, const struct plugin *p, const uint8_t *data, size_t n)
{
    struct err e = {0};
    struct artifact_count *c = count_of(s->file, p->index);
    struct job_state *j = source_job(s, p->index);
    if (!c)
        (void)err_set(&e, -ENOMEM, "out of memory");
    else if (n > p->conf.artifact_bytes - c->bytes)
        limit_reached(s, p, &e);
    else if (s->spooling)
        (void)spool_write(s->spool, data, n, &e);
    else
        (void)artifact_write(s->artifact, data, n, &e);
    if (e.code) {
        leave_out(s, p, &e);
        return;
    }
    c->bytes += n;
    g->stats.artifact_bytes += n;
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
    map_release(&j->taken);
    give_up(s);
    if (s->spool)
        spool_forget(s->spool, p->index);
}

/* Names what was written in the result; artifacts in shards are named there. */
static bool name_artifact(struct source *s, struct job_state *j, const char *path)
{
    struct arena *a = &s->file->arena;
    char *copy = arena_strdup(a, path);
    if (copy && j->part.artifact_count == j->artifact_room) {
        size_t room = j->artifact_room ? j->artifact_room * 2 : 16;
        const char **list = arena_array(a, room, sizeof *list);
        if (!list)
            return false;
        if (j->part.artifact_count)
            memcpy(list, j->part.artifacts, j->part.artifact_count * sizeof *list);
        j->part.artifacts = list;
        j->artifact_room = room;
    }
    if (copy)
        j->part.artifacts[j->part.artifact_count++] = copy;
    return copy && taken_add(&j->taken, copy, strlen(copy));
}

void record_artifact_close(struct engine *g, struct source *s, const struct plugin *p, uint8_t flags)
{
    struct err e = {0};
    const char *path;
    struct job_state *j = source_job(s, p->index);
    if (flags & ADIT_STREAM_TRUNCATED)
        (void)err_set(&e, -EDQUOT, "an artifact was left out: it was not written to its end");
    if (!e.code && s->spooling) {
        s->spooling = false;
        (void)spool_commit(s->spool, &e);
    } else if (!e.code && artifact_commit(s->artifact, &path, &e) == 0 && j && !name_artifact(s, j, path)) {
        engine_no_memory(g);
    }
    if (e.code || !j) {
        leave_out(s, p, &e);
        return;
    }
    g->stats.artifacts++;
    artifact_free(s->artifact);
    s->artifact = NULL;
}
