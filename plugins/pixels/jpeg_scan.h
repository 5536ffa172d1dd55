/* SPDX-License-Identifier: MIT */
/* The entropy-coded data of a JPEG scan, of which the lowest frequencies are kept. T.81 annexes A, F and G. */
#ifndef PIXELS_JPEG_SCAN_H
#define PIXELS_JPEG_SCAN_H

#include <stdlib.h>

#include "jpeg_huffman.h"

enum { MOST_COMPONENTS = 3, KEPT = 4, SCAN_LIMIT = 200 };

struct component {
    uint8_t id, across, down, table; /* sampling factors; quantization table */
    uint32_t own_width, own_height;  /* in blocks, as a scan of its own has them (A.2.2) */
    uint32_t width;                  /* in blocks, as they are kept: whole MCUs */
    uint32_t kept;                   /* of each block: 4, or 1 of a colour */
    int16_t *values;
    struct huffman *dc, *ac; /* of the scan */
    int32_t before;          /* F.1.1.5.1, PRED */
    bool has_dc;
    bool open; /* the last bit of its lowest frequencies was not read: they are half a step more */
};

/* Memory that is used again from image to image: the first touch of a page costs more than what is done with it. */
struct scratch {
    void *memory;
    size_t size;
};

enum { SCRATCH_KEPT = 16 << 20 }; /* more is given back after each image */

/* `size` bytes at least, of any content; NULL: short of memory. What was there before is lost. */
static inline void *scratch_take(struct scratch *s, size_t size)
{
    if (s->size < size) {
        free(s->memory);
        s->memory = malloc(size);
        s->size = s->memory ? size : 0;
    }
    return s->memory;
}

static inline void scratch_release(struct scratch *s, size_t kept)
{
    if (s->size > kept) {
        free(s->memory);
        *s = (struct scratch){NULL, 0};
    }
}

enum { FILE_BYTES, SCAN_BYTES, VALUES, TABLES, SCRATCHES };

struct quarter {
    struct scratch *scratch; /* SCRATCHES */
    const uint8_t *file, *at, *end;
    uint32_t width, height;
    bool progressive;
    uint32_t count, most_across, most_down, mcus_across, mcus_down, interval;
    struct component components[MOST_COMPONENTS];
    uint16_t quantization[4][64];
    struct huffman *dc, *ac; /* 4 each */
    uint32_t mcu_rows;       /* that all have been decoded */
    const char *fault;       /* what is wrong at `at`; NULL: nothing */
    uint8_t *data;           /* of a scan, up to data_end; room for the whole file, and PAD more */
    const uint8_t *data_end;
    /* of the scan */
    uint32_t first, last, high, low; /* Ss, Se, Ah, Al */
    uint32_t run;                    /* G.1.2.2, EOBRUN */
};

