/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fields.h"
#include "json.h"
#include "output.h"
#include "output_value.h"
#include "path_text.h"

/* ---- making results ---- */

static struct adit_value number(uint64_t v)
{
    return (struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = v};
}

static struct adit_value text_value(uint32_t kind, const char *text, size_t size)
{
    return (struct adit_value){.kind = kind, .as.text = {text, size}};
}

static void put(struct buf *b, const char *name, struct adit_value v)
{
    field_put_value(b, name, strlen(name), &v);
}

static void begin(struct buf *b, const char *name, enum field_tag tag)
{
    field_put_begin(b, name, strlen(name), tag);
}

/* One of everything. */
static void put_all_kinds(struct buf *b)
{
    put(b, "width", number(640));
    put(b, "huge", number(UINT64_MAX));
    put(b, "low", (struct adit_value){.kind = ADIT_KIND_I64, .as.i64 = INT64_MIN});
    put(b, "ratio", (struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = 0.1});
    put(b, "none", (struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = NAN});
    put(b, "yes", (struct adit_value){.kind = ADIT_KIND_BOOL, .as.boolean = true});
    put(b, "title", text_value(ADIT_KIND_STRING, "a \"b\"\n\x1b[31m \xc3\xa4", 14));
    put(b, "latin", text_value(ADIT_KIND_STRING, "\xe4", 1));
    put(b, "icon", text_value(ADIT_KIND_BYTES, "\x00\xff\x10", 3));
    struct adit_time t = {.year = 2003,
                          .month = 10,
                          .day = 31,
                          .hour = 15,
                          .minute = 44,
                          .second = 19,
                          .precision = ADIT_TIME_SECOND,
                          .zone = 120};
    put(b, "taken", (struct adit_value){.kind = ADIT_KIND_TIME, .as.time = t});
    begin(b, "text", FIELD_OBJECT);
    put(b, "a.b", number(1));
    begin(b, "inner", FIELD_OBJECT);
    field_put_end(b);
    field_put_end(b);
    begin(b, "sizes", FIELD_LIST);
    put(b, "", number(1));
    put(b, "", number(2));
    field_put_end(b);
    begin(b, "members", FIELD_LIST);
    begin(b, "", FIELD_OBJECT);
    put(b, "name", text_value(ADIT_KIND_STRING, "x", 1));
    put(b, "size", number(7));
    field_put_end(b);
    begin(b, "", FIELD_OBJECT);
    put(b, "name", text_value(ADIT_KIND_STRING, "y", 1));
    field_put_end(b);
    field_put_end(b);
}

static struct part part_of(const char *plugin, enum part_status status, const char *reason, const struct buf *fields)
{
    return (struct part){.plugin = plugin,
                         .version = "1.0.0",
                         .status = status,
                         .reason = reason,
                         .fields = fields ? (const unsigned char *)fields->data : NULL,
                         .fields_size = fields ? fields->size : 0};
}

static struct result file_of(const char *path, struct part *parts, size_t count)
{
    return (struct result){.name = path,
                           .name_size = strlen(path),
                           .media = "image/png",
                           .detected = "image/png",
                           .size = 1234,
                           .mtime_ns = INT64_C(1067615059250000000),
                           .error_text = "",
                           .source_plugin = "",
                           .offset = UINT64_MAX,
                           .limit = "",
                           .parts = parts,
                           .part_count = count};
}

/* ---- printing them ---- */

