/* SPDX-License-Identifier: MIT */
/* The chunks of RIFF, RF64, BW64 and AIFF files: those with metadata are given on as streams, and a file that ends
 * before its chunks do is noticed. */
#ifndef PLUGINS_AUDIO_SNDFILE_CHUNKS_H
#define PLUGINS_AUDIO_SNDFILE_CHUNKS_H

#include <adit/adit.h>
#include <adit/chunks.h>
#include <adit/tag.h>

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

/* libsndfile 1.2.0 takes the sizes in a list for signed ones, goes back at those of 2 GiB and more, and may never end. */
static inline bool list_ends(const struct adit_call *job, const struct adit_chunks *chunks, const struct adit_chunk *list)
{
    struct adit_chunks inner;
    struct adit_chunk chunk;
    if (!adit_chunk_enter(chunks, list, &inner))
        return true;
    while (adit_next_chunk(&inner, &chunk))
        if (chunk.size > INT32_MAX) {
            adit_warnf(job, "chunk %s at offset %llu: expected at most %llu bytes, found a size of %llu", chunk.name,
                       (unsigned long long)chunk.offset, (unsigned long long)chunk.available, (unsigned long long)chunk.size);
            return false;
        }
    return adit_ok(&inner.cursor);
}

/* Goes through the chunks. False: the file ends inside of one (a warning says which). *early: AIFF's channel layout
 * (CHAN) stands before the number of channels (COMM). *endless: libsndfile must not see the file. */
static inline bool walk_chunks(const struct adit_call *job, bool *early, bool *endless)
{
    struct adit_cursor c = adit_cursor(job);
    struct adit_chunks chunks;
    struct adit_chunk chunk;
    bool comm = false;
    *early = *endless = false;
    if (!adit_chunks_open(&chunks, &c)) {
        *endless = adit_size(job) >= 12 && !adit_ok(&chunks.cursor); /* could not be read: nothing is known of its lists */
        return true;
    }
    chunks.cursor.end = c.end; /* chunks are appended without being counted in */
    while (adit_next_chunk(&chunks, &chunk)) {
        comm = comm || chunk.id == ADIT_FOURCC('C', 'O', 'M', 'M');
        *early = *early || (!comm && chunk.id == ADIT_FOURCC('C', 'H', 'A', 'N'));
        if (chunk.id == ADIT_FOURCC('L', 'I', 'S', 'T') && !list_ends(job, &chunks, &chunk)) {
            *endless = true;
            return false;
        }
        if (chunk.size > chunk.available) {
            adit_warnf(job, "chunk %s at offset %llu: expected %llu bytes, found %llu", chunk.name,
                       (unsigned long long)chunk.offset, (unsigned long long)chunk.size,
                       (unsigned long long)chunk.available);
            return false;
        }
        const char *media = adit_tag_name(ADIT_TAGS(chunk_media), chunk.id);
        if (media && chunk.size > 0)
            (void)adit_emit_range(job, adit_text_c(chunk.name), media, chunk.data, chunk.size);
    }
    *endless = !adit_ok(&chunks.cursor);
    return true;
}

#endif
