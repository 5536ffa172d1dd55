/* SPDX-License-Identifier: MIT */
/* The bytes of a stream: where they are, and the chain of readers that decrypts and decodes them. ISO 32000-1 and 32000-2, 7.3.8, 7.4. */
#ifndef DOCUMENT_PDF_PIPE_H
#define DOCUMENT_PDF_PIPE_H

#include "pdf_load.h"
#include "pdf_predictor.h"
#include <adit/inflate.h>

enum { PDF_STAGES = 8, PDF_RATIO = 2000, PDF_SEARCH = 64 * 1024 };

struct pdf_pipe {
    struct pdf *d;
    struct pdf_mark mark;
    uint64_t offset, size; /* of the stream's bytes in the source */
    struct adit_reader range, *last;
    bool raw;              /* nothing is done to the bytes: they can be given as a range */
    struct adit_text rest; /* the first filter that is left to do, of images: DCTDecode … */
    unsigned filters;
    struct adit_inflate inflate[PDF_STAGES];
    struct adit_reader *inflaters[PDF_STAGES];
    unsigned inflater_count;
};

/* Does "endstream" stand here, behind an end of line? */
static inline bool pdf_stream_ends(struct pdf *d, uint64_t at)
{
    struct pdf_lexer l;
    if (at > d->size)
        return false;
    pdf_lexer_at(&l, d, NULL, at, at + 64 < d->size ? at + 64 : d->size);
    return pdf_lex(&l) == PDF_TOKEN_KEYWORD && l.text.size >= 9 && memcmp(l.text.data, "endstream", 9) == 0;
}