/* What was printed: free(). */
static char *print(enum output_format format, const struct output_options *options, const struct result *results,
                   size_t count)
{
    int fd = memfd_create("output", MFD_CLOEXEC);
    assert_true(fd >= 0);
    struct output *o = NULL;
    struct err e = {0};
    assert_int_equal(output_open(format, fd, options, &o, &e), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(output_result(o, &results[i]), 0);
    assert_int_equal(output_close(o), 0);
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    (void)close(fd);
    return text;
}

static void expect(enum output_format format, const struct output_options *options, const struct result *results,
                   size_t count, const char *expected)
{
    char *text = print(format, options, results, count);
    assert_string_equal(text, expected);
    free(text);
}

static void test_ndjson_of_every_kind(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT;
    put_all_kinds(&fields);
    assert_true(fields_valid(fields.data, fields.size));
    struct part parts[] = {part_of("png", PART_OK, "", &fields),
                           part_of("exif", PART_MALFORMED, "bad \"offset\"", NULL)};
    struct result r = file_of("a/b.png", parts, 2);
    static const char expected[] =
        "{\"schema\":1,\"path\":\"a/b.png\",\"type\":\"image/"
        "png\",\"size\":1234,\"mtime\":\"2003-10-31T15:44:19.250000000Z\","
        "\"plugins\":{\"png\":{\"status\":\"ok\",\"fields\":{\"width\":640,\"huge\":18446744073709551615,"
        "\"low\":-9223372036854775808,\"ratio\":0.1,\"none\":null,\"yes\":true,"
        "\"title\":\"a \\\"b\\\"\\n\\u001b[31m "
        "\xc3\xa4\",\"latin\":{\"base64\":\"5A==\"},\"icon\":{\"base64\":\"AP8Q\"},"
        "\"taken\":\"2003-10-31T15:44:19+02:00\",\"text\":{\"a.b\":1,\"inner\":{}},\"sizes\":[1,2],"
        "\"members\":[{\"name\":\"x\",\"size\":7},{\"name\":\"y\"}]}},"
        "\"exif\":{\"status\":\"malformed\",\"reason\":\"bad \\\"offset\\\"\"}},\"streams\":[]}\n";
    expect(OUTPUT_NDJSON, NULL, &r, 1, expected);
    bool valid;
    assert_int_equal(json_lines(expected, sizeof expected - 1, &valid), 1);
    assert_true(valid);
    buf_release(&fields);
}

static void test_streams_in_json(void **state)
{
    (void)state;
    const char *warnings[] = {"one", "t\two"}, *artifacts[] = {"a/1.txt"};
    struct part deep = part_of("jpeg", PART_TIMEOUT, "after 2 s", NULL), outer = part_of("zip", PART_OK, "", NULL);
    outer.warnings = warnings;
    outer.warning_count = 2;
    outer.artifacts = artifacts;
    outer.artifact_count = 1;
    struct result thumbnail = file_of("", &deep, 1), member = file_of("m\xff", NULL, 0),
                  r = file_of("z\xfe", &outer, 1);
    thumbnail.source_plugin = "exif";
    thumbnail.limit = "stream depth 8";
    thumbnail.truncated = true;
    member.source_plugin = "zip";
    member.offset = 42;
    member.media = "application/xml";
    member.detected = "text/plain";
    member.streams = &thumbnail;
    member.stream_count = 1;
    r.streams = &member;
    r.stream_count = 1;
    r.mtime_ns = -1;
    static const char object[] =
        "{\"schema\":1,\"path\":\"z\xef\xbf\xbd\",\"path_base64\":\"ev4=\",\"type\":\"image/png\",\"size\":1234,"
        "\"mtime\":\"1969-12-31T23:59:59.999999999Z\",\"plugins\":{\"zip\":{\"status\":\"ok\","
        "\"warnings\":[\"one\",\"t\\two\"],\"fields\":{},\"artifacts\":[\"a/1.txt\"]}},\"streams\":[{"
        "\"name\":\"m\xef\xbf\xbd\",\"name_base64\":\"bf8=\",\"plugin\":\"zip\",\"type\":\"application/xml\","
        "\"detected\":\"text/plain\",\"size\":1234,\"offset\":42,\"plugins\":{},\"streams\":[{"
        "\"name\":\"\",\"plugin\":\"exif\",\"type\":\"image/png\",\"size\":1234,\"truncated\":true,"
        "\"limit\":\"stream depth 8\",\"plugins\":{\"jpeg\":{\"status\":\"timeout\",\"reason\":\"after 2 s\"}},"
        "\"streams\":[]}]}]}";
    char expected[4096];
    (void)snprintf(expected, sizeof expected, "%s\n", object);
    expect(OUTPUT_NDJSON, NULL, &r, 1, expected);
    struct result twice[] = {r, r};
    (void)snprintf(expected, sizeof expected, "[\n%s,\n%s\n]\n", object, object);
    expect(OUTPUT_JSON, NULL, twice, 2, expected);
    assert_true(json_valid(expected, strlen(expected)));
    expect(OUTPUT_JSON, NULL, NULL, 0, "[]\n");
    expect(OUTPUT_NDJSON, NULL, NULL, 0, "");
}

static void test_sources_that_were_not_read(void **state)
{
    (void)state;
    struct result r = {.name = "x\n",
                       .name_size = 2,
                       .media = "",
                       .detected = "",
                       .error = RESULT_UNREADABLE,
                       .error_text = "Permission denied",
                       .offset = UINT64_MAX};
    expect(OUTPUT_NDJSON, NULL, &r, 1,
           "{\"schema\":1,\"path\":\"x\\n\",\"error\":\"unreadable\",\"reason\":\"Permission denied\",\"plugins\":{},"
           "\"streams\":[]}\n");
    expect(OUTPUT_TEXT, NULL, &r, 1, "x\\n\n  unreadable: Permission denied\n");
    r.error = RESULT_NOT_REGULAR;
    r.error_text = "FIFO";
    expect(OUTPUT_TEXT, NULL, &r, 1, "x\\n\n  not a regular file: FIFO\n");
    expect(OUTPUT_CSV, &(struct output_options){.fields = "path,size,mtime,error,reason,png"}, &r, 1,
           "path,size,mtime,error,reason,png\n\"x\n\",,,not-regular,FIFO,\n");
    r.error = RESULT_CHANGED;
    r.error_text = "changed while it was read";
    r.size = 5;
    expect(OUTPUT_NDJSON, NULL, &r, 1,
           "{\"schema\":1,\"path\":\"x\\n\",\"size\":5,\"mtime\":\"1970-01-01T00:00:00Z\",\"error\":\"changed\","
           "\"reason\":\"changed while it was read\",\"plugins\":{},\"streams\":[]}\n");
}

static void expect_f64(double v, const char *expected)
{
    struct buf b = BUF_INIT;
    value_f64(&b, v);
    assert_string_equal(buf_cstr(&b), expected);
    buf_release(&b);
}

static void test_floating_point_numbers(void **state)
{
    (void)state;
    expect_f64(0, "0.0");
    expect_f64(-0.0, "-0.0");
    expect_f64(25, "25.0");
    expect_f64(-2.5, "-2.5");
    expect_f64(0.1, "0.1");
    expect_f64(0.30000000000000004, "0.30000000000000004");
    expect_f64(1.0 / 3, "0.3333333333333333");
    expect_f64(59.94005994005994, "59.94005994005994");
    expect_f64(123456789, "123456789.0");
    expect_f64(1e22, "1e+22");
    expect_f64(5e-324, "5e-324");
    expect_f64(1.7976931348623157e308, "1.7976931348623157e+308");
    expect_f64(0.00011, "0.00011");
    expect_f64(INFINITY, "null");
    expect_f64(-INFINITY, "null");
    expect_f64(NAN, "null");
    /* Whatever the number, it reads back the same. */
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double v;
        if (i % 2)
            v = (double)(seed % 100000000) / (double)(1 + seed % 9973);
        else
            memcpy(&v, &seed, sizeof v);
        if (!isfinite(v))
            continue;
        struct buf b = BUF_INIT;
        value_f64(&b, v);
        assert_true(strtod(buf_cstr(&b), NULL) == v);
        buf_release(&b);
    }
}

