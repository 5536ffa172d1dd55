/* SPDX-License-Identifier: MIT */
/* The objects of PDF, and the memory that they live in. ISO 32000-1 and 32000-2, 7.3. */
#ifndef DOCUMENT_PDF_OBJECT_H
#define DOCUMENT_PDF_OBJECT_H

#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

enum pdf_kind {
    PDF_NULL,
    PDF_BOOLEAN,
    PDF_INTEGER,
    PDF_REAL,
    PDF_STRING,
    PDF_NAME,
    PDF_ARRAY,
    PDF_DICTIONARY,
    PDF_REFERENCE,
};

/* What follows the dictionary of a stream (7.3.8), and which object it is: its key hangs on that (7.6.2). */
struct pdf_stream {
    uint64_t data; /* offset in the source */
    uint32_t number, generation;
    bool plain; /* not encrypted, whatever the document says */
};

/* Members of arrays and dictionaries are a list, in the file's order. */
struct pdf_object {
    enum pdf_kind kind;
    uint32_t count;          /* members of an array or a dictionary */
    struct adit_text key;    /* its name in the dictionary that it is a member of */
    struct pdf_object *next; /* the next member */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct adit_text text; /* of a string (decrypted, not decoded) or a name (without the slash) */
        struct pdf_object *first;
        struct {
            uint32_t number, generation;
        } reference;
    };
    struct pdf_stream *stream; /* of a dictionary that begins a stream, else NULL */
};

/* A stack of memory: what was taken since a mark goes back at once. */
struct pdf_block {
    struct pdf_block *below;
    size_t used, size;
    _Alignas(8) uint8_t bytes[];
};
struct pdf_arena {
    struct pdf_block *top;
    size_t held, most;
};
struct pdf_mark {
    struct pdf_block *block;
    size_t used;
};

enum { PDF_BLOCK = 64 * 1024 };

/* n bytes, zeroed, until the mark below them is released. NULL: there is no more. */
static inline void *pdf_take(struct pdf_arena *a, size_t n)
{
    n = (n + 7) & ~(size_t)7;
    if (!a->top || n > a->top->size - a->top->used) {
        size_t size = n > PDF_BLOCK ? n : PDF_BLOCK;
        if (size > a->most || a->held > a->most - size)
            return NULL;
        struct pdf_block *block = malloc(sizeof *block + size);
        if (!block)
            return NULL;
        *block = (struct pdf_block){.below = a->top, .used = 0, .size = size};
        a->top = block;
        a->held += size;
    }
    void *taken = a->top->bytes + a->top->used;
    a->top->used += n;
    return memset(taken, 0, n);
}

static inline struct pdf_mark pdf_mark(const struct pdf_arena *a)
{
    return (struct pdf_mark){a->top, a->top ? a->top->used : 0};
}

/* Gives back what was taken since. A zeroed mark: everything. */
static inline void pdf_release(struct pdf_arena *a, struct pdf_mark mark)
{
    while (a->top && a->top != mark.block) {
        struct pdf_block *below = a->top->below;
        a->held -= a->top->size;
        free(a->top);
        a->top = below;
    }
    if (a->top)
        a->top->used = mark.used;
}

/* The member of this name, as it stands there; NULL: there is none, or it is no dictionary. */
static inline struct pdf_object *pdf_find(const struct pdf_object *dictionary, const char *key)
{
    if (!dictionary || dictionary->kind != PDF_DICTIONARY)
        return NULL;
    for (struct pdf_object *o = dictionary->first; o; o = o->next)
        if (adit_text_is(o->key, key))
            return o;
    return NULL;
}

static inline struct pdf_object *pdf_first(const struct pdf_object *o)
{
    return o && (o->kind == PDF_ARRAY || o->kind == PDF_DICTIONARY) ? o->first : NULL;
}

static inline bool pdf_is_name(const struct pdf_object *o, const char *name)
{
    return o && o->kind == PDF_NAME && adit_text_is(o->text, name);
}

static inline bool pdf_is_number(const struct pdf_object *o)
{
    return o && (o->kind == PDF_INTEGER || o->kind == PDF_REAL);
}

static inline double pdf_number(const struct pdf_object *o)
{
    return !o ? 0 : o->kind == PDF_INTEGER ? (double)o->integer : o->kind == PDF_REAL ? o->real : 0;
}

#endif
