/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <adit/time.h>
#include <errno.h>
#include <string.h>

void put_varint(struct buf *b, uint64_t v)
{
    char *p = buf_reserve(b, 10);
    if (!p)
        return;
    size_t n = 0;
    while (v >= 0x80) {
        p[n++] = (char)(v | 0x80);
        v >>= 7;
    }
    p[n++] = (char)v;
    b->size += n;
}

bool get_varint(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        if (shift == 63 && byte > 1)
            return false;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = v;
            return true;
        }
    }
    return false;
}

static bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* The Unicode Standard, table 3-7: no surrogates, nothing beyond U+10FFFF, shortest forms only. */
bool utf8_valid(const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text, *end = size ? p + size : p;
    while (p < end) {
        uint64_t eight;
        if (end - p >= 8) {
            memcpy(&eight, p, 8);
            if ((eight & 0x8080808080808080u) == 0) {
                p += 8;
                continue;
            }
        }
        unsigned char c = *p;
        size_t left = (size_t)(end - p);
        if (c < 0x80) {
            p += 1;
        } else if (c >= 0xc2 && c <= 0xdf && left >= 2 && is_continuation(p[1])) {
            p += 2;
        } else if ((c & 0xf0) == 0xe0 && left >= 3 && is_continuation(p[1]) && is_continuation(p[2]) &&
                   !(c == 0xe0 && p[1] < 0xa0) && !(c == 0xed && p[1] > 0x9f)) {
            p += 3;
        } else if (c >= 0xf0 && c <= 0xf4 && left >= 4 && is_continuation(p[1]) && is_continuation(p[2]) &&
                   is_continuation(p[3]) && !(c == 0xf0 && p[1] < 0x90) && !(c == 0xf4 && p[1] > 0x8f)) {
            p += 4;
        } else {
            return false;
        }
    }
    return true;
}

enum { TIME_BYTES = 16 };

static void put_time(struct buf *b, const struct adit_time *t)
{
    unsigned char raw[TIME_BYTES] = {0};
    memcpy(raw, &t->year, 4);
    const uint8_t parts[6] = {t->month, t->day, t->hour, t->minute, t->second, t->precision};
    memcpy(raw + 4, parts, 6);
    memcpy(raw + 10, &t->zone, 2);
    memcpy(raw + 12, &t->nanosecond, 4);
    buf_add(b, raw, sizeof raw);
}

static void get_time(const uint8_t *raw, struct adit_time *t)
{
    memset(t, 0, sizeof *t);
    memcpy(&t->year, raw, 4);
    t->month = raw[4];
    t->day = raw[5];
    t->hour = raw[6];
    t->minute = raw[7];
    t->second = raw[8];
    t->precision = raw[9];
    memcpy(&t->zone, raw + 10, 2);
    memcpy(&t->nanosecond, raw + 12, 4);
}

static void put_head(struct buf *b, const char *name, size_t n, enum field_tag tag)
{
    buf_putc(b, (char)tag);
    put_varint(b, n);
    buf_add(b, name, n);
}

void field_put_begin(struct buf *b, const char *name, size_t n, enum field_tag object_or_list)
{
    put_head(b, name, n, object_or_list);
}

void field_put_end(struct buf *b)
{
    buf_putc(b, FIELD_END);
}

static void put_text(struct buf *b, struct adit_text text)
{
    put_varint(b, text.size);
    buf_add(b, text.data, text.size);
}

void field_put_value(struct buf *b, const char *name, size_t n, const struct adit_value *v)
{
    switch ((enum adit_kind)v->kind) {
    case ADIT_KIND_BOOL:
        put_head(b, name, n, FIELD_BOOL);
        buf_putc(b, v->as.boolean ? 1 : 0);
        break;
    case ADIT_KIND_I64:
        put_head(b, name, n, FIELD_I64);
        put_varint(b, ((uint64_t)v->as.i64 << 1) ^ (uint64_t)(v->as.i64 >> 63));
        break;
    case ADIT_KIND_U64:
        put_head(b, name, n, FIELD_U64);
        put_varint(b, v->as.u64);
        break;
    case ADIT_KIND_F64:
        put_head(b, name, n, FIELD_F64);
        buf_add(b, &v->as.f64, 8);
        break;
    case ADIT_KIND_STRING:
        put_head(b, name, n, utf8_valid(v->as.text.data, v->as.text.size) ? FIELD_STRING : FIELD_BYTES_TEXT);
        put_text(b, v->as.text);
        break;
    case ADIT_KIND_BYTES:
        put_head(b, name, n, FIELD_BYTES);
        put_text(b, v->as.text);
        break;
    case ADIT_KIND_TIME:
        put_head(b, name, n, FIELD_TIME);
        put_time(b, &v->as.time);
        break;
    default: /* objects and lists are begun and ended */
        break;
    }
}

static bool get_text(struct field_reader *r, struct adit_text *out)
{
    uint64_t n;
    if (!get_varint(&r->at, r->end, &n) || n > (uint64_t)(r->end - r->at))
        return false;
    *out = (struct adit_text){(const char *)r->at, (size_t)n};
    r->at += n;
    return true;
}

