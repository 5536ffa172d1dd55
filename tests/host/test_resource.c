/* SPDX-License-Identifier: MIT */
/* Resource files against their declared formats: each rule with row and column, and what bounds the check. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "resource.h"

#define HEAD                                                                                                           \
    "[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n[resources]\nt = "             \
    "t.tsv\n[resource t]\n"
#define TAGS "format = tsv\ncolumn = tag u16 required\ncolumn = name name\n"
#define CSV "format = csv\ncolumn = a text\ncolumn = b u8\n"
#define TWO "format = tsv\ncolumn = a text\ncolumn = b text\n"

static char path[64];

struct checked {
    struct arena arena;
    struct findings conf_findings, findings;
    struct conf conf;
};

static void write_table(const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void declare(struct checked *k, const char *declared)
{
    char text[2048];
    *k = (struct checked){0};
    (void)snprintf(text, sizeof text, HEAD "%s", declared);
    int rc = conf_parse("a.conf", text, strlen(text), &k->arena, &k->conf, &k->conf_findings);
    if (rc != 0)
        fail_msg("%s: %s", declared, k->conf_findings.items[0].message);
}

static void check(struct checked *k, const char *declared, size_t most, size_t slice)
{
    struct resource_check *c = NULL;
    declare(k, declared);
    const struct conf_format *format = conf_format_of(&k->conf, "t");
    assert_non_null(format);
    assert_int_equal(resource_open(path, "t.tsv", format, most, &k->findings, &c), 0);
    int more;
    while ((more = resource_step(c, slice)) == 1)
        ;
    assert_int_equal(more, 0);
    resource_close(c);
}

static void check_bytes(struct checked *k, const char *declared, const void *data, size_t size)
{
    write_table(data, size);
    check(k, declared, RESOURCE_FINDINGS, SIZE_MAX);
}

static void release(struct checked *k)
{
    findings_release(&k->findings);
    findings_release(&k->conf_findings);
    arena_release(&k->arena);
}

static void show(const struct checked *k)
{
    for (size_t i = 0; i < k->findings.count; i++) {
        const struct finding *f = &k->findings.items[i];
        print_message("  %s:%u:%u: %s [%s]\n", f->file, f->line, f->column, f->message, f->rule);
    }
}

struct fault {
    const char *declared, *text;
    size_t size; /* 0: strlen */
    const char *rule;
    uint32_t line, column;
    const char *says;
};

