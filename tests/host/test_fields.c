/* SPDX-License-Identifier: MIT */
/* The encoding of fields: varints, UTF-8, times, events, whole trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* ---- varints ---- */

static void test_varint_round_trip(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t around[] = {((uint64_t)1 << bit) - 1, (uint64_t)1 << bit, ((uint64_t)1 << bit) + 1, ~(uint64_t)0 >> bit};
        for (size_t i = 0; i < 4; i++) {
            struct buf b = BUF_INIT;
            put_varint(&b, around[i]);
            assert_true(b.size <= 10);
            uint8_t *exact = malloc(b.size); /* so that a read beyond is seen */
            assert_non_null(exact);
            memcpy(exact, b.data, b.size);
            const uint8_t *at = exact;
            uint64_t v = 0;
            assert_true(get_varint(&at, exact + b.size, &v));
            assert_true(v == around[i]);
            assert_ptr_equal(at, exact + b.size);
            for (size_t cut = 0; cut < b.size; cut++) {
                at = exact;
                assert_false(get_varint(&at, exact + cut, &v));
            }
            free(exact);
            buf_release(&b);
        }
    }
}

static void test_varint_overflow(void **state)
{
    (void)state;
    static const struct { const char *bytes; size_t size; bool good; uint64_t value; } cases[] = {
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, true, UINT64_MAX},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, false, 0},     /* bit 64 */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 10, false, 0},
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, false, 0}, /* eleven bytes */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x81\x00", 11, false, 0},
        {"\x80\x00", 2, true, 0},                                       /* longer than need be: read, never written */
        {"\x80", 1, false, 0},
        {"", 0, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t *at = (const uint8_t *)cases[i].bytes;
        uint64_t v = 99;
        if (get_varint(&at, at + cases[i].size, &v) != cases[i].good)
            fail_msg("case %zu", i);
        assert_true(v == (cases[i].good ? cases[i].value : 99));
    }
}

/* ---- UTF-8 ---- */

/* The Unicode Standard, table 3-7, spelled out once more in another way: decode, then look at the number. */
static bool valid_slowly(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        unsigned length = p[i] < 0x80 ? 1 : p[i] >= 0xc0 && p[i] < 0xe0 ? 2 : p[i] >= 0xe0 && p[i] < 0xf0 ? 3 : p[i] >= 0xf0 && p[i] < 0xf8 ? 4 : 0;
        if (length == 0 || i + length > n)
            return false;
        uint32_t c = length == 1 ? p[i] : p[i] & (0x7fu >> length);
        for (unsigned k = 1; k < length; k++) {
            if (p[i + k] >> 6 != 2)
                return false;
            c = c << 6 | (p[i + k] & 0x3fu);
        }
        static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
        if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return false;
        i += length;
    }
    return true;
}

static void test_utf8_every_two_and_three_bytes(void **state)
{
    (void)state;
    unsigned char p[4];
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            p[0] = (unsigned char)a;
            p[1] = (unsigned char)b;
            assert_int_equal(utf8_valid((char *)p, 1), valid_slowly(p, 1));
            assert_int_equal(utf8_valid((char *)p, 2), valid_slowly(p, 2));
            static const unsigned char third[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
            for (size_t i = 0; i < sizeof third; i++)
                for (size_t k = 0; k < sizeof third; k++) {
                    p[2] = third[i];
                    p[3] = third[k];
                    assert_int_equal(utf8_valid((char *)p, 3), valid_slowly(p, 3));
                    assert_int_equal(utf8_valid((char *)p, 4), valid_slowly(p, 4));
                }
        }
}

/* The eight-bytes-at-a-time path must not jump over anything, wherever it stands, nor read beyond the end. */
static void test_utf8_at_every_offset(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0\x80", "\xff", "\xe2\x82", "\xf4\x90\x80\x80"};
    for (size_t n = 0; n <= 24; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
                size_t size = n + strlen(pieces[i]);
                char *text = malloc(size);
                assert_non_null(text);
                memset(text, 'a', size);
                memcpy(text + at, pieces[i], strlen(pieces[i]));
                assert_int_equal(utf8_valid(text, size), i < 3);
                free(text);
            }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("\0", 1));
}