/* The first place of a word in a block, or NULL. */
static inline const uint8_t *pdf_search(const uint8_t *block, size_t size, const char *word, size_t n)
{
    const uint8_t *at = block, *end = block + size;
    while (size >= n && (size_t)(end - at) >= n && (at = memchr(at, word[0], (size_t)(end - at) - n + 1)) != NULL) {
        if (memcmp(at, word, n) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* Where the next "endstream" is, without the end of line in front of it; the end of the file where there is none. */
static inline uint64_t pdf_search_end(struct pdf *d, uint64_t from)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    uint8_t *block = pdf_take(&d->arena, PDF_SEARCH);
    uint64_t found = d->size;
    for (uint64_t at = from; block && at < d->size && found == d->size;) {
        int64_t got = pdf_work(d, PDF_SEARCH) ? adit_read(d->job, ADIT_SOURCE_MAIN, at, block, PDF_SEARCH) : 0;
        if (got < 9)
            break;
        const uint8_t *end = pdf_search(block, (size_t)got, "endstream", 9);
        if (end) {
            size_t n = (size_t)(end - block);
            n -= n > 0 && block[n - 1] == '\n';
            n -= n > 0 && block[n - 1] == '\r';
            found = at + n;
        }
        at += (uint64_t)got - 8;
    }
    pdf_release(&d->arena, mark);
    return found;
}

/* 7.3.8.2: Length, and where it is wrong or missing, what "endstream" says. */
static inline void pdf_measure(struct pdf_pipe *p, const struct pdf_object *o)
{
    struct pdf *d = p->d;
    int64_t length = pdf_get_integer(d, o, "Length", -1);
    p->offset = o->stream->data < d->size ? o->stream->data : d->size;
    bool fits = length >= 0 && (uint64_t)length <= d->size - p->offset;
    if (fits && pdf_stream_ends(d, p->offset + (uint64_t)length)) {
        p->size = (uint64_t)length;
        return;
    }
    p->size = pdf_search_end(d, p->offset) - p->offset;
    if (fits && (uint64_t)length == p->size)
        return;
    if (length < 0)
        adit_complain(&d->report,
                      "stream of object %u at offset %llu: Length is missing; \"endstream\" is after %llu bytes",
                      o->stream->number, LL(p->offset), LL(p->size));
    else
        adit_complain(&d->report,
                      "stream of object %u at offset %llu: Length is %lld, and \"endstream\" is after %llu bytes",
                      o->stream->number, LL(p->offset), (long long)length, LL(p->size));
}

/* 7.6.6, table 25: what a crypt filter of this name does, and with how long a key. */
static inline enum pdf_method pdf_crypt_filter(struct pdf *d, const struct pdf_object *encrypt, struct adit_text name,
                                               int64_t *key_bits)
{
    char key[64];
    if (name.size == 0 || adit_text_is(name, "Identity") || name.size >= sizeof key)
        return PDF_PLAIN;
    memcpy(key, name.data, name.size);
    key[name.size] = '\0';
    struct pdf_object *filter = pdf_get_dictionary(d, pdf_get_dictionary(d, encrypt, "CF"), key);
    struct adit_text method = pdf_get_text(d, filter, "CFM");
    int64_t length = pdf_get_integer(d, filter, "Length", 16);
    *key_bits = length >= 5 && length < 40 ? length * 8 : length; /* bytes; bits are met as well */
    if (adit_text_is(method, "V2"))
        return PDF_RC4;
    if (adit_text_is(method, "AESV2")) {
        *key_bits = 128;
        return PDF_AES_128;
    }
    if (adit_text_is(method, "AESV3")) {
        *key_bits = 256;
        return PDF_AES_256;
    }
    return method.size == 0 || adit_text_is(method, "None") ? PDF_PLAIN : PDF_UNKNOWN_METHOD;
}

/* 7.6.6: which cipher. EncryptMetadata and a filter Crypt of the stream's own come before what holds for all streams. */
static inline enum pdf_method pdf_method_of(struct pdf *d, const struct pdf_object *o, const struct pdf_object *filter,
                                            const struct pdf_object *parameters)
{
    const struct pdf_crypt *c = &d->crypt;
    int64_t bits;
    if (!c->dictionary || o->stream->plain)
        return PDF_PLAIN;
    struct pdf_object *type = pdf_find(o, "Type");
    if (pdf_is_name(filter, "Crypt")) /* 7.4.10: its parameters name a crypt filter; without, it is Identity */
        return pdf_crypt_filter(d, c->dictionary, pdf_get_text(d, parameters, "Name"), &bits);
    if (pdf_is_name(type, "Metadata") && !c->metadata)
        return PDF_PLAIN;
    return pdf_is_name(type, "EmbeddedFile") ? c->files : c->streams;
}

static inline struct adit_reader *pdf_open_flate(struct pdf_pipe *p)
{
    struct adit_inflate *z = &p->inflate[p->inflater_count];
    *z = adit_inflate_from(p->last, ADIT_INFLATE_ZLIB);
    z->max_ratio = PDF_RATIO; /* deflate reaches 1032 */
    struct adit_reader *r = adit_inflate_open(z, NULL);
    if (r)
        p->inflaters[p->inflater_count++] = r;
    return r;
}

/* One filter more. False: it cannot be done here, or not at all. */
static inline bool pdf_add_filter(struct pdf_pipe *p, struct adit_text name, struct pdf_object *parameters)
{
    struct pdf *d = p->d;
    bool flate = adit_text_is(name, "FlateDecode") || adit_text_is(name, "Fl");
    bool lzw = adit_text_is(name, "LZWDecode") || adit_text_is(name, "LZW");
    if (adit_text_is(name, "Crypt"))
        return true;
    if (p->filters++ == PDF_STAGES)
        return false;
    p->raw = false;
    p->last = flate ? pdf_open_flate(p)
                    : pdf_filter_open(d, name, p->last, pdf_get_integer(d, parameters, "EarlyChange", 1) != 0);
    if (p->last && (flate || lzw) && parameters)
        p->last = pdf_predictor_open(
            d, p->last, pdf_get_integer(d, parameters, "Predictor", 1), pdf_get_integer(d, parameters, "Colors", 1),
            pdf_get_integer(d, parameters, "BitsPerComponent", 8), pdf_get_integer(d, parameters, "Columns", 1));
    return p->last != NULL;
}

/* 8.9.5: what is left to the decoders of images. */
static inline bool pdf_is_image_filter(struct adit_text name)
{
    return adit_text_is(name, "DCTDecode") || adit_text_is(name, "DCT") || adit_text_is(name, "JPXDecode") ||
           adit_text_is(name, "JBIG2Decode") || adit_text_is(name, "CCITTFaxDecode") || adit_text_is(name, "CCF");
}

/* Opens a stream for reading from p->last. To be closed whatever comes of it. False: it cannot be decoded. */
static inline bool pdf_open_pipe(struct pdf *d, const struct pdf_object *o, struct pdf_pipe *p)
{
    *p = (struct pdf_pipe){.d = d, .mark = pdf_mark(&d->arena), .raw = true, .rest = adit_text_of("", 0)};
    if (!o || !o->stream || pdf_find(o, "F")) /* 7.3.8.2: F is a file outside */
        return false;
    pdf_measure(p, o);
    struct pdf_object *filter = pdf_get(d, o, "Filter"), *parameters = pdf_get(d, o, "DecodeParms");
    struct pdf_object *first = filter && filter->kind == PDF_ARRAY ? pdf_resolve(d, filter->first) : filter;
    p->range = adit_reader_at(d->job, ADIT_SOURCE_MAIN, p->offset, p->size);
    p->last = &p->range;
    struct pdf_object *with = parameters && parameters->kind == PDF_ARRAY ? parameters->first : parameters;
    enum pdf_method method = pdf_method_of(d, o, first, pdf_resolve(d, with));
    if (method == PDF_UNKNOWN_METHOD || (method != PDF_PLAIN && !d->crypt.opens))
        return false;
    if (method != PDF_PLAIN) {
        p->raw = false;
        p->last = pdf_decrypt_open(d, p->last, method, o->stream);
    }
    struct pdf_object *member = filter && filter->kind == PDF_ARRAY ? filter->first : filter;
    for (; member && p->last; member = filter->kind == PDF_ARRAY ? member->next : NULL) {
        struct pdf_object *name = pdf_resolve(d, member);
        if (!name || name->kind != PDF_NAME)
            return false;
        if (pdf_is_image_filter(name->text)) {
            p->rest = name->text;
            return true;
        }
        if (!pdf_add_filter(p, name->text, pdf_resolve(d, with)))
            return false;
        with = with && parameters->kind == PDF_ARRAY ? with->next : NULL;
    }
    return p->last != NULL;
}

static inline void pdf_close_pipe(struct pdf_pipe *p)
{
    while (p->inflater_count > 0) {
        const struct adit_inflate *z = &p->inflate[--p->inflater_count];
        if (z->message[0] != '\0')
            adit_complain(&p->d->report, "stream at offset %llu: decoded to %llu bytes: %s", LL(p->offset),
                          LL(z->produced), z->message);
        adit_inflate_close(p->inflaters[p->inflater_count]);
    }
    pdf_release(&p->d->arena, p->mark);
}

/* All of a stream in memory of its own, which the caller frees: `most` bytes at most, what could be decoded. False: nothing. */
static bool pdf_decode_whole(struct pdf *d, const struct pdf_object *o, size_t most, uint8_t **data, size_t *size)
{
    struct pdf_pipe *p = pdf_take(&d->arena, sizeof *p);
    size_t room = 0;
    *data = NULL;
    *size = 0;
    bool opened = p && pdf_open_pipe(d, o, p);
    while (opened && p->rest.size == 0) {
        if (*size == room) {
            room = room ? room * 2 : 16384;
            uint8_t *grown = room <= most ? realloc(*data, room) : NULL;
            if (!grown)
                break;
            *data = grown;
        }
        int64_t got = adit_read_next(p->last, *data + *size, room - *size);
        if (got <= 0 || !pdf_work(d, (uint64_t)got))
            break;
        *size += (size_t)got;
    }
    if (p)
        pdf_close_pipe(p);
    return *data != NULL;
}

#endif
