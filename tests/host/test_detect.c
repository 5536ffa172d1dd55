/* SPDX-License-Identifier: MIT */
/* Type detection: magics, names, parents, aliases, tails, cut heads, noise. Declarations are written as .conf text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect_read.h"

struct fixture {
    struct arena arena;
    struct findings findings;
    struct conf confs[8];
    const struct conf *list[8];
    size_t count;
    struct detect *d;
};

static void declare(struct fixture *f, const char *name, const char *sections)
{
    char text[16384];
    int n = snprintf(text, sizeof text, "[plugin]\nname = %s\nversion = 1.0.0\nkind = types\nsummary = Test\n%s", name,
                     sections);
    assert_true(n > 0 && (size_t)n < sizeof text);
    int r = conf_parse(name, text, (size_t)n, &f->arena, &f->confs[f->count], &f->findings);
    if (r != 0 && f->findings.count)
        print_error("%u: %s\n", f->findings.items[0].line, f->findings.items[0].message);
    assert_int_equal(r, 0);
    f->list[f->count] = &f->confs[f->count];
    f->count++;
}

static void compile(struct fixture *f)
{
    f->d = detect_compile(f->list, f->count, &f->findings);
    assert_non_null(f->d);
}

static void release(struct fixture *f)
{
    detect_free(f->d);
    findings_release(&f->findings);
    arena_release(&f->arena);
    free(f);
}

static struct fixture *with(const char *sections)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    declare(f, "t", sections);
    compile(f);
    return f;
}

static struct detect_result detect_bytes(const struct fixture *f, const char *name, const void *data, size_t size)
{
    /* an allocation of exactly the bytes, so that reading past them shows */
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, data, size);
    struct detect_result r;
    detect_memory(f->d, copy, size, name, strlen(name), &r);
    free(copy);
    return r;
}

#define BYTES(f, name, text) detect_bytes((f), (name), (text), sizeof(text) - 1).media
#define TYPE_IS(f, name, text, media) assert_string_equal(BYTES(f, name, text), media)

static const char BASIC[] = "[type png]\nmedia = image/png\nmagic = 0 \"\\x89PNG\\r\\n\\x1a\\n\"\nglob = *.png\nalias = image/x-png\n"
                            "[type apng]\nmedia = image/apng\nparent = image/png\n"
                            "magic = 0 \"\\x89PNG\\r\\n\\x1a\\n\" & 37 \"acTL\"\nglob = *.apng\n"
                            "[type zip]\nmedia = application/zip\nmagic = 0 \"PK\\x03\\x04\"\nglob = *.zip\n"
                            "[type docx]\nmedia = application/x-docx\nparent = application/zip\nglob = *.docx\n"
                            "[type epub]\nmedia = application/epub+zip\nmagic = 0 \"PK\\x03\\x04\" & 30 \"mimetypeapplication/epub+zip\"\n"
                            "glob = *.epub\n"
                            "[type named]\nmedia = x/named\nglob = *.named\n"
                            "[type c]\nmedia = text/x-c\nglob = *.c\n"
                            "[type cpp]\nmedia = text/x-c++\nglob = *.C case\n";

