/* SPDX-License-Identifier: MIT */
/* Numbers in comments are sections of [MS-OLEPS]. */
#include <adit/cursor.h>
#include <adit/emit.h>
#include <adit/oleps.h>
#include <adit/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 28, MAX_SETS = 16, OVERLAP = 4 };

static void fault(struct adit_oleps *ps, const char *what, size_t at)
{
    if (!ps->fault) {
        ps->fault = what;
        ps->fault_at = at;
    }
}

static struct adit_cursor place(const struct adit_oleps *ps, size_t at)
{
    struct adit_cursor c = adit_cursor_memory(ps->bytes.data, ps->bytes.size);
    adit_seek(&c, at);
    return c;
}

/* What lies beyond the end is 0. */
static uint32_t u32(const struct adit_oleps *ps, size_t at)
{
    struct adit_cursor c = place(ps, at);
    return adit_read_u32le(&c);
}

enum adit_charset adit_charset_of_code_page(uint32_t code_page)
{
    char name[24];
    switch (code_page) {
    case 1200:
        return ADIT_CHARSET_UTF16LE;
    case 1201:
        return ADIT_CHARSET_UTF16BE;
    case 65001:
        return ADIT_CHARSET_UTF8;
    case 10000:
        return ADIT_CHARSET_MACINTOSH;
    case 10007:
        return ADIT_CHARSET_MAC_CYRILLIC;
    case 20866:
        return ADIT_CHARSET_KOI8_R;
    case 21866:
        return ADIT_CHARSET_KOI8_U;
    case 20127:
        return ADIT_CHARSET_LATIN1;
    default:
        break;
    }
    if (code_page >= 28591 && code_page <= 28606)
        (void)snprintf(name, sizeof name, "iso-8859-%u", code_page - 28590);
    else
        (void)snprintf(name, sizeof name, "cp%u", code_page);
    return adit_charset_by_name(adit_text_c(name));
}

bool adit_oleps_open(struct adit_oleps *ps, struct adit_text bytes)
{
    struct adit_cursor c = adit_cursor_memory(bytes.data, bytes.size);
    memset(ps, 0, sizeof *ps);
    ps->bytes = bytes;
    uint16_t order = adit_read_u16le(&c);
    ps->version = adit_read_u16le(&c);
    ps->system_version = adit_read_u16le(&c);
    ps->system = adit_read_u16le(&c);
    ps->class_id = adit_read_guid(&c);
    ps->sets = adit_read_u32le(&c);
    if (!adit_ok(&c) || order != 0xfffe) {
        fault(ps, adit_ok(&c) ? "the byte order mark is not 0xfffe" : "a property set stream has 28 bytes at least", 0);
        return false;
    }
    if (ps->sets > MAX_SETS) {
        fault(ps, "there are more property sets than are read", 24);
        ps->sets = MAX_SETS;
    }
    return true;
}

/* 2.20: of the properties of a set, the dictionary and the code page count for the others. */
static void find_special(struct adit_oleps *ps)
{
    ps->code_page = 0;
    ps->dictionary = 0;
    struct adit_cursor c = place(ps, ps->start + 8);
    for (uint32_t i = 0; i < ps->properties; i++) {
        uint32_t id = adit_read_u32le(&c);
        size_t at = ps->start + adit_read_u32le(&c);
        struct adit_cursor value = place(ps, at);
        if (id == 0)
            ps->dictionary = at;
        else if (id == 1 && adit_read_u32le(&value) == ADIT_OLEPS_I2 && adit_left(&value) >= 2)
            ps->code_page = adit_read_u16le(&value);
    }
    ps->charset = adit_charset_of_code_page(ps->code_page);
}

bool adit_oleps_next_set(struct adit_oleps *ps)
{
    while (ps->next_set < ps->sets) {
        size_t at = HEAD + 20 * (size_t)ps->next_set++;
        struct adit_cursor c = place(ps, at);
        ps->format = adit_read_guid(&c);
        ps->start = adit_read_u32le(&c);
        ps->properties = ps->next = 0;
        if (ps->start < HEAD + 20 || ps->start > ps->bytes.size || ps->bytes.size - ps->start < 8) {
            fault(ps, "a property set lies beyond the stream's end", at + 16);
            continue;
        }
        ps->properties = u32(ps, ps->start + 4);
        uint64_t room = (ps->bytes.size - ps->start - 8) / 8;
        if (ps->properties > room || ps->properties > ADIT_OLEPS_MAX) {
            fault(ps, "a property set has more properties than fit", ps->start + 4);
            ps->properties = (uint32_t)(room < ADIT_OLEPS_MAX ? room : ADIT_OLEPS_MAX);
        }
        find_special(ps);
        return true;
    }
    return false;
}

