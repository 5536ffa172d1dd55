/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/record.h>
#include <adit/time.h>

#include "emit_log.h"

static struct emit_log out;

/* Reads bytes by a table; what was emitted is in out.text. */
static int32_t read_all(const void *data, size_t size, const struct adit_row *rows, size_t count, void *keep,
                        uint64_t *end)
{
    struct adit_call call = log_call(&out, data, size);
    struct adit_cursor c = adit_cursor(&call);
    int32_t status = adit_record(&c, rows, count, keep);
    assert_int_equal(out.depth, 0);
    assert_int_equal(adit_ok(&c), status == ADIT_OK);
    if (end)
        *end = adit_tell(&c);
    return status;
}
#define READ(bytes, rows, keep) read_all((bytes), sizeof(bytes) - 1, ADIT_ROWS(rows), (keep), NULL)

static void test_numbers(void **state)
{
    static const char bytes[] = "AB\x01\xff\xfe\xfe\xff\x01\x02\x03\x04\x01\x02\x03\x80\0\0\0\0\0\0\0"
                                "\x3f\x80\0\0\0\0\0\0\0\0\xf8\x3f\xff\xff\xff\xfe\x01\0\0\0\0\0\0\x80";
    static const struct adit_row rows[] = {
        ADIT_MAGIC("AB"),  ADIT_U8("u8"),     ADIT_U16("u16"),   ADIT_I16LE("i16"),
        ADIT_U32BE("u32"), ADIT_U24LE("u24"), ADIT_I64BE("i64"), ADIT_F32BE("f32"),
        ADIT_F64LE("f64"), ADIT_I32BE("i32"), ADIT_U64("u64"),
    };
    uint64_t end;
    (void)state;
    assert_int_equal(read_all(bytes, sizeof bytes - 1, ADIT_ROWS(rows), NULL, &end), ADIT_OK);
    assert_string_equal(out.text,
                        "u8=1;u16=65279;i16=-2;u32=16909060;u24=197121;i64=-9223372036854775808;f32=1;f64=1.5;"
                        "i32=-2;u64=9223372036854775809;");
    assert_int_equal(end, sizeof bytes - 1);
    assert_int_equal(adit_record_size(ADIT_ROWS(rows)), sizeof bytes - 1);
}

static void test_options(void **state)
{
    static const struct adit_tag names[] = {{1, 0, "one"}, {2, 0, "two"}};
    static const char bytes[] = "\x02\x01\x09\x00\x07\x00\x80\x01\x00\xff\x80\x00\x01\x00\x01\x02\xc8\xff";
    static const struct adit_row rows[] = {
        ADIT_U8("a", ADIT_NAMES("a_name", names)),
        ADIT_U8(NULL, ADIT_NAMES("b_name", names)),
        ADIT_U8("c", ADIT_NAMES_OR("c_name", names, "other")),
        ADIT_U8("not_told", ADIT_UNLESS(0)),
        ADIT_U8("told", ADIT_UNLESS(0)),
        ADIT_U32BE("fixed", ADIT_PER(65536)),
        ADIT_I16BE("signed_fixed", ADIT_PER(256)),
        ADIT_U8("no", ADIT_IS_NOT_0),
        ADIT_U8("yes", ADIT_IS_NOT_0),
        ADIT_U8("none", ADIT_IS_0),
        ADIT_U8("list", ADIT_TIMES(2), ADIT_PLUS(1)),
        ADIT_U8(NULL),
        ADIT_BITS(4, 3, "bits"),
        ADIT_BITS(0, 4, "low", ADIT_PLUS(1)),
        ADIT_I8("scaled", ADIT_UNITS(512)),
    };
    (void)state;
    assert_int_equal(READ(bytes, rows, NULL), ADIT_OK);
    assert_string_equal(out.text, "a=2;a_name=two;b_name=one;c=9;c_name=other;told=7;fixed=128.004;signed_fixed=-0.5;"
                                  "no=false;yes=true;none=true;list=2;list=3;bits=4;low=9;scaled=-512;");
}

static void test_bits(void **state)
{
    /* RFC 9639, 8.2: 44100 Hz, 2 channels, 16 bits, 123456789 samples. */
    static const char bytes[] = "\x0a\xc4\x42\xf0\x07\x5b\xcd\x15";
    static const struct adit_row rows[] = {
        ADIT_U64BE(NULL),
        ADIT_BITS(44, 20, "sample_rate"),
        ADIT_BITS(41, 3, "channels", ADIT_PLUS(1)),
        ADIT_BITS(36, 5, "bits_per_sample", ADIT_PLUS(1)),
        ADIT_BITS(0, 36, "total_samples"),
        ADIT_BITS(0, 64, "all"),
    };
    (void)state;
    assert_int_equal(READ(bytes, rows, NULL), ADIT_OK);
    assert_string_equal(out.text, "sample_rate=44100;channels=2;bits_per_sample=16;total_samples=123456789;"
                                  "all=775818634497608981;");
}