static const struct fault faults[] = {
    {TAGS, "1\ta\n0xL001\tb\n", 0, "resource.value.u16", 2, 1,
     "row 2, column 1 \"tag\": expected a number such as 36867 or 0x9003, found \"0xL001\""},
    {TAGS, "1\ta\n65536\tb\n", 0, "resource.value.u16", 2, 1, "expected a number from 0 to 65535, found \"65536\""},
    {TAGS, "010\ta\n", 0, "resource.value.u16", 1, 1, "\"010\""},
    {TAGS, "0x\ta\n", 0, "resource.value.u16", 1, 1, "\"0x\""},
    {TAGS, "-1\ta\n", 0, "resource.value.u16", 1, 1, "\"-1\""},
    {TAGS, " 1\ta\n", 0, "resource.value.u16", 1, 1, "\" 1\""},
    {TAGS, "\ta\n", 0, "resource.value.u16", 1, 1, "found nothing"},
    {TAGS, "12\t1a\n", 0, "resource.value.name", 1, 4, "column 2 \"name\""},
    {TAGS, "12\tcaf\xc3\xa9\n", 0, "resource.value.name", 1, 4, "caf\xc3\xa9"},
    {"format = lines\ncolumn = x u8\n", "1\n256\n", 0, "resource.value.u8", 2, 1, "0 to 255"},
    {"format = lines\ncolumn = x u32\n", "4294967296", 0, "resource.value.u32", 1, 1, "4294967295"},
    {"format = lines\ncolumn = x u64\n", "18446744073709551616", 0, "resource.value.u64", 1, 1, "18446744073709551615"},
    {"format = lines\ncolumn = x u64\n", "0x1ffffffffffffffff", 0, "resource.value.u64", 1, 1, "18446744073709551615"},
    {"format = lines\ncolumn = x i32\n", "-2147483648\n2147483648", 0, "resource.value.i32", 2, 1, "2147483647"},
    {"format = lines\ncolumn = x i64\n", "-9223372036854775808\n-9223372036854775809", 0, "resource.value.i64", 2, 1,
     "-9223372036854775808"},
    {"format = lines\ncolumn = x f64\n", "1\n-0.5\n1e-3\n.5\n", 0, "resource.value.f64", 4, 1, "0.5 or 1e-3"},
    {"format = lines\ncolumn = x f64\n", "1.\n", 0, "resource.value.f64", 1, 1, "\"1.\""},
    {"format = lines\ncolumn = x f64\n", "nan\n", 0, "resource.value.f64", 1, 1, "nan"},
    {"format = lines\ncolumn = x f64\n", "1e999\n", 0, "resource.value.f64", 1, 1, "64-bit"},
    {"format = lines\ncolumn = x hex\n", "00fF\n0x1\n", 0, "resource.value.hex", 2, 1, "00FF"},
    {"format = lines\ncolumn = x bool\n", "yes\nno\ntrue\nfalse\n1\n0\nYes\n", 0, "resource.value.bool", 7, 1, "Yes"},
    {"format = lines\ncolumn = x date\n", "2024-02-29\n2023-02-29\n", 0, "resource.value.date", 2, 1,
     "a day that exists"},
    {"format = lines\ncolumn = x date\n", "1900-02-29\n", 0, "resource.value.date", 1, 1, "a day that exists"},
    {"format = lines\ncolumn = x date\n", "2024-1-1\n", 0, "resource.value.date", 1, 1, "2024-02-29"},
    {"format = lines\ncolumn = x enum(AE|AS)\n", "AE\nAS\nA\n", 0, "resource.value.enum", 3, 1,
     "one of AE, AS, found \"A\""},
    {"format = lines\ncolumn = x text required\n", "a\n\nb\n", 0, "resource.value.text", 2, 1, "found nothing"},
    /* shape */
    {TWO, "a\tb\nc\n", 0, "resource.columns", 2, 1, "row 2: expected 2 columns, found 1"},
    {TWO, "a\tb\nc\td\te\tf\n", 0, "resource.columns", 2, 5, "row 2: expected 2 columns, found 4"},
    {TWO, "a\tb\n\nc\td\n", 0, "resource.columns", 2, 1, "found 1"},
    {TWO, "a\tb\r\nc\rd\te\r\n", 0, "resource.line", 2, 2, "carriage return"},
    {TWO, "a\tb\xff\n", 0, "resource.encoding", 1, 4, "0xff"},
    {TWO, "a\tb\nc\t\xed\xa0\x80\n", 0, "resource.encoding", 2, 3, "0xed"},
    {TWO, "a\tb\nc\0d\te\n", 10, "resource.encoding", 2, 2, "NUL"},
    {TWO,
     "\xef\xbb\xbf"
     "a\tb\n",
     0, "resource.encoding", 1, 1, "byte order mark"},
    {TWO, "", 0, "resource.empty", 0, 0, "no rows"},
    {TWO "header = yes\n", "a\tb\n", 0, "resource.empty", 0, 0, "no rows"},
    {TWO "comment = #\n", "# a\tb\n", 0, "resource.empty", 0, 0, "no rows"},
    {TWO "header = yes\n", "a\tB\nx\ty\n", 0, "resource.header", 1, 3,
     "row 1, column 2: expected the name \"b\", found \"B\""},
    {TWO "header = yes\ncomment = #\n", "# c\nb\tb\nx\ty\n", 0, "resource.header", 2, 1, "found \"b\""},
    {TWO "unique = b\n", "a\tb\nc\tb\n", 0, "resource.duplicate", 2, 3, "row 2, column 2 \"b\": \"b\" stands in row 1"},
    {TWO "unique = b, a\n", "a\tb\nab\t\na\tc\na\tb\n", 0, "resource.duplicate", 4, 3, "columns 2 \"b\", 1 \"a\""},
    {TAGS "unique = tag\n", "16\ta\n0x10\tb\n", 0, "resource.duplicate", 2, 1, "\"0x10\" stands in row 1"},
    /* RFC 4180 */
    {CSV, "a,1\nb\"c,2\n", 0, "resource.quote", 2, 2, "not quoted"},
    {CSV, "a,1\n\"b\"c,2\n", 0, "resource.quote", 2, 4, "text follows the closing quote"},
    {CSV, "a,1\n\"b,2\nc,3\n", 0, "resource.quote", 2, 1, "not closed"},
    {CSV, "a,1\n\"b,2\nc,3\n\"d\",4\n", 0, "resource.quote", 2, 1, "not closed"},
    {CSV, "\"a\nb\",1\n\"c\nd\",x\n", 0, "resource.value.u8", 4, 4, "row 4, column 2 \"b\""},
    {CSV, "\"a\nb\xff\",1\n", 0, "resource.encoding", 2, 2, "row 2"},
    {CSV "comment = #\n", "#,\"a\n\"b\",x\n", 0, "resource.value.u8", 2, 5, "\"x\""},
};

