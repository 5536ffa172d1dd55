/* SPDX-License-Identifier: MIT */
/* The chunks of RIFF, RF64, BW64 and AIFF files: those with metadata are given on as streams, and a file that ends
 * before its chunks do is noticed. Sources: Multimedia Programming Interface 1.0, 2 (RIFF); EBU Tech 3306 (RF64);
 * ITU-R BS.2088 (BW64); AIFF 1.3. */
#ifndef PLUGINS_AUDIO_CHUNKS_H
#define PLUGINS_AUDIO_CHUNKS_H

#include <adit/adit.h>
#include <string.h>

enum { CHUNKS_MAX = 4096 };

static const struct chunk_kind {
    char id[5];
    const char *media;
} chunk_kinds[] = {
    {"bext", "application/x-bext"},  {"LIST", "application/x-riff-list"}, {"id3 ", "application/x-id3"},
    {"ID3 ", "application/x-id3"},   {"iXML", "application/xml"},         {"axml", "application/xml"},
    {"_PMX", "application/rdf+xml"}, {"XMP ", "application/rdf+xml"},
};

/* EBU Tech 3306, 3: the size that the data chunk's 32 bits cannot hold. */
static inline uint64_t ds64_data_size(const struct adit_cursor *c, uint64_t at)
{
    struct adit_cursor ds64 = adit_sub_at(c, at, 16);
    ds64.big_endian = false;
    adit_skip(&ds64, 8);
    return adit_read_u64(&ds64);
}

static inline void emit_chunk(const struct adit_call *job, const char id[5], uint64_t offset, uint64_t size)
{
    for (size_t i = 0; i < sizeof chunk_kinds / sizeof *chunk_kinds; i++)
        if (memcmp(id, chunk_kinds[i].id, 4) == 0 && size > 0)
            (void)adit_emit_range(job, adit_text_of(id, 4), chunk_kinds[i].media, offset, size);
}

/* Goes through the chunks. False: the file ends inside of one (a warning says which). *early: AIFF's channel layout
 * (CHAN) stands before the number of channels (COMM). */
static inline bool walk_chunks(const struct adit_call *job, bool *early)
{
    struct adit_cursor c = adit_cursor(job);
    char form[4], id[5] = "";
    uint64_t data_size = UINT32_MAX;
    bool comm = false;
    *early = false;
    (void)adit_read_exact(&c, form, 4);
    bool aiff = memcmp(form, "FORM", 4) == 0;
    c.big_endian = aiff || memcmp(form, "RIFX", 4) == 0;
    if (!aiff && !c.big_endian && memcmp(form, "RIFF", 4) != 0 && memcmp(form, "RF64", 4) != 0 &&
        memcmp(form, "BW64", 4) != 0)
        return true;
    adit_skip(&c, 8); /* size, and WAVE, AIFF or AIFC */
    for (int i = 0; i < CHUNKS_MAX && adit_left(&c) >= 8; i++) {
        (void)adit_read_exact(&c, id, 4);
        uint64_t size = adit_read_u32(&c), at = adit_tell(&c);
        comm = comm || memcmp(id, "COMM", 4) == 0;
        *early = *early || (!comm && memcmp(id, "CHAN", 4) == 0);
        if (memcmp(id, "ds64", 4) == 0)
            data_size = ds64_data_size(&c, at);
        if (memcmp(id, "data", 4) == 0 && size == UINT32_MAX)
            size = data_size;
        if (memcmp(id, "data", 4) == 0 && size == UINT32_MAX)
            return true; /* written to a pipe: to the end of the file */
        if (size > adit_left(&c)) {
            for (int k = 0; k < 4; k++)
                id[k] = id[k] >= ' ' && id[k] <= '~' ? id[k] : '?';
            adit_warnf(job, "chunk %.4s at offset %llu: expected %llu bytes, found %llu", id,
                       (unsigned long long)at - 8, (unsigned long long)size, (unsigned long long)adit_left(&c));
            return false;
        }
        emit_chunk(job, id, at, size);
        adit_skip(&c, size + (size & 1) <= adit_left(&c) ? size + (size & 1) : size);
    }
    return true;
}

#endif
