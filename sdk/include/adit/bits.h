/* SPDX-License-Identifier: MIT */
/*
 * Reads bits from a cursor, the highest of each byte first (FLAC, MPEG, H.264, AV1) or the lowest first (Vorbis, deflate,
 * GIF, JPEG XL). As with a cursor, a read beyond the end sets a failure flag, gives 0, and so does every later one. [run]
 *
 *     struct adit_bits b = adit_bits_msb(&c);
 *     uint64_t rate = adit_read_bits(&b, 20);
 *     uint64_t channels = adit_read_bits(&b, 3) + 1;
 *     if (!adit_bits_ok(&b))
 *         return ADIT_MALFORMED;
 *
 * A NAL unit (H.264, H.265, H.266) has a byte 3 put in wherever two zeros would be followed by 0 to 3, so that no start code is
 * in it: adit_bits_nal steps over them. What is left, and where it stands, is counted with these bytes.
 *
 * Sources: RFC 9639 (FLAC), 5; Vorbis I, 2 (bitpacking); ITU-T H.264, 7.3.1 (NAL units), 9.1 (Exp-Golomb codes).
 */
#ifndef ADIT_BITS_H
#define ADIT_BITS_H

#include <adit/abi.h>
#include <adit/cursor.h>

struct adit_bits {
    struct adit_cursor cursor; /* its failure flag is this reader's */
    uint8_t byte;              /* the one being read */
    uint8_t left;              /* bits of it that were not read yet */
    bool lsb_first;
    bool nal;      /* emulation_prevention_three_byte is stepped over */
    uint8_t zeros; /* bytes before the next that were 0, up to 2; of a NAL unit */
};

/* A reader that begins at the cursor's place and ends where the cursor does. The cursor itself does not move. */
static inline struct adit_bits adit_bits_msb(const struct adit_cursor *c)
{
    struct adit_bits b = {*c, 0, 0, false, false, 0};
    return b;
}
static inline struct adit_bits adit_bits_lsb(const struct adit_cursor *c)
{
    struct adit_bits b = {*c, 0, 0, true, false, 0};
    return b;
}
static inline struct adit_bits adit_bits_nal(const struct adit_cursor *c)
{
    struct adit_bits b = {*c, 0, 0, false, true, 0};
    return b;
}

static inline bool adit_bits_ok(const struct adit_bits *b)
{
    return adit_ok(&b->cursor);
}

/* Bits that are left; those read so far, counted from the cursor's start. */
static inline uint64_t adit_bits_left(const struct adit_bits *b)
{
    return adit_ok(&b->cursor) ? adit_left(&b->cursor) * 8 + b->left : 0;
}
static inline uint64_t adit_bits_tell(const struct adit_bits *b)
{
    return adit_tell(&b->cursor) * 8 - b->left;
}

/* The next byte, for the functions below. H.264, 7.3.1: of 00 00 03 the last is no part of what the unit says. */
static inline uint8_t adit_bits_byte(struct adit_bits *b)
{
    uint8_t byte = adit_read_u8(&b->cursor);
    if (!b->nal)
        return byte;
    if (b->zeros == 2 && byte == 3) {
        b->zeros = 0;
        byte = adit_read_u8(&b->cursor);
    }
    b->zeros = byte ? 0 : b->zeros < 2 ? (uint8_t)(b->zeros + 1) : 2;
    return byte;
}

/* The next n <= 64 bits as an unsigned number. MSB first: the first bit read is the highest of the number; LSB first: the
 * lowest. */
static inline uint64_t adit_read_bits(struct adit_bits *b, unsigned n)
{
    uint64_t value = 0;
    if (n > 64 || n > adit_bits_left(b)) {
        adit_fail(&b->cursor);
        return 0;
    }
    for (unsigned done = 0; done < n;) {
        if (b->left == 0) {
            b->byte = adit_bits_byte(b);
            b->left = 8;
        }
        unsigned take = n - done < b->left ? n - done : b->left;
        unsigned from = b->lsb_first ? 8u - b->left : (unsigned)b->left - take;
        uint64_t bits = (unsigned)b->byte >> from & ((1u << take) - 1);
        value = b->lsb_first ? value | bits << done : value << take | bits;
        b->left = (uint8_t)(b->left - take);
        done += take;
    }
    return adit_bits_ok(b) ? value : 0; /* the source may fail to give what its size promises */
}
static inline bool adit_read_bit(struct adit_bits *b)
{
    return adit_read_bits(b, 1) != 0;
}

/* The next n bits, 1 to 64, as two's complement. */
static inline int64_t adit_read_signed_bits(struct adit_bits *b, unsigned n)
{
    uint64_t value = adit_read_bits(b, n);
    if (n > 0 && n < 64 && value >> (n - 1) & 1)
        value |= UINT64_MAX << n;
    return (int64_t)value;
}

static inline void adit_skip_bits(struct adit_bits *b, uint64_t n)
{
    if (n > adit_bits_left(b)) {
        adit_fail(&b->cursor);
        return;
    }
    if (n >= b->left) {
        n -= b->left;
        b->left = 0;
        for (; b->nal && n >= 8 && adit_bits_ok(b); n -= 8)
            (void)adit_bits_byte(b);
        adit_skip(&b->cursor, n / 8);
        n %= 8;
    }
    (void)adit_read_bits(b, (unsigned)n);
}

/* Drops what is left of the current byte. */
static inline void adit_bits_align(struct adit_bits *b)
{
    b->left = 0;
}

/* Bits up to and including the first one that is 1: how many zeros stood before it. More than `max` of them: failed. */
static inline uint32_t adit_read_unary(struct adit_bits *b, uint32_t max)
{
    for (uint32_t zeros = 0; zeros <= max && adit_bits_ok(b); zeros++)
        if (adit_read_bit(b))
            return zeros;
    adit_fail(&b->cursor);
    return 0;
}

/* Exp-Golomb codes of up to 32 bits of value: ue(v) and se(v) of H.264. */
static inline uint32_t adit_read_ue(struct adit_bits *b)
{
    uint32_t zeros = adit_read_unary(b, 32);
    uint64_t value = (UINT64_C(1) << zeros) - 1 + adit_read_bits(b, zeros);
    if (value > UINT32_MAX)
        adit_fail(&b->cursor);
    return adit_bits_ok(b) ? (uint32_t)value : 0;
}
static inline int32_t adit_read_se(struct adit_bits *b)
{
    int64_t code = adit_read_ue(b);
    int64_t value = code & 1 ? (code + 1) / 2 : -(code / 2);
    if (value > INT32_MAX)
        adit_fail(&b->cursor);
    return adit_bits_ok(b) ? (int32_t)value : 0;
}

#endif
