/* SPDX-License-Identifier: MIT */
/* The cross-reference table, in its sections from the newest to the oldest: classic ones, streams, and hybrid files. ISO 32000-1 and
 * 32000-2, 7.5.4, 7.5.5, 7.5.8. */
#ifndef DOCUMENT_PDF_XREF_H
#define DOCUMENT_PDF_XREF_H

#include "pdf_pipe.h"

enum { PDF_TAIL = 2048, PDF_SECTIONS_MOST = 4096 };

/* The header within the first 1024 bytes (annex H, note 13 of ISO 32000-1), and the version that it states. */
static inline bool pdf_find_header(struct pdf *d, char version[8])
{
    uint8_t head[1024 + 16] = {0};
    int64_t got = adit_read(d->job, ADIT_SOURCE_MAIN, 0, head, 1024 + 8);
    size_t n = got > 8 ? (size_t)got : 0, i = 0;
    while (i + 8 <= n && memcmp(head + i, "%PDF-", 5) != 0 && memcmp(head + i, "%FDF-", 5) != 0)
        i++;
    if (i + 8 > n)
        return false;
    size_t k = 0;
    for (const uint8_t *v = head + i + 5; k < 7 && ((v[k] >= '0' && v[k] <= '9') || v[k] == '.'); k++)
        version[k] = (char)v[k];
    version[k] = '\0';
    d->base = i;
    d->is_fdf = head[i + 1] == 'F';
    return true;
}

/* 7.5.5: the number behind the last "startxref" of the file. False: there is none. */
static inline bool pdf_find_start(struct pdf *d, uint64_t *offset)
{
    uint8_t tail[PDF_TAIL];
    uint64_t from = d->size > PDF_TAIL ? d->size - PDF_TAIL : 0;
    int64_t got = adit_read(d->job, ADIT_SOURCE_MAIN, from, tail, PDF_TAIL);
    for (int64_t i = got - 9; i >= 0; i--) {
        if (memcmp(tail + i, "startxref", 9) != 0)
            continue;
        struct pdf_lexer l;
        pdf_lexer_at(&l, d, NULL, from + (uint64_t)i + 9, d->size);
        if (pdf_lex(&l) != PDF_TOKEN_INTEGER || l.integer < 0)
            return false;
        *offset = (uint64_t)l.integer;
        return true;
    }
    return false;
}

/* An entry that a section gives. What a newer one gave stands. */
static inline void pdf_give_entry(struct pdf *d, uint64_t number, enum pdf_place place, uint64_t where, uint64_t index)
{
    struct pdf_entry *entry = pdf_entry_make(d, number);
    if (!entry || entry->known)
        return;
    entry->known = true;
    entry->place = (uint8_t)place;
    entry->where = where;
    entry->index = index < UINT32_MAX ? (uint32_t)index : UINT32_MAX;
}

/* 7.5.4: subsections of entries "0000000017 00000 n". Lines of other lengths than 20 are met, so they are read by tokens. False: what
 * is there is no table. */
static inline bool pdf_read_entries(struct pdf_lexer *l)
{
    struct pdf *d = l->d;
    enum pdf_token token;
    while ((token = pdf_lex(l)) == PDF_TOKEN_INTEGER) {
        int64_t first = l->integer, count = pdf_lex(l) == PDF_TOKEN_INTEGER ? l->integer : -1;
        if (first < 0 || count < 0 || first > PDF_MAX_NUMBER || count > PDF_MAX_NUMBER + 1 - first)
            return false;
        for (int64_t i = 0; i < count; i++) {
            uint64_t back = l->at;
            token = pdf_lex(l);
            if (token == PDF_TOKEN_KEYWORD && adit_text_is(l->text, "trailer")) { /* fewer than stated */
                l->at = back;
                break;
            }
            int64_t offset = l->integer;
            if (token != PDF_TOKEN_INTEGER || offset < 0 || pdf_lex(l) != PDF_TOKEN_INTEGER)
                return false;
            int64_t generation = l->integer;
            if (pdf_lex(l) != PDF_TOKEN_KEYWORD || l->text.size != 1)
                return false;
            bool used = l->text.data[0] == 'n';
            pdf_give_entry(d, (uint64_t)(first + i), used ? PDF_AT_OFFSET : PDF_FREE, (uint64_t)offset + d->base,
                           (uint64_t)generation);
        }
    }
    return token == PDF_TOKEN_KEYWORD && adit_text_is(l->text, "trailer");
}

/* 7.5.8.2: the widths of an entry's three fields. Returns their sum; 0: they cannot be. */
static inline unsigned pdf_read_widths(struct pdf *d, const struct pdf_object *o, unsigned w[3])
{
    unsigned i = 0;
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, o, "W", PDF_ARRAY)); m && i < 3; m = m->next, i++) {
        if (m->kind != PDF_INTEGER || m->integer < 0 || m->integer > 8)
            return 0;
        w[i] = (unsigned)m->integer;
    }
    return i == 3 ? w[0] + w[1] + w[2] : 0;
}

/* 7.5.8.3: type, and what that says the others are. */
static inline void pdf_give_packed_entry(struct pdf *d, uint64_t number, const uint8_t *bytes, const unsigned w[3])
{
    uint64_t type = w[0] > 0 ? adit_number(bytes, w[0], true) : 1;
    uint64_t second = adit_number(bytes + w[0], w[1], true), third = adit_number(bytes + w[0] + w[1], w[2], true);
    if (type == 1)
        pdf_give_entry(d, number, PDF_AT_OFFSET, second < UINT64_MAX - d->base ? second + d->base : second, third);
    else if (type == 0 || (type == 2 && second <= PDF_MAX_NUMBER)) /* others: references to null */
        pdf_give_entry(d, number, type ? PDF_IN_STREAM : PDF_FREE, second, third);
}

