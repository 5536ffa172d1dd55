/* SPDX-License-Identifier: MIT */
/* --fields: what a list of names means, what is wrong with one, and what is left of a result. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "choice.h"
#include "conf_tree.h"
#include "fields.h"

static int begin(void **state)
{
    static struct conf_tree tree;
    conf_tree_make(&tree);
    conf_tree_plugin(&tree, "film", "[match]\ntype = *\n[fields]\ntitle = string\ntracks[].id = u32\ntracks[].sizes[] = u32\n"
                                    "movie.duration = f64\nmovie.rate = f64\ntag.* = string\nwidth = u32\n");
    conf_tree_plugin(&tree, "song", "[match]\ntype = *\n[fields]\ntitle = string\nDuration = f64\n");
    *state = &tree;
    return 0;
}

static int end(void **state)
{
    conf_tree_remove(*state);
    return 0;
}

/* The items as "own:path film:movie.rate film:-", or "!" and the error. */
static void expect_list(const struct registry *r, const char *list, bool columns, const char *expected)
{
    struct choice c = {0};
    struct err e = {0};
    struct buf text = BUF_INIT;
    int error = choice_read(list, r, columns, &c, &e);
    if (error) {
        assert_int_equal(error, -EINVAL);
        buf_addf(&text, "!%s", e.text);
    }
    for (size_t i = 0; !error && i < c.count; i++) {
        const struct choice_item *item = &c.items[i];
        if (item->own >= 0)
            buf_addf(&text, "%sown:%s", i ? " " : "", choice_own_names[item->own]);
        else
            buf_addf(&text, "%s%s:%s", i ? " " : "", item->plugin, item->path ? item->path : "-");
    }
    assert_string_equal(buf_cstr(&text), expected);
    buf_release(&text);
    choice_release(&c);
}

static void test_lists(void **state)
{
    struct registry *r = conf_tree_open(*state, NULL);
    expect_list(r, "path,film,film.movie,film.movie.rate", true, "own:path film:- film:movie film:movie.rate");
    expect_list(r, "film.tracks[].id,film.tracks,film.tracks.sizes[]", true, "film:tracks.id film:tracks film:tracks.sizes");
    expect_list(r, "film.tag.anything,film.tag.with.dots", false, "film:tag.anything film:tag.with.dots");
    /* A pattern is itself, or the columns that it stands for, lists and free names as one each. */
    expect_list(r, "film.mov*,*.title", false, "film:mov* *:title");
    expect_list(r, "film.mov*,*.title", true, "film:movie.duration film:movie.rate film:title song:title");
    expect_list(r, "film.*", true, "film:movie.duration film:movie.rate film:tag film:title film:tracks film:width");
    expect_list(NULL, "any.thing,other", true, "any:thing other:-");
    registry_free(r);
}

