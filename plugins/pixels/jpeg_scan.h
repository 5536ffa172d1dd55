/* SPDX-License-Identifier: MIT */
/* The entropy-coded data of a JPEG scan, of which the lowest frequencies are kept. T.81 annexes A, F and G. */
#ifndef PIXELS_JPEG_SCAN_H
#define PIXELS_JPEG_SCAN_H

#include <stdlib.h>

#include "jpeg_blocks.h"
#include "jpeg_input.h"

enum {
    MOST_COMPONENTS = 3,
    BLOCK_MOST = 256, /* bytes: 64 times 16 bits of code and 15 of value */
    DATA_PIECE = 32 * 1024,
    PAD = 3 * 4 * 4 * BLOCK_MOST + 16, /* an MCU, and what is looked at ahead */
};

struct component {
    uint8_t id, across, down, table; /* sampling factors; quantization table */
    uint32_t own_width, own_height;  /* in blocks, as a scan of its own has them (A.2.2) */
    uint32_t width;                  /* in blocks, as they are kept: whole MCUs */
    uint32_t kept;                   /* of each block: 4, or 1 of a colour */
    int16_t *values;
    struct huffman *dc, *ac; /* of the scan */
    int32_t before;          /* F.1.1.5.1, PRED */
    bool has_dc;
    uint32_t lacks;  /* frequencies that are kept and that no scan has had, a bit each by the zigzag */
    uint32_t dc_low; /* Al of the last scan of its lowest frequencies */
    bool open;       /* their last bit was not read: they are half a step more */
};

/* What is used again from image to image: the first touch of a page costs more than what is done with it. */
struct room {
    struct input in;
    uint8_t data[DATA_PIECE + PAD]; /* of a scan: what comes next */
    struct huffman dc[4], ac[4];
    int16_t *values;
    size_t value_bytes;
};

struct quarter {
    struct room *room;
    struct input *in;
    /* Takes a row of MCUs, of which row_values() has the values. False: no more of them. */
    bool (*row)(void *context, const struct quarter *q, uint32_t mcu_row);
    void *context;
    uint32_t width, height;
    bool progressive, stopped;
    bool at_once; /* all components are in one scan: one row of MCUs is kept */
    uint32_t count, most_across, most_down, mcus_across, mcus_down, interval;
    struct component components[MOST_COMPONENTS];
    uint16_t quantization[4][64];
    uint32_t mcu_rows; /* that all have been decoded */
    const char *fault; /* what is wrong; NULL: nothing */
    /* of the scan */
    uint32_t first, last, high, low; /* Ss, Se, Ah, Al */
    uint32_t run;                    /* G.1.2.2, EOBRUN */
    uint32_t mcu_most;               /* bytes that an MCU may take */
    const uint8_t *data_end;
    const uint8_t *safe; /* beyond it there may be less than an MCU; where data_ended, there is nothing */
    bool data_ended;
};

static inline void room_release(struct room *room)
{
    free(room->values);
    room->values = NULL;
    room->value_bytes = 0;
}

/* Room for values, of any content; what was there before is lost. False: short of memory. */
static inline bool room_values(struct room *room, size_t bytes)
{
    if (room->value_bytes < bytes) {
        free(room->values);
        room->values = (int16_t *)malloc(bytes);
        room->value_bytes = room->values ? bytes : 0;
    }
    return room->values != NULL;
}

/* The values of a row of MCUs, `kept` of each block; c->down rows of c->width blocks. */
static inline int16_t *row_values(const struct quarter *q, const struct component *c, uint32_t mcu_row)
{
    return c->values + (q->at_once ? 0 : (size_t)mcu_row * c->down * c->width * c->kept);
}

/* ---- data ---- */