static void test_text(void **state)
{
    static const char bytes[] = "name  \0x"
                                "\0\0\0"
                                "Stra\xdf"
                                "e"
                                "\x01\xfe"
                                "RIF\x01"
                                "\xde\xad"
                                "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
    static const struct adit_row rows[] = {
        ADIT_CHARS(8, "name"), ADIT_CHARS(3, "empty"), ADIT_CHARS(6, "latin", ADIT_IN(ADIT_CHARSET_LATIN1)),
        ADIT_BYTES(2, "raw"),  ADIT_CODE("code"),      ADIT_HEX(2, "hex"),
        ADIT_GUID("guid"),
    };
    static const struct adit_row uuid[] = {ADIT_AT(25), ADIT_UUID("uuid")};
    (void)state;
    assert_int_equal(READ(bytes, rows, NULL), ADIT_OK);
    assert_string_equal(out.text, "name=name;latin=Straße;raw=b:\x01\xfe;code=RIF?;hex=dead;"
                                  "guid=75b22630-668e-11cf-a6d9-00aa0062ce6c;");
    assert_int_equal(READ(bytes, uuid, NULL), ADIT_OK);
    assert_string_equal(out.text, "uuid=3026b275-8e66-cf11-a6d9-00aa0062ce6c;");
}

/* More than a cursor's window is borrowed from the source. */
static void test_long_text(void **state)
{
    static char bytes[400];
    static const struct adit_row rows[] = {ADIT_CHARS(300, "text"), ADIT_BYTES(100, "rest")};
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(read_all(bytes, sizeof bytes, ADIT_ROWS(rows), NULL, NULL), ADIT_OK);
    assert_int_equal(out.size, 5 + 300 + 1 + 5 + 2 + 100 + 1);
    assert_int_equal(read_all(bytes, 299, ADIT_ROWS(rows), NULL, NULL), ADIT_MALFORMED);
    assert_string_equal(out.text, "");
}

static void test_digits(void **state)
{
    static const struct adit_row ar[] = {ADIT_DIGITS(6, 10, "uid"), ADIT_DIGITS(8, 8, "mode"),
                                         ADIT_DIGITS(4, 16, "dev"), ADIT_DIGITS(3, 10, "blank")};
    static const struct adit_row list[] = {ADIT_DIGITS(1, 10, "n", ADIT_TIMES(4)), ADIT_U8("after")};
    static const struct adit_row large[] = {ADIT_DIGITS(20, 10, "n")};
    (void)state;
    assert_int_equal(READ("1000  100644  \0001fF   ", ar, NULL), ADIT_OK);
    assert_string_equal(out.text, "uid=1000;mode=33188;dev=511;");
    assert_int_equal(READ("1 2 x", list, NULL), ADIT_OK);
    assert_string_equal(out.text, "n=1;n=2;after=120;");
    assert_int_equal(READ("10 00 100644  01fF   ", ar, NULL), ADIT_MALFORMED);
    assert_int_equal(READ("1000  100648  01fF   ", ar, NULL), ADIT_MALFORMED);
    assert_string_equal(out.text, "uid=1000;");
    assert_int_equal(READ("18446744073709551615", large, NULL), ADIT_OK);
    assert_string_equal(out.text, "n=18446744073709551615;");
    assert_int_equal(READ("18446744073709551616", large, NULL), ADIT_MALFORMED);
}

