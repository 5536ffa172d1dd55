/* SPDX-License-Identifier: MIT */
#include "text_guess.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* ---- encodings ---- */

static bool control_refused(unsigned char c)
{
    return (c < 0x20 && !(c >= 0x07 && c <= 0x0d) && c != 0x1b) || c == 0x7f;
}

/* Bytes of the UTF-8 character at p, 0 where there is none, SIZE_MAX where only its beginning is there (RFC 3629, 4). */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < n; i++) {
        if (i == left)
            return SIZE_MAX;
        if (p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return n;
}

static bool plain_word(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    const uint64_t ones = 0x0101010101010101u, highs = ones * 0x80;
    /* no byte with the high bit, none below 0x20 (a borrow then sets the high bit), none 0x7f */
    return ((w | (w - ones * 0x20) | (w + ones)) & highs) == 0;
}

static bool code_units_are_text(const unsigned char *p, size_t size, size_t width, bool big)
{
    for (size_t i = 0; i + width <= size; i += width) {
        uint32_t c = 0;
        for (size_t k = 0; k < width; k++)
            c |= (uint32_t)p[i + (big ? width - 1 - k : k)] << (8 * k);
        if ((c < 0x80 && control_refused((unsigned char)c)) || (c & 0xfffe) == 0xfffe || c > 0x10ffff)
            return false;
    }
    return true;
}

static enum text_encoding marked_encoding(const unsigned char *p, size_t size, bool cut)
{
    static const struct { unsigned char mark[4]; uint8_t mark_size, width; bool big; } MARKS[] = {
        {{0xff, 0xfe, 0, 0}, 4, 4, false}, {{0, 0, 0xfe, 0xff}, 4, 4, true},
        {{0xff, 0xfe}, 2, 2, false},       {{0xfe, 0xff}, 2, 2, true},
    };
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (size < MARKS[i].mark_size || memcmp(p, MARKS[i].mark, MARKS[i].mark_size) != 0)
            continue;
        if (!cut && size % MARKS[i].width != 0)
            continue;
        if (code_units_are_text(p + MARKS[i].mark_size, size - MARKS[i].mark_size, MARKS[i].width, MARKS[i].big))
            return MARKS[i].width == 2 ? TEXT_UTF16 : TEXT_UTF32;
    }
    return TEXT_BINARY;
}

static enum text_encoding legacy_or_binary(const unsigned char *p, size_t size)
{
    size_t ascii = 0;
    for (size_t i = 0; i < size; i++) {
        if (control_refused(p[i]))
            return TEXT_BINARY;
        ascii += p[i] < 0x80;
    }
    return ascii >= (size + 7) / 8 ? TEXT_LEGACY : TEXT_BINARY;
}

enum text_encoding text_encoding_of(const unsigned char *data, size_t size, bool cut)
{
    enum text_encoding e = marked_encoding(data, size, cut);
    if (e != TEXT_BINARY)
        return e;
    e = TEXT_ASCII;
    for (size_t i = 0; i < size;) {
        if (size - i >= 8 && plain_word(data + i)) {
            i += 8;
            continue;
        }
        if (control_refused(data[i]))
            return TEXT_BINARY;
        size_t n = utf8_length(data + i, size - i);
        if (n == SIZE_MAX && cut)
            return TEXT_UTF8;
        if (n == 0 || n == SIZE_MAX)
            return legacy_or_binary(data, size);
        if (n > 1)
            e = TEXT_UTF8;
        i += n;
    }
    return e;
}

/* ---- shapes ---- */

struct text { const unsigned char *p, *end; };

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct text *t)
{
    while (t->p < t->end && is_space(*t->p))
        t->p++;
}

static void skip_mark(struct text *t)
{
    if (t->end - t->p >= 3 && memcmp(t->p, "\xef\xbb\xbf", 3) == 0)
        t->p += 3;
}

static bool skip_between(struct text *t, const char *open, const char *close)
{
    size_t n = strlen(open);
    if ((size_t)(t->end - t->p) < n || memcmp(t->p, open, n) != 0)
        return false;
    const unsigned char *at = memmem(t->p, (size_t)(t->end - t->p), close, strlen(close));
    t->p = at ? at + strlen(close) : t->end;
    return true;
}

static bool begins_with_tag(const struct text *t, const char *tag)
{
    size_t n = strlen(tag);
    return (size_t)(t->end - t->p) > n && strncasecmp((const char *)t->p, tag, n) == 0 &&
           (is_space(t->p[n]) || t->p[n] == '>' || t->p[n] == '\f');
}

