/* SPDX-License-Identifier: MIT */
/*
 * A cursor reads numbers and bytes one after another from a range of a source, or from bytes in memory. It can not leave its
 * range: a read that would sets the failure flag, gives 0, and so does every later read. So a parser is straight-line code that
 * asks adit_ok() where it matters. [run; open for resources; over memory any]
 *
 * A cursor may be copied: the copy goes on from the same place on its own.
 */
#ifndef ADIT_CURSOR_H
#define ADIT_CURSOR_H

#include <adit/abi.h>
#include <adit/source.h>
#include <adit/text.h>

enum { ADIT_CURSOR_WINDOW = 256 };

struct adit_cursor {
    const struct adit_call *job; /* NULL: over memory */
    const uint8_t *memory;       /* what offsets count from, and not ours; over a source NULL */
    uint64_t start, end;         /* the range, as offsets in the source */
    uint64_t at;                 /* next byte, start <= at <= end */
    uint64_t window;             /* offset of buffer[0] in the source */
    adit_source source;
    uint16_t filled; /* bytes of buffer that are valid */
    bool failed;
    bool big_endian; /* for the reads without le or be in their name */
    uint8_t buffer[ADIT_CURSOR_WINDOW];
};

/* A cursor over [offset, offset + size) of a source, cut at the source's end. */
static inline struct adit_cursor adit_cursor_at(const struct adit_call *job, adit_source source, uint64_t offset,
                                                uint64_t size)
{
    struct adit_cursor c;
    uint64_t total = adit_source_size(job, source);
    c.job = job;
    c.memory = NULL;
    c.source = source;
    c.start = offset < total ? offset : total;
    c.end = size < total - c.start ? c.start + size : total;
    c.at = c.start;
    c.window = c.start;
    c.filled = 0;
    c.failed = false;
    c.big_endian = false;
    return c;
}

/* A cursor over the job's whole source. */
static inline struct adit_cursor adit_cursor(const struct adit_call *job)
{
    return adit_cursor_at(job, ADIT_SOURCE_MAIN, 0, UINT64_MAX);
}

/* A cursor over `size` bytes in memory, such as a stream's that was inflated or a value that was read. They stay the caller's, and
 * must live as long as the cursor, its copies, and what adit_read_bytes and adit_read_string give, which lies in them: without
 * their bounds over a source. NULL goes with a size of 0. */
static inline struct adit_cursor adit_cursor_memory(const void *data, size_t size)
{
    struct adit_cursor c;
    c.job = NULL;
    c.memory = (const uint8_t *)(size > 0 ? data : "");
    c.source = ADIT_SOURCE_MAIN;
    c.start = c.at = c.window = 0;
    c.end = size;
    c.filled = 0; /* the window stays empty: every byte is there */
    c.failed = false;
    c.big_endian = false;
    return c;
}

static inline bool adit_ok(const struct adit_cursor *c)
{
    return !c->failed;
}

/* Bytes left, and the position, counted from the cursor's start. */
static inline uint64_t adit_left(const struct adit_cursor *c)
{
    return c->failed ? 0 : c->end - c->at;
}
static inline uint64_t adit_tell(const struct adit_cursor *c)
{
    return c->at - c->start;
}
static inline uint64_t adit_length(const struct adit_cursor *c)
{
    return c->end - c->start;
}

/* Marks the cursor as failed: for values that the parser itself finds impossible. */
static inline void adit_fail(struct adit_cursor *c)
{
    c->failed = true;
}

/* Moves to a position counted from the cursor's start; to the very end is allowed. */
static inline void adit_seek(struct adit_cursor *c, uint64_t position)
{
    if (position > c->end - c->start)
        c->failed = true;
    else
        c->at = c->start + position;
}
static inline void adit_skip(struct adit_cursor *c, uint64_t n)
{
    if (n > c->end - c->at)
        c->failed = true;
    else
        c->at += n;
}

