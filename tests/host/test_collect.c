/* SPDX-License-Identifier: MIT */
/* From a worker's events to fields that are kept: declared, of the declared type, each name once, lists where they repeat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect.h"
#include "config.h"

/* ---- a small notation: what goes in and comes out, as text ---- */

/* Fields as text: name=value, {…} objects, […] lists. */
static void describe(const struct buf *b, char *out, size_t room)
{
    struct field_reader r = field_reader_of(b->data, b->size);
    struct field_event e;
    char close[64];
    size_t n = 0, depth = 0;
    out[0] = '\0';
    while (field_next(&r, &e) == 1) {
        if (e.tag == FIELD_END) {
            n += (size_t)snprintf(out + n, room - n, "%c", close[--depth]);
            continue;
        }
        n += (size_t)snprintf(out + n, room - n, "%s%.*s", n && !strchr("{[", out[n - 1]) ? " " : "", (int)e.name.size, e.name.data);
        if (e.name.size && e.tag != FIELD_OBJECT && e.tag != FIELD_LIST)
            n += (size_t)snprintf(out + n, room - n, "=");
        switch (e.tag) {
        case FIELD_OBJECT: close[depth++] = '}'; n += (size_t)snprintf(out + n, room - n, "{"); break;
        case FIELD_LIST: close[depth++] = ']'; n += (size_t)snprintf(out + n, room - n, "["); break;
        case FIELD_BOOL: n += (size_t)snprintf(out + n, room - n, "%s", e.boolean ? "yes" : "no"); break;
        case FIELD_I64: n += (size_t)snprintf(out + n, room - n, "%lldi", (long long)e.i64); break;
        case FIELD_U64: n += (size_t)snprintf(out + n, room - n, "%lluu", (unsigned long long)e.u64); break;
        case FIELD_F64: n += (size_t)snprintf(out + n, room - n, "%gf", e.f64); break;
        case FIELD_TIME: n += (size_t)snprintf(out + n, room - n, "%dt", e.time.year); break;
        case FIELD_STRING: n += (size_t)snprintf(out + n, room - n, "'%.*s'", (int)e.text.size, e.text.data); break;
        case FIELD_BYTES_TEXT: n += (size_t)snprintf(out + n, room - n, "?'%zu'", e.text.size); break;
        case FIELD_BYTES: n += (size_t)snprintf(out + n, room - n, "<%zu>", e.text.size); break;
        case FIELD_END: break;
        }
    }
}

struct fixture {
    struct plugin plugin;
    struct arena arena;
    struct collector *collector;
    struct buf raw, out;
    struct collect_warnings warnings;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    f->collector = collector_new();
    *state = f;
    return f->collector ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    collector_free(f->collector);
    collector_free(NULL);
    buf_release(&f->raw);
    buf_release(&f->out);
    arena_release(&f->arena);
    free(f);
    return 0;
}

/* The declarations, through the real reader of .conf files. */
static void declare(struct fixture *f, const char *fields)
{
    char text[4096];
    struct findings findings = {0};
    int n = snprintf(text, sizeof text,
                     "[plugin]\nname = p\nversion = 1.0.0\nkind = extractor\nmodule = p.so\nsummary = s\n[match]\ntype = a/b\n[fields]\n%s", fields);
    int rc = conf_parse("p.conf", text, (size_t)n, &f->arena, &f->plugin.conf, &findings);
    if (rc != 0)
        fail_msg("%s", findings.count ? findings.items[0].message : "conf_parse failed");
    findings_release(&findings);
}

static void start(struct fixture *f)
{
    buf_reset(&f->raw);
    f->warnings = (struct collect_warnings){.count = 0};
}
static void u64(struct fixture *f, const char *name, uint64_t v)
{
    field_put_value(&f->raw, name, name ? strlen(name) : 0, &(struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = v});
}
static void i64(struct fixture *f, const char *name, int64_t v)
{
    field_put_value(&f->raw, name, name ? strlen(name) : 0, &(struct adit_value){.kind = ADIT_KIND_I64, .as.i64 = v});
}
static void text(struct fixture *f, const char *name, const char *v)
{
    field_put_value(&f->raw, name, name ? strlen(name) : 0, &(struct adit_value){.kind = ADIT_KIND_STRING, .as.text = {v, strlen(v)}});
}
static void object(struct fixture *f, const char *name)
{
    field_put_begin(&f->raw, name, name ? strlen(name) : 0, FIELD_OBJECT);
}
static void list(struct fixture *f, const char *name)
{
    field_put_begin(&f->raw, name, name ? strlen(name) : 0, FIELD_LIST);
}
static void end(struct fixture *f)
{
    field_put_end(&f->raw);
}

