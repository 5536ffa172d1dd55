/* SPDX-License-Identifier: MIT */
/* Files within the document: file specifications, by the name tree, annotations, and associated files. ISO 32000-1 and 32000-2, 7.11,
 * 14.13. */
#ifndef DOCUMENT_PDF_FILES_H
#define DOCUMENT_PDF_FILES_H

#include <adit/hex.h>

#include "pdf_streams.h"
#include "pdf_text.h"
#include "pdf_trees.h"

enum { PDF_MEDIA_MOST = 128 };

/* Table 45: Subtype is a media type, as a name. Empty: it is none that could be one. */
static inline void pdf_media_of(struct pdf *d, const struct pdf_object *stream, char media[PDF_MEDIA_MOST])
{
    struct adit_text type = pdf_get_text(d, stream, "Subtype");
    bool slash = false, good = type.size > 2 && type.size < PDF_MEDIA_MOST;
    for (size_t i = 0; good && i < type.size; i++) {
        good = type.data[i] > ' ' && type.data[i] < 0x7f && type.data[i] != '"' && type.data[i] != ';';
        slash |= type.data[i] == '/';
    }
    size_t n = good && slash ? type.size : 0;
    if (n > 0)
        memcpy(media, type.data, n);
    media[n] = '\0';
}

static inline void pdf_emit_file_parameters(struct pdf *d, const struct pdf_object *stream)
{
    struct pdf_object *parameters = pdf_get_dictionary(d, stream, "Params");
    int64_t size = pdf_get_integer(d, parameters, "Size", -1);
    struct adit_text sum = pdf_get_text(d, parameters, "CheckSum");
    if (size >= 0)
        (void)adit_emit_u64(d->job, "size", (uint64_t)size);
    pdf_emit_date(d, parameters, "CreationDate", "creation_date");
    pdf_emit_date(d, parameters, "ModDate", "modification_date");
    if (sum.size == 16)
        (void)adit_emit_hex(d->job, "checksum", sum.data, sum.size);
}

/* 7.11.3: a file specification with an embedded file, once. */
static inline void pdf_give_file(struct pdf *d, struct pdf_object *specification, struct pdf_object *fallback_name)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *o = pdf_resolve(d, specification), *files = pdf_get_dictionary(d, o, "EF");
    struct pdf_object *member = pdf_find(files, "UF")  ? pdf_find(files, "UF")
                                : pdf_find(files, "F") ? pdf_find(files, "F")
                                                       : pdf_first(files);
    struct pdf_object *stream = member && pdf_visit(d, member, PDF_VISIT_STREAM) ? pdf_resolve(d, member) : NULL;
    struct adit_text name = pdf_get_text(d, o, pdf_find(o, "UF") ? "UF" : "F");
    char media[PDF_MEDIA_MOST];
    bool locked = d->crypt.dictionary && !d->crypt.opens;
    if (!stream || !stream->stream) {
        pdf_release(&d->arena, mark);
        return;
    }
    if (name.size == 0 && fallback_name && fallback_name->kind == PDF_STRING)
        name = fallback_name->text;
    name = locked ? adit_text_of("", 0) : pdf_to_utf8(d, name);
    pdf_media_of(d, stream, media);
    (void)adit_begin_object(d->job, "embedded_files");
    if (name.size > 0)
        (void)adit_emit_text(d->job, "name", name);
    if (!locked)
        pdf_emit_text(d, o, "Desc", "description");
    if (media[0])
        (void)adit_emit_string(d->job, "media_type", media);
    pdf_emit_text(d, o, "AFRelationship", "relationship");
    pdf_emit_file_parameters(d, stream);
    (void)adit_end(d->job);
    (void)pdf_give_stream(d, stream, name, media[0] ? media : NULL);
    pdf_release(&d->arena, mark);
}

static inline bool pdf_give_named_file(struct pdf *d, void *context, struct pdf_object *key, struct pdf_object *value)
{
    (void)context;
    pdf_give_file(d, value, key);
    return !d->exhausted;
}

/* Those of the document as a whole. */
static inline void pdf_give_files(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *names = pdf_find(pdf_get_dictionary(d, catalog, "Names"), "EmbeddedFiles");
    if (names)
        (void)pdf_walk_tree(d, names, "Names", pdf_give_named_file, NULL, 0);
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, catalog, "AF", PDF_ARRAY)); m && !d->exhausted; m = m->next)
        pdf_give_file(d, m, NULL);
    pdf_release(&d->arena, mark);
}

#endif
