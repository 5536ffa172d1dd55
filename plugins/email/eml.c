/* SPDX-License-Identifier: MIT */
/* Mail: header fields, and the MIME parts as streams, decoded. A message within a message is a stream of its own. Sources: RFC
 * 5322 3.6 (fields), RFC 5321 4.4 (Received), RFC 2045 to 2047, 2183 and 2231 (MIME), RFC 6376 3.5 (DKIM-Signature). */
#include "eml_fields.h"
#include <adit/stream.h>
#include <stdio.h>
#include <stdlib.h>

ADIT_MODULE("eml", "1.0.0")

enum { MAX_DEPTH = 20, PIECE = 16384 };

/* What the fields of one part say of it. */
struct part {
    char type[128], charset[64], boundary[256], encoding[32], disposition[32], name[512], id[256], description[256];
    uint64_t body, end;
};

static void keep(char *out, size_t room, struct adit_text text)
{
    size_t n = text.size < room ? text.size : room - 1;
    if (n > 0)
        memcpy(out, text.data, n);
    out[n] = '\0';
}

static void keep_lower(char *out, size_t room, struct adit_text text)
{
    keep(out, room, text);
    for (; *out; out++)
        *out = *out >= 'A' && *out <= 'Z' ? (char)(*out + 32) : *out;
}

static void keep_parameter(char *out, size_t room, struct adit_text value, const char *name)
{
    int64_t n = *out ? -1 : adit_header_parameter(value, name, out, room - 1);
    if (n >= 0)
        out[(size_t)n < room ? (size_t)n : room - 1] = '\0';
}

static void read_mime_field(struct part *p, const struct adit_headers *h)
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
        keep(p->id, sizeof p->id, h->value);
    } else if (adit_text_equals_ignoring_case(h->name, "Content-Description")) {
        size_t n = adit_header_decode(h->value, p->description, sizeof p->description - 1);
        p->description[n < sizeof p->description ? n : sizeof p->description - 1] = '\0';
    }
}

/* Reads the fields at `begin`; those of the message itself are emitted. */
static void read_fields(struct eml *m, struct part *p, uint64_t begin, uint64_t end, bool message)
{
    memset(p, 0, sizeof *p);
    p->end = end;
    struct adit_headers h = adit_headers(m->job, begin, end - begin, m->room, sizeof m->room);
    while (adit_next_header(&h)) {
        m->fields += message;
        if (message && h.length > h.value.size + 64)
            (void)adit_warnf(m->job, "offset %llu: %.*s is longer than %zu bytes: the rest of it is left out",
                             LL(h.offset), (int)h.name.size, h.name.data, sizeof m->room / 2);
        if (h.name.size > 8 && adit_text_equals_ignoring_case(adit_text_of(h.name.data, 8), "Content-"))
            read_mime_field(p, &h);
        if (message)
            emit_field(m, &h);
    }
    p->body = h.body < end ? h.body : end;
}

/* RFC 2045 6: 7bit, 8bit and binary are the bytes themselves. */
static bool is_encoded(const struct part *p)
{
    return strcmp(p->encoding, "base64") == 0 || strcmp(p->encoding, "quoted-printable") == 0;
}

static void decode(struct eml *m, const struct part *p, const char *number)
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
static void emit_content(struct eml *m, const struct part *p, const char *number)
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

static void emit_some(const struct adit_call *job, const char *field, const char *text)
{
    if (*text)
        (void)adit_emit_string(job, field, text);
}

static void emit_part(struct eml *m, const struct part *p, const char *number, bool multipart)
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

static void read_entity(struct eml *m, uint64_t begin, uint64_t end, const char *number, unsigned depth);

/* RFC 2046 5.1.1: "--boundary", and "--boundary--" at the end, each on a line of its own, blanks after it. */
static int delimiter(struct adit_text line, const char *boundary)
{
    size_t n = strlen(boundary);
    if (line.size < n + 2 || memcmp(line.data, "--", 2) != 0 || memcmp(line.data + 2, boundary, n) != 0)
        return 0;
    struct adit_text rest = adit_text_trim(adit_text_of(line.data + 2 + n, line.size - 2 - n));
    return rest.size == 0 ? 1 : adit_text_is(rest, "--") ? 2 : 0;
}

static void read_parts(struct eml *m, const struct part *p, const char *number, unsigned depth)
{
    char line[1024], child[96];
    struct adit_lines l = adit_lines(m->job, p->body, p->end - p->body, line, sizeof line);
    uint64_t begin = 0, end = p->body;
    unsigned count = 0;
    int found = 0;
    while (found != 2 && m->count < MAX_PARTS && adit_next_line(&l) &&
           (l.number % 1024 != 0 || adit_progress(m->job, l.offset, p->end))) {
        found = delimiter(l.line, p->boundary);
        if (found && count > 0) {
            (void)snprintf(child, sizeof child, "%s%s%u", depth > 0 ? number : "", depth > 0 ? "." : "", count);
            read_entity(m, begin, end > begin ? end : begin, child, depth + 1);
        }
        count += found > 0;
        end = l.offset + l.length; /* the line end before a delimiter is part of that */
        begin = found ? end + (l.ended == ADIT_LINE_END_CRLF ? 2 : l.ended != ADIT_LINE_END_NONE) : begin;
    }
    if (found == 2)
        return;
    if (count > 0 && m->count < MAX_PARTS && begin < p->end) {
        (void)snprintf(child, sizeof child, "%s%s%u", depth > 0 ? number : "", depth > 0 ? "." : "", count);
        read_entity(m, begin, p->end, child, depth + 1);
    }
    (void)adit_warnf(m->job, "the multipart at offset %llu has no end: expected --%.80s--", LL(p->body), p->boundary);
    m->status = ADIT_MALFORMED;
}

static void read_entity(struct eml *m, uint64_t begin, uint64_t end, const char *number, unsigned depth)
{
    struct part *p = m->count < MAX_PARTS && depth <= MAX_DEPTH ? (struct part *)malloc(sizeof *p) : NULL;
    if (!p) {
        (void)adit_warnf(m->job, "offset %llu: more than %d parts, or nested deeper than %d: the rest is left out",
                         LL(begin), MAX_PARTS, MAX_DEPTH);
        return;
    }
    m->count++;
    read_fields(m, p, begin, end, depth == 0);
    bool multipart = strncmp(p->type, "multipart/", 10) == 0 && *p->boundary;
    if (strncmp(p->type, "multipart/", 10) == 0 && !*p->boundary) {
        (void)adit_warnf(m->job, "offset %llu: %s without a boundary: its parts cannot be told apart", LL(begin),
                         p->type);
        m->status = ADIT_MALFORMED;
    }
    if (depth > 0 || m->fields > 0) {
        emit_part(m, p, multipart && depth == 0 ? "0" : number, multipart);
        if (multipart)
            read_parts(m, p, number, depth);
        else
            emit_content(m, p, number);
    }
    free(p);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct eml *m = (struct eml *)calloc(1, sizeof *m);
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    m->status = ADIT_OK;
    read_entity(m, 0, adit_size(job), "1", 0);
    if (m->fields > 0)
        (void)adit_emit_u64(job, "attachment_count", m->attachments);
    int32_t status = m->fields > 0 ? m->status : ADIT_DECLINED;
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
