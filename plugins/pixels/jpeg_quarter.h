/* SPDX-License-Identifier: MIT */
/* JPEG at a quarter of its sides, from its lowest frequencies alone: of a sequential image the others are stepped over, of a progressive one
 * the scans that have none of them are not looked at. T.81 annexes B, F and G; Huffman coding, 8 bits, brightness alone or with two
 * colours. Of brightness, the four lowest frequencies of a block give 2 * 2 pixels, each the mean of its 4 * 4 but for what the
 * higher ones add; of the colours, the lowest one. */
#ifndef PIXELS_JPEG_QUARTER_H
#define PIXELS_JPEG_QUARTER_H

#include "jpeg_scan.h"

/* Goes to the next marker that is no RSTm and steps over it. 0: there is none. */
static inline uint8_t find_marker(struct quarter *q)
{
    while (q->end - q->at >= 2) {
        const uint8_t *p = (const uint8_t *)memchr(q->at, 0xff, (size_t)(q->end - q->at - 1));
        if (!p)
            break;
        q->at = p + 1;
        if (p[1] != 0 && p[1] != 0xff && !(p[1] >= 0xd0 && p[1] <= 0xd7)) {
            q->at = p + 2;
            return p[1];
        }
    }
    return 0;
}

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
        if (!huffman_make((p[0] >> 4 ? q->ac : q->dc) + (p[0] & 15), p + 1, p + 17, count))
            return false;
        p += 17 + count;
        n -= 17 + count;
    }
    return true;
}

/* B.2.2; the sizes in blocks are those of A.1.1 and A.2. */
static inline bool read_frame(struct quarter *q, const uint8_t *p, size_t n, uint64_t memory)
{
    uint64_t values = 0;
    if (n < 6 || p[0] != 8 || q->count || (p[5] != 1 && p[5] != 3) || n < 6 + 3u * p[5])
        return false;
    q->height = get_u16be(p + 1);
    q->width = get_u16be(p + 3);
    q->count = p[5];
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        const uint8_t *in = p + 6 + 3 * i;
        *c = (struct component){
            .id = in[0], .across = in[1] >> 4, .down = in[1] & 15, .table = in[2], .kept = i ? 1 : KEPT};
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
        values += (uint64_t)c->width * q->mcus_down * c->down * c->kept;
    }
    if (values * sizeof(int16_t) > memory)
        return false;
    int16_t *next = (int16_t *)scratch_take(&q->scratch[VALUES], values * sizeof *next);
    if (!next)
        return false;
    memset(next, 0, values * sizeof *next);
    for (uint32_t i = 0; i < q->count; i++) {
        struct component *c = &q->components[i];
        c->values = next;
        next += (size_t)c->width * q->mcus_down * c->down * c->kept;
    }
    return true;
}

/* B.2.3: reads a scan, or steps over it where nothing of it is kept. */
static inline bool read_scan(struct quarter *q, const uint8_t *p, size_t n)
{
    struct component *in[MOST_COMPONENTS];
    uint32_t count = n ? p[0] : 0;
    if (!q->count || count < 1 || count > q->count || n < 4 + 2 * count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *says = p + 1 + 2 * i;
        in[i] = NULL;
        for (uint32_t k = 0; k < q->count; k++)
            if (q->components[k].id == says[0])
                in[i] = &q->components[k];
        if (!in[i] || says[1] >> 4 > 3 || (says[1] & 15) > 3)
            return false;
        in[i]->dc = q->dc + (says[1] >> 4);
        in[i]->ac = q->ac + (says[1] & 15);
    }
    const uint8_t *tail = p + 1 + 2 * count;
    q->first = q->progressive ? tail[0] : 0;
    q->last = q->progressive ? tail[1] : 63;
    q->high = q->progressive ? tail[2] >> 4 : 0;
    q->low = q->progressive ? tail[2] & 15 : 0;
    if (q->last > 63 || q->first > q->last || q->low > 13 || (q->first > 0 && count > 1) ||
        (q->progressive && !q->first && q->last))
        return false;
    bool last_bit = q->first == 0 && q->high == 1;
    for (uint32_t i = 0; i < count; i++)
        in[i]->open |= last_bit;
    /* Nothing of it is kept, or the last bit of the lowest frequencies: find_marker() steps over its data. */
    if (last_bit || (q->first > 0 && (q->high || q->first > LAST_KEPT || in[0]->kept == 1)))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        if ((!q->first && !q->high && !in[i]->dc->there) || (q->last && !in[i]->ac->there))
            return false;
        if (!q->first && !q->high)
            huffman_make_values(in[i]->dc, true, q->progressive);
        if (q->last) {
            huffman_make_values(in[i]->ac, false, q->progressive);
            huffman_make_steps(in[i]->ac);
        }
    }
    take_scan(q, in, count);
    return true;
}

/* All segments up to EOI. False: `fault` says why. What was decoded before is there. */
static inline bool quarter_read(struct quarter *q, uint64_t memory)
{
    for (uint32_t scans = 0; !q->fault;) {
        uint8_t marker = find_marker(q);
        if (marker == 0 && q->progressive)
            q->fault = "the file ends before the last scan";
        if (marker == 0 || marker == 0xd9)
            break;
        if (marker == 0xd8 || marker == 0x01)
            continue;
        size_t n = q->end - q->at >= 2 ? get_u16be(q->at) : 0;
        if (n < 2 || n > (size_t)(q->end - q->at)) {
            q->fault = "a segment goes on beyond the file";
            break;
        }
        const uint8_t *p = q->at + 2;
        bool good = true;
        q->at += n;
        n -= 2;
        if (marker == 0xdb)
            good = read_quantization(q, p, n);
        else if (marker == 0xc4)
            good = read_codes(q, p, n);
        else if (marker == 0xdd)
            q->interval = n >= 2 ? get_u16be(p) : 0;
        else if (marker >= 0xc0 && marker <= 0xc2)
            q->progressive = marker == 0xc2, good = read_frame(q, p, n, memory);
        else if (marker == 0xda)
            good = scans++ < SCAN_LIMIT && read_scan(q, p, n);
        if (!good)
            q->fault = "a segment says what cannot be";
    }
    for (uint32_t i = 0; i < q->count && !q->fault; i++)
        if (!q->components[i].has_dc)
            q->fault = "a component has no data";
    return !q->fault;
}

/* `file`: the first `size` bytes of scratch[FILE_BYTES]. False: short of memory. */
static inline bool quarter_open(struct quarter *q, struct scratch *scratch, size_t size)
{
    memset(q, 0, sizeof *q);
    q->scratch = scratch;
    q->file = q->at = (const uint8_t *)scratch[FILE_BYTES].memory;
    q->end = q->file + size;
    q->data = (uint8_t *)scratch_take(&scratch[SCAN_BYTES], size + PAD);
    q->dc = (struct huffman *)scratch_take(&scratch[TABLES], 8 * sizeof *q->dc);
    if (!q->data || !q->dc)
        return false;
    q->ac = q->dc + 4;
    for (int i = 0; i < 8; i++)
        q->dc[i].there = false;
    return true;
}

#endif
