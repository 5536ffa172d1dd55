/* SPDX-License-Identifier: MIT */
/* What takes back the prediction of rows that Flate and LZW are told of in their parameters. ISO 32000-1 and 32000-2, 7.4.4.4; PNG
 * (Third Edition), 9.2; TIFF 6.0, section 14. */
#ifndef DOCUMENT_PDF_PREDICTOR_H
#define DOCUMENT_PDF_PREDICTOR_H

#include "pdf_filters.h"

enum { PDF_ROW_MOST = 1 << 20 };

struct pdf_predictor {
    struct adit_reader reader; /* first */
    struct pdf_bytes in;
    bool png;
    uint32_t colors, bits;
    size_t pixel, row; /* bytes of a pixel (1 at least) and of a row */
    size_t at, filled; /* in the current row */
    uint8_t *current, *above;
};

static inline uint8_t pdf_paeth(int left, int above, int corner)
{
    int p = left + above - corner, a = abs(p - left), b = abs(p - above), c = abs(p - corner);
    return (uint8_t)(a <= b && a <= c ? left : b <= c ? above : corner);
}

/* PNG 9.2: each row begins with its filter. */
static inline void pdf_unfilter(struct pdf_predictor *p, int filter, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t left = i >= p->pixel ? p->current[i - p->pixel] : 0, above = p->above[i];
        uint8_t corner = i >= p->pixel ? p->above[i - p->pixel] : 0;
        int guess = filter == 1   ? left
                    : filter == 2 ? above
                    : filter == 3 ? (left + above) / 2
                    : filter == 4 ? pdf_paeth(left, above, corner)
                                  : 0;
        p->current[i] = (uint8_t)(p->current[i] + guess);
    }
}

/* TIFF 6.0, 14: each sample is the difference to the one of the same colour in the pixel before. */
static inline void pdf_undifference(struct pdf_predictor *p, size_t n)
{
    uint32_t mask = p->bits < 32 ? (1u << p->bits) - 1 : UINT32_MAX;
    uint32_t before[32] = {0};
    for (size_t sample = 0; (sample + 1) * p->bits <= n * 8; sample++) {
        size_t bit = sample * p->bits, byte = bit / 8;
        uint32_t *sum = &before[sample % p->colors];
        if (p->bits == 16) {
            *sum = (*sum + (uint32_t)(p->current[byte] << 8 | p->current[byte + 1])) & 0xffff;
            p->current[byte] = (uint8_t)(*sum >> 8);
            p->current[byte + 1] = (uint8_t)*sum;
        } else {
            unsigned shift = (unsigned)(8 - p->bits - bit % 8);
            *sum = (*sum + ((uint32_t)p->current[byte] >> shift & mask)) & mask;
            p->current[byte] = (uint8_t)((p->current[byte] & ~(mask << shift)) | *sum << shift);
        }
    }
}

static inline bool pdf_next_row(struct pdf_predictor *p)
{
    uint8_t *spare = p->above;
    int filter = p->png ? pdf_byte(&p->in) : 0;
    if (filter < 0)
        return false;
    p->above = p->current;
    p->current = spare;
    size_t n = 0;
    for (int c; n < p->row && (c = pdf_byte(&p->in)) >= 0;)
        p->current[n++] = (uint8_t)c;
    p->png ? pdf_unfilter(p, filter, n) : pdf_undifference(p, n);
    p->at = 0;
    p->filled = n;
    return n > 0;
}

static inline int64_t pdf_predictor_read(struct adit_reader *r, void *buffer, size_t n)
{
    struct pdf_predictor *p = (struct pdf_predictor *)(void *)r;
    if (p->at == p->filled && !pdf_next_row(p))
        return 0;
    size_t fits = n < p->filled - p->at ? n : p->filled - p->at;
    memcpy(buffer, p->current + p->at, fits);
    p->at += fits;
    return (int64_t)fits;
}

/* Table 8. The reader itself where there is no prediction; NULL: the parameters cannot be, or there is no memory. */
static inline struct adit_reader *pdf_predictor_open(struct pdf *d, struct adit_reader *from, int64_t predictor,
                                                     int64_t colors, int64_t bits, int64_t columns)
{
    if (predictor < 2)
        return from;
    bool bits_can_be = bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
    if (colors < 1 || colors > 32 || !bits_can_be || columns < 1 || columns > PDF_ROW_MOST ||
        columns * colors * bits > PDF_ROW_MOST * 8LL)
        return NULL;
    struct pdf_predictor *p = pdf_take(&d->arena, sizeof *p);
    if (!p)
        return NULL;
    p->reader = (struct adit_reader){pdf_predictor_read, d->job, ADIT_SOURCE_MAIN, 0, 0};
    pdf_bytes_start(&p->in, d, from);
    p->png = predictor >= 10;
    p->colors = (uint32_t)colors;
    p->bits = (uint32_t)bits;
    p->pixel = (size_t)(colors * bits + 7) / 8;
    p->row = (size_t)(columns * colors * bits + 7) / 8;
    p->current = pdf_take(&d->arena, p->row);
    p->above = pdf_take(&d->arena, p->row);
    return p->current && p->above ? &p->reader : NULL;
}

#endif
