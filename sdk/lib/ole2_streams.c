/* SPDX-License-Identifier: MIT */
/* Compound files: what is in streams. Numbers in comments are sections of [MS-CFB]. */
#include "ole2_sectors.h"
#include <adit/stream.h>
#include <stdlib.h>

static int64_t reader_read(struct adit_reader *r, void *buffer, size_t n)
{
    const struct adit_ole2_stream *s = (const struct adit_ole2_stream *)r;
    int64_t got = adit_ole2_read(s, r->at, buffer, n);
    if (got > 0)
        r->at += (uint64_t)got;
    return got;
}

/* 2.6.3: what is smaller than the cutoff lies in the mini stream. */
bool adit_ole2_stream(struct adit_ole2 *o, const struct adit_ole2_entry *e, struct adit_ole2_stream *s)
{
    static const struct adit_ole2_stream none = {{NULL, NULL, 0, 0, 0}, 0, NULL, {NULL, 0, 0, 0}};
    *s = none;
    if (!o || e->kind != ADIT_OLE2_STREAM)
        return false;
    if (e->size > 0)
        s->fault = ole2_follow(o, e->start, e->size < o->mini_cutoff, e->size, &s->extents);
    s->size = s->extents.size;
    s->reader = (struct adit_reader){reader_read, o->job, o->source, 0, s->size};
    return true;
}

int64_t adit_ole2_read(const struct adit_ole2_stream *s, uint64_t offset, void *buffer, size_t n)
{
    size_t done = 0;
    while (done < n && offset < s->size) {
        const struct adit_ole2_extent *e = ole2_extent_of(&s->extents, offset);
        uint64_t skip = offset - e->position, left = e->size - skip;
        size_t want = left < n - done ? (size_t)left : n - done;
        int64_t got = adit_read(s->reader.job, s->reader.source, e->offset + skip, (char *)buffer + done, want);
        if (got <= 0)
            return done ? (int64_t)done : got;
        done += (size_t)got;
        offset += (uint64_t)got;
    }
    return (int64_t)done;
}

void adit_ole2_stream_close(struct adit_ole2_stream *s)
{
    free(s->extents.items);
    s->extents = (struct adit_ole2_extents){NULL, 0, 0, 0};
    s->size = s->reader.end = 0;
}

char *adit_ole2_load(struct adit_ole2 *o, const char *path, size_t most, size_t *size)
{
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    *size = 0;
    if (!adit_ole2_find(o, path, &e) || !adit_ole2_stream(o, &e, &s))
        return NULL;
    size_t n = s.size < most ? (size_t)s.size : most;
    char *bytes = n > 0 ? (char *)malloc(n) : NULL;
    int64_t got = bytes ? adit_ole2_read(&s, 0, bytes, n) : 0;
    adit_ole2_stream_close(&s);
    if (got > 0) {
        *size = (size_t)got;
        return bytes;
    }
    free(bytes);
    return NULL;
}

static int copy(const struct adit_call *job, struct adit_ole2_stream *s, struct adit_text name, const char *media)
{
    char buffer[8192];
    int64_t got = 0;
    int error = adit_open_stream(job, name, media);
    if (error)
        return error;
    while (!error && (got = adit_read_next(&s->reader, buffer, sizeof buffer)) > 0)
        error = adit_write(job, buffer, (size_t)got);
    int closed = s->fault || got < 0 ? adit_close_truncated(job) : adit_close(job);
    return error ? error : closed;
}

int adit_ole2_emit(struct adit_ole2 *o, const struct adit_ole2_entry *e, const char *media)
{
    struct adit_ole2_stream s;
    if (!adit_ole2_stream(o, e, &s))
        return ADIT_E_USAGE;
    if (s.size == 0 && e->size > 0)
        return ADIT_E_RANGE;
    int error = s.extents.count == 1 && !s.fault && o->source == ADIT_SOURCE_MAIN
                    ? adit_emit_range(o->job, e->path, media, s.extents.items[0].offset, s.size)
                    : copy(o->job, &s, e->path, media);
    adit_ole2_stream_close(&s);
    return error;
}
