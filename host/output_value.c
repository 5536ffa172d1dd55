/* SPDX-License-Identifier: MIT */
#include "output_value.h"

#include <adit/time.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "path_text.h"

#define ADD(b, literal) buf_add(b, literal, sizeof(literal) - 1)

static void escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"':
        ADD(b, "\\\"");
        return;
    case '\\':
        ADD(b, "\\\\");
        return;
    case '\n':
        ADD(b, "\\n");
        return;
    case '\r':
        ADD(b, "\\r");
        return;
    case '\t':
        ADD(b, "\\t");
        return;
    default:
        ADD(b, "\\u00");
        buf_putc(b, hex[c >> 4]);
        buf_putc(b, hex[c & 15]);
    }
}

/* Does one of the eight bytes equal `c`? */
static uint64_t has_byte(uint64_t eight, unsigned char c)
{
    uint64_t x = eight ^ c * UINT64_C(0x0101010101010101);
    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* How many bytes at the beginning are printed as they are: nearly always all of them. */
static size_t plain_size(const unsigned char *at, size_t size)
{
    size_t n = 0;
    for (; size - n >= 8; n += 8) {
        uint64_t eight;
        memcpy(&eight, at + n, 8);
        uint64_t below = (eight - 0x20 * UINT64_C(0x0101010101010101)) & ~eight; /* < 0x20, where no bit 7 is set */
        if (((below | eight) & UINT64_C(0x8080808080808080)) || has_byte(eight, '"') || has_byte(eight, '\\') ||
            has_byte(eight, 0x7f))
            break;
    }
    while (n < size && is_plain(at[n]))
        n++;
    return n;
}

/* What follows the plain beginning. */
static bool string_rest(struct buf *b, const unsigned char *at, const unsigned char *end)
{
    const unsigned char *run = at;
    bool valid = true;
    while (at < end) {
        if (is_plain(*at)) {
            at++;
            continue;
        }
        uint32_t character;
        size_t n = path_text_decode(at, end, &character);
        if (*at >= 0x80 && character > 0x9f && character != UINT32_MAX) {
            at += n;
            continue;
        }
        buf_add(b, run, (size_t)(at - run));
        if (*at < 0x80) {
            escape(b, *at);
        } else if (character <= 0x9f) { /* C1: a terminal may obey it */
            escape(b, (unsigned char)character);
        } else {
            ADD(b, "\xef\xbf\xbd");
            valid = false;
        }
        at += n;
        run = at;
    }
    buf_add(b, run, (size_t)(at - run));
    return valid;
}

bool value_string(struct buf *b, const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t plain = plain_size(at, size);
    bool valid = true;
    char *out = plain < SIZE_MAX - 2 ? buf_reserve(b, plain + 2) : NULL;
    if (!out)
        return true;
    *out = '"';
    if (plain > 0)
        memcpy(out + 1, at, plain);
    b->size += plain + 1;
    if (plain < size)
        valid = string_rest(b, at + plain, at + size);
    buf_putc(b, '"');
    return valid;
}

void value_base64(struct buf *b, const void *data, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = data;
    char *out = buf_reserve(b, size / 3 * 4 + 4);
    if (!out)
        return;
    const char *begin = out;
    for (; size >= 3; size -= 3, at += 3) {
        uint32_t v = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = digits[v >> 6 & 63];
        *out++ = digits[v & 63];
    }
    if (size > 0) {
        uint32_t v = (uint32_t)at[0] << 16 | (size > 1 ? (uint32_t)at[1] << 8 : 0);
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = size > 1 ? digits[v >> 6 & 63] : '=';
        *out++ = '=';
    }
    b->size += (size_t)(out - begin);
}

void value_bytes(struct buf *b, const void *data, size_t size)
{
    ADD(b, "{\"base64\":\"");
    value_base64(b, data, size);
    ADD(b, "\"}");
}

void value_u64(struct buf *b, uint64_t v)
{
    char text[20], *at = text + sizeof text;
    do {
        *--at = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    buf_add(b, at, (size_t)(text + sizeof text - at));
}

void value_i64(struct buf *b, int64_t v)
{
    if (v < 0)
        buf_putc(b, '-');
    value_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* `v` = digits / 10^decimals exactly as IEEE 754 divides, both below 2^53 and 10^22, so it reads back as v: the
 * digits of most numbers that a file states. False: v is not of that kind. */
static bool short_f64(struct buf *b, double v)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    double size = fabs(v);
    if (!(size >= 1e-4 && size < 1e8) && size != 0)
        return false;
    for (unsigned decimals = 1; decimals < sizeof powers / sizeof *powers; decimals++) {
        double digits = (double)(uint64_t)(size * powers[decimals] + 0.5);
        if (digits / powers[decimals] != size)
            continue;
        uint64_t whole = (uint64_t)digits / (uint64_t)powers[decimals];
        uint64_t part = (uint64_t)digits % (uint64_t)powers[decimals];
        char text[8];
        for (unsigned i = decimals; i-- > 0; part /= 10)
            text[i] = (char)('0' + part % 10);
        if (signbit(v))
            buf_putc(b, '-');
        value_u64(b, whole);
        buf_putc(b, '.');
        buf_add(b, text, decimals);
        return true;
    }
    return false;
}

void value_f64(struct buf *b, double v)
{
    if (!isfinite(v)) {
        ADD(b, "null");
        return;
    }
    if (short_f64(b, v))
        return;
    char text[32];
    /* 15 digits always survive, and %g drops zeros; numbers below the normal range have fewer. */
    for (int precision = fabs(v) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*g", precision, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_adds(b, text);
    if (!strpbrk(text, ".e"))
        ADD(b, ".0");
}

static char *two_digits(char *at, unsigned v)
{
    at[0] = (char)('0' + v / 10);
    at[1] = (char)('0' + v % 10);
    return at + 2;
}

void value_unix_time(struct buf *b, int64_t ns)
{
    int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
    if (rest < 0) {
        rest += 1000000000;
        seconds--;
    }
    /* 64 bits of nanoseconds are the years 1677 to 2262. */
    struct adit_time t = adit_time_from_unix(seconds, (uint32_t)rest, ADIT_TIME_NANOSECOND);
    char text[32], *at = text;
    at = two_digits(at, (unsigned)t.year / 100);
    at = two_digits(at, (unsigned)t.year % 100);
    *at++ = '-';
    at = two_digits(at, t.month);
    *at++ = '-';
    at = two_digits(at, t.day);
    *at++ = 'T';
    at = two_digits(at, t.hour);
    *at++ = ':';
    at = two_digits(at, t.minute);
    *at++ = ':';
    at = two_digits(at, t.second);
    if (t.nanosecond) {
        *at++ = '.';
        for (uint32_t divisor = 100000000; divisor; divisor /= 10)
            *at++ = (char)('0' + t.nanosecond / divisor % 10);
    }
    *at++ = 'Z';
    buf_add(b, text, (size_t)(at - text));
}

void value_event(struct buf *b, const struct field_event *e)
{
    char time[FIELD_TIME_TEXT];
    switch (e->tag) {
    case FIELD_BOOL:
        buf_adds(b, e->boolean ? "true" : "false");
        break;
    case FIELD_I64:
        value_i64(b, e->i64);
        break;
    case FIELD_U64:
        value_u64(b, e->u64);
        break;
    case FIELD_F64:
        value_f64(b, e->f64);
        break;
    case FIELD_STRING:
        (void)value_string(b, e->text.data, e->text.size);
        break;
    case FIELD_BYTES:
    case FIELD_BYTES_TEXT:
        value_bytes(b, e->text.data, e->text.size);
        break;
    case FIELD_TIME: {
        size_t n = field_time_text(&e->time, time);
        (void)value_string(b, time, n);
        break;
    }
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_END:
        ADD(b, "null"); /* the caller's mistake: still JSON */
        break;
    }
}

/* Where a walk through nested fields is. */
struct nesting {
    uint64_t lists; /* bit i: level i is a list */
    unsigned depth;
    bool comma;
};
_Static_assert(FIELD_MAX_DEPTH < 64, "one bit a level");

static bool in_list(const struct nesting *n)
{
    return n->lists >> n->depth & 1;
}

static void open_level(struct buf *b, struct nesting *n, bool list)
{
    n->depth++;
    n->lists = (n->lists & ~(UINT64_C(1) << n->depth)) | (uint64_t)list << n->depth;
    n->comma = false;
    buf_putc(b, list ? '[' : '{');
}

static void close_level(struct buf *b, struct nesting *n)
{
    buf_putc(b, in_list(n) ? ']' : '}');
    n->depth--;
    n->comma = true;
}

/* Reads on until the level that was open at first is closed, or to the end where `to_end`. */
static bool copy_levels(struct buf *b, struct field_reader *r, struct nesting *n, bool to_end, void (*spill)(void *),
                        void *data)
{
    struct field_event e;
    int got = 0;
    while (n->depth > 0 && (got = field_next(r, &e)) == 1) {
        if (e.tag == FIELD_END) {
            if (to_end && n->depth == 1)
                break;
            close_level(b, n);
            continue;
        }
        bool nests = e.tag == FIELD_OBJECT || e.tag == FIELD_LIST;
        if (nests && n->depth > FIELD_MAX_DEPTH)
            break;
        if (n->comma)
            buf_putc(b, ',');
        n->comma = true;
        if (!in_list(n)) {
            (void)value_string(b, e.name.data, e.name.size);
            buf_putc(b, ':');
        }
        if (nests)
            open_level(b, n, e.tag == FIELD_LIST);
        else
            value_event(b, &e);
        if (spill && b->size >= VALUE_SPILL)
            spill(data);
    }
    bool whole = to_end ? got == 0 && n->depth == 1 : n->depth == 0;
    while (n->depth > 0)
        close_level(b, n);
    return whole;
}

bool value_tree(struct buf *b, struct field_reader *r, const struct field_event *e, void (*spill)(void *), void *data)
{
    if (e->tag != FIELD_OBJECT && e->tag != FIELD_LIST) {
        value_event(b, e);
        return true;
    }
    struct nesting n = {0};
    open_level(b, &n, e->tag == FIELD_LIST);
    return copy_levels(b, r, &n, false, spill, data);
}

bool value_fields(struct buf *b, const void *fields, size_t size, void (*spill)(void *), void *data)
{
    struct field_reader r = field_reader_of(fields, size);
    struct nesting n = {0};
    open_level(b, &n, false);
    return copy_levels(b, &r, &n, true, spill, data);
}