static inline uint32_t get_u16be(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

/* ---- blocks ---- */

/* The other AC coefficients of a block, from k to the last of the scan, are stepped over. Returns how many blocks end with it, this one
 * included (G.1.2.2: more than one only where progressive); 0: no code begins so. */
static inline uint32_t skip_ac(const struct quarter *q, struct bits *pb, const struct huffman *ac, uint32_t k)
{
    struct bits b = *pb;
    uint32_t last = q->last, ended = 1;
    while (k <= last) {
        refill(&b);
        uint32_t step = ac->skip[peek(&b, LOOK)], end = k + (step >> 8 & 63) + (step >> 14);
        if ((step & STEP_BITS) && end <= last + 1) {
            drop(&b, step & STEP_BITS);
            if (step & STEP_ENDS)
                break;
            k = end;
            continue;
        }
        int symbol = next_symbol(&b, ac), size = symbol & 15, run = symbol >> 4;
        if (symbol < 0) {
            ended = 0;
            break;
        }
        if (size == 0 && run < 15) {
            ended = q->progressive ? (1u << run) + (run ? peek(&b, run) : 0) : 1;
            drop(&b, q->progressive ? run : 0);
            break;
        }
        drop(&b, size);
        k += (uint32_t)run + 1;
    }
    *pb = b;
    return ended;
}

/* All AC coefficients of a block of brightness; those of low frequency are kept. As skip_ac. */
static inline uint32_t take_ac(const struct quarter *q, struct bits *pb, const struct huffman *ac, int16_t *values)
{
    int32_t low[LAST_KEPT + 17] = {0}; /* by their place in the zigzag */
    struct bits b = *pb;
    uint32_t k = q->first ? q->first : 1, ended = 1, last = q->last < LAST_KEPT ? q->last : LAST_KEPT;
    bool over = false;
    while (k <= last && !over) {
        refill(&b);
        int32_t entry = ac->one[peek(&b, LOOK)], value = entry >> 16;
        uint32_t run = (uint32_t)entry >> 8 & 255;
        if (entry & 255) {
            drop(&b, entry & 255);
            over = run == END_OF_BLOCK;
            run = over ? 0 : run;
        } else {
            int symbol = next_symbol(&b, ac), size = symbol & 15;
            run = (uint32_t)(symbol >> 4) & 15;
            over = symbol < 0 || (size == 0 && run < 15);
            if (over) {
                ended = symbol < 0 ? 0 : q->progressive ? (1u << run) + (run ? peek(&b, (int)run) : 0) : 1;
                drop(&b, symbol >= 0 && q->progressive ? (int)run : 0);
                break;
            }
            value = take_value(&b, size);
        }
        k += run;
        low[k++] = value;
    }
    static const uint32_t places[KEPT] = {0, 1, 2, 4};
    for (int i = 1; i < KEPT; i++)
        if (places[i] >= q->first && places[i] <= q->last)
            values[i] = (int16_t)((uint32_t)low[places[i]] << q->low);
    *pb = b;
    return over ? ended : skip_ac(q, pb, ac, k);
}

/* One block of a scan. False: no code begins so. */
static inline bool take_block(struct quarter *q, struct bits *b, struct component *c, int16_t *values)
{
    if (q->first == 0) {
        refill(b);
        int32_t entry = c->dc->one[peek(b, LOOK)];
        if (q->high) {
            values[0] = (int16_t)(values[0] | (int32_t)(peek(b, 1) << q->low));
            drop(b, 1);
        } else if (entry) {
            drop(b, entry & 255);
            c->before += entry >> 16;
        } else {
            int size = next_symbol(b, c->dc);
            if (size < 0 || size > 15)
                return false;
            c->before += take_value(b, size);
        }
        if (!q->high)
            values[0] = (int16_t)((uint32_t)c->before << q->low);
    }
    if (q->last == 0)
        return true;
    if (q->run > 0) {
        q->run--;
        return true;
    }
    uint32_t ended = c->kept > 1 ? take_ac(q, b, c->ac, values) : skip_ac(q, b, c->ac, 1);
    q->run = ended > 0 ? ended - 1 : 0;
    return ended > 0;
}

/* The data up to the next marker. */
static inline struct bits begin_data(struct quarter *q)
{
    size_t n = unstuff(&q->at, q->end, q->data);
    q->data_end = q->data + n;
    q->run = 0;
    for (uint32_t i = 0; i < q->count; i++)
        q->components[i].before = 0;
    return bits_at(q->data);
}

/* Has more been taken than there was? */
static inline bool is_beyond(const struct quarter *q, const struct bits *b)
{
    return b->at - b->count / 8 > q->data_end;
}

/* One MCU of several components, or a block of one. */
static inline bool take_mcu(struct quarter *q, struct bits *b, struct component *const *in, uint32_t count, uint32_t x,
                            uint32_t y)
{
    if (count == 1)
        return take_block(q, b, in[0], in[0]->values + ((size_t)y * in[0]->width + x) * in[0]->kept);
    for (uint32_t i = 0; i < count; i++) {
        struct component *c = in[i];
        int16_t *values = c->values + ((size_t)y * c->down * c->width + (size_t)x * c->across) * c->kept;
        for (uint32_t v = 0; v < c->down; v++, values += (size_t)c->width * c->kept)
            for (uint32_t h = 0; h < c->across; h++)
                if (!take_block(q, b, c, values + (size_t)h * c->kept))
                    return false;
    }
    return true;
}

/* The entropy-coded data of a scan. */
static inline void take_scan(struct quarter *q, struct component *const *in, uint32_t count)
{
    struct bits b = begin_data(q);
    uint32_t across = count == 1 ? in[0]->own_width : q->mcus_across,
             down = count == 1 ? in[0]->own_height : q->mcus_down;
    uint32_t left = q->interval ? q->interval : UINT32_MAX, y = 0;
    for (; y < down && !q->fault; y++)
        for (uint32_t x = 0; x < across; x++) {
            if (left-- == 0) {
                if (q->end - q->at < 2 || q->at[1] < 0xd0 || q->at[1] > 0xd7) {
                    q->fault = "expected a restart marker";
                    break;
                }
                q->at += 2;
                b = begin_data(q);
                left = q->interval - 1;
            }
            bool good = take_mcu(q, &b, in, count, x, y);
            if (is_beyond(q, &b))
                q->fault = "the data of a scan end before the image";
            else if (!good)
                q->fault = "the data of a scan are no codes of their tables";
            if (q->fault)
                break;
        }
    uint32_t rows = q->fault ? (y - 1) / (count == 1 ? in[0]->down : 1) : q->mcus_down;
    if (q->first == 0 && !q->high && rows < q->mcu_rows)
        q->mcu_rows = rows;
    for (uint32_t i = 0; i < count; i++)
        in[i]->has_dc |= q->first == 0;
}

#endif