static void each_fault(void **state)
{
    (void)state;
    size_t fails = 0;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct fault *f = &faults[i];
        struct checked k;
        check_bytes(&k, f->declared, f->text, f->size ? f->size : strlen(f->text));
        const struct finding *x = k.findings.items;
        bool good = k.findings.count >= 1 && strcmp(x->rule, f->rule) == 0 && x->line == f->line &&
                    x->column == f->column && strstr(x->message, f->says) && strcmp(x->file, "t.tsv") == 0 &&
                    x->severity == FINDING_ERROR;
        /* One mistake is told once, and costs its own row alone. */
        if (!good || k.findings.count != 1) {
            fails += 1;
            print_message("case %zu: expected %s at %u:%u saying %s\n", i, f->rule, f->line, f->column, f->says);
            show(&k);
        }
        release(&k);
    }
    assert_int_equal(fails, 0);
}

static const struct {
    const char *declared, *text;
} good[] = {
    {TAGS, "1\ta\n0xFFff\tb-1\r\n65535\t_c\n0\t"}, /* CR LF, an empty cell, no newline at the end */
    {TAGS "comment = #\n", "#\n1\ta\n# 0xL001\n2\tb"},
    {TAGS "comment = \"// \"\n", "// x\n1\ta\n"},
    {"format = tsv\nheader = yes\ncolumn = \"Tag \\\"x\\\"\" u8\n", "Tag \"x\"\n1\n"},
    {TWO, "\"a\t\"b\"\n\t\n"}, /* TSV has no quotes */
    {TWO "unique = a, b\n", "a\tb\nab\t\n\tab\n\t\n\t\nb\ta\n"},
    {CSV, "\"a, \"\"b\"\"\r\nc\",1\r\n\"\",\n,2\r\n\"x\",\"3\""},
    {CSV "header = yes\n", "\"a\",b\nx,1\n"},
    {CSV "unique = a\n", "\"x\"\"y\",1\nxy,2\n"},
    {"format = lines\ncolumn = x i64\n", "-9223372036854775808\n9223372036854775807\n-0x10\n\n"},
    {"format = lines\ncolumn = x enum(a)\n", "a"},
    {"format = lines\ncolumn = x text\n", "a, \"b\tc\n"},
};

static void good_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct checked k;
        check_bytes(&k, good[i].declared, good[i].text, strlen(good[i].text));
        if (k.findings.count != 0) {
            show(&k);
            fail_msg("case %zu", i);
        }
        release(&k);
    }
}

