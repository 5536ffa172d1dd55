/* SPDX-License-Identifier: MIT */
/* The chunks of PNG that hold text, names and compressed data. Part of png.c. */
#ifndef IMAGE_PNG_TEXT_H
#define IMAGE_PNG_TEXT_H

#include "png_file.h"
#include <adit/charset.h>
#include <adit/hex.h>
#include <adit/inflate.h>
#include <stdlib.h>

/* Bytes that were inflated, or that stand in the file; freed by bytes_free. */
struct bytes {
    struct adit_text text;
    uint8_t *made;
};

static void bytes_free(struct bytes *b)
{
    free(b->made);
}

static bool append(void *context, const uint8_t *data, size_t n)
{
    struct bytes *b = context;
    uint8_t *grown = realloc(b->made, b->text.size + n);
    if (!grown)
        return false;
    memcpy(grown + b->text.size, data, n);
    b->made = grown;
    b->text = adit_text_of((char *)grown, b->text.size + n);
    return true;
}

static bool pass_on(void *context, const uint8_t *data, size_t n)
{
    return adit_write(context, data, n) == 0;
}

/* Says what was wrong with compressed data. */
static void check_inflated(struct png *p, const struct chunk *chunk, const struct adit_inflate *z,
                           enum adit_inflate_result result)
{
    if (result == ADIT_INFLATE_LIMIT)
        TELL(p, chunk, "inflates to more than %llu bytes; the rest is not read", (unsigned long long)z->max_output);
    else if (result != ADIT_INFLATE_DONE && result != ADIT_INFLATE_STOPPED)
        COMPLAIN(p, chunk, "compressed data: %s", z->message);
}

/* What is left of the cursor, as it stands or inflated: `most` bytes at most. */
static struct bytes take_bytes(struct png *p, const struct chunk *chunk, struct adit_cursor *c, bool compressed,
                               size_t most)
{
    struct bytes b = {{NULL, 0}, NULL};
    if (compressed) {
        struct adit_inflate z = adit_inflate(p->job, c->at, adit_left(c), ADIT_INFLATE_ZLIB);
        z.max_output = most;
        z.sink = append;
        z.context = &b;
        check_inflated(p, chunk, &z, adit_inflate_run(&z));
        return b;
    }
    size_t size = adit_left(c) < most ? (size_t)adit_left(c) : most;
    if (adit_left(c) > most)
        TELL(p, chunk, "text of %llu bytes; the first %zu are read", (unsigned long long)adit_left(c), most);
    b.made = malloc(size ? size : 1);
    if (b.made && adit_read_exact(c, b.made, size))
        b.text = adit_text_of((char *)b.made, size);
    return b;
}

/* What is left of the cursor, as a stream: nothing is inflated when nobody wants it. */
static void emit_compressed(struct png *p, const struct chunk *chunk, struct adit_cursor *c, struct adit_text name,
                            const char *media)
{
    struct adit_inflate z = adit_inflate(p->job, c->at, adit_left(c), ADIT_INFLATE_ZLIB);
    if (adit_open_stream(p->job, name, media))
        return;
    z.sink = pass_on;
    z.context = (void *)(uintptr_t)p->job;
    enum adit_inflate_result result = adit_inflate_run(&z);
    (void)(result == ADIT_INFLATE_DONE ? adit_close(p->job) : adit_close_truncated(p->job));
    check_inflated(p, chunk, &z, result);
}

/* 11.3.3.2: 1 to 79 bytes of Latin-1 and a NUL. */
static struct adit_text read_keyword(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_text keyword = adit_read_string(c, 79);
    if (adit_ok(c) && keyword.size == 0)
        COMPLAIN(p, chunk, "%s", "its keyword is empty");
    return keyword;
}

static void read_iccp(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_text name = read_keyword(p, chunk, c);
    uint8_t method = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)adit_emit_in_charset(p->job, "icc_profile_name", ADIT_CHARSET_LATIN1, name);
    if (method == 0)
        emit_compressed(p, chunk, c, ADIT_TEXT("iCCP"), "application/vnd.iccprofile");
    else
        COMPLAIN(p, chunk, "compression method %u; expected 0", method);
}

