/* SPDX-License-Identifier: MIT */
#include "map_way.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"

const char *map_predicates_joined(const char *a, const char *b)
{
    static const char exact[] = "skos:exactMatch";
    if (strcmp(a, exact) == 0)
        return b;
    if (strcmp(b, exact) == 0)
        return a;
    bool steady = strcmp(a, "skos:broadMatch") == 0 || strcmp(a, "skos:narrowMatch") == 0;
    return steady && strcmp(a, b) == 0 ? a : "skos:relatedMatch";
}

static int add_file(struct digest *d, const char *path, struct err *e)
{
    enum { BLOCK = 256 * 1024 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *block = malloc(BLOCK);
    ssize_t n = fd < 0 ? -1 : 0;
    int rc = !block ? err_set(e, -ENOMEM, "out of memory") : fd < 0 ? err_errno(e, "%s", path) : 0;
    while (rc == 0 && ((n = read(fd, block, BLOCK)) > 0 || (n < 0 && errno == EINTR)))
        digest_add(d, block, n > 0 ? (size_t)n : 0);
    if (rc == 0 && n < 0)
        rc = err_errno(e, "%s", path);
    free(block);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* SHA-256 of a plugin's resource, or of all of them one behind the other; nothing where there are none. */
static int put_digest(struct buf *b, const struct plugin *p, struct err *e)
{
    unsigned char raw[DIGEST_SIZE];
    struct digest d;
    int rc = 0;
    digest_init(&d);
    for (size_t i = 0; i < p->conf.resource_count && rc == 0; i++)
        rc = add_file(&d, p->resource_paths[i], e);
    digest_finish(&d, raw);
    for (size_t i = 0; rc == 0 && p->conf.resource_count > 0 && i < sizeof raw; i++)
        buf_addf(b, "%02x", raw[i]);
    return rc;
}

int map_way_of(const struct registry *r, const struct map_path *path, bool with_digest, struct arena *arena,
               struct map_way *out, struct err *e)
{
    struct buf name = BUF_INIT, source = BUF_INIT, digest = BUF_INIT;
    const char *predicate = "skos:exactMatch";
    int rc = 0;
    for (size_t i = 0; i < path->count && rc == 0; i++) {
        const struct map_edge *edge = path->steps[i];
        const struct plugin *p = &r->plugins[edge->plugin];
        buf_addf(&name, "%s%s%s", i ? ">" : "", edge->backward ? "~" : "", p->conf.name);
        buf_addf(&source, "%s%s", i ? "+" : "", p->conf.name);
        buf_adds(&digest, i && with_digest ? ">" : "");
        predicate = map_predicates_joined(predicate, edge->backward ? p->conf.map.inverse : p->conf.map.predicate);
        if (with_digest)
            rc = put_digest(&digest, p, e);
    }
    if (rc == 0 && (name.failed || source.failed || digest.failed))
        rc = err_set(e, -ENOMEM, "out of memory");
    if (digest.size + 1 == path->count) /* nothing but what stands between */
        buf_reset(&digest);
    *out = (struct map_way){
        .name = arena_strdup(arena, buf_cstr(&name)),
        .hops = path->count,
        .predicate = predicate,
        .justification = path->count > 1            ? "semapv:MappingChaining"
                         : path->steps[0]->backward ? "semapv:MappingInversion"
                                                    : "semapv:UnspecifiedMatching",
        .source = arena_strdup(arena, buf_cstr(&source)),
        .digest = arena_strdup(arena, with_digest ? buf_cstr(&digest) : ""),
    };
    if (rc == 0 && (!out->name || !out->source || !out->digest))
        rc = err_set(e, -ENOMEM, "out of memory");
    buf_release(&name);
    buf_release(&source);
    buf_release(&digest);
    return rc;
}
