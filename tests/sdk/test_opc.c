/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* (Parts are read in test_samples, by office/ooxml-core and office/docx.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/opc.h>

#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships/"

static void test_types(void **state)
{
    (void)state;
    assert_true(adit_opc_is_type(ADIT_TEXT(OFFICE "officeDocument"), "office-document"));
    assert_true(adit_opc_is_type(ADIT_TEXT(STRICT "officeDocument"), "office-document"));
    assert_true(adit_opc_is_type(ADIT_TEXT(OFFICE "extended-properties"), "extended-properties"));
    assert_true(adit_opc_is_type(ADIT_TEXT(STRICT "extendedProperties"), "extended-properties"));
    assert_false(adit_opc_is_type(ADIT_TEXT(OFFICE "myofficeDocument"), "office-document"));
    assert_false(adit_opc_is_type(ADIT_TEXT("officeDocument"), "office-document"));
    assert_false(adit_opc_is_type(ADIT_TEXT(OFFICE "comments"), "settings"));
    assert_false(adit_opc_is_type(adit_text_of(NULL, 0), "settings"));
}

static void expect_target(const char *source, const char *target, const char *expected)
{
    struct adit_opc_link link = {.target = adit_text_c(target)};
    struct adit_opc_links links = {.first = &link};
    char out[ADIT_OPC_NAME] = "?";
    (void)snprintf(links.source, sizeof links.source, "%s", source);
    assert_int_equal(adit_opc_target(&links, &link, out), expected != NULL);
    if (expected)
        assert_string_equal(out, expected);
    link.external = true;
    assert_false(adit_opc_target(&links, &link, out));
}

/* RFC 3986, 5.2.4, without the leading slash: names of archives have none. */
static void test_targets(void **state)
{
    char longest[ADIT_OPC_NAME + 1];
    (void)state;
    expect_target("", "word/document.xml", "word/document.xml");
    expect_target("", "/word/document.xml", "word/document.xml");
    expect_target("word/document.xml", "comments.xml", "word/comments.xml");
    expect_target("word/document.xml", "/docProps/app.xml", "docProps/app.xml");
    expect_target("word/document.xml", "../docProps/app.xml", "docProps/app.xml");
    expect_target("word/document.xml", "../../../app.xml", "app.xml");
    expect_target("a/b/c.xml", "./d/../e.xml", "a/b/e.xml");
    expect_target("a/b/c.xml", "..", "a/");
    expect_target("", "docProps/./app.xml", "docProps/app.xml");
    expect_target("", "a//b", "a/b");
    expect_target("", "..", NULL);
    expect_target("", "", NULL);
    memset(longest, 'x', sizeof longest);
    longest[ADIT_OPC_NAME] = '\0';
    expect_target("", longest, NULL);
    longest[ADIT_OPC_NAME - 1] = '\0';
    expect_target("", longest, longest);
    expect_target("a/b", longest, NULL);
}

static void test_parts(void **state)
{
    struct adit_opc_link third = {NULL, ADIT_TEXT("3"), ADIT_TEXT(OFFICE "image"), ADIT_TEXT("i.png"), false};
    struct adit_opc_link second = {&third, ADIT_TEXT("2"), ADIT_TEXT(OFFICE "image"), ADIT_TEXT("http://x/i.png"),
                                   true};
    struct adit_opc_link first = {&second, ADIT_TEXT("1"), ADIT_TEXT(OFFICE "styles"), ADIT_TEXT("s.xml"), false};
    struct adit_opc_links links = {&first, "word/document.xml"};
    char out[ADIT_OPC_NAME];
    (void)state;
    assert_true(adit_opc_part(&links, "image", out)); /* the first in the package */
    assert_string_equal(out, "word/i.png");
    assert_false(adit_opc_part(&links, "settings", out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
