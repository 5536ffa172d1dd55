/* SPDX-License-Identifier: MIT */
/* libraries: nettle zlib */
/* PDF's tokens, objects, filters and text, against the examples of ISO 32000-1 and what is worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../plugins/document/pdf_security.h"
#include "../../../plugins/document/pdf_signatures.h"
#include "../../sdk/memory_job.h"
#include "../../sdk/pieces.h"

static int go_on(struct adit_job *job, uint64_t done, uint64_t total)
{
    (void)job, (void)done, (void)total;
    return 0;
}

static int hear(struct adit_job *job, const char *text, size_t n)
{
    (void)job, (void)text, (void)n;
    return 0;
}

struct fixture {
    struct adit_host host;
    struct adit_job memory;
    struct adit_call job;
    struct pdf d;
};

static struct fixture *start(const void *data, size_t size)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->job = memory_call(&f->memory, data, size);
    f->host = memory_host;
    f->host.progress = go_on;
    f->host.warn = hear;
    f->job.host = &f->host;
    f->d.job = &f->job;
    f->d.report = adit_report(&f->job);
    f->d.size = size;
    f->d.most_work = 1 << 30;
    f->d.arena.most = f->d.kept.most = 1 << 20;
    return f;
}

static void finish(struct fixture *f)
{
    pdf_clear(&f->d);
    free(f);
}

static struct pdf_object *parse(struct fixture *f)
{
    struct pdf_lexer l;
    pdf_lexer_at(&l, &f->d, NULL, 0, f->d.size);
    return pdf_parse(&l);
}

static void check_text(const char *source, const char *expected, size_t size)
{
    struct fixture *f = start(source, strlen(source));
    struct pdf_object *o = parse(f);
    assert_non_null(o);
    assert_true(o->kind == PDF_STRING || o->kind == PDF_NAME);
    assert_int_equal(o->text.size, size);
    assert_memory_equal(o->text.data, expected, size);
    finish(f);
}

/* 7.3.4.2, 7.3.4.3, 7.3.5: most are the examples there. */
static void test_texts(void **state)
{
    (void)state;
    static const char balanced[] = "Strings may contain balanced parentheses ( ) and\n so on.";
    check_text("(Strings may contain balanced parentheses ( ) and\n so on.)", balanced, sizeof balanced - 1);
    check_text("(These \\\ntwo strings \\\r\nare the same.)", "These two strings are the same.", 31);
    check_text("(a\r\nb\rc\\r\\n)", "a\nb\nc\r\n", 7);
    check_text("(\\0053)", "\0053", 2);
    check_text("(\\53\\053\\5)", "++\005", 3);
    check_text("(\\)\\(\\\\\\q)", ")(\\q", 4);
    check_text("()", "", 0);
    check_text("(no end", "no end", 6);
    check_text("<4E6F762073686D6F7A206B6120706F702E>", "Nov shmoz ka pop.", 17);
    check_text("<90 1f\nA>", "\x90\x1f\xa0", 3);
    check_text("/Lime#20Green", "Lime Green", 10);
    check_text("/paired#28#29parentheses", "paired()parentheses", 19);
    check_text("/A#42", "AB", 2);
    check_text("/The_Key_of_F#23_Minor", "The_Key_of_F#_Minor", 19);
    check_text("/a#zz#4", "a#zz#4", 6);
    check_text("/;Name_With-Various***Characters?", ";Name_With-Various***Characters?", 32);
}

static void check_number(const char *source, enum pdf_kind kind, double value)
{
    struct fixture *f = start(source, strlen(source));
    struct pdf_object *o = parse(f);
    assert_non_null(o);
    assert_int_equal(o->kind, kind);
    double found = pdf_number(o);
    double error = found - value, most = value < 0 ? -value * 1e-12 : value * 1e-12;
    assert_true(error <= most && error >= -most);
    finish(f);
}

static void test_numbers(void **state)
{
    (void)state;
    check_number("123", PDF_INTEGER, 123);
    check_number("+17", PDF_INTEGER, 17);
    check_number("-98", PDF_INTEGER, -98);
    check_number("34.5", PDF_REAL, 34.5);
    check_number("+123.6", PDF_REAL, 123.6);
    check_number("4.", PDF_REAL, 4);
    check_number("-.002", PDF_REAL, -.002);
    check_number("--5", PDF_INTEGER, -5);
    check_number("99999999999999999999", PDF_REAL, 99999999999999999999.0);
    check_number("12-3", PDF_INTEGER, 12);
    check_number("1e5", PDF_NULL, 0); /* 7.3.3: there are no exponents */
}

