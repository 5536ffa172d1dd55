/* SPDX-License-Identifier: MIT */
/* Filters that decode byte by byte: ASCIIHex, ASCII85, RunLength, LZW, each a reader over another. ISO 32000-1 and 32000-2, 7.4. */
#ifndef DOCUMENT_PDF_FILTERS_H
#define DOCUMENT_PDF_FILTERS_H

#include "pdf_lexer.h"
#include <adit/reader.h>

enum { PDF_PIECE = 4096, PDF_LZW_CODES = 4096 };

/* Bytes one after another from a reader. */
struct pdf_bytes {
    struct adit_reader *from;
    struct pdf *d;
    size_t at, filled;
    uint8_t buffer[PDF_PIECE];
};

static inline void pdf_bytes_start(struct pdf_bytes *b, struct pdf *d, struct adit_reader *from)
{
    b->d = d;
    b->from = from;
    b->at = b->filled = 0;
}

/* The next byte; -1: the end, a failure before, or enough work. */
static inline int pdf_byte(struct pdf_bytes *b)
{
    if (b->at == b->filled) {
        int64_t got = b->from ? adit_read_next(b->from, b->buffer, sizeof b->buffer) : 0;
        b->at = 0;
        b->filled = got > 0 && pdf_work(b->d, (uint64_t)got) ? (size_t)got : 0;
        if (b->filled == 0) {
            b->from = NULL;
            return -1;
        }
    }
    return b->buffer[b->at++];
}

/* What follows is not for this filter. */
static inline void pdf_end_bytes(struct pdf_bytes *b)
{
    b->from = NULL;
    b->at = b->filled = 0;
}

/* A filter gives what it decodes piece by piece: `decode` puts the next bytes into `out` and returns how many, 0 at the end. */
struct pdf_filter {
    struct adit_reader reader; /* first */
    size_t (*decode)(struct pdf_filter *f, uint8_t *out, size_t room);
    struct pdf_bytes in;
    bool ended;
    uint8_t held[4]; /* ASCII85: decoded bytes that wait */
    uint8_t held_at, held_count;
    uint32_t run; /* RunLength: bytes of the run that are left */
    int value;    /* RunLength: the byte that repeats, -1: they are copied */
    struct pdf_lzw *lzw;
};

static inline int64_t pdf_filter_read(struct adit_reader *r, void *buffer, size_t n)
{
    struct pdf_filter *f = (struct pdf_filter *)(void *)r;
    size_t got = f->ended ? 0 : f->decode(f, buffer, n);
    f->ended |= got == 0;
    return (int64_t)got;
}

/* 7.4.2: pairs of hexadecimal digits up to ">"; a missing last digit is 0. */
static inline size_t pdf_decode_hexadecimal(struct pdf_filter *f, uint8_t *out, size_t room)
{
    size_t n = 0;
    for (int high = -1, c; n < room;) {
        c = pdf_byte(&f->in);
        int digit = adit_hex_digit(c);
        if (c < 0 || c == '>') {
            if (high >= 0)
                out[n++] = (uint8_t)(high << 4);
            pdf_end_bytes(&f->in);
            break;
        }
        if (digit >= 0 && high >= 0)
            out[n++] = (uint8_t)(high << 4 | digit);
        if (digit >= 0)
            high = high >= 0 ? -1 : digit;
    }
    return n;
}

/* 7.4.3: five characters from "!" to "u" are four bytes, "z" is four zeros, "~>" ends; n + 1 characters at the end are n bytes. */
static inline void pdf_decode_group(struct pdf_filter *f)
{
    uint32_t value = 0;
    int count = 0, c = 0;
    f->held_at = f->held_count = 0;
    while (count < 5 && (c = pdf_byte(&f->in)) >= 0 && c != '~') {
        if (c == 'z' && count == 0) {
            memset(f->held, 0, 4);
            f->held_count = 4;
            return;
        }
        if (c < '!' || c > 'u')
            continue;
        value = value * 85 + (uint32_t)(c - '!');
        count++;
    }
    for (int i = count; i < 5; i++)
        value = value * 85 + 84;
    for (int i = 0; i < 4; i++)
        f->held[i] = (uint8_t)(value >> (24 - 8 * i));
    f->held_count = (uint8_t)(count > 1 ? count - 1 : 0);
    if (c == '~' || c < 0)
        pdf_end_bytes(&f->in);
}

static inline size_t pdf_decode_ascii85(struct pdf_filter *f, uint8_t *out, size_t room)
{
    size_t n = 0;
    while (n < room) {
        if (f->held_at == f->held_count)
            pdf_decode_group(f);
        if (f->held_count == 0)
            break;
        out[n++] = f->held[f->held_at++];
    }
    return n;
}

