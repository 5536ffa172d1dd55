/* SPDX-License-Identifier: MIT */
/* Vorbis comments: a vendor and KEY=value texts, of FLAC, Ogg Vorbis, Opus and Speex. "Ogg Vorbis I format specification:
 * comment field and header specification"; RFC 9639, section 8.6. */
#include <adit/adit.h>
#include <adit/report.h>
#include <adit/transfer.h>

ADIT_MODULE("vorbiscomment", "1.0.0")

enum { MAX_KEY = 256, MAX_VALUE = 1 << 20, MAX_PICTURES = 256 };

/* What is kept until the texts, one object, are all emitted. */
struct picture {
    uint64_t offset, size; /* of the base64 */
    const char *name, *media;
};
struct comments {
    const struct adit_call *job;
    struct adit_report report;
    struct picture pictures[MAX_PICTURES];
    size_t picture_count;
    bool begun;
};

/* Base64 into a stream. */
static void emit_picture(struct comments *v, const struct picture *p)
{
    struct adit_base64 base64 = {0};
    char piece[2048], out[ADIT_BASE64_BOUND(sizeof piece)];
    if (adit_open_stream(v->job, adit_text_c(p->name), p->media) != 0)
        return;
    for (uint64_t at = 0; at < p->size;) {
        size_t want = p->size - at < sizeof piece ? (size_t)(p->size - at) : sizeof piece;
        int64_t got = adit_read(v->job, ADIT_SOURCE_MAIN, p->offset + at, piece, want);
        if (got <= 0)
            break;
        (void)adit_write(v->job, out, adit_base64_decode(&base64, piece, (size_t)got, out));
        at += (uint64_t)got;
    }
    (void)adit_close(v->job);
    if (base64.ignored > 0)
        adit_complain(&v->report, "%s at offset %llu: expected base64, found %llu other characters", p->name,
                      (unsigned long long)p->offset, (unsigned long long)base64.ignored);
}

static void emit_value(struct comments *v, struct adit_text key, struct adit_cursor *c)
{
    uint64_t size = adit_left(c);
    if (size > MAX_VALUE)
        adit_remark(&v->report, "%.*s: %llu bytes; the first %d are kept", (int)key.size, key.data,
                    (unsigned long long)size, MAX_VALUE);
    struct adit_text text = adit_read_bytes(c, size < MAX_VALUE ? size : MAX_VALUE);
    struct adit_value value = adit_value_text(text);
    if (!v->begun)
        (void)adit_begin_object(v->job, "comments");
    v->begun = true;
    (void)adit_emit_named(v->job, key, &value);
}

/* Keys are ASCII without '=', and their case means nothing: they are emitted in upper case, so that equal ones meet. */
static void read_comment(struct comments *v, struct adit_cursor *c)
{
    char key[MAX_KEY];
    size_t n = 0;
    uint64_t offset = c->at;
    uint8_t byte = 0;
    while (n < sizeof key && adit_left(c) > 0 && (byte = adit_read_u8(c)) >= 0x20 && byte <= 0x7d && byte != '=')
        key[n++] = (char)(byte >= 'a' && byte <= 'z' ? byte - ('a' - 'A') : byte);
    struct adit_text name = adit_text_of(key, n);
    if (byte != '=' || n == 0) {
        adit_complain(&v->report, "comment at offset %llu: expected a name of up to %d characters and =",
                      (unsigned long long)offset, MAX_KEY - 1);
        return;
    }
    bool block = adit_text_is(name, "METADATA_BLOCK_PICTURE");
    if (!block && !adit_text_is(name, "COVERART")) {
        emit_value(v, name, c);
    } else if (v->picture_count < MAX_PICTURES) {
        struct picture picture = {c->at, adit_left(c), block ? "METADATA_BLOCK_PICTURE" : "COVERART",
                                  block ? "application/x-flac-picture" : NULL};
        v->pictures[v->picture_count++] = picture;
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct comments v = {.job = job, .report = adit_report(job)};
    struct adit_cursor c = adit_cursor(job);
    uint32_t size = adit_read_u32le(&c);
    struct adit_text vendor = adit_read_bytes(&c, size);
    uint32_t count = adit_read_u32le(&c);
    if (!adit_ok(&c)) {
        adit_complain(&v.report, "offset 0: expected a vendor of %u bytes and a number of comments, found %llu bytes",
                      (unsigned)size, (unsigned long long)adit_size(job));
        return adit_verdict(&v.report);
    }
    (void)adit_emit_text(job, "vendor", vendor);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = c.at;
        size = adit_read_u32le(&c);
        struct adit_cursor comment = adit_sub(&c, size);
        if (!adit_ok(&c)) {
            adit_complain(&v.report, "comment %u of %u at offset %llu: goes on beyond the %llu bytes that there are",
                          (unsigned)i + 1, (unsigned)count, (unsigned long long)offset,
                          (unsigned long long)adit_size(job));
            break;
        }
        read_comment(&v, &comment);
    }
    if (v.begun)
        (void)adit_end(job);
    for (size_t i = 0; i < v.picture_count; i++)
        emit_picture(&v, &v.pictures[i]);
    return adit_verdict(&v.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