static void test_objects(void **state)
{
    (void)state;
    static const char source[] =
        "<< /A [1 2 0 R 3 4 (x) true null] % a comment >>\n/B << /C /D >> /E 1 0 R /F 5 /G[ ]>> stream";
    struct fixture *f = start(source, sizeof source - 1);
    struct pdf_object *o = parse(f), *a = pdf_find(o, "A");
    assert_int_equal(o->count, 5);
    static const enum pdf_kind kinds[] = {PDF_INTEGER, PDF_REFERENCE, PDF_INTEGER, PDF_INTEGER,
                                          PDF_STRING,  PDF_BOOLEAN,   PDF_NULL};
    assert_int_equal(a->count, 7);
    size_t i = 0;
    for (struct pdf_object *m = a->first; m; m = m->next)
        assert_int_equal(m->kind, kinds[i++]);
    assert_int_equal(a->first->next->reference.number, 2);
    assert_true(pdf_is_name(pdf_find(pdf_find(o, "B"), "C"), "D"));
    assert_int_equal(pdf_find(o, "E")->kind, PDF_REFERENCE);
    assert_int_equal(pdf_find(o, "F")->integer, 5);
    assert_int_equal(pdf_find(o, "G")->count, 0);
    assert_null(pdf_find(o, "H"));
    finish(f);
    /* What is not closed ends with the object; what is nested too deeply is none. */
    f = start("<< /A [1 2 /B << /C 3 endobj", 28);
    o = parse(f);
    assert_int_equal(pdf_find(o, "A")->count, 4);
    finish(f);
    char deep[1000];
    memset(deep, '[', sizeof deep);
    f = start(deep, sizeof deep);
    assert_null(parse(f));
    finish(f);
}

/* Decodes with a filter, from pieces of each size, and compares. */
static void check_filter(const char *name, bool early, const void *in, size_t in_size, const void *expected,
                         size_t size)
{
    static const size_t sizes[] = {1, 3, 5000};
    for (size_t k = 0; k < 3; k++) {
        struct fixture *f = start("", 0);
        struct pieces p = pieces_of(in, in_size, sizes[k]);
        struct adit_reader *r = pdf_filter_open(&f->d, adit_text_c(name), &p.reader, early);
        uint8_t out[600];
        size_t n = 0;
        int64_t got;
        assert_non_null(r);
        while ((got = adit_read_next(r, out + n, sizes[k] < sizeof out - n ? sizes[k] : sizeof out - n)) > 0)
            n += (size_t)got;
        assert_int_equal(n, size);
        assert_memory_equal(out, expected, size);
        finish(f);
    }
}
#define CHECK_FILTER(name, early, in, expected)                                                                        \
    check_filter(name, early, in, sizeof(in) - 1, expected, sizeof(expected) - 1)

static void test_filters(void **state)
{
    (void)state;
    CHECK_FILTER("ASCIIHexDecode", true, "61 62\n7>63", "abp");
    CHECK_FILTER("AHx", true, "6162", "ab");
    CHECK_FILTER("ASCII85Decode", true, "87cURD]i,\"Ebo80~>zzz", "Hello World!");
    CHECK_FILTER("A85", true, "z 9jq\no^ 9jqo~>", "\0\0\0\0Man Man");
    CHECK_FILTER("A85", true, "9jqo^", "Man ");
    CHECK_FILTER("RunLengthDecode", true, "\2abc\376z\0y\200more", "abczzzy");
    CHECK_FILTER("RL", true, "\5abc", "abc");
    /* 7.4.4.2, example 1 */
    CHECK_FILTER("LZWDecode", true, "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B");
    CHECK_FILTER("LZW", true, "\x80\x0b\x60\x50", "---"); /* cut: 256, 45, 258, and 5 bits more */
    struct fixture *f = start("", 0);
    struct pieces p = pieces_of("", 0, 1);
    assert_null(pdf_filter_open(&f->d, ADIT_TEXT("NoneDecode"), &p.reader, true));
    finish(f);
}

static void check_predictor(int64_t predictor, int64_t colors, int64_t bits, int64_t columns, const char *in,
                            size_t in_size, const char *expected, size_t size)
{
    struct fixture *f = start("", 0);
    struct pieces p = pieces_of(in, in_size, 3);
    struct adit_reader *r = pdf_predictor_open(&f->d, &p.reader, predictor, colors, bits, columns);
    char out[64];
    size_t n = 0;
    int64_t got;
    assert_non_null(r);
    while ((got = adit_read_next(r, out + n, 5)) > 0)
        n += (size_t)got;
    assert_int_equal(n, size);
    assert_memory_equal(out, expected, size);
    finish(f);
}

