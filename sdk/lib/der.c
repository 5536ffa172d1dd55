/* SPDX-License-Identifier: MIT */
/* Numbers in comments are sections of X.690. */
#include <adit/charset.h>
#include <adit/cursor.h>
#include <adit/der.h>
#include <adit/hex.h>
#include <adit/time.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DECIMAL = 1024 };

/* ---- tags and lengths (8.1) ---- */

struct head {
    uint32_t tag;
    bool constructed, indefinite;
    size_t size;     /* of the head */
    uint64_t length; /* of the content; 0 where it is indefinite */
};

/* Returns what is wrong, or NULL. */
static const char *read_head(struct adit_text t, struct head *h)
{
    struct adit_cursor c = adit_cursor_memory(t.data, t.size);
    if (t.size < 2)
        return "an item ends within its head";
    uint8_t identifier = adit_read_u8(&c), byte = 0x80;
    h->tag = identifier & 0x1f;
    h->constructed = identifier & 0x20;
    if (h->tag == 0x1f) /* 8.1.2.4: seven bits a byte */
        for (h->tag = 0; byte & 0x80; h->tag = h->tag << 7 | (byte & 0x7f)) {
            if (adit_left(&c) < 2)
                return "an item ends within its tag";
            if (h->tag >> 23)
                return "a tag has more than 30 bits";
            byte = adit_read_u8(&c);
        }
    h->tag |= (uint32_t)(identifier & 0xc0) << 24;
    uint8_t first = adit_read_u8(&c), n = first > 0x80 ? first & 0x7f : 0;
    h->indefinite = first == 0x80;
    h->length = first < 0x80 ? first : 0;
    if (n > adit_left(&c)) /* 8.1.3.5 */
        return "an item ends within its length";
    for (; n > 0; n--) {
        if (h->length >> 56)
            return "a length has more than 64 bits";
        h->length = h->length << 8 | adit_read_u8(&c);
    }
    h->size = (size_t)adit_tell(&c);
    if (h->length > adit_left(&c))
        return "an item goes on beyond what holds it";
    return h->indefinite && !h->constructed ? "a length is indefinite where it may not be" : NULL;
}

/* 8.1.3.6: the content up to the two zeros that end it; others of that kind may lie in it. */
static const char *find_end(struct adit_text t, size_t *length)
{
    size_t at = 0, open = 1;
    while (open > 0) {
        struct head h;
        struct adit_text rest = adit_text_of(t.data + at, t.size - at);
        const char *fault = read_head(rest, &h);
        if (fault)
            return fault;
        at += h.size + (size_t)h.length;
        if (h.indefinite && ++open > ADIT_DER_MAX_DEPTH)
            return "indefinite lengths lie too deep in each other";
        if (h.tag == 0 && h.length == 0 && !h.indefinite)
            open--;
    }
    *length = at;
    return NULL;
}

bool adit_der_next(struct adit_der *d, struct adit_der_item *item)
{
    struct head h;
    if (d->rest.size == 0 || d->fault)
        return false;
    d->fault = read_head(d->rest, &h);
    if (d->fault)
        return false;
    size_t length = (size_t)h.length, whole = 0;
    if (h.indefinite) {
        d->fault = find_end(adit_text_of(d->rest.data + h.size, d->rest.size - h.size), &length);
        if (d->fault)
            return false;
        whole = h.size + length;
        length -= 2;
    } else {
        whole = h.size + length;
    }
    item->tag = h.tag;
    item->constructed = h.constructed;
    item->content = adit_text_of(d->rest.data + h.size, length);
    item->whole = adit_text_of(d->rest.data, whole);
    d->rest = adit_text_of(d->rest.data + whole, d->rest.size - whole);
    return true;
}

bool adit_der_optional(struct adit_der *d, uint32_t tag, struct adit_der_item *item)
{
    struct adit_der before = *d;
    if (adit_der_next(d, item) && item->tag == tag)
        return true;
    *d = before;
    return false;
}

bool adit_der_expect(struct adit_der *d, uint32_t tag, struct adit_der_item *item)
{
    if (!adit_der_next(d, item)) {
        d->fault = d->fault ? d->fault : "an item is missing";
        return false;
    }
    if (item->tag != tag)
        d->fault = "an item is of another type than it has to be";
    return item->tag == tag;
}

/* ---- numbers ---- */

