/* SPDX-License-Identifier: MIT */
#include <adit/tiff.h>

static const struct {
    const char *name;
    uint16_t unit;
} types[] = {
    [ADIT_TIFF_BYTE] = {"BYTE", 1},
    [ADIT_TIFF_ASCII] = {"ASCII", 1},
    [ADIT_TIFF_SHORT] = {"SHORT", 2},
    [ADIT_TIFF_LONG] = {"LONG", 4},
    [ADIT_TIFF_RATIONAL] = {"RATIONAL", 8},
    [ADIT_TIFF_SBYTE] = {"SBYTE", 1},
    [ADIT_TIFF_UNDEFINED] = {"UNDEFINED", 1},
    [ADIT_TIFF_SSHORT] = {"SSHORT", 2},
    [ADIT_TIFF_SLONG] = {"SLONG", 4},
    [ADIT_TIFF_SRATIONAL] = {"SRATIONAL", 8},
    [ADIT_TIFF_FLOAT] = {"FLOAT", 4},
    [ADIT_TIFF_DOUBLE] = {"DOUBLE", 8},
    [ADIT_TIFF_IFD] = {"IFD", 4},
    [ADIT_TIFF_LONG8] = {"LONG8", 8},
    [ADIT_TIFF_SLONG8] = {"SLONG8", 8},
    [ADIT_TIFF_IFD8] = {"IFD8", 8},
    [ADIT_TIFF_UTF8] = {"UTF-8", 1},
};

static uint16_t unit_of(uint16_t type)
{
    return type < sizeof types / sizeof types[0] ? types[type].unit : 0;
}

const char *adit_tiff_type_name(uint16_t type)
{
    return unit_of(type) ? types[type].name : "unknown";
}

static enum adit_tiff_result open_with(struct adit_tiff *t, const struct adit_cursor *c, uint16_t magic, bool classic)
{
    struct adit_cursor copy = *c;
    t->values = adit_sub(&copy, adit_left(&copy));
    t->visited_count = 0;
    t->big = false;
    uint16_t order = adit_read_u16be(&t->values);
    if (order != 0x4949 && order != 0x4d4d)
        return ADIT_TIFF_NOT_TIFF;
    t->values.big_endian = order == 0x4d4d;
    t->magic = adit_read_u16(&t->values);
    if (classic && t->magic == 43) {
        t->big = adit_read_u16(&t->values) == 8 && adit_read_u16(&t->values) == 0;
        t->first_ifd = adit_read_u64(&t->values);
        return t->big && adit_ok(&t->values) ? ADIT_TIFF_OK : ADIT_TIFF_NOT_TIFF;
    }
    t->first_ifd = adit_read_u32(&t->values);
    return t->magic == magic && adit_ok(&t->values) ? ADIT_TIFF_OK : ADIT_TIFF_NOT_TIFF;
}

enum adit_tiff_result adit_tiff_open(struct adit_tiff *t, const struct adit_cursor *c)
{
    return open_with(t, c, 42, true);
}

enum adit_tiff_result adit_tiff_open_magic(struct adit_tiff *t, const struct adit_cursor *c, uint16_t magic)
{
    return open_with(t, c, magic, false);
}

enum adit_tiff_result adit_tiff_read_ifd(struct adit_tiff *t, uint64_t offset, struct adit_tiff_ifd *ifd)
{
    uint64_t entry_size = t->big ? 20 : 12, length = adit_length(&t->values);
    for (uint32_t i = 0; i < t->visited_count; i++)
        if (t->visited[i] == offset)
            return ADIT_TIFF_LOOP;
    if (t->visited_count == ADIT_TIFF_MAX_IFDS)
        return ADIT_TIFF_TOO_MANY;
    if (offset < 8 || offset >= length)
        return ADIT_TIFF_OUTSIDE;
    t->visited[t->visited_count++] = offset;

    t->values.failed = false; /* of a value that could not be read */
    struct adit_cursor c = adit_sub_at(&t->values, offset, length - offset);
    ifd->offset = offset;
    ifd->count = t->big ? adit_read_u64(&c) : adit_read_u16(&c);
    if (!adit_ok(&c))
        return ADIT_TIFF_OUTSIDE;
    ifd->available = adit_left(&c) / entry_size;
    if (ifd->available > ifd->count)
        ifd->available = ifd->count;
    ifd->entries = adit_sub(&c, ifd->available * entry_size);
    ifd->next = t->big ? adit_read_u64(&c) : adit_read_u32(&c);
    return ADIT_TIFF_OK;
}

