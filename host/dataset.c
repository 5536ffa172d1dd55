/* SPDX-License-Identifier: MIT */
#include "dataset.h"

#include <errno.h>
#include <string.h>

#include "digest.h"

static bool makes_artifacts(const struct engine *g, const struct part *part)
{
    const struct plugin *p = registry_find(g->options.registry, part->plugin);
    return p && p->conf.artifacts;
}

bool dataset_concerns(const struct engine *g, const struct result *r)
{
    for (size_t i = 0; i < r->part_count; i++)
        if (makes_artifacts(g, &r->parts[i]))
            return true;
    for (size_t i = 0; i < r->stream_count; i++)
        if (dataset_concerns(g, &r->streams[i]))
            return true;
    return false;
}

static void add_stamp(struct digest *d, const struct stamp *s)
{
    const uint64_t values[] = {s->exists, s->device, s->inode, s->size, (uint64_t)s->mtime_ns, (uint64_t)s->ctime_ns};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        digest_add_u64(d, values[i]);
}

static void add_parts(const struct engine *g, struct digest *d, const struct result *r)
{
    for (size_t i = 0; i < r->part_count; i++)
        if (makes_artifacts(g, &r->parts[i])) {
            digest_add_text(d, r->parts[i].plugin);
            digest_add(d, r->parts[i].fingerprint, sizeof r->parts[i].fingerprint);
        }
    digest_add_u64(d, r->stream_count);
    for (size_t i = 0; i < r->stream_count; i++)
        add_parts(g, d, &r->streams[i]);
}

void dataset_identity(const struct engine *g, const struct file *f, const struct result *r, unsigned char out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_add_u64(&d, f->root.result.name_size);
    digest_add(&d, f->root.result.name, f->root.result.name_size);
    add_stamp(&d, &f->stamp);
    digest_add_u64(&d, r->dependency_count);
    for (size_t i = 0; i < r->dependency_count; i++) {
        digest_add_text(&d, r->dependencies[i].path);
        add_stamp(&d, &r->dependencies[i].stamp);
    }
    add_parts(g, &d, r);
    digest_finish(&d, out);
}

static size_t count_sources(const struct source *s)
{
    size_t n = 1;
    for (const struct source *c = s->first; c; c = c->next)
        n += count_sources(c);
    return n;
}

/* In the order of the result: a source before its streams. */
static int collect(struct source *s, struct spool **list, size_t *n, struct err *e)
{
    int error = s->spool ? spool_finish(s->spool, e) : 0;
    if (s->spool && !s->discarded)
        list[(*n)++] = s->spool;
    for (struct source *c = s->first; c && !error; c = c->next)
        if (!c->discarded)
            error = collect(c, list, n, e);
    return error;
}

int dataset_add(struct engine *g, struct file *f, struct err *e)
{
    unsigned char identity[DIGEST_SIZE];
    const struct result *r = &f->root.result;
    if (r->error != RESULT_READ || !dataset_concerns(g, r))
        return 0;
    bool known = g->options.cache && (f->keep || r->from_cache);
    dataset_identity(g, f, r, identity);
    if (r->from_cache)
        return shards_add(g->shards, identity, NULL, 0, e);
    size_t n = 0;
    struct spool **list = arena_array(&f->arena, count_sources(&f->root), sizeof *list);
    if (!list)
        return err_set(e, -ENOMEM, "out of memory");
    int error = collect(&f->root, list, &n, e);
    static struct spool *const none[1] = {NULL};
    return error ? error : shards_add(g->shards, known ? identity : NULL, n > 0 ? list : none, n > 0 ? n : 1, e);
}

void dataset_forget(struct source *s)
{
    spool_free(s->spool);
    s->spool = NULL;
    for (struct source *c = s->first; c; c = c->next)
        dataset_forget(c);
}
