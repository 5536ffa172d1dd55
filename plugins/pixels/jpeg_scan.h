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
    const uint8_t *data_end,
        *safe; /* beyond `safe` there may be less than an MCU; where data_ended, there are no more */
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

/* ---- blocks ---- */

enum mode {
    SEQUENTIAL,
    LOWEST,
    OTHERS
}; /* what a scan has: all; of a progressive image the lowest frequency; others */

/* One block of a scan. False: no code begins so. */
IN_PLACE bool take_block(struct quarter *q, enum mode mode, struct bits *b, struct component *c, int16_t *values)
{
    if (mode == LOWEST && q->high) {
        refill(b);
        values[0] = (int16_t)(values[0] | (int32_t)(take_bits(b, 1) << q->low));
        return true;
    }
    if (mode == OTHERS && q->run > 0) {
        q->run--;
        return true;
    }
    if (mode == OTHERS) {
        uint64_t four;
        memcpy(&four, values, sizeof four);
        int32_t ended = take_band(b, c->ac, q->last, q->low, &four);
        memcpy(values, &four, sizeof four);
        q->run = (uint32_t)ended - 1;
        return ended > 0;
    }
    if (!take_dc(b, c->dc, &c->before))
        return false;
    uint64_t four = value_at(0, c->before, mode == LOWEST ? q->low : 0);
    int32_t ended = mode == LOWEST ? 1
                    : c->kept == 1 ? skip_ac(b, c->ac, 1, false)
                                   : take_ac(b, c->ac, 1, 63, 0, false, &four);
    memcpy(values, &four, mode == SEQUENTIAL && c->kept > 1 ? sizeof four : sizeof *values);
    return ended > 0;
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

/* Steps over RSTm. False: there is none. */
static inline bool take_restart(struct quarter *q)
{
    while (!q->data_ended) /* more than its MCUs have taken */
        (void)input_data(q->in, q->room->data, q->room->data + DATA_PIECE, &q->data_ended);
    if (!input_has(q->in, 2) || q->in->at[1] < 0xd0 || q->in->at[1] > 0xd7)
        return false;
    q->in->at += 2;
    return true;
}

/* ---- the scan ---- */

struct scan {
    struct component *in[MOST_COMPONENTS];
    uint32_t count, across, down; /* MCUs; where it has one component, blocks of that */
    uint32_t left;                /* before the next restart */
};

/* Row y of the scan, with all that can be known before made part of the code. False: `fault` says why. */
IN_PLACE bool take_row(struct quarter *q, enum mode mode, struct scan *s, struct bits *bits, uint32_t y)
{
    struct bits b = *bits;
    int16_t *at[MOST_COMPONENTS];
    bool single = s->count == 1, good = true;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct component *c = s->in[i];
        uint32_t down = single ? c->down : 1;
        at[i] = row_values(q, c, y / down) + (size_t)(y % down) * c->width * c->kept;
    }
    for (uint32_t x = 0; x < s->across; x++) {
        if (s->left-- == 0) {
            if (!take_restart(q)) {
                q->fault = "expected a restart marker";
                return false;
            }
            b = begin_data(q);
            s->left = q->interval - 1;
        }
        for (uint32_t i = 0; i < s->count; i++) {
            struct component *c = s->in[i];
            uint32_t across = single ? 1 : c->across, down = single ? 1 : c->down;
            for (uint32_t v = 0; v < down; v++)
                for (uint32_t h = 0; h < across; h++)
                    good = good && take_block(q, mode, &b, c, at[i] + ((size_t)v * c->width + h) * c->kept);
            at[i] += across * c->kept;
        }
        if (b.at > q->safe && !q->data_ended)
            b = more_data(q, b);
        else if (b.at > q->safe && bits_end(&b) > q->data_end)
            q->fault = "the data of a scan end before the image";
        if (!good && !q->fault)
            q->fault = "the data of a scan are no codes of their tables";
        if (q->fault)
            return false;
    }
    *bits = b;
    return true;
}

APART bool take_row_sequential(struct quarter *q, struct scan *s, struct bits *b, uint32_t y)
{
    return take_row(q, SEQUENTIAL, s, b, y);
}

APART bool take_row_lowest(struct quarter *q, struct scan *s, struct bits *b, uint32_t y)
{
    return take_row(q, LOWEST, s, b, y);
}

APART bool take_row_others(struct quarter *q, struct scan *s, struct bits *b, uint32_t y)
{
    return take_row(q, OTHERS, s, b, y);
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
        good = !q->progressive ? take_row_sequential(q, s, &b, y)
               : q->first      ? take_row_others(q, s, &b, y)
                               : take_row_lowest(q, s, &b, y);
        if (q->at_once && good && ((y + 1) % rows == 0 || y + 1 == s->down))
            q->stopped = !q->row(q->context, q, y / rows);
    }
    if (q->first == 0 && !q->high && q->fault && y / rows < q->mcu_rows)
        q->mcu_rows = y / rows;
    for (uint32_t i = 0; i < s->count; i++)
        s->in[i]->has_dc |= q->first == 0;
}

#endif
