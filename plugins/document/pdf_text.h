/* SPDX-License-Identifier: MIT */
/* Text strings and dates as fields. ISO 32000-1 and 32000-2, 7.9.2 to 7.9.4, annex D.3 (PDFDocEncoding). */
#ifndef DOCUMENT_PDF_TEXT_H
#define DOCUMENT_PDF_TEXT_H

#include "pdf_load.h"
#include <adit/charset.h>
#include <adit/time.h>

enum { PDF_TEXT_MOST = 256 * 1024 };

/* PDFDocEncoding where it is not Latin-1: 0x18 to 0x1f, and 0x80 to 0xa0. */
static const uint16_t pdf_accents[] = {0x02d8, 0x02c7, 0x02c6, 0x02d9, 0x02dd, 0x02db, 0x02da, 0x02dc};
static const uint16_t pdf_symbols[] = {
    0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044, 0x2039, 0x203a, 0x2212,
    0x2030, 0x201e, 0x201c, 0x201d, 0x2018, 0x2019, 0x201a, 0x2122, 0xfb01, 0xfb02, 0x0141,
    0x0152, 0x0160, 0x0178, 0x017d, 0x0131, 0x0142, 0x0153, 0x0161, 0x017e, 0xfffd, 0x20ac,
};

static inline size_t pdf_doc_to_utf8(struct adit_text in, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < in.size; i++) {
        uint8_t c = (uint8_t)in.data[i];
        n += adit_utf8_put(c >= 0x18 && c < 0x20    ? pdf_accents[c - 0x18]
                           : c >= 0x80 && c <= 0xa0 ? pdf_symbols[c - 0x80]
                                                    : c,
                           out + n);
    }
    return n;
}

/* 7.9.2.2: escapes that say the language of what follows: ESC, two to six letters, ESC. Taken out, in place. */
static inline size_t pdf_strip_languages(char *text, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        const char *end = text[i] == '\x1b' ? memchr(text + i + 1, '\x1b', n - i - 1 < 7 ? n - i - 1 : 7) : NULL;
        if (end)
            i = (size_t)(end - text);
        else
            text[to++] = text[i];
    }
    return to;
}

/* A text string as UTF-8, in the arena. */
static inline struct adit_text pdf_to_utf8(struct pdf *d, struct adit_text in)
{
    if (in.size > PDF_TEXT_MOST) {
        adit_remark(&d->report, "a text of %zu bytes is cut after %d", in.size, PDF_TEXT_MOST);
        in.size = PDF_TEXT_MOST;
    }
    char *out = in.size > 0 ? pdf_take(&d->arena, ADIT_UTF8_BOUND(in.size)) : NULL;
    const uint8_t *b = (const uint8_t *)in.data;
    if (!out)
        return adit_text_of("", 0);
    bool utf16 =
        in.size >= 2 && ((b[0] == 0xfe && b[1] == 0xff) || (b[0] == 0xff && b[1] == 0xfe)); /* the second is met, too */
    bool utf8 = in.size >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf;
    if (!utf16 && !utf8)
        return adit_text_of(out, pdf_doc_to_utf8(in, out));
    size_t n = adit_charset_to_utf8(utf16 ? ADIT_CHARSET_UTF16 : ADIT_CHARSET_UTF8, in, out, ADIT_UTF8_BOUND(in.size));
    return adit_text_of(out, pdf_strip_languages(out, n < ADIT_UTF8_BOUND(in.size) ? n : ADIT_UTF8_BOUND(in.size)));
}

/* 7.3.5: a name as text. It should be UTF-8; where it is not, it is taken for PDFDocEncoding. */
static inline struct adit_text pdf_name_to_utf8(struct pdf *d, struct adit_text name)
{
    return adit_utf8_valid(name) ? name : pdf_to_utf8(d, name);
}

/* Emits the text of a dictionary's member, where it is a text string or a name. */
static inline void pdf_emit_text(struct pdf *d, const struct pdf_object *dictionary, const char *key, const char *field)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *o = pdf_get(d, dictionary, key);
    if (o && o->kind == PDF_STRING)
        (void)adit_emit_text(d->job, field, pdf_to_utf8(d, o->text));
    else if (o && o->kind == PDF_NAME)
        (void)adit_emit_text(d->job, field, o->text);
    pdf_release(&d->arena, mark);
}

/* Emits a date. What is none is told. */
static inline void pdf_emit_moment(struct pdf *d, const struct pdf_object *o, const char *key, const char *field)
{
    struct adit_text text =
        o && o->kind == PDF_STRING ? adit_text_trim_end(pdf_to_utf8(d, o->text)) : adit_text_of("", 0);
    struct adit_time time;
    if (text.size > 0 && adit_time_parse_pdf(text, &time))
        (void)adit_emit_time(d->job, field, time);
    else if (text.size > 0)
        adit_remark(&d->report, "%s is no date: \"%.*s\"", key, (int)(text.size < 100 ? text.size : 100), text.data);
}

static inline void pdf_emit_date(struct pdf *d, const struct pdf_object *dictionary, const char *key, const char *field)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    pdf_emit_moment(d, pdf_get(d, dictionary, key), key, field);
    pdf_release(&d->arena, mark);
}

/* Emits a number as a double, where it is one. */
static inline void pdf_emit_number(struct pdf *d, const struct pdf_object *dictionary, const char *key,
                                   const char *field)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *o = pdf_get(d, dictionary, key);
    if (pdf_is_number(o))
        (void)adit_emit_f64(d->job, field, pdf_number(o));
    pdf_release(&d->arena, mark);
}

#endif