static bool get_payload(struct field_reader *r, struct field_event *out)
{
    size_t left = (size_t)(r->end - r->at);
    switch (out->tag) {
    case FIELD_BOOL:
        if (left < 1 || *r->at > 1)
            return false;
        out->boolean = *r->at++ == 1;
        return true;
    case FIELD_I64: {
        uint64_t v;
        if (!get_varint(&r->at, r->end, &v))
            return false;
        out->i64 = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
        return true;
    }
    case FIELD_U64:
        return get_varint(&r->at, r->end, &out->u64);
    case FIELD_F64:
        if (left < 8)
            return false;
        memcpy(&out->f64, r->at, 8);
        r->at += 8;
        return true;
    case FIELD_STRING:
        return get_text(r, &out->text) && utf8_valid(out->text.data, out->text.size);
    case FIELD_BYTES:
    case FIELD_BYTES_TEXT:
        return get_text(r, &out->text);
    case FIELD_TIME:
        if (left < TIME_BYTES)
            return false;
        get_time(r->at, &out->time);
        r->at += TIME_BYTES;
        return adit_time_valid(&out->time);
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_END:
        return true;
    }
    return false;
}

int field_next(struct field_reader *r, struct field_event *out)
{
    if (r->at == r->end)
        return 0;
    *out = (struct field_event){.tag = (enum field_tag)*r->at++};
    if (out->tag == FIELD_END)
        return 1;
    if (!get_text(r, &out->name) || out->name.size > FIELD_MAX_NAME || !utf8_valid(out->name.data, out->name.size) ||
        !get_payload(r, out))
        return -EBADMSG;
    return 1;
}

bool fields_valid(const void *data, size_t size)
{
    struct field_reader r = field_reader_of(data, size);
    bool in_list[FIELD_MAX_DEPTH + 1] = {false};
    size_t depth = 0;
    struct field_event e;
    int got;
    while ((got = field_next(&r, &e)) == 1) {
        if (e.tag == FIELD_END) {
            if (depth == 0)
                return false;
            depth--;
            continue;
        }
        if ((e.name.size == 0) != in_list[depth])
            return false;
        if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) {
            if (depth == FIELD_MAX_DEPTH)
                return false;
            in_list[++depth] = e.tag == FIELD_LIST;
        }
    }
    return got == 0 && depth == 0;
}

/* `digits` decimal digits of v, with leading zeros, at out[n]; the new length. */
static size_t put_digits(char *out, size_t n, uint32_t v, size_t digits)
{
    for (size_t i = digits; i-- > 0; v /= 10)
        out[n + i] = (char)('0' + v % 10);
    return n + digits;
}

static size_t put_fraction(char *out, size_t n, const struct adit_time *t)
{
    out[n] = '.';
    switch (t->precision) {
    case ADIT_TIME_MILLISECOND: return put_digits(out, n + 1, t->nanosecond / 1000000, 3);
    case ADIT_TIME_MICROSECOND: return put_digits(out, n + 1, t->nanosecond / 1000, 6);
    case ADIT_TIME_NANOSECOND: return put_digits(out, n + 1, t->nanosecond, 9);
    default: return n;
    }
}

static size_t put_zone(char *out, size_t n, int zone)
{
    if (zone == 0) {
        out[n] = 'Z';
        return n + 1;
    }
    uint32_t minutes = (uint32_t)(zone < 0 ? -zone : zone);
    out[n] = zone < 0 ? '-' : '+';
    n = put_digits(out, n + 1, minutes / 60, 2);
    out[n] = ':';
    return put_digits(out, n + 1, minutes % 60, 2);
}

/* ISO 8601-1:2019, 5.4.2 and 5.2.2.3 (years beyond four digits carry a sign). Written once a file: so without printf. */
size_t field_time_text(const struct adit_time *t, char out[FIELD_TIME_TEXT])
{
    static const struct { uint8_t precision; char before; } forms[] = {
        {ADIT_TIME_MONTH, '-'}, {ADIT_TIME_DAY, '-'}, {ADIT_TIME_MINUTE, 'T'}, {ADIT_TIME_MINUTE, ':'}, {ADIT_TIME_SECOND, ':'}};
    const uint8_t values[] = {t->month, t->day, t->hour, t->minute, t->second};
    uint32_t year = t->year < 0 ? 0u - (uint32_t)t->year : (uint32_t)t->year;
    size_t n = 0, digits = 4;
    if (t->year < 0 || t->year > 9999)
        out[n++] = t->year < 0 ? '-' : '+';
    for (uint32_t y = year / 10000; y > 0; y /= 10)
        digits++;
    n = put_digits(out, n, year, digits);
    for (size_t i = 0; i < sizeof values && t->precision >= forms[i].precision; i++) {
        out[n] = forms[i].before;
        n = put_digits(out, n + 1, values[i], 2);
    }
    n = put_fraction(out, n, t);
    if (t->precision >= ADIT_TIME_MINUTE && t->zone != ADIT_ZONE_UNKNOWN)
        n = put_zone(out, n, t->zone);
    out[n] = '\0';
    return n;
}

bool field_skip(struct field_reader *r)
{
    struct field_event e;
    for (size_t depth = 1; depth > 0;) {
        if (field_next(r, &e) != 1)
            return false;
        if (e.tag == FIELD_END)
            depth--;
        else if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            depth++;
    }
    return true;
}
