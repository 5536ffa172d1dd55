/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/oleps.h>

/* A stream of one set, at 48; its properties are (id, bytes), each padded to four by the caller. */
static char stream[4096];
static size_t used;

static void put(size_t at, uint64_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        stream[at + i] = (char)(value >> 8 * i);
}

static void begin(uint32_t properties)
{
    memset(stream, 0, sizeof stream);
    put(0, 0xfffe, 2);
    put(4, 0x00020a05, 4); /* Windows 5.10 */
    put(24, 1, 4);
    memcpy(stream + 28, "\xe0\x85\x9f\xf2\xf9\x4f\x68\x10\xab\x91\x08\x00\x2b\x27\xb3\xd9", 16);
    put(44, 48, 4);
    put(52, properties, 4);
    used = 56 + 8 * properties;
}

static void add(uint32_t index, uint32_t id, const char *bytes, size_t n)
{
    put(56 + 8 * index, id, 4);
    put(60 + 8 * index, used - 48, 4);
    memcpy(stream + used, bytes, n);
    used += n;
}
#define ADD(index, id, bytes) add(index, id, bytes, sizeof(bytes) - 1)

static struct adit_oleps ps;
static struct adit_oleps_property p;
static struct adit_oleps_value v;

static void open_set(void)
{
    assert_true(adit_oleps_open(&ps, adit_text_of(stream, used)));
    assert_true(adit_oleps_next_set(&ps));
}

static void next(uint32_t id)
{
    assert_true(adit_oleps_next(&ps, &p));
    assert_int_equal(p.id, id);
}

static void expect_text(const char *text)
{
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.kind, ADIT_KIND_STRING);
    char out[64];
    size_t n = adit_charset_to_utf8(v.charset, v.value.as.text, out, sizeof out);
    if (n != strlen(text) || memcmp(out, text, n) != 0)
        fail_msg("expected \"%s\", found \"%.*s\"", text, (int)n, out);
}

static void test_head(void **state)
{
    (void)state;
    begin(0);
    open_set();
    assert_true(adit_guid_is(&ps.format, ADIT_OLEPS_SUMMARY));
    assert_int_equal(ps.system, 2);
    assert_int_equal(ps.system_version, 0x0a05);
    assert_false(adit_oleps_next(&ps, &p));
    assert_false(adit_oleps_next_set(&ps));
    assert_null(ps.fault);
    assert_false(adit_oleps_open(&ps, adit_text_of(stream, 27)));
    stream[0] = 0;
    assert_false(adit_oleps_open(&ps, adit_text_of(stream, used)));
    assert_non_null(strstr(ps.fault, "byte order"));
}

static void test_numbers(void **state)
{
    static const struct {
        char bytes[13]; /* 12, and the literal's end */
        int64_t expected;
    } cases[] = {
        {"\x02\0\0\0\xff\xff\0\0", -1},
        {"\x03\0\0\0\xfe\xff\xff\xff", -2},
        {"\x10\0\0\0\x80\0\0\0", -128},
        {"\x16\0\0\0\0\0\0\x80", INT32_MIN},
        {"\x14\0\0\0\xfd\xff\xff\xff\xff\xff\xff\xff", -3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(1);
        add(0, 7, cases[i].bytes, 12);
        open_set();
        next(7);
        assert_true(adit_oleps_value(&ps, &p, &v));
        assert_int_equal(v.value.kind, ADIT_KIND_I64);
        assert_int_equal(v.value.as.i64, cases[i].expected);
        assert_false(adit_oleps_value(&ps, &p, &v));
    }
    begin(6);
    ADD(0, 2, "\x13\0\0\0\xff\xff\xff\xff");
    ADD(1, 3, "\x05\0\0\0\0\0\0\0\0\0\xf8\x3f");
    ADD(2, 4, "\x0b\0\0\0\xff\xff\0\0");
    ADD(3, 5, "\x06\0\0\0\x10\x27\0\0\0\0\0\0");
    ADD(4, 6, "\x04\0\0\0\0\0\x20\x40");
    ADD(5, 8, "\x48\0\0\0\x06\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
    open_set();
    next(2);
    assert_true(adit_oleps_value(&ps, &p, &v) && v.value.kind == ADIT_KIND_U64);
    assert_int_equal(v.value.as.u64, UINT32_MAX);
    next(3);
    assert_true(adit_oleps_value(&ps, &p, &v) && v.value.as.f64 == 1.5);
    next(4);
    assert_true(adit_oleps_value(&ps, &p, &v) && v.value.kind == ADIT_KIND_BOOL && v.value.as.boolean);
    next(5);
    assert_true(adit_oleps_value(&ps, &p, &v) && v.value.as.f64 == 1.0);
    next(6);
    assert_true(adit_oleps_value(&ps, &p, &v) && v.value.as.f64 == 2.5);
    next(8);
    assert_true(adit_oleps_value(&ps, &p, &v) && adit_guid_is(&v.guid, "00020906-0000-0000-c000-000000000046"));
    assert_null(ps.fault);
}

static void expect_time(int year, int month, int day, int hour, int second, int zone)
{
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.kind, ADIT_KIND_TIME);
    assert_int_equal(v.value.as.time.year, year);
    assert_int_equal(v.value.as.time.month, month);
    assert_int_equal(v.value.as.time.day, day);
    assert_int_equal(v.value.as.time.hour, hour);
    assert_int_equal(v.value.as.time.second, second);
    assert_int_equal(v.value.as.time.zone, zone);
}

static void test_times(void **state)
{
    (void)state;
    begin(4);
    ADD(0, 2,
        "\x40\0\0\0\x80\x8f\x53\x9e\x66\x4c\xc7\x01"); /* 2007-02-09T16:23:23Z, as FlashPix.ppt of ExifTool has it */
    ADD(1, 3, "\x40\0\0\0\0\0\0\0\0\0\0\0");           /* not set */
    ADD(2, 4, "\x07\0\0\0\0\0\0\0\0\x04\xe2\x40");     /* 36896.0: 2001-01-05 */
    ADD(3, 5, "\x07\0\0\0\0\0\0\0\0\0\xf0\x7f");       /* infinite */
    open_set();
    next(2);
    expect_time(2007, 2, 9, 16, 23, 0);
    assert_int_equal(v.raw, 0x01c74c669e538f80);
    next(3);
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.kind, ADIT_KIND_NONE);
    next(4);
    expect_time(2001, 1, 5, 0, 0, ADIT_ZONE_UNKNOWN);
    next(5);
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.kind, ADIT_KIND_NONE);
}