/* A tag list of 3,000 rows with a bad literal in row 2,113 and another mistake below. */
static void bad_literal_in_a_long_table(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct checked k;
    buf_adds(&b, "tag\tname\n");
    for (unsigned row = 2; row <= 3000; row++)
        buf_addf(&b, row == 2113 ? "0xL001\tLens%u\n" : row == 2500 ? "0x%04X\n" : "0x%04X\tTag%u\n", row, row);
    write_table(b.data, b.size);
    buf_release(&b);
    check(&k, TAGS "header = yes\nunique = tag\n", RESOURCE_FINDINGS, SIZE_MAX);
    show(&k);
    assert_int_equal(k.findings.count, 2);
    const struct finding *f = k.findings.items;
    assert_string_equal(f[0].rule, "resource.value.u16");
    assert_int_equal(f[0].line, 2113);
    assert_int_equal(f[0].column, 1);
    assert_string_equal(f[0].message,
                        "row 2113, column 1 \"tag\": expected a number such as 36867 or 0x9003, found \"0xL001\"");
    assert_non_null(strstr(f[0].mend, "0x and hexadecimal digits"));
    assert_string_equal(f[1].rule, "resource.columns");
    assert_int_equal(f[1].line, 2500);
    release(&k);
}

static void findings_are_bounded(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct checked k;
    for (unsigned row = 1; row <= 1000; row++)
        buf_adds(&b, "x\ta\n");
    write_table(b.data, b.size);
    buf_release(&b);
    check(&k, TAGS, RESOURCE_FINDINGS, SIZE_MAX);
    assert_int_equal(k.findings.count, RESOURCE_FINDINGS + 1);
    const struct finding *last = &k.findings.items[RESOURCE_FINDINGS];
    assert_string_equal(last->rule, "resource.more");
    assert_string_equal(last->message, "950 more errors are not listed");
    release(&k);
    check(&k, TAGS, 1, SIZE_MAX);
    assert_int_equal(k.findings.count, 1);
    release(&k);
}

