/* SPDX-License-Identifier: MIT */
/* Bytes of a DICOM file by their offset: the source itself, or what a deflated data set came to in memory. */
#ifndef MEDICAL_DICOM_BYTES_H
#define MEDICAL_DICOM_BYTES_H

#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_WINDOW = 16 << 10, BYTES_JUMP = 256, BYTES_VALUE_MAX = 1 << 20 /* the largest text that is a field */ };

struct bytes {
    const struct adit_call *job;
    const uint8_t *memory; /* NULL: the source */
    uint64_t size;
    uint64_t window; /* offset of buffer[0] */
    size_t filled;
    uint8_t *large; /* a value that does not fit the window; owned */
    uint8_t buffer[BYTES_WINDOW];
};

/* n bytes at `offset`, valid until the next call; NULL: they are not all there, or are too many. */
static inline const uint8_t *bytes_at(struct bytes *b, uint64_t offset, uint64_t n)
{
    if (offset > b->size || n > b->size - offset || n > BYTES_VALUE_MAX)
        return NULL;
    if (b->memory)
        return b->memory + offset;
    if (n > BYTES_WINDOW) {
        if (!b->large && !(b->large = (uint8_t *)malloc(BYTES_VALUE_MAX)))
            return NULL;
        return adit_read(b->job, ADIT_SOURCE_MAIN, offset, b->large, (size_t)n) == (int64_t)n ? b->large : NULL;
    }
    if (offset < b->window || offset - b->window > b->filled || n > b->filled - (size_t)(offset - b->window)) {
        bool jump = offset > b->window + b->filled; /* over a value, to the next head: little is wanted there */
        size_t want = jump && n < BYTES_JUMP ? BYTES_JUMP : BYTES_WINDOW;
        int64_t got = adit_read(b->job, ADIT_SOURCE_MAIN, offset, b->buffer, want);
        b->window = offset;
        b->filled = got > 0 ? (size_t)got : 0;
        if (b->filled < n)
            return NULL;
    }
    return b->buffer + (offset - b->window);
}

/* Writes a range into the stream that is open. */
static inline bool bytes_write(struct bytes *b, uint64_t offset, uint64_t n)
{
    while (n > 0) {
        uint64_t piece = n < BYTES_WINDOW ? n : BYTES_WINDOW;
        const uint8_t *p = bytes_at(b, offset, piece);
        if (!p || adit_write(b->job, p, (size_t)piece) != 0)
            return false;
        offset += piece;
        n -= piece;
    }
    return true;
}

/* Emits a range as a stream: of a file without a copy. */
static inline void bytes_emit(struct bytes *b, const char *name, const char *media, uint64_t offset, uint64_t n)
{
    if (n > b->size || offset > b->size - n)
        return;
    if (b->memory)
        (void)adit_emit_stream(b->job, adit_text_c(name), media, b->memory + offset, (size_t)n);
    else
        (void)adit_emit_range(b->job, adit_text_c(name), media, offset, n);
}

#endif
