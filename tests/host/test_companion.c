/* SPDX-License-Identifier: MIT */
/* Companions, through the program: which file beside a source is meant, and what may not stand in for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "json.h"
#include "run_program.h"

/* The plugin echo with a companion of this pattern: it emits the companion's text as `beside`. */
static void install(const struct user *u, const char *pattern)
{
    char text[1000];
    (void)snprintf(text, sizeof text,
                   "[plugin]\nname = echo\nversion = 1.0.0\nkind = extractor\nmodule = echo.so\nsummary = s\n[type echo]\n"
                   "media = application/x-echo\nmagic = 0 \"ECHO \"\n[match]\ntype = application/x-echo\n[fields]\ncontent = string\n"
                   "option = string\ntable = string\nversion = u32\nname = string\nran = u64 ns\nbeside = string\n[companions]\nbeside = %s\n"
                   "[resources]\ntable = echo.tsv\n",
                   pattern);
    put_copy(BUILD_DIR "/tests/hostile/echo.so", user_path(u, "conf/echo.so"));
    put_text(user_path(u, "conf/echo.tsv"), "");
    put_conf(user_path(u, "conf"), "echo.conf", text);
}

/* What the plugin read of its companion beside files/SOURCE; "" where there was none. */
static void expect_beside(const struct user *u, const char *source, const char *expected)
{
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), source, NULL);
    char *status = json_at(o.out, strlen(o.out), "plugins/echo/status");
    char *beside = json_at(o.out, strlen(o.out), "plugins/echo/fields/beside"), quoted[200];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", expected);
    if (!status || strcmp(status, "\"ok\"") != 0 || strcmp(beside ? beside : "\"\"", quoted) != 0)
        fail_msg("%s: %s, expected %s\nout: %s\nerr: %s", source, beside ? beside : "none", quoted, o.out, o.err);
    free(status);
    free(beside);
    outcome_release(&o);
}

static void test_patterns(void **state)
{
    struct user *u = *state;
    static const struct { const char *pattern, *source, *companion; } cases[] = {
        {"{stem}.note", "a.wav", "a.note"},          {"{name}.xmp", "a.wav", "a.wav.xmp"},
        {"{stem}.note", "d/a.b.wav", "d/a.b.note"},  {"{dir}.cue", "album/a.wav", "album/album.cue"},
        {"{stem}.note", ".hidden", ".hidden.note"},  {"{stem}.note", "no-dot", "no-dot.note"},
        {"{stem}.note", "d.e/no-dot", "d.e/no-dot.note"}, {"cover.txt", "x/y/a", "x/y/cover.txt"},
        {"{stem}-{name}.n", "q.w", "q-q.w.n"},       {"{stem}.note", "{name}.wav", "{name}.note"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        install(u, cases[i].pattern);
        put_text(user_path(u, "files/%s", cases[i].source), "ECHO x");
        expect_beside(u, cases[i].source, "");
        put_text(user_path(u, "files/%s", cases[i].companion), cases[i].companion);
        expect_beside(u, cases[i].source, cases[i].companion); /* the cache notices that it has come */
        put_text(user_path(u, "files/%s", cases[i].companion), "something else, longer than before");
        expect_beside(u, cases[i].source, "something else, longer than before");
        assert_int_equal(unlink(user_path(u, "files/%s", cases[i].companion)), 0);
        expect_beside(u, cases[i].source, "");
    }
}

/* A folder, a FIFO, a device, a link to nothing: no companion, and nobody waits. */
static void test_what_is_no_companion(void **state)
{
    struct user *u = *state;
    const char *note = user_path(u, "files/a.note");
    install(u, "{stem}.note");
    put_text(user_path(u, "files/a.wav"), "ECHO x");
    assert_int_equal(mkdir(note, 0755), 0);
    expect_beside(u, "a.wav", "");
    assert_int_equal(rmdir(note), 0);
    assert_int_equal(mkfifo(note, 0644), 0);
    expect_beside(u, "a.wav", "");
    assert_int_equal(unlink(note), 0);
    assert_int_equal(symlink("/dev/zero", note), 0);
    expect_beside(u, "a.wav", "");
    assert_int_equal(unlink(note), 0);
    assert_int_equal(symlink("nowhere", note), 0);
    expect_beside(u, "a.wav", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_patterns), TEST(test_what_is_no_companion)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