/* ---- events ---- */

static struct adit_value text_value(uint32_t kind, const char *text, size_t n)
{
    return (struct adit_value){.kind = kind, .as.text = {text, n}};
}

static struct field_event only_event(const struct buf *b)
{
    struct field_reader r = {(const uint8_t *)b->data, (const uint8_t *)b->data + b->size};
    struct field_event e, end;
    assert_int_equal(field_next(&r, &e), 1);
    assert_int_equal(field_next(&r, &end), 0);
    return e;
}

static void test_integers_round_trip(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 1, -1, 63, 64, -64, -65, INT32_MIN, INT32_MAX, INT64_MIN, INT64_MAX, INT64_MIN + 1};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct buf b = BUF_INIT;
        field_put_value(&b, "n", 1, &(struct adit_value){.kind = ADIT_KIND_I64, .as.i64 = numbers[i]});
        struct field_event e = only_event(&b);
        assert_int_equal(e.tag, FIELD_I64);
        assert_true(e.i64 == numbers[i]);
        buf_reset(&b);
        field_put_value(&b, "n", 1, &(struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = (uint64_t)numbers[i]});
        e = only_event(&b);
        assert_int_equal(e.tag, FIELD_U64);
        assert_true(e.u64 == (uint64_t)numbers[i]);
        buf_release(&b);
    }
}

static void test_floats_keep_their_bits(void **state)
{
    (void)state;
    const double numbers[] = {0.0, -0.0, 1.5, INFINITY, -INFINITY, NAN, 5e-324, 1.7976931348623157e308};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct buf b = BUF_INIT;
        field_put_value(&b, "f", 1, &(struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = numbers[i]});
        struct field_event e = only_event(&b);
        assert_memory_equal(&e.f64, &numbers[i], sizeof e.f64);
        buf_release(&b);
    }
}

static void test_text_round_trip(void **state)
{
    (void)state;
    static const struct { uint32_t kind; const char *text; size_t n; enum field_tag tag; } cases[] = {
        {ADIT_KIND_STRING, "", 0, FIELD_STRING},          {ADIT_KIND_STRING, "a\0b", 3, FIELD_STRING},
        {ADIT_KIND_STRING, "\xe2\x82\xac", 3, FIELD_STRING}, {ADIT_KIND_STRING, "\xff", 1, FIELD_BYTES_TEXT},
        {ADIT_KIND_BYTES, "\xff\0", 2, FIELD_BYTES},      {ADIT_KIND_BYTES, "text", 4, FIELD_BYTES},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT;
        struct adit_value v = text_value(cases[i].kind, cases[i].text, cases[i].n);
        field_put_value(&b, "t", 1, &v);
        struct field_event e = only_event(&b);
        assert_int_equal(e.tag, cases[i].tag);
        assert_int_equal(e.text.size, cases[i].n);
        assert_memory_equal(e.text.data, cases[i].text, cases[i].n);
        buf_release(&b);
    }
}

static void test_time_round_trip(void **state)
{
    (void)state;
    const struct adit_time t = {.year = INT32_MIN, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 60,
                                .precision = ADIT_TIME_NANOSECOND, .zone = -1439, .nanosecond = 999999999};
    struct buf b = BUF_INIT;
    field_put_value(&b, "t", 1, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = t});
    struct field_event e = only_event(&b);
    assert_int_equal(e.time.year, t.year);
    assert_int_equal(e.time.second, 60);
    assert_int_equal(e.time.zone, -1439);
    assert_int_equal(e.time.nanosecond, 999999999);
    buf_release(&b);
}

