/* SPDX-License-Identifier: MIT */
/* One part of a message: what its MIME fields say, and its content decoded. RFC 2045 (content types, transfer encodings), RFC 2183
 * (disposition), RFC 2231 (parameters). */
#ifndef PLUGINS_EMAIL_EML_PART_H
#define PLUGINS_EMAIL_EML_PART_H

#include "eml_fields.h"
#include <adit/stream.h>
#include <stdio.h>

enum { PIECE = 16384 };

/* What the fields of one part say of it. */
struct part {
    char type[128], charset[64], boundary[256], encoding[32], disposition[32], name[512], id[256], description[256];
    uint64_t body, end;
};

static inline void keep_lower(char *out, size_t room, struct adit_text text)
{
    (void)adit_text_keep(text, out, room);
    for (; *out; out++)
        *out = *out >= 'A' && *out <= 'Z' ? (char)(*out + 32) : *out;
}

static inline void keep_parameter(char *out, size_t room, struct adit_text value, const char *name)
{
    int64_t n = *out ? -1 : adit_header_parameter(value, name, out, room - 1);
    if (n >= 0)
        out[(size_t)n < room ? (size_t)n : room - 1] = '\0';
}

static inline void read_mime_field(struct part *p, const struct adit_headers *h)
{
    if (adit_text_equals_ignoring_case(h->name, "Content-Type") && !*p->type) {
        keep_lower(p->type, sizeof p->type, adit_header_token(h->value));
        keep_parameter(p->charset, sizeof p->charset, h->value, "charset");
        keep_parameter(p->boundary, sizeof p->boundary, h->value, "boundary");
        keep_parameter(p->name, sizeof p->name, h->value, "name");
    } else if (adit_text_equals_ignoring_case(h->name, "Content-Transfer-Encoding")) {
        keep_lower(p->encoding, sizeof p->encoding, adit_header_token(h->value));
    } else if (adit_text_equals_ignoring_case(h->name, "Content-Disposition")) {
        char named[sizeof p->name] = "";
        keep_lower(p->disposition, sizeof p->disposition, adit_header_token(h->value));
        keep_parameter(named, sizeof named, h->value, "filename");
        if (*named)
            memcpy(p->name, named, sizeof named);
    } else if (adit_text_equals_ignoring_case(h->name, "Content-ID")) {
        (void)adit_text_keep(h->value, p->id, sizeof p->id);
    } else if (adit_text_equals_ignoring_case(h->name, "Content-Description")) {
        size_t n = adit_header_decode(h->value, p->description, sizeof p->description - 1);
        p->description[n < sizeof p->description ? n : sizeof p->description - 1] = '\0';
    }
}

/* RFC 2045 6: 7bit, 8bit and binary are the bytes themselves. */
static inline bool is_encoded(const struct part *p)
{
    return strcmp(p->encoding, "base64") == 0 || strcmp(p->encoding, "quoted-printable") == 0;
}

static inline void decode(struct eml *m, const struct part *p, const char *number)
{
    struct adit_base64 base64 = {0};
    struct adit_quoted quoted = {0};
    bool q = p->encoding[0] == 'q';
    char in[PIECE], out[ADIT_QUOTED_BOUND(PIECE)];
    int error = 0;
    for (uint64_t at = p->body; at < p->end && error == 0;) {
        int64_t got = adit_read(m->job, ADIT_SOURCE_MAIN, at, in, p->end - at < PIECE ? (size_t)(p->end - at) : PIECE);
        if (got <= 0)
            break;
        at += (uint64_t)got;
        size_t n =
            q ? adit_quoted_decode(&quoted, in, (size_t)got, out) : adit_base64_decode(&base64, in, (size_t)got, out);
        error = adit_write(m->job, out, n);
    }
    if (q && error == 0)
        (void)adit_write(m->job, out, adit_quoted_decode(&quoted, NULL, 0, out));
    uint64_t faults = quoted.faults + base64.ignored;
    if (faults > 0)
        (void)adit_warnf(m->job, "part %s at offset %llu: %llu characters are no %s", number, LL(p->body), LL(faults),
                         p->encoding);
}

/* A part that holds no others: its content is a stream of the type that it declares, unless that says nothing. */
static inline void emit_content(struct eml *m, const struct part *p, const char *number)
{
    bool media =
        strchr(p->type, '/') && !strpbrk(p->type, " \t\"();,") && strcmp(p->type, "application/octet-stream") != 0;
    const char *type = media ? p->type : *p->type ? NULL : "text/plain";
    struct adit_text name = adit_text_c(*p->name ? p->name : number);
    if (p->body >= p->end)
        return;
    if (!is_encoded(p)) {
        (void)adit_emit_range(m->job, name, type, p->body, p->end - p->body);
    } else if (adit_open_stream(m->job, name, type) == 0) {
        decode(m, p, number);
        (void)adit_close(m->job);
    }
}

static inline void emit_some(const struct adit_call *job, const char *field, const char *text)
{
    if (*text)
        (void)adit_emit_string(job, field, text);
}

static inline void emit_part(struct eml *m, const struct part *p, const char *number, bool multipart)
{
    (void)adit_begin_object(m->job, "parts");
    (void)adit_emit_string(m->job, "number", number);
    (void)adit_emit_string(m->job, "content_type", *p->type ? p->type : "text/plain");
    emit_some(m->job, "charset", p->charset);
    emit_some(m->job, "transfer_encoding", p->encoding);
    emit_some(m->job, "disposition", p->disposition);
    emit_some(m->job, "filename", p->name);
    emit_some(m->job, "content_id", p->id);
    emit_some(m->job, "description", p->description);
    (void)adit_emit_u64(m->job, "offset", p->body);
    (void)adit_emit_u64(m->job, "size", p->end - p->body);
    (void)adit_end(m->job);
    m->attachments += !multipart && (strcmp(p->disposition, "attachment") == 0 || (*p->name && !*p->disposition));
}

#endif
