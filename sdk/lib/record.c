/* SPDX-License-Identifier: MIT */
/* Records by a table of rows. */
#include <adit/guid.h>
#include <adit/hex.h>
#include <adit/record.h>
#include <adit/time.h>

#include <string.h>

enum { MAX_DIGITS = 32 };

/* One record that is being read. */
struct pass {
    struct adit_cursor *c;
    void *keep;
    uint64_t start; /* of the record */
    uint64_t last;  /* the number that was read last, for ADIT_RECORD_BITS */
    unsigned depth; /* of objects that were begun */
    bool wide;
};

static uint32_t times_of(const struct adit_row *r)
{
    return r->times ? r->times : 1;
}

static bool is_number(const struct adit_row *r)
{
    return (r->kind >= ADIT_RECORD_UNSIGNED && r->kind <= ADIT_RECORD_FOURCC) && r->kind != ADIT_RECORD_FLOAT;
}

/* Bytes of the number in the file. */
static uint32_t width_of(const struct pass *p, const struct adit_row *r)
{
    return r->is_word && p->wide ? 8 : r->size;
}

/* Bits that the number may need, with what is added to it. */
static uint32_t bits_of(const struct pass *p, const struct adit_row *r)
{
    uint32_t bits = r->kind == ADIT_RECORD_BITS     ? r->bits
                    : r->kind == ADIT_RECORD_DIGITS ? r->size * (r->base == 8 ? 3 : 4)
                                                    : width_of(p, r) * 8;
    bits += r->units > 1 ? 64 : r->plus > 0;
    return bits < 64 ? bits : 64;
}

/* What makes the row one that cannot be read; NULL: nothing. */
static const char *fault_of(const struct adit_row *r)
{
    if (r->times > 1 && !is_number(r) && r->kind != ADIT_RECORD_FLOAT)
        return "only numbers come several times";
    if (r->convert && r->kind != ADIT_RECORD_CHARS)
        return "only text is in a charset";
    switch (r->kind) {
    case ADIT_RECORD_BEGIN:
        return !r->name ? "an object has a name" : NULL;
    case ADIT_RECORD_UNSIGNED:
    case ADIT_RECORD_SIGNED:
        return r->size < 1 || r->size > 8 ? "a number has 1 to 8 bytes" : NULL;
    case ADIT_RECORD_DIGITS:
        return r->size > MAX_DIGITS || (r->base != 8 && r->base != 10 && r->base != 16)
                   ? "digits are 32 at most, of base 8, 10 or 16"
                   : NULL;
    case ADIT_RECORD_BITS:
        return r->bits < 1 || r->shift + r->bits > 64 ? "bits are of the 64 of a number" : NULL;
    case ADIT_RECORD_HEX:
        return r->size > ADIT_HEX_MAX ? "256 bytes at most are told as digits" : NULL;
    case ADIT_RECORD_MAGIC:
        return r->size > ADIT_CURSOR_WINDOW ? "a magic has 256 bytes at most" : NULL;
    default:
        return NULL;
    }
}

/* Can the member hold it? */
static bool fits(const struct pass *p, const struct adit_row *r)
{
    uint32_t each = r->keep_size / times_of(r);
    switch (r->keep_as) {
    case ADIT_KEEP_NOTHING:
        return true;
    case ADIT_KEEP_INTEGER:
        if (r->kind == ADIT_RECORD_BYTES)
            return r->keep_size >= r->size;
        return is_number(r) && (each == 1 || each == 2 || each == 4 || each == 8) && each * 8 >= bits_of(p, r);
    case ADIT_KEEP_CHARS:
        return r->kind == ADIT_RECORD_CHARS && r->keep_size > r->size;
    case ADIT_KEEP_TIME:
        return is_number(r) && r->since && each == sizeof(struct adit_time);
    case ADIT_KEEP_BOOL:
        return is_number(r) && each == sizeof(bool);
    default: /* a double */
        return (is_number(r) || r->kind == ADIT_RECORD_FLOAT) && each == sizeof(double);
    }
}

/* ---- reading ---- */

