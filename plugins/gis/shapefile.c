/* SPDX-License-Identifier: MIT */
/* ESRI shapefiles: geometry of the main file, and what its companions say:
 * attributes (.dbf), reference system (.prj), encoding (.cpg), index (.shx).
 * Sources: ESRI Shapefile Technical Description (1998); dBASE III and IV table
 * structure, language drivers as in ESRI's. */
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/header.h>
#include <adit/tag.h>
#include <math.h>
#include <string.h>

ADIT_MODULE("shapefile", "1.0.0")

enum { HEADER = 100, MAX_FIELDS = 255, TEXT = 4096 };
#define LL(x) ((unsigned long long)(x))

/* Technical Description, table 1: "shape types"; form: 1 points alone, 2 parts
 * and points, 3 one point; 4 is added for Z. */
static const struct adit_tag shapes[] = {
    {0, 0, "Null Shape"}, {1, 3, "Point"},      {3, 2, "PolyLine"},     {5, 2, "Polygon"},      {8, 1, "MultiPoint"},
    {11, 7, "PointZ"},    {13, 6, "PolyLineZ"}, {15, 6, "PolygonZ"},    {18, 5, "MultiPointZ"}, {21, 3, "PointM"},
    {23, 2, "PolyLineM"}, {25, 2, "PolygonM"},  {28, 1, "MultiPointM"}, {31, 6, "MultiPatch"},
};

/* The language driver of a table, where no .cpg names its charset. */
static const struct adit_tag drivers[] = {
    {0x01, ADIT_CHARSET_CP437, "437"},
    {0x02, ADIT_CHARSET_CP850, "850"},
    {0x03, ADIT_CHARSET_WINDOWS_1252, "1252"},
    {0x04, ADIT_CHARSET_MACINTOSH, "Macintosh"},
    {0x08, ADIT_CHARSET_CP865, "865"},
    {0x26, ADIT_CHARSET_CP866, "866"},
    {0x57, ADIT_CHARSET_WINDOWS_1252, "ANSI 1252"},
    {0x64, ADIT_CHARSET_CP852, "852"},
    {0x65, ADIT_CHARSET_CP866, "866"},
    {0x66, ADIT_CHARSET_CP865, "865"},
    {0x67, ADIT_CHARSET_CP861, "861"},
    {0x6a, ADIT_CHARSET_CP737, "737"},
    {0x6b, ADIT_CHARSET_CP857, "857"},
    {0x87, ADIT_CHARSET_CP852, "852"},
    {0xc8, ADIT_CHARSET_WINDOWS_1250, "1250"},
    {0xc9, ADIT_CHARSET_WINDOWS_1251, "1251"},
    {0xca, ADIT_CHARSET_WINDOWS_1254, "1254"},
    {0xcb, ADIT_CHARSET_WINDOWS_1253, "1253"},
    {0xcc, ADIT_CHARSET_WINDOWS_1257, "1257"},
};

struct shapefile {
    const struct adit_call *job;
    int32_t status;
    uint32_t type, form;
    uint64_t records, nulls, parts, points, other;
    enum adit_charset charset; /* of the attributes; 0: not known */
};

/* Values below -10^38 mean that there is none ("Numeric Types"). */
static void emit_bound(const struct adit_call *job, const char *name, double value)
{
    if (isfinite(value) && value >= -1e38)
        (void)adit_emit_f64(job, name, value);
}

/* Table 1. False: it is no shapefile. */
static bool read_header(struct shapefile *s)
{
    static const char *const bounds[] = {"x_min", "y_min", "x_max", "y_max", "z_min", "z_max", "m_min", "m_max"};
    struct adit_cursor c = adit_cursor(s->job);
    if (adit_read_u32be(&c) != 9994)
        return false;
    adit_skip(&c, 20);
    uint64_t size = adit_read_u32be(&c) * 2ull, actual = adit_size(s->job);
    (void)adit_emit_u64(s->job, "version", adit_read_u32le(&c));
    s->type = adit_read_u32le(&c);
    const struct adit_tag *shape = adit_tag_find(ADIT_TAGS(shapes), s->type);
    s->form = shape ? shape->form : 0;
    (void)adit_emit_u64(s->job, "shape_type", s->type);
    (void)adit_emit_tag(s->job, "shape_type_name", ADIT_TAGS(shapes), s->type);
    (void)adit_begin_object(s->job, "bounds");
    for (int i = 0; i < 8; i++) {
        double value = adit_read_f64(&c);
        bool z = i == 4 || i == 5, m = i > 5;
        if (adit_ok(&c) && (!z || s->form & 4) && (!m || s->type > 10))
            emit_bound(s->job, bounds[i], value);
    }
    (void)adit_end(s->job);
    if (size != actual) {
        (void)adit_warnf(s->job, "offset 24: the file should have %llu bytes, it has %llu", LL(size), LL(actual));
        s->status = ADIT_MALFORMED;
    }
    return adit_ok(&c);
}