/* Rows of the longest size and one more, before, between and behind others; the rest is checked as ever. */
static void long_lines(void **state)
{
    (void)state;
    enum { MOST = RESOURCE_ROW_MAX };
    char *line = malloc(8 * (size_t)MOST);
    assert_non_null(line);
    memset(line, 'x', 8 * (size_t)MOST);
    static const struct {
        size_t size;
        size_t findings;
    } cases[] = {{MOST - 3, 1}, {MOST - 1, 2}, {MOST, 2}, {2 * MOST, 2}, {8 * MOST, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT;
        struct checked k;
        buf_adds(&b, "a\tb\n");
        buf_add(&b, line, cases[i].size);
        buf_adds(&b, "\ty\nonly one\nc\td\n");
        write_table(b.data, b.size);
        buf_release(&b);
        check(&k, TWO, RESOURCE_FINDINGS, 100000);
        if (k.findings.count != cases[i].findings) {
            show(&k);
            fail_msg("case %zu", i);
        }
        if (k.findings.count == 2)
            assert_string_equal(k.findings.items[0].rule, "resource.line");
        const struct finding *last = &k.findings.items[k.findings.count - 1];
        assert_string_equal(last->rule, "resource.columns");
        assert_int_equal(last->line, 3);
        assert_null(strstr(last->message, "xx"));
        release(&k);
    }
    /* Short lines that a quote holds together are one row. */
    struct checked k;
    for (size_t i = 0; i < 2 * MOST; i += 100)
        line[i + 99] = '\n';
    memcpy(line, "a,1\n\"", 5);
    memcpy(line + 2 * MOST, "\",256\nb,2\n", 11);
    write_table(line, 2 * MOST + 11);
    check(&k, CSV, 1, SIZE_MAX);
    assert_int_equal(k.findings.count, 1);
    assert_string_equal(k.findings.items[0].rule, "resource.quote");
    assert_int_equal(k.findings.items[0].line, 2);
    assert_non_null(strstr(k.findings.items[0].message, "256 KiB"));
    release(&k);
    memset(line, 'x', 8 * (size_t)MOST);
    write_table(line, 8 * (size_t)MOST);
    free(line);
    check(&k, TWO, RESOURCE_FINDINGS, 1);
    assert_int_equal(k.findings.count, 1);
    assert_string_equal(k.findings.items[0].rule, "resource.line");
    release(&k);
}

/* Quotes that are never closed are each read to the bound and once more: that ends before it takes time. */
static void quotes_never_closed(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct checked k;
    for (unsigned row = 1; row <= 100000; row++)
        buf_adds(&b, row % 2 ? "\"a,1\n" : "a\"\"b,2\n");
    write_table(b.data, b.size);
    buf_release(&b);
    check(&k, CSV, RESOURCE_FINDINGS, SIZE_MAX);
    assert_int_equal(k.findings.count, RESOURCE_FINDINGS + 1);
    assert_string_equal(k.findings.items[0].rule, "resource.quote");
    assert_int_equal(k.findings.items[1].line, 2);
    release(&k);
}

static void unique_gives_up(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct checked k;
    for (uint32_t row = 0; row < RESOURCE_UNIQUE_MAX + 10; row++)
        buf_addf(&b, "%u\n", row);
    buf_addf(&b, "%u\n7\n", RESOURCE_UNIQUE_MAX + 5);
    write_table(b.data, b.size);
    buf_release(&b);
    check(&k, "format = lines\ncolumn = x u32\nunique = x\n", RESOURCE_FINDINGS, SIZE_MAX);
    show(&k);
    assert_int_equal(k.findings.count, 2);
    const struct finding *f = k.findings.items;
    assert_int_equal(f[0].severity, FINDING_NOTE);
    assert_int_equal(f[0].line, RESOURCE_UNIQUE_MAX + 1);
    assert_int_equal(f[1].severity, FINDING_ERROR); /* 7; the other one was not remembered */
    assert_string_equal(f[1].rule, "resource.duplicate");
    assert_non_null(strstr(f[1].message, "\"7\" stands in row 8 already"));
    release(&k);
}

/* Slices of any size find the same. */
static void slices(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct checked whole, parts;
    for (unsigned row = 1; row <= 200000; row++)
        buf_addf(&b, row % 30000 == 0 ? "\"x\ny\",z\n" : "row %u,%u\n", row, row % 256);
    write_table(b.data, b.size);
    buf_release(&b);
    check(&whole, CSV, RESOURCE_FINDINGS, SIZE_MAX);
    check(&parts, CSV, RESOURCE_FINDINGS, 1000);
    assert_int_equal(whole.findings.count, 6);
    assert_int_equal(parts.findings.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(whole.findings.items[i].message, parts.findings.items[i].message);
    release(&whole);
    release(&parts);
}

static void not_there(void **state)
{
    (void)state;
    struct checked k;
    assert_int_equal(unlink(path), 0);
    check(&k, TWO, RESOURCE_FINDINGS, SIZE_MAX);
    assert_int_equal(k.findings.count, 1);
    assert_string_equal(k.findings.items[0].rule, "resource.open");
    assert_non_null(strstr(k.findings.items[0].message, strerror(ENOENT)));
    release(&k);
}

/* Values of hostile files reach messages cut and made visible. */
static void shown_values(void **state)
{
    (void)state;
    char text[1000];
    struct checked k;
    memset(text, 'y', sizeof text);
    memcpy(text, "\x1b[31m", 5);
    check_bytes(&k, "format = lines\ncolumn = x u8\n", text, sizeof text);
    assert_int_equal(k.findings.count, 1);
    assert_non_null(strstr(k.findings.items[0].message, "\\x1b[31myyy"));
    assert_non_null(strstr(k.findings.items[0].message, "\xe2\x80\xa6\""));
    assert_true(strlen(k.findings.items[0].message) < 200);
    release(&k);
}

static int make_file(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%.30s/adit-resource-XXXXXX", tmp && strlen(tmp) <= 30 ? tmp : "/tmp");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault),
        cmocka_unit_test(good_files),
        cmocka_unit_test(bad_literal_in_a_long_table),
        cmocka_unit_test(findings_are_bounded),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(quotes_never_closed),
        cmocka_unit_test(unique_gives_up),
        cmocka_unit_test(slices),
        cmocka_unit_test(shown_values),
        cmocka_unit_test(not_there),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