static void test_magic_and_names(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    static const char PNG[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    TYPE_IS(f, "a.png", PNG, "image/png");
    TYPE_IS(f, "", PNG, "image/png");
    TYPE_IS(f, "a.zip", PNG, "image/png");                     /* strong magic beats a contradicting name */
    TYPE_IS(f, "a.apng", PNG, "image/apng");                   /* the name makes it more exact */
    TYPE_IS(f, "a.docx", "PK\3\4xxxx", "application/x-docx");
    TYPE_IS(f, "A.DOCX", "PK\3\4xxxx", "application/x-docx");
    TYPE_IS(f, "a.docx", "nothing of the kind", "text/plain");         /* its parent has a magic, which is missing */
    TYPE_IS(f, "a.named", "nothing of the kind", "x/named");           /* no magic anywhere: the name decides */
    TYPE_IS(f, "a.zip", "\1\2\3nothing", "application/octet-stream");  /* a strong magic is missing */
    TYPE_IS(f, "a.png", "words", "text/plain");
    static const char EPUB[] = "PK\3\4..........................mimetypeapplication/epub+zip";
    TYPE_IS(f, "a.zip", EPUB, "application/epub+zip");         /* never vaguer than the bytes */
    TYPE_IS(f, "a.docx", EPUB, "application/epub+zip");
    TYPE_IS(f, "a.c", "int x;\n", "text/x-c");
    TYPE_IS(f, "a.C", "int x;\n", "text/x-c++");
    TYPE_IS(f, "a.c", "\0\1\2\3", "application/octet-stream"); /* a text type needs text */
    struct detect_result r = detect_bytes(f, "a.png", PNG, sizeof PNG - 1);
    assert_int_equal(r.by, DETECT_BY_MAGIC_AND_GLOB);
    assert_int_equal(r.priority, 50);
    assert_string_equal(r.declared_in, "t");
    assert_int_equal(r.line, 8);
    release(f);
}

static void test_empty_and_unreadable(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    TYPE_IS(f, "a.png", "", "application/x-empty");
    struct detect_source s = {.size = 10, .name = "", .head = (const unsigned char *)""};
    struct detect_result r;
    detect_type(f->d, &s, &r);
    assert_string_equal(r.media, "application/octet-stream");
    release(f);
}

static void test_names_of_types(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    assert_string_equal(detect_canonical(f->d, "IMAGE/X-PNG", 11), "image/png");
    assert_string_equal(detect_canonical(f->d, "image/png", 9), "image/png");
    assert_null(detect_canonical(f->d, "image/pn", 8));
    assert_true(detect_is_a(f->d, "application/x-docx", "application/zip"));
    assert_true(detect_is_a(f->d, "application/epub+zip", "application/zip")); /* by its suffix */
    assert_false(detect_is_a(f->d, "application/zip", "application/x-docx"));
    assert_true(detect_is_a(f->d, "image/x-png", "image/png"));
    assert_true(detect_is_a(f->d, "text/x-c", "text/plain"));
    assert_true(detect_is_a(f->d, "text/unheard-of", "text/plain"));
    assert_true(detect_is_a(f->d, "x/y", "application/octet-stream"));
    assert_true(detect_is_a(f->d, "x/y", "X/Y"));
    assert_false(detect_is_a(f->d, "x/y", "image/png"));
    const char *in, *previous = "";
    size_t n = detect_type_count(f->d);
    assert_int_equal(n, 8 + 9);
    for (size_t i = 0; i < n; i++) {
        const char *media = detect_type_at(f->d, i, &in);
        assert_true(strcmp(previous, media) < 0);
        assert_string_equal(in, strncmp(media, "image/", 6) == 0 ? "t" : in);
        previous = media;
    }
    assert_null(detect_type_at(f->d, n, &in));
    release(f);
}

static void expect_kinds(const struct fixture *f, const char *media, const char *expected)
{
    const char *kinds[DETECT_KINDS];
    size_t count = detect_kinds(f->d, media, kinds), n = 0;
    char found[4096] = "";
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(found + n, sizeof found - n, "%s%s", i ? " " : "", kinds[i]);
    assert_string_equal(found, expected);
}

static void test_kinds(void **state)
{
    (void)state;
    struct fixture *f = with("[type a]\nmedia = x/a\nparent = x/b\nparent = x/c\nalias = x/alias\n[type b]\nmedia = x/b\nparent = x/d\n"
                             "[type c]\nmedia = x/c\nparent = x/e\nparent = x/d\n[type self]\nmedia = x/self\nparent = x/other\n"
                             "[type other]\nmedia = x/other\nparent = x/self\n[type svg]\nmedia = image/svg+xml\nroot = svg\n");
    expect_kinds(f, "x/a", "x/a x/b x/c x/d x/e"); /* nearest first, in the order of declarations, x/d once */
    expect_kinds(f, "X/Alias", "x/a x/b x/c x/d x/e");
    expect_kinds(f, "x/d", "x/d");
    expect_kinds(f, "x/self", "x/self x/other"); /* a cycle ends */
    expect_kinds(f, "image/svg+xml", "image/svg+xml application/xml text/plain");
    expect_kinds(f, "application/octet-stream", "application/octet-stream");
    expect_kinds(f, "inode/fifo", "inode/fifo");
    release(f);
    f = calloc(1, sizeof *f);
    assert_non_null(f);
    char text[8192];
    int n = snprintf(text, sizeof text, "[type all]\nmedia = x/all\n");
    for (int i = 0; i < 60; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "parent = x/p%d\n", i);
    declare(f, "t", text);
    compile(f);
    const char *kinds[DETECT_KINDS];
    assert_int_equal(detect_kinds(f->d, "x/all", kinds), DETECT_KINDS); /* bounded */
    release(f);
}

static void test_masks(void **state)
{
    (void)state;
    struct fixture *f = with("[type mp3]\nmedia = audio/mpeg\nmagic = 0 hex:ffe0/ffe0\n"
                             "[type low]\nmedia = x/low\nmagic = 0 \"AB\" /\"\\xdf\\xdf\"\n"
                             "[type none]\nmedia = x/loose\nmagic = 0 hex:0001/0003 & 2 hex:0080/0080\n");
    TYPE_IS(f, "", "\xff\xfb\x90\x44", "audio/mpeg");
    TYPE_IS(f, "", "\xff\xe3\x90\x44", "audio/mpeg");
    TYPE_IS(f, "", "\xff\xdb\x90\x01", "application/octet-stream");
    TYPE_IS(f, "", "aB", "x/low");
    TYPE_IS(f, "", "ab", "x/low");
    TYPE_IS(f, "", "a\"", "text/plain");
    TYPE_IS(f, "", "\x77\x05\x01\x91", "x/loose");
    TYPE_IS(f, "", "\x77\x06\x01\x91", "application/octet-stream");
    release(f);
}

static void test_ranges(void **state)
{
    (void)state;
    struct fixture *f = with("[type pdf]\nmedia = application/pdf\nmagic = 0..1023 \"%PDF-\"\n"
                             "[type two]\nmedia = x/two\nmagic = 0..4 \"ab\" & 8..16 \"cd\"\n"
                             "[type late]\nmedia = x/late\nmagic = 4000..4090 \"LATE!!\"\npriority = 40\n"
                             "[type one]\nmedia = x/one\nmagic = 3..5 \"\\x01\"\n");
    unsigned char b[5000] = {0};
    for (size_t at = 0; at < 1100; at++) {
        memset(b, 0, sizeof b);
        memcpy(b + at, "%PDF-", 5);
        assert_string_equal(detect_bytes(f, "", b, at + 5).media, at <= 1023 ? "application/pdf" : "application/octet-stream");
        assert_string_equal(detect_bytes(f, "", b, at + 4).media, at == 0 ? "text/plain" : "application/octet-stream");
    }
    TYPE_IS(f, "", "....ab..........cd", "x/two");
    TYPE_IS(f, "", ".....ab.........cd", "text/plain");
    TYPE_IS(f, "", "....ab...........cd", "text/plain");
    TYPE_IS(f, "", "...\1", "x/one");
    TYPE_IS(f, "", ".....\1", "x/one");
    TYPE_IS(f, "", "......\1", "application/octet-stream");
    memset(b, 0, sizeof b);
    memcpy(b + 4090, "LATE!!", 6);
    assert_string_equal(detect_bytes(f, "", b, sizeof b).media, "x/late");
    memset(b, 0, sizeof b);
    memcpy(b + 4091, "LATE!!", 6);
    assert_string_equal(detect_bytes(f, "", b, sizeof b).media, "application/octet-stream");
    release(f);
}

static void test_priorities(void **state)
{
    (void)state;
    struct fixture *f = with("[type a]\nmedia = x/a\nmagic = 0 \"abcd\"\npriority = 60\n"
                             "[type b]\nmedia = x/b\nmagic = 0 \"abcdefgh\"\n"
                             "[type c]\nmedia = x/c\nmagic = 0 \"xy\"\nglob = *.c\n"
                             "[type d]\nmedia = x/d\nmagic = 0 \"xyz\"\nglob = *.d\n"
                             "[type e]\nmedia = x/e\nmagic = 0 \"we\"\npriority = 30\nglob = *.e\n"
                             "[type f]\nmedia = x/f\nmagic = 0 \"wea\"\npriority = 40\nglob = *.f\n"
                             "[type g]\nmedia = x/g\nglob = *.g\n"
                             "[type parent]\nmedia = x/m-parent\nmagic = 0 \"same\"\n"
                             "[type child]\nmedia = x/child\nparent = x/m-parent\nmagic = 4 \"SAME\"\n");
    TYPE_IS(f, "", "abcdefgh", "x/a");     /* priority before length */
    TYPE_IS(f, "", "xyz", "x/d");          /* length */
    TYPE_IS(f, "q.c", "xyz", "x/c");       /* the name breaks the tie of priority */
    TYPE_IS(f, "", "weak", "x/f");
    TYPE_IS(f, "q.e", "weak", "x/e");      /* below 50 the name chooses among all that match */
    TYPE_IS(f, "q.g", "weak", "x/g");      /* and may contradict */
    TYPE_IS(f, "q.g", "xyz", "x/d");       /* a strong one it may not */
    TYPE_IS(f, "q.e", "none", "x/e");      /* not every x/e has its weak magic */
    TYPE_IS(f, "", "sameSAME", "x/child"); /* child over parent */
    release(f);
}

static void test_globs(void **state)
{
    (void)state;
    struct fixture *f = with("[type gz]\nmedia = x/gz\nglob = *.gz\n"
                             "[type tgz]\nmedia = x/tgz\nglob = *.tar.gz\n"
                             "[type make]\nmedia = x/make\nglob = makefile\nglob = Makefile.* weight 60\n"
                             "[type m]\nmedia = x/m\nglob = *.am\n"
                             "[type readme]\nmedia = x/readme\nglob = readme*\nglob = *,v\nglob = a[0-9]?[!x]z\n"
                             "[type two]\nmedia = x/two\nglob = *.two\n"
                             "[type low]\nmedia = x/low\nglob = *.two weight 40\n");
    TYPE_IS(f, "a.gz", "\1", "x/gz");
    TYPE_IS(f, "a.tar.gz", "\1", "x/tgz");
    TYPE_IS(f, "b.c.d.e.f.tar.gz", "\1", "x/tgz");
    TYPE_IS(f, ".gz", "\1", "x/gz");
    TYPE_IS(f, "a.gz.", "\1", "application/octet-stream");
    TYPE_IS(f, "gz", "\1", "application/octet-stream");
    TYPE_IS(f, "MakeFile", "\1", "x/make");
    TYPE_IS(f, "makefile.am", "\1", "x/make"); /* weight before length */
    TYPE_IS(f, "READMEs.gz", "\1", "x/readme"); /* length: 7 against 4 */
    TYPE_IS(f, "x.c,v", "\1", "x/readme");
    TYPE_IS(f, "a1-yz", "\1", "x/readme");
    TYPE_IS(f, "a1-xz", "\1", "application/octet-stream");
    TYPE_IS(f, "q.two", "\1", "x/two");
    char name[600];
    memset(name, 'n', sizeof name);
    memcpy(name + 590, ".tar.gz", 8);
    assert_string_equal(detect_bytes(f, name, "\1", 1).media, "x/tgz");
    release(f);
}

static void test_xml(void **state)
{
    (void)state;
    struct fixture *f = with("[type svg]\nmedia = image/svg+xml\nroot = svg http://www.w3.org/2000/svg\nroot = svg\nglob = *.svg\n"
                             "[type gpx]\nmedia = application/gpx+xml\nroot = gpx *\n"
                             "[type atom]\nmedia = application/x-atom\nroot = * http://www.w3.org/2005/Atom\n"
                             "[type xml]\nmedia = application/xml\nalias = text/xml\nglob = *.xml\n"
                             "[type glade]\nmedia = application/x-glade\nparent = text/xml\nglob = *.glade\n");
    TYPE_IS(f, "", "<?xml version=\"1.0\"?>\n<!-- <x> --><!DOCTYPE svg [<!ENTITY a \">\">]>\n<svg xmlns='http://www.w3.org/2000/svg'/>",
            "image/svg+xml");
    TYPE_IS(f, "a.xml", "<s:svg a = \"1>\" xmlns:s=\"http://www.w3.org/2000/svg\" >", "image/svg+xml");
    TYPE_IS(f, "", "\xef\xbb\xbf<svg width='1'/>", "image/svg+xml");
    TYPE_IS(f, "", "<svg xmlns='urn:other'/>", "application/xml");
    TYPE_IS(f, "a.svg", "<?xml version='1.0'?><other/>", "image/svg+xml");
    TYPE_IS(f, "", "<?xml version='1.0'?><other/>", "application/xml");
    TYPE_IS(f, "", "<?xml version='1.0'?><!-- cut", "application/xml");
    TYPE_IS(f, "", "<other/>", "text/plain");
    TYPE_IS(f, "", "<gpx xmlns=\"http://www.topografix.com/GPX/1/1\">", "application/gpx+xml");
    TYPE_IS(f, "", "<gpx>", "application/gpx+xml");
    TYPE_IS(f, "", "<feed xmlns=\"http://www.w3.org/2005/Atom\">", "application/x-atom");
    TYPE_IS(f, "a.glade", "<?xml version='1.0'?><other/>", "application/x-glade");
    TYPE_IS(f, "", "\xff\xfe<\0s\0v\0g\0/\0>\0", "image/svg+xml");
    TYPE_IS(f, "", "\xfe\xff\0<\0s\0v\0g\0/\0>", "image/svg+xml");
    assert_true(detect_is_a(f->d, "application/x-glade", "application/xml"));
    assert_true(detect_is_a(f->d, "image/svg+xml", "text/plain"));
    release(f);
}

static void test_tails(void **state)
{
    (void)state;
    struct fixture *f = with("[type tga]\nmedia = image/x-tga\nmagic = -18 \"TRUEVISION-XFILE.\\0\"\n"
                             "[type both]\nmedia = x/both\nmagic = 0 \"HEAD\" & -4 \"TAIL\"\npriority = 60\n"
                             "[type head]\nmedia = x/head\nmagic = 0 \"HEAD\"\n"
                             "[type range]\nmedia = x/range\nmagic = 0 \"\\x01\\x02\" & -100..-50 \"mid\"\n");
    unsigned char *b = calloc(1, 10000);
    assert_non_null(b);
    memcpy(b + 10000 - 18, "TRUEVISION-XFILE.\0", 18);
    assert_string_equal(detect_bytes(f, "", b, 10000).media, "image/x-tga");
    assert_string_equal(detect_bytes(f, "", b + 9000, 1000).media, "image/x-tga"); /* the tail is in the head */
    assert_string_equal(detect_bytes(f, "", b + 9983, 17).media, "application/octet-stream");
    memcpy(b, "HEAD", 4);
    struct detect_source s = {.head = b, .head_size = DETECT_HEAD, .size = 10000, .name = ""};
    struct detect_result r;
    detect_type(f->d, &s, &r);
    assert_string_equal(r.media, "x/head");
    assert_true(detect_wants_tail(f->d, &s, &r)); /* x/both could still be it */
    memcpy(b + 9996, "TAIL", 4);
    assert_string_equal(detect_bytes(f, "", b, 10000).media, "x/both");
    memset(b, 0, 10000);
    memcpy(b, "\1\2", 2);
    memcpy(b + 9950 - 0, "mid", 3);
    assert_string_equal(detect_bytes(f, "", b, 10000).media, "x/range");
    memcpy(b, "HEAD", 4);
    memcpy(b + 10000 - 18, "TRUEVISION-XFILE.\0", 18);
    assert_string_equal(detect_bytes(f, "", b, 10000).media, "x/head"); /* the end alone is outranked */
    memset(b, 't', 10000);
    detect_type(f->d, &s, &r);
    assert_false(detect_wants_tail(f->d, &s, &r)); /* text stays text */
    free(b);
    release(f);
}

static void test_wants_no_tail(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    unsigned char b[DETECT_HEAD] = {0};
    struct detect_source s = {.head = b, .head_size = sizeof b, .size = 100000, .name = ""};
    struct detect_result r;
    detect_type(f->d, &s, &r);
    assert_false(detect_wants_tail(f->d, &s, &r));
    release(f);
}

static void test_findings(void **state)
{
    (void)state;
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    declare(f, "one", "[type a]\nmedia = x/a\nparent = x/b\nalias = x/c\n[type b]\nmedia = x/b\nparent = x/a\n");
    declare(f, "two", "[type c]\nmedia = x/c\n[type a]\nmedia = x/a\nglob = *.aa\n");
    compile(f);
    bool cycle = false, taken = false;
    for (size_t i = 0; i < f->findings.count; i++) {
        cycle |= strcmp(f->findings.items[i].rule, "type.parent.cycle") == 0;
        taken |= strcmp(f->findings.items[i].rule, "type.alias.taken") == 0;
    }
    assert_true(cycle);
    assert_true(taken);
    assert_true(detect_is_a(f->d, "x/a", "x/b"));
    assert_false(detect_is_a(f->d, "x/a", "x/q"));
    TYPE_IS(f, "q.aa", "\1", "x/a"); /* declarations of one type add up */
    release(f);
}

static void test_nothing_declared(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct fixture f = {.d = detect_compile(NULL, 0, &findings)};
    assert_non_null(f.d);
    TYPE_IS(&f, "a.png", "\x89PNG\r\n\x1a\n", "application/octet-stream");
    TYPE_IS(&f, "", "text\n", "text/plain");
    TYPE_IS(&f, "", "{\"a\": 1}", "application/json");
    TYPE_IS(&f, "", "<!DOCTYPE HTML>\n", "text/html");
    assert_string_equal(detect_canonical(f.d, "text/plain", 10), "text/plain");
    detect_free(f.d);
    findings_release(&findings);
    detect_free(NULL);
}

/* Every beginning of a file of each type gives an answer, and the whole one the right one. */
static void test_truncated(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    static const char EPUB[] = "PK\3\4..........................mimetypeapplication/epub+zip";
    for (size_t n = 0; n < sizeof EPUB; n++) {
        const char *want = n == 0 ? "application/x-empty" : n < 3 ? (n < 3 ? "text/plain" : "") : NULL;
        const char *got = detect_bytes(f, "", EPUB, n).media;
        if (n >= 4)
            want = n < sizeof EPUB - 1 ? "application/zip" : "application/epub+zip";
        if (want)
            assert_string_equal(got, want);
    }
    release(f);
}

static void test_noise(void **state)
{
    (void)state;
    struct fixture *f = with(BASIC);
    unsigned char b[6000];
    uint32_t seed = 12345;
    for (int round = 0; round < 3000; round++) {
        size_t n = (seed >> 8) % sizeof b;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            b[i] = (unsigned char)(seed >> 24);
        }
        if (round % 3 == 0 && n > 8)
            memcpy(b, "PK\3\4", 4);
        char name[16];
        for (size_t i = 0; i < sizeof name - 1; i++)
            name[i] = (char)(b[n / 2 + i % 8] | 1);
        name[sizeof name - 1] = 0;
        assert_non_null(detect_bytes(f, name, b, n).media);
    }
    release(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_magic_and_names), cmocka_unit_test(test_empty_and_unreadable),
        cmocka_unit_test(test_names_of_types),  cmocka_unit_test(test_masks),
        cmocka_unit_test(test_ranges),          cmocka_unit_test(test_priorities),
        cmocka_unit_test(test_globs),           cmocka_unit_test(test_xml),
        cmocka_unit_test(test_tails),           cmocka_unit_test(test_wants_no_tail),
        cmocka_unit_test(test_findings),        cmocka_unit_test(test_nothing_declared),
        cmocka_unit_test(test_truncated),       cmocka_unit_test(test_noise),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