/* "Main file record headers": a number and a length, then the content, which
 * begins with its own shape type. */
static void read_record(struct shapefile *s, struct adit_cursor *content)
{
    uint32_t type = adit_read_u32le(content);
    s->nulls += type == 0;
    s->other += type != 0 && type != s->type;
    if (type == 0 || type != s->type)
        return;
    if ((s->form & 3) == 3) {
        s->points++;
        return;
    }
    adit_skip(content, 32);
    uint32_t parts = (s->form & 3) == 2 ? adit_read_u32le(content) : 0, points = adit_read_u32le(content);
    if (adit_ok(content) && parts * 4ull + points * 16ull <= adit_left(content)) {
        s->parts += parts;
        s->points += points;
    } else {
        s->other++;
    }
}

static bool read_records(struct shapefile *s, uint64_t most)
{
    struct adit_cursor c = adit_cursor(s->job);
    adit_seek(&c, HEADER);
    while (adit_left(&c) >= 12 && s->records < most) {
        uint64_t offset = adit_tell(&c);
        uint32_t number = adit_read_u32be(&c);
        uint64_t size = adit_read_u32be(&c) * 2ull;
        if (size < 4 || size > adit_left(&c)) {
            (void)adit_warnf(s->job, "offset %llu: record %u should have %llu bytes, there are %llu", LL(offset),
                             number, LL(size), LL(adit_left(&c)));
            s->status = ADIT_MALFORMED;
            return true;
        }
        struct adit_cursor content = adit_sub(&c, size);
        read_record(s, &content);
        s->records++;
        if (s->records % 4096 == 0 && !adit_progress(s->job, adit_tell(&c), adit_length(&c)))
            return false;
    }
    return adit_left(&c) < 12;
}

static void emit_records(struct shapefile *s, bool whole)
{
    adit_source index = adit_companion(s->job, "shx");
    uint64_t indexed = index > 0 ? (adit_source_size(s->job, index) - HEADER) / 8 : 0;
    if (index > 0 && adit_source_size(s->job, index) >= HEADER)
        (void)adit_emit_u64(s->job, "index_count", indexed);
    if (!whole) {
        (void)adit_warnf(s->job, "only the first %llu records were examined (option max_records)", LL(s->records));
        return;
    }
    (void)adit_emit_u64(s->job, "record_count", s->records);
    (void)adit_emit_u64(s->job, "null_shapes", s->nulls);
    (void)adit_emit_u64(s->job, "points", s->points);
    if ((s->form & 3) == 2)
        (void)adit_emit_u64(s->job, "parts", s->parts);
    if (s->other > 0) {
        (void)adit_warnf(s->job, "%llu records are no %s, or shorter than their points", LL(s->other),
                         adit_tag_name(ADIT_TAGS(shapes), s->type) ? adit_tag_name(ADIT_TAGS(shapes), s->type)
                                                                   : "known shape");
        s->status = ADIT_MALFORMED;
    }
    if (index > 0 && indexed != s->records)
        (void)adit_warnf(s->job, "the index has %llu records, the main file %llu", LL(indexed), LL(s->records));
}

/* A small text beside the file, trimmed. */
static struct adit_text companion_text(struct shapefile *s, const char *label, char *room)
{
    adit_source source = adit_companion(s->job, label);
    int64_t got = source > 0 ? adit_read(s->job, source, 0, room, TEXT) : 0;
    struct adit_text text = adit_text_of(room, got > 0 ? (size_t)got : 0);
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        text = adit_text_of(text.data + 3, text.size - 3);
    return adit_text_trim(text);
}