static int collect(struct fixture *f)
{
    buf_reset(&f->out);
    return collect_fields(f->collector, &f->plugin, f->raw.data, f->raw.size, &f->out, &f->warnings);
}

static void expect(struct fixture *f, const char *fields, uint64_t left_out)
{
    char found[2000];
    int error = collect(f);
    if (error)
        fail_msg("collect_fields gives %d (%s) for %s", error, strerror(-error), fields);
    assert_true(fields_valid(f->out.data, f->out.size));
    describe(&f->out, found, sizeof found);
    if (strcmp(found, fields) != 0 || f->warnings.left_out != left_out)
        fail_msg("found    %s (%llu left out: %s)\nexpected %s (%llu)", found, (unsigned long long)f->warnings.left_out,
                 f->warnings.count ? f->warnings.text[0] : "", fields, (unsigned long long)left_out);
    start(f);
}

static void expect_warning(struct fixture *f, const char *part)
{
    assert_int_equal(collect(f), 0);
    for (size_t i = 0; i < f->warnings.count; i++)
        if (strstr(f->warnings.text[i], part)) {
            start(f);
            return;
        }
    fail_msg("no warning with \"%s\" among %zu, the first: %s", part, f->warnings.count, f->warnings.count ? f->warnings.text[0] : "");
}

/* ---- types ---- */

static void test_integers_fit_or_not(void **state)
{
    struct fixture *f = *state;
    declare(f, "u8 = u8\nu16 = u16\nu32 = u32\nu64 = u64\ni8 = i8\ni16 = i16\ni32 = i32\ni64 = i64\n");
    static const struct { const char *name; uint64_t most; int64_t least; } kinds[] = {
        {"u8", UINT8_MAX, 0}, {"u16", UINT16_MAX, 0}, {"u32", UINT32_MAX, 0}, {"u64", UINT64_MAX, 0},
        {"i8", INT8_MAX, INT8_MIN}, {"i16", INT16_MAX, INT16_MIN}, {"i32", INT32_MAX, INT32_MIN}, {"i64", INT64_MAX, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char expected[60];
        bool is_signed = kinds[i].name[0] == 'i';
        start(f);
        u64(f, kinds[i].name, kinds[i].most);
        (void)snprintf(expected, sizeof expected, "%s=%llu%c", kinds[i].name, (unsigned long long)kinds[i].most, is_signed ? 'i' : 'u');
        expect(f, expected, 0);
        if (kinds[i].most < UINT64_MAX) {
            u64(f, kinds[i].name, kinds[i].most + 1);
            expect(f, "", 1);
        }
        i64(f, kinds[i].name, kinds[i].least);
        (void)snprintf(expected, sizeof expected, "%s=%lld%c", kinds[i].name, (long long)kinds[i].least, is_signed ? 'i' : 'u');
        expect(f, expected, 0);
        if (kinds[i].least > INT64_MIN) {
            i64(f, kinds[i].name, kinds[i].least - 1);
            expect(f, "", 1);
        }
    }
}

static void test_mistyped(void **state)
{
    struct fixture *f = *state;
    declare(f, "flag = bool\nn = u32\nx = f64\ns = string\nb = bytes\nt = time\nany = any\n");
    start(f);
    u64(f, "flag", 1);
    text(f, "n", "7");
    text(f, "x", "0.5");
    u64(f, "s", 5);
    text(f, "b", "text");
    u64(f, "t", 1999);
    field_put_value(&f->raw, "n", 1, &(struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = 1});
    field_put_value(&f->raw, "s", 1, &(struct adit_value){.kind = ADIT_KIND_BYTES, .as.text = {"x", 1}});
    expect(f, "", 8);
    field_put_value(&f->raw, "flag", 4, &(struct adit_value){.kind = ADIT_KIND_BOOL, .as.boolean = true});
    u64(f, "x", 3); /* an integer stands for a float */
    text(f, "s", "");
    field_put_value(&f->raw, "b", 1, &(struct adit_value){.kind = ADIT_KIND_BYTES, .as.text = {"x", 1}});
    field_put_value(&f->raw, "t", 1, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = {.year = 1999, .precision = 1}});
    i64(f, "any", -1);
    expect(f, "flag=yes x=3f s='' b=<1> t=1999t any=-1i", 0);
    text(f, "s", "\xff");
    i64(f, "x", -5);
    expect(f, "s=?'1' x=-5f", 0);
    object(f, "n");
    u64(f, "inside", 1);
    end(f);
    list(f, "n");
    u64(f, NULL, 1);
    end(f);
    expect(f, "", 2); /* what is in them is not counted again */
}