/* ImageMagick's "Raw profile type": a newline, a name, a newline, the number of bytes, and those in hexadecimal. Returns how
 * many there are; SIZE_MAX: it is nothing like that. */
static size_t decode_profile(struct adit_text text, uint8_t *out)
{
    size_t i = 0, lines = 0, n = 0;
    if (text.size == 0 || text.data[0] != '\n')
        return SIZE_MAX;
    while (i < text.size && lines < 3)
        lines += text.data[i++] == '\n';
    int high = -1;
    for (; i < text.size; i++) {
        int digit = adit_hex_digit(text.data[i]);
        if (digit >= 0 && high >= 0) {
            out[n++] = (uint8_t)(high << 4 | digit);
            high = -1;
        } else if (digit >= 0) {
            high = digit;
        } else if (text.data[i] != '\n' && text.data[i] != ' ' && text.data[i] != '\r') {
            return SIZE_MAX;
        }
    }
    return lines == 3 ? n : SIZE_MAX;
}

static bool begins(struct adit_text text, struct adit_text with)
{
    return text.size >= with.size && adit_text_equal(adit_text_of(text.data, with.size), with);
}

/* What a raw profile is: its name says it roughly, its first bytes exactly. */
static const char *profile_media(struct adit_text type, struct adit_text *content)
{
    static const struct adit_text xmp = {"http://ns.adobe.com/xap/1.0/", 29};
    if (begins(*content, ADIT_TEXT("Exif\0")) || begins(*content, ADIT_TEXT("II*\0")) ||
        begins(*content, ADIT_TEXT("MM\0*")))
        return "application/x-exif";
    if (begins(*content, ADIT_TEXT("8BIM")))
        return "application/x-photoshop-irb";
    if (begins(*content, ADIT_TEXT("Photoshop 3.0\0"))) {
        *content = adit_text_of(content->data + 14, content->size - 14);
        return "application/x-photoshop-irb";
    }
    if (begins(*content, xmp))
        *content = adit_text_of(content->data + xmp.size, content->size - xmp.size);
    else if (adit_text_is(type, "iptc"))
        return "application/x-iptc";
    else if (adit_text_is(type, "icc") || adit_text_is(type, "icm"))
        return "application/vnd.iccprofile";
    else if (!adit_text_is(type, "xmp"))
        return NULL;
    return "application/rdf+xml";
}

static const struct adit_text profile_prefix = {"Raw profile type ", 17};

/* "Raw profile type exif" and the like become streams. False: it is an ordinary text. */
static bool emit_profile(struct png *p, struct adit_text keyword, struct adit_text text)
{
    if (!begins(keyword, profile_prefix) || text.size < 2)
        return false;
    uint8_t *bytes = malloc(text.size / 2);
    size_t n = bytes ? decode_profile(text, bytes) : SIZE_MAX;
    if (n != SIZE_MAX) {
        struct adit_text content = adit_text_of((char *)bytes, n);
        struct adit_text type = adit_text_of(keyword.data + profile_prefix.size, keyword.size - profile_prefix.size);
        const char *media = profile_media(type, &content);
        (void)adit_emit_stream(p->job, keyword, media, content.data, content.size);
    }
    free(bytes);
    return n != SIZE_MAX;
}

/* XMP stands in an iTXt of its own keyword; XMP specification part 3, 1.1.5. Older programs used the other two. */
static bool emit_xmp(struct png *p, const struct chunk *chunk, struct adit_cursor *c, struct adit_text keyword,
                     bool compressed)
{
    if (!adit_text_is(keyword, "XML:com.adobe.xmp"))
        return false;
    if (compressed)
        emit_compressed(p, chunk, c, keyword, "application/rdf+xml");
    else
        (void)adit_emit_range(p->job, keyword, "application/rdf+xml", c->at, adit_left(c));
    return true;
}

/* The parts of a text chunk: 11.3.3.2 tEXt, 11.3.3.3 zTXt, 11.3.3.4 iTXt. */
struct text_head {
    struct adit_text keyword, language, translated;
    bool utf8, compressed;
};