static void test_times(void **state)
{
    static const struct adit_row rows[] = {
        ADIT_U32BE("unix", ADIT_IS_TIME(ADIT_SINCE_1970)),
        ADIT_I32BE("before", ADIT_IS_TIME(ADIT_SINCE_1970)),
        ADIT_U32BE("mp4", ADIT_IS_TIME(ADIT_SINCE_1904)),
        ADIT_U32BE("hfs", ADIT_IS_TIME(ADIT_SINCE_1904_LOCAL)),
        ADIT_U64BE("filetime", ADIT_IS_TIME(ADIT_SINCE_1601)),
        ADIT_U32LE("dos", ADIT_IS_TIME(ADIT_SINCE_DOS)),
        ADIT_U32LE("cab", ADIT_IS_TIME(ADIT_SINCE_DOS_DATE_FIRST)),
        ADIT_U64BE("far", ADIT_IS_TIME(ADIT_SINCE_1970)),
        ADIT_U64BE("last", ADIT_IS_TIME(ADIT_SINCE_1970)),
        ADIT_U32LE("no_day", ADIT_IS_TIME(ADIT_SINCE_DOS)),
    };
    static const char bytes[] = "\x3f\xa2\x84\xa3"
                                "\xff\xff\xff\xff"
                                "\0\0\0\x01"
                                "\0\0\0\0"
                                "\x01\xc3\x9f\xc6\xa1\x00\x53\x80"
                                "\x73\x7d\x5f\x2f"
                                "\x5f\x2f\x73\x7d"
                                "\0\0\0\x3a\xff\xf4\x41\x80"
                                "\0\0\0\x3a\xff\xf4\x41\x7f"
                                "\0\0\0\0";
    (void)state;
    assert_int_equal(READ(bytes, rows, NULL), ADIT_OK);
    assert_string_equal(out.text, "unix=2003-10-31T15:49:55Z;before=1969-12-31T23:59:59Z;mp4=1904-01-01T00:00:01Z;"
                                  "hfs=1904-01-01T00:00:00;filetime=2003-10-31T15:49:55Z;dos=2003-10-31T15:43:38;"
                                  "cab=2003-10-31T15:43:38;last=9999-12-31T23:59:59Z;");
}

struct kept {
    uint8_t u8;
    uint16_t u16;
    uint64_t wide;
    int32_t negative;
    double fixed, real;
    bool truth;
    struct adit_time time, none;
    char name[5];
    uint8_t raw[2];
    uint16_t list[3];
    double reals[2];
    uint32_t code;
    uint32_t after;
};
#define KEPT(m) ADIT_KEEP(struct kept, m)

static void test_keep(void **state)
{
    static const struct adit_row rows[] = {
        ADIT_U8(NULL, KEPT(u8), ADIT_UNLESS(7)),
        ADIT_U16LE(NULL, KEPT(u16)),
        ADIT_U16LE(NULL, KEPT(wide)),
        ADIT_I8(NULL, KEPT(negative)),
        ADIT_U16BE(NULL, KEPT(fixed), ADIT_PER(256)),
        ADIT_F32BE(NULL, KEPT(real)),
        ADIT_U8(NULL, KEPT(truth)),
        ADIT_U32BE(NULL, KEPT(time), ADIT_IS_TIME(ADIT_SINCE_1970)),
        ADIT_U32BE(NULL, KEPT(none), ADIT_IS_TIME(ADIT_SINCE_DOS)),
        ADIT_CHARS(4, NULL, KEPT(name)),
        ADIT_BYTES(2, NULL, KEPT(raw)),
        ADIT_U8(NULL, KEPT(list), ADIT_TIMES(3), ADIT_PLUS(1)),
        ADIT_CODE(NULL, KEPT(code)),
    };
    struct kept k = {.none = {.year = 12}, .after = 0x5a5a5a5a};
    memset(k.name, 'z', sizeof k.name);
    (void)state;
    assert_int_equal(READ("\x07\x01\x02\x03\x04\xfe\x01\x80\x40\x20\0\0\x01\0\0\0\x01\0\0\0\0ab \0\x08\x09\x01\x02\xff"
                          "abcd",
                          rows, &k),
                     ADIT_OK);
    assert_string_equal(out.text, "");
    assert_int_equal(k.u8, 7);
    assert_int_equal(k.u16, 0x0201);
    assert_int_equal(k.wide, 0x0403);
    assert_int_equal(k.negative, -2);
    assert_true(k.fixed == 1.5 && k.real == 2.5 && k.truth);
    assert_true(k.time.year == 1970 && k.time.second == 1 && k.none.year == 12);
    assert_string_equal(k.name, "ab");
    assert_true(k.raw[0] == 8 && k.raw[1] == 9);
    assert_true(k.list[0] == 2 && k.list[1] == 3 && k.list[2] == 256);
    assert_int_equal(k.code, 0x61626364);
    assert_int_equal(k.after, 0x5a5a5a5a);
}

static void emit_double(const struct adit_call *job, const char *name, const struct adit_value *v, void *keep)
{
    const struct kept *k = (const struct kept *)keep;
    (void)adit_emit_u64(job, name ? name : "own", v->as.u64 * k->u8);
}

