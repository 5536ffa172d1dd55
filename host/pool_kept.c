/* SPDX-License-Identifier: MIT */
/* What open() of a plugin with large resources keeps: found again by a key of the module, its options and its resources. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "kept.h"
#include "plugin_options.h"
#include "pool_impl.h"

enum { LARGE = 1 << 20 };

/* False: no resource is large, or one was changed so lately that its stamp says nothing. */
static bool key_of(const struct pool *p, uint32_t plugin, const struct stamp *stamps, unsigned char out[KEPT_KEY])
{
    const struct conf *c = &p->options.registry->plugins[plugin].conf;
    struct buf options = BUF_INIT;
    struct digest d;
    bool large = false, racy = false;
    digest_init(&d);
    digest_add_text(&d, ADIT_VERSION);
    digest_add(&d, p->uses[plugin].sealed.digest, sizeof p->uses[plugin].sealed.digest);
    digest_add_u64(&d, plugin_options_add(c, &options));
    digest_add_u64(&d, options.size);
    digest_add(&d, options.data, options.size);
    for (size_t i = 0; i < c->resource_count; i++) {
        const struct stamp *s = &stamps[i];
        const uint64_t values[] = {s->device, s->inode, s->size, (uint64_t)s->mtime_ns, (uint64_t)s->ctime_ns};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            digest_add_u64(&d, values[k]);
        large |= s->size >= LARGE;
        racy |= !s->exists || stamp_is_racy(s, stamp_now());
    }
    digest_finish(&d, out);
    bool known = large && !racy && !options.failed;
    buf_release(&options);
    return known;
}

static int new_memory(void)
{
    int fd = memfd_create("adit-kept", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, (off_t)KEPT_MOST) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

int pool_kept_begin(struct domain *d, uint32_t plugin, const int *resources, struct wire_load *head)
{
    struct pool *p = d->pool;
    size_t n = p->options.registry->plugins[plugin].conf.resource_count;
    struct stamp stamps[WIRE_DESCRIPTORS];
    struct stat st;
    pool_kept_end(d, 0);
    if (!p->options.kept || n == 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (fstat(resources[i], &st) != 0)
            return -1;
        stamp_from_stat(&st, &stamps[i]);
    }
    if (!key_of(p, plugin, stamps, d->kept_key))
        return -1;
    int fd = kept_open(p->options.kept, d->kept_key, &head->kept_size);
    if (fd >= 0) {
        head->keeping = WIRE_HAS_KEPT;
        return fd;
    }
    fd = new_memory();
    d->kept_fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0)
        head->keeping = WIRE_MAY_KEEP;
    return fd;
}

/* Do the resources still have the stamps of the key? Then what was made of them is theirs. */
static bool is_unchanged(const struct domain *d)
{
    const struct plugin *pl = &d->pool->options.registry->plugins[d->loading];
    struct stamp stamps[WIRE_DESCRIPTORS];
    unsigned char key[KEPT_KEY];
    for (size_t i = 0; i < pl->conf.resource_count; i++)
        if (stamp_of(AT_FDCWD, pl->resource_paths[i], &stamps[i]) != 0)
            return false;
    return key_of(d->pool, d->loading, stamps, key) && memcmp(key, d->kept_key, sizeof key) == 0;
}

void pool_kept_end(struct domain *d, uint64_t bytes)
{
    /* A folder that cannot be written costs the next run its time, and nothing else. */
    if (d->kept_fd >= 0 && bytes > 0 && bytes <= KEPT_MOST && is_unchanged(d))
        (void)kept_save(d->pool->options.kept, d->kept_key, d->kept_fd, bytes);
    if (d->kept_fd >= 0)
        (void)close(d->kept_fd);
    d->kept_fd = -1;
}
