/* SPDX-License-Identifier: MIT */
/* The tokens of PDF, from the source or from a decoded object stream. ISO 32000-1 and 32000-2, 7.2 and 7.3. */
#ifndef DOCUMENT_PDF_LEXER_H
#define DOCUMENT_PDF_LEXER_H

#include "pdf_document.h"
#include <adit/hex.h>

enum { PDF_WINDOW = 4096, PDF_STRING_MOST = 16 << 20 };

enum pdf_token {
    PDF_TOKEN_END,
    PDF_TOKEN_INTEGER,
    PDF_TOKEN_REAL,
    PDF_TOKEN_STRING,
    PDF_TOKEN_NAME,
    PDF_TOKEN_KEYWORD, /* and what is no token at all: its first characters tell */
    PDF_TOKEN_ARRAY,
    PDF_TOKEN_ARRAY_END,
    PDF_TOKEN_DICTIONARY,
    PDF_TOKEN_DICTIONARY_END,
};

struct pdf_lexer {
    struct pdf *d;
    struct pdf_arena *arena; /* where objects are made */
    const uint8_t *memory;   /* of a decoded stream; NULL: the source */
    uint64_t at, end;
    uint64_t start; /* of the last token */
    int64_t integer;
    double real;
    struct adit_text text; /* of a string, a name, a keyword: valid until the next token */
    uint64_t window;
    uint32_t filled;
    uint8_t buffer[PDF_WINDOW];
};

/* Over [at, end) of the source, or of memory. */
static inline void pdf_lexer_at(struct pdf_lexer *l, struct pdf *d, const uint8_t *memory, uint64_t at, uint64_t end)
{
    l->d = d;
    l->arena = &d->arena;
    l->memory = memory;
    l->end = memory || end < d->size ? end : d->size;
    l->at = l->start = at < l->end ? at : l->end;
    l->window = l->at;
    l->filled = 0;
    l->text = adit_text_of("", 0);
}

/* The byte at the lexer's place, without stepping over it; -1: the end. */
static inline int pdf_peek(struct pdf_lexer *l)
{
    if (l->at >= l->end)
        return -1;
    if (l->memory)
        return l->memory[l->at];
    if (l->at < l->window || l->at - l->window >= l->filled) {
        size_t want = l->end - l->at < PDF_WINDOW ? (size_t)(l->end - l->at) : PDF_WINDOW;
        bool goes_on =
            l->filled > 0 && l->at > l->window; /* a token that is longer than the window counts while it is read */
        int64_t got = pdf_work(l->d, goes_on ? l->filled : 0)
                          ? adit_read(l->d->job, ADIT_SOURCE_MAIN, l->at, l->buffer, want)
                          : 0;
        l->window = l->at;
        l->filled = got > 0 ? (uint32_t)got : 0;
        if (got <= 0)
            return -1;
    }
    return l->buffer[l->at - l->window];
}

static inline int pdf_next(struct pdf_lexer *l)
{
    int c = pdf_peek(l);
    l->at += c >= 0;
    return c;
}

/* 7.2.2, tables 1 and 2 */
static inline bool pdf_is_space(int c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}
static inline bool pdf_is_delimiter(int c)
{
    return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' || c == '}' || c == '/' ||
           c == '%';
}
static inline bool pdf_is_regular(int c)
{
    return c >= 0 && !pdf_is_space(c) && !pdf_is_delimiter(c);
}

static inline void pdf_skip_space(struct pdf_lexer *l)
{
    for (int c; (c = pdf_peek(l)) >= 0; l->at++) {
        if (c == '%') /* 7.2.3: a comment is a space */
            while (c >= 0 && c != '\n' && c != '\r') {
                l->at++;
                c = pdf_peek(l);
            }
        if (!pdf_is_space(c))
            return;
    }
}

static inline bool pdf_put(struct pdf *d, int c)
{
    if (d->scratch_size == d->scratch_room) {
        size_t room = d->scratch_room ? d->scratch_room * 2 : 1024;
        uint8_t *grown = room <= PDF_STRING_MOST ? realloc(d->scratch, room) : NULL;
        if (!grown)
            return false;
        d->scratch = grown;
        d->scratch_room = room;
    }
    d->scratch[d->scratch_size++] = (uint8_t)c;
    return true;
}

/* 7.3.4.2: what follows a backslash. -1: nothing comes of it. */
static inline int pdf_escape(struct pdf_lexer *l)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    int c = pdf_next(l);
    const char *found = c > 0 ? strchr(from, c) : NULL;
    if (found)
        return to[found - from];
    if (c == '\r' && pdf_peek(l) == '\n')
        l->at++;
    if (c == '\r' || c == '\n')
        return -1;
    if (c < '0' || c > '7')
        return c;
    int octal = c - '0';
    for (int i = 0; i < 2 && (c = pdf_peek(l)) >= '0' && c <= '7'; i++, l->at++)
        octal = octal * 8 + c - '0';
    return octal & 0xff;
}

