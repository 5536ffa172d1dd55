/* SPDX-License-Identifier: MIT */
/* libraries: expat */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include "pieces.h"
#include <adit/xml.h>

static void put(char *out, size_t room, struct adit_text text)
{
    size_t used = strlen(out);
    assert_true(used + text.size < room);
    memcpy(out + used, text.data, text.size);
    out[used + text.size] = '\0';
}

static void put_name(char *out, size_t room, const struct adit_xml_name *name)
{
    if (name->space.size > 0) {
        put(out, room, ADIT_TEXT("{"));
        put(out, room, name->space);
        put(out, room, ADIT_TEXT("}"));
    }
    put(out, room, name->local);
}

/* The whole document as one line: <{space}name a=v> text </name>. */
static void write_out(struct adit_xml *x, char *out, size_t room)
{
    out[0] = '\0';
    while (adit_xml_next(x)) {
        if (x->kind == ADIT_XML_TEXT) {
            put(out, room, ADIT_TEXT("["));
            put(out, room, x->text);
            put(out, room, ADIT_TEXT("]"));
            continue;
        }
        put(out, room, x->kind == ADIT_XML_START ? ADIT_TEXT("<") : ADIT_TEXT("</"));
        put_name(out, room, &x->name);
        for (size_t i = 0; i < x->attribute_count; i++) {
            put(out, room, ADIT_TEXT(" "));
            put_name(out, room, &x->attributes[i].name);
            put(out, room, ADIT_TEXT("="));
            put(out, room, x->attributes[i].value);
        }
        put(out, room, ADIT_TEXT(">"));
    }
}

static enum adit_xml_result read_all(const char *data, size_t size, size_t piece,
                                     const struct adit_xml_options *options, char *out, size_t room)
{
    struct pieces d = pieces_of(data, size, piece);
    struct adit_xml *x = adit_xml_open(&d.reader, options);
    assert_non_null(x);
    write_out(x, out, room);
    assert_false(adit_xml_next(x));
    enum adit_xml_result result = x->result;
    if (result != ADIT_XML_OK)
        assert_true(strlen(x->message) > 0);
    adit_xml_close(x);
    return result;
}

/* Whatever the pieces in which it comes, the same comes of it. */
static void check(const char *data, size_t size, enum adit_xml_result result, const char *expected)
{
    for (size_t piece = 1; piece < 40; piece++) {
        char out[4096];
        assert_int_equal(read_all(data, size, piece, NULL, out, sizeof out), result);
        assert_string_equal(out, expected);
    }
}
#define CHECK(text, result, expected) check(text, sizeof(text) - 1, result, expected)

static void test_events(void **state)
{
    (void)state;
    CHECK("<a/>", ADIT_XML_OK, "<a></a>");
    CHECK("<a>x<b c='d'/>y</a>", ADIT_XML_OK, "<a>[x]<b c=d></b>[y]</a>");
    CHECK("<?xml version='1.0'?><!-- c --><a>1<!-- c -->2<![CDATA[<3>]]>&lt;4&#65;&#x42;</a>\n", ADIT_XML_OK,
          "<a>[12<3><4AB]</a>");
    CHECK("<p:a xmlns:p='u:1' p:x='1' x='2'><b xmlns='u:2'/><c/></p:a>", ADIT_XML_OK,
          "<{u:1}a {u:1}x=1 x=2><{u:2}b></{u:2}b><c></c></{u:1}a>");
    CHECK("<!DOCTYPE html PUBLIC '-//W3C' 'x.dtd'><a>x&nbsp;y</a>", ADIT_XML_OK, "<a>[x&nbsp;y]</a>");
}

/* What is in an element, and no further. */
static void test_within(void **state)
{
    static const char document[] = "<r><a>1<b><a>2</a></b>3<c/></a><d/></r>";
    struct pieces p = pieces_of(document, sizeof document - 1, 3);
    struct adit_xml *x = adit_xml_open(&p.reader, NULL);
    char seen[64] = "";
    (void)state;
    assert_true(adit_xml_next(x) && adit_xml_next(x) && adit_text_is(x->name.local, "a"));
    assert_true(adit_xml_next_in(x, 2) && x->kind == ADIT_XML_TEXT);
    while (adit_xml_next_element(x, 2))
        put(seen, sizeof seen, x->name.local);
    assert_string_equal(seen, "bac");
    assert_true(x->kind == ADIT_XML_END && x->depth == 2);
    assert_true(adit_xml_next_element(x, 1) && adit_text_is(x->name.local, "d"));
    assert_false(adit_xml_next_element(x, 1) || adit_xml_next_in(x, 1));
    adit_xml_close(x);
}

