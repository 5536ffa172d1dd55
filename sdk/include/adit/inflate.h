/* SPDX-License-Identifier: MIT */
/*
 * Bounded decompression: a range of a source piece by piece into a function of the caller, into memory, or into the stream that
 * is open [run]. Memory is about 110 KiB whatever the sizes are. A module that uses it links zlib: a comment of its own,
 * libraries: zlib. What another library decompresses is a struct adit_codec, and the rest is the same.
 *
 *     struct adit_inflate z = adit_inflate(job, offset, size, ADIT_INFLATE_ZLIB);
 *     z.max_output = 1 << 20;
 *     z.sink = keep;
 *     z.context = &where;
 *     if (adit_inflate_run(&z) == ADIT_INFLATE_CORRUPT)
 *         adit_warnf(job, "iCCP at %llu: %s", …, z.message);
 *
 * Source: RFC 1950 (zlib), RFC 1951 (deflate), RFC 1952 (gzip).
 */
#ifndef ADIT_INFLATE_H
#define ADIT_INFLATE_H

#include <adit/abi.h>
#include <adit/reader.h>
#include <adit/source.h>

enum adit_inflate_format {
    ADIT_INFLATE_RAW = 0,  /* deflate alone: ZIP members, PDF object streams without a header */
    ADIT_INFLATE_ZLIB = 1, /* with header and Adler-32, which is checked: PNG */
    ADIT_INFLATE_GZIP = 2, /* one member, with header, CRC-32 and ISIZE, which are checked */
};

enum adit_inflate_result {
    ADIT_INFLATE_DONE = 0,        /* the end of the compressed data was reached and all checks held */
    ADIT_INFLATE_TRUNCATED = 1,   /* the input range ended before the compressed data did */
    ADIT_INFLATE_CORRUPT = 2,     /* not in the format, or a checksum is wrong: `message` says which */
    ADIT_INFLATE_LIMIT = 3,       /* there is more output than max_output, or it grew beyond max_ratio */
    ADIT_INFLATE_STOPPED = 4,     /* the sink returned false */
    ADIT_INFLATE_UNSUPPORTED = 5, /* needs a preset dictionary (RFC 1950, FDICT) */
    ADIT_INFLATE_FAILED = 6,      /* no memory, or the source could not be read */
};

/* Takes the next n > 0 bytes, borrowed until it returns. False: stop here. */
typedef bool (*adit_inflate_sink)(void *context, const uint8_t *data, size_t n);

/* Where a codec takes from, and where it puts what it makes: it moves the pointers on and counts what is left down. */
struct adit_codec_buffers {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
};

/* A decompressor: it knows memory alone; bounds, reading and what becomes of the output are adit_inflate's. A module declares
 * one, static and const, and names it in adit_unpack. */
struct adit_codec {
    size_t state_size; /* bytes of its state, which are 0 when `begin` is called */
    /* `variant` is what adit_unpack was given. False: no memory; then `end` is not called. */
    bool (*begin)(void *state, int variant);
    /* One step. ADIT_INFLATE_DONE: go on, or with *last the data were all there; anything else, with *message: it cannot. A step
     * without input that makes no output says that more input is needed; one that has input, and moves nothing, is a fault. */
    enum adit_inflate_result (*step)(void *state, struct adit_codec_buffers *b, bool *last, const char **message);
    void (*end)(void *state);
};

struct adit_inflate {
    /* What to do. */
    const struct adit_call *job;
    adit_source source;
    uint64_t offset, size; /* the input: at most `size` bytes at `offset`; cut at the source's end */
    enum adit_inflate_format format;
    uint64_t max_output; /* the sink gets at most so many bytes; UINT64_MAX: no bound */
    uint32_t max_ratio;  /* output bytes for each input byte, counted after the first 64 KiB of output; 0: no bound */
    adit_inflate_sink sink; /* NULL: the output is only counted and checked */
    void *context;
    /* What came of it, whatever the result. */
    uint64_t consumed;   /* bytes of input up to and including the last one used; what follows is not part of it */
    uint64_t produced;   /* bytes of output that the sink accepted */
    const char *message; /* why, in English, without the place; "" for ADIT_INFLATE_DONE; static */
    /* Where the input comes from, instead of the range: borrowed, read from as far as is needed. */
    struct adit_reader *from;
    const struct adit_codec *codec;
    /* Over what adit_inflate_write has written: a check sum, begun with `sum`. NULL: none. See check.h. */
    uint32_t (*check)(uint32_t sum, const void *data, size_t n);
    uint32_t sum;
};

#ifdef __cplusplus
extern "C" {
#endif
/* zlib's; the variant is an enum adit_inflate_format. In libadit-sdk. */
extern const struct adit_codec adit_codec_deflate;
#ifdef __cplusplus
}
#endif

/* A description with these values, the job's own source, no bounds and no sink. */
static inline struct adit_inflate adit_unpack(const struct adit_call *job, uint64_t offset, uint64_t size,
                                              const struct adit_codec *codec, int variant)
{
    struct adit_inflate z = {job,
                             ADIT_SOURCE_MAIN,
                             offset,
                             size,
                             (enum adit_inflate_format)variant,
                             UINT64_MAX,
                             0,
                             NULL,
                             NULL,
                             0,
                             0,
                             "",
                             NULL,
                             codec,
                             NULL,
                             0};
    return z;
}
static inline struct adit_inflate adit_inflate(const struct adit_call *job, uint64_t offset, uint64_t size,
                                               enum adit_inflate_format format)
{
    return adit_unpack(job, offset, size, &adit_codec_deflate, (int)format);
}

/* The same, of what a reader gives: data that another filter of the format has packed, or encrypted. A reader that fails is
 * ADIT_INFLATE_FAILED. */
static inline struct adit_inflate adit_inflate_from(struct adit_reader *from, enum adit_inflate_format format)
{
    struct adit_inflate z = adit_inflate(from->job, 0, UINT64_MAX, format);
    z.source = from->source;
    z.from = from;
    return z;
}

#ifdef __cplusplus
extern "C" {
#endif
/* Decompresses once. Output that came before a fault has been given to the sink. In libadit-sdk. */
enum adit_inflate_result adit_inflate_run(struct adit_inflate *z);

/* Into memory of the caller: at most `capacity` bytes into `buffer`; z->produced says how many. Sets sink, context and
 * max_output by itself. ADIT_INFLATE_LIMIT: there was more. In libadit-sdk. */
enum adit_inflate_result adit_inflate_into(struct adit_inflate *z, void *buffer, size_t capacity);

/* Into the stream or artifact that is open; z->sum is the check sum of what was written. Sets sink and context by itself.
 * ADIT_INFLATE_STOPPED: the quota is used up, or it is time to stop. In libadit-sdk. */
enum adit_inflate_result adit_inflate_write(struct adit_inflate *z);

/* As a reader, for parsers that ask for bytes (xml.h, json.h): `z` is as above, without a sink, and must live as long. NULL: no
 * memory. What is wrong with the data ends the reading with ADIT_E_IO, a bound with ADIT_E_LIMIT; *result (which may be NULL) and
 * z->message say more. */
struct adit_reader *adit_inflate_open(struct adit_inflate *z, enum adit_inflate_result *result);
void adit_inflate_close(struct adit_reader *reader);
#ifdef __cplusplus
}
#endif

#endif
