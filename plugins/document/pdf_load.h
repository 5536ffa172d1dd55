/* SPDX-License-Identifier: MIT */
/* Objects by their number, wherever they are: at an offset or in an object stream, decrypted. ISO 32000-1 and 32000-2, 7.3.10, 7.5.7. */
#ifndef DOCUMENT_PDF_LOAD_H
#define DOCUMENT_PDF_LOAD_H

#include "pdf_cipher.h"
#include "pdf_parser.h"

enum { PDF_LOADING_MOST = 8, PDF_REFERENCES_MOST = 8, PDF_OBJECT_STREAM_MOST = 16 << 20 };

static void pdf_rebuild(struct pdf *d); /* pdf_rebuild.h */
static bool pdf_decode_whole(struct pdf *d, const struct pdf_object *o, size_t most, uint8_t **data,
                             size_t *size); /* pdf_pipe.h */

/* 7.6.2: strings are encrypted by the key of the object that they are in. A signature's Contents is not (and a hole in what is
 * signed, table 252). */
static inline void pdf_decrypt_strings(struct pdf *d, struct pdf_object *o, uint32_t number, uint32_t generation)
{
    if (o->kind == PDF_STRING) {
        o->text = pdf_decrypt_text(&d->crypt, o->text, number, generation);
        return;
    }
    bool signature = pdf_find(o, "ByteRange") != NULL;
    for (struct pdf_object *member = pdf_first(o); member; member = member->next)
        if (!signature || !adit_text_is(member->key, "Contents"))
            pdf_decrypt_strings(d, member, number, generation);
}

/* The object at an offset. NULL: it is not there, or it cannot be read. */
static inline struct pdf_object *pdf_load_at(struct pdf *d, struct pdf_arena *arena, uint64_t offset, uint32_t wanted)
{
    struct pdf_lexer l;
    uint32_t number, generation;
    pdf_lexer_at(&l, d, NULL, offset, d->size);
    l.arena = arena;
    if (!pdf_parse_head(&l, &number, &generation) || number != wanted)
        return NULL;
    struct pdf_object *o = pdf_parse(&l);
    if (!o)
        return pdf_make(&l, PDF_NULL); /* "1 0 obj endobj": nothing, but there */
    pdf_parse_stream(&l, o, number, generation);
    /* 7.5.8.2: cross-reference streams are not encrypted. */
    bool plain = d->crypt.number == number || (o->stream && pdf_is_name(pdf_find(o, "Type"), "XRef"));
    if (o->stream)
        o->stream->plain = plain;
    if (d->crypt.opens && !plain)
        pdf_decrypt_strings(d, o, number, generation);
    return o;
}

/* A place for a decoded object stream: a free one, or the one that was not used for longest. */
static inline struct pdf_cached *pdf_cache_place(struct pdf *d)
{
    struct pdf_cached *oldest = &d->cache[0];
    for (size_t i = 1; i < PDF_CACHED; i++)
        if (d->cache[i].used < oldest->used)
            oldest = &d->cache[i];
    pdf_drop_cache(d, oldest);
    return oldest;
}

/* 7.5.7: N pairs of numbers, of an object and of its offset from First. */
static inline bool pdf_index_stream(struct pdf *d, struct pdf_cached *c, int64_t n, int64_t first)
{
    struct pdf_lexer l;
    if (n < 0 || first < 0 || (uint64_t)first > c->size || n > (int64_t)(c->size / 4 + 1))
        return false;
    c->objects = calloc((size_t)n + 1, sizeof *c->objects);
    pdf_lexer_at(&l, d, c->data, 0, (uint64_t)first);
    for (; c->objects && c->count < n && pdf_lex(&l) == PDF_TOKEN_INTEGER; c->count++) {
        int64_t number = l.integer;
        if (pdf_lex(&l) != PDF_TOKEN_INTEGER || number < 0 || number > PDF_MAX_NUMBER || l.integer < 0 ||
            l.integer > (int64_t)c->size - first)
            break;
        c->objects[c->count] = (struct pdf_indexed){(uint32_t)number, (uint32_t)(l.integer + first)};
    }
    return c->objects != NULL;
}

static inline int64_t pdf_get_integer(struct pdf *d, const struct pdf_object *dictionary, const char *key,
                                      int64_t otherwise);

/* The object stream of this number, decoded. NULL: it is none, or too large. */
static inline struct pdf_cached *pdf_object_stream(struct pdf *d, uint32_t number)
{
    for (size_t i = 0; i < PDF_CACHED; i++)
        if (d->cache[i].used > 0 && d->cache[i].number == number) {
            d->cache[i].used = ++d->clock;
            return &d->cache[i];
        }
    struct pdf_entry *entry = pdf_entry(d, number);
    if (!entry || entry->place != PDF_AT_OFFSET)
        return NULL;
    struct pdf_object *o = pdf_load_at(d, &d->arena, entry->where, number);
    uint8_t *data;
    size_t size;
    if (!o || !o->stream || !pdf_decode_whole(d, o, PDF_OBJECT_STREAM_MOST, &data, &size))
        return NULL;
    int64_t n = pdf_get_integer(d, o, "N", -1), first = pdf_get_integer(d, o, "First", -1);
    struct pdf_cached *c = pdf_cache_place(d);
    for (size_t i = 0; d->cached_bytes > PDF_CACHE_MOST && i < PDF_CACHED; i++)
        pdf_drop_cache(d, &d->cache[i]);
    *c = (struct pdf_cached){.number = number, .used = ++d->clock, .data = data, .size = size};
    d->cached_bytes += size;
    if (pdf_index_stream(d, c, n, first))
        return c;
    pdf_drop_cache(d, c);
    return NULL;
}

