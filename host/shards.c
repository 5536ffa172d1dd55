/* SPDX-License-Identifier: MIT */
/* Filling shards one after another, and the end of the set. */
#include "shards_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/newfile.h"
#include "base/vec.h"

static void shard_name(const struct shards *s, uint32_t shard, const char *form, char out[192])
{
    (void)snprintf(out, 192, "%s%s-%06u.%s", strcmp(form, "tar") == 0 ? "" : ".", s->name, shard, form);
}

static void other_name(const struct shards *s, const char *before, const char *after, char out[192])
{
    (void)snprintf(out, 192, "%s%s.%s", before, s->name, after);
}

/* ---- what earlier runs left ---- */

/* A shard holds as long as it is the file that was written; the last one, of an interrupted run, as far as it goes. */
static void check_shards(struct shards *s)
{
    struct journal *j = &s->old;
    for (uint32_t i = 0; i < j->shards.count; i++) {
        const struct shard_facts *f = &j->shards.items[i];
        char name[192];
        struct stat st;
        shard_name(s, i, f->complete ? "tar" : "part", name);
        bool there = fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
        int64_t mtime = there ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec : 0;
        bool holds = f->complete ? there && (uint64_t)st.st_size == f->size && st.st_ino == f->inode && mtime == f->mtime_ns
                                 : there && (uint64_t)st.st_size >= f->size;
        if (!holds) {
            journal_drop(j, i);
            journal_put_drop(s->log, i);
        }
    }
}

/* How far units go in shards that are not complete. */
static bool measure_parts(struct journal *j)
{
    for (size_t i = 0; i < j->units.capacity; i++) {
        const struct unit *u = j->units.entries[i].key ? j->units.entries[i].value : NULL;
        for (size_t k = 0; u && k < u->segment_count; k++) {
            const struct segment *g = &u->segments[k];
            while (g->shard >= j->shards.count)
                if (!vec_push(&j->shards, (struct shard_facts){0}))
                    return false;
            struct shard_facts *f = &j->shards.items[g->shard];
            if (!f->complete && g->offset + g->size > f->size)
                f->size = g->offset + g->size;
        }
    }
    return true;
}