/* ---- values (2.15) ---- */

static unsigned width_of(uint16_t type)
{
    switch (type) {
    case ADIT_OLEPS_I1:
    case ADIT_OLEPS_UI1:
        return 1;
    case ADIT_OLEPS_I2:
    case ADIT_OLEPS_UI2:
    case ADIT_OLEPS_BOOL:
        return 2;
    case ADIT_OLEPS_I4:
    case ADIT_OLEPS_UI4:
    case ADIT_OLEPS_R4:
    case ADIT_OLEPS_ERROR:
    case ADIT_OLEPS_INT:
    case ADIT_OLEPS_UINT:
        return 4;
    case ADIT_OLEPS_I8:
    case ADIT_OLEPS_UI8:
    case ADIT_OLEPS_R8:
    case ADIT_OLEPS_CY:
    case ADIT_OLEPS_DATE:
    case ADIT_OLEPS_FILETIME:
        return 8;
    default:
        return 0;
    }
}

static bool is_counted(uint16_t type) /* its length comes first */
{
    return type == ADIT_OLEPS_LPSTR || type == ADIT_OLEPS_LPWSTR || type == ADIT_OLEPS_BSTR ||
           type == ADIT_OLEPS_BLOB || type == ADIT_OLEPS_CF;
}

/* Days since 1899-12-30; the zone is the writer's (2.2.5 of [MS-OAUT]). */
static struct adit_value date_value(double days)
{
    struct adit_value none = {ADIT_KIND_NONE, 0, {0}};
    if (!(days > -657435.0 && days < 2958466.0)) /* years 100 to 9999 */
        return none;
    double seconds = (days - 25569.0) * 86400.0;
    struct adit_time t = adit_time_from_unix((int64_t)(seconds + (seconds < 0 ? -0.5 : 0.5)), 0, ADIT_TIME_SECOND);
    t.zone = ADIT_ZONE_UNKNOWN;
    return adit_value_time(t);
}

static struct adit_value value_of(uint16_t type, uint64_t raw, unsigned width)
{
    uint64_t sign = 1ull << (8 * width - 1);
    struct adit_value none = {ADIT_KIND_NONE, 0, {0}};
    struct adit_time t;
    float single;
    double real;
    uint32_t low = (uint32_t)raw;
    switch (type) {
    case ADIT_OLEPS_BOOL:
        return adit_value_bool(raw != 0);
    case ADIT_OLEPS_R4:
        memcpy(&single, &low, sizeof single);
        return adit_value_f64((double)single);
    case ADIT_OLEPS_R8:
    case ADIT_OLEPS_DATE:
        memcpy(&real, &raw, sizeof real);
        return type == ADIT_OLEPS_DATE ? date_value(real) : adit_value_f64(real);
    case ADIT_OLEPS_CY:
        return adit_value_f64((double)(int64_t)raw / 10000.0);
    case ADIT_OLEPS_FILETIME:
        return adit_time_from_filetime(raw, &t) ? adit_value_time(t) : none;
    case ADIT_OLEPS_UI1:
    case ADIT_OLEPS_UI2:
    case ADIT_OLEPS_UI4:
    case ADIT_OLEPS_UI8:
    case ADIT_OLEPS_UINT:
    case ADIT_OLEPS_ERROR:
        return adit_value_u64(raw);
    default:
        return adit_value_i64((int64_t)((raw ^ sign) - sign));
    }
}

/* 2.5 to 2.12: text up to its NUL, or bytes. */
static void counted_value(const struct adit_oleps *ps, struct adit_oleps_value *v, size_t size)
{
    struct adit_text text = adit_text_of(ps->bytes.data + v->at, size);
    if (v->type == ADIT_OLEPS_BLOB || v->type == ADIT_OLEPS_CF) {
        v->value = adit_value_bytes(text);
        return;
    }
    v->charset = v->type == ADIT_OLEPS_LPWSTR ? ADIT_CHARSET_UTF16LE : ps->charset;
    if (v->charset == ADIT_CHARSET_UTF16LE || v->charset == ADIT_CHARSET_UTF16BE) {
        text.size &= ~(size_t)1;
        for (size_t i = 0; i < text.size; i += 2)
            if (text.data[i] == 0 && text.data[i + 1] == 0)
                text.size = i;
    } else {
        text = adit_text_until_nul(text);
    }
    v->value = adit_value_text(text);
}