/* A worker that calls text that is UTF-8 "not UTF-8" does not decide what it is. */
static void test_bytes_text_is_looked_at_again(void **state)
{
    struct fixture *f = *state;
    static const uint8_t lie[] = {FIELD_BYTES_TEXT, 1, 's', 2, 'o', 'k'};
    declare(f, "s = string\n");
    start(f);
    buf_add(&f->raw, lie, sizeof lie);
    expect(f, "s='ok'", 0);
}

/* ---- names ---- */

static void test_undeclared(void **state)
{
    struct fixture *f = *state;
    declare(f, "a.b = u32\nwidth = u32\n");
    start(f);
    u64(f, "height", 1);
    u64(f, "a", 1);
    u64(f, "widt", 1);
    u64(f, "width2", 1);
    u64(f, "width.x", 1);
    u64(f, "", 1);
    assert_int_equal(collect(f), -EBADMSG); /* nameless, and in no list */
    start(f);
    u64(f, "height", 1);
    u64(f, "a", 1);
    u64(f, "widt", 1);
    u64(f, "width2", 1);
    u64(f, "width.x", 1);
    object(f, "a");
    u64(f, "c", 1);
    u64(f, "b", 2);
    object(f, "b");
    u64(f, "b", 3);
    end(f);
    end(f);
    u64(f, "width", 9);
    expect(f, "a{b=2u} width=9u", 7);
    u64(f, "height", 1);
    expect_warning(f, "field height is not declared in [fields] and was left out: height = u64 declares it");
}

/* A warning says what was declared, what came, and what to do. */
static void test_what_warnings_say(void **state)
{
    struct fixture *f = *state;
    declare(f, "w = u16\ni = i8\ns = string\nn[] = string\nm[].x = u32\nt = f32\nb.* = u8\n");
    start(f);
    u64(f, "w", 70000);
    expect_warning(f, "field w is declared u16, which cannot hold 70000, and was left out");
    i64(f, "w", -1);
    expect_warning(f, "field w is declared u16, which cannot hold -1, and was left out");
    u64(f, "i", 128);
    expect_warning(f, "field i is declared i8, which cannot hold 128, and was left out");
    u64(f, "s", 1);
    expect_warning(f, "field s is declared string, was emitted as u64, and was left out");
    text(f, "t", "1.0");
    expect_warning(f, "field t is declared f32, was emitted as string, and was left out");
    u64(f, "b.q", 300);
    expect_warning(f, "field b.q is declared u8, which cannot hold 300, and was left out");
    /* By the name that stands in the .conf. */
    text(f, "n[]", "x");
    expect_warning(f, "field n[] was left out: \"[]\" belongs in the .conf alone, the name to emit is what stands before it");
    object(f, "m[]");
    u64(f, "x", 1);
    end(f);
    expect_warning(f, "field m[] was left out: \"[]\" belongs in the .conf alone, the name to emit is what stands before it");
}

static void test_names_with_a_nul(void **state)
{
    struct fixture *f = *state;
    declare(f, "a.b = u32\na[].c = u32\nw.* = u32\nx = u32\n");
    start(f);
    field_put_begin(&f->raw, "a\0z", 3, FIELD_OBJECT);
    u64(f, "b", 1);
    end(f);
    field_put_begin(&f->raw, "a\0z", 3, FIELD_LIST);
    end(f);
    field_put_value(&f->raw, "x\0y", 3, &(struct adit_value){.kind = ADIT_KIND_U64});
    expect(f, "", 3);
}

static void test_twice(void **state)
{
    struct fixture *f = *state;
    declare(f, "n = u32\no.x = u32\nl[] = u32\n");
    start(f);
    u64(f, "n", 1);
    u64(f, "n", 2);
    object(f, "o");
    u64(f, "x", 1);
    u64(f, "x", 2);
    end(f);
    object(f, "o");
    u64(f, "x", 3);
    end(f);
    expect(f, "n=1u o{x=1u}", 3);
    u64(f, "n", 1);
    u64(f, "n", 2);
    expect_warning(f, "field n was emitted twice");
}