static void test_encodings(void **state)
{
    (void)state;
    CHECK("<?xml version='1.0' encoding='windows-1252'?><a>\x80\xe9</a>", ADIT_XML_OK, "<a>[\xe2\x82\xac\xc3\xa9]</a>");
    CHECK("<?xml version='1.0' encoding='KOI8-R'?><a>\xc1</a>", ADIT_XML_OK, "<a>[\xd0\xb0]</a>");
    CHECK("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0", ADIT_XML_OK, "<a>[\xc3\xa9]</a>");
    CHECK("\0<\0a\0>\0\xe9\0<\0/\0a\0>", ADIT_XML_OK, "<a>[\xc3\xa9]</a>");
    CHECK("\xef\xbb\xbf<a/>", ADIT_XML_OK, "<a></a>");
    CHECK("<?xml version='1.0' encoding='x-unknown'?><a/>", ADIT_XML_ENCODING, "");
    CHECK("<a>\xff</a>", ADIT_XML_MALFORMED, "<a>");
}

static void test_faults(void **state)
{
    (void)state;
    CHECK("", ADIT_XML_TRUNCATED, "");
    CHECK("<a><b>x", ADIT_XML_TRUNCATED, "<a><b>[x]");
    CHECK("<a><b", ADIT_XML_TRUNCATED, "<a>");
    CHECK("<a></b>", ADIT_XML_MALFORMED, "<a>");
    CHECK("<a/>junk", ADIT_XML_MALFORMED, "<a></a>");
    CHECK("<a><p:b/></a>", ADIT_XML_MALFORMED, "<a>");
}

static void test_entities(void **state)
{
    (void)state;
    CHECK("<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;'>]><a>&m;</a>", ADIT_XML_ENTITIES, "");
    CHECK("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", ADIT_XML_ENTITIES, "");
    CHECK("<!DOCTYPE a [<!ENTITY % p SYSTEM 'p.dtd'>%p;]><a/>", ADIT_XML_ENTITIES, "");
}

/* Attributes by default make much of little: a bound, not the memory, ends that. */
static void test_defaults(void **state)
{
    static char text[400 * 1024];
    (void)state;
    size_t n = (size_t)snprintf(text, sizeof text, "<!DOCTYPE r [<!ATTLIST a x CDATA '");
    memset(text + n, 'y', 100 * 1024);
    n += 100 * 1024;
    n += (size_t)snprintf(text + n, sizeof text - n, "'>]><r>");
    while (n < sizeof text - 10) {
        memcpy(text + n, "<a/>", 4);
        n += 4;
    }
    struct pieces d = pieces_of(text, n, SIZE_MAX);
    struct adit_xml *x = adit_xml_open(&d.reader, NULL);
    while (adit_xml_next(x))
        continue;
    assert_int_equal(x->result, ADIT_XML_LIMIT);
    adit_xml_close(x);
}

static void test_depth(void **state)
{
    char out[4096];
    (void)state;
    struct adit_xml_options three = {.max_depth = 3};
    assert_int_equal(read_all("<a><b><c/></b></a>", 18, 100, &three, out, sizeof out), ADIT_XML_OK);
    assert_int_equal(read_all("<a><b><c><d/></c></b></a>", 25, 100, &three, out, sizeof out), ADIT_XML_LIMIT);
    assert_string_equal(out, "<a><b><c>");
}

static void test_long_tokens(void **state)
{
    static char text[3 << 20];
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "<a b='", 6);
    struct pieces d = pieces_of(text, sizeof text, SIZE_MAX);
    struct adit_xml *x = adit_xml_open(&d.reader, NULL);
    assert_false(adit_xml_next(x));
    assert_int_equal(x->result, ADIT_XML_LIMIT);
    assert_true(d.at < sizeof text);
    adit_xml_close(x);
    /* Half of it is allowed, and comes whole. */
    memcpy(text + (512 << 10), "'/>", 3);
    struct pieces e = pieces_of(text, (512 << 10) + 3, 777);
    x = adit_xml_open(&e.reader, NULL);
    assert_true(adit_xml_next(x));
    assert_int_equal(adit_xml_attribute(x, "", "b").size, (512 << 10) - 6);
    assert_null(adit_xml_attribute(x, "", "c").data);
    adit_xml_close(x);
}

