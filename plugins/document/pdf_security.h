/* SPDX-License-Identifier: MIT */
/* The encryption dictionary: which handler, how strong, what users may do, and whether the empty password opens it. ISO 32000-1 and
 * 32000-2, 7.6; ISO/TS 32003 (AES-GCM). */
#ifndef DOCUMENT_PDF_SECURITY_H
#define DOCUMENT_PDF_SECURITY_H

#include "pdf_rebuild.h"
#include <stdio.h>

static inline void pdf_read_methods(struct pdf *d, const struct pdf_object *encrypt)
{
    struct pdf_crypt *c = &d->crypt;
    int64_t bits = c->version == 1 ? 40 : pdf_get_integer(d, encrypt, "Length", 40);
    c->strings = c->streams = c->files = c->version == 1 || c->version == 2 ? PDF_RC4 : PDF_UNKNOWN_METHOD;
    if (c->version == 4 || c->version == 5 || c->version == 6) {
        bits = 128;
        c->strings = pdf_crypt_filter(d, encrypt, pdf_get_text(d, encrypt, "StrF"), &bits);
        c->streams = c->files = pdf_crypt_filter(d, encrypt, pdf_get_text(d, encrypt, "StmF"), &bits);
        if (pdf_find(encrypt, "EFF"))
            c->files = pdf_crypt_filter(d, encrypt, pdf_get_text(d, encrypt, "EFF"), &bits);
    }
    bits = c->version == 5 ? 256 : bits;
    c->key_size = bits >= 40 && bits <= 256 ? (uint32_t)(bits / 8) : 5;
}

/* Tries the empty user password. */
static inline void pdf_try_key(struct pdf *d, const struct pdf_object *encrypt)
{
    struct pdf_crypt *c = &d->crypt;
    struct adit_text user = pdf_get_text(d, encrypt, "U"), owner = pdf_get_text(d, encrypt, "O");
    struct pdf_object *id = pdf_get_kind(d, d->trailer, "ID", PDF_ARRAY),
                      *first = id ? pdf_resolve(d, id->first) : NULL;
    struct adit_text identifier = first && first->kind == PDF_STRING ? first->text : adit_text_of("", 0);
    if (c->version == 5 && (c->revision == 5 || c->revision == 6)) {
        c->opens = pdf_open_aes_256(c, user, pdf_get_text(d, encrypt, "UE"));
    } else if ((c->version == 1 || c->version == 2 || c->version == 4) && c->revision >= 2 && c->revision <= 4 &&
               owner.size >= 32 && user.size >= 32 && c->key_size <= 16) {
        pdf_derive_key(c, owner, identifier);
        c->opens = pdf_key_opens(c, user, identifier);
    }
}

/* Once: what the trailer says. The dictionary stays. */
static void pdf_read_encrypt(struct pdf *d)
{
    struct pdf_crypt *c = &d->crypt;
    struct pdf_object *found = pdf_find(d->trailer, "Encrypt"), *o = found;
    if (!found || c->dictionary)
        return;
    if (found->kind == PDF_REFERENCE) {
        const struct pdf_entry *entry = pdf_entry(d, found->reference.number);
        c->number = found->reference.number;
        o = entry && entry->place == PDF_AT_OFFSET ? pdf_load_at(d, &d->kept, entry->where, c->number) : NULL;
    }
    if (!o || o->kind != PDF_DICTIONARY) {
        if (d->rebuilt)
            adit_complain(&d->report, "trailer: Encrypt leads to no dictionary");
        else
            pdf_rebuild(d); /* comes back here */
        return;
    }
    c->dictionary = o;
    c->standard = adit_text_is(pdf_get_text(d, o, "Filter"), "Standard");
    c->version = pdf_get_integer(d, o, "V", 0);
    c->revision = pdf_get_integer(d, o, "R", 0);
    c->permissions =
        (int32_t)(uint32_t)(uint64_t)pdf_get_integer(d, o, "P", 0); /* as written: signed or unsigned, 32 bits */
    c->metadata = pdf_get_boolean(d, o, "EncryptMetadata", true);
    pdf_read_methods(d, o);
    if (c->standard)
        pdf_try_key(d, o);
}

/* 7.6.4.2, table 22. Bits are counted from 1 there; those above 6 say something since revision 3. */
static const struct {
    uint8_t bit, revision;
    const char *name;
} pdf_permissions[] = {
    {3, 2, "print"},      {4, 2, "modify"},         {5, 2, "copy"},      {6, 2, "annotate"},
    {9, 3, "fill forms"}, {10, 3, "accessibility"}, {11, 3, "assemble"}, {12, 3, "print in high quality"},
};

static inline const char *pdf_cipher_name(const struct pdf_crypt *c)
{
    static const char *const names[] = {"none", "RC4", "AES-128-CBC", "AES-256-CBC", NULL};
    enum pdf_method method = c->streams != PDF_PLAIN ? c->streams : c->strings != PDF_PLAIN ? c->strings : c->files;
    return c->version == 3 ? "unpublished" : c->version == 6 ? "AES-256-GCM" : names[method];
}

static inline void pdf_emit_encryption(struct pdf *d)
{
    const struct adit_call *job = d->job;
    const struct pdf_crypt *c = &d->crypt;
    (void)adit_emit_bool(job, "encrypted", c->dictionary != NULL);
    if (!c->dictionary)
        return;
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct adit_text sub_filter = pdf_get_text(d, c->dictionary, "SubFilter");
    (void)adit_begin_object(job, "encryption");
    (void)adit_emit_text(job, "filter", pdf_get_text(d, c->dictionary, "Filter"));
    if (sub_filter.size > 0)
        (void)adit_emit_text(job, "sub_filter", sub_filter);
    (void)adit_emit_i64(job, "version", c->version);
    if (c->standard)
        (void)adit_emit_i64(job, "revision", c->revision);
    if (pdf_cipher_name(c))
        (void)adit_emit_string(job, "algorithm", pdf_cipher_name(c));
    (void)adit_emit_u64(job, "key_length", c->key_size * 8u);
    (void)adit_emit_bool(job, "metadata", c->metadata);
    if (c->standard) {
        (void)adit_emit_bool(job, "opens_without_password", c->opens);
        (void)adit_emit_i64(job, "permissions", c->permissions);
        for (size_t i = 0; i < sizeof pdf_permissions / sizeof *pdf_permissions; i++)
            if (c->revision >= pdf_permissions[i].revision &&
                (uint32_t)c->permissions >> (pdf_permissions[i].bit - 1) & 1)
                (void)adit_emit_string(job, "allowed", pdf_permissions[i].name);
    }
    (void)adit_end(job);
    if (!c->opens)
        adit_remark(&d->report, c->standard
                                    ? "encrypted with a password: strings and streams cannot be read"
                                    : "encrypted by a handler that is not read: strings and streams cannot be read");
    pdf_release(&d->arena, mark);
}

#endif