static void test_own_function(void **state)
{
    static const struct adit_row rows[] = {ADIT_U8(NULL, KEPT(u8)), ADIT_U8("x", ADIT_BY(emit_double)),
                                           ADIT_U8(NULL, ADIT_BY(emit_double))};
    struct kept k;
    (void)state;
    assert_int_equal(READ("\x03\x05\x06", rows, &k), ADIT_OK);
    assert_string_equal(out.text, "x=15;own=18;");
}

/* System V gABI, 4: what the identification says decides about the rest. */
static void test_elf(void **state)
{
    static const struct adit_row elf[] = {
        ADIT_MAGIC("\x7f"
                   "ELF"),
        ADIT_U8("class", ADIT_WIDE_IF(2)),
        ADIT_U8("data", ADIT_BIG_IF(2)),
        ADIT_AT(16),
        ADIT_U16("type"),
        ADIT_U16("machine"),
        ADIT_U32("version"),
        ADIT_WORD("entry"),
        ADIT_WORD("phoff"),
        ADIT_WORD("shoff"),
        ADIT_U32("flags"),
        ADIT_U16("ehsize"),
    };
    static const char wide[] = "\x7f"
                               "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0\x80\x10\0\0\0\0\0\0"
                               "\x40\0\0\0\0\0\0\0\x88\x77\0\0\0\0\0\0\0\0\0\0\x40\0";
    static const char big[] = "\x7f"
                              "ELF\x01\x02\x01\0\0\0\0\0\0\0\0\0\0\x02\0\x14\0\0\0\x01\x10\0\x04\0\0\0\0\x34"
                              "\0\x01\0\0\0\0\0\x07\0\x34";
    (void)state;
    assert_int_equal(READ(wide, elf, NULL), ADIT_OK);
    assert_string_equal(
        out.text, "class=2;data=1;type=3;machine=62;version=1;entry=4224;phoff=64;shoff=30600;flags=0;ehsize=64;");
    assert_int_equal(READ(big, elf, NULL), ADIT_OK);
    assert_string_equal(
        out.text, "class=1;data=2;type=2;machine=20;version=1;entry=268436480;phoff=52;shoff=65536;flags=7;ehsize=52;");
    assert_int_equal(adit_record_size(ADIT_ROWS(elf)), 42);
    assert_int_equal(READ("\x7f"
                          "ELG\x02\x01\x01",
                          elf, NULL),
                     ADIT_DECLINED);
    assert_int_equal(READ("\x7f"
                          "EL",
                          elf, NULL),
                     ADIT_DECLINED);
}

/* Cut anywhere: what is there is told, objects are closed, and the status says it. */
static void test_truncated(void **state)
{
    static const struct adit_row rows[] = {ADIT_MAGIC("M"), ADIT_U8("a"),       ADIT_BEGIN("o"), ADIT_U16BE("b"),
                                           ADIT_BEGIN("p"), ADIT_CHARS(2, "c"), ADIT_END,        ADIT_END,
                                           ADIT_SKIP(1),    ADIT_AT(8),         ADIT_U8("d")};
    static const char bytes[] = "M\x01\0\x02xy\0\0\x03";
    static const char *const told[] = {"",
                                       "",
                                       "a=1;o{}",
                                       "a=1;o{}",
                                       "a=1;o{b=2;p{}}",
                                       "a=1;o{b=2;p{}}",
                                       "a=1;o{b=2;p{c=xy;}}",
                                       "a=1;o{b=2;p{c=xy;}}",
                                       "a=1;o{b=2;p{c=xy;}}",
                                       "a=1;o{b=2;p{c=xy;}}d=3;"};
    (void)state;
    for (size_t n = 0; n <= 9; n++) {
        assert_int_equal(read_all(bytes, n, ADIT_ROWS(rows), NULL, NULL), n == 9   ? ADIT_OK
                                                                          : n == 0 ? ADIT_DECLINED
                                                                                   : ADIT_MALFORMED);
        assert_string_equal(out.text, told[n]);
    }
    for (uint64_t at = 0; at < 9; at++) { /* the same where the source cannot be read */
        struct adit_call call = log_call(&out, bytes, 9);
        out.job.fail_at = at;
        struct adit_cursor c = adit_cursor(&call);
        assert_int_equal(adit_record(&c, ADIT_ROWS(rows), NULL), ADIT_MALFORMED);
        assert_int_equal(out.depth, 0);
    }
}

static void test_failed_cursor(void **state)
{
    static const struct adit_row rows[] = {ADIT_BEGIN("o"), ADIT_END};
    struct adit_call call = log_call(&out, "", 0);
    struct adit_cursor c = adit_cursor(&call);
    (void)state;
    assert_int_equal(adit_record(&c, ADIT_ROWS(rows), NULL), ADIT_OK);
    adit_fail(&c);
    assert_int_equal(adit_record(&c, ADIT_ROWS(rows), NULL), ADIT_MALFORMED);
    assert_string_equal(out.text, "o{}");
}

