/* SPDX-License-Identifier: MIT */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artifact.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "fields.h"
#include "taken.h"
#include "tarball.h"

struct sample {
    uint64_t offset, size;
    uint32_t files, plugin;
};

struct spool {
    int fd;
    uint64_t size;                  /* of what is committed */
    struct { struct sample *items; size_t count, capacity; } samples;
    struct arena names;
    struct map taken;               /* names of members */
    struct buf stem, name;          /* of the last sample; of the open member */
    struct buf source;              /* for the JSON of the last sample */
    struct buf pending;             /* header and data that are not written yet */
    uint64_t member, header, wrote; /* the open one: offset, size of its header, bytes of data */
    uint32_t plugin;
    bool open, json;                /* json: the last sample has one */
};

enum { PENDING = 128 * 1024 };

int spool_open(int folder, struct spool **out, struct err *e)
{
    struct spool *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(e, -ENOMEM, "out of memory");
    s->fd = openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (s->fd < 0) { /* file systems that have no such files */
        char name[64];
        (void)snprintf(name, sizeof name, ".adit-spool-%ld", (long)getpid());
        s->fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (s->fd >= 0)
            (void)unlinkat(folder, name, 0);
    }
    if (s->fd < 0) {
        free(s);
        return err_errno(e, "cannot make a file for artifacts in the folder of the shards");
    }
    *out = s;
    return 0;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    (void)close(s->fd);
    free(s->samples.items);
    arena_release(&s->names);
    map_release(&s->taken);
    buf_release(&s->stem);
    buf_release(&s->name);
    buf_release(&s->source);
    buf_release(&s->pending);
    free(s);
}

static int write_at(const struct spool *s, uint64_t offset, const void *data, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(s->fd, (const char *)data + done, n - done, (off_t)(offset + done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return err_errno(e, "cannot keep an artifact for its shard");
        done += (size_t)wrote;
    }
    return 0;
}

/* ---- names ---- */

/* s->name: the member's. One dot in its last part. */
static void name_member(struct spool *s, const char *folder, size_t folder_size, const char *name, size_t name_size)
{
    struct buf path = BUF_INIT;
    artifact_path(&path, folder, folder_size);
    artifact_path(&path, name, name_size);
    const char *text = buf_cstr(&path), *slash = strrchr(text, '/'), *base = slash ? slash + 1 : text, *dot = strrchr(base, '.');
    bool ending = dot && dot > base && dot[1];
    buf_reset(&s->name);
    buf_add(&s->name, text, (size_t)(base - text));
    for (const char *at = base; *at && !(ending && at == dot); at++)
        buf_putc(&s->name, *at == '.' ? '_' : *at);
    size_t stem = s->name.size;
    const char *end = ending ? dot : ".bin";
    buf_adds(&s->name, end);
    taken_number(&s->taken, &s->name, stem, end);
    s->name.failed |= path.failed;
    buf_release(&path);
}

static size_t stem_size(const struct buf *name)
{
    size_t n = name->size;
    while (name->data[n - 1] != '.')
        n--;
    return n - 1;
}

static bool has_ending(const struct buf *name, const char *ending)
{
    size_t n = strlen(ending), stem = stem_size(name);
    return name->size - stem == n && memcmp(name->data + stem, ending, n) == 0;
}

/* ---- members ---- */

static int begin(struct spool *s, struct err *e)
{
    char *copy = arena_strndup(&s->names, s->name.data ? s->name.data : "", s->name.size);
    if (s->name.failed || !copy || !taken_add(&s->taken, copy, s->name.size))
        return err_set(e, -ENOMEM, "out of memory");
    buf_reset(&s->pending);
    tarball_header(&s->pending, s->name.data, s->name.size, 0);
    s->header = s->pending.size;
    s->member = s->size;
    s->wrote = 0;
    s->open = true;
    return 0;
}

/* What is pending goes to its place; the header stays there until the size is known. */
static int flush(struct spool *s, struct err *e)
{
    uint64_t at = s->member + s->header + s->wrote;
    uint64_t head = s->wrote == 0 ? s->header : 0;
    if (s->pending.failed)
        return err_set(e, -ENOMEM, "out of memory");
    int error = write_at(s, at - head, s->pending.data, s->pending.size, e);
    s->wrote += s->pending.size - head;
    buf_reset(&s->pending);
    return error;
}

int spool_write(struct spool *s, const void *data, size_t n, struct err *e)
{
    if (!s->open)
        return err_set(e, -EINVAL, "no artifact is open");
    buf_add(&s->pending, data, n);
    return s->pending.size >= PENDING && s->pending.size > s->header ? flush(s, e) : 0;
}

static int commit(struct spool *s, struct err *e)
{
    bool unwritten = s->wrote == 0;
    uint64_t data = s->wrote + s->pending.size - (unwritten ? s->header : 0);
    struct buf header = BUF_INIT;
    s->open = false;
    tarball_header(&header, s->name.data, s->name.size, data);
    while (s->pending.size % TARBALL_BLOCK != (unwritten ? 0 : (TARBALL_BLOCK - s->wrote % TARBALL_BLOCK) % TARBALL_BLOCK) && !s->pending.failed)
        buf_putc(&s->pending, '\0');
    int error = header.failed || s->pending.failed ? err_set(e, -ENOMEM, "out of memory") : 0;
    if (!error && unwritten)
        memcpy(s->pending.data, header.data, header.size);
    else if (!error)
        error = write_at(s, s->member, header.data, header.size, e);
    buf_release(&header);
    if (!error)
        error = flush(s, e);
    if (error)
        return error;
    struct sample *last = &s->samples.items[s->samples.count - 1];
    s->size = s->member + s->header + tarball_padded(data);
    last->size = s->size - last->offset;
    last->files++;
    return 0;
}

static void add_escaped(struct buf *b, const char *text, size_t size)
{
    bool valid = utf8_valid(text, size);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\' || c < 0x20 || (!valid && c >= 0x80))
            buf_addf(b, "\\u%04x", c);
        else
            buf_putc(b, (char)c);
    }
}

