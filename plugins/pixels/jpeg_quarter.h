/* SPDX-License-Identifier: MIT */
/* JPEG at a quarter of its sides, from its lowest frequencies alone: of a sequential image the others are stepped over, of a progressive one
 * the scans that have none of them are not looked at. T.81 annexes B, F and G; Huffman coding, 8 bits, brightness alone or with two
 * colours. Of brightness, the four lowest frequencies of a block give 2 * 2 pixels, each the mean of its 4 * 4 but for what the
 * higher ones add; of the colours, the lowest one. */
#ifndef PIXELS_JPEG_QUARTER_H
#define PIXELS_JPEG_QUARTER_H

#include "jpeg_scan.h"

enum { SCAN_LIMIT = 200 };

/* B.2.4.1 */
static inline bool read_quantization(struct quarter *q, const uint8_t *p, size_t n)
{
    while (n >= 65) {
        uint32_t wide = *p >> 4 ? 2 : 1, table = *p & 15;
        if (table > 3 || n < 1 + 64 * wide)
            return false;
        for (uint32_t i = 0; i < 64; i++)
            q->quantization[table][i] = (uint16_t)(wide == 2 ? get_u16be(p + 1 + 2 * i) : p[1 + i]);
        p += 1 + 64 * wide;
        n -= 1 + 64 * wide;
    }
    return true;
}

/* B.2.4.2 */
static inline bool read_codes(struct quarter *q, const uint8_t *p, size_t n)
{
    while (n >= 17) {
        size_t count = 0;
        for (int i = 1; i <= 16; i++)
            count += p[i];
        if (count > 256 || n < 17 + count || (p[0] & 15) > 3 || p[0] >> 4 > 1)
            return false;
        if (!huffman_make((p[0] >> 4 ? q->room->ac : q->room->dc) + (p[0] & 15), p + 1, p + 17, count))
            return false;
        p += 17 + count;
        n -= 17 + count;
    }
    return true;
}

/* B.2.2; the sizes in blocks are those of A.1.1 and A.2. */
static inline bool read_frame(struct quarter *q, const uint8_t *p, size_t n)
{
    if (n < 6 || p[0] != 8 || q->count || (p[5] != 1 && p[5] != 3) || n < 6 + 3u * p[5])
        return false;
    q->height = get_u16be(p + 1);
    q->width = get_u16be(p + 3);
    q->count = p[5];
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        const uint8_t *in = p + 6 + 3 * i;
        *c = (struct component){.id = in[0],
                                .across = in[1] >> 4,
                                .down = in[1] & 15,
                                .table = in[2],
                                .kept = i ? 1 : KEPT,
                                .lacks = i ? 1 : 1 | 1 << 1 | 1 << 2 | 1 << 4};
        if (c->across < 1 || c->across > 4 || c->down < 1 || c->down > 4 || c->table > 3)
            return false;
        q->most_across = c->across > q->most_across ? c->across : q->most_across;
        q->most_down = c->down > q->most_down ? c->down : q->most_down;
    }
    if (q->width == 0 || q->height == 0 || q->components[0].across != q->most_across ||
        q->components[0].down != q->most_down)
        return false;
    q->mcus_across = (q->width + 8 * q->most_across - 1) / (8 * q->most_across);
    q->mcus_down = q->mcu_rows = (q->height + 8 * q->most_down - 1) / (8 * q->most_down);
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        c->own_width = ((q->width * c->across + q->most_across - 1) / q->most_across + 7) / 8;
        c->own_height = ((q->height * c->down + q->most_down - 1) / q->most_down + 7) / 8;
        c->width = q->mcus_across * c->across;
    }
    return true;
}

/* Room for the values, all 0: of the whole image, or of a row of MCUs where one scan has all; and for seven blocks more, as
 * quarter_luma() takes eight. False: more than `memory`, or short of it. */
static inline bool make_values(struct quarter *q, bool at_once, uint64_t memory)
{
    uint32_t rows = at_once ? 1 : q->mcus_down;
    uint64_t bytes = 7 * KEPT * sizeof(int16_t);
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        c->values = NULL;
        bytes += (uint64_t)c->width * rows * c->down * c->kept * sizeof *c->values;
    }
    if (bytes > memory || !room_values(q->room, (size_t)bytes))
        return false;
    memset(q->room->values, 0, (size_t)bytes);
    int16_t *next = q->room->values;
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        c->values = next;
        next += (size_t)c->width * rows * c->down * c->kept;
    }
    q->at_once = at_once;
    return true;
}

/* What a scan has of its components. False: nothing of it is kept, or the last bit of the lowest frequencies. */
static inline bool is_wanted(const struct quarter *q, const struct scan *s)
{
    bool last_bit = q->first == 0 && q->high == 1;
    for (uint32_t i = 0; i < s->count; i++) {
        struct component *c = s->in[i];
        c->open |= last_bit;
        if (q->first == 0)
            c->dc_low = q->low;
        for (uint32_t k = q->first; k <= q->last && k <= LAST_KEPT; k++)
            if (k ? !q->high : q->low <= 1)
                c->lacks &= ~(1u << k);
    }
    return !last_bit && (q->first == 0 || (!q->high && q->first <= LAST_KEPT && s->in[0]->kept > 1));
}

/* The tables of a scan are there, and by the number of bits. */
static inline bool make_tables(const struct quarter *q, const struct scan *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct component *c = s->in[i];
        bool dc = q->first == 0 && !q->high, ac = q->last > 0;
        if ((dc && !c->dc->there) || (ac && !c->ac->there))
            return false;
        if (dc)
            huffman_make_dc(c->dc);
        if (ac)
            huffman_make_ac(c->ac, q->progressive);
        if (q->first > 0)
            huffman_make_start(c->ac, q->first, q->last < 63 ? q->last : LAST_KEPT, q->low);
        if (ac && q->last == 63)
            huffman_make_steps(c->ac);
    }
    return true;
}