static void test_implied_lists(void **state)
{
    struct fixture *f = *state;
    declare(f, "l[] = u32\nm[].n = string\nm[].k[] = u8\n");
    start(f);
    u64(f, "l", 1);
    object(f, "m");
    text(f, "n", "a");
    u64(f, "k", 1);
    u64(f, "k", 2);
    end(f);
    u64(f, "l", 2);
    object(f, "m");
    text(f, "n", "b");
    end(f);
    list(f, "l"); /* and one that is said outright goes on with it */
    u64(f, NULL, 3);
    end(f);
    list(f, "m");
    object(f, NULL);
    text(f, "n", "c");
    end(f);
    end(f);
    expect(f, "l[1u 2u 3u] m[{n='a' k[1u 2u]} {n='b'} {n='c'}]", 0);
    list(f, "l");
    text(f, NULL, "no number");
    list(f, NULL);
    u64(f, NULL, 1);
    end(f);
    object(f, NULL);
    end(f);
    u64(f, NULL, 4);
    end(f);
    expect(f, "l[4u]", 3);
}

/* `a.b` and `a[]` may both be declared: whichever comes first has the name, and the other is told; no end of the run. */
static void test_list_and_object_of_one_name(void **state)
{
    struct fixture *f = *state;
    declare(f, "a.b = u32\na[] = u32\nc.d = u32\nc[].e = u32\n");
    start(f);
    object(f, "a");
    u64(f, "b", 1);
    end(f);
    u64(f, "a", 2);
    list(f, "a");
    u64(f, NULL, 3);
    end(f);
    expect(f, "a{b=1u}", 2);
    u64(f, "a", 2);
    object(f, "a");
    u64(f, "b", 1);
    end(f);
    u64(f, "a", 3);
    expect(f, "a[2u 3u]", 1);
    list(f, "c");
    object(f, NULL);
    u64(f, "e", 1);
    end(f);
    end(f);
    object(f, "c");
    u64(f, "d", 1);
    end(f);
    expect(f, "c[{e=1u}]", 1);
    object(f, "a");
    end(f);
    u64(f, "a", 1);
    expect_warning(f, "as a list and as something else");
}

static void test_wildcards(void **state)
{
    struct fixture *f = *state;
    declare(f, "text.* = string\ntext.*[] = string\nraw.* = any\nraw.size = u8\n");
    start(f);
    object(f, "text");
    text(f, "Title", "one");
    text(f, "Title", "two");
    u64(f, "Number", 1);
    list(f, "Names");
    text(f, NULL, "x");
    u64(f, NULL, 1);
    end(f);
    end(f);
    object(f, "raw");
    u64(f, "size", 300);
    u64(f, "other", 300);
    object(f, "deep");
    list(f, "er");
    text(f, NULL, "y");
    end(f);
    end(f);
    end(f);
    object(f, "textual");
    end(f);
    text(f, "text", "bare");
    expect(f, "text{Title='one' Names['x']} raw{other=300u deep{er['y']}}", 6);
}

/* ---- shapes that no honest worker sends ---- */