static void test_texts(void **state)
{
    (void)state;
    begin(4);
    ADD(0, 2, "\x1e\0\0\0\x05\0\0\0\xe4\xf6\x80\0x\0\0\0"); /* what is behind the NUL is not part of it */
    ADD(1, 1, "\x02\0\0\0\xe4\x04\0\0");
    ADD(2, 3, "\x1f\0\0\0\x03\0\0\0\xac\x20x\0\0\0\0\0");
    ADD(3, 4, "\x1e\0\0\0\0\0\0\0");
    open_set();
    assert_int_equal(ps.code_page, 1252);
    next(2);
    expect_text("äö€");
    next(1);
    next(3);
    expect_text("€x");
    next(4);
    expect_text("");
    assert_false(adit_oleps_next(&ps, &p));
    put(56 + 8 * 4 + 16 + 4, 1200, 2); /* the code page becomes UTF-16 */
    stream[56 + 8 * 4 + 8] = 'a';
    stream[56 + 8 * 4 + 9] = 0;
    stream[56 + 8 * 4 + 10] = 0;
    open_set();
    next(2);
    expect_text("a");
}

/* Texts in vectors follow each other at once, or padded to four bytes: as the file has it. */
static void test_vectors(void **state)
{
    (void)state;
    begin(4);
    ADD(0, 13, "\x1e\x10\0\0\2\0\0\0\2\0\0\0a\0\3\0\0\0bc\0\0\0");
    ADD(1, 14, "\x1e\x10\0\0\2\0\0\0\2\0\0\0a\0\0\0\3\0\0\0bc\0\0");
    ADD(2, 12, "\x0c\x10\0\0\2\0\0\0\x1e\0\0\0\2\0\0\0x\0\3\0\0\0\7\0\0\0\0\0");
    ADD(3, 15, "\x02\x10\0\0\3\0\0\0\1\0\2\0\xff\xff\0\0");
    open_set();
    for (uint32_t id = 13; id <= 14; id++) {
        next(id);
        assert_true(p.vector);
        assert_int_equal(p.count, 2);
        expect_text("a");
        expect_text("bc");
        assert_false(adit_oleps_value(&ps, &p, &v));
    }
    next(12);
    expect_text("x");
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.as.i64, 7);
    next(15);
    for (int i = 0; i < 3; i++) {
        assert_true(adit_oleps_value(&ps, &p, &v));
        assert_int_equal(v.value.as.i64, i < 2 ? i + 1 : -1);
    }
    assert_null(ps.fault);
}

static void test_names(void **state)
{
    char name[8];
    (void)state;
    begin(3);
    ADD(0, 0, "\2\0\0\0\2\0\0\0\4\0\0\0ab\xe9\0\3\0\0\0\x0a\0\0\0long name\0\0\0");
    ADD(1, 1, "\x02\0\0\0\xe4\x04\0\0");
    ADD(2, 2, "\3\0\0\0\1\0\0\0");
    open_set();
    assert_int_equal(adit_oleps_name(&ps, 2, name, sizeof name), 4);
    assert_string_equal(name, "abé");
    assert_int_equal(adit_oleps_name(&ps, 3, name, sizeof name), 7);
    assert_string_equal(name, "long na");
    assert_int_equal(adit_oleps_name(&ps, 2, name, 4), 2); /* no half characters */
    assert_string_equal(name, "ab");
    assert_int_equal(adit_oleps_name(&ps, 4, name, sizeof name), 0);
    next(1);
    next(2);  /* the dictionary is no property */
    begin(2); /* UTF-16: counted in units, padded to four */
    ADD(0, 0, "\2\0\0\0\2\0\0\0\3\0\0\0a\0b\0\0\0\0\0\3\0\0\0\2\0\0\0c\0\0\0");
    ADD(1, 1, "\x02\0\0\0\xb0\x04\0\0");
    open_set();
    assert_int_equal(adit_oleps_name(&ps, 2, name, sizeof name), 2);
    assert_int_equal(adit_oleps_name(&ps, 3, name, sizeof name), 1);
    assert_string_equal(name, "c");
}