/* Reads the value at *at and steps over it. False: it goes on beyond the end, or is of a type that is not read. */
static bool step(struct adit_oleps *ps, uint16_t type, size_t *at, bool padded, bool in_vector,
                 struct adit_oleps_value *v)
{
    size_t begin = *at, size = width_of(type);
    struct adit_cursor c = place(ps, begin);
    if (type == ADIT_OLEPS_VARIANT) {
        uint16_t inner = adit_read_u16le(&c);
        if (!in_vector || !adit_ok(&c) || inner == ADIT_OLEPS_VARIANT)
            return false;
        *at += 4;
        return step(ps, inner, at, padded, false, v);
    }
    memset(v, 0, sizeof *v);
    v->type = type;
    v->at = begin;
    if (is_counted(type)) {
        size = (size_t)adit_read_u32le(&c) * (type == ADIT_OLEPS_LPWSTR ? 2u : 1u);
        v->at = begin + 4;
        if (!adit_ok(&c) || size > adit_left(&c))
            return false;
        counted_value(ps, v, size);
    } else if (type == ADIT_OLEPS_CLSID) {
        size = 16;
        v->guid = adit_read_guid(&c);
        v->value = adit_value_bytes(adit_text_of((const char *)v->guid.bytes, 16));
    } else if (size > 0 && size <= adit_left(&c)) {
        v->raw = adit_cursor_number(&c, (uint32_t)size, false);
        v->value = value_of(type, v->raw, (unsigned)size);
    } else {
        return false;
    }
    *at = v->at + size;
    if (*at > ps->bytes.size)
        return false;
    /* 2.15: a value is padded to four bytes; numbers in a vector are not, texts by some writers only. */
    if (padded && (!in_vector || is_counted(type)))
        *at += (4 - size % 4) % 4;
    ps->spent += *at - begin + 1;
    return true;
}

/* Can all values of a vector be read so? Its texts end with a NUL then. */
static bool fits(struct adit_oleps *ps, const struct adit_oleps_property *p, bool padded)
{
    struct adit_oleps_value v;
    size_t at = p->at;
    uint64_t spent = ps->spent;
    bool good = true;
    for (uint32_t i = 0; good && i < p->count; i++) {
        size_t end = at;
        good = ps->spent - spent <= ps->bytes.size + 4 && step(ps, p->type, &at, padded, true, &v);
        if (good && v.value.kind == ADIT_KIND_STRING) {
            end = v.at + u32(ps, v.at - 4) * (v.type == ADIT_OLEPS_LPWSTR ? 2u : 1u);
            good = end == v.at || ps->bytes.data[end - 1] == '\0';
        }
    }
    return good;
}

/* Bounds the time that a stream takes whose properties lie over each other. */
static bool spent(struct adit_oleps *ps, size_t at)
{
    if (ps->spent <= OVERLAP * ((uint64_t)ps->bytes.size + 1024))
        return false;
    fault(ps, "properties lie over each other", at);
    return true;
}

bool adit_oleps_next(struct adit_oleps *ps, struct adit_oleps_property *p)
{
    while (ps->next < ps->properties && !spent(ps, ps->start)) {
        size_t entry = ps->start + 8 + 8 * (size_t)ps->next++;
        struct adit_cursor c = place(ps, entry);
        memset(p, 0, sizeof *p);
        p->id = adit_read_u32le(&c);
        uint32_t offset = adit_read_u32le(&c), type;
        if (p->id == 0)
            continue;
        p->at = ps->start + offset;
        if (offset < 8 || p->at > ps->bytes.size || ps->bytes.size - p->at < 4) {
            fault(ps, "a property lies beyond the stream's end", entry + 4);
            continue;
        }
        type = u32(ps, p->at) & 0xffff;
        p->at += 4;
        p->vector = type & ADIT_OLEPS_VECTOR;
        p->type = (uint16_t)(type & ~(uint32_t)ADIT_OLEPS_VECTOR);
        p->count = 1;
        p->padded = true;
        if (!width_of(p->type) && !is_counted(p->type) && p->type != ADIT_OLEPS_CLSID && !p->vector) {
            if (p->type > 1) /* VT_EMPTY, VT_NULL: there is no value */
                fault(ps, "a property has a type that is not read", p->at - 4);
            continue;
        }
        if (p->vector) {
            p->count = u32(ps, p->at);
            p->at += 4;
            p->padded = !fits(ps, p, false);
        }
        return true;
    }
    return false;
}