/* Well-known text: the first name in quotes is the reference system's. */
static void read_reference(struct shapefile *s)
{
    char room[TEXT];
    struct adit_text wkt = companion_text(s, "prj", room);
    const char *open = wkt.size > 0 ? (const char *)memchr(wkt.data, '"', wkt.size) : NULL;
    const char *close = open ? (const char *)memchr(open + 1, '"', (size_t)(wkt.data + wkt.size - open - 1)) : NULL;
    if (close)
        (void)adit_emit_text(s->job, "crs", adit_text_of(open + 1, (size_t)(close - open - 1)));
    if (wkt.size > 0)
        (void)adit_emit_text(s->job, "wkt", wkt);
}

static void read_encoding(struct shapefile *s)
{
    char room[TEXT];
    struct adit_text name = companion_text(s, "cpg", room);
    if (name.size == 0)
        return;
    (void)adit_emit_text(s->job, "encoding", name);
    struct adit_text key, rest;
    s->charset = adit_charset_by_name(name);
    if (!s->charset && adit_text_split(name, ' ', &key, &rest)) /* "ANSI 1252" */
        s->charset = adit_charset_by_name(rest);
}

static void read_fields(struct shapefile *s, struct adit_cursor *c)
{
    for (int i = 0; i < MAX_FIELDS && adit_left(c) > 32; i++) {
        char name[11];
        if (adit_match_literal(c, "\r") || !adit_read_exact(c, name, sizeof name))
            return;
        struct adit_text text = adit_text_trim_end(adit_text_until_nul(adit_text_of(name, sizeof name)));
        char type[2] = {(char)adit_read_u8(c), '\0'};
        adit_skip(c, 4);
        uint8_t length = adit_read_u8(c), decimals = adit_read_u8(c);
        adit_skip(c, 14);
        (void)adit_begin_object(s->job, "fields");
        (void)adit_emit_in_charset(s->job, "name", s->charset ? s->charset : ADIT_CHARSET_LATIN1, text);
        (void)adit_emit_string(s->job, "type", type);
        (void)adit_emit_u64(s->job, "length", length);
        if (decimals > 0)
            (void)adit_emit_u64(s->job, "decimals", decimals);
        (void)adit_end(s->job);
    }
}

static void read_table(struct shapefile *s, bool whole)
{
    adit_source table = adit_companion(s->job, "dbf");
    if (table <= 0)
        return;
    struct adit_cursor c = adit_cursor_at(s->job, table, 0, UINT64_MAX);
    (void)adit_begin_object(s->job, "attributes");
    (void)adit_emit_u64(s->job, "version", adit_read_u8(&c));
    struct adit_time t = {.precision = ADIT_TIME_DAY, .zone = ADIT_ZONE_UNKNOWN};
    t.year = 1900 + adit_read_u8(&c);
    t.month = adit_read_u8(&c);
    t.day = adit_read_u8(&c);
    uint32_t records = adit_read_u32le(&c);
    (void)adit_read_u16le(&c);
    uint16_t size = adit_read_u16le(&c);
    adit_skip(&c, 17);
    uint8_t driver = adit_read_u8(&c);
    adit_skip(&c, 2);
    if (adit_ok(&c)) {
        if (adit_time_valid(&t))
            (void)adit_emit_time(s->job, "last_update", t);
        (void)adit_emit_u64(s->job, "record_count", records);
        (void)adit_emit_u64(s->job, "record_size", size);
        (void)adit_emit_u64(s->job, "language_driver", driver);
        (void)adit_emit_tag(s->job, "code_page", ADIT_TAGS(drivers), driver);
        const struct adit_tag *known = adit_tag_find(ADIT_TAGS(drivers), driver);
        s->charset = s->charset || !known ? s->charset : (enum adit_charset)known->form;
        read_fields(s, &c);
    }
    (void)adit_end(s->job);
    if (adit_ok(&c) && whole && records != s->records)
        (void)adit_warnf(s->job, "the table of attributes has %u records, the main file %llu", records, LL(s->records));
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct shapefile s = {.job = job, .status = ADIT_OK};
    (void)state;
    if (!read_header(&s)) {
        (void)adit_warn(job, "offset 0: expected the file code 9994 and a header of 100 bytes");
        return ADIT_MALFORMED;
    }
    bool whole = read_records(&s, adit_option_u64(job, "max_records", 500000));
    emit_records(&s, whole);
    read_reference(&s);
    read_encoding(&s);
    read_table(&s, whole);
    return s.status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
