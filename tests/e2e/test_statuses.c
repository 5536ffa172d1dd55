/* SPDX-License-Identifier: MIT */
/* Every status that a plugin's part can have, with what it emitted before kept, and the files beside it unharmed. */
#include "e2e.h"

static struct outcome extract(const struct user *u, const char *word, const char *more)
{
    char text[64];
    (void)snprintf(text, sizeof text, "MISBEHAVE %s\n", word);
    put_text(user_path(u, "files/%s.x", word), text);
    return run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                    user_path(u, "files/%s.x", word), more, NULL);
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    install_hostile(user_path(*state, "conf"), "misbehave");
    return 0;
}

static void assert_part(struct user *u, const char *word, const char *status, int exit_status, const char *before)
{
    char quoted[40];
    struct outcome o = extract(u, word, NULL);
    assert_one_object(&o);
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", status);
    assert_json(o.out, "type", "\"application/x-misbehave\"");
    assert_json(o.out, "plugins/misbehave/status", quoted);
    assert_json(o.out, "plugins/misbehave/fields/before", before);
    assert_status(&o, exit_status);
    outcome_release(&o);
}

static void test_plain(void **state)
{
    assert_part(*state, "ok", "ok", 0, "\"kept\"");
    assert_part(*state, "declined", "declined", 0, "\"kept\"");
    assert_part(*state, "malformed", "malformed", 1, "\"kept\"");
    assert_part(*state, "unsupported", "unsupported", 0, "\"kept\"");
    assert_part(*state, "failed", "failed", 1, "\"kept\"");
    assert_part(*state, "strange", "failed", 1, "\"kept\"");
}

static void test_malformed_says_why(void **state)
{
    struct outcome o = extract(*state, "malformed", NULL);
    assert_one_object(&o);
    assert_has(o.out, "the header says 3, expected 4");
    outcome_release(&o);
}

/* Under AddressSanitizer a crash ends in its report and an exit, which is a crash all the same. */
static void test_crashes(void **state)
{
    static const char *const words[] = {"segv", "trap", "stack", "exit"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_part(*state, words[i], "crashed", 1, "\"kept\"");
        (void)unlink(user_path(*state, "cache/adit/quarantine.tsv")); /* three would be enough for it */
    }
}

static void test_crash_names_the_signal(void **state)
{
    struct outcome o = extract(*state, "segv", NULL);
    assert_one_object(&o);
    char *reason = json_at(o.out, o.out_size, "plugins/misbehave/reason");
    assert_non_null(reason);
#ifndef ADIT_SANITIZED
    assert_has(reason, "Segmentation fault");
#endif
    free(reason);
    outcome_release(&o);
}

static void test_timeout(void **state)
{
    assert_part(*state, "loop", "timeout", 1, "\"kept\"");
}

/* AddressSanitizer reserves terabytes of address space, so that no limit on it can be set. */
#ifndef ADIT_SANITIZED
static void test_out_of_memory(void **state)
{
    assert_part(*state, "hog", "out-of-memory", 1, "\"kept\"");
}
#endif

