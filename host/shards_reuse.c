/* SPDX-License-Identifier: MIT */
/* Artifacts that are in shards already: they stay where they are, or are copied, sample by sample. */
#include <errno.h>
#include <string.h>

#include "base/vec.h"
#include "shards_impl.h"

bool shards_may_stay(const struct shards *s, const struct unit *u)
{
    uint32_t number = shards_number(s);
    const struct shard_facts *old = number < s->old.shards.count ? &s->old.shards.items[number] : NULL;
    if (u->segment_count == 0)
        return true;
    const struct segment *first = u->segments;
    if (s->fd >= 0)
        return false;
    if (first->shard == number && first->offset == s->now.size)
        return true;
    return first->shard == number + 1 && first->offset == 0 && s->now.size > 0 && old && old->complete && old->size == s->now.size + TARBALL_END;
}

int shards_stay(struct shards *s, const struct unit *u, struct err *e)
{
    for (size_t i = 0; i < u->segment_count; i++) {
        int error = u->segments[i].shard != shards_number(s) ? shards_next(s, e) : 0;
        if (!error && u->segments[i].shard != shards_number(s))
            error = err_set(e, -EIO, "the journal of the shards %s contradicts itself: remove .%s.journal", s->name, s->name);
        if (error)
            return error;
        s->now.size += u->segments[i].size;
        s->now.samples += u->segments[i].samples;
        s->now.files += u->segments[i].files;
        if (!vec_push(&s->here, u))
            return err_set(e, -ENOMEM, "out of memory");
    }
    return 0;
}

/* The sample that begins at an offset of an old shard: its size, up to `end` at most. s->text: its stem. */
static int measure_sample(struct shards *s, uint32_t shard, uint64_t offset, uint64_t end, uint64_t *size, uint32_t *files, struct err *e)
{
    struct buf name = BUF_INIT;
    uint8_t block[TARBALL_BLOCK];
    uint64_t at = offset, member = offset, data;
    char type;
    int error = 0;
    *files = 0;
    *size = 0;
    buf_reset(&s->text);
    while (!error && at < end) {
        error = shards_read(s, shard, at, block, sizeof block, e);
        if (!error && tarball_read(block, &data, &type) != 0)
            error = err_set(e, -EBADMSG, "shard %u of %s is damaged at byte %llu: remove it, or .%s.journal", shard, s->name, (unsigned long long)at, s->name);
        uint64_t next = at + TARBALL_BLOCK + tarball_padded(data);
        if (!error && type == 'x') {
            size_t n = data < COPY ? (size_t)data : COPY;
            error = shards_read(s, shard, at + TARBALL_BLOCK, s->buffer, n, e);
            tarball_extended_name((const char *)s->buffer, error ? 0 : n, &name);
        } else if (!error) {
            if (name.size == 0)
                tarball_name(block, &name);
            while (name.size > 0 && name.data[name.size - 1] != '.')
                name.size--;
            bool same = name.size == s->text.size && memcmp(name.data ? name.data : "", s->text.data ? s->text.data : "", name.size) == 0;
            if (*files > 0 && !same)
                break;
            buf_reset(&s->text);
            buf_add(&s->text, name.data, name.size);
            buf_reset(&name);
            member = next;
            ++*files;
        }
        at = next;
    }
    *size = member - offset;
    buf_release(&name);
    return error;
}

int shards_copy_unit(struct shards *s, const struct unit *from, struct unit *u, struct err *e)
{
    int error = 0;
    for (size_t i = 0; i < from->segment_count && !error; i++) {
        const struct segment *g = &from->segments[i];
        for (uint64_t at = g->offset, end = at + g->size, size; at < end && !error; at += size) {
            uint32_t files;
            error = measure_sample(s, g->shard, at, end, &size, &files, e);
            if (!error)
                error = shards_begin_sample(s, size, files, e);
            for (uint64_t done = 0; done < size && !error;) {
                size_t n = size - done < COPY ? (size_t)(size - done) : COPY;
                error = shards_read(s, g->shard, at + done, s->buffer, n, e);
                if (!error)
                    error = shards_put(s, s->buffer, n, e);
                done += n;
            }
            u->samples++;
            u->files += files;
        }
    }
    return error;
}