/* 7.4.5: 0 to 127 copies so many bytes and one, 129 to 255 repeats one 257 less so many times, 128 ends. */
static inline size_t pdf_decode_run_length(struct pdf_filter *f, uint8_t *out, size_t room)
{
    size_t n = 0;
    while (n < room) {
        if (f->run == 0) {
            int length = pdf_byte(&f->in);
            if (length < 0 || length == 128) {
                pdf_end_bytes(&f->in);
                break;
            }
            f->run = (uint32_t)(length < 128 ? length + 1 : 257 - length);
            f->value = length < 128 ? -1 : pdf_byte(&f->in);
            if (length > 128 && f->value < 0)
                break;
        }
        int c = f->value >= 0 ? f->value : pdf_byte(&f->in);
        if (c < 0)
            break;
        out[n++] = (uint8_t)c;
        f->run--;
    }
    return n;
}

/* 7.4.4.2: codes of 9 to 12 bits, the highest bit first; 256 clears the table, 257 ends. A code stands for the text of an earlier
 * code and one byte more. */
struct pdf_lzw {
    uint32_t bits, early;
    unsigned bit_count, width, next; /* next: the code that is made next */
    int previous;                    /* the last code; -1: there is none */
    uint16_t prefix[PDF_LZW_CODES], length[PDF_LZW_CODES];
    uint8_t last[PDF_LZW_CODES], first[PDF_LZW_CODES];
    uint8_t text[PDF_LZW_CODES + 1]; /* of the last code */
    size_t text_size, text_at;
};

static inline void pdf_lzw_clear(struct pdf_lzw *z)
{
    z->width = 9;
    z->next = 258;
    z->previous = -1;
    for (unsigned i = 0; i < 256; i++) {
        z->length[i] = 1;
        z->last[i] = z->first[i] = (uint8_t)i;
    }
}

static inline int pdf_lzw_code(struct pdf_filter *f)
{
    struct pdf_lzw *z = f->lzw;
    while (z->bit_count < z->width) {
        int c = pdf_byte(&f->in);
        if (c < 0)
            return 257;
        z->bits = z->bits << 8 | (uint32_t)c;
        z->bit_count += 8;
    }
    z->bit_count -= z->width;
    return (int)(z->bits >> z->bit_count & ((1u << z->width) - 1));
}

/* The text of the next code. False: the end, or a code that cannot be. */
static inline bool pdf_lzw_next(struct pdf_filter *f)
{
    struct pdf_lzw *z = f->lzw;
    int code;
    while ((code = pdf_lzw_code(f)) == 256)
        pdf_lzw_clear(z);
    if (code == 257 || (z->previous < 0 ? code > 255 : code > (int)z->next)) {
        pdf_end_bytes(&f->in);
        z->bit_count = 0;
        return false;
    }
    if (z->previous >= 0 && z->next < PDF_LZW_CODES) {
        unsigned previous = (unsigned)z->previous, made = z->next++;
        z->prefix[made] = (uint16_t)previous;
        z->first[made] = z->first[previous];
        z->length[made] = (uint16_t)(z->length[previous] + 1);
        z->last[made] = code == (int)made ? z->first[previous] : z->first[code];
    } else if (code >= (int)z->next) {
        return false;
    }
    if (z->next + z->early >= 1u << z->width && z->width < 12)
        z->width++;
    z->text_size = z->length[code];
    z->text_at = 0;
    for (size_t i = z->text_size, c = (size_t)code; i > 0; c = z->prefix[c])
        z->text[--i] = z->last[c];
    z->previous = code;
    return true;
}

static inline size_t pdf_decode_lzw(struct pdf_filter *f, uint8_t *out, size_t room)
{
    size_t n = 0;
    while (n < room) {
        if (f->lzw->text_at == f->lzw->text_size && !pdf_lzw_next(f))
            break;
        out[n++] = f->lzw->text[f->lzw->text_at++];
    }
    return n;
}

/* A filter by its name or its abbreviation (tables 6 and 92) over a reader; NULL: it is none of these, or there is no memory. */
static inline struct adit_reader *pdf_filter_open(struct pdf *d, struct adit_text name, struct adit_reader *from,
                                                  bool early)
{
    static const struct {
        const char *name, *abbreviation;
        size_t (*decode)(struct pdf_filter *f, uint8_t *out, size_t room);
    } filters[] = {
        {"ASCIIHexDecode", "AHx", pdf_decode_hexadecimal},
        {"ASCII85Decode", "A85", pdf_decode_ascii85},
        {"RunLengthDecode", "RL", pdf_decode_run_length},
        {"LZWDecode", "LZW", pdf_decode_lzw},
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (!adit_text_is(name, filters[i].name) && !adit_text_is(name, filters[i].abbreviation))
            continue;
        struct pdf_filter *f = pdf_take(&d->arena, sizeof *f);
        if (!f)
            return NULL;
        f->reader = (struct adit_reader){pdf_filter_read, d->job, ADIT_SOURCE_MAIN, 0, 0};
        f->decode = filters[i].decode;
        pdf_bytes_start(&f->in, d, from);
        f->lzw = f->decode == pdf_decode_lzw ? pdf_take(&d->arena, sizeof *f->lzw) : NULL;
        if (f->decode == pdf_decode_lzw && !f->lzw)
            return NULL;
        if (f->lzw) {
            pdf_lzw_clear(f->lzw);
            f->lzw->early = early;
        }
        return &f->reader;
    }
    return NULL;
}

#endif
