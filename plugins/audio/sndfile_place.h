/* SPDX-License-Identifier: MIT */
/* libsndfile's virtual I/O on the job's source: it never sees a path. Source: sndfile.h, SF_VIRTUAL_IO. */
#ifndef PLUGINS_AUDIO_SNDFILE_PLACE_H
#define PLUGINS_AUDIO_SNDFILE_PLACE_H

#include <adit/adit.h>
#include <sndfile.h>

struct place {
    const struct adit_call *job;
    sf_count_t at;
};

static inline sf_count_t place_size(void *user)
{
    uint64_t size = adit_size(((struct place *)user)->job);
    return size < INT64_MAX ? (sf_count_t)size : INT64_MAX;
}

static inline sf_count_t place_seek(sf_count_t offset, int whence, void *user)
{
    struct place *p = (struct place *)user;
    sf_count_t base = whence == SF_SEEK_CUR ? p->at : whence == SF_SEEK_END ? place_size(user) : 0, to;
    if (__builtin_add_overflow(base, offset, &to) || to < 0)
        return -1;
    p->at = to;
    return to;
}

static inline sf_count_t place_read(void *to, sf_count_t n, void *user)
{
    struct place *p = (struct place *)user;
    int64_t got = n > 0 ? adit_read(p->job, ADIT_SOURCE_MAIN, (uint64_t)p->at, to, (size_t)n) : 0;
    sf_count_t end = place_size(user);
    /* Where nothing comes any more is the end: libsndfile would look for its next chunk at the same place for ever. */
    if (got == n)
        p->at += n;
    else if (p->at < end)
        p->at = end;
    return got > 0 ? got : 0;
}

static inline sf_count_t place_write(const void *from, sf_count_t n, void *user)
{
    (void)from;
    (void)n;
    (void)user;
    return 0;
}

static inline sf_count_t place_tell(void *user)
{
    return ((struct place *)user)->at;
}

static inline SNDFILE *place_open(struct place *place, SF_INFO *info)
{
    SF_VIRTUAL_IO io = {place_size, place_seek, place_read, place_write, place_tell};
    *info = (SF_INFO){0};
    return sf_open_virtual(&io, SFM_READ, info, place);
}

#endif
