/* SPDX-License-Identifier: MIT */
/* The snapshot's other half: what is written at the end of a run. Its format is told in snapshot.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/newfile.h"
#include "digest.h"
#include "snapshot.h"
#include "snapshot_conf.h"

static void put_text(struct codec *c, const char *text)
{
    codec_text(c, &text);
}

static void put_u64(struct codec *c, uint64_t v)
{
    codec_u64(c, &v);
}

static void put_stamp(struct codec *c, struct stamp s)
{
    codec_stamp(c, &s);
}

static void write_dirs(struct codec *c, const struct scan *scan)
{
    size_t count = 0;
    for (size_t i = 0; i < scan->count; i++)
        count += !scan->dirs[i].stamp.racy;
    put_u64(c, count);
    for (size_t i = 0; i < scan->count; i++) {
        const struct scan_dir *dir = &scan->dirs[i];
        if (dir->stamp.racy)
            continue;
        put_text(c, dir->path);
        put_stamp(c, dir->stamp);
        put_u64(c, dir->entry_count);
        for (size_t k = 0; k < dir->entry_count; k++) {
            put_text(c, dir->entries[k].name);
            put_u64(c, dir->entries[k].family);
        }
    }
}

static bool keeps_conf(const struct plugin *p)
{
    return p->conf_is_clean && p->conf_stamp.exists && !p->conf_stamp.racy;
}

static void write_confs(struct codec *c, const struct registry *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        count += keeps_conf(&r->plugins[i]);
    put_u64(c, count);
    struct buf body = BUF_INIT;
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (!keeps_conf(p))
            continue;
        buf_reset(&body);
        struct codec inner = {.out = &body};
        struct conf conf = p->conf; /* the walk may be either way, so it takes no constant */
        codec_conf(&inner, &conf);
        put_text(c, p->conf_path);
        put_stamp(c, p->conf_stamp);
        buf_add(c->out, p->types_digest, DIGEST_SIZE);
        put_u64(c, body.size);
        buf_add(c->out, body.data, body.size);
        c->out->failed = c->out->failed || body.failed;
    }
    buf_release(&body);
}

static void write_folders(struct codec *c, const struct map *dirs)
{
    struct buf body = BUF_INIT;
    struct codec inner = {.out = &body};
    size_t count = 0;
    for (size_t i = 0; i < dirs->capacity; i++) {
        const struct module_dir *dir = dirs->entries[i].value;
        if (!dirs->entries[i].key || !dir->stamp.exists || dir->stamp.racy)
            continue;
        put_text(&inner, dir->path);
        put_stamp(&inner, dir->stamp);
        count++;
    }
    put_u64(c, count);
    buf_add(c->out, body.data, body.size);
    c->out->failed = c->out->failed || body.failed;
    buf_release(&body);
}

/* Several plugins may share a module: it is written once. */
static bool is_first_of_module(const struct plugin *p, struct map *seen)
{
    if (!p->module_path || p->module_stamp.racy || map_gets(seen, p->module_path))
        return false;
    return map_puts(seen, p->module_path, (void *)(uintptr_t)p);
}

static void write_modules(struct codec *c, const struct registry *r)
{
    struct map seen = {0};
    struct buf body = BUF_INIT;
    struct codec inner = {.out = &body};
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (!is_first_of_module(p, &seen))
            continue;
        put_text(&inner, p->module_path);
        put_stamp(&inner, p->module_stamp);
        put_u64(&inner, p->has_module_digest);
        if (p->has_module_digest)
            buf_add(&body, p->module_digest, DIGEST_SIZE);
    }
    put_u64(c, seen.count);
    buf_add(c->out, body.data, body.size);
    c->out->failed = c->out->failed || body.failed;
    buf_release(&body);
    map_release(&seen);
}

int snapshot_write(const struct registry *r, int64_t now_ns, struct buf *out)
{
    struct codec c = {.out = out};
    buf_reset(out);
    buf_add(out, SNAPSHOT_MAGIC, 8);
    buf_add(out, "\0\0\0\0\0\0\0", 8);
    put_u64(&c, SNAPSHOT_FORMAT);
    put_u64(&c, snapshot_maker());
    put_u64(&c, (uint64_t)now_ns);
    write_dirs(&c, &r->state->scan);
    write_confs(&c, r);
    write_folders(&c, &r->state->module_dirs);
    write_modules(&c, r);
    if (out->failed)
        return -ENOMEM;
    uint64_t check = hash64(out->data + SNAPSHOT_HEADER, out->size - SNAPSHOT_HEADER, SNAPSHOT_FORMAT);
    for (size_t i = 0; i < 8; i++)
        out->data[8 + i] = (char)(unsigned char)(check >> (8 * i));
    return 0;
}

/* Creates the folders of `path`, those of the user's cache, where they are not there. */
static int make_folders(const char *path, struct err *e)
{
    char folder[PATH_MAX];
    if (strlen(path) >= sizeof folder)
        return err_set(e, -ENAMETOOLONG, "%s: the path is too long", path);
    (void)strcpy(folder, path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) < 0 && errno != EEXIST)
            return err_errno(e, "%s", folder);
        *slash = '/';
    }
    return 0;
}

static int write_file(const char *path, const char *temporary, const struct buf *bytes)
{
    int fd = newfile_open(AT_FDCWD, temporary, 0600);
    if (fd < 0)
        return fd;
    int rc = newfile_write(fd, bytes->data, bytes->size);
    if (rc == 0)
        rc = newfile_commit(fd, AT_FDCWD, temporary, path);
    if (rc < 0)
        newfile_discard(fd, AT_FDCWD, temporary);
    (void)close(fd);
    return rc;
}

/* registry-0123456789abcdef.snap, and with a process's number behind it while it is written. */
static enum prune_kind kind_of(const char *name)
{
    enum { PREFIX = 9, HASH = 16 };
    if (strncmp(name, "registry-", PREFIX) != 0 || strspn(name + PREFIX, "0123456789abcdef") != HASH ||
        strncmp(name + PREFIX + HASH, ".snap", 5) != 0)
        return PRUNE_FOREIGN;
    const char *rest = name + PREFIX + HASH + 5;
    if (*rest == '\0')
        return PRUNE_WHOLE;
    return rest[0] == '.' && rest[1] && rest[1 + strspn(rest + 1, "0123456789")] == '\0' ? PRUNE_PARTIAL : PRUNE_FOREIGN;
}

int snapshot_prune(const char *folder, struct prune *p)
{
    return prune_folder(folder, kind_of, p);
}

static void prune_around(const char *path)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        return;
    *slash = '\0';
    struct prune p = {.before = stamp_now() / 1000000000 - (int64_t)SNAPSHOT_DAYS * 86400, .most = SNAPSHOT_TOTAL};
    (void)snapshot_prune(folder, &p);
}

int snapshot_save(const struct registry *r, const char *path, struct err *e)
{
    struct buf bytes = BUF_INIT;
    char temporary[PATH_MAX];
    int n = snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof temporary)
        return err_set(e, -ENAMETOOLONG, "%s: the path is too long", path);
    int rc = snapshot_write(r, stamp_now(), &bytes) < 0 ? err_set(e, -ENOMEM, "out of memory") : make_folders(path, e);
    int written = rc == 0 ? write_file(path, temporary, &bytes) : 0;
    if (written < 0)
        rc = err_set(e, written, "%s: %s", path, strerror(-written));
    else if (rc == 0)
        prune_around(path);
    buf_release(&bytes);
    return rc;
}