static void test_text_of_every_kind(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT;
    put_all_kinds(&fields);
    struct part parts[] = {part_of("png", PART_OK, "", &fields), part_of("exif", PART_DECLINED, "", NULL)};
    const char *warnings[] = {"ends early"};
    parts[0].warnings = warnings;
    parts[0].warning_count = 1;
    struct result stream = file_of("exif", NULL, 0), r = file_of("a\033[1m.png", parts, 2);
    stream.source_plugin = "png";
    stream.offset = 77;
    stream.media = "application/x-exif";
    stream.detected = "application/octet-stream";
    r.streams = &stream;
    r.stream_count = 1;
    struct result both[] = {r, stream};
    expect(OUTPUT_TEXT, NULL, both, 2,
           "a\\x1b[1m.png\n"
           "  image/png, 1234 bytes, 2003-10-31T15:44:19Z\n"
           "  png\n"
           "    width  640\n"
           "    huge   18446744073709551615\n"
           "    low    -9223372036854775808\n"
           "    ratio  0.1\n"
           "    none   null\n"
           "    yes    yes\n"
           "    title  a \"b\"\\n\\x1b[31m \xc3\xa4\n"
           "    latin  \\xe4\n"
           "    icon   00ff10\n"
           "    taken  2003-10-31T15:44:19+02:00\n"
           "    text\n"
           "      a.b  1\n"
           "      inner\n"
           "    sizes  1, 2\n"
           "    members\n"
           "      - name x, size 7\n"
           "      - name y\n"
           "    warning: ends early\n"
           "  exif  declined\n"
           "  stream exif: application/x-exif in application/octet-stream, 1234 bytes at 77, from png\n"
           "\n"
           "exif\n"
           "  application/x-exif in application/octet-stream, 1234 bytes, 2003-10-31T15:44:19Z\n");
    buf_release(&fields);
}

