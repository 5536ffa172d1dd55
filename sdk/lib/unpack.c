/* SPDX-License-Identifier: MIT */
/* Bounded decompression with any codec. */
#include <adit/inflate.h>
#include <adit/stream.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 32 * 1024, RATIO_GRACE = 64 * 1024 };

struct unpacking {
    const struct adit_codec *codec;
    struct adit_codec_buffers buffers;
    uint64_t taken; /* of the input */
    uint8_t in[PIECE], out[PIECE];
    max_align_t state[]; /* the codec's */
};

static enum adit_inflate_result end(struct adit_inflate *z, enum adit_inflate_result result, const char *message)
{
    z->message = message;
    return result;
}

/* Reads the next piece of input, unless there is some left. False: the source failed; in_left 0: the range is used up. */
static bool refill(struct adit_inflate *z, struct unpacking *u)
{
    if (u->buffers.in_left > 0 || u->taken == z->size)
        return true;
    uint64_t want = z->size - u->taken < PIECE ? z->size - u->taken : PIECE;
    int64_t got = z->from ? adit_read_next(z->from, u->in, (size_t)want)
                          : adit_read(z->job, z->source, z->offset + u->taken, u->in, (size_t)want);
    if (got < 0)
        return false;
    if (got == 0)
        z->size = u->taken; /* the source became shorter: the range ends here */
    u->buffers.in = u->in;
    u->buffers.in_left = (size_t)got;
    u->taken += (uint64_t)got;
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

/* One step of the codec. ADIT_INFLATE_DONE without *last: go on. */
static enum adit_inflate_result step(struct adit_inflate *z, struct unpacking *u, bool *last)
{
    if (!refill(z, u))
        return end(z, ADIT_INFLATE_FAILED, "the source could not be read");
    size_t room = u->buffers.out_left, there = u->buffers.in_left;
    enum adit_inflate_result result = u->codec->step(u->state, &u->buffers, last, &z->message);
    z->consumed = u->taken - u->buffers.in_left;
    if (result == ADIT_INFLATE_DONE && !*last && u->buffers.out_left == room && u->buffers.in_left == 0 &&
        u->taken == z->size)
        return end(z, ADIT_INFLATE_TRUNCATED, "the compressed data ends too early");
    if (result == ADIT_INFLATE_DONE && !*last && u->buffers.out_left == room && u->buffers.in_left == there && there > 0)
        return end(z, ADIT_INFLATE_CORRUPT, "the decompressor does not go on");
    return result;
}

static enum adit_inflate_result loop(struct adit_inflate *z, struct unpacking *u)
{
    for (bool last = false;;) {
        u->buffers.out = u->out;
        u->buffers.out_left = PIECE;
        enum adit_inflate_result result = step(z, u, &last);
        const char *message = z->message;
        enum adit_inflate_result kept = deliver(z, u->out, PIECE - u->buffers.out_left);
        if (kept != ADIT_INFLATE_DONE)
            return kept;
        if (result != ADIT_INFLATE_DONE)
            return end(z, result, message);
        if (last)
            return end(z, ADIT_INFLATE_DONE, "");
    }
}

static struct unpacking *begin(struct adit_inflate *z)
{
    uint64_t total = z->from ? UINT64_MAX : adit_source_size(z->job, z->source);
    z->consumed = z->produced = 0;
    if (z->offset > total)
        z->offset = total;
    if (z->size > total - z->offset)
        z->size = total - z->offset;
    struct unpacking *u = (struct unpacking *)malloc(sizeof *u + z->codec->state_size);
    if (!u)
        return NULL;
    u->codec = z->codec;
    u->taken = 0;
    memset(&u->buffers, 0, sizeof u->buffers);
    memset(u->state, 0, z->codec->state_size);
    if (u->codec->begin(u->state, (int)z->format))
        return u;
    free(u);
    return NULL;
}

static void finish(struct unpacking *u)
{
    u->codec->end(u->state);
    free(u);
}

enum adit_inflate_result adit_inflate_run(struct adit_inflate *z)
{
    struct unpacking *u = begin(z);
    if (!u)
        return end(z, ADIT_INFLATE_FAILED, "out of memory");
    enum adit_inflate_result result = loop(z, u);
    finish(u);
    return result;
}

struct pull {
    struct adit_reader reader; /* first */
    struct adit_inflate *z;
    struct unpacking *u;
    enum adit_inflate_result result, *told;
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
    p->u->buffers.out = (uint8_t *)buffer;
    p->u->buffers.out_left = n;
    while (p->result == ADIT_INFLATE_DONE && !p->last && p->u->buffers.out_left == n)
        p->result = step(z, p->u, &p->last);
    size_t got = n - p->u->buffers.out_left;
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
    struct unpacking *u = p ? begin(z) : NULL;
    if (!u) {
        free(p);
        return NULL;
    }
    p->reader.read = pull;
    p->reader.job = z->job;
    p->reader.source = z->source;
    p->z = z;
    p->u = u;
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
    finish(p->u);
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

static bool write_piece(void *context, const uint8_t *data, size_t n)
{
    struct adit_inflate *z = (struct adit_inflate *)context;
    if (z->check)
        z->sum = z->check(z->sum, data, n);
    return adit_write(z->job, data, n) == 0 && adit_progress(z->job, z->offset + z->consumed, adit_size(z->job));
}

enum adit_inflate_result adit_inflate_write(struct adit_inflate *z)
{
    z->sink = write_piece;
    z->context = z;
    enum adit_inflate_result result = adit_inflate_run(z);
    z->context = NULL;
    return result;
}