static void test_blob_of_variants(void **state)
{
    struct adit_oleps_property inner;
    (void)state;
    begin(1);
    ADD(0, 5, "\x41\0\0\0\x18\0\0\0\2\0\0\0\3\0\0\0\x09\0\0\0\x1f\0\0\0\2\0\0\0x\0\0\0");
    open_set();
    next(5);
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.kind, ADIT_KIND_BYTES);
    assert_true(adit_oleps_enter(&ps, &v, &inner));
    p = inner;
    assert_true(adit_oleps_value(&ps, &p, &v));
    assert_int_equal(v.value.as.i64, 9);
    expect_text("x");
    assert_false(adit_oleps_value(&ps, &p, &v));
}

static void expect_fault(const char *text)
{
    open_set();
    while (adit_oleps_next(&ps, &p))
        while (adit_oleps_value(&ps, &p, &v))
            continue;
    if (!ps.fault || !strstr(ps.fault, text))
        fail_msg("expected \"%s\", found \"%s\"", text, ps.fault ? ps.fault : "no fault");
}

static void test_faults(void **state)
{
    (void)state;
    begin(1);
    ADD(0, 2, "\x1e\0\0\0\xff\xff\xff\x7f\0");
    expect_fault("goes on beyond");
    begin(1);
    ADD(0, 2, "\x99\0\0\0\0\0\0\0");
    expect_fault("not read");
    begin(1);
    ADD(0, 2, "\x03\0\0\0");
    put(60, 5000, 4);
    expect_fault("lies beyond");
    begin(1);
    ADD(0, 2, "\x03\0\0\0\0\0\0\0");
    put(52, 5000, 4);
    expect_fault("more properties than fit");
    begin(1);
    ADD(0, 2, "\x03\0\0\0\0\0\0\0");
    put(44, 5000, 4);
    assert_true(adit_oleps_open(&ps, adit_text_of(stream, used)));
    assert_false(adit_oleps_next_set(&ps));
    assert_non_null(strstr(ps.fault, "property set lies"));
    begin(400); /* all of them the same vector */
    for (uint32_t i = 0; i < 400; i++)
        put(60 + 8 * i, used - 48, 4);
    ADD(0, 2, "\x11\x10\0\0\0\2\0\0");
    used += 512;
    for (uint32_t i = 0; i < 400; i++)
        put(56 + 8 * i, 2, 4);
    expect_fault("over each other");
    assert_true(ps.spent < 5 * (uint64_t)(used + 1024));
}

static void test_code_pages(void **state)
{
    (void)state;
    assert_int_equal(adit_charset_of_code_page(1252), ADIT_CHARSET_WINDOWS_1252);
    assert_int_equal(adit_charset_of_code_page(1251), ADIT_CHARSET_WINDOWS_1251);
    assert_int_equal(adit_charset_of_code_page(437), ADIT_CHARSET_CP437);
    assert_int_equal(adit_charset_of_code_page(874), ADIT_CHARSET_WINDOWS_874);
    assert_int_equal(adit_charset_of_code_page(65001), ADIT_CHARSET_UTF8);
    assert_int_equal(adit_charset_of_code_page(28591), ADIT_CHARSET_LATIN1);
    assert_int_equal(adit_charset_of_code_page(28605), ADIT_CHARSET_ISO_8859_15);
    assert_int_equal(adit_charset_of_code_page(10000), ADIT_CHARSET_MACINTOSH);
    static const struct {
        uint32_t page;
        const char *bytes, *text;
    } east[] = {{932, "\x83\x65", "テ"}, {936, "\xd6\xd0", "中"}, {949, "\xc7\xd1", "한"}, {950, "\xa4\xa4", "中"}};
    for (size_t i = 0; i < sizeof east / sizeof *east; i++) {
        char out[8] = "";
        enum adit_charset charset = adit_charset_of_code_page(east[i].page);
        assert_true(charset);
        (void)adit_charset_to_utf8(charset, adit_text_c(east[i].bytes), out, sizeof out);
        assert_string_equal(out, east[i].text);
    }
    assert_int_equal(adit_charset_of_code_page(37), 0); /* EBCDIC */
    assert_int_equal(adit_charset_of_code_page(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_blob_of_variants),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_code_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