/* Lines are as wide as the terminal at most, whatever is in them. */
static void test_text_is_cut_to_the_width(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT;
    char long_text[3000];
    for (size_t i = 0; i + 3 <= sizeof long_text; i += 3)
        memcpy(long_text + i, "\xe4\xb8\xad", 3); /* two columns each */
    put(&fields, "wide", text_value(ADIT_KIND_STRING, long_text, sizeof long_text));
    put(&fields, "bytes", text_value(ADIT_KIND_BYTES, long_text, sizeof long_text));
    put(&fields, "short", text_value(ADIT_KIND_STRING, "fits", 4));
    begin(&fields, "list", FIELD_LIST);
    for (uint64_t i = 0; i < 1000; i++)
        put(&fields, "", number(i));
    field_put_end(&fields);
    begin(&fields, "objects", FIELD_LIST); /* too long for a line */
    begin(&fields, "", FIELD_OBJECT);
    put(&fields, "one", number(1));
    put(&fields, "title", text_value(ADIT_KIND_STRING, long_text, 90));
    field_put_end(&fields);
    field_put_end(&fields);
    struct part part = part_of("p", PART_OK, "", &fields);
    struct result r = file_of("f", &part, 1);
    char *text = print(OUTPUT_TEXT, &(struct output_options){.width = 40}, &r, 1);
    size_t cuts = 0;
    assert_non_null(strstr(text, "      - one    1\n        title  "));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        struct buf b = BUF_INIT;
        size_t columns = 0;
        (void)path_text_visible(&b, line, strlen(line), SIZE_MAX, &columns);
        buf_release(&b);
        if (strncmp(line, "    ", 4) == 0)
            assert_true(columns <= 40);
        cuts += strstr(line, "…") != NULL;
        if (strstr(line, "short"))
            assert_string_equal(line, "    short      fits");
    }
    assert_int_equal(cuts, 4);
    free(text);
    buf_release(&fields);
}

static void test_colours(void **state)
{
    (void)state;
    struct part part = part_of("p", PART_CRASHED, "signal 11", NULL);
    struct result r = file_of("f", &part, 1);
    char *text = print(OUTPUT_TEXT, &(struct output_options){.color = true}, &r, 1);
    assert_non_null(strstr(text, "\033[36mp\033[0m  \033[31mcrashed: signal 11\033[0m\n"));
    free(text);
    text = print(OUTPUT_TEXT, NULL, &r, 1);
    assert_null(strchr(text, '\033'));
    free(text);
    assert_false(output_wants_color(STDIN_FILENO) && getenv("NO_COLOR"));
}

