/* SPDX-License-Identifier: MIT */
#include <adit/inflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 32 * 1024, RATIO_GRACE = 64 * 1024 };

struct inflater {
    z_stream stream; /* allocates with malloc: zalloc and zfree stay NULL */
    uint8_t in[PIECE], out[PIECE];
};

static enum adit_inflate_result end(struct adit_inflate *z, enum adit_inflate_result result, const char *message)
{
    z->message = message;
    return result;
}

/* Reads the next piece of input, unless there is some left. False: the source failed; avail_in 0: the range is used up. */
static bool refill(struct adit_inflate *z, struct inflater *i, uint64_t *taken)
{
    if (i->stream.avail_in > 0 || *taken == z->size)
        return true;
    uint64_t want = z->size - *taken < PIECE ? z->size - *taken : PIECE;
    int64_t got = adit_read(z->job, z->source, z->offset + *taken, i->in, (size_t)want);
    if (got < 0)
        return false;
    if (got == 0)
        z->size = *taken; /* the source became shorter: the range ends here */
    i->stream.next_in = i->in;
    i->stream.avail_in = (uInt)got;
    *taken += (uint64_t)got;
    return true;
}

/* Gives `n` bytes of output to the sink, those within the bound. */
static enum adit_inflate_result deliver(struct adit_inflate *z, const uint8_t *out, size_t n)
{
    uint64_t room = z->max_output - z->produced;
    size_t fits = n < room ? n : (size_t)room;
    if (fits > 0 && z->sink && !z->sink(z->context, out, fits))
        return end(z, ADIT_INFLATE_STOPPED, "stopped by the reader");
    z->produced += fits;
    if (fits < n)
        return end(z, ADIT_INFLATE_LIMIT, "more output than the bound allows");
    if (z->max_ratio > 0 && z->produced > RATIO_GRACE && (z->produced - RATIO_GRACE) / z->max_ratio > z->consumed)
        return end(z, ADIT_INFLATE_LIMIT, "the output grows beyond the bound for its ratio to the input");
    return ADIT_INFLATE_DONE;
}

static enum adit_inflate_result loop(struct adit_inflate *z, struct inflater *i)
{
    uint64_t taken = 0;
    for (;;) {
        if (!refill(z, i, &taken))
            return end(z, ADIT_INFLATE_FAILED, "the source could not be read");
        i->stream.next_out = i->out;
        i->stream.avail_out = PIECE;
        int code = inflate(&i->stream, Z_NO_FLUSH);
        z->consumed = taken - i->stream.avail_in;
        size_t n = PIECE - i->stream.avail_out;
        enum adit_inflate_result result = deliver(z, i->out, n);
        if (result != ADIT_INFLATE_DONE)
            return result;
        if (code == Z_STREAM_END)
            return end(z, ADIT_INFLATE_DONE, "");
        if (code == Z_NEED_DICT)
            return end(z, ADIT_INFLATE_UNSUPPORTED, "a preset dictionary is needed");
        if (code == Z_MEM_ERROR)
            return end(z, ADIT_INFLATE_FAILED, "out of memory");
        if (code == Z_DATA_ERROR) /* zlib's messages are literals */
            return end(z, ADIT_INFLATE_CORRUPT, i->stream.msg ? i->stream.msg : "invalid compressed data");
        /* Z_OK, or Z_BUF_ERROR where there was nothing left to read. */
        if (n == 0 && i->stream.avail_in == 0 && taken == z->size)
            return end(z, ADIT_INFLATE_TRUNCATED, "the compressed data ends too early");
    }
}

enum adit_inflate_result adit_inflate_run(struct adit_inflate *z)
{
    static const int window_bits[] = {-15, 15, 15 + 16};
    uint64_t total = adit_source_size(z->job, z->source);
    z->consumed = z->produced = 0;
    if (z->offset > total)
        z->offset = total;
    if (z->size > total - z->offset)
        z->size = total - z->offset;
    struct inflater *i = (struct inflater *)malloc(sizeof *i);
    if (!i)
        return end(z, ADIT_INFLATE_FAILED, "out of memory");
    memset(&i->stream, 0, sizeof i->stream);
    enum adit_inflate_result result;
    if (inflateInit2(&i->stream, window_bits[z->format]) != Z_OK) {
        result = end(z, ADIT_INFLATE_FAILED, "out of memory");
    } else {
        result = loop(z, i);
        inflateEnd(&i->stream);
    }
    free(i);
    return result;
}

static bool copy(void *context, const uint8_t *data, size_t n)
{
    uint8_t **to = (uint8_t **)context;
    memcpy(*to, data, n);
    *to += n;
    return true;
}

enum adit_inflate_result adit_inflate_into(struct adit_inflate *z, void *buffer, size_t capacity)
{
    uint8_t *to = (uint8_t *)buffer;
    z->max_output = capacity;
    z->sink = copy;
    z->context = &to;
    enum adit_inflate_result result = adit_inflate_run(z);
    z->context = NULL;
    return result;
}