bool adit_oleps_value(struct adit_oleps *ps, struct adit_oleps_property *p, struct adit_oleps_value *v)
{
    if (p->given == p->count)
        return false;
    if (spent(ps, p->at))
        return false;
    if (!step(ps, p->type, &p->at, p->padded, p->vector, v)) {
        fault(ps, "a property goes on beyond the stream's end, or is of a type that is not read", p->at);
        p->given = p->count;
        return false;
    }
    p->given++;
    return true;
}

bool adit_oleps_enter(const struct adit_oleps *ps, const struct adit_oleps_value *blob, struct adit_oleps_property *p)
{
    memset(p, 0, sizeof *p);
    if (blob->type != ADIT_OLEPS_BLOB || blob->value.as.text.size < 4)
        return false;
    p->type = ADIT_OLEPS_VARIANT;
    p->vector = p->padded = true;
    p->count = u32(ps, blob->at);
    p->at = blob->at + 4;
    return true;
}

/* 2.17: names as long as they say, in the code page; in UTF-16 counted in units and padded to four bytes. */
size_t adit_oleps_name(const struct adit_oleps *ps, uint32_t id, char *out, size_t room)
{
    bool wide = ps->charset == ADIT_CHARSET_UTF16LE;
    uint32_t entries = ps->dictionary ? u32(ps, ps->dictionary) : 0;
    size_t at = ps->dictionary + 4;
    for (uint32_t i = 0; i < entries && i < ADIT_OLEPS_MAX && at + 8 <= ps->bytes.size; i++) {
        uint32_t of = u32(ps, at);
        uint64_t size = (uint64_t)u32(ps, at + 4) * (wide ? 2 : 1);
        at += 8;
        if (size > ps->bytes.size - at)
            break;
        if (of == id && size > (wide ? 2u : 1u)) {
            struct adit_text name = adit_text_of(ps->bytes.data + at, (size_t)size - (wide ? 2 : 1));
            memset(out, 0, room);
            if (ps->charset)
                (void)adit_charset_to_utf8(ps->charset, name, out, room - 1);
            else
                memcpy(out, name.data, name.size < room ? name.size : room - 1);
            return strlen(out);
        }
        at += (size_t)size;
        if (wide && (at - ps->dictionary) % 4)
            at += 2;
    }
    out[0] = '\0';
    return 0;
}

int adit_oleps_emit_value(const struct adit_call *job, struct adit_text name, const struct adit_oleps_value *v)
{
    struct adit_value value = v->value;
    char text[ADIT_GUID_TEXT];
    if (v->type == ADIT_OLEPS_CLSID) {
        adit_guid_text(&v->guid, text);
        value = adit_value_text(adit_text_c(text));
    }
    if (value.kind != ADIT_KIND_STRING || v->type == ADIT_OLEPS_CLSID || !v->charset || v->charset == ADIT_CHARSET_UTF8)
        return adit_emit_named(job, name, &value);
    size_t room = adit_charset_to_utf8(v->charset, value.as.text, NULL, 0);
    char *out = (char *)malloc(room ? room : 1);
    if (!out)
        return ADIT_E_LIMIT;
    value.as.text = adit_text_of(out, adit_charset_to_utf8(v->charset, value.as.text, out, room));
    int error = adit_emit_named(job, name, &value);
    free(out);
    return error;
}

int adit_oleps_emit(const struct adit_call *job, struct adit_text name, struct adit_oleps *ps,
                    struct adit_oleps_property *p)
{
    struct adit_oleps_value v;
    int error = p->vector ? adit_begin_named(job, name, ADIT_KIND_LIST) : 0;
    if (error)
        return error;
    while (!error && adit_oleps_value(ps, p, &v))
        if (v.value.kind != ADIT_KIND_NONE && (v.value.kind != ADIT_KIND_STRING || v.value.as.text.size > 0))
            error = adit_oleps_emit_value(job, p->vector ? ADIT_TEXT("") : name, &v);
    int ended = p->vector ? adit_end(job) : 0;
    return error ? error : ended;
}
