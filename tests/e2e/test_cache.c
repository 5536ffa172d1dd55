/* SPDX-License-Identifier: MIT */
/* The cache never answers wrongly: every way in which a file, a plugin or what it reads can change between two runs. The
 * plugin echo says when it ran; two equal times are one result, kept. */
#include <fcntl.h>

#include "e2e.h"

static const char *file_of(const struct user *u)
{
    return user_path(u, "files/one.echo");
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    install_hostile(user_path(u, "conf"), "echo");
    put_text(user_path(u, "conf/echo.tsv"), "first table");
    put_text(file_of(u), "ECHO first content");
    let_settle(file_of(u));
    return 0;
}

/* What echo says of a file now. */
static struct outcome extract(const struct user *u, const char *path)
{
    struct outcome o =
        run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), path, NULL);
    assert_status(&o, 0);
    assert_one_object(&o);
    assert_json(o.out, "plugins/echo/status", "\"ok\"");
    return o;
}

static char *ran(const struct user *u, const char *path)
{
    struct outcome o = extract(u, path);
    char *time = json_at(o.out, o.out_size, "plugins/echo/fields/ran");
    assert_non_null(time);
    outcome_release(&o);
    return time;
}

static void assert_ran(const struct user *u, const char *path, const char *before, bool anew)
{
    char *now = ran(u, path);
    if ((strcmp(now, before) != 0) != anew)
        fail_msg("%s: ran at %s, before at %s: expected %s", path, now, before, anew ? "a new run" : "the kept result");
    free(now);
}

static void assert_field(const struct user *u, const char *path, const char *field, const char *expected)
{
    char at[64];
    struct outcome o = extract(u, path);
    (void)snprintf(at, sizeof at, "plugins/echo/fields/%s", field);
    assert_json(o.out, at, expected);
    outcome_release(&o);
}

static void set_mtime(const char *path, const struct timespec *mtime)
{
    struct timespec both[2] = {{0, UTIME_OMIT}, *mtime};
    assert_int_equal(utimensat(AT_FDCWD, path, both, 0), 0);
}

static void test_kept(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    assert_ran(u, file_of(u), first, false);
    assert_ran(u, file_of(u), first, false);
    free(first);
}

static void test_no_cache(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "--no-default-conf", "--conf-dir",
                                user_path(u, "conf"), file_of(u), NULL);
    assert_one_object(&o);
    char *second = json_at(o.out, o.out_size, "plugins/echo/fields/ran");
    assert_non_null(second);
    assert_string_not_equal(first, second);
    free(second);
    outcome_release(&o);
    assert_ran(u, file_of(u), first, false);
    free(first);
}

static void test_touch(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    assert_int_equal(utimensat(AT_FDCWD, file_of(u), NULL, 0), 0);
    assert_ran(u, file_of(u), first, true);
    free(first);
}

/* Written again with the same size while the clock of the file system may not have moved on: never trusted. */
static void test_rewritten_in_the_same_tick(void **state)
{
    struct user *u = *state;
    for (int i = 0; i < 10; i++) {
        char text[32], quoted[40];
        (void)snprintf(text, sizeof text, "ECHO content %02d", i);
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", text);
        put_text(file_of(u), text);
        assert_field(u, file_of(u), "content", quoted);
    }
}

static void test_same_size_with_mtime_set_back(void **state)
{
    struct user *u = *state;
    struct stat st;
    assert_int_equal(stat(file_of(u), &st), 0);
    assert_field(u, file_of(u), "content", "\"ECHO first content\"");
    put_text(file_of(u), "ECHO other content");
    set_mtime(file_of(u), &st.st_mtim);
    let_settle(file_of(u));
    assert_field(u, file_of(u), "content", "\"ECHO other content\"");
}

static void test_mtime_in_the_future(void **state)
{
    struct user *u = *state;
    struct timespec later = {time(NULL) + 86400, 5};
    set_mtime(file_of(u), &later);
    assert_field(u, file_of(u), "content", "\"ECHO first content\"");
    put_text(file_of(u), "ECHO other content");
    set_mtime(file_of(u), &later);
    assert_field(u, file_of(u), "content", "\"ECHO other content\"");
}

static void test_replaced_by_rename(void **state)
{
    struct user *u = *state;
    struct stat st;
    assert_int_equal(stat(file_of(u), &st), 0);
    put_text(user_path(u, "files/new"), "ECHO other content");
    set_mtime(user_path(u, "files/new"), &st.st_mtim);
    assert_field(u, file_of(u), "content", "\"ECHO first content\"");
    assert_int_equal(rename(user_path(u, "files/new"), file_of(u)), 0);
    assert_field(u, file_of(u), "content", "\"ECHO other content\"");
}

