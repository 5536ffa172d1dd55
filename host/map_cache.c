/* SPDX-License-Identifier: MIT */
/* An answer is kept as the result of a file that does not exist: its name is no path, its stamp is the mapper's fingerprint. */
#include "map_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fingerprint {
    bool known;
    unsigned char bytes[CACHE_KEY];
    struct stamp stamp;
};
struct map_cache {
    struct cache *cache;
    struct registry *registry;
    struct fingerprint *fingerprints; /* by plugin */
    struct arena arena;
    struct buf key, value;
};

struct map_cache *map_cache_new(struct cache *cache, struct registry *r)
{
    struct map_cache *m = calloc(1, sizeof *m);
    struct fingerprint *fingerprints = calloc(r->count + 1, sizeof *fingerprints);
    if (!m || !fingerprints) {
        free(m);
        free(fingerprints);
        return NULL;
    }
    *m = (struct map_cache){.cache = cache, .registry = r, .fingerprints = fingerprints};
    return m;
}

void map_cache_free(struct map_cache *m)
{
    if (!m)
        return;
    arena_release(&m->arena);
    buf_release(&m->key);
    buf_release(&m->value);
    free(m->fingerprints);
    free(m);
}

/* NULL: not known yet (the module was never sealed), or a resource is so young that its stamp says nothing. */
static const struct fingerprint *fingerprint_of(struct map_cache *m, uint32_t plugin)
{
    struct fingerprint *f = &m->fingerprints[plugin];
    if (f->known)
        return f;
    if (!registry_fingerprint(m->registry, &m->registry->plugins[plugin], f->bytes))
        return NULL;
    uint64_t parts[4];
    memcpy(parts, f->bytes, sizeof parts);
    f->stamp = (struct stamp){.exists = true,
                              .device = parts[0],
                              .inode = parts[1],
                              .size = parts[2] >> 1,
                              .mtime_ns = (int64_t)(parts[3] >> 2),
                              .ctime_ns = 0};
    f->known = true;
    return f;
}

static bool make_key(struct map_cache *m, uint32_t plugin, bool backward, struct adit_text text)
{
    buf_reset(&m->key);
    buf_addf(&m->key, "map:%s:%s:", backward ? "back" : "to", m->registry->plugins[plugin].conf.name);
    buf_add(&m->key, text.data, text.size);
    return !m->key.failed;
}

int map_cache_get(struct map_cache *m, uint32_t plugin, bool backward, struct adit_text text, uint32_t id,
                  struct map_links *out)
{
    const struct fingerprint *f = fingerprint_of(m, plugin);
    struct result *found;
    unsigned char whole[CACHE_KEY];
    if (!f)
        return 0;
    if (!make_key(m, plugin, backward, text))
        return -ENOMEM;
    arena_reset(&m->arena);
    int got = cache_lookup(m->cache, m->key.data, m->key.size, &f->stamp, &m->arena, &found, whole);
    if (got != 1 || memcmp(whole, f->bytes, sizeof whole) != 0 || found->part_count != 1)
        return got < 0 ? got : 0;
    const unsigned char *at = found->parts[0].fields, *end = at + found->parts[0].fields_size;
    while ((size_t)(end - at) >= sizeof(uint32_t)) {
        uint32_t size_flags;
        memcpy(&size_flags, at, sizeof size_flags);
        at += sizeof size_flags;
        if (size_flags >> 8 > (size_t)(end - at) || (size_flags & 0xff & ~(uint32_t)LINK_FLAGS))
            return 0;
        if (!map_links_add(out, id, (struct adit_text){(const char *)at, size_flags >> 8}, size_flags & 0xff))
            return -ENOMEM;
        at += size_flags >> 8;
    }
    return 1;
}

bool map_cache_put(struct map_cache *m, uint32_t plugin, bool backward, struct adit_text text,
                   const struct link_head *links, size_t count, const char *bytes)
{
    const struct fingerprint *f = fingerprint_of(m, plugin);
    if (!f)
        return true;
    buf_reset(&m->value);
    for (size_t i = 0; i < count; i++) {
        buf_add(&m->value, &links[i].size_flags, sizeof links[i].size_flags);
        buf_add(&m->value, bytes, links[i].size_flags >> 8);
        bytes += links[i].size_flags >> 8;
    }
    if (m->value.failed || !make_key(m, plugin, backward, text))
        return false;
    struct part part = {.plugin = m->registry->plugins[plugin].conf.name,
                        .version = "",
                        .reason = "",
                        .fields = (const unsigned char *)(m->value.data ? m->value.data : ""),
                        .fields_size = m->value.size};
    struct result r = {.name = m->key.data,
                       .name_size = m->key.size,
                       .media = "",
                       .detected = "",
                       .error_text = "",
                       .source_plugin = "",
                       .limit = "",
                       .offset = UINT64_MAX,
                       .parts = &part,
                       .part_count = 1};
    memcpy(part.fingerprint, f->bytes, sizeof part.fingerprint);
    return cache_store(m->cache, m->key.data, m->key.size, &f->stamp, f->bytes, &r) == 0;
}