/* 8.3.2: two's complement; the magnitude of what is not negative, without leading zeros. False: it is none. */
static bool magnitude(struct adit_text *content)
{
    if (content->size == 0 || (uint8_t)content->data[0] & 0x80)
        return false;
    while (content->size > 1 && content->data[0] == 0)
        *content = adit_text_of(content->data + 1, content->size - 1);
    return true;
}

bool adit_der_u64(struct adit_text content, uint64_t *out)
{
    if (!magnitude(&content) || content.size > 8)
        return false;
    *out = adit_number(content.data, (uint32_t)content.size, true);
    return true;
}

bool adit_der_i64(struct adit_text content, int64_t *out)
{
    if (content.size == 0 || content.size > 8)
        return false;
    uint64_t sign = 1ull << (8 * content.size - 1);
    *out = (int64_t)((adit_number(content.data, (uint32_t)content.size, true) ^ sign) - sign);
    return true;
}

size_t adit_der_hex(struct adit_text content, char *out, size_t room)
{
    if (!magnitude(&content) || content.size > (SIZE_MAX - 1) / 2 || content.size * 2 + 1 > room)
        return 0;
    size_t n = adit_hex_upper(content.data, content.size, out);
    out[n] = '\0';
    return n;
}

/* Nine digits at a time, the lowest first. */
size_t adit_der_decimal(struct adit_text content, char *out, size_t room)
{
    enum { LIMBS = MAX_DECIMAL * 8 / 29 + 2 };
    uint32_t limbs[LIMBS] = {0};
    size_t count = 1, n = 0;
    if (!magnitude(&content) || content.size > MAX_DECIMAL)
        return 0;
    for (size_t i = 0; i < content.size; i++) {
        uint64_t carry = (uint8_t)content.data[i];
        for (size_t k = 0; k < count; k++) {
            carry += (uint64_t)limbs[k] * 256;
            limbs[k] = (uint32_t)(carry % 1000000000);
            carry /= 1000000000;
        }
        if (carry)
            limbs[count++] = (uint32_t)carry;
    }
    if (room < count * 9 + 1)
        return 0;
    for (size_t k = count; k-- > 0;)
        n += (size_t)snprintf(out + n, room - n, k + 1 == count ? "%u" : "%09u", limbs[k]);
    return n;
}

uint64_t adit_der_bit_length(struct adit_text content)
{
    if (!magnitude(&content))
        return 0;
    uint64_t bits = (uint64_t)content.size * 8 - 8;
    for (uint8_t top = (uint8_t)content.data[0]; top > 0; top >>= 1)
        bits++;
    return bits;
}

/* ---- bits, identifiers ---- */

bool adit_der_bits(struct adit_text content, struct adit_text *bytes, unsigned *unused)
{
    struct adit_cursor c = adit_cursor_memory(content.data, content.size);
    *unused = adit_read_u8(&c);
    if (*unused > 7 || (content.size == 1 && *unused != 0))
        return false;
    *bytes = adit_read_bytes(&c, adit_left(&c));
    return adit_ok(&c);
}

bool adit_der_bit(struct adit_text content, uint32_t n)
{
    struct adit_text bytes;
    unsigned unused;
    return adit_der_bits(content, &bytes, &unused) && n < bytes.size * 8 - unused &&
           (uint8_t)bytes.data[n / 8] & (0x80u >> n % 8);
}

size_t adit_der_oid(struct adit_text content, char *out, size_t room)
{
    uint64_t arc = 0;
    size_t n = 0;
    bool begun = false;
    if (content.size == 0 || (uint8_t)content.data[content.size - 1] & 0x80)
        return 0;
    for (size_t i = 0; i < content.size; i++) {
        uint8_t byte = (uint8_t)content.data[i];
        if (arc >> 57 || (!begun && byte == 0x80)) /* 8.19.2: no leading zeros */
            return 0;
        arc = arc << 7 | (byte & 0x7f);
        begun = byte & 0x80;
        if (begun)
            continue;
        int wrote;
        if (n == 0) { /* 8.19.4: the first two arcs in one number */
            uint64_t first = arc < 80 ? arc / 40 : 2;
            wrote = snprintf(out, room, "%llu.%llu", (unsigned long long)first, (unsigned long long)(arc - first * 40));
        } else {
            wrote = snprintf(out + n, room - n, ".%llu", (unsigned long long)arc);
        }
        n += (size_t)wrote;
        if (n >= room)
            return 0;
        arc = 0;
    }
    return n;
}

/* ---- times ---- */