/* The entries, for the subsections of Index. */
static inline bool pdf_read_entry_stream(struct pdf *d, const struct pdf_object *o)
{
    unsigned w[3];
    uint8_t bytes[24];
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_pipe *p = pdf_take(&d->arena, sizeof *p);
    struct pdf_bytes *in = pdf_take(&d->arena, sizeof *in);
    unsigned step = pdf_read_widths(d, o, w), got = step;
    bool possible = p && in && step > 0, opened = possible && pdf_open_pipe(d, o, p);
    if (opened)
        pdf_bytes_start(in, d, p->last);
    struct pdf_object all = {.kind = PDF_INTEGER, .integer = 0};
    struct pdf_object rest = {.kind = PDF_INTEGER, .integer = pdf_get_integer(d, o, "Size", 0)};
    struct pdf_object *index = pdf_first(pdf_get_kind(d, o, "Index", PDF_ARRAY));
    all.next = &rest;
    for (struct pdf_object *m = index ? index : &all; opened && got == step && m && m->next; m = m->next->next) {
        bool numbers =
            m->kind == PDF_INTEGER && m->next->kind == PDF_INTEGER && m->integer >= 0 && m->integer <= PDF_MAX_NUMBER;
        for (int64_t k = 0; numbers && got == step && k < m->next->integer; k++) {
            int c = 0;
            for (got = 0; got < step && (c = pdf_byte(in)) >= 0; got++)
                bytes[got] = (uint8_t)c;
            if (got == step)
                pdf_give_packed_entry(d, (uint64_t)(m->integer + k), bytes, w);
        }
    }
    if (possible)
        pdf_close_pipe(p);
    pdf_release(&d->arena, mark);
    return opened;
}

/* One section at an offset: its entries, and its dictionary (in the arena that is kept). NULL: there is none. */
static inline struct pdf_object *pdf_read_section(struct pdf *d, uint64_t offset)
{
    struct pdf_lexer l;
    struct pdf_object *o;
    pdf_lexer_at(&l, d, NULL, offset, d->size);
    l.arena = &d->kept;
    if (offset >= d->size)
        return NULL;
    if (pdf_lex_is(&l, "xref")) {
        d->has_table = true;
        o = pdf_read_entries(&l) ? pdf_parse(&l) : NULL;
        return o && o->kind == PDF_DICTIONARY ? o : NULL;
    }
    uint32_t number, generation;
    pdf_lexer_at(&l, d, NULL, offset, d->size);
    l.arena = &d->kept;
    o = pdf_parse_head(&l, &number, &generation) ? pdf_parse(&l) : NULL;
    if (o)
        pdf_parse_stream(&l, o, number, generation);
    if (!o || !o->stream || !pdf_is_name(pdf_find(o, "Type"), "XRef"))
        return NULL;
    o->stream->plain = true;
    d->has_stream = true;
    return pdf_read_entry_stream(d, o) ? o : NULL;
}

/* All sections from the one that startxref names, along Prev. Loops end by the bound on sections and by offsets that were seen.
 * False: the table cannot be used. */
static inline bool pdf_read_sections(struct pdf *d)
{
    uint64_t offset, hare = 0;
    if (!pdf_find_start(d, &offset)) {
        adit_complain(&d->report, "end of the file: expected \"startxref\" and an offset, found none");
        return false;
    }
    d->startxref = offset;
    for (uint32_t n = 0; !d->exhausted; n++) {
        struct pdf_object *o = offset <= UINT64_MAX - d->base ? pdf_read_section(d, offset + d->base) : NULL;
        if (!o && n == 0 && d->base > 0) { /* offsets may count from the file's first byte, after all */
            d->base = 0;
            o = pdf_read_section(d, offset);
        }
        if (!o) {
            adit_complain(&d->report,
                          "cross-reference section at offset %llu: expected \"xref\" or a cross-reference stream, "
                          "found something else",
                          LL(offset));
            return false;
        }
        d->trailer = d->trailer ? d->trailer : o;
        d->sections++;
        struct pdf_object *hidden = pdf_find(o, "XRefStm"); /* 7.5.8.4: looked at before Prev */
        if (hidden && hidden->kind == PDF_INTEGER && hidden->integer > 0) {
            d->hybrid = true;
            if (!pdf_read_section(d, (uint64_t)hidden->integer + d->base))
                adit_complain(&d->report, "XRefStm: there is no cross-reference stream at offset %lld",
                              (long long)hidden->integer);
        }
        struct pdf_object *previous = pdf_find(o, "Prev");
        if (!previous || previous->kind != PDF_INTEGER || previous->integer <= 0)
            return true;
        if ((n & (n + 1)) == 0) /* Brent: what is met again after a power of two is a loop */
            hare = offset;
        offset = (uint64_t)previous->integer;
        if (offset == hare || offset == d->startxref || n == PDF_SECTIONS_MOST) {
            adit_complain(&d->report, "cross-reference section: Prev leads back to offset %llu", LL(offset));
            return true;
        }
    }
    return true;
}

#endif
