/* SPDX-License-Identifier: MIT */
/* Mail: header fields, and the MIME parts as streams, decoded. A message within a message is a stream of its own. Sources: RFC
 * 5322 3.6 (fields), RFC 5321 4.4 (Received), RFC 2045 to 2047, 2183 and 2231 (MIME), RFC 6376 3.5 (DKIM-Signature). */
#include "eml_part.h"
#include <stdlib.h>

ADIT_MODULE("eml", "1.0.0")

enum { MAX_DEPTH = 20 };

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