static void test_invalid_times_are_no_fields(void **state)
{
    (void)state;
    const struct adit_time good = {.year = 2023, .month = 2, .day = 28, .precision = ADIT_TIME_SECOND, .zone = 0};
    struct adit_time bad[12];
    for (size_t i = 0; i < 12; i++)
        bad[i] = good;
    bad[0].month = 13;
    bad[1].month = 0;
    bad[2].day = 29; /* 2023 has none */
    bad[3].day = 0;
    bad[4].hour = 24;
    bad[5].minute = 60;
    bad[6].second = 61;
    bad[7].precision = 0;
    bad[8].precision = 9;
    bad[9].zone = 1440;
    bad[10].zone = INT16_MIN + 1;
    bad[11].nanosecond = 1000000000;
    for (size_t i = 0; i < 12; i++) {
        struct buf b = BUF_INIT;
        field_put_value(&b, "t", 1, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = bad[i]});
        if (fields_valid(b.data, b.size))
            fail_msg("time %zu", i);
        buf_release(&b);
    }
}

static void test_malformed_events(void **state)
{
    (void)state;
    static const struct { const char *what; const char *bytes; size_t size; } cases[] = {
#define CASE(what, text) {what, text, sizeof(text) - 1}
        CASE("tag 0", "\x00\x01n"), CASE("tag 12", "\x0c\x01n"), CASE("tag 255", "\xff\x01n"),
        CASE("a tag alone", "\x01"), CASE("a name cut short", "\x01\x02n"), CASE("no payload", "\x01\x01n"),
        CASE("bool 2", "\x01\x01n\x02"), CASE("a float cut short", "\x04\x01n\0\0\0\0\0\0\0"),
        CASE("a string cut short", "\x05\x01n\x03xx"),
        CASE("a string of 2^63 bytes", "\x05\x01n\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01xx"),
        CASE("a string of 2^64-1 bytes", "\x05\x01n\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01xx"),
        CASE("a string that is not UTF-8", "\x05\x01n\x01\xff"), CASE("a name that is not UTF-8", "\x01\x01\xff\x01"),
        CASE("a time cut short", "\x07\x01n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        CASE("an end too many", "\x0a"), CASE("an object left open", "\x08\x01n"),
        CASE("a nameless field in an object", "\x01\x00\x01"), CASE("a name in a list", "\x09\x01n\x01\x01n\x01\x0a"),
        CASE("a nameless object at the top", "\x08\x00\x0a"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t *exact = malloc(cases[i].size);
        assert_non_null(exact);
        memcpy(exact, cases[i].bytes, cases[i].size);
        if (fields_valid(exact, cases[i].size))
            fail_msg("%s is taken for valid", cases[i].what);
        free(exact);
    }
    assert_true(fields_valid(BYTES("")));
    assert_true(fields_valid(BYTES("\x09\x01n\x01\x00\x01\x08\x00\x0a\x0a")));
}

static void test_name_length(void **state)
{
    (void)state;
    char name[FIELD_MAX_NAME + 1];
    memset(name, 'n', sizeof name);
    for (size_t n = FIELD_MAX_NAME; n <= FIELD_MAX_NAME + 1; n++) {
        struct buf b = BUF_INIT;
        field_put_value(&b, name, n, &(struct adit_value){.kind = ADIT_KIND_BOOL});
        assert_int_equal(fields_valid(b.data, b.size), n == FIELD_MAX_NAME);
        buf_release(&b);
    }
}

static void test_depth(void **state)
{
    (void)state;
    for (size_t depth = FIELD_MAX_DEPTH; depth <= FIELD_MAX_DEPTH + 1; depth++) {
        struct buf b = BUF_INIT;
        for (size_t i = 0; i < depth; i++)
            field_put_begin(&b, "o", 1, FIELD_OBJECT);
        for (size_t i = 0; i < depth; i++)
            field_put_end(&b);
        assert_int_equal(fields_valid(b.data, b.size), depth == FIELD_MAX_DEPTH);
        buf_release(&b);
    }
}

/* Every cut of valid fields is read to its end without a step beyond it. */
static void test_every_cut(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct adit_value s = text_value(ADIT_KIND_STRING, "value", 5);
    field_put_begin(&b, "list", 4, FIELD_LIST);
    field_put_begin(&b, NULL, 0, FIELD_OBJECT);
    field_put_value(&b, "s", 1, &s);
    field_put_value(&b, "t", 1, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = {.year = 1, .precision = 1}});
    field_put_value(&b, "f", 1, &(struct adit_value){.kind = ADIT_KIND_F64});
    field_put_end(&b);
    field_put_end(&b);
    assert_true(fields_valid(b.data, b.size));
    for (size_t cut = 1; cut < b.size; cut++) {
        uint8_t *part = malloc(cut);
        assert_non_null(part);
        memcpy(part, b.data, cut);
        assert_false(fields_valid(part, cut));
        free(part);
    }
    buf_release(&b);
}

/* ---- text of times ---- */

static void test_time_text(void **state)
{
    (void)state;
    static const struct { struct adit_time t; const char *text; } cases[] = {
        {{.year = 2003, .precision = ADIT_TIME_YEAR, .zone = 0}, "2003"},
        {{.year = 2003, .month = 10, .precision = ADIT_TIME_MONTH, .zone = ADIT_ZONE_UNKNOWN}, "2003-10"},
        {{.year = 2003, .month = 10, .day = 31, .precision = ADIT_TIME_DAY, .zone = 60}, "2003-10-31"},
        {{.year = 2003, .month = 10, .day = 31, .hour = 15, .minute = 4, .precision = ADIT_TIME_MINUTE, .zone = 0}, "2003-10-31T15:04Z"},
        {{.year = 2003, .month = 1, .day = 1, .second = 60, .precision = ADIT_TIME_SECOND, .zone = ADIT_ZONE_UNKNOWN}, "2003-01-01T00:00:60"},
        {{.year = 2003, .month = 1, .day = 1, .precision = ADIT_TIME_MILLISECOND, .nanosecond = 250000000, .zone = 120}, "2003-01-01T00:00:00.250+02:00"},
        {{.year = 2003, .month = 1, .day = 1, .precision = ADIT_TIME_MICROSECOND, .nanosecond = 1999, .zone = -1}, "2003-01-01T00:00:00.000001-00:01"},
        {{.year = 2003, .month = 1, .day = 1, .precision = ADIT_TIME_NANOSECOND, .nanosecond = 1, .zone = -1439}, "2003-01-01T00:00:00.000000001-23:59"},
        {{.year = 0, .precision = ADIT_TIME_YEAR}, "0000"},
        {{.year = -1, .precision = ADIT_TIME_YEAR}, "-0001"},
        {{.year = 9999, .precision = ADIT_TIME_YEAR}, "9999"},
        {{.year = 10000, .precision = ADIT_TIME_YEAR}, "+10000"},
        {{.year = INT32_MIN, .precision = ADIT_TIME_YEAR}, "-2147483648"},
        {{.year = INT32_MIN, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 60, .precision = ADIT_TIME_NANOSECOND,
          .nanosecond = 999999999, .zone = -1439}, "-2147483648-12-31T23:59:60.999999999-23:59"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FIELD_TIME_TEXT];
        memset(text, 'x', sizeof text);
        assert_int_equal(field_time_text(&cases[i].t, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varint_round_trip),    cmocka_unit_test(test_varint_overflow),
        cmocka_unit_test(test_utf8_every_two_and_three_bytes), cmocka_unit_test(test_utf8_at_every_offset),
        cmocka_unit_test(test_integers_round_trip),  cmocka_unit_test(test_floats_keep_their_bits),
        cmocka_unit_test(test_text_round_trip),      cmocka_unit_test(test_time_round_trip),
        cmocka_unit_test(test_invalid_times_are_no_fields), cmocka_unit_test(test_malformed_events),
        cmocka_unit_test(test_name_length),          cmocka_unit_test(test_depth),
        cmocka_unit_test(test_every_cut),            cmocka_unit_test(test_time_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
