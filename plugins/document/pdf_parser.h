/* SPDX-License-Identifier: MIT */
/* Objects of tokens. ISO 32000-1 and 32000-2, 7.3. */
#ifndef DOCUMENT_PDF_PARSER_H
#define DOCUMENT_PDF_PARSER_H

#include "pdf_lexer.h"

static struct pdf_object *pdf_parse_token(struct pdf_lexer *l, enum pdf_token token, unsigned depth);

static inline struct adit_text pdf_keep_text(struct pdf_lexer *l)
{
    char *copy = l->text.size > 0 ? pdf_take(l->arena, l->text.size) : NULL;
    if (copy)
        memcpy(copy, l->text.data, l->text.size);
    return copy ? adit_text_of(copy, l->text.size) : adit_text_of("", 0);
}

static inline struct pdf_object *pdf_make(struct pdf_lexer *l, enum pdf_kind kind)
{
    struct pdf_object *o = pdf_take(l->arena, sizeof *o);
    if (o)
        o->kind = kind;
    else
        l->d->too_large = true;
    return o;
}

/* 7.3.10: "12 0 R" is a reference, "12" and what follows are numbers. */
static inline struct pdf_object *pdf_parse_integer(struct pdf_lexer *l)
{
    int64_t number = l->integer;
    struct pdf_object *o = pdf_make(l, PDF_INTEGER);
    if (!o)
        return NULL;
    o->integer = number;
    uint64_t back = l->at;
    if (number >= 0 && number <= PDF_MAX_NUMBER && pdf_lex(l) == PDF_TOKEN_INTEGER && l->integer >= 0 &&
        l->integer <= 65535) {
        uint32_t generation = (uint32_t)l->integer;
        if (pdf_lex_is(l, "R")) {
            o->kind = PDF_REFERENCE;
            o->reference.number = (uint32_t)number;
            o->reference.generation = generation;
            return o;
        }
    }
    l->at = back;
    return o;
}

static inline void pdf_append(struct pdf_object *to, struct pdf_object ***tail, struct pdf_object *member)
{
    **tail = member;
    *tail = &member->next;
    to->count++;
}

/* An array or a dictionary that is not closed ends where the object that it is in does. */
static inline bool pdf_ends_early(struct pdf_lexer *l, enum pdf_token token)
{
    bool ends = token == PDF_TOKEN_END ||
                (token == PDF_TOKEN_KEYWORD &&
                 (adit_text_is(l->text, "endobj") || adit_text_is(l->text, "stream") || adit_text_is(l->text, "obj")));
    if (ends)
        l->at = l->start;
    return ends;
}

static inline struct pdf_object *pdf_parse_array(struct pdf_lexer *l, unsigned depth)
{
    struct pdf_object *o = pdf_make(l, PDF_ARRAY);
    struct pdf_object **tail = o ? &o->first : NULL;
    for (enum pdf_token token; o && (token = pdf_lex(l)) != PDF_TOKEN_ARRAY_END && !pdf_ends_early(l, token);) {
        if (token == PDF_TOKEN_DICTIONARY_END) { /* closes the dictionary around an array that is not closed */
            l->at = l->start;
            break;
        }
        struct pdf_object *member = pdf_parse_token(l, token, depth + 1);
        if (!member)
            return NULL;
        pdf_append(o, &tail, member);
    }
    return o;
}

static inline struct pdf_object *pdf_parse_dictionary(struct pdf_lexer *l, unsigned depth)
{
    struct pdf_object *o = pdf_make(l, PDF_DICTIONARY);
    struct pdf_object **tail = o ? &o->first : NULL;
    for (enum pdf_token token; o && (token = pdf_lex(l)) != PDF_TOKEN_DICTIONARY_END && !pdf_ends_early(l, token);) {
        if (token != PDF_TOKEN_NAME)
            continue; /* no key: passed over, as other readers do */
        struct adit_text key = pdf_keep_text(l);
        token = pdf_lex(l);
        if (token == PDF_TOKEN_DICTIONARY_END || pdf_ends_early(l, token))
            break;
        struct pdf_object *member = pdf_parse_token(l, token, depth + 1);
        if (!member)
            return NULL;
        member->key = key;
        pdf_append(o, &tail, member);
    }
    return o;
}

/* The object that begins with a token that was just read. NULL: it is nested too deeply, or there is no memory. */
static struct pdf_object *pdf_parse_token(struct pdf_lexer *l, enum pdf_token token, unsigned depth)
{
    struct pdf_object *o;
    if (depth > PDF_DEPTH || l->d->exhausted)
        return NULL;
    switch (token) {
    case PDF_TOKEN_INTEGER:
        return pdf_parse_integer(l);
    case PDF_TOKEN_REAL:
        o = pdf_make(l, PDF_REAL);
        if (o)
            o->real = l->real;
        return o;
    case PDF_TOKEN_STRING:
    case PDF_TOKEN_NAME:
        o = pdf_make(l, token == PDF_TOKEN_STRING ? PDF_STRING : PDF_NAME);
        if (o)
            o->text = pdf_keep_text(l);
        return o;
    case PDF_TOKEN_ARRAY:
        return pdf_parse_array(l, depth);
    case PDF_TOKEN_DICTIONARY:
        return pdf_parse_dictionary(l, depth);
    default:
        break;
    }
    bool truth = adit_text_is(l->text, "true");
    o = pdf_make(l, truth || adit_text_is(l->text, "false") ? PDF_BOOLEAN : PDF_NULL);
    if (o && o->kind == PDF_BOOLEAN)
        o->boolean = truth;
    return o;
}

/* The object at the lexer's place; NULL as above, or the end. */
static inline struct pdf_object *pdf_parse(struct pdf_lexer *l)
{
    enum pdf_token token = pdf_lex(l);
    return token == PDF_TOKEN_END || pdf_ends_early(l, token) ? NULL : pdf_parse_token(l, token, 0);
}

/* 7.3.8.1: "stream" and an end of line, CR LF or LF (a CR alone is met as well), behind a dictionary. */
static inline void pdf_parse_stream(struct pdf_lexer *l, struct pdf_object *o, uint32_t number, uint32_t generation)
{
    uint64_t back = l->at;
    if (!o || o->kind != PDF_DICTIONARY)
        return;
    if (!pdf_lex_is(l, "stream")) {
        l->at = back;
        return;
    }
    if (pdf_peek(l) == ' ')
        l->at++;
    if (pdf_peek(l) == '\r')
        l->at++;
    if (pdf_peek(l) == '\n')
        l->at++;
    o->stream = pdf_take(l->arena, sizeof *o->stream);
    if (o->stream)
        *o->stream = (struct pdf_stream){l->at, number, generation, false};
}

/* "12 0 obj" at the lexer's place. False: it is not there. */
static inline bool pdf_parse_head(struct pdf_lexer *l, uint32_t *number, uint32_t *generation)
{
    if (pdf_lex(l) != PDF_TOKEN_INTEGER || l->integer < 0 || l->integer > PDF_MAX_NUMBER)
        return false;
    *number = (uint32_t)l->integer;
    if (pdf_lex(l) != PDF_TOKEN_INTEGER || l->integer < 0 || l->integer > 65535)
        return false;
    *generation = (uint32_t)l->integer;
    return pdf_lex_is(l, "obj");
}

#endif