static void test_denied(void **state)
{
    static const char *const words[] = {"socket", "exec", "kill"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_part(*state, words[i], "denied", 1, "\"kept\"");
    struct outcome o = extract(*state, "socket", NULL);
    char *reason = json_at(o.out, o.out_size, "plugins/misbehave/reason");
    assert_non_null(reason);
    assert_has(reason, "socket");
    free(reason);
    outcome_release(&o);
}

/* Refused with an error, or ended: what counts is that it did not work. */
static void test_locked(void **state)
{
    static const char *const words[] = {"open", "fork", "mprotect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct outcome o = extract(*state, words[i], NULL);
        assert_one_object(&o);
        char *number = json_at(o.out, o.out_size, "plugins/misbehave/fields/errno");
        char *status = json_at(o.out, o.out_size, "plugins/misbehave/status");
        if (number ? strcmp(number, "0") == 0 : !status || strcmp(status, "\"denied\"") != 0)
            fail_msg("%s was not refused: %s", words[i], o.out);
        free(number);
        free(status);
        outcome_release(&o);
    }
}

static void test_undeclared_fields_are_left_out_and_told(void **state)
{
    struct outcome o = extract(*state, "undeclared", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/status", "\"ok\"");
    assert_json(o.out, "plugins/misbehave/fields/number", "7");
    assert_json(o.out, "plugins/misbehave/fields/nobody_declared_this", NULL);
    assert_has(o.out, "nobody_declared_this");
    outcome_release(&o);
}

static void test_bounds_end_as_a_status(void **state)
{
    assert_part(*state, "flood", "partial", 1, "\"kept\"");
    struct outcome o = extract(*state, "nesting", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/before", "\"kept\"");
    outcome_release(&o);
}

static void test_recursion_is_bounded(void **state)
{
    struct outcome o = extract(*state, "again", NULL);
    assert_one_object(&o);
    assert_json(o.out, "streams/0/name", "\"again\"");
    assert_json(o.out, "streams/2/streams/2/plugins/misbehave/status", "\"ok\"");
    assert_has(o.out, "\"limit\":");
    outcome_release(&o);
}

static void test_stream_quota(void **state)
{
    struct user *u = *state;
    static const char conf[] =
        "[plugin]\nname = zeros\nversion = 1.0.0\nkind = types\n[type z]\nmedia = application/x-misbehave-zeros\n";
    put_conf(user_path(u, "conf"), "zeros.conf", conf);
    struct outcome o = extract(u, "streams", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/before", "\"kept\"");
    outcome_release(&o);
}

static void test_bytes_that_are_no_text(void **state)
{
    struct outcome o = extract(*state, "bytes", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/note", "{\"base64\":\"bm90IP8gVVRGLTg=\"}");
    outcome_release(&o);
}

static void test_artifacts_cannot_escape(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/escape.x"), "MISBEHAVE escape\n");
    put_dir(user_path(u, "art"));
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                                "--artifacts", user_path(u, "art"), user_path(u, "files/escape.x"), NULL);
    assert_one_object(&o);
    assert_has(o.out, "kept.txt");
    assert_int_equal(access(user_path(u, "escaped"), F_OK), -1);
    assert_int_equal(access("/escaped", F_OK), -1);
    char *name = json_at(o.out, o.out_size, "plugins/misbehave/artifacts/0");
    assert_non_null(name);
    name[strlen(name) - 1] = '\0';
    char *content = get_file(user_path(u, "art/%s", name + 1), NULL);
    assert_string_equal(content, "artifact");
    free(content);
    free(name);
    outcome_release(&o);
}

/* One bad file among many costs its own job and nothing else. */
static void test_neighbours_of_a_crash(void **state)
{
    struct user *u = *state;
    put_dir(user_path(u, "files/tree"));
    for (int i = 0; i < 200; i++)
        put_text(user_path(u, "files/tree/%03d", i), i % 120 == 20 ? "MISBEHAVE segv\n" : "MISBEHAVE ok\n");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                                user_path(u, "files/tree"), NULL);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 200);
    assert_true(valid);
    for (int i = 0; i < 200; i++) {
        char *line = json_line_of(o.out, o.out_size, user_path(u, "files/tree/%03d", i));
        assert_non_null(line);
        if (i % 120 != 20)
            assert_json(line, "plugins/misbehave/fields/number", "7");
        free(line);
    }
    assert_status(&o, 1);
    outcome_release(&o);
}