/* Reads the window anew for adit_cursor_take. Out of line, which keeps what calls it small and quick. */
__attribute__((noinline, unused)) static const uint8_t *adit_cursor_fill(struct adit_cursor *c, uint32_t n)
{
    uint64_t want = c->end - c->at;
    if (want > ADIT_CURSOR_WINDOW)
        want = ADIT_CURSOR_WINDOW;
    int64_t got = adit_read(c->job, c->source, c->at, c->buffer, (size_t)want);
    c->window = c->at;
    c->filled = got > 0 ? (uint16_t)got : 0;
    c->failed = c->filled < n;
    c->at += c->failed ? 0 : n;
    return c->failed ? NULL : c->buffer;
}

/* Makes n <= ADIT_CURSOR_WINDOW bytes at the cursor available in its buffer and steps over them; over memory any n, where they
 * are. NULL: failed. */
static inline const uint8_t *adit_cursor_take(struct adit_cursor *c, uint32_t n)
{
    if (c->failed || n > c->end - c->at) {
        c->failed = true;
        return NULL;
    }
    uint64_t offset = c->at - c->window;
    if (c->at < c->window || offset + n > c->filled) {
        if (c->job)
            return adit_cursor_fill(c, n);
        c->at += n;
        return c->memory + (c->at - n);
    }
    c->at += n;
    return c->buffer + offset;
}

/* The unsigned number that n <= 8 bytes are, which the caller knows to be there. For tables of numbers: else a cursor counts. */
static inline uint64_t adit_number(const void *bytes, uint32_t n, bool big)
{
    const uint8_t *p = (const uint8_t *)bytes;
    const bool swap = big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    uint64_t value = 0;
    uint32_t half;
    switch (n) { /* one instruction each; compilers make a loop of the loop */
    case 1:
        return *p;
    case 4:
        __builtin_memcpy(&half, p, 4);
        return swap ? __builtin_bswap32(half) : half;
    case 8:
        __builtin_memcpy(&value, p, 8);
        return swap ? __builtin_bswap64(value) : value;
    default:
        for (uint32_t i = 0; i < n; i++)
            value = value << 8 | p[big ? i : n - 1 - i];
        return value;
    }
}
/* Writes a number so: what adit_number reads. */
static inline void adit_put_number(void *bytes, uint64_t value, uint32_t n, bool big)
{
    uint8_t *p = (uint8_t *)bytes;
    for (uint32_t i = 0; i < n; i++, value >>= 8)
        p[big ? n - 1 - i : i] = (uint8_t)value;
}

static inline uint64_t adit_cursor_number(struct adit_cursor *c, uint32_t n, bool big)
{
    const uint8_t *p = adit_cursor_take(c, n);
    return p ? adit_number(p, n, big) : 0;
}

/* Unsigned numbers of 8, 16, 24, 32, 64 bits: le, be, or as c->big_endian says. */
static inline uint8_t adit_read_u8(struct adit_cursor *c)
{
    return (uint8_t)adit_cursor_number(c, 1, false);
}
#define ADIT_CURSOR_UNSIGNED(bits, type, bytes)                                                                        \
    static inline type adit_read_u##bits##le(struct adit_cursor *c)                                                    \
    {                                                                                                                  \
        return (type)adit_cursor_number(c, bytes, false);                                                              \
    }                                                                                                                  \
    static inline type adit_read_u##bits##be(struct adit_cursor *c)                                                    \
    {                                                                                                                  \
        return (type)adit_cursor_number(c, bytes, true);                                                               \
    }                                                                                                                  \
    static inline type adit_read_u##bits(struct adit_cursor *c)                                                        \
    {                                                                                                                  \
        return (type)adit_cursor_number(c, bytes, c->big_endian);                                                      \
    }
ADIT_CURSOR_UNSIGNED(16, uint16_t, 2)
ADIT_CURSOR_UNSIGNED(24, uint32_t, 3)
ADIT_CURSOR_UNSIGNED(32, uint32_t, 4)
ADIT_CURSOR_UNSIGNED(64, uint64_t, 8)
#undef ADIT_CURSOR_UNSIGNED

/* Signed numbers are two's complement. */
static inline int8_t adit_read_i8(struct adit_cursor *c)
{
    return (int8_t)adit_read_u8(c);
}
static inline int16_t adit_read_i16(struct adit_cursor *c)
{
    return (int16_t)adit_read_u16(c);
}
static inline int32_t adit_read_i32(struct adit_cursor *c)
{
    return (int32_t)adit_read_u32(c);
}
static inline int64_t adit_read_i64(struct adit_cursor *c)
{
    return (int64_t)adit_read_u64(c);
}