static void test_broken_events(void **state)
{
    struct fixture *f = *state;
    declare(f, "a.b = any\nl[] = u32\na.* = any\n");
    static const struct { const char *what, *bytes; size_t size; } cases[] = {
#define CASE(what, bytes) {what, bytes, sizeof(bytes) - 1}
        CASE("end too many", "\x0a"), CASE("left open", "\x08\x01" "a"), CASE("two ends", "\x08\x01" "a\x0a\x0a"),
        CASE("unknown tag", "\x20\x01" "a"), CASE("name in a list", "\x09\x01" "l\x03\x01" "x\x01\x0a"),
        CASE("nameless in an object", "\x08\x01" "a\x03\x00\x01\x0a"), CASE("cut", "\x03\x01" "l"), CASE("cut name", "\x03\x05l"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(f);
        buf_add(&f->raw, cases[i].bytes, cases[i].size);
        if (collect(f) != -EBADMSG)
            fail_msg("%s", cases[i].what);
        assert_int_equal(f->out.size, 0);
    }
    start(f);
    expect(f, "", 0);
}

static void test_depth(void **state)
{
    struct fixture *f = *state;
    declare(f, "d.* = any\n");
    for (size_t depth = FIELD_MAX_DEPTH / 2; depth <= FIELD_MAX_DEPTH / 2 + 1; depth++) {
        start(f);
        for (size_t i = 0; i < depth; i++)
            object(f, "d");
        for (size_t i = 0; i < depth; i++)
            end(f);
        assert_int_equal(collect(f), depth == FIELD_MAX_DEPTH / 2 ? 0 : -EBADMSG);
    }
    /* The same where nothing of it is declared: it is followed all the same. */
    declare(f, "x = u8\n");
    start(f);
    for (size_t i = 0; i <= FIELD_MAX_DEPTH / 2; i++)
        object(f, "d");
    assert_int_equal(collect(f), -EBADMSG);
}

/* Sixteen levels of lists that are implied make thirty-two: still well-formed for all who read them. */
static void test_implied_lists_at_the_greatest_depth(void **state)
{
    struct fixture *f = *state;
    char path[200] = "";
    for (size_t i = 0; i < FIELD_MAX_DEPTH / 2; i++)
        strcat(path, "d[].");
    strcat(path, "x"); /* longer than the reader of .conf files takes a key */
    struct conf_field field = {.path = path, .kind = CONF_FIELD_U64, .bits = 8};
    f->plugin.conf.fields = &field;
    f->plugin.conf.field_count = 1;
    start(f);
    for (size_t i = 0; i < FIELD_MAX_DEPTH / 2; i++)
        object(f, "d");
    u64(f, "x", 1);
    for (size_t i = 0; i < FIELD_MAX_DEPTH / 2; i++)
        end(f);
    assert_int_equal(collect(f), 0);
    assert_int_equal(f->warnings.left_out, 0);
    assert_true(fields_valid(f->out.data, f->out.size));
    assert_true(f->out.size > 32 * 2);
}

static void test_long_paths(void **state)
{
    struct fixture *f = *state;
    char name[FIELD_MAX_NAME + 1];
    memset(name, 'n', FIELD_MAX_NAME);
    name[FIELD_MAX_NAME] = '\0';
    declare(f, "w.* = any\nw.size = u8\n");
    for (size_t depth = 1; depth < FIELD_MAX_DEPTH / 2; depth++) {
        start(f);
        object(f, "w");
        for (size_t i = 1; i < depth; i++)
            object(f, name);
        u64(f, "size", 300);
        u64(f, name, 1);
        text(f, name, "twice");
        for (size_t i = 0; i < depth; i++)
            end(f);
        assert_int_equal(collect(f), 0);
        assert_true(fields_valid(f->out.data, f->out.size));
        assert_true(f->warnings.left_out >= 1);
    }
    object(f, name);
    end(f);
    expect_warning(f, "is not declared");
}

static void test_too_many_events(void **state)
{
    struct fixture *f = *state;
    declare(f, "l[] = u32\n");
    start(f);
    list(f, "l");
    for (size_t i = 1; i < FIELD_MAX_EVENTS; i++)
        u64(f, NULL, i);
    end(f);
    assert_int_equal(collect(f), 0);
    size_t size = f->out.size;
    assert_int_equal(size, f->raw.size);
    u64(f, "l", 1); /* one more than any worker of ours lets through */
    assert_int_equal(collect(f), -EBADMSG);
}

/* Many names in one object, some of them twice: looked up, not compared one with all. */
static void test_many_names(void **state)
{
    struct fixture *f = *state;
    enum { NAMES = 50000 };
    declare(f, "t.* = u32\n");
    for (int round = 0; round < 2; round++) {
        char name[16];
        start(f);
        object(f, "t");
        for (uint32_t i = 0; i < NAMES; i++) {
            (void)snprintf(name, sizeof name, "%u", i);
            u64(f, name, i);
            if (i % 1000 == 0)
                u64(f, name, i);
        }
        end(f);
        assert_int_equal(collect(f), 0);
        assert_int_equal(f->warnings.left_out, NAMES / 1000);
        assert_true(f->warnings.count <= COLLECT_MAX_WARNINGS);
    }
    start(f);
    object(f, "t");
    u64(f, "1", 5); /* nothing of it is left for the next source */
    end(f);
    expect(f, "t{1=5u}", 0);
}

/* Rows within rows, with the same names in each, twice in some, and lists that go on after other fields: what has ended is written,
 * and what has not is still looked up. */
static void test_rows(void **state)
{
    struct fixture *f = *state;
    declare(f, "row[].a = f64\nrow[].l[] = i8\nrow[].in[].b = u8\nrow[].in[].t = string\nz = u8\nl[].x = u8\no.p.q = u8\no.r[] = u8\n");
    start(f);
    for (uint64_t i = 0; i < 2; i++) {
        object(f, "row");
        u64(f, "a", i);
        u64(f, "l", 1);
        for (uint64_t k = 0; k < 2; k++) {
            object(f, "in");
            u64(f, "b", k);
            u64(f, "b", 9);
            text(f, "t", "w");
            end(f);
        }
        u64(f, "l", 2);
        i64(f, "a", -1);
        end(f);
        u64(f, "z", i);
        list(f, "l");
        object(f, NULL);
        u64(f, "x", i);
        end(f);
        end(f);
    }
    object(f, "o");
    u64(f, "r", 1);
    object(f, "p");
    u64(f, "q", 7);
    end(f);
    object(f, "p");
    u64(f, "q", 8);
    end(f);
    u64(f, "r", 2);
    end(f);
    object(f, "o");
    u64(f, "r", 3);
    end(f);
    expect(f, "row[{a=0f l[1i 2i] in[{b=0u t='w'} {b=1u t='w'}]} {a=1f l[1i 2i] in[{b=0u t='w'} {b=1u t='w'}]}] z=0u l[{x=0u} {x=1u}] "
              "o{r[1u 2u] p{q=7u}}", 9);
}

/* As many rows as there may be, each deep: in little memory, and not in quadratic time. */
static void test_many_rows(void **state)
{
    struct fixture *f = *state;
    declare(f, "r[].a.b.c[].d = u8\n");
    start(f);
    for (size_t i = 0; i < FIELD_MAX_EVENTS / 5; i++) {
        object(f, "r");
        object(f, "a");
        object(f, "b");
        object(f, "c");
        u64(f, "d", i % 200);
        for (int k = 0; k < 4; k++)
            end(f);
    }
    assert_int_equal(collect(f), 0);
    assert_int_equal(f->warnings.left_out, 0);
    assert_true(f->out.size > f->raw.size - 10);
}

static void test_warnings_are_bounded(void **state)
{
    struct fixture *f = *state;
    declare(f, "x = u8\n");
    start(f);
    for (int i = 0; i < 1000; i++) {
        char name[300];
        (void)snprintf(name, sizeof name, "%0*d", 1 + i % 290, i % 20);
        u64(f, name, 1);
    }
    assert_int_equal(collect(f), 0);
    assert_int_equal(f->warnings.count, COLLECT_MAX_WARNINGS);
    assert_int_equal(f->warnings.left_out, 1000);
    for (size_t i = 0; i < f->warnings.count; i++)
        assert_true(strlen(f->warnings.text[i]) < COLLECT_WARNING);
    start(f);
    for (int i = 0; i < 50; i++)
        u64(f, "same", 1);
    assert_int_equal(collect(f), 0);
    assert_int_equal(f->warnings.count, 1);
    assert_int_equal(f->warnings.left_out, 50);
}

/* Names are a plugin's words: what is told of them must be UTF-8 still, wherever they were cut. */
static void test_warnings_are_text(void **state)
{
    struct fixture *f = *state;
    char name[200];
    declare(f, "x = u8\n");
    for (size_t shift = 0; shift < 3; shift++) {
        start(f);
        memset(name, 'a', shift);
        for (size_t i = 0; i < 60; i++)
            memcpy(name + shift + 3 * i, "\xe2\x82\xac", 3);
        name[shift + 180] = '\0';
        u64(f, name, 1);
        assert_int_equal(collect(f), 0);
        assert_int_equal(f->warnings.count, 1);
        assert_true(utf8_valid(f->warnings.text[0], strlen(f->warnings.text[0])));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_integers_fit_or_not), TEST(test_mistyped), TEST(test_bytes_text_is_looked_at_again), TEST(test_undeclared),
        TEST(test_names_with_a_nul), TEST(test_what_warnings_say), TEST(test_twice), TEST(test_implied_lists), TEST(test_list_and_object_of_one_name),
        TEST(test_wildcards), TEST(test_broken_events), TEST(test_depth), TEST(test_implied_lists_at_the_greatest_depth),
        TEST(test_long_paths), TEST(test_too_many_events), TEST(test_many_names), TEST(test_rows), TEST(test_many_rows), TEST(test_warnings_are_bounded),
        TEST(test_warnings_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