bool text_is_html(const unsigned char *data, size_t size, bool *firm)
{
    /* WHATWG MIME Sniffing, 7.1; the first four leave no doubt. A comment alone says nothing: XML has the same. */
    static const char *const TAGS[] = {"<!doctype html", "<html", "<head",  "<body",  "<script", "<iframe", "<h1", "<div",
                                       "<font",          "<table", "<a",    "<style", "<title",  "<b",      "<br", "<p"};
    struct text t = {data, data + size};
    skip_mark(&t);
    do
        skip_space(&t);
    while (skip_between(&t, "<!--", "-->") || skip_between(&t, "<?xml", "?>"));
    if (t.p >= t.end || *t.p != '<')
        return false;
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
        if (begins_with_tag(&t, TAGS[i])) {
            *firm = i < 4;
            return true;
        }
    }
    return false;
}

enum json_end { JSON_WRONG, JSON_COMPLETE, JSON_CUT };
enum { JSON_DEPTH = 256 };

static enum json_end json_string(struct text *t)
{
    for (t->p++; t->p < t->end; t->p++) {
        if (*t->p == '"') {
            t->p++;
            return JSON_COMPLETE;
        }
        if (*t->p < 0x20)
            return JSON_WRONG;
        if (*t->p != '\\')
            continue;
        if (++t->p == t->end)
            return JSON_CUT;
        if (!strchr("\"\\/bfnrtu", *t->p ? *t->p : 'x'))
            return JSON_WRONG;
    }
    return JSON_CUT;
}

static enum json_end json_word(struct text *t, const char *word)
{
    for (; *word; word++, t->p++) {
        if (t->p == t->end)
            return JSON_CUT;
        if (*t->p != (unsigned char)*word)
            return JSON_WRONG;
    }
    return JSON_COMPLETE;
}

static bool is_digit(const struct text *t)
{
    return t->p < t->end && *t->p >= '0' && *t->p <= '9';
}

static size_t skip_digits(struct text *t)
{
    size_t n = 0;
    for (; is_digit(t); t->p++)
        n++;
    return n;
}

/* RFC 8259, 6. A number that runs to the end of the head may go on. */
static enum json_end json_number(struct text *t)
{
    if (*t->p == '-')
        t->p++;
    bool zero = is_digit(t) && *t->p == '0';
    size_t digits = skip_digits(t);
    if (t->p == t->end)
        return JSON_CUT;
    if (digits == 0 || (zero && digits > 1))
        return JSON_WRONG;
    if (*t->p == '.') {
        t->p++;
        if (skip_digits(t) == 0 && t->p < t->end)
            return JSON_WRONG;
    }
    if (t->p < t->end && (*t->p == 'e' || *t->p == 'E')) {
        t->p++;
        if (t->p < t->end && (*t->p == '+' || *t->p == '-'))
            t->p++;
        if (skip_digits(t) == 0 && t->p < t->end)
            return JSON_WRONG;
    }
    return t->p == t->end ? JSON_CUT : JSON_COMPLETE;
}

static enum json_end json_scalar(struct text *t)
{
    switch (*t->p) {
    case '"': return json_string(t);
    case 't': return json_word(t, "true");
    case 'f': return json_word(t, "false");
    case 'n': return json_word(t, "null");
    default: return *t->p == '-' || is_digit(t) ? json_number(t) : JSON_WRONG;
    }
}

struct json_state { uint8_t object[JSON_DEPTH / 8]; size_t depth; };

static bool in_object(const struct json_state *j)
{
    return j->object[(j->depth - 1) / 8] >> ((j->depth - 1) % 8) & 1;
}

static void json_open(struct json_state *j, bool object)
{
    uint8_t bit = (uint8_t)(1u << (j->depth % 8));
    uint8_t *byte = &j->object[j->depth++ / 8];
    *byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
}

/* A key and its colon. */
static enum json_end json_key(struct text *t)
{
    if (*t->p != '"')
        return JSON_WRONG;
    enum json_end end = json_string(t);
    if (end != JSON_COMPLETE)
        return end;
    skip_space(t);
    if (t->p == t->end)
        return JSON_CUT;
    return *t->p++ == ':' ? JSON_COMPLETE : JSON_WRONG;
}