bool adit_tiff_next(const struct adit_tiff *t, struct adit_tiff_ifd *ifd, struct adit_tiff_entry *e)
{
    struct adit_cursor *c = &ifd->entries;
    uint64_t room = t->big ? 8 : 4;
    if (adit_left(c) == 0)
        return false;
    e->entry = c->at - adit_tiff_base(t);
    e->tag = adit_read_u16(c);
    e->type = adit_read_u16(c);
    e->count = t->big ? adit_read_u64(c) : adit_read_u32(c);
    e->unit = unit_of(e->type);
    if (__builtin_mul_overflow(e->count, (uint64_t)e->unit, &e->size))
        e->size = UINT64_MAX;
    uint64_t here = c->at - adit_tiff_base(t);
    uint64_t there = t->big ? adit_read_u64(c) : adit_read_u32(c);
    e->offset = e->size <= room ? here : there;
    uint64_t length = adit_length(&t->values);
    e->inside = e->unit != 0 && e->offset <= length && e->size <= length - e->offset;
    return adit_ok(c);
}

/* Moves to value i; false where it is not there. */
static bool seek_value(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i)
{
    if (!e->inside || i >= e->count)
        return false;
    t->values.failed = false;
    adit_seek(&t->values, e->offset + i * e->unit);
    return adit_ok(&t->values);
}

bool adit_tiff_is_integer(const struct adit_tiff_entry *e)
{
    switch (e->type) {
    case ADIT_TIFF_BYTE:
    case ADIT_TIFF_SHORT:
    case ADIT_TIFF_LONG:
    case ADIT_TIFF_SBYTE:
    case ADIT_TIFF_UNDEFINED:
    case ADIT_TIFF_SSHORT:
    case ADIT_TIFF_SLONG:
    case ADIT_TIFF_IFD:
    case ADIT_TIFF_LONG8:
    case ADIT_TIFF_SLONG8:
    case ADIT_TIFF_IFD8:
        return true;
    default:
        return false;
    }
}

bool adit_tiff_is_number(const struct adit_tiff_entry *e)
{
    return adit_tiff_is_integer(e) || e->type == ADIT_TIFF_RATIONAL || e->type == ADIT_TIFF_SRATIONAL ||
           e->type == ADIT_TIFF_FLOAT || e->type == ADIT_TIFF_DOUBLE;
}

int64_t adit_tiff_i64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i)
{
    if (!adit_tiff_is_integer(e) || !seek_value(t, e, i))
        return 0;
    struct adit_cursor *c = &t->values;
    bool is_signed = e->type == ADIT_TIFF_SBYTE || e->type == ADIT_TIFF_SSHORT || e->type == ADIT_TIFF_SLONG;
    switch (e->unit) {
    case 1:
        return is_signed ? adit_read_i8(c) : adit_read_u8(c);
    case 2:
        return is_signed ? adit_read_i16(c) : adit_read_u16(c);
    case 4:
        return is_signed ? (int64_t)adit_read_i32(c) : (int64_t)adit_read_u32(c);
    default:
        return adit_read_i64(c);
    }
}

uint64_t adit_tiff_u64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i)
{
    return (uint64_t)adit_tiff_i64(t, e, i);
}

bool adit_tiff_rational(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i, int64_t *numerator,
                        int64_t *denominator)
{
    bool is_signed = e->type == ADIT_TIFF_SRATIONAL;
    if ((!is_signed && e->type != ADIT_TIFF_RATIONAL) || !seek_value(t, e, i))
        return false;
    uint32_t n = adit_read_u32(&t->values), d = adit_read_u32(&t->values);
    *numerator = is_signed ? (int32_t)n : (int64_t)n;
    *denominator = is_signed ? (int32_t)d : (int64_t)d;
    return adit_ok(&t->values);
}

double adit_tiff_f64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i)
{
    int64_t n, d;
    if (adit_tiff_rational(t, e, i, &n, &d)) {
        if (d != 0)
            return (double)n / (double)d;
        return n == 0 ? __builtin_nan("") : n < 0 ? -__builtin_inf() : __builtin_inf();
    }
    if ((e->type == ADIT_TIFF_FLOAT || e->type == ADIT_TIFF_DOUBLE) && seek_value(t, e, i))
        return e->type == ADIT_TIFF_FLOAT ? (double)adit_read_f32(&t->values) : adit_read_f64(&t->values);
    if (!adit_tiff_is_integer(e) || !e->inside || i >= e->count)
        return __builtin_nan("");
    if (e->type == ADIT_TIFF_LONG8 || e->type == ADIT_TIFF_IFD8)
        return (double)adit_tiff_u64(t, e, i);
    return (double)adit_tiff_i64(t, e, i);
}

struct adit_text adit_tiff_bytes(struct adit_tiff *t, const struct adit_tiff_entry *e)
{
    struct adit_text none = {NULL, 0};
    if (!seek_value(t, e, 0))
        return none;
    return adit_read_bytes(&t->values, e->size);
}

struct adit_text adit_tiff_text(struct adit_tiff *t, const struct adit_tiff_entry *e)
{
    struct adit_text none = {NULL, 0};
    return e->unit == 1 ? adit_text_until_nul(adit_tiff_bytes(t, e)) : none;
}