/* The JSON that a sample without one gets. */
static int add_json(struct spool *s, struct err *e)
{
    struct buf json = BUF_INIT;
    buf_reset(&s->name);
    buf_add(&s->name, s->stem.data, s->stem.size);
    buf_adds(&s->name, ".json");
    buf_adds(&json, "{\"file\":\"");
    add_escaped(&json, s->source.data ? s->source.data : "", s->source.size);
    buf_adds(&json, "\"}\n");
    int error = json.failed ? err_set(e, -ENOMEM, "out of memory") : begin(s, e);
    if (!error)
        error = spool_write(s, json.data, json.size, e);
    if (!error)
        error = commit(s, e);
    buf_release(&json);
    return error;
}

int spool_finish(struct spool *s, struct err *e)
{
    spool_abort(s);
    if (s->samples.count == 0 || s->json || s->samples.items[s->samples.count - 1].files == 0)
        return 0;
    s->json = true;
    return add_json(s, e);
}

int spool_begin(struct spool *s, uint32_t plugin, const char *folder, size_t folder_size, const char *name, size_t name_size,
                const char *source, size_t source_size, struct err *e)
{
    spool_abort(s);
    name_member(s, folder, folder_size, name, name_size);
    if (s->name.failed)
        return err_set(e, -ENOMEM, "out of memory");
    size_t stem = stem_size(&s->name);
    bool json = has_ending(&s->name, ".json");
    bool same = s->samples.count > 0 && s->stem.size == stem && memcmp(s->stem.data, s->name.data, stem) == 0;
    if (!same) {
        struct buf next = s->name;
        s->name = BUF_INIT;
        int error = spool_finish(s, e);
        buf_release(&s->name);
        s->name = next;
        if (error)
            return error;
        if ((s->samples.count == 0 || s->samples.items[s->samples.count - 1].files > 0) && !vec_push(&s->samples, (struct sample){0}))
            return err_set(e, -ENOMEM, "out of memory");
        s->samples.items[s->samples.count - 1] = (struct sample){.offset = s->size, .plugin = plugin};
        buf_reset(&s->stem);
        buf_add(&s->stem, s->name.data, stem);
        buf_reset(&s->source);
        buf_add(&s->source, source, source_size);
        s->json = false;
    }
    s->json |= json;
    s->plugin = plugin;
    return begin(s, e);
}

int spool_commit(struct spool *s, struct err *e)
{
    return s->open ? commit(s, e) : err_set(e, -EINVAL, "no artifact is open");
}

void spool_abort(struct spool *s)
{
    if (s->open && has_ending(&s->name, ".json"))
        s->json = false;
    s->open = false;
    buf_reset(&s->pending);
}

/* What other plugins wrote before is complete: a sample is, as soon as the next one begins. */
void spool_forget(struct spool *s, uint32_t plugin)
{
    size_t before = s->samples.count;
    spool_abort(s);
    while (s->samples.count > 0 && s->samples.items[s->samples.count - 1].plugin == plugin)
        s->size = s->samples.items[--s->samples.count].offset;
    if (s->samples.count == before)
        return;
    map_release(&s->taken); /* the folders of other plugins are others */
    s->taken = (struct map){0};
    buf_reset(&s->stem);
    s->json = true;
}

bool spool_sample(const struct spool *s, size_t i, uint64_t *offset, uint64_t *size, uint32_t *files)
{
    if (i >= s->samples.count)
        return false;
    *offset = s->samples.items[i].offset;
    *size = s->samples.items[i].size;
    *files = s->samples.items[i].files;
    return true;
}

int spool_read(const struct spool *s, uint64_t offset, void *buffer, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->fd, (char *)buffer + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(e, got < 0 ? -errno : -EIO, "cannot read back an artifact for its shard");
        done += (size_t)got;
    }
    return 0;
}