static inline void pdf_lex_literal(struct pdf_lexer *l)
{
    int depth = 1;
    for (int c; (c = pdf_next(l)) >= 0;) {
        depth += c == '(';
        depth -= c == ')';
        if (depth == 0)
            return;
        if (c == '\\') {
            c = pdf_escape(l);
        } else if (c == '\r') { /* an end of line is a line feed, whichever it is */
            l->at += pdf_peek(l) == '\n';
            c = '\n';
        }
        if (c < 0)
            continue;
        if (!pdf_put(l->d, c))
            return;
    }
}

/* 7.3.4.3 */
static inline void pdf_lex_hexadecimal(struct pdf_lexer *l)
{
    int high = -1;
    for (int c; (c = pdf_next(l)) >= 0 && c != '>';) {
        int digit = adit_hex_digit(c);
        if (digit < 0)
            continue;
        if (high >= 0 && !pdf_put(l->d, high << 4 | digit))
            return;
        high = high >= 0 ? -1 : digit;
    }
    if (high >= 0)
        (void)pdf_put(l->d, high << 4);
}

/* 7.3.5 */
static inline void pdf_lex_name(struct pdf_lexer *l)
{
    for (int c; pdf_is_regular(c = pdf_peek(l));) {
        l->at++;
        if (c == '#') {
            uint64_t back = l->at;
            int high = adit_hex_digit(pdf_next(l)), low = high >= 0 ? adit_hex_digit(pdf_next(l)) : -1;
            if (low >= 0)
                c = high << 4 | low;
            else
                l->at = back; /* PDF 1.1: the character itself */
        }
        if (!pdf_put(l->d, c))
            return;
    }
}

/* 7.3.3. False: it is no number. */
static inline bool pdf_to_number(struct pdf_lexer *l, struct adit_text text, bool *is_real)
{
    size_t i = 0, digits = 0;
    bool negative = false, large = false;
    for (; i < text.size && (text.data[i] == '+' || text.data[i] == '-'); i++)
        negative = text.data[i] == '-';
    l->integer = 0;
    l->real = 0;
    *is_real = false;
    for (double scale = 1; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.' && !*is_real) {
            *is_real = true;
        } else if (c >= '0' && c <= '9') {
            digits++;
            large |= l->integer > (INT64_MAX - 9) / 10;
            l->integer = large ? l->integer : l->integer * 10 + c - '0';
            scale *= *is_real ? 0.1 : 1;
            l->real = *is_real ? l->real + scale * (c - '0') : l->real * 10 + (c - '0');
        } else if (c == '-' && digits > 0) {
            break; /* "0.-5", "12-3": as it begins, which is what other readers take it for */
        } else {
            return false;
        }
    }
    *is_real |= large;
    l->integer = negative ? -l->integer : l->integer;
    l->real = negative ? -l->real : l->real;
    return digits > 0 || *is_real;
}

static inline enum pdf_token pdf_lex_regular(struct pdf_lexer *l)
{
    bool is_real;
    for (int c; pdf_is_regular(c = pdf_peek(l)); l->at++)
        if (l->d->scratch_size < 64)
            (void)pdf_put(l->d, c);
    l->text = adit_text_of((const char *)l->d->scratch, l->d->scratch_size);
    char first = l->text.size > 0 ? l->text.data[0] : 0;
    bool numeric = (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
    if (numeric && pdf_to_number(l, l->text, &is_real))
        return is_real ? PDF_TOKEN_REAL : PDF_TOKEN_INTEGER;
    return PDF_TOKEN_KEYWORD;
}

/* What begins with a delimiter. */
static inline enum pdf_token pdf_lex_delimited(struct pdf_lexer *l, int c)
{
    enum pdf_token token = PDF_TOKEN_KEYWORD;
    l->at++;
    int second = c == '<' || c == '>' ? pdf_peek(l) : -1;
    if ((c == '<' || c == '>') && second == c) {
        l->at++;
        token = c == '<' ? PDF_TOKEN_DICTIONARY : PDF_TOKEN_DICTIONARY_END;
    } else if (c == '<' || c == '(') {
        c == '<' ? pdf_lex_hexadecimal(l) : pdf_lex_literal(l);
        token = PDF_TOKEN_STRING;
    } else if (c == '/') {
        pdf_lex_name(l);
        token = PDF_TOKEN_NAME;
    } else if (c == '[' || c == ']') {
        token = c == '[' ? PDF_TOKEN_ARRAY : PDF_TOKEN_ARRAY_END;
    } else {
        (void)pdf_put(l->d, c); /* a brace, or a bracket that closes nothing */
    }
    l->text = adit_text_of((const char *)l->d->scratch, l->d->scratch_size);
    return token;
}

/* The next token; its value is in the lexer. */
static inline enum pdf_token pdf_lex(struct pdf_lexer *l)
{
    uint64_t before = l->at;
    pdf_skip_space(l);
    l->start = l->at;
    l->d->scratch_size = 0;
    int c = pdf_peek(l);
    enum pdf_token token = c < 0 ? PDF_TOKEN_END : pdf_is_regular(c) ? pdf_lex_regular(l) : pdf_lex_delimited(l, c);
    (void)pdf_work(l->d, l->at - before);
    return token;
}

static inline bool pdf_lex_is(struct pdf_lexer *l, const char *keyword)
{
    return pdf_lex(l) == PDF_TOKEN_KEYWORD && adit_text_is(l->text, keyword);
}

#endif