/* B.2.3: what the segment says. */
static inline bool read_scan_head(struct quarter *q, struct scan *s, const uint8_t *p, size_t n)
{
    *s = (struct scan){.count = n ? p[0] : 0};
    if (!q->count || s->count < 1 || s->count > q->count || n < 4 + 2 * s->count)
        return false;
    q->mcu_most = 16;
    for (uint32_t i = 0; i < s->count; i++) {
        const uint8_t *says = p + 1 + 2 * i;
        struct component *c = NULL;
        for (uint32_t k = 0; k < q->count; k++)
            if (q->components[k].id == says[0])
                c = &q->components[k];
        if (!c || says[1] >> 4 > 3 || (says[1] & 15) > 3)
            return false;
        c->dc = q->room->dc + (says[1] >> 4);
        c->ac = q->room->ac + (says[1] & 15);
        q->mcu_most += (s->count == 1 ? 1u : (uint32_t)c->across * c->down) * BLOCK_MOST;
        s->in[i] = c;
    }
    const uint8_t *tail = p + 1 + 2 * s->count;
    q->first = q->progressive ? tail[0] : 0;
    q->last = q->progressive ? tail[1] : 63;
    q->high = q->progressive ? tail[2] >> 4 : 0;
    q->low = q->progressive ? tail[2] & 15 : 0;
    return q->last <= 63 && q->first <= q->last && q->low <= 13 && (q->first == 0 || s->count == 1) &&
           (!q->progressive || q->first || !q->last);
}

/* Reads a scan, or steps over it where nothing of it is kept. */
static inline bool read_scan(struct quarter *q, const uint8_t *p, size_t n, uint64_t memory)
{
    struct scan s;
    if (!read_scan_head(q, &s, p, n))
        return false;
    bool begins = !q->components[0].values;
    if (begins && !make_values(q, !q->progressive && s.count == q->count, memory))
        return false;
    if (!is_wanted(q, &s))
        return true; /* input_marker() steps over its data */
    if (!make_tables(q, &s) || (q->at_once && !begins))
        return false;
    take_scan(q, &s);
    return true;
}

/* Has everything been read that is kept? A progressive image goes on then with what makes it better, which needs not be read, if only the
 * file ends as it should. */
static inline bool is_enough(struct quarter *q)
{
    for (uint32_t i = 0; i < q->count; i++)
        if (q->components[i].lacks)
            return false;
    if (!q->count || (q->progressive && !input_ends_whole(q->in)))
        return false;
    for (uint32_t i = 0; i < q->count; i++)
        q->components[i].open |= q->components[i].dc_low == 1;
    return true;
}

/* A segment, and of SOS what follows it. */
static inline bool read_segment(struct quarter *q, uint8_t marker, const uint8_t *p, size_t n, uint64_t memory)
{
    if (marker == 0xdb)
        return read_quantization(q, p, n);
    if (marker == 0xc4)
        return read_codes(q, p, n);
    if (marker == 0xdd)
        q->interval = n >= 2 ? get_u16be(p) : 0;
    if (marker >= 0xc0 && marker <= 0xc2) {
        q->progressive = marker == 0xc2;
        return read_frame(q, p, n);
    }
    return marker != 0xda || read_scan(q, p, n, memory);
}

/* All segments up to EOI, as far as they are needed. */
static inline void read_segments(struct quarter *q, uint64_t memory)
{
    for (uint32_t scans = 0; !q->fault && !q->stopped;) {
        uint8_t marker = input_marker(q->in);
        if (marker == 0 && q->progressive)
            q->fault = "the file ends before the last scan";
        if (marker == 0 || marker == 0xd9)
            break;
        if (marker == 0xd8 || marker == 0x01)
            continue;
        size_t n = input_has(q->in, 2) ? get_u16be(q->in->at) : 0;
        if (n < 2 || !input_has(q->in, n)) {
            q->fault = "a segment goes on beyond the file";
            break;
        }
        const uint8_t *p = q->in->at + 2;
        q->in->at += n;
        scans += marker == 0xda;
        if (scans > SCAN_LIMIT || !read_segment(q, marker, p, n - 2, memory))
            q->fault = "a segment says what cannot be";
        if (marker == 0xda && !q->fault && is_enough(q))
            break;
    }
}

/* Gives rows of MCUs to q->row. `memory`: bytes for values that have to be there at once. False: `fault` says why, input_offset()
 * where. What was decoded before was given. */
static inline bool quarter_read(struct quarter *q, uint64_t memory)
{
    read_segments(q, memory);
    for (uint32_t i = 0; i < q->count && !q->fault && !q->stopped; i++)
        if (!q->components[i].has_dc)
            q->fault = "a component has no data";
    if (q->count && q->components[0].has_dc && !q->at_once)
        for (uint32_t y = 0; y < q->mcu_rows && !q->stopped; y++)
            q->stopped = !q->row(q->context, q, y);
    return !q->fault;
}

/* Of a file of `size` bytes; `read` as adit_read. */
static inline void quarter_open(struct quarter *q, struct room *room,
                                int64_t (*read)(void *context, uint64_t at, void *buffer, size_t n), void *context,
                                uint64_t size)
{
    struct input *in = &room->in;
    memset(q, 0, sizeof *q);
    q->room = room;
    q->in = in;
    q->context = context;
    in->read = read;
    in->context = context;
    in->size = size;
    in->next = 0;
    in->failed = false;
    in->at = in->end = in->bytes;
    for (int i = 0; i < 4; i++)
        room->dc[i].there = room->ac[i].there = false;
}

#endif