static void test_predictors(void **state)
{
    (void)state;
    /* None; Sub: 1, 1+1, 2+1; Up; Average of left and above: (0+2)/2+1, (2+3)/2+1, (3+4)/2+1; Paeth: nearest to left + above - corner */
    check_predictor(15, 1, 8, 3, "\0\1\2\3\1\1\1\1\2\1\1\1\3\1\1\1\4\1\1\1", 20, "\1\2\3\1\2\3\2\3\4\2\3\4\3\4\5", 15);
    check_predictor(10, 1, 8, 3, "\1\1\1", 3, "\1\2", 2);                   /* cut */
    check_predictor(12, 3, 8, 1, "\1\1\2\3\1\1\1\1", 8, "\1\2\3\1\1\1", 6); /* a pixel is three bytes */
    check_predictor(2, 1, 8, 3, "\1\1\1\5\377\1", 6, "\1\2\3\5\4\5", 6);
    check_predictor(2, 2, 8, 2, "\1\2\3\4", 4, "\1\2\4\6", 4);
    check_predictor(2, 1, 16, 2, "\0\377\0\1", 4, "\0\377\1\0", 4);
    check_predictor(2, 1, 4, 4, "\x1f\x11", 2, "\x10\x12", 2); /* 1, 1+15, 0+1, 1+1 */
    struct fixture *f = start("", 0);
    struct pieces p = pieces_of("", 0, 1);
    assert_ptr_equal(pdf_predictor_open(&f->d, &p.reader, 1, 0, 0, 0), &p.reader);
    assert_null(pdf_predictor_open(&f->d, &p.reader, 12, 1, 8, 1LL << 40));
    assert_null(pdf_predictor_open(&f->d, &p.reader, 12, 33, 8, 1));
    assert_null(pdf_predictor_open(&f->d, &p.reader, 12, 1, 7, 1));
    assert_null(pdf_predictor_open(&f->d, &p.reader, 12, 1, 8, 0));
    finish(f);
}

static void check_utf8(const char *in, size_t size, const char *expected)
{
    struct fixture *f = start("", 0);
    struct adit_text text = pdf_to_utf8(&f->d, adit_text_of(in, size));
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
    finish(f);
}

/* Annex D.3 and 7.9.2.2. */
static void test_text_strings(void **state)
{
    (void)state;
    check_utf8("\200\205\222\240\351", 5, "•–™€é");
    check_utf8("\30\37\237", 3, "˘˜\xef\xbf\xbd");
    check_utf8("\376\377\0A\x20\xac", 6, "A€");
    check_utf8("\376\377\xd8\x3d\xde\x00", 6, "😀");
    check_utf8("\377\376A\0", 4, "A");
    check_utf8("\357\273\277\303\251", 5, "é");
    check_utf8("\376\377\0\33\0e\0n\0\33\0A", 12, "A");
    check_utf8("", 0, "");
}

/* The last place of a tally is for all names beyond the room. */
static void test_tally(void **state)
{
    (void)state;
    struct pdf_tally t = {0};
    for (int i = 0; i < 200; i++) {
        char name[64];
        pdf_tally_add(&t, adit_text_of(name, (size_t)snprintf(name, sizeof name, "%d", i % 100)));
    }
    assert_int_equal(t.count, PDF_TALLIED);
    assert_int_equal(pdf_tally_of(&t, "0"), 2);
    assert_int_equal(pdf_tally_of(&t, "38"), 2);
    assert_int_equal(pdf_tally_of(&t, "39"), 0);
    assert_int_equal(pdf_tally_of(&t, ""), 2 * 61);
}

static void test_der_size(void **state)
{
    (void)state;
    assert_int_equal(pdf_der_size(adit_text_of("\x30\2ab\0\0\0", 7)), 4);
    assert_int_equal(pdf_der_size(adit_text_of("\x30\x81\2ab\0\0", 7)), 5);
    assert_int_equal(pdf_der_size(adit_text_of("\x30\x82\0\2ab\0", 7)), 6);
    assert_int_equal(pdf_der_size(adit_text_of("\x30\x82\1\2ab\0", 7)), 7); /* goes on beyond */
    assert_int_equal(pdf_der_size(adit_text_of("\x30\x80\1\2ab\0", 7)), 7); /* of indefinite length */
    assert_int_equal(pdf_der_size(adit_text_of("\x30\xff\1\2ab\0", 7)), 7);
    assert_int_equal(pdf_der_size(adit_text_of("\x30", 1)), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),   cmocka_unit_test(test_numbers),    cmocka_unit_test(test_objects),
        cmocka_unit_test(test_filters), cmocka_unit_test(test_predictors), cmocka_unit_test(test_text_strings),
        cmocka_unit_test(test_tally),   cmocka_unit_test(test_der_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