/* More of the data, behind those that are left. */
APART struct bits more_data(struct quarter *q, struct bits b)
{
    uint8_t *data = q->room->data;
    size_t left = b.at < q->data_end ? (size_t)(q->data_end - b.at) : 0;
    memmove(data, b.at, left);
    b.at = data;
    q->data_end = input_data(q->in, data + left, data + DATA_PIECE, &q->data_ended);
    q->safe = q->data_ended ? q->data_end : q->data_end - q->mcu_most;
    if (q->data_ended)
        memset(data + (q->data_end - data), 0, q->mcu_most);
    return b;
}

/* The data up to the next marker. */
static inline struct bits begin_data(struct quarter *q)
{
    q->data_end = q->room->data;
    q->data_ended = false;
    q->run = 0;
    for (uint32_t i = 0; i < q->count; i++)
        q->components[i].before = 0;
    return more_data(q, (struct bits){q->room->data, 0, 0});
}

/* ---- the scan ---- */

/* A block of an MCU. */
struct place {
    const struct huffman *dc, *ac;
    int32_t *before;
    int16_t *values;
    uint32_t step; /* to those in the next MCU */
    bool kept;     /* all four */
};

struct scan {
    struct component *in[MOST_COMPONENTS];
    uint32_t count, across, down; /* MCUs; where it has one component, blocks of that */
    uint32_t left;                /* before the next restart */
    struct place places[MOST_COMPONENTS * 4 * 4];
    uint32_t place_count;
};

/* The blocks of the first MCU of row y. */
static inline void make_places(const struct quarter *q, struct scan *s, uint32_t y)
{
    bool single = s->count == 1;
    s->place_count = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        struct component *c = s->in[i];
        uint32_t across = single ? 1 : c->across, rows = single ? c->down : 1;
        int16_t *values = row_values(q, c, y / rows) + (size_t)(y % rows) * c->width * c->kept;
        for (uint32_t v = 0; v < (single ? 1 : c->down); v++, values += (size_t)c->width * c->kept)
            for (uint32_t h = 0; h < across; h++)
                s->places[s->place_count++] = (struct place){
                    c->dc, c->ac, &c->before, values + (size_t)h * c->kept, across * c->kept, c->kept > 1};
    }
}

/* What a scan has: all coefficients; of a progressive image the lowest, or a bit more of it. */
enum mode { SEQUENTIAL, LOWEST, LOWEST_BIT };

/* A block. False: no code begins so. */
IN_PLACE bool take_block(enum mode mode, uint32_t low, struct bits *b, const struct place *p)
{
    if (mode == LOWEST_BIT) {
        refill(b);
        *p->values = (int16_t)(*p->values | (int32_t)(take_bits(b, 1) << low));
        return true;
    }
    if (!take_dc(b, p->dc, p->before))
        return false;
    uint64_t four = value_at(0, *p->before, low);
    if (mode == SEQUENTIAL && p->kept) {
        int32_t ended = take_ac(b, p->ac, 1, 63, 0, false, &four);
        memcpy(p->values, &four, sizeof four);
        return ended > 0;
    }
    memcpy(p->values, &four, sizeof *p->values);
    return mode == LOWEST || skip_ac(b, p->ac, 1, false) > 0;
}

/* Steps over RSTm. False: there is none. */
APART bool take_restart(struct quarter *q, struct scan *s, struct bits *b)
{
    while (!q->data_ended) /* more than its MCUs have taken */
        (void)input_data(q->in, q->room->data, q->room->data + DATA_PIECE, &q->data_ended);
    if (!input_has(q->in, 2) || q->in->at[1] < 0xd0 || q->in->at[1] > 0xd7) {
        q->fault = "expected a restart marker";
        return false;
    }
    q->in->at += 2;
    *b = begin_data(q);
    s->left = q->interval;
    return true;
}

/* After an MCU that has come near the end of what is there. */
APART struct bits look_after(struct quarter *q, struct bits b)
{
    if (!q->data_ended)
        return more_data(q, b);
    if (bits_end(&b) > q->data_end)
        q->fault = "the data of a scan end before the image";
    return b;
}