static void test_records(void **state)
{
    static const struct adit_row rows[] = {ADIT_U8("n"), ADIT_SKIP(1)};
    static const struct adit_row empty[] = {ADIT_BEGIN("o"), ADIT_END};
    (void)state;
    struct adit_call call = log_call(&out, "\x01.\x02.\x03", 5);
    struct adit_cursor c = adit_cursor(&call), again = c;
    assert_int_equal(adit_records(&c, "entries", ADIT_ROWS(rows), NULL, 2), ADIT_OK);
    assert_string_equal(out.text, "entries{n=1;}entries{n=2;}");
    assert_int_equal(adit_tell(&c), 4);
    out.size = 0;
    assert_int_equal(adit_records(&again, "entries", ADIT_ROWS(rows), NULL, UINT64_MAX), ADIT_MALFORMED);
    assert_string_equal(out.text, "entries{n=1;}entries{n=2;}");
    assert_int_equal(adit_records(&c, "entries", ADIT_ROWS(empty), NULL, UINT64_MAX), ADIT_MALFORMED);
}

static void test_wrong_tables(void **state)
{
    static const struct {
        struct adit_row row;
        const char *why;
    } wrong[] = {
        {ADIT_U16(NULL, KEPT(u8)), "kept in"},
        {ADIT_U8(NULL, KEPT(u8), ADIT_PLUS(1)), "kept in"},
        {ADIT_U32(NULL, KEPT(list), ADIT_TIMES(3)), "kept in"},
        {ADIT_U8(NULL, KEPT(u16), ADIT_UNITS(2)), "kept in"},
        {ADIT_U8(NULL, KEPT(list)), "kept in"},
        {ADIT_U8(NULL, KEPT(list), ADIT_TIMES(2)), "kept in"},
        {ADIT_F64(NULL, KEPT(reals)), "kept in"},
        {ADIT_DIGITS(12, 10, NULL, KEPT(negative)), "kept in"},
        {ADIT_CHARS(5, NULL, KEPT(name)), "kept in"},
        {ADIT_CHARS(1, NULL, KEPT(raw)), "kept in"},
        {ADIT_BYTES(3, NULL, KEPT(raw)), "kept in"},
        {ADIT_U32(NULL, KEPT(time)), "kept in"},
        {ADIT_F64(NULL, KEPT(wide)), "kept in"},
        {ADIT_BYTES(1, NULL, KEPT(truth)), "kept in"},
        {ADIT_BITS(60, 5, NULL), "of a number"},
        {ADIT_BITS(0, 0, NULL), "of a number"},
        {ADIT_DIGITS(33, 10, NULL), "digits"},
        {ADIT_DIGITS(3, 2, NULL), "digits"},
        {ADIT_HEX(257, "h"), "as digits"},
        {ADIT_AT(0), "before the end"},
        {ADIT_END, "no object"},
        {ADIT_BEGIN(NULL), "has a name"},
        {ADIT_U8("a", ADIT_IN(ADIT_CHARSET_CP437)), "charset"},
        {ADIT_HEX(2, "a", ADIT_TIMES(2)), "several times"},
        {{.kind = ADIT_RECORD_UNSIGNED, .size = 9}, "1 to 8"},
    };
    struct kept k;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct adit_row rows[] = {ADIT_U8("first"), wrong[i].row};
        assert_int_equal(READ("\x01", rows, &k), ADIT_FAILED);
        assert_non_null(strstr(out.text, "first=1;!this plugin's table of a record is wrong in row 2 ("));
        assert_non_null(strstr(out.text, wrong[i].why));
    }
    struct adit_row nowhere[] = {ADIT_U8("first"), ADIT_U8(NULL, KEPT(u8))};
    assert_int_equal(READ("\x01", nowhere, NULL), ADIT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_options),      cmocka_unit_test(test_bits),
        cmocka_unit_test(test_text),    cmocka_unit_test(test_long_text),    cmocka_unit_test(test_digits),
        cmocka_unit_test(test_times),   cmocka_unit_test(test_keep),         cmocka_unit_test(test_own_function),
        cmocka_unit_test(test_elf),     cmocka_unit_test(test_truncated),    cmocka_unit_test(test_failed_cursor),
        cmocka_unit_test(test_records), cmocka_unit_test(test_wrong_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
