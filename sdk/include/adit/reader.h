/* SPDX-License-Identifier: MIT */
/* Bytes one after another from wherever they come: a range of a source, an inflater, a decoder. What the parsers of text
 * formats read from. [run; open for resources] */
#ifndef ADIT_READER_H
#define ADIT_READER_H

#include <adit/abi.h>
#include <adit/source.h>

struct adit_reader {
    /* Up to n > 0 bytes into `buffer`. Returns how many; 0: the end; negative: enum adit_error. */
    int64_t (*read)(struct adit_reader *reader, void *buffer, size_t n);
    const struct adit_call *job;
    adit_source source;
    uint64_t at, end; /* of a range: what is left to read */
};

static inline int64_t adit_reader_range_read(struct adit_reader *r, void *buffer, size_t n)
{
    uint64_t left = r->end - r->at;
    int64_t got = left ? adit_read(r->job, r->source, r->at, buffer, n < left ? n : (size_t)left) : 0;
    if (got > 0)
        r->at += (uint64_t)got;
    return got;
}

/* A reader over [offset, offset + size) of a source, cut at the source's end. */
static inline struct adit_reader adit_reader_at(const struct adit_call *job, adit_source source, uint64_t offset,
                                                uint64_t size)
{
    uint64_t total = adit_source_size(job, source);
    uint64_t start = offset < total ? offset : total;
    struct adit_reader r = {adit_reader_range_read, job, source, start, size < total - start ? start + size : total};
    return r;
}

/* A reader over the job's whole source. */
static inline struct adit_reader adit_reader(const struct adit_call *job)
{
    return adit_reader_at(job, ADIT_SOURCE_MAIN, 0, UINT64_MAX);
}

static inline int64_t adit_read_next(struct adit_reader *r, void *buffer, size_t n)
{
    return r->read(r, buffer, n);
}

#endif