static void test_what_is_wrong(void **state)
{
    struct registry *r = conf_tree_open(*state, NULL);
    static const char *const cases[][2] = {
        {"film.titel", "!there is no field 'film.titel': did you mean film.title?"},
        {"film.tracks.idd", "!there is no field 'film.tracks.idd': did you mean film.tracks.id?"},
        {"film.qqqqqqqq", "!there is no field 'film.qqqqqqqq': 'adit plugins fields film' lists those of film"},
        {"film.x*y", "!no field fits 'film.x*y'; 'adit plugins fields' lists those that there are"},
        {"nobody*.title", "!no field fits 'nobody*.title'; 'adit plugins fields' lists those that there are"},
        {"film.", "!'film.' is no column: expected a name, PLUGIN or PLUGIN.FIELD between commas"},
        {"path,", "!'' is no column: expected a name, PLUGIN or PLUGIN.FIELD between commas"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_list(r, cases[i][0], false, cases[i][1]);
        expect_list(r, cases[i][0], true, cases[i][1]);
    }
    static const char most[] = "!there is no column or field '%s': expected path, path_base64, type, detected, size, mtime, error, "
                               "reason, PLUGIN or PLUGIN.FIELD%s";
    static const char *const names[][2] = {
        {"duration", " (did you mean film.movie.duration or song.Duration?)"},
        {"flim.title", " (did you mean film?)"},
        {"pth", " (did you mean path?)"},
        {"qqqqqqqq", ", which 'adit plugins fields' lists"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expected[512];
        (void)snprintf(expected, sizeof expected, most, names[i][0], names[i][1]);
        expect_list(r, names[i][0], false, expected);
    }
    registry_free(r);
}

static void put(struct buf *b, const char *name, uint64_t v)
{
    field_put_value(b, name, strlen(name), &(struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = v});
}

static void open_level(struct buf *b, const char *name, enum field_tag tag)
{
    field_put_begin(b, name, strlen(name), tag);
}

static void put_film(struct buf *b)
{
    put(b, "width", 1);
    open_level(b, "movie", FIELD_OBJECT);
    put(b, "duration", 2);
    put(b, "rate", 3);
    field_put_end(b);
    open_level(b, "tracks", FIELD_LIST);
    for (uint64_t i = 0; i < 3; i++) {
        open_level(b, "", FIELD_OBJECT);
        if (i != 1)
            put(b, "id", 10 + i);
        put(b, "size", 20 + i);
        field_put_end(b);
    }
    field_put_end(b);
}

/* Fields as "width=1 movie{duration=2 } ". */
static void put_text(struct buf *out, const struct part *p)
{
    struct field_reader r = field_reader_of(p->fields, p->fields_size);
    struct field_event e;
    while (field_next(&r, &e) == 1) {
        buf_add(out, e.name.data, e.name.size);
        if (e.tag == FIELD_END)
            buf_adds(out, "} ");
        else if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            buf_putc(out, '{');
        else
            buf_addf(out, "=%llu ", (unsigned long long)e.u64);
    }
}

static void put_result(struct buf *out, const struct result *r)
{
    for (size_t i = 0; i < r->part_count; i++) {
        buf_addf(out, "%s:%s( ", r->parts[i].plugin, part_status_name(r->parts[i].status));
        put_text(out, &r->parts[i]);
        buf_adds(out, ") ");
    }
    for (size_t i = 0; i < r->stream_count; i++) {
        buf_addf(out, "%s[ ", r->streams[i].name);
        put_result(out, &r->streams[i]);
        buf_adds(out, "] ");
    }
}

static void expect_choice(const char *list, const struct result *r, const char *expected)
{
    struct choice c = {0};
    struct arena arena = {0};
    struct err e = {0};
    struct buf text = BUF_INIT;
    assert_int_equal(choice_read(list, NULL, false, &c, &e), 0);
    const struct result *chosen = choice_apply(&c, &arena, r);
    assert_non_null(chosen);
    put_result(&text, chosen);
    assert_string_equal(buf_cstr(&text), expected);
    buf_release(&text);
    arena_release(&arena);
    choice_release(&c);
}

static void test_choosing(void **state)
{
    struct buf film = BUF_INIT, song = BUF_INIT;
    (void)state;
    put_film(&film);
    put(&song, "width", 7);
    struct part parts[] = {{.plugin = "film", .reason = "", .fields = (unsigned char *)film.data, .fields_size = film.size},
                           {.plugin = "song", .reason = "", .fields = (unsigned char *)song.data, .fields_size = song.size},
                           {.plugin = "bad", .reason = "", .status = PART_CRASHED}};
    struct result empty = {.name = "empty", .name_size = 5}, inner = {.name = "inner", .name_size = 5, .parts = parts, .part_count = 3};
    struct result streams[] = {empty, inner}, r = {.name = "f", .name_size = 1, .parts = parts, .part_count = 2};
    expect_choice("film.width", &r, "film:ok( width=1 ) ");
    expect_choice("film.movie.rate,song.width", &r, "film:ok( movie{rate=3 } ) song:ok( width=7 ) ");
    expect_choice("film.movie", &r, "film:ok( movie{duration=2 rate=3 } ) ");
    expect_choice("film.tracks.id", &r, "film:ok( tracks{{id=10 } {id=12 } } ) ");
    expect_choice("*.width", &r, "film:ok( width=1 ) song:ok( width=7 ) ");
    expect_choice("film.*ra*", &r, "film:ok( movie{duration=2 rate=3 } tracks{{id=10 size=20 } {size=21 } {id=12 size=22 } } ) ");
    expect_choice("song,path", &r, "song:ok( width=7 ) ");
    expect_choice("film.wid,film.width.more,film.movi", &r, "");
    /* Streams of which nothing is left go; what failed is told where its plugin was chosen. */
    r.streams = streams;
    r.stream_count = 2;
    expect_choice("film.width,bad.x", &r, "film:ok( width=1 ) inner[ film:ok( width=1 ) bad:crashed( ) ] ");
    expect_choice("nobody.x", &r, "");
    /* Damaged fields are left to the printers, which tell of them. */
    parts[0].fields_size--;
    r.stream_count = 0;
    expect_choice("film.width", &r, "film:ok( width=1 movie{duration=2 rate=3 } tracks{{id=10 size=20 } {size=21 } {id=12 size=22 } ) ");
    buf_release(&film);
    buf_release(&song);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lists, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_wrong, begin, end),
        cmocka_unit_test(test_choosing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