static void test_csv(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT, inner = BUF_INIT;
    put_all_kinds(&fields);
    put(&inner, "Make", text_value(ADIT_KIND_STRING, "A, \"B\"", 6));
    struct part parts[] = {part_of("png", PART_OK, "", &fields)}, exif = part_of("exif", PART_PARTIAL, "", &inner);
    struct result stream = file_of("exif", &exif, 1), r = file_of("a,b\xff.png", parts, 1);
    r.streams = &stream;
    r.stream_count = 1;
    expect(OUTPUT_CSV, NULL, &r, 1,
           "path,type,size,mtime,error\n\"a,b\xef\xbf\xbd.png\",image/png,1234,2003-10-31T15:44:19.250000000Z,\n");
    expect(
        OUTPUT_CSV,
        &(struct output_options){.fields =
                                     "path_base64,png.width,exif.Make,exif,png,png.text.a.b,png.sizes,png.members,"
                                     "png.icon,png.taken,png.text.inner,png.nothing,png.low,photo.x"},
        &r, 1,
        "path_base64,png.width,exif.Make,exif,png,png.text.a.b,png.sizes,png.members,png.icon,png.taken,png.text.inner,"
        "png.nothing,png.low,photo.x\n"
        "YSxi/y5wbmc=,640,\"A, \"\"B\"\"\",partial,ok,1,\"[1,2]\",\"[{\"\"name\"\":\"\"x\"\",\"\"size\"\":7},"
        "{\"\"name\"\":\"\"y\"\"}]\",\"{\"\"base64\"\":\"\"AP8Q\"\"}\",2003-10-31T15:44:19+02:00,{},,-"
        "9223372036854775808,\n");
    expect(OUTPUT_CSV, &(struct output_options){.fields = "png.members.name,png.members[].size,png.members.x,png.sizes.x"}, &r, 1,
           "png.members.name,png.members[].size,png.members.x,png.sizes.x\n\"[\"\"x\"\",\"\"y\"\"]\",[7],,\n");
    expect(OUTPUT_NDJSON, &(struct output_options){.fields = "exif.Make,png.text.a.b"}, &r, 1,
           "{\"schema\":1,\"path\":\"a,b\xef\xbf\xbd.png\",\"path_base64\":\"YSxi/y5wbmc=\",\"type\":\"image/png\",\"size\":1234,"
           "\"mtime\":\"2003-10-31T15:44:19.250000000Z\",\"plugins\":{\"png\":{\"status\":\"ok\",\"fields\":{\"text\":{\"a.b\":1}}}},"
           "\"streams\":[{\"name\":\"exif\",\"type\":\"image/png\",\"size\":1234,\"plugins\":{\"exif\":{\"status\":\"partial\","
           "\"fields\":{\"Make\":\"A, \\\"B\\\"\"}}},\"streams\":[]}]}\n");
    buf_release(&fields);
    buf_release(&inner);
}

/* What somebody looks at does not reach the terminal as a command; what a program reads is as it was. */
static void test_csv_on_a_terminal(void **state)
{
    (void)state;
    struct result r = file_of("a\033[31m,\nb", NULL, 0);
    expect(OUTPUT_CSV, &(struct output_options){.fields = "path"}, &r, 1, "path\n\"a\033[31m,\nb\"\n");
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    struct output *o = NULL;
    struct err e = {0};
    assert_int_equal(output_open(OUTPUT_CSV, terminal, &(struct output_options){.fields = "path"}, &o, &e), 0);
    assert_int_equal(output_result(o, &r), 0);
    assert_int_equal(output_close(o), 0);
    (void)close(terminal); /* what was written can still be read, and then there is an end */
    char text[64] = "";
    size_t size = 0;
    for (ssize_t n; size < sizeof text - 1 && (n = read(master, text + size, sizeof text - 1 - size)) > 0;)
        size += (size_t)n;
    (void)close(master);
    assert_string_equal(text, "path\r\n\"a\\x1b[31m,\\nb\"\r\n"); /* the line discipline makes CR LF of LF */
}

