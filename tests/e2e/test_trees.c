/* SPDX-License-Identifier: MIT */
/* Trees as users have them: FIFOs, sockets, loops, unreadable files, names that are no text. Nothing is lost, nothing hangs,
 * and each oddity is told. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "e2e.h"

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    install_hostile(user_path(*state, "conf"), "misbehave");
    put_dir(user_path(*state, "files/tree"));
    return 0;
}

static struct outcome extract_tree(const struct user *u)
{
    return run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "tree", NULL);
}

/* The object of a file in tree/, or a failed test. */
static char *object_of(const struct outcome *o, const char *path)
{
    char *line = json_line_of(o->out, o->out_size, path);
    if (!line)
        fail_msg("no object for %s in\n%s", path, o->out);
    return line;
}

static void assert_object(const struct outcome *o, const char *path, const char *at, const char *expected)
{
    char *line = object_of(o, path);
    assert_json(line, at, expected);
    free(line);
}

static void test_what_is_no_file(void **state)
{
    struct user *u = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    put_text(user_path(u, "files/tree/ok"), "MISBEHAVE ok\n");
    assert_int_equal(mkfifo(user_path(u, "files/tree/fifo"), 0644), 0);
    assert_int_equal(symlink("..", user_path(u, "files/tree/loop")), 0);
    assert_int_equal(symlink("nowhere", user_path(u, "files/tree/dangling")), 0);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(s >= 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", user_path(u, "files/tree/socket"));
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    struct outcome o = extract_tree(u);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 5);
    assert_true(valid);
    assert_object(&o, "tree/ok", "plugins/misbehave/fields/number", "7");
    assert_object(&o, "tree/fifo", "error", "\"not-regular\"");
    assert_object(&o, "tree/socket", "error", "\"not-regular\"");
    assert_object(&o, "tree/loop", "error", "\"not-regular\"");
    assert_object(&o, "tree/dangling", "error", "\"not-regular\"");
    (void)close(s);
    outcome_release(&o);
}

static void test_fifo_as_argument(void **state)
{
    struct user *u = *state;
    assert_int_equal(mkfifo(user_path(u, "files/fifo"), 0644), 0);
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "fifo", "missing", "/dev/null", NULL);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 3);
    assert_true(valid);
    assert_status(&o, 1);
    outcome_release(&o);
}

/* What a mode of 0 means depends on who runs the tests: root reads it all the same. */
static void test_unreadable(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/tree/closed"), "MISBEHAVE ok\n");
    put_text(user_path(u, "files/tree/open"), "MISBEHAVE ok\n");
    put_dir(user_path(u, "files/tree/closed-dir"));
    assert_int_equal(chmod(user_path(u, "files/tree/closed"), 0), 0);
    assert_int_equal(chmod(user_path(u, "files/tree/closed-dir"), 0), 0);
    struct outcome o = extract_tree(u);
    assert_object(&o, "tree/open", "plugins/misbehave/fields/number", "7");
    if (geteuid() == 0) {
        assert_object(&o, "tree/closed", "plugins/misbehave/fields/number", "7");
        assert_status(&o, 0);
    } else {
        assert_object(&o, "tree/closed", "error", "\"unreadable\"");
        assert_object(&o, "tree/closed-dir", "error", "\"unreadable\"");
        assert_status(&o, 1);
    }
    outcome_release(&o);
}

static void test_names(void **state)
{
    struct user *u = *state;
    static const struct { const char *name, *json; } names[] = {
        {"new\nline", "tree/new\\nline"},
        {"quote\"back\\slash", "tree/quote\\\"back\\\\slash"},
        {"tab\t", "tree/tab\\t"},
        {"gr\xc3\xbc\xc3\x9f""e", "tree/gr\xc3\xbc\xc3\x9f""e"},
        {"latin\xfc", "tree/latin\xef\xbf\xbd"},
        {"-dash", "tree/-dash"},
        {" space ", "tree/ space "},
        {"esc\x1b[31m", "tree/esc\\u001b[31m"},
    };
    size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++)
        put_text(user_path(u, "files/tree/%s", names[i].name), "MISBEHAVE ok\n");
    struct outcome o = extract_tree(u);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), count);
    assert_true(valid);
    for (size_t i = 0; i < count; i++)
        assert_object(&o, names[i].json, "plugins/misbehave/fields/number", "7");
    assert_object(&o, "tree/latin\xef\xbf\xbd", "path_base64", "\"dHJlZS9sYXRpbvw=\"");
    outcome_release(&o);
    o = run_adit(u, "extract", "--format", "text", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "tree", NULL);
    assert_null(strchr(o.out, '\x1b'));
    outcome_release(&o);
}

static void test_lists(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/tree/a"), "MISBEHAVE ok\n");
    put_text(user_path(u, "files/tree/b\nb"), "MISBEHAVE ok\n");
    const char *dash[] = {"extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "-", NULL};
    struct outcome o = run_adit_input(u, "tree/a\ntree/missing\n", 20, dash);
    assert_object(&o, "tree/a", "plugins/misbehave/fields/number", "7");
    assert_object(&o, "tree/missing", "plugins", "{}");
    assert_status(&o, 1);
    outcome_release(&o);
    const char *nul[] = {"extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                         "--files-from", "-", "--null", NULL};
    o = run_adit_input(u, "tree/a\0tree/b\nb", 16, nul);
    assert_object(&o, "tree/a", "plugins/misbehave/fields/number", "7");
    assert_object(&o, "tree/b\\nb", "plugins/misbehave/fields/number", "7");
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_empty_and_tiny_files(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/tree/empty"), "");
    put_text(user_path(u, "files/tree/one"), "M");
    put_file(user_path(u, "files/tree/zero"), "\0", 1);
    struct outcome o = extract_tree(u);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 3);
    assert_true(valid);
    assert_object(&o, "tree/empty", "size", "0");
    assert_status(&o, 0);
    outcome_release(&o);
}

/* Files come and go while adit walks: every object is valid, and adit ends. */
static void test_changing_tree(void **state)
{
    struct user *u = *state;
    for (int i = 0; i < 400; i++)
        put_text(user_path(u, "files/tree/%03d", i), "MISBEHAVE ok\n");
    const char *arguments[] = {"extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "tree",
                               "tree", "tree", NULL};
    struct running r = start_adit(u, arguments);
    for (int round = 0; round < 10; round++)
        for (int i = 0; i < 400; i++) {
            if (round % 2 == 0)
                (void)unlink(user_path(u, "files/tree/%03d", i));
            else
                put_text(user_path(u, "files/tree/%03d", i), i % 2 ? "MISBEHAVE declined\n" : "MISBEHAVE");
        }
    struct outcome o = finish_adit(&r);
    bool valid;
    (void)json_lines(o.out, o.out_size, &valid);
    assert_true(valid);
    assert_in_range(o.status, 0, 1);
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_no_file), TEST(test_fifo_as_argument),     TEST(test_unreadable),    TEST(test_names),
        TEST(test_lists),           TEST(test_empty_and_tiny_files), TEST(test_changing_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