/* One object or array, to its closing bracket. Nested deeper than JSON_DEPTH it is taken as it is so far. */
static enum json_end json_value(struct text *t)
{
    struct json_state j = {.depth = 0};
    bool value = true, first = false; /* a value is wanted; or, first in a container, its end may come */
    for (;;) {
        skip_space(t);
        if (t->p == t->end || j.depth == JSON_DEPTH)
            return JSON_CUT;
        bool object = j.depth > 0 && in_object(&j);
        if (j.depth > 0 && (first || !value) && *t->p == (object ? '}' : ']')) {
            t->p++;
            if (--j.depth == 0)
                return JSON_COMPLETE;
            value = first = false;
            continue;
        }
        if (!value) {
            if (*t->p++ != ',')
                return JSON_WRONG;
            value = true;
            first = false;
            continue;
        }
        if (object) {
            enum json_end end = json_key(t);
            if (end != JSON_COMPLETE)
                return end;
            skip_space(t);
            if (t->p == t->end)
                return JSON_CUT;
        }
        first = *t->p == '{' || *t->p == '[';
        if (first) {
            json_open(&j, *t->p++ == '{');
            continue;
        }
        enum json_end end = json_scalar(t);
        if (end != JSON_COMPLETE)
            return end;
        value = false;
    }
}

static bool json_begins(const struct text *t)
{
    return t->p < t->end && (*t->p == '{' || *t->p == '[');
}

static enum text_shape json_shape(struct text t, bool cut)
{
    skip_mark(&t);
    skip_space(&t);
    if (!json_begins(&t))
        return TEXT_PLAIN;
    enum json_end end = json_value(&t);
    if (end == JSON_CUT)
        return cut || (size_t)(t.end - t.p) > 0 ? TEXT_JSON : TEXT_PLAIN;
    if (end == JSON_WRONG)
        return TEXT_PLAIN;
    const unsigned char *after = t.p;
    skip_space(&t);
    if (t.p == t.end)
        return TEXT_JSON;
    while (json_begins(&t) && memchr(after, '\n', (size_t)(t.p - after))) {
        end = json_value(&t);
        if (end == JSON_CUT && cut)
            return TEXT_NDJSON;
        if (end != JSON_COMPLETE)
            return TEXT_PLAIN;
        after = t.p;
        skip_space(&t);
        if (t.p == t.end)
            return TEXT_NDJSON;
    }
    return TEXT_PLAIN;
}

enum { TABLE_FIRST_FIELD = 100 };

/* Goes behind a "field", in which "" stands for a quote; false where it has no end. */
static bool skip_quoted(struct text *t)
{
    for (t->p++; t->p < t->end; t->p++) {
        if (*t->p != '"')
            continue;
        if (t->p + 1 == t->end || t->p[1] != '"') {
            t->p++;
            return true;
        }
        t->p++;
    }
    return false;
}

/* One record: its separators and where it ends. False where a quote is out of place (RFC 4180, 2). */
static bool table_record(struct text *t, unsigned char separator, size_t *separators, size_t *longest, bool *ended)
{
    const unsigned char *field = t->p;
    *separators = *longest = 0;
    *ended = false;
    while (t->p < t->end && !*ended) {
        if (*t->p == '"' && t->p == field) {
            if (!skip_quoted(t) || (t->p < t->end && *t->p != separator && *t->p != '\n' && *t->p != '\r'))
                return false;
            continue;
        }
        bool split = *t->p == separator;
        *ended = *t->p == '\n';
        if (split || *ended) {
            size_t n = (size_t)(t->p - field);
            *longest = n > *longest ? n : *longest;
            *separators += split;
            field = t->p + 1;
        }
        t->p++;
    }
    return true;
}

static bool is_table(struct text t, unsigned char separator, bool cut)
{
    size_t rows = 0, columns = 0, count, longest;
    bool ended;
    skip_mark(&t);
    while (t.end > t.p && !cut && is_space(t.end[-1]) && t.end[-1] != separator)
        t.end--;
    while (t.p < t.end) {
        bool sound = table_record(&t, separator, &count, &longest, &ended);
        if (cut && (!ended || !sound))
            break; /* the rest of this record was not read */
        if (!sound || count == 0 || (rows > 0 && count != columns) || (rows == 0 && longest > TABLE_FIRST_FIELD))
            return false;
        columns = count;
        rows++;
    }
    return rows >= 3 || (rows == 2 && (columns >= 2 || separator == '\t'));
}

enum text_shape text_shape_of(const unsigned char *data, size_t size, bool cut)
{
    struct text t = {data, data + size};
    bool firm;
    if (text_is_html(data, size, &firm))
        return TEXT_HTML;
    enum text_shape shape = json_shape(t, cut);
    if (shape != TEXT_PLAIN)
        return shape;
    if (is_table(t, '\t', cut))
        return TEXT_TSV;
    return is_table(t, ',', cut) || is_table(t, ';', cut) ? TEXT_CSV : TEXT_PLAIN;
}