static void test_bad_columns(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "path,", ".x", "png.", "path,,type"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct output *o = NULL;
        struct err e = {0};
        assert_int_equal(output_open(OUTPUT_CSV, 1, &(struct output_options){.fields = bad[i]}, &o, &e), -EINVAL);
        assert_null(o);
        assert_non_null(strstr(e.text, "PLUGIN.FIELD"));
    }
    struct err e = {0};
    enum output_format format;
    assert_int_equal(output_format_parse("xml", &format, &e), -EINVAL);
    assert_non_null(strstr(e.text, "ndjson"));
    assert_int_equal(output_format_parse("csv", &format, &e), 0);
    assert_int_equal(format, OUTPUT_CSV);
}

/* Fields come from the collector, which checks them; should they be damaged all the same, the output stays
 * well-formed. */
static void test_damaged_fields(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT;
    put_all_kinds(&fields);
    for (size_t size = 0; size <= fields.size; size++) {
        struct buf cut = BUF_INIT;
        buf_add(&cut, fields.data, size);
        struct part part = part_of("p", PART_OK, "", &cut);
        struct result r = file_of("f", &part, 1);
        char *text = print(OUTPUT_NDJSON, NULL, &r, 1);
        assert_true(json_valid(text, strlen(text)));
        free(text);
        free(print(OUTPUT_TEXT, NULL, &r, 1));
        free(print(OUTPUT_CSV, &(struct output_options){.fields = "p.members,p.text.inner"}, &r, 1));
        buf_release(&cut);
    }
    struct buf deep = BUF_INIT;
    for (int i = 0; i < 100; i++)
        begin(&deep, i ? "" : "x", FIELD_LIST);
    struct part part = part_of("p", PART_OK, "", &deep);
    struct result r = file_of("f", &part, 1);
    char *text = print(OUTPUT_NDJSON, NULL, &r, 1);
    assert_true(json_valid(text, strlen(text)));
    free(text);
    free(print(OUTPUT_TEXT, NULL, &r, 1));
    buf_release(&deep);
    buf_release(&fields);
}

static void test_controls_are_escaped_in_json(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    assert_true(value_string(&b, "\x1b\x7f\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", 10));
    assert_string_equal(buf_cstr(&b), "\"\\u001b\\u007f\\u0080\\u009b\\u009f\xc2\xa0\"");
    buf_release(&b);
}

static void test_invalid_text_stays_json(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xff",     "\xc3",      "a\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                        "\xc0\x80", "\x7f\x01\\"};
    static const char *const expected[] = {"\"\xef\xbf\xbd\"",
                                           "\"\xef\xbf\xbd\"",
                                           "\"a\xef\xbf\xbd\"",
                                           "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
                                           "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
                                           "\"\xef\xbf\xbd\xef\xbf\xbd\"",
                                           "\"\\u007f\\u0001\\\\\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf b = BUF_INIT;
        bool valid = value_string(&b, texts[i], strlen(texts[i]));
        assert_int_equal(valid, i == 6);
        assert_string_equal(buf_cstr(&b), expected[i]);
        buf_release(&b);
    }
}

/* Every byte at every place of a word is escaped as it is alone. */
static void test_each_byte_at_each_place(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        struct buf alone = BUF_INIT;
        char byte = (char)c;
        bool valid = value_string(&alone, &byte, 1);
        assert_int_equal(valid, c < 0x80);
        for (size_t place = 0; place < 20; place++) {
            char text[20], expected[40];
            memset(text, 'a', sizeof text);
            text[place] = byte;
            struct buf b = BUF_INIT;
            assert_int_equal(value_string(&b, text, sizeof text), valid);
            int n = snprintf(expected, sizeof expected, "\"%.*s%.*s%.*s\"", (int)place, "aaaaaaaaaaaaaaaaaaaa",
                             (int)alone.size - 2, alone.data + 1, (int)(19 - place), "aaaaaaaaaaaaaaaaaaaa");
            assert_int_equal(b.size, n);
            assert_memory_equal(b.data, expected, b.size);
            buf_release(&b);
        }
        buf_release(&alone);
    }
}

