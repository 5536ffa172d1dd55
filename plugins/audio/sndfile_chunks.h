/* SPDX-License-Identifier: MIT */
/* The chunks of RIFF, RF64, BW64 and AIFF files: those with metadata are given on as streams, and what libsndfile must not
 * see, or would not notice, is. */
#ifndef PLUGINS_AUDIO_SNDFILE_CHUNKS_H
#define PLUGINS_AUDIO_SNDFILE_CHUNKS_H

#include <adit/adit.h>
#include <adit/chunks.h>
#include <adit/tag.h>

#include "sndfile_place.h"

static const struct adit_tag chunk_media[] = {
    {ADIT_FOURCC('I', 'D', '3', ' '), 0, "application/x-id3"},
    {ADIT_FOURCC('L', 'I', 'S', 'T'), 0, "application/x-riff-list"},
    {ADIT_FOURCC('X', 'M', 'P', ' '), 0, "application/rdf+xml"},
    {ADIT_FOURCC('_', 'P', 'M', 'X'), 0, "application/rdf+xml"},
    {ADIT_FOURCC('a', 'x', 'm', 'l'), 0, "application/xml"},
    {ADIT_FOURCC('b', 'e', 'x', 't'), 0, "application/x-bext"},
    {ADIT_FOURCC('i', 'X', 'M', 'L'), 0, "application/xml"},
    {ADIT_FOURCC('i', 'd', '3', ' '), 0, "application/x-id3"},
};

enum chunks_end {
    CHUNKS_WHOLE,
    CHUNKS_CUT,     /* the file ends inside of one */
    CHUNKS_ENDLESS, /* libsndfile must not see the file: it could read for ever */
};

struct chunk_walk {
    const struct adit_call *job;
    bool tell;  /* warn, and emit the streams */
    bool early; /* AIFF's channel layout (CHAN) stands before the number of channels (COMM) */
    void (*found)(void *context, const struct adit_chunks *, const struct adit_chunk *); /* NULL, or is given each */
    void *context;
};

/* libsndfile 1.2.0 takes the sizes in a list for signed ones, goes back at those of 2 GiB and more, and may never end. */
static inline bool list_ends(const struct chunk_walk *w, const struct adit_chunks *chunks,
                             const struct adit_chunk *list)
{
    struct adit_chunks inner;
    struct adit_chunk chunk;
    if (!adit_chunk_enter(chunks, list, &inner))
        return true;
    while (adit_next_chunk(&inner, &chunk))
        if (chunk.size > INT32_MAX) {
            if (w->tell)
                adit_warnf(w->job, "chunk %s at offset %llu: expected at most %llu bytes, found a size of %llu",
                           chunk.name, (unsigned long long)chunk.offset, (unsigned long long)chunk.available,
                           (unsigned long long)chunk.size);
            return false;
        }
    return adit_ok(&inner.cursor);
}

static inline enum chunks_end walk_chunks(struct chunk_walk *w)
{
    struct adit_cursor c = adit_cursor(w->job);
    struct adit_chunks chunks;
    struct adit_chunk chunk;
    bool comm = false;
    if (!adit_chunks_open(&chunks, &c)) /* nothing is known of the lists of what could not be read */
        return adit_size(w->job) >= 12 && !adit_ok(&chunks.cursor) ? CHUNKS_ENDLESS : CHUNKS_WHOLE;
    chunks.cursor.end = c.end; /* chunks are appended without being counted in */
    while (adit_next_chunk(&chunks, &chunk)) {
        comm = comm || chunk.id == ADIT_FOURCC('C', 'O', 'M', 'M');
        w->early = w->early || (!comm && chunk.id == ADIT_FOURCC('C', 'H', 'A', 'N'));
        if (chunk.id == ADIT_FOURCC('L', 'I', 'S', 'T') && !list_ends(w, &chunks, &chunk))
            return CHUNKS_ENDLESS;
        if (w->found)
            w->found(w->context, &chunks, &chunk);
        if (chunk.size > chunk.available) {
            if (w->tell)
                adit_warnf(w->job, "chunk %s at offset %llu: expected %llu bytes, found %llu", chunk.name,
                           (unsigned long long)chunk.offset, (unsigned long long)chunk.size,
                           (unsigned long long)chunk.available);
            return CHUNKS_CUT;
        }
        const char *media = w->tell ? adit_tag_name(ADIT_TAGS(chunk_media), chunk.id) : NULL;
        if (media && chunk.size > 0)
            (void)adit_emit_range(w->job, adit_text_c(chunk.name), media, chunk.data, chunk.size);
    }
    return adit_ok(&chunks.cursor) ? CHUNKS_WHOLE : CHUNKS_ENDLESS;
}

/* Opens the job's source for its samples alone. NULL, with a warning: there is nothing to decode. sf_close() it. */
static inline SNDFILE *sound_open(struct place *place, SF_INFO *info)
{
    struct chunk_walk walk = {place->job, false, false, NULL, NULL};
    if (walk_chunks(&walk) == CHUNKS_ENDLESS) {
        adit_warnf(place->job, "a list in this file says sizes that cannot be: libsndfile is not given it");
        return NULL;
    }
    SNDFILE *file = place_open(place, info);
    if (!file)
        adit_warnf(place->job, "libsndfile: %s", sf_strerror(NULL));
    return file;
}

#endif