static inline struct pdf_object *pdf_load_packed(struct pdf *d, const struct pdf_entry *entry, uint32_t number)
{
    struct pdf_lexer l;
    uint32_t index = entry->index;
    struct pdf_cached *c = pdf_object_stream(d, (uint32_t)entry->where);
    if (!c)
        return NULL;
    if (index >= c->count || c->objects[index].number != number)
        for (index = 0; index < c->count && c->objects[index].number != number;)
            index++;
    if (!pdf_work(d, index / 4) || index >= c->count)
        return NULL;
    pdf_lexer_at(&l, d, c->data, c->objects[index].offset, c->size);
    return pdf_parse(&l);
}

/* The object of this number, in the arena. NULL: there is none. Where the table is wrong, it is built anew, once. */
static inline struct pdf_object *pdf_load(struct pdf *d, uint32_t number)
{
    struct pdf_object *o = NULL;
    if (d->loading >= PDF_LOADING_MOST || !pdf_work(d, 32))
        return NULL;
    d->loading++;
    for (int attempt = 0; attempt < 2 && !o; attempt++) {
        const struct pdf_entry *entry = pdf_entry(d, number);
        bool was_rebuilt = d->rebuilt;
        if (!entry || entry->place == PDF_FREE || (entry->place == PDF_AT_OFFSET && entry->where == d->base))
            break;
        o = entry->place == PDF_AT_OFFSET ? pdf_load_at(d, &d->arena, entry->where, number)
                                          : pdf_load_packed(d, entry, number);
        bool locked = entry->place == PDF_IN_STREAM && d->crypt.dictionary && !d->crypt.opens;
        if (o || was_rebuilt || locked || d->exhausted)
            break;
        if (!d->rebuilt) {
            adit_complain(
                &d->report,
                "object %u: it is not %s %llu, where the cross-reference table has it: the table is made anew", number,
                entry->place == PDF_AT_OFFSET ? "at offset" : "in object stream", LL(entry->where));
            pdf_rebuild(d);
        }
    }
    d->loading--;
    return o;
}

/* What a reference leads to, or the object itself; NULL: nothing, or null. */
static inline struct pdf_object *pdf_resolve(struct pdf *d, struct pdf_object *o)
{
    for (int i = 0; o && o->kind == PDF_REFERENCE; i++)
        o = i < PDF_REFERENCES_MOST ? pdf_load(d, o->reference.number) : NULL;
    return o && o->kind != PDF_NULL ? o : NULL;
}

static inline struct pdf_object *pdf_get(struct pdf *d, const struct pdf_object *dictionary, const char *key)
{
    return pdf_resolve(d, pdf_find(dictionary, key));
}

/* The same; NULL where it is of another kind. */
static inline struct pdf_object *pdf_get_kind(struct pdf *d, const struct pdf_object *dictionary, const char *key,
                                              enum pdf_kind kind)
{
    struct pdf_object *o = pdf_get(d, dictionary, key);
    return o && o->kind == kind ? o : NULL;
}

static inline struct pdf_object *pdf_get_dictionary(struct pdf *d, const struct pdf_object *dictionary, const char *key)
{
    return pdf_get_kind(d, dictionary, key, PDF_DICTIONARY);
}

static inline int64_t pdf_get_integer(struct pdf *d, const struct pdf_object *dictionary, const char *key,
                                      int64_t otherwise)
{
    struct pdf_object *o = pdf_get(d, dictionary, key);
    if (o && o->kind == PDF_REAL && o->real > -9e15 && o->real < 9e15)
        return (int64_t)o->real;
    return o && o->kind == PDF_INTEGER ? o->integer : otherwise;
}

static inline bool pdf_get_boolean(struct pdf *d, const struct pdf_object *dictionary, const char *key, bool otherwise)
{
    struct pdf_object *o = pdf_get_kind(d, dictionary, key, PDF_BOOLEAN);
    return o ? o->boolean : otherwise;
}

/* The text of a string or a name; empty where there is none. */
static inline struct adit_text pdf_get_text(struct pdf *d, const struct pdf_object *dictionary, const char *key)
{
    struct pdf_object *o = pdf_get(d, dictionary, key);
    return o && (o->kind == PDF_STRING || o->kind == PDF_NAME) ? o->text : adit_text_of("", 0);
}

#endif