/* Text from a file must not drive the terminal, nor turn what follows around. */
static void test_visible_text(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    static const char text[] = "a\tb\r\x1b]0;t\x07\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf\xff\\z\xcc\x81";
    size_t columns = 0;
    assert_int_equal(path_text_visible(&b, text, sizeof text - 1, SIZE_MAX, &columns), sizeof text - 1);
    assert_string_equal(buf_cstr(&b), "a\\tb\\r\\x1b]0;t\\x07\\x7f\\u009b\\u202e\\u2066\\ufeff\\xff\\z\xcc\x81");
    assert_int_equal(columns, b.size - 2);
    buf_reset(&b);
    columns = 0;
    assert_int_equal(path_text_visible(&b, "\xe4\xb8\xad\xe4\xb8\xad", 6, 3, &columns), 3);
    assert_int_equal(columns, 2);
    buf_release(&b);
}

static void count(void *data)
{
    ++*(int *)data;
}

static void test_write_errors_are_told_and_stay(void **state)
{
    (void)state;
    struct result r = file_of("f", NULL, 0);
    struct output *o = NULL;
    struct err e = {0};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), writes = 0;
    assert_true(full >= 0);
    struct output_options options = {.before_write = count, .before_write_data = &writes};
    assert_int_equal(output_open(OUTPUT_NDJSON, full, &options, &o, &e), 0);
    assert_int_equal(output_result(o, &r), 0);
    assert_int_equal(writes, 0);
    assert_int_equal(output_flush(o), -ENOSPC);
    assert_int_equal(writes, 1);
    assert_int_equal(output_result(o, &r), -ENOSPC);
    assert_int_equal(output_close(o), -ENOSPC);
    assert_int_equal(writes, 1);
    (void)close(full);
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    (void)close(ends[0]);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    assert_int_equal(output_open(OUTPUT_JSON, ends[1], NULL, &o, &e), 0);
    assert_int_equal(output_result(o, &r), 0);
    assert_int_equal(output_close(o), -EPIPE);
    (void)signal(SIGPIPE, before);
    (void)close(ends[1]);
    assert_int_equal(output_close(NULL), 0);
}

/* Large results are written in pieces, and arrive whole. */
static void test_large_results(void **state)
{
    (void)state;
    struct buf fields = BUF_INIT;
    char value[1000];
    memset(value, 'v', sizeof value);
    begin(&fields, "list", FIELD_LIST);
    for (size_t i = 0; i < 3000; i++)
        put(&fields, "", text_value(i % 2 ? ADIT_KIND_STRING : ADIT_KIND_BYTES, value, sizeof value));
    field_put_end(&fields);
    struct part part = part_of("p", PART_OK, "", &fields);
    struct result r = file_of("f", &part, 1);
    static const enum output_format formats[] = {OUTPUT_NDJSON, OUTPUT_JSON};
    for (size_t i = 0; i < 2; i++) {
        char *text = print(formats[i], NULL, &r, 1);
        assert_true(strlen(text) > 3000 * sizeof value);
        assert_true(json_valid(text, strlen(text)));
        free(text);
    }
    buf_release(&fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_of_every_kind),
        cmocka_unit_test(test_streams_in_json),
        cmocka_unit_test(test_sources_that_were_not_read),
        cmocka_unit_test(test_floating_point_numbers),
        cmocka_unit_test(test_text_of_every_kind),
        cmocka_unit_test(test_text_is_cut_to_the_width),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_bad_columns),
        cmocka_unit_test(test_csv_on_a_terminal),
        cmocka_unit_test(test_damaged_fields),
        cmocka_unit_test(test_controls_are_escaped_in_json),
        cmocka_unit_test(test_invalid_text_stays_json),
        cmocka_unit_test(test_each_byte_at_each_place),
        cmocka_unit_test(test_visible_text),
        cmocka_unit_test(test_write_errors_are_told_and_stay),
        cmocka_unit_test(test_large_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