static void test_renamed(void **state)
{
    struct user *u = *state;
    assert_field(u, file_of(u), "name", "\"one.echo\"");
    assert_int_equal(rename(file_of(u), user_path(u, "files/two.echo")), 0);
    assert_field(u, user_path(u, "files/two.echo"), "name", "\"two.echo\"");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir",
                                user_path(u, "conf"), file_of(u), NULL);
    assert_status(&o, 1);
    assert_one_object(&o);
    assert_null(strstr(o.out, "first content"));
    outcome_release(&o);
}

static void test_directory_replaced(void **state)
{
    struct user *u = *state;
    const char *path = user_path(u, "files/dir/x.echo");
    put_text(path, "ECHO old folder");
    put_text(user_path(u, "files/dir2/x.echo"), "ECHO new folder");
    let_settle(user_path(u, "files/dir2/x.echo"));
    assert_field(u, user_path(u, "files/dir/x.echo"), "content", "\"ECHO old folder\"");
    assert_int_equal(rename(user_path(u, "files/dir"), user_path(u, "files/dir3")), 0);
    assert_int_equal(rename(user_path(u, "files/dir2"), user_path(u, "files/dir")), 0);
    assert_field(u, user_path(u, "files/dir/x.echo"), "content", "\"ECHO new folder\"");
    assert_field(u, user_path(u, "files/dir3/x.echo"), "content", "\"ECHO old folder\"");
}

static void replace_in_conf(struct user *u, const char *from, const char *to)
{
    char *text = get_file("tests/hostile/echo.conf", NULL), *at = strstr(text, from), changed[4096];
    assert_non_null(at);
    (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    put_conf(user_path(u, "conf"), "echo.conf", changed);
    free(text);
}

static void test_option_changed(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    assert_field(u, file_of(u), "option", "\"plain\"");
    replace_in_conf(u, "= plain", "= fancy");
    assert_field(u, file_of(u), "option", "\"fancy\"");
    free(first);
}

static void test_summary_changed(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    replace_in_conf(u, "Says what the file says", "Says what the file said");
    let_settle(user_path(u, "conf/echo.conf"));
    assert_ran(u, file_of(u), first, false);
    free(first);
}

static void test_resource_changed(void **state)
{
    struct user *u = *state;
    assert_field(u, file_of(u), "table", "\"first table\"");
    put_text(user_path(u, "conf/echo.tsv"), "other table");
    assert_field(u, file_of(u), "table", "\"other table\"");
}

static void test_plugin_upgraded(void **state)
{
    struct user *u = *state;
    assert_field(u, file_of(u), "version", "1");
    put_copy(BUILD_DIR "/tests/hostile/echo_v2.so", user_path(u, "conf/echo.so"));
    replace_in_conf(u, "version  = 1.0.0", "version  = 2.0.0");
    assert_field(u, file_of(u), "version", "2");
}

/* The same version in other bytes: the module's digest tells. */
static void test_module_rebuilt(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    const char *module = user_path(u, "conf/echo.so");
    size_t size;
    char *bytes = get_file(module, &size);
    bytes = realloc(bytes, size + 1);
    assert_non_null(bytes);
    bytes[size] = 'x'; /* beyond the last segment */
    assert_int_equal(unlink(module), 0);
    put_file(module, bytes, size + 1);
    free(bytes);
    assert_ran(u, file_of(u), first, true);
    free(first);
}

/* Upgrading one plugin runs that plugin again, and not its neighbour. */
static void test_neighbour_stays(void **state)
{
    struct user *u = *state;
    put_conf(user_path(u, "conf"), "other.conf",
             "[plugin]\nname = other\nversion = 1.0.0\nkind = extractor\nmodule = echo.so\nsummary = Another\n"
             "[match]\ntype = application/x-echo\n[fields]\ncontent = string\noption = string\ntable = string\n"
             "version = u32\nname = string\nran = u64\n[options]\nword = neighbour\n");
    struct outcome a = extract(u, file_of(u));
    replace_in_conf(u, "= plain", "= fancy");
    struct outcome b = extract(u, file_of(u));
    char *other = json_at(a.out, a.out_size, "plugins/other/fields/ran");
    assert_non_null(other);
    assert_json(b.out, "plugins/other/fields/ran", other);
    assert_json(b.out, "plugins/echo/fields/option", "\"fancy\"");
    free(other);
    outcome_release(&a);
    outcome_release(&b);
}

static void test_companion(void **state)
{
    struct user *u = *state;
    assert_field(u, file_of(u), "beside", NULL);
    put_text(user_path(u, "files/one.note"), "a note");
    assert_field(u, file_of(u), "beside", "\"a note\"");
    put_text(user_path(u, "files/one.note"), "b note");
    assert_field(u, file_of(u), "beside", "\"b note\"");
    assert_int_equal(unlink(user_path(u, "files/one.note")), 0);
    assert_field(u, file_of(u), "beside", NULL);
}

static void test_plugin_added_and_removed(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/m"), "MISBEHAVE ok\n");
    let_settle(user_path(u, "files/m"));
    for (int round = 0; round < 2; round++) {
        struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir",
                                    user_path(u, "conf"), user_path(u, "files/m"), NULL);
        assert_one_object(&o);
        assert_json(o.out, "plugins/misbehave", NULL);
        outcome_release(&o);
        install_hostile(user_path(u, "conf"), "misbehave");
        o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                     user_path(u, "files/m"), NULL);
        assert_json(o.out, "type", "\"application/x-misbehave\"");
        assert_json(o.out, "plugins/misbehave/fields/number", "7");
        outcome_release(&o);
        assert_int_equal(unlink(user_path(u, "conf/misbehave.conf")), 0);
    }
}

