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
    int64_t got = z->from ? adit_read_next(z->from, i->in, (size_t)want)
                          : adit_read(z->job, z->source, z->offset + *taken, i->in, (size_t)want);
    if (got < 0)
        return false;
    if (got == 0)
        z->size = *taken; /* the source became shorter: the range ends here */
    i->stream.next_in = i->in;
    i->stream.avail_in = (uInt)got;
    *taken += (uint64_t)got;
    return true;
}

static bool outgrows(const struct adit_inflate *z)
{
    return z->max_ratio > 0 && z->produced > RATIO_GRACE && (z->produced - RATIO_GRACE) / z->max_ratio > z->consumed;
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
    if (outgrows(z))
        return end(z, ADIT_INFLATE_LIMIT, "the output grows beyond the bound for its ratio to the input");
    return ADIT_INFLATE_DONE;
}

/* One step of inflate into i->stream's output. ADIT_INFLATE_DONE without *last: go on. */
static enum adit_inflate_result step(struct adit_inflate *z, struct inflater *i, uint64_t *taken, bool *last)
{
    if (!refill(z, i, taken))
        return end(z, ADIT_INFLATE_FAILED, "the source could not be read");
    uInt room = i->stream.avail_out;
    int code = inflate(&i->stream, Z_NO_FLUSH);
    z->consumed = *taken - i->stream.avail_in;
    *last = code == Z_STREAM_END;
    if (code == Z_NEED_DICT)
        return end(z, ADIT_INFLATE_UNSUPPORTED, "a preset dictionary is needed");
    if (code == Z_MEM_ERROR)
        return end(z, ADIT_INFLATE_FAILED, "out of memory");
    if (code == Z_DATA_ERROR) /* zlib's messages are literals */
        return end(z, ADIT_INFLATE_CORRUPT, i->stream.msg ? i->stream.msg : "invalid compressed data");
    /* Z_OK, or Z_BUF_ERROR where there was nothing left to read. */
    if (!*last && i->stream.avail_out == room && i->stream.avail_in == 0 && *taken == z->size)
        return end(z, ADIT_INFLATE_TRUNCATED, "the compressed data ends too early");
    return ADIT_INFLATE_DONE;
}

static enum adit_inflate_result loop(struct adit_inflate *z, struct inflater *i)
{
    uint64_t taken = 0;
    for (bool last = false;;) {
        i->stream.next_out = i->out;
        i->stream.avail_out = PIECE;
        enum adit_inflate_result result = step(z, i, &taken, &last);
        const char *message = z->message;
        enum adit_inflate_result kept = deliver(z, i->out, PIECE - i->stream.avail_out);
        if (kept != ADIT_INFLATE_DONE)
            return kept;
        if (result != ADIT_INFLATE_DONE)
            return end(z, result, message);
        if (last)
            return end(z, ADIT_INFLATE_DONE, "");
    }
}

static struct inflater *begin(struct adit_inflate *z)
{
    static const int window_bits[] = {-15, 15, 15 + 16};
    uint64_t total = z->from ? UINT64_MAX : adit_source_size(z->job, z->source);
    z->consumed = z->produced = 0;
    if (z->offset > total)
        z->offset = total;
    if (z->size > total - z->offset)
        z->size = total - z->offset;
    struct inflater *i = (struct inflater *)malloc(sizeof *i);
    if (!i)
        return NULL;
    memset(&i->stream, 0, sizeof i->stream);
    if (inflateInit2(&i->stream, window_bits[z->format]) == Z_OK)
        return i;
    free(i);
    return NULL;
}

enum adit_inflate_result adit_inflate_run(struct adit_inflate *z)
{
    struct inflater *i = begin(z);
    if (!i)
        return end(z, ADIT_INFLATE_FAILED, "out of memory");
    enum adit_inflate_result result = loop(z, i);
    inflateEnd(&i->stream);
    free(i);
    return result;
}

struct pull {
    struct adit_reader reader; /* first */
    struct adit_inflate *z;
    struct inflater *i;
    enum adit_inflate_result result, *told;
    uint64_t taken;
    bool last;
};

static int64_t pull(struct adit_reader *reader, void *buffer, size_t n)
{
    struct pull *p = (struct pull *)(void *)reader;
    struct adit_inflate *z = p->z;
    if (n > PIECE)
        n = PIECE;
    if (n > z->max_output - z->produced)
        n = (size_t)(z->max_output - z->produced) + 1; /* one byte more tells that there is more */
    p->i->stream.next_out = (Bytef *)buffer;
    p->i->stream.avail_out = (uInt)n;
    while (p->result == ADIT_INFLATE_DONE && !p->last && p->i->stream.avail_out == n)
        p->result = step(z, p->i, &p->taken, &p->last);
    size_t got = n - p->i->stream.avail_out;
    if (got > z->max_output - z->produced) {
        got--;
        p->result = end(z, ADIT_INFLATE_LIMIT, "more output than the bound allows");
    }
    z->produced += got;
    if (outgrows(z))
        p->result = end(z, ADIT_INFLATE_LIMIT, "the output grows beyond the bound for its ratio to the input");
    if (p->told)
        *p->told = p->result;
    if (got > 0 || p->result == ADIT_INFLATE_DONE)
        return (int64_t)got;
    return p->result == ADIT_INFLATE_LIMIT ? ADIT_E_LIMIT : ADIT_E_IO;
}

struct adit_reader *adit_inflate_open(struct adit_inflate *z, enum adit_inflate_result *result)
{
    struct pull *p = (struct pull *)calloc(1, sizeof *p);
    struct inflater *i = p ? begin(z) : NULL;
    if (!i) {
        free(p);
        return NULL;
    }
    p->reader.read = pull;
    p->reader.job = z->job;
    p->reader.source = z->source;
    p->z = z;
    p->i = i;
    p->told = result;
    z->message = "";
    if (result)
        *result = ADIT_INFLATE_DONE;
    return &p->reader;
}

void adit_inflate_close(struct adit_reader *reader)
{
    struct pull *p = (struct pull *)(void *)reader;
    if (!p)
        return;
    inflateEnd(&p->i->stream);
    free(p->i);
    free(p);
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