/* Leaves the cursor at the text. False: it cannot be read. */
static bool read_text_head(struct png *p, const struct chunk *chunk, struct adit_cursor *c, struct text_head *h)
{
    uint8_t method = 0;
    *h = (struct text_head){.utf8 = is(chunk, "iTXt"), .compressed = is(chunk, "zTXt")};
    h->keyword = read_keyword(p, chunk, c);
    if (h->utf8)
        h->compressed = adit_read_u8(c) != 0;
    if (h->utf8 || h->compressed)
        method = adit_read_u8(c);
    if (h->utf8) {
        h->language = adit_read_string(c, 1024);
        h->translated = adit_read_string(c, 4096);
    }
    if (!adit_ok(c))
        COMPLAIN(p, chunk, "its %llu bytes are too few for what it says", (unsigned long long)chunk->size);
    else if (h->compressed && method != 0)
        COMPLAIN(p, chunk, "compression method %u; expected 0", method);
    return adit_ok(c) && h->keyword.size > 0 && !(h->compressed && method != 0);
}

/* All texts are in one object, whose keys are the keywords: it is begun with the first of them. */
static void emit_by_keyword(struct png *p, const struct text_head *h, struct adit_text text, bool *begun)
{
    char name[ADIT_UTF8_BOUND(79) + 1];
    name[adit_charset_to_utf8(ADIT_CHARSET_LATIN1, h->keyword, name, sizeof name - 1)] = '\0';
    if (!*begun)
        (void)adit_begin_object(p->job, "text");
    *begun = true;
    if (h->utf8)
        (void)adit_emit_text(p->job, name, text);
    else
        (void)adit_emit_in_charset(p->job, name, ADIT_CHARSET_LATIN1, text);
}

/* A text in a language of its own is told of once more, with that. */
static void emit_international(struct png *p, const struct text_head *h, struct adit_text text)
{
    (void)adit_begin_object(p->job, "international_text");
    (void)adit_emit_in_charset(p->job, "keyword", ADIT_CHARSET_LATIN1, h->keyword);
    (void)adit_emit_text(p->job, "language", h->language);
    (void)adit_emit_text(p->job, "translated_keyword", h->translated);
    (void)adit_emit_text(p->job, "text", text);
    (void)adit_end(p->job);
}

/* One text chunk; `international`: only what is of a language, else everything. */
static void read_text(struct png *p, const struct chunk *chunk, bool international, bool *begun)
{
    struct text_head h;
    struct adit_cursor c = adit_cursor_at(p->job, ADIT_SOURCE_MAIN, chunk->offset + 8, chunk->size);
    if (!read_text_head(p, chunk, &c, &h) || (international && !h.language.size && !h.translated.size) ||
        (!international && emit_xmp(p, chunk, &c, h.keyword, h.compressed)))
        return;
    struct bytes b = take_bytes(p, chunk, &c, h.compressed, begins(h.keyword, profile_prefix) ? MAX_PROFILE : MAX_TEXT);
    if (international)
        emit_international(p, &h, b.text);
    else if (!emit_profile(p, h.keyword, b.text))
        emit_by_keyword(p, &h, adit_text_of(b.text.data, b.text.size < MAX_TEXT ? b.text.size : MAX_TEXT), begun);
    bytes_free(&b);
}

static void keep_text(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)c;
    if (p->text_count == MAX_TEXTS)
        TELL(p, chunk, "is text number %d; this and more are not read", MAX_TEXTS + 1);
    if (p->text_count < MAX_TEXTS)
        p->texts[p->text_count] = *chunk;
    p->text_count += p->text_count <= MAX_TEXTS;
}

static void emit_texts(struct png *p)
{
    size_t count = p->text_count < MAX_TEXTS ? p->text_count : MAX_TEXTS;
    bool begun = false;
    for (size_t i = 0; i < count; i++)
        read_text(p, &p->texts[i], false, &begun);
    if (begun)
        (void)adit_end(p->job);
    uint32_t told = p->report.told; /* the second reading finds the same faults */
    p->report.told = ADIT_REPORT_MAX;
    for (size_t i = 0; i < count; i++)
        if (is(&p->texts[i], "iTXt"))
            read_text(p, &p->texts[i], true, &begun);
    p->report.told = told;
}

#endif