static void test_commands(void **state)
{
    struct user *u = *state;
    char *first = ran(u, file_of(u));
    struct outcome o = run_adit(u, "cache", "stats", NULL);
    assert_status(&o, 0);
    assert_has(o.out, " bytes in 1 file\nhits "); /* the snapshot of the plugins */
    outcome_release(&o);
    o = run_adit(u, "cache", "verify", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    o = run_adit(u, "cache", "prune", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    assert_ran(u, file_of(u), first, false);
    o = run_adit(u, "cache", "clear", NULL);
    assert_status(&o, 0);
    assert_string_equal(o.out, "removed 2 entries\n"); /* the result and the snapshot */
    outcome_release(&o);
    o = run_adit(u, "cache", "stats", NULL);
    assert_has(o.out, "snapshots      0 bytes in 0 files\n");
    outcome_release(&o);
    assert_ran(u, file_of(u), first, true);
    free(first);
}

static void put_snapshot(const struct user *u, const char *name, int days)
{
    struct timespec use = {.tv_sec = time(NULL) - days * 86400 - 60};
    put_text(user_path(u, "cache/adit/%s", name), "a snapshot of plugins in a folder that is gone");
    assert_int_equal(utimensat(AT_FDCWD, user_path(u, "cache/adit/%s", name), (struct timespec[2]){use, use}, 0), 0);
}

static bool is_there(const struct user *u, const char *name)
{
    return access(user_path(u, "cache/adit/%s", name), F_OK) == 0;
}

/* Snapshots of folders that are gone: they go when they were not used for long, and nothing else does. */
static void test_snapshots_are_pruned(void **state)
{
    struct user *u = *state;
    static const char *const foreign[] = {"registry-0123456789abcde.snap", "registry-0123456789abcdef.snap.old", "registry-0123456789abcdef"};
    free(ran(u, file_of(u)));
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        put_snapshot(u, foreign[i], 100);
    put_snapshot(u, "registry-00000000000000aa.snap", 31);
    put_snapshot(u, "registry-00000000000000bb.snap", 29);
    put_snapshot(u, "registry-00000000000000cc.snap", 2);
    put_snapshot(u, "registry-00000000000000dd.snap.4711", 2); /* of a program that was killed */
    struct outcome o = run_adit(u, "cache", "prune", NULL);
    assert_string_equal(o.out, "removed 2 entries\n");
    outcome_release(&o);
    assert_false(is_there(u, "registry-00000000000000aa.snap"));
    assert_false(is_there(u, "registry-00000000000000dd.snap.4711"));
    o = run_adit(u, "cache", "stats", NULL);
    assert_has(o.out, " bytes in 3 files\nhits ");
    outcome_release(&o);
    o = run_adit(u, "cache", "prune", "--unused-days", "3", NULL);
    assert_string_equal(o.out, "removed 1 entry\n");
    outcome_release(&o);
    assert_true(is_there(u, "registry-00000000000000cc.snap"));
    /* Without anybody's asking: whoever writes a snapshot prunes. */
    put_snapshot(u, "registry-00000000000000aa.snap", 31);
    put_text(user_path(u, "conf/none.conf"), "");
    usleep(300000);
    free(ran(u, file_of(u)));
    assert_false(is_there(u, "registry-00000000000000aa.snap"));
    assert_true(is_there(u, "registry-00000000000000cc.snap"));
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_true(is_there(u, foreign[i]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept),
        TEST(test_no_cache),
        TEST(test_snapshots_are_pruned),
        TEST(test_touch),
        TEST(test_rewritten_in_the_same_tick),
        TEST(test_same_size_with_mtime_set_back),
        TEST(test_mtime_in_the_future),
        TEST(test_replaced_by_rename),
        TEST(test_renamed),
        TEST(test_directory_replaced),
        TEST(test_option_changed),
        TEST(test_summary_changed),
        TEST(test_resource_changed),
        TEST(test_plugin_upgraded),
        TEST(test_module_rebuilt),
        TEST(test_neighbour_stays),
        TEST(test_companion),
        TEST(test_plugin_added_and_removed),
        TEST(test_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