static int read_journal(struct shards *s, struct err *e)
{
    char name[192];
    unsigned version = 0;
    unsigned long long size = 0;
    other_name(s, ".", "journal", name);
    int fd = openat(s->dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0666);
    if (fd < 0 || !(s->log = fdopen(fd, "a+"))) {
        if (fd >= 0)
            (void)close(fd);
        return err_errno(e, "cannot open the journal of the shards, %s", name);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(e, -EBUSY, "another adit is writing the shards %s: wait for it, or use another --artifacts folder or --shard-name", s->name);
    rewind(s->log);
    if (fscanf(s->log, "adit-shards %u %llu", &version, &size) != 2 || version != 1 || size != s->shard_bytes || fgetc(s->log) != '\n') {
        if (ftruncate(fd, 0) != 0 || fseek(s->log, 0, SEEK_END) != 0) /* none, or of shards of another size */
            return err_errno(e, "cannot begin the journal of the shards, %s", name);
        (void)fprintf(s->log, "adit-shards 1 %llu\n", (unsigned long long)s->shard_bytes);
        return 0;
    }
    bool fits = journal_read(&s->old, s->log) && measure_parts(&s->old);
    (void)fseek(s->log, 0, SEEK_END);
    s->displaced = calloc(s->old.shards.count + 1, sizeof *s->displaced);
    if (!fits || !s->displaced)
        return err_set(e, -ENOMEM, "out of memory");
    check_shards(s);
    return 0;
}

int shards_open(const char *folder, const char *name, uint64_t shard_bytes, struct shards **out, struct err *e)
{
    struct shards *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(e, -ENOMEM, "out of memory");
    s->dir = s->fd = s->read_fd = -1;
    s->read_shard = NO_SHARD;
    s->shard_bytes = shard_bytes;
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    s->buffer = malloc(COPY);
    int error = 0;
    if (!s->buffer)
        error = err_set(e, -ENOMEM, "out of memory");
    else if (strlen(name) >= sizeof s->name - 16 || name[0] == '\0' || name[0] == '.' || strchr(name, '/'))
        error = err_set(e, -EINVAL, "the name of shards '%s': expected 1 to 100 bytes without a slash, not beginning with a dot", name);
    else if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        error = err_errno(e, "cannot make the folder for shards %s", folder);
    else if ((s->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        error = err_errno(e, "cannot open the folder for shards %s", folder);
    else
        error = read_journal(s, e);
    if (error) {
        (void)shards_close(s, false, NULL, &(struct err){0});
        return error;
    }
    *out = s;
    return 0;
}

int shards_folder(const struct shards *s)
{
    return s->dir;
}

bool shards_has(const struct shards *s, const unsigned char identity[DIGEST_SIZE])
{
    return journal_unit(&s->old, identity) != NULL;
}

/* ---- reading ---- */

int shards_read(struct shards *s, uint32_t shard, uint64_t offset, void *to, size_t n, struct err *e)
{
    char name[192];
    if (s->read_shard != shard) {
        bool known = shard < s->old.shards.count;
        shard_name(s, shard, known && s->displaced[shard] ? "old" : known && s->old.shards.items[shard].complete ? "tar" : "part", name);
        if (s->read_fd >= 0)
            (void)close(s->read_fd);
        s->read_fd = openat(s->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        s->read_shard = s->read_fd >= 0 ? shard : NO_SHARD;
        if (s->read_fd < 0)
            return err_errno(e, "cannot read the shard %s again", name);
    }
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->read_fd, (char *)to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(e, got < 0 ? -errno : -EIO, "cannot read shard %u of %s again: it is shorter than it was", shard, s->name);
        done += (size_t)got;
    }
    return 0;
}

/* ---- writing ---- */

int shards_put(struct shards *s, const void *data, size_t n, struct err *e)
{
    int error = newfile_write(s->fd, data, n);
    if (error)
        return err_set(e, error, "cannot write shard %u of %s: %s", shards_number(s), s->name, strerror(-error));
    digest_add(&s->digest, data, n);
    s->counts.written += n;
    return 0;
}

/* From here on the shard differs from what was there: a new file, with the same beginning. */
static int begin_writing(struct shards *s, struct err *e)
{
    char name[192], part[192], old[192];
    uint32_t number = shards_number(s);
    if (s->fd >= 0)
        return 0;
    shard_name(s, number, "part", part);
    shard_name(s, number, "tar", name);
    shard_name(s, number, "old", old);
    if (!s->changed) {
        char manifest[192];
        other_name(s, "", "json", manifest);
        (void)unlinkat(s->dir, manifest, 0);
    }
    s->changed = true;
    bool complete = number < s->old.shards.count && s->old.shards.items[number].complete;
    journal_put_drop(s->log, number);
    if (number < s->old.shards.count && renameat(s->dir, complete ? name : part, s->dir, old) == 0) {
        s->displaced[number] = true;
        s->read_shard = NO_SHARD;
    }
    s->fd = openat(s->dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (s->fd < 0)
        return err_errno(e, "cannot write the shard %s", part);
    digest_init(&s->digest);
    int error = 0;
    for (uint64_t at = 0; at < s->now.size && !error;) {
        size_t n = s->now.size - at < COPY ? (size_t)(s->now.size - at) : COPY;
        error = shards_read(s, number, at, s->buffer, n, e);
        if (!error)
            error = shards_put(s, s->buffer, n, e);
        at += n;
    }
    for (size_t i = 0; i < s->here.count && !error; i++)
        journal_put_unit(s->log, s->here.items[i]);
    return error;
}

static int end_shard(struct shards *s, struct err *e)
{
    static const uint8_t zeros[TARBALL_END];
    char name[192], part[192];
    struct stat st;
    uint32_t number = shards_number(s);
    int error = begin_writing(s, e);
    if (!error)
        error = shards_put(s, zeros, sizeof zeros, e);
    if (error)
        return error;
    shard_name(s, number, "part", part);
    shard_name(s, number, "tar", name);
    if (fstat(s->fd, &st) != 0 || renameat(s->dir, part, s->dir, name) != 0)
        return err_errno(e, "cannot give the shard %s its name", name);
    (void)close(s->fd);
    s->fd = -1;
    s->now.size = (uint64_t)st.st_size;
    s->now.inode = st.st_ino;
    s->now.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    s->now.complete = true;
    digest_finish(&s->digest, s->now.digest);
    journal_put_shard(s->log, number, &s->now);
    return 0;
}

int shards_next(struct shards *s, struct err *e)
{
    uint32_t number = shards_number(s);
    const struct shard_facts *old = number < s->old.shards.count ? &s->old.shards.items[number] : NULL;
    bool same = s->fd < 0 && old && old->complete && old->size == s->now.size + TARBALL_END;
    if (same)
        s->now = *old;
    int error = same ? 0 : end_shard(s, e);
    if (error)
        return error;
    if (!vec_push(&s->done, s->now))
        return err_set(e, -ENOMEM, "out of memory");
    s->counts.shards++;
    s->counts.bytes += s->now.size;
    s->now = (struct shard_facts){0};
    s->here.count = 0;
    return 0;
}

int shards_begin_sample(struct shards *s, uint64_t size, uint32_t files, struct err *e)
{
    int error = 0;
    if (s->now.size > 0 && s->now.size + size + TARBALL_END > s->shard_bytes)
        error = shards_next(s, e);
    if (!error)
        error = begin_writing(s, e);
    if (error)
        return error;
    uint32_t number = shards_number(s);
    struct segment *last = s->segments.count > 0 ? &s->segments.items[s->segments.count - 1] : NULL;
    if (last && last->shard == number)
        last->size += size;
    else if (!vec_push(&s->segments, (struct segment){.shard = number, .offset = s->now.size, .size = size}))
        return err_set(e, -ENOMEM, "out of memory");
    last = &s->segments.items[s->segments.count - 1];
    last->samples++;
    last->files += files;
    s->now.size += size;
    s->now.samples++;
    s->now.files += files;
    return 0;
}

static int add_spool(struct shards *s, const struct spool *spool, struct unit *u, struct err *e)
{
    uint64_t offset, size;
    uint32_t files;
    int error = 0;
    for (size_t i = 0; !error && spool_sample(spool, i, &offset, &size, &files); i++) {
        error = shards_begin_sample(s, size, files, e);
        u->samples++;
        u->files += files;
        while (!error && size > 0) {
            size_t n = size < COPY ? (size_t)size : COPY;
            error = spool_read(spool, offset, s->buffer, n, e);
            if (!error)
                error = shards_put(s, s->buffer, n, e);
            offset += n;
            size -= n;
        }
    }
    return error;
}

/* ---- units ---- */

/* A unit that was written: into the journal, with its data. */
static int note_unit(struct shards *s, struct unit *u, bool named, struct err *e)
{
    struct segment *list = arena_array(&s->arena, s->segments.count + 1, sizeof *list);
    struct unit *copy = arena_dup(&s->arena, u, sizeof *u);
    if (!list || !copy)
        return err_set(e, -ENOMEM, "out of memory");
    if (s->segments.count > 0)
        memcpy(list, s->segments.items, s->segments.count * sizeof *list);
    copy->segments = list;
    copy->segment_count = s->segments.count;
    if (!named)
        return 0;
    journal_put_unit(s->log, copy);
    if (fflush(s->log) != 0)
        return err_errno(e, "cannot write the journal of the shards %s", s->name);
    return vec_push(&s->all, copy) && vec_push(&s->here, copy) ? 0 : err_set(e, -ENOMEM, "out of memory");
}

int shards_add(struct shards *s, const unsigned char *identity, struct spool *const *spools, size_t count, struct err *e)
{
    struct unit u = {0};
    int error = 0;
    const struct unit *old = identity && count == 0 ? journal_unit(&s->old, identity) : NULL;
    s->segments.count = 0;
    if (identity)
        memcpy(u.identity, identity, DIGEST_SIZE);
    if (old && shards_may_stay(s, old)) {
        s->counts.reused += old->samples;
        s->counts.samples += old->samples;
        s->counts.files += old->files;
        return vec_push(&s->all, old) ? shards_stay(s, old, e) : err_set(e, -ENOMEM, "out of memory");
    }
    if (old) {
        error = shards_copy_unit(s, old, &u, e);
        s->counts.reused += u.samples;
    }
    for (size_t i = 0; i < count && !error; i++)
        error = spools[i] ? add_spool(s, spools[i], &u, e) : 0;
    s->counts.samples += u.samples;
    s->counts.files += u.files;
    return error ? error : note_unit(s, &u, identity != NULL, e);
}

/* ---- the end ---- */

static int write_file(struct shards *s, const char *name, const struct buf *text, struct err *e)
{
    char temporary[64];
    (void)snprintf(temporary, sizeof temporary, ".adit-%ld", (long)getpid());
    int fd = text->failed ? -ENOMEM : newfile_open(s->dir, temporary, 0666), error = fd;
    if (fd >= 0) {
        error = newfile_write(fd, text->data, text->size);
        if (!error)
            error = newfile_commit(fd, s->dir, temporary, name);
        if (error)
            newfile_discard(fd, s->dir, temporary);
        (void)close(fd);
    }
    return error < 0 ? err_set(e, error, "cannot write %s: %s", name, strerror(-error)) : 0;
}

static int write_manifest(struct shards *s, struct err *e)
{
    char name[192], digest[65];
    buf_reset(&s->text);
    buf_addf(&s->text, "{\"schema\":1,\"name\":\"%s\",\"format\":\"webdataset\",\"shard_size\":%llu,\"samples\":%llu,\"files\":%llu,\"bytes\":%llu,\"shards\":[",
             s->name, (unsigned long long)s->shard_bytes, (unsigned long long)s->counts.samples, (unsigned long long)s->counts.files,
             (unsigned long long)s->counts.bytes);
    for (uint32_t i = 0; i < s->done.count; i++) {
        const struct shard_facts *f = &s->done.items[i];
        shard_name(s, i, "tar", name);
        digest_text(f->digest, digest);
        buf_addf(&s->text, "%s\n{\"name\":\"%s\",\"bytes\":%llu,\"samples\":%llu,\"files\":%llu,\"sha256\":\"%s\"}", i > 0 ? "," : "", name,
                 (unsigned long long)f->size, (unsigned long long)f->samples, (unsigned long long)f->files, digest);
    }
    buf_adds(&s->text, "]}\n");
    other_name(s, "", "json", name);
    return write_file(s, name, &s->text, e);
}

/* The journal as it would be if this run had been the first. */
static int write_journal(struct shards *s, struct err *e)
{
    char name[192], *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return err_set(e, -ENOMEM, "out of memory");
    (void)fprintf(f, "adit-shards 1 %llu\n", (unsigned long long)s->shard_bytes);
    for (size_t i = 0; i < s->all.count; i++)
        journal_put_unit(f, s->all.items[i]);
    for (uint32_t i = 0; i < s->done.count; i++)
        journal_put_shard(f, i, &s->done.items[i]);
    bool failed = fclose(f) != 0;
    struct buf whole = {.data = text, .size = size, .failed = failed};
    other_name(s, ".", "journal", name);
    int error = write_file(s, name, &whole, e);
    free(text);
    return error;
}

static int complete_set(struct shards *s, struct err *e)
{
    char name[192];
    int error = s->now.size > 0 ? shards_next(s, e) : 0;
    for (uint32_t i = shards_number(s); !error; i++) {
        shard_name(s, i, "tar", name);
        bool there = unlinkat(s->dir, name, 0) == 0;
        shard_name(s, i, "part", name);
        there |= unlinkat(s->dir, name, 0) == 0;
        if (!there && i >= s->old.shards.count)
            break;
    }
    if (!error)
        error = write_manifest(s, e);
    return error ? error : write_journal(s, e);
}

int shards_close(struct shards *s, bool complete, struct shards_counts *counts, struct err *e)
{
    char name[192];
    if (!s)
        return 0;
    int error = complete ? complete_set(s, e) : 0;
    for (uint32_t i = 0; s->displaced && i < s->old.shards.count; i++) {
        shard_name(s, i, "old", name);
        if (s->displaced[i])
            (void)unlinkat(s->dir, name, 0);
    }
    if (counts)
        *counts = s->counts;
    if (s->log)
        (void)fclose(s->log);
    if (s->fd >= 0)
        (void)close(s->fd);
    if (s->read_fd >= 0)
        (void)close(s->read_fd);
    if (s->dir >= 0)
        (void)close(s->dir);
    journal_release(&s->old);
    arena_release(&s->arena);
    free(s->all.items);
    free(s->here.items);
    free(s->segments.items);
    free(s->done.items);
    free(s->displaced);
    free(s->buffer);
    buf_release(&s->text);
    free(s);
    return error;
}