/* The next n bytes: in the cursor's window, until it is read again, or borrowed. */
static struct adit_text take(struct adit_cursor *c, uint32_t n)
{
    if (n > ADIT_CURSOR_WINDOW)
        return adit_read_bytes(c, n);
    const char *data = (const char *)adit_cursor_take(c, n);
    return adit_text_of(data, data ? n : 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\0';
}

/* False: there is none; what is no number makes the cursor fail. */
static bool read_digits(struct adit_cursor *c, const struct adit_row *r, uint64_t *out)
{
    struct adit_text text = adit_text_trim_end(take(c, r->size));
    uint64_t value = 0;
    size_t i = 0;
    while (i < text.size && is_blank(text.data[i]))
        i++;
    if (i == text.size)
        return false;
    for (; i < text.size; i++) {
        int digit = adit_hex_digit(text.data[i]);
        if (digit < 0 || digit >= r->base || value > (UINT64_MAX - (unsigned)digit) / r->base) {
            adit_fail(c);
            return false;
        }
        value = value * r->base + (unsigned)digit;
    }
    *out = value;
    return true;
}

/* Two's complement of `size` bytes. */
static int64_t extend(uint64_t raw, uint32_t size)
{
    unsigned above = 64 - 8 * size;
    return above == 0 ? (int64_t)raw : (int64_t)(raw << above) >> above;
}

static double float_of(uint64_t raw, uint32_t size)
{
    uint32_t low = (uint32_t)raw;
    float f;
    double d;
    memcpy(&f, &low, sizeof f);
    memcpy(&d, &raw, sizeof d);
    return size == 4 ? (double)f : d;
}

/* A number as it stands in the file. False: there is none. */
static bool read_raw(struct pass *p, const struct adit_row *r, uint64_t *raw)
{
    bool big = r->order == ADIT_ORDER_BE || (r->order == ADIT_ORDER_CURSOR && p->c->big_endian);
    if (r->kind == ADIT_RECORD_BITS) {
        *raw = p->last >> r->shift & (r->bits == 64 ? UINT64_MAX : (UINT64_C(1) << r->bits) - 1);
        return true;
    }
    if (r->kind == ADIT_RECORD_DIGITS) {
        if (!read_digits(p->c, r, raw))
            return false;
    } else {
        *raw = adit_cursor_number(p->c, width_of(p, r), big || r->kind == ADIT_RECORD_FOURCC);
    }
    p->last = *raw;
    return adit_ok(p->c);
}

static bool moment_of(uint64_t raw, uint8_t since, struct adit_time *t)
{
    const uint64_t year_10000 = 253402300800;
    int64_t epoch = since == ADIT_SINCE_1904 || since == ADIT_SINCE_1904_LOCAL ? -2082844800 : 0;
    uint16_t low = (uint16_t)raw, high = (uint16_t)(raw >> 16);
    switch (since) {
    case ADIT_SINCE_1601:
        return adit_time_from_filetime(raw, t);
    case ADIT_SINCE_DOS:
        return adit_time_from_dos(high, low, t);
    case ADIT_SINCE_DOS_DATE_FIRST:
        return adit_time_from_dos(low, high, t);
    default:
        if ((int64_t)raw >= (int64_t)year_10000 || (int64_t)raw < -(int64_t)year_10000)
            return false;
        *t = adit_time_from_unix((int64_t)raw + epoch, 0, ADIT_TIME_SECOND);
        t->zone = since == ADIT_SINCE_1904_LOCAL ? ADIT_ZONE_UNKNOWN : 0;
        return t->year <= 9999;
    }
}

/* The number with its sign, and with what the row says of its scale. */
static uint64_t number_of(const struct pass *p, const struct adit_row *r, uint64_t raw)
{
    uint64_t number = r->kind == ADIT_RECORD_SIGNED ? (uint64_t)extend(raw, width_of(p, r)) : raw;
    return number * (r->units ? r->units : 1) + r->plus;
}

/* What the number comes to. False: nothing that can be told. */
static bool value_of(const struct pass *p, const struct adit_row *r, uint64_t raw, struct adit_value *v)
{
    uint64_t number = number_of(p, r, raw);
    bool is_signed = r->kind == ADIT_RECORD_SIGNED;
    double parts = r->per != 0 ? r->per : 1;
    *v = adit_value_u64(number);
    if (r->since) {
        *v = adit_value_time((struct adit_time){0});
        return moment_of(number, r->since, &v->as.time);
    }
    if (r->as_bool)
        *v = adit_value_bool((raw != 0) == (r->as_bool == ADIT_BOOL_NOT_0));
    else if (r->kind == ADIT_RECORD_FLOAT)
        *v = adit_value_f64(float_of(raw, width_of(p, r)) / parts);
    else if (r->per != 0)
        *v = adit_value_f64((is_signed ? (double)(int64_t)number : (double)number) / parts);
    else if (is_signed)
        *v = adit_value_i64((int64_t)number);
    return true;
}

/* ---- keeping and emitting ---- */

static void keep_number(const struct pass *p, const struct adit_row *r, uint32_t nth, uint64_t raw,
                        const struct adit_value *v)
{
    uint32_t each = r->keep_size / times_of(r);
    char *to = (char *)p->keep + r->keep_at + (size_t)nth * each;
    uint64_t number = number_of(p, r, raw);
    double real = v->kind == ADIT_KIND_F64 ? v->as.f64 : v->kind == ADIT_KIND_I64 ? (double)v->as.i64 : (double)number;
    bool truth = v->kind == ADIT_KIND_BOOL ? v->as.boolean : number != 0;
    uint32_t u32 = (uint32_t)number;
    uint16_t u16 = (uint16_t)number;
    uint8_t u8 = (uint8_t)number;
    const void *from = r->keep_as == ADIT_KEEP_TIME    ? (const void *)&v->as.time
                       : r->keep_as == ADIT_KEEP_FLOAT ? (const void *)&real
                       : r->keep_as == ADIT_KEEP_BOOL  ? (const void *)&truth
                       : each == 8                     ? (const void *)&number
                       : each == 4                     ? (const void *)&u32
                       : each == 2                     ? (const void *)&u16
                                                       : (const void *)&u8;
    memcpy(to, from, each);
}

static void emit(const struct pass *p, const struct adit_row *r, const struct adit_value *v)
{
    if (r->emit)
        r->emit(p->c->job, r->name, v, p->keep);
    else if (r->name && r->convert)
        (void)r->convert(p->c->job, r->name, (enum adit_charset)r->charset, v->as.text);
    else if (r->name)
        (void)adit_emit(p->c->job, r->name, v);
}

static void emit_name(const struct pass *p, const struct adit_row *r, uint64_t number)
{
    const char *name = r->tags ? adit_tag_name(r->tags, r->tag_count, number) : NULL;
    if (r->tags && (name || r->unknown))
        (void)adit_emit_string(p->c->job, r->named, name ? name : r->unknown);
}

static void read_number(struct pass *p, const struct adit_row *r)
{
    uint64_t raw = 0;
    struct adit_value v;
    char code[5];
    for (uint32_t i = 0; i < times_of(r) && adit_ok(p->c); i++) {
        if (!read_raw(p, r, &raw))
            continue;
        bool is_told = value_of(p, r, raw, &v);
        if (r->keep_as && (is_told || r->keep_as != ADIT_KEEP_TIME))
            keep_number(p, r, i, raw, &v);
        if (r->wide_when)
            p->wide = raw == r->when;
        if (r->big_when)
            p->c->big_endian = raw == r->when;
        if (!is_told || (r->has_unless && raw == r->unless))
            continue;
        if (r->kind == ADIT_RECORD_FOURCC) {
            adit_fourcc_name((uint32_t)raw, code);
            v = adit_value_text(adit_text_of(code, 4));
        }
        emit(p, r, &v);
        emit_name(p, r, raw + r->plus);
    }
}

static void read_bytes(struct pass *p, const struct adit_row *r)
{
    char hex[2 * ADIT_HEX_MAX];
    struct adit_text text = take(p->c, r->size);
    char *to = r->keep_as ? (char *)p->keep + r->keep_at : NULL;
    if (!adit_ok(p->c))
        return;
    if (r->kind == ADIT_RECORD_CHARS)
        text = adit_text_trim_end(adit_text_until_nul(text));
    if (to) {
        memcpy(to, text.data, text.size);
        if (r->kind == ADIT_RECORD_CHARS)
            to[text.size] = '\0';
    }
    if (r->kind == ADIT_RECORD_HEX)
        text = adit_text_of(hex, adit_hex(text.data, text.size, hex));
    struct adit_value v = r->kind == ADIT_RECORD_BYTES ? adit_value_bytes(text) : adit_value_text(text);
    if (text.size > 0)
        emit(p, r, &v);
}

static void read_guid(struct pass *p, const struct adit_row *r)
{
    struct adit_guid g = r->kind == ADIT_RECORD_GUID ? adit_read_guid(p->c) : adit_read_uuid(p->c);
    char text[ADIT_GUID_TEXT];
    adit_guid_text(&g, text);
    struct adit_value v = adit_value_text(adit_text_c(text));
    if (adit_ok(p->c))
        emit(p, r, &v);
}

/* ADIT_OK: on to the next row. */
static int32_t read_row(struct pass *p, const struct adit_row *r)
{
    switch (r->kind) {
    case ADIT_RECORD_MAGIC:
        if (!adit_match(p->c, r->bytes, r->size) && adit_ok(p->c))
            return ADIT_DECLINED;
        break;
    case ADIT_RECORD_AT:
        adit_skip(p->c, p->start + r->size - p->c->at);
        break;
    case ADIT_RECORD_SKIP:
        adit_skip(p->c, r->size);
        break;
    case ADIT_RECORD_CHARS:
    case ADIT_RECORD_BYTES:
    case ADIT_RECORD_HEX:
        read_bytes(p, r);
        break;
    case ADIT_RECORD_GUID:
    case ADIT_RECORD_UUID:
        read_guid(p, r);
        break;
    case ADIT_RECORD_BEGIN:
        (void)adit_begin_object(p->c->job, r->name);
        p->depth++;
        break;
    case ADIT_RECORD_END:
        (void)adit_end(p->c->job);
        p->depth--;
        break;
    default:
        read_number(p, r);
    }
    return adit_ok(p->c) ? ADIT_OK : ADIT_MALFORMED;
}

/* The table's own mistakes: they show with every file that has the row. */
static bool is_sound(const struct pass *p, const struct adit_row *r, size_t nth)
{
    const char *fault = fault_of(r);
    if (!fault && r->keep_as && !p->keep)
        fault = "there is no struct to keep it in";
    if (!fault && !fits(p, r))
        fault = "what it is kept in is too small, or of another type";
    if (!fault && r->kind == ADIT_RECORD_AT && p->start + r->size < p->c->at)
        fault = "it is to be before the end of the one above";
    if (!fault && r->kind == ADIT_RECORD_END && p->depth == 0)
        fault = "no object was begun";
    if (fault)
        (void)adit_warnf(p->c->job, "this plugin's table of a record is wrong in row %u (%s): %s", (unsigned)nth + 1,
                         r->name ? r->name : "no field", fault);
    return !fault;
}

int32_t adit_record(struct adit_cursor *c, const struct adit_row *rows, size_t count, void *keep)
{
    struct pass p = {.c = c, .keep = keep, .start = c->at};
    int32_t status = adit_ok(c) ? ADIT_OK : ADIT_MALFORMED;
    for (size_t i = 0; i < count && status == ADIT_OK; i++)
        status = is_sound(&p, &rows[i], i) ? read_row(&p, &rows[i]) : ADIT_FAILED;
    for (; p.depth > 0; p.depth--)
        (void)adit_end(c->job);
    if (status != ADIT_OK)
        adit_fail(c);
    return status;
}

int32_t adit_records(struct adit_cursor *c, const char *name, const struct adit_row *rows, size_t count, void *keep,
                     uint64_t n)
{
    int32_t status = ADIT_OK;
    uint64_t size = adit_record_size(rows, count);
    for (uint64_t i = 0; i < n && status == ADIT_OK; i++) {
        if (size == 0 || adit_left(c) < size) {
            adit_fail(c);
            return ADIT_MALFORMED;
        }
        (void)adit_begin_object(c->job, name);
        status = adit_record(c, rows, count, keep);
        (void)adit_end(c->job);
    }
    return status;
}

uint64_t adit_record_size(const struct adit_row *rows, size_t count)
{
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const struct adit_row *r = &rows[i];
        if (r->kind == ADIT_RECORD_AT)
            size = r->size;
        else if (r->kind != ADIT_RECORD_BITS && r->kind != ADIT_RECORD_BEGIN && r->kind != ADIT_RECORD_END)
            size += (uint64_t)r->size * times_of(r);
    }
    return size;
}