static bool digits(struct adit_text *t, unsigned n, unsigned *out)
{
    *out = 0;
    if (t->size < n)
        return false;
    for (unsigned i = 0; i < n; i++) {
        if (t->data[i] < '0' || t->data[i] > '9')
            return false;
        *out = *out * 10 + (unsigned)(t->data[i] - '0');
    }
    *t = adit_text_of(t->data + n, t->size - n);
    return true;
}

static bool read_zone(struct adit_text t, int16_t *zone)
{
    unsigned hours, minutes;
    bool east = t.size > 0 && t.data[0] == '+';
    *zone = t.size ? 0 : ADIT_ZONE_UNKNOWN;
    if (t.size == 0 || adit_text_is(t, "Z"))
        return true;
    if (!east && t.data[0] != '-')
        return false;
    t = adit_text_of(t.data + 1, t.size - 1);
    if (!digits(&t, 2, &hours) || !digits(&t, 2, &minutes) || t.size > 0 || hours > 23 || minutes > 59)
        return false;
    *zone = (int16_t)((east ? 1 : -1) * (int)(hours * 60 + minutes));
    return true;
}

bool adit_der_time(const struct adit_der_item *item, struct adit_time *out)
{
    bool general = item->tag == ADIT_DER_GENERALIZED_TIME;
    struct adit_text t = item->content;
    struct adit_time m = {0, 0, 0, 0, 0, 0, ADIT_TIME_MINUTE, 0, 0};
    unsigned year, month, day, hour, minute = 0, second = 0, digit, scale = 100000000, count = 0;
    if ((!general && item->tag != ADIT_DER_UTC_TIME) || !digits(&t, general ? 4 : 2, &year) || !digits(&t, 2, &month) ||
        !digits(&t, 2, &day) || !digits(&t, 2, &hour))
        return false;
    if (digits(&t, 2, &minute) && digits(&t, 2, &second))
        m.precision = ADIT_TIME_SECOND;
    if (general && m.precision == ADIT_TIME_SECOND && t.size > 1 && (t.data[0] == '.' || t.data[0] == ',')) {
        t = adit_text_of(t.data + 1, t.size - 1);
        for (; digits(&t, 1, &digit); scale /= 10, count++)
            m.nanosecond += digit * scale;
        m.precision = count <= 3 ? ADIT_TIME_MILLISECOND : count <= 6 ? ADIT_TIME_MICROSECOND : ADIT_TIME_NANOSECOND;
    }
    m.year = (int32_t)(general ? year : year < 50 ? 2000 + year : 1900 + year);
    m.month = (uint8_t)month;
    m.day = (uint8_t)day;
    m.hour = (uint8_t)hour;
    m.minute = (uint8_t)minute;
    m.second = (uint8_t)second;
    if (!read_zone(t, &m.zone) || !adit_time_valid(&m))
        return false;
    *out = m;
    return true;
}

/* ---- text ---- */

static enum adit_charset charset_of(uint32_t tag)
{
    switch (tag) {
    case ADIT_DER_UTF8_STRING:
        return ADIT_CHARSET_UTF8;
    case ADIT_DER_BMP_STRING:
        return ADIT_CHARSET_UTF16BE;
    case ADIT_DER_NUMERIC_STRING:
    case ADIT_DER_PRINTABLE_STRING:
    case ADIT_DER_T61_STRING:
    case ADIT_DER_IA5_STRING:
    case ADIT_DER_VISIBLE_STRING:
        return ADIT_CHARSET_LATIN1; /* of which the others are a part, but T.61, which nobody writes as such */
    default:
        return (enum adit_charset)0;
    }
}

bool adit_der_is_text(const struct adit_der_item *item)
{
    return charset_of(item->tag) != 0 || item->tag == ADIT_DER_UNIVERSAL_STRING;
}

size_t adit_der_text(const struct adit_der_item *item, char *out, size_t room)
{
    size_t n = 0;
    bool cut = false;
    if (charset_of(item->tag))
        return adit_charset_to_utf8(charset_of(item->tag), item->content, out, room);
    if (item->tag != ADIT_DER_UNIVERSAL_STRING)
        return 0;
    struct adit_cursor c = adit_cursor_memory(item->content.data, item->content.size);
    while (adit_left(&c) >= 4) { /* 8.23.7: UTF-32, big endian */
        char utf8[4];
        size_t size = adit_utf8_put(adit_read_u32be(&c), utf8);
        cut = cut || n + size > room;
        if (!cut)
            memcpy(out + n, utf8, size);
        n += size;
    }
    return n;
}