/* A row of MCUs. False: `fault` says why. */
IN_PLACE bool take_row(struct quarter *q, enum mode mode, struct scan *s, struct bits *bits)
{
    struct bits b = *bits;
    uint32_t low = q->low;
    for (uint32_t x = 0; x < s->across; x++, s->left--) {
        bool good = true;
        if (s->left == 0) {
            if (!take_restart(q, s, bits))
                return false;
            b = *bits;
        }
        for (struct place *p = s->places, *end = p + s->place_count; p < end; p++) {
            good &= take_block(mode, low, &b, p);
            p->values += p->step;
        }
        if (b.at > q->safe)
            b = look_after(q, b);
        if (!good && !q->fault)
            q->fault = "the data of a scan are no codes of their tables";
        if (q->fault)
            return false;
    }
    *bits = b;
    return true;
}

APART bool take_row_sequential(struct quarter *q, struct scan *s, struct bits *b)
{
    return take_row(q, SEQUENTIAL, s, b);
}

APART bool take_row_lowest(struct quarter *q, struct scan *s, struct bits *b)
{
    return take_row(q, LOWEST, s, b);
}

APART bool take_row_lowest_bit(struct quarter *q, struct scan *s, struct bits *b)
{
    return take_row(q, LOWEST_BIT, s, b);
}

/* A row of blocks of a progressive scan of other frequencies: such that have ended before are stepped over. */
APART bool take_row_others(struct quarter *q, struct scan *s, struct bits *bits)
{
    struct bits b = *bits;
    const struct huffman *ac = s->places->ac;
    int16_t *values = s->places->values;
    uint32_t run = q->run, low = q->low, last = q->last;
    for (uint32_t x = 0, n; x < s->across; x += n, s->left -= n, values += (size_t)n * KEPT) {
        if (s->left == 0) {
            if (!take_restart(q, s, bits))
                return false;
            b = *bits;
            run = 0;
        }
        n = run < s->across - x ? run : s->across - x;
        n = n < s->left ? n : s->left;
        run -= n;
        if (n > 0)
            continue;
        uint64_t four;
        memcpy(&four, values, sizeof four);
        int32_t ended = take_band(&b, ac, last, low, &four);
        memcpy(values, &four, sizeof four);
        run = (uint32_t)ended - 1;
        n = 1;
        if (b.at > q->safe)
            b = look_after(q, b);
        if (ended < 0 && !q->fault)
            q->fault = "the data of a scan are no codes of their tables";
        if (q->fault)
            return false;
    }
    q->run = run;
    *bits = b;
    return true;
}

/* The entropy-coded data of a scan. */
static inline void take_scan(struct quarter *q, struct scan *s)
{
    const struct component *c = s->in[0];
    bool single = s->count == 1;
    uint32_t rows = single ? c->down : 1, y = 0;
    struct bits b = begin_data(q);
    s->across = single ? c->own_width : q->mcus_across;
    s->down = single ? c->own_height : q->mcus_down;
    s->left = q->interval ? q->interval : UINT32_MAX;
    for (bool good = true; good && y < s->down && !q->stopped; y += good) {
        make_places(q, s, y);
        good = !q->progressive ? take_row_sequential(q, s, &b)
               : q->first      ? take_row_others(q, s, &b)
               : q->high       ? take_row_lowest_bit(q, s, &b)
                               : take_row_lowest(q, s, &b);
        if (q->at_once && good && ((y + 1) % rows == 0 || y + 1 == s->down))
            q->stopped = !q->row(q->context, q, y / rows);
    }
    if (q->first == 0 && !q->high && q->fault && y / rows < q->mcu_rows)
        q->mcu_rows = y / rows;
    for (uint32_t i = 0; i < s->count; i++)
        s->in[i]->has_dc |= q->first == 0;
}

#endif