/* IEEE 754 binary32 and binary64. */
static inline float adit_read_f32(struct adit_cursor *c)
{
    uint32_t bits = adit_read_u32(c);
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}
static inline double adit_read_f64(struct adit_cursor *c)
{
    uint64_t bits = adit_read_u64(c);
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/* Copies exactly n bytes; false (and zeroes) when they are not all there. */
static inline bool adit_read_exact(struct adit_cursor *c, void *buffer, size_t n)
{
    if (!c->failed && n <= c->end - c->at) {
        if (!c->job)
            __builtin_memcpy(buffer, c->memory + c->at, n);
        if (!c->job || adit_read(c->job, c->source, c->at, buffer, n) == (int64_t)n) {
            c->at += n;
            return true;
        }
    }
    c->failed = true;
    __builtin_memset(buffer, 0, n);
    return false;
}

/* The next n bytes, borrowed until run() returns (bounds as in adit_view); over memory, they themselves. Failed: empty. */
static inline struct adit_text adit_read_bytes(struct adit_cursor *c, uint64_t n)
{
    struct adit_text text = {NULL, 0};
    if (!c->failed && n <= c->end - c->at && n <= SIZE_MAX) {
        if (c->job)
            text = adit_view(c->job, c->source, c->at, (size_t)n);
        else
            text = adit_text_of((const char *)c->memory + c->at, (size_t)n);
    }
    if (!text.data)
        c->failed = true;
    else
        c->at += n;
    return text;
}

/* Are the next n bytes these? Steps over them where they are; stays and does not fail where not. */
static inline bool adit_match(struct adit_cursor *c, const void *bytes, uint32_t n)
{
    uint64_t before = c->at;
    if (c->failed || n > ADIT_CURSOR_WINDOW || n > c->end - c->at)
        return false;
    const uint8_t *p = adit_cursor_take(c, n);
    if (p && __builtin_memcmp(p, bytes, n) == 0)
        return true;
    c->at = before;
    return false;
}
#define adit_match_literal(c, literal) adit_match((c), (literal), (uint32_t)(sizeof(literal) - 1))

/* Text up to a NUL, which is stepped over and not part of it; at most `max` bytes before the NUL. A missing NUL is taken
 * as failure. Borrowed as adit_read_bytes. */
static inline struct adit_text adit_read_string(struct adit_cursor *c, uint64_t max)
{
    struct adit_text none = {NULL, 0};
    struct adit_cursor scan = *c;
    uint64_t n = 0;
    while (n <= max && adit_left(&scan) > 0) {
        if (adit_read_u8(&scan) == 0 && adit_ok(&scan)) {
            struct adit_text text = adit_read_bytes(c, n);
            adit_skip(c, 1);
            return text;
        }
        n++;
    }
    c->failed = true;
    return none;
}

/* A cursor over the next n bytes, which this cursor steps over. It inherits the byte order; where the bytes are not all
 * there, both have failed. */
static inline struct adit_cursor adit_sub(struct adit_cursor *c, uint64_t n)
{
    struct adit_cursor sub = *c;
    sub.start = c->at;
    adit_skip(c, n);
    sub.failed = c->failed;
    sub.end = c->failed ? sub.start : c->at;
    return sub;
}

/* A cursor over [position, position + n) of this cursor's range, which does not move. */
static inline struct adit_cursor adit_sub_at(const struct adit_cursor *c, uint64_t position, uint64_t n)
{
    struct adit_cursor sub = *c;
    adit_seek(&sub, position);
    return adit_sub(&sub, n);
}

/* A cursor over [offset, offset + n) of what another one reads, cut at that one's end: offsets as its `at` has them, not counted
 * from its start, and before it if need be. It inherits the byte order, and no failure. For walkers. */
static inline struct adit_cursor adit_cursor_range(const struct adit_cursor *c, uint64_t offset, uint64_t n)
{
    struct adit_cursor range = *c;
    range.failed = false;
    range.start = range.at = offset < c->end ? offset : c->end;
    range.end = n < c->end - range.start ? range.start + n : c->end;
    return range;
}

#endif
