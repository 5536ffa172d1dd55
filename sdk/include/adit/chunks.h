/* SPDX-License-Identifier: MIT */
/*
 * Walks the chunks of RIFF (WAVE, AVI, WebP, RMID), RIFX, RF64, BW64 and of IFF (AIFF, 8SVX, ILBM, DjVu): an id, a size, the
 * data, and a byte of padding where the size is odd. One level at a time, from a source that need not be in memory.
 * In libadit-sdk. [run]
 *
 *     struct adit_chunks chunks;
 *     struct adit_chunk chunk;
 *     struct adit_cursor c = adit_cursor(job);
 *     if (!adit_chunks_open(&chunks, &c) || chunks.type != ADIT_FOURCC('W', 'A', 'V', 'E'))
 *         return ADIT_DECLINED;
 *     while (adit_next_chunk(&chunks, &chunk))
 *         if (chunk.id == ADIT_FOURCC('f', 'm', 't', ' '))
 *             c = adit_chunk_cursor(&chunks, &chunk);
 *
 * Sources: Multimedia Programming Interface and Data Specifications 1.0, 2 (RIFF); EBU Tech 3306 (RF64); ITU-R BS.2088
 * (BW64); EA IFF 85.
 */
#ifndef ADIT_CHUNKS_H
#define ADIT_CHUNKS_H

#include <adit/abi.h>
#include <adit/cursor.h>
#include <adit/tag.h>

enum { ADIT_CHUNKS_MAX = 65536 }; /* chunks of one level; what is beyond is not looked at */

struct adit_chunks {
    struct adit_cursor cursor; /* at the next chunk; ends with the container, or with the source where that is earlier */
    uint32_t form;             /* RIFF, RIFX, RF64, BW64, FORM; LIST, CAT, PROP inside of others */
    uint32_t type;             /* what the container says it holds: WAVE, AIFF */
    uint64_t size;             /* of the container as it says, the type included; UINT64_MAX: to the end (written to a pipe) */
    bool truncated;            /* the source ends before the container does, or inside of a chunk's head */
    bool too_many;             /* ADIT_CHUNKS_MAX were walked */
    uint32_t count;            /* chunks so far */
    uint64_t ds64, ds64_end;   /* RF64: the 64-bit sizes, as positions in the source; 0: there are none */
};

struct adit_chunk {
    uint32_t id;
    uint64_t offset;    /* of its head in the source */
    uint64_t data;      /* of its first byte of data in the source */
    uint64_t size;      /* of its data as it says; RF64's 64 bits resolved; to the end where it says 0xffffffff */
    uint64_t available; /* of those, how many are there: less than size in a truncated file */
    char name[5];       /* the id, with what does not print as '?' */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the head of a container at the cursor's position. False: there is none, or it is no container that has chunks. */
bool adit_chunks_open(struct adit_chunks *w, const struct adit_cursor *c);
/* The next chunk; false after the last one. A chunk that goes on beyond its container is the last. */
bool adit_next_chunk(struct adit_chunks *w, struct adit_chunk *chunk);
/* A chunk that is a container of its own: LIST, FORM, CAT, PROP, RIFF. False: it is none. */
bool adit_chunk_enter(const struct adit_chunks *w, const struct adit_chunk *chunk, struct adit_chunks *inner);
/* Over the chunk's available data, in the container's byte order. */
struct adit_cursor adit_chunk_cursor(const struct adit_chunks *w, const struct adit_chunk *chunk);

#ifdef __cplusplus
}
#endif

#endif