static void test_long_text(void **state)
{
    static char text[300 * 1000 + 7];
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "<a>", 3);
    memcpy(text + sizeof text - 4, "</a>", 4);
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text);
    struct adit_reader from = adit_reader(&job);
    struct adit_xml_options options = {.max_text = 64 << 10};
    struct adit_xml *x = adit_xml_open(&from, &options);
    size_t sum = 0, pieces = 0;
    while (adit_xml_next(x))
        if (x->kind == ADIT_XML_TEXT) {
            sum += x->text.size;
            pieces++;
            assert_in_range(x->text.size, 1, (64 << 10) + 8192);
        }
    assert_int_equal(x->result, ADIT_XML_OK);
    assert_int_equal(sum, 300 * 1000);
    assert_in_range(pieces, 3, 5);
    adit_xml_close(x);
    from = adit_reader(&job); /* without options: one piece */
    x = adit_xml_open(&from, NULL);
    assert_true(adit_xml_next(x) && adit_xml_next(x));
    assert_int_equal(x->text.size, 300 * 1000);
    adit_xml_close(x);
}

/* Many elements in one block: expat pauses, and nothing is lost. */
static void test_many(void **state)
{
    static char text[100 * 1000 + 7];
    (void)state;
    memcpy(text, "<r>", 3);
    for (size_t i = 0; i < 25000; i++)
        memcpy(text + 3 + i * 4, "<e/>", 4);
    memcpy(text + sizeof text - 4, "</r>", 4);
    for (size_t piece = 1000; piece <= 100000; piece *= 10) {
        struct pieces d = pieces_of(text, sizeof text, piece);
        struct adit_xml *x = adit_xml_open(&d.reader, NULL);
        size_t starts = 0, ends = 0;
        while (adit_xml_next(x)) {
            starts += x->kind == ADIT_XML_START;
            ends += x->kind == ADIT_XML_END;
        }
        assert_int_equal(x->result, ADIT_XML_OK);
        assert_int_equal(starts, 25001);
        assert_int_equal(ends, 25001);
        adit_xml_close(x);
    }
}

static void test_only_root(void **state)
{
    char out[200];
    struct adit_xml_options options = {.only_root = true};
    (void)state;
    assert_int_equal(read_all("<a>x</a>\0\0junk", 14, 100, &options, out, sizeof out), ADIT_XML_OK);
    assert_string_equal(out, "<a>[x]</a>");
}

static void test_content(void **state)
{
    static const char text[] = "<a><b>1<i>\xc3\xa9</i>3</b><c><d/>x</c><e/></a>";
    char out[8] = "";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text - 1);
    (void)state;
    for (size_t room = 0; room <= 6; room++) {
        static const size_t kept[] = {0, 1, 1, 3, 4, 4, 4};
        struct adit_reader from = adit_reader(&job);
        struct adit_xml *x = adit_xml_open(&from, NULL);
        assert_true(adit_xml_next(x) && adit_xml_next(x));
        memset(out, '#', sizeof out);
        assert_int_equal(adit_xml_content(x, out, room), 4);
        assert_memory_equal(out,
                            "1\xc3\xa9"
                            "3",
                            kept[room]);
        assert_int_equal(out[kept[room]], '#');
        assert_true(adit_xml_is(&x->name, "", "b") && x->kind == ADIT_XML_END);
        assert_true(adit_xml_next(x) && adit_xml_skip(x));
        assert_true(adit_xml_is(&x->name, "", "c"));
        assert_true(adit_xml_next(x) && adit_xml_is(&x->name, "", "e") && adit_xml_skip(x));
        assert_true(adit_xml_next(x) && x->depth == 1);
        adit_xml_close(x);
    }
}

static void test_unreadable(void **state)
{
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, "<a/>", 4);
    memory.fail_at = 2;
    (void)state;
    struct adit_reader from = adit_reader(&job);
    struct adit_xml *x = adit_xml_open(&from, NULL);
    assert_false(adit_xml_next(x));
    assert_int_equal(x->result, ADIT_XML_UNREADABLE);
    adit_xml_close(x);
    assert_false(adit_xml_next(NULL));
    adit_xml_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events), cmocka_unit_test(test_within),      cmocka_unit_test(test_encodings), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_entities),    cmocka_unit_test(test_defaults),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_long_tokens), cmocka_unit_test(test_long_text), cmocka_unit_test(test_many),
        cmocka_unit_test(test_only_root),   cmocka_unit_test(test_content),   cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
