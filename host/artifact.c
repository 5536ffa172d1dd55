/* SPDX-License-Identifier: MIT */
#include "artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/newfile.h"
#include "fields.h"
#include "taken.h"

struct artifacts {
    int folder;
    uint64_t serial;
};

struct artifact {
    struct artifacts *owner;
    int dir, fd;
    char temporary[64];
    char *base;      /* last part of `path` */
    struct buf path; /* below the folder */
    bool committed;
};

int artifacts_open(const char *folder, struct artifacts **out, struct err *e)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_errno(e, "cannot make the folder for artifacts %s", folder);
    struct artifacts *a = calloc(1, sizeof *a);
    if (!a)
        return err_set(e, -ENOMEM, "out of memory");
    a->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (a->folder < 0) {
        free(a);
        return err_errno(e, "cannot open the folder for artifacts %s", folder);
    }
    *out = a;
    return 0;
}

void artifacts_close(struct artifacts *a)
{
    if (!a)
        return;
    (void)close(a->folder);
    free(a);
}

/* Appends one part of a path, made harmless. */
static void add_part(struct buf *b, const char *part, size_t n)
{
    enum { PART_MAX = 200 };
    if (n == 0 || (n == 1 && part[0] == '.'))
        return;
    if (b->size)
        buf_putc(b, '/');
    if (n == 2 && part[0] == '.' && part[1] == '.') {
        buf_adds(b, "__");
        return;
    }
    bool text = utf8_valid(part, n);
    if (n > PART_MAX) { /* the end tells files apart better than the beginning; do not cut within a character */
        part += n - PART_MAX;
        n = PART_MAX;
        for (; text && ((unsigned char)*part & 0xc0) == 0x80; part++)
            n--;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)part[i];
        bool c1 = text && c == 0xc2 && (unsigned char)part[i + 1] < 0xa0; /* U+0080 to U+009F are controls too */
        buf_putc(b, c < 0x20 || c == 0x7f || c1 || (c >= 0x80 && !text) || (i == 0 && c == '.') ? '_' : (char)c);
        i += c1;
    }
}

void artifact_path(struct buf *b, const char *path, size_t size)
{
    while (size > 0) {
        const char *slash = memchr(path, '/', size);
        size_t n = slash ? (size_t)(slash - path) : size;
        add_part(b, path, n);
        path += n + (slash ? 1 : 0);
        size -= n + (slash ? 1 : 0);
    }
}

/* Opens the folder that `path` is in, making those that are missing; never through a link. */
static int open_folder(int top, char *path, struct err *e)
{
    int dir = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (char *part = path, *slash; dir >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
        *slash = '\0';
        int next = -1;
        if (mkdirat(dir, part, 0777) == 0 || errno == EEXIST)
            next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        int saved = errno;
        (void)close(dir);
        errno = saved;
        dir = next;
        *slash = '/';
    }
    return dir < 0 ? err_errno(e, "cannot make the folder of artifact %s", path) : dir;
}

static int begin(struct artifacts *a, struct artifact *f, struct err *e)
{
    char *path = (char *)(uintptr_t)buf_cstr(&f->path);
    if (f->path.failed)
        return err_set(e, -ENOMEM, "out of memory");
    if (f->path.size == 0)
        return err_set(e, -EINVAL, "an artifact needs a name");
    f->dir = open_folder(a->folder, path, e);
    if (f->dir < 0)
        return f->dir;
    char *slash = strrchr(path, '/');
    f->base = slash ? slash + 1 : path;
    (void)snprintf(f->temporary, sizeof f->temporary, ".adit-%ld-%llu", (long)getpid(), (unsigned long long)++a->serial);
    f->fd = newfile_open(f->dir, f->temporary, 0666);
    return f->fd < 0 ? err_set(e, f->fd, "cannot write artifact %s: %s", path, strerror(-f->fd)) : 0;
}

int artifact_begin(struct artifacts *a, const char *source, size_t source_size, const char *name, size_t name_size,
                   struct map *taken, struct artifact **out, struct err *e)
{
    struct artifact *f = calloc(1, sizeof *f);
    if (!f)
        return err_set(e, -ENOMEM, "out of memory");
    *f = (struct artifact){.owner = a, .dir = -1, .fd = -1};
    artifact_path(&f->path, source, source_size);
    size_t before = f->path.size;
    artifact_path(&f->path, name, name_size);
    if (f->path.size > before && taken)
        taken_number(taken, &f->path, f->path.size, "");
    int error = f->path.size == before ? err_set(e, -EINVAL, "an artifact needs a name") : begin(a, f, e);
    if (error) {
        artifact_free(f);
        return error;
    }
    *out = f;
    return 0;
}

int artifact_write(struct artifact *f, const void *data, size_t n, struct err *e)
{
    int error = newfile_write(f->fd, data, n);
    return error ? err_set(e, error, "cannot write artifact %s: %s", f->path.data, strerror(-error)) : 0;
}

int artifact_commit(struct artifact *f, const char **path, struct err *e)
{
    int error = newfile_commit(f->fd, f->dir, f->temporary, f->base);
    if (error)
        return err_set(e, error, "cannot give artifact %s its name: %s", f->path.data, strerror(-error));
    f->committed = true;
    *path = f->path.data;
    return 0;
}

void artifact_free(struct artifact *f)
{
    if (!f)
        return;
    if (f->fd >= 0) {
        if (!f->committed)
            newfile_discard(f->fd, f->dir, f->temporary);
        (void)close(f->fd);
    }
    if (f->dir >= 0)
        (void)close(f->dir);
    buf_release(&f->path);
    free(f);
}
