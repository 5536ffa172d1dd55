/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/dbf.h>

#include "emit_log.h"

static struct emit_log out;

/* dBASE III: 3 records of 13 bytes, changed 2003-10-31, code page 850, two columns. */
static const char table[] = "\x03\x67\x0a\x1f\x03\0\0\0\x61\0\x0d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0"
                            "STRA\xe1"
                            "E\0\0\0\0\0C\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                            "AREA\0xx\0\0\0\0N\0\0\0\0\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r rest";

static int32_t read_table(size_t size, struct adit_dbf *t, uint64_t *end)
{
    struct adit_call call = log_call(&out, table, size);
    struct adit_cursor c = adit_cursor(&call);
    int32_t status = adit_dbf_read(&c, t);
    assert_int_equal(out.depth, 0);
    *end = adit_tell(&c);
    return status;
}

static void test_table(void **state)
{
    struct adit_dbf t = {.charset = (enum adit_charset)0};
    uint64_t end;
    (void)state;
    assert_int_equal(read_table(sizeof table - 1, &t, &end), ADIT_OK);
    assert_string_equal(out.text, "version=3;last_update=2003-10-31T00:00:00;record_count=3;record_size=13;"
                                  "language_driver=2;code_page=850;fields{name=STRAßE;type=C;length=10;}"
                                  "fields{name=AREA;type=N;length=2;decimals=1;}");
    assert_int_equal(end, 97);
    assert_int_equal(t.charset, ADIT_CHARSET_CP850);
    assert_true(t.records == 3 && t.head_size == 97 && t.record_size == 13 && t.fields == 2 && t.version == 3);
}

/* What a .cpg says comes first. */
static void test_charset(void **state)
{
    struct adit_dbf t = {.charset = ADIT_CHARSET_ISO_8859_9};
    uint64_t end;
    (void)state;
    assert_int_equal(read_table(sizeof table - 1, &t, &end), ADIT_OK);
    assert_non_null(strstr(out.text, "name=STRAáE;"));
    assert_int_equal(t.charset, ADIT_CHARSET_ISO_8859_9);
}

static void test_cut(void **state)
{
    (void)state;
    for (size_t n = 0; n < 97; n++) {
        struct adit_dbf t = {.charset = (enum adit_charset)0};
        uint64_t end;
        assert_int_equal(read_table(n, &t, &end), ADIT_MALFORMED);
        assert_true(end <= n);
        assert_int_equal(t.fields, n < 64 ? 0 : n < 96 ? 1 : 2);
    }
}

/* 255 columns at most, whatever follows them; a day that is none is not told. */
static void test_bounds(void **state)
{
    static char many[32 + 300 * 32];
    struct adit_dbf t = {.charset = (enum adit_charset)0};
    (void)state;
    memset(many, 'x', sizeof many);
    many[1] = many[2] = many[3] = 50;
    struct adit_call call = log_call(&out, many, sizeof many);
    struct adit_cursor c = adit_cursor(&call);
    assert_int_equal(adit_dbf_read(&c, &t), ADIT_OK);
    assert_int_equal(t.fields, 255);
    assert_int_equal(adit_tell(&c), 32 + 255 * 32);
    assert_null(strstr(out.text, "last_update"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_charset),
                                       cmocka_unit_test(test_cut), cmocka_unit_test(test_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