/* A worker that breaks the protocol is worth no more than one that crashes: the files beside its own are unharmed. */
static void test_hostile_workers(void **state)
{
    struct user *u = *state;
    static const char *const words[] = {"scribble", "close", "warnings", "many", "outside"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "MISBEHAVE %s\n", words[i]);
        put_dir(user_path(u, "files/%s", words[i]));
        for (int k = 0; k < 40; k++)
            put_text(user_path(u, "files/%s/%02d", words[i], k), k == 20 ? text : "MISBEHAVE ok\n");
        struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "--no-default-conf", "--conf-dir",
                                    user_path(u, "conf"), words[i], NULL);
        bool valid;
        size_t lines = json_lines(o.out, o.out_size, &valid), good = 0;
        for (const char *at = o.out; (at = strstr(at, "\"number\":7")); at++)
            good++;
        if (lines != 40 || !valid || good < 39 || o.status > 1 || o.status < 0)
            fail_msg("%s: %zu objects, %zu good, status %d, signal %d\nerr: %s", words[i], lines, good, o.status, o.signal, o.err);
        assert_null(strchr(o.out, '\x1b'));
        outcome_release(&o);
    }
}

static void test_quarantine_and_release(void **state)
{
    struct user *u = *state;
    put_dir(user_path(u, "files/bad"));
    for (int i = 0; i < 12; i++)
        put_text(user_path(u, "files/bad/%03d", i), i % 2 ? "MISBEHAVE segv\n" : "MISBEHAVE segv \n");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                                user_path(u, "files/bad"), NULL);
    assert_status(&o, 1);
    assert_has(o.out, "\"crashed\"");
    assert_null(strstr(o.out, "\"quarantined\"")); /* copies of two files */
    outcome_release(&o);
    assert_part(u, "trap", "crashed", 1, "\"kept\"");
    assert_part(u, "ok", "quarantined", 1, NULL);
    o = extract(u, "trap", "--no-quarantine");
    assert_json(o.out, "plugins/misbehave/status", "\"crashed\"");
    outcome_release(&o);
    o = run_adit(u, "plugins", "release", "misbehave", "--no-default-conf", "--conf-dir", user_path(u, "conf"), NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    assert_part(u, "ok", "ok", 0, "\"kept\"");
}

static void test_missing_dependency(void **state)
{
    struct user *u = *state;
    install_hostile(user_path(u, "conf"), "echo");
    put_text(user_path(u, "conf/echo.tsv"), "table");
    put_conf(user_path(u, "conf"), "follower.conf",
             "[plugin]\nname = follower\nversion = 1.0.0\nkind = extractor\nmodule = echo.so\nsummary = Follows\n"
             "[match]\ntype = application/x-misbehave\n[needs]\nplugin = misbehave >= 1.0\n"
             "[fields]\ncontent = string\noption = string\ntable = string\nversion = u32\nname = string\nran = u64\n");
    struct outcome o = extract(u, "segv", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/follower/status", "\"missing-dependency\"");
    assert_has(o.out, "misbehave");
    outcome_release(&o);
    o = extract(u, "ok", NULL);
    assert_json(o.out, "plugins/follower/status", "\"ok\"");
    outcome_release(&o);
}

static void test_sandbox_off_is_said_loudly(void **state)
{
    struct outcome o = extract(*state, "open", "--sandbox=off");
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/errno", "0");
    assert_has(o.err, "sandbox");
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain),
        TEST(test_malformed_says_why),
        TEST(test_crashes),
        TEST(test_crash_names_the_signal),
        TEST(test_timeout),
#ifndef ADIT_SANITIZED
        TEST(test_out_of_memory),
#endif
        TEST(test_denied),
        TEST(test_locked),
        TEST(test_undeclared_fields_are_left_out_and_told),
        TEST(test_bounds_end_as_a_status),
        TEST(test_recursion_is_bounded),
        TEST(test_stream_quota),
        TEST(test_bytes_that_are_no_text),
        TEST(test_artifacts_cannot_escape),
        TEST(test_neighbours_of_a_crash),
        TEST(test_hostile_workers),
        TEST(test_quarantine_and_release),
        TEST(test_missing_dependency),
        TEST(test_sandbox_off_is_said_loudly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
