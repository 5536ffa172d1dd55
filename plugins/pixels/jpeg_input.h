/* SPDX-License-Identifier: MIT */
/* A JPEG file piece by piece: its segments, and the data of its scans without what stuffs them. T.81 B.1.1. Little of it is in memory at
 * once: what stays in the processor's cache costs less than fresh pages. */
#ifndef PIXELS_JPEG_INPUT_H
#define PIXELS_JPEG_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    INPUT_PIECE = 64 * 1024,
    INPUT_ROOM = 2 * INPUT_PIECE, /* a segment has 65535 bytes at most */
};

struct input {
    int64_t (*read)(void *context, uint64_t at, void *buffer, size_t n); /* as adit_read */
    void *context;
    uint64_t size, next; /* of the file; up to where it has been read */
    bool failed;         /* it could not be */
    const uint8_t *at, *end;
    uint8_t bytes[INPUT_ROOM];
};

static inline uint64_t input_offset(const struct input *in)
{
    return in->next - (uint64_t)(in->end - in->at);
}

/* Are n bytes there (INPUT_PIECE at most)? Then they are, from `at` on. */
static inline bool input_has(struct input *in, size_t n)
{
    size_t left = (size_t)(in->end - in->at);
    if (left >= n)
        return true;
    memmove(in->bytes, in->at, left);
    in->at = in->bytes;
    int64_t got = in->failed ? 0 : in->read(in->context, in->next, in->bytes + left, INPUT_ROOM - left);
    in->failed |= got < 0 || (got == 0 && in->next < in->size);
    in->next += got > 0 ? (uint64_t)got : 0;
    in->end = in->bytes + left + (got > 0 ? (size_t)got : 0);
    return (size_t)(in->end - in->at) >= n;
}

/* Goes on from there: what lies between is not read. */
static inline void input_seek(struct input *in, uint64_t offset)
{
    uint64_t end = in->next, begin = end - (uint64_t)(in->end - in->bytes);
    if (offset >= begin && offset <= end) {
        in->at = in->bytes + (offset - begin);
        return;
    }
    in->next = offset < in->size ? offset : in->size;
    in->at = in->end = in->bytes;
}

static inline uint32_t get_u16be(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

/* Goes to the next marker that is no RSTm and steps over it. 0: there is none. */
static inline uint8_t input_marker(struct input *in)
{
    while (input_has(in, 2)) {
        const uint8_t *p = (const uint8_t *)memchr(in->at, 0xff, (size_t)(in->end - in->at - 1));
        in->at = p ? p + 1 : in->end - 1;
        if (p && p[1] != 0 && p[1] != 0xff && !(p[1] >= 0xd0 && p[1] <= 0xd7)) {
            in->at = p + 2;
            return p[1];
        }
    }
    return 0;
}

/* Does the file end with EOI? */
static inline bool input_ends_whole(struct input *in)
{
    uint8_t last[2];
    return in->size >= 2 && in->read(in->context, in->size - 2, last, 2) == 2 && last[0] == 0xff && last[1] == 0xd9;
}

/* Eight bytes, up to the first FF. Returns how many. */
static inline size_t copy_clean(const uint8_t *in, uint8_t *out)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t eight;
    memcpy(&eight, in, sizeof eight);
    memcpy(out, &eight, sizeof eight);
    uint64_t found = (~eight - ones) & eight & tops;
    return found ? (size_t)__builtin_ctzll(found) / 8 : sizeof eight;
}

/* B.1.1.5: data with FF00 made FF, up to the next marker or until fewer than eight bytes fit. Returns the end of what was written;
 * *ended: it was all, and `at` is at the marker, or at the end of the file. */
static inline uint8_t *input_data(struct input *in, uint8_t *out, const uint8_t *full, bool *ended)
{
    const uint8_t *p = in->at;
    while (full - out >= 8 && !*ended) {
        if (in->end - p >= 8) {
            size_t n = copy_clean(p, out);
            out += n;
            p += n;
            if (n == 8)
                continue;
        }
        in->at = p;
        bool two = input_has(in, 2);
        p = in->at;
        if (in->end > p && *p != 0xff) {
            *out++ = *p++;
        } else if (!two || (p[1] != 0 && p[1] != 0xff)) {
            *ended = true;
        } else {
            *out = 0xff; /* FF before FF fills */
            out += p[1] == 0;
            p += p[1] == 0 ? 2 : 1;
        }
    }
    in->at = p;
    return out;
}

#endif
